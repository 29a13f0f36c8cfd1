"""What one document may cost, and how many processes share the machine."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from cleaner.errors import SetupError

__all__ = ["Limits", "check_workers", "usable_cores"]

_UNIT_BYTES = 1_000_000
"""A page up to this size has the plain deadline, a larger one proportionally more: cleaning is linear in the size (3 to
8 MB a second on one core of 2024), so a slow machine must not fail the large pages only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one document may cost before its process is ended, and how long a process is used."""

    timeout_seconds: float = 60.0
    """For a page of up to 1,000,000 bytes; a page of ten times that has ten times as long."""
    memory_bytes: int = 4_000_000_000
    """What a process may take beyond what it needs before the first page. Prose needs 50 bytes for a byte (4.8 MB: 0.23
    GB), so that the largest page allowed (50 MB) fits; paragraphs of one letter need 370 (2.4 MB: 0.9 GB)."""
    recycle_after: int = 2_000
    """Documents after which a process is replaced, in case a library keeps memory back."""

    def deadline_seconds(self, size: int) -> float:
        """Return how long a document of ``size`` bytes may take.

        >>> Limits(timeout_seconds=30).deadline_seconds(500), Limits(timeout_seconds=30).deadline_seconds(2_000_000)
        (30.0, 60.0)
        """
        return self.timeout_seconds * max(1.0, size / _UNIT_BYTES)


def usable_cores() -> int:
    """Return how many processes can work at once: the cores this process may use, and its share in a container."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        cores = os.cpu_count() or 1
    with contextlib.suppress(OSError, ValueError):
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text("ascii").split()
        if quota != "max":
            cores = min(cores, -(-int(quota) // int(period)))
    return max(1, cores)


def check_workers(workers: object, timeout_seconds: object) -> None:
    """Refuse a number of processes, or a deadline, with which nothing would ever be done.

    Raises SetupError ``bad_setting``.

    >>> check_workers(-1, 60.0)
    Traceback (most recent call last):
    ...
    cleaner.errors.SetupError: workers must be a whole number, 0 or more, but is -1.
    """
    if workers is not None and (not isinstance(workers, int) or isinstance(workers, bool) or workers < 0):
        raise SetupError("bad_setting", f"workers must be a whole number, 0 or more, but is {workers!r}.")
    if not isinstance(timeout_seconds, int | float) or not timeout_seconds > 0:
        raise SetupError("bad_setting", f"timeout_seconds must be a number above 0, but is {timeout_seconds!r}.")
