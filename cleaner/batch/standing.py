"""Worker processes that stay between calls: who cleans batch after batch pays for starting them once."""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Callable, Iterable
from typing import Any

from cleaner.batch.limits import Limits
from cleaner.batch.workers import Pool

__all__ = ["end_workers", "run_in_standing_processes"]

_Key = tuple[bytes, int]

_idle: list[tuple[_Key, Pool[Any, Any]]] = []
"""Pools that nobody is using; each thread takes one of its own."""
_lock = threading.Lock()


def run_in_standing_processes(
    tasks: Iterable[Any],
    recipe: object,
    *,
    jobs: int,
    work: Callable[[Any, Any], Any],
    lost: Callable[[Any, str, str], Any],
    limits: Limits,
) -> list[Any]:
    """Return ``work(task, recipe)`` for each task, as :func:`cleaner.batch.workers.run_in_processes` yields it.

    The processes are kept for the next call with an equal recipe, and end with this process, or when somebody calls
    with another recipe. Several threads may call at once: each has processes of its own.
    """
    key = (pickle.dumps((work, recipe, limits)), jobs)
    pool = _take(key) or Pool(recipe, jobs, work, limits, lost)
    try:
        results = list(pool.run(iter(tasks)))
    except BaseException:
        pool.close()
        raise
    with _lock:
        _idle.append((key, pool))
    return results


def end_workers() -> None:
    """End the processes that are kept and idle."""
    with _lock:
        pools = [pool for _, pool in _idle]
        _idle.clear()
    for pool in pools:
        pool.close()


def _take(key: _Key) -> Pool[Any, Any] | None:
    """Return an idle pool for this key, and end those for others: they would only hold memory."""
    with _lock:
        fitting = [pool for known, pool in _idle if known == key]
        others = [pool for known, pool in _idle if known != key]
        _idle[:] = [(key, pool) for pool in fitting[1:]]
    for pool in others:
        pool.close()
    return fitting[0] if fitting else None


def _forget() -> None:
    """In a fork of this process: leave the workers to it."""
    global _lock  # noqa: PLW0603 - another thread may have held it when this process was forked
    _lock = threading.Lock()
    _idle.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
