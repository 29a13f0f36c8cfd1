"""Which texts are the same or nearly so, decided from all of them and not from the order in which they came.

Each text has a signature: a hash of all its words, and the smallest hashes of its runs of five words under 128
permutations (MinHash, Broder 1997). The share of equal places of two signatures estimates how many of their runs two
texts have in common (Jaccard; +-.035 at .8). Texts that agree in a band of 8 places are compared: of pairs at .8
that is 95 %, at .9 all but 1 in 10,000, at .5 6 %.
"""

from __future__ import annotations

import functools
import hashlib
import re
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["SIMILARITY", "Duplicate", "find_duplicates", "text_signature"]

SIMILARITY = 0.8
"""Texts with at least this estimated share of common runs are near duplicates: another headline or a correction, not
another article. Chosen by convention (data-set tools take .7 to .85), not tuned."""

_PERMUTATIONS = 128
_BAND = 8
_RUN = 5
_EXACT_BYTES = 16
_PRIME = (1 << 61) - 1
_WORD = re.compile(r"\w+")

_MAX_WORDS = 20_000
"""Words beyond this do not count for near duplicates: a text of 120,000 characters is known by its beginning."""

_CROWD = 64
"""In a crowd of more texts that agree in a band, each is compared with the one before and with the first only."""


class Duplicate(NamedTuple):
    """One text that is like another one."""

    text: int
    kept: int
    """The one that stands for all that are alike: the longest, of equals the first by name."""
    similarity: float
    """1.0 for the same words in the same order, else the estimate for this one and the kept one."""


def text_signature(text: str) -> bytes:
    """Return the signature of a text: 16 bytes for exact comparison, 512 for near; '' when it has no words.

    >>> len(text_signature("The river rose by two metres.")), text_signature(" -- ")
    (528, b'')
    """
    import numpy as np

    words = _WORD.findall(text.casefold())
    if not words:
        return b""
    exact = hashlib.blake2b(" ".join(words).encode("utf-8", "surrogatepass"), digest_size=_EXACT_BYTES).digest()
    words = words[:_MAX_WORDS]
    if len(words) < _RUN:  # a script without blanks, or a very short text: runs of signs
        signs = "".join(words)[: 6 * _MAX_WORDS]
        runs = {signs[at : at + _RUN] for at in range(max(1, len(signs) - _RUN + 1))}
    else:
        runs = {" ".join(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)}
    hashes = np.fromiter((_hash(run) for run in runs), dtype=np.uint64, count=len(runs))
    factors, summands = _permutations()
    smallest = np.full(_PERMUTATIONS, np.iinfo(np.uint64).max, dtype=np.uint64)
    for start in range(0, len(hashes), 1024):
        permuted = (hashes[start : start + 1024, None] * factors + summands) >> np.uint64(32)
        smallest = np.minimum(smallest, permuted.min(axis=0))
    return exact + smallest.astype("<u4").tobytes()


def _hash(run: str) -> int:
    return int.from_bytes(hashlib.blake2b(run.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


@functools.cache
def _permutations() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return factors (odd) and summands: x -> (x * factor + summand) mod 2**64, of which the upper half is used."""
    import numpy as np

    def numbers(name: str) -> NDArray[np.uint64]:
        digests = (hashlib.blake2b(f"{name}{at}".encode(), digest_size=8).digest() for at in range(_PERMUTATIONS))
        return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)

    return numbers("factor") | np.uint64(1), numbers("summand")


def find_duplicates(signatures: Iterable[bytes], lengths: Sequence[int]) -> Iterator[Duplicate]:
    """Yield every text that is not the one kept among those alike; texts are given in the order of their names.

    Alike is transitive: what is near a near duplicate belongs to the same group. Only the set of texts decides. The
    signatures are put aside into a temporary file first, so that memory does not grow with their size; ``lengths`` may
    be filled while they are read.
    """
    import numpy as np

    owners = array("q")
    with tempfile.TemporaryFile() as file:
        for index, signature in enumerate(signatures):
            if signature:
                file.write(signature)
                owners.append(index)
        file.flush()
        if owners:
            width = _EXACT_BYTES // 4 + _PERMUTATIONS
            table = np.memmap(file, dtype="<u4", mode="r", shape=(len(owners), width))
            yield from _duplicates(table, owners, lengths)


def _duplicates(table: NDArray[np.uint32], owners: Sequence[int], lengths: Sequence[int]) -> Iterator[Duplicate]:
    exact, near = table[:, : _EXACT_BYTES // 4], table[:, _EXACT_BYTES // 4 :]
    groups = _Groups(len(owners))
    for crowd in _crowds(exact):
        for row in crowd.tolist():
            groups.join(int(crowd[0]), row)
    for first in range(0, _PERMUTATIONS, _BAND):
        for crowd in _crowds(near[:, first : first + _BAND]):
            _join_similar(crowd, near, groups)
    kept: dict[int, int] = {}
    for row, index in enumerate(owners):
        best = kept.setdefault(groups.root(row), row)
        if lengths[index] > lengths[owners[best]]:
            kept[groups.root(row)] = row
    for row, index in enumerate(owners):
        best = kept[groups.root(row)]
        if best != row:
            similarity = 1.0 if (exact[row] == exact[best]).all() else round(float((near[row] == near[best]).mean()), 4)
            yield Duplicate(index, owners[best], similarity)


class _Groups:
    """Disjoint sets of texts."""

    def __init__(self, size: int) -> None:
        self.parents = array("q", range(size))

    def root(self, index: int) -> int:
        while self.parents[index] != index:
            self.parents[index] = self.parents[self.parents[index]]
            index = self.parents[index]
        return index

    def join(self, one: int, other: int) -> None:
        one, other = sorted((self.root(one), self.root(other)))
        self.parents[other] = one


def _crowds(band: NDArray[np.uint32]) -> Iterator[NDArray[np.int64]]:
    """Yield the rows that have the same band, for every band that more than one has, in ascending order."""
    import numpy as np

    keys = np.ascontiguousarray(band).view(np.dtype((np.void, band.dtype.itemsize * band.shape[1]))).ravel()
    order = np.argsort(keys, kind="stable")
    edges = np.flatnonzero(keys[order][1:] != keys[order][:-1]) + 1
    yield from (crowd for crowd in np.split(order, edges) if len(crowd) > 1)


def _join_similar(crowd: NDArray[np.int64], near: NDArray[np.uint32], groups: _Groups) -> None:
    rows = crowd.tolist()
    for at, row in enumerate(rows[1:], 1):
        for other in rows[:at] if at < _CROWD else [rows[0], rows[at - 1]]:
            if groups.root(row) != groups.root(other) and (near[row] == near[other]).mean() >= SIMILARITY:
                groups.join(row, other)
