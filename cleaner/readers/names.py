"""Read from a file name, or else from the first bytes, what a file is: a page, or a container of many pages."""

from __future__ import annotations

import codecs
import functools
import hashlib
import re
from importlib import resources
from typing import Literal, cast

__all__ = ["CONTAINERS", "Kind", "content_says", "file_suffix", "is_url", "page_stem", "suffix_says", "url_name"]

Kind = Literal["page", "zip", "tar", "warc", "jsonl", "csv", "parquet", "other", "unknown"]
"""What a file is: one page, a container of many, something else, or what its name does not tell."""

CONTAINERS: frozenset[str] = frozenset({"zip", "tar", "warc", "jsonl", "csv", "parquet"})

_COMPRESSED = (".gz", ".bz2", ".xz", ".zst", ".br")
"""Suffixes of compressions, which are looked through: ``b.html.gz`` is a page with the stem ``b``."""

_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
"""Starts of files that are pages in spite of NUL bytes."""

_TAR_MARK_AT = 257


@functools.cache
def _suffixes(table: str) -> frozenset[str]:
    text = resources.files("cleaner").joinpath("tables").joinpath(table).read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


@functools.cache
def _containers() -> dict[str, Kind]:
    rows = (line.split() for line in _suffixes("container_suffixes.txt"))
    return {suffix: cast("Kind", kind) for suffix, kind in rows}


def _uncompressed(name: str) -> str:
    """Return the name without the suffix of a compression."""
    for suffix in _COMPRESSED:
        if name.lower().endswith(suffix):
            return name[: -len(suffix)]
    return name


def file_suffix(name: str) -> str:
    """Return the last suffix of a file name in lower case, looking through compressions; '' when it has none.

    The query that tools leave in the names of pages they fetched (``style.css?v=2``) is not taken for the suffix.

    >>> file_suffix("a/B.HTML"), file_suffix("b.html.gz"), file_suffix("b.gz"), file_suffix(".rc"), file_suffix("b")
    ('.html', '.html', '.gz', '', '')
    >>> file_suffix("style.css?v=2.0"), file_suffix("index.html@id=7")
    ('.css', '.html')
    """
    _, _, name = name.rpartition("/")
    name = name.partition("?")[0] or name
    for candidate in (_uncompressed(name), name):
        stem, dot, suffix = candidate.rpartition(".")
        if dot and stem.strip("."):
            return f".{suffix.partition('@')[0].lower()}"
    return ""


def suffix_says(suffix: str) -> Kind:
    """Tell what a suffix, as given by :func:`file_suffix`, makes of a file; ``unknown`` when it decides nothing.

    >>> suffix_says(".html"), suffix_says(".warc"), suffix_says(".png"), suffix_says(".2024"), suffix_says("")
    ('page', 'warc', 'other', 'unknown', 'unknown')
    """
    if suffix in _suffixes("page_suffixes.txt"):
        return "page"
    if suffix in _suffixes("other_suffixes.txt"):
        return "other"
    return _containers().get(suffix, "unknown")


def content_says(head: bytes) -> Kind:
    r"""Tell what a file is by its first bytes (a thousand will do; of compressed ones, what they inflate to).

    Text with a NUL byte is no page unless it is UTF-16 or UTF-32, which is told by its byte order mark.

    >>> content_says(b"<p>Rain."), content_says(b"WARC/1.0"), content_says(b"PK\x03\x04"), content_says(b"\x89PNG\0")
    ('page', 'warc', 'zip', 'other')
    """
    if head.startswith(_MARKS):
        return "page"
    for mark, kind in ((b"PK\x03\x04", "zip"), (b"WARC/", "warc"), (b"PAR1", "parquet")):
        if head.startswith(mark):
            return cast("Kind", kind)
    if head[_TAR_MARK_AT : _TAR_MARK_AT + 5] == b"ustar":
        return "tar"
    return "other" if b"\0" in head or head.startswith(b"%PDF-") else "page"


def page_stem(name: str) -> str:
    """Return the name without the suffix of a page; any other name stays whole, since the dot may be part of it.

    >>> page_stem("a/b.html"), page_stem("a/b.html.gz"), page_stem("a/report.2024"), page_stem("a/index.html?id=3")
    ('a/b', 'a/b', 'a/report.2024', 'a/index.html?id=3')
    """
    suffix = file_suffix(name)
    if suffix_says(suffix) != "page":
        return name
    for whole in (name, _uncompressed(name)):
        if whole.lower().endswith(suffix):
            return whole[: -len(suffix)]
    return name


def is_url(path: str) -> bool:
    """Tell whether a path is the address of a page on the web.

    >>> is_url("https://example.org/a"), is_url("http.html"), is_url("ftp://example.org/")
    (True, False, False)
    """
    return path[:8].lower().startswith(("http://", "https://"))


def url_name(url: str) -> str:
    """Return a name for the page at an address, as if it had been saved: host and path, and a hash of the query.

    >>> url_name("https://example.org/2024/flood.html"), url_name("http://example.org/")
    ('example.org/2024/flood.html', 'example.org/index.html')
    >>> url_name("https://example.org/a/../b?id=7")
    'example.org/a/b~f422c82d.html'
    """
    place, _, query = url.partition("://")[2].partition("#")[0].partition("?")
    host, _, path = place.partition("/")
    steps = [re.sub(r"[^\w.~-]", "_", step) for step in (host, *path.split("/")) if step.strip(". ")]
    if len(steps) < 2 or path.endswith("/"):
        steps.append("index.html")
    name = "/".join(steps)
    if query:
        name += f"~{hashlib.sha256(query.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
    return name if suffix_says(file_suffix(name)) == "page" else f"{name}.html"
