"""Page + layout + verdicts -> Metadata, each field with its source.

The head and the linked data of the page are in ``layout.head`` already, so nothing is parsed twice; plain text is
read from its first lines. Fields nobody vouches for stay empty. Where values come from: :data:`SOURCES`.
"""

from __future__ import annotations

from collections.abc import Sequence

from cleaner.metadata.document import describe_html
from cleaner.metadata.fields import SOURCES
from cleaner.page import Kind, Layout, Metadata, Page
from cleaner.settings import DEFAULTS, Settings

__all__ = ["SOURCES", "describe"]


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
    if layout.content_type == "html":
        metadata = describe_html(page, layout, kinds=kinds, kept=kept, settings=settings)
    else:
        from cleaner.metadata.textlines import describe_text

        metadata = describe_text(page, layout, kinds=kinds, kept=kept, settings=settings)
    if settings.metadata and settings.metadata_fallback != "off" and layout.content_type == "html":
        from cleaner.metadata.fallback import fill_with_others

        return fill_with_others(page, metadata, extensive=settings.metadata_fallback == "extensive")
    return metadata
