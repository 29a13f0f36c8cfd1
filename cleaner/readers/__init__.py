"""Where pages come from: files, folders, glob patterns and standard input, each giving RawPages by one call.

:func:`scan` finds, :func:`read` reads one of the things found. Whatever cannot be read is reported, never waited for.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Literal

from cleaner.errors import RunError
from cleaner.page import RawPage
from cleaner.readers.files import OUTPUT_MARK, Found, Scan, Unread, is_pattern, read_file, read_stream, scan
from cleaner.readers.names import file_suffix, page_stem
from cleaner.records import printable

__all__ = [
    "OUTPUT_MARK",
    "STDIN",
    "Found",
    "Reading",
    "Scan",
    "Unread",
    "file_suffix",
    "is_pattern",
    "page_stem",
    "read",
    "scan",
]

STDIN = Found("-", "stdin", 0)
"""Standard input, as the one thing found under the path ``-``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How pages are read; the same for all pages of a run."""

    limit_bytes: int = 50_000_000
    """As ``Settings.max_page_bytes``: a larger file is refused (``page_too_large``) before it is in memory."""
    content_type: Literal["auto", "html", "text"] = "auto"
    charset: str | None = None
    """What the caller knows about the encoding; None leaves it to the evidence in the page."""
    url: str | None = None


def read(found: Found, reading: Reading) -> RawPage:
    """Read one page; ``RawPage.source`` is its name in the scan, spelled so that any file can hold it.

    Standard input has no name (''), so that its record is called after its URL or its text. Raises InputError
    (``page_too_large``, ``vanished``) or RunError (``unreadable``).
    """
    if found == STDIN:
        if sys.stdin is None:
            raise RunError("unreadable", "Standard input is closed.", where="-")
        data, source = read_stream(sys.stdin.buffer, limit_bytes=reading.limit_bytes, where="standard input"), ""
    else:
        data, source = read_file(found.path, limit_bytes=reading.limit_bytes), printable(found.name)
    return RawPage(data, reading.url, content_type=reading.content_type, charset=reading.charset, source=source)
