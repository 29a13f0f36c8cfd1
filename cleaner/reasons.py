"""Why a paragraph was judged so, in words a person reads: facts about it that speak for the decision.

Each reason is true of the paragraph and points the way of the decision; which of them moved the network is not
claimed. They are computed only when asked for (``Settings.reasons``).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cleaner.features import NUMBERS, Features
from cleaner.page import Kind, Layout

__all__ = ["MOST", "give_reasons"]

MOST = 3
"""Reasons given for one paragraph."""
_ZONES = ("nav", "footer", "aside", "header", "form")
_FEW_WORDS = 4
_PROSE_WORDS = 15


def give_reasons(
    layout: Layout,
    features: Features,
    *,
    kinds: tuple[Kind, ...],
    scores: NDArray[np.float32],
    kept: NDArray[np.bool_],
    limit: float,
) -> tuple[tuple[str, ...], ...]:
    """Return up to three short reasons for each paragraph, the strongest first; ``limit`` is the page's threshold."""
    prose = np.flatnonzero(kept & (features.word_counts >= _PROSE_WORDS))
    first, last = (int(prose[0]), int(prose[-1])) if len(prose) else (-1, -1)
    seen: set[str] = set()
    out = []
    for place, text in enumerate(layout.texts):
        facts = _Facts(layout, features, place)
        if kept[place]:
            found = [*facts.for_body(), f"score {scores[place]:.2f}, from {limit:.2f} on it is body"]
            seen.add(text)
        else:
            found = list(facts.for_chrome(kinds[place], again=text in seen))
            if place < first:
                found.append("stands before the article begins")
            elif first >= 0 and place > last:
                found.append("stands after the last paragraph of the article")
            if scores[place] < limit:
                found.append(f"score {scores[place]:.2f}, {limit:.2f} is wanted")
        out.append(tuple(found[:MOST]))
    return tuple(out)


class _Facts:
    """What can be said of one paragraph."""

    def __init__(self, layout: Layout, features: Features, place: int) -> None:
        self.text = layout.texts[place]
        self.link_share = float(layout.link_chars[place]) / len(self.text)
        self.is_hidden = bool(layout.hidden[place])
        self.row = features.numbers[place]
        self.words = round(float(features.word_counts[place]))

    def _has(self, name: str) -> bool:
        return bool(self.row[NUMBERS.index(name)] > 0)

    def for_body(self) -> Iterator[str]:
        if self._has("in_article_body"):
            yield "stands in the article text that the page declares"
        if self.words >= _PROSE_WORDS and self.link_share < 0.1:
            yield f"{self.words} words of running text"

    def for_chrome(self, kind: Kind, *, again: bool) -> Iterator[str]:
        if kind is Kind.TITLE:
            yield "is the page's headline"
        if kind is Kind.DATELINE:
            yield "says when or where, not what"
        if again:
            yield "stands further up already, word for word"
        if self.link_share >= 0.5:
            yield f"{self.link_share:.0%} of its text is links".replace("%", " %")
        for zone in _ZONES:
            if self._has(f"zone_{zone}"):
                yield f"stands inside <{zone}>"
                break
        if self.is_hidden:
            yield "is hidden on the page"
        if self.words <= _FEW_WORDS:
            yield "has hardly any words"
