"""``rules``: lint, test and explain what stands in the rules folder.

Exit codes: 0 all well, 1 problems found, 2 the command itself was used wrongly.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alerts.cli.backtest import backtest
from alerts.cli.hygiene import hygiene
from alerts.cli.linting import lint
from alerts.cli.rulesdir import FOUND, files_of, folder_of, print_problems, recogniser, rules_dir
from alerts.cli.ruletests import test
from alerts.core.errors import ConfigError

if TYPE_CHECKING:
    from alerts.engine.explain import Explanation


@click.group()
@rules_dir
def rules() -> None:
    """Check, try and explain the rules."""


rules.add_command(backtest)
rules.add_command(hygiene)
rules.add_command(lint)
rules.add_command(test)


@rules.command()
@rules_dir
@click.argument("rule")
@click.option(
    "--event", "event_file", type=click.File("r", encoding="utf-8"), help="Event as JSON; - is stdin."
)
@click.option("--test", "test_name", help="Name of a test of the rule, instead of an event.")
@click.option(
    "--item", help="A stored item, as it was decided: an id, its address, or words of its headline."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def explain(
    context: click.Context, rule: str, event_file: Any, test_name: str | None, item: str | None, form: str
) -> None:
    """Say why RULE does, or does not, match an event, down to words and distances.

    The event is JSON with title, text, source, lang and so on; all may be left out. A
    correlation rule takes a list of them. A stored --item is explained by the rules that decided
    on it, from the ledger, and it is said where they have changed since.
    """
    from alerts.engine.explaining import explain_text
    from alerts.pipeline.retelling import retell

    if [event_file, test_name, item].count(None) != 2:
        raise click.UsageError("give exactly one of --event FILE, --test NAME and --item ITEM")
    if item is not None:
        from alerts.cli.explainstored import explain_item

        explain_item(rule, item, form)
        return
    files = files_of(context)
    try:
        tree = explain_text(
            files,
            rule,
            recogniser(),
            event=event_file.read() if event_file else None,
            test=test_name,
            story_of=retell(),
        )
    except ConfigError as error:
        print_problems(error.problems)
        raise SystemExit(FOUND) from None
    _print_tree(tree, form)


def _print_tree(tree: Explanation, form: str) -> None:
    if form == "json":
        click.echo(json.dumps(tree.as_data(), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(tree.lines()))


@rules.command()
@rules_dir
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder to write them to.")
@click.pass_context
def schema(context: click.Context, out: Path | None) -> None:
    """Write the JSON Schemas that editors complete and check the files by."""
    from alerts.engine.schema import schemas

    folder = out or folder_of(context) / ".schemas"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")
        click.echo(str(folder / name))
