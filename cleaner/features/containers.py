"""What the containers around a paragraph say: their size, prose, links, tags, attribute words and likes."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.cues.attributes import cues_of, read_element
from cleaner.cues.tables import CUE_GROUPS
from cleaner.features.characters import TEXT_NUMBERS
from cleaner.features.words import Bags, bag_up
from cleaner.page import Container, Layout

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

ATTRIBUTE_ROWS = 1 << 14
"""Rows of each table for tag, class, id and role words."""
LEVELS = 5
"""How many enclosing containers of more than one paragraph are described by numbers, innermost first."""

_TAG_CLASSES = ("p", "h1", "h2", "h3+", "li", "cell", "button", "pre", "blockquote", "caption", "dl", "div")
_TAG_CLASS = {
    "p": 0, "h1": 1, "h2": 2, "h3": 3, "h4": 3, "h5": 3, "h6": 3, "h": 2, "li": 4, "td": 5, "th": 5, "tr": 5,
    "button": 6, "select": 6, "textarea": 6, "input": 6, "pre": 7, "xmp": 7, "blockquote": 8, "figcaption": 9,
    "caption": 9, "figure": 9, "dt": 10, "dd": 10,
}  # fmt: skip
_ZONES = (
    "nav", "footer", "aside", "header", "article", "main", "form", "table", "figure", "ul", "blockquote", "section",
)  # fmt: skip
_ZONE_BIT = {tag: 1 << i for i, tag in enumerate(_ZONES)} | {"ol": 1 << 9, "dl": 1 << 9, "tbody": 1 << 7}

MARKUP_NUMBERS = (
    "link_share", "links", "images", "hidden", "controls", "depth", "page_link_share",
    *(f"tag_{name}" for name in _TAG_CLASSES),
    *(f"zone_{name}" for name in _ZONES),
    *(f"likes{level}" for level in range(4)),
    *(f"cue_{name}" for name in CUE_GROUPS),
    "named_body", "named_body_share", "page_named_body",
)  # fmt: skip
"""``likes``: how many containers with the same tag and first class word stand beside the paragraph's own one and the
three levels around it: comments, teasers and cards come in rows, an article comes once. ``cue``: the worth of the
strongest attribute word of that group of kinds around the paragraph, 0..0.7. ``named_body``: whether a container around
it calls itself the article's text, and what share of the page's prose that one holds."""
WIDE = 0.5
"""A container with more of the page's words than this gives no cue: body classes name what a page *has*."""
_LEVEL_NUMBERS = (
    "exists", "log_words", "page_share", "prose_share", "page_prose_share", "link_share", "log_paragraphs",
    "mean_words", "place_inside",
)  # fmt: skip
LEVEL_NUMBERS = tuple(f"level{level}_{name}" for level in range(LEVELS) for name in _LEVEL_NUMBERS)


_READ_WORDS = 16
"""So many attribute words of an element are read; longer lists are utility classes."""


class Signs(NamedTuple):
    """What an element's tag and attributes say, worked out once for each spelling."""

    zone: int
    looks: str
    """The tag and the first attribute word without its figures: ``comment-17`` and ``comment-18`` look alike."""
    cues: tuple[tuple[int, float], ...]
    """Places in CUE_GROUPS and the worth of the cue."""
    is_body: bool
    rows: tuple[int, ...]


@lru_cache(maxsize=50_000)
def signs_of(tag: str, attributes: str) -> Signs:
    """Read a tag and its attribute words: ``postBody_2x`` gives ``post``, ``body``, ``x``."""
    said, is_body, words = read_element(tag, attributes)
    return Signs(
        _ZONE_BIT.get(tag, 0),
        tag + " " + attributes[:80].partition(" ")[0].rstrip("0123456789-_"),
        cues_of(said) if said.kinds else (),
        is_body,
        tuple(dict.fromkeys(map(_row, ("<" + tag, *words[: _READ_WORDS - 1])))),
    )


@lru_cache(maxsize=20_000)
def _row(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "replace")) % ATTRIBUTE_ROWS


_NOTHING_SAID = Signs(0, "", (), is_body=False, rows=())


def read_signs(containers: Sequence[Container]) -> list[Signs]:
    """Return the signs of each container that holds paragraphs; nobody asks for those of the others."""
    return [
        signs_of(container.tag, container.attributes) if container.end > container.first else _NOTHING_SAID
        for container in containers
    ]


@dataclass(frozen=True, slots=True)
class Groups:
    """Containers that hold the same paragraphs, merged: wrappers around wrappers count once."""

    of: Ints
    """Group of each paragraph: the innermost one that holds more than one paragraph (0 is the page)."""
    parents: list[int]
    """-1 for group 0; a parent stands before its children."""
    firsts: Ints
    ends: Ints
    members: list[list[int]]
    """Indices of the containers merged into each group."""
    alone: list[list[int]]
    """For each paragraph, the containers that hold it and nothing else."""
    ancestors: Ints
    """(groups, LEVELS): each group and its enclosing groups, the page (group 0) left out, -1 for none."""


def group_containers(containers: Sequence[Container], container_of: Ints, n: int) -> Groups:
    """Merge containers that hold the same paragraphs; linear in the number of containers."""
    parents, firsts, ends, members = [-1], [0], [n], [[0]]
    group_of = [0] * len(containers)
    alone: list[list[int]] = [[] for _ in range(n)]
    for index, (parent, _, _, _, first, end) in enumerate(containers):
        if end <= first or index == 0:
            continue
        group = group_of[parent]
        if end - first == 1:
            alone[first].append(index)
        elif firsts[group] == first and ends[group] == end:
            members[group].append(index)
        else:
            parents.append(group)
            firsts.append(first)
            ends.append(end)
            members.append([index])
            group = len(parents) - 1
        group_of[index] = group
    lines: list[tuple[int, ...]] = [(-1,) * LEVELS]
    for group, parent in enumerate(parents[1:], start=1):
        lines.append((group, *lines[parent][:-1]))
    return Groups(
        np.array(group_of, dtype=np.int32)[container_of],
        parents,
        np.array(firsts, dtype=np.int32),
        np.array(ends, dtype=np.int32),
        members,
        alone,
        np.array(lines, dtype=np.int32),
    )


def attribute_bags(layout: Layout, groups: Groups, signs: Sequence[Signs]) -> tuple[Bags, Bags, Bags]:
    """Return the bags of tag and attribute words: own (one a paragraph), near and far (one a group)."""
    bare = signs_of("bare", "").rows
    own = [
        tuple(chain(signs_of("", mark).rows if mark else (), *[signs[c].rows for c in alone] or [bare]))
        for alone, mark in zip(groups.alone, layout.marks, strict=True)
    ]
    of_group = [tuple(chain(*[signs[c].rows for c in members[:_MERGED]])) for members in groups.members]
    near = [of_group[0]]
    above: list[tuple[int, ...]] = [()]
    far: list[tuple[int, ...]] = [()]
    for group, parent in enumerate(groups.parents[1:], start=1):
        near.append(of_group[group] + of_group[parent])
        # the nearest groups around this one, without the parent itself
        up = (groups.parents[parent], *above[parent])[:_FAR] if parent else ()
        above.append(up)
        far.append(tuple(chain(*[of_group[g] for g in up])))
    return bag_up(own), bag_up(near), bag_up(far)


_MERGED = 4
"""So many wrappers of one group are read."""
_FAR = 5
"""So many groups beyond the near ones are read."""


class Surroundings(NamedTuple):
    """What stands around each of the n paragraphs of an HTML page."""

    zones: Ints
    depths: Ints
    likes: Ints
    """(containers,) how many containers with the same looks have the same parent."""
    cues: Floats
    """(n, groups of kinds) the worth of the strongest cue around the paragraph."""
    body_share: Floats
    """Share of the page's prose in the innermost container around it that is named as the article's text; 0 without."""
    largest_share: float
    """The same for the largest such container of the page."""


def look_around(layout: Layout, signs: Sequence[Signs], words: Floats, prose: Floats) -> Surroundings:
    """Carry what each container says down to the paragraphs inside it, in one pass."""
    total, in_prose = sums(words).tolist(), sums(prose).tolist()
    most = WIDE * max(total[-1], 1.0)
    all_prose = max(in_prose[-1], 1.0)
    count = len(layout.containers)
    zones, depths, row_of, share_of = [0] * count, [0] * count, [0] * count, [0.0] * count
    rows: list[tuple[float, ...]] = [(0.0,) * len(CUE_GROUPS)]
    keys: list[tuple[int, str] | None] = [None] * count
    counts: dict[tuple[int, str] | None, int] = {None: 0}
    largest = 0.0
    for index, (parent, _, _, _, first, end) in enumerate(layout.containers):
        if end <= first or index == 0:
            continue
        zone, looks, cues, is_body, _ = signs[index]
        zones[index] = zones[parent] | zone
        depths[index] = depths[parent] + 1
        keys[index] = key = (parent, looks)
        counts[key] = counts.get(key, 0) + 1
        row_of[index] = row_of[parent]
        if cues and total[end] - total[first] <= most:
            row_of[index] = _joined(rows, row_of[parent], cues)
        share_of[index] = share_of[parent]
        if is_body:
            share_of[index] = share = max((in_prose[end] - in_prose[first]) / all_prose, 1e-3)
            largest = max(largest, share)
    of = layout.container_of
    cue_rows = np.array(rows, dtype=np.float32)[np.array(row_of)[of]]
    for index, mark in enumerate(layout.marks):
        if mark:
            for group, worth in signs_of("", mark).cues:
                cue_rows[index, group] = max(cue_rows[index, group], worth)
    return Surroundings(
        np.array(zones, dtype=np.int32)[of],
        np.array(depths, dtype=np.int32)[of],
        np.array([counts[key] for key in keys], dtype=np.int32),
        cue_rows,
        np.array(share_of, dtype=np.float32)[of],
        largest,
    )


def _joined(rows: list[tuple[float, ...]], outer: int, cues: tuple[tuple[int, float], ...]) -> int:
    """Return the row in which the cues are added to those of the row ``outer``; a new one if it must be."""
    row = list(rows[outer])
    for group, worth in cues:
        row[group] = max(row[group], worth)
    if tuple(row) == rows[outer]:
        return outer
    rows.append(tuple(row))
    return len(rows) - 1


def read_strongest_name(layout: Layout, place: int) -> str:
    """Return the element around a paragraph whose name is the strongest cue of chrome, as ``<div comments>``; or ''.

    For explaining: it walks up from the paragraph.
    """
    best, name, index = 0.0, "", int(layout.container_of[place])
    while index > 0:
        container = layout.containers[index]
        cues = signs_of(container.tag, container.attributes).cues
        worth = max((worth for _, worth in cues), default=0.0)
        if worth > best and container.attributes:
            best, name = worth, f"<{container.tag} {_shortened(container.attributes)}>"
        index = container.parent
    return name


def _shortened(attributes: str) -> str:
    return attributes if len(attributes) <= _NAME_CHARS else attributes[: _NAME_CHARS - 1].rstrip() + "…"


_NAME_CHARS = 30


def markup_numbers(layout: Layout, groups: Groups, around: Surroundings, words: Floats, link_share: Floats) -> Floats:
    """Return the MARKUP_NUMBERS of the n paragraphs of an HTML page."""
    n = len(words)
    tags = np.zeros((n, len(_TAG_CLASSES)), np.float32)
    tags[np.arange(n), [_TAG_CLASS.get(tag, len(_TAG_CLASSES) - 1) for tag in layout.tags]] = 1
    columns = (
        link_share,
        np.minimum(layout.links, 8) / 8,
        np.minimum(layout.images, 4) / 4,
        layout.hidden,
        np.minimum(layout.controls, 4) / 4,
        np.minimum(around.depths, 40) / 20,
        np.full(n, float((words * link_share).sum()) / max(float(words.sum()), 1.0)),
    )
    zone_flags = (around.zones[:, None] >> np.arange(len(_ZONES))) & 1
    body = around.body_share
    named = (body > 0, body, np.full(n, around.largest_share))
    parts = (
        np.stack(columns, axis=1),
        tags,
        zone_flags,
        _likes(groups, around.likes),
        around.cues,
        np.stack(named, axis=1),
    )
    return np.concatenate(parts, axis=1, dtype=np.float32)


def _likes(groups: Groups, likes: Ints) -> Floats:
    """Return (n, 4): the logarithm of how many containers look like the paragraph's own and those around it."""
    counts = likes.tolist()
    of_group = np.array([max([counts[c] for c in members]) for members in groups.members], dtype=np.float32)
    of_group[0] = 0
    own = np.array([max([counts[c] for c in alone]) if alone else 0 for alone in groups.alone], dtype=np.float32)
    around = groups.ancestors[groups.of, :3]
    columns = np.concatenate((own[:, None], np.where(around >= 0, of_group[np.maximum(around, 0)], 0)), axis=1)
    logs: Floats = (np.log1p(columns) / 3).astype(np.float32)
    return logs


def level_numbers(groups: Groups, words: Floats, prose: Floats, link_share: Floats) -> Floats:
    """Describe each paragraph's enclosing containers by the LEVEL_NUMBERS."""
    n = len(words)
    above = groups.ancestors[groups.of]
    chosen = np.maximum(above, 0)
    first, end = groups.firsts[chosen], groups.ends[chosen]

    def inside(values: Floats) -> NDArray[np.float64]:
        total = sums(values)
        # Sums of floats taken apart again can miss zero by a hair.
        difference: NDArray[np.float64] = np.maximum(total[end] - total[first], 0.0)
        return difference

    in_words, in_prose, in_links = inside(words), inside(prose), inside(words * link_share)
    size = (end - first).astype(np.float64)
    safe = np.maximum(in_words, 1)
    columns = (
        np.ones_like(size),
        np.log1p(in_words) / 5,
        in_words / max(float(words.sum()), 1.0),
        in_prose / safe,
        in_prose / max(float(prose.sum()), 1.0),
        in_links / safe,
        np.log1p(size) / 4,
        np.log1p(in_words / np.maximum(size, 1)) / 3,
        (np.arange(n)[:, None] - first) / np.maximum(size, 1),
    )
    stacked = np.stack(columns, axis=2) * (above >= 0)[:, :, None]
    numbers: Floats = stacked.reshape(n, -1).astype(np.float32)
    return numbers


_COMMA_RATE = TEXT_NUMBERS.index("comma_rate")
CANDIDATE_NUMBERS = ("in_candidate", "candidate_share", "before_candidate", "after_candidate")


def candidate_numbers(groups: Groups, text_numbers: Floats, words: Floats, prose: Floats, link_share: Floats) -> Floats:
    """Return the CANDIDATE_NUMBERS: is the paragraph inside the container that Readability would take, and how sure.

    Each paragraph of prose gives its container points for its length and commas, and half of them to the container
    around it; the container with most points, links discounted, is the candidate (Arc90 Readability, 2009).
    """
    n = len(words)
    of = groups.of
    parents = np.maximum(np.array(groups.parents, dtype=np.int64), 0)
    commas = np.minimum(text_numbers[:, _COMMA_RATE] * words / 4, 10)
    points = np.where(prose > 0, 1 + commas + np.minimum(words / 20, 3), 0)
    own = np.bincount(of, weights=points, minlength=len(parents))
    scores = own + 0.5 * np.bincount(parents, weights=own, minlength=len(parents))
    first, end = groups.firsts, groups.ends
    linked, total = sums(words * link_share), sums(words)
    scores *= 1 - (linked[end] - linked[first]) / np.maximum(total[end] - total[first], 1)
    best = int(scores.argmax())
    in_prose = sums(prose)
    index = np.arange(n)
    columns = (
        (index >= first[best]) & (index < end[best]),
        np.full(n, (in_prose[end[best]] - in_prose[first[best]]) / max(float(in_prose[-1]), 1.0)),
        index < first[best],
        index >= end[best],
    )
    return np.stack(columns, axis=1).astype(np.float32)


def sums(values: Floats) -> NDArray[np.float64]:
    """Return the n + 1 running sums: values a..b - 1 add up to ``sums[b] - sums[a]``."""
    return np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))
