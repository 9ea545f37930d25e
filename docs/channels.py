"""The generated reference of the ways out: webhook payload and schema, receivers, outcomes."""

from __future__ import annotations

import json
from typing import Any

import orjson

from alerts.channels.digestpayload import DIGEST_SCHEMA, DigestEvent, render_digest
from alerts.channels.outcome import HTTP, smtp_reason
from alerts.channels.payload import CONTENT_TYPE, LARGEST, SCHEMA, CloudEvent, render
from alerts.channels.schemes import MAIL, NATIVE_HOSTS, NEVER, SCHEMES
from alerts.core.alert import AlertType
from alerts.core.durations import format_duration
from alerts.core.reasons import OutcomeReason
from alerts.pipeline.retry import SCHEDULE
from docs.sample import sample_alert, sample_digest


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


def webhook_page() -> str:
    """What a subscriber receives and how to verify it."""
    sample = orjson.dumps(orjson.loads(render(sample_alert())), option=orjson.OPT_INDENT_2).decode()
    schema = CloudEvent.model_json_schema(mode="serialization")
    types = "\n".join(f"| `{kind}` | {_TYPES[kind]} |" for kind in AlertType)
    held = orjson.dumps(orjson.loads(render_digest(sample_digest())), option=orjson.OPT_INDENT_2).decode()
    parts = [
        _WEBHOOK.format(
            content_type=CONTENT_TYPE, types=types, largest=f"{LARGEST:,}", example=sample, digest=held
        )
    ]
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

_TYPES = {
    AlertType.OPENED: "a rule holds for the first time on a story; or an absence's silence",
    AlertType.UPDATED: "something of the story changed that a buyer must hear of",
    AlertType.RESOLVED: "a silence that was told is over: `resolves` names its alert, `event` is what came",
    AlertType.DIGEST: "what was held for this receiver, as one event; by a schema of its own, see below",
    AlertType.ESCALATED: "an alert that others were told of and nobody acknowledged in time",
    AlertType.SOURCE_STALE: "a source has brought nothing new within its `max_staleness`",
    AlertType.SOURCE_RECOVERED: "it has again",
    AlertType.DELIVERY_EXHAUSTED: "notices to a target were given up",
    AlertType.RULES_REJECTED: "edited rules do not load; the last good ones stay in force",
    AlertType.RECEIVER_TEST: "a trial of the receiver, by `exportwatch receivers test`",
}

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

| `type` | what it says |
|---|---|
{types}

A subscription's `events` picks among them by pattern, e.g. `["alert.*"]`.

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
