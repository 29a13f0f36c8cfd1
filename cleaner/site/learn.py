"""Count what recurs on the pages of a site: what is noted of each page, which pages tell one story, and the sum.

Copies of a page, a syndicated story with another headline, and the parts of a story that goes over several pages would
make its text look like chrome; they are found first, and count as one page.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from cleaner.page import Layout
from cleaner.site.clusters import edges_of
from cleaner.site.evidence import PROSE_WORDS
from cleaner.site.fingerprint import Fingerprints, fingerprints, masked, normalised
from cleaner.site.profile import EXAMPLE_CHARS, MOST_WORDS, SIGHTING, Profile

__all__ = ["ALIKE", "Seen", "example_texts", "learn", "see", "stories"]

Hashes = NDArray[np.uint64]

ALIKE = 0.8
"""Pages that share so much of their prose paragraphs (Jaccard) tell one story; as for duplicates in a batch."""
_PERMUTATIONS = 8
"""Smallest hashes compared: at ALIKE, one in 400,000 pairs agrees in none of them."""
_FACTORS = tuple(
    int.from_bytes(hashlib.blake2b(f"story{at}".encode(), digest_size=8).digest(), "little") | 1
    for at in range(_PERMUTATIONS)
)
_CROWD = 64
"""In a crowd of more pages that agree in a smallest hash, each is compared with the one before and the first only."""
_PART_WORDS = "p|page|pg|pagenum|seite|part|teil|pagina|strona|start|paged"
_PART = re.compile(rf"(?:[-_/,.]|^)(?:{_PART_WORDS})?[-_]?\d{{1,2}}(?=/?$|\.\w{{1,5}}$)", re.IGNORECASE)
_PART_QUERY = re.compile(rf"(?:^|&)(?:{_PART_WORDS})=\d{{1,3}}(?=&|$)", re.IGNORECASE)
"""The number of a part at the end of an address, as in ``story-2.html``, ``story/page/2/``, ``story?page=2``."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is noted of one page for learning; hashes and numbers only."""

    sightings: NDArray[np.void]
    """Of dtype SIGHTING; each hash once."""
    prose: Hashes
    """The prose that the network takes for the article, sorted."""
    part: bytes
    """The same for all pages over which one story goes; b'' when the page is no such part as far as can be told."""
    edges: Hashes
    """The longer paragraphs at its two ends, in their order; see :func:`cleaner.site.clusters.edges_of`."""

    @classmethod
    def of(cls, sightings: bytes, prose: bytes, part: bytes, edges: bytes = b"") -> Seen:
        """Return what was noted from the bytes of its columns, as a table keeps them."""
        ends = np.frombuffer(edges, np.uint64)
        return cls(np.frombuffer(sightings, SIGHTING), np.frombuffer(prose, np.uint64), part, ends)


def see(
    layout: Layout,
    *,
    logits: NDArray[np.float32],
    kinds: NDArray[np.integer],
    words: NDArray[np.float32],
    headline: NDArray[np.bool_],
    address: str = "",
    day: int = 0,
    prints: Fingerprints | None = None,
) -> Seen:
    """Note a page: ``logits`` of P(body), likeliest ``kinds`` (places in KINDS) and ``words`` of its n paragraphs.

    ``headline`` marks what repeats the declared title; ``address`` is the page's URL or name, ``day`` its date as a day
    of the proleptic calendar (0: unknown). The headline is not counted: papers list it under other articles.
    """
    prints = prints or fingerprints(layout.texts)
    body = np.flatnonzero((logits >= 0) & (words >= PROSE_WORDS))
    at = np.arange(len(logits))
    place = np.ones(len(logits), np.uint8)
    if len(body):
        place = np.where(at < body[0], 0, np.where(at > body[-1], 2, 1)).astype(np.uint8)
    table = np.zeros(len(at), SIGHTING)
    table["place"], table["kind"], table["day"] = place, kinds, day
    table["words"] = np.minimum(words, MOST_WORDS)
    both = np.concatenate((table, table))
    both["hash"] = np.concatenate((prints.exact, prints.masked))
    both = both[(both["hash"] != 0) & ~np.concatenate((headline, headline))]
    first = np.unique(both["hash"], return_index=True)[1]
    part = _part(layout, headline, address)
    return Seen(both[first], np.unique(prints.exact[body]), part, edges_of(prints, words))


def example_texts(layout: Layout) -> dict[int, str]:
    """Return by hash the words of a page's paragraphs as they are compared, cut to EXAMPLE_CHARS."""
    prints = fingerprints(layout.texts)
    found = {}
    for number, near, text in zip(prints.exact.tolist(), prints.masked.tolist(), layout.texts, strict=True):
        found[number] = normalised(text)[:EXAMPLE_CHARS]
        if near:
            found[near] = masked(text)[:EXAMPLE_CHARS]
    return found


def _part(layout: Layout, headline: NDArray[np.bool_], address: str) -> bytes:
    """Return a hash of headline and address without the page's number; both must be there, and say a small number."""
    places = np.flatnonzero(headline)
    if not len(places) or not address:
        return b""
    try:
        split = urlsplit(address)
    except ValueError:
        return b""
    where = f"{split.netloc}{_PART.sub('', split.path).rstrip('/')}?{_PART_QUERY.sub('', split.query)}"
    key = f"{where}\n{normalised(layout.texts[int(places[0])])}"
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def stories(pages: Sequence[Seen]) -> NDArray[np.bool_]:
    """Tell which pages count; of those that tell one story the first. The order of ``pages`` should be that of names.

    Pages whose paragraphs are much alike tell one story, unless that would be most of the site: then it is chrome that
    makes them alike, and only those with the very same prose do.
    """
    groups = np.arange(len(pages))
    for crowd in _crowds([page.part for page in pages]):
        groups[crowd] = groups[crowd].min()
    for crowd in _crowds([page.prose.tobytes() for page in pages]):
        groups[crowd] = groups[crowd].min()
    near = _near(pages, groups.copy())
    sizes = np.bincount(near, minlength=len(pages))
    for root in np.flatnonzero(sizes > 1).tolist():
        if sizes[root] <= max(len(pages) / 2, 2):
            groups[near == root] = root
    counts = np.zeros(len(pages), np.bool_)
    counts[np.unique(groups, return_index=True)[1]] = True
    return counts


def _crowds(keys: Sequence[bytes]) -> Iterator[NDArray[np.int64]]:
    """Yield the places of equal keys that are not empty, where there is more than one."""
    found: dict[bytes, list[int]] = {}
    for place, key in enumerate(keys):
        if key:
            found.setdefault(key, []).append(place)
    yield from (np.array(places) for places in found.values() if len(places) > 1)


def _near(pages: Sequence[Seen], groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each page the first of its group, after joining pages with much the same prose."""

    def root(place: int) -> int:
        while groups[place] != place:
            groups[place] = groups[groups[place]]
            place = int(groups[place])
        return place

    smallest = np.zeros((len(pages), _PERMUTATIONS), np.uint64)
    for place, page in enumerate(pages):
        if len(page.prose):
            for at, factor in enumerate(_FACTORS):
                smallest[place, at] = (page.prose * np.uint64(factor)).min()
    for column in smallest.T:
        for crowd in _crowds([key.tobytes() if key else b"" for key in column]):
            order = sorted(crowd.tolist(), key=lambda place: (len(pages[place].prose), pages[place].prose.tobytes()))
            for at, place in enumerate(order[1:], 1):
                for other in order[:at] if at < _CROWD else [order[0], order[at - 1]]:
                    if root(place) != root(other) and _alike(pages[place].prose, pages[other].prose):
                        low, high = sorted((root(place), root(other)))
                        groups[high] = low
    return np.array([root(place) for place in range(len(pages))], dtype=np.int64)


def _alike(one: Hashes, other: Hashes) -> bool:
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common >= ALIKE * (len(one) + len(other) - common)


def learn(site: str, pages: Sequence[Seen], examples: Mapping[int, str] | None = None) -> Profile:
    """Count the pages of a site, in the order of their names.

    Work is linear in paragraphs, but for sorting their hashes; memory is 16 bytes a paragraph.
    """
    counts = stories(pages)
    seen = [page.sightings for page, is_counted in zip(pages, counts.tolist(), strict=True) if is_counted]
    return Profile.of(site, len(seen), np.concatenate(seen) if seen else np.zeros(0, SIGHTING), examples)
