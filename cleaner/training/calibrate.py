"""Scores that mean something: slope, offset and threshold per input type, fitted on dev pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.cut import CANDIDATES, Factors, choose_cut, cut_signs
from cleaner.evaluation.reliability import reliability_bins
from cleaner.features import NUMBERS
from cleaner.model import logistic
from cleaner.page_status import NO_ARTICLE_TYPES, no_article_probability
from cleaner.score import body_signs, chrome_share, tilted
from cleaner.sides import threshold
from cleaner.training.dataset import Example
from cleaner.training.network import PAGE_TYPES
from cleaner.training.train import Found, log_odds, page_f1

Floats = NDArray[np.float32]

THRESHOLDS = tuple(round(0.02 + 0.02 * step, 2) for step in range(40))
"""Candidates, 0.02 to 0.80; finer steps change no dev figure by more than 0.001."""
TEXT_RENDERINGS = (
    "whole",
    "plain",
    "lines",
    "spaced",
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


_GAP = NUMBERS.index("gap")
_TILT_COLUMNS = {"html": 4, "text": 7}
"""So many of the columns of ``score.tilted`` have factors; the last three are about blank lines."""


class Judged(NamedTuple):
    """An example with its calibrated scores, P(article) and chrome share."""

    example: Example
    scores: Floats
    article: float
    chrome: float
    no_article: float
    """P(collection, listing or product page)."""


class Scale(NamedTuple):
    """What turns the two signs of a paragraph (``score.body_signs``) into its score."""

    slope: float
    kind_slope: float
    offset: float
    tilt: tuple[float, ...]
    """The curve for pages with more or less chrome and blank lines, see ``score.calibrated``."""

    def header(self) -> dict[str, Any]:
        """Return it as the weights file holds it."""
        return {**self._asdict(), "tilt": list(self.tilt)}


def calibrate(
    examples: Sequence[Example],
    found: Mapping[int, Found],
    *,
    also: tuple[Sequence[Example], Mapping[int, Found]] | None = None,
) -> dict[str, dict[str, Any]]:
    """Return for ``html`` and ``text`` what turns the network's logits into scores and decisions.

    The score is a logistic curve over two signs: the body head's logit and the kind head's log odds of body or
    heading; each head sees what the other misses (dev table in MODEL_CARD.md). Articles and other pages want
    different thresholds, so the one used is their mean weighed by P(the page is an article); for plain text it
    depends on how much of the page is chrome, too. ``examples`` are those of dev with what the network says of them;
    ``also`` are more, of split train, judged by networks that never saw their domains (``folds``): these have a curve
    of their own, and thresholds are chosen on both. With them there are enough pages to choose the threshold of each
    plain text by itself (``cleaner.cut``).
    """
    out: dict[str, dict[str, Any]] = {}
    for name in ("html", "text"):
        scale, judged, error = _judge(name, examples, found)
        more = _judge(name, *also)[1] if also else []
        bands = CHROME_BANDS[name]
        limits = {
            point: {
                side: [
                    _best_threshold(pages, beta, clean=band < CLEAN)
                    for band, pages in zip(bands, _by_band(judged + more, bands, side == "article"), strict=True)
                ]
                for side in ("article", "other")
            }
            for point, beta in POINTS.items()
        }
        cut = _fit_cut(judged + more) if name == "text" and also else {}
        factors = Factors.of(cut) if cut else None
        figures = [
            _f1(j, choose_cut(factors, _signs(j), favor="balance"))
            if factors
            else _f1(j, threshold(bands, limits["balance"], j.article, j.chrome))
            for j in judged
        ]
        out[name] = {
            **scale.header(),
            "chrome_bands": list(bands),
            "thresholds": limits,
            **({"cut": cut} if cut else {}),
            "not_article": _not_article_limit([(j.example.page_type, j.no_article) for j in judged + more]),
            "dev_f1": float(np.mean(figures)),
            "dev_calibration_error": error,
        }
    return out


def _judge(name: str, examples: Sequence[Example], found: Mapping[int, Found]) -> tuple[Scale, list[Judged], float]:
    """Fit the curve of the examples of one input type; return it, their scores, and the expected calibration error."""
    wanted = ("html",) if name == "html" else TEXT_RENDERINGS
    places = [i for i in found if examples[i].rendering in wanted]
    signs = {i: body_signs(log_odds(found[i].body), found[i].kinds) for i in places}
    truths = [(examples[i].shares[examples[i].weight > 0] > 0.5).astype(np.float32) for i in places]
    truth = np.concatenate(truths)
    base = fit_scale(np.concatenate([signs[i][examples[i].weight > 0] for i in places]), truth)
    chrome_of, wide = {}, {}
    for i in places:
        first = logistic(signs[i] @ np.array(base[:2]) + base[2])
        chrome_of[i] = chrome_share(first, examples[i].features.word_counts)
        gaps = examples[i].features.numbers[:, _GAP] > 0
        spaced = float(gaps.mean()) if len(gaps) else 0.0
        wide[i] = tilted(signs[i], chrome_of[i], spaced)[:, : _TILT_COLUMNS[name]]
    tilt = fit_scale(np.concatenate([wide[i][examples[i].weight > 0] for i in places]), truth)
    scale = Scale(base[0], base[1], base[2], tuple(tilt))
    scores_of = {i: logistic(wide[i] @ np.array(tilt[:-1]) + tilt[-1]) for i in places}
    judged = []
    for i in places:
        scores = scores_of[i]
        none = no_article_probability(PAGE_TYPES, found[i].page)
        judged.append(Judged(examples[i], scores, found[i].article, chrome_of[i], none))
    counted = np.concatenate([scores_of[i][examples[i].weight > 0] for i in places])
    return scale, judged, reliability_bins(counted, truth, np.ones_like(truth), unit="paragraphs").error


CHROME_BANDS = {"html": (0.5,), "text": (0.04, 0.09, 0.15, 0.27, 0.5)}
"""Middles of the bands of chrome share for which thresholds are chosen; in between they are interpolated. A page of
HTML is never clean; a text may be, and then should come back whole."""
CLEAN = 0.2
NEAR = 0.003
"""The curves are flat: all thresholds within this of the best F1 are as good, and their middle is taken. For a text
with less chrome than CLEAN the lowest: losing text that was clean is worse than keeping some chrome (with it a clean
text loses 0.1 % instead of 1 %; dev, rendering ``gold``)."""


NOISY = frozenset({"readability"})
"""Corpora that choose no threshold: their gold is what a program was expected to keep, and its best threshold is .1
where that of all others is .3 and more."""
CORPUS_PAGES = 60
"""A corpus with more pages of one band and side counts as much as one with so many."""
POINTS = {"balance": 1.0, "precision": 0.4, "recall": 2.5}
"""Operating points: how many times recall counts as much as precision in the F measure that is maximised."""


def _by_band(judged: Sequence[Judged], bands: Sequence[float], article: bool) -> list[list[Judged]]:
    """Sort pages of one side into the bands by the nearest middle."""
    out: list[list[Judged]] = [[] for _ in bands]
    for j in judged:
        if (j.example.page_type == "article") == article and j.example.corpus not in NOISY:
            out[int(np.abs(np.array(bands) - j.chrome).argmin())].append(j)
    return out


RIDGE = 3.0
"""Penalty on the squared factors; .3 to 10 give the same mean F1 within .0005 when each corpus is judged by factors
fitted on the others."""
RENDERING_PAGES = 60
"""A rendering of a corpus with more pages counts as much as one with so many."""
CORPUS_TEXTS = 500
"""Texts from which on a corpus says by itself what a candidate gains: some 50 articles in ten renderings."""


def _fit_cut(judged: Sequence[Judged]) -> dict[str, dict[str, list[list[float]]]]:
    """Fit what each candidate threshold gains over keeping all (``cleaner.cut``), by weighted ridge regression.

    For articles also corpus by corpus, where one has CORPUS_TEXTS: how far these differ is how far to trust the gain.
    """
    fitted: dict[str, dict[str, list[list[float]]]] = {point: {} for point in POINTS}
    for side in ("article", "other"):
        pages = [j for j in judged if (j.example.page_type == "article") == (side == "article") and _teaches(j)]
        sizes = Counter((j.example.corpus, j.example.rendering) for j in pages)
        weights = np.array([min(1.0, RENDERING_PAGES / sizes[j.example.corpus, j.example.rendering]) for j in pages])
        signs = np.array([_signs(j) for j in pages])
        scores = np.array([[page_f1(j.example, j.scores >= limit)[:2] for limit in CANDIDATES] for j in pages])
        for point, beta in POINTS.items():
            figures = f_measure(scores[..., 0], scores[..., 1], beta)
            gains = figures - figures[:, :1]
            fitted[point][side] = _factors(signs, gains, weights)
            if (point, side) == ("balance", "article"):
                corpora = np.array([j.example.corpus for j in pages])
                fitted["corpora"] = {
                    corpus: _factors(*(part[corpora == corpus] for part in (signs, gains, weights)))
                    for corpus, count in sorted(Counter(corpora.tolist()).items())
                    if count >= CORPUS_TEXTS
                }
    return fitted


def _factors(signs: NDArray[np.float64], gains: NDArray[np.float64], weights: NDArray[np.float64]) -> list[list[float]]:
    """Return the (candidates, signs) factors of the gains of (pages, candidates)."""
    return [_ridge(signs[:, place], gains[:, place], weights).round(5).tolist() for place in range(len(CANDIDATES))]


def _teaches(judged: Judged) -> bool:
    return judged.example.corpus not in NOISY


def _ridge(x: NDArray[np.float64], y: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    weighted = x.T * weights
    solved: NDArray[np.float64] = np.linalg.solve(weighted @ x + RIDGE * np.eye(x.shape[1]), weighted @ y)
    return solved


def _signs(judged: Judged) -> NDArray[np.float64]:
    return cut_signs(judged.scores, judged.example.features.word_counts, article=judged.article)


NOT_ARTICLE_PRECISION = 0.9


def _not_article_limit(pages: Sequence[tuple[str, float]]) -> float:
    """Return the lowest limit at which pages called no article are so with NOT_ARTICLE_PRECISION; .98 if none is.

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


def _best_threshold(pages: Sequence[Judged], beta: float, *, clean: bool) -> float:
    """Return the middle or, for texts that are almost clean, the lowest of the good thresholds.

    The curve is averaged over five steps; a corpus counts for CORPUS_PAGES pages at most, so that none decides alone.
    """
    if not pages:
        return 0.4
    sizes = Counter(j.example.corpus for j in pages)
    weights = [min(1.0, CORPUS_PAGES / sizes[j.example.corpus]) for j in pages]
    curve = [float(np.average([_f1(j, t, beta) for j in pages], weights=weights)) for t in THRESHOLDS]
    smooth = np.convolve(np.pad(curve, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    good = [t for t, value in zip(THRESHOLDS, smooth, strict=True) if value >= smooth.max() - NEAR]
    return good[0] if clean else good[len(good) // 2]


def _f1(judged: Judged, limit: float, beta: float = 1.0) -> float:
    """Return the F measure of keeping what scores ``limit``; recall counts ``beta`` times as much as precision."""
    precision, recall, _ = page_f1(judged.example, judged.scores >= limit)
    return float(f_measure(np.array(precision), np.array(recall), beta))


def f_measure(precision: NDArray[np.float64], recall: NDArray[np.float64], beta: float) -> NDArray[np.float64]:
    """Return the F measure in which recall counts ``beta`` times as much as precision (van Rijsbergen 1979)."""
    value: NDArray[np.float64] = (1 + beta**2) * precision * recall / np.maximum(beta**2 * precision + recall, 1e-9)
    return value
