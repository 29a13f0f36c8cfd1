"""Learning sites from rows: two passes that an engine may spread, equal to a run over the same files."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
from batch_folder import recipe
from row_passes import ALONE, OURS, learned, pages, plain, two_passes
from site_folder import BLOCK, IN_THE_MIDDLE, write_pages

from cleaner import Settings, SetupError, clean_batch
from cleaner.batch import RowRecipe, clean_tree, row_schema, site_rows
from cleaner.readers import scan
from cleaner.site.profile import read_profile, write_profile


def test_two_passes_over_rows_give_what_a_run_gives(tmp_path: Path) -> None:
    """Records and profiles are those of a run over the same folder, whatever batches the rows were cut into."""
    write_pages(tmp_path / "in")
    (tmp_path / "in" / "bad.html").write_bytes(b"\0\1\2\3" * 99)
    (tmp_path / "in" / "bees.json").write_text('{"date": "2024-11-28"}', "utf-8")
    clean_tree(scan([str(tmp_path / "in")]), recipe(tmp_path / "out", formats=("jsonl",), sites=True))
    lines = (tmp_path / "out" / "articles.jsonl").read_text("utf-8").splitlines()
    wanted = sorted(map(json.loads, lines), key=lambda record: str(record["source_file"]))
    table, profiles = two_passes(pages(tmp_path / "in"))
    assert plain(table) == [{name: row[name] for name in row if name not in OURS} for row in wanted]
    assert [row["error_code"] for row in table.to_pylist() if row["status"] == "failed"] == ["binary_input"]
    assert [row["id"] for row in table.to_pylist() if BLOCK[-1] in row["text"]] == []
    [file] = (tmp_path / "out" / ".cleaner" / "sites").iterdir()
    found = site_rows.unpack_profile(site_rows.find_profile(profiles, "in") or b"")
    assert write_profile(found) == write_profile(read_profile(file.read_bytes()))
    assert site_rows.find_profile(profiles, "elsewhere") is None
    again, _ = two_passes(pages(tmp_path / "in"), size=22)
    assert again.equals(table)


def test_a_large_site_is_learned_in_parts(tmp_path: Path) -> None:
    """What recurs is found in the sum of the parts, too; each page counts once."""
    write_pages(tmp_path / "in")
    table, profiles = two_passes(pages(tmp_path / "in"), parts={"in": 3})
    assert [row["id"] for row in table.to_pylist() if BLOCK[-1] in row["text"]] == []
    profile = site_rows.unpack_profile(site_rows.find_profile(profiles, "in") or b"")
    assert profile.pages in (20, 21)  # a copy may be in another part
    assert len(profiles) == 1
    assert site_rows.site_parts(site_rows.MOST_PAGES + 1) == 2


def test_what_is_kept_and_what_fails_stays_with_its_row() -> None:
    """Rows of a data set keep their columns and types; a site of few pages has no profile, and text is as without."""
    rows = [{"id": f"{n}", "html": f"<p>It rained for {n} days in the hills.", "label": n} for n in range(3)]
    rows.append({"id": "", "html": "\0\1\2\3" * 99, "label": 3})
    kept = RowRecipe(workers=1, keep_columns=["label"])
    halves = site_rows.judge_rows(pa.Table.from_pylist(rows), kept)
    table = site_rows.finish_rows(halves, kept, site_rows.make_profiles([], least=5))
    assert table.schema.names == [*row_schema(kept).names, "label"]
    wanted = clean_batch(pa.Table.from_pylist(rows), keep_columns=["label"], workers=0)
    assert table.equals(wanted)
    assert len(learned(halves, {})) == 0
    nothing = site_rows.judge_rows(pa.Table.from_pylist(rows).slice(0, 0), kept)
    assert len(site_rows.finish_rows(nothing, kept, site_rows.make_profiles([], least=5))) == 0
    with pytest.raises(SetupError, match="no column that looks like pages"):
        site_rows.judge_rows(pa.table({"other": [1]}), ALONE)


def test_a_given_profile_goes_before_what_is_learned(tmp_path: Path) -> None:
    """As in a run: the profile of the settings decides where it has counted enough pages."""
    write_pages(tmp_path / "in")
    _, profiles = two_passes(pages(tmp_path / "in"))
    (tmp_path / "profiles").mkdir()
    empty = site_rows.unpack_profile(site_rows.find_profile(profiles, "in") or b"").pruned(99)
    (tmp_path / "profiles" / "in.json").write_bytes(write_profile(empty))
    given = RowRecipe(workers=0, settings=Settings(profiles=tmp_path / "profiles"))
    table, _ = two_passes(pages(tmp_path / "in"), given)
    kept = [row["id"] for row in table.to_pylist() if BLOCK[-1] in row["text"]]
    assert kept == [f"{IN_THE_MIDDLE}.txt"]  # elsewhere the network needs no profile to see what the block is
