"""Bylines and datelines among the paragraphs a reader sees, near the headline."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from cleaner.datelines import read_date_line
from cleaner.dates import FoundDate, find_dates, has_date_figures, iso_date
from cleaner.metadata.evidence import Evidence
from cleaner.metadata.persons import lead_is_long, opens_byline, read_byline
from cleaner.metadata.titles import bare
from cleaner.page import Kind

__all__ = ["headline_index", "visible_authors", "visible_dates"]

_BEFORE, _AFTER = 5, 14
"""Paragraphs looked at before and after the headline; menus above and prose below end it earlier in practice."""
_MAX_DATELINE_CHARS = 250
_AUTHOR_BOX = re.compile(r"(?<!co)[Aa]uthor(?!i[tz])")
_MAX_BOX_CHARS = 80
_AUTHOR = re.compile(
    r"(?<!co)author(?!i[tz])|by-?lines?(?![a-z])|writer|written-?by|posted-?by|contributor|creator|user-?name|"
    r"(?<![a-z])(?:autor|auteur|redakteur|verfasser|firma|yazar|penulis|vcard|attribution|by)(?![a-z])",
    re.IGNORECASE,
)
_NOT_AUTHOR = re.compile(
    r"comment|reply|related|sidebar|footer|newsletter|share|social|author[\w-]*(?:bio|about|desc|job-?title|role|follow)|"
    r"about-?author|reviewer|reviewed|fact-?check|widget|popular|teaser-(?:title|list)|caption|credit|"
    r"reviews|review(?!ed)[\w-]*(?:author|user|name|item|card|list|meta)|testimonial|quote|rating|breadcrumb|menu|carousel|navigation|navbar",
    re.IGNORECASE,
)
_DATED = re.compile(r"date|time|publish|posted|updated|datum|fecha|meta|byline|info|stamp|created", re.IGNORECASE)
_DATE_BOX = re.compile(r"(?<![a-z])(?:pub-?)?date(?:line)?(?![a-z])|byline", re.IGNORECASE)
_NOT_DATED = re.compile(
    r"comment|related|sidebar|footer|widget|popular|teaser|event|recent|trending|latest", re.IGNORECASE
)


class _Place(NamedTuple):
    """A paragraph near the headline."""

    at: int
    text: str
    words: str
    """What the page's author called the paragraph and the elements around it."""


def headline_index(evidence: Evidence, title: str) -> int:
    """Return the paragraph that shows the headline; the first heading or kept paragraph, or -1, if none does."""
    key = bare(title)
    layout = evidence.layout
    for index in evidence.headings:
        if key and bare(layout.texts[index]) == key:
            return index
    if len(key) > 8:
        for index, text in enumerate(layout.texts):
            if abs(len(text) - len(title)) <= 12 and bare(text) == key:
                return index
    if evidence.headings:
        return evidence.headings[0]
    return next((index for index, kept in enumerate(evidence.kept) if kept), -1)


def visible_authors(evidence: Evidence, headline: int, sites: Collection[str]) -> tuple[list[str], int]:
    """Return the persons of the best byline near the headline, and how sure it is that they are its authors.

    3: the page marks the paragraph as a byline and it opens with "By"; 2: one of the two, or the paragraph before is
    a lone "By", or it is an author box further down; 1: only the kind of the paragraph says so, and it gives a full
    name; 0: there is none. Reviewers and the bylines of teasers and
    comments are left out.
    """
    best: list[str] = []
    strength = 0
    articled = _calls_itself_article(evidence)
    for place in _near(evidence, headline):
        if len(place.text) > _MAX_DATELINE_CHARS or place.at in evidence.headings or _NOT_AUTHOR.search(place.words):
            continue
        marked = bool(_AUTHOR.search(place.words))
        labelled = place.at > 0 and opens_byline(evidence.layout.texts[place.at - 1])
        names = read_byline(place.text, sure=marked or labelled, sites=sites)
        if not names and articled and _kind(evidence, place.at) is Kind.BYLINE and place.at > headline:
            names = [name for name in read_byline(place.text, sure=True, sites=sites) if 2 <= len(name.split()) <= 4]
            if names and strength == 0:
                best, strength = names, 1
        elif names:
            worth = 1 + marked + (labelled or not bare(place.text).startswith(bare(names[0])))
            if worth > strength:
                best, strength = names, worth
            if strength == 3:
                break
    return (best, strength) if best else _late_author(evidence, headline, sites)


def _calls_itself_article(evidence: Evidence) -> bool:
    """Whether the head says that the page is an article or gives a date of publication."""
    kinds = {claim.value.casefold() for claim in evidence.metas["page_type"]}
    return bool("article" in kinds or evidence.metas["date_published"] or evidence.linked.first("datePublished")[0])


def _late_author(evidence: Evidence, headline: int, sites: Collection[str]) -> tuple[list[str], int]:
    """Return the persons of an author box further down: "Written by" and full names, or full names marked as author."""
    layout = evidence.layout
    for index in range(headline + 1 + _AFTER, len(layout.texts)):
        text = layout.texts[index]
        if len(text) > _MAX_BOX_CHARS or not text[0].isupper():
            continue
        words = _words_around(evidence, index)
        if not (_AUTHOR_BOX.search(words) or opens_byline(layout.texts[index - 1]) or lead_is_long(text)):
            continue
        if _NOT_AUTHOR.search(words):
            continue
        names = read_byline(text, sure=True, sites=sites)
        if names and all(2 <= len(name.split()) <= 4 for name in names):
            return names, 2
    return [], 0


def visible_dates(evidence: Evidence, headline: int, *, day_first: bool) -> list[FoundDate]:
    """Return the dates written near the headline, the likeliest first; without any, those marked as the page's own.

    A date counts if the markup or the kind says that its paragraph is a date line, if words say what it is
    ("Published"), or if little else stands beside it. Dates in prose, of events, comments and teasers are left out.
    """
    found: list[tuple[float, FoundDate]] = []
    for place in _near(evidence, headline):
        dates = find_dates(place.text, day_first=day_first) if len(place.text) <= _MAX_DATELINE_CHARS else []
        if not dates or _NOT_DATED.search(place.words):
            continue
        dated = bool(_DATED.search(place.words)) or _kind(evidence, place.at) in {Kind.DATELINE, Kind.BYLINE}
        for date in dates:
            alone = date.end - date.start + (70 if abs(place.at - headline) <= 2 else 45) >= len(place.text)
            if dated or date.role or alone:
                found.append((abs(place.at - headline) - (3 if date.role else 0), date))
    if found:
        return [date for _, date in sorted(found, key=lambda entry: entry[0])]
    return _late_dates(evidence, headline, day_first=day_first)


def _late_dates(evidence: Evidence, headline: int, *, day_first: bool) -> list[FoundDate]:
    """Return dates further down that say "Published" or "Updated", or stand in an element called date.

    Failing that, the one date that has a paragraph to itself.
    """
    alone: list[FoundDate] = []
    texts = evidence.layout.texts
    for index in range(headline + 1 + _AFTER, len(texts)):
        if len(texts[index]) > _MAX_BOX_CHARS or not has_date_figures(texts[index]):
            continue
        dates = find_dates(texts[index], day_first=day_first)
        words = _words_around(evidence, index) if dates else ""
        if not dates or _NOT_DATED.search(words):
            continue
        said = [date for date in dates if date.role or _DATE_BOX.search(words)]
        if said:
            return said
        if read_date_line(texts[index]):
            alone += dates
    return alone if len({date.iso[:10] for date in alone}) == 1 else []


def _near(evidence: Evidence, headline: int) -> Iterator[_Place]:
    """Yield the paragraphs around the headline, those after it first."""
    layout = evidence.layout
    count = len(layout.texts)
    after = range(headline + 1, min(count, headline + 1 + _AFTER))
    before = range(headline - 1, max(-1, headline - 1 - _BEFORE), -1)
    for index in [*after, *before, *([headline] if headline >= 0 else [])]:
        yield _Place(index, layout.texts[index], _words_around(evidence, index))


def _words_around(evidence: Evidence, index: int) -> str:
    """Return the class words of a paragraph, of the inline elements it begins in and of the element around it."""
    layout = evidence.layout
    container = layout.containers[layout.container_of[index]]
    words = f"{container.attributes} {layout.marks[index]}"
    if container.parent > 0:
        parent = layout.containers[container.parent]
        if parent.end - parent.first <= 6:
            words += f" {parent.attributes}"
    return words


def _kind(evidence: Evidence, index: int) -> Kind | None:
    return evidence.kinds[index] if index < len(evidence.kinds) else None


def time_elements(evidence: Evidence, headline: int) -> Iterator[tuple[str, str]]:
    """Yield (role, ISO date) of ``<time>`` elements near the headline or marked as the page's own date."""
    for stamp, words, index in evidence.layout.head.times:
        role = ""
        lowered = words.casefold()
        if "publish" in lowered or "pubdate" in lowered or "entry-date" in lowered:
            role = "published"
        if "modif" in lowered or "updated" in lowered:
            role = "modified" if role != "published" or "datemodified" in lowered else role
        if headline - _BEFORE <= index <= headline + _AFTER and not _NOT_DATED.search(words):
            date = iso_date(stamp) if stamp else None
            if date:
                yield role, date
