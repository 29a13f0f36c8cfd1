"""What the containers around a paragraph say: their size, prose, links, tags, attribute words and likes."""

from __future__ import annotations

import zlib
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.cues.attributes import cues_of, read_name, stronger, tag_evidence
from cleaner.cues.evidence import Evidence
from cleaner.cues.memory import Memory
from cleaner.cues.tables import CUE_GROUPS
from cleaner.features.characters import TEXT_NUMBERS
from cleaner.features.groups import LEVELS, Groups, lines_up, resolve
from cleaner.features.words import Bags, bag_up, gather, spread
from cleaner.page import Layout

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

ATTRIBUTE_ROWS = 1 << 14
"""Rows of each table for tag, class, id and role words."""
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
"""The tag and so many attribute words of an element less one are read; longer lists are utility classes."""


class Signs(NamedTuple):
    """What an element's tag and attributes say, worked out once for each spelling."""

    zone: int
    looks: str
    """The tag and the first attribute word without its figures: ``comment-17`` and ``comment-18`` look alike."""
    cues: tuple[tuple[int, float], ...]
    """Places in CUE_GROUPS and the worth of the cue."""
    is_body: bool
    rows: tuple[int, ...]


def _read_signs(element: tuple[str, str]) -> Signs:
    """Read a tag and its attribute words: ``postBody_2x`` gives ``post``, ``body``, ``x``."""
    tag, attributes = element
    found, is_body, rows = tag_evidence(tag), False, [_ROWS["<" + tag]]
    for said, ends_like_body, its_rows in map(_NAMES.__getitem__, attributes.split()):
        if said is not None:
            found = stronger(found, said)
        if ends_like_body:
            is_body = True
        rows += its_rows
    return Signs(
        _ZONE_BIT.get(tag, 0),
        tag + " " + attributes[:80].partition(" ")[0].rstrip("0123456789-_"),
        cues_of(found) if found.kinds else (),
        is_body,
        tuple(dict.fromkeys(rows[:_READ_WORDS])),
    )


def _row(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "replace")) % ATTRIBUTE_ROWS


def _read_name(name: str) -> tuple[Evidence | None, bool, tuple[int, ...]]:
    """Return what a class word or the like says, whether it ends like an article's, and the rows of its words."""
    said, is_body, words = read_name(name)
    return said, is_body, tuple(map(_ROWS.__getitem__, words))


_SIGNS: Final = Memory(_read_signs, most=4_096)
_NAMES: Final = Memory(_read_name, most=16_384)
_ROWS: Final = Memory(_row, most=8_192)


class PageSigns(NamedTuple):
    """The signs of the elements of a page. Many are spelled alike: each spelling has one place in the columns."""

    of: Ints
    """(containers,) the place of each container that holds paragraphs; nobody asks for the others."""
    of_marks: Ints
    """(n,) the place of the inline elements in which each paragraph begins; 0 where there are none."""
    zones: Ints
    looks: Ints
    """A number for each of :attr:`Signs.looks`."""
    worth: Floats
    """(places, groups of kinds) the worth of the cues."""
    is_body: NDArray[np.bool_]
    rows: Bags
    """Place 0 is for a paragraph that is alone in no container."""


def read_signs(layout: Layout) -> PageSigns:
    """Return the signs of the containers that hold paragraphs, and of the paragraphs' marks."""
    places = {("bare", ""): 0}
    place_of = places.setdefault
    columns = layout.containers.tags, layout.containers.attributes, layout.containers.firsts, layout.containers.ends
    of = [
        place_of((tag, words), len(places)) if end > first else 0
        for tag, words, first, end in zip(*columns, strict=True)
    ]
    of_marks = [place_of(("", mark), len(places)) if mark else 0 for mark in layout.marks]
    zones, looks, cues, is_body, rows = zip(*map(_SIGNS.__getitem__, places), strict=True)
    worth = np.zeros((len(places), len(CUE_GROUPS)), dtype=np.float32)
    for place, said in enumerate(cues):
        for group, weight in said:
            worth[place, group] = weight
    numbers: dict[str, int] = {}
    return PageSigns(
        np.array(of, dtype=np.int32),
        np.array(of_marks, dtype=np.int32),
        np.array(zones, dtype=np.int32),
        np.array([numbers.setdefault(name, len(numbers)) for name in looks], dtype=np.int32),
        worth,
        np.array(is_body, dtype=np.bool_),
        bag_up(rows),
    )


def attribute_bags(groups: Groups, signs: PageSigns) -> tuple[Bags, Bags, Bags]:
    """Return the bags of tag and attribute words: own (one a paragraph), near and far (one a group)."""
    counts = np.minimum(np.diff(groups.member_offsets), _MERGED)
    places, offsets = spread(groups.member_offsets[:-1], groups.member_offsets[:-1] + counts)
    of_group = gather(signs.rows, Bags(signs.of[groups.members[places]], offsets))
    near, far = _surroundings(groups.parents)
    return gather(signs.rows, _own_signs(groups, signs)), gather(of_group, near), gather(of_group, far)


def _own_signs(groups: Groups, signs: PageSigns) -> Bags:
    """Return for each paragraph the places of its mark and then of the containers that hold it alone, 0 for none."""
    counts = np.diff(groups.alone_offsets)
    is_marked = signs.of_marks > 0
    offsets = np.concatenate(([0], np.cumsum(np.maximum(counts, 1) + is_marked))).astype(np.int32)
    own = np.zeros(offsets[-1], dtype=np.int32)
    own[offsets[:-1][is_marked]] = signs.of_marks[is_marked]
    shifts = offsets[:-1] + is_marked - groups.alone_offsets[:-1]
    own[np.arange(len(groups.alone)) + np.repeat(shifts, counts)] = signs.of[groups.alone]
    return Bags(own, offsets)


def _surroundings(parents: Ints) -> tuple[Bags, Bags]:
    """Return bags of groups: near (itself and the one around it), and far (up to _FAR beyond, the page the last)."""
    line = lines_up(parents, _FAR + 2)
    near, far = line[:, :2], line[:, 2:]
    return _bags_of(near), _bags_of(far)


def _bags_of(lines: Ints) -> Bags:
    """Return each row's entries, -1 left out, as a bag."""
    there = lines >= 0
    return Bags(lines[there], np.concatenate(([0], np.cumsum(there.sum(axis=1)))).astype(np.int32))


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


def look_around(layout: Layout, groups: Groups, signs: PageSigns, words: Floats, prose: Floats) -> Surroundings:
    """Carry what each container says down to the paragraphs inside it, twice as far at each step."""
    outer, first, end = groups.outer, groups.container_firsts, groups.container_ends
    holds = end > first
    holds[0] = False  # the page says nothing of what is in it
    total, in_prose = sums(words), sums(prose)
    worth = signs.worth[signs.of]
    worth[~holds | (total[end] - total[first] > WIDE * max(total[-1], 1.0))] = 0
    zones = np.where(holds, signs.zones[signs.of], 0)
    depths = holds.astype(np.int32)
    up = outer
    while up.any():
        zones |= zones[up]
        depths += depths[up]
        np.maximum(worth, worth[up], out=worth)
        up = up[up]
    bodies = np.flatnonzero(signs.is_body[signs.of] & holds)
    share_of = np.zeros(len(outer), dtype=np.float32)
    share_of[bodies] = np.maximum((in_prose[end[bodies]] - in_prose[first[bodies]]) / max(in_prose[-1], 1.0), 1e-3)
    nearest = outer.copy()
    nearest[bodies] = bodies
    of = layout.container_of
    return Surroundings(
        zones[of],
        depths[of],
        _count_likes(outer, signs.looks[signs.of], holds),
        np.maximum(worth[of], signs.worth[signs.of_marks]),
        share_of[resolve(nearest)][of],
        float(share_of.max()),
    )


def _count_likes(outer: NDArray[np.int64], looks: Ints, holds: NDArray[np.bool_]) -> Ints:
    """Return for each container that holds paragraphs how many with the same looks have the same parent; else 0."""
    likes = np.zeros(len(looks), dtype=np.int32)
    places = np.flatnonzero(holds)
    if len(places):
        alike = (outer * (int(looks.max()) + 1) + looks)[places]
        order = np.argsort(alike)
        ordered = alike[order]
        starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
        counts = np.diff(starts, append=len(places))
        likes[places[order]] = np.repeat(counts, counts)
    return likes


def read_strongest_name(layout: Layout, place: int) -> str:
    """Return the element around a paragraph whose name is the strongest cue of chrome, as ``<div comments>``; or ''.

    For explaining: it walks up from the paragraph.
    """
    best, name, index = 0.0, "", int(layout.container_of[place])
    while index > 0:
        container = layout.containers[index]
        cues = _SIGNS[container.tag, container.attributes].cues
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
    of_group = np.maximum.reduceat(likes[groups.members], groups.member_offsets[:-1]).astype(np.float32)
    of_group[0] = 0
    own = np.zeros(len(groups.of), dtype=np.float32)
    there = np.flatnonzero(np.diff(groups.alone_offsets))
    if len(there):
        own[there] = np.maximum.reduceat(likes[groups.alone], groups.alone_offsets[there])
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
    parents = np.maximum(groups.parents, 0)
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
