"""Cleaning many pages with a report to look at: `cleaner clean FOLDER -o OUT --report`."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Sequence
from typing import Protocol

from cleaner.batch import Outcome, Recipe, Report
from cleaner.report import FolderReport, PageViews


class Run(Protocol):
    """:func:`cleaner.batch.clean_tree` with everything given but what stands here."""

    def __call__(self, recipe: Recipe, *, on_outcome: Callable[[Outcome], None]) -> Report:
        """Clean all documents."""


def clean_and_report(
    run: Run, recipe: Recipe, paths: Sequence[str], *, on_outcome: Callable[[Outcome], None]
) -> Report:
    """Clean documents and write ``report/`` into the output folder; ``paths`` is what the user calls them.

    An interrupted run has a report on what was finished. Raises SetupError (``output_exists``), also when something
    that is no report stands there, and RunError.
    """
    views = PageViews(recipe.folder)
    folder_report = FolderReport(recipe.folder, title=_title(paths), overwrite=recipe.overwrite)

    def note(outcome: Outcome) -> None:
        folder_report.add(outcome)
        on_outcome(outcome)

    with contextlib.closing(folder_report):
        viewed = dataclasses.replace(recipe, on_article=views)
        report = run(viewed, on_outcome=note)
        folder_report.finish(report)
    return report


def _title(paths: Sequence[str]) -> str:
    """Return what the user typed, short enough for a headline."""
    if list(paths) == ["-"]:
        return "standard input"
    more = f" and {len(paths) - 3:,} more" if len(paths) > 3 else ""
    return ", ".join(paths[:3]) + more
