"""Sides and the kind head's logits -> a kind for every paragraph, with the rules that need no learning."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from cleaner.cues.phrases import names_author, opens_with_author, points_elsewhere
from cleaner.datelines import read_date_line, read_header_line
from cleaner.model import Opinion
from cleaner.page import KINDS, Kind, Layout

__all__ = [
    "BODY_PLACES",
    "HEAD_LINES",
    "TITLE_SIGN",
    "choose_kinds",
    "shares_of",
]

Floats = NDArray[np.float32]

HEAD_LINES = 8
"""Only so many paragraphs at the head of a plain text are read as date, header or headline lines."""
TITLE_SIGN = 0.85
"""From this likeness to the page's declared headline on, a paragraph is the headline (same value as in training)."""
_BODY_KINDS = (Kind.HEADING, Kind.BODY)
BODY_PLACES = np.array([KINDS.index(kind) for kind in _BODY_KINDS])
_OTHER_PLACES = np.array([place for place, kind in enumerate(KINDS) if kind not in _BODY_KINDS])
_LINE_ENDS = (".", "\u3002", ":", ",", ";")
"""What no headline ends with."""


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
        _mark_line_above_author(layout, kinds, probabilities, until=first)
        _mark_signature(layout, opinion, kinds, probabilities)
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


_FIGURE = re.compile(r"[\d一二三四五六七八九十]")
_JOINTS = re.compile(r"\s[|·•–—-]\s|,\s(?=\d)|\s(?i:by|on)\s")


def _is_dated_byline(text: str) -> bool:
    """Return whether a line is author and date: ``By Ann Lee | 4 May 2024``, ``Published 4 May 2024 by Ann Lee``."""
    if not _FIGURE.search(text):  # no date without one, and most lines of a menu have none
        return False
    return names_author(text) and any(read_date_line(part) is not None for part in _JOINTS.split(text))


FIRST_CHARS = 120
"""Longer lines are no headlines."""


def _may_head(text: str) -> bool:
    return len(text) <= FIRST_CHARS and not text.endswith(_LINE_ENDS)


def _mark_first_line(layout: Layout, kinds: list[Kind], probabilities: Floats, *, told: NDArray[np.bool_]) -> None:
    """Call a first line the headline that has no end mark and a line with the date or the author right below it.

    ``told`` (n,) are the paragraphs that say themselves what they are; what the network takes for a date is not enough.
    """
    is_dated = len(kinds) > 1 and told[1] and kinds[1] in (Kind.BYLINE, Kind.DATELINE)
    if is_dated and kinds[0] in _BODY_KINDS and _may_head(layout.texts[0]):
        kinds[0], probabilities[0] = Kind.TITLE, 1.0


_HEADLINE_WORDS = 4
_NO_HEADLINES = frozenset({Kind.TITLE, Kind.BYLINE, Kind.DATELINE, Kind.TAGS})


def _mark_line_above_author(layout: Layout, kinds: list[Kind], probabilities: Floats, *, until: int) -> None:
    """Call the line above the first "By Ann Lee" before the prose the headline, if it reads like one.

    Dev, texts of 273 pages in seven renderings: five lines, all of them headlines or parts of one.
    """
    lines = layout.texts[:until]
    for place in range(1, len(lines)):
        if opens_with_author(lines[place]) or _is_dated_byline(lines[place]):
            above = lines[place - 1]
            is_line = _may_head(above) and read_date_line(above) is None
            if is_line and len(above.split()) >= _HEADLINE_WORDS and kinds[place - 1] not in _NO_HEADLINES:
                kinds[place - 1], probabilities[place - 1] = Kind.TITLE, 1.0
            return


SIGNATURE_MARK = "--"
"""What stands alone above the signature of an e-mail or posting (RFC 3676, section 4.3)."""
SIGNATURE_LINES, SIGNATURE_WORDS = 12, 15


def _mark_signature(layout: Layout, opinion: Opinion, kinds: list[Kind], probabilities: Floats) -> None:
    """Take what stands below the mark of a signature at the end of a text from the body: a few short lines."""
    for place in range(len(kinds) - 1, max(0, len(kinds) - SIGNATURE_LINES), -1):
        if opinion.words[place] > SIGNATURE_WORDS:
            return
        if layout.texts[place].rstrip() == SIGNATURE_MARK:
            for below in range(place, len(kinds)):
                if kinds[below] in _BODY_KINDS:
                    kinds[below], probabilities[below] = Kind.AUTHOR if below > place else Kind.OTHER, 1.0
            return


BLOCK_SCORE, BLOCK_SURE, BLOCK_REACH, BLOCK_MOST, BLOCK_DOUBT = 0.65, 0.9, 4, 12, 0.6
BLOCK_NAMED, BLOCK_SHARE = 0.8, 0.08
"""Up to this score a paragraph is in doubt, too, that may be house rules by its name, with this probability."""
BLOCK_ARTICLE = 4
"""With fewer paragraphs above that are surely body, an article is too short to be told from a letter by its scores."""
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
    is_sure = len(article) >= max(start / 2, BLOCK_ARTICLE) and float(np.median(article)) >= BLOCK_SURE
    if begin - start > BLOCK_MOST or not is_sure:
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
