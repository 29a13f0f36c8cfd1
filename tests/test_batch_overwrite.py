"""Files of others are not touched, and our own are known again."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from batch_folder import files_in, recipe

from cleaner.batch import (
    ERRORS_FILE,
    clean_tree,
)
from cleaner.errors import SetupError
from cleaner.readers import scan

PROSE = "The river rose by two metres in the night, and the old bridge was closed to traffic until noon.\n"


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


@pytest.mark.parametrize("name", ["c.txt", "a/b.json"])
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


@pytest.mark.usefixtures("stand_in")
def test_a_page_is_never_replaced_by_its_own_result(pages: Path) -> None:
    """Also with overwrite the page that is read stays: what is dropped of it would be lost."""
    before = files_in(pages)
    for inputs in ([str(pages / "c.txt")], [str(pages / "c.txt"), str(pages / "plain")]):
        with pytest.raises(SetupError, match="would be gone") as caught:
            clean_tree(scan(inputs), recipe(pages, overwrite=True))
        assert caught.value.code == "output_is_input"
        assert files_in(pages) == before
