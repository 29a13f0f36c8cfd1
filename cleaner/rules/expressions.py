r"""Regular expressions on the text of paragraphs, matched by RE2 in time linear in the length of the page.

Python's ``re`` backtracks: ``(a+)+$`` on forty letters does not end in a lifetime, and nothing can stop it. RE2 has no
such case, but it knows only ASCII words: its ``\b`` finds no border in front of "Über". So expressions are rewritten
with the classes of Unicode, and one with ``\b`` is looked for a second time in those lines where all the rest of it was
found, in copies in which the borders of words are marked.

All paragraphs are searched at once, as lines of one text: a match never leaves its line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

from cleaner.errors import SetupError
from cleaner.rules.expression_signs import asks_for_borders, rewrite

__all__ = ["BUDGET", "Expression", "Lines", "compile_expression"]

BUDGET = 5_000_000_000
"""States of the compiled expression times bytes of the page: what RE2 may at most have to look at, 1.1 ns each in the
worst we found (24,005 states). So an expression ends within some six seconds; ordinary ones have 10 to 3,000 states and
need a thousandth of that."""
_MARK = "\x01"
_MARKS = 4
_BORDER = re.compile(r"\b")
_MOST_MEMORY = 8 << 20
"""Bytes for one compiled expression (RE2's own default); what needs more is "too large"."""
_MOST_CHARACTERS = 5_000


class Lines:
    """Paragraphs as lines of one text."""

    def __init__(self, texts: Sequence[str]) -> None:
        # A line end within a paragraph (preformatted text) becomes another sign, and the mark is nobody else's.
        self.texts = [text.replace("\n", "\v").replace(_MARK, " ") for text in texts]
        self.data, self.starts = _joined(self.texts)


def _joined(lines: Sequence[str]) -> tuple[bytes, list[int]]:
    """Return the lines as one text, and where each begins, in bytes; one more at the end."""
    encoded = [line.encode("utf-8", "replace") for line in lines]
    return b"\n".join(encoded), [0, *accumulate(len(line) + 1 for line in encoded)]


class Expression(NamedTuple):
    """A compiled expression."""

    source: str
    anywhere: Any
    """RE2's object that takes every place for the border of a word."""
    at_borders: Any
    r"""RE2's object for marked lines; None when there is no ``\b`` in the expression."""

    def is_too_costly(self, lines: Lines) -> bool:
        """Tell whether matching might take long on this page."""
        states = max(finder.programsize for finder in (self.anywhere, self.at_borders) if finder is not None)
        return bool(states * len(lines.data) > BUDGET)

    def find(self, lines: Lines) -> list[int]:
        """Return the indices of the paragraphs in which the expression is found, in order."""
        found = _search(self.anywhere, lines.data, lines.starts)
        if self.at_borders is None or not found:
            return found
        # Several marks each, for expressions that ask several times in a row, as \b(?:\bthis|that) does.
        marked = _joined([_BORDER.sub(_MARK * _MARKS, lines.texts[place]) for place in found])
        return [found[place] for place in _search(self.at_borders, *marked)]


def _search(finder: Any, data: bytes, starts: list[int]) -> list[int]:
    found: list[int] = []
    place, many = 0, len(starts) - 1
    while place < many:
        match = finder.search(data, starts[place])
        if match is None:
            break
        place = bisect_right(starts, match.start()) - 1
        found.append(place)
        place += 1
    return found


@lru_cache(maxsize=4096)
def compile_expression(source: str) -> Expression:
    """Compile an expression. Raises ValueError with a sentence for a bad one, SetupError when RE2 is not installed."""
    try:
        import re2
    except ImportError as error:
        raise SetupError(
            "missing_extra",
            "Rules with text need google-re2, which is not installed. Try: pip install 'article-cleaner[rules]'",
        ) from error
    if len(source) > _MOST_CHARACTERS:
        raise ValueError(f"The expression is longer than {_MOST_CHARACTERS:,} characters.")
    options = re2.Options()
    options.never_capture = True
    options.never_nl = True
    options.log_errors = False
    options.max_mem = _MOST_MEMORY
    marks = ("", _MARK) if asks_for_borders(source) else ("",)
    try:
        finders = [re2.compile(f"(?m){rewrite(source, mark=mark)}", options) for mark in marks]
    except re2.error as error:
        complaint = error.args[0].decode("utf-8", "replace") if error.args else ""
        raise ValueError(_sentence(complaint)) from None
    return Expression(source, finders[0], finders[1] if len(finders) > 1 else None)


def _sentence(complaint: str) -> str:
    if any(words in complaint for words in ("too large", "repetition size")):
        return "The expression is too large when counts such as {1,1000} are written out; take smaller ones, or + or *."
    return f"The expression cannot be read: {complaint}."
