"""Gold pages -> short plain texts: a few paragraphs or sentences, a few lines of the page, with chrome or without.

What people clean is not always a page: a column of notices, abstracts or letters has texts of three lines. There each
line stands at the edge of the text, where on a page the chrome is, so a network that saw pages alone drops the last
line of a letter.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cleaner.page import Layout

__all__ = ["PIECES", "pieces_of"]

Piece = tuple[str, str, str]
"""Name, text, and what of it is gold."""

PIECES = ("short", "short2", "short3")
"""Names of the renderings; three of each page."""
_MOST_PARAGRAPHS, _MOST_SENTENCES, _MOST_LINES = 6, 10, 10
_SENTENCE_ENDS = re.compile(r"(?<=[.!?…。！？])[\"”»’)]?\s*(?=\S)")
_PARAGRAPHS, _SENTENCES = 0.35, 0.7
"""Up to these draws from 0..1 a piece is a run of paragraphs, then one of sentences, else one of lines of the page."""
_GLUED = 0.4
"""Share of pieces of gold that get a line or three of the page's chrome below or above."""


def pieces_of(layout: Layout, gold: str, shares: NDArray[np.float32], rng: random.Random) -> Iterator[Piece]:
    """Make short texts of a labelled page; ``shares`` (n,) is how much of each of its paragraphs is gold."""
    paragraphs = [part.strip() for part in gold.split("\n") if part.strip()]
    chrome = [text for text, share in zip(layout.texts, shares, strict=True) if share < 0.2]
    for name in PIECES:
        draw = rng.random()
        if draw > _SENTENCES:
            lines = _run(layout.texts, _MOST_LINES, rng)
            yield name, "\n".join(lines), gold
            continue
        parts = _run(paragraphs, _MOST_PARAGRAPHS, rng)
        if draw > _PARAGRAPHS:
            parts = _run([s.strip() for part in parts for s in _SENTENCE_ENDS.split(part)], _MOST_SENTENCES, rng)
        above, below = _beside(chrome, rng) if rng.random() < _GLUED else ([], [])
        yield name, rng.choice(("\n", "\n\n")).join((*above, *parts, *below)), "\n".join(parts)


def _run(parts: Sequence[str], most: int, rng: random.Random) -> list[str]:
    """Return some parts in a row, from one of them to ``most``."""
    length = min(len(parts), rng.randint(1, most))
    first = rng.randrange(len(parts) - length + 1) if parts else 0
    return list(parts[first : first + length])


def _beside(chrome: Sequence[str], rng: random.Random) -> tuple[list[str], list[str]]:
    lines = _run(chrome, 3, rng)
    return (lines, []) if rng.random() < 0.3 else ([], lines)
