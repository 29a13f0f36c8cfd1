"""Pages in WARC files: the responses of web servers, as crawlers keep them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from cleaner.errors import InputError
from cleaner.readers.compressed import require, skip_damage
from cleaner.readers.reading import Member, Reading

__all__ = ["read_warc"]

_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/plain", "text/markdown", ""})
"""HTTP content types that are pages; without any, the content decides."""

_MAX_LINE = 64 * 1024
_MAX_HEADER = 1 << 20
"""No header is as long; what is, is no header."""

_SKIP_BYTES = 1 << 20


class _Record(NamedTuple):
    """One record as it stands in the file."""

    start: int
    header: bytes
    block: bytes
    """'' when the record is of no interest or larger than a page may be."""
    length: int
    """Bytes of the block, as the header says."""
    missing: int
    """Bytes of the block that are not there."""


class _Gap(NamedTuple):
    """Bytes that are no record."""

    start: int
    end: int


class _Page(NamedTuple):
    """What a record says about its page."""

    content: bytes
    id: str
    url: str | None
    charset: str | None
    type: str
    date: str
    """When it was fetched, ISO 8601."""


def read_warc(file: io.BufferedReader, *, where: str, reading: Reading) -> Iterator[Member]:
    """Yield the pages among the response and resource records; the HTTP headers give their type and encoding.

    ``file`` is not compressed, or one of :func:`cleaner.readers.compressed.open_inflated`; positions are bytes in what
    it gives. Answers other than 2xx and other content types are passed over. A record that is shorter than it says,
    bytes between records that are none, and compressed data that are damaged become members with an InputError;
    reading goes on at the next record. Raises SetupError ``missing_extra``, and what the file raises otherwise.
    """
    warc = require("fastwarc.warc", "warc", where)
    for number, (at, page) in enumerate(_pages(file, warc, where, reading), 1):
        name, place = f"{number:06}", f"byte {at:,}"
        if isinstance(page, InputError):
            yield Member(name=name, position=number, where=place, error=page)
            continue
        yield Member(
            name=name,
            position=number,
            where=place,
            id=page.id,
            data=page.content,
            url=page.url,
            charset=page.charset,
            fetched_at=page.date,
            content_type="html" if "html" in page.type else "auto",
        )


def _pages(
    file: io.BufferedReader, warc: Any, where: str, reading: Reading
) -> Iterator[tuple[int, _Page | InputError]]:
    """Yield where a record stands and its page, or why that cannot be read; damaged compressed data are skipped."""
    at = 0
    while True:
        try:
            for item in _records(file, reading.limit_bytes, at):
                at = item.start
                page = _gap(item, where) if isinstance(item, _Gap) else _page(item, warc, where, reading)
                if page is not None:
                    yield at, page
        except InputError as error:  # noqa: PERF203 - once for each damaged place
            at = getattr(file.raw, "given", at)
            onward = skip_damage(file, begins=b"WARC/") if error.code == "corrupt_input" else None
            if onward is None:
                raise
            file, start, end = onward
            message = f"{where} is damaged from byte {start:,} to byte {end:,} ({error.__cause__ or error.message})."
            yield at, InputError(error.code, message, where=where)
        else:
            return


def _gap(gap: _Gap, where: str) -> InputError:
    message = f"{where} has {gap.end - gap.start:,} bytes from byte {gap.start:,} on that are no WARC record."
    return InputError("corrupt_input", message, where=where)


def _page(record: _Record, warc: Any, where: str, reading: Reading) -> _Page | InputError | None:
    """Return the page of a record, why it cannot be read, or None when it has none."""
    kind = _field(record.header, b"WARC-Type").lower()
    if kind not in ("response", "resource"):
        return None
    url = _field(record.header, b"WARC-Target-URI").strip("<>") or None
    identity = _field(record.header, b"WARC-Record-ID").strip("<>")
    date = _field(record.header, b"WARC-Date")
    if record.missing:
        return InputError(
            "truncated_input",
            f"{where} ends in the middle of the record at byte {record.start:,} ({url}): {record.missing:,} of "
            f"{record.length:,} bytes are missing.",
            where=where,
        )
    if record.length > reading.limit_bytes:
        message = f"{where}, record at byte {record.start:,} ({url}) is larger than {reading.limit_bytes:,} bytes."
        return InputError("page_too_large", message, where=where)
    if kind == "resource":
        type_ = _field(record.header, b"Content-Type").partition(";")[0].strip().lower()
        return _Page(record.block, identity, url, None, type_, date) if type_ in _PAGE_TYPES else None
    header = record.header
    if not _field(header, b"Content-Type"):  # some writers leave it out; a response is HTTP
        header = header.rstrip() + b"\r\nContent-Type: application/http; msgtype=response\r\n\r\n"
    whole = io.BytesIO(header + record.block + b"\r\n\r\n")
    try:
        for parsed in warc.ArchiveIterator(
            whole, parse_http=True, auto_decode="all", quirks_mode=True, stream_detect=False
        ):
            type_ = (parsed.http_content_type or "").lower()
            status = parsed.http_headers.status_code if parsed.http_headers else 200
            if type_ not in _PAGE_TYPES or (status is not None and not 200 <= status < 300):
                return None
            content = parsed.reader.read(reading.inflated_bytes + 1)
            if len(content) > reading.inflated_bytes:
                message = f"{where}, record at byte {record.start:,} ({url}) inflates to more than it may."
                return InputError("inflates_too_large", message, where=where)
            return _Page(content, identity, url, parsed.http_charset, type_, date)
    except (OSError, ValueError) as error:
        message = f"{where}, record at byte {record.start:,} ({url}) is damaged: {error}."
        return InputError("corrupt_input", message, where=where)
    return None


def _field(header: bytes, name: bytes) -> str:
    r"""Return the value of a header field; '' when it is not there.

    >>> _field(b"WARC/1.0\r\nwarc-type: response\r\n", b"WARC-Type")
    'response'
    """
    found = re.search(rb"(?im)^" + re.escape(name) + rb":[ \t]*([^\r\n]*)", header)
    return found.group(1).decode("utf-8", "replace").strip() if found else ""


def _records(file: BinaryIO, limit: int, at: int) -> Iterator[_Record | _Gap]:
    """Yield each record, and whatever is none; the file stands at byte ``at``."""
    lost = -1
    while line := file.readline(_MAX_LINE):
        start, at = at, at + len(line)
        if not re.match(rb"WARC/\d+\.\d+[ \t]*\r?\n", line):
            if line.strip() and lost < 0:
                lost = start
            continue
        header, is_whole = _header(file, line)
        at = start + len(header)
        length = _field(header, b"Content-Length")
        if not length.isdigit() or not is_whole:
            lost = start if lost < 0 else lost
            continue
        if lost >= 0:
            yield _Gap(lost, start)
            lost = -1
        wanted = int(length) <= limit and b"warcinfo" not in header[:200]
        block, got = _block(file, int(length), keep=wanted)
        at += got
        yield _Record(start, header, block, int(length), int(length) - got)
    if lost >= 0:
        yield _Gap(lost, at)


def _header(file: BinaryIO, first: bytes) -> tuple[bytes, bool]:
    """Return the header of a record up to its empty line, and whether there was one."""
    lines, size = [first], len(first)
    while size < _MAX_HEADER and (line := file.readline(_MAX_LINE)):
        lines.append(line)
        size += len(line)
        if not line.strip():
            return b"".join(lines), True
    return b"".join(lines), False


def _block(file: BinaryIO, length: int, *, keep: bool) -> tuple[bytes, int]:
    """Read so many bytes; return them, if they are to be kept, and how many there were."""
    if keep:
        data = file.read(length)
        return data, len(data)
    got = 0
    while got < length and (piece := file.read(min(_SKIP_BYTES, length - got))):
        got += len(piece)
    return b"", got
