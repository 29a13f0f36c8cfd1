"""Bylines: the words before names ("By", "Von", "作者："), and the persons behind them."""

from __future__ import annotations

import re
from collections.abc import Collection

from cleaner.dates import find_dates, has_date_figures, is_date_word
from cleaner.metadata.byline_words import EDGES, GLUED_BY, after_lead, leads, may_open_byline, person_words
from cleaner.metadata.persons import split_persons

__all__ = ["read_byline"]

_MAX_BYLINE_CHARS = 300
"""Longer paragraphs are prose about an author, not a byline."""
_MAX_LOGIN_CHARS = 30
_LEAD_CHARS = 60
"""The words before the name stand so near the start: "Published 12 May 2023, 10:14 by Jane Doe"."""

_PIECES = re.compile(r"\s*[|•·⋅●▪✦‧\n\t]\s*|\s+[-–—/]+\s+|\s{2,}|…|—|(?<=[.!?])\s+(?=By [A-Z])")
_GLUED = re.compile(r"(?<=[^\W\d_A-Z])([A-Z][a-z]{1,15})(?![^\W_])")
_TOKENS = re.compile(r"[^\W\d_]+")
_ABOUT = re.compile(r"(?:About|Über|À propos de|Sobre|Meet)\s+(?=\S)")


def read_byline(text: str, *, sure: bool = False, sites: Collection[str] = ()) -> list[str]:
    """Return the persons a byline names; none if the text is not a byline.

    A byline opens with words such as "By" or "Von" (``tables/byline_words.txt``); with ``sure`` (the page marks the
    paragraph as a byline) they may be missing, and a user name counts as a name. Dates, "5 min read", job titles and
    who only reviewed or photographed are left out. A sentence is no byline.

    >>> read_byline("By Jane Doe and Juan Pérez | May 2, 2020 | 5 min read")
    ['Jane Doe', 'Juan Pérez']
    >>> read_byline("By the river stood a house that nobody had lived in for years."), read_byline("Jane Doe")
    ([], [])
    """
    if len(text) > _MAX_BYLINE_CHARS or not (sure or _may_be_byline(text)):
        return []
    if not sure and not may_open_byline(text) and not has_date_figures(text) and _PIECES.search(text) is None:
        # Neither a date nor a separator after which a byline could begin.
        return []
    pieces = [piece for piece in _PIECES.split(_without_dates(text)) if piece.strip(EDGES)]
    for piece in pieces[:4]:
        rest = after_lead(piece)
        if rest is None:
            continue
        # "Posted by rivermouse42": a login stands alone behind the words for "by", and the line is short.
        handle = " " not in rest.strip() and (" " in piece[: -len(rest)].strip() or len(text) <= _MAX_LOGIN_CHARS)
        return split_persons(rest, sites=sites, user_names=sure or handle)
    if not sure or not pieces or _other_lead(pieces[0]):
        return []
    return split_persons(_ABOUT.sub("", pieces[0], count=1), sites=sites, user_names=True)


def _may_be_byline(text: str) -> bool:
    """Whether a word that may stand before names stands near the start; costs a microsecond or two."""
    if text[:1].isdigit():
        return True
    head = text[:_LEAD_CHARS]
    known = leads()
    if any(token in known.first_words for token in _TOKENS.findall(head.casefold())) or GLUED_BY.search(head):
        return True
    return not head.isascii() and any(lead in head for lead in known.unspaced)


def _other_lead(text: str) -> bool:
    """Whether the names that follow belong to a reviewer, photographer, translator."""
    return bool(leads().other.match(text))


def _without_dates(text: str) -> str:
    """Put a separator where a date stood, drop the words that belonged to it, and cut at a second role."""
    text = _GLUED.sub(_unglue, text)
    found = find_dates(text)
    reach = 0
    kept: list[str] = []
    for date in found:
        if date.end > len(text):
            break
        kept.append(_strip_date_words(text[reach : date.start]))
        reach = date.end
    line = " | ".join([*kept, text[reach:]])
    if "by" not in line and line.isascii():
        return line
    other = leads().other_inside.search(line)
    return line[: other.start()] if other and other.start() else line


def _unglue(match: re.Match[str]) -> str:
    """Part "DoeNovember" and "DoeEditor", which stood in elements of their own."""
    word, key, tables = match[1], match[1].casefold(), person_words()
    return f" | {word}" if is_date_word(word) or key in tables["job"] or key in tables["stop"] else word


def _strip_date_words(text: str) -> str:
    """Drop "on", "Updated", "Tuesday" from the end."""
    words = text.split()
    while words and is_date_word(words[-1].strip(EDGES)):
        words.pop()
    return " ".join(words)
