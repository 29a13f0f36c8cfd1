"""What a page says twice: doubles of markup are kept once, refrains and lists stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["DOUBLE_WORDS", "REPEAT_WORDS", "mark_repeats"]

REPEAT_WORDS = 25
"""Paragraphs of fewer words may come again: of the words of exact repeats that would be kept, gold keeps a second time
64 to 91 % at 6 to 24 words, and 39 % (HTML) and 48 % (text) from 25 on (1,300 pages of train and dev)."""
DOUBLE_WORDS = 6
"""Right after each other fewer words are enough (36 % of the words at 6 to 24)."""


def mark_repeats(texts: Sequence[str], kept: NDArray[np.bool_], words: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
    """Mark kept paragraphs that repeat an earlier kept one, (n,): those of REPEAT_WORDS words and more, exactly equal.

    A shorter repeat is one, too, where it stands beside a long one as it did the first time: there the whole text comes
    again, subheads and all; and right behind its double from DOUBLE_WORDS words on.

    >>> text = ["Short."] + ["word " * 30] + ["Short."] + ["word " * 30] + ["Short."]
    >>> mark_repeats(text, np.ones(5, bool), np.array([1, 30, 1, 30, 1.0])).tolist()
    [False, False, True, True, False]
    """
    first: dict[str, int] = {}
    back: dict[int, int] = {}
    for place in np.flatnonzero(kept).tolist():
        earlier = first.setdefault(texts[place], place)
        if earlier != place:
            back[place] = place - earlier
    again = np.zeros(len(texts), dtype=np.bool_)
    for step in (1, -1):
        distance = None
        for place in sorted(back, reverse=step < 0):
            is_next = distance == back[place] and bool(again[place - step])
            least = DOUBLE_WORDS if back[place] == 1 else REPEAT_WORDS
            again[place] |= words[place] >= least or is_next
            distance = back[place]
    return again
