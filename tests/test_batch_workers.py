"""Worker processes: the order stays, and a bad document costs only itself."""

from __future__ import annotations

import contextlib
import os
import platform
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from cleaner.batch import Limits, Outcome, Recipe, Task, run_tasks
from cleaner.batch.limits import usable_cores
from cleaner.errors import RunError, SetupError
from cleaner.readers import Found, Reading

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "batch"
LIMITS = Limits(timeout_seconds=1.0, memory_bytes=500_000_000)

Run = Callable[..., list[Outcome]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that does tasks of these names in processes and gives their outcomes."""
    monkeypatch.syspath_prepend(str(FIXTURES))
    from poison import work  # type: ignore[import-not-found]

    def run_names(names: list[str], jobs: int = 2, limits: Limits = LIMITS, **options: object) -> list[Outcome]:
        tasks = [Task(Found(name, name, 10), ()) for name in names]
        recipe = Recipe(folder=tmp_path, reading=Reading())
        return list(run_tasks(tasks, recipe, jobs=jobs, work=work, limits=limits, **options))  # type: ignore[arg-type]

    return run_names


def told(outcomes: list[Outcome]) -> list[tuple[str, str, int]]:
    return [(outcome.name, outcome.code or outcome.status, outcome.attempts) for outcome in outcomes]


def workers() -> list[int]:
    """Return the processes that were forked from the servers of this process."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(entry.parent.name)] = int(entry.read_text("latin-1").rpartition(")")[2].split()[1])
    servers = [pid for pid, parent in parents.items() if parent == os.getpid()]
    return [pid for pid, parent in parents.items() if parent in servers]


def test_outcomes_come_in_order_with_any_number_of_processes(run: Run) -> None:
    """Three processes give exactly what one gives, and what this process gives by itself."""
    names = [f"{'n' * (number % 5)}{number:02}.txt" for number in range(24)]
    alone = told(run(names, jobs=0))
    assert alone == [(name, "ok", 1) for name in names]
    assert told(run(names, jobs=1)) == alone
    assert told(run(names, jobs=3)) == alone


@pytest.mark.parametrize(
    ("name", "code", "sentence"),
    [
        ("hang", "timeout", "hang took longer than 1 s, twice. It was left out."),
        ("loop", "timeout", "loop took longer than 1 s, twice. It was left out."),
        ("kill", "crash", "kill ended the process that cleaned it (signal SIGKILL), twice. It was left out."),
        ("segfault", "crash", "segfault ended the process that cleaned it (signal SIGSEGV), twice. It was left out."),
        ("exit", "crash", "exit ended the process that cleaned it (exit code 7), twice. It was left out."),
        pytest.param(
            "memory",
            "out_of_memory",
            "No memory.",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux"),
        ),
    ],
)
def test_a_document_that_ends_its_process_costs_only_itself(run: Run, name: str, code: str, sentence: str) -> None:
    """It is tried twice and reported in its place; its neighbours before and behind are cleaned, once."""
    outcomes = run(["a", "b", name, "c", "d"])
    assert told(outcomes) == [("a", "ok", 1), ("b", "ok", 1), (name, code, 2), ("c", "ok", 1), ("d", "ok", 1)]
    assert outcomes[2].message == sentence


@pytest.mark.parametrize("name", ["kill-once", "hang-once", "segfault-once"])
def test_an_accident_is_made_good(run: Run, name: str) -> None:
    """What fails for the first time only is cleaned by a process of its own."""
    assert told(run(["a", name, "b"])) == [("a", "ok", 1), (name, "ok", 2), ("b", "ok", 1)]


def test_a_failure_of_the_set_up_crosses_processes(run: Run) -> None:
    """A SetupError in a worker ends the run in the parent."""
    with pytest.raises(SetupError, match="No weights"):
        run(["a", "b", "setup", "c"])


def test_large_documents_have_more_time() -> None:
    """The deadline is for a megabyte and grows with the document."""
    limits = Limits(timeout_seconds=2.0)
    assert [limits.deadline_seconds(size) for size in (0, 1_000_000, 10_000_000)] == [2.0, 2.0, 20.0]


def test_processes_are_replaced_after_their_share(run: Run) -> None:
    """No process does more than it may, and recycling changes nothing but the processes."""
    names = [f"{number}" for number in range(12)]
    outcomes = run(names, limits=Limits(recycle_after=2))
    assert told(outcomes) == [(name, "ok", 1) for name in names]
    done = Counter(outcome.note for outcome in outcomes)
    assert (len(done) >= 6, max(done.values())) == (True, 2)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
def test_processes_that_keep_memory_are_replaced(run: Run) -> None:
    """Once half of what it may take is not given back, a process makes room for another one; no document is failed."""
    names = [f"hoard{number:02}" for number in range(24)]
    outcomes = run(names, limits=Limits(memory_bytes=500_000_000), jobs=1)
    assert told(outcomes) == [(name, "ok", 1) for name in names]
    done = Counter(outcome.note for outcome in outcomes)
    assert 2 <= len(done) <= 8
    assert max(done.values()) <= 250 // 20


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
def test_a_worker_has_one_thread(run: Run) -> None:
    """Matrices are multiplied by the thread that asks, so that N processes keep N cores busy and no more."""
    assert [outcome.note for outcome in run(["threads-a", "threads-b"])] == [1, 1]


def test_stopping_finishes_what_is_begun(run: Run) -> None:
    """Once asked to stop, nothing new is begun, and what was begun is told."""
    done: list[Outcome] = []

    def note(outcome: Outcome) -> Outcome:
        done.append(outcome)
        return outcome

    outcomes = run([f"{number:03}" for number in range(500)], stop=lambda: len(done) >= 5, record=note)
    assert 5 <= len(outcomes) <= 10
    assert [outcome.name for outcome in outcomes] == [f"{number:03}" for number in range(len(outcomes))]


@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
def test_workers_killed_from_outside_lose_nothing(run: Run) -> None:
    """Thirty kills at random in 2,000 documents: every document is cleaned, in order."""
    names, chosen = [f"{number:04}" for number in range(2000)], random.Random(7)
    moments = {start + chosen.randrange(20) for start in range(20, 1980, 65)}
    done: list[Outcome] = []
    killed: list[int] = []

    def note(outcome: Outcome) -> Outcome:
        done.append(outcome)
        if len(done) in moments:
            killed.append(chosen.choice(workers()))
            with contextlib.suppress(OSError):
                os.kill(killed[-1], signal.SIGKILL)
        return outcome

    outcomes = run(names, limits=Limits(timeout_seconds=60.0), record=note)
    assert [outcome.name for outcome in outcomes] == names
    assert [outcome.code for outcome in outcomes if outcome.status != "ok"] == []
    assert len(killed) == len(moments) >= 30


def test_one_task_needs_no_process() -> None:
    """With jobs=0 a task is done here, so that work need not be importable."""
    seen: list[str] = []

    def work(task: Task, _: Recipe) -> Outcome:
        seen.append(task.name)
        return Outcome(task.found.path, "ok")

    task = Task(Found("a.txt", "a.txt", 1), (("txt", "a.txt"),))
    recipe = Recipe(folder=Path(), reading=Reading())
    assert [outcome.path for outcome in run_tasks([task], recipe, jobs=0, work=work)] == ["a.txt"]
    assert seen == ["a.txt"]


@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
def test_workers_end_with_their_parent(tmp_path: Path) -> None:
    """A parent that is killed leaves no process behind, not even one that hangs."""
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\n"
        f"sys.path.insert(0, {str(FIXTURES)!r})\n"
        "from pathlib import Path\n"
        "from poison import work\n"
        "from cleaner.batch import Recipe, Task, run_tasks\n"
        "from cleaner.readers import Found, Reading\n"
        "tasks = [Task(Found(name, name, 1), ()) for name in ('hang', 'loop')]\n"
        "list(run_tasks(tasks, Recipe(folder=Path(sys.argv[1]), reading=Reading()), jobs=2, work=work))\n",
        "utf-8",
    )
    parent = subprocess.Popen([sys.executable, str(script), str(tmp_path)])
    until = time.monotonic() + 60
    while not ((tmp_path / "hang.seen").exists() and (tmp_path / "loop.seen").exists()):
        assert time.monotonic() < until
        time.sleep(0.05)
    mark = str(tmp_path).encode()
    parent.kill()
    parent.wait()

    def alive() -> list[str]:
        found = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                if mark in entry.read_bytes() or f"PPid:\t{parent.pid}\n" in (entry.parent / "status").read_text():
                    found.append(entry.parent.name)
        return found

    while alive() and time.monotonic() < until:
        time.sleep(0.05)
    assert alive() == []


def test_an_installation_that_cannot_work_is_no_endless_loop(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that end before their first page are given up with a sentence."""
    monkeypatch.setattr("cleaner.batch.process._serve", os._exit)
    with pytest.raises(RunError, match="end before their first page"):
        run(["a", "b"])


def test_usable_cores_are_at_least_one() -> None:
    """The default number of processes is what this process may use."""
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)


GIVE_BACK = """
import os
from cleaner.batch.process import give_back_memory

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")

kept = [bytes(60_000) for _ in range(2_000)]
del kept[:-1]
before = resident()
give_back_memory()
print(before - resident())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries give memory back by themselves")
def test_memory_that_holds_nothing_is_given_back() -> None:
    """What the C library keeps of freed memory behind a piece still in use goes back to the system."""
    output = subprocess.run([sys.executable, "-c", GIVE_BACK], check=True, capture_output=True, text=True).stdout
    assert int(output) > 80_000_000
