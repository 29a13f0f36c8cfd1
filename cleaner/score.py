"""Layout -> Verdicts: a score, a kind and a decision for every paragraph, and one for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.errors import SetupError
from cleaner.features import NUMBERS, Bags, Features, extract
from cleaner.influence import measure_influence
from cleaner.kind_choice import BODY_PLACES, HEAD_LINES, TITLE_SIGN, choose_kinds, shares_of
from cleaner.model import Bag, Model, Opinion, Prediction, load_model, logistic
from cleaner.page import KINDS, Kind, Layout, Status
from cleaner.page_status import judge_page
from cleaner.reasons import give_reasons
from cleaner.repeats import mark_repeats
from cleaner.settings import DEFAULTS, Settings
from cleaner.sides import SHORT_WORDS, Scored, Sides, choose_sides
from cleaner.site.evidence import Recurrence, weigh
from cleaner.site.fingerprint import Fingerprints, fingerprints
from cleaner.site.profile import Profile
from cleaner.text_naming import name_texts, text_say

__all__ = [
    "HEAD_LINES",
    "SHORT_WORDS",
    "TITLE_SIGN",
    "Opinion",
    "Verdicts",
    "decide",
    "judge",
    "logits_of",
    "score",
]

Floats = NDArray[np.float32]

_NUMBERS = list(NUMBERS)
_LIKE_TITLE = NUMBERS.index("like_title")
_ENDS = NUMBERS.index("ends_with_end")


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The judgement on a page with n paragraphs."""

    scores: Floats
    """(n,) P(body), 0..1, calibrated on dev."""
    kinds: tuple[Kind, ...]
    kind_probabilities: Floats
    """(n,) probability of that kind."""
    kept: NDArray[np.bool_]
    """(n,) whether the paragraph belongs to the clean text."""
    reasons: tuple[tuple[str, ...], ...]
    """Up to three a paragraph; () unless asked for."""
    confidence: float
    """Expected F1 of the decision, 0..1."""
    status: Status
    page_type: str = ""
    """The likeliest type of the page of those in the weights' header; '' for a page without paragraphs."""
    threshold: float = 0.5
    """The score from which on a paragraph is body, 0..1."""


def score(layout: Layout, settings: Settings = DEFAULTS, *, profile: Profile | None = None) -> Verdicts:
    """Judge every paragraph of a page.

    The network gives P(body) and a kind, which decide together (:func:`cleaner.sides.take_sides`); then rules that need
    no learning: the page's own headline is ``title``; in a plain text, date and header lines at its head are metadata,
    and short lines alone between paragraphs are headings; an exact repeat of a kept paragraph is kept once, and only
    kinds of ``settings.keep_kinds`` are kept. With the ``profile`` of the page's site, what recurs on its pages counts,
    too. The page's paragraphs are never changed.
    """
    features = extract(layout) if layout.texts else None
    return decide(layout, judge(layout, settings, features=features), settings, profile=profile, features=features)


def judge(layout: Layout, settings: Settings = DEFAULTS, *, features: Features | None = None) -> Opinion:
    """Ask the network; the costly part of :func:`score`, which needs no profile. ``features`` are those of the page."""
    if not layout.texts:
        nothing = np.zeros(0, np.float32)
        none = np.zeros((0, len(KINDS)), np.float32)
        empty = Prediction(nothing, none, nothing, none)
        return Opinion(empty, nothing, nothing, nothing)
    model = _model(settings, layout.content_type)
    features = features or extract(layout)
    like, ends = features.numbers[:, [_LIKE_TITLE, _ENDS]].T.copy()
    return Opinion(predict(model, features), features.word_counts, like, ends)


def _model(settings: Settings, content_type: str) -> Model:
    model = load_model(settings.weights, texts=content_type == "text")
    if model.header["numbers"] != _NUMBERS:
        raise SetupError(
            "weights_features",
            "The weights were trained on other features than this version computes. Train again (make train), or use "
            "the version that wrote them.",
            where=settings.weights or "",
        )
    return model


def decide(
    layout: Layout,
    opinion: Opinion,
    settings: Settings = DEFAULTS,
    *,
    profile: Profile | None = None,
    features: Features | None = None,
    prints: Fingerprints | None = None,
    learned: Mapping[str, Any] | None = None,
) -> Verdicts:
    """Judge every paragraph from what the network said of them, see :func:`score`.

    ``features`` and ``prints``, the hashes of the paragraphs, spare working them out again where they are needed;
    ``learned`` stands for ``weights/site.json``.
    """
    if not layout.texts:
        nothing = np.zeros(0, np.float32)
        return Verdicts(nothing, (), nothing, np.zeros(0, np.bool_), (), 1.0, "empty")
    model = _model(settings, layout.content_type)
    calibration, types = model.header["calibration"][layout.content_type], model.header["page_types"]
    logits, chrome = calibrated(opinion.prediction, calibration, opinion.words, spaced_share(layout))
    recurrence = _ask_profile(
        profile, layout, opinion, logits=logits, prints=prints, least=settings.site_pages, learned=learned
    )
    shifted = logits if recurrence is None else logits + recurrence.shift
    article = float(shares_of(opinion.prediction.page)[types.index("article")])
    scored = _sum_up(layout, shifted, chrome=chrome, article=article)
    opinion = _name(layout, opinion, say=scored.say, transitions=model.transitions)
    cut = model.cuts.get(layout.content_type)
    sides = choose_sides(layout, opinion, scored, calibration=calibration, cut=cut, settings=settings)
    if recurrence is not None and settings.threshold is None:
        sides = _hold_back(sides, scored.scores, recurrence)
    kinds, probabilities = choose_kinds(layout, opinion, scored.scores, sides.is_body, say=scored.say)
    kept = _keep(layout, kinds, opinion.words, keep_kinds=settings.keep_kinds)
    confidence, status = judge_page(
        model.header, layout.content_type, opinion.prediction.page, scores=scored.scores, kept=kept, words=opinion.words
    )
    page_type = str(types[int(opinion.prediction.page.argmax())])
    verdicts = Verdicts(
        scored.scores, tuple(kinds), probabilities, kept, (), confidence, status, page_type, sides.limit
    )
    if not settings.reasons:
        return verdicts
    return replace(verdicts, reasons=_explain(verdicts, layout, features or extract(layout), model, recurrence))


def _ask_profile(
    profile: Profile | None,
    layout: Layout,
    opinion: Opinion,
    *,
    logits: Floats,
    prints: Fingerprints | None,
    least: int,
    learned: Mapping[str, Any] | None,
) -> Recurrence | None:
    """Weigh the profile of the page's site; None where there is none, or too little in it."""
    if profile is None:
        return None
    return weigh(
        profile,
        prints or fingerprints(layout.texts),
        content_type=layout.content_type,
        logits=logits,
        words=opinion.words,
        headline=opinion.like_title >= TITLE_SIGN,
        least=least,
        learned=learned,
    )


def _sum_up(layout: Layout, logits: Floats, *, chrome: float, article: float) -> Scored:
    """Turn logits into scores, and say how far the page is a whole one as plain text."""
    scores = logistic(logits)
    return Scored(scores, chrome, article, text_say(scores, article) if layout.content_type == "text" else 0.0)


def _name(layout: Layout, opinion: Opinion, *, say: float, transitions: Floats | None) -> Opinion:
    """Let the lines of a plain text, and those beside them, have their say in how they are named."""
    prediction = opinion.prediction
    names = name_texts(layout.texts, prediction, say, transitions=transitions)
    return replace(opinion, prediction=replace(prediction, names=names))


def _hold_back(sides: Sides, scores: Floats, recurrence: Recurrence) -> Sides:
    """Take what stands on other pages of the site from the body, unless it scores RECURRING_SCORE."""
    recurs = (recurrence.shift != 0) & (recurrence.pages > 0)
    return replace(sides, is_body=sides.is_body & (~recurs | (scores >= RECURRING_SCORE)))


def _keep(layout: Layout, kinds: Sequence[Kind], words: Floats, *, keep_kinds: frozenset[Kind]) -> NDArray[np.bool_]:
    """Keep what is of the kinds asked for, and an exact repeat once."""
    kept = np.array([kind in keep_kinds for kind in kinds], dtype=np.bool_)
    kept &= ~mark_repeats(layout.texts, kept, words)
    return kept


def _explain(
    verdicts: Verdicts, layout: Layout, features: Features, model: Model, recurrence: Recurrence | None
) -> tuple[tuple[str, ...], ...]:
    """Say for every paragraph what decided it; the network is asked again for it."""
    calibration, spaced = model.header["calibration"][layout.content_type], spaced_share(layout)
    influence = measure_influence(
        features, lambda some: calibrated(predict(model, some), calibration, some.word_counts, spaced)[0]
    )
    return give_reasons(
        layout,
        features,
        kinds=verdicts.kinds,
        scores=verdicts.scores,
        kept=verdicts.kept,
        limit=verdicts.threshold,
        influence=influence,
        recurrence=recurrence,
    )


RECURRING_SCORE = 0.5
"""What stands on other pages of its site, too, needs this score, however low the threshold, also when the profile moved
it up (pages on which the network finds no article have the lowest thresholds, which let menus in first).
daniel, whole-page text of the sites with 10 pages: mean gain +.0252, least .0000; +.0235 when only what is moved down
needs it; with .3, one falls by .006."""


def logits_of(layout: Layout, opinion: Opinion, settings: Settings = DEFAULTS) -> Floats:
    """Return the calibrated logits of P(body), before any profile."""
    if not layout.texts:
        return np.zeros(0, np.float32)
    calibration = _model(settings, layout.content_type).header["calibration"][layout.content_type]
    return calibrated(opinion.prediction, calibration, opinion.words, spaced_share(layout))[0]


def predict(model: Model, features: Features) -> Prediction:
    """Run the network on the features of a page."""
    bags: list[Bag] = [_pair(bag) for bag in (features.words, features.last_words, features.pairs)]
    bags += [_pair(bag) for bag in (features.own, features.near, features.far)]
    return model.predict(
        features.numbers,
        bags,
        group_of=features.group_of,
        group_ranges=features.group_ranges,
        levels=features.levels,
        words=features.word_counts,
    )


def calibrated(
    prediction: Prediction, calibration: Mapping[str, Any], words: Floats, spaced: float = 0.0
) -> tuple[Floats, float]:
    """Return the (n,) calibrated logits of P(body), and the share of the page's words that is likely chrome.

    A first logistic curve over the two signs says how much of the page is chrome; the network is surer than it should
    be where that is much, and where a blank line stands between all lines of a text (``spaced``, see
    :func:`spaced_share`), so a second curve has these shares as columns, too.
    """
    factors = np.array([calibration["slope"], calibration["kind_slope"]], dtype=np.float32)
    signs = body_signs(prediction.body, prediction.kinds)
    logits: Floats = signs @ factors + np.float32(calibration["offset"])
    chrome = chrome_share(logistic(logits), words)
    tilt = np.array(calibration.get("tilt", ()), dtype=np.float32)
    if len(tilt):
        logits = tilted(signs, chrome, spaced)[:, : len(tilt) - 1] @ tilt[:-1] + tilt[-1]
    return logits, chrome


def spaced_share(layout: Layout) -> float:
    """Return the share of a plain text's paragraphs with a blank line before them, 0..1; 0 for HTML."""
    return float((layout.gaps > 0).mean()) if layout.content_type == "text" and len(layout.gaps) else 0.0


def tilted(signs: Floats, chrome: float, spaced: float) -> Floats:
    """Return (n, 7): the two signs, the page's share of chrome, its product with the first sign, and what is spaced.

    Of the latter the share, its product with the first sign, and that with the share of chrome. Weights of HTML, and
    older ones, have factors for the first four columns only.
    """
    columns = np.array([chrome, spaced, spaced * chrome], dtype=np.float32)
    share, gaps, both = np.broadcast_to(columns, (len(signs), 3)).T[:, :, None]
    first = signs[:, :1]
    return np.concatenate((signs, share, share * first, gaps, gaps * first, both), axis=1)


def body_signs(body: Floats, kinds: Floats) -> Floats:
    """Return (n, 2): the body head's logit, and the kind head's log odds of body or heading, both within +-16."""
    top = kinds.max(axis=1)
    odds = np.exp(kinds - top[:, None])
    inside = odds[:, BODY_PLACES].sum(axis=1)
    outside = np.maximum(odds.sum(axis=1) - inside, 1e-7)
    signs = np.stack((body, np.log(np.maximum(inside, 1e-7)) - np.log(outside)), axis=1)
    clipped: Floats = np.clip(signs, -16, 16).astype(np.float32)
    return clipped


def chrome_share(scores: Floats, words: Floats) -> float:
    """Return the share of a page's words that is expected to be chrome, 0..1."""
    return float((words * (1 - scores)).sum() / max(float(words.sum()), 1.0))


def _pair(bag: Bags) -> Bag:
    return bag.ids, bag.offsets
