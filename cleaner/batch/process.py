"""One process that does one task at a time, and the parent's end of it."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

from cleaner.batch.interrupt import ENDING_SIGNALS
from cleaner.batch.limits import Limits
from cleaner.errors import RunError

__all__ = [
    "Answer",
    "Worker",
    "context",
    "give_back_memory",
    "limit_memory",
    "oom_kills",
    "settle",
    "start_process",
    "without_main",
]

_START_SECONDS = 120.0
"""How long a process may take until it is ready: 0.1 s from the warm server, 1 to 2 s without it."""

_PR_SET_PDEATHSIG = 1
"""From linux/prctl.h: be sent a signal when the parent ends."""

_TIDY_EVERY = 100
"""Documents after which a worker gives back memory; it takes a millisecond or two."""

_COLLECT_EVERY = 20_000
"""Objects more than before after which a worker looks for cycles among them: some megabytes."""

_STARTING = threading.Lock()
"""Held while a process is started: what is hidden from it is hidden from the whole program."""

_WORST_OOM_SCORE = "1000"
"""When the system runs out of memory, a worker is to be ended before anything else."""


class Answer:
    """What came of waiting for a worker: its result, an exception it raised, or that it is no more."""

    __slots__ = ("error", "is_last", "result")

    def __init__(self, result: Any = None, error: BaseException | None = None, *, is_last: bool = False) -> None:
        self.result = result
        self.error = error
        self.is_last = is_last


class Worker:
    """A process that calls ``work(task, recipe)`` for each task it is sent, and the deadline of the one it is on."""

    def __init__(self, work: Callable[[Any, Any], Any], recipe: object, limits: Limits) -> None:
        self.pipe, theirs = context().Pipe()
        try:
            self.process = start_process(_serve, (theirs, work, recipe, limits))
        finally:
            theirs.close()
        self.is_ready = False
        self.deadline = time.monotonic() + _START_SECONDS
        self.slot: Any = None
        """What the parent is waiting for; None while there is nothing to do."""
        self.is_fresh = True
        """Whether it was never sent a task."""

    def send(self, slot: Any, task: object, seconds: float) -> bool:
        """Hand over a task that may take so many seconds; False when the process is gone, and the task not begun."""
        try:
            self.pipe.send_bytes(pickle.dumps(task, pickle.HIGHEST_PROTOCOL))
        except OSError:
            return False
        self.slot, self.is_fresh = slot, False
        self.deadline = time.monotonic() + seconds
        return True

    def receive(self) -> Answer | None:
        """Return what the process said, None when that was only that it is ready. Raises EOFError when it is gone."""
        try:
            kind, value, is_last = self.pipe.recv()
        except (OSError, pickle.UnpicklingError) as error:
            raise EOFError from error
        if kind == "ready":
            self.is_ready, self.deadline = True, float("inf")
            return None
        self.deadline = float("inf")
        return Answer(error=value) if kind == "raised" else Answer(value, is_last=is_last)

    def end(self) -> int | None:
        """End the process at once and return its exit code (negative: the signal)."""
        with contextlib.suppress(OSError):
            self.pipe.close()
        if self.process.exitcode is None:
            self.process.join(0.05)  # one that died by itself tells how
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join(10)
        return cast("int | None", self.process.exitcode)


def context() -> Any:
    """Return the way processes are started: never a plain fork, since a forked copy of a locked lock stays locked."""
    methods = multiprocessing.get_all_start_methods()
    if "forkserver" not in methods:
        return multiprocessing.get_context("spawn")
    chosen = multiprocessing.get_context("forkserver")
    chosen.set_forkserver_preload(["cleaner.batch.warm"])
    return chosen


def start_process(target: Callable[..., None], arguments: tuple[Any, ...]) -> Any:
    """Start a process that ends with this one. Raises RunError ``no_process`` when the system refuses it."""
    process = context().Process(target=target, args=arguments, daemon=True)
    try:
        with _STARTING, without_main(), _as_parent(), _held_back():
            process.start()
    except (OSError, EOFError) as error:
        raise RunError("no_process", f"No further process can be started: {error}.") from error
    return process


@contextlib.contextmanager
def _as_parent() -> Iterator[None]:
    """Let a daemonic process (of a Pool, or of a data loader) have processes of its own, which end with it anyway."""
    config = getattr(multiprocessing.current_process(), "_config", {})
    was_daemonic = config.pop("daemon", None)
    try:
        yield
    finally:
        if was_daemonic is not None:
            config["daemon"] = was_daemonic


def forget_processes() -> None:
    """In a fork of a process that had workers: leave them and their server to it, and be ready for new ones."""
    global _STARTING  # noqa: PLW0603 - another thread may have held it when this process was forked
    _STARTING = threading.Lock()
    server: Any = vars(forkserver).get("_forkserver")
    with contextlib.suppress(OSError, AttributeError, TypeError):
        os.close(server._forkserver_alive_fd)  # noqa: SLF001
    with contextlib.suppress(AttributeError):
        server._forkserver_address = server._forkserver_alive_fd = server._forkserver_pid = None  # noqa: SLF001


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forget_processes)


@contextlib.contextmanager
def without_main() -> Iterator[None]:
    """Hide the program that is running, so that new processes do not import it.

    It is of no use to them, and a script without ``if __name__ == "__main__"`` would start itself over and over.
    What is done in a process must therefore be importable from a module.
    """
    program = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


@contextlib.contextmanager
def _held_back() -> Iterator[None]:
    """Keep signals that this process handles from those it starts, the server of processes included.

    A terminal, ``timeout`` and systemd send them to every process of a group, and the run decides how it ends. A signal
    that is left to the system ends this process, and with it the others.
    """
    held = [number for number in ENDING_SIGNALS if callable(signal.getsignal(number))]
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Else the first process starts this tracker, and CPython lets SIGTERM and SIGINT through again when it has.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, held)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(pipe: Connection, work: Callable[[Any, Any], Any], recipe: object, limits: Limits) -> None:
    """Do tasks until the pipe is closed or it is time to be replaced."""
    settle()
    from cleaner.batch import warm  # noqa: F401 - loads the model; not forked from a warm server everywhere

    _collect_seldom()
    most = limit_memory(limits.memory_bytes)
    done = 0
    with contextlib.suppress(EOFError, OSError):
        pipe.send(("ready", None, False))
        while True:
            task = pickle.loads(pipe.recv_bytes())  # noqa: S301 - from our own parent
            done += 1
            try:
                result = work(task, recipe)
                is_last = done >= limits.recycle_after or getattr(result, "code", "") == "out_of_memory"
                answer = ("done", result, is_last or (most > 0 and _resident_bytes() > most))
            except Exception as error:  # noqa: BLE001 - what the set-up is wrong with is raised in the parent
                answer = ("raised", error, False)
            del task
            pipe.send(answer)
            if answer[2]:
                return
            if done % _TIDY_EVERY == 0:
                give_back_memory()  # while the parent is busy with the answer


def _collect_seldom() -> None:
    """Have Python look for garbage in cycles seldom, and never among what is loaded by now.

    A page makes some thousand objects and next to no cycles; looking for them costs 6 % of its time with Python's own
    threshold of 700 objects (150 training pages, four rounds), 0 to 3 % with this one.
    """
    gc.freeze()
    gc.set_threshold(_COLLECT_EVERY, 20, 20)


def give_back_memory() -> None:
    """Give pages of memory that hold nothing any more back to the system; does nothing where the C library cannot.

    glibc keeps what large pages needed. After 1,000 pages of three corpora a process holds 127 MB, 161 without.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def settle() -> None:
    """Leave Ctrl-C and its like to the parent, end when it ends, and be the first to go when memory runs out."""
    for number in ENDING_SIGNALS:
        if number != signal.SIGTERM:  # that one a program may send to its own processes; see `_held_back`
            signal.signal(number, signal.SIG_IGN)
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        with contextlib.suppress(OSError, AttributeError, TypeError):
            # The server ends when nobody holds this end of its pipe any more; a worker must not keep it alive.
            os.close(forkserver._forkserver._forkserver_alive_fd)  # type: ignore[attr-defined]  # noqa: SLF001
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text(_WORST_OOM_SCORE, "ascii")


def limit_memory(allowance: int) -> int:
    """Let this process take ``allowance`` bytes more; return the resident size at which it is to be replaced."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        ceiling = pages * resource.getpagesize() + allowance
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        if hard != resource.RLIM_INFINITY:
            ceiling = min(ceiling, hard)
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, hard))
    except (ImportError, OSError, ValueError):
        return 0
    return allowance // 2


def _resident_bytes() -> int:
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGESIZE")
    except (OSError, ValueError, AttributeError):
        return 0


def oom_kills() -> int:
    """Return how many processes this system has ended for want of memory since it started; 0 if it does not say."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/vmstat").read_text("ascii").splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0
