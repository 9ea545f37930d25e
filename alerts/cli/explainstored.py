"""``rules explain RULE --item``: the tree as it was, from the record and the rules of then."""

from __future__ import annotations

from collections.abc import Mapping

import click

from alerts.cli.context import visit
from alerts.cli.items import find_items
from alerts.cli.output import print_json
from alerts.cli.rulesdir import FOUND
from alerts.cli.storedrecord import StoredRecord, read_record
from alerts.cli.why import as_data, head_lines, print_several, told
from alerts.core.errors import ConfigError, ExportwatchError
from alerts.core.event import Event
from alerts.engine.explain import Explanation
from alerts.ledger.ledger import Ledger


def explain_item(rule: str, item: str, form: str) -> None:
    """Explain a rule on a stored item, by the rules that decided on it."""

    async def read(ledger: Ledger) -> tuple[list[Event], StoredRecord | None]:
        found = await find_items(ledger, item)
        return found, await read_record(ledger, found[0]) if len(found) == 1 else None

    found, record = visit(read)
    if record is None:
        print_several(found)
        raise SystemExit(FOUND)
    then, now = _tree(record, rule, record.rules_then), _tree(record, rule, record.rules_now)
    if then is None and now is None and not record.of_rule(rule):
        raise ExportwatchError(f"no rule {rule!r}, then or now", remedy="`exportwatch why ITEM` names rules")
    if form == "json":
        trees = {"then": then.as_data() if then else None, "now": now.as_data() if now else None}
        kept = record.rules_then is not None
        print_json(as_data(record) | {"rule": rule, "tree": trees, "rules_then_kept": kept})
    else:
        click.echo(
            "\n".join([*head_lines(record), *_decided_lines(record, rule), "", *_lines(record, then, now)])
        )


def _tree(record: StoredRecord, rule: str, files: Mapping[str, str] | None) -> Explanation | None:
    """The rule's tree by some files; None where they are not kept or do not have the rule."""
    from alerts.cli.rulesdir import recogniser
    from alerts.engine.explaining import explain_event

    if files is None:
        return None
    event, decision = record.event, record.decision
    if decision is not None:
        measures, at = decision.recognition.measures, decision.at
    else:
        recognised = recogniser()(event.title, event.text, lang=event.lang, published=event.published)
        measures, at = recognised.measures, event.seen
    try:
        return explain_event(files, rule, event, measures, at)
    except ConfigError:
        return None


def _decided_lines(record: StoredRecord, rule: str) -> list[str]:
    lines = []
    for one in record.of_rule(rule):
        reached = told(record, one)
        parts = [one["reason"], one["detail"], one["alert_id"] or "", reached]
        lines.append(f"  {rule}: {'; '.join(part for part in parts if part)}")
    if lines or record.decision is None:
        return lines
    whole = [one for one in record.decision.decided if not one["rule_id"]]
    reason = f" (the item as a whole: {whole[0]['reason']})" if whole else ""
    return [f"  {rule}: no decision on record, so it did not match, or was not evaluated then{reason}"]


def _lines(record: StoredRecord, then: Explanation | None, now: Explanation | None) -> list[str]:
    if not record.changed:
        return list(now.lines()) if now else ["The rules in force do not have this rule."]
    if record.rules_then is None:
        lines = ["The rules of then are no longer kept; this is how today's see the item:"]
    elif then is None:
        lines = ["The rules of then did not have this rule; this is how today's see the item:"]
    else:
        lines = [*then.lines(), ""]
        if now is not None and then == now:
            return [*lines, "The rules have changed since; this rule says the same of the item today."]
        lines.append("The rules have changed since. Today:")
    return [*lines, *(now.lines() if now else ["  the rule is gone"])]
