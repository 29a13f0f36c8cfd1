"""A batch learns what recurs on each site and decides then; twenty articles of one paper with its house rules."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from batch_folder import files_in, recipe
from site_folder import BLOCK, COPIED, IN_THE_MIDDLE, QUOTATION, QUOTING, articles, write_pages

from cleaner import Settings, clean
from cleaner.batch import Report, Selection, clean_tree
from cleaner.batch.sites import SITES_FOLDER
from cleaner.batch.spool import NOWHERE
from cleaner.readers import scan

REASONS = Settings(reasons=True)


def run(pages: Path, out: Path, *, jobs: int = 0, seed: int | None = None, **options: object) -> Report:
    """Clean a folder of pages in two passes."""
    options = {"sites": True, "formats": ("json",), "paragraphs": True} | options
    found = scan([str(pages)], skip_folder=str(out))
    return clean_tree(found, recipe(out, **options), jobs=jobs, selection=Selection(shuffle_seed=seed))


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of results of the paper's pages, with reasons."""
    base = tmp_path_factory.mktemp("paper")
    run(write_pages(base / "pages"), base / "out", settings=REASONS)
    return base / "out"


def record(folder: Path, name: str) -> dict[str, object]:
    """Return the record of an article."""
    data: dict[str, object] = json.loads((folder / f"{name}.json").read_bytes())
    return data


@pytest.mark.parametrize("name", [*articles(), f"{COPIED}-again"])
def test_the_house_rules_are_out_and_the_article_is_whole(cleaned: Path, name: str) -> None:
    """Of each page the article stays, without the block under it, and without the one in its middle."""
    wanted = articles()[name.removesuffix("-again")]
    kept = str(record(cleaned, name)["text"]).split("\n\n")
    assert [part for part in kept if part in BLOCK] == []
    assert [part for part in wanted[1:] if part not in kept] == []


def test_a_quoted_sentence_of_the_block_stays(cleaned: Path) -> None:
    """A paragraph that quotes a sentence of what recurs is not what recurs."""
    assert QUOTATION in str(record(cleaned, QUOTING)["text"])


def test_without_learning_the_block_stays(tmp_path: Path) -> None:
    """The pages are such that judging each by itself does not do."""
    run(write_pages(tmp_path / "pages"), tmp_path / "out", sites=False)
    assert BLOCK[0] in str(record(tmp_path / "out", IN_THE_MIDDLE)["text"])


def test_reasons_say_on_how_many_pages_a_paragraph_stands(cleaned: Path) -> None:
    """The copy of a page does not count: the paper has twenty pages."""
    paragraphs = record(cleaned, "ferry")["paragraphs"]
    assert isinstance(paragraphs, list)
    said = [part["reasons"] for part in paragraphs if part["text"] == BLOCK[0]]
    assert ["stands on 20 of 20 pages of this site" in reasons for reasons in said] == [True]


@pytest.mark.skipif(sys.platform == "darwin", reason="the file system takes names in UTF-8 only")
def test_names_that_are_no_text_are_learned_from(tmp_path: Path) -> None:
    """Pages whose own name, or whose folder's, holds bytes that are no UTF-8 are cleaned like any other."""
    folder = write_pages(tmp_path / "pages" / os.fsdecode(b"caf\xe9"))
    (folder / "ferry.txt").rename(folder / os.fsdecode(b"\xff\xfe.txt"))
    report = run(tmp_path / "pages", tmp_path / "out")
    assert (report.cleaned, sum(report.failed.values())) == (21, 0)
    texts = [json.loads(path.read_bytes())["text"] for path in (tmp_path / "out").rglob("caf*/*.json")]
    assert [(BLOCK[0] in text, BLOCK[-1] in text) for text in texts] == [(False, False)] * 21


def test_order_and_number_of_processes_do_not_matter(cleaned: Path, tmp_path: Path) -> None:
    """Two processes that take the pages in another order write the same bytes."""
    run(write_pages(tmp_path / "pages"), tmp_path / "out", settings=REASONS, jobs=2, seed=3)
    assert files_in(tmp_path / "out") == files_in(cleaned)


def test_a_run_that_goes_on_later_gives_what_one_run_gives(cleaned: Path, tmp_path: Path) -> None:
    """Pages that come later change what is known of the site, and the earlier ones are done again."""
    pages = write_pages(tmp_path / "pages", names=[f"{name}.txt" for name in [*articles()][:6]])
    run(pages, tmp_path / "out", settings=REASONS)
    run(write_pages(pages), tmp_path / "out", settings=REASONS)
    assert files_in(tmp_path / "out") == files_in(cleaned)


def test_nothing_is_done_twice_when_nothing_changed(tmp_path: Path) -> None:
    """A second run finds all documents done."""
    pages = write_pages(tmp_path / "pages")
    run(pages, tmp_path / "out")
    before = files_in(tmp_path / "out")
    again = run(pages, tmp_path / "out")
    assert (again.earlier, again.documents, files_in(tmp_path / "out") == before) == (21, 21, True)


def test_notes_are_removed_on_demand(cleaned: Path, tmp_path: Path) -> None:
    """Without notes nothing is left of what was seen once, and a later run with new pages gives the same."""
    pages = write_pages(tmp_path / "pages", names=[f"{name}.txt" for name in [*articles()][:6]])
    run(pages, tmp_path / "out", settings=REASONS, keep_notes=False)
    assert [path.name for path in (tmp_path / "out/.cleaner").iterdir() if path.name.startswith("sites.")] == []
    run(write_pages(pages), tmp_path / "out", settings=REASONS, keep_notes=False)
    assert files_in(tmp_path / "out") == files_in(cleaned)
    left = {
        row["seen_once"] for row in map(json.loads, map(Path.read_bytes, (tmp_path / "out" / SITES_FOLDER).iterdir()))
    }
    assert left == {""}


def test_a_killed_run_is_gone_on_with(cleaned: Path, tmp_path: Path) -> None:
    """After kill -9 in the middle, wherever it was, the next run ends with the same bytes."""
    pages = write_pages(tmp_path / "pages")
    program = (
        "import sys, pathlib; sys.path[:0] = sys.argv[3:]; from test_site_batch import run, REASONS; "
        "run(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), settings=REASONS)"
    )
    here = str(Path(__file__).parent)
    for delay in (0.1, 0.4):
        process = subprocess.Popen([sys.executable, "-c", program, str(pages), str(tmp_path / "out"), here])
        until = time.monotonic() + 20
        while not (tmp_path / "out/.cleaner/sites.sqlite").exists() and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
    run(pages, tmp_path / "out", settings=REASONS)
    assert files_in(tmp_path / "out") == files_in(cleaned)


def test_half_done_pages_that_are_lost_are_done_again(
    cleaned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The spool saves time and decides nothing."""
    monkeypatch.setattr("cleaner.batch.sites.fetch", lambda *_: None)
    run(write_pages(tmp_path / "pages"), tmp_path / "out", settings=REASONS)
    assert files_in(tmp_path / "out") == files_in(cleaned)


@pytest.mark.parametrize("is_lost", [False, True])
def test_pages_in_a_container_are_learned_from_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_lost: bool
) -> None:
    """The rows of a table are of one site when nothing else is said; they are read again if the spool is lost."""
    if is_lost:
        monkeypatch.setattr("cleaner.batch.sites.put_away", lambda *_: NOWHERE)
    paths = sorted(write_pages(tmp_path / "pages").iterdir())
    rows = [{"id": path.stem, "text": path.read_text("utf-8")} for path in paths]
    (tmp_path / "rows.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    run(tmp_path / "rows.jsonl", tmp_path / "out", formats=("jsonl",))
    lines = [json.loads(line) for line in (tmp_path / "out/articles.jsonl").read_text("utf-8").splitlines()]
    assert [line["id"] for line in lines] == [row["id"] for row in rows]
    assert [line["id"] for line in lines if any(part in line["text"] for part in BLOCK)] == []


def test_few_pages_teach_nothing(tmp_path: Path) -> None:
    """Four pages of a site are cleaned as if each were the only one."""
    names = [f"{name}.txt" for name in [*articles()][:4]]
    pages = write_pages(tmp_path / "pages", names=names)
    run(pages, tmp_path / "learned")
    run(pages, tmp_path / "alone", sites=False)
    assert files_in(tmp_path / "learned") == files_in(tmp_path / "alone")


def test_a_failed_document_costs_only_itself(tmp_path: Path) -> None:
    """What cannot be read fails in the first pass, and is counted and named once."""
    pages = write_pages(tmp_path / "pages")
    (pages / "broken.txt").write_bytes(b"\0\1\2\3" * 99)
    report = run(pages, tmp_path / "out")
    assert (dict(report.failed), report.cleaned + report.low_confidence) == ({"binary_input": 1}, 21)


def test_what_a_run_learned_serves_a_single_page(cleaned: Path) -> None:
    """The profiles a batch left behind clean a page that was not in it."""
    stranger = "A page of tomorrow\n\n" + "\n\n".join(f"{QUOTATION} And so on to item {n}." for n in range(5))
    text = "\n\n".join([stranger, *BLOCK])
    settings = Settings(profiles=cleaned / SITES_FOLDER, site_key="pages")
    assert [part for part in clean(text, settings=settings).text.split("\n\n") if part in BLOCK] == []
