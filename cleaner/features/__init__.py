"""Layout -> numbers: the only feature code, shared by the runtime and training.

The columns are listed in :data:`NUMBERS`; the weights name them too, and other weights are refused. What each column
is stands in the module that makes it: ``characters``, ``places``, ``phrases`` serve HTML and plain text alike,
``groups``, ``containers``, ``declared`` need a DOM (a plain text has containers by its blank lines).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.features.characters import TEXT_NUMBERS, read_text, text_numbers
from cleaner.features.containers import (
    ATTRIBUTE_ROWS,
    CANDIDATE_NUMBERS,
    LEVEL_NUMBERS,
    MARKUP_NUMBERS,
    PageSigns,
    attribute_bags,
    candidate_numbers,
    level_numbers,
    look_around,
    markup_numbers,
    read_signs,
)
from cleaner.features.declared import DECLARED_NUMBERS, PAGE_NUMBERS, declared_signs, page_numbers
from cleaner.features.groups import LEVELS, Groups, group_containers
from cleaner.features.phrases import (
    PHRASE_NUMBERS,
    SAID_NUMBERS,
    SECTION_NUMBERS,
    phrase_numbers,
    said_numbers,
    section_numbers,
)
from cleaner.features.places import PLACE_NUMBERS, Letters, lazy_letters, letters_of, place_numbers
from cleaner.features.words import WORD_ROWS, Bags, hash_words, same_numbers, word_bags
from cleaner.page import Layout

__all__ = [
    "ATTRIBUTE_ROWS",
    "DOM_START",
    "LEVELS",
    "NUMBERS",
    "WORD_ROWS",
    "Bags",
    "Features",
    "Groups",
    "extract",
    "group_containers",
    "letters_of",
]

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

_ANY_NUMBERS = (*TEXT_NUMBERS, *PLACE_NUMBERS, *SAID_NUMBERS, *PHRASE_NUMBERS, *SECTION_NUMBERS)
NUMBERS: tuple[str, ...] = (
    *_ANY_NUMBERS,
    *MARKUP_NUMBERS,
    *DECLARED_NUMBERS,
    *PAGE_NUMBERS,
    *CANDIDATE_NUMBERS,
    *LEVEL_NUMBERS,
)
DOM_START = len(_ANY_NUMBERS)
"""Columns from here on are 0 for plain text (but for the levels), and hidden at random in training."""
PROSE_WORDS = 12
"""A paragraph with so many words, and few of them links, counts as prose."""


@dataclass(frozen=True, slots=True)
class Features:
    """What the model sees of a page with n paragraphs."""

    numbers: Floats
    """(n, len(NUMBERS)), roughly within 0..1 (logarithms within 0..3)."""
    word_counts: Floats
    """(n,) words of each paragraph; a Chinese or Japanese character counts as 1 / 1.6."""
    words: Bags
    """First FIRST_WORDS words, as rows < WORD_ROWS."""
    last_words: Bags
    """Last LAST_WORDS words."""
    pairs: Bags
    """Neighbours among the first PAIRED_WORDS words, hashed together."""
    own: Bags
    """Tag and attribute words of the elements that hold this paragraph alone, rows < ATTRIBUTE_ROWS."""
    near: Bags
    """For each group of containers (one bag a group): those of itself and of the group around it."""
    far: Bags
    """For each group: those of the groups beyond."""
    group_of: Ints
    """(n,) the group of each paragraph: the place of its bag in ``near`` and ``far``."""
    group_ranges: Ints
    """(groups, 2): the half-open range of paragraphs in each group."""
    levels: Ints
    """(n, LEVELS): the groups around each paragraph, innermost first; 0, the page, where there is none."""


class _Facts(NamedTuple):
    """What is known of the n paragraphs before their containers are looked at."""

    layout: Layout
    letters: Letters
    of_text: Floats
    words: Floats
    prose: Floats
    link_share: Floats


def extract(layout: Layout) -> Features:
    """Describe every paragraph of a page by numbers and bags of hashed words; linear in the size of the page.

    >>> from cleaner.segment import segment_html
    >>> features = extract(segment_html("<h1>Rain</h1><p>It rained all day in the north.</p>"))
    >>> features.numbers.shape == (2, len(NUMBERS)), features.words.offsets.tolist()
    (True, [0, 1, 8])
    """
    n = len(layout.texts)
    if n == 0:
        return _no_features()
    text = read_text(layout.texts)
    letters = lazy_letters(layout.texts)
    of_text, words = text_numbers(text)
    hashes = hash_words(text)
    groups = group_containers(layout.containers, layout.container_of, n)
    signs = read_signs(layout)
    link_share = (layout.link_chars / np.maximum(text.lengths, 1)).astype(np.float32)
    prose = np.where((words >= PROSE_WORDS) & (link_share < 0.4), words, 0).astype(np.float32)
    alike = same_numbers(text, hashes)
    phrases = phrase_numbers(text, alike)
    ends = of_text[:, TEXT_NUMBERS.index("ends_with_end")]
    numbers = np.concatenate(
        (
            of_text,
            place_numbers(layout, letters, words, prose),
            said_numbers(text, alike),
            phrases,
            section_numbers(layout.tags, phrases, words, ends, _section_ends(groups, n)),
            _dom_numbers(_Facts(layout, letters, of_text, words, prose, link_share), groups, signs),
            level_numbers(groups, words, prose, link_share),
        ),
        axis=1,
    )
    return Features(
        numbers,
        words,
        *word_bags(text, hashes),
        *attribute_bags(groups, signs),
        groups.of,
        np.stack((groups.firsts, groups.ends), axis=1),
        np.maximum(groups.ancestors[groups.of], 0),
    )


def _no_features() -> Features:
    """Return those of a page without paragraphs."""
    empty = Bags(np.zeros(0, np.int32), np.zeros(1, np.int32))
    numbers = np.zeros((0, len(NUMBERS)), np.float32)
    levels = np.zeros((0, LEVELS), np.int32)
    return Features(numbers, numbers[:, 0], *(empty,) * 6, empty.ids, np.zeros((1, 2), np.int32), levels)


def _section_ends(groups: Groups, n: int) -> Ints:
    """Return for each paragraph where the section ends that it would head: with its container, unless that is small."""
    parents = np.maximum(groups.parents, 0)
    wide = np.where(groups.ends - groups.firsts <= 2, groups.ends[parents], groups.ends)
    wide[0] = n
    ends: Ints = wide[groups.of]
    return ends


def _dom_numbers(facts: _Facts, groups: Groups, signs: PageSigns) -> Floats:
    """Return the columns from DOM_START on but for the levels: zeros for plain text."""
    layout, n = facts.layout, len(facts.words)
    if layout.content_type == "text":
        return np.zeros((n, len(NUMBERS) - DOM_START - len(LEVEL_NUMBERS)), np.float32)
    around = look_around(layout, groups, signs, facts.words, facts.prose)
    return np.concatenate(
        (
            markup_numbers(layout, groups, around, facts.words, facts.link_share),
            declared_signs(layout, facts.letters, facts.words),
            np.tile(page_numbers(layout), (n, 1)),
            candidate_numbers(groups, facts.of_text, facts.words, facts.prose, facts.link_share),
        ),
        axis=1,
    )
