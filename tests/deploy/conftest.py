"""An engine, the base images, and the image under test; a plain skip where there can be none."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.deploy.engine import Engine, NoEngine, an_engine
from tests.deploy.stack import REPOSITORY, Stack
from tests.deploy.stand_ins import provide

IMAGE = "exportwatch:0.1.0"


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """An engine that holds the base images."""
    try:
        with an_engine() as found:
            made = provide(found)
            print(f"stand-ins for what no registry gave: {', '.join(made) or 'none'}")
            yield found
    except NoEngine as why:
        pytest.skip(f"nothing was deployed: {why}")


@pytest.fixture(scope="session")
def image(engine: Engine) -> str:
    """The image, built by Compose as a user builds it."""
    begin = time.monotonic()
    Stack(engine, "exportwatch-test", 0).compose("build", "web")
    size = int(engine.docker("image", "inspect", "--format", "{{.Size}}", IMAGE))
    print(f"image built in {time.monotonic() - begin:.0f} s, {size / 1e6:.0f} MB in {REPOSITORY.name}")
    return IMAGE
