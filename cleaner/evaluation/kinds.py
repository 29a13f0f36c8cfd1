"""Measure kinds: what the cleaner calls paragraphs, against what a person called them."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from cleaner.errors import CleanerError, InputError
from cleaner.evaluation.gold import GoldPage
from cleaner.evaluation.kinds_gold import (
    LabelledParagraph,
    find_paragraphs,
    labelled_pages,
    page_folders,
    read_kinds,
)
from cleaner.page import ARTICLE_KINDS, KINDS, Kind
from cleaner.settings import DEFAULTS, Settings

__all__ = ["MIN_KIND_ROWS", "KindFigures", "KindReport", "Named", "evaluate_kinds"]

MIN_KIND_ROWS = 15
"""A kind with fewer labelled paragraphs is left out of the macro F1: one paragraph more would move it by 0.01."""


class Named(NamedTuple):
    """One labelled paragraph that was found, and what the cleaner called it."""

    gold: Kind
    found: Kind
    sure: bool
    """Whether the person was sure."""
    match: str
    """How it was found: ``exact``, ``letters`` or ``part`` (:class:`cleaner.evaluation.kinds_gold.Place`)."""


@dataclass(frozen=True, slots=True)
class KindFigures:
    """Figures of a set of labelled paragraphs; shares are 0..1, or None without a paragraph to count."""

    paragraphs: int
    accuracy: float | None
    """Share called what the person called it."""
    side_accuracy: float | None
    """Share on the right side: article (ARTICLE_KINDS) or chrome (CHROME_KINDS)."""
    macro_f1: float | None
    """Mean F1 over the kinds with MIN_KIND_ROWS labelled paragraphs in the set."""
    macro_kinds: int
    """How many kinds that are."""


@dataclass(frozen=True, slots=True)
class KindReport:
    """What :func:`evaluate_kinds` found; everything else is computed from it."""

    named: tuple[Named, ...]
    not_found: int
    """Labelled paragraphs that are not on their page as it was segmented."""
    without_page: int
    """Labelled paragraphs whose page is not among the pages, or could not be cleaned."""
    pages: int
    as_text: bool

    def figures(self, *, sure_only: bool = False) -> KindFigures:
        """Return the figures over all found paragraphs, or over those the person was sure of."""
        named = [row for row in self.named if row.sure or not sure_only]
        large = [kind for kind, count in Counter(row.gold for row in named).items() if count >= MIN_KIND_ROWS]
        counts = self.counts(sure_only=sure_only)
        same_side = [(row.gold in ARTICLE_KINDS) == (row.found in ARTICLE_KINDS) for row in named]
        return KindFigures(
            paragraphs=len(named),
            accuracy=_mean([float(row.gold == row.found) for row in named]),
            side_accuracy=_mean([float(same) for same in same_side]),
            macro_f1=_mean([kind_scores(counts, kind)[2] for kind in sorted(large)]),
            macro_kinds=len(large),
        )

    def counts(self, *, sure_only: bool = False) -> Counter[tuple[Kind, Kind]]:
        """Return the confusion matrix: how many paragraphs of (kind by the person, kind by the cleaner) there are."""
        return Counter((row.gold, row.found) for row in self.named if row.sure or not sure_only)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON: the figures, the matrices by row (the person's kind), and what was not found."""
        data: dict[str, Any] = {
            "format": 1,
            "input": "text" if self.as_text else "html",
            "pages": self.pages,
            "not_found": self.not_found,
            "without_page": self.without_page,
            "matches": dict(Counter(row.match for row in self.named)),
        }
        for name, sure_only in (("all", False), ("sure", True)):
            figures, counts = self.figures(sure_only=sure_only), self.counts(sure_only=sure_only)
            data[name] = {
                "paragraphs": figures.paragraphs,
                "accuracy": figures.accuracy,
                "side_accuracy": figures.side_accuracy,
                "macro_f1": figures.macro_f1,
                "macro_kinds": figures.macro_kinds,
                "kinds": {str(kind): _kind_dict(counts, kind) for kind in KINDS if _rows_of(counts, kind)},
                "confusion": _matrix(counts),
            }
        return data

    def to_table(self) -> Any:
        """Return a rich renderable with the figures and the confusion matrix; it fits 80 columns."""
        from cleaner.evaluation.kinds_table import kinds_table

        return kinds_table(self)


def evaluate_kinds(
    kinds_path: str | Path,
    paths: Iterable[str | Path] = (),
    *,
    as_text: bool = False,
    settings: Settings = DEFAULTS,
    on_page: Callable[[GoldPage], None] | None = None,
) -> KindReport:
    """Clean the pages of a kinds file and compare the kinds, paragraph by paragraph.

    ``paths`` are where the pages are: Parquet files with a column ``id``, or a folder that the file's ``page`` is
    relative to; by default the corpora that the file names, else the folder it stands in. ``as_text`` flattens HTML
    first, so that only the paragraph and its neighbours are known. ``settings`` are the cleaner's; metadata, language
    and reasons are not asked for. ``on_page`` is called after each page.

    Raises InputError for a kinds file that cannot be read, or when none of its paragraphs is found
    (``kinds_not_found``), and what reading the pages raises.
    """
    rows = read_kinds(kinds_path)
    paths = list(paths) or page_folders(rows, kinds_path)
    settings = replace(settings, metadata=False, detect_language=False, reasons=False)
    named: list[Named] = []
    pages = searched = 0
    for page, labelled in labelled_pages(rows, paths):
        found = _name(page, labelled, as_text=as_text, settings=settings)
        if found is not None:
            named += found
            pages += 1
            searched += len(labelled)
        if on_page is not None:
            on_page(page)
    if not named:
        raise InputError(
            "kinds_not_found",
            f"None of the paragraphs of {kinds_path} was found in {', '.join(map(str, paths))}. Name the pages it "
            "belongs to.",
            where=str(kinds_path),
        )
    return KindReport(
        tuple(named),
        not_found=searched - len(named),
        without_page=len(rows) - searched,
        pages=pages,
        as_text=as_text,
    )


def kind_scores(counts: Counter[tuple[Kind, Kind]], kind: Kind) -> tuple[float, float, float]:
    """Return precision, recall and F1 of one kind, each 0..1; 0.0 where there is nothing to count."""
    right = counts[kind, kind]
    called = sum(count for (_, found), count in counts.items() if found == kind)
    labelled = _rows_of(counts, kind)
    return (
        right / called if called else 0.0,
        right / labelled if labelled else 0.0,
        2 * right / (called + labelled) if called + labelled else 0.0,
    )


def _name(
    page: GoldPage, rows: Sequence[LabelledParagraph], *, as_text: bool, settings: Settings
) -> list[Named] | None:
    """Clean a page and name the labelled paragraphs found on it; None if it cannot be cleaned."""
    from cleaner.pipeline import clean, render_whole_page

    source, content_type = page.source, page.content_type
    try:
        if as_text and content_type == "html":
            source, content_type = render_whole_page(source, url=page.url), "text"
        article = clean(source, url=page.url, content_type=content_type, settings=settings)
    except CleanerError:
        return None
    paragraphs = article.paragraphs
    places = find_paragraphs(rows, [part.text for part in paragraphs], [part.tag for part in paragraphs])
    return [
        Named(row.kind, paragraphs[place.paragraph].kind, row.sure, place.match)
        for row, place in zip(rows, places, strict=True)
        if place.paragraph >= 0
    ]


def _rows_of(counts: Counter[tuple[Kind, Kind]], kind: Kind) -> int:
    return sum(count for (gold, _), count in counts.items() if gold == kind)


def _kind_dict(counts: Counter[tuple[Kind, Kind]], kind: Kind) -> dict[str, float]:
    precision, recall, f1 = kind_scores(counts, kind)
    return {"paragraphs": _rows_of(counts, kind), "precision": precision, "recall": recall, "f1": f1}


def _matrix(counts: Counter[tuple[Kind, Kind]]) -> dict[str, dict[str, int]]:
    matrix: dict[str, dict[str, int]] = {}
    for gold in KINDS:
        row = {str(found): counts[gold, found] for found in KINDS if counts[gold, found]}
        if row:
            matrix[str(gold)] = row
    return matrix


def _mean(values: Sequence[float]) -> float | None:
    return statistics.fmean(values) if values else None
