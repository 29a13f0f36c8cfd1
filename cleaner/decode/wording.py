"""How the messages about input that cannot be decoded call the page."""

from __future__ import annotations


def name_page(where: str) -> str:
    """Return the beginning of a sentence about a page, with its name where that is known."""
    return f"The page {where}" if where else "The page"
