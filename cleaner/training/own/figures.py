"""Before and after: the dev pages cleaned with two weights files, measured as `cleaner evaluate` measures."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from cleaner.evaluation.gold import GoldPage
from cleaner.evaluation.measure import Job, measure_all
from cleaner.evaluation.metrics import mean_scores
from cleaner.evaluation.peers import OURS
from cleaner.settings import Settings

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["Figures", "figures_table", "measure_weights"]


@dataclass(frozen=True, slots=True)
class Figures:
    """How well some weights clean some pages, 0..1: means over pages, as in `cleaner evaluate`."""

    pages: int
    precision: float
    recall: float
    f1: float
    """Of 4-token shingles."""
    word_f1: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)


def measure_weights(pages: Iterable[GoldPage], weights: str | None) -> dict[str, Figures]:
    """Clean pages with a weights file (None: the packaged one); return figures by ``html`` and ``text``.

    Pages of HTML count as they are and flattened to plain text, pages of text only as text.
    """
    settings = Settings(weights=weights, metadata=False, detect_language=False)
    pages = list(pages)
    html = [page for page in pages if page.content_type == "html"]
    out = {}
    for name, chosen, as_text in (("html", html, False), ("text", pages, True)):
        if chosen:
            outcomes = [m.outcomes[0] for m in measure_all(chosen, Job((OURS,), settings, as_text), workers=1)]
            scores = mean_scores(outcome.shingles for outcome in outcomes if outcome.shingles is not None)
            words = statistics.fmean(outcome.word_f1 or 0.0 for outcome in outcomes)
            out[name] = Figures(len(chosen), scores.precision, scores.recall, scores.f1, words)
    return out


_LABELS = {"html": "as HTML", "text": "as plain text"}


def figures_table(rows: Sequence[tuple[str, dict[str, Figures]]]) -> Table:
    """Lay figures out for a terminal: for HTML and text, a line for each of ``rows`` (name, figures)."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from cleaner.evaluation.tables import figure

    table = Table(title="Dev pages", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), title_justify="left")
    table.add_column("", no_wrap=True)
    for heading in ("P", "R", "F1", "words"):
        table.add_column(heading, justify="right", no_wrap=True)
    for kind, label in _LABELS.items():
        measured = [(name, figures[kind]) for name, figures in rows if kind in figures]
        if measured:
            count = measured[0][1].pages
            table.add_row(Text(f"{label}, {count} page{'s' * (count != 1)}", style="italic"))
        for name, found in measured:
            cells = map(figure, (found.precision, found.recall, found.f1, found.word_f1))
            table.add_row(Text(f"  {name}"), *cells)
    return table
