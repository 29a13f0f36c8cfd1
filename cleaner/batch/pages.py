"""The pages of files, folders and containers as rows, for engines that read by themselves."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from cleaner.batch.plan import member_task, plan
from cleaner.batch.sites import folder_of
from cleaner.batch.work import read_document
from cleaner.decode import decode
from cleaner.errors import CleanerError
from cleaner.page import Page, RawPage
from cleaner.readers import CONTAINERS, Found, Reading, members
from cleaner.records import printable
from cleaner.settings import DEFAULTS, Settings

__all__ = ["Source", "page_row", "page_tables", "read_pages"]

_ROWS_AT_ONCE = 64
"""Pages that are read and passed on together: some 6 MB."""


class Source(NamedTuple):
    """A page as it was read, or why it could not be."""

    id: str
    """The container's own identifier, else the name."""
    page: RawPage | CleanerError
    path: str = ""
    """The file it stands in, as it was found."""
    name: str = ""
    """What the command line calls it: the name of the file below the input, with its place in it."""
    folder: str = ""
    """The folder it stands in, which is its site where no address says another."""
    date: str = ""
    """From the file beside the page; '' when there is none."""
    note: str = ""
    """What was odd beside the page."""

    def decoded(self, settings: Settings) -> Page:
        """Return the page as text or markup. Raises the CleanerError it has."""
        if isinstance(self.page, CleanerError):
            raise self.page
        return decode(self.page, settings)


def read_pages(files: Iterable[Found], settings: Settings = DEFAULTS, *, root: str = "") -> Iterator[Source]:
    """Yield each page of the files that :func:`cleaner.readers.scan` found below ``root``, as a run reads them.

    Raises SetupError ``missing_extra``.
    """
    reading = Reading(limit_bytes=settings.max_page_bytes, inflated_bytes=settings.max_inflated_bytes)
    for file in plan(list(files), ()):
        inside = file.found.kind in CONTAINERS
        for task in (member_task(file, one, ()) for one in members(file.found, reading)) if inside else [file]:
            if task.member is not None and task.member.passed_over:
                continue
            name = printable(task.name)
            identity = (task.member.id if task.member is not None else "") or name
            source = Source(identity, RawPage(""), file.found.path, name, folder_of(task.name, root))
            try:
                page, date, notes = read_document(task, reading)
                yield source._replace(page=page, date=date, note=" ".join(notes))
            except CleanerError as error:
                if error.code == "missing_extra":
                    raise
                yield source._replace(page=error)


def page_row(source: Source) -> dict[str, Any]:
    """Return the row of which :func:`cleaner.clean_batch` makes the same record as the command line would.

    >>> page_row(Source("a.txt", RawPage(b"It rained.")))["text"]
    b'It rained.'
    """
    row: dict[str, Any] = dict.fromkeys(_STRINGS, "") | {"html": None, "text": None, "charset": None}
    row |= {"id": source.id} | {f"source_{name}": getattr(source, name) for name in ("name", "folder", "date", "note")}
    if isinstance(source.page, CleanerError):
        return {**row, "error_code": source.page.code, "error": source.page.message}
    column = "html" if source.page.content_type == "html" else "text"
    data = source.page.data
    data = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    told = {"url": source.page.url or "", "charset": source.page.charset, "fetched_at": source.page.fetched_at}
    return {**row, **told, column: data}


_STRINGS = (
    "id",
    "url",
    "charset",
    "fetched_at",
    "source_name",
    "source_folder",
    "source_date",
    "source_note",
    "error_code",
    "error",
)


def page_tables(files: Iterable[Found], settings: Settings = DEFAULTS, *, root: str = "") -> Iterator[Any]:
    """Yield the rows of the pages in files as Arrow tables, some at a time; the first is empty, and has the types.

    Raises SetupError ``missing_extra``.
    """
    import pyarrow as pa

    types = dict.fromkeys(_STRINGS, pa.string()) | {"html": pa.large_binary(), "text": pa.large_binary()}
    schema = pa.schema(list(types.items()))
    rows = map(page_row, read_pages(files, settings, root=root))
    yield schema.empty_table()
    while some := list(itertools.islice(rows, _ROWS_AT_ONCE)):
        yield pa.Table.from_pylist(some, schema=schema)
