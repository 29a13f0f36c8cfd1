"""Many documents: name the outputs, clean each, count what became of it; nothing is lost, nothing is overwritten."""

from __future__ import annotations

from cleaner.batch.interrupt import finish_on_interrupt
from cleaner.batch.limits import Limits, usable_cores
from cleaner.batch.many import clean_many
from cleaner.batch.plan import Task, output_stems, plan
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
