"""Do scores mean what they say? Of the paragraphs with a score near 0.8, about 80 of 100 should be body."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.errors import CleanerError, InputError
from cleaner.evaluation.gold import GoldPage, read_all_gold
from cleaner.evaluation.labels import MIN_COVERAGE, MIN_COVERAGE_TEXT, check_rapidfuzz, label, layout_of
from cleaner.evaluation.measure import WHOLE_PAGE
from cleaner.features import NUMBERS, extract, letters_of
from cleaner.page import Layout
from cleaner.score import TITLE_SIGN, score
from cleaner.settings import DEFAULTS, Settings

__all__ = ["BINS", "Bin", "Calibration", "Reliability", "measure_reliability", "reliability_bins"]

Floats = NDArray[np.float32]

BINS = 15
"""Bins of equal width, as in Guo et al. 2017."""

_LIKE_TITLE = NUMBERS.index("like_title")
_BODY_SHARE = 0.5
"""A paragraph is body if more of its tokens are the gold's (same in training)."""


class Bin(NamedTuple):
    """The paragraphs whose scores lie in one part of 0..1."""

    low: float
    high: float
    weight: float
    """How many paragraphs, or how many words are in them."""
    score: float
    """Mean score, by weight; nan for an empty bin."""
    body: float
    """Share that is body, by weight; nan for an empty bin."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The reliability of scores with one way of counting."""

    unit: str
    """``paragraphs`` or ``words``: what every bin counts."""
    bins: tuple[Bin, ...]
    error: float
    """Expected calibration error: mean of |score - body| over the bins, by weight; 0 is perfect."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """The reliability of scores on the pages of one kind of input and one split."""

    renderer: str
    """Program that flattened the pages; '' for HTML."""
    split: str
    pages: int
    left_out: int
    """Pages on which too little of the gold was found, or that are too long, to say which paragraphs are body."""
    by_paragraph: Calibration
    by_words: Calibration

    @property
    def name(self) -> str:
        """What was measured, e.g. ``HTML, dev``."""
        return ", ".join(part for part in (self.renderer or "HTML", self.split) if part)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON; the figures of empty bins are null."""
        data = asdict(self)
        for name in ("by_paragraph", "by_words"):
            data[name]["bins"] = [
                {key: None if math.isnan(value) else value for key, value in part._asdict().items()}
                for part in getattr(self, name).bins
            ]
        return data


class _Judged(NamedTuple):
    scores: Floats
    truth: Floats
    words: Floats


def measure_reliability(
    paths: Iterable[str | Path],
    *,
    as_text: bool | None = None,
    split: str | None = None,
    limit: int | None = None,
    settings: Settings = DEFAULTS,
    on_page: Callable[[GoldPage], None] | None = None,
) -> list[Reliability]:
    """Hold the scores of all paragraphs against the gold of their pages, per kind of input and split.

    HTML is measured as it is (``as_text=False``), flattened to one plain text (True) or both ways (None). Left out are
    the headline, on which golds disagree, and paragraphs without a word. ``split`` and ``limit`` choose pages as in
    :func:`cleaner.evaluation.evaluate.evaluate`. Needs rapidfuzz.

    Raises InputError (``gold_empty``) when no page is left, SetupError (``missing_extra``), and what reading raises.
    """
    check_rapidfuzz()
    judged: dict[tuple[str, str], list[_Judged | None]] = {}
    for page in read_all_gold(paths, split=split, limit=limit):
        for renderer, layout in _layouts(page, as_text):
            found = _judge(page, renderer, layout, settings) if layout is not None else None
            judged.setdefault((renderer, page.split), []).append(found)
        if on_page is not None:
            on_page(page)
    rows = [_sum_up(renderer, part, found) for (renderer, part), found in sorted(judged.items())]
    if not any(row.pages for row in rows):
        raise InputError("gold_empty", "There is no labelled page in what was named whose gold is found on it.")
    return rows


def reliability_bins(scores: Floats, truth: Floats, weights: Floats, *, unit: str, bins: int = BINS) -> Calibration:
    """Sort scores into bins of equal width and compare the mean score of each with the share that is true.

    >>> found = reliability_bins(np.array([0.9, 0.9], "f"), np.array([1, 0], "f"), np.array([3, 1], "f"), unit="words")
    >>> round(found.error, 2), found.bins[-2].weight, found.bins[-2].body
    (0.15, 4.0, 0.75)
    """
    place = np.minimum((scores * bins).astype(int), bins - 1)
    weight, score_sum, true_sum = (
        np.bincount(place, weights=values, minlength=bins) for values in (weights, weights * scores, weights * truth)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        mean, share = score_sum / weight, true_sum / weight
    rows = [
        Bin(step / bins, (step + 1) / bins, float(weight[step]), float(mean[step]), float(share[step]))
        for step in range(bins)
    ]
    total = float(weight.sum())
    return Calibration(unit, tuple(rows), float(np.abs(score_sum - true_sum).sum() / total) if total else 0.0)


def _layouts(page: GoldPage, as_text: bool | None) -> Iterator[tuple[str, Layout | None]]:
    """Yield the page as it is measured; None for what cannot be read."""
    if page.content_type == "text":
        yield page.renderer or "text", _layout(page.source, page, "text")
        return
    layout = _layout(page.source, page, "html")
    if as_text is not True:
        yield "", layout
    if as_text is not False:
        yield WHOLE_PAGE, None if layout is None else _layout("\n\n".join(layout.texts), page, "text")


def _layout(source: bytes | str, page: GoldPage, content_type: Any) -> Layout | None:
    try:
        return layout_of(source, url=page.url, content_type=content_type)
    except CleanerError:
        return None


def _judge(page: GoldPage, renderer: str, layout: Layout, settings: Settings) -> _Judged | None:
    """Score the paragraphs of a page that has labels; None if it has none."""
    found = label(layout.texts, page.body or "")
    if found.coverage < (MIN_COVERAGE if renderer in {"", WHOLE_PAGE} else MIN_COVERAGE_TEXT):
        return None
    known = np.isfinite(found.shares) & ~_headlines(layout, page.title or layout.head.title)
    scores = score(layout, settings).scores
    truth = (found.shares[known] > _BODY_SHARE).astype(np.float32)
    return _Judged(scores[known], truth, found.tokens[known])


def _headlines(layout: Layout, title: str) -> NDArray[np.bool_]:
    wanted = letters_of(title)
    same = np.array([bool(wanted) and letters_of(text) == wanted for text in layout.texts], dtype=np.bool_)
    if layout.content_type == "html":
        same |= extract(layout).numbers[:, _LIKE_TITLE] >= TITLE_SIGN
    return same


def _sum_up(renderer: str, split: str, found: list[_Judged | None]) -> Reliability:
    pages = [page for page in found if page is not None]
    empty = np.zeros(0, np.float32)
    scores, truth, words = (
        np.concatenate([empty, *(getattr(page, name) for page in pages)]) for name in _Judged._fields
    )
    return Reliability(
        renderer,
        split,
        pages=len(pages),
        left_out=len(found) - len(pages),
        by_paragraph=reliability_bins(scores, truth, np.ones_like(scores), unit="paragraphs"),
        by_words=reliability_bins(scores, truth, words, unit="words"),
    )
