"""HTML -> Layout in one pass over the parser's events; no tree is built, so depth costs nothing.

libxml2's tree builder drops every element nested deeper than 256 (2,048 with ``huge_tree``); its event interface
keeps them all (tried with 100,000 nested divs). A news page has some 3,600 events, a quarter of them white space
between tags, and what is done at each is half of the cost; hence no objects per element, and text goes straight from
the parser into a list.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping

import numpy as np
from lxml import etree

from cleaner.page import Containers, Elements, Layout
from cleaner.segment.attributes import MAX_ATTRIBUTE_CHARS, attribute_words, is_hidden
from cleaner.segment.head import HeadReader, person_role
from cleaner.segment.tags import (
    BLOCK,
    BREAK,
    CONTROL,
    FACT,
    FORMULA,
    LINK,
    MEDIA,
    PLAYER,
    RULE,
    SHELL,
    SKIP,
    TOOLS,
    Roles,
)

_MAX_MARKS = 3
_LINKS, _HIDES, _KEEPS_LINES, _NAMES = 1, 2, 4, 8
"""What ends with an element, as bits: a link, something hidden, preformatted text, a link to a person's page."""


def segment_html(source: str) -> Layout:
    """Split markup into paragraphs; broken, unclosed and deeply nested markup included.

    >>> layout = segment_html("<body><div id=a>Hello <b>wor</b>ld<p>Two <a href=x>link</a></div>")
    >>> layout.texts, layout.tags, layout.link_chars.tolist()
    (('Hello world', 'Two link'), ('div', 'p'), [0, 4])
    """
    target = _Target()
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


class _Target:
    """Receives the parser's events (the interface is lxml's) and grows the columns of a Layout.

    There is no handler for comments, as they are never shown, and ``data`` is the ``append`` of ``pieces``. So white
    space at the head of a paragraph stands in ``pieces``, too, and places in it (``link_at``, ``break_at``,
    ``skip_at``) say what came before and after them.
    """

    __slots__ = (
        "after_link", "begun", "break_at", "container", "container_of", "data", "element", "ends", "firsts",
        "head", "hiding", "leaving", "link_at", "linked", "linking", "marks", "marks_of", "n", "n_controls", "n_gaps",
        "n_images", "n_links", "numbers", "of_containers", "outer", "parents", "persons", "pieces", "preserving",
        "roles", "skip_at", "skipped", "skipping", "tags", "texts", "with_end", "words",
    )  # fmt: skip

    def __init__(self) -> None:
        self.roles = Roles()
        self.head = HeadReader()
        # the elements, by their place in the page; the innermost open one is `element`
        self.tags = [""]
        self.parents = [-1]
        self.element = 0
        self.leaving: list[tuple[int, int]] = [(0, 0)]
        """(element, bits) of the open elements at whose end more is to do than to end the paragraph."""
        self.with_end = 0
        """The element of the last entry of ``leaving``."""
        # the containers; the innermost open one is `container`
        self.outer = [-1]
        self.words = [""]
        self.of_containers = [0]
        self.firsts = [0]
        self.ends = [0]
        self.container = 0
        # where we are
        self.skipping = 0
        self.skipped = ""
        self.skip_at = 0
        self.hiding = self.linking = self.preserving = 0
        self.persons: list[tuple[str, int]] = []
        """(whose page, next paragraph) of each open link that leads to a person's page."""
        # the paragraph being read
        self.pieces: list[str] = []
        self.data: Callable[[str], None] = self.pieces.append
        self.linked: list[str] = []
        self.marks: list[str] = []
        self.begun = False
        """Whether ``pieces`` is known to hold more than the white space before a paragraph."""
        self.link_at = 0
        """Where in ``pieces`` the text of the open link goes on."""
        self.after_link = -1
        """Length of ``pieces`` at the end of a link; while it stays that, nothing was said since."""
        self.break_at = -1
        """Length of ``pieces`` after a line break, -1 without one."""
        self.n_links = self.n_images = self.n_controls = self.n_gaps = 0
        # the columns
        self.n = 0
        self.texts: list[str] = []
        self.container_of: list[int] = []
        self.marks_of: list[str] = []
        self.numbers: list[int] = []

    # -- events ------------------------------------------------------------------------------------------------

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self.skipping:
            self.skipping += 1
            return
        role, tag = self.roles[tag]
        bits = 0
        if role == BLOCK:
            self._open_container(attributes)
        elif role in (SKIP, PLAYER) or (role == FORMULA and self.hiding):  # readers see a picture of a hidden formula
            if tag != "template" or "shadowrootmode" not in attributes:
                self._skip(role, tag, attributes)
                return
            self._open_container(attributes)  # the one kind of template that browsers show
        elif not role or role == LINK:
            if "class" in attributes and attributes["class"] in TOOLS:
                self._skip(role, tag, attributes)
                return
            if not self.begun and len(self.marks) < _MAX_MARKS:
                self._mark(tag, attributes)
            if role == LINK and "href" in attributes:
                self._open_link()
                bits = _LINKS
                role_of_person = person_role(attributes)
                if role_of_person:
                    self.persons.append((role_of_person, self.n))
                    bits |= _NAMES
        else:
            bits = self._open_other(role, tag, attributes)
        if ("style" in attributes or "hidden" in attributes or "aria-hidden" in attributes) and is_hidden(attributes):
            bits |= _HIDES
        self.parents.append(self.element)
        tags = self.tags
        self.element = len(tags)
        tags.append(tag)
        if bits:
            self._note(bits)

    def end(self, _tag: str) -> None:
        if self.skipping:
            self.skipping -= 1
            if not self.skipping:
                self._unskip()
            return
        element = self.element
        if not element:
            return
        container = self.container
        if element == self.of_containers[container]:
            pieces = self.pieces
            if pieces:
                if self.begun or len(pieces) > 1 or not pieces[0].isspace():
                    self._flush()
                else:
                    pieces.clear()
                    self.link_at = 0
                    self.after_link = -1
            self.ends[container] = self.n
            self.container = self.outer[container]
        if element == self.with_end:
            self._leave()
        self.element = self.parents[element]

    def close(self) -> None:
        """End the document; layout() closes what is open."""

    # -- elements ----------------------------------------------------------------------------------------------

    def _open_container(self, attributes: Mapping[str, str]) -> None:
        pieces = self.pieces
        if pieces:
            if self.begun or len(pieces) > 1 or not pieces[0].isspace():
                self._flush()
            else:
                pieces.clear()
                self.link_at = 0
                self.after_link = -1
        if len(attributes) == 1 and "class" in attributes:
            self.words.append(attributes["class"][:MAX_ATTRIBUTE_CHARS])
        else:
            self.words.append(attribute_words(attributes) if attributes else "")
        self.outer.append(self.container)
        self.of_containers.append(len(self.tags))
        self.firsts.append(self.n)
        ends = self.ends
        self.container = len(ends)
        ends.append(0)

    def _open_other(self, role: int, tag: str, attributes: Mapping[str, str]) -> int:
        """Do what the rarer tags need; return what is to be done at their end."""
        if role in (SHELL, CONTROL):
            self._open_container(attributes)
            if role == CONTROL:
                self.n_controls += attributes.get("type") != "hidden"
            elif tag == "html":
                self.head.read_tag(tag, attributes, self.n)
            elif tag == "pre":
                return _KEEPS_LINES
            elif tag != "dialog" or "open" not in attributes:
                return _HIDES
        elif role == BREAK:
            self._break()
        elif role == MEDIA:
            self._count_media()
        elif role == RULE:
            self._flush()
            self.n_gaps += 1
        elif role == FACT:
            if tag == "time" and not self.begun and len(self.marks) < _MAX_MARKS:
                self._mark(tag, attributes)
            self.head.read_tag(tag, attributes, self.n)
        return 0

    def _count_media(self) -> None:
        self.n_images += 1
        self._put(" ")

    def _open_link(self) -> None:
        at = len(self.pieces)
        if at and at == self.after_link:
            # Menu entries without white space between them are still two words to a reader.
            self.pieces.append(" ")
            if not self.linking:
                self.linked.append(" ")
            self.after_link = at = at + 1
        if not self.linking:
            self.link_at = at
        self.linking += 1
        self.n_links += 1

    def _note(self, bits: int) -> None:
        """Remember what is to be done at the end of the element that was just opened."""
        self.hiding += bool(bits & _HIDES)
        self.preserving += bool(bits & _KEEPS_LINES)
        self.with_end = self.element
        self.leaving.append((self.element, bits))

    def _leave(self) -> None:
        bits = self.leaving.pop()[1]
        self.with_end = self.leaving[-1][0]
        if bits & _NAMES:
            role, place = self.persons.pop()
            # A link around whole paragraphs names the first of them.
            text = self.texts[place] if self.n > place else "".join(self.pieces[self.link_at :])
            self.head.read_person(text, role, place)
        if bits & _LINKS:
            self.linking -= 1
            if not self.linking:
                self.linked += self.pieces[self.link_at :]
            self.after_link = len(self.pieces)
        self.hiding -= bool(bits & _HIDES)
        self.preserving -= bool(bits & _KEEPS_LINES)

    def _skip(self, role: int, tag: str, attributes: Mapping[str, str]) -> None:
        if role == PLAYER:
            self._count_media()
        self.skipping = 1
        self.skip_at = len(self.pieces)
        is_data = tag == "script" and "ld+json" in attributes.get("type", "").lower()
        self.skipped = "json_ld" if is_data else tag

    def _unskip(self) -> None:
        """Take back what was read inside of a skipped element."""
        if self.skipped == "title":
            self.head.read_title("".join(self.pieces[self.skip_at :]))
        elif self.skipped == "json_ld":
            self.head.json_ld.append("".join(self.pieces[self.skip_at :]))
        del self.pieces[self.skip_at :]

    # -- paragraphs --------------------------------------------------------------------------------------------

    def _mark(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Note an inline element, if no word of the paragraph came before it."""
        pieces = self.pieces
        if pieces:
            if not "".join(pieces).isspace():
                self.begun = True
                return
            pieces.clear()
            self.link_at = 0
            self.after_link = -1
        self.marks.append(f"{tag} {attribute_words(attributes)}" if attributes else tag)

    def _put(self, blank: str) -> None:
        """Add white space that is no text of the page: it belongs to no link and ends none."""
        at = len(self.pieces)
        if self.linking:
            self.linked += self.pieces[self.link_at :]
            self.link_at = at + 1
        if self.after_link == at:
            self.after_link = at + 1
        self.pieces.append(blank)
        self.begun = True

    def _break(self) -> None:
        if self.break_at >= 0 and not "".join(self.pieces[self.break_at :]).strip():
            self._flush()
            self.n_gaps += 1
        else:
            self._put("\n" if self.preserving else " ")
            self.break_at = len(self.pieces)

    def _flush(self) -> None:
        """End the paragraph being read; white space alone makes none."""
        pieces = self.pieces
        source = pieces[0] if len(pieces) == 1 else "".join(pieces)
        words = source.split()
        if words:
            self._add(_lines(source) if self.preserving else " ".join(words))
        if words or self.begun:
            self.linked.clear()
            self.marks.clear()
            self.begun = False
        pieces.clear()
        self.link_at = 0
        self.after_link = self.break_at = -1

    def _add(self, text: str) -> None:
        if self.linking:
            self.linked += self.pieces[self.link_at :]
        chars = 0
        if self.linked:
            chars = min(len(text), len(" ".join("".join(self.linked).split())))
        self.texts.append(text)
        self.container_of.append(self.container)
        self.marks_of.append(" ".join(self.marks) if self.marks else "")
        self.numbers += (chars, self.n_links, self.n_images, self.hiding, self.n_gaps, self.n_controls)
        self.n_links = self.n_images = self.n_gaps = self.n_controls = 0
        self.n += 1

    # -- result ------------------------------------------------------------------------------------------------

    def layout(self) -> Layout:
        """Return the page as columns; what was left open is closed at the end of the page."""
        if self.skipping:
            self.skipped = self.skipped if self.skipped == "title" else ""
            self._unskip()
        self._flush()
        n, container = self.n, self.container
        while container >= 0:
            self.ends[container] = n
            container = self.outer[container]
        tags = [self.tags[element] for element in self.of_containers]
        numbers = np.array(array("i", self.numbers), dtype=np.int32).reshape(n, 6)
        nowhere = np.full(n, -1, dtype=np.int32)
        return Layout(
            content_type="html",
            texts=tuple(self.texts),
            tags=tuple([tags[container] for container in self.container_of]),
            containers=Containers(
                tuple(self.outer),
                tuple(tags),
                tuple(self.words),
                tuple(self.of_containers),
                tuple(self.firsts),
                tuple(self.ends),
            ),
            container_of=np.array(array("i", self.container_of), dtype=np.int32),
            starts=nowhere,
            ends=nowhere,
            marks=tuple(self.marks_of),
            link_chars=numbers[:, 0],
            links=numbers[:, 1],
            images=numbers[:, 2],
            hidden=numbers[:, 3] > 0,
            gaps=numbers[:, 4],
            controls=numbers[:, 5],
            head=self.head.head(),
            elements=Elements(tuple(self.tags), tuple(self.parents)),
        )


def _lines(source: str) -> str:
    """Keep the lines of preformatted text, without blank lines and trailing blanks."""
    return "\n".join(line.rstrip() for line in source.splitlines() if line.strip()).strip()
