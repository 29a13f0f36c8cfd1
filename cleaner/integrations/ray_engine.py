"""The documents of a run, cleaned by a Ray cluster: ``cleaner clean ... --engine ray``.

Extra ``ray``. Only where a document is cleaned is another: finding, names, ledger, duplicates and shared files are
those of :func:`cleaner.batch.clean_tree`, on the machine where the command runs.
"""

from __future__ import annotations

import contextlib
import functools
import os
import socket
from collections.abc import Iterator
from typing import Any

from cleaner.batch import BatchWorker, Outcome, RunTasks, Task, run_elsewhere
from cleaner.errors import RunError, SetupError

__all__ = ["ray_engine"]

_REACH_SECONDS = 10.0
"""How long a cluster may take to answer a knock."""


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
        yield functools.partial(run_elsewhere, _Engine(ray, jobs or max(1, cores)))
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


class _Engine:
    """Actors; a batch whose actor or node dies is done again by the actor's successor."""

    def __init__(self, ray: Any, actors: int) -> None:
        self.ray, self.actors = ray, actors

    def start(self, *worker: Any) -> list[Any]:
        remote = self.ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=-1)(BatchWorker)
        return [remote.remote(*worker) for _ in range(self.actors)]

    def send(self, worker: Any, batch: list[Task]) -> Any:
        return worker.clean.remote(batch)

    def is_done(self, promised: Any) -> bool:
        return bool(self.ray.wait([promised], timeout=0)[0])

    def take(self, promised: Any) -> list[Outcome]:
        try:
            outcomes: list[Outcome] = self.ray.get(promised)
        except self.ray.exceptions.RayTaskError as error:
            raise error.cause from error
        except self.ray.exceptions.RayError as error:
            raise RunError("no_cluster", f"The Ray cluster gave up: {str(error).splitlines()[0]}") from error
        return outcomes
