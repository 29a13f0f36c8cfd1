"""Invented chrome to glue onto plain texts: what stands under real articles is too rare per kind to learn from."""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.page import Container, Containers, Kind, Layout

FOLDER = Path(__file__).parent / "snippets"
Snippet = tuple[str, ...]
"""Paragraphs that stand together on a page."""

TAIL = {"policy": 7, "subscribe": 4, "comments": 2, "related": 3, "author": 2, "about": 2, "legal": 3, "caption": 3,
        "share": 1, "ad": 1, "tags": 1, "byline": 1, "consent": 1, "other": 1}  # fmt: skip
HEAD = {"dateline": 4, "byline": 4, "nav": 2, "share": 1, "consent": 1, "subscribe": 1, "other": 1, "caption": 1}
MIDDLE = {"caption": 4, "ad": 2, "subscribe": 3, "related": 2, "other": 2, "share": 1}
"""How often each kind is drawn for each place, relative to the others."""

_LANGUAGES = {"english": "en", "chinese": "zh", "greek": "el", "polish": "pl", "russian": "ru"}


@lru_cache(maxsize=1)
def read_snippets(folder: Path = FOLDER) -> Mapping[tuple[str, str], Sequence[Snippet]]:
    """Return (kind, language) -> snippets of every file ``kind.language.txt``; a blank line parts two snippets."""
    out: dict[tuple[str, str], Sequence[Snippet]] = {}
    for path in sorted(folder.glob("*.txt")):
        kind, language, _ = path.name.split(".")
        Kind(kind)
        lines = [line.strip() for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
        parts = "\n".join(lines).split("\n\n")
        out[kind, language] = [tuple(part.strip().split("\n")) for part in parts if part.strip()]
    return out


def dress(
    paragraphs: Sequence[str], *, language: str, held_out: bool, rng: random.Random
) -> tuple[list[str], dict[str, Kind]]:
    """Put snippets before, between and after paragraphs; return the new list and the kind of each added paragraph.

    ``held_out`` chooses from the fifth of the snippets that training never sees, for dev pages.
    """
    language = _LANGUAGES.get(language.lower(), language.lower()[:2] or "en")
    known: dict[str, Kind] = {}

    def draw(weights: Mapping[str, int]) -> Snippet:
        snippet, kind = _draw(weights, language, held_out=held_out, rng=rng)
        known.update(dict.fromkeys(snippet, kind))
        return snippet

    out = list(paragraphs)
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        place = rng.randrange(len(out) + 1)
        out[place:place] = draw(MIDDLE)
    for _ in range(rng.choice((0, 0, 1, 2))):
        out[:0] = draw(HEAD)
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        out += draw(TAIL)
    return out, known


_WRAPPERS = ("", "", "", "inner", "css-1v8x2q", "box", "module", "wrapper content-item", "row", "widget")
"""Attribute words of the element put around a snippet: mostly none that help, so that its words must be read."""


def dress_layout(
    layout: Layout, body: Sequence[int], *, language: str, held_out: bool, rng: random.Random
) -> tuple[Layout, list[int], dict[int, Kind]]:
    """Put snippets into an HTML page, where its containers allow it.

    ``body`` are the indices of body paragraphs. Returns the new layout, for each of its paragraphs the index it had
    before (-1 for an added one), and the kind of each added paragraph by its new index.
    """
    language = _LANGUAGES.get(language.lower(), language.lower()[:2] or "en")
    origin = list(range(len(layout.texts)))
    kinds: dict[int, Kind] = {}
    if len(body) < 3:
        return layout, origin, kinds
    for _ in range(rng.choice((1, 1, 2, 3))):
        weights = rng.choice((MIDDLE, TAIL, TAIL, {"consent": 3, "subscribe": 1, "nav": 1}))
        snippet, kind = _draw(weights, language, held_out=held_out, rng=rng)
        first, last = origin.index(body[0]), origin.index(body[-1])
        if weights is MIDDLE:
            place = rng.randrange(first + 1, last + 1)
        elif weights is TAIL:
            place = min(last + 1, len(origin) - 1)
        else:
            place = rng.choice((1, max(1, first - 1)))
        parent = _holder(layout, place)
        if not snippet or parent < 0:
            continue
        layout = _insert(layout, place, snippet, parent, rng.choice(_WRAPPERS), rng.choice(("p", "div", "li", "p")))
        k = len(snippet)
        origin[place:place] = [-1] * k
        kinds = {index + k * (index >= place): value for index, value in kinds.items()}
        kinds.update(dict.fromkeys(range(place, place + k), kind))
    return layout, origin, kinds


def _draw(weights: Mapping[str, int], language: str, *, held_out: bool, rng: random.Random) -> tuple[Snippet, Kind]:
    kinds = [k for k in weights if (k, language) in read_snippets()]
    if not kinds:
        return (), Kind.OTHER
    kind = rng.choices(kinds, [weights[k] for k in kinds])[0]
    pool = [s for s in read_snippets()[kind, language] if (zlib.crc32(s[0].encode()) % 5 == 0) == held_out]
    if not pool:
        return (), Kind.OTHER
    snippet = rng.choice(pool)
    if len(snippet) > 2 and rng.random() < 0.3:
        snippet = snippet[: rng.randrange(1, len(snippet))]
    return snippet, Kind(kind)


def _holder(layout: Layout, place: int) -> int:
    """Return the innermost container with paragraphs on both sides of a place, or -1."""
    container = int(layout.container_of[place])
    while container >= 0:
        entry = layout.containers[container]
        if entry.first < place < entry.end:
            return container
        container = entry.parent
    return -1


def _insert(layout: Layout, place: int, snippet: Snippet, parent: int, words: str, tag: str) -> Layout:
    k = len(snippet)
    containers = [
        entry._replace(first=entry.first + k * (entry.first >= place), end=entry.end + k * (entry.end > place))
        for entry in layout.containers
    ]
    containers.append(Container(parent, "div", words, 0, place, place + k))
    wrapper = len(containers) - 1
    containers += [Container(wrapper, tag, "", 0, place + i, place + i + 1) for i in range(k)]

    def row(values: NDArray[Any], added: Any) -> NDArray[Any]:
        return np.insert(values, place, added)

    return replace(
        layout,
        texts=(*layout.texts[:place], *snippet, *layout.texts[place:]),
        tags=(*layout.tags[:place], *(tag,) * k, *layout.tags[place:]),
        marks=(*layout.marks[:place], *("",) * k, *layout.marks[place:]),
        containers=Containers.of(containers),
        container_of=row(layout.container_of, np.arange(wrapper + 1, wrapper + 1 + k, dtype=np.int32)),
        starts=row(layout.starts, [-1] * k),
        ends=row(layout.ends, [-1] * k),
        link_chars=row(layout.link_chars, [0] * k),
        links=row(layout.links, [0] * k),
        images=row(layout.images, [0] * k),
        hidden=row(layout.hidden, [False] * k),
        gaps=row(layout.gaps, [0] * k),
        controls=row(layout.controls, [0] * k),
    )
