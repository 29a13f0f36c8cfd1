"""The last of the types that flow: what `clean()` returns for a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cleaner.page import ContentType, Metadata, Paragraph, Status

__all__ = ["Article"]


@dataclass(frozen=True, slots=True)
class Article:
    """A cleaned page: its text, every paragraph with the judgement on it, and what is known about it."""

    text: str
    """The kept paragraphs, separated by one blank line; '' when nothing was kept."""
    status: Status
    """``ok``, ``low_confidence`` (look at it), ``not_article`` (an index, shop or error page), ``other_language`` (none
    of ``Settings.languages``) or ``empty``."""
    confidence: float
    """How far the decision on this page can be trusted, 0..1."""
    paragraphs: Sequence[Paragraph]
    """All paragraphs of the page in document order, kept or not."""
    metadata: Metadata
    content_type: ContentType
    source: str = ""
    """Where the page came from, as the caller named it: a path, an archive member, a record id."""
    warnings: tuple[str, ...] = ()
    """Whole sentences about what was odd, e.g. characters that could not be decoded."""
    page_type: str = ""
    """What the page looks like: ``article``, ``collection``, ``documentation``, ``forum``, ``listing``, ``product`` or
    ``service``, the likeliest of these; '' for a page without paragraphs."""
    threshold: float = 0.5
    """The score (0..1) from which on a paragraph was taken for body: as asked for, or as the weights chose for this
    page. What a short line is called has a say, too (:func:`cleaner.sides.take_sides`)."""

    def dropped(self) -> tuple[Paragraph, ...]:
        """Return the paragraphs that are not in ``text``; nothing is ever lost."""
        return tuple(paragraph for paragraph in self.paragraphs if not paragraph.kept)

    def to_dict(self, *, paragraphs: bool = False) -> dict[str, Any]:
        """Return the flat record of this article (plain data, ready for JSON), with all paragraphs if asked."""
        from cleaner.records import to_record

        return to_record(self, paragraphs=paragraphs)

    def to_json(self, *, paragraphs: bool = False) -> str:
        """Return the record as one line of JSON (UTF-8 characters are left as they are)."""
        from cleaner.records import to_json

        return to_json(self, paragraphs=paragraphs)

    def to_schema_org(self) -> dict[str, Any]:
        """Return what is known as a NewsArticle of schema.org (JSON-LD, plain data)."""
        from cleaner.schema_org import to_schema_org

        return to_schema_org(self)

    def to_markdown(self) -> str:
        """Return the text as Markdown with YAML front matter; headings become ``##``."""
        from cleaner.records import to_markdown

        return to_markdown(self)
