"""Spark: a data frame of pages in, a data frame of records out, by ``mapInPandas``.

Extra ``spark`` (and a JVM). The package must be installed where the executors run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from cleaner.batch import RowRecipe, clean_rows, row_schema

__all__ = ["clean_frame"]


def clean_frame(frame: Any, **options: Any) -> Any:
    """Return a Spark data frame with a record for each row; nothing is done before an action asks for it.

    ``options`` are those of :func:`cleaner.clean_batch`; ``keep_columns`` names columns to be kept beside the records.
    Each Python worker of Spark has one process for its pages, which stays from task to task. A task that Spark begins
    again gives the same records. Raises SetupError at once when the options are wrong.
    """
    from pyspark.sql.pandas.types import from_arrow_schema
    from pyspark.sql.types import StructType

    recipe = RowRecipe(**options)
    fields = from_arrow_schema(row_schema(recipe)).fields
    kept = [frame.schema[name] for name in recipe.keep_columns]
    return frame.mapInPandas(_cleaning(recipe), StructType([*fields, *kept]))


def _cleaning(recipe: RowRecipe) -> Callable[[Iterable[Any]], Iterator[Any]]:
    def clean(frames: Iterable[Any]) -> Iterator[Any]:
        import pandas as pd

        for frame in frames:
            yield pd.DataFrame(clean_rows({name: frame[name] for name in frame.columns}, recipe))

    return clean
