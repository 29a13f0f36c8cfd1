"""The documents of a run, cleaned by a Ray cluster: ``cleaner clean ... --engine ray``.

Extra ``ray``. Only where a document is cleaned is another: finding, names, ledger, duplicates and shared files are
those of :func:`cleaner.batch.clean_tree`, on the machine where the command runs.
"""

from __future__ import annotations

import contextlib
import functools
import os
import platform
import socket
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

from cleaner.batch import Limits, Outcome, Recipe, RunTasks, Task, clean_task
from cleaner.batch.workers import Pool, Work, lost_task
from cleaner.errors import RunError, SetupError

__all__ = ["ray_engine"]

_BATCH_TASKS = 16
"""Documents that are sent to an actor together: a call costs Ray a millisecond or two, a document takes twenty."""
_BATCH_BYTES = 8_000_000
"""... unless they are large."""
_REACH_SECONDS = 10.0
"""How long a cluster may take to answer a knock."""
_MOST_AHEAD = 10_000
"""Entries that wait behind a slow batch, where an earlier run has done most documents."""
_AHEAD = 4
"""Batches on their way for each actor: enough to keep it busy behind a slow document of another one."""


@contextlib.contextmanager
def ray_engine(*, jobs: int | None, address: str | None = None) -> Iterator[RunTasks]:
    """Connect to a cluster, or start one on this machine; give what :func:`cleaner.batch.clean_tree` runs tasks with.

    ``address`` is as Ray has it: ``auto``, ``host:6379`` or ``ray://host:10001``; without it a cluster of ``jobs``
    cores is started here and ended afterwards, and no usage figures are sent. ``jobs`` is the number of actors, by
    default the cores of the cluster. Raises SetupError ``missing_extra``, RunError ``no_cluster``.
    """
    try:
        import ray
    except ImportError as error:
        message = "The engine ray needs Ray. Try: pip install 'article-cleaner[ray]'"
        raise SetupError("missing_extra", message) from error
    if address:
        _check_address(address)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    options: dict[str, Any] = {"address": address} if address else {"num_cpus": jobs, "include_dashboard": False}
    try:
        ray.init(**options, log_to_driver=False, logging_level="error")
    except (ConnectionError, OSError, ValueError, RuntimeError) as error:
        where = f"at {address}" if address else "on this machine"
        raise RunError("no_cluster", f"There is no Ray cluster {where}: {error}") from error
    try:
        cores = int(ray.cluster_resources().get("CPU", 1))
        yield _Engine(ray, jobs or max(1, cores)).run
    finally:
        ray.shutdown()


def _check_address(address: str) -> None:
    """Find out in seconds that nobody is there; Ray itself takes minutes. Raises RunError ``no_cluster``."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        return  # "auto" and the like
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_REACH_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise RunError("no_cluster", f"There is no Ray cluster at {address}: {error}.") from error


class _Actor:
    """Cleans batches of documents on some node, in a process that has a deadline for each."""

    def __init__(self, folder: str, recipe: Recipe, work: Work, limits: Limits) -> None:
        self.folder = folder
        """Where the command runs; paths count from there."""
        self.pool: Pool[Task, Outcome] = Pool(recipe, 1, work, limits, functools.partial(lost_task, recipe))

    def clean(self, tasks: list[Task]) -> list[Outcome]:
        """Return the outcome of each task."""
        if self.folder:
            try:
                os.chdir(self.folder)
            except OSError as error:
                message = f"The node {platform.node()} does not see the folder {self.folder} ({error.strerror})."
                message += " Inputs and output must be where every node sees them."
                raise RunError("no_cluster", message) from error
            self.folder = ""
        return list(self.pool.run(iter(tasks)))


class _Engine:
    """The actors and what they are busy with."""

    def __init__(self, ray: Any, actors: int) -> None:
        self.ray, self.count = ray, actors
        self.load: dict[Any, int] = {}
        """Actor -> batches on their way to it."""
        self.ahead: deque[tuple[Any, Any]] = deque()
        """(actor, reference) of each batch in the order of the documents; (None, Outcome) for what is known already."""

    def run(
        self,
        tasks: Iterable[Task | Outcome],
        recipe: Recipe,
        *,
        jobs: int = 1,  # noqa: ARG002 - the number of actors is that of the engine
        stop: Callable[[], bool] = lambda: False,
        work: Work = clean_task,
        limits: Limits | None = None,
        record: Callable[[Outcome], Outcome] = lambda outcome: outcome,
    ) -> Generator[Outcome, None, None]:
        """Yield the outcome of each task in their order, as :func:`cleaner.batch.run_tasks` does.

        A batch whose actor or node dies is done again by the actor's successor. To do a document twice is harmless:
        its files are written whole or not at all, and its outcome is told once.
        """
        remote = self.ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=-1)(_Actor)
        given = (str(Path.cwd()), recipe, work, limits or Limits())
        self.load = {remote.remote(*given): 0 for _ in range(self.count)}
        try:
            for batch in _batches(tasks, stop):
                self.hand_out(batch)
                while self.is_full() or (self.ahead and self.is_done(*self.ahead[0])):
                    yield from self.first(record)
            while self.ahead:
                yield from self.first(record)
        finally:
            self.ahead.clear()
            self.load.clear()  # the actors end, and leave their cores to those of the next run

    def hand_out(self, batch: list[Task] | Outcome) -> None:
        """Send a batch to the actor that has the least to do."""
        if isinstance(batch, Outcome):
            self.ahead.append((None, batch))
            return
        actor = min(self.load, key=lambda one: self.load[one])
        self.load[actor] += 1
        self.ahead.append((actor, actor.clean.remote(batch)))

    def is_full(self) -> bool:
        """Tell whether nothing more is to be begun."""
        return len(self.ahead) > _MOST_AHEAD or sum(self.load.values()) > _AHEAD * self.count

    def is_done(self, actor: Any, promised: Any) -> bool:
        """Tell whether a batch is done."""
        return actor is None or bool(self.ray.wait([promised], timeout=0)[0])

    def first(self, record: Callable[[Outcome], Outcome]) -> Iterator[Outcome]:
        """Wait for the first batch on its way, and yield its outcomes."""
        actor, promised = self.ahead.popleft()
        if actor is None:
            yield promised
            return
        try:
            outcomes = self.ray.get(promised)
        except self.ray.exceptions.RayTaskError as error:
            raise error.cause from error
        except self.ray.exceptions.RayError as error:
            raise RunError("no_cluster", f"The Ray cluster gave up: {str(error).splitlines()[0]}") from error
        self.load[actor] -= 1
        yield from map(record, outcomes)


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
