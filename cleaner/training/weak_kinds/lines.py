"""What a single paragraph shows: whether it is a link, where it stands, whether its form is a date's or a byline's."""

from __future__ import annotations

import re
from typing import Final

from cleaner.cues.attributes import read_attributes
from cleaner.cues.evidence import NOTHING, STRENGTHS, Evidence, nest
from cleaner.datelines import read_date_line
from cleaner.page import Kind
from cleaner.training.weak_kinds.facts import Facts

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


def is_link(facts: Facts, index: int) -> bool:
    """Return whether more than 80 % of the paragraph's characters are in links."""
    return bool(facts.link_share[index] > 0.8)


def is_near_start(facts: Facts, index: int) -> bool:
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


def read_line(facts: Facts, index: int) -> Evidence:
    """Return what the form of the line says: a date, a byline."""
    text = facts.layout.texts[index]
    is_own = is_near_start(facts, index) and not (is_link(facts, index) and index < facts.title_at)
    weight = STRENGTHS["strong"] if is_own else STRENGTHS["weak"]
    if len(text) > 120:
        return NOTHING
    if reads_as_byline(text):
        return Evidence((Kind.BYLINE,), weight)
    if any(character.isdigit() for character in text) and read_date_line(text):
        return Evidence((Kind.DATELINE,), weight)
    return NOTHING


def read_surroundings(facts: Facts, index: int) -> Evidence:
    """Return what the attributes of the containers around a paragraph and of its own inline elements say."""
    layout = facts.layout
    if layout.content_type == "text":
        return NOTHING
    around: Evidence = facts.contexts[int(layout.container_of[index])]
    if not layout.marks[index]:
        return around
    tag = "time" if "time" in layout.marks[index].split() else ""
    inline: Evidence = read_attributes(tag, layout.marks[index])
    return nest(around, inline)
