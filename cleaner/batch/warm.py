"""Importing this loads what every document needs, so that processes made from it start at once.

The server that worker processes are forked from imports it; it has no threads, and numpy gets one in each process.
"""

from __future__ import annotations

import contextlib
import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ[_variable] = "1"  # several processes with several threads each only fight over the cores

_PAGE = "<title>Flood</title>" + "<p>The river rose by two metres in the night, and the old bridge was closed. " * 9
"""Nothing is declared, so that whoever guesses dates and languages has to load what that takes."""

with contextlib.suppress(Exception):  # a faulty installation is reported by the first document
    import cleaner.pipeline

    cleaner.pipeline.clean(_PAGE)
