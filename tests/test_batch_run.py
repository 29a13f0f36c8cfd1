"""Runs: everything found is cleaned or reported, and the counts add up."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest
from batch_folder import files_in, recipe

from cleaner.article import Article
from cleaner.batch import (
    ERRORS_FILE,
    Outcome,
    clean_tree,
    finish_on_interrupt,
    work,
)
from cleaner.errors import SetupError
from cleaner.readers import STDIN, Scan, scan
from cleaner.writers import run_error

PROSE = "The river rose by two metres in the night, and the old bridge was closed to traffic until noon.\n"


@pytest.mark.usefixtures("stand_in")
def test_a_tree_is_mirrored(pages: Path, tmp_path: Path) -> None:
    """Each page becomes .txt and .json with the same stem, in the same place."""
    report = clean_tree(scan([str(pages)]), recipe(tmp_path / "out"))
    written = files_in(tmp_path / "out")
    assert sorted(written) == ["a/b.json", "a/b.txt", "c.json", "c.txt", "plain.json", "plain.txt"]
    assert written["a/b.txt"] == PROSE.encode()
    assert json.loads(written["a/b.json"])["id"] == "a/b.html"
    assert (report.cleaned, report.documents, report.return_code) == (3, 3, 0)


@pytest.mark.usefixtures("stand_in")
def test_every_document_is_in_one_count(tmp_path: Path) -> None:
    """Cleaned, low, no article, empty and failed add up to what was found, and failures keep their codes."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number, word in enumerate(["ok", "ok", "low_confidence", "not_article", "empty", "binary", "bug", "memory"]):
        (folder / f"{number}.txt").write_text(word, "utf-8")
    (folder / "gone.txt").symlink_to("nowhere")
    report = clean_tree(scan([str(folder)]), recipe(tmp_path / "out"))
    assert (report.cleaned, report.low_confidence, report.not_article, report.empty) == (2, 1, 1, 1)
    assert report.failed == {"binary_input": 1, "internal_error": 1, "out_of_memory": 1, "broken_link": 1}
    assert report.documents == 9
    assert report.return_code == 1
    lines = [json.loads(line) for line in (tmp_path / "out" / ERRORS_FILE).read_text("utf-8").splitlines()]
    assert [(Path(line["path"]).name, line["code"], line["stage"]) for line in lines] == [
        ("gone.txt", "broken_link", "find"),
        ("5.txt", "binary_input", "clean"),
        ("6.txt", "internal_error", "clean"),
        ("7.txt", "out_of_memory", "clean"),
    ]
    assert "ZeroDivisionError: by nothing" in lines[2]["message"]
    assert "4.txt" in files_in(tmp_path / "out"), "an empty page has its (empty) result, too"


@pytest.mark.usefixtures("stand_in")
def test_a_failure_of_the_set_up_ends_the_run(tmp_path: Path) -> None:
    """What would fail for every document is raised once, not reported a thousand times."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("set-up", "utf-8")
    with pytest.raises(SetupError, match="weights are missing"):
        clean_tree(scan([str(tmp_path / "in")]), recipe(tmp_path / "out"))


@pytest.mark.usefixtures("stand_in")
def test_a_full_disk_costs_what_cannot_be_written(pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every document whose result does not fit is reported; the run goes on."""
    real = work.write_article

    def full_for_one(article: Article, *arguments: object, **options: object) -> int:
        if article.source == "a/b.html":
            raise run_error(tmp_path / "out/a/b.txt", OSError(28, "No space left on device"))
        return real(article, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(work, "write_article", full_for_one)
    report = clean_tree(scan([str(pages)]), recipe(tmp_path / "out"))
    assert (report.cleaned, dict(report.failed)) == (2, {"disk_full": 1})
    assert sorted(files_in(tmp_path / "out")) == ["c.json", "c.txt", "plain.json", "plain.txt"]


def test_nothing_found_writes_nothing(tmp_path: Path) -> None:
    """An empty folder does not even make the output folder."""
    (tmp_path / "in").mkdir()
    report = clean_tree(scan([str(tmp_path / "in")]), recipe(tmp_path / "out"))
    assert (report.documents, report.return_code) == (0, 3)
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("stand_in")
def test_stopping_leaves_the_rest_unbegun(pages: Path, tmp_path: Path) -> None:
    """After the stop what is finished stays, the rest is counted, and the exit code says interrupted."""
    done: list[Outcome] = []
    report = clean_tree(
        scan([str(pages)]), recipe(tmp_path / "out"), stop=lambda: len(done) == 1, on_outcome=done.append
    )
    assert (report.cleaned, report.not_begun, report.return_code) == (1, 2, 130)
    assert sorted(files_in(tmp_path / "out")) == ["a/b.json", "a/b.txt"]
    assert report.lines()[-1] == "Interrupted: 2 documents not begun."


def test_ctrl_c_is_noted_once_and_obeyed_twice() -> None:
    """The first SIGINT sets the flag, the second one raises, and afterwards the old handler is back."""
    before = signal.getsignal(signal.SIGINT)
    with finish_on_interrupt() as interrupted:
        assert interrupted() is False
        signal.raise_signal(signal.SIGINT)
        assert interrupted() is True
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.usefixtures("stand_in")
def test_standard_input_can_go_into_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page from a pipe is called stdin in a folder, and has no source in its record."""
    read_end, write_end = os.pipe()
    os.write(write_end, b"Rain.")
    os.close(write_end)
    with os.fdopen(read_end, encoding="utf-8") as pipe:
        monkeypatch.setattr(sys, "stdin", pipe)
        report = clean_tree(Scan("", (STDIN,), ()), recipe(tmp_path / "out"))
    assert report.cleaned == 1
    assert files_in(tmp_path / "out")["stdin.txt"] == b"Rain.\n"
    assert json.loads(files_in(tmp_path / "out")["stdin.json"])["source_file"] == ""
