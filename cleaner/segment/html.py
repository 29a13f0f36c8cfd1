"""HTML -> Layout in one pass over the parser's events; no tree is built, so depth costs nothing.

libxml2's tree builder drops every element nested deeper than 256 (2,048 with ``huge_tree``); its event interface
keeps them all (tried with 100,000 nested divs), and needs 2.6 ms where tree and walk need 3.1 to 3.5 (60 news pages).
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import numpy as np
from lxml import etree

from cleaner.page import Container, Head, Layout

BLOCK, SKIP, MEDIA, CONTROL = 1, 2, 3, 4
_CUTTING = frozenset({BLOCK, CONTROL})
_ROLES = {"block": BLOCK, "skip": SKIP, "media": MEDIA, "control": CONTROL}
_ATTRIBUTES = ("class", "id", "role", "itemprop", "aria-label", "data-component", "data-testid")
_LINK_RELS = frozenset({"canonical", "amphtml", "author", "license", "alternate"})
_MAX_ATTRIBUTE_CHARS = 300
"""Longer class lists are generated (utility CSS) and say nothing more; cut so that a 1 MB attribute costs nothing."""
_MAX_STEP_CHARS = 1_000
"""Inline elements nested deeper than some hundred have no XPath; spelling it out would be quadratic."""
_MAX_HEAD_ITEMS = 2_000
"""Metas, links and times kept from one page; real pages stay under 300."""


@lru_cache(maxsize=1)
def tag_roles() -> dict[str, int]:
    """Return the table ``html_tags.txt`` as tag -> BLOCK, SKIP, MEDIA or CONTROL."""
    lines = resources.files("cleaner").joinpath("tables/html_tags.txt").read_text("utf-8").splitlines()
    pairs = (line.split() for line in lines if line and not line.startswith("#"))
    return {tag: _ROLES[role] for tag, role in pairs}


def segment_html(source: str) -> Layout:
    """Split markup into paragraphs; broken, unclosed and deeply nested markup included.

    >>> layout = segment_html("<body><div id=a>Hello <b>wor</b>ld<p>Two <a href=x>link</a></div>")
    >>> layout.texts, layout.tags, layout.link_chars.tolist()
    (('Hello world', 'Two link'), ('div', 'p'), [0, 4])
    """
    target = _Target(tag_roles())
    parser = etree.HTMLParser(
        target=target,  # type: ignore[arg-type]  # the stubs ask for bytes, too, which the parser never sends
        huge_tree=True,
        encoding="utf-8",
    )
    try:
        parser.feed(source.encode("utf-8", "replace"))
        parser.close()
    except etree.LxmlError:
        # "Document is empty" and the like: what was read up to here is the page.
        pass
    return target.layout()


class _Frame:
    """What is remembered of an open element."""

    __slots__ = ("container", "counts", "cuts", "hides", "links", "pre", "step")

    def __init__(self, step: str, container: int) -> None:
        self.step = step
        """XPath step from the innermost container; '' when too many inline elements lie between."""
        self.container = container
        self.cuts = self.hides = self.links = self.pre = False
        self.counts: dict[str, int] = {}


class _Target:
    """Receives the parser's events (the interface is lxml's) and grows the columns of a Layout."""

    def __init__(self, roles: dict[str, int]) -> None:
        self.roles = roles
        self.containers: list[list[object]] = [[-1, "", "", "", 0, 0]]
        self.stack = [_Frame("", 0)]
        self.stack[0].cuts = True
        self.container = 0
        self.skipping = 0
        self.hiding = self.linking = self.preserving = 0
        # the paragraph being read
        self.pieces: list[str] = []
        self.linked: list[str] = []
        self.marks: list[str] = []
        self.breaks = 0
        self.after_link = False
        self.n_links = self.n_images = self.n_controls = self.n_gaps = 0
        # the columns
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.container_of: list[int] = []
        self.marks_of: list[str] = []
        self.numbers: list[tuple[int, int, int, int, int, int]] = []
        # the head
        self.capture: list[str] | None = None
        self.title: list[str] | None = None
        self.head_title: list[str] = []
        self.language = ""
        self.metas: list[tuple[str, str]] = []
        self.links: list[tuple[str, str]] = []
        self.json_ld: list[str] = []
        self.times: list[tuple[str, str, int]] = []

    # -- events ------------------------------------------------------------------------------------------------

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.skipping:
            self.skipping += 1
            return
        role = self.roles.get(tag, 0)
        if role == SKIP:
            if tag == "script" and "ld+json" in attributes.get("type", "").lower():
                self.capture = []
            self.skipping = 1
            return
        if tag in _HEAD_TAGS:
            self._head_element(tag, attributes)
        elif "-" in tag:
            role = BLOCK
        self.stack.append(self._open(tag, attributes, role))

    def _open(self, tag: str, attributes: dict[str, str], role: int) -> _Frame:
        parent = self.stack[-1]
        count = parent.counts.get(tag, 0) + 1
        parent.counts[tag] = count
        step = f"{tag}[{count}]"
        if not parent.cuts:
            step = f"{parent.step}/{step}" if 0 < len(parent.step) < _MAX_STEP_CHARS else ""
        cuts = role in _CUTTING
        if cuts:
            self._open_container(tag, step, attributes, role)
        elif role == MEDIA:
            self.n_images += 1
            self.pieces.append(" ")
        elif not self.pieces and len(self.marks) < 3 and tag not in _UNMARKED:
            self.marks.append(f"{tag} {_attribute_words(attributes)}" if attributes else tag)
        frame = _Frame(step, self.container)
        frame.cuts = cuts
        if tag == "a" and "href" in attributes:
            self._open_link(frame)
        if _is_hidden(tag, attributes):
            frame.hides = True
            self.hiding += 1
        if tag == "pre":
            frame.pre = True
            self.preserving += 1
        return frame

    def _open_link(self, frame: _Frame) -> None:
        frame.links = True
        if self.pieces and self.after_link:
            # Menu entries without white space between them are still two words to a reader.
            self.pieces.append(" ")
            self.linked.append(" ")
        self.linking += 1
        self.n_links += 1

    def end(self, tag: str) -> None:
        if self.skipping:
            self.skipping -= 1
            if not self.skipping and self.capture is not None:
                self.json_ld.append("".join(self.capture))
                self.capture = None
            return
        if len(self.stack) == 1:
            return
        frame = self.stack[-1]
        if frame.cuts:
            self._flush()
            entry = self.containers[frame.container]
            entry[5] = len(self.texts)
            self.container = int(entry[0])  # type: ignore[call-overload]
        self.stack.pop()
        self.hiding -= frame.hides
        self.linking -= frame.links
        self.preserving -= frame.pre
        self.after_link = frame.links or (self.after_link and not frame.cuts)
        if tag == "title":
            self.title = None

    def data(self, data: str) -> None:
        if self.skipping:
            if self.capture is not None:
                self.capture.append(data)
            return
        if self.title is not None:
            self.title.append(data)
            return
        if data.isspace():
            if not self.pieces:
                return
        elif self.breaks:
            self.breaks = 0
        self.after_link = False
        self.pieces.append(data)
        if self.linking:
            self.linked.append(data)

    def comment(self, text: str) -> None:
        """Comments are never shown."""

    def close(self) -> None:
        """End the document; layout() closes what is open."""

    # -- steps -------------------------------------------------------------------------------------------------

    def _open_container(self, tag: str, step: str, attributes: dict[str, str], role: int) -> None:
        self._flush()
        if role == CONTROL and attributes.get("type") != "hidden":
            self.n_controls += 1
        words = _attribute_words(attributes) if attributes else ""
        self.containers.append([self.container, tag, words, step, len(self.texts), 0])
        self.container = len(self.containers) - 1
        if tag == "html":
            self.language = self.language or attributes.get("lang", "") or attributes.get("xml:lang", "")

    def _break(self) -> None:
        self.breaks += 1
        if self.breaks == 2:
            self._flush()
            self.n_gaps += 1
            self.breaks = 0
        else:
            self.pieces.append("\n" if self.preserving else " ")

    def _flush(self) -> None:
        """End the paragraph being read; white space alone makes none."""
        self.breaks = 0
        pieces = self.pieces
        if not pieces:
            return
        source = "".join(pieces)
        text = _lines(source) if self.preserving else " ".join(source.split())
        self.pieces = []
        if text:
            linked = min(len(text), len(" ".join("".join(self.linked).split()))) if self.linked else 0
            self.texts.append(text)
            self.tags.append(str(self.containers[self.container][1]))
            self.container_of.append(self.container)
            self.marks_of.append(" ".join(self.marks))
            self.numbers.append((linked, self.n_links, self.n_images, self.hiding, self.n_gaps, self.n_controls))
            self.n_links = self.n_images = self.n_gaps = self.n_controls = 0
        self.linked = []
        self.marks = []

    def _head_element(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "br":
            self._break()
        elif tag == "meta":
            name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
            if name and len(self.metas) < _MAX_HEAD_ITEMS:
                self.metas.append((name.strip().lower(), attributes.get("content", "").strip()))
        elif tag == "link":
            rel = attributes.get("rel", "").strip().lower()
            if rel in _LINK_RELS and len(self.links) < _MAX_HEAD_ITEMS:
                self.links.append((rel, attributes.get("href", "").strip()))
        elif tag == "title":
            self.title = self.head_title if not self.head_title else []
        elif tag == "time" and len(self.times) < _MAX_HEAD_ITEMS:
            stamp = attributes.get("datetime") or attributes.get("content") or ""
            words = f"{attributes.get('itemprop', '')} {attributes.get('class', '')}".strip()
            self.times.append((stamp.strip(), words[:_MAX_ATTRIBUTE_CHARS], len(self.texts)))
        elif tag == "hr":
            self._flush()
            self.n_gaps += 1

    # -- result ------------------------------------------------------------------------------------------------

    def layout(self) -> Layout:
        """Return the page as columns; containers left open are closed at the end of the page."""
        self._flush()
        n = len(self.texts)
        for frame in self.stack:
            if frame.cuts:
                self.containers[frame.container][5] = n
        numbers = np.array(self.numbers, dtype=np.int32).reshape(n, 6)
        nowhere = np.full(n, -1, dtype=np.int32)
        return Layout(
            content_type="html",
            texts=tuple(self.texts),
            tags=tuple(self.tags),
            containers=tuple(Container(*entry) for entry in self.containers),  # type: ignore[arg-type]
            container_of=np.array(self.container_of, dtype=np.int32),
            starts=nowhere,
            ends=nowhere,
            marks=tuple(self.marks_of),
            link_chars=numbers[:, 0],
            links=numbers[:, 1],
            images=numbers[:, 2],
            hidden=numbers[:, 3] > 0,
            gaps=numbers[:, 4],
            controls=numbers[:, 5],
            head=self._head(),
        )

    def _head(self) -> Head:
        return Head(
            title=" ".join("".join(self.head_title).split()),
            language=self.language.strip(),
            metas=tuple(self.metas),
            links=tuple(self.links),
            json_ld=tuple(self.json_ld),
            times=tuple(self.times),
        )


_HEAD_TAGS = frozenset({"br", "hr", "link", "meta", "time", "title"})
_UNMARKED = _HEAD_TAGS - {"time"}


def _is_hidden(tag: str, attributes: dict[str, str]) -> bool:
    if tag in {"noscript", "template"} or "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    style = attributes.get("style", "")
    return bool(style) and "display:none" in style[:_MAX_ATTRIBUTE_CHARS].replace(" ", "").lower()


def _attribute_words(attributes: dict[str, str]) -> str:
    """Join what the page's author called the element."""
    words = [attributes[name] for name in _ATTRIBUTES if name in attributes]
    return " ".join(words)[:_MAX_ATTRIBUTE_CHARS]


def _lines(source: str) -> str:
    """Keep the lines of preformatted text, without blank lines and trailing blanks."""
    return "\n".join(line.rstrip() for line in source.splitlines() if line.strip()).strip()
