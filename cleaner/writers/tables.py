"""Files that hold the records of many articles, one a row: JSON Lines, CSV and Parquet."""

from __future__ import annotations

import contextlib
import csv
import importlib
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from cleaner.article import Article
from cleaner.errors import SetupError
from cleaner.page import Kind, Metadata, Paragraph
from cleaner.records import to_record, valid_unicode
from cleaner.writers.atomic import move_into_place, run_error, temporary_name

__all__ = [
    "TABLE_FORMATS",
    "arrow_schema",
    "arrow_table",
    "check_table_format",
    "example_record",
    "write_lines",
    "write_table",
]

Record = dict[str, Any]

_ROWS_PER_GROUP = 2_000
"""Rows of one Parquet row group: some 10 MB of articles, what a reader holds in memory at once."""


def write_table(path: Path, name: str, records: Iterable[Record], *, example: Record, temporary_folder: Path) -> int:
    """Write records to a file in a format of :data:`TABLE_FORMATS`; it appears under its name when it is whole.

    Every file of a run has the fields of ``example``, in its order: one that a record lacks gets the example's
    (empty) value. Returns the number of records. Raises RunError as :func:`cleaner.writers.replace_file`.
    """
    count = 0

    def counted() -> Iterator[Record]:
        nonlocal count
        for record in records:
            count += 1
            yield {field: record.get(field, value) for field, value in example.items()}

    with _new_file(path, temporary_folder) as file:
        TABLE_FORMATS[name](file, counted(), example)
    return count


def write_lines(path: Path, records: Iterable[Record], *, temporary_folder: Path) -> None:
    """Write one line of JSON for each record, whatever its fields; the file appears whole. Raises RunError."""
    with _new_file(path, temporary_folder) as file:
        _write_lines(file, records, {})


@contextlib.contextmanager
def _new_file(path: Path, temporary_folder: Path) -> Iterator[BinaryIO]:
    """Open a temporary file that takes its name when the ``with`` block is done, and goes when that fails."""
    temporary = temporary_folder / temporary_name()
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        move_into_place(temporary, path)
    except OSError as error:
        raise run_error(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def check_table_format(name: str) -> None:
    """Raise SetupError ``missing_extra`` when a format needs a library that is not installed."""
    if name == "parquet":
        _arrow()


def example_record(*, paragraphs: bool) -> Record:
    """Return a record with every field and nothing in them, which gives shared files their fields and types."""
    paragraph = Paragraph(0, "", Kind.BODY, 0.0, 0.0, kept=False, reasons=(), start=-1, end=-1, xpath="", tag="")
    article = Article("", "empty", 0.0, (paragraph,), Metadata(), "html")
    record = to_record(article, paragraphs=paragraphs)
    return {**record, "id": "", "duplicate_of": "", "duplicate_similarity": 0.0}


def _write_lines(file: BinaryIO, records: Iterable[Record], _example: Record) -> None:
    lines = (valid_unicode(json.dumps(record, ensure_ascii=False)) for record in records)
    file.writelines(line.encode("utf-8") + b"\n" for line in lines)


def _write_csv(file: BinaryIO, records: Iterable[Record], example: Record) -> None:
    """Write a header and one row an article (RFC 4180); lists and maps are cells of JSON."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(example)
    for record in records:
        rows.writerow(_cell(value) for value in record.values())
    text.detach()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | dict | bool):
        return valid_unicode(json.dumps(value, ensure_ascii=False))
    return valid_unicode(str(value)).replace("\0", "")


def _write_parquet(file: BinaryIO, records: Iterable[Record], example: Record) -> None:
    """Write row groups of equal size; the types come from the example, never from what happens to be in the rows."""
    _, parquet = _arrow()
    schema = arrow_schema(example)
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        rows: list[Record] = []
        for record in records:
            rows.append(record)
            if len(rows) == _ROWS_PER_GROUP:
                writer.write_table(arrow_table(rows, schema))
                rows = []
        if rows:
            writer.write_table(arrow_table(rows, schema))


def arrow_schema(example: Record, *, maps_as_json: bool = False) -> Any:
    """Return the Arrow schema of records like the example; ``maps_as_json`` is for readers that know no maps.

    Raises SetupError ``missing_extra``.
    """
    arrow, _ = _arrow()
    types = {name: _arrow_type(arrow, value) for name, value in example.items()}
    if maps_as_json:
        types |= {name: arrow.json_() for name, value in example.items() if isinstance(value, dict)}
    return arrow.schema(list(types.items()))


def arrow_table(records: Iterable[Record], schema: Any) -> Any:
    """Return records as an Arrow table of a schema of :func:`arrow_schema`."""
    arrow, _ = _arrow()
    rows = [_arrow_row(record, schema) for record in records]
    return arrow.Table.from_pylist(rows, schema=schema)


def _arrow() -> tuple[Any, Any]:
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise SetupError(
            "missing_extra", "Parquet needs pyarrow. Try: pip install 'article-cleaner[parquet]'"
        ) from error


def _arrow_type(arrow: Any, value: object) -> Any:
    """Return the column type of a field by an example of its value.

    Lists and maps hold strings; lists of records get the fields of the first one; what may be unknown is a flag.
    """
    if value is None or isinstance(value, bool):
        return arrow.bool_()
    if isinstance(value, int):
        return arrow.int64()
    if isinstance(value, float):
        return arrow.float64()
    if isinstance(value, list):
        if value and isinstance(value[0], dict):
            fields = [(field, _arrow_type(arrow, inner)) for field, inner in value[0].items()]
            return arrow.list_(arrow.struct(fields))
        return arrow.list_(arrow.string())
    return arrow.map_(arrow.string(), arrow.string()) if isinstance(value, dict) else arrow.string()


def _arrow_row(record: Record, schema: Any) -> Record:
    return {name: _arrow_value(record[name], schema.field(name).type) for name in schema.names}


def _arrow_value(value: Any, kind: Any) -> Any:
    if isinstance(value, str):
        return valid_unicode(value)
    if isinstance(value, dict) and str(kind).startswith("map"):
        return [(valid_unicode(str(key)), _plain(inner)) for key, inner in value.items()]
    if isinstance(value, dict):
        return _plain(value)
    if isinstance(value, list):
        return [_plain_row(inner) if isinstance(inner, dict) else _plain(inner) for inner in value]
    return _plain(value) if str(kind) == "string" and value is not None else value


def _plain_row(row: Mapping[str, Any]) -> Record:
    return {name: valid_unicode(value) if isinstance(value, str) else value for name, value in row.items()}


def _plain(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return valid_unicode(text)


TABLE_FORMATS: Mapping[str, Callable[[BinaryIO, Iterable[Record], Record], None]] = {
    "jsonl": _write_lines,
    "csv": _write_csv,
    "parquet": _write_parquet,
}
"""Format name, which is also the suffix of its files -> what writes records to a file."""
