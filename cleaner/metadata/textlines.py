"""Metadata of plain text, from the lines at its head."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from cleaner.datelines import read_date_line, read_header_line
from cleaner.dates import find_dates
from cleaner.metadata.addresses import registered_domain
from cleaner.metadata.bylines import read_byline
from cleaner.metadata.descriptions import split_tags
from cleaner.metadata.fields import Fields
from cleaner.metadata.latest import latest_day
from cleaner.metadata.persons import split_persons
from cleaner.metadata.placelines import put_place
from cleaner.metadata.spoken import put_language
from cleaner.page import Kind, Layout, Metadata, Page
from cleaner.settings import Settings

__all__ = ["describe_text"]

HEAD_LINES = 10
"""Only so many paragraphs at the head are read as date, header, byline or headline."""
_MAX_HEAD_CHARS = 300
"""The first longer paragraph is prose: the head of the text is over, even if fewer lines were read."""
_TITLE_LINES = 3
"""A line marked as heading is the headline only so near the top; further down it heads a section."""
_NUMBERED = re.compile(r"[0-9]{1,3}[.)]\s")
"""How the parts of a paper or contract begin, which are no headlines."""
_TITLE_WORDS = (3, 20)
"""Fewest and most words of a first line that nothing but its shape tells to be the headline."""
_PROSE_WORDS = 12
_END_MARKS = (".", "!", "?", "…")
_SOURCE = "text line"


def describe_text(
    page: Page, layout: Layout, *, kinds: Sequence[Kind], kept: Sequence[bool], settings: Settings
) -> Metadata:
    """Read the metadata of a plain text; see :func:`cleaner.metadata.describe`."""
    fields = Fields(page)
    fields.put("url", page.url or "", "caller")
    declared = ""
    if settings.metadata:
        lines = list(takewhile(lambda text: len(text) <= _MAX_HEAD_CHARS, layout.texts[:HEAD_LINES]))
        headers = [read_header_line(text) for text in lines]
        # What a line says by its label counts before what its place suggests; an mbox line has no label.
        for _, header in sorted(zip(lines, headers, strict=True), key=lambda entry: entry[0].startswith("From ")):
            if header is not None:
                declared = _put_header(fields, *header) or declared
        for index, text in enumerate(lines):
            if headers[index] is None:
                _read_line(fields, text, kinds[index] if index < len(kinds) else None)
                if layout.tags[index] == "h" and index < _TITLE_LINES:
                    fields.put("title", text.lstrip("# "), _SOURCE)
        _put_heading(fields, lines, kinds)
        if "title" not in fields.values and headers[:1] == [None] and read_date_line(lines[0]) is None:
            fields.put("title", _line_of_its_own(layout, kinds, kept), _SOURCE)
        put_place(fields, layout, kept, source=_SOURCE)
        fields.put("declared_language", declared, _SOURCE)
        _check_dates(fields, latest_day(page.fetched_at))
    fields.put("domain", registered_domain(fields.values.get("url", "")), "url")
    put_language(fields, layout, kept, declared=declared, settings=settings)
    return fields.metadata()


def _put_heading(fields: Fields, lines: Sequence[str], kinds: Sequence[Kind]) -> None:
    """Take the first heading near the top for the headline if no line is marked as one."""
    for text, kind in list(zip(lines, kinds, strict=False))[:_TITLE_LINES]:
        if kind is Kind.BODY and len(text.split()) >= _PROSE_WORDS:
            return  # a heading below prose heads a section
        if kind is Kind.HEADING and not _NUMBERED.match(text):
            fields.put("title", text.lstrip("# "), _SOURCE)


def _line_of_its_own(layout: Layout, kinds: Sequence[Kind], kept: Sequence[bool]) -> str:
    """Return the first line if it reads like the headline of the prose right below it, whatever it is called; else ''.

    Both are kept. The line has a few words, a capital and no end mark, and is set apart by a blank line if any is; what
    stands below is a sentence more than twice as long.
    """
    if len(layout.texts) < 2 or not all(kept[:2]) or list(kinds[:2]) != [Kind.BODY] * 2:
        return ""
    line, below = layout.texts[:2]
    words = line.split()
    is_apart = bool(layout.gaps[1]) or not layout.gaps[1:].any()
    is_line = _TITLE_WORDS[0] <= len(words) <= _TITLE_WORDS[1] and line[0].isupper() and line[-1].isalnum()
    is_prose = len(below.split()) >= max(_PROSE_WORDS, 2 * len(words)) and below.rstrip("\"'”’»)")[-1:] in _END_MARKS
    return line if is_apart and is_line and is_prose else ""


def _read_line(fields: Fields, text: str, kind: Kind | None) -> None:
    """Read one line of the head that has no label."""
    date = read_date_line(text)
    if date is not None:
        fields.put("date_published", date, _SOURCE)
        for found in find_dates(text):
            if found.role == "modified" and found.iso != date:
                fields.put("date_modified", found.iso, _SOURCE)
        return
    persons = read_byline(text, sure=kind is Kind.BYLINE)
    if persons and kind in {Kind.BYLINE, Kind.DATELINE, None}:
        fields.put("authors", tuple(persons), _SOURCE)
    if kind is Kind.TITLE:
        fields.put("title", text.lstrip("# "), _SOURCE)
    elif kind in {Kind.DATELINE, Kind.BYLINE}:
        for found in find_dates(text)[:2]:
            fields.put("date_modified" if found.role == "modified" else "date_published", found.iso, _SOURCE)


def _put_header(fields: Fields, field: str, value: str) -> str:
    """Set the field of a header line; return the declared language."""
    if field == "language":
        return value
    if field == "authors":
        fields.put("authors", tuple(split_persons(value, user_names=True)), _SOURCE)
    elif field == "tags":
        fields.put("tags", split_tags([value]), _SOURCE)
    elif field:
        fields.put(field, value, _SOURCE)
    return ""


def _check_dates(fields: Fields, limit: str) -> None:
    """Drop dates that cannot be true: after the last day there can be, or changed before published."""
    for field in ("date_published", "date_modified"):
        if str(fields.values.get(field, ""))[:10] > limit:
            fields.drop(field)
    if str(fields.values.get("date_modified", "9"))[:10] < str(fields.values.get("date_published", ""))[:10]:
        fields.drop("date_modified")
