"""Pages of several papers in one folder -> which belong together: those with the same paragraphs at their ends.

Only for pages of which nothing but the folder is known. What a paper puts under its articles is the same on its pages
and on no others; what the folder has in common then says little, but what such a cluster has in common says as much as
that of any site.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cleaner.site.fingerprint import Fingerprints

__all__ = ["LINK_PAGES", "LINK_WORDS", "clusters", "edges_of"]

Hashes = NDArray[np.uint64]

LINK_WORDS = 8
"""Shorter lines link nothing: all papers have them."""
LINK_PAGES = 3
"""A paragraph at the end of so many pages links them."""
_HEAD, _TAIL = 4, 12
"""Longer paragraphs remembered at the two ends of a page."""


def edges_of(prints: Fingerprints, words: NDArray[np.float32]) -> Hashes:
    """Return the hashes of the longer paragraphs at the two ends of a page, in their order, at most 16."""
    long = prints.exact[(words >= LINK_WORDS) & (prints.exact != 0)]
    return long if len(long) <= _HEAD + _TAIL else np.concatenate((long[:_HEAD], long[-_TAIL:]))


def clusters(pages: Sequence[Hashes], counts: NDArray[np.bool_], *, least: int) -> NDArray[np.uint64]:
    """Return for each page the hash of the paragraph that its cluster is called by; 0 for a page of none.

    ``pages`` are their :func:`edges_of`, ``counts`` tells which count (copies do not). A paragraph links pages that
    have it at their end or beginning, with nothing beyond it but paragraphs that LINK_PAGES pages have, too. A cluster
    has ``least`` counting pages; where there are not two of them, the folder is taken for one site. A cluster is called
    by the paragraph that links most of its pages. Time and memory are linear in pages, but for sorting.
    """
    found = np.zeros(len(pages), np.uint64)
    recurring = _recurring([pages[place] for place in np.flatnonzero(counts).tolist()])
    linked: dict[int, list[int]] = {}
    for place in np.flatnonzero(counts).tolist():
        for link in _outer(pages[place].tolist(), recurring):
            linked.setdefault(link, []).append(place)
    linked = {link: places for link, places in linked.items() if len(places) >= LINK_PAGES}
    root_of = _join(len(pages), linked)
    sizes = np.bincount(root_of, minlength=len(pages))
    names: dict[int, int] = {}
    for link, places in sorted(linked.items(), key=lambda item: (-len(item[1]), item[0])):
        if sizes[root_of[places[0]]] >= least:
            names.setdefault(root_of[places[0]], link)
    if len(names) < 2:
        return found
    name_of = {link: names[root_of[places[0]]] for link, places in linked.items() if root_of[places[0]] in names}
    for place, page in enumerate(pages):
        found[place] = min((name_of[link] for link in page.tolist() if link in name_of), default=0)
    return found


def _recurring(pages: Sequence[Hashes]) -> set[int]:
    """Return what LINK_PAGES pages have."""
    if not pages:
        return set()
    hashes, counts = np.unique(np.concatenate([np.unique(page) for page in pages]), return_counts=True)
    return set(hashes[counts >= LINK_PAGES].tolist())


def _outer(page: list[int], recurring: set[int]) -> set[int]:
    """Return what stands at one end of a page with nothing beyond it that does not recur."""
    found: set[int] = set()
    for order in (page, page[::-1]):
        for link in order:
            if link not in recurring:
                break
            found.add(link)
    return found


def _join(count: int, linked: dict[int, list[int]]) -> list[int]:
    """Return for each page the first of those it is linked with, over whatever pages."""
    groups = list(range(count))

    def root(place: int) -> int:
        while groups[place] != place:
            groups[place] = groups[groups[place]]
            place = groups[place]
        return place

    for places in linked.values():
        for place in places[1:]:
            low, high = sorted((root(places[0]), root(place)))
            groups[high] = low
    return [root(place) for place in range(count)]
