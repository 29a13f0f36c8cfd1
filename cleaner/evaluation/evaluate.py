"""Measure systems on labelled pages and sum up: one row for each group of pages and system."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from cleaner.errors import InputError, SetupError
from cleaner.evaluation.gold import read_all_gold
from cleaner.evaluation.labels import check_rapidfuzz
from cleaner.evaluation.measure import ORACLE, Job, Measurement, Outcome, measure_all
from cleaner.evaluation.metrics import mean_scores, pooled_scores
from cleaner.evaluation.peers import OURS, load_peer, peer_version
from cleaner.evaluation.statuses import StatusFigures, status_figures
from cleaner.settings import DEFAULTS, Settings

__all__ = ["ALL_CORPORA", "GROUPINGS", "MIN_LANGUAGE_PAGES", "Evaluation", "Row", "evaluate"]

MIN_LANGUAGE_PAGES = 10
"""A language gets a row of its own from this many pages; fewer say more about the pages than about the language."""

GROUPINGS = ("language", "type")
"""What pages of all corpora together can be grouped by."""

ALL_CORPORA = "all corpora"
"""Stands for the corpus in rows that sum up pages of several."""


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one system on a group of pages: 0..1, or None where no page of the group has the gold for it."""

    corpus: str
    renderer: str
    """Program that flattened the pages; '' for HTML."""
    split: str
    page_type: str | None
    """None: all types together."""
    language: str | None
    """None: all languages together. Never set together with ``page_type``."""
    system: str
    pages: int
    precision: float | None
    recall: float | None
    shingle_f1: float | None
    word_f1: float | None
    char_f1: float | None
    passage_precision: float | None
    passage_recall: float | None
    passage_f1: float | None
    ms_median: float
    """CPU milliseconds per page."""
    ms_mean: float
    failures: int
    """Pages on which the system raised."""

    @property
    def group(self) -> str:
        """The name of the group inside its corpus, e.g. ``all``, ``forum``, ``language el``."""
        if self.language is not None:
            return f"language {self.language}"
        if self.page_type is not None:
            return self.page_type or "no page type"
        return "all"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All measurements of a run; everything else is computed from them."""

    systems: tuple[str, ...]
    versions: tuple[str, ...]
    """Package version of each system, '' when it has none."""
    measurements: tuple[Measurement, ...]

    def rows(self) -> list[Row]:
        """Sum up per corpus, renderer and split: all pages, then each page type, then each larger language."""
        rows: list[Row] = []
        for _, measurements in groupby(sorted(self.measurements, key=_place), key=_place):
            pages = list(measurements)
            rows += self._rows_of(pages)
            types = sorted({page.page_type for page in pages})
            for page_type in types if len(types) > 1 else ():
                rows += self._rows_of([page for page in pages if page.page_type == page_type], page_type=page_type)
            languages = sorted({page.language for page in pages} - {""})
            for language in languages if len(languages) > 1 else ():
                spoken = [page for page in pages if page.language == language]
                if len(spoken) >= MIN_LANGUAGE_PAGES:
                    rows += self._rows_of(spoken, language=language)
        return rows

    def rows_by(self, grouping: str) -> list[Row]:
        """Sum up per renderer and split, the pages of all corpora together: one group a language or page type.

        Groups of fewer than MIN_LANGUAGE_PAGES pages, and pages that have no language or type, are left out. Raises
        SetupError (``unknown_grouping``) for what is not in GROUPINGS.
        """
        if grouping not in GROUPINGS:
            raise SetupError(
                "unknown_grouping", f"Pages can be grouped by {' or '.join(GROUPINGS)}, not by {grouping}."
            )
        attribute = "page_type" if grouping == "type" else grouping
        rows: list[Row] = []
        for _, pages in groupby(sorted(self.measurements, key=_pooled_place), key=_pooled_place):
            groups: dict[str, list[Measurement]] = {}
            for page in pages:
                groups.setdefault(getattr(page, attribute), []).append(page)
            for name, members in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
                if name and len(members) >= MIN_LANGUAGE_PAGES:
                    rows += [replace(row, corpus=ALL_CORPORA) for row in self._rows_of(members, **{attribute: name})]
        return rows

    def statuses(self) -> list[StatusFigures]:
        """Say how far ``not_article`` can be trusted, per corpus, renderer and split with page types."""
        return status_figures(self.measurements)

    def worst(self, count: int, *, system: str = OURS) -> list[tuple[float, Measurement]]:
        """Return the pages a system does worst on, with its shingle F1 (passage F1 if there is no body), worst first.

        Raises SetupError (``unknown_peer``) if the system was not part of the run.
        """
        if system not in self.systems:
            raise SetupError("unknown_peer", f"'{system}' was not measured, only {', '.join(self.systems)}.")
        place = self.systems.index(system)
        scored = [(_page_f1(page.outcomes[place]), page) for page in self.measurements]
        return sorted(scored, key=lambda pair: (pair[0], pair[1].corpus, pair[1].id))[:count]

    def to_dict(self, *, pages: bool = False, by: str | None = None) -> dict[str, Any]:
        """Return plain data for JSON: systems with versions, the rows, and with ``pages`` every measurement.

        The rows are those of :meth:`rows`, or with ``by`` those of :meth:`rows_by`.
        """
        data: dict[str, Any] = {
            "format": 1,
            "systems": dict(zip(self.systems, self.versions, strict=True)),
            "rows": [asdict(row) for row in (self.rows_by(by) if by else self.rows())],
            "statuses": [figures.to_dict() for figures in self.statuses()],
        }
        if pages:
            data["pages"] = [asdict(page) for page in self.measurements]
        return data

    def to_table(self, *, by: str | None = None) -> Any:
        """Return a rich renderable with one table per corpus, renderer and split; it fits 80 columns.

        With ``by`` it is one table per renderer and split, over all corpora (:meth:`rows_by`).
        """
        from cleaner.evaluation.tables import evaluation_table

        return evaluation_table(self, by=by)

    def to_worst_table(self, count: int, *, system: str = OURS) -> Any:
        """Return a rich table of :meth:`worst`."""
        from cleaner.evaluation.tables import worst_table

        return worst_table(self, count, system=system)

    def _rows_of(
        self, pages: Sequence[Measurement], *, page_type: str | None = None, language: str | None = None
    ) -> list[Row]:
        return [
            _row(pages, place, page_type=page_type, language=language, system=system)
            for place, system in enumerate(self.systems)
        ]


def evaluate(
    paths: Iterable[str | Path],
    *,
    against: Iterable[str] = (),
    as_text: bool = False,
    split: str | None = None,
    limit: int | None = None,
    settings: Settings = DEFAULTS,
    workers: int = 1,
    ours: bool = True,
    on_page: Callable[[Measurement], None] | None = None,
) -> Evaluation:
    """Measure this cleaner and the peers named in ``against`` on labelled pages.

    The name ``oracle`` stands for a perfect choice among our paragraphs (ORACLE_SHARE of their tokens are the gold's):
    what segmenting alone would allow.

    Each path is a Parquet file, a folder of pages (see :mod:`cleaner.evaluation.gold`), or a folder of Parquet files.
    Every system sees a page before the next page is read, the first one changing from page to page, so that times of
    one run can be compared. A system that raises on a page gets an empty text for it and a failure.

    ``as_text`` flattens HTML first, every paragraph of the page, a blank line between; the time for that is nobody's.
    ``split`` takes pages of that split only, ``limit`` at most so many pages per corpus and renderer. ``settings`` are
    ours. ``workers`` above 1 spreads pages over processes with one thread each; in this process numpy uses as many
    threads as it was started with. ``ours=False`` leaves this cleaner out. ``on_page`` is called after each page.

    Raises InputError for data that cannot be read or when no page is left (``gold_empty``), SetupError for an unknown
    or missing system, RunError (``worker_died``) when a worker process was killed.
    """
    job = _prepare([*([OURS] if ours else []), *against], as_text=as_text, settings=settings, workers=workers)
    pages = read_all_gold(paths, split=split, limit=limit)
    measurements = []
    for measurement in measure_all(pages, job, workers=workers):
        measurements.append(measurement)
        if on_page is not None:
            on_page(measurement)
    if not measurements:
        raise InputError(
            "gold_empty", f"There is no labelled page{f' of split {split}' if split else ''} in what was named."
        )
    systems, versions = job.systems, tuple(peer_version(name) for name in job.systems)
    if job.oracle:
        systems, versions = (*systems, ORACLE), (*versions, "")
    return Evaluation(systems, versions, tuple(measurements))


def _prepare(names: Iterable[str], *, as_text: bool, settings: Settings, workers: int) -> Job:
    """Return what is to be measured; what is wrong or missing fails here, before the first page."""
    wanted = dict.fromkeys(names)
    if not wanted:
        raise SetupError("no_system", "There is nothing to measure: ours=False, and against names no system.")
    if workers < 1:
        raise SetupError("bad_workers", f"workers must be at least 1, but is {workers}.")
    systems = tuple(name for name in wanted if name != ORACLE)
    for name in systems:
        load_peer(name, settings=settings)
    if ORACLE in wanted:
        check_rapidfuzz()
    return Job(systems, settings=settings, as_text=as_text, oracle=ORACLE in wanted)


def _place(page: Measurement) -> tuple[str, str, str]:
    return page.corpus, page.renderer, page.split


def _pooled_place(page: Measurement) -> tuple[str, str]:
    return page.renderer, page.split


def _row(pages: Sequence[Measurement], place: int, *, page_type: str | None, language: str | None, system: str) -> Row:
    outcomes = [page.outcomes[place] for page in pages]
    shingles = [outcome.shingles for outcome in outcomes if outcome.shingles is not None]
    passages = [outcome.passages for outcome in outcomes if outcome.passages is not None]
    scores = mean_scores(shingles) if shingles else None
    survival = pooled_scores(passages) if passages else None
    times = [outcome.cpu_seconds * 1000 for outcome in outcomes]
    return Row(
        corpus=pages[0].corpus,
        renderer=pages[0].renderer,
        split=pages[0].split,
        page_type=page_type,
        language=language,
        system=system,
        pages=len(pages),
        precision=scores.precision if scores else None,
        recall=scores.recall if scores else None,
        shingle_f1=scores.f1 if scores else None,
        word_f1=_mean([outcome.word_f1 for outcome in outcomes]),
        char_f1=_mean([outcome.char_f1 for outcome in outcomes]),
        passage_precision=survival.precision if survival else None,
        passage_recall=survival.recall if survival else None,
        passage_f1=survival.f1 if survival else None,
        ms_median=statistics.median(times),
        ms_mean=statistics.fmean(times),
        failures=sum(bool(outcome.failure) for outcome in outcomes),
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None


def _page_f1(outcome: Outcome) -> float:
    overlap = outcome.shingles or outcome.passages
    return overlap.f1 if overlap else 0.0
