"""What is noted of a page, and which pages tell one story."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from cleaner.page import Head, Page
from cleaner.score import TITLE_SIGN, decide, judge, logits_of
from cleaner.segment import segment
from cleaner.site.evidence import COLUMNS, Counts, columns, weigh
from cleaner.site.fingerprint import fingerprints
from cleaner.site.key import site_of
from cleaner.site.learn import Seen, learn, see, stories
from cleaner.site.profile import PLACES, SIGHTING, Profile


def seen(*prose: int, part: bytes = b"") -> Seen:
    """Return a page with these prose paragraphs."""
    hashes = np.array(sorted(prose), dtype=np.uint64)
    table = np.zeros(len(hashes), SIGHTING)
    table["hash"] = hashes
    return Seen(table, hashes, part, hashes[:0])


BIG = [10**15 * number + 7 for number in range(1, 90)]


def test_copies_count_once() -> None:
    """Of pages with the same prose the first counts."""
    assert stories([seen(*BIG[:9]), seen(*BIG[:9]), seen(*BIG[9:18])]).tolist() == [True, False, True]


def test_near_copies_count_once() -> None:
    """A story with one paragraph more is the same story, on a site that has others."""
    pages = [seen(*BIG[:10]), seen(*BIG[:11]), *(seen(*BIG[at : at + 5]) for at in range(20, 60, 5))]
    assert stories(pages).tolist() == [True, False, *[True] * 8]


def test_a_block_under_every_page_makes_no_copies() -> None:
    """Pages of one paragraph each under a long block are no copies, however alike they are."""
    pages = [seen(*BIG[:40], BIG[40 + at]) for at in range(8)]
    assert stories(pages).tolist() == [True] * 8


def test_parts_of_one_story_count_once() -> None:
    """Three pages of a story with one headline are one page; its standfirst is seen once."""
    pages = [seen(BIG[0], BIG[at], part=b"story") for at in (1, 2, 3)]
    profile = learn("example.org", [*pages, seen(BIG[9])])
    assert (profile.pages, dict(profile.entries)) == (2, {})


def test_what_counts_does_not_depend_on_order() -> None:
    """Whichever of two copies comes first, as many pages count and the profile is the same."""
    pages = [seen(*BIG[:9]), seen(*BIG[9:18]), seen(*BIG[:9])]
    one, other = learn("a", pages), learn("a", pages[::-1])
    assert (one.pages, one.once.tolist()) == (other.pages, other.once.tolist())


def noted(text: str, *, address: str = "") -> Seen:
    """Return what is noted of a plain text."""
    layout = segment(Page(text, "text", None, "str", "caller", 0))
    opinion = judge(layout)
    return see(
        layout,
        logits=logits_of(layout, opinion),
        kinds=opinion.prediction.names.argmax(axis=1),
        words=opinion.words,
        headline=opinion.like_title >= TITLE_SIGN,
        address=address,
    )


STORY = "\n\n".join(
    f"The {name} rose by two metres in the night, the mayor of the town said on Tuesday, and {name} had never done so "
    f"in the {year} years since it was first measured there."
    for name, year in (("river", 90), ("lake", 70), ("canal", 30))
)


NEWS = """\
The river rose by two metres in the night, the mayor of the town said on Tuesday, and reached the market place.

Nobody was hurt, but the cellars of some forty houses are full of water, and the school stays shut for a week.

It was last as high in the spring of 1954, when the old mill went and the ferry was carried out to the sea."""


def test_places_are_told_from_the_prose() -> None:
    """What stands before and after the prose is head and tail."""
    found = noted(f"Home | News | Sport\n\n{NEWS}\n\nSubscribe\n\nContact us")
    assert {PLACES[row["place"]] for row in found.sightings} == {"head", "middle", "tail"}


def test_a_hash_is_noted_once_a_page() -> None:
    """A line that stands on a page twice is counted once."""
    found = noted(f"Share\n\n{STORY}\n\nShare")
    share = int(fingerprints(["Share"]).exact[0])
    assert found.sightings["hash"].tolist().count(share) == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://example.org/story-1.html", "https://example.org/story-2.html", True),
        ("https://example.org/story?page=1", "https://example.org/story?page=2", True),
        ("https://example.org/story/", "https://example.org/story/2/", True),
        ("https://example.org/story-1871.html", "https://example.org/story-1872.html", False),
        ("https://example.org/flood.html", "https://example.org/fire.html", False),
    ],
)
def test_parts_are_told_by_small_numbers(one: str, other: str, same: bool) -> None:
    """Pages of one headline whose addresses differ by the number of a part belong together, others do not."""
    text = f"Title: The long flood\n\n{STORY}"
    html = f"<title>The long flood</title><h1>The long flood</h1><p>{STORY}</p>"
    layouts = [segment(Page(html, "html", address, "str", "caller", 0)) for address in (one, other)]
    parts = []
    for layout, address in zip(layouts, (one, other), strict=True):
        opinion = judge(layout)
        headline = opinion.like_title >= TITLE_SIGN
        logits = logits_of(layout, opinion)
        kinds = opinion.prediction.names.argmax(axis=1)
        parts.append(
            see(layout, logits=logits, kinds=kinds, words=opinion.words, headline=headline, address=address).part
        )
    assert (parts[0] == parts[1]) is same
    assert noted(text).part == b""


def test_a_quotation_is_not_what_it_quotes() -> None:
    """A paragraph in quotation marks has another hash."""
    found = fingerprints(["Keep a letter short.", "“Keep a letter short.”"]).exact
    assert int(found[0]) != int(found[1])


def test_the_headline_is_safe() -> None:
    """A headline that stands under twenty other articles is not weighed."""
    rows = np.zeros(20, SIGHTING)
    rows["hash"] = fingerprints(["The river rose"]).exact[0]
    profile = Profile.of("a", 20, rows)
    logits, words = np.array([3.0], np.float32), np.array([3.0], np.float32)
    shifts = []
    for is_headline in (True, False):
        found = weigh(
            profile,
            fingerprints(["The river rose"]),
            content_type="text",
            logits=logits,
            words=words,
            headline=np.array([is_headline]),
            least=5,
        )
        assert found is not None
        shifts.append(float(found.shift[0]))
    assert (shifts[0], shifts[1] < -2) == (0.0, True)


@pytest.mark.parametrize("shift", [2.0, -0.5])
def test_a_low_threshold_lets_in_nothing_that_recurs(shift: float) -> None:
    """Where no article is found, the best of what stands on no other page is kept, and no menu, whatever its score."""
    menu, story = ", ".join(f"Section {word}" for word in STORY.split()[:12]), STORY
    layout = segment(Page(f"{menu}\n\n{story}", "text", None, "str", "caller", 0))
    opinion = judge(layout)
    doubt = np.linspace(-4.5, -3.5, len(layout.texts)).astype(np.float32)
    opinion = dataclasses.replace(opinion, prediction=dataclasses.replace(opinion.prediction, body=doubt))
    rows = np.zeros(20, SIGHTING)
    rows["hash"] = fingerprints([menu]).exact[0]
    learned = {"text": {"trust": 0.0, "factors": dict.fromkeys(COLUMNS, 0.0) | {"recurs": shift}}}
    kept = [
        decide(layout, opinion, profile=profile, learned=learned).kept.tolist()
        for profile in (None, Profile.of("a", 20, rows))
    ]
    assert kept == [[True, True, True, True], [False, True, True, True]]


def test_long_prose_needs_more_evidence_than_a_line() -> None:
    """On half of the pages of a site, a long paragraph of HTML is moved less than a short one."""
    counts = Counts(np.full(2, 10, np.float32), np.full(2, 10, np.float32), 20)
    table = columns(counts, np.zeros(2, np.float32), np.array([4.0, 120.0], np.float32), trust=6.0)
    assert float(np.abs(table[1, :3]).sum()) < 0.1 * float(np.abs(table[0, :3]).sum())


def test_a_block_needs_less_evidence_than_a_paragraph() -> None:
    """Prose of HTML on half of the pages is moved more when prose beside it recurs, too."""
    alone, block = (Counts(np.full(n, 10, np.float32), np.full(n, 10, np.float32), 20) for n in (1, 2))
    words = np.full(2, 60.0, np.float32)
    one = columns(alone, np.zeros(1, np.float32), words[:1], trust=12.0)
    two = columns(block, np.zeros(2, np.float32), words, trust=12.0)
    assert float(np.abs(one[0, :3]).sum()) < 0.1 * float(np.abs(two[0, :3]).sum())


@pytest.mark.parametrize(("pages", "is_moved"), [(1, False), (2, True)])
def test_a_passage_that_two_stories_share_is_no_chrome(pages: int, is_moved: bool) -> None:
    """Prose on one other page is left as the network has it, a line there and prose on two other pages are not."""
    counts = Counts(np.array([pages, 1], np.float32), np.array([pages, 1], np.float32), 20)
    logits, words = np.full(2, 3.0, np.float32), np.array([40.0, 3.0], np.float32)
    table = columns(counts, logits, words, trust=0.0)
    assert [bool(row.any()) for row in table] == [is_moved, True]


@pytest.mark.parametrize(
    ("way", "site"),
    [("auto", "example.org"), ("host", "blog.example.org"), ("folder", "in"), ("all", "all"), ("ledger", "ledger")],
)
def test_sites_are_told_apart_as_asked(way: str, site: str) -> None:
    """By domain, by host, by folder, not at all, or by a name that is given."""
    found = site_of(
        "https://blog.example.org/a",
        Head(),
        "in",
        way=way,
        domain_of=lambda _: "example.org",
        host_of=lambda _: "blog.example.org",
    )
    assert found == site


def test_a_page_without_an_address_has_the_one_it_calls_canonical() -> None:
    """The canonical link names the site; without any address it is the folder."""
    heads = (Head(links=(("canonical", "https://example.org/a"),)), Head())
    found = [site_of(None, head, "in", way="auto", domain_of=lambda _: "example.org", host_of=str) for head in heads]
    assert found == ["example.org", "in"]
