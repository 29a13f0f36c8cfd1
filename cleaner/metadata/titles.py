"""The headline: several places claim it, often with the site's name attached; the claims vote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import NamedTuple

from cleaner.metadata.evidence import Claim, Evidence
from cleaner.metadata.linked_data import strings

__all__ = ["bare", "choose_title", "split_title", "without_site"]

_WEIGHTS = {
    "json-ld": 2.8,
    "json-ld name": 0.4,
    "open-graph": 1.5,
    "twitter": 0.4,
    "meta": 2.0,
    "microdata": 2.0,
    "title element": 0.9,
    "first heading": 2.0,
    "other heading": 1.2,
    "only heading": 0.7,
    "heading in title element": 1.0,
    "ends another": 0.6,
}
"""Votes of each kind of claim. Found by random search (1,500 steps) over the train and dev pages of wcxb-dev and fundus
with the site's name already taken off; exact titles 0.80 and 0.85. "ends another": a claim that another claim repeats
behind a kicker ("Ferries: service resumes") is the headline itself."""

_SOURCES = ("visible text", "json-ld", "open-graph", "microdata", "meta", "twitter", "title element")
"""Among equal claims, the one whose spelling is taken."""

_SEPARATOR = re.compile(
    r"\s+(?:[|–—·•»«›/\\~:]|-{1,2}|::|\|\|)\s+|\s*[|｜]\s*|(?<=[^\sA-Za-z0-9])[-–—_]+(?=[^\sA-Za-z0-9])"
)
_ADDRESS = re.compile(r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|info|[a-z]{2})$", re.IGNORECASE)
_NO_LETTERS = re.compile(r"[\W_]+")
_ASCII_LETTERS = {code: chr(code).lower() if chr(code).isalnum() else None for code in range(128)}
_MAX_SHORT_CHARS = 200
_MAX_TITLE_CHARS = 500
_MAX_TAIL_WORDS = 4
"""A section or site name behind a dash has at most so many words; longer tails belong to the headline."""


class _Vote(NamedTuple):
    claim: Claim
    weight: float


def choose_title(evidence: Evidence, sites: Collection[str]) -> Claim | None:
    """Return the headline with its source, or None.

    ``sites`` are the site's names in the form of :func:`bare`; a title that is nothing else is no headline.
    Claims that spell the same letters add their weights; of equal claims the one readers see is taken.
    """
    votes = [vote for vote in _votes(evidence, sites) if bare(vote.claim.value)]
    if not votes:
        return None
    totals: dict[str, float] = {}
    for vote in votes:
        key = bare(vote.claim.value)
        totals[key] = totals.get(key, 0.0) + vote.weight
    votes_of = dict(totals)
    shared = {bare(vote.claim.value) for vote in votes if vote.claim.source == "open-graph"}
    for key in [key for key in totals if len(key) > 12]:
        longer = [other for other in totals if other != key and other.endswith(key)]
        totals[key] += _WEIGHTS["ends another"] * len(longer)
        if key in shared:
            totals[key] += max((votes_of[other] for other in longer), default=0.0)
    best = max(totals, key=lambda key: totals[key])
    same = [vote.claim for vote in votes if bare(vote.claim.value) == best]
    return min(same, key=lambda claim: _SOURCES.index(claim.source))


def _votes(evidence: Evidence, sites: Collection[str]) -> Iterable[_Vote]:
    headings = list(dict.fromkeys(text[:_MAX_TITLE_CHARS].rstrip(" ¶#") for text in evidence.texts(evidence.headings)))
    headings = [heading for heading in headings if bare(heading) not in sites]
    headline = strings(evidence.linked.first("headline")[0])[:1]
    name = [] if headline else strings(evidence.linked.first("name")[0])[:1]
    known = {bare(text) for text in headline} | {key for text in headings if len(key := bare(text)) > 12}
    known -= {"", *sites}
    for text in headline:
        yield _Vote(Claim(without_site(text[:_MAX_TITLE_CHARS], sites), "json-ld"), _WEIGHTS["json-ld"])
    for text in name:
        yield _Vote(Claim(without_site(text[:_MAX_TITLE_CHARS], sites), "json-ld"), _WEIGHTS["json-ld name"])
    heard: set[str] = set()
    for claim in evidence.metas["title"]:
        if claim.source not in heard:
            heard.add(claim.source)
            text = without_site(claim.value[:_MAX_TITLE_CHARS], sites, known=known, cut="|")
            yield _Vote(Claim(text, claim.source), _WEIGHTS[claim.source])
    element = evidence.layout.head.title[:_MAX_TITLE_CHARS]
    yield _Vote(Claim(without_site(element, sites, known=known, cut="|-"), "title element"), _WEIGHTS["title element"])
    for place, text in enumerate(headings[:5]):
        weight = _WEIGHTS["other heading" if place else "first heading"]
        weight += _WEIGHTS["only heading"] if len({bare(heading) for heading in headings}) == 1 else 0
        weight += _WEIGHTS["heading in title element"] if len(bare(text)) > 5 and bare(text) in bare(element) else 0
        yield _Vote(Claim(without_site(text, sites), "visible text"), weight)


def without_site(title: str, sites: Collection[str], *, known: Collection[str] = (), cut: str = "") -> str:
    """Return a title without the site's name before or behind it.

    Parts between separators are dropped from both ends while they name the site (``sites``, see :func:`bare`) or
    are a web address; if some parts together spell a headline of ``known``, that headline is returned. ``cut`` says
    what else may go, section names for the most part: ``|`` everything behind the first bar, ``-`` short tails
    behind dashes and other separators. A title without separators is left alone.

    >>> without_site("Ferry resumes service - News - The Daily Example", {"dailyexample"}, cut="|-")
    'Ferry resumes service'
    >>> without_site("War - and peace", {"dailyexample"})
    'War - and peace'
    """
    title = title.strip()
    parts = _split(title)
    if len(parts) == 1:
        return title
    span = _known_span(title, parts, known)
    if span is None:
        first, last = _strip_site(title, parts, sites)
        span = first, first + _cut(title, parts[first:last], cut)
    first, last = span
    return title[parts[first][0] : parts[last - 1][1]].strip()


def split_title(title: str) -> list[str]:
    """Return the parts of a title between separators.

    >>> split_title("Ferry - News | The Example")
    ['Ferry', 'News', 'The Example']
    """
    return [title[start:end] for start, end in _split(title)]


def _split(title: str) -> list[tuple[int, int]]:
    """Return the spans of the parts between separators."""
    parts: list[tuple[int, int]] = []
    start = 0
    for match in _SEPARATOR.finditer(title):
        if match.start() > start:
            parts.append((start, match.start()))
            start = match.end()
    parts.append((start, len(title)))
    return parts[:12]


def _known_span(title: str, parts: list[tuple[int, int]], known: Collection[str]) -> tuple[int, int] | None:
    for first in range(len(parts)):
        for last in range(len(parts), first, -1):
            if last - first < len(parts) and bare(title[parts[first][0] : parts[last - 1][1]]) in known:
                return first, last
    return None


def _strip_site(title: str, parts: list[tuple[int, int]], sites: Collection[str]) -> tuple[int, int]:
    first, last = 0, len(parts)
    while last - first > 1 and _is_site(title[slice(*parts[last - 1])], sites):
        last -= 1
    while last - first > 1 and _is_site(title[slice(*parts[first])], sites):
        first += 1
    return first, last


def _cut(title: str, parts: list[tuple[int, int]], cut: str) -> int:
    """Return how many of the parts stay when section names go too."""
    last = len(parts)
    if last > 1 and cut and not {"|", "｜"}.isdisjoint(title[parts[0][1] : parts[1][0]]):
        return 1
    while "-" in cut and last > 1 and len(title[slice(*parts[last - 1])].split()) <= _MAX_TAIL_WORDS:
        if parts[last - 2][1] - parts[0][0] < parts[last - 1][1] - parts[last - 1][0]:
            break
        last -= 1
    return last


def _is_site(part: str, sites: Collection[str]) -> bool:
    """Whether a part of a title is a name of the site, a few letters more or less, its initials or address."""
    key = bare(part)
    if not key or _ADDRESS.match(part.strip()):
        return True
    for site in sites:
        if key == site:
            return True
        if len(site) > 3 and len(key) <= 3 * len(site) and (key.startswith(site) or key.endswith(site)):
            return True
        if len(key) > 3 and len(site) <= 2 * len(key) and site.startswith(key):
            return True
    initials = "".join(word[0] for word in part.split() if word[0].isalnum()).casefold()
    return len(initials) > 2 and initials in sites


def bare(text: str) -> str:
    """Return the letters and digits of a text, width and case folded: what two spellings of one name share.

    >>> bare("The Daily-Example!")
    'thedailyexample'
    """
    return _bare_short(text) if len(text) <= _MAX_SHORT_CHARS else _bare(text)


def _bare(text: str) -> str:
    if text.isascii():
        return text.translate(_ASCII_LETTERS)
    return _NO_LETTERS.sub("", unicodedata.normalize("NFKC", text).casefold())


_bare_short = lru_cache(maxsize=1024)(_bare)
"""Headlines and names are asked for many times on one page."""
