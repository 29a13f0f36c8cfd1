"""A text and the same page as HTML -> which paragraphs are the same, told by their words and those beside them."""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.training.dataset import Example
from cleaner.training.named import fingerprint

__all__ = ["counterparts"]


def counterparts(html: Example, text: Example) -> Iterator[tuple[list[int], bool]]:
    """Yield for each paragraph of a text the places of the same one in the HTML, and whether its neighbours are, too.

    Where no place has the same neighbours, all places of the same words are given; [] where there is none.
    """
    known: dict[tuple[int, ...], list[int]] = {}
    for place, (before, own, after) in enumerate(_prints(html)):
        known.setdefault((before, own, after), []).append(place)
        known.setdefault((own,), []).append(place)
    for before, own, after in _prints(text):
        same = known.get((before, own, after))
        yield same or known.get((own,), []), same is not None


def _prints(example: Example) -> Iterator[tuple[int, int, int]]:
    """Yield for each paragraph the fingerprints of the one before, of itself and of the one after."""
    bags = example.features.words, example.features.last_words
    prints = [-2, *(fingerprint(*bags, place) for place in range(len(example.kinds))), -2]
    yield from zip(prints, prints[1:], prints[2:], strict=False)
