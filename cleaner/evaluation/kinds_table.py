"""Print how well kinds are told: the figures, one line a kind, and the confusion matrix, in 80 columns."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from cleaner.evaluation.kinds import MIN_KIND_ROWS, kind_scores
from cleaner.evaluation.tables import figure
from cleaner.page import KINDS, Kind

if TYPE_CHECKING:
    from cleaner.evaluation.kinds import KindReport

__all__ = ["kinds_table"]

_SHORT = 3
"""Letters of a kind's name in the matrix: no two kinds begin with the same three, and 19 columns of 4 fit."""
_MAX_COUNT = 999
"""Larger counts do not fit a column; the matrix then shows per cent of each row."""
_SHOWN_CONFUSIONS = 3


def kinds_table(report: KindReport) -> Group:
    """Lay a report out: what was found, the figures, the kinds, the matrix."""
    return Group(
        _found_line(report),
        _figures_table(report),
        _kind_table(report.counts()),
        Text("Rows: what a person called a paragraph. Columns: what the cleaner called it.", style="dim"),
        *_matrix_lines(report.counts()),
    )


def _found_line(report: KindReport) -> Text:
    total = len(report.named) + report.not_found + report.without_page
    parts = [f"{len(report.named)} of {total} labelled paragraphs found on {report.pages} pages"]
    if report.not_found:
        parts.append(f"{report.not_found} are not on their page")
    if report.without_page:
        parts.append(f"of {report.without_page} the page is missing or cannot be cleaned")
    given = "flattened to plain text, no DOM" if report.as_text else "as they came"
    return Text(f"{'; '.join(parts)}.\nPages {given}.")


def _figures_table(report: KindReport) -> Table:
    table = _table()
    table.add_column("", no_wrap=True)
    for heading in ("paragraphs", "accuracy", "article or chrome", "macro F1", "kinds"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, sure_only in (("sure", True), ("all", False)):
        figures = report.figures(sure_only=sure_only)
        table.add_row(
            name,
            str(figures.paragraphs),
            figure(figures.accuracy),
            figure(figures.side_accuracy),
            figure(figures.macro_f1),
            f"{figures.macro_kinds} with {MIN_KIND_ROWS}+",
        )
    return table


def _kind_table(counts: Counter[tuple[Kind, Kind]]) -> Table:
    table = _table()
    table.add_column("kind", no_wrap=True)
    for heading in ("paragraphs", "P", "R", "F1"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("taken for", overflow="fold")
    for kind in KINDS:
        rows = {found: counts[kind, found] for found in KINDS if counts[kind, found]}
        if rows:
            wrong = sorted((-count, found.value) for found, count in rows.items() if found != kind)
            taken = ", ".join(f"{name} {-count}" for count, name in wrong[:_SHOWN_CONFUSIONS])
            table.add_row(kind.value, str(sum(rows.values())), *map(figure, kind_scores(counts, kind)), taken)
    return table


def _matrix_lines(counts: Counter[tuple[Kind, Kind]]) -> list[Text]:
    """Return the matrix, one line a kind that occurs; nothing is a dot, what agrees is bold."""
    golds = [kind for kind in KINDS if any(counts[kind, found] for found in KINDS)]
    columns = [kind for kind in KINDS if kind in golds or any(counts[gold, kind] for gold in KINDS)]
    as_share = max(counts.values(), default=0) > _MAX_COUNT
    lines = [Text(" " * _SHORT + "".join(f" {kind.value[:_SHORT]}" for kind in columns), style="dim")]
    for gold in golds:
        line = Text(f"{gold.value[:_SHORT]:{_SHORT}}")
        total = sum(counts[gold, found] for found in columns)
        for found in columns:
            count = counts[gold, found]
            shown = round(100 * count / total) if as_share else count
            line.append(f" {shown if count else '.':>3}", style="bold" if gold == found else "")
        lines.append(line)
    if as_share:
        lines.append(Text("Per cent of each row.", style="dim"))
    return lines


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
