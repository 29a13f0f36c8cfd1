"""Collect metadata, each value with its source."""

from __future__ import annotations

from typing import Any

from cleaner.metadata.evidence import Claim
from cleaner.page import Metadata, Page

__all__ = ["SOURCES", "Fields"]

SOURCES: dict[str, str] = {
    "caller": "was given to clean()",
    "json-ld": "linked data of the page (schema.org)",
    "open-graph": "meta tags of Open Graph and its article vocabulary",
    "twitter": "meta tags of Twitter cards",
    "meta": "other meta tags: Dublin Core, Highwire, Parse.ly, Sailthru, Cxense ...",
    "microdata": "itemprop attributes of meta tags",
    "link": "link elements: canonical, license, author",
    "comment": "the comment of the browser, SingleFile or HTTrack that saved the page",
    "html element": "language: the lang attribute",
    "title element": "the title of the browser's tab",
    "time element": "a time element near the headline",
    "visible text": "a paragraph readers see: headline, byline, date line, deck, caption",
    "text line": "a line at the head of a plain text",
    "file name": "the name of the file",
    "sidecar": "a file beside the page, or a column of its table",
    "url": "the address of the page",
    "guess": "put together from something else, as sources of the field say",
    "trafilatura": "trafilatura, asked for what was still empty",
    "htmldate": "htmldate, asked for the date if it was still empty",
    "declaration": "language: what the page declares, confirmed by the text where it was looked at",
    "script": "language: the script, which only this language uses",
    "stop words": "language: its commonest words",
    "langdetect": "language: its letters",
    "detector": "language: the detector named in the settings",
    "default": "language: the default of the settings",
    "none": "language: nothing to go by",
    "bom": "encoding: byte order mark",
    "http": "encoding: HTTP header",
    "utf-8": "encoding: the bytes are UTF-8",
    "fallback": "encoding: nothing else was left",
}
"""Every value of ``Metadata.sources`` -> what it means. An encoding may also come from ``meta``, ``detector`` and
``caller``."""


class Fields:
    """Collects values and their sources; an empty value is no value."""

    def __init__(self, page: Page) -> None:
        self.values: dict[str, Any] = {"encoding": page.encoding}
        self.sources: dict[str, str] = {"encoding": page.encoding_source}

    def put(self, field: str, value: object, source: str) -> None:
        """Set a field unless the value is empty or the field is set already; False is a value, None is none."""
        if (value or value is False) and field not in self.values:
            self.values[field] = value
            self.sources[field] = source

    def claim(self, field: str, claim: Claim | None) -> None:
        """Set a field to what a claim says."""
        if claim is not None:
            self.put(field, claim.value, claim.source)

    def drop(self, field: str) -> None:
        """Forget a field."""
        self.values.pop(field, None)
        self.sources.pop(field, None)

    def metadata(self) -> Metadata:
        """Return the finished metadata."""
        return Metadata(**self.values, sources=self.sources)
