"""Poison: a folder full of what ends other tools; each thing is one reported line, everything else is cleaned."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cleaner.batch import ERRORS_FILE, Limits, Recipe, clean_tree
from cleaner.batch.feed import read_in_process
from cleaner.readers import Found, Member, Reading, scan
from cleaner.settings import Settings

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "batch"
PROSE = "The river rose by two metres in the night, and the old bridge was closed to traffic until noon. "

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pipes, sockets, names of any bytes, limits")


def fill(folder: Path) -> None:
    """Put good pages and poison into a folder."""
    folder.mkdir()
    for number in range(6):
        (folder / f"good-{number}.html").write_text(f"<p>{PROSE * 3}{number}</p>", "utf-8")
    (folder / "deep.html").write_text("<div>" * 20_000 + f"<p>{PROSE * 3}</p>", "utf-8")
    (folder / "hang.html").write_text(f"<p>{PROSE}</p>", "utf-8")
    (folder / "segfault.html").write_text(f"<p>{PROSE}</p>", "utf-8")
    (folder / "spaces.txt.gz").write_bytes(gzip.compress(b" " * 5_000_000, 1) * 100)  # 500 MB
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.txt", b" " * 40_000_000)
    os.mkfifo(folder / "pipe.html")
    (folder / "loop").symlink_to(".")
    (folder / "self.html").symlink_to("self.html")
    (folder / "vanishing.html").write_text("gone soon", "utf-8")
    (folder / os.fsdecode(b"caf\xe9.html")).write_text(PROSE, "utf-8")
    (folder / "two\nlines.html").write_text(PROSE, "utf-8")
    for name in ("same.htm", "same.html", "Same.html"):
        (folder / name).write_text(f"<p>{PROSE}{name}", "utf-8")
    with socket.socket(socket.AF_UNIX) as server:
        before = Path.cwd()
        os.chdir(folder)
        try:
            server.bind("socket.html")
        finally:
            os.chdir(before)


def test_a_poison_folder_costs_only_the_poison(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each bad thing is one line with its code, and everything else is cleaned, by worker processes."""
    monkeypatch.syspath_prepend(str(FIXTURES))
    from poison import on_article  # type: ignore[import-not-found]

    fill(tmp_path / "in")
    found = scan([str(tmp_path / "in")])
    (tmp_path / "in" / "vanishing.html").unlink()
    recipe = Recipe(
        folder=tmp_path / "out",
        settings=Settings(max_inflated_bytes=20_000_000, max_page_bytes=10_000_000),
        reading=Reading(limit_bytes=10_000_000, inflated_bytes=20_000_000),
        on_article=on_article,
    )
    report = clean_tree(found, recipe, jobs=2, limits=Limits(timeout_seconds=4.0))
    lines = [json.loads(line) for line in (tmp_path / "out" / ERRORS_FILE).read_text("utf-8").splitlines()]
    assert sorted((Path(line["path"]).name.partition(",")[0], line["code"]) for line in lines) == [
        *[("bomb.zip", "page_too_large")] * 4,
        ("hang.html", "timeout"),
        ("segfault.html", "crash"),
        ("self.html", "broken_link"),
        ("spaces.txt.gz", "inflates_too_large"),
        ("vanishing.html", "vanished"),
    ]
    assert (report.documents - report.failed.total(), report.return_code) == (12, 1)
    assert dict(report.passed_over) == {"pipe, socket or device": 2, "link to a folder read anyway": 1}
    texts = sorted(path.name for path in (tmp_path / "out").glob("*.txt"))
    assert [name for name in texts if name.lower().startswith("same")] == [
        "Same.html~601e8798.txt",
        "same.htm.txt",
        "same.html~6e9ad5dd.txt",
    ]
    assert {"deep.txt", "good-0.txt", "two\nlines.txt", os.fsdecode(b"caf\xe9.txt")} <= set(texts)


def test_a_page_may_take_so_much_memory(tmp_path: Path) -> None:
    """A page of very many paragraphs is tried twice and reported; its neighbour is cleaned."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_text(f"<p>{PROSE * 3}</p>", "utf-8")
    (tmp_path / "in" / "many.html").write_text("<p>a</p>" * 60_000, "utf-8")
    recipe = Recipe(folder=tmp_path / "out", reading=Reading())
    report = clean_tree(scan([str(tmp_path / "in")]), recipe, jobs=1, limits=Limits(memory_bytes=100_000_000))
    (line,) = [json.loads(line) for line in (tmp_path / "out" / ERRORS_FILE).read_text("utf-8").splitlines()]
    assert (line["code"], line["attempts"], Path(line["path"]).name) == ("out_of_memory", 2, "many.html")
    assert line["message"].endswith("needs more memory than it may take (--memory).")
    assert report.documents == 2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a file system of half a megabyte; skipped where none can be mounted."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    if not mount or not unmount or os.geteuid() != 0:
        pytest.skip("needs root to mount a small file system")
    done = subprocess.run([mount, "-t", "tmpfs", "-o", "size=500k", "tmpfs", str(folder)], check=False)
    if done.returncode:
        pytest.skip("no small file system can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run([unmount, "-l", str(folder)], check=True)


@pytest.mark.usefixtures("stand_in")
def test_a_full_disk_is_reported_for_each_document(tmp_path: Path, small_disk: Path) -> None:
    """What fits is there, whole; each document that does not is a line of the summary; with room again all is done."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(60):
        (folder / f"{number:02}.txt").write_text(f"{number} " * 8_000, "utf-8")
    recipe = Recipe(folder=small_disk / "out", reading=Reading(), formats=("txt",))
    report = clean_tree(scan([str(folder)]), recipe)
    assert set(report.failed) <= {"disk_full", "write_failed"}
    assert report.failed["disk_full"] > 10
    assert report.cleaned + report.failed.total() >= 60
    for path in (small_disk / "out").glob("*.txt"):
        number = int(path.stem)
        assert path.read_text("utf-8") == (f"{number} " * 8_000).strip() + "\n"
    subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)
    report = clean_tree(scan([str(folder)]), recipe)
    assert (report.cleaned, report.return_code) == (60, 0)
    assert report.earlier < 60


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.usefixtures("stand_in")
def test_a_limit_of_file_size_is_reported(tmp_path: Path) -> None:
    """Where files may not grow beyond a size, a shared file that would is one failure, and the run ends well."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number:02}.txt").write_text(f"{number} " * 20_000, "utf-8")
    child = os.fork()
    if child == 0:
        code = 99
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
            recipe = Recipe(folder=tmp_path / "out", reading=Reading(), formats=("txt", "jsonl"))
            report = clean_tree(scan([str(folder)]), recipe)
            code = report.return_code if report.failed else 98
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
    assert not (tmp_path / "out" / "articles.jsonl").exists()
    assert len(list((tmp_path / "out").glob("*.txt"))) == 30


def members_of(path: Path, limits: Limits) -> list[Member]:
    found = Found(str(path), path.name, path.stat().st_size, "jsonl")
    return list(read_in_process(found, Reading(), limits))


def test_a_container_is_read_by_a_process_that_may_die(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed from outside, the reader goes on behind the last document; what ends it each time is one failure."""
    path = tmp_path / "a.jsonl"
    path.write_text("".join(f'{{"text": "{number} {"x" * 20_000}"}}\n' for number in range(100)), "utf-8")
    found = Found(str(path), path.name, path.stat().st_size, "jsonl")
    seen: list[Member] = []
    for member in read_in_process(found, Reading(), Limits()):
        seen.append(member)
        if len(seen) == 20:
            _kill_readers()
    assert [member.position for member in seen] == list(range(1, 101))
    assert [member.error for member in seen if member.error] == []
    monkeypatch.syspath_prepend(str(FIXTURES))
    from poison import send_some  # type: ignore[import-not-found]

    monkeypatch.setattr("cleaner.batch.feed._send_members", send_some)
    lost = members_of(path, Limits(timeout_seconds=2.0))
    assert [(member.position, member.error.code if member.error else "") for member in lost] == [
        (1, ""),
        (2, ""),
        (3, "crash"),
    ]


def _kill_readers() -> None:
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(entry.parent.name)] = int(entry.read_text("latin-1").rpartition(")")[2].split()[1])
    servers = [pid for pid, parent in parents.items() if parent == os.getpid()]
    for pid in [pid for pid, parent in parents.items() if parent in servers]:
        os.kill(pid, signal.SIGKILL)
