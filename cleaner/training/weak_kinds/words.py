"""How alike a line and a headline are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def alike(words: Sequence[str], title: Sequence[str]) -> float:
    """Return the share of words two lines have in common, 0..1."""
    common = sum((Counter(words) & Counter(title)).values())
    return common / max(len(words), len(title), 1)


def title_likeness(words: Sequence[str], titles: Sequence[Sequence[str]]) -> float:
    """Return how alike a line and the nearest headline are, 0..1; 0 for lines of more than 60 words."""
    if not words or len(words) > 60:
        return 0.0
    return max(
        (alike(words, title) for title in titles if abs(len(title) - len(words)) <= 0.3 * len(title)), default=0.0
    )
