"""What tags and the words in class, id and labels say of the text inside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from cleaner.cues.evidence import NOTHING, Evidence, nest
from cleaner.cues.tables import GROUP_OF, PARTS, attribute_terms, body_endings


@lru_cache(maxsize=20_000)
def _forms(word: str) -> tuple[str, ...]:
    """Return the word, the beginnings it has in the table, and ``*`` for any word."""
    starts = attribute_terms().beginnings.get(word[:2], ())
    return (word, *(start for start in starts if word.startswith(start[:-1])), "*")


@lru_cache(maxsize=20_000)
def _may_begin(word: str) -> bool:
    """Return whether a term of the table begins with this word; most words begin none."""
    return not attribute_terms().firsts.isdisjoint(_forms(word))


def _longest_term(parts: Sequence[str], at: int) -> tuple[Evidence, int]:
    """Return what the longest term that begins at a word says, and the number of words it covers (0: none)."""
    terms = attribute_terms().terms
    for length in range(min(4, len(parts) - at), 0, -1):
        head = tuple(parts[at : at + length - 1])
        for form in _forms(parts[at + length - 1]):
            evidence, must_end = terms.get((*head, form), (NOTHING, False))
            if evidence.weight and (not must_end or at + length == len(parts)):
                return evidence, len(parts) - at if form == "*" else length
    return NOTHING, 0


def _found_terms(parts: Sequence[str]) -> Iterator[Evidence]:
    """Yield what the terms in one attribute word say, the longest first at each place, left to right."""
    at = 0
    while at < len(parts):
        length = 0
        if _may_begin(parts[at]):
            evidence, length = _longest_term(parts, at)
            if length:
                yield evidence
        at += max(length, 1)


@lru_cache(maxsize=50_000)
def _read_value(value: str) -> Evidence:
    """Return what one class word, id or word of a label says."""
    said = NOTHING
    parts = [part.lower() for part in PARTS.findall(value)]
    if any(map(_may_begin, parts)):
        for evidence in _found_terms(parts):
            said = nest(said, evidence)
    return said


def read_attributes(tag: str, attributes: str) -> Evidence:
    """Return what an element's tag and attribute words say of the text inside.

    >>> read_attributes("div", "comment-author vcard").kinds
    (<Kind.COMMENTS: 'comments'>,)
    """
    found = attribute_terms().elements.get(tag, NOTHING)
    for value in attributes.split():
        said = _read_value(value)
        if said.weight > found.weight:
            found = said
        elif said.kinds and said.weight == found.weight:
            found = nest(found, said)
    return found


def read_cues(tag: str, attributes: str) -> tuple[tuple[int, float], ...]:
    """Return the same as places in ``CUE_GROUPS`` with what the evidence is worth."""
    evidence = read_attributes(tag, attributes)
    return tuple({GROUP_OF[kind]: evidence.weight for kind in evidence.kinds if kind in GROUP_OF}.items())


def is_named_body(attributes: str) -> bool:
    """Return whether a class, id or itemprop says that the article's text is inside.

    >>> is_named_body("td-post-content wide"), is_named_body("post-content-ad")
    (True, False)
    """
    return any(map(_is_body_value, attributes.split()[:20]))


@lru_cache(maxsize=50_000)
def _is_body_value(value: str) -> bool:
    return _NO_LETTERS.sub("", value.lower()).endswith(body_endings())


_NO_LETTERS = re.compile(r"[\W\d_]+")
