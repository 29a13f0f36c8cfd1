"""Profiles of sites: sums of parts, the file, pins, and what is not in it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from site_folder import BLOCK, articles, write_pages

from cleaner import Settings, clean
from cleaner.batch import Recipe
from cleaner.batch.learning import learn_tree
from cleaner.errors import SetupError
from cleaner.readers import Reading, scan
from cleaner.site.fingerprint import fingerprints
from cleaner.site.profile import SIGHTING, Profile, merge, read_profile, write_profile
from cleaner.site.profiles import Profiles

modest = settings(max_examples=40, deadline=None)
SIGHTINGS = st.lists(
    st.tuples(
        st.integers(1, 12),
        st.integers(0, 2),
        st.integers(0, 18),
        st.integers(0, 70_000 - 5_000),
        st.integers(0, 800_000),
    ),
    max_size=8,
    unique_by=lambda one: one[0],
)


def part(pages: list[list[tuple[int, int, int, int, int]]]) -> Profile:
    """Return the profile of some pages."""
    seen = [np.array(page, dtype=SIGHTING) for page in pages]
    return Profile.of("example.org", len(pages), np.concatenate([np.zeros(0, SIGHTING), *seen]))


@modest
@given(st.lists(SIGHTINGS, max_size=9), st.integers(1, 7), st.randoms(use_true_random=False))
def test_profiles_of_parts_add_up(pages: list[list[tuple[int, int, int, int, int]]], shards: int, rng: object) -> None:
    """Any split of the pages, added up in any order and grouping, is the profile of all, byte for byte."""
    parts = [part(pages[at::shards]) for at in range(shards)]
    rng.shuffle(parts)  # type: ignore[attr-defined]
    nested = merge([merge(parts[: shards // 2 + 1]), *parts[shards // 2 + 1 :]])
    assert write_profile(merge(parts)) == write_profile(nested) == write_profile(part(pages))


@modest
@given(st.lists(SIGHTINGS, max_size=6))
def test_a_profile_is_read_as_it_was_written(pages: list[list[tuple[int, int, int, int, int]]]) -> None:
    """Reading what was written and writing it again gives the same bytes."""
    data = write_profile(part(pages))
    assert write_profile(read_profile(data)) == data


def learned(pages: Path, out: Path, *, hash_only: bool = False) -> Profile:
    """Learn a folder of one site and return its profile."""
    options = {"settings": Settings(site_key="ledger"), "paragraphs": not hash_only}
    learn_tree(scan([str(pages)]), Recipe(folder=out, reading=Reading(), **options))  # type: ignore[arg-type]
    return read_profile((out / "ledger.json").read_bytes())


@pytest.mark.parametrize("shards", [1, 2, 7])
def test_shards_of_the_paper_add_up_to_its_profile(tmp_path: Path, shards: int) -> None:
    """Learned in one run or in seven, words and all, the profile is the same file."""
    names = [f"{name}.txt" for name in articles()]
    whole = learned(write_pages(tmp_path / "whole", names=names), tmp_path / "out")
    parts = [
        learned(write_pages(tmp_path / f"{at}", names=names[at::shards]), tmp_path / f"out{at}") for at in range(shards)
    ]
    assert write_profile(merge(parts[::-1])) == write_profile(merge(parts)) == write_profile(whole)
    assert whole.pages == 20


def test_a_profile_holds_no_text_of_what_was_seen_once(tmp_path: Path) -> None:
    """Words of the block are there to be read, whole and with names masked; words of the articles are not."""
    learned(write_pages(tmp_path / "pages"), tmp_path / "out")
    text = (tmp_path / "out" / "ledger.json").read_text("utf-8")
    assert ("letters to the harbour ledger are welcome" in text, "margarethe" in text.lower()) == (True, False)
    examples = [item["example"] for item in json.loads(text)["paragraphs"]]
    assert (len(examples), {item["pages"] for item in json.loads(text)["paragraphs"]}) == (7 + 4, {20})


def test_hash_only_leaves_all_words_out(tmp_path: Path) -> None:
    """No paragraph can be read in such a profile."""
    learned(write_pages(tmp_path / "pages"), tmp_path / "out", hash_only=True)
    assert [
        item for item in json.loads((tmp_path / "out" / "ledger.json").read_text())["paragraphs"] if "example" in item
    ] == []


PAGE = "\n\n".join([*articles()["ferry"], BLOCK[0]])


def with_pins(folder: Path, pins: dict[str, list[str]]) -> Settings:
    """Return settings with a profile of no pages in which a person pinned something."""
    folder.mkdir()
    data = {"format": 1, "site": "ledger", "pages": 0, "pins": pins, "paragraphs": []}
    (folder / "ledger.json").write_text(json.dumps(data), "utf-8")
    return Settings(profiles=folder, site_key="ledger", reasons=True)


@pytest.mark.parametrize("by_hash", [False, True])
def test_a_person_pins_what_is_chrome(tmp_path: Path, by_hash: bool) -> None:
    """A paragraph pinned by its text or by its hash is left out, whatever the network says, and the reason is said."""
    item = f"{int(fingerprints([BLOCK[0]]).exact[0]):016x}" if by_hash else BLOCK[0].upper()
    article = clean(PAGE, settings=with_pins(tmp_path / "p", {"chrome": [item]}))
    last = article.paragraphs[-1]
    assert (last.kept, last.reasons[0]) == (False, "pinned as chrome in the profile of this site")
    assert clean(PAGE).text.endswith(BLOCK[0])


def test_a_person_pins_what_is_body(tmp_path: Path) -> None:
    """What is pinned as body is kept, also when somebody pinned it as chrome."""
    text = "Sign up for our newsletter"
    pins = {"body": [text], "chrome": [text]}
    article = clean(f"{PAGE}\n\n{text}", settings=with_pins(tmp_path / "p", pins))
    assert (article.paragraphs[-1].text, article.paragraphs[-1].kept) == (text, True)


@pytest.mark.parametrize("text", [b"{", b"[]", b'{"format": 99}', b'{"format": 1, "site": "a", "pages": "many"}'])
def test_a_broken_profile_is_named(tmp_path: Path, text: bytes) -> None:
    """A file that is no profile is an error that says which."""
    (tmp_path / "ledger.json").write_bytes(text)
    with pytest.raises(SetupError, match=r"ledger\.json") as caught:
        clean(PAGE, settings=Settings(profiles=tmp_path, site_key="ledger"))
    assert caught.value.code == "bad_profile"


def test_a_site_without_a_profile_is_cleaned_as_ever(tmp_path: Path) -> None:
    """Without a profile of its site, and with one of too few pages, a page comes out the same to the last bit."""
    pages = write_pages(tmp_path / "pages", names=["bees.txt", "ferry.txt"])
    learned(pages, tmp_path / "out")
    bare = clean(PAGE)
    for key in ("elsewhere", "ledger"):
        assert clean(PAGE, settings=Settings(profiles=tmp_path / "out", site_key=key)) == bare


def test_a_folder_without_profiles_is_refused(tmp_path: Path) -> None:
    """Settings name what is missing and how to make it."""
    with pytest.raises(SetupError, match="cleaner learn") as caught:
        Settings(profiles=tmp_path)
    assert caught.value.code == "no_profiles"


def test_the_profile_of_a_folder_is_found_from_outside(tmp_path: Path) -> None:
    """A folder learned as paper/2024 is found for in/paper/2024, too."""
    (tmp_path / "x").mkdir()
    from cleaner.batch.learning import save_profile

    save_profile(Profile("paper/2024", 3), tmp_path / "x")
    profiles = Profiles(tmp_path / "x")
    assert [found and found.pages for found in map(profiles.nearest, ("in/paper/2024", "paper", "paper/2024"))] == [
        3,
        None,
        3,
    ]
