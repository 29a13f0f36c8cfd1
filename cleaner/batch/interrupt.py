"""Let the documents at hand be finished when the user presses Ctrl-C, or the system asks the run to end."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

__all__ = ["ENDING_SIGNALS", "finish_on_interrupt"]

ENDING_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""What ends a run in good order: Ctrl-C; ``kill``, ``timeout``, systemd and containers; a terminal that is closed."""


@contextlib.contextmanager
def finish_on_interrupt() -> Iterator[Callable[[], bool]]:
    """Within the ``with`` block the first Ctrl-C is only noted, the second one raises KeyboardInterrupt.

    SIGTERM and SIGHUP are taken for Ctrl-C. A signal that is ignored already (``nohup``, a shell's ``&``) stays so.
    Yields a function that tells whether the first one came. Outside the main thread, where Python does not allow
    signal handlers, all stays what it is.

    >>> with finish_on_interrupt() as interrupted:
    ...     signal.raise_signal(signal.SIGTERM)
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
    before = {number: signal.getsignal(number) for number in ENDING_SIGNALS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, note)
    try:
        yield noted.is_set
    finally:
        for number, handler in before.items():
            if handler is not None:  # one that was not made by Python cannot be put back
                signal.signal(number, handler)
