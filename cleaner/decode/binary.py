"""Bytes that are no text: known by magic numbers, NUL and control characters, and refused."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from cleaner.decode.tables import read_rows
from cleaner.decode.wording import name_page
from cleaner.errors import InputError

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""What decoding puts in for bytes that are no character."""

BINARY_SAMPLE_BYTES = 4096
"""How much is looked at, at the beginning, in the middle and at the end."""

_JUNK = bytes(set(range(0x20)) - set(b"\0\b\t\n\v\f\r\x1a\x1b"))
"""Control characters that text does not have. It may have NUL (counted apart), backspaces in old manual pages, blanks,
a DOS end-of-file mark, and escapes in terminal logs and ISO-2022-JP."""

_JUNK_SHARE = 0.02
"""Random and compressed bytes have 9 % of these; the worst of 2,917 train and dev pages has 0.03 %. Of 387 programs,
compiled Python files and pictures one small file of docstrings passes."""

_NUL_SHARE = 0.2
"""Text with a NUL here and there is text. Programs and tables of numbers have more."""


def refuse_binary(data: bytes, where: str) -> None:
    """Raise InputError ``binary_input`` for bytes that are no text in any encoding but UTF-16 and UTF-32."""
    head = data[:BINARY_SAMPLE_BYTES]
    if head[:1] != b"<":
        for at, magic, needed, what, advice in _magic():
            if data.startswith(magic, at) and needed in head:
                raise _binary(f"{name_page(where)} is {what}, not a page. {advice}", where)
    middle = len(data) // 2
    sample = head
    if len(data) > len(head):
        sample += data[middle : middle + BINARY_SAMPLE_BYTES] + data[-BINARY_SAMPLE_BYTES:]
    nul, junk = sample.count(0), len(sample) - len(sample.translate(None, _JUNK))
    if nul > 4 + _NUL_SHARE * len(sample) or junk > 4 + _JUNK_SHARE * (len(sample) - nul):
        what = f"{nul + junk:,} of {len(sample):,} sampled bytes are control characters"
        advice = "Leave it out, or, if it is UTF-16, say so (charset, --encoding)."
        raise _binary(f"{name_page(where)} looks like binary data, not text: {what}. {advice}", where)


def refuse_junk(text: str, where: str) -> None:
    """Raise InputError ``binary_input`` when the beginning of a wide decoding is noise. ``text`` is that beginning.

    Any two bytes are some character: of random ones 15 % are undefined, private or halves of others.
    """
    junk = sum(char == REPLACEMENT or unicodedata.category(char) in {"Cc", "Cn", "Co"} for char in text)
    junk -= sum(map(text.count, "\0\b\t\n\v\f\r\x1a\x1b"))
    if junk > 4 + 0.05 * len(text):
        what = f"{junk:,} of its first {len(text):,} characters are control characters or undefined"
        raise _binary(f"{name_page(where)} is marked as UTF-16 or UTF-32, but {what}. Leave it out.", where)


def _binary(message: str, where: str) -> InputError:
    return InputError("binary_input", message, where=where)


@lru_cache(maxsize=1)
def _magic() -> list[tuple[int, bytes, bytes, str, str]]:
    """Return (offset, bytes there, bytes needed besides, what it is, what to do)."""
    return [
        (int(at), bytes.fromhex(magic), bytes.fromhex(needed.strip("-")), what, advice)
        for at, magic, needed, what, advice in read_rows("magic.txt")
    ]
