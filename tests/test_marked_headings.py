"""Headings that a plain text marks as Markdown does."""

from __future__ import annotations

import pytest

import cleaner
from cleaner.page import Kind

PROSE = " ".join(["The clerk of Kellerow counted the crates and wrote it down in the book of the harbour."] * 2)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (f"# Salt in Kellerow\n\n{PROSE}\n\n## The night before\n\n{PROSE}", [Kind.TITLE, Kind.BODY, Kind.HEADING]),
        (f"# One\n\n{PROSE}\n\n# Two\n\n{PROSE}", [Kind.HEADING, Kind.BODY, Kind.HEADING]),
        (f"{PROSE}\n\n# The only one\n\n{PROSE}", [Kind.BODY, Kind.HEADING, Kind.BODY]),
        (f"#salt is not a heading\n\n{PROSE}", None),
    ],
)
def test_marked_headings_are_headings(text: str, kinds: list[Kind] | None) -> None:
    """A kept line that begins with # and a blank is a heading; the only one of first rank, above the prose, a title."""
    found = [part.kind for part in cleaner.clean(text).paragraphs]
    if kinds is None:
        assert Kind.HEADING not in found
    else:
        assert found[:3] == kinds
