"""The tables of the labeller (``cleaner/tables/kinds``), made for looking up: attribute words and chrome phrases."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from cleaner.page import Kind
from cleaner.training.weak_kinds.evidence import STRENGTHS, Evidence

LANGUAGES: Final = ("de", "el", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "ru", "zh")
"""Languages that have a table of phrases."""

PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_A-Za-z]+")
"""Words of an attribute value: ``relatedPosts`` has two."""


def table_lines(name: str) -> list[str]:
    """Return the entries of a table in ``cleaner/tables/kinds``, without its header."""
    text = (files("cleaner") / "tables" / "kinds" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@dataclass(frozen=True, slots=True)
class Terms:
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
def attribute_terms() -> Terms:
    """Return the attribute table, read once."""
    elements: dict[str, Evidence] = {}
    terms: dict[tuple[str, ...], tuple[Evidence, bool]] = {}
    beginnings: dict[str, list[str]] = {}
    for line in table_lines("attributes.txt"):
        term, kinds, strength = line.split()
        evidence = Evidence(tuple(Kind(kind) for kind in kinds.split("/") if kind != "none"), STRENGTHS[strength])
        if term.startswith("<"):
            elements[term.strip("<>")] = evidence
            continue
        parts = tuple(part.lower() for part in PARTS.findall(term))
        if term.endswith("-*"):
            parts = (*parts, "*")
        elif term.endswith("*"):
            parts = (*parts[:-1], parts[-1] + "*")
            beginnings.setdefault(parts[-1][:2], []).append(parts[-1])
        terms[parts] = (evidence, term.endswith("$"))
    return Terms(elements, terms, beginnings, frozenset(parts[0] for parts in terms))


class Phrase(NamedTuple):
    """One line of a phrase table: words, where they must stand, whether a colon follows, what they say."""

    words: tuple[str, ...]
    place: str
    colon: bool
    evidence: Evidence


@cache
def phrases_by_first_word() -> dict[str, list[Phrase]]:
    """Return all phrases by their first word, the longest first."""
    table: dict[str, list[Phrase]] = {}
    for language in LANGUAGES:
        for line in table_lines(f"phrases.{language}.txt"):
            phrase, place, kind, strength = line.split(" | ")
            words = tuple(phrase.rstrip(":").split())
            evidence = Evidence((Kind(kind),), STRENGTHS[strength])
            table.setdefault(words[0], []).append(Phrase(words, place, phrase.endswith(":"), evidence))
    for entries in table.values():
        entries.sort(key=lambda entry: -len(entry.words))
    return table
