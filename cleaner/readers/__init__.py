"""Where pages come from: files, folders, glob patterns, lists, containers, the web and standard input.

:func:`scan` finds, :func:`read` reads one of the things found, :func:`members` the documents of a container. Whatever
cannot be read is reported, never waited for.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Literal

from cleaner.errors import InputError, RunError
from cleaner.page import RawPage
from cleaner.readers.compressed import compression_of, inflate_bytes
from cleaner.readers.containers import read_members
from cleaner.readers.files import (
    OUTPUT_MARK,
    Found,
    Scan,
    Unread,
    is_pattern,
    open_file,
    read_file,
    read_stream,
    scan,
    time_of_file,
)
from cleaner.readers.lists import read_list
from cleaner.readers.mhtml import html_part, is_mhtml
from cleaner.readers.names import CONTAINERS, file_suffix, is_url, page_stem
from cleaner.readers.reading import Columns, Member, Reading
from cleaner.readers.sidecars import Sidecar, read_sidecar
from cleaner.readers.standard_input import piped_container, piped_kind
from cleaner.readers.tables import guess_columns, row_member
from cleaner.records import printable

__all__ = [
    "CONTAINERS",
    "OUTPUT_MARK",
    "STDIN",
    "Columns",
    "Found",
    "Member",
    "Reading",
    "Scan",
    "Sidecar",
    "Unread",
    "file_suffix",
    "guess_columns",
    "is_container",
    "is_pattern",
    "is_url",
    "members",
    "page_stem",
    "piped_container",
    "piped_kind",
    "read",
    "read_list",
    "read_member",
    "row_member",
    "scan",
    "sidecar_of",
]

STDIN = Found("-", "stdin", 0)
"""Standard input, as the one thing found under the path ``-``."""

_SIDECAR_BYTES = 1_000_000
"""A description of one page is not larger."""


def read(found: Found, reading: Reading) -> RawPage:
    """Read one page; ``RawPage.source`` is its name in the scan, spelled so that any file can hold it.

    Compressed pages are inflated (gzip is left to decoding) and MHTML is taken apart. Standard input has no name (''),
    so that its record is called after its URL or its text. Raises InputError (``page_too_large``, ``vanished``,
    ``inflates_too_large``, ``truncated_input``, ``corrupt_input``), RunError (``unreadable``, ``fetch_failed``) or
    SetupError (``missing_extra``).
    """
    if found == STDIN:
        if sys.stdin is None:
            raise RunError("unreadable", "Standard input is closed.", where="-")
        data = read_stream(sys.stdin.buffer, limit_bytes=reading.limit_bytes, where="standard input")
        return _page(data, "", reading)
    if is_url(found.path):
        from cleaner.readers.http import fetch

        return fetch(found.path, reading)
    data = read_file(found.path, limit_bytes=reading.limit_bytes)
    return _page(data, printable(found.name), reading, fetched_at=time_of_file(found.path))


def read_member(member: Member, name: str, reading: Reading) -> RawPage:
    """Return the page in a document of a container; raises as :func:`read` does, or the error the document has."""
    if member.error is not None:
        raise member.error
    return _page(
        member.data,
        printable(name),
        reading,
        url=member.url,
        charset=member.charset,
        kind=member.content_type,
        fetched_at=member.fetched_at,
    )


def _page(
    data: bytes,
    source: str,
    reading: Reading,
    *,
    url: str | None = None,
    charset: str | None = None,
    kind: Literal["auto", "html", "text"] = "auto",
    fetched_at: str = "",
) -> RawPage:
    where = source or "standard input"
    compression = compression_of(data[:8], source)
    if compression not in ("", "gzip"):
        data = inflate_bytes(data, compression, limit=reading.inflated_bytes, where=where)
    if is_mhtml(data[:200], file_suffix(source)):
        data, charset, url, saved_at = html_part(data, where=where)
        fetched_at = saved_at or fetched_at
    return RawPage(
        data,
        reading.url or url,
        content_type=kind if reading.content_type == "auto" else reading.content_type,
        charset=reading.charset or charset,
        source=source,
        fetched_at=fetched_at,
    )


def sidecar_of(found: Found) -> Sidecar:
    """Return what the file beside a page says about it. Raises InputError ``bad_sidecar``."""
    if not found.sidecar:
        return "", ""
    try:
        data = read_file(found.sidecar, limit_bytes=_SIDECAR_BYTES)
    except (InputError, RunError) as error:
        raise InputError("bad_sidecar", error.message, where=found.sidecar) from error
    return read_sidecar(data, where=found.sidecar)


def is_container(path: str) -> bool:
    """Tell whether a path that a user typed leads to a file of many pages."""
    return not is_url(path) and any(entry.kind in CONTAINERS for entry in scan([path]).found)


def members(found: Found, reading: Reading) -> Iterator[Member]:
    """Yield the documents of a container in its order; what cannot be read is among them, with its error.

    Raises SetupError ``missing_extra``.
    """
    try:
        file = open_file(found.path)
    except OSError as error:
        fault = InputError("unreadable", f"{found.path} cannot be read: {error.strerror}.", where=found.path)
        yield Member(name="rest", position=1, where="its beginning", error=fault)
        return
    with contextlib.closing(file):
        yield from read_members(file, found.kind, where=found.path, size=found.size, reading=reading)
