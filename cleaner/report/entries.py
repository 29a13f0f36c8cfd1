"""What a report on many documents keeps of each: a row for the list, and counts to be added up."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaner.article import Article
from cleaner.batch import Outcome
from cleaner.page import KINDS
from cleaner.report.charts import BINS, bin_of, shape_of
from cleaner.report.markup import script_data, shown

__all__ = ["COLUMNS", "ROWS_PER_FILE", "Entry", "entry_data", "entry_of", "read_entry", "row_of"]

ROWS_PER_FILE = 500
"""Documents in one data file, some 150 kB; the scripts are told by the pages."""


COLUMNS = (
    "href",
    "title",
    "name",
    "site",
    "status",
    "confidence",
    "kept",
    "paragraphs",
    "characters",
    "kinds",
    "shape",
    "date",
    "message",
)
"""What stands where in a row of a data file; ``assets/index.js`` has the same list, which a test compares."""

_PLACE = {kind: place for place, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Entry:
    """What crosses from the process that cleaned a document: a few hundred bytes, whatever the page."""

    href: str
    """Where the page view is, as a relative URL in the folder of the report."""
    title: str
    name: str
    site: str
    confidence: float
    kept: int
    kinds: tuple[int, ...]
    """Paragraphs of each kind, in the order of :data:`cleaner.page.KINDS`."""
    kept_scores: tuple[int, ...]
    dropped_scores: tuple[int, ...]
    """Paragraphs in each column of the histogram."""
    shape: str
    date: str


def entry_of(article: Article, *, href: str) -> Entry:
    """Return what the list of documents and its counts need of an article."""
    kinds = [0] * len(KINDS)
    kept, dropped = [0] * BINS, [0] * BINS
    for paragraph in article.paragraphs:
        kinds[_PLACE[paragraph.kind]] += 1
        (kept if paragraph.kept else dropped)[bin_of(paragraph.score)] += 1
    metadata = article.metadata
    return Entry(
        href=href,
        title=shown(metadata.title, limit=160),
        name=shown(article.source, limit=200),
        site=shown(metadata.domain or metadata.site_name, limit=80),
        confidence=article.confidence,
        kept=sum(kept),
        kinds=tuple(kinds),
        kept_scores=tuple(kept),
        dropped_scores=tuple(dropped),
        shape=shape_of(article.paragraphs),
        date=shown(metadata.date_published, limit=40)[:10],
    )


_ENTRY_BEGINS, _ENTRY_ENDS = '<script type="application/json" id="entry">', "</script>"
_ENTRY_BYTES = 16_384
"""An entry stands in the first so many bytes of its page view."""


def entry_data(entry: Entry) -> str:
    """Return an entry as markup that shows nothing, for its page view; :func:`read_entry` finds it there."""
    return f"{_ENTRY_BEGINS}{script_data(dataclasses.astuple(entry))}{_ENTRY_ENDS}"


def read_entry(folder: Path, href: str) -> Entry | None:
    """Return the entry that a page view holds, so that a run goes on with what an earlier one has done.

    None when there is no such view, or none of this version.
    """
    try:
        with (folder / href).open("rb") as file:
            head = file.read(_ENTRY_BYTES).decode("utf-8", "replace")
        values = json.loads(head.partition(_ENTRY_BEGINS)[2].partition(_ENTRY_ENDS)[0])
        tuples: Any = [tuple(value) if isinstance(value, list) else value for value in values]
        entry = Entry(*tuples)
    except (OSError, ValueError, TypeError):
        return None
    counts = (entry.kinds, entry.kept_scores, entry.dropped_scores)
    is_ours = entry.href == href and [len(some) for some in counts] == [len(KINDS), BINS, BINS]
    return entry if is_ours else None


def row_of(outcome: Outcome, entry: Entry | None) -> list[Any]:
    """Return the row of a document for a data file, in the order of :data:`COLUMNS`; without entry it has no view."""
    message = f"{outcome.code}: {outcome.message}" if outcome.code else " ".join(outcome.warnings[:3])
    if entry is None:
        entry = Entry("", "", "", "", 0.0, 0, (), (), (), "", "")
    return [
        entry.href,
        entry.title,
        entry.name or shown(outcome.path, limit=200),
        entry.site,
        outcome.status,
        entry.confidence if entry.href else None,
        entry.kept,
        sum(entry.kinds),
        outcome.characters,
        _bits(entry.kinds),
        entry.shape,
        entry.date,
        shown(message),
    ]


def _bits(kinds: Sequence[int]) -> int:
    """Return which kinds occur, as one number: bit n for the n-th kind.

    >>> _bits((3, 0, 1))
    5
    """
    return sum(1 << place for place, count in enumerate(kinds) if count)
