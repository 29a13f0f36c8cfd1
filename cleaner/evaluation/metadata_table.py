"""Print how well metadata are read: one table a corpus and split, and the languages, in 80 columns."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from cleaner.evaluation.tables import figure

if TYPE_CHECKING:
    from cleaner.evaluation.metadata_figures import MetadataEvaluation, MetadataRow

__all__ = ["metadata_table"]

_FIGURES = (
    ("title", "titles"),
    ("date", "dates"),
    ("authors", "authored"),
    ("pooled", "authored"),
    ("written", "named"),
    ("language", "languages"),
)
_SHORT = {"language": "lang."}
_LEGEND = (
    "title, date: exact. authors: mean F1 of persons, without desks, sites, titles and degrees on either side; pooled: "
    "the same of all names together; written: mean F1 of names as the gold has them. ms: CPU time for the metadata "
    "alone, median (the others' with their parsing). In brackets: pages with gold."
)


def metadata_table(evaluation: MetadataEvaluation) -> Group:
    """Lay all rows out, the best figure of each corpus in bold."""
    parts: list[Table | Text] = []
    for _, rows in groupby(evaluation.rows(), key=lambda row: (row.corpus, row.split)):
        parts.append(_corpus_table(list(rows)))
    missed = {name: pair for name, pair in evaluation.languages().items() if pair[0] < pair[1]}
    if evaluation.languages():
        right, total = (sum(pair[side] for pair in evaluation.languages().values()) for side in (0, 1))
        shown = ", ".join(f"{name} {good} of {pages}" for name, (good, pages) in missed.items())
        line = f"Language: {right} of {total} pages right" + (f"; not all of {shown}." if shown else ".")
        parts.append(Text(line))
    named = zip(evaluation.systems, evaluation.versions, strict=True)
    versions = ", ".join(f"{system} {version}".strip() for system, version in named)
    return Group(*parts, Text(_LEGEND, style="dim"), Text(f"Systems: {versions}.", style="dim"))


def _corpus_table(rows: list[MetadataRow]) -> Table:
    first = rows[0]
    title = ", ".join(part for part in (first.corpus, first.split, f"{first.pages} pages") if part)
    table = Table(title=Text(title), box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), title_justify="left")
    table.add_column("", no_wrap=True)
    for name, count in _FIGURES:
        table.add_column(f"{_SHORT.get(name, name)} ({getattr(first, count)})", justify="right")
    table.add_column("ms", justify="right", no_wrap=True)
    table.add_column("failed", justify="right", no_wrap=True)
    best = {name: max(getattr(row, name) or 0.0 for row in rows) for name, _ in _FIGURES}
    for row in rows:
        cells = []
        for name, _ in _FIGURES:
            value = getattr(row, name)
            leads = len(rows) > 1 and value is not None and value == best[name]
            cells.append(Text(figure(value), style="bold" if leads else ""))
        failures = Text(str(row.failures) if row.failures else "", style="red")
        table.add_row(Text(row.system), *cells, Text(f"{row.ms_median:.1f}"), failures)
    return table
