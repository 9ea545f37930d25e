"""The generated page of the closed lists that rules choose from: kinds, statuses, goods, places."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.core.places import PLACES
from alerts.core.source import Tier
from alerts.core.taxonomy import COMMODITIES, MeasureKind, Status, commodity_label

_HEAD = """# Values that rules choose from

What `measure`, `status`, `source.tier`, `commodity`, `issuer` and `target` may be. Whatever else is written there is refused by
`exportwatch rules lint`; an editor that knows the schema completes them.
"""


def values_page() -> str:
    """Every closed list."""
    kinds = "\n".join(f"| `{kind.value}` | {kind.label} | {kind.direction} |" for kind in MeasureKind)
    return (
        f"{_HEAD}\n## `measure`\n\n| value | in notices | |\n|---|---|---|\n{kinds}\n"
        f"\n## `status`\n\n{', '.join(f'`{status.value}`' for status in Status)}\n"
        f"\n## `source.tier`\n\n{', '.join(f'`{tier.value}`' for tier in Tier)}\n"
        "\n## `commodity`\n\nA value holds for everything below it, too.\n\n"
        + "\n".join(_goods(None, 0))
        + '\n\n## `issuer` and `target`\n\n`target: "*"` is everyone.\n\n'
        + ", ".join(f"`{code}` {name}" for code, name in PLACES.items())
        + "\n"
    )


def _goods(parent: str | None, depth: int) -> Iterator[str]:
    """The taxonomy below a commodity, as a list in a list."""
    for name, above in COMMODITIES.items():
        if above == parent:
            label = commodity_label(name)
            yield f"{'  ' * depth}- `{name}`" + (f": {label}" if label != name else "")
            yield from _goods(name, depth + 1)
