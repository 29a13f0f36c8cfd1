"""What a page claims about itself, collected once: meta tags by field, linked data, headings, times."""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import islice
from typing import NamedTuple

from cleaner.metadata.linked_data import LinkedData, names, read_linked_data
from cleaner.metadata.saved import saved_address
from cleaner.page import Head, Kind, Layout, Page

__all__ = ["Claim", "Evidence", "collect", "head_fields", "site_names", "table_lines"]

_MAX_VALUE_CHARS = 5_000
"""Longer values of a meta tag are cut: no field of ours needs more."""
_LAST_FIRST = frozenset({"citation_author", "citation_authors", "dc.creator", "dcterms.creator"})
"""Meta names whose convention is "Doe, Jane"."""


class Claim(NamedTuple):
    """A value somebody vouches for."""

    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the fields are read from."""

    page: Page
    layout: Layout
    kinds: Sequence[Kind]
    kept: Sequence[bool]
    metas: dict[str, list[Claim]]
    """Field -> claims of meta tags, the most trusted first (``tables/head_fields.txt``)."""
    linked: LinkedData
    headings: tuple[int, ...]
    """Paragraphs that may be the page's headline: shown ``<h1>``, then those of kind title."""
    addresses: tuple[Claim, ...]
    """What is known of the page's own URL, the given one first; where it was saved from, if nothing else is."""

    def texts(self, indices: Sequence[int]) -> list[str]:
        """Return the texts of paragraphs."""
        return [self.layout.texts[index] for index in indices]


def collect(page: Page, layout: Layout, *, kinds: Sequence[Kind], kept: Sequence[bool]) -> Evidence:
    """Read the head of a page; the layout's head is all that is looked at, markup is not parsed again."""
    metas = _read_metas(layout.head)
    addresses = _addresses(page, layout.head, metas)
    headings = _headings(layout, kinds)
    titles = [layout.head.title, *(claim.value for claim in metas["title"])]
    titles += [layout.texts[index] for index in headings]
    linked = read_linked_data(
        layout.head.json_ld, addresses=[claim.value for claim in addresses], titles=_split_titles(titles)
    )
    return Evidence(page, layout, kinds, kept, metas, linked, headings, addresses)


def _read_metas(head: Head) -> dict[str, list[Claim]]:
    """Sort the meta tags into fields; the order of the table decides which is believed first."""
    fields = head_fields()
    ranked: dict[str, list[tuple[int, int, Claim]]] = defaultdict(list)
    for number, (name, content) in enumerate(head.metas):
        if name not in fields or not content:
            continue
        cut = content[:_MAX_VALUE_CHARS]
        value = " ".join((html.unescape(cut) if "&" in cut else cut).split())
        if name in _LAST_FIRST and value.count(",") == 1:
            value = " ".join(part.strip() for part in reversed(value.split(",")))
        if value:
            for field, rank, source in fields[name]:
                ranked[field].append((rank, number, Claim(value, source)))
    return defaultdict(list, {field: [claim for _, _, claim in sorted(claims)] for field, claims in ranked.items()})


def _addresses(page: Page, head: Head, metas: dict[str, list[Claim]]) -> tuple[Claim, ...]:
    given = [Claim(page.url, "caller")] if page.url else []
    canonical = [Claim(href, "link") for rel, href in head.links if rel == "canonical" and href]
    claims = (*given, *canonical, *metas["canonical_url"])
    if not claims and (saved := saved_address(page.text)):
        return (Claim(saved, "comment"),)
    return claims


def _headings(layout: Layout, kinds: Sequence[Kind]) -> tuple[int, ...]:
    marked = list(islice(_indices(kinds, Kind.TITLE), 3))
    tagged = list(islice(_indices(layout.tags, "h1"), 100))
    shown = [index for index in tagged if not layout.hidden[index]]
    return tuple(dict.fromkeys([*shown[:20], *marked, *tagged[:20]]))


def _indices(values: Sequence[object], wanted: object) -> Iterator[int]:
    """Yield the places of a value; quicker than a comparison of each one here, since there are few or none."""
    place = -1
    try:
        while True:
            place = values.index(wanted, place + 1)
            yield place
    except ValueError:
        return


def _split_titles(titles: Sequence[str]) -> list[str]:
    """Return titles and their first parts, which often are the headline without the site's name."""
    parts = [title.split(mark)[0] for title in titles for mark in (" | ", " - ", " – ", " — ") if mark in title]
    return [*titles, *parts]


@lru_cache(maxsize=1)
def head_fields() -> dict[str, list[tuple[str, int, str]]]:
    """Return meta name -> (field, rank, source)."""
    fields: dict[str, list[tuple[str, int, str]]] = defaultdict(list)
    rank = 0
    for line in table_lines("head_fields.txt"):
        field, source, *entries = line.split()
        for name in entries:
            rank += 1
            fields[name].append((field, rank, source))
    return dict(fields)


def table_lines(table: str) -> list[str]:
    """Return the entries of a table of ``cleaner/tables``, without its header."""
    text = resources.files("cleaner").joinpath(f"tables/{table}").read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def site_names(evidence: Evidence) -> list[Claim]:
    """Return what the site calls itself, the most trusted first."""
    linked = evidence.linked
    publisher = linked.follow(linked.first("publisher")[0])
    person = isinstance(publisher, dict) and "Person" in str(publisher.get("@type", ""))
    own = [] if person else [Claim(name, "json-ld") for name in names(publisher)]
    sites = [Claim(name, "json-ld") for node in linked.sites[:5] for name in names(node)[:2]]
    return [*evidence.metas["site_name"][:3], *own[:2], *sites]
