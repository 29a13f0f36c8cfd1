"""Sides and the kind head's logits -> a kind for every paragraph, with the rules that need no learning."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cleaner.cues.evidence import STRENGTHS
from cleaner.cues.phrases import (
    credits_picture,
    names_author,
    opens_with_author,
    points_elsewhere,
    read_phrases,
    read_words,
)
from cleaner.cues.tables import said_by_first_word
from cleaner.datelines import read_date_line, read_header_line
from cleaner.model import Opinion, Prediction
from cleaner.page import KINDS, Kind, Layout

__all__ = [
    "BODY_PLACES",
    "HEAD_LINES",
    "TITLE_SIGN",
    "choose_kinds",
    "hear_lines",
    "name_texts",
    "shares_of",
    "text_say",
]

Floats = NDArray[np.float32]

HEAD_LINES = 8
"""Only so many paragraphs at the head of a plain text are read as date, header or headline lines."""
TITLE_SIGN = 0.85
"""From this likeness to the page's declared headline on, a paragraph is the headline (same value as in training)."""
_BODY_KINDS = (Kind.HEADING, Kind.BODY)
BODY_PLACES = np.array([KINDS.index(kind) for kind in _BODY_KINDS])
_OTHER_PLACES = np.array([place for place, kind in enumerate(KINDS) if kind not in _BODY_KINDS])


SAID_CHARS = 400
"""Longer paragraphs are running text, whatever phrase is in them."""
SAID_WORTH = 3.0
"""What a strong phrase or a credit adds to the logit of its kind. Of the paragraphs of dev pages as text that a person
named, .747 are named right without, .758 with phrases; 1, 2 and 4 instead do .007 less, the same and .003 more."""
_CREDIT_REACH = 4.5
"""A line that credits a picture may be its caption where that kind is this near to the likeliest (logits)."""
_SENTENCE_ENDS = (".", "!", "?", "\u3002")
_LINE_ENDS = (".", "\u3002", ":", ",", ";")
"""What no headline ends with."""
_NAV, _CAPTION = KINDS.index(Kind.NAV), KINDS.index(Kind.CAPTION)


TEXT_SHARES = (0.15, 0.3)
"""Shares of a text's paragraphs that are likely chrome from which on the head for texts is heard, and heard alone: it
knows whole pages, while in what a program cleaned already the lines that look like chrome are mostly text. Dev, for .3
and .5: lines of whole pages named by hand .771 right for .763 and .921 on the right side for .918, F1 of six programs'
texts the same within .0005. Heard everywhere, those lose up to .003."""


WHOLE_LINES = 6
"""A text with fewer paragraphs is no whole page, however unsure the network is of them."""


def text_say(scores: Floats, article: float) -> float:
    """Return how far a plain text is a whole page with an article, 0..1: ``article`` counts from an even chance on.

    On lists, shops and forums the lines that would be chrome beside an article are often the text.

    >>> menu, prose = np.zeros(9, np.float32), np.ones(9, np.float32)
    >>> text_say(np.append(menu, prose), 1.0), text_say(prose, 1.0), text_say(menu[:2], 1.0)
    (1.0, 0.0, 0.0)
    """
    if len(scores) < WHOLE_LINES:
        return 0.0
    least, most = TEXT_SHARES
    chrome = float(np.clip((1 - float(scores.mean()) - least) / (most - least), 0, 1))
    return chrome * max(2 * article - 1, 0.0)


def name_texts(texts: Sequence[str], prediction: Prediction, say: float, *, pairs: Floats | None = None) -> Floats:
    """Return the logits by which the paragraphs of a plain text are named; ``say`` is that of :func:`text_say`.

    ``pairs`` are those of :func:`hear_neighbours`, where the weights have them.
    """
    names = prediction.names
    if say <= 0:
        return names
    if prediction.text_names is not None:
        names = names + np.float32(say) * (prediction.text_names - names)
    if pairs is not None:
        names = hear_neighbours(names, np.float32(say) * pairs)
    return hear_lines(texts, names, worth=SAID_WORTH * say)


_ROUNDS = 2


def hear_neighbours(names: Floats, pairs: Floats) -> Floats:
    """Return the logits of names in which what stands before and after each paragraph has a say by what it is called.

    ``pairs`` (kinds, kinds) is how much more often the second kind follows the first than by chance: log odds, weighed.
    The mean field of a chain (Wainwright, Jordan 2008, section 5), two rounds. Dev, lines of whole pages as text that a
    person named: .7636 right and .9149 on the right side without, .7703 and .9205 with it; F1 of articles .9194 both.
    In HTML nothing is gained (.8089 and .8051).

    >>> sure, doubtful = [4.0, 0.0], [0.0, 0.1]
    >>> alike = np.eye(2, dtype=np.float32)
    >>> hear_neighbours(np.array([sure, doubtful], np.float32), alike).argmax(axis=1).tolist()
    [0, 0]
    """
    heard = names
    for _ in range(_ROUNDS):
        shares = shares_of(heard)
        heard = names.copy()
        heard[1:] += shares[:-1] @ pairs
        heard[:-1] += shares[1:] @ pairs.T
    return heard


def hear_lines(texts: Sequence[str], names: Floats, *, worth: float = SAID_WORTH) -> Floats:
    """Return the logits of names of a plain text with what its lines say of themselves: known phrases, credits.

    Where nothing but words is known, these are to be believed; of a page with a DOM the network sees enough. A line of
    a menu is ``nav`` whatever it points to, so what is likeliest ``nav`` stays so, unless it ends like a sentence.
    """
    names = names.copy()
    likeliest, table = names.argmax(axis=1), said_by_first_word()
    for place, text in enumerate(texts):
        if len(text) > SAID_CHARS or (likeliest[place] == _NAV and not text.endswith(_SENTENCE_ENDS)):
            continue
        said = read_phrases(text, read_words(text), table)
        if said.weight >= STRENGTHS["strong"]:
            names[place, KINDS.index(said.kinds[0])] += worth
        if names[place, _CAPTION] > names[place].max() - _CREDIT_REACH and credits_picture(text):
            names[place, _CAPTION] += worth
    return names


def choose_kinds(
    layout: Layout, opinion: Opinion, scores: Floats, is_body: NDArray[np.bool_], *, say: float = 0.0
) -> tuple[list[Kind], Floats]:
    """Take the likeliest kinds on the sides that were chosen, and set apart what rules know.

    ``say`` is that of :func:`text_say` for a plain text.
    """
    kinds, probabilities = _likeliest(is_body, opinion.prediction.names)
    prose = np.flatnonzero(is_body & (opinion.words >= PROSE_WORDS))
    first, last = (int(prose[0]), int(prose[-1])) if len(prose) else (len(kinds), len(kinds))
    _mark_headline(layout, opinion.like_title, kinds, probabilities, until=first, last=last)
    if layout.content_type == "text":
        if say >= APART_SAY:
            _set_apart(opinion.prediction.names, is_body, kinds, probabilities, until=first)
        _mark_marked(layout, kinds, probabilities, until=first)
        _mark_head_lines(layout, kinds, probabilities)
        _close_block(kinds, probabilities, scores, opinion.prediction.names)
        _mark_last_line(opinion, kinds, scores)
        _mark_headings(opinion, kinds, probabilities)
    _mark_pointers(layout, opinion, kinds, probabilities)
    _mark_authors(layout, kinds)
    return kinds, probabilities


def shares_of(logits: Floats) -> Floats:
    """Return the probabilities that logits stand for, along the last axis."""
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Floats = odds / odds.sum(axis=-1, keepdims=True)
    return shares


def _likeliest(is_body: NDArray[np.bool_], logits: Floats) -> tuple[list[Kind], Floats]:
    """Take the likeliest kind on the side that the score chose."""
    shares = shares_of(logits)
    inside = BODY_PLACES[shares[:, BODY_PLACES].argmax(axis=1)]
    outside = _OTHER_PLACES[shares[:, _OTHER_PLACES].argmax(axis=1)]
    chosen = np.where(is_body, inside, outside)
    probabilities = shares[np.arange(len(chosen)), chosen].astype(np.float32)
    return [KINDS[place] for place in chosen.tolist()], probabilities


PROSE_WORDS = 15
"""The first kept paragraph of this length begins the article."""


_APART = {Kind.TITLE: 0.3, Kind.CAPTION: 0.25, Kind.BYLINE: 0.4, Kind.DATELINE: 0.4}
"""From these probabilities on a kept line of a text is no part of the running text. Dev, with phrases, credits and the
head for texts: .761 -> .769 named right, F1 of articles .9108 -> .9110; with .15 for captions .767 and .9103."""

APART_SAY = 0.5
"""Only on whole pages with an article (:func:`text_say`); in texts that a program cleaned, such a line is text."""


def _set_apart(
    logits: Floats, is_body: NDArray[np.bool_], kinds: list[Kind], probabilities: Floats, *, until: int
) -> None:
    """Name headlines, captions, bylines and dates that the side of the body would hide; headlines only before prose."""
    shares = shares_of(logits)
    for kind, least in _APART.items():
        likely = shares[:, KINDS.index(kind)]
        places = np.flatnonzero(is_body & (likely >= least))
        for place in places[places < until].tolist() if kind is Kind.TITLE else places.tolist():
            kinds[place], probabilities[place] = kind, likely[place]


def _mark_headline(
    layout: Layout, like: Floats, kinds: list[Kind], probabilities: Floats, *, until: int, last: int
) -> None:
    """Set the headline apart: what is like the declared title, else the only ``<h1>`` if it stands above the prose.

    ``like`` is the likeness of each to that title, ``until`` where the prose begins and ``last`` its last paragraph; in
    a plain text, a copy of the first line below ``until`` is a refrain. What is like the title in a list or after the
    prose is a link to the page itself.
    """
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


def _mark_marked(layout: Layout, kinds: list[Kind], probabilities: Floats, *, until: int) -> None:
    """Believe what Markdown says: a kept line marked as heading is one, and the only one of first rank is the headline.

    The latter above the prose alone, as ``<h1>`` in HTML.
    """
    marked = [place for place, tag in enumerate(layout.tags) if tag == "h"]
    tops = [place for place in marked if layout.texts[place].startswith("# ")]
    for place in marked:
        if kinds[place] is Kind.BODY:
            kinds[place], probabilities[place] = Kind.HEADING, 1.0
    if len(tops) == 1 and tops[0] < until:
        kinds[tops[0]], probabilities[tops[0]] = Kind.TITLE, 1.0


_NO_POINTERS = frozenset({*_BODY_KINDS, Kind.BYLINE, Kind.CAPTION, Kind.DATELINE})
POINTER_WORDS = 30
"""Of such lines up to this length, 28 % are in the gold on 500 articles of wcxb's train and dev pages, mostly on a few
pages with many, where the network keeps 83 %; in seven other corpora 2 %."""


def _mark_pointers(layout: Layout, opinion: Opinion, kinds: list[Kind], probabilities: Floats) -> None:
    """Call a line ``related`` that announces another article and names it, unless it is other chrome."""
    for place, kind in enumerate(kinds):
        if kind in _NO_POINTERS and opinion.words[place] <= POINTER_WORDS and points_elsewhere(layout.texts[place]):
            kinds[place], probabilities[place] = Kind.RELATED, 1.0


def _mark_authors(layout: Layout, kinds: list[Kind]) -> None:
    """Call a line with date and author a byline.

    On train and dev pages 20 of 238 lines that were called datelines are, and 13 of these name the author after a word
    of the table; no other does.
    """
    for place, kind in enumerate(kinds):
        if kind is Kind.DATELINE and names_author(layout.texts[place]):
            kinds[place] = Kind.BYLINE


def _mark_head_lines(layout: Layout, kinds: list[Kind], probabilities: Floats) -> None:
    """Set date lines (``date 2024-11-28``) and mail-like headers (``Subject: ...``) apart at the head of a text."""
    told = np.zeros(len(kinds), dtype=np.bool_)  # those that a line itself names
    for place, text in enumerate(layout.texts[:HEAD_LINES]):
        header = read_header_line(text)
        if header is not None:
            kinds[place] = _HEADER_KINDS.get(header[0], Kind.OTHER)
        elif read_date_line(text) is not None:
            kinds[place] = Kind.DATELINE
        elif place and (opens_with_author(text) or _is_dated_byline(text)):
            kinds[place] = Kind.BYLINE
        else:
            if len(text) > 200:
                break
            continue
        told[place], probabilities[place] = True, 1.0
    _mark_first_line(layout, kinds, probabilities, told=told)


_JOINTS = re.compile(r"\s[|·•–—-]\s|,\s(?=\d)|\s(?i:by|on)\s")


def _is_dated_byline(text: str) -> bool:
    """Return whether a line is author and date: ``By Ann Lee | 4 May 2024``, ``Published 4 May 2024 by Ann Lee``."""
    return names_author(text) and any(read_date_line(part) is not None for part in _JOINTS.split(text))


FIRST_CHARS = 120
"""Longer first lines are no headlines."""


def _mark_first_line(layout: Layout, kinds: list[Kind], probabilities: Floats, *, told: NDArray[np.bool_]) -> None:
    """Call a first line the headline that has no end mark and a line with the date or the author right below it.

    ``told`` (n,) are the paragraphs that say themselves what they are; what the network takes for a date is not enough.
    """
    is_dated = len(kinds) > 1 and told[1] and kinds[1] in (Kind.BYLINE, Kind.DATELINE)
    first = layout.texts[0]
    if is_dated and kinds[0] in _BODY_KINDS and len(first) <= FIRST_CHARS and not first.endswith(_LINE_ENDS):
        kinds[0], probabilities[0] = Kind.TITLE, 1.0


BLOCK_SCORE, BLOCK_SURE, BLOCK_REACH, BLOCK_MOST, BLOCK_DOUBT = 0.65, 0.9, 4, 12, 0.6
BLOCK_NAMED, BLOCK_SHARE = 0.8, 0.08
"""Up to this score a paragraph is in doubt, too, that may be house rules by its name, with this probability."""
LAST_LINE_SCORE = 0.7
"""Dev, all text renderings: the two rules below change the mean F1 by -0.0007 and -0.0001, a doubt below .65 or .85
not at all; they are there for the shape they were asked for, a block of house rules or a caption glued to the end of a
clean article."""
_BLOCK_KINDS = frozenset({Kind.POLICY, Kind.SUBSCRIBE, Kind.COMMENTS})
_BLOCK_PLACES = [place for place, kind in enumerate(KINDS) if kind in _BLOCK_KINDS]


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
    shares = shares_of(logits)
    named = shares[:, _BLOCK_PLACES].sum(axis=1)
    in_doubt = (scores < BLOCK_SCORE) | ((scores < BLOCK_NAMED) & (named >= BLOCK_SHARE))
    start = _block_start(scores, in_doubt, begin)
    article = scores[:start][scores[:start] >= BLOCK_SCORE]
    if begin - start > BLOCK_MOST or len(article) < max(start / 2, 1) or float(np.median(article)) < BLOCK_SURE:
        return  # where much is doubtful, doubt is no sign
    for place in range(start, begin):
        if kinds[place] in _BODY_KINDS:
            other = int(_OTHER_PLACES[logits[place, _OTHER_PLACES].argmax()])
            kinds[place], probabilities[place] = KINDS[other], shares[place, other]
    for place in range(max(start, 1), end - 1):  # a signature within the letter
        above, below = kinds[place - 1], kinds[place + 1]
        if above in _BLOCK_KINDS and below in _BLOCK_KINDS and probabilities[place] < BLOCK_DOUBT:
            kinds[place] = above


def _block_start(scores: Floats, in_doubt: NDArray[np.bool_], begin: int) -> int:
    """Return where the block begins of which the paragraphs from ``begin`` on are sure: at the doubtful ones above it.

    A doubtful paragraph up to BLOCK_REACH further up takes those between along, unless one is surely body.
    """
    while begin > 0:
        doubtful = [p for p in range(max(0, begin - BLOCK_REACH), begin) if in_doubt[p]]
        if not doubtful or (scores[doubtful[-1] : begin] >= BLOCK_SURE).any():
            break
        begin = doubtful[-1]
    return begin


def _mark_last_line(opinion: Opinion, kinds: list[Kind], scores: Floats) -> None:
    """Take a last line without an end mark, after prose that has one, for a caption: it can head nothing."""
    body = [place for place, kind in enumerate(kinds) if kind in _BODY_KINDS]
    if len(body) <= 4:
        return
    last, before = body[-1], body[-2]
    ends, words = opinion.ends, opinion.words
    is_line = not ends[last] and 5 <= words[last] <= 30 and scores[last] < LAST_LINE_SCORE
    if is_line and ends[before] and words[before] >= 10:
        kinds[last] = Kind.CAPTION


HEADING_SHARE = 0.8
"""Of the lines that this rule finds in whole pages as text, .82 are headings where their HTML or gold tells."""
HEADING_WORDS, AROUND_WORDS = 8, 12
"""A line of so many words at most is a heading where paragraphs of so many words at least end before it and begin after
it."""


def _mark_headings(opinion: Opinion, kinds: list[Kind], probabilities: Floats) -> None:
    """Call a short line of the body without an end mark, alone between two paragraphs with one, a heading."""
    ends, words = opinion.ends > 0, opinion.words
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
