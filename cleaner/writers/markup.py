"""An article as HTML that any browser shows and any parser reads, and as TEI for corpus tools."""

from __future__ import annotations

import html
import re
from xml.sax.saxutils import escape, quoteattr

from cleaner.article import Article
from cleaner.page import Kind, Paragraph
from cleaner.records import valid_unicode

__all__ = ["to_html", "to_tei"]

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even as a reference; form feeds in texts, mostly."""

_HEADING = re.compile("h[1-6]")


def to_html(article: Article) -> str:
    """Return a page of the kept paragraphs: headings, lists and paragraphs, what is known in ``<meta>`` elements.

    The words are left alone; mark-up inside paragraphs is not kept. Nothing of the source can act: all is escaped.

    >>> from cleaner.page import Metadata
    >>> "<p>1 &lt; 2</p>" in to_html(Article("1 < 2", "ok", 0.9, (), Metadata(title="Sums"), "text"))
    True
    """
    metadata = article.metadata
    language = f' lang="{html.escape(metadata.language)}"' if metadata.language not in ("", "und") else ""
    known = [
        ("author", ", ".join(metadata.authors)),
        ("date", metadata.date_published),
        ("description", metadata.description),
        ("source", metadata.url or article.source),
        ("status", article.status),
    ]
    metas = "".join(f'<meta name="{name}" content="{html.escape(value)}">\n' for name, value in known if value)
    title = html.escape(metadata.title)
    head = f'<head>\n<meta charset="utf-8">\n<title>{title}</title>\n{metas}</head>'
    lines = [f"<!doctype html>\n<html{language}>\n{head}\n<body>\n<article>"]
    lines += [f"<h1>{title}</h1>"] if title else []
    is_open = False
    for tag, text in _kept(article):
        if (tag == "li") != is_open:
            lines.append("</ul>" if is_open else "<ul>")
            is_open = not is_open
        lines.append(f"<{tag}>{html.escape(text, quote=False)}</{tag}>")
    lines += ["</ul>"] if is_open else []
    return valid_unicode("\n".join([*lines, "</article>\n</body>\n</html>\n"]))


def to_tei(article: Article) -> str:
    """Return the article as a TEI P5 document: header with what is known, body with heads, paragraphs and lists.

    Characters that XML cannot hold (control characters) are left out.

    >>> from cleaner.page import Metadata
    >>> print(to_tei(Article("Rain.", "ok", 0.9, (), Metadata(), "text")).splitlines()[-3])
    <p>Rain.</p>
    """
    metadata = article.metadata
    authors = "".join(f"<author>{_xml(name)}</author>" for name in metadata.authors)
    when = f" when={quoteattr(metadata.date_published)}" if metadata.date_published else ""
    site = f"<publisher>{_xml(metadata.site_name or metadata.domain)}</publisher>"
    place = f"<ptr target={_attribute(metadata.url)}/>" if metadata.url else ""
    language = f" xml:lang={_attribute(metadata.language)}" if metadata.language not in ("", "und") else ""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<TEI xmlns="http://www.tei-c.org/ns/1.0"{language}>',
        "<teiHeader><fileDesc>",
        f"<titleStmt><title>{_xml(metadata.title)}</title>{authors}</titleStmt>",
        f"<publicationStmt>{site}<date{when}/></publicationStmt>",
        f"<sourceDesc><bibl>{_xml(article.source)}{place}</bibl></sourceDesc>",
        "</fileDesc></teiHeader>",
        "<text><body>",
    ]
    is_open = False
    for tag, text in _kept(article):
        if (tag == "li") != is_open:
            lines.append("</list>" if is_open else '<list rend="bulleted">')
            is_open = not is_open
        name = {"li": "item", "p": "p"}.get(tag, "ab")  # a head may stand at the beginning of a division only
        kind = ' type="head"' if name == "ab" else ""
        lines.append(f"<{name}{kind}>{_xml(text)}</{name}>")
    lines += ["</list>"] if is_open else []
    if lines[-1] == "<text><body>":
        lines.append("<p/>")  # a body may not be empty
    return valid_unicode("\n".join([*lines, "</body></text>", "</TEI>", ""]))


def _kept(article: Article) -> list[tuple[str, str]]:
    """Return tag (``h2`` to ``h6``, ``li``, ``p``) and text of every kept paragraph."""
    kept = [(_tag(paragraph), paragraph.text) for paragraph in article.paragraphs if paragraph.kept]
    return kept or [("p", text) for text in article.text.split("\n\n") if text]


def _tag(paragraph: Paragraph) -> str:
    if paragraph.kind in (Kind.HEADING, Kind.TITLE):
        return paragraph.tag if _HEADING.fullmatch(paragraph.tag) and paragraph.tag != "h1" else "h2"
    return "li" if paragraph.tag == "li" else "p"


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("", text))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("", text))
