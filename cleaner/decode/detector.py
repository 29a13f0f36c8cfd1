"""A guess at encodings that nobody declared: alphabets of European languages first, then charset-normalizer."""

from __future__ import annotations

import re
from functools import lru_cache

from cleaner.decode.binary import REPLACEMENT
from cleaner.decode.tables import read_rows

_SAMPLE_BYTES = 20_000
"""What the detector reads at most."""

WINDOW_BYTES = 262_144
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

_KANA = re.compile("[ぁ-ゖァ-ヺー]")
_KANA_SHARE = 0.3
"""Of the characters beyond ASCII, in Japanese. Of 1,000 train and dev pages and beginnings of pages in six other
encodings of Chinese, Korean and Russian, none read as Japanese has so much."""
_JAPANESE = {"cp932": "shift_jis", "euc_jp": "euc-jp"}

_THREE_HIGH = re.compile(rb"[\x80-\xff]{3,}")
_ALPHA_ISO = re.compile(rb"\xb6[\xe0-\xfe]")
_ALPHA_WINDOWS = re.compile(rb"\xa2[\xe0-\xfe]")


def detect_encoding(data: bytes) -> str:
    """Guess the encoding of text that is not UTF-8; return a WHATWG name, '' when nothing fits.

    First the alphabets of 27 European languages: when the letters of one of them explain 98 % of the bytes beyond
    ASCII, and these stand singly as accented letters do, that decides. So does kana: what reads as Japanese with three
    of ten characters in it is Japanese. Otherwise charset-normalizer chooses among the encodings that pages were
    written in before UTF-8. Read are at most 20,000 bytes of text between tags, out of
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
    japanese = _read_as_japanese(sample)
    if japanese:
        return japanese
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


def find_boundary(data: bytes, at: int) -> int:
    """Return a position at or a little before ``at`` where no character can be cut."""
    before = data[max(0, at - 512) : at]
    return at - len(before) + len(before.rstrip(_INSIDE))


def _take_sample(data: bytes) -> bytes:
    """Return up to 20,000 bytes of the lines and texts between tags that are not pure ASCII, none of them cut."""
    runs: list[bytes] = []
    size = 0
    for run in _MARKUP_OR_LINE_END.split(data[:WINDOW_BYTES]):
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


def _read_as_japanese(sample: bytes) -> str:
    """Return the encoding in which the sample is Japanese; '' when it is in none.

    charset-normalizer takes short texts for Chinese or Korean: these have the bytes of kana, too, but next to never
    use them.
    """
    for codec, name in _JAPANESE.items():
        text = sample.decode(codec, "replace")
        beyond = len(text) - len(text.encode("ascii", "ignore"))
        if len(_KANA.findall(text)) >= _KANA_SHARE * beyond and text.count(REPLACEMENT) <= 0.02 * beyond:
            return name
    return ""


@lru_cache(maxsize=1)
def _alphabets() -> list[tuple[str, bytes]]:
    """Return (WHATWG name, the bytes beyond ASCII that texts in one language have in it), the commonest first."""
    pairs = []
    for _, tried, letters in read_rows("alphabets.txt"):
        for codec in tried.split():
            known = (letters + letters.upper() + _PUNCTUATION).encode(codec, "ignore")
            pairs.append((_CANDIDATES[codec], known.translate(None, _ASCII)))
    return pairs
