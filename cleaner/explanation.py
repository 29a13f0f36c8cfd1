"""Lay out for a terminal what was made of each paragraph of a page."""

from __future__ import annotations

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cleaner.article import Article
from cleaner.page import Paragraph

__all__ = ["explanation"]

_METADATA = ("title", "authors", "date_published", "site_name", "language")
"""The fields a reader can check against the paragraphs below them."""

_EXCERPT_CHARACTERS = 400
"""More than any terminal shows on a line."""


def explanation(article: Article, *, name: str) -> Group:
    """Return a heading, the main metadata with their sources, and one table row per paragraph with its reasons.

    Kept and dropped are told by a word, not by colour alone. Texts are cut to one line, in columns as the terminal
    counts them (a Chinese character takes two).
    """
    kept = sum(paragraph.kept for paragraph in article.paragraphs)
    counted = f"{kept} of {len(article.paragraphs)} paragraphs kept"
    lines = [f"{name}: {article.status}, confidence {article.confidence:.2f}, {article.content_type}, {counted}"]
    for field in _METADATA:
        value = getattr(article.metadata, field)
        if value:
            origin = article.metadata.sources.get(field, "")
            shown = "; ".join(value) if isinstance(value, tuple) else value
            lines.append(f"{field}: {_one_line(shown)}" + (f" ({origin})" if origin else ""))
    lines += [f"warning: {warning}" for warning in article.warnings]
    return Group(*map(Text, lines), Text(""), _table(article.paragraphs))


def _table(paragraphs: tuple[Paragraph, ...]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, expand=True)
    table.add_column("", width=4, no_wrap=True)
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("kind", width=9, no_wrap=True)
    table.add_column("score", width=5, no_wrap=True)
    table.add_column("text, and why", ratio=1)
    for paragraph in paragraphs:
        excerpt = Text(_one_line(paragraph.text), no_wrap=True, overflow="ellipsis")
        reasons = [Padding(Text(f"- {_one_line(reason)}"), (0, 0, 0, 2)) for reason in paragraph.reasons]
        table.add_row(
            Text("keep", style="bold green") if paragraph.kept else Text("drop", style="red"),
            str(paragraph.index),
            paragraph.kind.value,
            f"{paragraph.score:.2f}",
            Group(excerpt, *reasons),
            style="" if paragraph.kept else "dim",
        )
    return table


def _one_line(text: str) -> str:
    r"""Cut a text and take out what would move the cursor or colour the screen.

    >>> _one_line("a\x1b[31mb\nc")
    'a [31mb c'
    """
    cut = text[:_EXCERPT_CHARACTERS]
    return cut if cut.isprintable() else "".join(sign if sign.isprintable() else " " for sign in cut)
