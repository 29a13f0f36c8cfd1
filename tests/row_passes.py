"""What tests of the two passes over rows share: both passes in this process, in batches of any order."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pyarrow as pa

from cleaner.batch import RowRecipe, site_rows
from cleaner.batch.pages import page_tables
from cleaner.readers import scan

ALONE = RowRecipe(workers=0)
OURS = ("error_code", "error", "duplicate_of", "duplicate_similarity")
"""Fields that only rows have, or only a run."""


def pages(folder: Path) -> Any:
    """Return the rows of the pages in a folder."""
    found = scan([str(folder)])
    return pa.concat_tables(page_tables(found.found, root=found.root))


def in_batches(table: Any, work: Any, size: int) -> Any:
    """Return what ``work`` makes of a table, done in batches that come in any order."""
    batches = [table.slice(at, size) for at in range(0, len(table), size)]
    random.Random(size).shuffle(batches)
    return pa.concat_tables([work(batch) for batch in batches])


def learned(halves: Any, parts: dict[str, int], least: int = 5) -> Any:
    """Group the notes as an engine does, and return the profiles."""
    rows = site_rows.learn_groups([site_rows.note_groups(halves, parts)], least=least)
    return site_rows.make_profiles(rows, least=least)


def two_passes(table: Any, recipe: RowRecipe = ALONE, *, size: int = 4, parts: dict[str, int] | None = None) -> Any:
    """Return the records of rows, sorted by their names, and the profiles."""
    halves = in_batches(table, lambda batch: site_rows.judge_rows(batch, recipe), size)
    profiles = learned(halves, parts or {})

    return in_batches(halves, lambda batch: site_rows.finish_rows(batch, recipe, profiles), size + 1).sort_by(
        "source_file"
    ), profiles


def plain(table: Any) -> list[dict[str, Any]]:
    """Return records as JSON Lines have them, without those that failed."""
    rows = [{**row, "sources": dict(row["sources"])} for row in table.to_pylist() if row["status"] != "failed"]
    return [{name: row[name] for name in row if name not in OURS} for row in rows]
