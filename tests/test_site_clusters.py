"""A folder in which texts of several papers lie: those with the same paragraphs at their ends are of one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from batch_folder import files_in, recipe
from hypothesis import given, settings
from hypothesis import strategies as st
from site_folder import BLOCK, LEDGER_PAGES, OTHER_BLOCK, POST_PAGES, articles, write_mixed_pages

from cleaner import RawPage, Settings, clean
from cleaner.batch import Report, Selection, clean_tree
from cleaner.batch.learning import learn_tree
from cleaner.batch.sites import SITES_FOLDER
from cleaner.readers import scan
from cleaner.site.clusters import clusters, edges_of
from cleaner.site.fingerprint import fingerprints

REASONS = Settings(reasons=True)


def run(pages: Path, out: Path, *, jobs: int = 0, seed: int | None = None, **options: object) -> Report:
    """Clean a folder of pages in two passes."""
    options = {"sites": True, "formats": ("json",), "paragraphs": True, "settings": REASONS} | options
    found = scan([str(pages)], skip_folder=str(out))
    return clean_tree(found, recipe(out, **options), jobs=jobs, selection=Selection(shuffle_seed=seed))


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the results of the mixed folder, which stands beside them."""
    base = tmp_path_factory.mktemp("mixed")
    run(write_mixed_pages(base / "texts"), base / "out")
    run(base / "texts", base / "alone", sites=False)
    return base / "out"


@pytest.mark.parametrize("name", articles())
def test_the_blocks_of_both_papers_are_out(mixed: Path, name: str) -> None:
    """Each paper's own paragraphs go, and what is kept of the articles without learning stays."""
    text, alone = (
        json.loads((folder / f"{name}.json").read_bytes())["text"].split("\n\n")
        for folder in (mixed, mixed.parent / "alone")
    )
    assert [part for part in text if part in (*BLOCK, *OTHER_BLOCK)] == []
    assert [part for part in articles()[name][1:] if part in alone and part not in text] == []


@pytest.mark.parametrize(("names", "block"), [(LEDGER_PAGES, BLOCK), (POST_PAGES, OTHER_BLOCK)])
def test_the_reason_counts_the_pages_of_the_paper(mixed: Path, names: list[str], block: list[str]) -> None:
    """A block stands on all pages of its paper, not on a few of the folder."""
    said = {
        reason
        for name in names
        for part in json.loads((mixed / f"{name}.json").read_bytes())["paragraphs"]
        for reason in part["reasons"]
        if part["text"] in block and reason.startswith("stands on")
    }
    assert said == {f"stands on {len(names)} of {len(names)} pages of this site"}


def test_a_mixed_folder_does_not_depend_on_order_or_processes(tmp_path: Path, mixed: Path) -> None:
    """Two processes that take the pages in another order write the same bytes and the same profiles."""
    run(mixed.parent / "texts", tmp_path, jobs=2, seed=3)
    assert files_in(tmp_path) == files_in(mixed)
    profiles = [{path.name: path.read_bytes() for path in (out / SITES_FOLDER).iterdir()} for out in (tmp_path, mixed)]
    assert profiles[0] == profiles[1]
    assert len(profiles[0]) == 3


def test_a_page_finds_the_profile_of_its_paper(tmp_path: Path, mixed: Path) -> None:
    """Yesterday's mixed folder, one page of today: the block under it says of which paper it is."""
    pages = mixed.parent / "texts"
    learn_tree(scan([str(pages)]), recipe(tmp_path / "profiles"))
    path = pages / f"{POST_PAGES[0]}.txt"
    page = RawPage(path.read_bytes(), source=str(path))
    found = clean(page, settings=Settings(reasons=True, profiles=str(tmp_path / "profiles")))
    assert f"stands on {len(POST_PAGES)} of {len(POST_PAGES)} pages of this site" in found.paragraphs[-1].reasons


def test_a_folder_of_one_paper_is_one_site() -> None:
    """One block makes no cluster: then what all pages have in common says it."""
    pages = [np.array([at, 1, 2], np.uint64) for at in range(10, 30)]
    assert clusters(pages, np.ones(20, np.bool_), least=5).tolist() == [0] * 20


def test_a_passage_inside_articles_links_nothing() -> None:
    """What stands on six pages between paragraphs of their own makes no paper of them."""
    inside = [np.array([100 + at, 7, 200 + at], np.uint64) for at in range(6)]
    block = [np.array([300 + at, 8], np.uint64) for at in range(6)]
    assert clusters([*inside, *block], np.ones(12, np.bool_), least=5).tolist() == [0] * 12


def test_short_lines_link_nothing() -> None:
    """Of a page the longer paragraphs at its two ends are remembered, at most sixteen."""
    texts = [f"paragraph number {at}" for at in range(40)]
    words = np.where(np.arange(40) % 2, 20, 3).astype(np.float32)
    wanted = [*range(1, 9, 2), *range(17, 40, 2)]
    prints = fingerprints(texts)
    assert edges_of(prints, words).tolist() == prints.exact[wanted].tolist()


PAGES = st.lists(st.sampled_from([[1, 2], [2, 3], [4], [4, 5], [6], []]), min_size=1, max_size=40)


@settings(max_examples=50, deadline=None)
@given(ends=PAGES, data=st.data())
def test_clusters_do_not_depend_on_the_order_of_pages(ends: list[list[int]], data: st.DataObject) -> None:
    """Each page is of the same cluster, in whatever order the pages come."""
    pages = [np.array([100 + at, *end], np.uint64) for at, end in enumerate(ends)]
    order = data.draw(st.permutations(range(len(pages))))
    counts = np.ones(len(pages), np.bool_)
    found = clusters(pages, counts, least=3)
    again = clusters([pages[place] for place in order], counts, least=3)
    assert again.tolist() == found[list(order)].tolist()
