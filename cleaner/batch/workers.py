"""Run tasks one after the other or in several processes; the outcomes come in the order of the tasks either way."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from cleaner.batch.plan import Task
from cleaner.batch.report import Outcome
from cleaner.batch.work import Recipe, clean_task

__all__ = ["Work", "run_tasks"]

Work = Callable[[Task, Recipe], Outcome]
"""What is done for each task; must be importable by its name, since it crosses to other processes."""

_WAITING_PER_WORKER = 4
"""Tasks handed out ahead of the one whose outcome is awaited. Enough to keep workers busy behind one slow document,
few enough that memory does not grow with the run."""

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def run_tasks(
    tasks: Sequence[Task],
    recipe: Recipe,
    *,
    jobs: int = 1,
    stop: Callable[[], bool] = lambda: False,
    work: Work = clean_task,
) -> Iterator[Outcome]:
    """Yield the outcome of each task in the order of the tasks, whatever the number of ``jobs`` (processes).

    Once ``stop()`` is true no further task is begun; those being done are finished and yielded. A process that dies
    costs the document it was on (code ``crash``), no other. Raises what ``work`` raises.
    """
    if jobs == 1 or len(tasks) < 2:
        for task in tasks:
            if stop():
                return
            yield work(task, recipe)
    else:
        yield from _run_in_processes(deque(tasks), recipe, jobs, stop, work)


def _run_in_processes(
    tasks: deque[Task], recipe: Recipe, jobs: int, stop: Callable[[], bool], work: Work
) -> Iterator[Outcome]:
    waiting: deque[tuple[Task, Future[Outcome]]] = deque()
    pool = _pool(jobs)
    try:
        while tasks or waiting:
            if stop():
                tasks.clear()
                waiting = deque(pair for pair in waiting if not pair[1].cancel())
            try:
                while tasks and len(waiting) < _WAITING_PER_WORKER * jobs:
                    waiting.append((tasks[0], pool.submit(work, tasks[0], recipe)))
                    tasks.popleft()
                if waiting:
                    outcome = waiting[0][1].result()
                    waiting.popleft()
                    yield outcome
            except BrokenProcessPool:
                pool.shutdown()
                yield from _one_by_one(waiting, recipe, work)
                waiting.clear()
                pool = _pool(jobs)
        pool.shutdown()
    except BaseException:
        # Waiting for what still runs could take for ever: this is the second Ctrl-C, or a fault of the installation.
        pool.shutdown(wait=False, cancel_futures=True)
        for child in multiprocessing.active_children():
            child.terminate()
        raise


def _one_by_one(waiting: Sequence[tuple[Task, Future[Outcome]]], recipe: Recipe, work: Work) -> Iterator[Outcome]:
    """Do the tasks that were under way when a process died, each in a process of its own, to find the culprit."""
    for task, future in waiting:
        if future.done() and future.exception() is None:
            yield future.result()
            continue
        try:
            with _pool(1) as pool:
                yield pool.submit(work, task, recipe).result()
        except BrokenProcessPool:
            message = f"The process that cleaned {task.found.path} died, twice. The document was left out."
            yield Outcome(task.found.path, "failed", "crash", message, "clean", bytes_read=task.found.size)


def _pool(jobs: int) -> ProcessPoolExecutor:
    # Never a plain fork: the progress bar is a thread, and a forked copy of a locked lock stays locked.
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker)


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and give each process one thread for numpy: more only fight over the cores."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for variable in _THREAD_VARIABLES:
        os.environ.setdefault(variable, "1")
    with contextlib.suppress(ImportError):
        import cleaner.pipeline  # noqa: F401 - loaded after the variables are set
