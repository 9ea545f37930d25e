"""``exportwatch sources`` as a user runs it, against a real server on loopback."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from alerts.engine.loading import load
from alerts.rules_folder import read_folder
from tests.support.origin import origin

ROOT = Path(__file__).parents[2]
FEED = """<rss version="2.0"><channel><title>M</title><item><guid>1</guid><title>Licences for magnets</title>
<pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate></item></channel></rss>"""


def run(tmp_path: Path, *arguments: str, page: str = FEED) -> tuple[int, str, str]:
    async def go() -> tuple[int, str, str]:
        async with origin({"/feed": page}) as server:
            (tmp_path / "sources.yaml").write_text(
                "sources:\n"
                f"  - {{id: good, kind: feed, url: '{server.url('/feed')}', every: 15m}}\n"
                f"  - {{id: lost, kind: feed, url: '{server.url('/lost')}', every: 15m}}\n"
            )
            (tmp_path / "routes.yaml").write_text("route: {receiver: desk}\n")
            (tmp_path / "receivers.yaml").write_text(
                "receivers:\n  - {name: desk, apprise: {url: 'mailto://desk@mail.example'}}\n"
            )
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "alerts",
                "sources",
                *arguments,
                "--rules-dir",
                str(tmp_path),
                cwd=ROOT,
                env=os.environ | {"EXPORTWATCH_ALLOW_NETWORKS": "127.0.0.0/8"},
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            out, err = await process.communicate()
            return process.returncode or 0, out.decode(), err.decode()

    return asyncio.run(go())


def test_a_source_that_answers(tmp_path: Path) -> None:
    code, out, err = run(tmp_path, "test", "good")
    assert code == 0, err
    assert "Licences for magnets" in out
    assert "2026-11-20 08:00" in out
    assert "1 of 1 sources" in out


def test_one_that_does_not_is_an_exit_code_and_a_remedy(tmp_path: Path) -> None:
    code, out, err = run(tmp_path, "test")
    assert code == 1
    assert "1 of 2 sources" in out
    assert "lost: http://127.0.0.1" in err
    assert "check the url" in err


def test_json_for_machines(tmp_path: Path) -> None:
    code, out, _ = run(tmp_path, "test", "--format", "json")
    good, lost = json.loads(out)
    assert code == 1
    assert (good["ok"], good["items"], good["titles"]) == (True, 1, ["Licences for magnets"])
    assert (lost["ok"], lost["reason"]) == (False, "http_error")


def test_an_unknown_source_is_named(tmp_path: Path) -> None:
    code, _, err = run(tmp_path, "test", "nowhere")
    assert code == 1
    assert "'nowhere'" in err


def test_the_sources_that_come_with_the_project() -> None:
    from alerts.sources.federal_register import Query, read_query

    sources = load(read_folder(ROOT / "rules")).sources
    assert len(sources) >= 12
    for source in sources.values():
        if source.kind == "federal_register":
            assert isinstance(read_query(source), Query), source.id
        if "news.google.com" in str(source.url):
            assert source.max_age is not None, source.id
        assert source.publisher or "search" in source.id
    assert {source.lang for source in sources.values()} >= {"en", "ja", "zh", "fr", "id", "ko", "hi"}
    official = [source for source in sources.values() if source.tier == "official"]
    assert len(official) >= 10


@pytest.mark.corpus
def test_real_feed_items() -> None:
    from alerts.sources.feed import parse_feed

    folder = ROOT.parent / "shared" / "corpus" / "feeds"
    if not folder.is_dir():
        folder = ROOT.parents[1] / "shared" / "corpus" / "feeds"
    if not folder.is_dir():
        pytest.skip("the corpus is not beside the checkout")
    for path in sorted(folder.glob("*.xml")):
        body = path.read_bytes()
        parsed = parse_feed(body, url="https://feeds.example/")
        assert parsed.reason.ok, path.name
        assert not parsed.complaint, path.name
        assert len(parsed.entries) >= 0.9 * body.count(b"<item>"), path.name
        for entry in parsed.entries:
            assert entry.title
            assert entry.published
            assert entry.url
            assert "&amp;" not in entry.title + entry.text
            assert "<a " not in entry.text
            if "news.google.com" in entry.url:
                assert entry.publisher
                assert not entry.title.endswith(f" - {entry.publisher}")
                assert entry.text == ""
