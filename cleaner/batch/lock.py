"""Let one run at a time work in an output folder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from cleaner.errors import SetupError

__all__ = ["is_locked", "locked"]

_LOCK_FILE = ".cleaner/lock"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder until the end of the ``with`` block; the system lets go of it when the process dies.

    Raises SetupError ``output_busy`` when another run holds it. Where the system has no such locks, nothing is held.
    """
    try:
        import fcntl
    except ImportError:  # pragma: no cover - not on Windows
        yield
        return
    try:
        file = (folder / _LOCK_FILE).open("ab")
    except OSError:  # a full or read-only disk is reported by what is to be written
        yield
        return
    with contextlib.closing(file):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SetupError(
                "output_busy",
                f"Another run is writing to {folder}. Wait for it (see: cleaner status {folder}), or choose another "
                "folder with -o.",
                where=str(folder),
            ) from None
        except OSError:  # a file system without locks
            pass
        yield


def is_locked(folder: Path) -> bool:
    """Tell whether a run is working in the folder right now; False where the system has no such locks."""
    try:
        import fcntl

        with (folder / _LOCK_FILE).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except (ImportError, OSError):
        return False
    return False
