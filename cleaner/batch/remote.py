"""The documents of a run, done elsewhere in batches: what an engine of :func:`cleaner.batch.clean_tree` is made of.

The engine brings workers that live on some machine (:class:`BatchWorker`), and says how a batch is sent to one and how
its outcomes are taken. What is sent when, and in which order it comes back, is the same for all engines.
"""

from __future__ import annotations

import functools
import os
import platform
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any, Protocol

from cleaner.batch.limits import Limits
from cleaner.batch.plan import Task
from cleaner.batch.report import Outcome
from cleaner.batch.work import Recipe, clean_task
from cleaner.batch.workers import Pool, Work, lost_task
from cleaner.errors import RunError

__all__ = ["BatchWorker", "Engine", "run_elsewhere"]

_BATCH_TASKS = 16
"""Documents that are sent to a worker together: a call costs Ray a millisecond or two, a document takes twenty."""
_BATCH_BYTES = 8_000_000
"""... unless they are large."""
_MOST_AHEAD = 10_000
"""Entries that wait behind a slow batch, where an earlier run has done most documents."""
_AHEAD = 4
"""Batches on their way for each worker: enough to keep it busy behind a slow document of another one."""


class BatchWorker:
    """Cleans batches of documents on some machine, in a process that has a deadline for each."""

    def __init__(self, folder: str, recipe: Recipe, work: Work, limits: Limits) -> None:
        """Name the ``folder`` where the command runs, from which paths count."""
        self.folder = folder
        self.pool: Pool[Task, Outcome] = Pool(recipe, 1, work, limits, functools.partial(lost_task, recipe))

    def clean(self, tasks: list[Task]) -> list[Outcome]:
        """Return the outcome of each task. Raises RunError ``no_cluster`` where the folder is not to be seen."""
        if self.folder:
            try:
                os.chdir(self.folder)
            except OSError as error:
                message = f"The node {platform.node()} does not see the folder {self.folder} ({error.strerror})."
                message += " Inputs and output must be where every node sees them."
                raise RunError("no_cluster", message) from error
            self.folder = ""
        return list(self.pool.run(iter(tasks)))


class Engine(Protocol):
    """What an engine does for :func:`run_elsewhere`."""

    def start(self, *worker: Any) -> list[Any]:
        """Return workers, each a :class:`BatchWorker` made of these arguments somewhere."""

    def send(self, worker: Any, batch: list[Task]) -> Any:
        """Have a worker clean a batch; return a promise of the outcomes."""

    def is_done(self, promised: Any) -> bool:
        """Tell whether the outcomes are there."""

    def take(self, promised: Any) -> list[Outcome]:
        """Wait for the outcomes. Raises CleanerError; a batch whose machine dies is done again by the engine."""


def run_elsewhere(
    engine: Engine,
    tasks: Iterable[Task | Outcome],
    recipe: Recipe,
    *,
    jobs: int = 1,  # noqa: ARG001 - the number of workers is that of the engine
    stop: Callable[[], bool] = lambda: False,
    work: Work = clean_task,
    limits: Limits | None = None,
    record: Callable[[Outcome], Outcome] = lambda outcome: outcome,
) -> Generator[Outcome, None, None]:
    """Yield the outcome of each task in their order, as :func:`cleaner.batch.run_tasks` does.

    To do a document twice is harmless: its files are written whole or not at all, and its outcome is told once.
    """
    queue = _Queue(engine, engine.start(os.getcwd(), recipe, work, limits or Limits()))  # noqa: PTH109 - a str
    try:
        for batch in _batches(tasks, stop):
            queue.hand_out(batch)
            while queue.is_full() or queue.has_first():
                yield from queue.first(record)
        while queue.ahead:
            yield from queue.first(record)
    finally:
        queue.clear()


class _Queue:
    """What is on its way, and to whom."""

    def __init__(self, engine: Engine, workers: list[Any]) -> None:
        self.engine = engine
        self.load = dict.fromkeys(workers, 0)
        """Worker -> batches on their way to it."""
        self.ahead: deque[tuple[Any, Any]] = deque()
        """(worker, promise) of each batch in the order of the documents; (None, Outcome) for what is known already."""

    def hand_out(self, batch: list[Task] | Outcome) -> None:
        """Send a batch to the worker that has the least to do."""
        if isinstance(batch, Outcome):
            self.ahead.append((None, batch))
            return
        worker = min(self.load, key=lambda one: self.load[one])
        self.load[worker] += 1
        self.ahead.append((worker, self.engine.send(worker, batch)))

    def is_full(self) -> bool:
        """Tell whether nothing more is to be begun."""
        return len(self.ahead) > _MOST_AHEAD or sum(self.load.values()) > _AHEAD * len(self.load)

    def has_first(self) -> bool:
        """Tell whether the first on its way is there."""
        return bool(self.ahead) and (self.ahead[0][0] is None or self.engine.is_done(self.ahead[0][1]))

    def first(self, record: Callable[[Outcome], Outcome]) -> Iterator[Outcome]:
        """Wait for the first on its way, and yield its outcomes."""
        worker, promised = self.ahead.popleft()
        if worker is None:
            yield promised
            return
        outcomes = self.engine.take(promised)
        self.load[worker] -= 1
        yield from map(record, outcomes)

    def clear(self) -> None:
        """Let go of the workers, which leave their cores to those of the next run."""
        self.ahead.clear()
        self.load.clear()


def _batches(tasks: Iterable[Task | Outcome], stop: Callable[[], bool]) -> Iterator[list[Task] | Outcome]:
    """Put tasks together; what is known already keeps its place between them."""
    batch: list[Task] = []
    held = 0
    for task in tasks:
        if stop():
            return
        if batch and (isinstance(task, Outcome) or len(batch) == _BATCH_TASKS or held + task.size > _BATCH_BYTES):
            yield batch
            batch, held = [], 0
        if isinstance(task, Outcome):
            yield task
        else:
            batch.append(task)
            held += task.size
    if batch:
        yield batch
