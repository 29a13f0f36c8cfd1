"""Scores that mean something: slope, offset and threshold per input type, fitted on dev pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.score import NO_ARTICLE_TYPES, body_signs, chrome_share, no_article_probability, threshold
from cleaner.training.dataset import Example
from cleaner.training.network import PAGE_TYPES
from cleaner.training.train import Found, log_odds, page_f1

Floats = NDArray[np.float32]

THRESHOLDS = tuple(round(0.02 + 0.02 * step, 2) for step in range(40))
"""Candidates, 0.02 to 0.80; finer steps change no dev figure by more than 0.001."""
TEXT_RENDERINGS = (
    "whole",
    "trafilatura",
    "newspaper",
    "readability",
    "resiliparse",
    "boilerpy3",
    "glued",
    "dressed",
    "gold",
)


def fit_scale(signs: NDArray[np.floating[Any]], truth: Floats, *, rounds: int = 50) -> list[float]:
    """Fit a logistic curve by Newton's method (Platt 1999): one factor per column of ``signs``, then the offset.

    ``signs`` is (n, k), ``truth`` (n,) within 0..1.

    >>> slope, offset = fit_scale(np.array([[-2.0], [-1], [1], [2]] * 50), np.array([0.0, 1, 0, 1] * 50))
    >>> 0 < slope < 1
    True
    """
    x = np.concatenate((signs.astype(np.float64), np.ones((len(signs), 1))), axis=1)
    beta = np.zeros(x.shape[1])
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        gradient = x.T @ (truth - p)
        curvature = (x * np.maximum(p * (1 - p), 1e-9)[:, None]).T @ x + np.eye(len(beta)) * 1e-6
        step = np.linalg.solve(curvature, gradient)
        beta += np.clip(step, -1, 1)
        if float(np.abs(step).max()) < 1e-8:
            break
    return [float(value) for value in beta]


def expected_error(scores: Floats, truth: Floats, *, bins: int = 15) -> float:
    """Return the expected calibration error (Guo et al. 2017): mean |score - truth| over equal-width bins."""
    place = np.minimum((scores * bins).astype(int), bins - 1)
    error = 0.0
    for b in range(bins):
        inside = place == b
        if inside.any():
            error += inside.mean() * abs(float(scores[inside].mean()) - float(truth[inside].mean()))
    return float(error)


def calibrate(examples: Sequence[Example], found: Mapping[int, Found]) -> dict[str, dict[str, Any]]:
    """Return for ``html`` and ``text`` what turns the network's logits into scores and decisions, from dev examples.

    The score is a logistic curve over two signs: the body head's logit and the kind head's log odds of body or
    heading; each head sees what the other misses (dev table in MODEL_CARD.md). Articles and other pages want
    different thresholds, so the one used is their mean weighed by P(the page is an article); for plain text it
    depends on how much of the page is chrome, too.
    """
    out: dict[str, dict[str, Any]] = {}
    for name in ("html", "text"):
        places = [
            i
            for i, e in enumerate(examples)
            if e.split == "dev" and (e.rendering == name or (name == "text" and e.rendering in TEXT_RENDERINGS))
        ]
        chosen = [(examples[i], body_signs(log_odds(found[i].body), found[i].kinds), found[i].article) for i in places]
        flat = np.concatenate([z[e.weight > 0] for e, z, _ in chosen])
        truth = np.concatenate([(e.shares[e.weight > 0] > 0.5).astype(np.float32) for e, _, _ in chosen])
        slope, kind_slope, offset = fit_scale(flat, truth)
        factors = np.array([slope, kind_slope])
        scaled = [
            Judged(e, p := _logistic(z @ factors + offset), a, chrome_share(p, e.features.word_counts))
            for e, z, a in chosen
        ]
        bands = CHROME_BANDS[name]
        limits = {
            side: [_best_threshold(pages) for pages in _by_band(scaled, bands, article=side == "article")]
            for side in ("article", "other")
        }
        figures = [_f1(j.example, j.scores >= threshold(bands, limits, j.article, j.chrome)) for j in scaled]
        out[name] = {
            "slope": slope,
            "kind_slope": kind_slope,
            "offset": offset,
            "chrome_bands": list(bands),
            "thresholds": limits,
            "not_article": _not_article_limit(
                [(examples[i].page_type, no_article_probability(PAGE_TYPES, found[i].page)) for i in places]
            ),
            "dev_f1": float(np.mean(figures)),
            "dev_calibration_error": expected_error(_logistic(flat @ factors + offset), truth),
        }
    return out


def _logistic(z: NDArray[np.floating[Any]]) -> Floats:
    p: Floats = (1 / (1 + np.exp(-np.clip(z, -30, 30)))).astype(np.float32)
    return p


CHROME_BANDS = {"html": (0.5,), "text": (0.04, 0.09, 0.15, 0.27, 0.5)}
"""Middles of the bands of chrome share for which thresholds are chosen; in between they are interpolated. A page of
HTML is never clean; a text may be, and then should come back whole."""
NEAR = 0.003
"""The curves are flat, and dev is small: all thresholds within this of the best dev F1 are as good. For HTML their
middle is taken. For text the lowest: losing text that was clean is worse than keeping some chrome (with it a clean
text loses 0.1 % instead of 1 %; dev, rendering ``gold``)."""


CORPUS_PAGES = 20


class Judged(NamedTuple):
    """A dev example with its calibrated scores, P(article) and chrome share."""

    example: Example
    scores: Floats
    article: float
    chrome: float


def _by_band(judged: Sequence[Judged], bands: Sequence[float], *, article: bool) -> list[list[Judged]]:
    """Sort pages of one side into the bands by the nearest middle."""
    out: list[list[Judged]] = [[] for _ in bands]
    for j in judged:
        if (j.example.page_type == "article") == article:
            out[int(np.abs(np.array(bands) - j.chrome).argmin())].append(j)
    return out


NOT_ARTICLE_PRECISION = 0.92


def _not_article_limit(pages: Sequence[tuple[str, float]]) -> float:
    """Return the lowest limit at which pages called no article are so with NOT_ARTICLE_PRECISION on dev.

    Forums and service pages count neither way: people disagree on whether they are articles.
    """
    judged = [
        (p, kind in NO_ARTICLE_TYPES) for kind, p in pages if kind in {*NO_ARTICLE_TYPES, "article", "documentation"}
    ]
    for limit in (step / 50 for step in range(10, 50)):
        called = [truth for p, truth in judged if p >= limit]
        if called and sum(called) / len(called) >= NOT_ARTICLE_PRECISION:
            return limit
    return 0.98


def _best_threshold(pages: Sequence[Judged]) -> float:
    """Return the middle (HTML) or the lowest (text) of the good thresholds.

    The curve is averaged over five steps; a corpus counts for CORPUS_PAGES pages at most, so that none decides alone.
    """
    if not pages:
        return 0.4
    sizes = Counter(j.example.corpus for j in pages)
    weights = [min(1.0, CORPUS_PAGES / sizes[j.example.corpus]) for j in pages]
    curve = [float(np.average([_f1(j.example, j.scores >= t) for j in pages], weights=weights)) for t in THRESHOLDS]
    smooth = np.convolve(np.pad(curve, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    good = [t for t, value in zip(THRESHOLDS, smooth, strict=True) if value >= smooth.max() - NEAR]
    return good[len(good) // 2] if pages[0].example.rendering == "html" else good[0]


def _f1(example: Example, kept: NDArray[np.bool_]) -> float:
    return page_f1(example, kept)[2]
