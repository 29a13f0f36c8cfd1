"""The place line that opens a report: ``LONDON (Reuters) - ...``, ``Berlin (dpa) – ...``, ``新华社北京4月24日电``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from cleaner.metadata.evidence import table_lines
from cleaner.metadata.fields import Fields
from cleaner.page import Layout

__all__ = ["PlaceLine", "put_place", "read_place_line"]

_HEAD_CHARS = 160
"""A place line stands in the first words of a paragraph."""
_NAME = r"[^\W\d_][\w.'’\-]*"
_PLACE = rf"{_NAME}(?:[ /][^\W\d_][\w.'’\-]*){{0,3}}"
_LINE = re.compile(
    rf"(?P<place>{_PLACE})(?:,\s[^()—–\n-]{{1,30}}?)??(?:,?\s(?P<date>[^()—–\n,]{{3,20}}?\d[^()—–\n]{{0,12}}?))?"
    r"\s?(?:[(（](?P<agency>[^()（）]{2,40})[)）]\s*(?:[-–—:.]+\s*|(?=\S))|\s*[–—]{1,2}\s+|\s-{1,2}\s+)"
)
_HAN = re.compile(
    r"[据（(【]?(?P<agency>新华社|中新社|中新网|法新社|路透社|美联社|中央社|本报|人民网|央视网)(?P<place>[\u3400-\u9fff]{2,6}?)(?P<date>\d{1,2}月)?\d{0,2}日?[电讯報讯]"
)
_MAX_PLACE_WORDS = 4


class PlaceLine(NamedTuple):
    """What the first words of a report say."""

    place: str
    agency: str
    """'' when none is named."""


def read_place_line(text: str) -> PlaceLine | None:
    """Return place and agency named at the start of a paragraph; None if it opens like any other.

    What stands in brackets must be an agency of ``tables/agencies.txt``; without one the place must be in capitals
    ("LONDON —"). The sentence itself is left as it is.

    >>> read_place_line("LONDON (Reuters) - The ferry runs again."), read_place_line("BERLIN — The ferry runs again.")
    (PlaceLine(place='LONDON', agency='Reuters'), PlaceLine(place='BERLIN', agency=''))
    >>> read_place_line("Berlin (dpa) – Die Fähre fährt wieder."), read_place_line("The ferry (new) runs again.")
    (PlaceLine(place='Berlin', agency='dpa'), None)
    """
    head = text[:_HEAD_CHARS]
    han = _HAN.match(head)
    if han:
        return PlaceLine(han["place"], han["agency"])
    match = _LINE.match(head)
    if match is None or match.end() >= len(text):
        return None
    place, agency = match["place"].strip(), (match["agency"] or "").strip()
    if len(place.split()) > _MAX_PLACE_WORDS or not place[0].isupper():
        return None
    words = _words()
    if agency:
        known = any(part.strip().casefold() in words.agencies for part in re.split(r"[/,]| and | und ", agency))
        return PlaceLine(place, agency) if known else None
    if not place.isupper() or len(place) < 3 or place.casefold() in words.no_places:
        return None
    # "МОСКВА, 5 янв - РИА Новости. ..."
    following = re.split(r"[.,]", text[match.end() : match.end() + 30], maxsplit=1)[0].strip()
    return PlaceLine(place, following if following.casefold() in words.agencies else "")


def put_place(fields: Fields, layout: Layout, kept: Sequence[bool], *, source: str) -> None:
    """Fill place, and publisher with the agency, from the first two kept paragraphs."""
    body = islice((text for text, keep in zip(layout.texts, kept, strict=False) if keep), 2)
    for text in body:
        line = read_place_line(text)
        if line is not None:
            fields.put("place", line.place, source)
            fields.put("publisher", line.agency, source)
            return


class _Words(NamedTuple):
    agencies: frozenset[str]
    no_places: frozenset[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    lists: dict[str, set[str]] = {"agency": set(), "noplace": set()}
    for line in table_lines("agencies.txt"):
        role, entries = line.split(" ", 1)
        lists[role].update(entry.casefold() for entry in entries.split(" | "))
    return _Words(frozenset(lists["agency"]), frozenset(lists["noplace"]))
