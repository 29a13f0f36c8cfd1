"""Many documents: name the outputs, clean each, count what became of it; nothing is lost, nothing is overwritten."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from cleaner.batch.plan import Task, output_stems, plan

if TYPE_CHECKING:
    from cleaner.batch.interrupt import finish_on_interrupt
    from cleaner.batch.limits import Limits, usable_cores
    from cleaner.batch.many import clean_many
    from cleaner.batch.remote import BatchWorker, run_elsewhere
    from cleaner.batch.report import Outcome, Report
    from cleaner.batch.row_pages import RowRecipe, row_example, row_schema
    from cleaner.batch.rows import clean_batch, clean_rows, json_lines
    from cleaner.batch.run import ERRORS_FILE, RunTasks, Selection, clean_tree
    from cleaner.batch.standing import end_workers
    from cleaner.batch.work import Recipe, clean_task
    from cleaner.batch.workers import run_tasks

__all__ = [
    "ERRORS_FILE",
    "BatchWorker",
    "Limits",
    "Outcome",
    "Recipe",
    "Report",
    "RowRecipe",
    "RunTasks",
    "Selection",
    "Task",
    "clean_batch",
    "clean_many",
    "clean_rows",
    "clean_task",
    "clean_tree",
    "end_workers",
    "finish_on_interrupt",
    "json_lines",
    "output_stems",
    "plan",
    "row_example",
    "row_schema",
    "run_elsewhere",
    "run_tasks",
    "usable_cores",
]

_HOMES: Final = {
    "interrupt": ("finish_on_interrupt",),
    "limits": ("Limits", "usable_cores"),
    "many": ("clean_many",),
    "remote": ("BatchWorker", "run_elsewhere"),
    "report": ("Outcome", "Report"),
    "row_pages": ("RowRecipe", "row_example", "row_schema"),
    "rows": ("clean_batch", "clean_rows", "json_lines"),
    "run": ("ERRORS_FILE", "RunTasks", "Selection", "clean_tree"),
    "standing": ("end_workers",),
    "work": ("Recipe", "clean_task"),
    "workers": ("run_tasks",),
}
"""Module -> the names it gives to this package. ``plan`` cannot wait: importing the module would hide the function."""


def __getattr__(name: str) -> Any:
    """Load what is asked for when it is: one page needs none of the workers, ledgers and locks of a folder."""
    for module, names in _HOMES.items():
        if name in names:
            value = globals()[name] = getattr(import_module(f"cleaner.batch.{module}"), name)
            return value
    raise AttributeError(f"module 'cleaner.batch' has no attribute {name!r}")
