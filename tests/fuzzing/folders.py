"""Folders of rules: the shipped one after some mutations, files of noise, and what strains limits."""

from __future__ import annotations

import random
from contextlib import suppress

from alerts.core.errors import ConfigError, Severity
from alerts.engine.loading import lint, load
from alerts.pipeline.facts import facts_of
from alerts.pipeline.route import route
from alerts.pipeline.sending import openings
from tests.fuzzing.pieces import PIECES, WORDS, mutated, words
from tests.unit.engine.building import NOW, event, measure


def folder_case(rng: random.Random, files: dict[str, str]) -> None:
    """The shipped folder, with one file mutated."""
    path = rng.choice(sorted(files))
    changed = files | {path: mutated(rng, files[path], PIECES, 4)}
    loads_or_says_why(changed, f"China {words(rng)}", "rare earth export licence " + words(rng, 60))


def loads_or_says_why(files: dict[str, str], title: str = "china", text: str = "rare earth") -> None:
    """Whatever the files are: errors that have a place, or rules that can be matched and routed."""
    errors = [problem for problem in lint(files) if problem.severity is Severity.ERROR]
    for problem in errors:
        assert problem.place.line >= 1 <= problem.place.column
        assert str(problem)
    if errors:
        with suppress(ConfigError):
            load(files)
            raise AssertionError(f"lint has errors, and the folder loads: {errors[0]}")
        return
    book = load(files)
    happened = event(title, text)
    for match in book.rules.match(happened, [measure()], NOW):
        openings(route(facts_of(match, happened), book.route, book.receivers, book.intervals), NOW)


def noise_case(rng: random.Random, files: dict[str, str]) -> None:
    """A file of pieces, or of bytes."""
    if rng.random() < 0.5:
        text = "".join(rng.choices(PIECES, k=rng.randint(0, 40)))
    else:
        text = rng.randbytes(rng.randint(0, 300)).decode(
            errors=rng.choice(("replace", "ignore", "surrogateescape"))
        )
    for problem in lint({"x.yaml": text}):
        assert problem.place.line >= 1 <= problem.place.column
        assert str(problem)


def lists_case(rng: random.Random, files: dict[str, str]) -> None:
    """Lists that name each other, in circles too, and lists as CSV; a rule that asks for them."""
    names = ["la", "lb", "lc", "ld", "ours"]
    rows = []
    for name in names[:-1]:
        terms = [
            rng.choice([*WORDS[:8], f"${rng.choice(names)}", "expo*", "b?n", ""])
            for _ in range(rng.randint(0, 5))
        ]
        rows.append(f"  - {{id: {name}, owner: a, terms: {terms}}}\n")
    cells = ["issuer,CN", "country;JP", "term,rare earth", 'term,"rare, earth"', 'term,"a', "commodity,tin,x,y,z", "hs,2805", ",",
             '"field"', "entity,李", "issuer,xx", "term,expo*", "\x00,\t", "# said", "term,$la", "measure,export_ban"]  # fmt: skip
    table = rng.choice(["field,value\n", "field;value;note;owner\n", "value,field\r\n", "field\n", ""])
    table += "".join(
        rng.choice(cells) + rng.choice(["\n", "\n", "\r\n", "\r"]) for _ in range(rng.randint(0, 12))
    )
    one, two, three, four = rng.choices(names, k=4)
    rule = (
        "rules:\n  - {id: r, title: t, status: shadow, detection: {"
        f"a: {{'text|query': '${one} OR (${two} NEAR/3 ${three})'}}, b: {{'commodity|in_list': {four}}}, "
        "condition: a or b}}\n"
    )
    text = "lists:\n" + "".join(rows)
    if rng.random() < 0.3:
        text, table = mutated(rng, text, PIECES, 3), mutated(rng, table, [*PIECES, ",", ";", '"'], 3)
    base = {name: files[name] for name in ("receivers.yaml", "sources.yaml")}
    base |= {"routes.yaml": "route: {receiver: desk-mail}\n", "lists.yaml": text, "watch.yaml": rule}
    loads_or_says_why(base | {"lists/ours.csv": table}, words(rng), words(rng, 40))


HELD = [
    "quiet_hours: {name: night}", "quiet_hours: {name: night, except: ['severity=\"high\"']}", "quiet_hours: none",
    "digest: {cron: '0 7 * * 1-5', location: Europe/Berlin}", "digest: {cron: '* * * * *', max_items: 1}", "digest: none",
    "digest: {cron: '0 0 30 2 *'}", "quiet_hours: {name: 7}", "digest: {cron: 7, location: Mars}", "digest: 7",
    "escalate: {unless_acked_within: 1h, to: erp-webhook}", "escalate: none", "escalate: {to: [x]}",
]  # fmt: skip
BESIDE = [
    "time_intervals: [{name: night, location: America/New_York, times: [{start: '20:00', end: '07:00'}, {weekdays: [sat]}]}]\n",
    "tests: [{alert: {severity: high, hs: 85}, at: 2026-03-29T02:30:00+01:00, expect: [desk-mail]}, {alert: {}, expect: {}}]\n",
    "inhibit_rules: [{name: a, source_matchers: ['severity=\"high\"'], target_matchers: ['severity=\"low\"'], "
    "equal: [issuer, commodity], for: 72h}]\n",
]


def routes_case(rng: random.Random, files: dict[str, str]) -> None:
    """Trees of routes, with matchers of every kind, and what holds, escalates, inhibits and tests."""
    given = ["severity=\"high\"", "severity=~\"high|low\"", "team!=\"x\"", "commodity|in_list=\"ours\"", "issuer!~\"(C|J).\"",
             "x=~\"(a+)+$\"", "hs|in_list!=\"ours\"", "commodity|in_list=~\"ours\"", "severity=\"\\\"\"", "a=~\"(\"", "="]  # fmt: skip
    times = ["0s", "15m", "-1s", "99999999d", "1x", "''", "1h", "[]"]

    def branch(depth: int) -> str:
        parts = [f"receiver: {rng.choice(['desk-mail', 'erp-webhook', 'nobody', '~'])}"]
        if rng.random() < 0.7:
            chosen = rng.sample(given, rng.randint(0, 3))
            parts.append(
                "matchers: [" + ", ".join("'" + each.replace("'", "''") + "'" for each in chosen) + "]"
            )
        if rng.random() < 0.3:
            parts.append(f"group_wait: {rng.choice(times)}")
        if rng.random() < 0.4:
            parts.append(rng.choice(HELD))
        if rng.random() < 0.3:
            parts.append(f"continue: {rng.choice(['true', 'no', '1', 'maybe'])}")
        if depth and rng.random() < 0.8:
            parts.append(f"routes: [{', '.join(branch(depth - 1) for _ in range(rng.randint(0, 3)))}]")
        return "{" + ", ".join(parts) + "}"

    text = f"route: {{receiver: desk-mail, routes: [{', '.join(branch(3) for _ in range(rng.randint(0, 4)))}]}}\n"
    text += "".join(rng.sample(BESIDE, rng.randint(0, len(BESIDE))))
    if rng.random() < 0.3:
        text = mutated(rng, text, PIECES, 3)
    loads_or_says_why(
        files | {"routes.yaml": text}, f"China {words(rng)}", "rare earth export licence " + words(rng, 40)
    )


def limits_case(rng: random.Random, files: dict[str, str]) -> None:
    """What strains a limit: depth, aliases of aliases, huge scalars, long queries, huge texts."""
    many = rng.choice((1, 10, 41, 300, 3_000, 30_000))
    query = rng.choice((
        "(" * many + "china" + ")" * rng.choice((many, many - 1)),
        " OR ".join(["china", "rare*", '"export ban"'] * many),
        " NEAR/3 ".join(["china"] * many),
        "NOT " * many + "china",
        "atleast9(" * many + "china" + ")" * many,
        '"' + "rare earth " * many + '"',
        "(rare NEAR/30 earth) NEAR/30 (rare NEAR/30 earth)",
        "atleast50(rare NEAR/30 (earth OR rare))",
    ))  # fmt: skip
    shape = rng.choice((
        "[" * many + "]" * many,
        "{a: " * many + "}" * many,
        "a: &a [x, x, x, x, x, x, x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1 or ''}{', *a%s' % (n - 1 or '') * 7}]\n" for n in range(1, min(many, 30))),
        "a: &a {b: *a}\n",
        "rules: &r [{<<: *r}]\n",
        "x: '" + "y" * (many * 100) + "'\n",
        "x: |\n" + "  line\r\n" * many,
        "- " * many,
        "rules:\n" + "  - {id: r, title: t}\n" * many,
        "? " * many,
        "x: !!binary " + "A" * many,
    ))  # fmt: skip
    for problem in lint({"x.yaml": shape}):
        assert str(problem)
    rule = f"rules:\n  - {{id: r, title: t, status: shadow, detection: {{s: {{'text|query': '{query}'}}, t: {{'text|re': '(rare|earth)+ (export|ban)?$'}}, condition: s or t}}}}\n"
    base = {name: files[name] for name in ("receivers.yaml", "sources.yaml")}
    text = rng.choice(("rare earth ", "rare ", "china’s ban, ", "稀土", "'s", "\u0301")) * rng.choice(
        (many, 30_000)
    )
    loads_or_says_why(
        base | {"routes.yaml": "route: {receiver: desk-mail}\n", "x.yaml": rule}, text[:500], text
    )
