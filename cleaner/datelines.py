"""Lines that are metadata and not text: date lines, and header lines such as ``Author: Jane Doe``.

Meant for the first few short lines of a text; a call costs some 20 microseconds. The labels of header lines are a
table, ``tables/header_names.txt``; dates are those of :mod:`cleaner.dates`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cleaner.dates import FoundDate, find_dates, fold, has_date_figures, is_plain, iso_date, table_entries

__all__ = ["read_date_line", "read_header_line"]

_MAX_LINE_CHARS = 160
"""A date line with both dates, zone and labels stays under this; longer lines are prose and are not looked at."""
_MAX_HEADER_CHARS = 400
_MAX_LABEL_CHARS = 30
_MBOX = re.compile(
    r"From \S{1,100}@\S{1,100}\s+([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]?\d \d\d:\d\d(?::\d\d)? .{0,12}\d{4})$"
)
"""The line before each message of an mbox file: address and the time of delivery as the C library writes it."""


def read_date_line(text: str) -> str | None:
    """Return the ISO date if the whole line is a date line, else None.

    Beside the date a date line has only its weekday, time and zone, and words that say what the date is
    (``tables/date_words.txt``). With two dates the one that says when the text was published counts; two dates
    that say nothing of themselves are a range, not a date line. A sentence that contains a date is left alone, and
    so is a line without the day or the year. ``03/04/2021`` is read day first.

    >>> read_date_line("Published 3 March 2021, 10:14")
    '2021-03-03T10:14:00'
    >>> read_date_line("Stand: 12.05.2023"), read_date_line("2018年2月16日")
    ('2023-05-12', '2018-02-16')
    >>> read_date_line("The bridge was opened on 3 March 2021.")
    """
    if not 6 <= len(text) <= _MAX_LINE_CHARS or not has_date_figures(text):
        return None
    line = fold(text)
    found = find_dates(line)
    if not found or not is_plain(_without(line, found)):
        return None
    if len({date.iso[:10] for date in found}) > 1 and not any(date.role for date in found):
        return None
    published = [date for date in found if date.role == "published"]
    unsaid = [date for date in found if not date.role]
    return (published or unsaid or found)[0].iso


def read_header_line(text: str) -> tuple[str, str] | None:
    """Return (metadata field, value) of a line such as ``Author: Jane Doe``, or None.

    The labels are those of mail headers, front matter and scrapers in many languages (``tables/header_names.txt``).
    Fields are names of :class:`cleaner.page.Metadata`; '' for headers that say nothing about the article, such as
    ``Content-Type:``. A date must be readable (the value is its ISO form), a URL must look like one; other values
    are returned as they stand. The line that opens a message of an mbox file is a date. Meant for the head of a
    text: further down ``From:`` and ``Subject:`` belong to quoted letters.

    >>> read_header_line("Subject: Ferry resumes service")
    ('title', 'Ferry resumes service')
    >>> read_header_line("Datum: 12.05.2023"), read_header_line("Note: this is a sentence.")
    (('date_published', '2023-05-12'), None)
    """
    mbox = _MBOX.match(text)
    if mbox:
        date = iso_date(mbox[1])
        return ("date_published", date) if date else None
    label, colon, value = text[:_MAX_HEADER_CHARS].replace("\uff1a", ":", 1).partition(":")
    label, value = fold(label.strip(" *#-\t")), value.strip(" *\t")
    if not colon or not value or len(text) > _MAX_HEADER_CHARS or len(label) > _MAX_LABEL_CHARS:
        return None
    field = _header_names().get(label)
    if field is None:
        return None
    if field == "-":
        return "", value
    if field.startswith("date_"):
        date = read_date_line(value) or iso_date(value)
        return (field, date) if date else None
    if field == "url" and not re.match(r"(?:https?://|www\.)\S+$", value):
        return None
    if field in {"authors", "site_name", "language"} and len(value) > 120:
        return None
    return field, value


def _without(line: str, found: list[FoundDate]) -> str:
    """Return what stands around the dates."""
    kept, reach = [], 0
    for date in found:
        kept.append(line[reach : date.start])
        reach = date.end
    return " ".join([*kept, line[reach:]])


@lru_cache(maxsize=1)
def _header_names() -> dict[str, str]:
    """Return label -> metadata field."""
    names: dict[str, str] = {}
    for line in table_entries("header_names.txt"):
        field, labels = line.split(" ", 1)
        for label in labels.split(" | "):
            names.setdefault(label, field)
    return names
