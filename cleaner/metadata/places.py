"""The paragraphs near the headline, and what the page's author called the elements around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from cleaner.metadata.evidence import Evidence, table_lines
from cleaner.metadata.titles import bare
from cleaner.page import Kind

__all__ = [
    "AFTER",
    "BEFORE",
    "MAX_BOX_CHARS",
    "Place",
    "Signs",
    "headline_index",
    "kind_of",
    "places_near",
    "signs_at",
    "words_at",
]

BEFORE, AFTER = 5, 14
"""Paragraphs looked at before and after the headline; menus above and prose below end it earlier in practice."""
MAX_LINE_CHARS = 250
"""A byline or date line is shorter."""
MAX_BOX_CHARS = 80
"""The same for lines further down, where prose is likelier."""

_AUTHOR_BOX = re.compile(r"(?<!co)author(?!i[tz])")
_AUTHOR = re.compile(
    r"(?<!co)author(?!i[tz])|by-?lines?(?![a-z])|writer|written-?by|posted-?by|contributor|creator|user-?name|"
    r"(?<![a-z])(?:autor|auteur|redakteur|verfasser|firma|yazar|penulis|vcard|attribution|by)(?![a-z])|"
    r"(?<![a-z])(?:fa|bi|icon|glyphicon|mdi|dashicons)-(?:user|person|pencil|pen|account|admin-users)(?![a-z-])"
)
"""The last line: the icons of Font Awesome, Bootstrap and others that stand for "by"."""
_REVIEWER = re.compile(r"review(?!ed)[\w-]*(?:author|user|name|item|card|list|meta)")
_ABOUT_AUTHOR = re.compile(r"author[\w-]*(?:bio|about|desc|job-?title|role|follow)")
_DATE_BOX = re.compile(r"(?<![a-z])(?:pub-?)?date(?:line)?(?![a-z])|byline")
_COUNTER = re.compile(
    r"comments?-(?:link|count|number|total)|(?:count|icon|fa|num|total)-comments?|shared|"
    r"(?:article|entry|post|header|story|content|card|byline)\w*[_-]{1,2}(?:[a-z]+-)?footer"
)
"""Class words that hold one of ``not_author`` and do not mean it: a count of comments beside the byline, the foot of an
article's head."""
_DECK = re.compile(r"sub-?_?title|sub-?head(?:line|ing)?(?![a-z])|(?<![a-z])(?:deck?|standfirst|dek)(?![a-z])")


class Signs(NamedTuple):
    """What class words and ids say of a paragraph."""

    author: bool
    """An author stands here ..."""
    author_box: bool
    """... or may, further down the page ..."""
    not_author: bool
    """... but one of a comment, teaser, review ..."""
    about_author: bool
    """... or only a biography, unless it opens as bylines do."""
    dated: bool
    date_box: bool
    not_dated: bool
    deck: bool


_NO_SIGNS = Signs(*[False] * 8)


class Place(NamedTuple):
    """A paragraph near the headline."""

    at: int
    text: str
    signs: Signs
    kind: Kind | None


def headline_index(evidence: Evidence, title: str, sites: frozenset[str] = frozenset()) -> int:
    """Return the paragraph that shows the headline; -1 if none does and nothing was kept.

    Without one it is the first heading that is not the site's name, or else the first kept paragraph.
    """
    key = bare(title)
    layout = evidence.layout
    keys = {index: bare(layout.texts[index]) for index in evidence.headings}
    same = [index for index, heading in keys.items() if key and heading == key]
    if not same and len(key) > 8:
        long = len(title)
        same = [index for index, text in enumerate(layout.texts) if abs(len(text) - long) <= 12 and bare(text) == key]
    if len(key) > 12:
        same += [index for index, heading in keys.items() if heading != key and heading.startswith(key)]
    if same:
        return _place_of_headline(evidence, same)
    shown = (index for index, heading in keys.items() if heading not in sites)
    return next(shown, _first_kept(evidence))


def _place_of_headline(evidence: Evidence, same: Sequence[int]) -> int:
    """Return which of several paragraphs with the headline's text is it: a heading, or the last one above the body."""
    tags = evidence.layout.tags
    start = _first_kept(evidence)
    above = [index for index in same if index <= start]
    headed = [index for index in above or same if tags[index] in {"h1", "h2"}]
    return headed[0] if headed else max(above) if above else same[0]


def _first_kept(evidence: Evidence) -> int:
    return next((index for index, kept in enumerate(evidence.kept) if kept), -1)


def places_near(evidence: Evidence, headline: int) -> list[Place]:
    """Return the short paragraphs around the headline, those after it first, the headline itself last."""
    texts = evidence.layout.texts
    after = range(headline + 1, min(len(texts), headline + 1 + AFTER))
    before = range(headline - 1, max(-1, headline - 1 - BEFORE), -1)
    near = [*after, *before, *([headline] if 0 <= headline < len(texts) else [])]
    return [
        Place(index, texts[index], signs_at(evidence, index), kind_of(evidence, index))
        for index in near
        if len(texts[index]) <= MAX_LINE_CHARS
    ]


def signs_at(evidence: Evidence, index: int) -> Signs:
    """Read the class words of a paragraph, of the inline elements it begins in and of the element around it."""
    words = words_at(evidence, index)
    return _signs(words) if len(words) > 2 else _NO_SIGNS


def words_at(evidence: Evidence, index: int) -> str:
    """Return the class words around a paragraph."""
    layout = evidence.layout
    columns = layout.containers
    number = int(layout.container_of[index])
    words = f"{columns.attributes[number]} {layout.marks[index]}"
    parent = columns.parents[number]
    if parent > 0 and columns.ends[parent] - columns.firsts[parent] <= 6:
        words += f" {columns.attributes[parent]}"
    return words


@lru_cache(maxsize=4096)
def _signs(words: str) -> Signs:
    """Read class words; the pages of a site, and the rows of a list, share them."""
    words = words.lower()
    if "comment" in words or "footer" in words or "shared" in words:
        words = _COUNTER.sub(" ", words)
    known = class_words()
    author = _any(known["author"], words) and _AUTHOR.search(words) is not None
    dated = _any(known["dated"], words)
    return Signs(
        author,
        author and _AUTHOR_BOX.search(words) is not None,
        _any(known["not_author"], words) or ("review" in words and _REVIEWER.search(words) is not None),
        "author" in words and _ABOUT_AUTHOR.search(words) is not None,
        dated,
        dated and _DATE_BOX.search(words) is not None,
        _any(known["not_dated"], words),
        ("sub" in words or "de" in words or "standfirst" in words) and _DECK.search(words) is not None,
    )


@lru_cache(maxsize=1)
def class_words() -> dict[str, tuple[str, ...]]:
    """Return the words of ``tables/class_words.txt`` by role; looking for plain words is quicker than any pattern."""
    lists: dict[str, tuple[str, ...]] = {}
    for line in table_lines("class_words.txt"):
        role, *words = line.split()
        lists[role] = (*lists.get(role, ()), *words)
    return lists


def _any(needles: tuple[str, ...], words: str) -> bool:
    return any(needle in words for needle in needles)


def kind_of(evidence: Evidence, index: int) -> Kind | None:
    """Return the kind of a paragraph; None if nobody judged it."""
    return evidence.kinds[index] if index < len(evidence.kinds) else None
