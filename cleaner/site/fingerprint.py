"""Paragraph -> two 64-bit hashes: of its words, and of its words with numbers and names masked.

Nothing depends on a language: digits are masked wherever they stand, and words written with a capital inside a line,
which are names in most scripts that have capitals. Dates go with them: what is left of one is at most a month's name.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Fingerprints", "fingerprints", "masked", "normalised"]

Hashes = NDArray[np.uint64]

_WORD = re.compile(r"\w+")
_QUOTES = "\"'“”„‟«»‹›‘’「『《〈"
"""A paragraph that begins with one quotes: it is never the same as the one without."""
_MASKED_CHARS = 400
"""Longer paragraphs are compared whole only: prose with all names taken out is no longer the same prose."""
_SHORT_CHARS = 120
"""What is no longer is remembered from page to page."""
_LEFT_CHARS = 4
"""A line of which less is left says nothing of itself (a name, a date, a price)."""


class Fingerprints(NamedTuple):
    """The hashes of n paragraphs; 0 where there is nothing to hash."""

    exact: Hashes
    masked: Hashes
    """0 also where nothing is masked: then the exact one says it all."""


def fingerprints(texts: Sequence[str]) -> Fingerprints:
    """Return the hashes of paragraphs.

    >>> one, other = fingerprints(["12 Comments"]), fingerprints(["3 comments"])
    >>> bool(one.exact[0] == other.exact[0]), bool(one.masked[0] == other.masked[0])
    (False, True)
    >>> bool(fingerprints(["Text by Jane Doe"]).masked == fingerprints(["Text by Xi Wu Ping"]).masked)
    True
    """
    pairs = [_short(text) if len(text) <= _SHORT_CHARS else _both(text) for text in texts]
    table = np.array(pairs, dtype=np.uint64).reshape(-1, 2)
    return Fingerprints(table[:, 0], table[:, 1])


def _both(text: str) -> tuple[int, int]:
    whole = normalised(text)
    if not whole:
        return 0, 0
    rest = masked(text) if len(text) <= _MASKED_CHARS else ""
    return _hash(whole), _hash(f"~{rest}") if rest and rest != whole else 0


_short = lru_cache(maxsize=20_000)(_both)  # menus are the same from page to page


def normalised(text: str) -> str:
    """Return the words of a text in one case and width, a quotation mark before them if it begins with one.

    >>> normalised(" Read  MORE… "), normalised("“We will,” she said.")
    ('read more', '"we will she said')
    """
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    words = " ".join(_WORD.findall(plain.casefold()))
    return f'"{words}' if words and text[0] in _QUOTES else words


def masked(text: str) -> str:
    """Return the words of a text with ``0`` for numbers and ``N`` for names; '' when hardly anything else is left.

    >>> masked("Last updated 12 March 2024 at 10:14 by Jane Doe"), masked("Jane Doe")
    ('last updated 0 N 0 at 0 by N', '')
    """
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    out: list[str] = []
    left = 0
    for word in _WORD.findall(plain):
        if not word.isalpha() and any(map(str.isdigit, word)):
            mark = "0"
        elif left and word[0].isupper() and not (word.isupper() and len(word) > 1):
            mark = "N"  # a line's first word has a capital anyway, and words all in capitals are no names
        else:
            mark = word.casefold()
            left += len(mark)
            out.append(mark)
            continue
        if not out or out[-1] != mark:
            out.append(mark)
    if left < _LEFT_CHARS or out[1:] == ["N"]:  # a name, with its first word taken for a word
        return ""
    rest = " ".join(out)
    return f'"{rest}' if text[0] in _QUOTES else rest


def _hash(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") or 1
