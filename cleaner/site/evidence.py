"""Profile + paragraphs of a page -> how far each paragraph's logit moves, and the fact behind it.

A logistic curve on top of the network's own logit (columns: :data:`COLUMNS`), learned on the many-paged sites of a
corpus from opinions of networks that had not seen the site (:mod:`cleaner.training.site`). Two things are evidence:
that a paragraph stands on other pages, too, and, where little of an article was found yet, that it stands on no other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.site.fingerprint import Fingerprints
from cleaner.site.profile import Pin, Profile
from cleaner.weights import PACKAGED_SITE

__all__ = ["COLUMNS", "PROSE_WORDS", "Counts", "Recurrence", "columns", "count", "weigh"]

Floats = NDArray[np.float32]

COLUMNS = (
    *("recurs", "share", "share_masked", "pages", "pages_masked", "recurs_logit", "share_logit", "recurs_middle"),
    *("share_middle", "recurs_long", "recurs_long_middle", "share_long_middle", "recurs_tail", "all_long", "all"),
    *("all_logit", "all_long_logit", "pages_long", "several", "several_logit", "several_long", "pages_logit"),
    *("alone", "alone_logit", "alone_long", "alone_middle"),
)
"""``all``: the cube of the share, which is large only for what stands under nearly every page. ``several``: on two
other pages or more. ``alone``: on no other page, weighed by how much of an article is still missing."""
SHARED_WORDS = 20
"""A passage of so many words that stands on one other page only says nothing: two stories of one event share it (of
those in daniel that the network takes for body, nine in ten are; of those on two other pages none)."""
PROSE_WORDS = 12
"""A paragraph with so many words counts as prose when it is asked what stands before, among and after the article."""
ARTICLE_WORDS = 150.0
"""A page on which so many words of an article were found lacks none."""
PINNED = 40.0
"""Logit of what a person decided; no network contradicts it."""
_LONG_FROM, _LONG_STEP = float(np.log1p(10)), 2.0


class Counts(NamedTuple):
    """On how many other pages the n paragraphs of a page stand."""

    exact: Floats
    masked: Floats
    """Numbers and names masked; at least ``exact``."""
    others: int
    """Pages of the site beside this one."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """What a profile says of the n paragraphs of a page."""

    shift: Floats
    """(n,) added to the logit of P(body)."""
    pages: NDArray[np.int64]
    """(n,) pages of the site on which the paragraph stands, this one with them; 0 for one that is on no other."""
    of: int
    """Pages of the site."""
    pins: Mapping[int, Pin]
    """Place -> what a person decided."""

    def fact(self, place: int) -> str:
        """Return what is to be said of a paragraph; '' when nothing is known."""
        if place in self.pins:
            return f"pinned as {self.pins[place]} in the profile of this site"
        return f"stands on {self.pages[place]:,} of {self.of:,} pages of this site" if self.pages[place] else ""


def weigh(
    profile: Profile,
    prints: Fingerprints,
    *,
    content_type: str,
    logits: Floats,
    words: Floats,
    headline: NDArray[np.bool_],
    least: int,
    learned: Mapping[str, Any] | None = None,
) -> Recurrence | None:
    """Weigh the profile of a page's site; None when it has counted fewer than ``least`` pages and nothing is pinned.

    ``prints`` are the hashes, ``logits`` and ``words`` those of the paragraphs; what is ``headline`` is left alone,
    since a paper lists its headlines under other articles. ``learned`` stands for ``weights/site.json``.
    """
    if profile.pages < least and not profile.pins:
        return None
    shift, pages = np.zeros(len(logits), np.float32), np.zeros(len(logits), np.int64)
    if profile.pages >= least:
        counts = count(profile, prints)
        stage = (learned or _learned())[content_type]
        factors = np.array([stage["factors"][name] for name in COLUMNS], dtype=np.float32)
        shift = (columns(counts, logits, words, trust=stage["trust"]) @ factors).astype(np.float32)
        shift[headline] = 0
        pages = np.where((counts.masked > 0) & ~headline, counts.masked + 1, 0).astype(np.int64)
    pins = {place: profile.pinned[int(key)] for place, key in enumerate(prints.exact) if int(key) in profile.pinned}
    for place, pin in pins.items():
        shift[place] = (PINNED if pin == "body" else -PINNED) - logits[place]
    return Recurrence(shift, pages, profile.pages, pins)


def count(profile: Profile, prints: Fingerprints) -> Counts:
    """Look the paragraphs of a page up; the page itself is taken for one of those that were counted."""
    exact = np.maximum(profile.count(prints.exact) - 1, 0)
    masked = np.maximum(profile.count(prints.masked) - 1, exact)
    return Counts(exact.astype(np.float32), masked.astype(np.float32), profile.pages - 1)


def columns(counts: Counts, logits: Floats, words: Floats, *, trust: float, eases_blocks: bool = True) -> Floats:
    """Return (n, len(COLUMNS)).

    ``trust``: how much more of the pages a long paragraph must stand on than a short one to count for as much; its
    evidence is multiplied by the share to this power. With ``eases_blocks``, prose beside other such prose needs no
    more than a line; factors are learned without, or the made-up blocks they are learned from would explain it all.
    """
    all_pages = max(counts.others, 1)
    masked = np.where((counts.masked == 1) & (words >= SHARED_WORDS), 0, counts.masked)
    exact = np.minimum(counts.exact, masked)
    share, near = exact / all_pages, masked / all_pages
    recurs, several = (masked > 0).astype(np.float32), (masked > 1).astype(np.float32)
    alone = (counts.masked == 0).astype(np.float32)
    long = np.clip((np.log1p(words) - _LONG_FROM) / _LONG_STEP, 0, 1)
    middle, tail = _places(logits, words, alone > 0)
    pages, pages_near = np.log1p(exact) / 3, np.log1p(masked) / 3
    cube, z = share**3, logits / 8
    eased = _together(masked, words) if eases_blocks else np.zeros(len(words), np.bool_)
    weight = recurs * np.maximum(near, 1e-6) ** (trust * long * ~eased)
    found = float((words * alone / (1 + np.exp(-np.clip(logits, -30, 30)))).sum())
    lack = (1 - min(found / ARTICLE_WORDS, 1.0)) * min(float(np.log1p(counts.others)) / 3, 1.2) * alone
    recurring = (
        *(recurs, share, near, pages, pages_near, recurs * z, share * z, recurs * middle),
        *(share * middle, recurs * long, recurs * long * middle, share * long * middle, recurs * tail, cube * long),
        *(cube, cube * z, cube * long * z, pages * long, several, several * z, several * long, pages_near * z),
    )
    single = (lack, lack * z, lack * long, lack * middle)
    table: Floats = np.stack([*(column * weight for column in recurring), *single], axis=1).astype(np.float32)
    return table


def _together(masked: Floats, words: Floats) -> NDArray[np.bool_]:
    """Tell which prose has prose beside it that recurs, too: a block needs no more evidence than a line does."""
    prose = (masked > 1) & (words >= PROSE_WORDS)
    beside = np.zeros(len(prose) + 2, np.bool_)
    beside[:-2] |= prose
    beside[2:] |= prose
    together: NDArray[np.bool_] = prose & beside[1:-1]
    return together


def _places(logits: Floats, words: Floats, alone: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return 1 for what stands among, and for what stands after, the prose that is likely body and on no other page."""
    prose = np.flatnonzero(alone & (logits >= 0) & (words >= PROSE_WORDS))
    if not len(prose):
        return np.zeros_like(logits), np.zeros_like(logits)
    place = np.arange(len(logits))
    middle = ((place > prose[0]) & (place < prose[-1])).astype(np.float32)
    return middle, (place > prose[-1]).astype(np.float32)


@lru_cache(maxsize=1)
def _learned() -> dict[str, Any]:
    """Return what was learned, by content type: ``trust``, and ``factors`` by column."""
    return dict(json.loads(PACKAGED_SITE.read_bytes()))
