"""Layout -> Verdicts: a score, a kind and a decision for every paragraph, and one for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.cut import choose_cut, cut_signs
from cleaner.datelines import read_date_line, read_header_line
from cleaner.errors import SetupError
from cleaner.features import NUMBERS, Bags, Features, extract
from cleaner.influence import measure_influence
from cleaner.model import Bag, Model, Prediction, load_model
from cleaner.page import KINDS, Kind, Layout, Status
from cleaner.reasons import give_reasons
from cleaner.settings import DEFAULTS, Settings

__all__ = ["Verdicts", "score"]

Floats = NDArray[np.float32]

HEAD_LINES = 8
"""Only so many paragraphs at the head of a plain text are read as date, header or headline lines."""
TITLE_SIGN = 0.85
"""From this likeness to the page's declared headline on, a paragraph is the headline (same value as in training)."""
_NUMBERS = list(NUMBERS)
_LIKE_TITLE = NUMBERS.index("like_title")
_ENDS = NUMBERS.index("ends_with_end")
_BODY_KINDS = (Kind.HEADING, Kind.BODY)
_BODY_PLACES = np.array([KINDS.index(kind) for kind in _BODY_KINDS])
_OTHER_PLACES = np.array([place for place, kind in enumerate(KINDS) if kind not in _BODY_KINDS])


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


def score(layout: Layout, settings: Settings = DEFAULTS) -> Verdicts:
    """Judge every paragraph of a page.

    The network gives P(body) and a kind, which decide together (:func:`take_sides`); then rules that need no learning:
    the page's own headline is ``title``; in a plain text, date and header lines at its head are metadata, and short
    lines alone between paragraphs are headings; an exact repeat of a kept paragraph is kept once, and only kinds of
    ``settings.keep_kinds`` are kept. The page's
    paragraphs are never changed.
    """
    n = len(layout.texts)
    if n == 0:
        return Verdicts(np.zeros(0, np.float32), (), np.zeros(0, np.float32), np.zeros(0, np.bool_), (), 1.0, "empty")
    model = load_model(settings.weights)
    if model.header["numbers"] != _NUMBERS:
        raise SetupError(
            "weights_features",
            "The weights were trained on other features than this version computes. Train again (make train), or use "
            "the version that wrote them.",
            where=settings.weights or "",
        )
    features = extract(layout)
    prediction = predict(model, features)
    calibration = model.header["calibration"][layout.content_type]
    logits, chrome = calibrated(prediction, calibration, features.word_counts)
    scores = _sigmoid(logits)
    limit, is_body = _decide(
        model, prediction, scores, chrome, layout=layout, words=features.word_counts, settings=settings
    )
    kinds, probabilities = _choose_kinds(is_body, prediction.names)
    prose = np.flatnonzero(is_body & (features.word_counts >= PROSE_WORDS))
    first, last = (int(prose[0]), int(prose[-1])) if len(prose) else (n, n)
    _mark_headline(layout, features, kinds, probabilities, until=first, last=last)
    if layout.content_type == "text":
        _mark_head_lines(layout, kinds, probabilities)
        _close_block(kinds, probabilities, scores, prediction.names)
        _mark_last_line(features, kinds, scores)
        _mark_headings(features, kinds, probabilities)
    kept = np.array([kind in settings.keep_kinds for kind in kinds], dtype=np.bool_)
    kept &= ~_repeated(layout.texts, kept, features.word_counts)
    reasons: tuple[tuple[str, ...], ...] = ()
    if settings.reasons:
        influence = measure_influence(
            features, lambda some: calibrated(predict(model, some), calibration, some.word_counts)[0]
        )
        reasons = give_reasons(
            layout, features, kinds=tuple(kinds), scores=scores, kept=kept, limit=limit, influence=influence
        )
    confidence, status = _judge_page(model, layout, prediction, scores, kept, features.word_counts)
    page_type = str(model.header["page_types"][int(prediction.page.argmax())])
    return Verdicts(scores, tuple(kinds), probabilities, kept, reasons, confidence, status, page_type, limit)


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


def calibrated(prediction: Prediction, calibration: Mapping[str, Any], words: Floats) -> tuple[Floats, float]:
    """Return the (n,) calibrated logits of P(body), and the share of the page's words that is likely chrome.

    A first logistic curve over the two signs says how much of the page is chrome; the network is surer than it should
    be where that is much, so a second curve has that share and its product with the first sign as columns, too.
    """
    factors = np.array([calibration["slope"], calibration["kind_slope"]], dtype=np.float32)
    signs = body_signs(prediction.body, prediction.kinds)
    logits: Floats = signs @ factors + np.float32(calibration["offset"])
    chrome = chrome_share(_sigmoid(logits), words)
    tilt = np.array(calibration.get("tilt", ()), dtype=np.float32)
    if len(tilt):
        logits = tilted(signs, chrome) @ tilt[:-1] + tilt[-1]
    return logits, chrome


def tilted(signs: Floats, chrome: float) -> Floats:
    """Return (n, 4): the two signs, the page's share of chrome, and its product with the first sign."""
    share = np.full((len(signs), 1), chrome, dtype=np.float32)
    return np.concatenate((signs, share, share * signs[:, :1]), axis=1)


def body_signs(body: Floats, kinds: Floats) -> Floats:
    """Return (n, 2): the body head's logit, and the kind head's log odds of body or heading, both within +-16."""
    top = kinds.max(axis=1)
    odds = np.exp(kinds - top[:, None])
    inside = odds[:, _BODY_PLACES].sum(axis=1)
    outside = np.maximum(odds.sum(axis=1) - inside, 1e-7)
    signs = np.stack((body, np.log(np.maximum(inside, 1e-7)) - np.log(outside)), axis=1)
    clipped: Floats = np.clip(signs, -16, 16).astype(np.float32)
    return clipped


def article_probability(model: Model, prediction: Prediction) -> float:
    """Return P(the page is an article), 0..1, from the network's page types."""
    return float(_shares(prediction.page)[model.header["page_types"].index("article")])


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
    model: Model,
    prediction: Prediction,
    scores: Floats,
    chrome: float,
    *,
    layout: Layout,
    words: Floats,
    settings: Settings,
) -> tuple[float, NDArray[np.bool_]]:
    """Return the page's threshold and which paragraphs are body; by a threshold asked for, the score alone decides."""
    if settings.threshold is not None:
        return settings.threshold, scores >= settings.threshold
    calibration = model.header["calibration"][layout.content_type]
    article = article_probability(model, prediction)
    if "cut" in calibration:
        signs = cut_signs(scores, words, article=article)
        limit, usual = (choose_cut(calibration["cut"], signs, favor=favor) for favor in (settings.favor, "balance"))
    else:
        bands, limits = calibration["chrome_bands"], calibration["thresholds"]
        limit, usual = (threshold(bands, limits[favor], article, chrome) for favor in (settings.favor, "balance"))
    leniency = article * (min(_log_odds(usual), 0) - MARGIN)
    is_body = take_sides(scores, prediction.names, words, limit=limit, leniency=leniency)
    return limit, is_body if is_body.any() else scores >= limit  # nothing helps a reader less than nothing


SHORT_WORDS = 25
"""Paragraphs up to this length are short: what they are called has a say in whether they are body."""
CLEAN_SHARE, CHROME_SHARE = 0.2, 0.5
"""Where less than the first of a page's paragraphs is likely chrome, names have no say; from the second on all."""
MARGIN = 0.5
"""On an article, score and name of a short line must speak for body by so much (log odds) beyond even odds, whatever
the threshold. Dev: F1 of articles unchanged as HTML (.934) and .912 to .914 as whole pages of text, paragraphs there on
the right side 94.9 to 95.3 %; of hand-labelled ones near the article 79 to 89 %."""


def take_sides(
    scores: Floats, names: Floats, words: Floats, *, limit: float, leniency: float = 0.0
) -> NDArray[np.bool_]:
    """Return for n paragraphs whether they are body: those that score ``limit``, of short ones those called so, too.

    Thresholds are chosen for the F1 of words, where a menu's few words weigh nothing, so they let many short lines in.
    A short line must reach the threshold's log odds with those of its score, those of being called body or heading,
    and ``leniency`` (0 or less) together. The last two count the less the cleaner the page.
    """
    trust = float(np.clip((1 - scores.mean() - CLEAN_SHARE) / (CHROME_SHARE - CLEAN_SHARE), 0, 1))
    called = _log_odds(_shares(names)[:, _BODY_PLACES].sum(axis=1))
    together = _log_odds(scores) + trust * (called + leniency) >= _log_odds(limit)
    sides: NDArray[np.bool_] = np.where(words <= SHORT_WORDS, together, scores >= limit)
    return sides


def _log_odds(p: Any) -> Any:
    """Return the log odds of one probability or an array of them, within +-11.5."""
    inside = np.clip(p, 1e-5, 1 - 1e-5)
    return np.log(inside / (1 - inside))


def _pair(bag: Bags) -> Bag:
    return bag.ids, bag.offsets


def _sigmoid(logits: NDArray[np.floating[Any]]) -> Floats:
    result: Floats = (1 / (1 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)
    return result


def _shares(logits: Floats) -> Floats:
    """Return the probabilities that logits stand for, along the last axis."""
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Floats = odds / odds.sum(axis=-1, keepdims=True)
    return shares


def _choose_kinds(is_body: NDArray[np.bool_], logits: Floats) -> tuple[list[Kind], Floats]:
    """Take the likeliest kind on the side that the score chose."""
    shares = _shares(logits)
    inside = _BODY_PLACES[shares[:, _BODY_PLACES].argmax(axis=1)]
    outside = _OTHER_PLACES[shares[:, _OTHER_PLACES].argmax(axis=1)]
    chosen = np.where(is_body, inside, outside)
    probabilities = shares[np.arange(len(chosen)), chosen].astype(np.float32)
    return [KINDS[place] for place in chosen.tolist()], probabilities


PROSE_WORDS = 15
"""The first kept paragraph of this length begins the article."""


def _mark_headline(
    layout: Layout, features: Features, kinds: list[Kind], probabilities: Floats, *, until: int, last: int
) -> None:
    """Set the headline apart: what is like the declared title, else the only ``<h1>`` if it stands above the prose.

    ``until`` is where the prose begins and ``last`` its last paragraph; in a plain text, a copy of the first line below
    ``until`` is a refrain. What is like the title in a list or after the prose is a link to the page itself.
    """
    like = features.numbers[:, _LIKE_TITLE]
    places = set(np.flatnonzero(like >= TITLE_SIGN).tolist())
    if layout.content_type == "text":
        places = {place for place in places if place < until}
    else:
        places = {place for place in places if layout.tags[place] != "li" and place <= last}
        tops = [place for place, tag in enumerate(layout.tags) if tag == "h1"]
        only = len(tops) == 1 and tops[0] < until
        is_found = bool(places)  # then another <h1> is the site's name
        places.update(place for place in tops if like[place] > (0.5 if is_found else 0) or (only and not is_found))
    for place in places:
        kinds[place] = Kind.TITLE
        probabilities[place] = 1.0


def _mark_head_lines(layout: Layout, kinds: list[Kind], probabilities: Floats) -> None:
    """Set date lines (``date 2024-11-28``) and mail-like headers (``Subject: ...``) apart at the head of a text."""
    for place, text in enumerate(layout.texts[:HEAD_LINES]):
        header = read_header_line(text)
        if header is not None:
            kinds[place] = _HEADER_KINDS.get(header[0], Kind.OTHER)
        elif read_date_line(text) is not None:
            kinds[place] = Kind.DATELINE
        else:
            if len(text) > 200:
                return
            continue
        probabilities[place] = 1.0


BLOCK_SCORE, BLOCK_SURE, BLOCK_REACH, BLOCK_MOST = 0.65, 0.9, 4, 12
LAST_LINE_SCORE = 0.7
"""Dev, all text renderings: the two rules below change the mean F1 by -0.0007 and -0.0001; they are there for the shape
they were asked for, a block of house rules or a caption glued to the end of a clean article."""
_BLOCK_KINDS = frozenset({Kind.POLICY, Kind.SUBSCRIBE, Kind.COMMENTS})


def _close_block(kinds: list[Kind], probabilities: Floats, scores: Floats, logits: Floats) -> None:
    """Let a block of house rules at the end of a plain text begin where it begins.

    A paper's letter about its comments reads like the article above it; what follows it does not. When at least three
    paragraphs at the end are chrome, and the first of them comment policy, the doubtful ones just before belong to it.
    """
    end = len(kinds)
    begin = end
    while begin > 0 and kinds[begin - 1] not in _BODY_KINDS:
        begin -= 1
    first = kinds[begin : begin + 4]
    if not 3 <= end - begin <= BLOCK_MOST or sum(kind in _BLOCK_KINDS for kind in first) < 2:
        return
    start = _block_start(scores, begin)
    article = scores[:start][scores[:start] >= BLOCK_SCORE]
    if begin - start > BLOCK_MOST or len(article) < max(start / 2, 1) or float(np.median(article)) < BLOCK_SURE:
        return  # where much is doubtful, doubt is no sign
    for place in range(start, begin):
        if kinds[place] in _BODY_KINDS:
            other = int(_OTHER_PLACES[logits[place, _OTHER_PLACES].argmax()])
            kinds[place], probabilities[place] = KINDS[other], _shares(logits[place])[other]


def _block_start(scores: Floats, begin: int) -> int:
    """Return where the block begins of which the paragraphs from ``begin`` on are sure: at the doubtful ones above it.

    A doubtful paragraph up to BLOCK_REACH further up takes those between along, unless one is surely body.
    """
    while begin > 0:
        doubtful = [p for p in range(max(0, begin - BLOCK_REACH), begin) if scores[p] < BLOCK_SCORE]
        if not doubtful or (scores[doubtful[-1] : begin] >= BLOCK_SURE).any():
            break
        begin = doubtful[-1]
    return begin


def _mark_last_line(features: Features, kinds: list[Kind], scores: Floats) -> None:
    """Take a last line without an end mark, after prose that has one, for a caption: it can head nothing."""
    body = [place for place, kind in enumerate(kinds) if kind in _BODY_KINDS]
    if len(body) <= 4:
        return
    last, before = body[-1], body[-2]
    ends, words = features.numbers[:, _ENDS], features.word_counts
    is_line = not ends[last] and 5 <= words[last] <= 30 and scores[last] < LAST_LINE_SCORE
    if is_line and ends[before] and words[before] >= 10:
        kinds[last] = Kind.CAPTION


HEADING_SHARE = 0.8
"""Of the lines that this rule finds in whole pages as text, .82 are headings where their HTML or gold tells."""
HEADING_WORDS, AROUND_WORDS = 8, 12
"""A line of so many words at most is a heading where paragraphs of so many words at least end before it and begin after
it."""


def _mark_headings(features: Features, kinds: list[Kind], probabilities: Floats) -> None:
    """Call a short line of the body without an end mark, alone between two paragraphs with one, a heading."""
    ends, words = features.numbers[:, _ENDS] > 0, features.word_counts
    prose = ends & (words >= AROUND_WORDS)
    alone = ~ends[1:-1] & (words[1:-1] <= HEADING_WORDS) & prose[:-2] & prose[2:]
    for place in (np.flatnonzero(alone) + 1).tolist():
        if all(kind is Kind.BODY for kind in kinds[place - 1 : place + 2]):
            kinds[place], probabilities[place] = Kind.HEADING, HEADING_SHARE


_HEADER_KINDS = {
    "title": Kind.TITLE,
    "authors": Kind.BYLINE,
    "date_published": Kind.DATELINE,
    "date_modified": Kind.DATELINE,
}


REPEAT_WORDS = 6
"""Shorter texts may come again (table cells, refrains, "Yes." in an interview); longer ones are doubles of markup."""


def _repeated(texts: tuple[str, ...], kept: NDArray[np.bool_], words: Floats) -> NDArray[np.bool_]:
    """Mark kept paragraphs of some length whose exact text was kept before."""
    seen: set[str] = set()
    again = np.zeros(len(texts), dtype=np.bool_)
    for place in np.flatnonzero(kept & (words >= REPEAT_WORDS)).tolist():
        again[place] = texts[place] in seen
        seen.add(texts[place])
    return again


LOW_CONFIDENCE = 0.75
"""Below this expected F1 a page is ``low_confidence``."""
NO_ARTICLE_TYPES = ("collection", "listing", "product")
FEW_WORDS = 40.0
"""An HTML page with less kept text that does not look like an article either has none (error pages, stubs)."""


def expected_f1(scores: Floats, kept: NDArray[np.bool_], words: Floats) -> float:
    """Return the F1 that this choice of paragraphs can be expected to reach if the scores are right, 0..1.

    Expected true positives are the kept words times their scores; nothing kept counts as right as far as nothing
    was likely. (Expectation of the ratio taken as the ratio of expectations; Ye et al. 2012.)

    >>> round(expected_f1(np.array([0.9, 0.1], np.float32), np.array([True, False]), np.ones(2, np.float32)), 2)
    0.9
    """
    mass = words + 0.1
    likely = float((mass * scores).sum())
    if not kept.any():
        return 1 - likely / float(mass.sum())
    hit = float((mass * scores * kept).sum())
    return 2 * hit / (float((mass * kept).sum()) + likely)


def no_article_probability(types: Sequence[str], page: Floats) -> float:
    """Return P(the page is a collection, listing or product page), 0..1, from the network's page types."""
    shares = _shares(page)
    return float(sum(shares[list(types).index(name)] for name in NO_ARTICLE_TYPES))


def _judge_page(
    model: Model, layout: Layout, prediction: Prediction, scores: Floats, kept: NDArray[np.bool_], words: Floats
) -> tuple[float, Status]:
    confidence = expected_f1(scores, kept, words)
    if not kept.any():
        return confidence, "empty"
    limit = model.header["calibration"][layout.content_type]["not_article"]
    if no_article_probability(model.header["page_types"], prediction.page) >= limit:
        return confidence, "not_article"
    stub = layout.content_type == "html" and float(words[kept].sum()) < FEW_WORDS
    if stub and article_probability(model, prediction) < 0.5:
        return confidence, "not_article"
    return confidence, "ok" if confidence >= LOW_CONFIDENCE else "low_confidence"
