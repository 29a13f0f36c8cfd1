"""Scores and names -> sides: which paragraphs of a page are body, and from which score on, chosen for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.cut import Factors, choose_cut, cut_signs
from cleaner.kind_choice import BODY_PLACES, shares_of
from cleaner.model import Opinion
from cleaner.page import Layout
from cleaner.settings import Settings

__all__ = ["SHORT_WORDS", "Scored", "Sides", "choose_sides", "take_sides", "threshold"]

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scored:
    """What is known of a page with n paragraphs before any side is taken."""

    scores: Floats
    """(n,) P(body), 0..1, calibrated, with what the profile of the site says."""
    chrome: float
    """The share of the page's words that is likely chrome, 0..1, by the network alone."""
    article: float
    """P(the page is an article)."""
    say: float
    """How far it is a whole page as plain text, 0..1, see :func:`cleaner.text_naming.text_say`; 0 for HTML."""


@dataclass(frozen=True, slots=True)
class Sides:
    """On which side each of n paragraphs stands."""

    limit: float
    """The page's threshold: the score from which on a paragraph is body, 0..1."""
    is_body: NDArray[np.bool_]
    """(n,) whether it is body."""


def choose_sides(
    layout: Layout,
    opinion: Opinion,
    scored: Scored,
    *,
    calibration: Mapping[str, Any],
    cut: Factors | None,
    settings: Settings,
) -> Sides:
    """Choose the page's threshold and the sides; by a threshold asked for, the score alone decides.

    ``cut`` chooses the threshold by what it is expected to gain, where the weights have factors for that, else those
    for the page's share of chrome in ``calibration`` do.
    """
    if settings.threshold is not None:
        return Sides(settings.threshold, scored.scores >= settings.threshold)
    usual, limit = _choose_limits(scored, opinion.words, calibration, cut, favor=settings.favor)
    is_short = (opinion.words <= SHORT_WORDS) & np.array([tag not in _CELLS for tag in layout.tags], dtype=np.bool_)
    is_body = take_sides(
        scored.scores,
        opinion.prediction.names,
        is_short,
        limit=limit,
        leniency=scored.article * (min(_log_odds(usual), 0) - MARGIN + scored.say * TEXT_EASE),
        names_say=1.0 if layout.content_type == "html" else NAMES_SAY,
    )
    # Nothing helps a reader less than nothing.
    return Sides(limit, is_body if is_body.any() else scored.scores >= limit)


def _choose_limits(
    scored: Scored, words: Floats, calibration: Mapping[str, Any], cut: Factors | None, *, favor: str
) -> tuple[float, float]:
    """Return the page's threshold at the balance, and at the operating point that is favoured."""
    signs = None if cut is None else cut_signs(scored.scores, words, article=scored.article)

    def limit_of(point: str) -> float:
        if cut is not None and signs is not None:
            return choose_cut(cut, signs, favor=point)
        bands, limits = calibration["chrome_bands"], calibration["thresholds"][point]
        return threshold(bands, limits, scored.article, scored.chrome)

    usual = limit_of("balance")
    return usual, usual if favor == "balance" else limit_of(favor)


def threshold(bands: Sequence[float], limits: Mapping[str, Sequence[float]], article: float, chrome: float) -> float:
    """Return the score from which on a paragraph of this page is body.

    ``limits`` are the thresholds chosen on dev for articles and for other pages at each chrome share of ``bands``;
    they are interpolated, and mixed by P(the page is an article).
    """
    mine, other = (float(np.interp(chrome, bands, limits[side])) for side in ("article", "other"))
    return mine * article + other * (1 - article)


SHORT_WORDS = 25
"""Paragraphs up to this length are short: what they are called has a say in whether they are body."""
CLEAN_SHARE, CHROME_SHARE = 0.1, 0.3
"""Where less than the first of a page's paragraphs is likely chrome, names have no say; from the second on all. Dev,
for .2 and .5 before: F1 as HTML .8589 to .8591, of texts .8997 both (clean ones .9933 to .9909, with chrome glued to
them .9349 to .9357); of hand-labelled lines in whole pages as text 85.0 to 86.4 % on the right side."""
MARGIN = 1.0
"""On an article, score and name of a short line must speak for body by so much (log odds) beyond even odds, whatever
the threshold. Dev, for .5 before: F1 of articles .9337 to .9340 as HTML, .9134 both as whole pages of text; of lines
near the article labelled by hand 94.6 to 94.9 % on the right side as HTML, 86.4 to 86.8 % as text. From 1.5 on articles
lose (.9333)."""
TEXT_EASE = 0.3
"""So much less is asked where the head for texts has its full say (dev: F1 of articles .9116 for .9110, of lines named
by hand .774 right with both)."""
NAMES_SAY = 0.5
"""In plain texts names have half a say: the network for texts knows short lines well by itself. Whole pages as text of
823 pages of train, judged by networks that never saw their domains: F1 of articles .9213 (.9179 without any, .9200 with
all), of other pages .7868 (.7862, .7848), lines on the right side .872 (.865, .872)."""
_CELLS = frozenset({"td", "th"})
"""What these are called says nothing of whether the table is text: their score alone decides."""


def take_sides(
    scores: Floats,
    names: Floats,
    is_short: NDArray[np.bool_],
    *,
    limit: float,
    leniency: float = 0.0,
    names_say: float = 1.0,
) -> NDArray[np.bool_]:
    """Return for n paragraphs whether they are body: those that score ``limit``, if short those called so, too.

    Thresholds are chosen for the F1 of words, where a menu's few words weigh nothing, so they let many short lines in.
    A short line must reach the threshold's log odds with those of its score, those of being called body or heading,
    and ``leniency`` (0 or less) together. The last two count the less the cleaner the page, and ``names_say`` at most.
    """
    trust = names_say * float(np.clip((1 - scores.mean() - CLEAN_SHARE) / (CHROME_SHARE - CLEAN_SHARE), 0, 1))
    called = _log_odds(shares_of(names)[:, BODY_PLACES].sum(axis=1))
    together = _log_odds(scores) + trust * (called + leniency) >= _log_odds(limit)
    sides: NDArray[np.bool_] = np.where(is_short, together, scores >= limit)
    return sides


def _log_odds(p: Any) -> Any:
    """Return the log odds of one probability or an array of them, within +-11.5."""
    inside = np.clip(p, 1e-5, 1 - 1e-5)
    return np.log(inside / (1 - inside))
