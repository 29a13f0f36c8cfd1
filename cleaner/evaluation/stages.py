"""Where the time of a page goes: each stage of ``clean()`` timed inside the real run, without what it calls."""

from __future__ import annotations

import importlib
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from cleaner.errors import CleanerError, SetupError
from cleaner.evaluation.gold import GoldPage
from cleaner.settings import DEFAULTS, Settings

__all__ = ["STAGES", "StageTime", "profile"]

STAGES: Mapping[str, tuple[str, str]] = {
    "decode": ("cleaner.decode", "decode"),
    "segment": ("cleaner.segment", "segment"),
    "features": ("cleaner.features", "extract"),
    "network": ("cleaner.score", "predict"),
    "decide": ("cleaner.score", "decide"),
    "metadata": ("cleaner.metadata", "describe"),
    "language": ("cleaner.language", "detect_language"),
    "assemble": ("cleaner.assemble", "assemble"),
}
"""Stage -> the function that is timed, as (module, name), wherever in the package it is called. Time in a function of
another stage counts for that one: ``decide`` is all of score() after the network."""

REST = "rest"
"""What clean() does between the stages."""


@dataclass(frozen=True, slots=True)
class StageTime:
    """The CPU time of one stage over all pages of a run."""

    stage: str
    ms_mean: float
    ms_median: float
    share: float
    """Of the time of all pages together, 0..1."""


class _Clock:
    """Adds CPU time up by stage; the time of an inner stage is not the outer one's."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._running: list[str] = []
        self._since = 0.0

    def enter(self, stage: str) -> None:
        self._book()
        self._running.append(stage)

    def leave(self) -> None:
        self._book()
        self._running.pop()

    def _book(self) -> None:
        now = time.process_time()
        if self._running:
            stage = self._running[-1]
            self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._since
        self._since = now


def profile(pages: Sequence[GoldPage], *, settings: Settings = DEFAULTS) -> list[StageTime]:
    """Clean the pages and return the time of every stage, in the order of the flow, then the rest and ``total``.

    The first page is cleaned once before, so that nothing is loaded inside the measurement. Pages that raise count
    with the time they took. Raises SetupError (``no_pages``).
    """
    if not pages:
        raise SetupError("no_pages", "There is no page to time.")
    clock = _Clock()
    runs: list[dict[str, float]] = []
    _clean(pages[0], settings)
    with _timed(clock):
        for page in pages:
            clock.seconds = {}
            clock.enter(REST)
            _clean(page, settings)
            clock.leave()
            runs.append(clock.seconds)
    total = sum(sum(run.values()) for run in runs)
    rows = [_sum_up(stage, [run.get(stage, 0.0) for run in runs], total) for stage in (*STAGES, REST)]
    return [*rows, _sum_up("total", [sum(run.values()) for run in runs], total)]


def _clean(page: GoldPage, settings: Settings) -> None:
    from cleaner.pipeline import clean

    with suppress(CleanerError):
        clean(page.source, url=page.url, content_type=page.content_type, settings=settings)


@contextmanager
def _timed(clock: _Clock) -> Iterator[None]:
    """Put timed functions in the place of the stages' own, in every module of the package that knows them."""
    originals = []
    for stage, (home, name) in STAGES.items():
        function = getattr(importlib.import_module(home), name)
        timed = _wrap(clock, stage, function)
        for module in [module for key, module in sys.modules.items() if key.partition(".")[0] == "cleaner"]:
            if getattr(module, name, None) is function:
                originals.append((module, name, function))
                setattr(module, name, timed)
    try:
        yield
    finally:
        for module, name, function in originals:
            setattr(module, name, function)


def _wrap(clock: _Clock, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*arguments: Any, **options: Any) -> Any:
        clock.enter(stage)
        try:
            return function(*arguments, **options)
        finally:
            clock.leave()

    return run


def _sum_up(stage: str, seconds: Sequence[float], total: float) -> StageTime:
    return StageTime(
        stage,
        ms_mean=statistics.fmean(seconds) * 1000,
        ms_median=statistics.median(seconds) * 1000,
        share=sum(seconds) / total if total else 0.0,
    )
