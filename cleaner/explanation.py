"""Lay out for a terminal what was made of each paragraph of a page."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from cleaner.article import Article
from cleaner.page import Paragraph

__all__ = ["Look", "explain_lines"]

_METADATA = ("title", "authors", "date_published", "site_name", "language")
"""The fields a reader can check against the paragraphs below them."""

_KIND_COLUMNS = 9
"""As long as the longest kind, ``subscribe``."""

_MIN_TEXT_COLUMNS = 20


@dataclass(frozen=True, slots=True)
class Look:
    """What the place can show where the lines go."""

    columns: int = 80
    has_colour: bool = False


def explain_lines(article: Article, *, name: str, look: Look) -> Iterator[str]:
    """Yield a heading, the main metadata with their sources, and for each paragraph a line and its reasons.

    Kept and dropped are told by a word; colour only repeats it. Texts are cut to one line, in columns as a terminal
    counts them (a Chinese sign takes two), and lose what would move the cursor. Takes time in proportion to the number
    of paragraphs, some microseconds each (a rich table needs a millisecond).
    """
    kept = sum(paragraph.kept for paragraph in article.paragraphs)
    counted = f"{kept} of {len(article.paragraphs)} paragraphs kept"
    yield f"{name}: {article.status}, confidence {article.confidence:.2f}, {article.content_type}, {counted}"
    for field in _METADATA:
        value = getattr(article.metadata, field)
        if value:
            origin = article.metadata.sources.get(field, "")
            shown = "; ".join(value) if isinstance(value, tuple) else value
            yield _cut(f"{field}: {shown}" + (f" ({origin})" if origin else ""), look.columns)
    yield from (f"warning: {_visible(warning)}" for warning in article.warnings)
    yield ""
    digits = len(str(max(len(article.paragraphs) - 1, 0)))
    yield f"      {'#':>{digits}}  {'kind':{_KIND_COLUMNS}}  score  text, and why"
    for paragraph in article.paragraphs:
        yield from _paragraph_lines(paragraph, digits, look)


def _paragraph_lines(paragraph: Paragraph, digits: int, look: Look) -> Iterator[str]:
    mark, colour = ("keep", "1;32") if paragraph.kept else ("drop", "31")
    where = f"  {paragraph.index:>{digits}}  {paragraph.kind.value:{_KIND_COLUMNS}}  {paragraph.score:.2f}   "
    indent = len(mark) + len(where)
    room = max(look.columns - indent, _MIN_TEXT_COLUMNS)
    yield (f"\x1b[{colour}m{mark}\x1b[0m" if look.has_colour else mark) + where + _cut(paragraph.text, room)
    for reason in paragraph.reasons:
        lines = textwrap.wrap(_visible(reason), room - 4) or [""]
        for number, line in enumerate(lines):
            yield " " * indent + ("  - " if number == 0 else "    ") + _cut(line, room - 4)


def _cut(text: str, columns: int) -> str:
    """Shorten a text to so many columns, with an ellipsis if anything is lost.

    >>> _cut("river", 5), _cut("rivers", 5), _cut("河水在夜里", 6)
    ('river', 'rive…', '河水…')
    """
    begin = _visible(text[: 2 * columns])
    if len(text) <= 2 * columns and cell_len(begin) <= columns:
        return begin
    return set_cell_size(begin, columns - 1).rstrip() + "…"


def _visible(text: str) -> str:
    r"""Put a blank for each sign that would move the cursor or colour the screen.

    >>> _visible("a\x1b[31mb\nc")
    'a [31mb c'
    """
    return text if text.isprintable() else "".join(sign if sign.isprintable() else " " for sign in text)
