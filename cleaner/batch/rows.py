"""clean_batch(): rows in, rows out; the one function that every engine and data-set library calls."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

from cleaner.batch.row_pages import (
    Record,
    Row,
    RowRecipe,
    clean_row,
    columns_of,
    lost_row,
    read_columns,
    row_example,
    row_of,
    row_schema,
    rows_of_table,
    run_rows,
)
from cleaner.errors import SetupError
from cleaner.records import valid_unicode
from cleaner.settings import DEFAULTS, Settings
from cleaner.writers import arrow_table

__all__ = ["clean_batch", "clean_rows", "json_lines"]

T = TypeVar("T")


def clean_batch(  # noqa: PLR0913 - as many as there are columns to name; all but the subject by keyword
    rows: T,
    *,
    settings: Settings = DEFAULTS,
    html_column: str = "",
    text_column: str = "",
    url_column: str = "",
    id_column: str = "",
    keep_columns: Sequence[str] = (),
    paragraphs: bool = False,
    timeout_seconds: float = 60.0,
    workers: int = 1,
) -> T:
    """Clean the pages in rows; return rows of the same shape, one record for each, in their order.

    ``rows`` is a list of dicts, a dict of columns (lists, numpy arrays, pandas or polars series) or an Arrow table;
    the batches of a Hugging Face data set give an Arrow table, too. Columns whose names are not given are guessed
    as in tables (``html``, ``text``, ``url``, ``id`` and the like); a column ``charset`` tells what the HTTP header
    said about pages of bytes. A record has the fields of
    :func:`cleaner.records.to_record` (with ``paragraphs`` the list of all paragraphs), ``error_code`` and ``error``;
    its ``id`` is that of the row, else the URL, else a hash of the text (of the page,
    when that failed). Columns named in ``keep_columns`` are put
    behind it as they are, all others left out.

    A row that cannot be cleaned becomes a record with status ``failed``, the code and the sentence, and empty fields;
    a row that has a non-empty ``error_code`` already is such a record. The rows are cleaned in a process of their own,
    which stays for the next call: a page that takes longer than ``timeout_seconds`` (for a megabyte; larger ones have
    proportionally more) or ends it fails as ``timeout``, ``crash`` or ``out_of_memory`` after a second try. ``workers``
    is the number of such processes; with 0 all is done in this one, without deadlines.

    Raises SetupError when settings, weights or columns are wrong for all rows (``bad_rows``, ``bad_column``,
    ``no_text_column`` ...), and RunError ``no_process``.

    >>> clean_batch([{"text": "It rained all day.", "id": 7}, {"text": b"%PDF-1.7"}], workers=0)[0]["text"]
    'It rained all day.'
    >>> clean_batch({"html": ["<p>It rained all day.", 5]}, workers=0)["error_code"]
    ['', 'corrupt_input']
    """
    recipe = RowRecipe(
        settings=settings,
        html_column=html_column,
        text_column=text_column,
        url_column=url_column,
        id_column=id_column,
        keep_columns=keep_columns,
        paragraphs=paragraphs,
        timeout_seconds=timeout_seconds,
        workers=workers,
    )
    return clean_rows(rows, recipe)


def clean_rows(rows: T, recipe: RowRecipe) -> T:
    """Do what :func:`clean_batch` does, with its options in one object."""
    result: Any
    if hasattr(rows, "pa_table"):  # a batch of a Hugging Face data set, whose columns need types and know no maps
        result = _clean_arrow(rows.pa_table, recipe, maps_as_json=True)
    elif hasattr(rows, "schema") and hasattr(rows, "column_names"):
        result = _clean_arrow(rows, recipe)
    elif isinstance(rows, Mapping):
        result = _clean_columns(rows, recipe)
    elif isinstance(rows, Sequence) and all(isinstance(row, Mapping) for row in rows):
        records = _clean_all([row_of(row, number, recipe) for number, row in enumerate(rows, 1)], recipe)
        for row, record in zip(rows, records, strict=True):
            record |= {name: row.get(name) for name in recipe.keep_columns}
        result = records
    else:
        raise SetupError(
            "bad_rows",
            f"clean_batch() takes a list of dicts, a dict of columns or an Arrow table, but was given "
            f"{type(rows).__name__}. For data frames see cleaner.integrations.tables.",
        )
    return cast("T", result)


def json_lines(table: Any) -> Iterator[bytes]:
    """Yield each record of an Arrow table as a line of JSON, as the command line writes it; maps become objects."""
    maps = [field.name for field in table.schema if str(field.type).startswith("map")]
    for row in table.to_pylist():
        row |= {name: dict(row[name]) for name in maps}
        yield f"{valid_unicode(json.dumps(row, ensure_ascii=False))}\n".encode()


def _clean_arrow(table: Any, recipe: RowRecipe, *, maps_as_json: bool = False) -> Any:
    records = _clean_all(rows_of_table(table, recipe), recipe)
    result = arrow_table(records, row_schema(recipe, maps_as_json=maps_as_json))
    for name in recipe.keep_columns:
        result = result.append_column(table.schema.field(name), table.column(name))
    return result


def _clean_columns(rows: Mapping[str, Any], recipe: RowRecipe) -> Record:
    columns = columns_of(list(rows), recipe)
    wanted = [name for name in read_columns(columns) if name in rows]
    single = [name for name in rows if isinstance(rows[name], str | bytes) or not hasattr(rows[name], "__len__")]
    lengths = {len(rows[name]) for name in rows} if not single else set()
    if single or len(lengths) > 1:
        what = f"'{single[0]}' is a single value (pass batched=True?)" if single else f"lengths are {sorted(lengths)}"
        raise SetupError("bad_rows", f"The columns of a batch are lists of the same length, but {what}.")
    turned = zip(*[_plain_list(rows[name]) for name in wanted], strict=True)
    pages = [
        row_of(dict(zip(wanted, row, strict=True)), number, recipe, columns) for number, row in enumerate(turned, 1)
    ]
    records = _clean_all(pages, recipe)
    result: Record = {name: [record[name] for record in records] for name in row_example(paragraphs=recipe.paragraphs)}
    return {**result, **{name: rows[name] for name in recipe.keep_columns}}


def _plain_list(column: Any) -> list[Any]:
    """Return the values of a column as Python's own."""
    for method in ("to_pylist", "to_list", "tolist"):
        if hasattr(column, method):
            return list(getattr(column, method)())
    return list(column)


def _clean_all(rows: Sequence[Row], recipe: RowRecipe) -> list[Record]:
    return [result.record for result in run_rows(rows, recipe, clean_row, lost_row)]
