"""Metadata of an HTML page."""

from __future__ import annotations

from collections.abc import Sequence

from cleaner.metadata.addresses import registered_domain
from cleaner.metadata.fields import Fields
from cleaner.metadata.spoken import declared_language, put_language
from cleaner.page import Kind, Layout, Metadata, Page
from cleaner.settings import Settings

__all__ = ["describe_html"]


def describe_html(
    page: Page, layout: Layout, *, kinds: Sequence[Kind], kept: Sequence[bool], settings: Settings
) -> Metadata:
    """Read the metadata of an HTML page; see :func:`cleaner.metadata.describe`."""
    fields = Fields(page)
    fields.put("url", page.url or "", "caller")
    if settings.metadata:
        from cleaner.metadata.claimed import put_claims  # with all that reads names, dates and places

        declared = put_claims(fields, page, layout, kinds=kinds, kept=kept)
    else:
        fields.put("domain", registered_domain(page.url or ""), "url")
        declared = declared_language(layout.head)
    put_language(fields, layout, kept, declared=declared, settings=settings)
    return fields.metadata()
