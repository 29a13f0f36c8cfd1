"""Read from a file name whether it is a page, and what its stem is."""

from __future__ import annotations

import functools
from importlib import resources
from typing import Literal

__all__ = ["file_suffix", "page_stem", "suffix_says"]

_COMPRESSED = ".gz"
"""The one compression that decoding undoes; it is looked through: ``b.html.gz`` is a page with the stem ``b``."""


@functools.cache
def _suffixes(table: str) -> frozenset[str]:
    text = resources.files("cleaner").joinpath("tables").joinpath(table).read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def file_suffix(name: str) -> str:
    """Return the last suffix of a file name in lower case, looking through ``.gz``; '' when it has none.

    The query that tools leave in the names of pages they fetched (``style.css?v=2``) is not taken for the suffix.

    >>> file_suffix("a/B.HTML"), file_suffix("b.html.gz"), file_suffix("b.gz"), file_suffix(".rc"), file_suffix("b")
    ('.html', '.html', '.gz', '', '')
    >>> file_suffix("style.css?v=2.0"), file_suffix("index.html@id=7")
    ('.css', '.html')
    """
    _, _, name = name.rpartition("/")
    name = name.partition("?")[0] or name
    inner = name[: -len(_COMPRESSED)] if name.lower().endswith(_COMPRESSED) else name
    for candidate in (inner, name):
        stem, dot, suffix = candidate.rpartition(".")
        if dot and stem.strip("."):
            return f".{suffix.partition('@')[0].lower()}"
    return ""


def suffix_says(suffix: str) -> Literal["page", "other", "unknown"]:
    """Tell whether a suffix, as given by :func:`file_suffix`, is that of a page, of something else, or decides nothing.

    >>> suffix_says(".html"), suffix_says(".png"), suffix_says(".2024"), suffix_says("")
    ('page', 'other', 'unknown', 'unknown')
    """
    if suffix in _suffixes("page_suffixes.txt"):
        return "page"
    return "other" if suffix in _suffixes("other_suffixes.txt") else "unknown"


def page_stem(name: str) -> str:
    """Return the name without the suffix of a page; any other name stays whole, since the dot may be part of it.

    >>> page_stem("a/b.html"), page_stem("a/b.html.gz"), page_stem("a/report.2024"), page_stem("a/index.html?id=3")
    ('a/b', 'a/b', 'a/report.2024', 'a/index.html?id=3')
    """
    suffix = file_suffix(name)
    if suffix_says(suffix) != "page":
        return name
    for ending in (suffix, suffix + _COMPRESSED):
        if name.lower().endswith(ending):
            return name[: -len(ending)]
    return name
