"""What may not be read or written is one reported line each, and everything else is cleaned; also for root."""

from __future__ import annotations

import ctypes
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from batch_folder import files_in
from command_result import Result

from cleaner.batch.ledger import LEDGER_FILE
from cleaner.cli import main

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="permissions and capabilities of Linux"),
    pytest.mark.usefixtures("stand_in"),
]

_OVERRIDE = 1 << 1 | 1 << 2
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, from linux/capability.h: what lets root read and write everything."""


def obey_permissions() -> None:
    """Have this process, also root's, kept out where permissions keep users out."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = struct.pack("Ii", 0x20080522, 0)
    held = ctypes.create_string_buffer(24)
    assert libc.capget(header, held) == 0
    effective, permitted, *rest = struct.unpack("6I", held.raw)
    assert libc.capset(header, struct.pack("6I", effective & ~_OVERRIDE, permitted & ~_OVERRIDE, *rest)) == 0


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Return a function that runs the command in a copy of this process that obeys permissions."""
    monkeypatch.chdir(tmp_path)

    def run_in_a_child(*arguments: str) -> Result:
        child = os.fork()
        if child == 0:
            code: object = 99
            try:
                with (tmp_path / "messages").open("w", encoding="utf-8") as messages:
                    sys.stderr = messages
                    obey_permissions()
                    try:
                        main([*arguments, "-j", "0", "--no-site"] if arguments[0] == "clean" else list(arguments))
                    except SystemExit as ended:
                        code = ended.code
            finally:
                os._exit(code if isinstance(code, int) else 98)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return Result(code, "", (tmp_path / "messages").read_text("utf-8"))

    return run_in_a_child


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return a folder with two pages and one of everything that may not be read; all is allowed again afterwards."""
    inside = tmp_path / "in"
    for name in ("a/x.html", "b.html", "secret.html", "secret", "locked/l.html", "blind/n.html", "secret.jsonl"):
        (inside / name).parent.mkdir(parents=True, exist_ok=True)
        (inside / name).write_text(f"river {name}", "utf-8")
    (inside / "b.json").write_text('{"url": "https://example.org/b"}', "utf-8")
    with zipfile.ZipFile(inside / "secret.zip", "w") as archive:
        archive.writestr("page.html", "river")
    closed = dict.fromkeys((*inside.glob("secret*"), inside / "locked", inside / "b.json"), 0)
    closed[inside / "blind"] = 0o444
    for path, mode in closed.items():
        path.chmod(mode)
    yield inside
    for path in closed:
        path.chmod(0o755)


def errors(result: Result) -> list[str]:
    return sorted(line for line in result.err.splitlines() if line.startswith("error["))


@pytest.mark.usefixtures("folder")
def test_what_may_not_be_read_is_a_line_each(run: Callable[..., Result]) -> None:
    """Pages, containers, folders that are shut or whose files cannot be told; a sidecar costs only what it says."""
    result = run("clean", "in", "-o", "out", "-f", "txt")
    places = ["blind/n.html", "locked", "secret", "secret.html", "secret.jsonl", "secret.zip"]
    assert errors(result) == [f"error[unreadable]: in/{place} cannot be read: Permission denied." for place in places]
    assert (result.code, sorted(files_in(Path("out")))) == (1, ["a/x.txt", "b.txt"])
    assert "8 documents" in result.err


def test_an_input_that_may_not_be_read_is_the_only_line(run: Callable[..., Result], folder: Path) -> None:
    """Named by itself, too; nothing is written."""
    result = run("clean", str(folder / "secret.html"))
    assert errors(result) == [f"error[unreadable]: {folder / 'secret.html'} cannot be read: Permission denied."]
    assert (result.code, len(result.err.splitlines())) == (3, 1)


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (
            "shut/out",
            "error[not_writable]: shut/out/.cleaner cannot be written: you have no permission to write there.",
        ),
        ("shut", "error[not_writable]: shut/.cleaner cannot be written: you have no permission to write there."),
        ("file/out", "error[in_the_way]: file/out/.cleaner cannot be written: a file stands where a folder must be."),
    ],
)
def test_an_output_that_may_not_be_written_is_one_line(
    run: Callable[..., Result], tmp_path: Path, output: str, message: str
) -> None:
    """The run does not begin, and says which folder it is."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_text("river", "utf-8")
    (tmp_path / "shut").mkdir(mode=0o555)
    (tmp_path / "file").write_text("mine", "utf-8")
    result = run("clean", "in", "-o", output)
    assert (result.code, result.err.splitlines()) == (1, [message])
    assert (tmp_path / "file").read_text("utf-8") == "mine"


def test_a_part_of_the_output_that_may_not_be_written_costs_what_goes_there(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    """The other documents are written; when it is allowed the next run does the rest."""
    for name in ("a/x.html", "b.html"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text("river", "utf-8")
    (tmp_path / "out" / "a").mkdir(parents=True)
    (tmp_path / "out" / "a").chmod(0o555)
    result = run("clean", "in", "-o", "out", "-f", "txt")
    assert errors(result) == [
        "error[not_writable]: out/a/x.txt cannot be written: you have no permission to write there."
    ]
    assert (result.code, sorted(files_in(tmp_path / "out"))) == (1, ["b.txt"])
    (tmp_path / "out" / "a").chmod(0o755)
    assert run("clean", "in", "-o", "out", "-f", "txt").code == 0
    assert sorted(files_in(tmp_path / "out")) == ["a/x.txt", "b.txt"]


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a file system of its own; skipped where none can be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("needs root to mount a file system")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=5m", "tmpfs", str(place)], check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_read_only_disk_is_one_line(run: Callable[..., Result], tmp_path: Path, mounted: Path) -> None:
    """Before the first document, or when an earlier run's folder cannot be written any more."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_text("river", "utf-8")
    assert run("clean", "in", "-o", "disk/out", "-q").code == 0
    before = files_in(mounted / "out")
    subprocess.run(["mount", "-o", "remount,ro", str(mounted)], check=True)
    for output in ("disk/new", "disk/out"):
        result = run("clean", "in", "-o", output)
        (line,) = result.err.splitlines()
        assert result.code == 1
        assert line.startswith(f"error[not_writable]: {output}/.cleaner")
        assert line.endswith(" cannot be written: the file system is read-only.")
    assert files_in(mounted / "out") == before


@pytest.mark.parametrize("damage", ["rubbish", "a page of it", "shut"])
def test_a_ledger_that_cannot_be_used_is_one_line(run: Callable[..., Result], tmp_path: Path, damage: str) -> None:
    """The sentence says what to do, and doing it brings the same results."""
    (tmp_path / "in").mkdir()
    for number in range(25):
        (tmp_path / "in" / f"{number}.html").write_text(f"river {number} " * 20, "utf-8")
    assert run("clean", "in", "-o", "out", "-q").code == 0
    before, ledger = files_in(tmp_path / "out"), tmp_path / "out" / LEDGER_FILE
    sqlite3.connect(ledger).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
    data = ledger.read_bytes()
    if damage == "rubbish":
        ledger.write_bytes(b"rubbish" * 1000)
    elif damage == "shut":
        ledger.chmod(0)
    else:
        ledger.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    result = run("clean", "in", "-o", "out", "-q")
    (line,) = result.err.splitlines()
    assert result.code == 1
    code, advice = ("not_writable", "no permission") if damage == "shut" else ("ledger_failed", "Remove it")
    assert line.startswith(f"error[{code}]: out/.cleaner/ledger.sqlite ")
    assert advice in line
    ledger.unlink()
    assert run("clean", "in", "-o", "out", "-q").code == 0
    assert files_in(tmp_path / "out") == before
