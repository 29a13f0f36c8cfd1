"""The report: counts, exit code, summary."""

from __future__ import annotations

import pytest

from cleaner.batch import (
    Outcome,
    Report,
)

PROSE = "The river rose by two metres in the night, and the old bridge was closed to traffic until noon.\n"


@pytest.mark.parametrize(
    ("statuses", "wanted"),
    [
        (["ok"], 0),
        (["low_confidence"], 0),
        (["ok", "empty", "not_article"], 0),
        (["ok", "failed"], 1),
        (["failed"], 3),
        (["empty", "not_article"], 3),
        ([], 3),
    ],
)
def test_the_exit_code_follows_from_the_counts(statuses: list[str], wanted: int) -> None:
    """0 all is well, 1 some failed, 3 nothing usable; 130 when documents were not begun."""
    report = Report()
    for status in statuses:
        report.add(Outcome("a", status, "some_code" if status == "failed" else ""))  # type: ignore[arg-type]
    assert report.documents == len(statuses)
    assert report.return_code == wanted
    report.not_begun = 1
    assert report.return_code == 130


def test_the_summary_says_it_in_a_few_lines() -> None:
    """Counts by kind, the first ten failures with their sentences, and how many more there are."""
    report = Report(seconds=2.0)
    for number in range(12):
        report.add(Outcome("in/x", "failed", "binary_input", f"Number {number} is binary."))
    report.add(Outcome("in/y", "ok"))
    lines = str(report).splitlines()
    assert lines[0] == "13 documents in 2.0 s (6.5 a second):"
    assert lines[1:3] == ["       1 cleaned", "      12 failed (binary_input 12)"]
    assert lines[3] == "error[binary_input]: Number 0 is binary."
    assert len(lines) == 14
    assert lines[-1] == "... and 2 more failures."
