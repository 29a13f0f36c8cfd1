"""Batches: everything found is cleaned or reported, under a name known beforehand, and nothing is overwritten."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.article import Article
from cleaner.batch import (
    ERRORS_FILE,
    Outcome,
    Recipe,
    Report,
    Task,
    clean_tree,
    finish_on_interrupt,
    output_stems,
    plan,
    run_tasks,
)
from cleaner.batch.target import Target, choose_format, find_target
from cleaner.errors import CleanerError, InputError, RunError, SetupError
from cleaner.page import Metadata, RawPage
from cleaner.readers import STDIN, Found, Reading, Scan, read, scan
from cleaner.settings import Settings

PROSE = "The river rose by two metres in the night, and the old bridge was closed to traffic until noon.\n"


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Return a folder of three pages and some things that are none."""
    folder = tmp_path / "in"
    (folder / "a").mkdir(parents=True)
    for name in ("a/b.html", "c.txt", "plain"):
        (folder / name).write_text(PROSE, "utf-8")
    (folder / "style.css").write_text("p { color: red }", "utf-8")
    (folder / "picture").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    (folder / ".hidden.html").write_text(PROSE, "utf-8")
    return folder


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a cleaner in place that does what the page tells it: the batch is under test, not the cleaning."""

    def clean(raw: RawPage, *, settings: Settings) -> Article:
        assert isinstance(raw.data, bytes)
        word = raw.data.decode("utf-8", "replace").strip()
        if word == "binary":
            raise InputError("binary_input", f"{raw.source} is binary.", where=raw.source)
        if word == "set-up":
            raise SetupError("no_weights", "The weights are missing.")
        if word == "bug":
            raise ZeroDivisionError("by nothing")
        if word == "memory":
            raise MemoryError
        status = word if word in ("low_confidence", "not_article", "empty") else "ok"
        metadata = Metadata(title=str(sorted(settings.keep_kinds)))
        return Article(word, status, 0.9, (), metadata, "text", raw.source)  # type: ignore[arg-type]

    module = types.ModuleType("cleaner.pipeline")
    module.clean = clean  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "cleaner.pipeline", module)


def names(found: Scan) -> list[str]:
    return [entry.name for entry in found.found]


def codes(found: Scan) -> dict[str, str]:
    return {Path(entry.path).name: entry.code for entry in found.unread}


def recipe(folder: Path, **options: object) -> Recipe:
    return Recipe(folder=folder, reading=Reading(), **options)  # type: ignore[arg-type]


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".cleaner" not in path.parts
    }


# ------------------------------------------------------------------------------------------------------------ finding


def test_a_folder_is_searched_to_the_bottom(pages: Path) -> None:
    """Pages are found by suffix, and by their first bytes when the suffix says nothing; the rest is reported."""
    found = scan([str(pages)])
    assert names(found) == ["a/b.html", "c.txt", "plain"]
    assert found.root == str(pages)
    assert [entry.size for entry in found.found] == [len(PROSE)] * 3
    assert codes(found) == {"style.css": "not_a_page", "picture": "not_a_page", ".hidden.html": "not_a_page"}
    assert not any(entry.lost for entry in found.unread)


def test_a_named_file_is_taken_whatever_its_name(pages: Path) -> None:
    """Who names a style sheet gets it cleaned, under its name below its folder."""
    assert names(scan([str(pages / "style.css")])) == ["style.css"]


def test_names_are_relative_to_the_deepest_common_folder(pages: Path) -> None:
    """Two folders keep their names in the output, so that equal names below them do not meet."""
    other = pages.parent / "more"
    shutil.copytree(pages / "a", other)
    assert names(scan([str(pages / "a"), str(other)])) == ["in/a/b.html", "more/b.html"]
    assert names(scan([str(pages / "a" / "b.html"), str(pages / "c.txt")])) == ["a/b.html", "c.txt"]


def test_a_scan_does_not_depend_on_the_order_of_inputs(pages: Path) -> None:
    """Overlapping inputs in any order give the same pages, each once."""
    inputs = [str(pages), str(pages / "a"), str(pages / "c.txt"), str(pages / "*.txt")]
    scans = [scan(order) for order in (inputs, inputs[::-1])]
    assert names(scans[0]) == names(scans[1]) == ["a/b.html", "c.txt", "plain"]


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("**/*.html", ["a/b.html"]),
        ("*", ["a/b.html", "c.txt", "picture", "plain", "style.css"]),
        ("?.t[xy]t", ["c.txt"]),
        ("a**b", []),
        ("*.pdf", []),
    ],
)
def test_patterns_are_expanded(pages: Path, pattern: str, wanted: list[str]) -> None:
    """A pattern that the shell left alone is expanded, hidden files aside; one without a match is reported."""
    found = scan([str(pages / pattern)])
    assert names(found) == wanted
    assert [entry.code for entry in found.unread if entry.lost] == ([] if wanted else ["not_found"])


def test_a_file_with_a_star_in_its_name_is_itself(tmp_path: Path) -> None:
    """What exists is taken as it stands, not as a pattern."""
    for name in ("a*.txt", "ab.txt"):
        (tmp_path / name).write_text(PROSE, "utf-8")
    assert names(scan([str(tmp_path / "a*.txt")])) == ["a*.txt"]


@pytest.mark.skipif(os.name == "nt", reason="links, pipes and sockets of POSIX")
def test_what_is_no_file_is_reported_and_never_waited_for(pages: Path) -> None:
    """A pipe, a socket, a device, a looping and a dangling link each become one line; the pages are still found."""
    os.mkfifo(pages / "pipe.html")
    with socket.socket(socket.AF_UNIX) as server:
        before = Path.cwd()
        os.chdir(pages)  # the path of a socket may have 107 bytes only
        try:
            server.bind("socket.html")
        finally:
            os.chdir(before)
        (pages / "loop").symlink_to(".")
        (pages / "self.html").symlink_to("self.html")
        (pages / "dangling.html").symlink_to("nowhere.html")
        (pages / "null.html").symlink_to(os.devnull)
        found = scan([str(pages)])
    assert names(found) == ["a/b.html", "c.txt", "plain"]
    reported = {name: code for name, code in codes(found).items() if code != "not_a_page"}
    assert reported == {
        "pipe.html": "not_a_file",
        "socket.html": "not_a_file",
        "null.html": "not_a_file",
        "loop": "repeated_folder",
        "self.html": "broken_link",
        "dangling.html": "broken_link",
    }
    assert {Path(entry.path).name for entry in found.unread if entry.lost} == {"self.html", "dangling.html"}


@pytest.mark.skipif(os.name == "nt", reason="links of POSIX")
def test_patterns_do_not_run_in_circles(pages: Path) -> None:
    """Two links to the folder they stand in would make 2**40 paths; `**` does not follow them."""
    (pages / "one").symlink_to(".")
    (pages / "two").symlink_to(".")
    assert names(scan([str(pages / "**" / "*.html")])) == ["a/b.html"]


@pytest.mark.skipif(os.name == "nt", reason="links of POSIX")
def test_a_linked_folder_is_read_once_under_its_own_name(pages: Path) -> None:
    """A link whose name sorts first does not take the place of the real folder; a link to elsewhere is followed."""
    elsewhere = pages.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "d.html").write_text(PROSE, "utf-8")
    (pages / "0-link").symlink_to("a")
    (pages / "1-link").symlink_to(elsewhere)
    (pages / "2-link").symlink_to(elsewhere)
    found = scan([str(pages)])
    assert names(found) == ["1-link/d.html", "a/b.html", "c.txt", "plain"]
    assert [codes(found).get(name) for name in ("0-link", "1-link", "2-link")] == [
        "repeated_folder",
        None,
        "repeated_folder",
    ]


@pytest.mark.parametrize("path", ["nowhere.html", "with\0nul", "c.txt/below"])
def test_a_missing_input_is_reported(pages: Path, path: str) -> None:
    """What the user named and is not there is a failure with a sentence, not an exception."""
    (unread,) = scan([f"{pages}/{path}"]).unread
    assert (unread.code, unread.lost) == ("not_found", True)
    assert unread.message.startswith("There is no file ")


def test_an_unreadable_folder_is_reported(pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without permission costs what is in it, and that is said; its neighbours are found."""
    real = os.scandir

    def refuse(path: str) -> os._ScandirIterator[str]:
        if str(path).endswith("a"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = scan([str(pages)])
    assert names(found) == ["c.txt", "plain"]
    assert [(entry.code, entry.message) for entry in found.unread if entry.lost] == [
        ("unreadable", f"{pages}/a cannot be read: Permission denied.")
    ]


@pytest.mark.usefixtures("stand_in")
def test_earlier_results_are_not_read_as_pages(pages: Path) -> None:
    """A folder of results inside the input is passed over by later runs, whatever their output."""
    clean_tree(scan([str(pages)]), recipe(pages / "cleaned"))
    again = scan([str(pages)], skip_folder=str(pages / "other"))
    assert names(again) == ["a/b.html", "c.txt", "plain"]
    assert codes(again)["cleaned"] == "earlier_output"
    assert names(scan([str(pages / "**" / "*.txt")])) == ["c.txt"]
    assert "c.txt" in names(scan([str(pages / "cleaned")])), "who names the results gets them"


# ------------------------------------------------------------------------------------------------------------ reading


def test_a_page_is_read_with_what_the_caller_knows(pages: Path) -> None:
    """Bytes, name, URL, type and encoding arrive together."""
    reading = Reading(url="https://example.org/", content_type="html", charset="utf-8")
    raw = read(scan([str(pages)]).found[0], reading)
    assert raw == RawPage(PROSE.encode(), "https://example.org/", "html", "utf-8", "a/b.html")


def test_a_page_beyond_the_limit_is_not_loaded(pages: Path) -> None:
    """At the limit a page is read, one byte beyond it is refused with the limit in the sentence."""
    found = scan([str(pages / "c.txt")]).found[0]
    assert read(found, Reading(limit_bytes=len(PROSE))).data == PROSE.encode()
    with pytest.raises(InputError, match=f"larger than {len(PROSE) - 1} bytes") as caught:
        read(found, Reading(limit_bytes=len(PROSE) - 1))
    assert caught.value.code == "page_too_large"


def test_a_file_that_vanishes_is_an_input_error(pages: Path) -> None:
    """Between finding and reading a file may go."""
    found = scan([str(pages)]).found[0]
    (pages / "a/b.html").unlink()
    with pytest.raises(InputError, match="vanished") as caught:
        read(found, Reading())
    assert caught.value.code == "vanished"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_file_that_turns_into_a_pipe_is_not_waited_for(pages: Path) -> None:
    """Between finding and reading a file may become something that never ends."""
    found = scan([str(pages)]).found[0]
    (pages / "a/b.html").unlink()
    os.mkfifo(pages / "a/b.html")
    with pytest.raises(RunError, match="no regular file") as caught:
        read(found, Reading())
    assert caught.value.code == "unreadable"


# ------------------------------------------------------------------------------------------------------------- naming


@pytest.mark.parametrize(
    ("inputs", "wanted"),
    [
        (["a/b.html"], ["a/b"]),
        (["b.html", "b.htm"], ["b.html", "b.htm"]),
        (["b.html", "a/b.htm"], ["b", "a/b"]),
        (["b.html.gz", "b.html"], ["b.html.gz", "b.html"]),
        (["b.html", "b.htm", "b.html.txt"], ["b.html", "b.htm", "b.html.txt"]),
        (["report.2024", "report.2024.html"], ["report.2024", "report.2024.html"]),
        (["index.html?id=1", "index.html?id=2"], ["index.html?id=1", "index.html?id=2"]),
        (["a.html", "a.txt/c.html"], ["a.html", "a.txt/c"]),
    ],
)
def test_outputs_are_named_after_inputs(inputs: list[str], wanted: list[str]) -> None:
    """The suffix of a page goes, unless that makes two names one."""
    stems = output_stems(inputs)
    assert [stems[name] for name in inputs] == wanted
    assert output_stems(inputs[::-1]) == stems


def test_names_that_differ_in_case_only_get_a_hash() -> None:
    """On many file systems B.html and b.html are one file, so both results get a name of their own."""
    assert output_stems(["b.html", "B.html"]) == {"b.html": "b.html~15b2b17c", "B.html": "B.html~64ccebfd"}


page_names = st.lists(
    st.tuples(
        st.sampled_from(["", "a/", "A/", "b.txt/", "a/b/"]),
        st.sampled_from(["b", "B", "b.html", "é", "e\N{COMBINING ACUTE ACCENT}", "b.txt", "\udce9"]),
        st.sampled_from(["", ".html", ".htm", ".txt", ".html.gz", ".2024", ".HTML"]),
    ).map("".join),
    max_size=12,
    unique=True,
)


@settings(max_examples=300, deadline=None)
@given(inputs=page_names, seed=st.integers(0, 99))
def test_no_two_outputs_meet(inputs: list[str], seed: int) -> None:
    """Outputs differ even where case and composition do not count, and do not depend on the order of the inputs."""
    stems = output_stems(inputs)
    assert len({Path(stem).as_posix().casefold() for stem in stems.values()}) == len(inputs)
    shuffled = random.Random(seed).sample(inputs, len(inputs))
    assert output_stems(shuffled) == stems
    folders = {parent.as_posix() for name in inputs for parent in Path(name).parents}
    assert not folders & {f"{stem}.txt" for stem in stems.values()}


def test_the_plan_names_each_format() -> None:
    """A task holds one file name per format, in the order asked for."""
    (task,) = plan([Found("in/a/b.html", "a/b.html", 1)], ["json", "md"])
    assert task == Task(Found("in/a/b.html", "a/b.html", 1), (("json", "a/b.json"), ("md", "a/b.md")))


# ------------------------------------------------------------------------------------------------------------ running


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
    real, calls = os.fsync, []

    def full_for_a_while(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full_for_a_while)
    report = clean_tree(scan([str(pages)]), recipe(tmp_path / "out"))
    assert (report.cleaned, dict(report.failed)) == (2, {"disk_full": 1})
    assert sorted(files_in(tmp_path / "out")) == ["c.json", "c.txt", ERRORS_FILE, "plain.json", "plain.txt"]


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


# -------------------------------------------------------------------------------------------------------- overwriting


@pytest.mark.usefixtures("stand_in")
def test_the_same_run_twice_is_fine(pages: Path, tmp_path: Path) -> None:
    """Results of the same sources are written again, and an errors file of yesterday goes."""
    (pages / "d.txt").write_text("binary", "utf-8")
    clean_tree(scan([str(pages)]), recipe(tmp_path / "out"))
    assert (tmp_path / "out" / ERRORS_FILE).exists()
    (pages / "d.txt").write_text("mended", "utf-8")
    report = clean_tree(scan([str(pages)]), recipe(tmp_path / "out"))
    assert (report.cleaned, report.return_code) == (4, 0)
    assert files_in(tmp_path / "out")["d.txt"] == b"mended\n"
    assert not (tmp_path / "out" / ERRORS_FILE).exists()


@pytest.mark.parametrize("name", ["c.txt", "a/b.json", ERRORS_FILE])
@pytest.mark.usefixtures("stand_in")
def test_files_of_others_are_not_touched(pages: Path, tmp_path: Path, name: str) -> None:
    """A file that stands where a result would go stops the run before anything is written."""
    theirs = tmp_path / "out" / name
    theirs.parent.mkdir(parents=True)
    theirs.write_text("mine", "utf-8")
    with pytest.raises(SetupError, match="cleaner did not write it") as caught:
        clean_tree(scan([str(pages)]), recipe(tmp_path / "out"))
    assert caught.value.code == "output_exists"
    assert files_in(tmp_path / "out") == {name: b"mine"}
    assert not (tmp_path / "out" / ".cleaner").exists()
    clean_tree(scan([str(pages)]), recipe(tmp_path / "out", overwrite=True))
    assert files_in(tmp_path / "out").get(name) != b"mine"


@pytest.mark.usefixtures("stand_in")
def test_results_of_another_source_are_not_touched(pages: Path, tmp_path: Path) -> None:
    """Two folders cleaned into one place may not overwrite each other's pages of the same name."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "c.html").write_text("another page", "utf-8")
    clean_tree(scan([str(pages)]), recipe(tmp_path / "out"))
    before = files_in(tmp_path / "out")
    with pytest.raises(SetupError, match=r"made from .*in/c\.txt"):
        clean_tree(scan([str(other)]), recipe(tmp_path / "out"))
    assert files_in(tmp_path / "out") == before


@pytest.mark.usefixtures("stand_in")
def test_a_damaged_list_of_outputs_claims_nothing(pages: Path, tmp_path: Path) -> None:
    """When it is not known who wrote a file, it was somebody else."""
    clean_tree(scan([str(pages)]), recipe(tmp_path / "out"))
    (tmp_path / "out/.cleaner/outputs.jsonl").write_text('{"source": 1}\n[]\nnot json\n', "utf-8")
    with pytest.raises(SetupError, match="did not write it"):
        clean_tree(scan([str(pages)]), recipe(tmp_path / "out"))


@pytest.mark.skipif(sys.platform != "linux", reason="file names of any bytes")
@pytest.mark.usefixtures("stand_in")
def test_odd_file_names_survive(tmp_path: Path) -> None:
    """Names that are no UTF-8, have line ends or look like options keep their bytes; records and errors stay valid."""
    folder = tmp_path / "in"
    folder.mkdir()
    odd = [b"caf\xe9.html", b"two\nlines.html", b"-o.html", b" .html", "ни.html".encode()]
    for name in odd:
        Path(os.fsdecode(bytes(folder) + b"/" + name)).write_text(
            "binary" if name.startswith(b"caf") else "ok", "utf-8"
        )
    for _ in range(2):
        report = clean_tree(scan([str(folder)]), recipe(tmp_path / "out"))
        assert (report.cleaned, dict(report.failed)) == (4, {"binary_input": 1})
    written = {os.fsencode(path.name) for path in (tmp_path / "out").glob("*.txt")}
    assert written == {b"two\nlines.txt", b"-o.txt", b" .txt", "ни.txt".encode()}
    (line,) = (tmp_path / "out" / ERRORS_FILE).read_text("utf-8").splitlines()
    assert json.loads(line)["path"].endswith("caf\\xe9.html")
    assert json.loads((tmp_path / "out" / "two\nlines.json").read_bytes())["id"] == "two\\nlines.html"


# ------------------------------------------------------------------------------------------------------------ workers

WORKERS_SCRIPT = """
import os, sys, time
from pathlib import Path
from cleaner.batch import Outcome, Recipe, plan, run_tasks
from cleaner.errors import SetupError
from cleaner.readers import Reading, scan

def work(task, recipe):
    name = task.found.name
    if name == sys.argv[3]:
        os.kill(os.getpid(), 9)
    if name == sys.argv[4]:
        raise SetupError("no_weights", "No weights.")
    time.sleep(0.01 * (len(name) % 3))
    return Outcome(name, "ok", characters=len(name))

if __name__ == "__main__":
    recipe = Recipe(folder=Path("."), reading=Reading())
    tasks = plan(scan([sys.argv[1]]).found, ["txt"])
    try:
        for outcome in run_tasks(tasks, recipe, jobs=int(sys.argv[2]), work=work):
            print(outcome.path.rpartition("/")[2], outcome.status, outcome.code)
    except SetupError as error:
        print("raised", error.code)
"""


@pytest.fixture(scope="module")
def run_workers(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., list[str]]:
    """Return a function that runs 24 tasks in worker processes and gives the lines printed for each outcome."""
    folder = tmp_path_factory.mktemp("workers")
    (folder / "script.py").write_text(WORKERS_SCRIPT, "utf-8")
    (folder / "in").mkdir()
    for number in range(24):
        (folder / "in" / f"{'n' * (number % 5)}{number:02}.txt").write_text("x", "utf-8")

    def run(jobs: int, *, killed_by: str = "", refused_by: str = "") -> list[str]:
        arguments = [sys.executable, "script.py", "in", str(jobs), killed_by, refused_by]
        done = subprocess.run(arguments, cwd=folder, capture_output=True, check=True, timeout=120, encoding="utf-8")
        return done.stdout.splitlines()

    return run


def test_outcomes_come_in_order_with_any_number_of_processes(run_workers: Callable[..., list[str]]) -> None:
    """Three processes give exactly what one gives."""
    lines = run_workers(3)
    assert lines == run_workers(1)
    assert len(lines) == 24
    assert all(line.endswith("ok ") for line in lines)


def test_a_process_that_dies_costs_its_document_only(run_workers: Callable[..., list[str]]) -> None:
    """The document that kills its process is reported as crash, in its place; the other 23 are cleaned."""
    lines = run_workers(2, killed_by="n11.txt")
    assert [line for line in lines if not line.endswith("ok ")] == ["n11.txt failed crash"]
    assert [line.split()[0] for line in lines] == [line.split()[0] for line in run_workers(1)]


def test_a_failure_of_the_set_up_crosses_processes(run_workers: Callable[..., list[str]]) -> None:
    """A SetupError in a worker ends the run in the parent."""
    assert run_workers(2, refused_by="n11.txt")[-1] == "raised no_weights"


def test_one_task_needs_no_process() -> None:
    """A single task is done here, even with several jobs, so that work need not be importable."""
    task = plan([Found("a.txt", "a.txt", 1)], ["txt"])
    seen: list[str] = []

    def work(task: Task, _: Recipe) -> Outcome:
        seen.append(task.found.name)
        return Outcome(task.found.path, "ok")

    assert [outcome.path for outcome in run_tasks(task, recipe(Path()), jobs=4, work=work)] == ["a.txt"]
    assert seen == ["a.txt"]


# ------------------------------------------------------------------------------------------------------------- report


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


# ------------------------------------------------------------------------------------------------------------- target


@pytest.mark.parametrize(
    ("inputs", "output", "wanted"),
    [
        (["c.txt"], None, None),
        (["-"], "-", None),
        (["c.txt"], "new.json", ("new.json", False)),
        (["c.txt"], "new", ("new", True)),
        (["c.txt"], "new.d/", ("new.d", True)),
        (["c.txt"], "out.2024", ("out.2024", True)),
        (["c.txt"], "folder.txt", ("folder.txt", True)),
        (["a"], "new", ("new", True)),
        (["a"], "folder.txt", ("folder.txt", True)),
        (["c.txt", "plain"], "new", ("new", True)),
    ],
)
def test_where_results_go(
    pages: Path, monkeypatch: pytest.MonkeyPatch, inputs: list[str], output: str | None, wanted: tuple[str, bool] | None
) -> None:
    """What exists is what it is; else a suffix makes a file and a slash at the end a folder."""
    monkeypatch.chdir(pages)
    (pages / "folder.txt").mkdir()
    assert find_target(inputs, output) == (wanted and Target(Path(wanted[0]), wanted[1]))


@pytest.mark.parametrize(
    ("inputs", "output", "wanted"),
    [
        (["a"], None, ("output_needed", "cleaner clean a -o out")),
        (["c.txt", "plain"], None, ("output_needed", "cleaner clean c.txt plain -o out")),
        (["*.txt"], "-", ("output_needed", "cleaner clean '*.txt' -o out")),
        (["a"], "new.txt", ("folder_needed", "-o new")),
        (["a"], "c.txt", ("folder_needed", "-o c")),
        (["a"], "plain", ("folder_needed", "-o plain-cleaned")),
        (["a"], "./a", ("output_is_input", "-o a/cleaned")),
        (["-", "a"], "new", ("stdin_and_files", "by itself")),
    ],
)
def test_a_place_that_cannot_be_meant_is_refused_with_advice(
    pages: Path, monkeypatch: pytest.MonkeyPatch, inputs: list[str], output: str | None, wanted: tuple[str, str]
) -> None:
    """The sentence ends with what to type instead; nothing is made."""
    monkeypatch.chdir(pages)
    before = sorted(pages.iterdir())
    with pytest.raises(SetupError) as caught:
        find_target(inputs, output)
    code, hint = wanted
    assert (caught.value.code, hint in caught.value.message) == (code, True)
    assert sorted(pages.iterdir()) == before


@pytest.mark.parametrize(
    ("formats", "output", "wanted"),
    [
        ([], "a.json", "json"),
        ([], "a.markdown", "md"),
        ([], "a.clean", "txt"),
        (["json"], "a.clean", "json"),
        (["md"], None, "md"),
        ([], "a.html", "format_mismatch"),
        (["json"], "a.html", "format_mismatch"),
        (["json"], "a.txt", "format_mismatch"),
        (["json", "txt"], "a.txt", "folder_needed"),
    ],
)
def test_the_format_of_a_single_file(formats: list[str], output: str | None, wanted: str) -> None:
    """The name of the file and the format asked for must agree; a name alone decides."""
    target = None if output is None else Target(Path(output), is_folder=False)
    try:
        got = choose_format(formats, target)
    except CleanerError as error:
        got = error.code
    assert got == wanted


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
    assert json.loads(files_in(tmp_path / "out")["stdin.json"])["source"] == ""
