from __future__ import annotations

import codecs
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.core.reasons import PollReason
from alerts.sources.feed import parse_feed

HEAD = '<?xml version="1.0" encoding="{}"?>'
RSS = "<rss version='2.0'><channel><item><guid>1</guid><title>{}</title></item></channel></rss>"
BOMB = '<!DOCTYPE r [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>' + RSS.format("&b;")


@pytest.mark.parametrize(
    "body",
    [
        BOMB.encode(),
        (HEAD.format("utf-8") + BOMB).encode(),
        BOMB.encode("utf-16"),
        BOMB.encode("utf-16-le"),
        BOMB.encode("utf-16-be"),
        BOMB.encode("utf-32"),
        codecs.BOM_UTF8 + BOMB.encode(),
        BOMB.replace("<!ENTITY", "<!entity").encode(),
        ("<!-- <a> -->" + BOMB).encode(),
        ("\n" * 5000 + BOMB).encode(),
        (HEAD.format("utf-16") + BOMB).encode("utf-16"),
    ],
)
def test_declared_entities_are_refused_in_every_encoding(body: bytes) -> None:
    parsed = parse_feed(body)
    assert parsed.reason is PollReason.ENTITIES_REFUSED
    assert not parsed.entries


@pytest.mark.parametrize("codec", ["utf-7", "cp037", "unicode_escape", "rot13", "base64", "no-such-codec"])
def test_a_codec_that_could_hide_something_is_not_used(codec: str) -> None:
    hidden = (HEAD.format(codec) + BOMB.replace("<!ENTITY", "+ADwAIQ-ENTITY")).encode()
    for charset in (None, codec):
        parsed = parse_feed(hidden, charset=charset)
        assert not any("lol" in entry.title for entry in parsed.entries)


def test_a_document_that_is_a_files_name_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(RSS.format("from the disk"))
    assert parse_feed(str(path).encode()).reason is PollReason.NOT_A_FEED


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "empty"),
        (b"   \n ", "empty"),
        (b"<!DOCTYPE html><html><head><title>Before you continue</title>", "'Before you continue'"),
        (b"<?xml version='1.0'?>\n<!-- x --><html xmlns='http://www.w3.org/1999/xhtml'/>", "HTML"),
        (b'{"items": []}', "json_api"),
        (b"Service temporarily busy", "Service temporarily"),
        (b"<opml version='1.0'><body/></opml>", "<opml>"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "neither"),
    ],
)
def test_what_is_no_feed(body: bytes, word: str) -> None:
    parsed = parse_feed(body)
    assert parsed.reason is PollReason.NOT_A_FEED
    assert word in parsed.detail


@pytest.mark.parametrize(
    ("codec", "title"),
    [
        ("utf-8", "Ausfuhr für Österreich"),
        ("iso-8859-1", "Ausfuhr für Österreich"),
        ("windows-1252", "“Ausfuhr” – für €5"),
        ("utf-16", "稀土出口管制"),
        ("gb2312", "稀土出口管制"),
        ("gb18030", "稀土出口管制"),
        ("big5", "稀土出口管制"),
        ("shift_jis", "輸出規制の強化"),
        ("euc-jp", "輸出規制の強化"),
        ("iso-2022-jp", "輸出規制の強化"),
        ("euc-kr", "수출 통제"),
        ("koi8-r", "Запрет на экспорт"),
        ("windows-1251", "Запрет на экспорт"),
    ],
)
def test_encodings_declared_in_the_document_or_by_the_server(codec: str, title: str) -> None:
    declared = (HEAD.format(codec) + RSS.format(title)).encode(codec)
    assert [entry.title for entry in parse_feed(declared).entries] == [title]
    if codec != "utf-16":
        assert [
            entry.title for entry in parse_feed(RSS.format(title).encode(codec), charset=codec).entries
        ] == [title]


def test_utf8_that_calls_itself_latin1_is_read_as_utf8() -> None:
    body = (HEAD.format("iso-8859-1") + RSS.format("für 稀土")).encode()
    parsed = parse_feed(body, charset="us-ascii")
    assert [entry.title for entry in parsed.entries] == ["für 稀土"]


def test_an_undeclared_windows_encoding_is_read_with_a_complaint() -> None:
    parsed = parse_feed(RSS.format("für").encode("cp1252"))
    assert [entry.title for entry in parsed.entries] == ["für"]
    assert "windows-1252" in parsed.complaint


WHOLE = (
    RSS.replace("</channel>", "<item><guid>2</guid><title>Second</title></item></channel>")
    .format("First")
    .encode()
)


@given(st.integers(0, len(WHOLE) - 1))
def test_wherever_a_feed_breaks_off_only_whole_items_are_kept(at: int) -> None:
    parsed = parse_feed(WHOLE[:at])
    ends = [end for end in (WHOLE.find(b"</item>") + 7, WHOLE.rfind(b"</item>") + 7) if end <= at]
    assert [entry.title for entry in parsed.entries] == ["First", "Second"][: len(ends)]
    assert parsed.reason in {PollReason.TRUNCATED, PollReason.NOT_A_FEED}
    if ends:
        assert parsed.reason is PollReason.TRUNCATED


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(alphabet="<>/!?&;[]-= \nitemrschanlgud01\"'", max_size=200).map(str.encode),
    )
)
def test_no_bytes_raise(body: bytes) -> None:
    for document in (body, b"<rss version='2.0'><channel><item><title>" + body):
        parsed = parse_feed(document)
        for entry in parsed.entries:
            assert entry.key
            entry.title.encode()


@pytest.mark.parametrize(
    "body",
    [
        b"\n" * 2_000_000,
        b"<!DOCTYPE " * 100_000,
        b"<rss version='2.0'><channel><item><title>" + b"<" * 400_000,
        b"<rss version='2.0'><channel><item><title>" + b"&" * 400_000,
        b"<rss version='2.0'><channel><item><title>" + b"<p" * 120_000,
        b"<rss version='2.0'><channel>" + b"<item>" * 60_000,
        b"<rss version='2.0'><channel><item><description><![CDATA["
        + b"<div>" * 60_000
        + b"]]></description></item></channel></rss>",
        b"<rss version='2.0'><channel><item><description>"
        + b"The post x " * 60_000
        + b"</description></item></channel></rss>",
        b"<rss version='2.0'><channel><item><pubDate>"
        + b"1 " * 200_000
        + b"</pubDate></item></channel></rss>",
        b"<a>" * 300_000,
    ],
    ids=["blank", "doctype", "lt", "amp", "open p", "open items", "divs", "post", "date", "deep"],
)
def test_hostile_documents_end_soon(body: bytes) -> None:
    began = time.process_time()
    parse_feed(body)
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://[half"]
)
def test_a_link_that_is_not_http_is_left_out(link: str) -> None:
    body = f"<rss version='2.0'><channel><item><title>T</title><link>{link}</link></item></channel></rss>"
    assert [entry.url for entry in parse_feed(body.encode(), url="https://feeds.example/").entries] == [None]
