"""RawPage -> Page: bytes to text, with the evidence for the encoding, and whether the text is HTML.

Left alone here: line ends; mojibake (what somebody decoded wrongly before it came to us is not repaired); control
characters other than NUL; character references such as ``&eacute;``; and the words of a ``<meta charset>``, which may
be wrong about the ``str`` they now stand in.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
import zlib
from contextlib import suppress
from functools import lru_cache
from importlib import resources
from typing import Literal, NamedTuple

from cleaner.errors import InputError
from cleaner.page import ContentType, Page, RawPage
from cleaner.settings import DEFAULTS, Settings

__all__ = ["declared_label", "decode", "detect_encoding", "inflate", "resolve_label", "sniff_content_type"]


class _Decoded(NamedTuple):
    text: str
    encoding: str
    evidence: str
    replacements: int


_Declared = list[tuple[str, str]]
"""(WHATWG name, ``http`` or ``meta``), the stronger evidence first."""

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def decode(raw: RawPage, settings: Settings = DEFAULTS) -> Page:
    r"""Turn a document into text and say how its encoding was found.

    A ``str`` is taken as is. Bytes are decompressed if they are gzip; then the evidence is, in this order: byte order
    mark, ``RawPage.charset``, the page's own declaration, strict UTF-8, a detector, windows-1252. What is declared is
    passed over when it does not fit the bytes, and also when the bytes are valid UTF-8 beyond ASCII: pages that a
    scraper saved again keep their old declaration (15 of 2,917 train and dev pages do), and text in another encoding is
    hardly ever valid UTF-8 by accident.

    U+0000 is dropped (parsers stop at it) and surrogates of a ``str`` are joined or become U+FFFD, so offsets count in
    ``Page.text``, not in the source. ``Page.replacements`` counts U+FFFD put in here, not those the source has.

    Empty input is a Page with empty text. Raises InputError: ``page_too_large``, ``inflates_too_large``,
    ``truncated_gzip``, ``corrupt_gzip``, ``binary_input``.

    >>> page = decode(RawPage(b"<p>na\xefve", charset="iso-8859-1"))
    >>> page.text, page.content_type, page.encoding, page.encoding_source
    ('<p>naïve', 'html', 'windows-1252', 'http')
    """
    data = raw.data
    if len(data) > settings.max_page_bytes:
        message = (
            f"{_page(raw.source)} has {len(data):,} {'characters' if isinstance(data, str) else 'bytes'}, more than "
            f"the {settings.max_page_bytes:,} allowed. Split it, or raise max_page_bytes."
        )
        raise InputError("page_too_large", message, where=raw.source)
    if isinstance(data, str):
        found = _decode_str(data)
    else:
        if data[:2] == b"\x1f\x8b":
            data = inflate(data, limit=settings.max_inflated_bytes, where=raw.source)
        found = _decode_bytes(data, charset=raw.charset or "", where=raw.source)
    return Page(
        text=found.text,
        content_type=sniff_content_type(found.text, raw.content_type),
        url=raw.url,
        encoding=found.encoding,
        encoding_source=found.evidence,
        replacements=found.replacements,
        source=raw.source,
    )


def _page(where: str) -> str:
    return f"The page {where}" if where else "The page"


def _decode_str(text: str) -> _Decoded:
    """Drop U+0000, join surrogate pairs and replace lone surrogates: no encoder, so no writer, accepts them."""
    bad = 0
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            known = text.count(_REPLACEMENT)
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            bad = text.count(_REPLACEMENT) - known
    return _Decoded(_drop_nul(text), "str", "caller", bad)


def _drop_nul(text: str) -> str:
    return text.replace("\0", "") if "\0" in text else text


# --- gzip ---------------------------------------------------------------------------------------------------------


def inflate(data: bytes, *, limit: int, where: str = "") -> bytes:
    """Decompress a gzip document of one or more members; zero bytes after the last member are padding.

    Holds at most ``limit`` + 1 inflated bytes. The steps grow from 1 KiB to 64 KiB within a member, so that very many
    tiny members stay linear (10 MB/s when all are empty).

    Raises InputError: ``inflates_too_large``, ``truncated_gzip``, ``corrupt_gzip``.
    """
    view, out, size, at, step = memoryview(data), [], 0, 0, 1024
    member = zlib.decompressobj(wbits=31)
    while at < len(data):
        piece = view[at : at + step]
        try:
            out.append(member.decompress(piece, limit + 1 - size))
        except zlib.error as error:
            message = (
                f"{_page(where)} is gzip data that are damaged between byte {at:,} and byte {at + len(piece):,} "
                f"({error}). Fetch it again."
            )
            raise InputError("corrupt_gzip", message, where=where) from error
        size += len(out[-1])
        if size > limit:
            message = (
                f"{_page(where)} is gzip data that inflate to more than {limit:,} bytes. "
                "Leave it out, or raise max_inflated_bytes if you trust it."
            )
            raise InputError("inflates_too_large", message, where=where)
        at += len(piece) - len(member.unused_data)
        step = min(step * 2, 65_536)
        if member.eof:
            if at == len(data) or (data[at] == 0 and not data[at:].strip(b"\0")):
                return b"".join(out)
            member, step = zlib.decompressobj(wbits=31), 1024
    message = f"{_page(where)} is gzip data that end at byte {at:,}, before they are complete. Fetch it again."
    raise InputError("truncated_gzip", message, where=where)


# --- bytes --------------------------------------------------------------------------------------------------------


def _decode_bytes(data: bytes, *, charset: str, where: str) -> _Decoded:
    """Follow the evidence from the strongest to the weakest; see decode()."""
    http = resolve_label(charset)
    wide = _find_wide(data, http)
    if wide is not None:
        name, evidence, mark = wide
        text, bad = _decode_as(data[mark:], name)
        if name == "utf-8":
            _refuse_binary(data, where)
        else:
            _refuse_junk(text[:_BINARY_SAMPLE_BYTES], where)
        return _Decoded(_drop_nul(text), name, evidence, bad)
    _refuse_binary(data, where)
    if b"\0" in data:
        data = data.replace(b"\0", b"")
    meta = resolve_label(declared_label(data))
    if meta.startswith("utf-16"):  # whoever can read the declaration in ASCII does not read UTF-16; WHATWG agrees
        meta = "utf-8"
    declared = [(name, evidence) for name, evidence in ((http, "http"), (meta, "meta")) if name]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _decode_legacy(data, declared, first_bad=error.start)
    if data.isascii():
        return _decode_ascii(data, text, declared)
    return _Decoded(text, "utf-8", _evidence_for("utf-8", declared), 0)


def _evidence_for(name: str, declared: _Declared, *, otherwise: str = "utf-8") -> str:
    return next((evidence for said, evidence in declared if said == name), otherwise)


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32le"),
    (codecs.BOM_UTF32_BE, "utf-32be"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)

_UPPER_HALVES = b"\x00\x03\x04\x05\x06\x0e"
"""First halves of UTF-16 units of Latin, Greek, Cyrillic, Hebrew and Armenian, Arabic, Thai and Lao letters."""


def _find_wide(data: bytes, http: str) -> tuple[str, str, int] | None:
    """Return (name, evidence, bytes of the mark) for a byte order mark, or for UTF-16 without one; else None.

    Without a mark, UTF-16 is believed when every second byte is one of _UPPER_HALVES, control characters that no other
    text has in such numbers; or when HTTP says so and the bytes are not UTF-8.
    """
    for mark, name in _MARKS:
        if data.startswith(mark) and (len(mark) != 4 or len(data) % 4 == 0):
            return name, "bom", len(mark)
    if 0 in data[: 2 * _BINARY_SAMPLE_BYTES]:
        first, second = (_share(data[at : 2 * _BINARY_SAMPLE_BYTES : 2], _UPPER_HALVES) for at in (0, 1))
        for name, upper, lower in (("utf-16be", first, second), ("utf-16le", second, first)):
            if upper > 0.7 and lower < 0.2:
                return name, "http" if name == http else "detector", 0
    if http.startswith("utf-16"):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return http, "http", 0
    return None


def _share(data: bytes, members: bytes) -> float:
    """Return the share of bytes that are among ``members``, 0..1; 0 for no bytes."""
    return 1 - len(data.translate(None, members)) / len(data) if data else 0.0


def _decode_ascii(data: bytes, text: str, declared: _Declared) -> _Decoded:
    """Report the declared name, which changes nothing, unless escapes show ISO-2022-JP: Japanese in ASCII bytes."""
    if b"\x1b$" in data:
        japanese, bad = _decode_as(data, "iso-2022-jp")
        if not bad and not japanese.isascii():
            evidence = _evidence_for("iso-2022-jp", declared, otherwise="detector")
            return _Decoded(japanese, "iso-2022-jp", evidence, 0)
    name, evidence = next((entry for entry in declared if "16" not in entry[0][:6]), ("utf-8", "utf-8"))
    return _Decoded(text, name, evidence, 0)


_DAMAGED_UTF8 = 4
"""UTF-8 that nobody declared is believed with this many good characters beyond ASCII per bad one; declared UTF-8 with
one. So a page cut inside a character, or with one comment pasted in another encoding, stays whole. Pages in another
encoding have at most 0.37 (EUC-JP), 0.28 (47 real GB18030 pages) or 0.02 (European ones) good characters a bad one."""

_FITTING = 20
"""An encoding of several bytes a character fits with this many good characters beyond ASCII per bad one; pages in the
one they declare had at most 12 bad characters in 14,000 (train and dev pages). Single-byte encodings, which have few
undefined bytes to be wrong about, fit with _DAMAGED_UTF8."""

_SEVERAL_BYTES = frozenset({"gb18030", "big5", "euc-jp", "iso-2022-jp", "shift_jis", "euc-kr"})
_TRAILS = bytes(range(0x80, 0xC0))


def _decode_legacy(data: bytes, declared: _Declared, *, first_bad: int) -> _Decoded:
    """Decode bytes that are not valid UTF-8: damaged UTF-8, what is declared, what is detected, windows-1252."""
    start = max(0, first_bad - _WINDOW_BYTES // 2)
    near = data[start : first_bad + _WINDOW_BYTES // 2]
    text, bad = _decode_as(near.lstrip(_TRAILS) if start else near, "utf-8")
    if _good(text, bad) >= bad * (1 if "utf-8" in dict(declared) else _DAMAGED_UTF8):
        text, bad = _decode_as(data, "utf-8")
        return _Decoded(text, "utf-8", _evidence_for("utf-8", declared), bad)
    for name, evidence in declared:
        if name != "utf-8" and (found := _decode_fitting(data, name, evidence)):
            return found
    name = detect_encoding(data[_find_boundary(data, first_bad) :])
    if name and (found := _decode_fitting(data, name, "detector")):
        return found
    text, bad = _decode_as(data, "windows-1252")
    return _Decoded(text, "windows-1252", "fallback", bad)


def _decode_fitting(data: bytes, name: str, evidence: str) -> _Decoded | None:
    """Decode, unless too many bytes are undefined in the encoding."""
    text, bad = _decode_as(data, name)
    if _good(text, bad) < bad * (_FITTING if name in _SEVERAL_BYTES else _DAMAGED_UTF8):
        return None
    return _Decoded(text, name, evidence, bad)


def _good(text: str, bad: int) -> int:
    """Return the number of characters beyond ASCII other than the ``bad`` ones that decoding put in."""
    return len(text) - len(text.encode("ascii", "ignore")) - bad


def _decode_as(data: bytes, name: str) -> tuple[str, int]:
    """Decode by WHATWG name; also return how many U+FFFD that put in (the bytes may spell out U+FFFD themselves)."""
    tried = _encodings().codecs[name]
    for codec in tried:
        with suppress(UnicodeDecodeError):
            return data.decode(codec), 0
    text = data.decode(tried[-1], "replace")
    return text, text.count(_REPLACEMENT) - data.decode(tried[-1], "ignore").count(_REPLACEMENT)


# --- labels and declarations --------------------------------------------------------------------------------------


class _Encodings(NamedTuple):
    names: dict[str, str]
    """Label -> WHATWG name."""
    codecs: dict[str, tuple[str, ...]]
    """WHATWG name -> Python codecs to try."""


@lru_cache(maxsize=1)
def _encodings() -> _Encodings:
    names: dict[str, str] = {}
    tried: dict[str, tuple[str, ...]] = {"utf-32le": ("utf_32_le",), "utf-32be": ("utf_32_be",)}
    for name, codec, labels in _rows("encodings.txt"):
        names.update(dict.fromkeys(labels.split(), name))
        tried[name] = tuple(codec.split(","))
    return _Encodings(names, tried)


def _rows(table: str) -> list[list[str]]:
    """Read a table of tab-separated columns."""
    text = resources.files("cleaner").joinpath("tables").joinpath(table).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if line and line[0] != "#"]


def resolve_label(label: str) -> str:
    """Return the WHATWG name of an encoding label, '' for a label that names no encoding of the web.

    A whole Content-Type value is understood as well. Labels that only Python knows (``rot13``, ``unicode_escape``)
    name nothing. (w3lib.encoding, which asks Python, knows those, and misses 68 of the 222 labels of the web.)

    >>> [resolve_label(label) for label in ("Latin1", "gb2312", "text/html; charset=SJIS", "rot13")]
    ['windows-1252', 'gb18030', 'shift_jis', '']
    """
    label = label.lower()
    if "charset=" in label:
        label = label.partition("charset=")[2].partition(";")[0]
    label = label.strip(" \t\r\n\f\"'")
    return "utf-8" if label in {"utf-8", "utf8"} else _encodings().names.get(label, "") if label else ""


_DECLARATION_BYTES = 4096
"""How far declarations are looked for. The WHATWG prescan reads 1,024 bytes, w3lib 4,096."""

_DECLARATION = re.compile(
    rb"""<!--.*?(?:-->|\Z) | <body[\s>] | <\?xml\s([^<>]*) | <meta[\s/]((?:[^<>"']|"[^"]*"|'[^']*')*)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_ATTRIBUTE = re.compile(rb"""(?<![^\s"'/])([a-z_-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
_CONTENT_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([^\s"';,]+)""", re.IGNORECASE)


def declared_label(data: bytes) -> str:
    """Return the encoding label that markup declares in its first 4,096 bytes, as written; '' when there is none.

    Read are ``<meta charset>``, ``<meta http-equiv=content-type content="...; charset=...">`` and the XML declaration.
    Comments are passed over, the search ends at ``<body>``, and a charset in any other ``content`` is just prose.

    >>> declared_label(b"<!-- <meta charset=big5> --><meta http-equiv=Content-Type content='text/html; charset=gbk'>")
    'gbk'
    """
    for found in _DECLARATION.finditer(data, 0, _DECLARATION_BYTES):
        xml, meta = found.groups()
        if xml is None and meta is None:
            if found[0][:5].lower() == b"<body":
                break
            continue
        values = {name.lower(): value.strip(b"\"' \t\r\n") for name, value in _ATTRIBUTE.findall(xml or meta or b"")}
        label: bytes = values.get(b"encoding" if meta is None else b"charset", b"")
        pragma: bytes = values.get(b"http-equiv", values.get(b"httpequiv", b"")).lower()
        if not label and pragma.replace(b" ", b"-") == b"content-type":
            content = _CONTENT_CHARSET.search(values.get(b"content", b""))
            label = content[1] if content else b""
        if label:
            return label.decode("latin-1")
    return ""


# --- binary -------------------------------------------------------------------------------------------------------

_BINARY_SAMPLE_BYTES = 4096
"""How much is looked at, at the beginning, in the middle and at the end."""

_JUNK = bytes(set(range(0x20)) - set(b"\0\b\t\n\v\f\r\x1a\x1b"))
"""Control characters that text does not have. It may have NUL (counted apart), backspaces in old manual pages, blanks,
a DOS end-of-file mark, and escapes in terminal logs and ISO-2022-JP."""

_JUNK_SHARE = 0.02
"""Random and compressed bytes have 9 % of these; the worst of 2,917 train and dev pages has 0.03 %. Of 387 programs,
compiled Python files and pictures one small file of docstrings passes."""

_NUL_SHARE = 0.2
"""Text with a NUL here and there is text. Programs and tables of numbers have more."""


def _refuse_binary(data: bytes, where: str) -> None:
    """Raise InputError ``binary_input`` for bytes that are no text in any encoding but UTF-16 and UTF-32."""
    head = data[:_BINARY_SAMPLE_BYTES]
    if head[:1] != b"<":
        for at, magic, needed, what, advice in _magic():
            if data.startswith(magic, at) and needed in head:
                raise _binary(f"{_page(where)} is {what}, not a page. {advice}", where)
    middle = len(data) // 2
    sample = head
    if len(data) > len(head):
        sample += data[middle : middle + _BINARY_SAMPLE_BYTES] + data[-_BINARY_SAMPLE_BYTES:]
    nul, junk = sample.count(0), len(sample) - len(sample.translate(None, _JUNK))
    if nul > 4 + _NUL_SHARE * len(sample) or junk > 4 + _JUNK_SHARE * (len(sample) - nul):
        what = f"{nul + junk:,} of {len(sample):,} sampled bytes are control characters"
        advice = "Leave it out, or, if it is UTF-16, say so with charset."
        raise _binary(f"{_page(where)} looks like binary data, not text: {what}. {advice}", where)


def _refuse_junk(text: str, where: str) -> None:
    """Raise InputError ``binary_input`` when the beginning of a wide decoding is noise. ``text`` is that beginning.

    Any two bytes are some character: of random ones 15 % are undefined, private or halves of others.
    """
    junk = sum(char == _REPLACEMENT or unicodedata.category(char) in {"Cc", "Cn", "Co"} for char in text)
    junk -= sum(map(text.count, "\0\b\t\n\v\f\r\x1a\x1b"))
    if junk > 4 + 0.05 * len(text):
        what = f"{junk:,} of its first {len(text):,} characters are control characters or undefined"
        raise _binary(f"{_page(where)} is marked as UTF-16 or UTF-32, but {what}. Leave it out.", where)


def _binary(message: str, where: str) -> InputError:
    return InputError("binary_input", message, where=where)


@lru_cache(maxsize=1)
def _magic() -> list[tuple[int, bytes, bytes, str, str]]:
    """Return (offset, bytes there, bytes needed besides, what it is, what to do)."""
    return [
        (int(at), bytes.fromhex(magic), bytes.fromhex(needed.strip("-")), what, advice)
        for at, magic, needed, what, advice in _rows("magic.txt")
    ]


# --- detector -----------------------------------------------------------------------------------------------------

_SAMPLE_BYTES = 20_000
"""What the detector reads at most."""

_WINDOW_BYTES = 262_144
"""Where that is taken from."""

_LATIN = {"cp1252", "cp1250", "iso8859_2", "cp1254", "cp1257"}
_CANDIDATES = {
    "cp1252": "windows-1252",
    "cp1250": "windows-1250",
    "iso8859_2": "iso-8859-2",
    "cp1254": "windows-1254",
    "cp1257": "windows-1257",
    "cp1251": "windows-1251",
    "koi8_r": "koi8-r",
    "cp1253": "windows-1253",
    "iso8859_7": "iso-8859-7",
    "cp1255": "windows-1255",
    "cp1256": "windows-1256",
    "gb18030": "gb18030",
    "big5hkscs": "big5",
    "cp932": "shift_jis",
    "euc_jp": "euc-jp",
    "cp949": "euc-kr",
}
"""Python codec -> WHATWG name of what the detector may answer: the encodings pages were written in before UTF-8."""

_PUNCTUATION = "“”‘’„‚–—…•·«»‹›§°©®™€£¥´¿¡½¼²³ªº×\N{NO-BREAK SPACE}\N{SOFT HYPHEN}"
_ASCII = bytes(range(0x80))
_MARKUP_OR_LINE_END = re.compile(rb"[<>\r\n]+")
_INSIDE = bytes(set(range(0x30, 0x100)) - set(b"<>"))
"""Bytes that may be the second half of a character in some encoding; text can be cut safely after any other."""
_THREE_HIGH = re.compile(rb"[\x80-\xff]{3,}")
_ALPHA_ISO = re.compile(rb"\xb6[\xe0-\xfe]")
_ALPHA_WINDOWS = re.compile(rb"\xa2[\xe0-\xfe]")


def detect_encoding(data: bytes) -> str:
    """Guess the encoding of text that is not UTF-8; return a WHATWG name, '' when nothing fits.

    First the alphabets of 27 European languages: when the letters of one of them explain 98 % of the bytes beyond
    ASCII, and these stand singly as accented letters do, that decides. Otherwise charset-normalizer chooses among the
    encodings that pages were written in before UTF-8. Read are at most 20,000 bytes of text between tags, out of
    262,144. Other encodings (Thai, Vietnamese, Macintosh, DOS) are not guessed; pages in them must declare them.

    Whole pages that come out exactly, of 437 train and dev pages re-encoded without declarations (windows-1250, -1251,
    -1252, -1253, iso-8859-2, -7, koi8-r, gb18030, big5, shift_jis, euc-jp, euc-kr), and of 304 texts of 6 to 200 stop
    words in 26 languages, on the same samples; ms are for a page, sampling included, on one core, November 2026:
    this function 431 and 284, 3.0 ms; charset-normalizer 3.5 alone 363 and 217, 4.0 ms; resiliparse 2.0 411 and 293
    (no Korean), 3.4 ms; faust-cchardet 3.2 403 and 288, 2.9 ms; chardet 5.2 333 and 187, 30 ms. charset-normalizer is
    MIT and small; resiliparse is Apache-2.0 but 6.7 MB, the other two have (L)GPL or MPL terms. The alphabets and
    rules were made with these pages in sight, so expect a little less elsewhere.
    """
    sample = _take_sample(data)
    high = sample.translate(None, _ASCII)
    if not high:
        return ""
    latin, share = _read_as_latin(high)
    if share >= 0.98 and sum(map(len, _THREE_HIGH.findall(sample))) < 0.1 * len(high):
        return latin
    from charset_normalizer import from_bytes  # here: 45 ms, which pages in UTF-8 should not pay

    best = from_bytes(
        sample, cp_isolation=list(_CANDIDATES), threshold=0.4, preemptive_behaviour=False, enable_fallback=False
    ).best()
    if best is None:
        return ""
    if best.encoding in _LATIN:
        return latin
    if best.encoding in {"cp1253", "iso8859_7"}:  # they differ in one letter that matters, a capital alpha with tonos
        iso = len(_ALPHA_ISO.findall(sample)) > len(_ALPHA_WINDOWS.findall(sample))
        return "iso-8859-7" if iso else "windows-1253"
    return _CANDIDATES.get(best.encoding, "")


def _find_boundary(data: bytes, at: int) -> int:
    """Return a position at or a little before ``at`` where no character can be cut."""
    before = data[max(0, at - 512) : at]
    return at - len(before) + len(before.rstrip(_INSIDE))


def _take_sample(data: bytes) -> bytes:
    """Return up to 20,000 bytes of the lines and texts between tags that are not pure ASCII, none of them cut."""
    runs: list[bytes] = []
    size = 0
    for run in _MARKUP_OR_LINE_END.split(data[:_WINDOW_BYTES]):
        if run.isascii():
            continue
        if size + len(run) > _SAMPLE_BYTES:
            if not runs:
                runs.append(run[:_SAMPLE_BYTES].rstrip(_INSIDE) or run[:_SAMPLE_BYTES])
            break
        runs.append(run)
        size += len(run) + 1
    return b"\n".join(runs)


def _read_as_latin(high: bytes) -> tuple[str, float]:
    """Return the encoding whose languages explain most of the bytes beyond ASCII, and the share explained (0..1)."""
    name, unexplained = min(
        ((name, len(high.translate(None, letters))) for name, letters in _alphabets()), key=lambda pair: pair[1]
    )
    return name, 1 - unexplained / len(high)


@lru_cache(maxsize=1)
def _alphabets() -> list[tuple[str, bytes]]:
    """Return (WHATWG name, the bytes beyond ASCII that texts in one language have in it), the commonest first."""
    pairs = []
    for _, tried, letters in _rows("alphabets.txt"):
        for codec in tried.split():
            known = (letters + letters.upper() + _PUNCTUATION).encode(codec, "ignore")
            pairs.append((_CANDIDATES[codec], known.translate(None, _ASCII)))
    return pairs


# --- HTML or text -------------------------------------------------------------------------------------------------

_COMMENT_CHARACTERS = 65_536
"""A comment at the beginning is looked through this far."""

_SNIFF_CHARACTERS = 16_384
"""How much is looked at, from the first character that counts; takes 1 to 2 ms, and only where no doctype is found."""

_DOCUMENT_CHARACTERS = 2_000
"""A document behind markup of another kind (a wrapper, a server's header) is found when it begins within these."""

_NOT_BLANK = re.compile(r"[^\s\ufeff]")
_DOCUMENT = re.compile(
    r"<!doctype\b|<\?xml\s|<(?:html|head|body|title|meta|link|script|style)(?=[\s/>])", re.IGNORECASE
)
_WRAPPER = re.compile(r"<[a-z]|HTTP/\d|Content-Type: text/html", re.IGNORECASE)
_WRAPPED = re.compile(r"^[ \t]*<(?:!doctype|html|head|body)(?=[\s>])", re.IGNORECASE | re.MULTILINE)
_UNSEEN = re.compile(
    r"<(script|style)(?=[\s/>]).*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)|```.*?```|`[^`\n]*`", re.IGNORECASE | re.DOTALL
)
_LOOSE = re.compile(r"<(?:p|br|hr)\b", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_TAG = re.compile(
    r"<(?:/?(?:html|head|body|p|div|br|hr|li|ul|ol|dl|dt|dd|h[1-6]|table|tr|td|th|section|article|main|nav|aside|header"
    r"|footer|figure|blockquote|pre|form|center)(?=[\s/>])|(?:a|img|span|font|iframe)\s+[a-z-]+\s*=)[^<>]*>",
    re.IGNORECASE,
)


def sniff_content_type(text: str, hint: Literal["auto", "html", "text"] = "auto") -> ContentType:
    """Tell HTML from text by looking at the text; a hint other than ``auto`` is the answer.

    HTML is what starts like a document (doctype, ``<html``, ``<head``, ``<?xml`` ...), whatever blanks and comments
    stand before that, and a fragment: text that block tags, links and images divide. Tags that a text only talks about
    ("use the <div> tag"), listings in a long text, ``<name@host>`` and unknown tags make no HTML, nor does a link or an
    image here and there in Markdown. Looks at 16,384 characters from the first that counts.

    >>> sniff_content_type("<p>Rain again."), sniff_content_type("Write <p> and it is a paragraph.")
    ('html', 'text')
    """
    if hint != "auto":
        return hint
    start = _skip_comments(text)
    if start < 0 or _DOCUMENT.match(text, start):
        return "html"
    if _WRAPPER.match(text, start) and _WRAPPED.search(text, start, start + _DOCUMENT_CHARACTERS):
        return "html"
    window = text[start : start + _SNIFF_CHARACTERS]
    return "html" if "<" in window and _is_fragment(window) else "text"


def _skip_comments(text: str) -> int:
    """Return where something other than blanks and comments begins; -1 if comments fill what is looked at."""
    at = 0
    while (found := _NOT_BLANK.search(text, at)) is not None:
        at = found.start()
        if not text.startswith("<!--", at):
            return at
        end = text.find("-->", at + 4, at + _COMMENT_CHARACTERS)
        if end < 0 or end > 4 * _COMMENT_CHARACTERS:
            return -1
        at = end + 3
    return len(text)


def _is_fragment(window: str) -> bool:
    """Decide whether tags divide most of the text, or only occur in it.

    Text counts as divided from a tag to the next blank line, and from the last blank line to the next tag. At least one
    opening tag is needed where the text begins with a tag, two elsewhere, and one for every 2,000 or 700 characters.
    Without division, a tag for every 40 characters is enough. Of 2,900 pieces cut out of real pages at a random block
    tag, 99 % are found; of their 2,899 gold texts and 4,100 files of code and documentation, none is taken for HTML.
    """
    text = _UNSEEN.sub(" ", window).strip()
    tags = [found for found in _TAG.finditer(text) if not _is_mention(text, found)]
    opening = sum(found[0][1] != "/" for found in tags)
    leads = bool(tags) and tags[0].start() == 0
    if opening < (1 if leads else 2):
        return False
    if leads and text.lower().endswith(f"</{re.split('[^a-z0-9]', tags[0][0][1:].lower())[0]}>"):
        return True
    total = divided = 0
    ends = [0, *(found.end() for found in tags)]
    starts = [*(found.start() for found in tags), len(text)]
    for place, (end, start) in enumerate(zip(ends, starts, strict=True)):
        sizes = [sum(map(len, part.split())) for part in _BLANK_LINE.split(text[end:start])]
        total += sum(sizes)
        if len(sizes) == 1:
            divided += sizes[0]
        else:
            divided += (sizes[0] if place else 0) + (sizes[-1] if place < len(tags) else 0)
    if leads and total <= 40 * len(tags):
        return True
    return divided * 2 >= total and total <= opening * (2000 if leads else 700)


def _is_mention(text: str, tag: re.Match[str]) -> bool:
    """Decide whether a tag is talked about: quoted, or a bare tag that stands in a line like a word or a type."""
    line = text[max(0, tag.start() - 80) : tag.start()].rpartition("\n")[2]
    before = line.rstrip(" \t")
    if before[-1:] in {"", ">"}:
        return False
    if before == line and (line[-1] in "\"'`“‘«‹([" or tag[0][1] == "/"):
        return tag[0][1] != "/"
    if before == line:  # list<Table> is a type, but text<br> or text<p>text is a fragment
        return (line[-1].isalnum() or line[-1] == "_") and "=" not in tag[0] and not _LOOSE.match(tag[0])
    if tag[0][:3].lower() == "<br" and text[tag.end() : tag.end() + 20].lstrip(" \t")[:1] in {"", "\r", "\n", "<"}:
        return False
    return "=" not in tag[0]
