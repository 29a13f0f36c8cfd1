"""What an HTML page says about itself: title, metas, links, JSON-LD, times; picked up while its text is read."""

from __future__ import annotations

from collections.abc import Mapping

from cleaner.page import Head

_LINK_RELS = frozenset({"canonical", "amphtml", "author", "license", "alternate"})
_MAX_TIME_WORDS_CHARS = 300
_MAX_HEAD_ITEMS = 2_000
"""Metas, links and times kept from one page; real pages stay under 300."""


class HeadReader:
    """Collects the parts of a :class:`cleaner.page.Head` in the order in which they come."""

    __slots__ = ("json_ld", "language", "links", "metas", "times", "title")

    def __init__(self) -> None:
        self.title = ""
        self.language = ""
        self.metas: list[tuple[str, str]] = []
        self.links: list[tuple[str, str]] = []
        self.json_ld: list[str] = []
        self.times: list[tuple[str, str, int]] = []

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
        )
