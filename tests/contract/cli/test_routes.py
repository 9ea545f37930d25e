"""``routes explain`` of what is stored: by the alert's id, its item's, its delivery's."""

from __future__ import annotations

import json
from pathlib import Path

from alerts.ledger.ledger import Ledger
from tests.contract.cli.conftest import Fill, Run
from tests.contract.cli.test_why import EVENT, OTHER, RULES, alert_id, decided
from tests.support.notices import a_silence, a_silences_end

ROUTES = """route:
  receiver: desk
  routes:
    - {matchers: ['rule="halt"', 'issuer="IN"', 'source.id="desk"'], receiver: desk, group_wait: 10m}
"""


def folder(tmp_path: Path) -> str:
    """The rules that decided, with routes that have changed since."""
    for name, text in (RULES | {"routes.yaml": ROUTES}).items():
        (tmp_path / name).write_text(text)
    return str(tmp_path)


def test_a_stored_alert_is_explained_by_any_of_its_ids(run: Run, fill: Fill, tmp_path: Path) -> None:
    fill(decided(RULES))
    alert, where = alert_id(run), folder(tmp_path)
    (delivery,) = json.loads(run("deliveries", "list", "--format", "json").out)
    answers = {
        run("routes", "--rules-dir", where, "explain", wanted, "--at", "2026-11-23T12:00:00Z").out
        for wanted in (alert, EVENT.id, delivery["id"])
    }
    (text,) = answers
    assert alert in text
    assert "routes.yaml:4" in text
    assert "2026-11-23 12:10:00 UTC  desk: sent after a group_wait of 10m" in text


def test_the_end_of_a_silence_is_explained_by_the_facts_that_led_it(
    run: Run, fill: Fill, tmp_path: Path
) -> None:
    """By those of the silence: the end is itself `info`, and asks for no answer."""

    async def ended(ledger: Ledger) -> None:
        for alert in (a_silence(severity="critical"), a_silences_end()):
            await ledger.sweeps.raise_alert(alert, [])

    fill(ended)
    where = Path(folder(tmp_path))
    matchers = """matchers: ['severity="critical"', 'type="alert.resolved"']"""
    escalate = "escalate: {unless_acked_within: 1h, to: lead}"
    (where / "routes.yaml").write_text(
        f"route:\n  receiver: desk\n  routes:\n    - {{{matchers}, {escalate}}}\n"
    )
    with (where / "receivers.yaml").open("a") as file:
        file.write("  - {name: lead, apprise: {url_env: LEAD_URL}}\n")
    told = run("routes", "--rules-dir", str(where), "explain", a_silences_end().id)
    assert 'type="alert.resolved" holds -> desk' in told.out
    assert "desk: sent" in told.out
    assert "lead" not in told.out


def test_an_item_without_an_alert_has_nothing_to_explain(run: Run, fill: Fill, tmp_path: Path) -> None:
    fill(decided(RULES))
    ran = run("routes", "--rules-dir", folder(tmp_path), "explain", OTHER.id)
    assert ran.code == 1
    assert f"exportwatch why {OTHER.id}" in ran.err
