"""The address of a saved page, from the comment that the program which saved it left at its head."""

from __future__ import annotations

import re

__all__ = ["saved_address"]

_HEAD_CHARS = 8_000
"""The comment stands before the page's own head, or (HTTrack) at the end of a short one."""
_MAX_URL_CHARS = 2_000
_BROWSER = re.compile(rf"<!--\s{{0,9}}saved from url=\(\d{{1,6}}\)(https?://[^\s<>]{{1,{_MAX_URL_CHARS}}})")
"""Internet Explorer since 5, Chromium; in brackets the length of the address."""
_SINGLE_FILE = re.compile(
    rf"<!--\s{{0,9}}Page saved with SingleFile\s{{1,9}}url: (https?://[^\s<>]{{1,{_MAX_URL_CHARS}}})"
)
_MIRROR = re.compile(rf"<!-- Mirrored from ([\w.-]{{1,253}}/[^\s<>]{{0,{_MAX_URL_CHARS}}}) by HTTrack ")
"""HTTrack leaves the scheme out."""


def saved_address(source: str) -> str:
    """Return the address from which a browser, SingleFile or HTTrack says that it saved a page; '' if none says it.

    >>> saved_address("<!-- saved from url=(0027)https://example.org/ferry/1 --><html>")
    'https://example.org/ferry/1'
    >>> saved_address("<html><!-- saved from url=(0014)about:internet -->")
    ''
    """
    head = source[:_HEAD_CHARS]
    found = _BROWSER.search(head) or _SINGLE_FILE.search(head)
    if found:
        return found[1]
    found = _MIRROR.search(head)
    return f"http://{found[1]}" if found else ""
