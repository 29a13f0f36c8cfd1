"""A run that was ended anywhere goes on where it stopped: nothing finished is done again, nothing is lost."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from batch_folder import results_in

from cleaner.batch import Outcome, Recipe, Report, Selection, clean_tree
from cleaner.batch.ledger import LEDGER_FILE
from cleaner.batch.outputs import MANIFEST_FILE
from cleaner.batch.state import describe_changes, read_state
from cleaner.errors import SetupError
from cleaner.readers import Reading, scan
from cleaner.settings import Settings

WORDS = ("river", "bridge", "mayor", "market", "harbour", "ferry", "school", "winter", "council", "lantern", "signal")


def text_of(number: int) -> str:
    chosen = random.Random(number)
    return " ".join(chosen.choice(WORDS) + str(chosen.randrange(99)) for _ in range(60))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of thirty pages, a zip with twelve more, two that are alike and one that is binary."""
    for number in range(30):
        path = tmp_path / "in" / f"{'abc'[number % 3]}" / f"{number:02}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text_of(number), "utf-8")
    (tmp_path / "in" / "a" / "same.txt").write_text(text_of(4) + " again", "utf-8")
    (tmp_path / "in" / "b" / "bad.txt").write_text("binary", "utf-8")
    with zipfile.ZipFile(tmp_path / "in" / "b" / "more.zip", "w") as archive:
        for number in range(30, 42):
            archive.writestr(f"{number}.txt", text_of(number))
    return tmp_path / "in"


def run(folder: Path, out: Path, **options: Any) -> tuple[Report, list[Outcome]]:
    seen: list[Outcome] = []
    given = {name: options.pop(name) for name in ("jobs", "selection", "stop", "say") if name in options}
    options.setdefault("formats", ("txt", "json", "jsonl", "csv"))
    recipe = Recipe(folder=out, reading=Reading(), **options)
    return clean_tree(scan([str(folder)]), recipe, on_outcome=seen.append, **given), seen


def in_a_child(act: Callable[[], object]) -> int:
    """Do something in a copy of this process and return how that ended (negative: the signal)."""
    child = os.fork()
    if child == 0:
        try:
            act()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill_at(event: int, wanted: tuple[str, ...]) -> None:
    """Have this process killed at the n-th of the system's events of these kinds."""
    count = 0

    def watch(name: str, _arguments: object) -> None:
        nonlocal count
        if name in wanted:
            count += 1
            if count == event:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.usefixtures("stand_in")
def test_killed_at_random_moments_a_run_ends_like_one_that_was_not(folder: Path, tmp_path: Path) -> None:
    """Twenty kills -9, anywhere between the first file opened and the last renamed: the same bytes, no work twice."""
    run(folder, tmp_path / "whole")
    wanted = results_in(tmp_path / "whole")
    chosen, out = random.Random(3), tmp_path / "out"
    finished: set[str] = set()
    kills = 0
    for attempt in range(20):
        event = chosen.randrange(1, 60) if attempt % 4 else chosen.randrange(1, 15)
        kinds = ("open", "os.rename", "sqlite3.connect") if attempt % 2 else ("os.rename",)

        def act(event: int = event, kinds: tuple[str, ...] = kinds) -> None:
            kill_at(event, kinds)
            run(folder, out)

        kills += in_a_child(act) == -signal.SIGKILL
        if (out / LEDGER_FILE).exists():
            base = sqlite3.connect(out / LEDGER_FILE)
            now = {row[0] for row in base.execute("SELECT name FROM documents WHERE status != 'failed'")}
            base.close()
            assert finished <= now, "what was finished stays finished"
            finished = now
    assert kills >= 10
    report, seen = run(folder, out)
    assert {outcome.name for outcome in seen if outcome.is_earlier} >= finished
    assert (report.documents, report.cleaned, dict(report.failed)) == (44, 43, {"binary_input": 1})
    assert results_in(out) == wanted
    assert [path.name for path in (out / ".cleaner").glob("*.tmp")] == []


@pytest.mark.usefixtures("stand_in")
def test_a_second_run_does_nothing_again(folder: Path, tmp_path: Path) -> None:
    """Everything is as it was, and the report says so; what had failed is tried once more."""
    run(folder, tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.txt")}
    report, seen = run(folder, tmp_path / "out")
    assert [outcome.name for outcome in seen if not outcome.is_earlier] == ["b/bad.txt"]
    assert (report.earlier, report.documents, report.return_code) == (43, 44, 1)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.txt")} == before
    assert "      43 of these were done by an earlier run, and not again" in report.lines()


@pytest.mark.usefixtures("stand_in")
def test_changed_input_is_cleaned_again(folder: Path, tmp_path: Path) -> None:
    """A page, a document of an archive and a lost output are noticed, and only they."""
    run(folder, tmp_path / "out")
    (folder / "a" / "00.txt").write_text("new text", "utf-8")
    (tmp_path / "out" / "a" / "03.json").unlink()
    with zipfile.ZipFile(folder / "b" / "more.zip", "w") as archive:
        for number in range(30, 41):
            archive.writestr(f"{number}.txt", text_of(number) if number != 35 else "changed")
    report, seen = run(folder, tmp_path / "out")
    again = [outcome.name for outcome in seen if not outcome.is_earlier]
    assert again == ["a/00.txt", "a/03.txt", "b/bad.txt", "b/more.zip/35.txt"]
    assert report.documents == 43
    lines = (tmp_path / "out" / "articles.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 42, "a document that the archive has no longer is in no shared file"
    assert (tmp_path / "out" / "a" / "00.txt").read_text("utf-8") == "new text\n"


@pytest.mark.usefixtures("stand_in")
def test_changed_settings_are_noticed_and_said(folder: Path, tmp_path: Path) -> None:
    """With other settings all is cleaned again, and the sentence names what has changed."""
    said: list[str] = []
    run(folder, tmp_path / "out", say=said.append)
    assert said == []
    report, _ = run(folder, tmp_path / "out", say=said.append, settings=Settings(threshold=0.4))
    assert said == [
        "Since the last run the setting threshold has changed (null -> 0.4): every document is cleaned again."
    ]
    assert report.earlier == 0
    report, _ = run(folder, tmp_path / "out", say=said.append, settings=Settings(threshold=0.4))
    assert (len(said), report.earlier) == (1, 43)


@pytest.mark.usefixtures("stand_in")
def test_changed_weights_are_noticed_and_said(folder: Path, tmp_path: Path) -> None:
    """What is in the file of weights counts, not what it is called."""
    said: list[str] = []
    (tmp_path / "a.npz").write_bytes(b"one")
    run(folder, tmp_path / "out", settings=Settings(weights=str(tmp_path / "a.npz")))
    (tmp_path / "a.npz").rename(tmp_path / "b.npz")
    other = Settings(weights=str(tmp_path / "b.npz"))
    assert run(folder, tmp_path / "out", settings=other, say=said.append)[0].earlier == 43
    (tmp_path / "b.npz").write_bytes(b"two")
    assert run(folder, tmp_path / "out", settings=other, say=said.append)[0].earlier == 0
    (sentence,) = said
    assert sentence.startswith("Since the last run the weights have changed (")


def test_changes_are_listed_in_words() -> None:
    """Several changes stand in one sentence; none at all give none."""
    before = {"version": "1", "weights": "aa", "settings": {"a": 1}, "formats": ["txt"]}
    now = {"version": "2", "weights": "bb", "settings": {"a": 1}, "formats": ["txt"]}
    assert describe_changes({}, now) == describe_changes(now, now) == []
    assert describe_changes(before, now) == [
        (
            'Since the last run the version of cleaner ("1" -> "2"), the weights ("aa" -> "bb") have changed: every '
            "document is cleaned again."
        )
    ]


@pytest.mark.usefixtures("stand_in")
def test_overwrite_does_everything_anew(folder: Path, tmp_path: Path) -> None:
    """With --overwrite nothing counts as done."""
    run(folder, tmp_path / "out")
    report, _ = run(folder, tmp_path / "out", overwrite=True)
    assert (report.earlier, report.documents) == (0, 44)


@pytest.mark.usefixtures("stand_in")
def test_an_interrupted_run_keeps_what_is_done(folder: Path, tmp_path: Path) -> None:
    """Shared files are not there until all is done; the next run does only the rest, and the result is the same."""
    run(folder, tmp_path / "whole")
    done: list[int] = []

    def stop() -> bool:
        done.append(1)
        return len(done) > 20

    report, seen = run(folder, tmp_path / "out", stop=stop)
    assert (report.return_code, read_state(tmp_path / "out")["state"]) == (130, "interrupted")
    assert 0 < len(seen) < 44
    assert not (tmp_path / "out" / "articles.jsonl").exists()
    report, again = run(folder, tmp_path / "out")
    assert len([outcome for outcome in again if outcome.is_earlier]) == len(seen)
    assert (report.return_code, read_state(tmp_path / "out")["state"]) == (1, "complete")
    assert results_in(tmp_path / "out") == results_in(tmp_path / "whole")


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.usefixtures("stand_in")
def test_the_order_of_work_changes_nothing(folder: Path, tmp_path: Path, seed: int) -> None:
    """Shuffled files give the same bytes, shared files and marks of duplicates included."""
    run(folder, tmp_path / "whole")
    run(folder, tmp_path / "out", selection=Selection(shuffle_seed=seed))
    assert results_in(tmp_path / "out") == results_in(tmp_path / "whole")


@pytest.mark.usefixtures("stand_in")
def test_a_part_can_be_chosen(folder: Path, tmp_path: Path) -> None:
    """A limit takes the first, a sample always the same ones; the rest of the folder can follow."""
    report, seen = run(folder, tmp_path / "out", selection=Selection(limit=5))
    assert [outcome.name for outcome in seen] == [f"a/{number:02}.txt" for number in (0, 3, 6, 9, 12)]
    assert report.return_code == 0
    samples = [
        {outcome.name for outcome in run(folder, tmp_path / name, selection=selection)[1]}
        for name, selection in {
            "one": Selection(sample=0.4),
            "two": Selection(sample=0.4, shuffle_seed=5),
        }.items()
    ]
    assert samples[0] == samples[1]
    assert 8 <= len(samples[0]) <= 28
    assert run(folder, tmp_path / "out")[0].earlier == 5


@pytest.mark.usefixtures("stand_in")
def test_two_runs_do_not_meet(folder: Path, tmp_path: Path) -> None:
    """While a run writes into a folder, another one is refused."""
    refused: list[str] = []

    def stop() -> bool:
        if not refused:
            with pytest.raises(SetupError) as caught:
                run(folder, tmp_path / "out")
            refused.append(caught.value.code)
        return False

    run(folder, tmp_path / "out", stop=stop)
    assert refused == ["output_busy"]


@pytest.mark.usefixtures("stand_in")
def test_the_run_is_written_down(folder: Path, tmp_path: Path) -> None:
    """`run.json` has settings, versions, the digest of the weights and the counts; the manifest has every document."""
    run(folder, tmp_path / "out", settings=Settings(threshold=0.4))
    state = read_state(tmp_path / "out")
    assert (state["settings"]["threshold"], state["state"]) == (0.4, "complete")
    assert len(state["weights"]) == 16
    assert state["counts"]["ok"] == 43
    assert state["counts"]["failed"] == {"binary_input": 1}
    lines = [json.loads(line) for line in (tmp_path / "out" / MANIFEST_FILE).read_text("utf-8").splitlines()]
    assert len(lines) == 44
    assert [line["code"] for line in lines if line["status"] == "failed"] == ["binary_input"]
    inner = next(line for line in lines if line["id"] == "b/more.zip/30.txt")
    assert inner["outputs"] == ["b/more.zip/30.txt.txt", "b/more.zip/30.txt.json"]
    assert len(inner["digest"]) == 32
    assert [line["duplicate_of"] for line in lines if line["id"] == "a/04.txt" or "duplicate_of" in line] == [
        "a/same.txt"
    ]
