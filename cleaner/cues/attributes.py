"""What tags and the words in class, id and labels say of the text inside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache, reduce
from typing import NamedTuple

from cleaner.cues.evidence import NOTHING, Evidence, nest
from cleaner.cues.tables import GROUP_OF, PARTS, Step, attribute_terms, body_endings, body_tails


@lru_cache(maxsize=8_192)
def _opens(word: str) -> bool:
    """Return whether a term of the table begins with this word; most words begin none."""
    first = attribute_terms().first
    starts = first.starts.get(word[:2], ())
    return word in first.on or word in first.ends or any(word.startswith(start) for start, _ in starts)


def _longest_term(parts: Sequence[str], at: int) -> tuple[Evidence, int]:
    """Return what the longest term that begins at a word says, and the number of words it covers (0: none)."""
    step: Step | None = attribute_terms().first
    found, covered, end = NOTHING, 0, at
    count = len(parts)
    while step is not None and end < count:
        word = parts[end]
        end += 1
        ends = step.ends
        evidence, must_end = ends.get(word, _NO_END)
        if evidence.weight and (not must_end or end == count):
            found, covered = evidence, end - at
        else:
            prefixed = next((said for start, said in step.starts.get(word[:2], ()) if word.startswith(start)), None)
            if prefixed is not None:
                found, covered = prefixed, end - at
            elif "*" in ends:
                found, covered = ends["*"][0], count - at
        step = step.on.get(word)
    return found, covered


_NO_END = (NOTHING, False)


def _found_terms(parts: Sequence[str]) -> Iterator[Evidence]:
    """Yield what the terms in one attribute word say, the longest first at each place, left to right."""
    at = 0
    while at < len(parts):
        length = 0
        if _opens(parts[at]):
            evidence, length = _longest_term(parts, at)
            if length:
                yield evidence
        at += length or 1


class Name(NamedTuple):
    """What one class word, id or word of a label says, or all those of an element."""

    said: Evidence
    is_body: bool
    """It ends like the names that the element with an article's text often has."""
    words: tuple[str, ...]
    """``postBody_2x`` has post, body and x."""


@lru_cache(maxsize=8_192)
def _read_name(name: str) -> Name:
    parts = PARTS.findall(name)
    if not name.islower():
        parts = [part.lower() for part in parts]
    words = parts if name.isalpha() else [part for part in parts if not "0" <= part[0] <= "9"]
    said = reduce(nest, _found_terms(parts), NOTHING) if any(map(_opens, parts)) else NOTHING
    return Name(said, _ends_like_body(words), tuple(words))


def read_element(tag: str, attributes: str) -> Name:
    """Return what an element's tag and attribute words say of the text inside, and all the words."""
    found = attribute_terms().elements.get(tag, NOTHING)
    is_body = False
    words: list[str] = []
    for said, ends_like_body, parts in map(_read_name, attributes.split()):
        if said is not NOTHING:
            if said.weight > found.weight:
                found = said
            elif said.kinds and said.weight == found.weight:
                found = nest(found, said)
        is_body = is_body or ends_like_body
        words += parts
    return Name(found, is_body, tuple(words))


def _ends_like_body(words: Sequence[str]) -> bool:
    """Return whether the words, written together, end like the name of an element with an article's text."""
    # most names are told apart by their last letters alone
    return bool(words) and words[-1][-2:] in body_tails() and "".join(words).endswith(body_endings())


def read_attributes(tag: str, attributes: str) -> Evidence:
    """Return what an element's tag and attribute words say of the text inside.

    >>> read_attributes("div", "comment-author vcard").kinds
    (<Kind.COMMENTS: 'comments'>,)
    """
    return read_element(tag, attributes).said


def cues_of(evidence: Evidence) -> tuple[tuple[int, float], ...]:
    """Return evidence as places in ``CUE_GROUPS`` with what it is worth."""
    return tuple({GROUP_OF[kind]: evidence.weight for kind in evidence.kinds if kind in GROUP_OF}.items())


def is_named_body(attributes: str) -> bool:
    """Return whether a class, id or itemprop says that the article's text is inside.

    >>> is_named_body("td-post-content wide"), is_named_body("post-content-ad")
    (True, False)
    """
    return read_element("", attributes).is_body
