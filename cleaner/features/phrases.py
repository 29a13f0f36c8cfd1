"""What the words of a paragraph say by themselves: known phrases of chrome, what was said before, function words.

The phrases are those of ``tables/kinds``. A page's runs of words are compared with them as hashes, all at once.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.cues.tables import CUE_GROUPS, GROUP_OF, phrases_by_first_word, word_limit
from cleaner.features.characters import Text, read_text
from cleaner.features.words import Hashes, combine, hash_words, same_numbers

Floats = NDArray[np.float32]

PHRASE_NUMBERS = tuple(f"phrase_{name}" for name in CUE_GROUPS)
SECTION_NUMBERS = (*(f"section_{name}" for name in CUE_GROUPS), "since_heading")
SAID_NUMBERS = ("said_before", "said_later", "function_words")

_LONGEST = 6
"""Words of the longest phrases that are looked for; only some thirty of the tables are longer."""
_SEARCHED_WORDS = 160
"""Words at the head of a paragraph in which phrases are looked for."""
_PLACES = {"whole": 0, "start": 1, "anywhere": 2}
_PLACE_WORTH = np.array([1.0, 0.8, 0.6], dtype=np.float32)
_GRAM = 5
"""Words of a run that counts as said again when it comes twice; shorter runs come twice by chance."""
_HEADING_WORDS = 8
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "h"})


class _Table(NamedTuple):
    """The phrases that are looked for: those of one length together, each length sorted by hash."""

    may_begin: NDArray[np.uint8]
    """By the lowest 16 bits of a word's hash: 1 where it may be a phrase of its own, 2 where it may begin a longer one,
    3 where it may be both."""
    first_two: NDArray[np.bool_]
    """The same for two words that may begin a longer one, so that longer phrases are sought in few places."""
    by_length: tuple[Hashes, ...]
    places: NDArray[np.int8]
    limits: NDArray[np.int64]
    """A paragraph with more words is running text."""
    colons: NDArray[np.bool_]
    groups: NDArray[np.int64]
    worth: Floats


@lru_cache(maxsize=1)
def _table() -> _Table:
    entries = [
        (p, GROUP_OF[p.evidence.kinds[0]])
        for phrases in phrases_by_first_word().values()
        for p in phrases
        if len(p.words) <= _LONGEST and p.evidence.kinds[0] in GROUP_OF
    ]
    text = read_text(tuple(" ".join(p.words).replace("#", "0") or "0" for p, _ in entries))
    hashes = same_numbers(text, hash_words(text))
    sound = np.diff(text.first_word) == [len(p.words) for p, _ in entries]  # `©` is no word here
    starts, counts = text.first_word[:-1], np.diff(text.first_word)
    may_begin, first_two = np.zeros(1 << 16, dtype=np.uint8), np.zeros(1 << 16, dtype=np.bool_)
    may_begin[_low(hashes[starts[sound & (counts == 1)]])] |= 1
    may_begin[_low(hashes[starts[sound & (counts > 1)]])] |= 2
    first_two[_low(combine(hashes, starts[sound & (counts > 1)], 2))] = True
    by_length, ordered = [], []
    for length in range(1, _LONGEST + 1):
        chosen = [i for i, (p, _) in enumerate(entries) if len(p.words) == length and sound[i]]
        runs = combine(hashes, text.first_word[:-1][chosen], length)
        order = np.argsort(runs, kind="stable")
        by_length.append(runs[order])
        ordered += [entries[chosen[i]] for i in order.tolist()]
    return _Table(
        may_begin,
        first_two,
        tuple(by_length),
        np.array([_PLACES[p.place] for p, _ in ordered], dtype=np.int8),
        np.array([word_limit(p) for p, _ in ordered], dtype=np.int64),
        np.array([p.colon for p, _ in ordered], dtype=np.bool_),
        np.array([group for _, group in ordered], dtype=np.int64),
        np.array([p.evidence.weight for p, _ in ordered], dtype=np.float32),
    )


def _low(hashes: Hashes) -> NDArray[np.int64]:
    low: NDArray[np.int64] = (hashes & np.uint64(0xFFFF)).astype(np.int64)
    return low


def phrase_numbers(text: Text, hashes: Hashes) -> Floats:
    """Return the PHRASE_NUMBERS (n, groups): the worth of the best known phrase of each group of kinds, 0..0.7.

    A phrase that is the whole paragraph counts fully, one that begins it .8, one inside .6. ``hashes`` are those of
    ``same_numbers``.
    """
    out = np.zeros((len(text.starts), len(CUE_GROUPS)), dtype=np.float32)
    table = _table()
    may_begin = table.may_begin[_low(hashes)]
    known, owners = _searched(text, np.flatnonzero(may_begin))
    may_begin = may_begin[known]
    places, base = known, 0
    hits = []
    for length, sought in enumerate(table.by_length, start=1):
        if length <= 2:
            begins = np.flatnonzero(may_begin & length)
            places, ends = known[begins], text.first_word[owners[begins] + 1]
        fits = places + length <= ends
        places, ends = places[fits], ends[fits]
        runs = combine(hashes, places, length)
        if length == 2:
            fits = table.first_two[_low(runs)]
            places, ends, runs = places[fits], ends[fits], runs[fits]
        at = np.minimum(np.searchsorted(sought, runs), len(sought) - 1)
        hit = np.flatnonzero(sought[at] == runs)
        if len(hit):
            hits.append((at[hit] + base, places[hit], np.full(len(hit), length)))
        base += len(sought)
    if hits:
        _add(out, text, *map(np.concatenate, zip(*hits, strict=True)))
    return out


def _searched(text: Text, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the places, and their paragraphs, where a phrase is looked for: in running text only at its head."""
    owners = np.searchsorted(text.first_word, places, side="right") - 1
    firsts = text.first_word[owners]
    near = (places - firsts < _SEARCHED_WORDS) & (text.first_word[owners + 1] - firsts <= _SEARCHED_WORDS)
    return places[near], owners[near]


def _add(out: Floats, text: Text, at: NDArray[np.int64], places: NDArray[np.int64], lengths: NDArray[np.int64]) -> None:
    """Enter the phrases ``at`` of the table, which begin at ``places``, where they stand where they must."""
    table = _table()
    owners = np.searchsorted(text.first_word, places, side="right") - 1
    count = text.first_word[owners + 1] - text.first_word[owners]
    offset = places - text.first_word[owners]
    place = table.places[at]
    stands = (
        ((place == 0) & (offset == 0) & (count == lengths))
        | ((place == 1) & (offset == 0) & (count <= table.limits[at]))
        | ((place == 2) & (count <= table.limits[at]))
    )
    code = text.codes[np.minimum(text.word_ends[places + lengths - 1], len(text.codes) - 1)]
    stands &= ~table.colons[at] | (code == ord(":")) | (code == 0xFF1A)
    at, owners, place = at[stands], owners[stands], place[stands]
    np.maximum.at(out, (owners, table.groups[at]), table.worth[at] * _PLACE_WORTH[place])


def section_heads(tags: tuple[str, ...], phrases: Floats, counts: Floats, ends_with_end: Floats) -> NDArray[np.int64]:
    """Return for each paragraph the place of the heading above it, -1 without one.

    A heading is a heading by its tag, or a short line that is a known phrase.
    """
    by_tag = np.fromiter((tag in _HEADINGS for tag in tags), dtype=np.bool_, count=len(tags))
    is_heading = by_tag | ((phrases.max(axis=1) > 0.45) & (counts <= _HEADING_WORDS) & (ends_with_end == 0))
    last = np.maximum.accumulate(np.where(is_heading, np.arange(len(tags)), -1))
    return np.concatenate(([-1], last[:-1]))


def section_numbers(
    tags: tuple[str, ...], phrases: Floats, counts: Floats, ends_with_end: Floats, until: NDArray[np.int32]
) -> Floats:
    """Return the SECTION_NUMBERS: what the last heading says of what stands under it, and how far off it is.

    It speaks for what follows up to the next heading and no further than ``until[heading]``, the end of the container
    that holds it.
    """
    index = np.arange(len(tags))
    last = section_heads(tags, phrases, counts, ends_with_end)
    known = (last >= 0) & (index < until[np.maximum(last, 0)])
    cues = np.where(known[:, None], phrases[np.maximum(last, 0)], 0)
    far = np.where(last >= 0, np.log1p(index - last) / 4, 1.5)
    return np.concatenate((cues, far[:, None]), axis=1).astype(np.float32)


def find_phrases(texts: tuple[str, ...]) -> dict[int, str]:
    """Return for each paragraph that has one the longest known phrase in it (for explaining; slower than the numbers).

    >>> find_phrases(("Leave a comment", "The river rose."))
    {0: 'leave a comment'}
    """
    table = phrases_by_first_word()
    out = {}
    for place, text in enumerate(texts):
        words = ["#" if word.isdigit() else word for word in _WORD.findall(text.lower())[:_SEARCHED_WORDS]]
        best: tuple[str, ...] = ()
        for at, word in enumerate(words):
            for phrase in table.get(word, ()):
                length = len(phrase.words)
                fits = tuple(words[at : at + length]) == phrase.words and length > len(best)
                whole = length == len(words) or phrase.place != "whole"
                if fits and whole and (at == 0 or phrase.place == "anywhere") and len(words) <= word_limit(phrase):
                    best = phrase.words
        if best:
            out[place] = " ".join(best).replace("#", "…")
    return out


_WORD = re.compile(r"©|[^\W_]+")


def said_numbers(text: Text, hashes: Hashes) -> Floats:
    """Return the SAID_NUMBERS (n, 3).

    They are the shares of a paragraph's runs of five words that stand in an earlier and in a later paragraph, and the
    share of its words that are function words of one of a dozen languages.
    """
    n = len(text.starts)
    counts = np.diff(text.first_word)
    runs = np.maximum(counts - _GRAM + 1, 0)
    out = np.zeros((n, 3), dtype=np.float32)
    if runs.any():
        owners = np.repeat(np.arange(n, dtype=np.int32), runs)
        starts = np.arange(int(runs.sum())) - np.repeat(np.cumsum(runs) - runs, runs) + text.first_word[:-1][owners]
        grams = combine(hashes, starts, _GRAM)
        low = (grams & np.uint64(0xFFFF)).astype(np.uint16)
        twice = (np.bincount(low) > 1)[low]  # few; what follows sorts
        grams, owners = grams[twice], owners[twice]
        del starts, low, twice  # on a page of millions of words what follows takes the most memory of all
        _, first, same = np.unique(grams, return_index=True, return_inverse=True)
        latest = np.zeros(len(first), dtype=np.int32)
        np.maximum.at(latest, same, owners)
        before = owners[first][same] < owners
        later = latest[same] > owners
        size = np.maximum(runs, 1)
        out[:, 0] = np.bincount(owners, weights=before, minlength=n) / size
        out[:, 1] = np.bincount(owners, weights=later, minlength=n) / size
    common = _function_words()[_low(hashes)]
    total = np.concatenate(([0], np.cumsum(common)))
    out[:, 2] = (total[text.first_word[1:]] - total[text.first_word[:-1]]) / np.maximum(counts, 1)
    return out


@lru_cache(maxsize=1)
def _function_words() -> NDArray[np.bool_]:
    """Return by the lowest 16 bits of a word's hash whether it is a function word."""
    lines = (files("cleaner") / "tables" / "function_words.txt").read_text(encoding="utf-8").splitlines()
    words = tuple(word for line in lines if line and not line.startswith("#") for word in line.split()[1:])
    text = read_text(words)
    table = np.zeros(1 << 16, dtype=np.bool_)
    table[_low(hash_words(text)[text.first_word[:-1]])] = True
    return table
