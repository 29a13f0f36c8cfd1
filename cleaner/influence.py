"""What moved a score: the network asked again, each time without one group of what it sees (leave-one-out).

Ten more runs of the network for a page, only when reasons are asked for. Leaving out is done as in training where it
was done there (words, names and markup are hidden by zeros); other columns get the page's mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.features import NUMBERS, Bags, Features
from cleaner.features.characters import TEXT_NUMBERS
from cleaner.features.phrases import SAID_NUMBERS

__all__ = ["GROUPS", "measure_influence"]

Floats = NDArray[np.float32]


class _Group(NamedTuple):
    """Columns and bags that belong together."""

    columns: tuple[str, ...]
    """Beginnings of the columns' names."""
    bags: tuple[str, ...] = ()
    hidden: bool = False
    """Zeros instead of the page's mean."""


GROUPS: Mapping[str, _Group] = {
    "words": _Group(("phrase_", "function_words"), ("words", "last_words", "pairs"), hidden=True),
    "form": _Group(tuple(name for name in TEXT_NUMBERS)),
    "links": _Group(("link_share", "links", "page_link_share")),
    "repetition": _Group(("repeats", "repeated_", *SAID_NUMBERS[:2])),
    "section": _Group(("section_", "since_heading"), hidden=True),
    "place": _Group(
        (
            "position", "words_before", "words_after", "from_", "before_title", "prose_", "previous_", "next_",
            "tail_of_page", "gap",
        )
    ),
    "names": _Group(("cue_", "named_", "page_named_body"), ("own", "near", "far"), hidden=True),
    "markup": _Group(("tag_", "zone_", "hidden", "images", "controls", "depth", "likes")),
    "declared": _Group(
        (
            "like_", "in_article_body", "has_article_body", "article_body_share", "declares_", "og_", "has_date",
            "path_words", "is_root", "h1s", "articles",
        )
    ),
    "containers": _Group(("level", "in_candidate", "candidate_share", "before_candidate", "after_candidate")),
}  # fmt: skip
"""What is left out together; the names are those that :mod:`cleaner.reasons` finds words for."""


def measure_influence(features: Features, judge: Callable[[Features], Floats]) -> dict[str, Floats]:
    """Return for each of GROUPS what it added to the score's logit of each of the n paragraphs.

    ``judge`` gives the logits (n,) of a page's features. Positive: the group speaks for body. The parts need not add up
    to the logit, as groups can stand in for each other.
    """
    whole = judge(features)
    return {name: whole - judge(_without(features, group)) for name, group in GROUPS.items()}


def _without(features: Features, group: _Group) -> Features:
    columns = [place for place, name in enumerate(NUMBERS) if name.startswith(group.columns)]
    numbers = features.numbers.copy()
    numbers[:, columns] = 0 if group.hidden else numbers[:, columns].mean(axis=0)
    empty: dict[str, Any] = {name: _emptied(getattr(features, name)) for name in group.bags}
    return replace(features, numbers=numbers, **empty)


def _emptied(bags: Bags) -> Bags:
    return Bags(np.zeros(0, np.int32), np.zeros_like(bags.offsets))
