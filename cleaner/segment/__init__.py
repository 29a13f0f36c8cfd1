"""Page -> Layout: split a page into the paragraphs a reader would see. Nothing is judged here."""

from __future__ import annotations

from cleaner.page import Layout, Page
from cleaner.segment.html import segment_html
from cleaner.segment.paths import xpath, xpaths
from cleaner.segment.text import segment_text

__all__ = ["segment", "segment_html", "segment_text", "xpath", "xpaths"]


def segment(page: Page) -> Layout:
    """Split a decoded page into paragraphs in document order.

    HTML is cut at block-level tags (``tables/html_tags.txt``) and at two ``<br>`` in a row; plain text at line ends,
    or at blank lines where the lines are hard-wrapped. Menus and footers come out like any other paragraph: telling
    them apart is score()'s work. Text that is never shown (scripts, styles) is left out; text that is hidden is in,
    and marked. Linear in the length of the page; raises nothing for any decoded page.

    >>> page = Page("<p>One<br><br>two", "html", None, "str", "caller", 0)
    >>> segment(page).texts
    ('One', 'two')
    """
    if page.content_type == "html":
        return segment_html(page.text)
    return segment_text(page.text)
