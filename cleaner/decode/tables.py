"""The tables of decoding (``cleaner/tables``): encodings and their labels, magic numbers, alphabets."""

from __future__ import annotations

from importlib import resources


def read_rows(table: str) -> list[list[str]]:
    """Read a table of tab-separated columns."""
    text = resources.files("cleaner").joinpath("tables").joinpath(table).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if line and line[0] != "#"]
