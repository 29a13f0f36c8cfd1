"""Libraries of extras that a test environment need not have."""

from __future__ import annotations

import warnings
from typing import Any

import pytest


def library(name: str, extra: str = "") -> Any:
    """Return the module, or skip the tests of the file with a sentence; what it warns of when imported is its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reason = f"{name} is not installed. Try: pip install 'article-cleaner[{extra or name}]'"
        return pytest.importorskip(name, reason=reason, exc_type=ImportError)


PROSE = "The river rose by two metres in the night, and the old bridge number {} was closed to traffic until noon."
MORE = "".join(
    f"<p>On the {day} the firemen of the three villages by the lake filled sand into {count} sacks, and those who had "
    f"to leave the lower streets slept in the school, where the baker brought bread and soup for {count} people.</p>"
    for day, count in (("first day", 900), ("second day", 1400), ("third day", 450), ("fourth day", 120))
)
PAGES = [
    f"<html><head><title>Flood {number}</title></head><body><nav><a href=/>Home</a> <a href=/n>News</a></nav>"
    f"<h1>Flood {number}</h1><p>{PROSE.format(number)}</p>{MORE}</body></html>"
    for number in range(6)
]
ROWS: list[dict[str, Any]] = [
    {"html": page, "url": f"https://example.org/{number}", "id": f"n{number}", "label": number}
    for number, page in enumerate(PAGES)
]
"""Six pages that are cleaned."""
BAD_ROW: dict[str, Any] = {"html": "\0\1\2\3" * 100, "url": "https://example.org/bad", "id": "bad", "label": 9}
"""One that is none."""
