"""The kind of a paragraph that the gold holds: title, heading, body and the like, never chrome."""

from __future__ import annotations

from typing import Final

from cleaner.cues.evidence import STRENGTHS
from cleaner.page import Kind
from cleaner.training.weak_kinds.facts import BODY_SHARE, HEADING_TAGS, Facts
from cleaner.training.weak_kinds.lines import read_line, read_surroundings
from cleaner.training.weak_kinds.words import title_likeness

_END_MARKS: Final = ".!?…。！？;；:："


def judge_gold(facts: Facts, index: int) -> tuple[Kind | None, float]:
    """Return the kind of a paragraph that the gold holds; never a chrome kind."""
    layout, likeness = facts.layout, title_likeness(facts.words[index], facts.titles)
    attributes, line = read_surroundings(facts, index), read_line(facts, index)
    if likeness >= 0.9 and index <= facts.first + 1:
        return Kind.TITLE, 1.0
    if attributes.kinds == (Kind.CAPTION,) and attributes.weight >= STRENGTHS["strong"]:
        return Kind.CAPTION, 0.8
    if line.weight >= STRENGTHS["strong"]:
        return line.kinds[0], 0.8
    is_heading = _is_heading(facts, index)
    is_odd_heading = layout.tags[index] in HEADING_TAGS and not is_heading
    outside = index < facts.first or index > facts.last or (likeness > 0.6 and index <= facts.first + 2)
    if outside or is_odd_heading:
        return None, 0.0
    says_chrome = bool(facts.phrases[index].kinds)
    if is_heading:
        sure = 1.0 if layout.tags[index] in HEADING_TAGS else 0.7
        return (None, 0.0) if says_chrome and facts.counts[index] <= 4 else (Kind.HEADING, sure)
    if facts.counts[index] >= 8:
        return Kind.BODY, 0.7 if attributes.weight >= STRENGTHS["strong"] else 1.0
    return (None, 0.0) if says_chrome or attributes.kinds else (Kind.BODY, 0.7)


def _is_heading(facts: Facts, index: int) -> bool:
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
