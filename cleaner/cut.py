"""How much of a page to keep: the threshold that is expected to gain most, chosen anew for every page.

A text that some program already cleaned should come back whole, a page flattened with all its menus should not, and
most lie between. For each of a few candidate thresholds a linear function of what it would drop, and of how sure the
scores are, says what it gains in F1 over keeping all; the functions are fitted by ridge regression where the true gain
is known (``training.calibrate``). Over thresholds per share of chrome this gains .006 on articles as text of eight
renderings, each corpus judged by functions fitted on the others (folds of the training pages and dev).

What a text's reader calls part of it is a matter of style: captions, decks, what stands under an article. So the
functions of each corpus alone are asked, too, and a text comes back whole unless the gain is beyond the doubt between
them, as in portfolios that are chosen to be robust rather than best (Ben-Tal, El Ghaoui, Nemirovski 2009).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["CANDIDATES", "SIGNS", "Factors", "choose_cut", "cut_signs"]

Floats = NDArray[np.float64]

CANDIDATES = (0.0, 0.06, 0.14, 0.26, 0.38, 0.5, 0.62)
"""Thresholds to choose from; twice as many gain nothing."""
SIGNS = (
    "expected_gain", "dropped", "dropped_squared", "dropped_root", "score_dropped",
    "chrome", "sure_chrome", "sure_chrome_root", "article", "inside", "head", "tail", "likely_chrome", "always",
    "expected_gain*sure_chrome", "expected_gain*chrome", "expected_gain*inside", "expected_gain*tail",
    "expected_gain*paragraphs", "dropped*sure_chrome", "dropped*chrome", "dropped*inside", "dropped*tail",
    "dropped*head", "dropped*paragraphs", "dropped*words", "dropped*article", "dropped*likely_chrome",
)  # fmt: skip
"""``expected_gain``: what the scores themselves expect of the candidate; ``dropped``: the share of the words that it
drops, ``score_dropped`` their mean score times that share. ``sure_chrome`` and ``likely_chrome``: shares of the words
with scores below .1 and .3; ``head``, ``inside``, ``tail``: the latter before, within and after the span from the first
to the last paragraph of prose that is surely body. ``words`` and ``paragraphs`` are logarithms."""
MARGIN, DOUBT = 0.005, 1.5
"""A candidate must be expected to gain MARGIN over keeping all, and DOUBT standard deviations of what the corpora say
more: losing text that was clean is worse than keeping some chrome. Gain in F1 over the untouched text, articles of
seven corpora, each judged by the others, for a margin of .01 without the doubt: trafilatura's texts .0074 for .0068,
readability's .0018 for .0005, newspaper4k's .0054 for .0051, resiliparse's .0427 for .0417, boilerpy3's .0036 for
.0032, whole pages .1926 for .1889, with blank lines .1756 for .1771; the gold alone loses .0050 for .0064."""
LEAST = 0.03
"""A candidate must keep this share of the words, or it is no candidate: nothing helps a reader less than nothing."""
_SURE_CHROME, _LIKELY_CHROME, _SURE_BODY, _PROSE_WORDS = 0.1, 0.3, 0.7, 15


@dataclass(frozen=True, slots=True)
class Factors:
    """What each candidate gains by each sign, read from the weights once: as arrays, not as lists of numbers."""

    sides: Mapping[tuple[str, str], Floats]
    """(candidates, signs) for each operating point and side, ``article`` and ``other``."""
    corpora: Floats
    """(corpora, candidates, signs): those of articles of each corpus alone; weights made before there were any have
    none."""

    @classmethod
    def of(cls, weights: Mapping[str, Mapping[str, Sequence[Sequence[float]]]]) -> Factors:
        """Read what a weights file holds: factors by operating point and side, and under ``corpora`` by corpus."""
        sides = {
            (favor, side): np.array(factors, dtype=np.float64)
            for favor, both in weights.items()
            if favor != "corpora"
            for side, factors in both.items()
        }
        asked = [*weights.get("corpora", {}).values()]
        corpora = np.array(asked, dtype=np.float64) if asked else np.zeros((0, len(CANDIDATES), len(SIGNS)))
        for array in (*sides.values(), corpora):
            array.setflags(write=False)
        return cls(sides, corpora)


def cut_signs(scores: NDArray[np.floating[Any]], words: NDArray[np.floating[Any]], *, article: float) -> Floats:
    """Return (candidates, signs) for a page of n paragraphs with their scores and numbers of words.

    ``article`` is P(the page is an article).

    >>> signs = cut_signs(np.array([0.9, 0.1]), np.array([30.0, 10.0]), article=1.0)
    >>> signs.shape == (len(CANDIDATES), len(SIGNS)), signs[[0, -1], SIGNS.index("dropped")].round(2).tolist()
    (True, [0.0, 0.25])
    """
    mass = words.astype(np.float64) + 1e-6
    likely = mass * scores
    total = float(mass.sum())
    drops = scores[None, :] < np.array(CANDIDATES)[:, None]
    dropped = (drops @ mass) / total
    lost = (drops @ likely) / total
    expected = float(likely.sum()) / total
    f1 = 2 * (expected - lost) / np.maximum(1 - dropped + expected, 1e-9)
    gain = f1 - f1[0]
    low = mass * (scores < _LIKELY_CHROME)
    prose = np.flatnonzero((scores > _SURE_BODY) & (mass > _PROSE_WORDS))
    first, end = (int(prose[0]), int(prose[-1]) + 1) if len(prose) else (0, len(scores))
    head, inside, tail = (float(part.sum()) / total for part in (low[:first], low[first:end], low[end:]))
    sure = float(mass[scores < _SURE_CHROME].sum()) / total
    near = float(low.sum()) / total
    length, count = np.log1p(total), np.log1p(len(scores))
    page = (1 - expected, sure, np.sqrt(sure), article, inside, head, tail, near, 1.0)
    columns = (
        gain, dropped, dropped**2, np.sqrt(dropped), lost,
        *(np.full(len(CANDIDATES), value) for value in page),
        *(gain * value for value in (sure, 1 - expected, inside, tail, count)),
        *(dropped * value for value in (sure, 1 - expected, inside, tail, head, count, length, article, near)),
    )  # fmt: skip
    signs: Floats = np.stack(columns, axis=1)
    return signs


def choose_cut(factors: Factors, signs: Floats, *, favor: str) -> float:
    """Return the candidate with the highest expected gain; 0.0, which keeps all, when none surely gains.

    What favours precision is never lower than the balance, what favours recall never higher.
    """
    doubt = DOUBT * _article(signs) * _spread(factors.corpora, signs)
    balance = _best(factors, signs, doubt, favor="balance")
    if favor == "balance":
        return balance
    own = _best(factors, signs, doubt, favor=favor)
    return max(own, balance) if favor == "precision" else min(own, balance)


def _best(factors: Factors, signs: Floats, doubt: Floats, *, favor: str) -> float:
    article = _article(signs)
    gains = sum(
        share * (factors.sides[favor, side] * signs).sum(axis=1)
        for side, share in (("article", article), ("other", 1 - article))
    )
    usable = (gains - doubt > MARGIN) & (signs[:, SIGNS.index("dropped")] <= 1 - LEAST)
    return CANDIDATES[int(np.argmax(np.where(usable, gains, 0.0)))]


def _article(signs: Floats) -> float:
    return float(signs[0, SIGNS.index("article")])


def _spread(corpora: Floats, signs: Floats) -> Floats:
    """Return the standard deviation of what each candidate gains by the factors of each corpus; 0 without any."""
    if not len(corpora):
        return np.zeros(len(signs))
    gains = (corpora * signs).sum(axis=2)
    spread: Floats = gains.std(axis=0)
    return spread
