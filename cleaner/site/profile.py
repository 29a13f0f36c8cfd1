"""What was counted on the pages of one site: a profile, its JSON, and the sum of two of them.

Everything counted is a sum, a least or a greatest value, so that profiles of parts of a site add up to the profile of
the whole, in any order and grouping. Of a paragraph seen once nothing is kept but where it was counted: no text.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.errors import SetupError
from cleaner.page import KINDS
from cleaner.site.fingerprint import fingerprints

__all__ = ["FORMAT", "PLACES", "SIGHTING", "Entry", "Pin", "Profile", "merge", "read_profile", "write_profile"]

FORMAT = 1
"""Version of the file; another one is refused."""
SIGHTING = np.dtype([("hash", "<u8"), ("place", "u1"), ("kind", "u1"), ("words", "<u2"), ("day", "<i4")])
"""One paragraph on one page: its hash, where it stood, its kind, words (65,535 at most), and the page's date as a day
of the proleptic calendar (0 when unknown)."""
PLACES = ("head", "middle", "tail")
"""Before, among and after the prose that the network took for the article."""
MOST_WORDS = 65_535
EXAMPLE_CHARS = 80
Pin = Literal["chrome", "body"]
_HASH_DIGITS = 16


class Entry(NamedTuple):
    """A paragraph that stands on two pages of the site or more."""

    pages: int
    places: tuple[int, int, int]
    """Pages on which it stands in each of PLACES."""
    words: int
    """The most words it had (a masked one has more or fewer)."""
    kinds: tuple[int, ...]
    """Pages on which it was called each of KINDS."""
    first_day: int
    last_day: int
    """The dates of the oldest and newest page it stands on, 0 when no page has one."""
    example: str = ""
    """Its words as they are compared (numbers and names masked, if they were), cut to 80 characters; '' if not kept."""


@dataclass(frozen=True)
class Profile:
    """The counts of one site."""

    site: str
    pages: int = 0
    """Stories counted: copies of a page count once."""
    entries: Mapping[int, Entry] = field(default_factory=dict)
    """Hash -> what recurs."""
    once: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, SIGHTING))
    """What was seen once, of dtype SIGHTING, sorted by hash."""
    pins: frozenset[tuple[Pin, str]] = frozenset()
    """What a person decided: (``chrome`` or ``body``, the text of a paragraph or its hash as the file spells it)."""

    @classmethod
    def of(
        cls, site: str, pages: int, sightings: NDArray[np.void], examples: Mapping[int, str] | None = None
    ) -> Profile:
        """Count sightings (dtype SIGHTING; a hash at most once a page) of so many pages."""
        examples = examples or {}
        ordered = np.sort(sightings, order=["hash", "place", "kind", "words", "day"])
        starts = np.flatnonzero(np.diff(ordered["hash"], prepend=ordered["hash"][:1] + np.uint64(1)))
        sizes = np.diff(starts, append=len(ordered))
        entries = {}
        for start, size in zip(starts[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
            number = int(ordered["hash"][start])
            entries[number] = _entry(ordered[start : start + size], examples.get(number, ""))
        return cls(site, pages, entries, ordered[starts[sizes == 1]])

    @cached_property
    def table(self) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """The hashes of what recurs, ascending, and on how many pages each does."""
        hashes = np.array(sorted(self.entries), dtype=np.uint64)
        return hashes, np.array([self.entries[int(number)].pages for number in hashes], dtype=np.int64)

    @cached_property
    def pinned(self) -> dict[int, Pin]:
        """Hash -> what a person decided; who pins a paragraph as both has it as body."""
        return {number: pin for pin, item in sorted(self.pins, reverse=True) for number in _hashes_of(item)}

    def count(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return on how many pages each of the hashes stands; what was seen once counts 0."""
        known, pages = self.table
        if not len(known):
            return np.zeros(len(hashes), dtype=np.int64)
        at = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
        found: NDArray[np.int64] = np.where(known[at] == hashes, pages[at], 0)
        return found

    def pruned(self, least: int) -> Profile:
        """Return the profile without paragraphs that stand on fewer than ``least`` pages; it no longer adds up."""
        kept = {number: entry for number, entry in self.entries.items() if entry.pages >= least}
        once = self.once if least <= 1 else self.once[:0]
        return Profile(self.site, self.pages, kept, once, self.pins)

    def without_examples(self) -> Profile:
        """Return the profile with hashes only."""
        bare = {number: entry._replace(example="") for number, entry in self.entries.items()}
        return Profile(self.site, self.pages, bare, self.once, self.pins)


def _hashes_of(item: str) -> list[int]:
    """Return the hash that a person copied out of a profile, or that of the text they wrote."""
    if len(item) == _HASH_DIGITS:
        try:
            return [int(item, 16)]
        except ValueError:
            pass
    return [int(number) for number in fingerprints([item]).exact if number]


def _entry(seen: NDArray[np.void], example: str) -> Entry:
    days = seen["day"][seen["day"] > 0]
    return Entry(
        len(seen),
        (int((seen["place"] == 0).sum()), int((seen["place"] == 1).sum()), int((seen["place"] == 2).sum())),
        int(seen["words"].max()),
        tuple(np.bincount(seen["kind"], minlength=len(KINDS)).tolist()),
        int(days.min()) if len(days) else 0,
        int(days.max()) if len(days) else 0,
        example,
    )


def merge(profiles: Iterable[Profile]) -> Profile:
    """Add up profiles of parts of one site; the order does not matter. Pages that two parts share count twice.

    An example is missing when no part saw its paragraph twice. The site of the first is taken.
    """
    parts = list(profiles)
    entries: dict[int, Entry] = {}
    for part in parts:
        for number, entry in part.entries.items():
            entries[number] = _sum(entries[number], entry) if number in entries else entry
    every = np.concatenate([part.once for part in parts])
    counted = Profile.of(parts[0].site, 0, every)
    for number, entry in counted.entries.items():
        entries[number] = _sum(entries[number], entry) if number in entries else entry
    known = np.isin(counted.once["hash"], np.array(sorted(entries), dtype=np.uint64))
    for sighting in counted.once[known]:
        number = int(sighting["hash"])
        entries[number] = _sum(entries[number], _entry(np.array([sighting], dtype=SIGHTING), ""))
    pins = frozenset(pin for part in parts for pin in part.pins)
    return Profile(parts[0].site, sum(part.pages for part in parts), entries, counted.once[~known], pins)


def _sum(one: Entry, other: Entry) -> Entry:
    days = [day for day in (one.first_day, other.first_day) if day]
    head, middle, tail = (a + b for a, b in zip(one.places, other.places, strict=True))
    return Entry(
        one.pages + other.pages,
        (head, middle, tail),
        max(one.words, other.words),
        tuple(a + b for a, b in zip(one.kinds, other.kinds, strict=True)),
        min(days, default=0),
        max(one.last_day, other.last_day),
        max(one.example, other.example),
    )


def write_profile(profile: Profile) -> bytes:
    """Return the profile as JSON, one paragraph a line, what stands on most pages first; equal ones are equal bytes."""
    order = sorted(profile.entries.items(), key=lambda item: (-item[1].pages, item[0]))
    pins = {name: sorted(item for pin, item in profile.pins if pin == name) for name in ("chrome", "body")}
    head = {"format": FORMAT, "site": profile.site, "pages": profile.pages, "pins": pins}
    lines = [json.dumps(head, ensure_ascii=False)[:-1] + ',\n"paragraphs": [']
    lines.append(",\n".join(json.dumps(_plain(number, entry), ensure_ascii=False) for number, entry in order))
    once = " ".join(f"{row[0]:016x}.{row[1]}.{row[2]}.{row[3]}.{row[4]}" for row in profile.once.tolist())
    lines.append(f'],\n"seen_once": "{once}"}}')
    return "\n".join(lines).encode("utf-8", "surrogatepass") + b"\n"


def _plain(number: int, entry: Entry) -> dict[str, Any]:
    """Return a paragraph as the file has it; what is 0 or empty is left out."""
    data: dict[str, Any] = {"hash": f"{number:016x}", "pages": entry.pages}
    data |= {place: count for place, count in zip(PLACES, entry.places, strict=True) if count}
    data |= {"words": entry.words}
    data["kinds"] = {str(kind): count for kind, count in zip(KINDS, entry.kinds, strict=True) if count}
    for name, day in (("first_seen", entry.first_day), ("last_seen", entry.last_day)):
        if day:
            data[name] = dt.date.fromordinal(day).isoformat()
    return data | ({"example": entry.example} if entry.example else {})


def read_profile(data: bytes, *, where: str = "") -> Profile:
    """Read what :func:`write_profile` wrote, and a person may have edited. Raises SetupError ``bad_profile``."""
    try:
        found = json.loads(data)
        if found["format"] != FORMAT:
            raise SetupError(
                "bad_profile",
                f"{where} is a profile of format {found['format']}; this version reads {FORMAT}. Learn it again.",
                where=where,
            )
        entries = {int(item["hash"], 16): _read_entry(item) for item in found["paragraphs"]}
        once = [tuple(int(cell, 16 if not place else 10) for place, cell in enumerate(word.split(".")))
                for word in found.get("seen_once", "").split()]  # fmt: skip
        pins = frozenset((pin, str(item)) for pin in ("chrome", "body") for item in found.get("pins", {}).get(pin, ()))
        seen = np.sort(np.array(once, dtype=SIGHTING), order=["hash"])
        return Profile(str(found["site"]), int(found["pages"]), entries, seen, pins)  # type: ignore[arg-type]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise SetupError(
            "bad_profile",
            f"{where or 'This'} is no profile of a site ({type(error).__name__}: {error}). Undo the last edit, or "
            "learn it again.",
            where=where,
        ) from error


def _read_entry(item: Mapping[str, Any]) -> Entry:
    days = [item.get(name, "") for name in ("first_seen", "last_seen")]
    first, last = (dt.date.fromisoformat(day).toordinal() if day else 0 for day in days)
    head, middle, tail = (int(item.get(place, 0)) for place in PLACES)
    kinds = tuple(int(item.get("kinds", {}).get(str(kind), 0)) for kind in KINDS)
    example = str(item.get("example", ""))
    return Entry(int(item["pages"]), (head, middle, tail), int(item.get("words", 0)), kinds, first, last, example)
