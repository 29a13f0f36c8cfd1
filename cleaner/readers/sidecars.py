"""What stands beside a page in a file of the same stem: its address and its date, in JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cleaner.errors import InputError

__all__ = ["Sidecar", "read_sidecar"]

Sidecar = tuple[str, str]
"""URL and date (ISO 8601), each '' when the file does not say it."""

_URL_NAMES = ("url", "canonical_url", "source_url", "link", "uri", "page_url", "final_url", "response_url")
_DATE_NAMES = (
    "date_published",
    "datePublished",
    "published",
    "published_at",
    "publish_date",
    "pubdate",
    "pub_date",
    "date",
)
"""Names that scrapers and our own records give them, the likeliest first."""


def read_sidecar(data: bytes, *, where: str) -> Sidecar:
    """Return what a sidecar says. Raises InputError ``bad_sidecar`` for one that is no JSON object.

    >>> read_sidecar(b'{"url": "https://example.org/a", "published": "28 November 2024"}', where="a.json")
    ('https://example.org/a', '2024-11-28')
    """
    try:
        values = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError("bad_sidecar", f"{where}, beside a page, is no JSON: {error}.", where=where) from error
    if not isinstance(values, dict):
        raise InputError("bad_sidecar", f"{where}, beside a page, is no JSON object.", where=where)
    url = _first(values, _URL_NAMES)
    return url if url.lower().startswith(("http://", "https://")) else "", _date(_first(values, _DATE_NAMES))


def _first(values: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((value for name in names if isinstance(value := values.get(name), str) and value), "")


def _date(value: str) -> str:
    from cleaner.dates import iso_date

    return (iso_date(value[:100]) or "") if value else ""
