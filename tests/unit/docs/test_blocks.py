"""Every fenced block of the documentation is what it says it is, and its commands exist.

What rules and queries do is tested beside their engine (``tests/unit/engine/test_docs.py``); here
every block of every page is read once: data parses, programs compile, each command line is one
that the shell and the command's own option parser take.
"""

from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator

import click
import pytest
from ruamel.yaml import YAML

from alerts.cli.main import exportwatch
from tests.unit.docs.pages import PAGES, ROOT, Block, read_page

BLOCKS = [block for page in PAGES for block in read_page(page).blocks]
SHELL = ("sh", "bash", "console")
PROSE = ("text", "csv", "queries", "promql", "mermaid")
TARGETS = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
OTHERS = {
    "cat", "cd", "chmod", "chown", "cp", "curl", "docker", "docker-compose", "echo", "export", "git", "grep",
    "helm", "jq", "kill", "kubectl", "ls", "mkdir", "mv", "openssl", "pip", "printf", "promtool", "python",
    "python3", "redis-cli", "rm", "sudo", "tail", "tar", "test", "umask", "valkey-cli", "xargs",
}  # fmt: skip
"""Commands that are not ours: a page that wants another has to say so here."""


def command_lines(block: Block) -> Iterator[str]:
    """The command lines of a shell block, continued lines joined; of a console, those behind ``$``."""
    text = block.text.replace("\\\n", " ")
    for line in text.splitlines():
        if block.language == "console":
            if line.startswith("$ "):
                yield line[2:]
        elif line.strip() and not line.lstrip().startswith("#"):
            yield line


def simple_commands(line: str) -> Iterator[list[str]]:
    """The simple commands of a line: what stands between pipes and the like, assignments left out."""
    words: list[str] = []
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;()<>")
    lexer.whitespace_split, lexer.commenters = True, "#"
    for word in [*lexer, ";"]:
        if set(word) <= set("|&;()"):
            while words and re.match(r"^[A-Z_]+=", words[0]):
                words.pop(0)
            if words:
                yield words
            words = []
        else:
            words.append(word)


def fault_of(words: list[str]) -> str | None:
    """Say why a command could not be run; None if it could."""
    words = words[: next((n for n, word in enumerate(words) if set(word) <= set("<>")), len(words))]
    if not words:
        return None  # the redirection of a whole subshell
    name = words[0].rsplit("/", 1)[-1]
    if name == "exportwatch":
        return _own_fault(words[1:])
    if name == "make":
        unknown = [word for word in words[1:] if "=" not in word and word not in TARGETS]
        return f"no make target {unknown}" if unknown else None
    return None if name in OTHERS else f"unknown command {name}"


def _own_fault(words: list[str]) -> str | None:
    command: click.Command = exportwatch
    context = click.Context(command, info_name="exportwatch")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        if found is None:
            return f"no command {words[0]}"
        command, context, words = found, click.Context(found, parent=context), words[1:]
    try:
        command.make_parser(context).parse_args(list(words))
    except click.UsageError as error:
        return error.format_message()
    return None


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.place)
def test_a_block_is_what_it_says(block: Block) -> None:
    if block.language in SHELL:
        lines = list(command_lines(block))
        script = "\n".join(lines) if block.language == "console" else block.text
        checked = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
        assert checked.stderr == ""
        faults = [fault_of(words) for line in lines for words in simple_commands(line)]
        assert [fault for fault in faults if fault] == []
    elif block.language in ("yaml", "yml"):
        list(YAML(typ="safe").load_all(io.StringIO(block.text)))
    elif block.language == "json":
        for text in block.text.splitlines() if block.label.endswith(".jsonl") else [block.text]:
            json.loads(text)
    elif block.language == "toml":
        tomllib.loads(block.text)
    elif block.language == "python":
        compile(block.text, block.place, "exec")
    else:
        assert block.language in PROSE, f"a block of an unknown kind: {block.language!r}"


def test_a_wrong_command_would_be_found() -> None:
    assert fault_of(["exportwatch", "rules", "tset"]) == "no command tset"
    assert "No such option" in str(fault_of(["exportwatch", "health", "--frmat", "json"]))
    assert fault_of(["make", "rnu"]) == "no make target ['rnu']"
    assert fault_of(["frobnicate"]) == "unknown command frobnicate"
    assert list(simple_commands("A=1 exportwatch check > out.txt && make test | tail")) == [
        ["exportwatch", "check", ">", "out.txt"],
        ["make", "test"],
        ["tail"],
    ]


def test_there_are_blocks_of_every_kind() -> None:
    assert {"sh", "console", "yaml", "json", "python"} <= {block.language for block in BLOCKS}
