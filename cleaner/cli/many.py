"""Cleaning many documents into a folder, and saying how it goes."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cleaner.console import emit, progress, say, visible

if TYPE_CHECKING:
    from cleaner.batch import Limits, Outcome, Recipe, Report, RunTasks, Selection
    from cleaner.readers import Reading, Scan
    from cleaner.settings import Settings


_READING = 0.75
"""Share of the work on a document that is done when it is read and noted, where sites are learned first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a run is done and told; nothing of it changes what comes out of a document."""

    jobs: int
    limits: Limits
    selection: Selection
    quiet: bool = False
    verbose: bool = False
    json_summary: bool = False
    fail_on: Literal["any", "all", "never"] = "any"
    with_report: bool = False
    engine: str = "local"
    address: str | None = None
    """Of the cluster, where there is an engine."""
    asked_jobs: int | None = None
    """What --jobs said; None leaves it to the engine."""


def make_manner(
    *,
    jobs: int | None,
    timeout: float,
    memory: int,
    limit: int | None,
    sample: float | None,
    shuffle_seed: int | None,
    **telling: Any,
) -> Manner:
    """Return how a run is done; ``memory`` in megabytes. ``telling`` is passed on."""
    from cleaner.batch import Limits, Selection, usable_cores

    return Manner(
        jobs=usable_cores() if jobs is None else jobs,
        asked_jobs=jobs,
        limits=Limits(timeout_seconds=timeout, memory_bytes=memory * 1_000_000),
        selection=Selection(limit=limit, sample=sample, shuffle_seed=shuffle_seed),
        **telling,
    )


def make_recipe(folder: Path, formats: tuple[str, ...], settings: Settings, reading: Reading, **options: Any) -> Recipe:
    """Return how each document is cleaned; without formats they are chosen when it is known what there is.

    Raises SetupError ``missing_extra``.
    """
    from cleaner.batch import Recipe
    from cleaner.writers import check_table_format

    for name in formats:
        check_table_format(name)
    return Recipe(folder=folder, formats=formats, settings=settings, reading=reading, **options)


def _default_formats(found: Scan) -> tuple[str, ...]:
    """Return records for tables and WARC files, text and json files for pages and archives of pages."""
    kinds = {entry.kind for entry in found.found}
    return ("jsonl",) if kinds and kinds <= {"jsonl", "csv", "parquet", "warc"} else ("txt", "json")


def clean_many(paths: Sequence[str], recipe: Recipe, manner: Manner, *, dry_run: bool = False) -> int:
    """Clean what is found in the inputs, say what came of it, and return the exit code."""
    from cleaner.readers import STDIN, Scan, piped_container, scan

    if list(paths) != ["-"]:
        return _clean_found(scan(paths, skip_folder=str(recipe.folder)), paths, recipe, manner, dry_run=dry_run)
    with piped_container() as piped:
        root = "" if piped is None else str(recipe.folder.absolute())  # the same the next time, for the ledger
        return _clean_found(Scan(root, (piped or STDIN,), ()), paths, recipe, manner, dry_run=dry_run)


def _clean_found(found: Scan, paths: Sequence[str], recipe: Recipe, manner: Manner, *, dry_run: bool) -> int:
    from cleaner.batch import finish_on_interrupt

    recipe = recipe if recipe.formats else dataclasses.replace(recipe, formats=_default_formats(found))
    if dry_run:
        return _tell_plan(found, recipe, manner.selection)
    total = None if any(entry.kind != "page" for entry in found.found) else len(found.found)
    if manner.selection.limit is not None and total is not None:
        total = min(total, manner.selection.limit)
    with progress(total, quiet=manner.quiet) as count, finish_on_interrupt() as interrupted:
        waiting = 0  # documents of which only the second half is to be done

        def tell(outcome: Outcome) -> None:
            nonlocal waiting
            if manner.verbose:
                say(_line(outcome), *(f"warning: {outcome.name}: {warning}" for warning in outcome.warnings))
            is_half = waiting > 0 and outcome.status != "failed"
            waiting -= is_half
            count(outcome, 1 - _READING if is_half else 1.0)

        def tell_judged(outcome: Outcome) -> None:
            nonlocal waiting
            if outcome.status != "failed":  # those are told of later, too
                waiting += 1
                count(outcome, _READING)

        told: dict[str, Any] = {"on_outcome": tell, "on_judged": tell_judged}
        with _engine(manner) as run_tasks:
            report = _run(paths, found, recipe, manner, stop=interrupted, run_tasks=run_tasks, **told)
    report.fail_on = manner.fail_on
    _summarise(paths, found, recipe, manner, report)
    return report.return_code


def _summarise(paths: Sequence[str], found: Scan, recipe: Recipe, manner: Manner, report: Report) -> None:
    from cleaner.batch import ERRORS_FILE

    if not found.found:
        for failure in report.failures:
            say(f"error[{failure.code}]: {failure.message}")
        over = f" Passed over: {report.listed_passed_over}." if report.passed_over else ""
        say(f"error[nothing_found]: There is no page to clean in {', '.join(paths[:3])}.{over}")
    elif not manner.quiet:
        say(*report.lines())
        say(*_notes(found))
        if report.failed:
            say(f"All failures are in {recipe.folder / ERRORS_FILE}.")
        if report.is_interrupted:
            say("What is done is kept; the same command goes on from here.")
        say(f"The result is in {recipe.folder}{os.sep}")
        if manner.with_report:
            say(f"The report is {recipe.folder / 'report' / 'index.html'}")
    if manner.json_summary:
        emit(f"{json.dumps({**report.counts(), 'exit_code': report.return_code})}\n".encode("ascii"))


def _notes(found: Scan) -> list[str]:
    """Return a line for each thing that looked like a page by its name and is none, such as a pipe; at most ten."""
    pipes = [unread for unread in found.unread if unread.code == "not_a_file" and not unread.lost]
    more = [f"... and {len(pipes) - 10:,} more that are no files."] if len(pipes) > 10 else []
    return [f"note[{unread.code}]: {unread.message}" for unread in pipes[:10]] + more


def _engine(manner: Manner) -> contextlib.AbstractContextManager[RunTasks]:
    """Return what does the tasks: processes of this machine, or a cluster."""
    if manner.engine == "ray":
        from cleaner.integrations.ray_engine import ray_engine

        return ray_engine(jobs=manner.asked_jobs, address=manner.address)
    from cleaner.batch import run_tasks

    return contextlib.nullcontext(run_tasks)


def _run(
    paths: Sequence[str],
    found: Scan,
    recipe: Recipe,
    manner: Manner,
    *,
    stop: Callable[[], bool],
    on_outcome: Callable[[Outcome], None],
    on_judged: Callable[[Outcome], None],
    run_tasks: RunTasks,
) -> Report:
    from cleaner.batch import clean_tree

    run = functools.partial(
        clean_tree,
        found,
        run=run_tasks,
        jobs=manner.jobs,
        limits=manner.limits,
        selection=manner.selection,
        say=lambda sentence: None if manner.quiet else say(f"note: {sentence}"),
        stop=stop,
        on_judged=on_judged,
    )
    if manner.with_report and found.found:
        from cleaner.cli.folder_report import clean_and_report

        return clean_and_report(run, recipe, paths, on_outcome=on_outcome)
    return run(recipe, on_outcome=on_outcome)


def _line(outcome: Outcome) -> str:
    name = visible(outcome.name or outcome.path)
    if outcome.status == "failed":
        return f"failed  {name}: {outcome.code}: {outcome.message}"
    note = " (earlier)" if outcome.is_earlier else f" {outcome.seconds:.2f} s"
    return f"{outcome.status}  {name}: {outcome.characters:,} characters{note}"


def _tell_plan(found: Scan, recipe: Recipe, selection: Selection) -> int:
    """Print what a run would read and write, one line a document or container; nothing is read or made."""
    from cleaner.batch import plan

    count = 0
    for task in selection.order(plan(found.found, recipe.tree_formats)):
        is_container = task.found.kind != "page"
        if not is_container and not selection.takes(task.name):
            continue
        if selection.limit is not None and count == selection.limit:
            break
        count += 1
        places = [str(recipe.folder / output) for _, output in task.outputs]
        places += [str(recipe.folder / f"articles.{name}") for name in recipe.table_formats]
        if is_container and not recipe.tree_formats:
            places = places[1:]
        what = f" ({task.found.kind})" if is_container else ""
        emit(f"{visible(task.found.path)}{what} -> {', '.join(map(visible, places))}\n".encode("utf-8", "replace"))
    for unread in found.unread:
        if unread.lost:
            say(f"error[{unread.code}]: {unread.message}")
    say(f"{count:,} would be cleaned. Nothing was done.")
    return 0 if count else 3
