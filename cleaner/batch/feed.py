"""Read containers in a process of their own, so that a damaged one can neither stop nor end the run."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any

from cleaner.batch.limits import Limits
from cleaner.batch.process import context, limit_memory, settle, start_process
from cleaner.errors import InputError
from cleaner.readers import Found, Member, Reading, members

__all__ = ["read_in_process"]

_LOOK_SECONDS = 0.25


def read_in_process(
    found: Found, reading: Reading, limits: Limits, *, stop: Callable[[], bool] = lambda: False
) -> Iterator[Member]:
    """Yield the documents of a container as :func:`cleaner.readers.members` does.

    When the process that reads it dies, or nothing comes for longer than the whole container may take, another one
    goes on behind the last document; when that gets no further, the rest of the container is one failed document.
    Ends early once ``stop()`` is true. Raises SetupError ``missing_extra``.
    """
    delivered, before = 0, -1
    while True:
        reader = _Reader(found, reading, limits, delivered)
        try:
            for member in reader.members(stop):
                delivered += 1
                yield member
        except EOFError as error:
            if delivered == before:
                yield _lost(found, delivered + 1, str(error))
                return
            before = delivered
        else:
            return
        finally:
            reader.end()


def _lost(found: Found, position: int, why: str) -> Member:
    code = "timeout" if why == "timeout" else "crash"
    what = "takes too long to read" if code == "timeout" else "ends the process that reads it"
    message = f"{found.path} {what}, twice, behind document {position - 1:,}. The rest was not read."
    place = f"document {position:,}"
    error = InputError(code, message, where=found.path)
    return Member(name=f"rest-{position}", position=position, where=place, error=error)


class _Reader:
    """One process that reads one container, and the parent's end of it."""

    def __init__(self, found: Found, reading: Reading, limits: Limits, skipped: int) -> None:
        self.pipe, theirs = context().Pipe(duplex=False)
        self.patience = limits.deadline_seconds(found.size)
        try:
            self.process = start_process(_send_members, (theirs, found, reading, limits, skipped))
        finally:
            theirs.close()

    def members(self, stop: Callable[[], bool]) -> Iterator[Member]:
        """Yield what comes; raises EOFError when it ends without having said so."""
        while True:
            until = time.monotonic() + self.patience
            while not self.pipe.poll(_LOOK_SECONDS):
                if stop():
                    return
                if time.monotonic() > until:
                    raise EOFError("timeout")
            try:
                message: Any = self.pipe.recv()
            except OSError as error:
                raise EOFError("crash") from error
            if message is None:
                return
            if isinstance(message, Exception):
                raise message
            yield message

    def end(self) -> None:
        """End the process."""
        self.pipe.close()
        if self.process.exitcode is None:
            self.process.kill()
        self.process.join(10)


def _send_members(pipe: Connection, found: Found, reading: Reading, limits: Limits, skipped: int) -> None:
    settle()
    limit_memory(limits.memory_bytes)
    with contextlib.suppress(OSError):  # the parent has seen enough
        try:
            for number, member in enumerate(members(found, reading)):
                if number >= skipped:
                    pipe.send(member)
        except MemoryError:
            return  # the parent takes it for a crash, and names the place
        except Exception as error:  # noqa: BLE001 - what is wrong with the installation is raised in the parent
            pipe.send(error)
            return
        pipe.send(None)
