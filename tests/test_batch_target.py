"""Where results go, decided from what a user typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner.batch.target import Target, choose_format, find_target
from cleaner.errors import CleanerError, SetupError

PROSE = "The river rose by two metres in the night, and the old bridge was closed to traffic until noon.\n"


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
        (["c.txt"], "a/../c.txt", ("output_is_input", "another name")),
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
