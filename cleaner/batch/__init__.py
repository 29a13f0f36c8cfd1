"""Many documents: name the outputs, clean each, count what became of it; nothing is lost, nothing is overwritten."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from cleaner.batch.claims import ERRORS_FILE, claim
from cleaner.batch.interrupt import finish_on_interrupt
from cleaner.batch.plan import Task, output_stems, plan
from cleaner.batch.report import Outcome, Report
from cleaner.batch.work import Recipe, clean_task
from cleaner.batch.workers import run_tasks
from cleaner.readers import Scan
from cleaner.records import printable, valid_unicode
from cleaner.writers import run_error

__all__ = [
    "ERRORS_FILE",
    "Outcome",
    "Recipe",
    "Report",
    "Task",
    "clean_task",
    "clean_tree",
    "finish_on_interrupt",
    "output_stems",
    "plan",
    "run_tasks",
]


def clean_tree(
    scan: Scan,
    recipe: Recipe,
    *,
    jobs: int = 1,
    stop: Callable[[], bool] = lambda: False,
    on_outcome: Callable[[Outcome], None] = lambda _: None,
) -> Report:
    """Clean all that was found into ``recipe.folder``, mirroring the tree, and return the report.

    Failures are lines of ``errors.jsonl`` there, written as they happen; the file is absent when there are none.
    ``on_outcome`` is told of each document in the order of names. Once ``stop()`` is true the documents being cleaned
    are finished and the report says how many were ``not_begun``. Nothing is written when nothing was found.
    Raises SetupError (``output_exists``, or what is wrong with the installation) and RunError when the folder cannot
    be written at all.
    """
    started = time.perf_counter()
    report = Report()
    lost = [outcome for outcome in map(report.pass_over, scan.unread) if outcome is not None]
    tasks = plan(scan.found, recipe.formats)
    if tasks:
        claim(recipe.folder, tasks, root=scan.root, overwrite=recipe.overwrite)
        with contextlib.closing(_ErrorLog(recipe.folder / ERRORS_FILE)) as log:
            for outcome in lost:
                log.write(outcome)
            done = 0
            for outcome in run_tasks(tasks, recipe, jobs=jobs, stop=stop):
                done += 1
                report.add(outcome)
                if outcome.status == "failed":
                    log.write(outcome)
                on_outcome(outcome)
            report.not_begun = len(tasks) - done
    report.seconds = time.perf_counter() - started
    return report


class _ErrorLog:
    """The file of failures: begun anew by each run, made at the first failure, complete after every line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file: TextIO | None = None
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise run_error(path, error) from error

    def close(self) -> None:
        if self.file is not None:
            with contextlib.suppress(OSError):
                self.file.close()

    def write(self, outcome: Outcome) -> None:
        entry = {
            "path": printable(outcome.path),
            "code": outcome.code,
            "stage": outcome.stage,
            "message": outcome.message,
            "seconds": round(outcome.seconds, 3),
            "bytes": outcome.bytes_read,
        }
        # A full disk may be the very thing to be reported; the summary still counts and shows it.
        with contextlib.suppress(OSError):
            if self.file is None:
                self.file = self.path.open("w", encoding="utf-8", newline="\n")
            self.file.write(valid_unicode(json.dumps(entry, ensure_ascii=False)) + "\n")
            self.file.flush()
