"""Words as hashes, and the bags of them that the network looks up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.features.characters import Text

Ints = NDArray[np.int32]
Hashes = NDArray[np.uint64]

WORD_ROWS = 1 << 15
"""Rows of the word table; a word or a pair of words is a hash modulo this."""
FIRST_WORDS, PAIRED_WORDS, LAST_WORDS = 40, 16, 8
"""How many words of a paragraph are looked at: at its head one by one and in pairs, and at its tail. With 16 at the
head an editor's letter about the comment section read like the article above it."""


@dataclass(frozen=True, slots=True)
class Bags:
    """For each of n rows a bag of table rows: ``ids[offsets[i]:offsets[i + 1]]``; a bag may be empty."""

    ids: Ints
    offsets: Ints


def bag_up(rows: Sequence[tuple[int, ...]]) -> Bags:
    """Return one bag for each tuple of table rows."""
    offsets = np.concatenate(([0], np.cumsum(np.fromiter(map(len, rows), np.int64, len(rows))))).astype(np.int32)
    ids = np.fromiter(chain.from_iterable(rows), np.int32, int(offsets[-1]))
    return Bags(ids, offsets)


_HASHED_CHARS = 12
_HASHED_TOGETHER = 1 << 18
"""Words hashed at a time: what stands in between is a few megabytes, whatever the page."""
_PRIME = np.uint64(0x9E3779B97F4A7C15)


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    values = values ^ (values >> np.uint64(29))
    values = values * np.uint64(0xBF58476D1CE4E5B9)
    mixed: NDArray[np.uint64] = values ^ (values >> np.uint64(32))
    return mixed


def hash_words(text: Text) -> Hashes:
    """Hash every word of a page, lower-cased, by its first 12 characters and its length; digits count as ``0``."""
    lengths = text.word_ends - text.word_starts
    values = lengths.astype(np.uint64)
    for low in range(0, len(values), _HASHED_TOGETHER):
        long = np.arange(low, min(low + _HASHED_TOGETHER, len(values)))
        for place in range(_HASHED_CHARS):
            long = long[lengths[long] > place]  # the words that have a character there
            if not len(long):
                break
            values[long] = (values[long] ^ text.codes[text.word_starts[long] + place]) * _PRIME
    return _mix(values)


def spread(firsts: NDArray[np.integer[Any]], ends: NDArray[np.integer[Any]]) -> tuple[NDArray[np.int64], Ints]:
    """Return all integers of the ranges one after another, and the offsets at which each range begins.

    >>> places, offsets = spread(np.array([5, 0, 2]), np.array([7, 0, 3]))
    >>> places.tolist(), offsets.tolist()
    ([5, 6, 2], [0, 2, 2, 3])
    """
    lengths = np.maximum(ends - firsts, 0)
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    places = np.arange(offsets[-1]) + np.repeat(firsts - offsets[:-1], lengths)
    return places, offsets.astype(np.int32)


def gather(table: Bags, chosen: Bags) -> Bags:
    """Return for each bag of ``chosen`` one with all that the bags of ``table`` hold which it names.

    >>> both = gather(Bags(np.array([7, 8, 9]), np.array([0, 2, 3])), Bags(np.array([1, 0]), np.array([0, 2])))
    >>> both.ids.tolist(), both.offsets.tolist()
    ([9, 7, 8], [0, 3])
    """
    places, offsets = spread(table.offsets[chosen.ids], table.offsets[chosen.ids + 1])
    return Bags(table.ids[places], offsets[chosen.offsets])


def same_numbers(text: Text, hashes: Hashes) -> Hashes:
    """Return the hashes of a page's words with all numbers as one word: `5 comments` and `12 comments` are the same."""
    is_number = (text.codes[text.word_starts] == ord("0")) & (text.codes[text.word_ends - 1] == ord("0"))
    return np.where(is_number, _NUMBER, hashes)


_NUMBER = np.uint64(0x5BD1E995)


def combine(hashes: Hashes, firsts: NDArray[np.int64], length: int) -> Hashes:
    """Hash the runs of ``length`` words that begin at ``firsts``."""
    total = np.zeros(len(firsts), dtype=np.uint64)
    for place in range(length):
        total = total * _PRIME + hashes[firsts + place]
    return _mix(total)


def word_bags(text: Text, hashes: Hashes) -> tuple[Bags, Bags, Bags]:
    """Return the bags of first words, last words and pairs of neighbours among the first words."""
    firsts, ends = text.first_word[:-1], text.first_word[1:]
    heads = np.minimum(firsts + FIRST_WORDS, ends)
    tails = np.maximum(heads, ends - LAST_WORDS)
    head_places, head_offsets = spread(firsts, heads)
    tail_places, tail_offsets = spread(tails, ends)
    pair_places, pair_offsets = spread(firsts, np.minimum(heads, firsts + PAIRED_WORDS) - 1)
    pairs = _mix(hashes[pair_places] * np.uint64(3) + hashes[pair_places + 1]) if len(pair_places) else hashes[:0]
    rows = np.uint64(WORD_ROWS)
    return (
        Bags((hashes[head_places] % rows).astype(np.int32), head_offsets),
        Bags((hashes[tail_places] % rows).astype(np.int32), tail_offsets),
        Bags((pairs % rows).astype(np.int32), pair_offsets),
    )
