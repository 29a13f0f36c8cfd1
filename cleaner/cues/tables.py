"""The tables of the labeller (``cleaner/tables/kinds``), made for looking up: attribute words and chrome phrases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from cleaner.cues.evidence import STRENGTHS, Evidence
from cleaner.page import Kind

CUE_GROUPS: Final = ("nav", "share", "related", "comments", "promotion", "about", "note", "caption")
"""Kinds that chrome words tell apart well enough; see ``GROUP_OF``."""
GROUP_OF: Final = {
    Kind.NAV: 0, Kind.OTHER: 0, Kind.SHARE: 1, Kind.TAGS: 1, Kind.RELATED: 2, Kind.COMMENTS: 3, Kind.AD: 4,
    Kind.SUBSCRIBE: 4, Kind.CONSENT: 4, Kind.ABOUT: 5, Kind.AUTHOR: 5, Kind.LEGAL: 5, Kind.POLICY: 5,
    Kind.BYLINE: 6, Kind.DATELINE: 6, Kind.TITLE: 6, Kind.CAPTION: 7,
}  # fmt: skip
"""Place of each kind's group in CUE_GROUPS."""

LANGUAGES: Final = ("de", "el", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "ru", "zh")
"""Languages that have a table of phrases."""

PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_A-Za-z]+")
"""Words of an attribute value: ``relatedPosts`` has two."""


_NUMBERED: Final = re.compile(r"# [^|]+ \| (whole|start|anywhere) \| \w+ \| \w+$")


def table_lines(name: str) -> list[str]:
    """Return the entries of a table in ``cleaner/tables/kinds``, without its header."""
    text = (files("cleaner") / "tables" / "kinds" / name).read_text(encoding="utf-8")
    # `# comments | whole ...` is an entry: any number, then a word
    return [line for line in text.splitlines() if line and (line[0] != "#" or _NUMBERED.match(line))]


class Step(NamedTuple):
    """What may come next in a term of the attribute table; the terms are a tree of their words."""

    ends: dict[str, tuple[Evidence, bool]]
    """Last word of a term -> what the term says, and whether it must stand last in the name; ``*`` is any words."""
    starts: dict[str, list[tuple[str, Evidence]]]
    """The same for last words ``x*``, any word that begins so: by their first two letters."""
    on: dict[str, Step]
    """Word of a longer term -> what may follow it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The attribute table, made for looking up."""

    elements: dict[str, Evidence]
    """By tag."""
    first: Step


@cache
def attribute_terms() -> Terms:
    """Return the attribute table, read once."""
    elements: dict[str, Evidence] = {}
    first = Step({}, {}, {})
    for line in table_lines("attributes.txt"):
        term, kinds, strength = line.split()
        evidence = Evidence(tuple(Kind(kind) for kind in kinds.split("/") if kind != "none"), STRENGTHS[strength])
        if term.startswith("<"):
            elements[term.strip("<>")] = evidence
            continue
        *head, last = (part.lower() for part in PARTS.findall(term))
        if term.endswith("-*"):
            head, last = [*head, last], "*"
        step = first
        for word in head:
            step = step.on.setdefault(word, Step({}, {}, {}))
        if last != "*" and term.endswith("*"):
            step.starts.setdefault(last[:2], []).append((last, evidence))
        else:
            step.ends[last] = evidence, term.endswith("$")
    return Terms(elements, first)


@cache
def body_endings() -> tuple[str, ...]:
    """Return how the names of elements end that hold an article's text, letters only."""
    lines = (files("cleaner") / "tables" / "body_names.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


@cache
def body_tails() -> frozenset[str]:
    """Return the last letter and the last two letters of each of :func:`body_endings`."""
    return frozenset(ending[-count:] for ending in body_endings() for count in (1, 2))


class Phrase(NamedTuple):
    """One line of a phrase table: words, where they must stand, whether a colon follows, what they say."""

    words: tuple[str, ...]
    place: str
    colon: bool
    evidence: Evidence


START_WORDS: Final = {Kind.CONSENT: 150, Kind.POLICY: 120, Kind.LEGAL: 150, Kind.ABOUT: 60, Kind.SUBSCRIBE: 80}
"""A paragraph that begins with a phrase may be this long (words), 30 unless stated: longer ones are running text."""

ANYWHERE_WORDS: Final = {Kind.CONSENT: 150, Kind.POLICY: 120, Kind.LEGAL: 150, Kind.AUTHOR: 90, Kind.CAPTION: 60}
"""The same for a phrase inside the paragraph; 50 unless stated."""


def word_limit(phrase: Phrase) -> int:
    """Return the words from which on a paragraph with this phrase is running text."""
    kind = phrase.evidence.kinds[0]
    if phrase.place == "whole":
        return len(phrase.words)
    return START_WORDS.get(kind, 30) if phrase.place == "start" else ANYWHERE_WORDS.get(kind, 50)


@cache
def phrases_by_first_word() -> dict[str, list[Phrase]]:
    """Return all phrases by their first word, the longest first."""
    return _by_first_word([f"phrases.{language}.txt" for language in LANGUAGES])


@cache
def said_by_first_word() -> dict[str, list[Phrase]]:
    """Return the same with those of ``said.txt``, which are read when a line of plain text is named, and only then."""
    known, said = phrases_by_first_word(), _by_first_word(["said.txt"])
    return known | {word: sorted([*said[word], *known.get(word, ())], key=_longest_first) for word in said}


def _by_first_word(names: Sequence[str]) -> dict[str, list[Phrase]]:
    table: dict[str, list[Phrase]] = {}
    for line in (line for name in names for line in table_lines(name)):
        phrase, place, kind, strength = line.split(" | ")
        words = tuple(phrase.rstrip(":").split())
        evidence = Evidence((Kind(kind),), STRENGTHS[strength])
        table.setdefault(words[0], []).append(Phrase(words, place, phrase.endswith(":"), evidence))
    for entries in table.values():
        entries.sort(key=_longest_first)
    return table


def _longest_first(phrase: Phrase) -> int:
    return -len(phrase.words)
