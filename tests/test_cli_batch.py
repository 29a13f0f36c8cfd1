"""The command line over many documents: what is chosen, written, told, and with which exit code."""

from __future__ import annotations

import csv
import gzip
import io
import json
import logging
import os
import re
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from command_result import Result, Run, runner

pytestmark = pytest.mark.usefixtures("stand_in")


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Return a function that runs `cleaner clean ... -j 0 --no-site`, or another command, here in an empty folder."""
    monkeypatch.chdir(tmp_path)
    run_all = runner(capsysbinary, monkeypatch)

    def run_here(*arguments: str) -> Result:
        return run_all(*arguments, *(("-j", "0", "--no-site") if arguments[0] == "clean" else ()))

    return run_here


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder ``in`` with five pages, of which one is binary, and a zip with two."""
    inside = tmp_path / "in"
    inside.mkdir()
    for name, text in {"a": "one", "b": "two", "c": "not_article", "d": "binary", "e": "empty"}.items():
        (inside / f"{name}.txt").write_text(text, "utf-8")
    with zipfile.ZipFile(inside / "z.zip", "w") as archive:
        archive.writestr("x/f.html", "three")
        archive.writestr("g.html", "one")
    return inside


def made(folder: str = "out") -> list[str]:
    paths = [path for path in Path(folder).rglob("*") if path.is_file() and ".cleaner" not in path.parts]
    return sorted(path.relative_to(folder).as_posix() for path in paths)


def records() -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path("out/articles.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.usefixtures("folder")
def test_archives_become_folders(run: Run) -> None:
    """Pages of an archive stand below its name, under their own whole name."""
    result = run("clean", "in", "-o", "out", "-f", "txt")
    assert (result.code, result.out) == (1, "")
    assert made() == ["a.txt", "b.txt", "c.txt", "e.txt", "z.zip/g.html.txt", "z.zip/x/f.html.txt"]


@pytest.mark.usefixtures("folder")
def test_shared_files_hold_every_record_in_order(run: Run) -> None:
    """All of jsonl, csv and parquet have the same rows; the fields are those of the json files and two more."""
    run("clean", "in", "-o", "out", "-f", "jsonl,csv,parquet")
    assert made() == ["articles.csv", "articles.jsonl", "articles.parquet"]
    lines = records()
    assert [line["id"] for line in lines] == ["a.txt", "b.txt", "c.txt", "e.txt", "z.zip/x/f.html", "z.zip/g.html"]
    assert [line["duplicate_of"] for line in lines] == ["", "", "", "", "", "a.txt"]
    with Path("out/articles.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == [line["text"] for line in lines]
    assert list(rows[0]) == list(lines[0])
    table = pq.read_table("out/articles.parquet")
    assert table.column_names == list(lines[0])
    assert table["text"].to_pylist() == [line["text"] for line in lines]
    assert table["confidence"].to_pylist() == [line["confidence"] for line in lines]


@pytest.mark.usefixtures("folder")
def test_shards_divide_records(run: Run) -> None:
    """Each shard is whole; fewer ones the next time leave none behind."""
    run("clean", "in", "-o", "out", "-f", "jsonl", "--shard-size", "2")
    assert made() == [f"articles-{number:05}.jsonl" for number in range(3)]
    assert [len(Path("out", name).read_bytes().splitlines()) for name in made()] == [2, 2, 2]
    run("clean", "in", "-o", "out", "-f", "jsonl", "--shard-size", "4")
    assert made() == ["articles-00000.jsonl", "articles-00001.jsonl"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["jsonl", "csv", "parquet"])
def test_every_shared_format_has_shards(run: Run, name: str) -> None:
    """Two records in each file, one in the last; together those of a single file, each with every field."""
    Path("in/z.zip").unlink()
    Path("in/f.txt").write_text("six", "utf-8")
    rows = {"jsonl": _json_rows, "csv": _csv_rows, "parquet": lambda path: pq.read_table(path).to_pylist()}[name]
    run("clean", "in", "-o", "out", "-f", name, "--shard-size", "2")
    run("clean", "in", "-o", "whole", "-f", name)
    assert (made(), made("whole")) == ([f"articles-{number:05}.{name}" for number in range(3)], [f"articles.{name}"])
    parts = [rows(Path("out", part)) for part in made()]
    assert [len(part) for part in parts] == [2, 2, 1]
    assert [row for part in parts for row in part] == rows(Path(f"whole/articles.{name}"))


def _json_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.usefixtures("folder")
def test_deduplicate_leaves_duplicates_out(run: Run) -> None:
    """One of two texts that are the same is kept: files and records of the other are not there."""
    assert "1 of these is a duplicate" in run("clean", "in", "-o", "out", "-f", "json,jsonl").err
    assert json.loads(Path("out/z.zip/g.html.json").read_bytes())["duplicate_of"] == "a.txt"
    run("clean", "in", "-o", "out", "-f", "json,jsonl", "--deduplicate")
    assert "z.zip/g.html.json" not in made()
    assert [record["id"] for record in records()] == [
        "a.txt",
        "b.txt",
        "c.txt",
        "e.txt",
        "z.zip/x/f.html",
    ]
    run("clean", "in", "-o", "out", "-f", "json,jsonl")
    assert "z.zip/g.html.json" in made()


def test_guessed_columns_are_told(run: Run) -> None:
    """Once for all tables that are alike, and not at all when the user named them; nor with --quiet."""
    for name in ("a", "b"):
        Path(f"{name}.csv").write_text("ID,Body,link\n1,one,https://example.org/1\n", "utf-8")
    Path("c.jsonl").write_text('{"text": "two"}\n', "utf-8")
    notes = [line for line in run("clean", "a.csv", "b.csv", "c.jsonl", "-o", "out").err.splitlines() if "note" in line]
    other = "--text-column and its like choose others."
    assert notes == [
        f"note: Columns of a.csv: text from 'Body', url from 'link', id from 'ID'. {other}",
        f"note: Columns of c.jsonl: text from 'text'. {other}",
    ]
    assert run("clean", "a.csv", "-o", "two", "-q").err == ""
    named = ("--text-column", "Body", "--url-column", "link", "--id-column", "ID")
    assert "note" not in run("clean", "a.csv", "-o", "three", *named).err


ROWS = b'{"id": "r1", "text": "one"}\n{"id": "r2", "text": "two"}\n'


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_many_pages_come_from_a_pipe(run: Run, monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]) -> None:
    """A table on standard input is one for a folder; piped again, nothing is done again, and nothing is left behind."""
    monkeypatch.setenv("TMPDIR", str(Path.cwd()))
    monkeypatch.setattr(tempfile, "tempdir", None)
    for earlier in (0, 2):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(pack(ROWS)))))  # type: ignore[arg-type]
        summary = json.loads(run("clean", "-", "-o", "out", "-q", "--json-summary").out)
        assert (summary["ok"], summary["earlier"]) == (2, earlier)
        assert [(record["id"], record["text"]) for record in records()] == [("r1", "one"), ("r2", "two")]
    assert [path.name for path in Path().iterdir()] == ["out"]


def test_many_pages_are_not_taken_for_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A WARC file from a pipe needs a folder, and that is said."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(b"WARC/1.0\r\n"))))  # type: ignore[arg-type]
    result = run("clean", "-")
    assert result == Result(
        2,
        "",
        "error[output_needed]: Standard input holds many pages (warc). They need a folder: cleaner clean - -o out\n",
    )


def test_tables_give_records_with_their_identifiers(run: Run) -> None:
    """A table and nothing else becomes one file of records, whose ids are those of its rows."""
    rows = [{"key": "k1", "story": "one", "link": "https://example.org/1"}, {"key": "k2", "story": "binary"}]
    Path("rows.jsonl.gz").write_bytes(gzip.compress("".join(f"{json.dumps(row)}\n" for row in rows).encode()))
    refused = run("clean", "rows.jsonl.gz", "-o", "out")
    assert (refused.code, "Say which with --text-column" in refused.err) == (3, True)
    result = run("clean", "rows.jsonl.gz", "-o", "out", "--text-column", "story")
    assert result.code == 1
    (record,) = records()
    assert (record["id"], record["text"]) == ("k1", "one")
    assert "binary_input" in Path("out/.cleaner/errors.jsonl").read_text("utf-8")
    assert "rows.jsonl.gz, line 2" in Path("out/.cleaner/errors.jsonl").read_text("utf-8")


@pytest.mark.usefixtures("folder")
def test_a_container_needs_a_folder(run: Run) -> None:
    """Many pages on standard output would be one text."""
    assert "error[output_needed]" in run("clean", "in/z.zip").err


@pytest.mark.usefixtures("folder")
def test_a_dry_run_does_nothing(run: Run) -> None:
    """It prints what would be read and written."""
    result = run("clean", "in", "-o", "out", "-f", "txt", "--dry-run")
    assert result.code == 0
    assert result.out.splitlines()[0] == "in/a.txt -> out/a.txt"
    assert result.out.splitlines()[-1] == "in/z.zip (zip) -> out/z.zip"
    assert result.err == "6 would be cleaned. Nothing was done.\n"
    assert not Path("out").exists()


@pytest.mark.usefixtures("folder")
def test_a_list_names_what_is_cleaned(run: Run) -> None:
    """Paths come from the list and the command line together."""
    Path("list.txt").write_text("in/b.txt\nin/c.txt\n", "utf-8")
    run("clean", "in/a.txt", "--from-list", "list.txt", "-o", "out", "-f", "txt")
    assert made() == ["a.txt", "b.txt", "c.txt"]
    Path("list.txt").write_text("\n", "utf-8")
    assert run("clean", "--from-list", "list.txt", "-o", "out").code == 2


@pytest.mark.usefixtures("folder")
def test_the_number_of_documents_can_be_limited(run: Run) -> None:
    """The first N in the order of names."""
    run("clean", "in", "-o", "out", "-f", "txt", "--limit", "2")
    assert made() == ["a.txt", "b.txt"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("fail_on", "code"), [("any", 1), ("all", 0), ("never", 0)])
def test_what_counts_as_failed_can_be_chosen(run: Run, fail_on: str, code: int) -> None:
    """`--fail-on` changes the exit code, and nothing else."""
    result = run("clean", "in", "-o", "out", "--fail-on", fail_on)
    assert (result.code, "1 failed (binary_input 1)" in result.err) == (code, True)


@pytest.mark.usefixtures("folder")
def test_the_summary_is_there_for_programs(run: Run) -> None:
    """`--json-summary` is one line of JSON on standard output."""
    result = run("clean", "in", "-o", "out", "--json-summary", "--quiet")
    summary = json.loads(result.out)
    assert (result.err, summary["documents"], summary["ok"], summary["exit_code"]) == ("", 7, 4, 1)
    assert summary["failed"] == {"binary_input": 1}


@pytest.mark.usefixtures("folder")
def test_a_summary_is_of_a_folder(run: Run) -> None:
    """One page on standard output has none, and that is said, not passed over."""
    result = run("clean", "in/a.txt", "--json-summary")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "error[folder_needed]: --json-summary needs a folder for the results. Try: -o out --json-summary\n"
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
@pytest.mark.usefixtures("folder")
def test_pipes_are_named(run: Run) -> None:
    """What looks like a page by its name and would be waited for is a line of the summary."""
    os.mkfifo("in/pipe.html")
    assert (
        "note[not_a_file]: in/pipe.html is a named pipe, which cleaner does not wait for."
        in run("clean", "in", "-o", "out").err
    )


def test_without_a_terminal_lines_tell_how_far_it_is(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Now and then: documents done, of how many, failed ones, the rate and the time that is left."""
    monkeypatch.setattr("cleaner.console._PLAIN_SECONDS", -1.0)
    Path("in").mkdir()
    for number in range(20):
        Path(f"in/{number:02}.txt").write_text("binary" if number == 1 else f"one {number}", "utf-8")
    lines = run("clean", "in", "-o", "out", "-f", "txt").err.splitlines()
    assert re.fullmatch(r"2 of 20 documents, 1 failed, [0-9.,]+/s, \d+ min left", lines[1])
    assert [line.partition(" ")[0] for line in lines[:20]] == [str(number) for number in range(1, 21)]
    assert not run("clean", "in", "-o", "two", "-f", "txt", "-q").err


@pytest.mark.usefixtures("folder")
def test_each_document_can_be_told(run: Run) -> None:
    """`--verbose` prints a line for each, with its name; the second run says which were done before."""
    lines = run("clean", "in", "-o", "out", "-v").err.splitlines()
    assert lines[0].startswith("ok  a.txt: 3 characters 0.0")
    assert lines[3] == "failed  d.txt: binary_input: d.txt is binary."
    assert run("clean", "in", "-o", "out", "-v").err.splitlines()[0] == "ok  a.txt: 3 characters (earlier)"
    Path("in/a.json").write_text("{", "utf-8")
    assert "warning: a.txt: in/a.json, beside a page, is no JSON" in run("clean", "in", "-o", "two", "-v").err


@pytest.mark.usefixtures("folder")
def test_documents_are_logged_by_name(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    """Programs that use the package see each document in the log, failures as warnings."""
    with caplog.at_level(logging.INFO, logger="cleaner.batch"):
        run("clean", "in", "-o", "out", "-q")
    assert ("cleaner.batch", logging.WARNING, "d.txt: binary_input: d.txt is binary.") in caplog.record_tuples
    assert len(caplog.record_tuples) == 7


@pytest.mark.usefixtures("folder")
def test_status_tells_how_a_run_stands(run: Run) -> None:
    """Counts, failures and state come from the folder itself; a folder without a run is said."""
    run("clean", "in", "-o", "out", "-q")
    result = run("status", "out")
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0].endswith(" is complete.")
    assert {"       4 ok", "       1 failed: binary_input", "error[binary_input]: d.txt is binary."} <= set(lines)
    data = json.loads(run("status", "out", "--json").out)
    assert (data["state"], data["documents"], data["counts"]["ok"]) == ("complete", 7, 4)
    state = json.loads(Path("out/.cleaner/run.json").read_bytes())
    Path("out/.cleaner/run.json").write_text(json.dumps({**state, "state": "running"}), "ascii")
    assert "was killed" in run("status", "out").out
    assert run("status", "in").code == 2


@pytest.mark.usefixtures("folder")
def test_a_file_gives_options_and_settings(run: Run) -> None:
    """`cleaner.toml` of this or a higher folder counts, in pyproject.toml its table; the command line wins."""
    Path("cleaner.toml").write_text('format = "json"\nlimit = 1\nthreshold = 0.3\n', "utf-8")
    run("clean", "in", "-o", "out")
    assert made() == ["a.json"]
    assert json.loads(Path("out/.cleaner/run.json").read_bytes())["settings"]["threshold"] == 0.3
    run("clean", "in", "-o", "two", "-f", "txt", "--limit", "2", "--threshold", "0.6")
    assert made("two") == ["a.txt", "b.txt"]
    assert json.loads(Path("two/.cleaner/run.json").read_bytes())["settings"]["threshold"] == 0.6
    shown = run("config", "show").out.splitlines()
    assert shown[0].endswith("cleaner.toml")
    assert any(line.startswith("limit = 1 ") and line.endswith("cleaner.toml") for line in shown)
    assert any(line.startswith("reasons = false ") and line.endswith("# default") for line in shown)
    Path("cleaner.toml").unlink()
    Path("pyproject.toml").write_text('[tool.cleaner]\nshard-size = 3\nformat = ["jsonl"]\n', "utf-8")
    run("clean", "in", "-o", "three")
    assert made("three") == ["articles-00000.jsonl", "articles-00001.jsonl"]


@pytest.mark.usefixtures("folder")
def test_an_unknown_option_in_a_file_is_refused(run: Run) -> None:
    """The sentence names the nearest known one, and nothing is done."""
    Path("cleaner.toml").write_text("shrad_size = 3\n", "utf-8")
    result = run("clean", "in", "-o", "out")
    assert (result.code, "Did you mean 'shard_size'?" in result.err) == (2, True)
    assert not Path("out").exists()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('timeout = "fast"\n', "Invalid value for '--timeout'"),
        ("shard-size = 0\n", "Invalid value for '--shard-size'"),
        ("threshold = 7\n", "threshold must lie between 0 and 1, but is 7."),
        ("timeout = \n", "cannot be read: Invalid value (at line 1"),
        ("timout = 3\n", "Did you mean 'timeout'?"),
    ],
)
def test_a_bad_value_in_a_file_is_said_with_the_file(run: Run, text: str, says: str) -> None:
    """Who never typed the option is told where it stands; typed on the command line, no file is blamed."""
    Path("cleaner.toml").write_text(text, "utf-8")
    result = run("clean", "in", "-o", "out")
    message = " ".join(result.err.replace("\n", " ").split())
    assert (result.code, says in message, "cleaner.toml" in message) == (2, True, True)
    assert not Path("out").exists()
    Path("cleaner.toml").write_text("timeout = 5\n", "utf-8")
    assert "cleaner.toml" not in run("clean", "in", "-o", "out", "--timeout", "fast").err


def test_a_table_that_is_none_in_a_project_file_is_said(run: Run) -> None:
    """A list of tables where one is meant is no traceback."""
    Path("pyproject.toml").write_text("[[tool.cleaner]]\n", "utf-8")
    result = run("config", "show")
    assert (result.code, "tool.cleaner is no table" in result.err) == (2, True)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--address", "10.0.0.1:6379"], "--address is that of a cluster. Add --engine ray."),
        (["--engine", "ray"], "--jobs 0 works in this very process, --engine ray elsewhere. Give one of them."),
    ],
)
@pytest.mark.usefixtures("folder")
def test_an_engine_that_does_not_fit_is_said(run: Run, options: list[str], sentence: str) -> None:
    """What contradicts itself about engines is wrong usage, and nothing is begun."""
    result = run("clean", "in", "-o", "out", *options)
    assert (result.code, result.err.strip()) == (2, f"error[bad_engine]: {sentence}")
    assert not Path("out").exists()
