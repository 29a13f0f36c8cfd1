"""Columns of pandas and polars: a data frame of pages in, a data frame of records out.

Extras ``pandas`` and ``polars``.
"""

from __future__ import annotations

from typing import Any, TypeVar, cast

from cleaner.batch import RowRecipe, clean_rows, usable_cores
from cleaner.errors import SetupError

__all__ = ["clean_column", "clean_frame"]

T = TypeVar("T")


def clean_frame(frame: T, **options: Any) -> T:
    """Return a data frame of the same library with a record for each row; a pandas index stays.

    ``options`` are those of :func:`cleaner.clean_batch`; ``keep_columns`` names columns to be kept beside the records,
    ``workers`` is by default the number of usable cores. In polars, ``sources`` is a list of key and value. Raises as
    `clean_batch()` does.
    """
    recipe = RowRecipe(**{"workers": usable_cores(), **options})
    table = cast("Any", frame)
    if _library(frame) == "polars":
        import polars as pl

        return cast("T", pl.from_arrow(clean_rows(table.to_arrow(), recipe)))
    columns = clean_rows({name: table[name] for name in table.columns}, recipe)
    return cast("T", type(table)({name: list(values) for name, values in columns.items()}, index=table.index))


def clean_column(column: T, *, field: str = "text", **options: Any) -> T:
    """Return a series with one field of the record of each page in a series, by default the clean text.

    Pages are HTML or flattened text; those that fail have the empty value. ``options`` as for :func:`clean_frame`.
    Raises SetupError ``no_such_field`` and as `clean_batch()` does.
    """
    recipe = RowRecipe(**{"workers": usable_cores(), **options})
    library, series = _library(column), cast("Any", column)
    records = clean_rows({"text": series}, recipe)
    if field not in records:
        raise SetupError("no_such_field", f"Records have no field '{field}'. They have: {', '.join(records)}.")
    if library == "polars":
        return cast("T", type(series)(series.name, records[field]))
    return cast("T", type(series)(records[field], index=series.index, name=series.name))


def _library(value: object) -> str:
    name = type(value).__module__.partition(".")[0]
    if name not in ("pandas", "polars"):
        what = f"{type(value).__module__}.{type(value).__name__}"
        raise SetupError("bad_rows", f"A data frame or series of pandas or polars is needed, but this is {what}.")
    return name
