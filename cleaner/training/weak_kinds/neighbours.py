"""What the paragraphs around say: the heading of a section, and the list that a link stands in."""

from __future__ import annotations

from collections import Counter
from typing import Final

import numpy as np

from cleaner.cues.evidence import Evidence
from cleaner.page import Kind
from cleaner.training.weak_kinds.facts import CHROME_SHARE, HEADING_TAGS, Facts

_SECTIONS: Final = frozenset({Kind.RELATED, Kind.COMMENTS, Kind.TAGS, Kind.SUBSCRIBE, Kind.AUTHOR, Kind.AD})


def _scope(facts: Facts, index: int) -> range:
    """Return the paragraphs that a heading rules: the rest of the smallest container that holds more than it."""
    layout = facts.layout
    if layout.content_type == "text":
        return range(index + 1, min(index + 25, len(layout.texts)))
    number = int(layout.container_of[index])
    while number >= 0 and layout.containers[number].end <= index + 1:
        number = layout.containers[number].parent
    if number < 0 or facts.wide[number]:
        return range(0)
    return range(index + 1, layout.containers[number].end)


def find_sections(facts: Facts) -> dict[int, Evidence]:
    """Return for paragraphs under a heading such as "Related" what the heading says of them."""
    layout, out = facts.layout, dict[int, Evidence]()
    for index in range(len(layout.texts)):
        if facts.counts[index] > 8 or facts.shares[index] > CHROME_SHARE:
            continue
        said = facts.phrases[index]
        is_heading = layout.tags[index] in HEADING_TAGS
        if not said.kinds or said.kinds[0] not in _SECTIONS or not (is_heading or facts.link_share[index] < 0.5):
            continue
        if layout.content_type == "text" and (index < facts.last or said.kinds[0] is not Kind.RELATED):
            continue
        for below in _scope(facts, index):
            ends = layout.tags[below] in HEADING_TAGS and (layout.tags[below] <= layout.tags[index] or not is_heading)
            if facts.shares[below] > CHROME_SHARE or ends:
                break
            out[below] = Evidence(said.kinds, 0.5 if is_heading else 0.4)
    return out


def find_lists(facts: Facts) -> dict[int, Evidence]:
    """Return for paragraphs that are only a link what their list looks like: entries of a menu, or headlines."""
    layout, groups = facts.layout, dict[int, list[int]]()
    if layout.content_type == "text":
        return {}
    for index in np.flatnonzero(facts.link_share > 0.8).tolist():
        if "://" in layout.texts[index] or layout.links[index] >= 3:
            continue
        number = layout.containers[layout.container_of[index]].parent
        if number >= 0 and layout.containers[number].tag in ("li", "td", "h2", "h3", "h4", "span", "div", "dd"):
            number = layout.containers[number].parent
        groups.setdefault(number, []).append(index)
    out: dict[int, Evidence] = {}
    for members in groups.values():
        said = Counter(facts.phrases[index].kinds[:1] for index in members).most_common(2)
        common = next((kinds for kinds, times in said if kinds and times >= max(2, 0.4 * len(members))), ())
        mean = float(np.mean(facts.counts[members]))
        for index in members:
            if common in ((Kind.NAV,), (Kind.SHARE,)) and facts.counts[index] <= 6:
                out[index] = Evidence(common, 0.5)
                continue
            outside = index < facts.first or index > facts.last
            if mean >= 5 and facts.counts[index] >= 4 and outside:
                out[index] = Evidence((Kind.RELATED,), 0.5)
            elif mean <= 3 and facts.counts[index] <= 5 and len(members) >= 3 and index < facts.first:
                out[index] = Evidence((Kind.NAV,), 0.5)
    return out
