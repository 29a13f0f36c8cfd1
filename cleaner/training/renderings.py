"""What other programs make of the training pages: the imperfect plain texts the network must learn to clean."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType

from cleaner.errors import CleanerError
from cleaner.evaluation.peers import load_peer

PROGRAMS = {
    "trafilatura": "trafilatura",
    "readability": "readability",
    "resiliparse": "resiliparse",
    "boilerpy3": "boilerpy3",
    "newspaper": "newspaper",
    "whole": "html-text",
}
"""Name of the rendering -> name of the peer."""
SECONDS = 8
"""A program that needs longer for one page gives no rendering of it; some are quadratic."""


class _TooSlowError(Exception):
    """Raised by the alarm inside a program that does not come back."""


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _TooSlowError


def render(html: bytes, url: str | None) -> dict[str, str]:
    """Return the text of each program for a page; a program that fails on the page is left out."""
    out = {}
    signal.signal(signal.SIGALRM, _stop)
    for name, peer in PROGRAMS.items():
        signal.alarm(SECONDS)
        try:
            out[name] = _peer(peer)(html, url, "html") or ""
        except CleanerError:
            raise
        except (_TooSlowError, Exception):  # noqa: BLE001 - other people's code on broken pages
            out.pop(name, None)
        finally:
            signal.alarm(0)
    return out


_LOADED: dict[str, Callable[..., str]] = {}


def _peer(name: str) -> Callable[..., str]:
    if name not in _LOADED:
        _LOADED[name] = load_peer(name)
    return _LOADED[name]
