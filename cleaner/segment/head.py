"""What an HTML page says about itself: title, metas, links, JSON-LD, times; picked up while its text is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from cleaner.page import Head

_LINK_RELS = frozenset({"canonical", "amphtml", "author", "license", "alternate"})
_MAX_TIME_WORDS_CHARS = 300
_MAX_HEAD_ITEMS = 2_000
"""Metas, links and times kept from one page; real pages stay under 300."""
_MAX_ADDRESS_CHARS = 300
_MAX_PERSONS = 300
"""Links to persons kept from one page; a listing has one or two a teaser."""
_MAX_PERSON_CHARS = 100
"""A longer link says more than a name."""


@lru_cache(maxsize=1)
def _person_steps() -> dict[str, str]:
    """Return step of an address -> whose page it leads to."""
    roles: dict[str, str] = {}
    text = resources.files("cleaner").joinpath("tables/person_links.txt").read_text("utf-8")
    for line in text.splitlines():
        role, *steps = line.split()
        if role != "#":
            roles.update((spelled, role) for step in steps for spelled in (step, step.capitalize()))
    return roles


_PARTS = re.compile(r"[/?&=;]")


def person_role(attributes: Mapping[str, str]) -> str:
    """Return whose page a link leads to by its rel or address: ``author``, ``user``, or '' for nobody's.

    A page has hundreds of links, so most are let go by what costs a microsecond.

    >>> person_role({"href": "/author/jane-doe"}), person_role({"href": "member.php?u=3"}), person_role({"href": "/a"})
    ('author', 'user', '')
    """
    if "rel" in attributes and "author" in attributes["rel"].lower().split():
        return "author"
    address = attributes["href"][:_MAX_ADDRESS_CHARS]
    parts = address.split("/")
    if "?" in address:
        parts = _PARTS.split(address)
    roles = _person_steps()
    if not roles.keys().isdisjoint(parts[:-1]):
        return next(role for part in parts if (role := roles.get(part)))
    return "user" if "/@" in address or "/~" in address else ""


class HeadReader:
    """Collects the parts of a :class:`cleaner.page.Head` in the order in which they come."""

    __slots__ = ("json_ld", "language", "links", "metas", "persons", "times", "title")

    def __init__(self) -> None:
        self.title = ""
        self.language = ""
        self.metas: list[tuple[str, str]] = []
        self.links: list[tuple[str, str]] = []
        self.json_ld: list[str] = []
        self.times: list[tuple[str, str, int]] = []
        self.persons: list[tuple[str, str, int]] = []

    def read_tag(self, tag: str, attributes: Mapping[str, str], place: int) -> None:
        """Take what a ``<meta>``, ``<link>``, ``<time>`` or ``<html>`` says; ``place``: the next paragraph."""
        if tag == "meta":
            name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
            if name and len(self.metas) < _MAX_HEAD_ITEMS:
                self.metas.append((name.strip().lower(), attributes.get("content", "").strip()))
        elif tag == "link":
            rel = attributes.get("rel", "").strip().lower()
            if rel in _LINK_RELS and len(self.links) < _MAX_HEAD_ITEMS:
                self.links.append((rel, attributes.get("href", "").strip()))
        elif tag == "time" and len(self.times) < _MAX_HEAD_ITEMS:
            stamp = attributes.get("datetime") or attributes.get("content") or ""
            words = f"{attributes.get('itemprop', '')} {attributes.get('class', '')}".strip()
            self.times.append((stamp.strip(), words[:_MAX_TIME_WORDS_CHARS], place))
        elif tag == "html":
            self.language = self.language or attributes.get("lang", "") or attributes.get("xml:lang", "")

    def read_person(self, text: str, role: str, place: int) -> None:
        """Take the text of a link to a person's page that stands in the paragraph ``place``."""
        name = " ".join(text[: 2 * _MAX_PERSON_CHARS].split())
        if 0 < len(name) <= _MAX_PERSON_CHARS and len(self.persons) < _MAX_PERSONS:
            self.persons.append((name, role, place))

    def read_title(self, text: str) -> None:
        """Take the text of a ``<title>``; the first one that is not empty counts."""
        self.title = self.title or text

    def head(self) -> Head:
        """Return what was collected."""
        return Head(
            title=" ".join(self.title.split()),
            language=self.language.strip(),
            metas=tuple(self.metas),
            links=tuple(self.links),
            json_ld=tuple(self.json_ld),
            times=tuple(self.times),
            persons=tuple(self.persons),
        )
