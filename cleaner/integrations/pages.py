"""The pages of files, folders and containers as rows, for engines that read by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from cleaner.errors import CleanerError
from cleaner.page import RawPage
from cleaner.readers import CONTAINERS, Found, Reading, members, read, read_member
from cleaner.settings import DEFAULTS, Settings

__all__ = ["Source", "page_row", "read_pages"]


class Source(NamedTuple):
    """A page as it was read, or why it could not be."""

    id: str
    """The container's own identifier, else the name of the file with the place of the page in it."""
    page: RawPage | CleanerError


def read_pages(files: Iterable[Found], settings: Settings = DEFAULTS) -> Iterator[Source]:
    """Yield each page of the files that :func:`cleaner.readers.scan` found; sidecar files are not read.

    Raises SetupError ``missing_extra``.
    """
    reading = Reading(limit_bytes=settings.max_page_bytes, inflated_bytes=settings.max_inflated_bytes)
    for found in files:
        for member in members(found, reading) if found.kind in CONTAINERS else [None]:
            if member is not None and member.passed_over:
                continue
            name = found.name if member is None else member.id or f"{found.name}/{member.name}"
            try:
                page = read(found, reading) if member is None else read_member(member, name, reading)
            except CleanerError as error:
                if error.code == "missing_extra":
                    raise
                yield Source(name, error)
            else:
                yield Source(name, page)


def page_row(source: Source) -> dict[str, Any]:
    """Return the row of which :func:`cleaner.clean_batch` makes the same record as the command line would.

    >>> page_row(Source("a.txt", RawPage(b"It rained.")))["text"]
    b'It rained.'
    """
    row: dict[str, Any] = {"id": source.id, "url": None, "html": None, "text": None, "charset": None, "fetched_at": ""}
    row |= {"error_code": "", "error": ""}
    if isinstance(source.page, CleanerError):
        return {**row, "error_code": source.page.code, "error": source.page.message}
    column = "html" if source.page.content_type == "html" else "text"
    told = {"url": source.page.url, "charset": source.page.charset, "fetched_at": source.page.fetched_at}
    return {**row, **told, column: source.page.data}
