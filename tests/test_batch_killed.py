"""The command itself, with real workers: killed, told to end or robbed of its workers, it ends like one left alone."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import random
import select
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from batch_folder import processes_with, results_in

from cleaner.batch.ledger import LEDGER_FILE
from cleaner.batch.outputs import MANIFEST_FILE
from cleaner.batch.state import read_state
from cleaner.batch.status import read_standing

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")

ROOT = Path(__file__).resolve().parents[1]
WORDS = ("river", "bridge", "mayor", "market", "harbour", "ferry", "school", "winter", "council", "lantern", "signal")
SECONDS = 180.0
"""Until something that must happen is given up."""


def page_of(number: int) -> str:
    """Return a page of three paragraphs between a menu and a list of links, each text another one."""
    chosen = random.Random(number)
    paragraphs = [" ".join(chosen.choice(WORDS) + str(chosen.randrange(99)) for _ in range(40)) for _ in range(3)]
    prose = "".join(f"<p>{paragraph.capitalize()}.</p>" for paragraph in paragraphs)
    links = "".join(f"<li><a href='/{at}'>{chosen.choice(WORDS)}</a></li>" for at in range(8))
    return f"<title>Page {number}</title><ul>{links}</ul><h1>Page {number}</h1>{prose}<h4>Related</h4><ul>{links}</ul>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of 160 pages in three folders, a zip of forty more, a table of forty, and one that is binary."""
    inside = tmp_path_factory.mktemp("many") / "in"
    for number in range(160):
        path = inside / "abc"[number % 3] / f"{number:03}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page_of(number), "utf-8")
    (inside / "a" / "same.html").write_text(page_of(3), "utf-8")
    (inside / "b" / "bad.html").write_bytes(b"%PDF-1.7\n" + bytes(99))
    with zipfile.ZipFile(inside / "b" / "more.zip", "w") as archive:
        for number in range(200, 240):
            archive.writestr(f"{number}.html", page_of(number))
    rows = (json.dumps({"id": f"r{number}", "html": page_of(number)}) for number in range(300, 340))
    (inside / "rows.jsonl.gz").write_bytes(gzip.compress("\n".join(rows).encode("ascii")))
    return inside


DOCUMENTS = 160 + 2 + 40 + 40


Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture(scope="module")
def mark(folder: Path) -> str:
    """Return what every process of this module has in its environment."""
    return f"STARTED_BY_TESTS_OF={folder}"


@pytest.fixture(scope="module")
def start(folder: Path, mark: str) -> Iterator[Start]:
    """Return a function that starts the command over the folder; whatever is left of it at the end is killed."""
    name, _, value = mark.partition("=")

    def start_over(out: Path, *options: str) -> subprocess.Popen[bytes]:
        arguments = ["clean", str(folder), "-o", str(out), "-f", "txt,jsonl,csv", "-q", *options]
        with (out.parent / "messages").open("wb") as messages:
            return subprocess.Popen(
                [sys.executable, "-m", "cleaner", *arguments],
                env={**os.environ, name: value, "PYTHONPATH": str(ROOT)},
                cwd=out.parent,
                stderr=messages,
                start_new_session=True,
            )

    yield start_over
    for pid in processes_with(mark):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def wanted(start: Start, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return what one process makes of the folder when nobody disturbs it."""
    out = tmp_path_factory.mktemp("whole") / "out"
    assert start(out, "-j", "1").wait(SECONDS) == 1
    assert read_state(out)["counts"]["failed"] == {"binary_input": 1}
    return results_in(out)


def written(out: Path) -> int:
    """Return how many texts there are."""
    return sum(1 for _ in out.rglob("*.txt"))


def wait_for(is_so: Callable[[], bool]) -> None:
    """Wait until something is so, and fail when it does not come."""
    until = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


def finished(out: Path) -> set[str]:
    """Return the documents that are done by the ledger, which must be sound and speak of files that are there."""
    if not (out / LEDGER_FILE).exists():
        return set()
    with contextlib.closing(sqlite3.connect(out / LEDGER_FILE)) as base:
        if not base.execute("SELECT 1 FROM sqlite_master WHERE name = 'documents'").fetchone():
            return set()
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        rows = base.execute("SELECT name, outputs FROM documents WHERE status != 'failed'").fetchall()
    assert [name for _, outputs in rows for name in json.loads(outputs) if not (out / name).exists()] == []
    return {name for name, _ in rows}


def leftovers(out: Path) -> list[str]:
    return [path.name for path in out.rglob("*.tmp")]


def test_two_processes_in_another_order_give_the_same(start: Start, wanted: dict[str, bytes], tmp_path: Path) -> None:
    """Neither the number of processes nor the order of files shows in a byte of what comes out."""
    assert start(tmp_path / "out", "-j", "2", "--shuffle-seed", "5").wait(SECONDS) == 1
    assert results_in(tmp_path / "out") == wanted


def test_killed_twenty_times_it_goes_on(start: Start, wanted: dict[str, bytes], tmp_path: Path, mark: str) -> None:
    """Twenty kills -9 at random moments of start and work: nothing finished is lost, no process stays, same bytes."""
    out, chosen, done = tmp_path / "out", random.Random(11), set[str]()
    for kill in range(20):
        run = start(out, "-j", "2")
        if kill % 2 == 0:
            time.sleep(chosen.uniform(0.05, 1.2))
        else:
            aim = min(written(out) + chosen.randrange(1, 25), 240)
            wait_for(lambda aim=aim, run=run: written(out) >= aim or run.poll() is not None)  # type: ignore[misc]
            time.sleep(chosen.uniform(0.0, 0.05))
        run.kill()
        assert run.wait() == -signal.SIGKILL
        now = finished(out)
        assert done <= now
        done = now
    wait_for(lambda: processes_with(mark) == [])
    assert 50 < len(done) < DOCUMENTS
    assert read_standing(out).state == "killed"
    assert start(out, "-j", "2").wait(SECONDS) == 1
    assert read_state(out)["counts"]["earlier"] >= len(done)
    assert results_in(out) == wanted
    assert leftovers(out) == []


@pytest.mark.parametrize(
    ("name", "to_all"), [("SIGTERM", False), ("SIGTERM", True), ("SIGHUP", True), ("SIGINT", True)]
)
def test_told_to_end_it_ends_in_good_order(start: Start, tmp_path: Path, mark: str, name: str, *, to_all: bool) -> None:
    """Exit code 130; ledger and files are whole and agree, no temporary file and no process stays."""
    for attempt in range(5):  # where the run is quicker than this test, it is over before it is told
        out = tmp_path / f"out{attempt}"
        run = start(out, "-j", "2")
        wait_for(lambda out=out: written(out) >= 2)  # type: ignore[misc]
        os.killpg(run.pid, signal.Signals[name]) if to_all else run.send_signal(signal.Signals[name])
        if run.wait(SECONDS) != 1 or written(out) < DOCUMENTS:
            break
    assert run.returncode == 130, (tmp_path / "messages").read_text("utf-8")
    wait_for(lambda: processes_with(mark) == [])
    state = read_state(out)
    assert (state["state"], state["counts"]["failed"]) == ("interrupted", {})
    assert len(finished(out)) == state["counts"]["documents"] == written(out) < DOCUMENTS
    assert leftovers(out) == []
    assert (tmp_path / "messages").read_bytes() == b""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the signal masks of processes from /proc")
def test_signals_to_the_whole_group_spare_its_helpers(start: Start, tmp_path: Path, mark: str) -> None:
    """Workers and the server they are made from never get the SIGTERM that is meant for the run."""
    run = start(tmp_path / "out", "-j", "2")
    wait_for(lambda: written(tmp_path / "out") >= 2)
    spared = {}
    for pid in processes_with(mark):
        with contextlib.suppress(OSError):  # one that just ended
            lines = dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines())
            masked = int(lines["SigBlk"], 16) | int(lines["SigIgn"], 16)
            spared[pid] = bool(masked >> (signal.SIGTERM - 1) & 1)
    run.kill()
    run.wait()
    assert spared.pop(run.pid, False) is False
    assert set(spared.values()) == {True}


def test_a_closed_terminal_ends_it_in_good_order(folder: Path, tmp_path: Path, mark: str) -> None:
    """The bar has nobody to be drawn for any more; that is no error, and the documents at hand are finished."""
    import pty  # not everywhere

    out = tmp_path / "out"
    child, terminal = pty.fork()
    if child == 0:
        name, _, value = mark.partition("=")
        arguments = ["-m", "cleaner", "clean", str(folder), "-o", str(out), "-f", "txt,jsonl,csv", "-j", "2"]
        environment = {**os.environ, name: value, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
        os.execve(sys.executable, [sys.executable, *arguments], environment)  # noqa: S606 - a terminal needs a fork
    seen = b""

    def is_under_way() -> bool:
        nonlocal seen
        while select.select([terminal], [], [], 0)[0]:
            seen += os.read(terminal, 4096)
        return written(out) >= 5 and b"/s" in seen

    wait_for(is_under_way)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 130
    wait_for(lambda: processes_with(mark) == [])
    assert read_state(out)["state"] == "interrupted"
    assert len(finished(out)) < DOCUMENTS
    assert leftovers(out) == []


def test_told_twice_it_ends_at_once(start: Start, tmp_path: Path, mark: str) -> None:
    """The second signal does not wait for the documents at hand, and leaves no more behind than the first."""
    out = tmp_path / "out"
    run = start(out, "-j", "2")
    wait_for(lambda: written(out) >= 5)
    os.kill(run.pid, signal.SIGSTOP)  # so that both are there when it goes on
    os.kill(run.pid, signal.SIGTERM)
    os.kill(run.pid, signal.SIGINT)
    os.kill(run.pid, signal.SIGCONT)
    assert run.wait(SECONDS) == 130
    wait_for(lambda: processes_with(mark) == [])
    assert len(finished(out)) < DOCUMENTS
    assert leftovers(out) == []
    assert (tmp_path / "messages").read_bytes() == b"Interrupted.\n"


def test_robbed_of_its_workers_it_loses_nothing(
    start: Start, wanted: dict[str, bytes], tmp_path: Path, mark: str
) -> None:
    """Ten workers killed while they clean cost time only."""
    out, chosen = tmp_path / "out", random.Random(4)
    run = start(out, "-j", "2")
    for aim in range(10, 210, 20):
        wait_for(lambda aim=aim: written(out) >= aim)  # type: ignore[misc]
        os.kill(worker_of(run.pid, mark, chosen), signal.SIGKILL)
        assert read_standing(out).state == "running"
    assert run.wait(SECONDS) == 1
    attempts = [line["attempts"] for line in map(json.loads, (out / MANIFEST_FILE).read_bytes().splitlines())]
    assert 1 <= attempts.count(2) <= 10
    found = results_in(out)
    found["manifest"] = found["manifest"].replace(b"'attempts': 2", b"'attempts': 1")
    assert found == wanted


def worker_of(parent: int, mark: str, chosen: random.Random) -> int:
    """Return one of the processes that the server of a run has started; waits until there is one."""
    found: list[int] = []

    def look() -> bool:
        parents = {}
        for pid in processes_with(mark):
            with contextlib.suppress(OSError):
                stat = Path(f"/proc/{pid}/stat").read_text("latin-1")
                parents[pid] = int(stat.rpartition(")")[2].split()[1])
        servers = [pid for pid, above in parents.items() if above == parent]
        found[:] = [pid for pid, above in parents.items() if above in servers]
        return bool(found)

    wait_for(look)
    return chosen.choice(found)
