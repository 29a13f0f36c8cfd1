"""The kind of a paragraph that the gold does not hold: the votes of all sources, weighed against each other."""

from __future__ import annotations

from typing import Final

from cleaner.cues.evidence import INNER, MASTERS, NOTHING, STRENGTHS, Evidence
from cleaner.cues.phrases import read_words
from cleaner.page import KINDS, Kind
from cleaner.training.weak_kinds.facts import BODY_SHARE, Facts
from cleaner.training.weak_kinds.lines import is_link, is_near_start, read_line, read_surroundings
from cleaner.training.weak_kinds.words import alike, title_likeness

AGREED: Final = 0.95
"""Votes of two sources for the same kind add up to this or more when both are at least fair."""

_ARTICLE_NOTES: Final = frozenset({Kind.BYLINE, Kind.DATELINE, Kind.CAPTION})

_OVERRULED: Final = {
    Kind.COMMENTS: frozenset(KINDS) - {Kind.POLICY, Kind.SUBSCRIBE, Kind.AD, Kind.LEGAL},
    Kind.CONSENT: frozenset(KINDS),
    Kind.RELATED: (INNER - {Kind.CAPTION}) | {Kind.NAV, Kind.OTHER},
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

_NAMED_BY: Final = {Kind.NAV: 6, Kind.SHARE: 6, Kind.OTHER: 8}
"""Words; longer paragraphs need strong attribute words to be of this kind."""


def judge_chrome(facts: Facts, index: int, section: Evidence, in_list: Evidence) -> tuple[Kind | None, float]:
    """Return the kind of a paragraph that the gold does not hold, or of one of which nothing is known."""
    around = read_surroundings(facts, index)
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


def _votes(facts: Facts, index: int, around: Evidence, *, section: Evidence, in_list: Evidence) -> list[Evidence]:
    """Return what each source says of a paragraph outside the body; ``around`` are its attribute words."""
    line = read_line(facts, index)
    attributes = _settle(facts, index, around, line)
    if attributes.kinds[:1] in _LINKED_TO and is_link(facts, index) and _is_menu_entry(facts, index, around, in_list):
        attributes = NOTHING
    phrases = _settle_phrases(facts, index, attributes, in_list)
    if attributes.kinds == (Kind.OTHER,) and attributes.weight < STRENGTHS["strong"] and phrases.kinds:
        attributes = NOTHING
    if attributes.kinds and attributes.kinds[0] in MASTERS:
        line = NOTHING
    if phrases.kinds and not set(phrases.kinds) & set(in_list.kinds):
        in_list = NOTHING
    if section.kinds and attributes.kinds and not set(section.kinds) & set(attributes.kinds):
        section = NOTHING
    return [said for said in (attributes, phrases, line, section, in_list) if said.kinds]


def _title_side(facts: Facts, index: int, attributes: Evidence) -> tuple[Kind | None, float] | None:
    """Return the judgement for a headline or deck, None for other paragraphs."""
    layout = facts.layout
    likeness = title_likeness(facts.words[index], facts.titles)
    elsewhere = attributes.kinds and attributes.kinds[0] in MASTERS | {Kind.NAV, Kind.SHARE}
    if likeness >= 0.9:
        if elsewhere or (is_link(facts, index) and index > facts.last >= 0):
            return None, 0.0
        return Kind.TITLE, 1.0 if index == facts.title_at or layout.tags[index] == "h1" else 0.8
    near = facts.title_at >= 0 and 0 < index - facts.title_at <= 4 and index <= facts.first
    if not near or elsewhere or facts.counts[index] < 5 or is_link(facts, index):
        return None
    descriptions = [content for name, content in layout.head.metas if name in ("description", "og:description")]
    if any(alike(facts.words[index], read_words(content)) > 0.85 for content in descriptions):
        return Kind.TITLE, 0.8
    if Kind.TITLE in attributes.kinds and not read_line(facts, index).kinds:
        return Kind.TITLE, 0.7
    return None


def _settle(facts: Facts, index: int, said: Evidence, line: Evidence) -> Evidence:
    """Return what attribute words still say once the text's length, place and form have spoken."""
    count = int(facts.counts[index])
    if set(said.kinds) == {Kind.BYLINE, Kind.AUTHOR}:
        if count <= 8 and is_near_start(facts, index) and line.kinds != (Kind.DATELINE,):
            return Evidence((Kind.BYLINE,), said.weight)
        return Evidence((Kind.AUTHOR,), said.weight) if count >= 20 else NOTHING
    if set(said.kinds) == {Kind.BYLINE, Kind.DATELINE}:
        return Evidence(line.kinds, said.weight) if line.kinds else NOTHING
    if len(said.kinds) == 1 and _is_misplaced(facts, index, said.kinds[0], weight=said.weight, line=line):
        return NOTHING
    return said


def _is_misplaced(facts: Facts, index: int, kind: Kind, *, weight: float, line: Evidence) -> bool:
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


def _is_typical(facts: Facts, index: int, kind: Kind, *, is_sure: bool) -> bool:
    """Return whether the paragraph has what tags, an author's or a publisher's lines usually have."""
    count, text = int(facts.counts[index]), facts.layout.texts[index]
    if kind is Kind.TAGS:
        return is_sure or is_link(facts, index)
    if kind is Kind.AUTHOR:
        return count >= 6
    return count >= 4 or any(mark.isdigit() or mark == "@" for mark in text)


def _is_far(facts: Facts, index: int, kind: Kind, line: Evidence) -> bool:
    """Return whether the paragraph stands where an article has nothing of this kind."""
    begin = facts.title_at if facts.title_at >= 0 else facts.first - 5
    if kind is Kind.CAPTION:
        return facts.last >= 0 and not min(begin, facts.first) - 6 <= index <= facts.last + 3
    if kind is Kind.TAGS:
        return index <= begin or (0 <= facts.last < index - 25)
    if kind is Kind.AUTHOR:
        return bool(facts.counts[index] <= 8) and is_near_start(facts, index)
    is_date = kind is not Kind.DATELINE or _may_be_date(facts.layout.texts[index], line)
    return not is_near_start(facts, index) or not is_date


def _may_be_date(text: str, line: Evidence) -> bool:
    """Return whether a line called date has one: known date form, or five figures and more."""
    return Kind.DATELINE in line.kinds or sum(character.isdigit() for character in text) >= 5


def _settle_phrases(facts: Facts, index: int, attributes: Evidence, in_list: Evidence) -> Evidence:
    """Return what the phrases still say in these surroundings; a short link in a menu leads on, whatever its words."""
    phrases = facts.phrases[index]
    if not phrases.kinds:
        return phrases
    inner = phrases.kinds[0]
    is_entry = _is_menu_entry(facts, index, attributes, in_list)
    if is_entry and inner not in (Kind.SHARE, Kind.NAV, Kind.COMMENTS):
        return Evidence((Kind.NAV,), STRENGTHS["fair"])
    if inner is Kind.DATELINE and not is_near_start(facts, index):
        return NOTHING
    if inner is Kind.CAPTION and is_link(facts, index):
        return NOTHING
    if not attributes.kinds or attributes.weight < STRENGTHS["fair"]:
        return phrases
    is_overruled = inner not in attributes.kinds and inner in _OVERRULED.get(attributes.kinds[0], frozenset())
    return NOTHING if is_overruled else phrases


def _is_menu_entry(facts: Facts, index: int, attributes: Evidence, in_list: Evidence) -> bool:
    """Return whether the paragraph is a short link or button in a menu or in the page's footer."""
    if facts.counts[index] > 5 or "©" in facts.words[index]:
        return False
    in_menu = Kind.NAV in attributes.kinds or Kind.NAV in in_list.kinds or facts.in_footer[index]
    return in_menu and (is_link(facts, index) or bool(facts.layout.controls[index]))


def _lost_heading(facts: Facts, index: int) -> tuple[Kind | None, float]:
    """Return heading for a heading inside the body that the gold left out."""
    inside = facts.is_gold and facts.first < index < facts.last
    if not inside or facts.layout.tags[index] not in ("h2", "h3", "h4") or facts.counts[index] < 2:
        return None, 0.0
    if facts.shares[index + 1] < BODY_SHARE or facts.counts[index + 1] < 15 or facts.link_share[index] > 0.5:
        return None, 0.0
    return Kind.HEADING, 0.6
