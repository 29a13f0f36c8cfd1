"""What the voters need to know of a page: words, links, where the body begins and ends, where the headline stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaner.cues.evidence import Evidence
from cleaner.cues.phrases import read_phrases, read_words
from cleaner.page import Layout
from cleaner.training.weak_kinds.attributes import read_contexts
from cleaner.training.weak_kinds.words import title_likeness

BODY_SHARE: Final = 0.8
"""A paragraph with this share of its tokens in the gold is body; the rest is often a note mark or a link."""

CHROME_SHARE: Final = 0.2
"""Up to this share matches are common words that happen to stand in the right order."""

WIDE: Final = 0.4
"""A container with more than this share of the page's words says what the page is, not what the paragraph is."""

HEADING_TAGS: Final = frozenset({"h", "h1", "h2", "h3", "h4", "h5", "h6"})
"""Tags of headings; ``h`` is a headline of plain text."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the voters need to know of a page; arrays have one entry per paragraph."""

    layout: Layout
    shares: NDArray[np.float64]
    words: tuple[tuple[str, ...], ...]
    phrases: tuple[Evidence, ...]
    """What the chrome phrases in each paragraph say."""
    counts: NDArray[np.int64]
    """Number of words."""
    link_share: NDArray[np.float64]
    first: int
    """First and last body paragraph; the number of paragraphs and -1 when there is none."""
    last: int
    is_gold: bool
    """Whether the body is known from the gold, not guessed."""
    titles: tuple[tuple[str, ...], ...]
    contexts: tuple[Evidence, ...]
    """By container: what its attributes and those of the containers around it say."""
    wide: tuple[bool, ...]
    in_footer: tuple[bool, ...]
    """Whether the paragraph stands in the page's footer."""
    title_at: int
    """The paragraph that shows the title best; -1 when none does."""


def gather_facts(layout: Layout, shares: NDArray[np.float64], title: str) -> Facts:
    """Collect what the voters need; ``shares`` and ``title`` are those of weak_kinds()."""
    words = tuple(read_words(text) for text in layout.texts)
    counts = np.array([len(found) for found in words], dtype=np.int64)
    chars = np.array([len(text) for text in layout.texts], dtype=np.float64)
    link_share = layout.link_chars / np.maximum(chars, 1)
    is_gold = bool(np.isfinite(shares).any())
    first, last = _span(layout, shares, counts) if is_gold else _guess_span(layout, counts, link_share)
    total = np.concatenate(([0], np.cumsum(counts)))
    gold = np.concatenate(([0], np.cumsum((np.nan_to_num(shares) >= BODY_SHARE) * counts)))
    page_words, gold_words = max(int(total[-1]), 1), max(int(gold[-1]), 1)
    wide = tuple(
        (total[box.end] - total[box.first]) > WIDE * page_words or (gold[box.end] - gold[box.first]) > 0.3 * gold_words
        for box in layout.containers
    )
    titles = _titles(layout, title)
    contexts = read_contexts(layout, wide)
    title_at = _title_at(layout, words, titles, last)
    phrases = tuple(read_phrases(text, found) for text, found in zip(layout.texts, words, strict=True))
    footers = [box.tag == "footer" or "footer" in box.attributes.lower() for box in layout.containers]
    return Facts(
        layout,
        shares,
        words,
        phrases,
        counts,
        link_share,
        first,
        last,
        is_gold,
        titles,
        contexts,
        wide,
        _inherited(layout, [own and not big for own, big in zip(footers, wide, strict=True)]),
        title_at,
    )


def _inherited(layout: Layout, own: Sequence[bool]) -> tuple[bool, ...]:
    """Return for each paragraph whether its container or one around it has the property."""
    out: list[bool] = []
    for container, has in zip(layout.containers, own, strict=True):
        out.append(has or (container.parent >= 0 and out[container.parent]))
    return tuple(out[number] for number in layout.container_of)


def _span(layout: Layout, shares: NDArray[np.float64], counts: NDArray[np.int64]) -> tuple[int, int]:
    """Return the first and last gold paragraph; short ones at the ends may have matched by chance."""
    gold = np.flatnonzero((np.nan_to_num(shares) >= BODY_SHARE) & (counts >= 6))
    if not len(gold):
        return len(layout.texts), -1
    return int(gold[0]), int(gold[-1])


def _guess_span(layout: Layout, counts: NDArray[np.int64], link_share: NDArray[np.float64]) -> tuple[int, int]:
    """Return the first and last long paragraph of the container that directly holds most of them."""
    if layout.content_type == "text":
        long = np.flatnonzero(counts >= 25)
        return (int(long[0]), int(long[-1])) if len(long) else (len(layout.texts), -1)
    weight: Counter[int] = Counter()
    members: dict[int, list[int]] = {}
    for index in np.flatnonzero((counts >= 15) & (link_share < 0.4)):
        parent = layout.containers[layout.container_of[index]].parent
        weight[parent] += int(counts[index])
        members.setdefault(parent, []).append(int(index))
    if not weight:
        return len(layout.texts), -1
    best = weight.most_common(1)[0][0]
    return members[best][0], members[best][-1]


def _titles(layout: Layout, title: str) -> tuple[tuple[str, ...], ...]:
    """Return the words of the headline as given and as the page's head has it, with and without the site's name."""
    candidates = [title]
    candidates += [content for name, content in layout.head.metas if name in ("og:title", "twitter:title")]
    if not title:
        candidates += re.split(r" [|–—-] | [»·:] ", layout.head.title)[:1]
    found = [read_words(candidate) for candidate in candidates if candidate]
    return tuple(dict.fromkeys(words for words in found if len(words) >= 2 or (words and len(words[0]) > 3)))


def _title_at(layout: Layout, words: Sequence[tuple[str, ...]], titles: Sequence[tuple[str, ...]], last: int) -> int:
    """Return the paragraph that shows the headline: an h1 or the best likeness before the end of the body."""
    best, at = 0.8, -1
    for index in range(min(len(words), last + 1) if last >= 0 else len(words)):
        likeness = title_likeness(words[index], titles) + (0.2 if layout.tags[index] in ("h1", "h") else 0.0)
        if likeness > best:
            best, at = likeness, index
    return at
