"""Layout -> Verdicts: a score, a kind and a decision for every paragraph, and one for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.cut import choose_cut, cut_signs
from cleaner.errors import SetupError
from cleaner.features import NUMBERS, Bags, Features, extract
from cleaner.influence import measure_influence
from cleaner.kind_choice import BODY_PLACES, HEAD_LINES, TITLE_SIGN, choose_kinds, name_texts, shares_of, text_say
from cleaner.model import Bag, Model, Opinion, Prediction, load_model, logistic
from cleaner.page import KINDS, Kind, Layout, Status
from cleaner.page_status import judge_page
from cleaner.reasons import give_reasons
from cleaner.repeats import mark_repeats
from cleaner.settings import DEFAULTS, Settings
from cleaner.site.evidence import weigh
from cleaner.site.fingerprint import Fingerprints, fingerprints
from cleaner.site.profile import Profile

__all__ = ["HEAD_LINES", "TITLE_SIGN", "Opinion", "Verdicts", "decide", "judge", "logits_of", "score"]

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

    The network gives P(body) and a kind, which decide together (:func:`take_sides`); then rules that need no learning:
    the page's own headline is ``title``; in a plain text, date and header lines at its head are metadata, and short
    lines alone between paragraphs are headings; an exact repeat of a kept paragraph is kept once, and only kinds of
    ``settings.keep_kinds`` are kept. With the ``profile`` of the page's site, what recurs on its pages counts, too. The
    page's paragraphs are never changed.
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
    n = len(layout.texts)
    if n == 0:
        return Verdicts(np.zeros(0, np.float32), (), np.zeros(0, np.float32), np.zeros(0, np.bool_), (), 1.0, "empty")
    model, prediction = _model(settings, layout.content_type), opinion.prediction
    calibration = model.header["calibration"][layout.content_type]
    spaced = spaced_share(layout)
    logits, chrome = calibrated(prediction, calibration, opinion.words, spaced)
    recurrence = None
    if profile is not None:
        recurrence = weigh(
            profile,
            prints or fingerprints(layout.texts),
            content_type=layout.content_type,
            logits=logits,
            words=opinion.words,
            headline=opinion.like_title >= TITLE_SIGN,
            least=settings.site_pages,
            learned=learned,
        )
    if recurrence is not None:
        logits = logits + recurrence.shift
    scores = logistic(logits)
    article = float(shares_of(prediction.page)[model.header["page_types"].index("article")])
    say = text_say(scores, article) if layout.content_type == "text" else 0.0
    opinion = replace(opinion, prediction=replace(prediction, names=name_texts(layout.texts, prediction, say)))
    limit, is_body = _decide(
        calibration, opinion, scores, chrome, layout=layout, settings=settings, article=article, say=say
    )
    if recurrence is not None and settings.threshold is None:
        recurs = (recurrence.shift != 0) & (recurrence.pages > 0)
        is_body &= ~recurs | (scores >= RECURRING_SCORE)
    kinds, probabilities = choose_kinds(layout, opinion, scores, is_body, say=say)
    kept = np.array([kind in settings.keep_kinds for kind in kinds], dtype=np.bool_)
    kept &= ~mark_repeats(layout.texts, kept, opinion.words)
    reasons: tuple[tuple[str, ...], ...] = ()
    if settings.reasons:
        features = features or extract(layout)
        influence = measure_influence(
            features, lambda some: calibrated(predict(model, some), calibration, some.word_counts, spaced)[0]
        )
        reasons = give_reasons(
            layout,
            features,
            kinds=tuple(kinds),
            scores=scores,
            kept=kept,
            limit=limit,
            influence=influence,
            recurrence=recurrence,
        )
    confidence, status = judge_page(
        model.header, layout.content_type, prediction.page, scores=scores, kept=kept, words=opinion.words
    )
    page_type = str(model.header["page_types"][int(prediction.page.argmax())])
    return Verdicts(scores, tuple(kinds), probabilities, kept, reasons, confidence, status, page_type, limit)


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


def threshold(bands: Sequence[float], limits: Mapping[str, Sequence[float]], article: float, chrome: float) -> float:
    """Return the score from which on a paragraph of this page is body.

    ``limits`` are the thresholds chosen on dev for articles and for other pages at each chrome share of ``bands``;
    they are interpolated, and mixed by P(the page is an article).
    """
    mine, other = (float(np.interp(chrome, bands, limits[side])) for side in ("article", "other"))
    return mine * article + other * (1 - article)


def _decide(
    calibration: Mapping[str, Any],
    opinion: Opinion,
    scores: Floats,
    chrome: float,
    *,
    layout: Layout,
    settings: Settings,
    article: float,
    say: float,
) -> tuple[float, NDArray[np.bool_]]:
    """Return the page's threshold and which paragraphs are body; by a threshold asked for, the score alone decides.

    ``article`` is P(the page is an article), ``say`` that of :func:`cleaner.kind_choice.text_say`.
    """
    if settings.threshold is not None:
        return settings.threshold, scores >= settings.threshold
    words = opinion.words
    signs = cut_signs(scores, words, article=article) if "cut" in calibration else None

    def limit_of(favor: str) -> float:
        if signs is not None:
            return choose_cut(calibration["cut"], signs, favor=favor)
        return threshold(calibration["chrome_bands"], calibration["thresholds"][favor], article, chrome)

    usual = limit_of("balance")
    limit = usual if settings.favor == "balance" else limit_of(settings.favor)
    leniency = article * (min(_log_odds(usual), 0) - MARGIN + say * TEXT_EASE)
    is_short = (words <= SHORT_WORDS) & np.array([tag not in _CELLS for tag in layout.tags], dtype=np.bool_)
    names_say = 1.0 if layout.content_type == "html" else NAMES_SAY * max(0.0, 1 - 10 * (1 - article))
    is_body = take_sides(
        scores, opinion.prediction.names, is_short, limit=limit, leniency=leniency, names_say=names_say
    )
    return limit, is_body if is_body.any() else scores >= limit  # nothing helps a reader less than nothing


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
"""In plain texts names have half a say, and none where the page is no article for sure (P(article) .9 or less): the
network for texts knows short lines well by itself. Dev, whole pages, for all of it: F1 of articles .9149 for .9145, of
others .7518 for .7291, lines named right .763 for .760; without any: .9153, .7533, .757."""
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


def _pair(bag: Bags) -> Bag:
    return bag.ids, bag.offsets
