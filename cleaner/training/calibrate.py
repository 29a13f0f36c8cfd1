"""Scores that mean something: slope, offset and threshold per input type, fitted on dev pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.score import body_signs
from cleaner.training.dataset import Example
from cleaner.training.train import Found, log_odds, page_f1

Floats = NDArray[np.float32]

THRESHOLDS = tuple(round(0.2 + 0.02 * step, 2) for step in range(31))
"""Candidates, 0.20 to 0.80; finer steps change no dev figure by more than 0.001."""
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


def calibrate(examples: Sequence[Example], found: Mapping[int, Found]) -> dict[str, dict[str, float]]:
    """Return for ``html`` and ``text`` what turns the network's logits into scores and decisions, from dev examples.

    The score is a logistic curve over two signs: the body head's logit and the kind head's log odds of body or
    heading; each head sees what the other misses (dev table in MODEL_CARD.md). Articles and other pages want
    different thresholds, so the one used is their mean weighed by P(the page is an article).
    """
    out: dict[str, dict[str, float]] = {}
    for name in ("html", "text"):
        chosen = [
            (e, body_signs(log_odds(found[i].body), found[i].kinds), found[i].article)
            for i, e in enumerate(examples)
            if e.split == "dev" and (e.rendering == name or (name == "text" and e.rendering in TEXT_RENDERINGS))
        ]
        flat = np.concatenate([z[e.weight > 0] for e, z, _ in chosen])
        truth = np.concatenate([(e.shares[e.weight > 0] > 0.5).astype(np.float32) for e, _, _ in chosen])
        slope, kind_slope, offset = fit_scale(flat, truth)
        factors = np.array([slope, kind_slope])
        scaled = [(e, _logistic(z @ factors + offset), a) for e, z, a in chosen]
        articles = [(e, p) for e, p, _ in scaled if e.page_type == "article"]
        others = [(e, p) for e, p, _ in scaled if e.page_type != "article"]
        threshold = _best_threshold(articles)
        other = _best_threshold(others, near=threshold)
        figures = [_f1(e, p >= threshold * a + other * (1 - a)) for e, p, a in scaled]
        out[name] = {
            "slope": slope,
            "kind_slope": kind_slope,
            "offset": offset,
            "threshold_article": threshold,
            "threshold_other": other,
            "dev_f1": float(np.mean(figures)),
            "dev_calibration_error": expected_error(_logistic(flat @ factors + offset), truth),
        }
    return out


def _logistic(z: NDArray[np.floating[Any]]) -> Floats:
    p: Floats = (1 / (1 + np.exp(-np.clip(z, -30, 30)))).astype(np.float32)
    return p


NEAR = 0.002
"""The curve for pages that are no articles is flat; within this of its top the threshold nearest to the articles' wins,
because the page type is sometimes wrong."""


def _best_threshold(pages: Sequence[tuple[Example, Floats]], *, near: float | None = None) -> float:
    """Return the middle of the best stretch: the curve is averaged over five steps before its top is taken.

    A corpus counts by the root of its pages, so that the largest one does not decide alone.
    """
    sizes = Counter(e.corpus for e, _ in pages)
    weights = [sizes[e.corpus] ** -0.5 for e, _ in pages]
    curve = [float(np.average([_f1(e, p >= t) for e, p in pages], weights=weights)) for t in THRESHOLDS]
    smooth = np.convolve(np.pad(curve, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    if near is None:
        return THRESHOLDS[int(smooth.argmax())]
    good = [t for t, value in zip(THRESHOLDS, smooth, strict=True) if value >= smooth.max() - NEAR]
    return min(good, key=lambda t: abs(t - near))


def _f1(example: Example, kept: NDArray[np.bool_]) -> float:
    return page_f1(example, kept)[2]
