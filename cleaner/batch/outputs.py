"""When all documents are done: mark duplicates, write the files they share, and the list of what became of what."""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
import zlib
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cleaner.batch.claims import claim_shared
from cleaner.batch.duplicates import find_duplicates
from cleaner.batch.ledger import Ledger, Row
from cleaner.batch.report import Outcome, Report
from cleaner.batch.work import Recipe
from cleaner.errors import RunError
from cleaner.readers import OUTPUT_MARK
from cleaner.records import valid_unicode
from cleaner.writers import example_record, replace_file, write_lines, write_table

__all__ = ["DROPPED", "MANIFEST_FILE", "finish_outputs"]

MANIFEST_FILE = ".cleaner/manifest.jsonl"
"""What became of every document of the last complete run: input, status, files, time; one a line, in their order."""

DROPPED = "dropped"
"""What stands in the ledger where the files of a duplicate were taken away."""

_STEM = "articles"
"""Start of the names of shared files."""


def finish_outputs(ledger: Ledger, recipe: Recipe, report: Report) -> Iterator[Outcome]:
    """Do what needs all documents; yield a failure for each file that could not be written.

    Everything is made anew from the ledger, so that a run that was killed here does it again with the same result.
    """
    if recipe.signatures:
        report.duplicates = _find(ledger)
        yield from _mark_trees(ledger, recipe)
    for name in recipe.table_formats:
        yield from _write_tables(ledger, recipe, name)
    path = recipe.folder / MANIFEST_FILE
    lines = (_manifest_line(row) for row in ledger.rows())
    yield from _failures(path, lambda: write_lines(path, lines, temporary_folder=path.parent))


def _failures(path: Path, write: Callable[[], object]) -> Iterator[Outcome]:
    try:
        write()
    except RunError as error:
        yield Outcome(str(path), "failed", error.code, error.message, "write")


def _find(ledger: Ledger) -> int:
    """Write into the ledger which documents are duplicates of which; return how many."""
    numbers, lengths = array("q"), array("q")

    def signatures() -> Iterator[bytes]:
        for number, signature, characters in ledger.numbers():
            numbers.append(number)
            lengths.append(characters)
            yield signature

    pairs = [
        (numbers[text], numbers[kept], similarity) for text, kept, similarity in find_duplicates(signatures(), lengths)
    ]
    ledger.mark_duplicates(pairs)
    return len(pairs)


def _mark_trees(ledger: Ledger, recipe: Recipe) -> Iterator[Outcome]:
    """Make the files of each document say what the ledger says, where they do not."""
    if not recipe.tree_formats:
        return
    for row in ledger.to_be_marked(DROPPED if recipe.deduplicate else ""):
        wanted = DROPPED if recipe.deduplicate and row.duplicate_of else row.duplicate_of
        try:
            if wanted == DROPPED:
                for output in row.outcome.outputs:
                    with contextlib.suppress(FileNotFoundError):
                        (recipe.folder / output).unlink()
            else:
                _mark_json(row, recipe)
        except (OSError, ValueError, RunError) as error:
            message = f"{recipe.folder / row.outcome.outputs[0]} cannot be marked as a duplicate: {error}."
            yield Outcome(row.outcome.path, "failed", "write_failed", message, "write")
        else:
            ledger.write("UPDATE documents SET marked = ? WHERE rowid = ?", (wanted, row.number))


def _mark_json(row: Row, recipe: Recipe) -> None:
    for output in row.outcome.outputs:
        path = recipe.folder / output
        if path.suffix != ".json":
            continue
        record = json.loads(path.read_bytes())
        record.pop("duplicate_of", None)
        record.pop("duplicate_similarity", None)
        if row.duplicate_of:
            record |= {"duplicate_of": row.duplicate_of, "duplicate_similarity": row.similarity}
        data = valid_unicode(json.dumps(record, ensure_ascii=False, indent=2)).encode("utf-8") + b"\n"
        replace_file(path, data, temporary_folder=(recipe.folder / OUTPUT_MARK).parent)


def _write_tables(ledger: Ledger, recipe: Recipe, name: str) -> Iterator[Outcome]:
    """Write the records in one format, into one file or into files of ``recipe.shard_size`` records each."""
    example = example_record(paragraphs=recipe.paragraphs)
    records = iter(_records(ledger, drop=recipe.deduplicate))
    folder = (recipe.folder / OUTPUT_MARK).parent
    written: list[str] = []
    for number in itertools.count():
        first = next(records, None)
        if first is None and number:
            break
        file = f"{_STEM}.{name}" if recipe.shard_size is None else f"{_STEM}-{number:05}.{name}"
        some = itertools.chain([] if first is None else [first], records)
        part = some if recipe.shard_size is None else itertools.islice(some, recipe.shard_size)
        written.append(file)
        claim_shared(recipe.folder, written)
        write = functools.partial(
            write_table, recipe.folder / file, name, part, example=example, temporary_folder=folder
        )
        failures = list(_failures(recipe.folder / file, write))
        yield from failures
        if failures:
            return
    yield from _failures(recipe.folder, lambda: claim_shared(recipe.folder, written, only=name))


def _records(ledger: Ledger, *, drop: bool) -> Iterator[dict[str, Any]]:
    for packed, duplicate_of, similarity in ledger.records(drop=drop):
        record = json.loads(zlib.decompress(packed))
        yield {**record, "duplicate_of": duplicate_of, "duplicate_similarity": similarity}


def _manifest_line(row: Row) -> dict[str, Any]:
    outcome = row.outcome
    line = {
        "id": outcome.name,
        "source": outcome.source,
        "position": outcome.position,
        "digest": outcome.digest,
        "status": outcome.status,
        "code": outcome.code,
        "message": outcome.message,
        "outputs": [] if row.marked == DROPPED else list(outcome.outputs),
        "bytes": outcome.bytes_read,
        "characters": outcome.characters,
        "seconds": round(outcome.seconds, 4),
        "attempts": outcome.attempts,
        "warnings": list(outcome.warnings),
    }
    return line | ({"duplicate_of": row.duplicate_of, "similarity": row.similarity} if row.duplicate_of else {})
