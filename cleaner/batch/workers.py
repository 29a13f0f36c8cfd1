"""Do tasks in several processes; the outcomes come in the order of the tasks, and a bad one costs only itself.

Each process does one task at a time and has a pipe of its own. (pebble 5.2.3 was tried: its pool shares one pipe, and
three out of three runs in which workers were killed from outside ended with "All workers expired".)
"""

from __future__ import annotations

import dataclasses
import math
import signal
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from multiprocessing.connection import wait
from typing import Any, Generic, Protocol, TypeVar

from cleaner.batch.limits import Limits
from cleaner.batch.plan import Task
from cleaner.batch.process import Worker, oom_kills
from cleaner.batch.report import Outcome
from cleaner.batch.work import Recipe, clean_task, identify
from cleaner.errors import RunError

__all__ = ["Work", "run_in_processes", "run_tasks"]

Work = Callable[[Task, Recipe], Outcome]
"""What is done for each task; must be importable by its name, since it crosses to other processes."""

_AHEAD_PER_WORKER = 64
"""Tasks begun ahead of the one whose outcome is awaited. Enough to keep workers busy behind one slow document, few
enough that memory does not grow with the run."""

_AHEAD_BYTES = 100_000_000
"""Bytes of documents that are held in memory at once, besides the one that is awaited."""

_LOOK_SECONDS = 0.25
"""How often it is asked whether to stop."""

_FAILED_STARTS = 3
"""Processes that end one after the other before their first task, until it is no accident."""


_FROM_OUTSIDE = (-signal.SIGKILL, -signal.SIGTERM) if hasattr(signal, "SIGKILL") else ()
"""Exit codes of processes that somebody else ended, which may happen at any time and is patiently borne."""


class Job(Protocol):
    """What the pool must know of a task."""

    @property
    def name(self) -> str:
        """What it is called in messages."""

    @property
    def size(self) -> int:
        """Bytes of the document; its deadline grows with them."""

    @property
    def held_bytes(self) -> int:
        """Bytes of it that are in memory while it waits."""


J = TypeVar("J", bound=Job)
R = TypeVar("R")


def run_tasks(
    tasks: Iterable[Task | Outcome],
    recipe: Recipe,
    *,
    jobs: int = 1,
    stop: Callable[[], bool] = lambda: False,
    work: Work = clean_task,
    limits: Limits | None = None,
    record: Callable[[Outcome], Outcome] = lambda outcome: outcome,
) -> Generator[Outcome, None, None]:
    """Yield the outcome of each task in the order of the tasks, whatever the number of ``jobs`` (processes).

    An Outcome among the tasks is passed on in its place. ``record`` is called with each outcome as soon as there is
    one, in any order, and what it returns is yielded. With ``jobs`` 0 the tasks are done in this very process, without
    deadlines and protection. Once ``stop()`` is true no further task is begun; those being done are finished.

    A process that dies or passes its deadline costs the document it was on: that is done again, once, by a new process
    while no other works, and then failed as ``timeout``, ``crash`` or ``out_of_memory``. Raises what ``work`` raises.
    """
    if jobs == 0:
        for task in tasks:
            if stop():
                return
            yield task if isinstance(task, Outcome) else record(work(task, recipe))
        return

    def lost(task: Task, code: str, reason: str) -> Outcome:
        message = f"{task.name} {reason}, twice. It was left out."
        return dataclasses.replace(identify(task, recipe), code=code, message=message, stage="clean")

    yield from run_in_processes(
        tasks, recipe, jobs=jobs, stop=stop, work=work, limits=limits or Limits(), record=record, lost=lost
    )


def run_in_processes(
    tasks: Iterable[Any],
    recipe: object,
    *,
    jobs: int,
    work: Callable[[J, Any], R],
    lost: Callable[[J, str, str], R],
    limits: Limits,
    stop: Callable[[], bool] = lambda: False,
    record: Callable[[R], R] = lambda result: result,
) -> Iterator[R]:
    """Yield ``work(task, recipe)`` for each task in their order; what is no task among them is passed on.

    ``lost(task, code, reason)`` makes the result of a task that could not be finished; the reason is the end of a
    sentence. See :func:`run_tasks` for the rest.
    """
    pool: _Pool[J, R] = _Pool(recipe, jobs, work, limits, lost, record)
    try:
        yield from pool.run(iter(tasks), stop)
    finally:
        pool.close()


class _Slot(Generic[J, R]):
    """One task on its way: waiting, being done, or done and waiting for those before it."""

    __slots__ = ("attempts", "held", "is_done", "kills", "result", "task")

    def __init__(self, task: J | None, held: int, result: R | None = None) -> None:
        self.task = task
        self.held = held
        self.result = result
        self.is_done = task is None
        self.attempts = 0
        self.kills = 0
        """Processes the system had ended for want of memory when this one was begun."""


class _Pool(Generic[J, R]):
    """The workers, and the tasks that are on their way."""

    def __init__(
        self,
        recipe: object,
        jobs: int,
        work: Callable[[J, Any], R],
        limits: Limits,
        lost: Callable[[J, str, str], R],
        record: Callable[[R], R],
    ) -> None:
        self.recipe, self.jobs, self.work, self.limits, self.lost, self.record = (
            recipe,
            jobs,
            work,
            limits,
            lost,
            record,
        )
        self.workers: list[Worker] = []
        self.ahead: deque[_Slot[J, R]] = deque()
        """In the order of the tasks: all that are begun or waiting to be."""
        self.backlog: deque[_Slot[J, R]] = deque()
        self.suspects: deque[_Slot[J, R]] = deque()
        """Tasks whose process died; each is done again by itself."""
        self.failed_starts = 0.0
        self.kills, self.counted_at = 0, -math.inf

    def run(self, tasks: Iterator[Any], stop: Callable[[], bool]) -> Iterator[R]:
        has_more = True
        while True:
            if stop():
                has_more = False
                waiting = set(map(id, self.backlog))
                self.ahead = deque(slot for slot in self.ahead if id(slot) not in waiting)
                self.backlog.clear()
            has_more = has_more and self.fetch(tasks)
            self.hand_out()
            if self.ahead and self.ahead[0].is_done:
                result = self.ahead.popleft().result
                assert result is not None  # noqa: S101 - for the type checker: a done slot has one
                yield result
            elif self.ahead:
                self.listen()
            elif not has_more:
                return

    def fetch(self, tasks: Iterator[Any]) -> bool:
        """Take what may be begun next from the tasks; False when there is no more."""
        held = sum(slot.held for slot in self.ahead)
        while (
            len(self.backlog) < self.jobs
            and len(self.ahead) < _AHEAD_PER_WORKER * self.jobs
            and (held < _AHEAD_BYTES or not self.ahead)
        ):
            task = next(tasks, None)
            if task is None:
                return False
            if hasattr(task, "held_bytes"):
                self.ahead.append(_Slot(task, task.held_bytes))
                self.backlog.append(self.ahead[-1])
                held += task.held_bytes
            else:
                self.ahead.append(_Slot(None, 0, task))
                if len(self.ahead) == 1:
                    break  # nothing stands before it: it can be told at once
        return True

    def hand_out(self) -> None:
        """Give waiting tasks to idle workers; a suspect one only when nothing else is being done."""
        if self.suspects:
            if not any(worker.slot for worker in self.workers):
                self.hand_out_suspect()
            return
        idle = [worker for worker in self.workers if worker.is_ready and worker.slot is None]
        while self.backlog and idle:
            self.send(idle.pop(), self.backlog)
        starting = sum(not worker.is_ready for worker in self.workers)
        for _ in range(min(len(self.backlog) - starting, self.jobs - len(self.workers))):
            self.workers.append(Worker(self.work, self.recipe, self.limits))

    def hand_out_suspect(self) -> None:
        fresh = [worker for worker in self.workers if worker.is_fresh]
        if fresh and fresh[0].is_ready:
            self.send(fresh[0], self.suspects)
        elif not fresh:
            if len(self.workers) >= self.jobs:
                self.workers.pop().end()
            self.workers.append(Worker(self.work, self.recipe, self.limits))

    def send(self, worker: Worker, queue: deque[_Slot[J, R]]) -> None:
        """Send the first of a queue to a worker; when that is gone, the task stays and the worker goes."""
        slot = queue[0]
        assert slot.task is not None  # noqa: S101 - for the type checker: only tasks are queued
        slot.kills = self.count_kills()
        if worker.send(slot, slot.task, self.limits.deadline_seconds(slot.task.size)):
            slot.attempts += 1
            queue.popleft()
        else:
            self.workers.remove(worker)
            worker.end()

    def count_kills(self) -> int:
        """Return how many processes the system had ended for want of memory a moment ago."""
        now = time.monotonic()
        if now - self.counted_at > _LOOK_SECONDS:  # asking takes as long as all else that is done for a document
            self.kills, self.counted_at = oom_kills(), now
        return self.kills

    def listen(self) -> None:
        """Wait until a worker says something, dies, or passes its deadline, but no longer than a moment."""
        now = time.monotonic()
        nearest = min((worker.deadline for worker in self.workers), default=now)
        doors = {worker.pipe: worker for worker in self.workers}
        ends = {worker.process.sentinel: worker for worker in self.workers}
        heard = wait([*doors, *ends], timeout=max(0.0, min(_LOOK_SECONDS, nearest - now)))
        speakers = list(dict.fromkeys((doors | ends)[door] for door in heard))
        for worker in speakers:
            self.hear(worker)
        now = time.monotonic()
        for worker in [worker for worker in self.workers if worker.deadline <= now and not worker.pipe.poll()]:
            self.remove(worker, "timeout")

    def hear(self, worker: Worker) -> None:
        try:
            answer = worker.receive()
        except EOFError:
            self.remove(worker, "crash")
            return
        if answer is None:
            self.failed_starts = 0.0
            return
        if answer.error is not None:
            raise answer.error
        slot, worker.slot = worker.slot, None
        if getattr(answer.result, "code", "") == "out_of_memory" and slot.attempts < 2:
            self.suspects.append(slot)
        else:
            self.finish(slot, answer.result)
        if answer.is_last:
            self.workers.remove(worker)
            worker.end()

    def finish(self, slot: _Slot[J, R], result: R) -> None:
        if slot.attempts > 1 and isinstance(result, Outcome):
            result = dataclasses.replace(result, attempts=slot.attempts)
        slot.result, slot.is_done, slot.held, slot.task = self.record(result), True, 0, None

    def remove(self, worker: Worker, code: str) -> None:
        """Take leave of a worker that died or is to die, and see what becomes of its task."""
        self.workers.remove(worker)
        exit_code = worker.end()
        slot = worker.slot
        if slot is None:
            if not worker.is_ready:
                self.failed_starts += 0.1 if exit_code in _FROM_OUTSIDE else 1.0
            if self.failed_starts >= _FAILED_STARTS:
                raise RunError("no_process", f"Worker processes end before their first page ({_died(exit_code)}).")
        elif slot.attempts < 2:
            self.suspects.append(slot)
        else:
            if code == "crash" and oom_kills() > slot.kills:
                code = "out_of_memory"
            self.finish(slot, self.lost(slot.task, code, self.reason(slot.task, code, exit_code)))

    def reason(self, task: J, code: str, exit_code: int | None) -> str:
        if code == "timeout":
            return f"took longer than {self.limits.deadline_seconds(task.size):,.0f} s"
        if code == "out_of_memory":
            return "made the system run out of memory"
        return f"ended the process that cleaned it ({_died(exit_code)})"

    def close(self) -> None:
        for worker in self.workers:
            worker.end()
        self.workers.clear()


def _died(exit_code: int | None) -> str:
    """Say how a process ended.

    >>> _died(-11), _died(1)
    ('signal SIGSEGV', 'exit code 1')
    """
    if exit_code is not None and exit_code < 0:
        try:
            return f"signal {signal.Signals(-exit_code).name}"
        except ValueError:
            return f"signal {-exit_code}"
    return f"exit code {exit_code}"
