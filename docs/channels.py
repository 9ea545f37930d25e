"""The generated reference of the ways out: webhook payload and schema, receivers, outcomes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import orjson

from alerts.channels.digestpayload import DIGEST_SCHEMA, DigestEvent, render_digest
from alerts.channels.outcome import HTTP, smtp_reason
from alerts.channels.payload import CONTENT_TYPE, LARGEST, SCHEMA, CloudEvent, render
from alerts.channels.schemes import MAIL, NATIVE_HOSTS, NEVER, SCHEMES
from alerts.core.alert import Alert, AlertType, RuleRef
from alerts.core.digest import Digest, DigestItem
from alerts.core.durations import format_duration
from alerts.core.event import Event, SourceRef
from alerts.core.measure import Evidence, Measure
from alerts.core.reasons import OutcomeReason
from alerts.core.source import Tier
from alerts.core.story import Story
from alerts.core.taxonomy import MeasureKind, Status
from alerts.pipeline.digest import gather
from alerts.pipeline.retry import SCHEDULE


def sample_alert() -> Alert:
    """The alert that the reference and the README show."""
    title = "India tells state miner to halt rare earth exports to Japan"
    text = (
        "India has asked its state-run miner to suspend a supply arrangement of thirteen years and halt rare earth"
        " exports to Japan, two people familiar with the matter said, as the government moves to keep material for"
        " magnet plants of its own. The miner has so far shipped neodymium and praseodymium oxide to a trading house"
        " that supplies Japanese motor makers. The suspension takes effect on 1 December; shipments already under"
        " way are not affected, officials said. Buyers in Japan said that they hold stocks for about three months."
    )

    def words(role: Any, field: Any, said: str) -> Evidence:
        start = (title if field == "title" else text).index(said)
        return Evidence(role=role, field=field, start=start, end=start + len(said), text=said)

    evidence = (
        words("issuer", "title", "India"),
        words("kind", "title", "halt rare earth exports"),
        words("target", "title", "Japan"),
        words("commodity", "text", "neodymium"),
        words("commodity", "text", "praseodymium oxide"),
        words("date", "text", "takes effect on 1 December"),
    )
    at = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)
    measure = Measure(
        issuer="IN",
        targets=("JP",),
        kind=MeasureKind.EXPORT_BAN,
        commodities=("rare_earths", "neodymium", "praseodymium"),
        status=Status.ANNOUNCED,
        effective_date=date(2026, 12, 1),
        evidence=evidence,
    )
    event = Event(
        id="evt_pdxy3u4xbd6qv2jmhbz7p6a5",
        source=SourceRef(id="global-wire", publisher="Global Wire", tier=Tier.WIRE),
        key="1",
        revision=1,
        title=title,
        text=text,
        text_added=text,
        url="https://wire.example/india-rare-earths",
        lang="en",
        published=at,
        seen=at,
    )
    story = Story(
        id="sty_5s7d2ajx6gkqg3u2m4pyzq6h",
        version=3,
        title=title,
        url=event.url,
        issuer="IN",
        kind="export_ban",
        commodities=measure.commodities,
        targets=("JP",),
        status=measure.status,
        official=False,
        first_seen=at,
        last_seen=at,
        reports=3,
        publishers=("Global Wire", "Tokyo Daily", "Metals Desk"),
    )
    return Alert(
        id="alr_mfzgk3tbmrsxg5dbnrwwk3tj",
        type=AlertType.OPENED,
        revision=1,
        at=at,
        severity="critical",
        title=title,
        summary="India keeps its oxides at home; Japan's motor makers are the first to feel it.",
        action="Check open purchase orders for neodymium and praseodymium. Ask the motor supplier for its stock.",
        why="Recognised: export ban by India (rare earths, neodymium, praseodymium; towards Japan; announced).",
        labels={"team": "magnets"},
        rule=RuleRef(
            id="in-rare-earths-halt",
            title="India halts exports of rare earths",
            owner="magnets-sourcing",
            description="Japanese magnets are made of Indian oxide: a halt is felt within a quarter.",
        ),
        event=event,
        measure=measure,
        story=story,
        evidence=evidence,
        rules_version="3f9c2d",
    )


def webhook_schema() -> str:
    """The JSON Schema of the body."""
    schema = CloudEvent.model_json_schema(mode="serialization")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA}
    return json.dumps(head | schema, indent=2, ensure_ascii=False) + "\n"


def digest_schema() -> str:
    """The JSON Schema of a digest's body."""
    schema = DigestEvent.model_json_schema(mode="serialization")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": DIGEST_SCHEMA}
    return json.dumps(head | schema, indent=2, ensure_ascii=False) + "\n"


def sample_digest() -> Digest:
    """The digest that the reference shows."""
    at = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    return gather(
        "dig_q4wz7m2kd5c3yxn6hfrtp8sa", at, "quiet hours night-berlin", [DigestItem(alert=sample_alert())], 50
    )


def webhook_page() -> str:
    """What a subscriber receives and how to verify it."""
    sample = orjson.dumps(orjson.loads(render(sample_alert())), option=orjson.OPT_INDENT_2).decode()
    schema = CloudEvent.model_json_schema(mode="serialization")
    held = orjson.dumps(orjson.loads(render_digest(sample_digest())), option=orjson.OPT_INDENT_2).decode()
    parts = [_WEBHOOK.format(content_type=CONTENT_TYPE, largest=f"{LARGEST:,}", example=sample, digest=held)]
    digest = DigestEvent.model_json_schema(mode="serialization")
    models = {"CloudEvent": schema, "DigestEvent": digest} | schema["$defs"] | digest["$defs"]
    parts += [_fields(name, models[name]) for name in _MODELS]
    return "\n".join(parts)


def receivers_page() -> str:
    """Where notices may go, and what every answer becomes."""
    steps = ", ".join(format_duration(step) if step else "at once" for step in SCHEDULE)
    never = [f"| `{scheme}://` | {why.rstrip(';')} |" for scheme, why in NEVER.items()]
    return _RECEIVERS.format(
        steps=steps,
        schemes=", ".join(f"`{scheme}`" for scheme in sorted(SCHEMES - MAIL)),
        hosts=", ".join(f"`{host}`" for host in sorted(NATIVE_HOSTS)),
        never="\n".join(never),
        http="\n".join(_http_rows()),
        smtp="\n".join(_smtp_rows()),
    )


def _http_rows() -> list[str]:
    rows = []
    for reason in OutcomeReason:
        statuses = sorted(status for status, found in HTTP.items() if found is reason)
        if statuses:
            rows.append(f"| {_ranges(statuses)} | `{reason.value}` | {_next(reason)} |")
    return rows


def _smtp_rows() -> list[str]:
    rows: dict[OutcomeReason, list[str]] = {}
    for code in (250, 421, 450, 451, 452, 454, 523, 530, 534, 535, 538, 550, 551, 552, 553, 554):
        rows.setdefault(smtp_reason(code), []).append(str(code))
    rows.setdefault(OutcomeReason.TOO_LARGE, []).append("any with 5.3.4 or 5.2.3")
    return [f"| {', '.join(codes)} | `{reason.value}` | {_next(reason)} |" for reason, codes in rows.items()]


def _next(reason: OutcomeReason) -> str:
    return "done" if reason.ok else "dead at once" if reason.permanent else "tried again"


def _ranges(statuses: list[int]) -> str:
    runs: list[list[int]] = []
    for status in statuses:
        if runs and runs[-1][-1] == status - 1:
            runs[-1].append(status)
        else:
            runs.append([status])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def _fields(name: str, schema: dict[str, Any]) -> str:
    rows = [
        f"| `{field}` | {_kind(about)} | {about.get('description', '')} |"
        for field, about in schema["properties"].items()
    ]
    text = schema.get("description", "")
    return f"\n## {name}\n\n{text}\n\n| field | type | what it is |\n|---|---|---|\n" + "\n".join(rows)


def _kind(about: dict[str, Any]) -> str:
    if "$ref" in about:
        return str(about["$ref"].rsplit("/", 1)[-1])
    if "anyOf" in about:
        return " or ".join(_kind(one) for one in about["anyOf"])
    if "const" in about:
        return f"`{about['const']}`"
    if "enum" in about:
        return ", ".join(f"`{one}`" for one in about["enum"])
    if about.get("type") == "array":
        return f"list of {_kind(about['items'])}"
    return str(about.get("format") or about.get("type"))


_MODELS = (
    "CloudEvent",
    "AlertData",
    "RuleData",
    "MeasureData",
    "StoryData",
    "EventData",
    "SourceData",
    "WordData",
    "DigestEvent",
    "DigestData",
    "DigestItemData",
)

_WEBHOOK = """\
# Webhooks

One POST a try. Answer 2xx within 15 seconds (a subscription may set less); do the work afterwards. A redirect is a
failure. Everything else is tried again on the [schedule](receivers.md) **under the same `webhook-id`**: keep the ids you
have seen and drop repeats.

| header | value |
|---|---|
| `content-type` | `{content_type}` |
| `webhook-id` | the delivery's id; the same at every try |
| `webhook-timestamp` | seconds since 1970 of this try; refuse what is more than five minutes off |
| `webhook-signature` | `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`; two, a space between, while a secret rotates |

The signature is [Standard Webhooks](https://www.standardwebhooks.com/), for which libraries exist in most languages:

```python
from standardwebhooks import Webhook

event = Webhook("whsec_…").verify(request.body, request.headers)  # raises if it is not ours
```

Make a secret with `printf whsec_; openssl rand -base64 32`. To rotate, write the new one as `secret*` and the old one as
`previous_secret*`; both sign until you take the old one out.

The body is a [CloudEvents 1.0](https://cloudevents.io/) event in structured JSON, under {largest} bytes; its JSON Schema is
[webhook.schema.json](webhook.schema.json). `id` is the alert's: two subscribers of one alert get the same body.

```json
{example}
```

What [routes](routes.md#held-notices) hold for quiet hours or for a digest comes as one event of the type `alert.digest`, by the
schema [webhook-digest.schema.json](webhook-digest.schema.json). `dataschema` tells the two apart. Its texts are shortened before items are left out.

```json
{digest}
```
"""

_RECEIVERS = """\
# Receivers

A receiver is one recipient, by `webhook` or by `apprise`. Every secret has a `*_file` and a `*_env` form and is read when
a notice is sent: a changed file needs no restart.

## When it fails

Tries: {steps} after the one before, each give or take a fifth; a longer `Retry-After` (24 h at most) is honoured. After
the last the delivery is dead and can be redriven. A timeout is *unknown*: the target may have taken the notice, and a
repeat comes under the same id.

| HTTP status | outcome | next |
|---|---|---|
{http}

| SMTP reply | outcome | next |
|---|---|---|
{smtp}

## Mail

`mailto://` and `mailtos://` URLs as Apprise writes them (`mailtos://user:password@host?from=…&to=…`), sent by our own code:
text and HTML, `Message-ID` from the delivery, one thread a story, and `List-Unsubscribe` where the URL gives `reply=`.
`mode=starttls|ssl|insecure`. One recipient: `cc=` and `bcc=` are refused, so is `pgp=`. Certificates are always verified;
for a relay with a certificate of your own authority set `SSL_CERT_FILE`.

## Apprise schemes

{schemes}.

Also https:// addresses at {hosts}. What a URL says of `redirect`, `verify`, timeouts, `retry`, `optional`, `overflow` and
files is taken out: those are decided here.

Not on the list, with an answer of their own:

| scheme | why |
|---|---|
{never}
"""
