"""Finding pages: files, folders, patterns; what is no page is reported and never waited for."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest
from batch_folder import recipe

from cleaner.batch import (
    clean_tree,
)
from cleaner.readers import Scan, scan

PROSE = "The river rose by two metres in the night, and the old bridge was closed to traffic until noon.\n"


def names(found: Scan) -> list[str]:
    return [entry.name for entry in found.found]


def codes(found: Scan) -> dict[str, str]:
    return {Path(entry.path).name: entry.code for entry in found.unread}


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
