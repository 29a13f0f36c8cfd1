"""Writers: a file appears whole or not at all, in the format that was asked for."""

from __future__ import annotations

import errno
import json
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.article import Article
from cleaner.errors import RunError
from cleaner.page import Metadata
from cleaner.writers import FORMATS, make_folder, remove_temporaries, render, replace_file, write_article

ARTICLE = Article("One.\n\nTwo.", "ok", 0.9, (), Metadata(title="Counting"), "html", source="a/b.html")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_and_replaced(tmp_path: Path) -> None:
    """The second content takes the place of the first, and no temporary file remains."""
    target = tmp_path / "a.txt"
    replace_file(target, b"first")
    replace_file(target, b"second")
    assert target.read_bytes() == b"second"
    assert names_in(tmp_path) == ["a.txt"]


def test_an_equal_file_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing what is there already touches nothing, so that a second run is quick and file times mean something."""
    target = tmp_path / "a.txt"
    replace_file(target, b"same")
    monkeypatch.setattr("os.fsync", lambda _: pytest.fail("It was written again."))
    replace_file(target, b"same")
    assert target.read_bytes() == b"same"


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_permissions_follow_the_umask(tmp_path: Path) -> None:
    """A result can be read by whom the umask lets read, unlike a file of tempfile's."""
    before = os.umask(0o027)
    try:
        replace_file(tmp_path / "a.txt", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o640


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """When the disk is full on the way, the old content stays, nothing half-written is there, and the error says so."""
    target = tmp_path / "a.txt"
    replace_file(target, b"old")

    def fail(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(*(("os.fsync", fail) if step == "fsync" else (Path, "replace", fail)))
    with pytest.raises(RunError, match="the disk is full") as caught:
        replace_file(target, b"new")
    assert caught.value.code == "disk_full"
    assert target.read_bytes() == b"old"
    assert names_in(tmp_path) == ["a.txt"]


def test_an_interruption_leaves_no_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle of writing is passed on, and the folder is clean."""

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        replace_file(tmp_path / "a.txt", b"x")
    assert names_in(tmp_path) == []


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    """While a file is replaced again and again, who reads it sees one whole content or another."""
    target = tmp_path / "a.txt"
    contents = [bytes([letter]) * 100_000 for letter in b"abc"]
    replace_file(target, contents[0])
    done = threading.Event()

    def write() -> None:
        for turn in range(30):
            replace_file(target, contents[turn % 3])
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = set()
    while not done.is_set():
        seen.add(target.read_bytes())
    writer.join()
    assert seen <= set(contents)


@pytest.mark.parametrize(
    ("name", "code"),
    [("n" * 300 + ".txt", "name_too_long"), ("file/inside.txt", "in_the_way"), ("folder", "in_the_way")],
)
def test_what_cannot_be_written_is_a_run_error(tmp_path: Path, name: str, code: str) -> None:
    """A name that is too long, a file where a folder must be and the reverse each have their code."""
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder" / "full").mkdir(parents=True)
    with pytest.raises(RunError) as caught:
        replace_file(tmp_path / name, b"x")
    assert caught.value.code == code
    assert name in caught.value.message


def test_a_name_of_full_length_can_be_written(tmp_path: Path) -> None:
    """The temporary name is not made of the final one, which may already be as long as the file system allows."""
    name = "n" * 251 + ".txt"
    replace_file(tmp_path / name, b"x")
    assert names_in(tmp_path) == [name]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """Writing to a link replaces what it leads to."""
    (tmp_path / "real.txt").write_bytes(b"old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    replace_file(tmp_path / "link.txt", b"new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_bytes() == b"new"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_pipe_is_written_to_not_replaced(tmp_path: Path) -> None:
    """What was made for a process at the other end reaches it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    heard: list[bytes] = []
    reader = threading.Thread(target=lambda: heard.append(pipe.read_bytes()))
    reader.start()
    replace_file(pipe, b"hello")
    reader.join()
    assert heard == [b"hello"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_temporaries_of_a_killed_run_are_removed(tmp_path: Path) -> None:
    """Only files with the temporary name go."""
    for name in (".cleaner-00ff.tmp", "mine.tmp", "outputs.jsonl"):
        (tmp_path / name).write_bytes(b"")
    remove_temporaries(tmp_path)
    remove_temporaries(tmp_path / "nowhere")
    assert names_in(tmp_path) == ["mine.tmp", "outputs.jsonl"]


def test_temporaries_may_stand_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a folder for them, no temporary name ever shows up beside the results."""
    (tmp_path / "control").mkdir()
    before_move: list[list[str]] = []
    real = Path.replace

    def watch(path: Path, target: Path) -> Path:
        before_move.append(names_in(target.parent))
        return real(path, target)

    monkeypatch.setattr(Path, "replace", watch)
    make_folder(tmp_path / "out")
    replace_file(tmp_path / "out" / "a.txt", b"x", temporary_folder=tmp_path / "control")
    assert before_move == [[]]
    assert names_in(tmp_path / "out") == ["a.txt"]
    assert names_in(tmp_path / "control") == []


def test_an_article_becomes_files_beside_each_other(tmp_path: Path) -> None:
    """Each format gets its file, folders are made, and the number of bytes is what stands on the disk."""
    written = write_article(ARTICLE, tmp_path, {"txt": "a/b.txt", "json": "a/b.json", "md": "a/b.md"})
    assert names_in(tmp_path / "a") == ["b.json", "b.md", "b.txt"]
    assert (tmp_path / "a/b.txt").read_bytes() == b"One.\n\nTwo.\n"
    assert json.loads((tmp_path / "a/b.json").read_bytes())["title"] == "Counting"
    assert (tmp_path / "a/b.md").read_text("utf-8").startswith('---\nschema_version: 2\nid: "a/b.html"\n')
    assert written == sum(path.stat().st_size for path in (tmp_path / "a").iterdir())


def test_an_empty_article_is_an_empty_file() -> None:
    """No text gives no line, not an empty one."""
    assert render(Article("", "empty", 0.0, (), Metadata(), "text"), "txt") == b""


@settings(max_examples=50, deadline=None)
@given(text=st.text(max_size=40), title=st.text(max_size=20), name=st.sampled_from(sorted(FORMATS)))
def test_every_format_is_valid_utf8(text: str, title: str, name: str) -> None:
    """Any text, lone surrogates included, gives bytes that decode as UTF-8 and end with a line end."""
    data = render(Article(text, "ok", 0.5, (), Metadata(title=title), "text"), name)
    assert data.decode("utf-8").encode("utf-8") == data
    assert data.endswith(b"\n") or (name == "txt" and data == b"")
