"""The types that flow, in order: RawPage -> Page -> Layout -> Article. No work is done here.

Glossary, one word per thing:

* **page**: one document of a site, as HTML or as text that a scraper already flattened.
* **paragraph**: one run of text a reader sees as a unit: a `<p>`, heading, list item, table cell, menu entry, line.
* **container**: an element (or, in plain text, a blank-line separated group) that holds paragraphs.
* **body**: the paragraphs that are the article. **chrome** (boilerplate): everything else on the page.
* **score**: the probability, 0..1, that a paragraph is body.
* **kind**: what a reader would call a paragraph (:class:`Kind`).
* **article**: what `clean()` returns for a page. **record**: an article as a flat dict. **gold**: text a person marked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, SupportsIndex, overload

if TYPE_CHECKING:
    # Only for the annotations: `cleaner --help` need not wait for numpy.
    import numpy as np
    from numpy.typing import NDArray

ContentType = Literal["html", "text"]
Status = Literal["ok", "low_confidence", "not_article", "other_language", "empty"]


class Kind(str, Enum):
    """What a reader would say a paragraph is; the first six stand on the article's side, the rest is chrome."""

    TITLE = "title"
    BYLINE = "byline"
    DATELINE = "dateline"
    HEADING = "heading"
    CAPTION = "caption"
    BODY = "body"
    NAV = "nav"
    CONSENT = "consent"
    SUBSCRIBE = "subscribe"
    COMMENTS = "comments"
    POLICY = "policy"
    RELATED = "related"
    SHARE = "share"
    AD = "ad"
    AUTHOR = "author"
    ABOUT = "about"
    LEGAL = "legal"
    TAGS = "tags"
    OTHER = "other"

    def __str__(self) -> str:
        return self.value

    __hash__ = str.__hash__
    """That of the value, as ``Kind.NAV == "nav"``; the one of Enum is a function in Python and six times as slow."""


KINDS: tuple[Kind, ...] = tuple(Kind)
ARTICLE_KINDS: frozenset[Kind] = frozenset(KINDS[:6])
CHROME_KINDS: frozenset[Kind] = frozenset(KINDS[6:])


@dataclass(frozen=True, slots=True)
class RawPage:
    """A document as it came: bytes of unknown encoding, or text somebody decoded before."""

    data: bytes | str
    url: str | None = None
    content_type: Literal["auto", "html", "text"] = "auto"
    charset: str | None = None
    """What the HTTP header said about the encoding, if anybody knows."""
    source: str = ""
    """File name, archive member or record id; used in messages and as a weak hint (``.txt``), never as a fact."""
    fetched_at: str = ""
    """When the page was fetched or saved at the latest, ISO 8601 (``2024-11-28T10:14:00+00:00``): no date in its
    metadata is later. '' when nobody knows; then the clock says what lies in the future."""


class Feed(NamedTuple):
    """What a document is that lists pages instead of being one."""

    what: str
    """As a sentence would call it: ``an RSS feed``, ``an Atom feed``, ``a sitemap``, ``an index of sitemaps``."""
    entries: int


@dataclass(frozen=True, slots=True)
class Page:
    """A decoded document."""

    text: str
    """The whole source as str: markup for HTML, the text itself otherwise. Line ends are left as they are. For a feed,
    the markup of a page with what its entries say."""
    content_type: ContentType
    url: str | None
    encoding: str
    """WHATWG name of the encoding used, e.g. ``utf-8``, ``windows-1252``; ``str`` when the caller passed a str."""
    encoding_source: str
    """The evidence: ``bom``, ``http``, ``meta``, ``utf-8`` (the bytes are UTF-8 but for what ``replacements`` counts),
    ``detector``, ``fallback``, ``caller``."""
    replacements: int
    """How many U+FFFD the decoding put in; 0 for a clean document."""
    source: str = ""
    fetched_at: str = ""
    """As in :class:`RawPage`."""
    feed: Feed | None = None
    """The feed or sitemap that stands in place of a page; None for a page."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says about itself outside its visible text; all empty for plain text."""

    title: str = ""
    language: str = ""
    metas: tuple[tuple[str, str], ...] = ()
    """``(name or property or itemprop, lower-cased; content)`` of every ``<meta>``, in document order."""
    links: tuple[tuple[str, str], ...] = ()
    """``(rel, href)`` of ``<link>`` elements with rel canonical, amphtml, author, license, alternate."""
    json_ld: tuple[str, ...] = ()
    """The raw text of every ``<script type="application/ld+json">``."""
    times: tuple[tuple[str, str, int], ...] = ()
    """``(datetime attribute or content, itemprop/class words, index of the next paragraph)`` of ``<time>``."""
    persons: tuple[tuple[str, str, int], ...] = ()
    """``(text, author or user, index of its paragraph)`` of links that lead to a person's page: rel=author, or an
    address such as ``/author/jane-doe`` or ``/u/jane`` (``tables/person_links.txt``)."""


class Container(NamedTuple):
    """An element that cuts the text and may hold paragraphs (index 0 is the root); for plain text, a group of lines."""

    parent: int
    """Index of the enclosing container; -1 for the root. A parent stands before its children."""
    tag: str
    attributes: str
    """class, id, role, itemprop, aria-label and data-component values joined by blanks; '' when there are none."""
    element: int
    """Place in ``Layout.elements``; 0 for the root, for plain text and for what was put in later: it has no XPath."""
    first: int
    """Index of the first paragraph inside; the paragraphs inside are ``first <= index < end``."""
    end: int


@dataclass(frozen=True, slots=True)
class Containers(Sequence[Container]):
    """The containers of a page, column by column: a page has hundreds, and few of them are ever looked at one by one.

    >>> page = Containers.of([Container(-1, "text", "", 0, 0, 2), Container(0, "group", "", 0, 0, 2)])
    >>> len(page), page[1].tag, [container.parent for container in page]
    (2, 'group', [-1, 0])
    """

    parents: tuple[int, ...]
    tags: tuple[str, ...]
    attributes: tuple[str, ...]
    elements: tuple[int, ...]
    firsts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, containers: Iterable[Container]) -> Containers:
        """Return the containers as columns; there must be one at least, the root."""
        return cls(*zip(*containers, strict=True))

    def __len__(self) -> int:
        return len(self.parents)

    @overload
    def __getitem__(self, index: SupportsIndex) -> Container: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Container, ...]: ...

    def __getitem__(self, index: SupportsIndex | slice) -> Container | tuple[Container, ...]:
        row: list[Any] = [column[index] for column in self._columns()]
        return tuple(map(Container, *row)) if isinstance(index, slice) else Container(*row)

    def __iter__(self) -> Iterator[Container]:
        return map(Container, *self._columns())

    def _columns(self) -> tuple[tuple[Any, ...], ...]:
        return self.parents, self.tags, self.attributes, self.elements, self.firsts, self.ends


class Elements(NamedTuple):
    """Every HTML element whose text is read, inline ones too, in document order; index 0 is the root. Empty for text.

    With it :mod:`cleaner.segment` can spell an XPath when somebody asks for one.
    """

    tags: tuple[str, ...] = ()
    parents: tuple[int, ...] = ()
    """Index of the enclosing element; -1 for the root. A parent stands before its children."""


NO_ELEMENTS = Elements()


@dataclass(frozen=True, slots=True)
class Layout:
    """The n paragraphs of a page in document order, column by column; nothing is judged yet.

    All arrays have length n. Character counts are counts of Unicode code points of the paragraph's text.
    """

    content_type: ContentType
    texts: tuple[str, ...]
    """White space collapsed to single blanks (inside `<pre>`, line ends are kept), never empty."""
    tags: tuple[str, ...]
    """Tag of the element that makes the paragraph (``p``, ``h2``, ``li``, ``td``, ``div`` ...); for plain text
    ``h`` (a line that looks like a heading by mark-up such as ``#``), ``li`` (bullet) or ``p``."""
    containers: Containers
    container_of: NDArray[np.int32]
    """Index of the innermost container of each paragraph (the element of ``tags`` itself, for HTML)."""
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    """Half-open span in ``Page.text`` for plain text; -1 for HTML."""
    marks: tuple[str, ...]
    """Tags and class words of the inline elements in which the paragraph begins, e.g. ``a teaser-link``; mostly ''."""
    link_chars: NDArray[np.int32]
    """Characters inside ``<a href>``; 0 <= link_chars <= len(text)."""
    links: NDArray[np.int32]
    """Number of ``<a href>`` that start in the paragraph."""
    images: NDArray[np.int32]
    """Images, figures and videos since the paragraph before."""
    hidden: NDArray[np.bool_]
    """Inside an element with ``hidden``, ``aria-hidden=true``, ``display:none``, ``<template>`` or ``<noscript>``."""
    gaps: NDArray[np.int32]
    """Blank lines (plain text) or ``<br>``/``<hr>`` cuts (HTML) just before the paragraph."""
    controls: NDArray[np.int32]
    """Form controls (input, button, select, textarea) in or just before the paragraph."""
    head: Head
    elements: Elements = NO_ELEMENTS


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of the page with the cleaner's judgement."""

    index: int
    text: str
    kind: Kind
    kind_probability: float
    score: float
    """P(body), calibrated, 0..1."""
    kept: bool
    """Whether it stands in ``Article.text``."""
    reasons: tuple[str, ...]
    """Up to three short sentences; empty unless asked for (``Settings.reasons``)."""
    start: int
    end: int
    """Half-open span in the decoded source, in characters, for plain text input; -1 for HTML."""
    xpath: str
    """Where the paragraph stands in the HTML; '' for plain text."""
    tag: str


class Paragraphs(Sequence[Paragraph]):
    """The paragraphs of an article, in document order; they are put together when somebody first looks at one.

    Who asks for the text alone need not wait for some hundred paragraphs and their XPaths (a twentieth of the time of
    a page). Otherwise it is like a tuple of them, and equal to it.

    >>> Paragraphs(0, tuple) == ()
    True
    """

    __slots__ = ("_all", "_count", "_make")

    def __init__(self, count: int, make: Callable[[], tuple[Paragraph, ...]]) -> None:
        """``make`` returns the ``count`` paragraphs, the same ones whenever it is called."""
        self._count = count
        self._make: Callable[[], tuple[Paragraph, ...]] | None = make
        self._all: tuple[Paragraph, ...] = ()

    def _made(self) -> tuple[Paragraph, ...]:
        make = self._make
        if make is not None:
            self._all = make()
            self._make = None  # and let go of the page
        return self._all

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: SupportsIndex) -> Paragraph: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Paragraph, ...]: ...

    def __getitem__(self, index: SupportsIndex | slice) -> Paragraph | tuple[Paragraph, ...]:
        return self._made()[index]

    def __iter__(self) -> Iterator[Paragraph]:
        return iter(self._made())

    def __eq__(self, other: object) -> bool:
        return self._made() == tuple(other) if isinstance(other, tuple | Paragraphs) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._made())

    def __repr__(self) -> str:
        return repr(self._made())

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (self._made(),)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about the article; a field nobody vouches for is empty, never guessed silently."""

    title: str = ""
    """The headline, without the site's name."""
    subtitle: str = ""
    """The line under the headline (deck, alternative headline) where the page marks one."""
    authors: tuple[str, ...] = ()
    """Persons, or organisations that the page calls its author, one an entry."""
    date_published: str = ""
    """ISO 8601: ``2024-11-28`` or ``2024-11-28T10:14:00+00:00``, with clock and zone where the page gives them."""
    date_modified: str = ""
    url: str = ""
    canonical_url: str = ""
    site_name: str = ""
    publisher: str = ""
    """The organisation behind the site or, for an agency's report, the agency."""
    domain: str = ""
    """Registered domain of the URL, e.g. ``bbc.co.uk``."""
    language: str = ""
    """BCP 47 of the cleaned text; ``und`` when unsure."""
    language_confidence: float = 0.0
    declared_language: str = ""
    """What the page says its language is, as it says it: ``en-GB``, ``de_AT``."""
    description: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    image: str = ""
    image_caption: str = ""
    license: str = ""
    """Address or name of the licence the page gives."""
    paywalled: bool | None = None
    """Whether the page says that reading it costs money; None when it does not say."""
    place: str = ""
    """Where the report was written, from its place line: ``LONDON``."""
    encoding: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Field name -> where its value came from, for each field that has one: json-ld, open-graph, meta, visible text,
    url, text line, ... (:data:`cleaner.metadata.SOURCES`)."""
