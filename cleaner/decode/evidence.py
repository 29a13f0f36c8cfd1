"""From bytes to text: which encoding is believed, from the strongest evidence to the weakest.

The order is told in ``cleaner.decode.decode``: mark, HTTP, the page's own words, UTF-8, the detector, windows-1252.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from typing import NamedTuple

from cleaner.decode.binary import BINARY_SAMPLE_BYTES, REPLACEMENT, refuse_binary, refuse_junk
from cleaner.decode.detector import WINDOW_BYTES, detect_encoding, find_boundary
from cleaner.decode.labels import declared_label, known_encodings, resolve_label


class Decoded(NamedTuple):
    """The text of a page and how its encoding was found, as in ``Page``."""

    text: str
    encoding: str
    evidence: str
    replacements: int


_Declared = list[tuple[str, str]]
"""(WHATWG name, ``http`` or ``meta``), the stronger evidence first."""


def decode_str(text: str) -> Decoded:
    """Drop U+0000, join surrogate pairs and replace lone surrogates: no encoder, so no writer, accepts them."""
    bad = 0
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            known = text.count(REPLACEMENT)
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            bad = text.count(REPLACEMENT) - known
    return Decoded(_drop_nul(text), "str", "caller", bad)


def _drop_nul(text: str) -> str:
    return text.replace("\0", "") if "\0" in text else text


def decode_bytes(data: bytes, *, charset: str, where: str) -> Decoded:
    """Follow the evidence from the strongest to the weakest; see decode()."""
    http = resolve_label(charset)
    wide = _find_wide(data, http)
    if wide is not None:
        name, evidence, mark = wide
        text, bad = _decode_as(data[mark:], name)
        if name == "utf-8":
            refuse_binary(data, where)
        else:
            refuse_junk(text[:BINARY_SAMPLE_BYTES], where)
        return Decoded(_drop_nul(text), name, evidence, bad)
    refuse_binary(data, where)
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
    return Decoded(text, "utf-8", _evidence_for("utf-8", declared), 0)


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
    text has in such numbers; when it has control characters, is not UTF-8 and reads as Chinese, Japanese or Korean; or
    when HTTP says so and the bytes are not UTF-8.
    """
    for mark, name in _MARKS:
        if data.startswith(mark) and (len(mark) != 4 or len(data) % 4 == 0):
            return name, "bom", len(mark)
    if 0 in data[: 2 * BINARY_SAMPLE_BYTES]:
        first, second = (_share(data[at : 2 * BINARY_SAMPLE_BYTES : 2], _UPPER_HALVES) for at in (0, 1))
        for name, upper, lower in (("utf-16be", first, second), ("utf-16le", second, first)):
            if upper > 0.7 and lower < 0.2:
                return name, "http" if name == http else "detector", 0
    if http.startswith("utf-16") and not _is_utf8(data):
        return http, "http", 0
    head = data[: 2 * BINARY_SAMPLE_BYTES]
    if (b"\1" in head or b"\2" in head or b"\0" in head) and not _is_utf8(data):
        for name in ("utf-16le", "utf-16be"):
            text = head[: len(head) // 2 * 2].decode(name, "replace")
            if len(_EAST_ASIAN.findall(text)) >= 0.95 * len(text) and _EAST_ASIAN_STOP.search(text):
                return name, "detector", 0
    return None


_EAST_ASIAN = re.compile("[\\s!-~“”‘’…—·\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff00-\uffef]")
_EAST_ASIAN_STOP = re.compile("[\u3000-\u3002\uff0c]|[\uac00-\ud7a3][ .\r\n]")
"""Signs of whole sentences, which bytes of another nature hardly ever spell: two of them are a control character."""


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _share(data: bytes, members: bytes) -> float:
    """Return the share of bytes that are among ``members``, 0..1; 0 for no bytes."""
    return 1 - len(data.translate(None, members)) / len(data) if data else 0.0


def _decode_ascii(data: bytes, text: str, declared: _Declared) -> Decoded:
    """Report the declared name, which changes nothing, unless escapes show ISO-2022-JP: Japanese in ASCII bytes."""
    if b"\x1b$" in data:
        japanese, bad = _decode_as(data, "iso-2022-jp")
        if not bad and not japanese.isascii():
            evidence = _evidence_for("iso-2022-jp", declared, otherwise="detector")
            return Decoded(japanese, "iso-2022-jp", evidence, 0)
    name, evidence = next((entry for entry in declared if "16" not in entry[0][:6]), ("utf-8", "utf-8"))
    return Decoded(text, name, evidence, 0)


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


def _decode_legacy(data: bytes, declared: _Declared, *, first_bad: int) -> Decoded:
    """Decode bytes that are not valid UTF-8: damaged UTF-8, what is declared, what is detected, windows-1252."""
    start = max(0, first_bad - WINDOW_BYTES // 2)
    near = data[start : first_bad + WINDOW_BYTES // 2]
    text, bad = _decode_as(near.lstrip(_TRAILS) if start else near, "utf-8")
    if _good(text, bad) >= bad * (1 if "utf-8" in dict(declared) else _DAMAGED_UTF8):
        text, bad = _decode_as(data, "utf-8")
        return Decoded(text, "utf-8", _evidence_for("utf-8", declared), bad)
    for name, evidence in declared:
        if name != "utf-8" and (found := _decode_fitting(data, name, evidence)):
            return found
    name = detect_encoding(data[find_boundary(data, first_bad) :])
    if name and (found := _decode_fitting(data, name, "detector")):
        return found
    text, bad = _decode_as(data, "windows-1252")
    return Decoded(text, "windows-1252", "fallback", bad)


def _decode_fitting(data: bytes, name: str, evidence: str) -> Decoded | None:
    """Decode, unless too many bytes are undefined in the encoding."""
    text, bad = _decode_as(data, name)
    if _good(text, bad) < bad * (_FITTING if name in _SEVERAL_BYTES else _DAMAGED_UTF8):
        return None
    return Decoded(text, name, evidence, bad)


def _good(text: str, bad: int) -> int:
    """Return the number of characters beyond ASCII other than the ``bad`` ones that decoding put in."""
    return len(text) - len(text.encode("ascii", "ignore")) - bad


def _decode_as(data: bytes, name: str) -> tuple[str, int]:
    """Decode by WHATWG name; also return how many U+FFFD that put in (the bytes may spell out U+FFFD themselves)."""
    tried = known_encodings().codecs[name]
    for codec in tried:
        with suppress(UnicodeDecodeError):
            return data.decode(codec), 0
    text = data.decode(tried[-1], "replace")
    return text, text.count(REPLACEMENT) - data.decode(tried[-1], "ignore").count(REPLACEMENT)
