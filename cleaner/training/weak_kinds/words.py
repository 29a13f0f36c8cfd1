"""Words of a line as they are counted and compared, and how alike a line and a headline are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

_CJK: Final = "\u2e80-\u2fdf\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKEN: Final = re.compile(rf"©|[{_CJK}]|[^\W{_CJK}]+")


def read_words(text: str) -> tuple[str, ...]:
    """Return the lower-cased words; a Chinese or Japanese character counts as one, and so does ``©``."""
    return tuple(_TOKEN.findall(text.lower().replace("&", " ")))


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
