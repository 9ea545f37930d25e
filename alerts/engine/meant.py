"""Words that people bring from elsewhere, and the words of this language that they mean.

Spelling alone misleads: `Burma` is spelt like Bermuda, `magnets` like manganese, `publisher` like
`published`. So a remedy first looks here, then for shared words (`magnets`, `rare_earth_magnets`),
and for letters last. Nothing here is certain enough to be written by machine.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

Words = Mapping[str, tuple[str, ...]]
"""A word in small letters with `_` for spaces, and what it may mean; what a place lacks is passed over."""

FIELDS: Words = {
    "country": ("issuer", "target"),
    "government": ("issuer",),
    "origin": ("issuer",),
    "exporter": ("issuer",),
    "destination": ("target",),
    "importer": ("target",),
    "material": ("commodity",),
    "product": ("commodity",),
    "goods": ("commodity",),
    "hs_code": ("hs",),
    "tariff_code": ("hs",),
    "kind": ("measure",),
    "type": ("measure",),
    "date": ("effective_date", "published"),
    "company": ("entity",),
    "supplier": ("entity",),
    "headline": ("title",),
    "body": ("text",),
    "content": ("text",),
    "keyword": ("term", "text"),
    "language": ("lang",),
    "source.name": ("source.publisher", "source.id"),
    "price": ("value", "change_pct"),
}
KEYS: Words = {
    "name": ("title", "id", "name"),
    "enabled": ("status",),
    "state": ("status",),
    "tags": ("labels",),
    "priority": ("severity",),
    "level": ("severity",),
    "words": ("terms",),
    "values": ("terms",),
    "kind": ("measure",),
    "headline": ("title",),
    "body": ("text",),
    "match": ("matchers",),
    "wait": ("group_wait",),
    "email": ("apprise",),
    "mail": ("apprise",),
    "slack": ("apprise",),
    "url": ("apprise", "webhook"),
    "id": ("name",),
    "because": ("reason",),
}
ELSEWHERE = {
    "condition": "it stands under `detection:`, one level deeper",
    "selection": "it stands under `detection:`, one level deeper",
    "action": "it stands under `annotations:`",
    "summary": "it stands under `annotations:`",
    "receiver": "who is told stands in routes.yaml: `labels: {team: …}` here, a matcher on `team` there",
    "team": "it stands under `labels:`",
}
"""Keys of a rule that belong to another level, and which."""

MODIFIERS: Words = {
    "regex": ("re",),
    "matches": ("re", "query"),
    "in": ("in_list",),
    "exclude": ("not",),
    "equals": ("exact",),
    "words": ("query",),
    "like": ("contains", "query"),
    "min": ("gte",),
    "max": ("lte",),
}
VALUES: Words = {
    # measures
    "embargo": ("export_ban", "import_ban", "sanctions"),
    "license": ("export_licensing",),
    "licence": ("export_licensing",),
    "licenses": ("export_licensing",),
    "licences": ("export_licensing",),
    "export_control": ("export_licensing", "export_restriction_other"),
    "export_controls": ("export_licensing", "export_restriction_other"),
    "export_duty": ("export_tax",),
    "import_duty": ("import_tariff",),
    "customs_duty": ("import_tariff",),
    "duty": ("export_tax", "import_tariff"),
    "antidumping": ("trade_remedy",),
    "anti_dumping": ("trade_remedy",),
    "safeguard": ("trade_remedy",),
    "blacklist": ("entity_listing",),
    "entity_list": ("entity_listing",),
    # how far a measure has come; how a rule stands
    "active": ("live", "in_force"),
    "enabled": ("live",),
    "effective": ("in_force",),
    "rumour": ("reported",),
    "planned": ("proposed", "announced"),
    "repealed": ("lifted",),
    # goods
    "ree": ("rare_earths",),
    "ndfeb": ("rare_earth_magnets",),
    "permanent_magnets": ("rare_earth_magnets",),
    "batteries": ("lithium_batteries",),
    "chips": ("semiconductors",),
    "chip": ("semiconductors",),
    "aluminum": ("aluminium",),
    "alumina": ("aluminium", "bauxite"),
    "nd": ("neodymium",),
    "dy": ("dysprosium",),
    # severities, tiers, expectations
    "urgent": ("critical",),
    "warning": ("medium",),
    "government": ("official",),
    "agency": ("wire",),
    "newspaper": ("press",),
    "true": ("match",),
    "false": ("no_match",),
    "nomatch": ("no_match",),
}


def spelt(word: str) -> str:
    """Return a word in small letters with `_` for what stands between its parts."""
    return re.sub(r"[\s_-]+", "_", word.strip().casefold())


def foreign(word: str, known: Collection[str], words: Words) -> tuple[str, ...]:
    """Return what a word from elsewhere means here."""
    return tuple(each for each in words.get(spelt(word), ()) if each in known)


def same(word: str, known: Iterable[str]) -> str | None:
    """Return the one known word that has the same parts: another plural, order or joint."""
    mine = _parts(word)
    found = [each for each in known if _parts(each) == mine]
    return found[0] if len(found) == 1 else None


def around(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the known words that a word is a part of: `magnets`, rare_earth_magnets; six at most."""
    mine = _parts(word)
    found = tuple(each for each in known if mine < _parts(each)) if sum(map(len, mine)) > 2 else ()
    return found if len(found) <= 6 else ()


def within(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the known words that are parts of a word, the longest: `copper ore`, copper."""
    mine = _parts(word)
    parts = {each: theirs for each in known if (theirs := _parts(each)) < mine and sum(map(len, theirs)) > 2}
    most = max(map(len, parts.values()), default=0)
    return tuple(each for each, theirs in parts.items() if len(theirs) == most)


@lru_cache(maxsize=4096)
def _parts(word: str) -> frozenset[str]:
    """The parts of a name, plural or singular."""
    parts = re.split(r"[\W_]+", word[:80].casefold())
    return frozenset(part[:-1] if part.endswith("s") and len(part) > 3 else part for part in parts if part)
