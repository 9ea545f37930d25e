"""From a document's bytes to XML text that is safe to parse; pure.

The bytes are decoded here, with an allow-list of encodings, and not by the parser: a codec
such as UTF-7 or EBCDIC would hide ``<!ENTITY`` from whoever looks at the bytes. Everything
before the first element (declaration, DOCTYPE, comments) is cut away, since a declared
entity expands without limit and feedparser's own DOCTYPE pattern takes quadratic time on
blank lines. Named HTML entities become numeric, so that a DTD is never missed.

Truncation is told from other damage by expat's error code; :func:`mend` then cuts back to
the last whole item and closes what is open.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from html.entities import html5
from xml.parsers import expat

_SAFE = frozenset(
    codecs.lookup(name).name
    for name in (
        "utf-8 utf-16 utf-16-le utf-16-be utf-32 ascii koi8-r koi8-u gb2312 gbk gb18030 big5 shift_jis cp932 "
        "euc_jp iso2022_jp euc_kr cp949 tis-620 mac-roman "
        + " ".join(f"iso8859-{part}" for part in (*range(1, 12), 13, 14, 15, 16))
        + " "
        + " ".join(f"cp125{part}" for part in range(9))
    ).split()
)
_ANYTHING_GOES = frozenset({"iso8859-1", "iso8859-15", "cp1252", "ascii"})
"""Encodings in which every byte means something: UTF-8 declared as one of them is common."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BARE = ((b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_DECLARED = re.compile(
    rb"^\s{0,64}<\?xml[^>]{0,200}?encoding\s{0,8}=\s{0,8}[\"']([A-Za-z0-9._:-]{1,40})[\"']"
)
DEPTH_LIMIT = 200
_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_FIRST_ELEMENT = re.compile(r"<[A-Za-z_]")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_XML_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LAST_ITEM = re.compile(r"</(?:[A-Za-z0-9_]+:)?(?:item|entry)\s{0,8}>")
_BREAKS_OFF = frozenset(
    {
        expat.errors.codes[name]
        for name in (
            expat.errors.XML_ERROR_NO_ELEMENTS,
            expat.errors.XML_ERROR_UNCLOSED_TOKEN,
            expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
            expat.errors.XML_ERROR_PARTIAL_CHAR,
        )
    }
)


class EntitiesDeclared(Exception):
    """The document declares entities."""


class TooDeep(Exception):
    """The document nests deeper than any feed does; its parser would take quadratic time."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A document as text, and what was wrong with its encoding, if anything."""

    text: str
    complaint: str = ""


def decode(body: bytes, charset: str | None = None) -> Decoded:
    """Decode by byte order mark, then the declared encodings, then UTF-8, then windows-1252."""
    for bom, name in _BOMS:
        if body.startswith(bom):
            return Decoded(body.decode(name, "replace"))
    for start, name in _BARE:
        if body.startswith(start):
            return Decoded(body.decode(name, "replace"))
    found = _DECLARED.match(body[:400])
    wanted = [name for name in (charset, found[1].decode("ascii") if found else None) if name]
    known = [codec for name in wanted if (codec := _codec(name)) is not None]
    tries = [codec for codec in known if codec not in _ANYTHING_GOES] + ["utf-8"]
    for codec in tries:
        try:
            return Decoded(body.decode(codec))
        except UnicodeDecodeError:
            continue
    for codec in [codec for codec in known if codec in _ANYTHING_GOES and codec != "ascii"]:
        return Decoded(body.decode(codec, "replace"))
    said = ", ".join(wanted) or "UTF-8"
    return Decoded(body.decode("cp1252", "replace"), f"the text is not {said[:60]}; read as windows-1252")


def _codec(name: str) -> str | None:
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return found if found in _SAFE else None


def xml_text(text: str) -> str:
    """Give the document from its first element on. Raises :class:`EntitiesDeclared`."""
    if _ENTITY.search(text):
        raise EntitiesDeclared
    first = _FIRST_ELEMENT.search(text)
    body = text[first.start() :] if first else ""
    return _NAMED.sub(_numeric, _FORBIDDEN.sub("", body))


def _numeric(found: re.Match[str]) -> str:
    name = found[1]
    if name in _XML_OWN:
        return found[0]
    chars = html5.get(name + ";")
    return "".join(f"&#{ord(char)};" for char in chars) if chars else found[0]


def fault(text: str) -> int | None:
    """Give expat's error code, None where the text is well-formed. Raises :class:`TooDeep`."""
    depth = 0

    def enter(_: str, __: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH_LIMIT:
            raise TooDeep(f"elements nest more than {DEPTH_LIMIT} deep: this is no feed")

    def leave(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = enter, leave
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        return error.code
    return None


def breaks_off(code: int | None) -> bool:
    """Tell whether an error code means that the document ends before its end."""
    return code in _BREAKS_OFF


def mend(text: str) -> str:
    """Cut a truncated document back to its last whole item and close the open elements."""
    ends = [found.end() for found in _LAST_ITEM.finditer(text)]
    if not ends:
        start = re.search(r"<(?:[A-Za-z0-9_]+:)?(?:item|entry)[\s>]", text)
        cut = text[: start.start()] if start else text[: text.rfind("<")]
    else:
        cut = text[: ends[-1]]
    open_elements: list[str] = []
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = lambda name, _: open_elements.append(name)
    parser.EndElementHandler = lambda _: open_elements.pop()
    try:
        parser.Parse(cut.encode(), False)
    except expat.ExpatError:
        return cut
    return cut + "".join(f"</{name}>" for name in reversed(open_elements))
