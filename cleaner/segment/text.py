"""Plain text -> Layout: paragraphs where no DOM is left.

Two layouts are told apart from the text itself: **one paragraph a line** (most scrapers; blank lines, if any, group
the lines) and **hard-wrapped** (e-mail, old archives: a paragraph goes over several lines of nearly one width). The
sign of hard wrapping is the fit test: in wrapped text the first word of the next line would not have fitted on the
line before. Where paragraphs have no blank line between them but an indented first line (books, old archives), the
indent begins the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from cleaner.page import Container, Containers, Head, Layout

_MIN_WIDTH, _MAX_WIDTH = 40, 130
"""Columns between which people and programs wrap lines (RFC 3676 says 66 to 78; wide terminals 100 to 120)."""
_MIN_WRAPPED_SHARE = 0.7
"""Share of line pairs that must fail the fit test before a text counts as hard-wrapped. Wrapped prose is above 0.8,
one-paragraph-a-line text below 0.3 (fixtures/text)."""
_BULLETS = ("- ", "* ", "• ", "– ", "+ ", "· ", "▪ ", "‣ ", "◦ ", "● ")


def segment_text(source: str) -> Layout:
    r"""Split plain text into paragraphs; offsets point into ``source``, white space inside is collapsed.

    Nothing is left out and nothing is joined but the lines of hard-wrapped paragraphs. Any line end of
    :meth:`str.splitlines` counts, form feeds too.

    >>> layout = segment_text("date 2024-11-28\r\n\r\nOne.\r\nTwo.\r\n")
    >>> layout.texts, layout.starts.tolist(), layout.ends.tolist()
    (('date 2024-11-28', 'One.', 'Two.'), [0, 19, 25], [15, 23, 29])
    """
    lines = list(_lines(source))
    indents = _indents(source, lines)
    width = _wrap_width(source, lines, indents)
    indented = bool(width) and _indents_first_lines(lines, indents)
    pieces: list[list[str]] = []
    starts: list[int] = []
    ends: list[int] = []
    gaps: list[int] = []
    groups: list[int] = []
    group = 0
    before, indent_before = "", 0
    for (start, end, blank), indent in zip(lines, indents, strict=True):
        line = source[start:end]
        group += bool(blank or not pieces)
        begins = not pieces or blank or (indented and indent > indent_before)
        if width and not begins and _goes_on(before, line, width - indent_before):
            pieces[-1].append(line)
            ends[-1] = end
        else:
            pieces.append([line])
            starts.append(start)
            ends.append(end)
            gaps.append(blank)
            groups.append(group)
        before, indent_before = line, indent
    texts = [" ".join(" ".join(lines).split()) for lines in pieces]
    return _layout(texts, starts, ends, gaps, groups)


_LINE = re.compile("[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
"""What :meth:`str.splitlines` calls a line; found one by one, so that millions of blank lines cost no memory."""
_LINE_ENDS = "\x0b\x0c\x85\u2028\u2029"


def _lines(source: str) -> Iterator[tuple[int, int, int]]:
    """Yield (start, end, blank lines before) of each line with text, without the white space at its ends."""
    last = 0
    for match in _LINE.finditer(source):
        line = match.group()
        stripped = line.strip()
        if stripped:
            start = match.start() + len(line) - len(line.lstrip())
            between = max(source.count("\n", last, start), source.count("\r", last, start))
            between += sum(source.count(end, last, start) for end in _LINE_ENDS)
            yield start, start + len(stripped), max(between - 1, 0) if last else between
            last = start + len(stripped)


_MAX_INDENT = 16
"""Columns; what begins further to the right is centred or a column of a table, and no paragraph's first line."""


def _indents(source: str, lines: list[tuple[int, int, int]]) -> list[int]:
    """Return by how many blanks each line is set in; 0 for most, also behind a tab or far to the right."""
    indents = []
    for start, _, _ in lines:
        indent = 0
        while indent <= _MAX_INDENT and start > indent and source[start - indent - 1] == " ":
            indent += 1
        indents.append(indent if indent <= _MAX_INDENT else 0)
    return indents


def _indents_first_lines(lines: list[tuple[int, int, int]], indents: list[int]) -> bool:
    """Say whether an indent begins a paragraph, as it does where those behind a blank line do not hang."""
    first = hanging = 0
    for at, (above, indent) in enumerate(pairwise(indents)):
        if (not at or lines[at][2]) and not lines[at + 1][2]:
            first += above > indent
            hanging += above < indent
    return first > hanging


def _wrap_width(source: str, lines: list[tuple[int, int, int]], indents: list[int]) -> int:
    """Return the column at which the text is hard-wrapped, in characters, or 0 when it is not.

    Lines under half the width (headers, signatures, headings) say nothing either way.
    """
    lengths = sorted(end - start + indent for (start, end, _), indent in zip(lines, indents, strict=True))
    if len(lengths) < 4:
        return 0
    width = lengths[int(len(lengths) * 0.98)]
    if not _MIN_WIDTH <= width <= _MAX_WIDTH:
        return 0
    pairs = full = 0
    for ((start, end, _), (next_start, next_end, blank)), indent in zip(pairwise(lines), indents, strict=False):
        if not blank and end - start + indent >= width / 2:
            pairs += 1
            full += _is_full(source[start:end], source[next_start:next_end], width - indent)
    return width if pairs >= 3 and full >= _MIN_WRAPPED_SHARE * pairs else 0


def _is_full(line: str, following: str, width: int) -> bool:
    """Say whether the first word of the next line would not have fitted on this one.

    Scripts without blanks break anywhere, so there (and at a "word" too long to be one) a single character counts.
    """
    word = following.split(None, 1)[0]
    if len(word) > _MIN_WIDTH or word[0] >= "\u2e80":
        return len(line) + 2 > width
    return len(line) + 1 + len(word) > width


def _goes_on(line: str, following: str, width: int) -> bool:
    return _is_full(line, following, width) and not following.startswith(_BULLETS)


def _tag(text: str) -> str:
    if text.startswith(_BULLETS):
        return "li"
    if text.startswith("#") and text.lstrip("#").startswith(" "):
        return "h"
    return "p"


def _layout(texts: list[str], starts: list[int], ends: list[int], gaps: list[int], groups: list[int]) -> Layout:
    n = len(texts)
    n_groups = groups[-1] if groups else 0
    firsts = np.searchsorted(groups, np.arange(1, n_groups + 2)) if groups else np.zeros(1, dtype=int)
    containers = [Container(-1, "text", "", 0, 0, n)]
    containers += [Container(0, "group", "", 0, int(firsts[g]), int(firsts[g + 1])) for g in range(n_groups)]
    nothing = np.zeros(n, dtype=np.int32)
    return Layout(
        content_type="text",
        texts=tuple(texts),
        tags=tuple(_tag(text) for text in texts),
        containers=Containers.of(containers),
        container_of=np.array(groups, dtype=np.int32),
        starts=np.array(starts, dtype=np.int32),
        ends=np.array(ends, dtype=np.int32),
        marks=("",) * n,
        link_chars=nothing,
        links=nothing,
        images=nothing,
        hidden=np.zeros(n, dtype=np.bool_),
        gaps=np.array(gaps, dtype=np.int32),
        controls=nothing,
        head=Head(),
    )
