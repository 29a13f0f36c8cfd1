"""Hugging Face data sets: ``ds.map(cleaner.clean_batch, batched=True)``, and the same with less to say.

Extra ``datasets``. The batches of ``map`` become Arrow tables of fixed types, so that a first batch without an author,
say, does not settle the type of the column. Columns other than the record's are kept if ``keep_columns`` names them.
"""

from __future__ import annotations

import functools
from typing import Any

from cleaner.batch import RowRecipe, clean_rows

__all__ = ["clean_dataset"]


def clean_dataset(ds: Any, *, batch_size: int = 100, num_proc: int | None = None, **options: Any) -> Any:
    """Return a data set with a record for each row of a Dataset, IterableDataset, or of each part of a DatasetDict.

    ``options`` are those of :func:`cleaner.clean_batch`. Each of the ``num_proc`` processes has a worker of its own;
    ``workers`` may be used instead. An IterableDataset is read no further than somebody takes its rows. Raises as
    `clean_batch()` does.
    """
    clean = functools.partial(_clean, recipe=RowRecipe(**options))
    if hasattr(ds, "keys"):
        parts = {name: clean_dataset(ds[name], batch_size=batch_size, num_proc=num_proc, **options) for name in ds}
        return type(ds)(parts)
    processes = {} if num_proc is None else {"num_proc": num_proc}
    return ds.map(clean, batched=True, batch_size=batch_size, remove_columns=ds.column_names, **processes)


def _clean(batch: Any, recipe: RowRecipe) -> Any:
    return clean_rows(batch, recipe)
