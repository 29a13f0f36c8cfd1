"""Names that stand alone above or below the body, set off in bold or italics: how papers sign what a reporter wrote."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from cleaner.metadata.evidence import Evidence
from cleaner.metadata.persons import names_organisation, split_persons

__all__ = ["read_signature"]

_SET_OFF = frozenset({"strong", "b", "em", "i"})
_MAX_CHARS = 60
_PROSE_CHARS = 80
"""A longer paragraph is prose; the name stands right above the first one or right below the last one."""
_REACH = 6
"""Paragraphs between the headline and the name."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_NO_NAME = re.compile(r"[\d:!?…|•()\[\]\"“”„«»]|[.,]$")


def read_signature(evidence: Evidence, headline: int, sites: Collection[str]) -> list[str]:
    """Return the persons of a line of nothing but full names, in bold or italics, at the head or end of the body.

    No word of it may stand in small letters elsewhere on the page: that tells "Jane Doe" from "Key Points".
    """
    for index in _lines(evidence, headline):
        text = evidence.layout.texts[index]
        names = split_persons(text, sites=sites)
        if not names or not all(2 <= len(name.split()) <= 4 and not names_organisation(name) for name in names):
            continue
        if len("".join(names)) >= 0.8 * len(text) and not _has_common_word(text, evidence):
            return names
    return []


def _lines(evidence: Evidence, headline: int) -> Iterator[int]:
    """Yield the paragraphs that may hold the name: above the first long one, then below the last long one."""
    texts = evidence.layout.texts
    for index in range(headline + 1, min(len(texts), headline + 1 + _REACH)):
        if len(texts[index]) > _PROSE_CHARS and evidence.kept[index]:
            break
        if _is_set_off(evidence, index):
            yield index
    last = max(
        (index for index, kept in enumerate(evidence.kept) if kept and len(texts[index]) > _PROSE_CHARS), default=-1
    )
    for index in range(last + 1, min(len(texts), last + 3) if last > headline else 0):
        if _is_set_off(evidence, index):
            yield index


def _is_set_off(evidence: Evidence, index: int) -> bool:
    layout = evidence.layout
    text = layout.texts[index]
    if not 5 <= len(text) <= _MAX_CHARS or layout.tags[index] not in {"p", "div"} or layout.links[index]:
        return False
    return layout.marks[index] in _SET_OFF and not _NO_NAME.search(text)


def _has_common_word(name: str, evidence: Evidence) -> bool:
    """Whether a word of a name stands in small letters anywhere on the page."""
    words = {word.casefold() for word in _WORD.findall(name)}
    return any(not words.isdisjoint(_WORD.findall(text)) for text in evidence.layout.texts)
