"""Let the document at hand be finished when the user presses Ctrl-C."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

__all__ = ["finish_on_interrupt"]


@contextlib.contextmanager
def finish_on_interrupt() -> Iterator[Callable[[], bool]]:
    """Within the ``with`` block the first Ctrl-C is only noted, the second one raises KeyboardInterrupt.

    Yields a function that tells whether the first one came. Outside the main thread, where Python does not allow
    signal handlers, Ctrl-C stays what it is.

    >>> with finish_on_interrupt() as interrupted:
    ...     signal.raise_signal(signal.SIGINT)
    ...     interrupted()
    True
    """
    noted = threading.Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        if noted.is_set():
            raise KeyboardInterrupt
        noted.set()

    if threading.current_thread() is not threading.main_thread():
        yield noted.is_set
        return
    before = signal.signal(signal.SIGINT, note)
    try:
        yield noted.is_set
    finally:
        signal.signal(signal.SIGINT, before)
