"""Weak labels for the kind classifier: what gold text, DOM attributes, chrome phrases and position say together.

Each source gives votes. Two sources that agree make a sure label, one alone a less sure one, and sources that
contradict each other give none: a missing label costs little, a wrong one teaches nonsense.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.datelines import read_date_line
from cleaner.page import KINDS, Kind, Layout

BODY_SHARE: Final = 0.8
"""A paragraph with this share of its tokens in the gold is body; the rest is often a note mark or a link."""
CHROME_SHARE: Final = 0.2
"""Up to this share matches are common words that happen to stand in the right order."""
WIDE: Final = 0.4
"""A container with more than this share of the page's words says what the page is, not what the paragraph is."""
LANGUAGES: Final = ("de", "el", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "ru", "zh")
STRENGTHS: Final = {"strong": 0.7, "fair": 0.5, "weak": 0.2}
"""What one word in an attribute, or one phrase, is worth; two votes of 0.5 agree to a sure label."""
AGREED: Final = 0.95
"""Votes of two sources for the same kind add up to this or more when both are at least fair."""
WHOLE_WORDS: Final = 14
START_WORDS: Final = {Kind.CONSENT: 150, Kind.POLICY: 120, Kind.LEGAL: 150, Kind.ABOUT: 60, Kind.SUBSCRIBE: 80}
"""A paragraph that begins with a phrase may be this long (words), 30 unless stated: longer ones are running text."""
ANYWHERE_WORDS: Final = {Kind.CONSENT: 150, Kind.POLICY: 120, Kind.LEGAL: 150, Kind.AUTHOR: 90, Kind.CAPTION: 60}
"""The same for a phrase inside the paragraph; 50 unless stated."""

_CJK: Final = "\u2e80-\u2fdf\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKEN: Final = re.compile(rf"©|[{_CJK}]|[^\W{_CJK}]+")
_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_A-Za-z]+")
_END_MARKS: Final = ".!?…。！？;；:："
_NAME: Final = re.compile(r"[^\W\d_][\w.'’-]*")
_BY: Final = frozenset({"by", "von", "par", "por", "di", "door", "text", "words", "автор"})
_PARTICLES: Final = frozenset(
    {
        "and",
        "de",
        "van",
        "von",
        "der",
        "den",
        "la",
        "le",
        "und",
        "et",
        "y",
        "e",
        "del",
        "di",
        "da",
        "du",
        "bin",
        "al",
        "ten",
    }
)
_MASTERS: Final = frozenset({Kind.COMMENTS, Kind.RELATED, Kind.CONSENT, Kind.AD})
"""Chrome whose inner headlines, names, dates and pictures belong to it and not to the article."""
_INNER: Final = frozenset({Kind.TITLE, Kind.BYLINE, Kind.DATELINE, Kind.HEADING, Kind.CAPTION, Kind.TAGS, Kind.AUTHOR})
_HEADING_TAGS: Final = frozenset({"h", "h1", "h2", "h3", "h4", "h5", "h6"})
_ARTICLE_NOTES: Final = frozenset({Kind.BYLINE, Kind.DATELINE, Kind.CAPTION})


_OVERRULED: Final = {
    Kind.COMMENTS: frozenset(KINDS) - {Kind.POLICY, Kind.SUBSCRIBE, Kind.AD, Kind.LEGAL},
    Kind.CONSENT: frozenset(KINDS),
    Kind.RELATED: (_INNER - {Kind.CAPTION}) | {Kind.NAV, Kind.OTHER},
    Kind.SUBSCRIBE: frozenset({Kind.NAV, Kind.OTHER}),
    Kind.SHARE: frozenset({Kind.NAV}),
    Kind.AUTHOR: frozenset({Kind.NAV, Kind.OTHER}),
}
"""By kind of the surroundings: kinds of phrases that say nothing there ("Close" in a newsletter box)."""
_LINKED_TO: Final = frozenset({(Kind.SUBSCRIBE,), (Kind.CONSENT,), (Kind.AD,), (Kind.ABOUT,)})
"""What a menu entry may point to without being it."""
LONGEST: Final = {
    Kind.NAV: 25,
    Kind.SHARE: 16,
    Kind.TAGS: 25,
    Kind.CAPTION: 100,
    Kind.OTHER: 40,
    Kind.RELATED: 80,
    Kind.DATELINE: 14,
    Kind.BYLINE: 40,
}
"""Words; what is longer is not of this kind, whatever the attributes say."""


class Evidence(NamedTuple):
    """What one source says: the paragraph is one of ``kinds`` (more than one: the text has to decide)."""

    kinds: tuple[Kind, ...]
    weight: float


_NOTHING: Final = Evidence((), 0.0)


class _Phrase(NamedTuple):
    words: tuple[str, ...]
    place: str
    colon: bool
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the voters need to know of a page; arrays have one entry per paragraph."""

    layout: Layout
    shares: NDArray[np.float64]
    words: tuple[tuple[str, ...], ...]
    phrases: tuple[Evidence, ...]
    """What the chrome phrases in each paragraph say."""
    counts: NDArray[np.int64]
    """Number of words."""
    link_share: NDArray[np.float64]
    first: int
    """First and last body paragraph; the number of paragraphs and -1 when there is none."""
    last: int
    is_gold: bool
    """Whether the body is known from the gold, not guessed."""
    titles: tuple[tuple[str, ...], ...]
    contexts: tuple[Evidence, ...]
    """By container: what its attributes and those of the containers around it say."""
    wide: tuple[bool, ...]
    in_footer: tuple[bool, ...]
    """Whether the paragraph stands in the page's footer."""
    title_at: int
    """The paragraph that shows the title best; -1 when none does."""


def weak_kinds(
    layout: Layout, labels: Sequence[float] | NDArray[np.float32], title: str
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return for each paragraph the index of its kind in ``KINDS`` (-1: no label) and how sure that is, 0..1.

    ``labels`` has the share of each paragraph's tokens that the gold body holds (1 body, 0 chrome, nan unknown),
    ``title`` is the headline of the gold or the one the page declares, '' when unknown. A paragraph whose share is
    between is left without a label, and so is one of which two sources say different things.

    >>> from cleaner.page import Page
    >>> from cleaner.segment import segment
    >>> source = "<nav><a href='/'>Home</a></nav><article><h1>Rain</h1><p>It rained all day in the hills.</p></article>"
    >>> page = segment(Page(source, "html", None, "utf-8", "caller", 0))
    >>> kinds, sure = weak_kinds(page, [0.0, 0.0, 1.0], "Rain")
    >>> [str(KINDS[kind]) for kind in kinds]
    ['nav', 'title', 'body']
    """
    facts = _facts(layout, np.asarray(labels, dtype=np.float64), title)
    sections = _sections(facts)
    lists = _lists(facts)
    kinds = np.full(len(layout.texts), -1, np.int8)
    sure = np.zeros(len(layout.texts), np.float32)
    for index in range(len(layout.texts)):
        if not facts.counts[index]:
            continue
        if facts.shares[index] >= BODY_SHARE:
            kind, confidence = _body_side(facts, index)
        elif facts.shares[index] > CHROME_SHARE:
            continue
        else:
            kind, confidence = _chrome_side(facts, index, sections.get(index, _NOTHING), lists.get(index, _NOTHING))
        if kind is not None:
            kinds[index] = KINDS.index(kind)
            sure[index] = confidence
    return kinds, sure


# --- tables ---------------------------------------------------------------------------------------------------------


def table_lines(name: str) -> list[str]:
    """Return the entries of a table in ``cleaner/tables/kinds``, without its header."""
    text = (files("cleaner") / "tables" / "kinds" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@dataclass(frozen=True, slots=True)
class _Terms:
    """The attribute table, made for looking up."""

    elements: dict[str, Evidence]
    """By tag."""
    terms: dict[tuple[str, ...], tuple[Evidence, bool]]
    """By words: what they say, and whether they must stand last. ``x*`` is any word that begins so, ``*`` any word."""
    beginnings: dict[str, list[str]]
    """The words ``x*`` by their first two letters."""
    firsts: frozenset[str]
    """The first words of all terms."""


@cache
def _attribute_terms() -> _Terms:
    elements: dict[str, Evidence] = {}
    terms: dict[tuple[str, ...], tuple[Evidence, bool]] = {}
    beginnings: dict[str, list[str]] = {}
    for line in table_lines("attributes.txt"):
        term, kinds, strength = line.split()
        evidence = Evidence(tuple(Kind(kind) for kind in kinds.split("/") if kind != "none"), STRENGTHS[strength])
        if term.startswith("<"):
            elements[term.strip("<>")] = evidence
            continue
        parts = tuple(part.lower() for part in _PARTS.findall(term))
        if term.endswith("-*"):
            parts = (*parts, "*")
        elif term.endswith("*"):
            parts = (*parts[:-1], parts[-1] + "*")
            beginnings.setdefault(parts[-1][:2], []).append(parts[-1])
        terms[parts] = (evidence, term.endswith("$"))
    return _Terms(elements, terms, beginnings, frozenset(parts[0] for parts in terms))


@cache
def _phrases() -> dict[str, list[_Phrase]]:
    """Return all phrases by their first word, the longest first."""
    table: dict[str, list[_Phrase]] = {}
    for language in LANGUAGES:
        for line in table_lines(f"phrases.{language}.txt"):
            phrase, place, kind, strength = line.split(" | ")
            words = tuple(phrase.rstrip(":").split())
            evidence = Evidence((Kind(kind),), STRENGTHS[strength])
            table.setdefault(words[0], []).append(_Phrase(words, place, phrase.endswith(":"), evidence))
    for entries in table.values():
        entries.sort(key=lambda entry: -len(entry.words))
    return table


# --- attributes -----------------------------------------------------------------------------------------------------


def _forms(word: str) -> list[str]:
    """Return the word, the beginnings it has in the table, and ``*`` for any word."""
    starts = _attribute_terms().beginnings.get(word[:2], ())
    return [word, *(start for start in starts if word.startswith(start[:-1])), "*"]


def _longest_term(parts: Sequence[str], at: int) -> tuple[Evidence, int]:
    """Return what the longest term that begins at a word says, and the number of words it covers (0: none)."""
    terms = _attribute_terms().terms
    for length in range(min(4, len(parts) - at), 0, -1):
        head = tuple(parts[at : at + length - 1])
        for form in _forms(parts[at + length - 1]):
            evidence, must_end = terms.get((*head, form), (_NOTHING, False))
            if evidence.weight and (not must_end or at + length == len(parts)):
                return evidence, len(parts) - at if form == "*" else length
    return _NOTHING, 0


def _found_terms(parts: Sequence[str]) -> Iterator[Evidence]:
    """Yield what the terms in one attribute word say, the longest first at each place, left to right."""
    firsts, at = _attribute_terms().firsts, 0
    while at < len(parts):
        length = 0
        if parts[at] in firsts or any(form in firsts for form in _forms(parts[at])):
            evidence, length = _longest_term(parts, at)
            if length:
                yield evidence
        at += max(length, 1)


def _nest(outer: Evidence, inner: Evidence) -> Evidence:
    """Return what holds for text inside ``inner`` inside ``outer``."""
    if not outer.kinds or not inner.kinds:
        return inner if inner.kinds else outer
    common = tuple(kind for kind in inner.kinds if kind in outer.kinds)
    if common:
        return Evidence(common, max(outer.weight, inner.weight))
    if _prevails(outer, inner):
        return outer
    is_stronger = outer.weight >= STRENGTHS["strong"] > inner.weight
    is_list = outer.kinds == (Kind.RELATED,) and outer.weight >= STRENGTHS["fair"] and inner.kinds != (Kind.AD,)
    if is_stronger or is_list:
        return Evidence((*outer.kinds, *inner.kinds), min(outer.weight, inner.weight))
    return inner


def _prevails(outer: Evidence, inner: Evidence) -> bool:
    """Return whether the surroundings make what they hold their own."""
    if inner.weight < outer.weight and inner.weight <= STRENGTHS["weak"]:
        return True
    if inner.kinds == (Kind.OTHER,) and inner.weight < STRENGTHS["strong"] and outer.weight >= STRENGTHS["fair"]:
        return True
    if outer.weight >= STRENGTHS["strong"] and outer.kinds[0] in (Kind.COMMENTS, Kind.CONSENT):
        return True
    return outer.weight >= STRENGTHS["fair"] and outer.kinds[0] in _MASTERS and set(inner.kinds) <= _INNER


@lru_cache(maxsize=50_000)
def _read_value(value: str) -> Evidence:
    """Return what one class word, id or word of a label says."""
    said = _NOTHING
    for evidence in _found_terms([part.lower() for part in _PARTS.findall(value)]):
        said = _nest(said, evidence)
    return said


def read_attributes(tag: str, attributes: str) -> Evidence:
    """Return what an element's tag and attribute words say of the text inside.

    >>> read_attributes("div", "comment-author vcard").kinds
    (<Kind.COMMENTS: 'comments'>,)
    """
    found = _attribute_terms().elements.get(tag, _NOTHING)
    for value in attributes.split():
        said = _read_value(value)
        if said.weight > found.weight:
            found = said
        elif said.kinds and said.weight == found.weight:
            found = _nest(found, said)
    return found


def _contexts(layout: Layout, holds: Sequence[bool]) -> tuple[Evidence, ...]:
    """Return for each container what it and those around it say; wide ones (``holds``) say nothing."""
    out: list[Evidence] = []
    for number, container in enumerate(layout.containers):
        if holds[number] or layout.content_type == "text":
            out.append(_NOTHING)
            continue
        own = read_attributes(container.tag, container.attributes)
        outer = out[container.parent] if container.parent >= 0 else _NOTHING
        out.append(_nest(outer, own))
    return tuple(out)


# --- the page -------------------------------------------------------------------------------------------------------


def read_words(text: str) -> tuple[str, ...]:
    """Return the lower-cased words; a Chinese or Japanese character counts as one, and so does ``©``."""
    return tuple(_TOKEN.findall(text.lower().replace("&", " ")))


def _facts(layout: Layout, shares: NDArray[np.float64], title: str) -> _Facts:
    words = tuple(read_words(text) for text in layout.texts)
    counts = np.array([len(found) for found in words], dtype=np.int64)
    chars = np.array([len(text) for text in layout.texts], dtype=np.float64)
    link_share = layout.link_chars / np.maximum(chars, 1)
    is_gold = bool(np.isfinite(shares).any())
    first, last = _span(layout, shares, counts) if is_gold else _guess_span(layout, counts, link_share)
    total = np.concatenate(([0], np.cumsum(counts)))
    gold = np.concatenate(([0], np.cumsum((np.nan_to_num(shares) >= BODY_SHARE) * counts)))
    page_words, gold_words = max(int(total[-1]), 1), max(int(gold[-1]), 1)
    wide = tuple(
        (total[box.end] - total[box.first]) > WIDE * page_words or (gold[box.end] - gold[box.first]) > 0.3 * gold_words
        for box in layout.containers
    )
    titles = _titles(layout, title)
    contexts = _contexts(layout, wide)
    title_at = _title_at(layout, words, titles, last)
    phrases = tuple(read_phrases(text, found) for text, found in zip(layout.texts, words, strict=True))
    footers = [box.tag == "footer" or "footer" in box.attributes.lower() for box in layout.containers]
    return _Facts(
        layout,
        shares,
        words,
        phrases,
        counts,
        link_share,
        first,
        last,
        is_gold,
        titles,
        contexts,
        wide,
        _inherited(layout, [own and not big for own, big in zip(footers, wide, strict=True)]),
        title_at,
    )


def _inherited(layout: Layout, own: Sequence[bool]) -> tuple[bool, ...]:
    """Return for each paragraph whether its container or one around it has the property."""
    out: list[bool] = []
    for container, has in zip(layout.containers, own, strict=True):
        out.append(has or (container.parent >= 0 and out[container.parent]))
    return tuple(out[number] for number in layout.container_of)


def _span(layout: Layout, shares: NDArray[np.float64], counts: NDArray[np.int64]) -> tuple[int, int]:
    """Return the first and last gold paragraph; short ones at the ends may have matched by chance."""
    gold = np.flatnonzero((np.nan_to_num(shares) >= BODY_SHARE) & (counts >= 6))
    if not len(gold):
        return len(layout.texts), -1
    return int(gold[0]), int(gold[-1])


def _guess_span(layout: Layout, counts: NDArray[np.int64], link_share: NDArray[np.float64]) -> tuple[int, int]:
    """Return the first and last long paragraph of the container that directly holds most of them."""
    if layout.content_type == "text":
        long = np.flatnonzero(counts >= 25)
        return (int(long[0]), int(long[-1])) if len(long) else (len(layout.texts), -1)
    weight: Counter[int] = Counter()
    members: dict[int, list[int]] = {}
    for index in np.flatnonzero((counts >= 15) & (link_share < 0.4)):
        parent = layout.containers[layout.container_of[index]].parent
        weight[parent] += int(counts[index])
        members.setdefault(parent, []).append(int(index))
    if not weight:
        return len(layout.texts), -1
    best = weight.most_common(1)[0][0]
    return members[best][0], members[best][-1]


def _titles(layout: Layout, title: str) -> tuple[tuple[str, ...], ...]:
    """Return the words of the headline as given and as the page's head has it, with and without the site's name."""
    candidates = [title]
    candidates += [content for name, content in layout.head.metas if name in ("og:title", "twitter:title")]
    if not title:
        candidates += re.split(r" [|–—-] | [»·:] ", layout.head.title)[:1]
    found = [read_words(candidate) for candidate in candidates if candidate]
    return tuple(dict.fromkeys(words for words in found if len(words) >= 2 or (words and len(words[0]) > 3)))


def _alike(words: Sequence[str], title: Sequence[str]) -> float:
    """Return the share of words two lines have in common, 0..1."""
    common = sum((Counter(words) & Counter(title)).values())
    return common / max(len(words), len(title), 1)


def _title_likeness(words: Sequence[str], titles: Sequence[Sequence[str]]) -> float:
    if not words or len(words) > 60:
        return 0.0
    return max(
        (_alike(words, title) for title in titles if abs(len(title) - len(words)) <= 0.3 * len(title)), default=0.0
    )


def _title_at(layout: Layout, words: Sequence[tuple[str, ...]], titles: Sequence[tuple[str, ...]], last: int) -> int:
    """Return the paragraph that shows the headline: an h1 or the best likeness before the end of the body."""
    best, at = 0.8, -1
    for index in range(min(len(words), last + 1) if last >= 0 else len(words)):
        likeness = _title_likeness(words[index], titles) + (0.2 if layout.tags[index] in ("h1", "h") else 0.0)
        if likeness > best:
            best, at = likeness, index
    return at


# --- evidence per paragraph -----------------------------------------------------------------------------------------


def read_phrases(text: str, words: Sequence[str]) -> Evidence:
    """Return what the chrome phrases in a paragraph say; a whole match outdoes a beginning, that one a find inside.

    >>> read_phrases("Leave a comment", ("leave", "a", "comment")).kinds
    (<Kind.COMMENTS: 'comments'>,)
    """
    numbered = ["#" if word.isdigit() else word for word in words[:160]]
    table = _phrases()
    best: dict[str, Evidence] = {}
    for at, word in enumerate(numbered):
        for phrase in table.get(word, ()):
            length = len(phrase.words)
            if tuple(numbered[at : at + length]) != phrase.words or not _in_place(phrase, at, len(words)):
                continue
            if phrase.colon and not _has_colon(text, words, at + length):
                continue
            found = best.get(phrase.place, _NOTHING)
            if not found.kinds:
                best[phrase.place] = phrase.evidence
            elif phrase.place == "anywhere" and phrase.evidence.kinds[0] not in found.kinds:
                best[phrase.place] = Evidence(found.kinds + phrase.evidence.kinds, found.weight)
    return next((best[place] for place in ("whole", "start", "anywhere") if place in best), _NOTHING)


def _in_place(phrase: _Phrase, at: int, count: int) -> bool:
    kind = phrase.evidence.kinds[0]
    if phrase.place == "whole":
        return at == 0 and count == len(phrase.words)
    if phrase.place == "start":
        return at == 0 and count <= START_WORDS.get(kind, 30)
    return count <= ANYWHERE_WORDS.get(kind, 50)


def _has_colon(text: str, words: Sequence[str], end: int) -> bool:
    """Return whether a colon follows the first ``end`` words; only asked of phrases at the start."""
    limit = sum(len(word) for word in words[:end]) + 2 * end
    return any(mark in text[:limit] for mark in (":", "："))


def _is_link(facts: _Facts, index: int) -> bool:
    return bool(facts.link_share[index] > 0.8)


def _near_start(facts: _Facts, index: int) -> bool:
    """Return whether byline and date of the article may stand here: about the headline or above the body."""
    if facts.last < 0:
        return facts.title_at >= 0 and abs(index - facts.title_at) <= 6
    begin = facts.first - 12 if facts.title_at < 0 else min(facts.title_at, facts.first) - 6
    return begin <= index <= facts.first + 2


def reads_as_byline(text: str) -> bool:
    """Return whether a line is a preposition and names: ``By Ann Lee``, ``Von Max Muster und Eva Beispiel``."""
    parts = text.replace(",", " ").replace("|", " ").split()
    if not 2 <= len(parts) <= 12 or parts[0].lower().rstrip(":") not in _BY:
        return False
    rest = [part for part in parts[1:] if part.lower() not in _PARTICLES]
    names = [part for part in rest if part[0].isupper() and _NAME.match(part)]
    return bool(names) and len(names) >= 0.6 * len(rest) and parts[1][:1].isupper()


def _line_evidence(facts: _Facts, index: int) -> Evidence:
    """Return what the form of the line says: a date, a byline."""
    text = facts.layout.texts[index]
    is_own = _near_start(facts, index) and not (_is_link(facts, index) and index < facts.title_at)
    weight = STRENGTHS["strong"] if is_own else STRENGTHS["weak"]
    if len(text) > 120:
        return _NOTHING
    if reads_as_byline(text):
        return Evidence((Kind.BYLINE,), weight)
    if any(character.isdigit() for character in text) and read_date_line(text):
        return Evidence((Kind.DATELINE,), weight)
    return _NOTHING


def _attribute_evidence(facts: _Facts, index: int) -> Evidence:
    layout = facts.layout
    if layout.content_type == "text":
        return _NOTHING
    around: Evidence = facts.contexts[int(layout.container_of[index])]
    if not layout.marks[index]:
        return around
    tag = "time" if "time" in layout.marks[index].split() else ""
    inline: Evidence = read_attributes(tag, layout.marks[index])
    return _nest(around, inline)


def _scope(facts: _Facts, index: int) -> range:
    """Return the paragraphs that a heading rules: the rest of the smallest container that holds more than it."""
    layout = facts.layout
    if layout.content_type == "text":
        return range(index + 1, min(index + 25, len(layout.texts)))
    number = int(layout.container_of[index])
    while number >= 0 and layout.containers[number].end <= index + 1:
        number = layout.containers[number].parent
    if number < 0 or facts.wide[number]:
        return range(0)
    return range(index + 1, layout.containers[number].end)


_SECTIONS: Final = frozenset({Kind.RELATED, Kind.COMMENTS, Kind.TAGS, Kind.SUBSCRIBE, Kind.AUTHOR, Kind.AD})


def _sections(facts: _Facts) -> dict[int, Evidence]:
    """Return for paragraphs under a heading such as "Related" what the heading says of them."""
    layout, out = facts.layout, dict[int, Evidence]()
    for index in range(len(layout.texts)):
        if facts.counts[index] > 8 or facts.shares[index] > CHROME_SHARE:
            continue
        said = facts.phrases[index]
        is_heading = layout.tags[index] in _HEADING_TAGS
        if not said.kinds or said.kinds[0] not in _SECTIONS or not (is_heading or facts.link_share[index] < 0.5):
            continue
        if layout.content_type == "text" and (index < facts.last or said.kinds[0] is not Kind.RELATED):
            continue
        for below in _scope(facts, index):
            ends = layout.tags[below] in _HEADING_TAGS and (layout.tags[below] <= layout.tags[index] or not is_heading)
            if facts.shares[below] > CHROME_SHARE or ends:
                break
            out[below] = Evidence(said.kinds, 0.5 if is_heading else 0.4)
    return out


def _lists(facts: _Facts) -> dict[int, Evidence]:
    """Return for paragraphs that are only a link what their list looks like: entries of a menu, or headlines."""
    layout, groups = facts.layout, dict[int, list[int]]()
    if layout.content_type == "text":
        return {}
    for index in np.flatnonzero(facts.link_share > 0.8).tolist():
        if "://" in layout.texts[index] or layout.links[index] >= 3:
            continue
        number = layout.containers[layout.container_of[index]].parent
        if number >= 0 and layout.containers[number].tag in ("li", "td", "h2", "h3", "h4", "span", "div", "dd"):
            number = layout.containers[number].parent
        groups.setdefault(number, []).append(index)
    out: dict[int, Evidence] = {}
    for members in groups.values():
        said = Counter(facts.phrases[index].kinds[:1] for index in members).most_common(2)
        common = next((kinds for kinds, times in said if kinds and times >= max(2, 0.4 * len(members))), ())
        mean = float(np.mean(facts.counts[members]))
        for index in members:
            if common in ((Kind.NAV,), (Kind.SHARE,)) and facts.counts[index] <= 6:
                out[index] = Evidence(common, 0.5)
                continue
            outside = index < facts.first or index > facts.last
            if mean >= 5 and facts.counts[index] >= 4 and outside:
                out[index] = Evidence((Kind.RELATED,), 0.5)
            elif mean <= 3 and facts.counts[index] <= 5 and len(members) >= 3 and index < facts.first:
                out[index] = Evidence((Kind.NAV,), 0.5)
    return out


# --- decisions ------------------------------------------------------------------------------------------------------


def _body_side(facts: _Facts, index: int) -> tuple[Kind | None, float]:
    """Return the kind of a paragraph that the gold holds; never a chrome kind."""
    layout, likeness = facts.layout, _title_likeness(facts.words[index], facts.titles)
    attributes, line = _attribute_evidence(facts, index), _line_evidence(facts, index)
    if likeness >= 0.9 and index <= facts.first + 1:
        return Kind.TITLE, 1.0
    if attributes.kinds == (Kind.CAPTION,) and attributes.weight >= STRENGTHS["strong"]:
        return Kind.CAPTION, 0.8
    if line.weight >= STRENGTHS["strong"]:
        return line.kinds[0], 0.8
    is_heading = _is_heading(facts, index)
    is_odd_heading = layout.tags[index] in _HEADING_TAGS and not is_heading
    outside = index < facts.first or index > facts.last or (likeness > 0.6 and index <= facts.first + 2)
    if outside or is_odd_heading:
        return None, 0.0
    says_chrome = bool(facts.phrases[index].kinds)
    if is_heading:
        sure = 1.0 if layout.tags[index] in _HEADING_TAGS else 0.7
        return (None, 0.0) if says_chrome and facts.counts[index] <= 4 else (Kind.HEADING, sure)
    if facts.counts[index] >= 8:
        return Kind.BODY, 0.7 if attributes.weight >= STRENGTHS["strong"] else 1.0
    return (None, 0.0) if says_chrome or attributes.kinds else (Kind.BODY, 0.7)


def _is_heading(facts: _Facts, index: int) -> bool:
    """Return whether the paragraph heads the body text that follows it."""
    layout, text = facts.layout, facts.layout.texts[index]
    if index + 1 >= len(layout.texts) or index >= facts.last or facts.counts[index] > 20:
        return False
    follows = facts.shares[index + 1] >= BODY_SHARE
    if layout.tags[index] in ("h2", "h3", "h4", "h5", "h6", "h"):
        return bool(follows or layout.content_type == "html")
    if layout.tags[index] in ("li", "td", "th", "dd", "dt", "pre", "h1") or text[-1] in _END_MARKS + ",":
        return False
    if facts.counts[index] > 12 or not follows or facts.counts[index + 1] < 2 * facts.counts[index]:
        return False
    bold = {"strong", "b"} & set(layout.marks[index].split())
    return bool(bold) or (layout.content_type == "text" and layout.gaps[index] > 0 and facts.counts[index] >= 2)


def _title_side(facts: _Facts, index: int, attributes: Evidence) -> tuple[Kind | None, float] | None:
    """Return the judgement for a headline or deck, None for other paragraphs."""
    layout = facts.layout
    likeness = _title_likeness(facts.words[index], facts.titles)
    elsewhere = attributes.kinds and attributes.kinds[0] in _MASTERS | {Kind.NAV, Kind.SHARE}
    if likeness >= 0.9:
        if elsewhere or (_is_link(facts, index) and index > facts.last >= 0):
            return None, 0.0
        return Kind.TITLE, 1.0 if index == facts.title_at or layout.tags[index] == "h1" else 0.8
    near = facts.title_at >= 0 and 0 < index - facts.title_at <= 4 and index <= facts.first
    if not near or elsewhere or facts.counts[index] < 5 or _is_link(facts, index):
        return None
    descriptions = [content for name, content in layout.head.metas if name in ("description", "og:description")]
    if any(_alike(facts.words[index], read_words(content)) > 0.85 for content in descriptions):
        return Kind.TITLE, 0.8
    if Kind.TITLE in attributes.kinds and not _line_evidence(facts, index).kinds:
        return Kind.TITLE, 0.7
    return None


def _settle(facts: _Facts, index: int, said: Evidence, line: Evidence) -> Evidence:
    """Return what attribute words still say once the text's length, place and form have spoken."""
    count = int(facts.counts[index])
    if set(said.kinds) == {Kind.BYLINE, Kind.AUTHOR}:
        if count <= 8 and _near_start(facts, index) and line.kinds != (Kind.DATELINE,):
            return Evidence((Kind.BYLINE,), said.weight)
        return Evidence((Kind.AUTHOR,), said.weight) if count >= 20 else _NOTHING
    if set(said.kinds) == {Kind.BYLINE, Kind.DATELINE}:
        return Evidence(line.kinds, said.weight) if line.kinds else _NOTHING
    if len(said.kinds) == 1 and _is_misplaced(facts, index, said.kinds[0], weight=said.weight, line=line):
        return _NOTHING
    return said


def _is_misplaced(facts: _Facts, index: int, kind: Kind, *, weight: float, line: Evidence) -> bool:
    """Return whether a paragraph like this cannot be what its attributes call it."""
    count, is_sure = int(facts.counts[index]), weight >= STRENGTHS["strong"]
    if kind in (Kind.TITLE, Kind.HEADING, Kind.BODY) or count > LONGEST.get(kind, 1000):
        return True
    if kind in _NAMED_BY and (line.kinds or not is_sure) and count > _NAMED_BY[kind]:
        return True
    if kind in (Kind.SHARE, Kind.AUTHOR, Kind.TAGS) and line.kinds:
        return True
    if kind in (Kind.TAGS, Kind.AUTHOR, Kind.ABOUT) and not _is_typical(facts, index, kind, is_sure=is_sure):
        return True
    if kind in (Kind.NAV, Kind.COMMENTS) and not any(mark.isalpha() for mark in facts.layout.texts[index]):
        return kind is Kind.COMMENTS or len(facts.layout.texts[index]) > 4
    return kind in _ARTICLE_NOTES | {Kind.TAGS, Kind.AUTHOR} and _is_far(facts, index, kind, line)


_NAMED_BY: Final = {Kind.NAV: 6, Kind.SHARE: 6, Kind.OTHER: 8}
"""Words; longer paragraphs need strong attribute words to be of this kind."""


def _is_typical(facts: _Facts, index: int, kind: Kind, *, is_sure: bool) -> bool:
    """Return whether the paragraph has what tags, an author's or a publisher's lines usually have."""
    count, text = int(facts.counts[index]), facts.layout.texts[index]
    if kind is Kind.TAGS:
        return is_sure or _is_link(facts, index)
    if kind is Kind.AUTHOR:
        return count >= 6
    return count >= 4 or any(mark.isdigit() or mark == "@" for mark in text)


def _is_far(facts: _Facts, index: int, kind: Kind, line: Evidence) -> bool:
    """Return whether the paragraph stands where an article has nothing of this kind."""
    begin = facts.title_at if facts.title_at >= 0 else facts.first - 5
    if kind is Kind.CAPTION:
        return facts.last >= 0 and not min(begin, facts.first) - 6 <= index <= facts.last + 3
    if kind is Kind.TAGS:
        return index <= begin or (0 <= facts.last < index - 25)
    if kind is Kind.AUTHOR:
        return bool(facts.counts[index] <= 8) and _near_start(facts, index)
    is_date = kind is not Kind.DATELINE or _may_be_date(facts.layout.texts[index], line)
    return not _near_start(facts, index) or not is_date


def _may_be_date(text: str, line: Evidence) -> bool:
    """Return whether a line called date has one: known date form, or five figures and more."""
    return Kind.DATELINE in line.kinds or sum(character.isdigit() for character in text) >= 5


def _is_menu_entry(facts: _Facts, index: int, attributes: Evidence, in_list: Evidence) -> bool:
    """Return whether the paragraph is a short link or button in a menu or in the page's footer."""
    if facts.counts[index] > 5 or "©" in facts.words[index]:
        return False
    in_menu = Kind.NAV in attributes.kinds or Kind.NAV in in_list.kinds or facts.in_footer[index]
    return in_menu and (_is_link(facts, index) or bool(facts.layout.controls[index]))


def _settle_phrases(facts: _Facts, index: int, attributes: Evidence, in_list: Evidence) -> Evidence:
    """Return what the phrases still say in these surroundings; a short link in a menu leads on, whatever its words."""
    phrases = facts.phrases[index]
    if not phrases.kinds:
        return phrases
    inner = phrases.kinds[0]
    is_entry = _is_menu_entry(facts, index, attributes, in_list)
    if is_entry and inner not in (Kind.SHARE, Kind.NAV, Kind.COMMENTS):
        return Evidence((Kind.NAV,), STRENGTHS["fair"])
    if inner is Kind.DATELINE and not _near_start(facts, index):
        return _NOTHING
    if inner is Kind.CAPTION and _is_link(facts, index):
        return _NOTHING
    if not attributes.kinds or attributes.weight < STRENGTHS["fair"]:
        return phrases
    is_overruled = inner not in attributes.kinds and inner in _OVERRULED.get(attributes.kinds[0], frozenset())
    return _NOTHING if is_overruled else phrases


def _votes(facts: _Facts, index: int, around: Evidence, *, section: Evidence, in_list: Evidence) -> list[Evidence]:
    """Return what each source says of a paragraph outside the body; ``around`` are its attribute words."""
    line = _line_evidence(facts, index)
    attributes = _settle(facts, index, around, line)
    if attributes.kinds[:1] in _LINKED_TO and _is_link(facts, index) and _is_menu_entry(facts, index, around, in_list):
        attributes = _NOTHING
    phrases = _settle_phrases(facts, index, attributes, in_list)
    if attributes.kinds == (Kind.OTHER,) and attributes.weight < STRENGTHS["strong"] and phrases.kinds:
        attributes = _NOTHING
    if attributes.kinds and attributes.kinds[0] in _MASTERS:
        line = _NOTHING
    if phrases.kinds and not set(phrases.kinds) & set(in_list.kinds):
        in_list = _NOTHING
    if section.kinds and attributes.kinds and not set(section.kinds) & set(attributes.kinds):
        section = _NOTHING
    return [said for said in (attributes, phrases, line, section, in_list) if said.kinds]


def _chrome_side(facts: _Facts, index: int, section: Evidence, in_list: Evidence) -> tuple[Kind | None, float]:
    """Return the kind of a paragraph that the gold does not hold, or of one of which nothing is known."""
    around = _attribute_evidence(facts, index)
    headline = _title_side(facts, index, around)
    if headline is not None:
        return headline
    scores: dict[Kind, float] = {}
    clear: set[Kind] = set()
    for said in _votes(facts, index, around, section=section, in_list=in_list):
        for kind in said.kinds:
            scores[kind] = scores.get(kind, 0.0) + said.weight
        if len(said.kinds) == 1:
            clear.add(said.kinds[0])
    ranked = sorted(scores.items(), key=lambda item: -item[1])[:2]
    if not ranked or ranked[0][0] not in clear:
        return _lost_heading(facts, index) if not ranked else (None, 0.0)
    kind, best = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    if second >= 0.4 and best - second < 0.45:
        return None, 0.0
    if best >= AGREED:
        return kind, 1.0 if second < 0.4 else 0.7
    if best >= STRENGTHS["strong"]:
        return kind, 0.8
    return (kind, 0.6) if best >= STRENGTHS["fair"] else (None, 0.0)


def _lost_heading(facts: _Facts, index: int) -> tuple[Kind | None, float]:
    """Return heading for a heading inside the body that the gold left out."""
    inside = facts.is_gold and facts.first < index < facts.last
    if not inside or facts.layout.tags[index] not in ("h2", "h3", "h4") or facts.counts[index] < 2:
        return None, 0.0
    if facts.shares[index + 1] < BODY_SHARE or facts.counts[index + 1] < 15 or facts.link_share[index] > 0.5:
        return None, 0.0
    return Kind.HEADING, 0.6
