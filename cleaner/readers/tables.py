"""Pages in the rows of JSON Lines, CSV and Parquet files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, BinaryIO, TextIO

from cleaner.errors import InputError
from cleaner.readers.compressed import require
from cleaner.readers.reading import Columns, Member, Reading

__all__ = ["guess_columns", "read_csv", "read_jsonl", "read_parquet", "row_member"]

_HTML_NAMES = ("html", "raw_html", "page_html", "html_content", "content_html", "body_html", "source_html", "markup")
_TEXT_NAMES = ("text", "content", "body", "article", "raw_content", "page_content", "plain_text", "raw_text", "page")
_URL_NAMES = ("url", "link", "uri", "source_url", "page_url", "canonical_url", "warc_target_uri", "target_uri", "href")
_ID_NAMES = ("id", "doc_id", "document_id", "uuid", "guid", "key", "record_id", "warc_record_id")
_FETCHED_NAMES = (
    "fetched_at",
    "fetch_time",
    "fetch_date",
    "crawled_at",
    "crawl_date",
    "crawl_time",
    "crawl_timestamp",
    "date_crawled",
    "scraped_at",
    "scrape_date",
    "scraped_date",
    "date_scraped",
    "downloaded_at",
    "download_date",
    "date_download",
    "retrieved_at",
    "retrieved_date",
    "warc_date",
    "warc-date",
)
"""Names that columns go by, the likeliest first: those of Common Crawl derivatives, scrapers and data-set tools."""

_NESTED = "metadata"
"""Where data-set tools put what is not text: ``{"text": ..., "metadata": {"url": ...}}``."""

_DELIMITERS = ",;\t|"
_ROWS_AT_ONCE = 64
"""Rows of a Parquet file in memory at once, besides the row group they come from."""


def guess_columns(names: Iterable[str], given: Columns, *, where: str) -> Columns:
    """Return the columns to read: what was given, else the likeliest of the names, whatever their case.

    ``text`` and ``html`` are both filled when a table has both. Raises InputError (``no_such_column``,
    ``no_text_column``).

    >>> guess_columns(["ID", "Body", "url"], Columns(), where="a.csv")
    Columns(text='Body', html='', url='url', id='ID', fetched_at='')
    """
    known = {name.lower(): name for name in reversed(list(names))}

    def find(option: str, stated: str, likely: Iterable[str]) -> str:
        if stated:
            if stated.lower() not in known and stated not in known.values():
                listed = ", ".join(list(known.values())[::-1][:12])
                raise InputError(
                    "no_such_column", f"{where} has no column '{stated}' (--{option}). It has: {listed}.", where=where
                )
            return stated if stated in known.values() else known[stated.lower()]
        return next((known[name] for name in likely if name in known), "")

    html = find("html-column", given.html, () if given.text else _HTML_NAMES)
    text = find("text-column", given.text, () if given.html else _TEXT_NAMES)
    if not html and not text:
        listed = ", ".join(list(known.values())[::-1][:12])
        raise InputError(
            "no_text_column",
            f"{where} has no column that looks like pages. It has: {listed}. Say which with --text-column or "
            "--html-column.",
            where=where,
        )
    return Columns(
        html=html,
        text=text,
        url=find("url-column", given.url, _URL_NAMES),
        id=find("id-column", given.id, _ID_NAMES),
        fetched_at=find("", given.fetched_at, _FETCHED_NAMES),
    )


def read_jsonl(file: BinaryIO, *, where: str, reading: Reading) -> Iterator[Member]:
    """Yield a page for each line of JSON; a line that is none, or has no page, is yielded as an InputError.

    Columns are guessed for each line, since lines need not be alike. ``file`` is not compressed.
    """
    number = at = 0
    while line := file.readline(reading.limit_bytes + 1):
        start, at = at, at + len(line)
        number += 1
        place = f"line {number:,} (byte {start:,})"
        if len(line) > reading.limit_bytes:
            while line and not line.endswith(b"\n"):
                line = file.readline(reading.limit_bytes)
                at += len(line)
            message = f"{where}, {place} is longer than {reading.limit_bytes:,} bytes."
            yield _fault(number, place, "page_too_large", message, where)
        elif line.strip():
            yield _json_row(line, number, place, where, reading)


def _json_row(line: bytes, number: int, place: str, where: str, reading: Reading) -> Member:
    try:
        row = json.loads(line.decode("utf-8-sig", "surrogateescape"))
        if not isinstance(row, dict):
            raise TypeError(f"it is no object but {type(row).__name__}")
    except (ValueError, TypeError, RecursionError) as error:
        is_cut = not line.endswith(b"\n")
        message = f"{where}, {place} is no JSON object{' and ends in the middle' if is_cut else ''}: {error}."
        return _fault(number, place, "truncated_input" if is_cut else "corrupt_input", message, where)
    nested = row.get(_NESTED)
    flat = {**nested, **row} if isinstance(nested, dict) else row
    try:
        columns = guess_columns(map(str, flat), reading.columns, where=f"{where}, {place}")
    except InputError as error:
        return Member(name=_row_name(number), position=number, where=place, error=error)
    return row_member(flat, columns, number, place=place, where=where, reading=reading)


def read_csv(file: BinaryIO, *, where: str, reading: Reading) -> Iterator[Member]:
    """Yield a page for each row of a table in text; the first row has the names, and says which sign divides columns.

    Cells keep their bytes, so that each page finds its own encoding. Raises InputError (``no_text_column`` ...).
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    try:
        yield from _csv_rows(text, where=where, reading=reading)
    finally:
        text.detach()  # the file is closed by whoever opened it


def _csv_rows(text: TextIO, *, where: str, reading: Reading) -> Iterator[Member]:
    csv.field_size_limit(min(reading.limit_bytes, 2**31 - 1))
    first = text.readline(1 << 20)
    if not first.strip():
        return
    delimiter = max(_DELIMITERS, key=first.count)
    names = next(csv.reader([first], delimiter=delimiter))
    columns = guess_columns(names, reading.columns, where=where)
    rows = csv.reader(text, delimiter=delimiter, strict=True)
    number = 0
    while True:
        line = rows.line_num + 2
        number += 1
        place = f"row {number:,} (line {line:,})"
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            is_cut = "unexpected end" in str(error)
            code = "truncated_input" if is_cut else "corrupt_input"
            yield _fault(number, place, code, f"{where}, {place} cannot be read: {error}.", where)
            continue
        if not cells:
            number -= 1
        else:
            row = dict(zip(names, cells, strict=False))
            yield row_member(row, columns, number, place=place, where=where, reading=reading, is_raw=True)


def read_parquet(file: BinaryIO, *, where: str, reading: Reading) -> Iterator[Member]:
    """Yield a page for each row of a Parquet file, one row group after the other; damaged groups are InputErrors.

    Raises InputError (``truncated_input``: nothing can be read without the end of the file; ``no_text_column``) or
    SetupError ``missing_extra``.
    """
    parquet, arrow = require("pyarrow.parquet", "parquet", where), require("pyarrow", "parquet", where)
    faults = (arrow.ArrowException, OSError, ValueError, IndexError)
    try:
        table = parquet.ParquetFile(file)
        names, groups = list(table.schema_arrow.names), table.metadata.num_row_groups
    except faults as error:
        message = f"{where} is a damaged Parquet file, of which nothing can be read: {error}."
        raise InputError("truncated_input", message, where=where) from error
    columns = guess_columns(names, reading.columns, where=where)
    wanted = [name for name in (columns.html, columns.text, columns.url, columns.id, columns.fetched_at) if name]
    number = 0
    for group in range(groups):
        first = number
        rows = table.metadata.row_group(group).num_rows
        try:
            for batch in table.iter_batches(_ROWS_AT_ONCE, row_groups=[group], columns=wanted, use_threads=False):
                for row in batch.to_pylist():
                    number += 1
                    yield row_member(row, columns, number, place=f"row {number:,}", where=where, reading=reading)
        except faults as error:
            place = f"row {number + 1:,}"
            message = f"{where}, rows {number + 1:,} to {first + rows:,} cannot be read: {error}."
            yield _fault(number + 1, place, "corrupt_input", message, where)
        number = first + rows


def row_member(
    row: Mapping[str, Any],
    columns: Columns,
    number: int,
    *,
    place: str,
    where: str,
    reading: Reading,
    is_raw: bool = False,
) -> Member:
    """Return the page in row ``number``, or one with an InputError (``corrupt_input``, ``page_too_large``).

    A text counts as decoded; ``is_raw`` when texts stand for bytes of an encoding that nobody knows yet.
    """
    column = columns.html if columns.html and row.get(columns.html) else columns.text or columns.html
    value, charset = row.get(column), None
    if isinstance(value, str):
        if not is_raw:
            charset = "utf-8"  # it is decoded already, whatever the page declares
        value = _encoded(value)
    if value is None:
        value = b""
    if not isinstance(value, bytes):
        message = f"{where}, {place}: '{column}' is no text but {type(value).__name__}."
        return _fault(number, place, "corrupt_input", message, where)
    if len(value) > reading.limit_bytes:
        message = f"{where}, {place} is larger than {reading.limit_bytes:,} bytes."
        return _fault(number, place, "page_too_large", message, where)
    url, identity, fetched = row.get(columns.url), row.get(columns.id), row.get(columns.fetched_at)
    return Member(
        name=_row_name(number),
        position=number,
        where=place,
        id=str(identity) if isinstance(identity, str | int) else "",
        data=value,
        url=url if isinstance(url, str) and url else None,
        fetched_at=str(fetched) if isinstance(fetched, str | date | int) else "",
        content_type="html" if column == columns.html and columns.html else "auto",
        charset=charset,
        columns=columns,
    )


def _encoded(text: str) -> bytes:
    """Return UTF-8; signs that stand for bytes become these bytes, other surrogates what decoding will replace."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _row_name(number: int) -> str:
    """Return the name of a row: its number, filled up so that names sort like numbers."""
    return f"{number:07}"


def _fault(number: int, place: str, code: str, message: str, where: str) -> Member:
    error = InputError(code, message, where=where)
    return Member(name=_row_name(number), position=number, where=place, error=error)
