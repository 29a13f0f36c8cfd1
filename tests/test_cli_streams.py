"""The command line at work with real streams: terminals, pipes that close, streams that are closed, full disks."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def start(script: str | Path, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(script), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def test_help_loads_nothing_heavy() -> None:
    """`cleaner --help` answers without the network, the parsers or any library that takes long to load."""
    command = [sys.executable, "-X", "importtime", "-m", "cleaner", "--help"]
    answer = subprocess.run(command, capture_output=True, timeout=60, check=True)
    assert b"explain" in answer.stdout
    loaded = {line.rpartition(b"|")[2].strip().decode() for line in answer.stderr.splitlines()}
    assert "cleaner" in loaded
    heavy = {"numpy", "lxml", "selectolax", "turbohtml", "torch", "pyarrow", "pandas", "trafilatura", "justext"}
    heavy |= {"langdetect", "tldextract", "multiprocessing", "cleaner.pipeline", "cleaner.model"}
    assert loaded & heavy == set()
    assert len(loaded) < 300  # 190 with Python 3.11


def test_a_reader_that_has_seen_enough_is_no_error(script: Path, tmp_path: Path) -> None:
    """`cleaner ... | head -1` ends silently, though megabytes were to come."""
    (tmp_path / "p.txt").write_text("\n\n".join(["word " * 50] * 20_000), "utf-8")
    for command in ("clean", "explain"):
        process = start(script, command, str(tmp_path / "p.txt"))
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read().decode()
        process.stderr.close()
        assert process.wait(timeout=60) == 0
        assert [line for line in err.splitlines() if not line.startswith("warning: ")] == []


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell")
@pytest.mark.parametrize(
    ("closed", "wanted"),
    [
        ("<&-", (3, b"", b"error[unreadable]: Standard input is closed.\n")),
        (">&-", (1, b"", b"error[output_failed]: Standard output is closed.\n")),
        ("2>&-", (0, b"fine\n", b"")),
    ],
)
def test_closed_streams_are_no_bugs(script: Path, closed: str, wanted: tuple[int, bytes, bytes]) -> None:
    """A stream that the shell closed is named; notes never stray into standard output."""
    command = f"printf fine | '{sys.executable}' '{script}' clean - {closed}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == wanted


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_a_full_disk_behind_standard_output_is_said(script: Path, tmp_path: Path) -> None:
    """`cleaner clean page > file` on a full disk is an error with exit code 1."""
    (tmp_path / "p.txt").write_text("fine", "utf-8")
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, str(script), "clean", "-q", str(tmp_path / "p.txt")]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr == b"error[output_failed]: Standard output cannot be written: the disk is full.\n"


def read_terminal(descriptor: int) -> str:
    """Return everything a process wrote on its terminal until it ended."""
    parts = []
    while True:
        try:
            part = os.read(descriptor, 65_536)
        except OSError as error:
            if error.errno != errno.EIO:  # what Linux says when the other side is closed
                raise
            part = b""
        if not part:
            return b"".join(parts).decode("utf-8")
        parts.append(part)


@pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals")
@pytest.mark.parametrize(("arguments", "has_bar"), [([], True), (["--quiet"], False)])
def test_the_progress_bar_is_for_terminals(
    script: Path, four_pages: Path, arguments: list[str], *, has_bar: bool
) -> None:
    """On a terminal a bar counts the documents, on standard error only; --quiet leaves it out."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [
            sys.executable,
            str(script),
            "clean",
            str(four_pages),
            "-o",
            str(four_pages.parent / "out"),
            "-j",
            "0",
            *arguments,
        ],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
    )
    os.close(theirs)
    seen = read_terminal(ours)
    os.close(ours)
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, b"")
    assert ("4/4" in seen) == has_bar
    assert ("The result is in" in seen) == has_bar


@pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals")
@pytest.mark.parametrize(("extra", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colour_is_for_terminals_that_want_it(
    script: Path, four_pages: Path, extra: dict[str, str], *, coloured: bool
) -> None:
    """`explain` on a terminal has colour, unless NO_COLOR is set; keep and drop are words either way."""
    ours, theirs = os.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(
        [sys.executable, str(script), "explain", str(four_pages / "c.txt")],
        stdout=theirs,
        stderr=subprocess.PIPE,
        env={**environment, "TERM": "xterm", "COLUMNS": "80", **extra},
    )
    os.close(theirs)
    seen = read_terminal(ours)
    os.close(ours)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert "keep" in seen
    assert ("\x1b[1;32m" in seen) == coloured
