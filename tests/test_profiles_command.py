"""`cleaner learn` and `cleaner profiles`, as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_result import Run, runner
from site_folder import BLOCK, LEDGER_PAGES, articles, write_mixed_pages, write_pages


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Return a function that runs the command line in this process, in a folder with the paper's pages in it."""
    monkeypatch.chdir(tmp_path)
    write_pages(tmp_path / "ledger")
    return runner(capsysbinary, monkeypatch)


def test_a_folder_is_learned_and_serves_one_page(run: Run) -> None:
    """Yesterday's folder, one page of today: the house rules are gone from it."""
    learned = run("learn", "ledger", "-o", "profiles", "-j", "0")
    assert (learned.code, learned.out) == (0, "")
    assert "20 pages of ledger, 11 paragraphs that recur" in learned.err
    Path("ledger/today.txt").write_text(
        "\n\n".join([*articles()["salt"][2:], *articles()["snow"][1:], *BLOCK]), "utf-8"
    )
    text = run("clean", "-q", "ledger/today.txt", "--profiles", "profiles").out
    assert ([part for part in BLOCK if part in text], articles()["salt"][2] in text) == ([], True)


def test_profiles_are_shown(run: Run) -> None:
    """A folder lists its sites, a file what recurs on the site, with what a person pinned."""
    run("learn", "ledger", "-o", "profiles", "-j", "0", "-q")
    data = json.loads(Path("profiles/ledger.json").read_bytes())
    data["pins"]["body"] = [data["paragraphs"][0]["hash"]]
    Path("profiles/ledger.json").write_text(json.dumps(data), "utf-8")
    one = run("profiles", "show", "profiles/ledger.json")
    assert (one.code, "ledger: 20 pages, 11 paragraphs recur" in one.out, "pinned as body" in one.out) == (
        0,
        True,
        True,
    )
    Path("profiles/other.json").write_text(json.dumps({**data, "site": "other", "pages": 3}), "utf-8")
    both = run("profiles", "show", "profiles")
    assert [line.split()[2] for line in both.out.splitlines()] == ["ledger:", "other:"]


def test_profiles_are_added_up(run: Run) -> None:
    """Two halves of a folder, learned apart, add up to the profile of the whole."""
    names = [f"{name}.txt" for name in articles()]
    write_pages(Path("whole/ledger"), names=names)
    for at in (0, 1):
        write_pages(Path(f"{at}/ledger"), names=names[at::2])
        run("learn", f"{at}/ledger", "-o", f"p{at}", "-j", "0", "-q")
    run("learn", "whole/ledger", "-o", "p", "-j", "0", "-q")
    assert run("profiles", "merge", "p1", "p0", "-o", "sum").code == 0
    assert Path("sum/ledger.json").read_bytes() == Path("p/ledger.json").read_bytes()
    assert "error[output_exists]" in run("profiles", "merge", "p1", "-o", "sum").err


def test_profiles_are_pruned(run: Run) -> None:
    """What was seen once goes, and on demand the words and the profiles of small sites."""
    run("learn", "ledger", "-o", "profiles", "-j", "0", "-q")
    before = Path("profiles/ledger.json").stat().st_size
    assert run("profiles", "prune", "profiles", "--hash-only").code == 0
    data = json.loads(Path("profiles/ledger.json").read_bytes())
    assert (data["seen_once"], [item for item in data["paragraphs"] if "example" in item]) == ("", [])
    assert Path("profiles/ledger.json").stat().st_size < before
    run("profiles", "prune", "profiles", "--site-pages", "21")
    assert list(Path("profiles").iterdir()) == []


def test_learning_again_keeps_what_is_pinned(run: Run) -> None:
    """A profile is not replaced unasked; when it is, a person's pins stay."""
    run("learn", "ledger", "-o", "profiles", "-j", "0", "-q")
    path = Path("profiles/ledger.json")
    path.write_bytes(path.read_bytes().replace(b'"chrome": []', b'"chrome": ["Sign up"]'))
    assert (run("learn", "ledger", "-o", "profiles", "-j", "0").code, path.is_file()) == (2, True)
    run("learn", "ledger", "-o", "profiles", "-j", "0", "-q", "--overwrite")
    assert json.loads(path.read_bytes())["pins"] == {"chrome": ["Sign up"], "body": []}


def test_a_profile_of_a_cluster_is_not_replaced_unasked(run: Run) -> None:
    """When any profile is in the way, also one of the papers in a mixed folder, none is written."""
    write_mixed_pages(Path("texts"))
    run("learn", "texts", "-o", "profiles", "-j", "0", "-q")
    Path("profiles/texts.json").unlink()
    kept = sorted(Path("profiles").iterdir())
    for path in kept:
        path.write_bytes(path.read_bytes().replace(b'"chrome": []', b'"chrome": ["Sign up"]'))
    result = run("learn", "texts", "-o", "profiles", "-j", "0")
    assert (result.code, "error[output_exists]" in result.err) == (2, True)
    assert sorted(Path("profiles").iterdir()) == kept
    run("learn", "texts", "-o", "profiles", "-j", "0", "-q", "--overwrite")
    assert [json.loads(path.read_bytes())["pins"]["chrome"] for path in kept] == [["Sign up"]] * 2


def leave_one_paper(folder: Path) -> None:
    """Take the pages of the second paper, and those of none, out of a mixed folder: nothing divides it any more."""
    for path in folder.iterdir():
        if path.stem not in LEDGER_PAGES:
            path.unlink()


def test_profiles_of_clusters_that_are_gone_are_removed(run: Run) -> None:
    """Learning a folder again removes what it wrote of papers that are no longer told apart, and nothing else."""
    for folder in ("texts", "letters"):
        write_mixed_pages(Path(folder))
        assert run("learn", folder, "-o", "profiles", "-j", "0", "-q").code == 0
    gone = sorted(Path("profiles").glob("texts_*"))
    assert len(gone) == 2
    kept = {path: path.read_bytes() for path in Path("profiles").glob("letters*")}
    assert len(kept) == 3
    for name in ("notes.json", "texts_of_ours.json", gone[0].name.replace("~", "~0")):  # whatever it is, it is not ours
        kept[Path("profiles") / name] = b"{}"
        (Path("profiles") / name).write_bytes(b"{}")
    other = Path("profiles/copy.json")  # of a cluster of this folder, but nothing reads it there
    kept[other] = gone[0].read_bytes()
    other.write_bytes(kept[other])
    leave_one_paper(Path("texts"))
    result = run("learn", "texts", "-o", "profiles", "-j", "0", "--overwrite")
    assert result.code == 0
    assert "       2 profiles of clusters that are gone were removed" in result.err.splitlines()
    assert sorted(Path("profiles").iterdir()) == sorted([*kept, Path("profiles/texts.json")])
    assert {path: path.read_bytes() for path in kept} == kept


def test_what_is_pinned_in_a_cluster_that_is_gone_stays(run: Run) -> None:
    """A profile in which a person pinned something is not removed; where the pins may go is said."""
    write_mixed_pages(Path("texts"))
    run("learn", "texts", "-o", "profiles", "-j", "0", "-q")
    pinned, bare = sorted(Path("profiles").glob("texts_*"))
    pinned.write_bytes(pinned.read_bytes().replace(b'"chrome": []', b'"chrome": ["Sign up"]'))
    before = pinned.read_bytes()
    leave_one_paper(Path("texts"))
    result = run("learn", "texts", "-o", "profiles", "-j", "0", "--overwrite")
    assert (result.code, bare.exists(), pinned.read_bytes()) == (0, False, before)
    assert f"warning: {pinned} is of a cluster that is gone" in result.err
    assert "       1 profile of a cluster that is gone was removed" in result.err.splitlines()


def test_a_profile_of_a_cluster_that_is_gone_is_in_the_way(run: Run) -> None:
    """Without --overwrite nothing is removed: such a profile leaves all unwritten, as one to be replaced does."""
    write_mixed_pages(Path("texts"))
    run("learn", "texts", "-o", "profiles", "-j", "0", "-q")
    Path("profiles/texts.json").unlink()
    before = sorted(Path("profiles").iterdir())
    leave_one_paper(Path("texts"))
    result = run("learn", "texts", "-o", "profiles", "-j", "0")
    assert (result.code, "error[output_exists]" in result.err) == (2, True)
    assert sorted(Path("profiles").iterdir()) == before


def test_what_was_seen_once_is_left_out_on_demand(run: Run) -> None:
    """With --least 2 learning writes what pruning would have left."""
    run("learn", "ledger", "-o", "all", "-j", "0", "-q")
    run("profiles", "prune", "all")
    run("learn", "ledger", "-o", "few", "-j", "0", "-q", "--least", "2")
    assert Path("few/ledger.json").read_bytes() == Path("all/ledger.json").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["learn", "ledger"], 2, "Missing option '--output'"),
        (["learn", "nowhere", "-o", "p"], 3, "error[not_found]"),
        (["learn", "empty", "-o", "p"], 3, "There is no page to learn from"),
        (["profiles", "show", "empty"], 2, "error[no_profiles]"),
        (["clean", "ledger/salt.txt", "--profiles", "empty"], 2, "error[no_profiles]"),
        (["clean", "ledger/salt.txt", "--site-pages", "1"], 2, "--site-pages"),
        (["profiles", "show", "ledger/salt.txt"], 2, "error[bad_profile]"),
    ],
)
def test_wrong_usage_is_answered_with_a_sentence(run: Run, arguments: list[str], code: int, sentence: str) -> None:
    """Nothing is written, and the sentence says what is missing."""
    Path("empty").mkdir()
    result = run(*arguments)
    assert (result.code, sentence in " ".join(result.err.split())) == (code, True), result.err
    assert not Path("p").exists()
