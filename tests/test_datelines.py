"""Date lines and header lines at the head of a text, and dates written for machines."""

from __future__ import annotations

import datetime as dt
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.datelines import read_date_line, read_header_line
from cleaner.dates import find_dates, iso_date
from cleaner.page import Metadata

CASES = Path(__file__).resolve().parents[1] / "fixtures" / "metadata"
LINES = json.loads((CASES / "datelines.json").read_text("utf-8"))
MACHINE = json.loads((CASES / "machine_dates.json").read_text("utf-8"))
modest = settings(max_examples=100, deadline=None)


@pytest.mark.parametrize("case", LINES["date_lines"], ids=lambda case: case["text"])
def test_date_lines_are_read(case: dict[str, str]) -> None:
    """A line that is nothing but a date, in any of the languages, gives the date in ISO 8601."""
    assert read_date_line(case["text"]) == case["iso"]


@pytest.mark.parametrize("text", LINES["not_date_lines"])
def test_other_lines_are_left_alone(text: str) -> None:
    """A sentence with a date, a range, a time or an impossible day is no date line."""
    assert read_date_line(text) is None


@pytest.mark.parametrize("case", LINES["headers"], ids=lambda case: case["text"])
def test_header_lines_are_read(case: dict[str, str]) -> None:
    """A labelled line gives a metadata field and its value."""
    assert read_header_line(case["text"]) == (case["field"], case["value"])
    assert case["field"] in {*Metadata.__dataclass_fields__, ""}


@pytest.mark.parametrize("text", LINES["not_headers"])
def test_lines_that_only_look_like_headers_are_left_alone(text: str) -> None:
    """An unknown label, an unreadable date or a sentence with a colon is text."""
    assert read_header_line(text) is None


@pytest.mark.parametrize("case", MACHINE, ids=lambda case: case["value"])
def test_machine_dates_become_iso_8601(case: dict[str, Any]) -> None:
    """Dates of meta tags and JSON-LD come out as ISO 8601 or not at all."""
    assert iso_date(case["value"], day_first=case.get("day_first", True)) == case["iso"]


def test_dates_in_a_line_have_their_roles() -> None:
    """Each date of a line has the role that the nearest word before it gives."""
    found = find_dates("Erstellt: 12.05.2023 | Zuletzt aktualisiert: 13.05.2023, 9:05 Uhr")
    assert [(date.iso, date.role) for date in found] == [
        ("2023-05-12", "published"),
        ("2023-05-13T09:05:00", "modified"),
    ]


@modest
@given(st.text(max_size=120))
def test_any_line_is_read_or_left_alone(text: str) -> None:
    """No line raises; what comes back is a date with year, month and day."""
    date = read_date_line(text)
    assert date is None or len(date.split("T")[0].split("-")) == 3
    header = read_header_line(text)
    assert header is None or header[0] in {*Metadata.__dataclass_fields__, ""}


@modest
@given(st.dates(min_value=dt.date(1901, 1, 1), max_value=dt.date(2099, 12, 31)))
def test_every_day_is_read_in_every_notation(day: dt.date) -> None:
    """Any day of two centuries comes back from the notations that are written with words or year first."""
    iso = day.isoformat()
    english = f"{day.day} {day:%B} {day.year}"
    for text in (
        iso,
        english,
        f"{day:%B} {day.day}, {day.year}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%d.%m.%Y}",
    ):
        assert read_date_line(text) == iso


@pytest.mark.parametrize(
    "piece", ["2021-", "3 March ", "1 2 3 4 ", "a" * 10, "3/", "2021年3", "10:14 ", "By ", " " * 10]
)
def test_long_lines_are_searched_in_linear_time(piece: str) -> None:
    """A megabyte of almost-dates takes no longer than the first 2,000 characters of it."""
    start = time.process_time()
    find_dates(piece * (1_000_000 // len(piece)))
    read_date_line(piece * 15)
    assert time.process_time() - start < 0.5
