"""Paths to clean, one a line, from a file or standard input."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cleaner.errors import SetupError

__all__ = ["read_list"]


def read_list(path: str) -> list[str]:
    """Return the paths in a list; ``-`` is standard input. Lines are as they stand; empty ones are left out.

    A list with a NUL in it (``find -print0``) is divided there instead, so that names may hold line ends. Raises
    SetupError ``bad_list``.
    """
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except (OSError, AttributeError) as error:
        why = getattr(error, "strerror", None) or "it is closed"
        raise SetupError("bad_list", f"The list {path} cannot be read: {why}.", where=path) from error
    lines = data.split(b"\0") if b"\0" in data else data.splitlines()
    return [os.fsdecode(line) for line in lines if line.strip()]
