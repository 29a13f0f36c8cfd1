"""Ray Data: a data set of pages in, a data set of records out, cleaned by actors that load the weights once.

Extra ``ray``. The package must be installed on every node. ``cleaner clean ... --engine ray`` needs none of this.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
import ray
from ray.data.datasource import BlockBasedFileDatasink

from cleaner.batch import RowRecipe, clean_rows
from cleaner.integrations.pages import page_row
from cleaner.integrations.pages import read_pages as read_files
from cleaner.readers import Found, scan
from cleaner.records import valid_unicode
from cleaner.settings import DEFAULTS, Settings

__all__ = ["clean_dataset", "read_pages", "write_jsonl"]

_ACTOR_CPUS = 0.5
"""What an actor reserves of a core, at most. Tasks that read and write reserve a whole one, and a pool of actors that
left none would wait for them for ever."""

_READ_CPUS = 0.1
"""What reading reserves: it takes a few hundredths of the time of cleaning."""

_ROWS_AT_ONCE = 64
"""Pages that are read and passed on together: some 6 MB."""

_PAGE_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("url", pa.string()),
        ("html", pa.large_binary()),
        ("text", pa.large_binary()),
        ("charset", pa.string()),
        ("fetched_at", pa.string()),
        ("error_code", pa.string()),
        ("error", pa.string()),
    ]
)


def clean_dataset(ds: Any, *, concurrency: int | None = None, batch_size: int = 32, **options: Any) -> Any:
    """Return a Ray data set with a record for each row of a Ray data set; nothing is done before somebody reads it.

    ``options`` are those of :func:`cleaner.clean_batch`; ``keep_columns`` names columns to be kept beside the records.
    ``concurrency`` is the number of actors, by default the cores of the cluster; each has a process for its pages, so
    that a page that hangs costs its row only. A batch whose actor or node dies is done again elsewhere: rows come out
    once, whatever happens. Rows and types do not depend on the number of actors, their order does: sort by ``id``.
    Raises SetupError at once when the options are wrong.
    """
    recipe = RowRecipe(**options)
    cores = max(1, int(ray.cluster_resources().get("CPU", 1)))
    actors = concurrency or cores
    return ds.map_batches(
        _Cleaner,
        fn_constructor_args=(recipe,),
        batch_format="pyarrow",
        batch_size=batch_size,
        concurrency=actors,
        num_cpus=min(_ACTOR_CPUS, (cores - 1) / actors),
    )


class _Cleaner:
    """What an actor does; its process loads the weights with the first batch and stays."""

    def __init__(self, recipe: RowRecipe) -> None:
        self.recipe = recipe

    def __call__(self, table: pa.Table) -> pa.Table:
        return clean_rows(table, self.recipe)


def read_pages(paths: str | Iterable[str], *, settings: Settings = DEFAULTS) -> Any:
    """Return a Ray data set of the pages in files, folders and containers (WARC, archives, tables).

    The files must be where every node sees them. Each is read by one task, in pieces, so that memory does not grow with
    it; what cannot be read is a row with an ``error_code``. Tables in object stores are for Ray's own readers.
    """
    files = scan([paths] if isinstance(paths, str) else list(paths)).found
    items = [{"file": json.dumps(dataclasses.asdict(found))} for found in files]
    reads = ray.data.from_items(items, override_num_blocks=max(1, min(len(items), 1000)))
    return reads.map_batches(
        _read, batch_size=1, batch_format="numpy", fn_kwargs={"settings": settings}, num_cpus=_READ_CPUS
    )


def _read(batch: dict[str, Any], settings: Settings) -> Iterator[pa.Table]:
    files = [Found(**json.loads(str(file))) for file in batch["file"]]
    rows = map(page_row, read_files(files, settings))
    yield _PAGE_SCHEMA.empty_table()
    while some := list(itertools.islice(rows, _ROWS_AT_ONCE)):
        yield pa.Table.from_pylist(
            [{**row, **{name: _bytes(row[name]) for name in ("html", "text")}} for row in some], schema=_PAGE_SCHEMA
        )


def _bytes(data: bytes | str | None) -> bytes | None:
    return data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data


def write_jsonl(ds: Any, folder: str) -> None:
    """Write records as JSON Lines, as the command line writes them; each task of Ray makes a file of its own.

    A task that is done again replaces its file. For Parquet, use ``ds.write_parquet()``: the types fit.
    """
    ds.write_datasink(_JsonLines(folder, file_format="jsonl"))


class _JsonLines(BlockBasedFileDatasink):
    """Ray's own writer goes through pandas, which knows no maps and turns what is missing into NaN."""

    def write_block_to_file(self, block: Any, file: Any) -> None:
        table = block.to_arrow()
        maps = [field.name for field in table.schema if pa.types.is_map(field.type)]
        for row in table.to_pylist():
            row |= {name: dict(row[name]) for name in maps}
            file.write(f"{valid_unicode(json.dumps(row, ensure_ascii=False))}\n".encode())
