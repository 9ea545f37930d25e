"""Back up, lose the disk, restore: what the how-to page promises, on a real process tree.

The ledger that comes back is older than the world: an item was told of after the copy was made.
It must be told of again, under the id that the receiver knows, and what is older must not be.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.acceptance.test_up import World, play

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def test_a_restored_ledger_repeats_ids_and_makes_no_second_ones(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.publish()
        first = world.child("first")
        await first.start()
        await world.told(1)
        await first.stop(grace=20)
        shutil.copytree(world.data, world.folder / "backup")

        world.publish()
        second = world.child("second")
        await second.start()
        await world.told(2)
        await second.stop(grace=20)

        shutil.rmtree(world.data)
        shutil.copytree(world.folder / "backup", world.data)
        third = world.child("third")
        await third.start()
        await world.told(3)
        await third.stop(grace=20)

        ids = [call.id for call in world.hooks.calls]
        assert ids[1] == ids[2] != ids[0]
        assert len(ids) == 3

    play(tmp_path, scene)
