"""Print an evaluation: rich tables that fit a terminal of 80 columns."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from cleaner.evaluation.evaluate import Evaluation, Row

__all__ = ["evaluation_table", "figure", "worst_table"]

_LEGEND = (
    "P, R, F1: 4-token shingles. words: F1 of word bags. chars: F1 of character pairs (scripts without spaces). "
    "keep: F1 of passages that must stay or go. ms: median CPU time per page. failed: pages on which it raised."
)


def evaluation_table(evaluation: Evaluation) -> Group:
    """Lay all rows out, one table per corpus, renderer and split, the best figure of each group in bold."""
    parts: list[Table | Text] = []
    rows = evaluation.rows()
    for _, corpus_rows in groupby(rows, key=lambda row: (row.corpus, row.renderer, row.split)):
        parts.append(_corpus_table(list(corpus_rows)))
    named = zip(evaluation.systems, evaluation.versions, strict=True)
    versions = ", ".join(f"{system} {version}".strip() for system, version in named)
    parts += _failure_lines(evaluation)
    return Group(*parts, Text(_LEGEND, style="dim"), Text(f"Systems: {versions}.", style="dim"))


def worst_table(evaluation: Evaluation, count: int, *, system: str) -> Table:
    """Lay out the pages a system does worst on, one line each."""
    table = Table(title=f"Worst pages of {system}", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), title_justify="left")
    table.add_column("F1", justify="right")
    table.add_column("corpus")
    table.add_column("split")
    table.add_column("type")
    table.add_column("page", overflow="fold")
    place = evaluation.systems.index(system)
    for value, page in evaluation.worst(count, system=system):
        failure = page.outcomes[place].failure
        name = Text(page.id + (f" ({page.renderer})" if page.renderer else "") + (f"\n{failure}" if failure else ""))
        table.add_row(figure(value), Text(page.corpus), page.split, page.page_type, name)
    return table


def figure(value: float | None) -> str:
    """Write a figure between 0 and 1 with three decimals, nothing for None.

    >>> figure(0.95042), figure(1.0), figure(None)
    ('.950', '1.00', '')
    """
    if value is None:
        return ""
    return "1.00" if value >= 0.9995 else f"{value:.3f}".removeprefix("0")


def _failure_lines(evaluation: Evaluation) -> list[Text]:
    lines = []
    for place, system in enumerate(evaluation.systems):
        failed = [page for page in evaluation.measurements if page.outcomes[place].failure]
        if failed:
            first = f"{failed[0].corpus} {failed[0].id}: {failed[0].outcomes[place].failure}"
            lines.append(Text(f"{system} raised on {len(failed)} pages, first {first}", style="red"))
    return lines


def _corpus_table(rows: list[Row]) -> Table:
    first = rows[0]
    title = ", ".join(part for part in (first.corpus, first.renderer or "HTML", first.split) if part)
    table = Table(title=Text(title), box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), title_justify="left")
    table.add_column("", no_wrap=True)
    for heading in ("P", "R", "F1", "words", "chars", "keep", "ms", "failed"):
        table.add_column(heading, justify="right", no_wrap=True)
    for _, group in groupby(rows, key=lambda row: row.group):
        members = list(group)
        pages = f"{members[0].pages} page" + "s" * (members[0].pages != 1)
        table.add_row(Text(f"{members[0].group}, {pages}", style="italic"))
        best = {name: max((getattr(row, name) or 0.0) for row in members) for name in _FIGURES}
        for row in members:
            table.add_row(Text(f"  {row.system}"), *_cells(row, best, alone=len(members) == 1))
    return table


_FIGURES = ("precision", "recall", "shingle_f1", "word_f1", "char_f1", "passage_f1")


def _cells(row: Row, best: dict[str, float], *, alone: bool) -> list[Text]:
    cells = []
    for name in _FIGURES:
        value = getattr(row, name)
        leads = value is not None and not alone and value == best[name]
        cells.append(Text(figure(value), style="bold" if leads else ""))
    failures = Text(str(row.failures) if row.failures else "", style="red")
    return [*cells, Text(f"{row.ms_median:.1f}"), failures]
