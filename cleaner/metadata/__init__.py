"""Page + layout + verdicts -> Metadata, each field with its source.

The head and the linked data of the page are in ``layout.head`` already, so nothing is parsed twice; plain text is
read from its first lines. Fields nobody vouches for stay empty.

Sources: ``json-ld``, ``open-graph``, ``twitter``, ``microdata``, ``meta``, ``link``, ``title element``,
``time element``, ``visible text``, ``url``, ``text line``, ``caller``, ``guess``, ``trafilatura``, and for the
language those of :func:`cleaner.language.detect_language`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from cleaner.metadata.document import describe_html
from cleaner.metadata.textlines import describe_text
from cleaner.page import Kind, Layout, Metadata, Page
from cleaner.settings import DEFAULTS, Settings

__all__ = ["describe", "fill_with_trafilatura"]


def describe(
    page: Page, layout: Layout, *, kinds: Sequence[Kind], kept: Sequence[bool], settings: Settings = DEFAULTS
) -> Metadata:
    """Say what is known about the article: title, persons, dates, site, language and more, each with its source.

    ``kinds`` and ``kept`` are the verdicts on the paragraphs of ``layout``, in the same order; the language is that
    of the kept ones. With ``settings.metadata`` off, only url, domain, encoding and language are filled. Raises
    nothing for any decoded page.

    >>> from cleaner.segment import segment
    >>> page = Page("<title>Rain | The Example</title><h1>Rain</h1>", "html", None, "utf-8", "meta", 0)
    >>> metadata = describe(page, segment(page), kinds=[Kind.TITLE], kept=[False])
    >>> metadata.title, metadata.sources["title"]
    ('Rain', 'visible text')
    """
    read = describe_html if layout.content_type == "html" else describe_text
    return read(page, layout, kinds=kinds, kept=kept, settings=settings)


def fill_with_trafilatura(page: Page, metadata: Metadata) -> Metadata:
    """Fill title, authors, date, site, description and image that are still empty with what trafilatura finds.

    Slow (10 to 60 ms a page), so nothing calls it by itself; fields that are filled stay as they are, and plain text
    comes back unchanged. trafilatura's answers have the source ``trafilatura``. Raises nothing for any page.
    """
    if page.content_type != "html":
        return metadata
    from trafilatura.metadata import extract_metadata

    try:
        found = extract_metadata(page.text, default_url=page.url, extensive=False)
    except Exception:  # noqa: BLE001 - a third party's bug must not cost the page
        return metadata
    values = {
        "title": found.title or "",
        "authors": tuple(name.strip() for name in (found.author or "").split(";") if name.strip()),
        "date_published": found.date or "",
        "site_name": found.sitename or "",
        "description": found.description or "",
        "image": found.image or "",
    }
    new = {field: value for field, value in values.items() if value and not getattr(metadata, field)}
    sources = {**metadata.sources, **dict.fromkeys(new, "trafilatura")}
    return dataclasses.replace(metadata, **new, sources=sources)  # type: ignore[arg-type]
