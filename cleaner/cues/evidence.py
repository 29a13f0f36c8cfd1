"""What one source says of a paragraph, how much that is worth, and what holds inside what."""

from __future__ import annotations

from typing import Final, NamedTuple

from cleaner.page import Kind

STRENGTHS: Final = {"strong": 0.7, "fair": 0.5, "weak": 0.2}
"""What one word in an attribute, or one phrase, is worth; two votes of 0.5 agree to a sure label."""

MASTERS: Final = frozenset({Kind.COMMENTS, Kind.RELATED, Kind.CONSENT, Kind.AD})
"""Chrome whose inner headlines, names, dates and pictures belong to it and not to the article."""

INNER: Final = frozenset({Kind.TITLE, Kind.BYLINE, Kind.DATELINE, Kind.HEADING, Kind.CAPTION, Kind.TAGS, Kind.AUTHOR})
"""Kinds that mean a part of an article when they stand outside MASTERS."""


class Evidence(NamedTuple):
    """What one source says: the paragraph is one of ``kinds`` (more than one: the text has to decide)."""

    kinds: tuple[Kind, ...]
    weight: float


NOTHING: Final = Evidence((), 0.0)
"""What a source says that knows nothing of the paragraph."""


def nest(outer: Evidence, inner: Evidence) -> Evidence:
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
    return outer.weight >= STRENGTHS["fair"] and outer.kinds[0] in MASTERS and set(inner.kinds) <= INNER
