"""What tags and the words in class, id and labels say of the text inside them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Final, NamedTuple, TypeAlias

from cleaner.cues.evidence import NOTHING, Evidence, nest
from cleaner.cues.memory import Memory
from cleaner.cues.tables import GROUP_OF, PARTS, Step, attribute_terms, body_endings, body_tails


def _read_first(word: str) -> _First | None:
    """Return what the terms say that begin with this word; most words begin none."""
    first = attribute_terms().first
    evidence, must_end = first.ends.get(word, (None, False))
    prefixed = next((said for start, said in first.starts.get(word[:2], ()) if word.startswith(start)), None)
    on = first.on.get(word)
    if evidence is None and prefixed is None and on is None:
        return None
    return prefixed if must_end else evidence or prefixed, evidence or prefixed, on


_First: TypeAlias = tuple[Evidence | None, Evidence | None, Step | None]
"""What the term says that is this word alone: where more words follow, and at the end; and what may follow it."""
_FIRSTS: Final = Memory(_read_first, most=8_192)


def _longest_term(step: Step | None, parts: Sequence[str], at: int) -> tuple[Evidence, int]:
    """Return what the longest term says that goes on at a word, and where it ends (``at``: there is none)."""
    found, covered, end = NOTHING, at, at
    count = len(parts)
    while step is not None and end < count:
        word = parts[end]
        end += 1
        ends = step.ends
        evidence, must_end = ends.get(word, _NO_END)
        if evidence.weight and (not must_end or end == count):
            found, covered = evidence, end
        else:
            prefixed = next((said for start, said in step.starts.get(word[:2], ()) if word.startswith(start)), None)
            if prefixed is not None:
                found, covered = prefixed, end
            elif "*" in ends:
                found, covered = ends["*"][0], count
        step = step.on.get(word)
    return found, covered


_NO_END = (NOTHING, False)


def _read_terms(parts: Sequence[str]) -> Evidence:
    """Return what the terms in one attribute word say together, the longest first at each place, left to right."""
    at, count, said = 0, len(parts), NOTHING
    while at < count:
        first = _FIRSTS[parts[at]]
        at += 1
        if first is None:
            continue
        inside, last, on = first
        found = last if at == count else inside
        if on is not None:
            longer, end = _longest_term(on, parts, at)
            if end > at:
                found, at = longer, end
        if found is not None:
            said = nest(said, found)
    return said


class Name(NamedTuple):
    """What one class word, id or word of a label says."""

    said: Evidence | None
    """None for most names: no term stands in them."""
    is_body: bool
    """It ends like the names that the element with an article's text often has."""
    words: Sequence[str]
    """``postBody_2x`` has post, body and x."""


_BLANKS: Final = {code: " " for code in range(128) if not chr(code).isalpha()}
_DIGITS: Final = frozenset("0123456789")


def read_name(name: str) -> Name:
    """Read one class word, id or word of a label.

    >>> read_name("postBody_2x").words, read_name("share-bar").said
    (['post', 'body', 'x'], Evidence(kinds=(<Kind.SHARE: 'share'>,), weight=0.7))
    """
    if name.isascii() and name.islower() and _DIGITS.isdisjoint(name):
        words = parts = name.translate(_BLANKS).split()  # what PARTS finds there, in half the time
    else:
        parts = [part.lower() for part in PARTS.findall(name)]
        words = [part for part in parts if not "0" <= part[0] <= "9"]
    said = _read_terms(parts) if any(map(_FIRSTS.__getitem__, parts)) else None
    # the ends of most names are told apart by their last letters alone
    is_body = bool(words) and words[-1][-2:] in body_tails() and "".join(words).endswith(body_endings())
    return Name(said, is_body, words)


def tag_evidence(tag: str) -> Evidence:
    """Return what a tag says of the text inside."""
    return attribute_terms().elements.get(tag, NOTHING)


def stronger(found: Evidence, said: Evidence) -> Evidence:
    """Return what an element says by all that was read before and one more of its names."""
    if said.weight > found.weight:
        return said
    return nest(found, said) if said.kinds and said.weight == found.weight else found


def read_attributes(tag: str, attributes: str) -> Evidence:
    """Return what an element's tag and attribute words say of the text inside.

    >>> read_attributes("div", "comment-author vcard").kinds
    (<Kind.COMMENTS: 'comments'>,)
    """
    said = (read_name(name).said for name in attributes.split())
    return reduce(stronger, filter(None, said), tag_evidence(tag))


def cues_of(evidence: Evidence) -> tuple[tuple[int, float], ...]:
    """Return evidence as places in ``CUE_GROUPS`` with what it is worth."""
    return tuple({GROUP_OF[kind]: evidence.weight for kind in evidence.kinds if kind in GROUP_OF}.items())


def is_named_body(attributes: str) -> bool:
    """Return whether a class, id or itemprop says that the article's text is inside.

    >>> is_named_body("td-post-content wide"), is_named_body("post-content-ad")
    (True, False)
    """
    return any(read_name(name).is_body for name in attributes.split())
