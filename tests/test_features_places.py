"""The numbers of a paragraph's place: position, prose around it, repeats, likeness to the title."""

from __future__ import annotations

import math

import pytest
from feature_pages import LONG, OTHER, html_number, text_number


def test_the_place_on_the_page() -> None:
    """Positions, shares of words before and after, and the neighbours' lengths."""
    page = "a b\n\n\nc\n\nd e f"
    assert text_number(page, "is_html") == [0, 0, 0]
    assert html_number("<p>a<p>b", "is_html") == [1, 1]
    assert text_number(page, "position") == pytest.approx([0, 0.3333, 0.6667])
    assert text_number(page, "words_before") == pytest.approx([0, 0.3333, 0.5])
    assert text_number(page, "words_after") == pytest.approx([0.6667, 0.5, 0])
    assert text_number(page, "from_start") == pytest.approx([1, 0.5, 0.3333])
    assert text_number(page, "from_end") == pytest.approx([0.3333, 0.5, 1])
    assert text_number(page, "gap") == pytest.approx([0, 0.6667, 0.3333])
    log_words = text_number(page, "log_words")
    assert text_number(page, "previous_log_words") == [0, *log_words[:-1]]
    assert text_number(page, "next_log_words") == [*log_words[1:], 0]
    assert text_number(page, "log_page_words") == pytest.approx([math.log(7) / 5] * 3, abs=1e-4)
    assert text_number(page, "log_page_paragraphs") == pytest.approx([math.log(4) / 4] * 3, abs=1e-4)


def test_prose_before_and_after() -> None:
    """Paragraphs of 12 words and more, not mostly links, are prose; what follows the last one is the page's tail."""
    page = f"Home\n\n{LONG}\n\nMore\n\n{LONG}\n\nImprint"
    assert text_number(page, "prose_before") == [0, 0, 0.5, 0.5, 1]
    assert text_number(page, "prose_after") == [1, 0.5, 0.5, 0, 0]
    assert text_number(page, "tail_of_page") == [0, 0, 0, 0, 1]


def test_a_list_of_links_is_no_prose() -> None:
    """A long paragraph of which two fifths are links is not counted as prose."""
    head = LONG.index("because")
    assert 0.3 < head / len(LONG) < 0.5
    for linked, prose in ((LONG[:head], 0), (LONG[: head - 12], 0.5)):
        page = f"<p>{LONG.replace(linked, f'<a href=x>{linked}</a>', 1)}<p>{OTHER}"
        assert html_number(page, "prose_before") == pytest.approx([0, prose], abs=0.02)


def test_repeats_are_counted() -> None:
    """How often a text stands on the page, whether it stood before, and whether its first 40 characters did."""
    page = f"Share\n\n{LONG}\n\nShare\n\n{LONG} And more.\n\nShare"
    twice = round(math.log(3), 4)
    assert text_number(page, "repeats") == pytest.approx([twice, 0, twice, 0, twice])
    assert text_number(page, "repeated_before") == [0, 0, 1, 0, 1]
    assert text_number(page, "repeated_head") == [0, 0, 0, 1, 0]


def test_the_headline_is_like_the_title() -> None:
    """1 for the page's declared title, whatever its capitals and punctuation; less for a part of it; 0 otherwise."""
    page = "<title>{}</title><p>Home</p><h1>The ferry stops</h1><p>Something else altogether.</p>"
    assert html_number(page.format("THE FERRY, stops!"), "like_title") == [0, 1, 0]
    part = html_number(page.format("The ferry stops - Kell Post"), "like_title")
    assert (part[0], part[2]) == (0, 0)
    assert part[1] == pytest.approx(0.9 * (13 / 21 + 0.3), abs=1e-4)
    assert html_number(page.format("Kell Post: the ferry stops"), "like_title")[1] == pytest.approx(
        0.6 * 13 / 21, abs=1e-3
    )
    assert html_number(page.format("Weather"), "like_title") == [0, 0, 0]
    assert html_number(page.format(""), "like_title") == [0, 0, 0]
    assert html_number('<meta property=og:title content="The ferry stops">' + page.format(""), "like_title") == [
        0,
        1,
        0,
    ]
    assert html_number(page.format("The ferry stops"), "before_title") == [1, 0, 0]


def test_the_headline_of_a_flattened_page() -> None:
    """In plain text the first line may be the page's title; only what comes again below it is the headline."""
    page = "The ferry stops\n\nHome\n\nThe ferry stops\n\nSomething else altogether."
    assert text_number(page, "like_title") == [0, 0, 1, 0]
    assert text_number(page, "before_title") == [1, 1, 0, 0]
    assert text_number("The ferry stops\n\nSomething else altogether.", "like_title") == [0, 0]
