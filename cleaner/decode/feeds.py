"""Feeds and sitemaps in place of pages: known by their root element, and rewritten as the page a reader would see.

Left alone: pages that only link a feed, XHTML, and XML of any other kind, which is read as HTML as ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from html import escape
from html.entities import html5
from typing import TYPE_CHECKING, NamedTuple

from cleaner.page import Feed

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["read_feed"]


class _Root(NamedTuple):
    """What tells a kind of feed."""

    sign: str
    """Must stand among the attributes of the root element, the namespaces above all."""
    entry: str
    """Local name of what is listed."""
    what: str


_ROOTS = {
    "rss": _Root("version", "item", "an RSS feed"),
    "feed": _Root("/atom", "entry", "an Atom feed"),
    "rdf": _Root("/rss/|/rdf/simple/", "item", "an RSS feed"),
    "urlset": _Root("sitemap", "url", "a sitemap"),
    "sitemapindex": _Root("sitemap", "sitemap", "an index of sitemaps"),
}
"""Root elements of RSS 0.9x and 2.0, Atom 0.3 and 1.0, RSS 0.9 and 1.0 (RDF), and of the sitemaps protocol 0.9."""

_PROLOG_CHARACTERS = 65_536
"""Declarations and comments before the root element are passed over this far."""

_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(rss|feed|rdf|urlset|sitemapindex)(\s[^<>]{0,8000})>", re.IGNORECASE)
_NOT_BLANK = re.compile(r"[^\s\ufeff]")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_OF_XML = frozenset(("amp", "lt", "gt", "quot", "apos"))
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_TAG = re.compile(r"<[a-z/!][^<>]*>", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n\s*\n")
_DATE_CHARACTERS = 100

_TEXTS = ("encoded", "content", "description", "summary")
"""Where an entry has its text, the fullest first."""
_FOREIGN = ("mrss", "itunes", "media")
"""Namespaces, or prefixes nobody declared, whose titles and descriptions are those of pictures and sounds."""


def read_feed(text: str) -> tuple[str, Feed] | None:
    """Return what a feed or sitemap says as HTML, and what it is; None for everything else.

    A feed of one entry becomes the page of that entry, with its title, address, author and dates; one of several a page
    with a headline for each. Of a sitemap nothing is left, as it holds addresses only. Takes linear time.

    >>> page, feed = read_feed('<rss version="2.0"><channel><item><title>Rain</title></item></channel></rss>')
    >>> feed, "<h1>Rain</h1>" in page
    (Feed(what='an RSS feed', entries=1), True)
    >>> read_feed('<html><link rel="alternate" type="application/rss+xml" href="/feed"></html>')
    """
    start = _skip_prolog(text)
    found = _ROOT.match(text, start) if start >= 0 else None
    if found is None:
        return None
    kind = _ROOTS[found[1].lower()]
    if not re.search(kind.sign, found[2], re.IGNORECASE) or _goes_on(text, found[1]):
        return None
    root = _parse(text[start:])
    if root is None or not len(root):
        return None
    channel = next(root.iterchildren("{*}channel"), None)
    holders = [root] if channel is None else [channel, root]  # RSS 2 has its items in the channel, RSS 1 behind it
    entries = [_Entry(entry) for holder in holders for entry in holder.iterchildren("{*}" + kind.entry)]
    feed = Feed(kind.what, len(entries))
    if "sitemap" in kind.what:
        return "", feed
    return _page_of(_Entry(holders[0]), entries), feed


def _skip_prolog(text: str) -> int:
    """Return where the root element begins, behind declarations and comments; -1 where none does."""
    at = 0
    while (found := _NOT_BLANK.search(text, at, at + _PROLOG_CHARACTERS)) is not None:
        at = found.start()
        if text.startswith("<?", at):
            end = "?>"
        elif text.startswith("<!--", at):
            end = "-->"
        elif text.startswith("<!", at):  # a doctype, which may hold declarations in brackets
            bracket, close = text.find("[", at, at + 1000), text.find(">", at, at + 1000)
            end = "]>" if 0 < bracket < close else ">"
        else:
            return at
        stop = text.find(end, at, at + _PROLOG_CHARACTERS)
        if stop < 0 or stop > _PROLOG_CHARACTERS:
            return -1
        at = stop + len(end)
    return -1


def _goes_on(text: str, name: str) -> bool:
    """Tell whether words follow the end of the root element: then a text begins with a feed that it talks about."""
    end = text.rfind(f"{name}>")
    return end >= 0 and text[end + len(name) + 1 :].lstrip()[:1] not in ("", "<")


def _parse(source: str) -> _Element | None:
    """Return the root element, of damaged or cut XML as far as it goes.

    The source begins at the root, so there are no declarations of entities to be expanded; those of HTML, which feeds
    use undeclared, are replaced before.
    """
    from lxml import etree  # what parses pages needs it, too; a text alone does not

    source = _ENTITY.sub(_character, _CONTROLS.sub("", source))
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        huge_tree=True,
        no_network=True,
        resolve_entities=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(source.encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        return None


def _character(found: re.Match[str]) -> str:
    return found[0] if found[1] in _OF_XML else html5.get(f"{found[1]};", found[0])


class _Entry:
    """An entry of a feed, or what the feed says of itself: its elements by local name, the first of each."""

    def __init__(self, element: _Element) -> None:
        self.parts: dict[str, _Element] = {}
        self.link = ""
        self.language = element.get("{http://www.w3.org/XML/1998/namespace}lang", "")
        for part in element.iterchildren("*"):
            space, _, name = str(part.tag).rpartition("}")
            prefix, _, name = name.rpartition(":")
            if any(word in space or word == prefix for word in _FOREIGN):
                continue
            if name == "link" and not self.link and part.get("rel", "alternate") == "alternate":
                self.link = (part.get("href") or part.text or "").strip()
            self.parts.setdefault(name, part)

    def words(self, *names: str) -> str:
        """Return the words of the first of these elements that has any, without tags, as HTML."""
        found = next(filter(None, (self.markup(name) for name in names)), "")
        return " ".join(_TAG.sub(" ", found).split())

    def markup(self, name: str) -> str:
        """Return an element's content as HTML; '' for what is missing, stands elsewhere or is no text."""
        part = self.parts.get(name)
        if part is None:
            return ""
        form = part.get("type") or ""
        if form == "xhtml" or form.endswith("/xhtml+xml") or (part.get("mode") == "xml" and len(part)):
            return _inner_html(part)
        if "/" in form and not form.startswith("text/"):
            return ""
        text = "".join(map(str, part.itertext())).strip()
        return escape(text, quote=False) if form in ("text", "text/plain") else text

    def body(self) -> str:
        """Return the text of an entry as HTML; what has no tags is divided at blank lines."""
        found = next(filter(None, map(self.markup, _TEXTS)), "")
        if _TAG.search(found):
            return found
        return "".join(f"<p>{part}</p>" for part in _BLANK_LINES.split(found) if part)

    def author(self) -> str:
        """Return who wrote it, as HTML: a name, that behind an address of mail (RSS), or that of a person (Atom)."""
        part = self.parts.get("author")
        person = _Entry(part).words("name") if part is not None and len(part) else ""
        named = person or self.words("creator", "author")
        address, _, name = named.partition(" (")
        return named if "@" not in address else name.removesuffix(")")

    def date(self, *names: str) -> str:
        """Return the first of these dates; as ISO 8601 where it is spelled as in mail (RSS)."""
        found = self.words(*names)[:_DATE_CHARACTERS]
        try:
            date: datetime = parsedate_to_datetime(found)
        except (ValueError, TypeError, IndexError, OverflowError):
            return found
        return date.isoformat()


def _inner_html(part: _Element) -> str:
    from lxml import etree

    for element in part.iter("*"):
        element.tag = str(element.tag).rpartition("}")[2].rpartition(":")[2] or "div"
    inside = [str(etree.tostring(child, encoding="unicode", method="html")) for child in part]
    return escape(part.text or "", quote=False) + "".join(inside)


def _page_of(about: _Entry, entries: list[_Entry]) -> str:
    """Write the page of a feed: that of its only entry, or all below each other."""
    name = about.words("title")
    lone = entries[0] if len(entries) == 1 else None
    return "".join([*_head_of(about, lone, name), *_bodies_of(entries, name, is_lone=lone is not None)])


def _head_of(about: _Entry, lone: _Entry | None, name: str) -> Iterator[str]:
    language = (lone.language if lone else "") or about.words("language") or about.language
    yield f'<!DOCTYPE html><html lang="{_quoted(language)}"><head>' if language else "<!DOCTYPE html><html><head>"
    yield f"<title>{(lone or about).words('title')}</title>"
    metas = {"og:site_name": name}
    if lone is not None:
        metas |= {
            "og:title": lone.words("title"),
            "author": lone.author() or about.author(),
            "article:published_time": lone.date("pubDate", "published", "date", "issued", "created"),
            "article:modified_time": lone.date("updated", "modified"),
        }
    yield from (f'<meta name="{key}" content="{_quoted(value)}">' for key, value in metas.items() if value)
    link = (lone or about).link
    if link:
        yield f'<link rel="canonical" href="{escape(link)}">'
    yield "</head>"


def _quoted(words: str) -> str:
    return words.replace('"', "&quot;")


def _bodies_of(entries: list[_Entry], name: str, *, is_lone: bool) -> Iterator[str]:
    yield "<body>"
    if not is_lone:
        yield f"<h1>{name}</h1>"
    level = "h1" if is_lone else "h2"
    for entry in entries:
        yield f"<article><{level}>{entry.words('title')}</{level}>{entry.body()}</article>\n"
    yield "</body></html>"
