"""Print an evaluation: rich tables that fit a terminal of 80 columns."""

from __future__ import annotations

import statistics
from itertools import groupby
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from cleaner.evaluation.measure import ORACLE
from cleaner.evaluation.peers import OURS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaner.evaluation.evaluate import Evaluation, Row
    from cleaner.evaluation.reliability import Bin, Reliability
    from cleaner.evaluation.sites import SiteReport, SiteRow
    from cleaner.evaluation.statuses import StatusFigures

__all__ = ["evaluation_table", "figure", "reliability_table", "sites_table", "worst_table"]

GOOD, SLACK = 0.95, 0.003
"""A site with less than the first should gain by its profile; one that loses more than the second is named."""

_LEGEND = (
    "P, R, F1: 4-token shingles. words: F1 of word bags. chars: F1 of character pairs (scripts without spaces). "
    "keep: F1 of passages that must stay or go. ms: median CPU time per page. failed: pages on which it raised."
)


def evaluation_table(evaluation: Evaluation, *, by: str | None = None) -> Group:
    """Lay all rows out, one table per corpus, renderer and split, the best figure of each group in bold.

    ``by`` groups the pages of all corpora by language or type instead.
    """
    parts: list[Table | Text] = []
    rows = evaluation.rows_by(by) if by else evaluation.rows()
    statuses = {} if by else {(s.corpus, s.renderer, s.split): s for s in evaluation.statuses()}
    for place, group in groupby(rows, key=lambda row: (row.corpus, row.renderer, row.split)):
        members = list(group)
        parts.append(_corpus_table(members))
        if place in statuses:
            parts.append(_status_lines(statuses[place]))
        if by:
            parts += _behind_lines(members)
    if by and not rows:
        parts.append(Text(f"No {by} has pages enough for figures of its own."))
    named = zip(evaluation.systems, evaluation.versions, strict=True)
    versions = ", ".join(f"{system} {version}".strip() for system, version in named)
    parts += _failure_lines(evaluation)
    return Group(*parts, Text(_LEGEND, style="dim"), Text(f"Systems: {versions}.", style="dim"))


def reliability_table(rows: Sequence[Reliability]) -> Group:
    """Lay reliability out: for each kind of input, a line a bin, counted by paragraphs and by words."""
    parts: list[Table | Text] = []
    for row in rows:
        table = Table(title=Text(row.name), box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), title_justify="left")
        table.add_column("score", no_wrap=True)
        for heading in ("paragraphs", "score", "body", "gap", "words", "score", "body", "gap"):
            table.add_column(heading, justify="right", no_wrap=True)
        for one, other in zip(row.by_paragraph.bins, row.by_words.bins, strict=True):
            table.add_row(f"{one.low:.2f}-{one.high:.2f}", *_bin_cells(one), *_bin_cells(other))
        left_out = f", {row.left_out} left out because the gold is not found on them" if row.left_out else ""
        errors = f"{figure(row.by_paragraph.error)} by paragraphs, {figure(row.by_words.error)} by words"
        parts += [table, Text(f"Expected calibration error: {errors} ({row.pages} pages{left_out}).\n")]
    legend = "score: mean score of the bin. body: share that is body. gap: body - score."
    return Group(*parts, Text(legend, style="dim"))


def _bin_cells(part: Bin) -> list[str]:
    if not part.weight:
        return ["", "", "", ""]
    return [f"{part.weight:.0f}", figure(part.score), figure(part.body), f"{part.body - part.score:+.3f}"]


def sites_table(report: SiteReport) -> Group:
    """Lay out what profiles gain: one table for HTML and for each program that flattened pages, a line a site."""
    parts: list[Table | Text] = []
    for renderer, group in groupby(report.rows, key=lambda row: row.renderer):
        rows = list(group)
        table = Table(title=Text(renderer or "HTML"), box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), title_justify="left")
        table.add_column("site", overflow="fold")
        for heading in ("pages", "without", "profile", "gain"):
            table.add_column(heading, justify="right", no_wrap=True)
        for row in rows:
            cells = (f"{row.pages}", f"{row.without:.4f}", f"{row.profile:.4f}", f"{row.gain:+.4f}")
            table.add_row(Text(row.site), *cells)
        before, after = (statistics.fmean(getattr(row, name) for row in rows) for name in ("without", "profile"))
        table.add_row("mean of the sites", "", f"{before:.4f}", f"{after:.4f}", f"{after - before:+.4f}")
        parts += [table, Text(_gain_line(rows))]
    if not parts:
        parts.append(Text(f"No site has {report.least} labelled pages."))
    left_out = f" {report.left_out:,} pages of other sites are left out." if report.left_out else ""
    legend = f"Mean word F1 of each site's pages. Sites have {report.least} pages or more.{left_out}"
    return Group(*parts, Text(legend, style="dim"))


def _gain_line(rows: list[SiteRow]) -> str:
    low = [row for row in rows if row.without < GOOD]
    fallen = [f"{row.site} {row.gain:+.4f}" for row in rows if row.gain < -SLACK]
    rising = f"Of {len(low)} sites below {figure(GOOD)}, {sum(row.gain > 0 for row in low)} rise."
    return f"{rising} By more than {figure(SLACK)} fall: {', '.join(fallen) or 'none'}.\n"


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


def _status_lines(figures: StatusFigures) -> Text:
    """Say how far ``not_article`` can be trusted, and on which pages that was counted."""
    articles = f"{figures.articles_refused} of {figures.articles} articles and documentations"
    if not figures.others:
        return Text(f"Called not_article: {articles}.\n")
    empty = f"; {figures.others_empty} were empty" if figures.others_empty else ""
    left_out = f"; {figures.left_out} pages of other types left out" if figures.left_out else ""
    others = f"{figures.others_refused} of {figures.others} collections, listings and products"
    return Text(
        f"not_article: precision {figure(figures.precision) or 'none'}, recall {figure(figures.recall)}. "
        f"Called so: {others}, {articles}{empty}{left_out}.\n"
    )


def _behind_lines(rows: list[Row]) -> list[Text]:
    """Say in which groups this cleaner is behind another system: by characters where words have no spaces."""
    lines = []
    for _, group in groupby(rows, key=lambda row: row.group):
        members = {row.system: row for row in group if row.system != ORACLE}
        ours = members.pop(OURS, None)
        for peer in members.values():
            name = "char_f1" if peer.char_f1 is not None and ours and ours.group.endswith(_UNSPACED) else "word_f1"
            mine, other = getattr(ours, name, None), getattr(peer, name)
            if mine is not None and other is not None and mine < other:
                unit = "characters" if name == "char_f1" else "words"
                lines.append(Text(f"Behind {peer.system} in {peer.group}: {unit} {figure(mine)} < {figure(other)}."))
    return lines


_UNSPACED = (" zh", " ja", " th")
"""Languages in which words say less than characters."""


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
        systems = [row for row in members if row.system != ORACLE]
        best = {name: max((getattr(row, name) or 0.0) for row in systems) for name in _FIGURES}
        for row in members:
            alone = len(systems) == 1 or row.system == ORACLE
            table.add_row(Text(f"  {row.system}"), *_cells(row, best, alone=alone))
    return table


_FIGURES = ("precision", "recall", "shingle_f1", "word_f1", "char_f1", "passage_f1")


def _cells(row: Row, best: dict[str, float], *, alone: bool) -> list[Text]:
    cells = []
    for name in _FIGURES:
        value = getattr(row, name)
        leads = value is not None and not alone and value == best[name]
        cells.append(Text(figure(value), style="bold" if leads else ""))
    failures = Text(str(row.failures) if row.failures else "", style="red")
    return [*cells, Text("" if row.system == ORACLE else f"{row.ms_median:.1f}"), failures]
