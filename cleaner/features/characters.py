"""A page's text as one array of code points, and what its characters say of each paragraph.

Everything is counted over that one array, so the cost is a few passes of numpy over the page's visible text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_WORD, _DIGIT, _UPPER, _LOWER, _SPACE, _COMMA, _END, _QUOTE, _SIGN, _CJK = range(10)
_CLASS_NAMES = ("word", "digit", "upper", "lower", "space", "comma", "end", "quote", "sign", "cjk")
_WITHOUT_BLANKS = (
    *((0x2E80, 0x2FDF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF)),
    *((0x0E00, 0x0E7F), (0x1780, 0x17FF)),
)
"""Scripts that put no blank between words, of which each sign counts as a word: Han and kana; Thai and Khmer, whose
sentences of a hundred signs would else pass for three words, and so for a menu. Not a page of the corpora is in them;
paragraphs of our own in Lao and Burmese did no better so."""
_COMMAS = ",;:،؛、，；："
_ENDS = ".!?…。！？｡؟।።۔։"
_QUOTES = "\"'“”„‘’‚«»‹›「」『』"
_SIGNS = "|©®™•·→›»«←▶▸►✓★☆#@/\\_=<>{}[]+*~^▼▲●■◆"

TEXT_NUMBERS = (
    "log_chars", "log_words", "is_one_word", "chars_per_word", "digit_share", "upper_share", "comma_rate", "end_rate",
    "quote_rate", "sign_share", "cjk_share", "ends_with_end", "ends_with_colon", "starts_upper", "starts_lower",
    "starts_digit", "starts_sign", "starts_quote", "first_sign_share", "capital_words", "has_sign", "sentences",
)  # fmt: skip


@lru_cache(maxsize=1)
def _character_tables() -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Return (class bits, lower-cased code point) of each code point of the basic plane."""
    characters = list(map(chr, range(0x10000)))
    names = list(map(unicodedata.category, characters))
    known = sorted(set(names))
    number = {name: place for place, name in enumerate(known)}
    category = np.fromiter(map(number.__getitem__, names), dtype=np.intp, count=len(names))
    bits = np.array([_category_bits(name) for name in known], dtype=np.uint16)[category]
    lower = np.arange(0x10000, dtype=np.uint16)
    lower[(bits & (1 << _DIGIT)) != 0] = ord("0")
    for code in np.flatnonzero(bits & (1 << _UPPER)).tolist():
        small = characters[code].lower()
        if len(small) == 1:
            lower[code] = ord(small)
    bits[[ord(char) for char in " \n\t\u00a0\u3000"]] |= 1 << _SPACE
    for chars, bit in ((_COMMAS, _COMMA), (_ENDS, _END), (_QUOTES, _QUOTE), (_SIGNS, _SIGN)):
        bits[[ord(char) for char in chars]] |= 1 << bit
    for first, last in _WITHOUT_BLANKS:
        letters = bits[first : last + 1]
        letters[(letters & (1 << _WORD)) != 0] |= 1 << _CJK
    return bits, lower


def _category_bits(name: str) -> int:
    """Return the bits of all characters of a Unicode category."""
    word = 1 << _WORD if name[0] in "LM" or name == "Nd" else 0
    return word | {"Lu": 1 << _UPPER, "Lt": 1 << _UPPER, "Ll": 1 << _LOWER, "Nd": 1 << _DIGIT}.get(name, 0)


@dataclass(frozen=True, slots=True)
class Text:
    """All paragraphs of a page as one array of code points, a blank after each."""

    codes: NDArray[np.uint16]
    """Lower-cased; code points beyond the basic plane count as U+FFFF."""
    bits: NDArray[np.uint16]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    word_starts: NDArray[np.int64]
    word_ends: NDArray[np.int64]
    first_word: NDArray[np.int64]
    """(n + 1): words ``first_word[i] .. first_word[i + 1] - 1`` belong to paragraph i."""


def read_text(texts: tuple[str, ...]) -> Text:
    """Read the paragraphs of a page into one array and find the words."""
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    codes = np.frombuffer((" ".join(texts) + " ").encode("utf-32-le", "replace"), dtype=np.uint32)
    table, lower = _character_tables()
    plane = np.minimum(codes, 0xFFFF).astype(np.uint16)
    bits = table[plane]
    starts = np.concatenate(([0], np.cumsum(lengths + 1)[:-1])) if len(texts) else np.zeros(0, np.int64)
    word = (bits & (1 << _WORD)) != 0
    cjk = (bits & (1 << _CJK)) != 0
    before = np.concatenate(([False], word[:-1] & ~cjk[:-1]))
    begins = word & (~before | cjk)
    after = np.concatenate((begins[1:] | ~word[1:], [True]))
    word_starts = np.flatnonzero(begins)
    word_ends = np.flatnonzero(word & after) + 1
    first_word = np.searchsorted(word_starts, np.concatenate((starts, [len(codes)])))
    return Text(lower[plane], bits, starts, lengths, word_starts, word_ends, first_word)


def _counts(mask: NDArray[np.bool_], starts: NDArray[np.int64]) -> Floats:
    """Count the true places of each paragraph and the blank after it."""
    counts: Floats = np.add.reduceat(mask.view(np.uint8), starts, dtype=np.int64).astype(np.float32)
    return counts


def columns_of(columns: Sequence[float | NDArray[Any]], n: int) -> Floats:
    """Return (n, columns): each column filled with an array of n values or with one value for all."""
    out = np.empty((n, len(columns)), dtype=np.float32)
    for place, column in enumerate(columns):
        out[:, place] = column
    return out


def text_numbers(text: Text) -> tuple[Floats, Floats]:
    """Return the TEXT_NUMBERS (n, 22) and the number of words of each paragraph."""
    starts, lengths, bits = text.starts, text.lengths, text.bits
    count = {name: _counts((bits & (1 << bit)) != 0, starts) for bit, name in enumerate(_CLASS_NAMES) if bit != _SPACE}
    chars = lengths.astype(np.float32)
    n_words = np.diff(text.first_word).astype(np.float32)
    words = n_words - count["cjk"] + count["cjk"] / 1.6  # a Chinese word has about 1.6 characters
    letters = np.maximum(count["word"], 1)
    first, last = bits[starts], bits[starts + lengths - 1]
    before_last = bits[np.maximum(starts + lengths - 2, starts)]
    last_code = text.codes[starts + lengths - 1]
    capitals = _capital_words(text)
    ends = ((last & (1 << _END)) != 0) | (((last & (1 << _QUOTE)) != 0) & ((before_last & (1 << _END)) != 0))
    columns = (
        np.log1p(chars) / 3,
        np.log1p(words) / 2,
        n_words <= 1,
        letters / np.maximum(n_words, 1) / 10,
        count["digit"] / letters,
        count["upper"] / letters,
        count["comma"] / np.maximum(words, 1) * 4,
        count["end"] / np.maximum(words, 1) * 4,
        count["quote"] / np.maximum(words, 1) * 4,
        count["sign"] / chars * 4,
        count["cjk"] / chars,
        ends,
        (last_code == ord(":")) | (last_code == 0xFF1A),
        (first & (1 << _UPPER)) != 0,
        (first & (1 << _LOWER)) != 0,
        (first & (1 << _DIGIT)) != 0,
        (first & (1 << _SIGN)) != 0,
        (first & (1 << _QUOTE)) != 0,
        np.minimum(count["sign"], 4) / 4,
        capitals / np.maximum(n_words, 1),
        count["sign"] > 0,
        np.log1p(count["end"]),
    )
    return columns_of(columns, len(starts)), words.astype(np.float32)


def _capital_words(text: Text) -> Floats:
    upper = (text.bits[text.word_starts] & (1 << _UPPER)) != 0
    total = np.concatenate(([0], np.cumsum(upper, dtype=np.int64)))
    return (total[text.first_word[1:]] - total[text.first_word[:-1]]).astype(np.float32)
