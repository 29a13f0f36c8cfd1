"""Scores that mean something: slope, offset and threshold per input type, fitted on dev pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cleaner.training.dataset import Example

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


def fit_scale(logits: Floats, truth: Floats, *, rounds: int = 50) -> tuple[float, float]:
    """Fit slope and offset of a logistic curve by Newton's method (Platt 1999); truth is 0..1.

    >>> slope, offset = fit_scale(np.array([-2.0, -1, 1, 2] * 50), np.array([0.0, 1, 0, 1] * 50))
    >>> 0 < slope < 1
    True
    """
    x = np.stack((logits.astype(np.float64), np.ones(len(logits))), axis=1)
    beta = np.array([1.0, 0.0])
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        gradient = x.T @ (truth - p)
        curvature = (x * np.maximum(p * (1 - p), 1e-9)[:, None]).T @ x + np.eye(2) * 1e-6
        step = np.linalg.solve(curvature, gradient)
        beta += np.clip(step, -1, 1)
        if float(np.abs(step).max()) < 1e-8:
            break
    return float(beta[0]), float(beta[1])


def expected_error(scores: Floats, truth: Floats, *, bins: int = 15) -> float:
    """Return the expected calibration error (Guo et al. 2017): mean |score - truth| over equal-width bins."""
    place = np.minimum((scores * bins).astype(int), bins - 1)
    error = 0.0
    for b in range(bins):
        inside = place == b
        if inside.any():
            error += inside.mean() * abs(float(scores[inside].mean()) - float(truth[inside].mean()))
    return float(error)


def calibrate(
    examples: Sequence[Example], logits: Sequence[Floats], articles: Sequence[float]
) -> dict[str, dict[str, float]]:
    """Return for ``html`` and ``text`` the slope, offset, two thresholds and the expected error, all from dev examples.

    ``articles`` is the network's P(the page is an article) for each example. Articles and other pages want different
    thresholds (dev: .7 against .4 before calibration), so the one used is their mean weighed by that probability.
    """
    out: dict[str, dict[str, float]] = {}
    for name in ("html", "text"):
        chosen = [
            (e, z, a)
            for e, z, a in zip(examples, logits, articles, strict=True)
            if e.split == "dev" and (e.rendering == name or (name == "text" and e.rendering in TEXT_RENDERINGS))
        ]
        flat = np.concatenate([z[e.weight > 0] for e, z, _ in chosen])
        truth = np.concatenate([(e.shares[e.weight > 0] > 0.5).astype(np.float32) for e, _, _ in chosen])
        slope, offset = fit_scale(flat, truth)
        scaled = [(e, 1 / (1 + np.exp(-(z * slope + offset))), a) for e, z, a in chosen]
        best = {
            side: _best_threshold([(e, p) for e, p, _ in scaled if (e.page_type == "article") == (side == "article")])
            for side in ("article", "other")
        }
        figures = [_f1(e, p >= best["article"] * a + best["other"] * (1 - a)) for e, p, a in scaled]
        out[name] = {
            "slope": slope,
            "offset": offset,
            "threshold_article": best["article"],
            "threshold_other": best["other"],
            "dev_f1": float(np.mean(figures)),
            "dev_calibration_error": expected_error(
                (1 / (1 + np.exp(-(flat * slope + offset)))).astype(np.float32), truth
            ),
        }
    return out


def _best_threshold(pages: Sequence[tuple[Example, Floats]]) -> float:
    """Return the middle of the best stretch: the curve is averaged over five steps before its top is taken.

    A corpus counts by the root of its pages, so that the largest one does not decide alone.
    """
    sizes = Counter(e.corpus for e, _ in pages)
    weights = [sizes[e.corpus] ** -0.5 for e, _ in pages]
    curve = [float(np.average([_f1(e, p >= t) for e, p in pages], weights=weights)) for t in THRESHOLDS]
    smooth = np.convolve(np.pad(curve, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    return THRESHOLDS[int(smooth.argmax())]


def _f1(example: Example, kept: NDArray[np.bool_]) -> float:
    from cleaner.training.train import page_f1

    return page_f1(example, kept)[2]
