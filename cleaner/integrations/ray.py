"""Ray Data: a data set of pages in, a data set of records out, cleaned by actors that load the weights once.

Extra ``ray``. The package must be installed on every node. ``cleaner clean ... --engine ray`` needs none of this.
"""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import ray
from ray.data.datasource import BlockBasedFileDatasink

from cleaner.batch import RowRecipe, clean_rows, json_lines, site_rows
from cleaner.batch.pages import page_tables
from cleaner.readers import CONTAINERS, Found, scan
from cleaner.settings import DEFAULTS, Settings

__all__ = ["clean_dataset", "read_pages", "write_jsonl"]

_ACTOR_CPUS = 0.5
"""What an actor reserves of a core, at most. Tasks that read and write reserve a whole one, and a pool of actors that
left none would wait for them for ever."""

_READ_CPUS = 0.1
"""What reading reserves: it takes a few hundredths of the time of cleaning."""

_FILES_AT_ONCE = 32
_BYTES_AT_ONCE = 8_000_000
"""Files of one page each that a task reads, as many as an actor takes at once; fewer where they are large."""


def clean_dataset(
    ds: Any, *, sites: bool = True, concurrency: int | None = None, batch_size: int = 32, **options: Any
) -> Any:
    """Return a Ray data set with a record for each row of a Ray data set.

    As ``cleaner clean`` does, it learns first what recurs on the pages of each site: all pages are read and judged at
    once, and wait in Ray's object store (some 90 kB a page, on disk when memory is full) until somebody reads the
    result. Without ``sites`` each page is decided by itself, in one pass, and nothing is done before somebody reads.
    ``options`` are those of :func:`cleaner.clean_batch`; ``keep_columns`` names columns to be kept beside the records.
    ``concurrency`` is the number of actors, by default the cores of the cluster; each has a process for its pages, so
    that a page that hangs costs its row only. A batch whose actor or node dies is done again elsewhere: rows come out
    once, whatever happens. Rows and types do not depend on the number of actors, their order does: sort by ``id``.
    Raises SetupError at once when the options are wrong.
    """
    recipe = RowRecipe(**options)
    on_actors = functools.partial(_on_actors, concurrency=concurrency, batch_size=batch_size)
    if not sites:
        return on_actors(ds, clean_rows, recipe)
    halves = on_actors(ds, site_rows.judge_rows, recipe).materialize()
    return on_actors(halves, site_rows.finish_rows, recipe, ray.put(_learn(halves, recipe.settings.site_pages)))


def _on_actors(ds: Any, work: Callable[..., Any], *given: Any, concurrency: int | None, batch_size: int) -> Any:
    actors = concurrency or _cores()
    return ds.map_batches(
        _Cleaner,
        fn_constructor_args=(work, *given),
        batch_format="pyarrow",
        batch_size=batch_size,
        concurrency=actors,
        num_cpus=min(_ACTOR_CPUS, (_cores() - 1) / actors),
    )


class _Cleaner:
    """What an actor does; its process loads the weights with the first batch and stays."""

    def __init__(self, work: Callable[..., Any], *given: Any) -> None:
        self.work = work
        self.given = [ray.get(one) if isinstance(one, ray.ObjectRef) else one for one in given]

    def __call__(self, table: Any) -> Any:
        return self.work(table, *self.given)


def _learn(halves: Any, least: int) -> Any:
    """Group what was noted by site, and return the table of profiles."""
    rows = halves.count()
    parts = _large_sites(halves) if rows > site_rows.MOST_PAGES else {}
    notes = halves.map_batches(site_rows.note_groups, fn_args=(parts,), batch_format="pyarrow")
    if rows <= site_rows.MOST_PAGES:  # some 30 MB: the processes of a shuffle would start for longer than they work
        return site_rows.make_profiles(site_rows.learn_groups(ray.get(notes.to_arrow_refs()), least=least), least=least)
    groups = notes.groupby(site_rows.GROUP, num_partitions=max(_cores(), site_rows.site_parts(rows)))
    learned = groups.map_groups(site_rows.learn_rows, fn_kwargs={"least": least}, batch_format="pyarrow")
    return site_rows.make_profiles(learned.iter_rows(), least=least)


def _large_sites(halves: Any) -> dict[str, int]:
    sizes = halves.select_columns([site_rows.SITE]).groupby(site_rows.SITE).count().iter_rows()
    return site_rows.large_sites((row[site_rows.SITE], row["count()"]) for row in sizes)


def _cores() -> int:
    return max(1, int(ray.cluster_resources().get("CPU", 1)))


def read_pages(paths: str | Iterable[str], *, settings: Settings = DEFAULTS) -> Any:
    """Return a Ray data set of the pages in files, folders and containers (WARC, archives, tables).

    The files must be where every node sees them. A container is read by one task, in pieces, so that memory does not
    grow with it, files of a page by the dozen; what cannot be read is a row with an ``error_code``. Tables in object
    stores are for Ray's own readers.
    """
    found = scan([paths] if isinstance(paths, str) else list(paths))
    items = [{"files": json.dumps([dataclasses.asdict(file) for file in files])} for files in _portions(found.found)]
    reads = ray.data.from_items(items, override_num_blocks=max(1, min(len(items), 1000)))
    return reads.map_batches(
        _read,
        batch_size=1,
        batch_format="numpy",
        fn_kwargs={"settings": settings, "root": found.root},
        num_cpus=_READ_CPUS,
        concurrency=max(1, min(len(items), _cores())),  # else Ray starts ten processes for each core
    )


def _portions(found: Iterable[Found]) -> Iterator[list[Found]]:
    """Yield the files one task reads, in their order: a task takes ten milliseconds to begin and end, a file one."""
    some: list[Found] = []
    held = 0
    for file in found:
        is_alone = file.kind in CONTAINERS
        if some and (is_alone or len(some) == _FILES_AT_ONCE or held + file.size > _BYTES_AT_ONCE):
            yield some
            some, held = [], 0
        if is_alone:
            yield [file]
        else:
            some.append(file)
            held += file.size
    if some:
        yield some


def _read(batch: dict[str, Any], settings: Settings, root: str) -> Iterator[Any]:
    files = [Found(**one) for text in batch["files"] for one in json.loads(str(text))]
    return page_tables(files, settings, root=root)


def write_jsonl(ds: Any, folder: str) -> None:
    """Write records as JSON Lines, as the command line writes them; each task of Ray makes a file of its own.

    A task that is done again replaces its file. For Parquet, use ``ds.write_parquet()``: the types fit.
    """
    ds.write_datasink(_JsonLines(folder, file_format="jsonl"))


class _JsonLines(BlockBasedFileDatasink):
    """Ray's own writer goes through pandas, which knows no maps and turns what is missing into NaN."""

    def write_block_to_file(self, block: Any, file: Any) -> None:
        file.writelines(json_lines(block.to_arrow()))
