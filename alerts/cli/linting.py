"""``rules lint``: everything that is wrong, and with ``--fix`` the mends that are certain."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import click

from alerts.cli.lintreport import REPORTS
from alerts.cli.rulesdir import FOUND, folder_of, rules_dir
from alerts.core.errors import ConfigError, ExportwatchError, Severity


@click.command()
@rules_dir
@click.option("--format", "form", type=click.Choice(list(REPORTS)), default="text", show_default=True)
@click.option("--strict", is_flag=True, help="Exit 1 on warnings too.")
@click.option(
    "--fix", is_flag=True, help="Mend what is certain in the files, show what changed, report the rest."
)
@click.option("--diff", is_flag=True, help="Show what --fix would change; change nothing, report all.")
@click.argument("only", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.pass_context
def lint(
    context: click.Context, form: str, strict: bool, fix: bool, diff: bool, only: tuple[Path, ...]
) -> None:
    """Report everything that is wrong, with file, line, column and a remedy.

    The folder is read as a whole; with FILE only what is wrong there is told.

    --fix mends a misspelt word with one word near it, operators in lower case, terms that stand
    twice, missing quotes; comments and layout stay.
    """
    from alerts.engine.loading import lint as lint_files
    from alerts.rules_folder import read_folder

    if only and (fix or diff):
        raise click.UsageError("--fix and --diff mend the whole folder: leave the files out")
    folder, today, files = folder_of(context), datetime.now(UTC).date(), {}
    shown = {_within(path, folder) for path in only}
    try:
        files = read_folder(folder)
    except ConfigError as error:
        problems = error.problems
    else:
        if fix or diff:
            files = _mended(folder, files, today, write=fix and not diff, quiet=form != "text")
        problems = lint_files(files, today=today)
        problems = [problem for problem in problems if not shown or problem.place.file in shown]
    click.echo(REPORTS[form](problems, files, folder))
    if any(strict or problem.severity is Severity.ERROR for problem in problems):
        raise SystemExit(FOUND)


def _within(path: Path, folder: Path) -> str:
    """Return a file's name as findings have it."""
    try:
        return path.absolute().relative_to(folder.absolute()).as_posix()
    except ValueError:
        raise click.UsageError(
            f"{path} is not in the rules folder {folder}: name it by --rules-dir"
        ) from None


def _mended(folder: Path, files: dict[str, str], today: date, *, write: bool, quiet: bool) -> dict[str, str]:
    """Mend and show the difference (on stderr beside a report for machines)."""
    from alerts.engine.mending import mend

    result = mend(files, today=today)
    click.echo("".join(_difference(files, result.files)), err=quiet, nl=False)
    if not write:
        return files
    for name, text in result.files.items():
        if text != files[name]:
            _write(folder / name, text)
    click.echo(f"{len(result.problems)} mended", err=quiet)
    return result.files


def _difference(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    lines: list[str] = []
    for name, text in after.items():
        old, new = before[name].splitlines(keepends=True), text.splitlines(keepends=True)
        found = difflib.unified_diff(old, new, f"a/{name}", f"b/{name}")
        lines += [line if line.endswith("\n") else f"{line}\n" for line in found]
    return lines


def _write(path: Path, text: str) -> None:
    """Replace a file whole or not at all, in the line ends and with the mark that it had."""
    target = path.resolve()  # a symlink stays one
    part = target.with_name(f".{target.name}.part")
    try:
        raw = target.read_bytes()
        mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
        ends = "\r\n" if b"\r\n" in raw else "\n"
        part.write_bytes(mark + text.replace("\n", ends).encode())
        part.chmod(target.stat().st_mode)
        os.replace(part, target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ExportwatchError(
            f"{path} cannot be written: {error.strerror}", remedy="mend it where the files come from"
        ) from None
