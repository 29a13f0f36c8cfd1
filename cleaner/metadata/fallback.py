"""Other programs' answers, for fields that are still empty: trafilatura, and htmldate for the date."""

from __future__ import annotations

import dataclasses
from typing import Any

from cleaner.metadata.addresses import domain_labels
from cleaner.metadata.latest import latest_day
from cleaner.metadata.persons import split_persons
from cleaner.metadata.titles import bare
from cleaner.page import Metadata, Page

__all__ = ["fill_with_others"]


def fill_with_others(page: Page, metadata: Metadata, *, extensive: bool = False) -> Metadata:
    """Fill title, authors, date, site, description, image, tags and licence that are still empty.

    trafilatura is asked, and htmldate for the date of publication; with ``extensive`` htmldate searches the whole text.
    Slow (10 to 50 ms a page); fields that are filled stay as they are, and plain text comes back unchanged. The answers
    have the sources ``trafilatura`` and ``htmldate``. Raises nothing for any page.
    """
    if page.content_type != "html":
        return metadata
    values = _ask_trafilatura(page)
    sites = frozenset(map(bare, [metadata.site_name, metadata.publisher, *domain_labels(metadata.url)])) - {""}
    if "authors" in values:
        values["authors"] = tuple(name for author in values["authors"] for name in split_persons(author, sites=sites))
    sources = dict.fromkeys(values, "trafilatura")
    if not metadata.date_published:
        date = _ask_htmldate(page, extensive=extensive)
        values["date_published"], sources["date_published"] = date, "htmldate"
    new = {field: value for field, value in values.items() if value and not getattr(metadata, field)}
    known = {**metadata.sources, **{field: sources[field] for field in new}}
    return dataclasses.replace(metadata, **new, sources=known)


def _ask_trafilatura(page: Page) -> dict[str, Any]:
    from trafilatura.metadata import extract_metadata

    try:
        found = extract_metadata(page.text, default_url=page.url, extensive=False)
    except Exception:  # noqa: BLE001 - a third party's bug must not cost the page
        return {}
    return {
        "title": found.title or "",
        "authors": tuple(name.strip() for name in (found.author or "").split(";") if name.strip()),
        "site_name": found.sitename or "",
        "description": found.description or "",
        "image": found.image or "",
        "tags": tuple(found.tags or ()),
        "license": found.license or "",
    }


def _ask_htmldate(page: Page, *, extensive: bool) -> str:
    from htmldate import find_date

    latest = latest_day(page.fetched_at)
    try:
        return find_date(page.text, url=page.url, original_date=True, extensive_search=extensive, max_date=latest) or ""
    except Exception:  # noqa: BLE001 - as above
        return ""
