"""Measuring metadata: what counts as right, and the command that prints the figures."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cleaner.decode import decode
from cleaner.errors import InputError, SetupError
from cleaner.evaluation.gold import GoldPage
from cleaner.evaluation.metadata_figures import compare, evaluate_metadata, gold_language, gold_persons
from cleaner.evaluation.metadata_systems import METADATA_SYSTEMS, Answer, load_reader
from cleaner.page import RawPage
from cleaner.settings import DEFAULTS

HTML = (
    "<html lang=en><head><title>Ferry resumes service</title><meta name=author content='Jane Doe'>"
    "<meta property='article:published_time' content='2024-11-28T23:30:00-05:00'></head><body><h1>Ferry resumes service"
    "</h1><p>The ferry did not run on Monday because the water in the harbour was too low, the council said.</p>"
)


def gold_page(**known: Any) -> GoldPage:
    return GoldPage(**{"corpus": "c", "id": "1", "source": HTML.encode(), "content_type": "html", "body": "", **known})


def write_corpus(path: Path, **columns: list[Any]) -> Path:
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    rows = len(next(iter(columns.values())))
    table = {"html": [HTML.encode()] * rows, "body": ["The ferry did not run."] * rows, **columns}
    parquet.write_table(arrow.table(table), path)
    return path


@pytest.mark.parametrize(
    ("found", "wanted", "right"),
    [
        ("Ferry – resumes service!", "ferry resumes SERVICE", True),
        ("Ferry resumes", "Ferry resumes service", False),
        ("", "Ferry", False),
        ("Ferry", "", None),
    ],
)
def test_titles_are_compared_by_their_letters(found: str, wanted: str, right: bool | None) -> None:
    """Case and punctuation say nothing; without gold there is no answer."""
    assert compare("cleaner", Answer(found), Answer(wanted)).title is right


@pytest.mark.parametrize(
    ("found", "wanted", "right"),
    [
        ("2024-11-28T23:30:00-05:00", "2024-11-28 10:00:00+00:00", True),
        ("2024-11-28", "20241128", True),
        ("2024-11-29", "2024-11-28", False),
        ("", "2024-11-28", False),
        ("2024-11-28", "UNKNOWN", None),
    ],
)
def test_dates_are_compared_by_the_day_they_are_written_as(found: str, wanted: str, right: bool | None) -> None:
    """Zones are not converted."""
    assert compare("cleaner", Answer(date=found), Answer(date=wanted)).date is right


def test_authors_count_as_they_stand_and_as_persons() -> None:
    """The desk of the gold is missed by one figure and left aside by the other; so are degrees."""
    outcome = compare(
        "cleaner", Answer(authors=("JANE DOE",)), Answer(authors=("Jane Doe, PhD", "Daily Example Staff"))
    )
    assert (outcome.authors, outcome.written) == (1.0, 0.0)
    both = compare("cleaner", Answer(authors=("A Bee", "C Dee")), Answer(authors=("C Dee",)))
    assert both.authors == pytest.approx(2 / 3)
    assert compare("htmldate", Answer(date="2024-11-28"), Answer("T", ("A Bee",), "2024-11-28")).authors is None


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("A; B, PhD", ["A", "B, PhD"]),
        ("Ann Lee, Bo Ek and Cy Dee", ["Ann Lee", "Bo Ek", "Cy Dee"]),
        ("王小明 李华", ["王小明", "李华"]),
        ("UNKNOWN", []),
        ("", []),
    ],
)
def test_gold_authors_are_split(author: str, names: list[str]) -> None:
    """Semicolons part names, else commas and words for "and"; Chinese names stand side by side."""
    assert gold_persons(gold_page(author=author)) == names


@pytest.mark.parametrize(
    ("known", "code"),
    [
        ({"language": "Polish"}, "pl"),
        ({"body": "The ferry ran."}, "en"),
        ({"body": "渡轮停航"}, ""),
        ({"body": ""}, ""),
    ],
)
def test_the_gold_language_is_said_or_declared_and_seen(known: dict[str, str], code: str) -> None:
    """Without a gold language the declaration counts if the gold text has its script."""
    page = gold_page(**known)
    assert gold_language(page, decode(RawPage(page.source), DEFAULTS)) == code


def test_a_corpus_is_measured_and_summed_up(tmp_path: Path) -> None:
    """One row a system with the pages that had gold, and the languages."""
    path = write_corpus(
        tmp_path / "a.parquet",
        title=["Ferry resumes service", "Another"],
        author=["Jane Doe", None],
        date=["2024-11-28", None],
        language=["en", None],
        split=["dev", "dev"],
    )
    result = evaluate_metadata([path], against=["trafilatura", "htmldate"])
    ours, theirs, dates = result.rows()
    assert (ours.system, ours.pages, ours.title, ours.titles) == ("cleaner", 2, 0.5, 2)
    assert (ours.date, ours.dates, ours.authors, ours.authored, ours.language) == (1.0, 1, 1.0, 1, 1.0)
    assert (theirs.system, theirs.titles, theirs.language) == ("trafilatura", 2, None)
    assert (dates.title, dates.dates, dates.failures) == (None, 1, 0)
    assert result.languages() == {"en": (2, 2)}
    assert json.loads(json.dumps(result.to_dict()))["rows"][0]["title"] == 0.5


def test_a_system_that_raises_is_wrong_and_counted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An error of a peer costs it the page, and nothing else."""

    def broken(_settings: object) -> Any:
        def read(_page: object) -> Answer:
            raise ValueError("no")

        return read

    system = METADATA_SYSTEMS["htmldate"]
    monkeypatch.setitem(METADATA_SYSTEMS, "htmldate", type(system)("json", "json", broken, system.answers))  # type: ignore[index]
    path = write_corpus(tmp_path / "a.parquet", date=["2024-11-28"])
    row = evaluate_metadata([path], against=["htmldate"]).rows()[1]
    assert (row.date, row.failures) == (0.0, 1)


def test_unknown_systems_and_empty_splits_are_refused(tmp_path: Path) -> None:
    """Errors say what is known, and that no page was left."""
    with pytest.raises(SetupError, match="trafilatura") as caught:
        load_reader("nobody")
    assert caught.value.code == "unknown_peer"
    with pytest.raises(InputError, match="split test") as empty:
        evaluate_metadata([write_corpus(tmp_path / "a.parquet", split=["dev"])], split="test")
    assert empty.value.code == "gold_empty"


def test_the_command_prints_a_table_of_80_columns_and_json(tmp_path: Path) -> None:
    """The command prints figures for people or programs, and refuses options that mean nothing to it."""
    path = write_corpus(tmp_path / "a.parquet", title=["Ferry resumes service"], language=["en"])
    command = [sys.executable, "-m", "cleaner", "evaluate", str(path), "--metadata"]
    shown = subprocess.run(command, capture_output=True, encoding="utf-8", env={"COLUMNS": "80"}, check=True).stdout
    assert "cleaner" in shown
    assert "Language: 1 of 1 pages right." in shown
    assert max(map(len, shown.splitlines())) <= 80
    data = json.loads(subprocess.run([*command, "--json"], capture_output=True, check=True).stdout)
    assert data["rows"][0]["title"] == 1.0
    refused = subprocess.run([*command, "--worst", "3"], capture_output=True, encoding="utf-8", check=False)
    assert (refused.returncode, "--worst" in refused.stderr) == (2, True)
