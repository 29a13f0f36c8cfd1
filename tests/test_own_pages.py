"""A user's labelled pages: which can be learned from, what is said of the others, and how a dev part is set apart."""

from __future__ import annotations

import gzip
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("rapidfuzz", reason="gold is laid over pages with rapidfuzz; pip install 'article-cleaner[train]'")

from cleaner.evaluation.gold import GoldPage
from cleaner.training.own import pages as own
from cleaner.training.own.pages import Usable, assign_splits, check_pages, examples_of_page

BODY = "\n\n".join(
    f"On day {number} the harbour crew of Kellerow counted {number * 7} crates of salt, and the clerk wrote it down."
    for number in range(1, 6)
)
PARAGRAPHS = "".join(f"<p>{part}</p>" for part in BODY.split("\n\n"))
HTML = f"<html><head><title>Salt</title></head><body><ul><li><a href='/'>Home</a></ul>{PARAGRAPHS}</body></html>"


def gold_page(**changes: Any) -> GoldPage:
    """Return a labelled page of HTML, with changes."""
    return GoldPage(
        **({"corpus": "own", "id": "a", "source": HTML.encode(), "content_type": "html", "body": BODY} | changes)
    )


def usable(page: GoldPage) -> Usable:
    """Return the page as checked."""
    return check_pages([page]).usable[0]


def reason(page: GoldPage) -> str:
    """Return why a page is skipped."""
    found = check_pages([page])
    assert found.usable == ()
    return found.skipped[0].reason


# -- checking ---------------------------------------------------------------------------------------------------------


def test_a_page_that_holds_its_gold_is_usable() -> None:
    """HTML, bytes or str, and plain text; the count of pages is told one by one."""
    seen: list[int] = []
    text = gold_page(id="b", source=f"Home\n\n{BODY}", content_type="text")
    found = check_pages([gold_page(), text], on_page=seen.append)
    assert [page.gold.id for page in found.usable] == ["a", "b"]
    assert (found.skipped, found.test_pages, seen) == ((), 0, [1, 2])


@pytest.mark.parametrize(
    ("changes", "coverage", "sentence"),
    [
        ({"body": None}, None, "It has no article text. Write into its gold what should come out."),
        ({"body": " \n"}, None, "It has no article text. Write into its gold what should come out."),
        ({"source": ""}, 0.0, "Is it the text of another page, or does the page load its text by script?"),
        ({"source": gzip.compress(HTML.encode())[:90]}, None, "Save the page again."),
        ({"body": "Snow closed the pass."}, 0.25, "Only 25% of the words of its article text stand on the page"),
        ({"body": f"{BODY}\n\n{'Nobody heard of it. ' * 8}"}, 0.75, "Copy the text from the page, unchanged; 90%"),
        ({"body": "salt " * 60_001}, None, "It has more than 60,000 words. Leave it out, or shorten it."),
    ],
    ids=["no body", "blank body", "empty page", "cut short", "other text", "more text", "too long"],
)
def test_a_bad_label_is_skipped_with_what_to_do(changes: dict[str, Any], coverage: float | None, sentence: str) -> None:
    """The entry names the page, how much of its gold was found, and the way out, in whole sentences."""
    found = check_pages([gold_page(**changes)])
    assert found.usable == ()
    entry = found.skipped[0]
    assert entry.id == "a"
    assert entry.coverage == (None if coverage is None else pytest.approx(coverage, abs=0.005))
    assert sentence in entry.reason
    assert entry.reason[-1] in ".?"


def test_test_pages_are_counted_and_left_alone() -> None:
    """A page of split test is neither learned from nor complained about."""
    found = check_pages([gold_page(split="test"), gold_page(id="b", split="dev")])
    assert ([page.gold.id for page in found.usable], found.skipped, found.test_pages) == (["b"], (), 1)


@pytest.mark.parametrize(
    ("changes", "domain"),
    [
        ({"domain": "Kellerow.example", "url": "https://other.com/a"}, "kellerow.example"),
        ({"url": "https://news.kellerow.co.uk/salt"}, "kellerow.co.uk"),
        ({"source": f"<link rel=canonical href='https://www.tarn.com/salt'>{HTML}"}, "tarn.com"),
        ({"source": f"<meta property='og:url' content='https://ostrel.org/salt'>{HTML}"}, "ostrel.org"),
        ({}, ""),
    ],
    ids=["gold", "url", "canonical", "og:url", "unknown"],
)
def test_the_domain_is_the_best_known(changes: dict[str, Any], domain: str) -> None:
    """What the gold says, the registered domain of its URL, or of what the page calls its address."""
    assert usable(gold_page(**changes)).domain == domain


def test_the_language_is_that_of_the_gold() -> None:
    """A declared language is taken as it is; without one the article text shows it."""
    assert usable(gold_page(language="de")).language == "de"
    assert usable(gold_page()).language == "en"


def test_the_digest_depends_on_what_is_learned_from() -> None:
    """The digest changes with a source or an article text, not with skipped pages or names."""
    digest = check_pages([gold_page()]).digest
    assert digest.startswith("sha256:")
    assert check_pages([gold_page(id="c"), gold_page(body="Snow.")]).digest == digest
    assert check_pages([gold_page(source=HTML)]).digest == digest
    assert check_pages([gold_page(source=HTML + " ")]).digest != digest
    assert check_pages([gold_page(body=f"{BODY} ")]).digest != digest


# -- the dev part -----------------------------------------------------------------------------------------------------


def split_of(domains: list[str], **options: Any) -> tuple[list[str], str]:
    """Split pages of these domains."""
    page = usable(gold_page())
    return assign_splits([own.Usable(page.gold, page.layout, d, "en") for d in domains], **({"seed": 5} | options))


def test_pages_of_one_site_are_split_by_page() -> None:
    """A quarter goes to dev, at least three pages; another seed draws others, the same seed the same."""
    parts, by = split_of([""] * 40)
    assert (by, Counter(parts)) == ("page", {"train": 30, "dev": 10})
    assert Counter(split_of(["a.com"] * 10)[0])["dev"] == 3
    assert split_of([""] * 40)[0] == parts
    assert split_of([""] * 40, seed=6)[0] != parts


def test_three_domains_are_split_by_domain() -> None:
    """No domain stands on both sides, and the dev part stays under a third of the pages."""
    domains = [f"site{number % 6}.com" for number in range(60)]
    parts, by = split_of(domains)
    sides = {side: {d for d, part in zip(domains, parts, strict=True) if part == side} for side in ("train", "dev")}
    assert by == "domain"
    assert sides["train"] & sides["dev"] == set()
    assert Counter(parts) == {"train": 40, "dev": 20}


def test_the_split_can_be_asked_for() -> None:
    """With many domains one may still split by page, and of few large domains the smallest goes to dev."""
    domains = ["a.com"] * 20 + ["b.com"] * 15 + ["c.com"] * 14
    assert split_of(domains, by="page")[1] == "page"
    parts, _ = split_of(domains)
    assert {d for d, part in zip(domains, parts, strict=True) if part == "dev"} <= {"b.com", "c.com"}


def test_the_pages_own_split_is_kept() -> None:
    """A gold whose pages all say train or dev is split so, unless one side is missing."""
    page = usable(gold_page())
    named = [Usable(gold_page(split=split), page.layout, "", "en") for split in ("dev", "train", "train")]
    assert assign_splits(named, seed=5) == (["dev", "train", "train"], "column")
    alike = [Usable(gold_page(split="train"), page.layout, "", "en") for _ in range(12)]
    assert assign_splits(alike, seed=5)[1] == "page"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from("abcdefg"), min_size=10, max_size=60), st.integers(0, 99))
def test_every_split_has_two_sides(domains: list[str], seed: int) -> None:
    """However the domains are spread, something is left to learn from and something to choose on."""
    assert set(split_of(domains, seed=seed)[0]) == {"train", "dev"}


# -- examples ---------------------------------------------------------------------------------------------------------


def test_a_page_of_html_is_learned_as_html_and_as_text() -> None:
    """There is the page itself, the whole page as text, and texts in other styles; labels follow the gold."""
    made = {example.rendering: example for example in examples_of_page(usable(gold_page()), "train")}
    assert {"html", "whole", "plain", "lines", "gold", "glued"} <= set(made)
    assert {example.split for example in made.values()} == {"train"}
    assert made["html"].shares.tolist() == made["whole"].shares.tolist() == [0, 1, 1, 1, 1, 1]


def test_a_page_of_text_is_never_learned_as_html() -> None:
    """Plain text comes as it is and in other styles."""
    page = usable(gold_page(source=f"Home\n\n{BODY}", content_type="text"))
    renderings = {example.rendering for example in examples_of_page(page, "dev")}
    assert {name for name in renderings if name.startswith("html")} == set()
    assert {"whole", "gold"} <= renderings
