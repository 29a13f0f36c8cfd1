"""The numbers of the markup: links, tags, zones, and what the page declares of itself."""

from __future__ import annotations

import json

import numpy as np
import pytest
from feature_pages import LONG, html_number, number
from numpy.typing import NDArray

from cleaner.features import NUMBERS, extract
from cleaner.segment import segment_html


def test_links_and_other_markup() -> None:
    """Link share and number, images, controls, hidden-ness, the paragraph's tag and the zones it lies in."""
    page = (
        "<p>abcd <a href=x>efgh</a></p><nav><ul><li hidden><a href=x>Home</a></li></ul></nav><img><button>Go</button>"
    )
    assert html_number(page, "link_share") == pytest.approx([4 / 9, 1, 0], abs=1e-4)
    assert html_number(page, "links") == [0.125, 0.125, 0]
    assert html_number(page, "images") == [0, 0, 0.25]
    assert html_number(page, "controls") == [0, 0, 0.25]
    assert html_number(page, "hidden") == [0, 1, 0]
    assert html_number(page, "page_link_share") == pytest.approx([(2 * 4 / 9 + 1) / 4] * 3, abs=1e-4)
    assert html_number(page, "depth") == pytest.approx([0.15, 0.25, 0.15])
    assert html_number(page, "tag_p") == [1, 0, 0]
    assert html_number(page, "tag_li") == [0, 1, 0]
    assert html_number(page, "tag_button") == [0, 0, 1]
    assert html_number(page, "zone_nav") == html_number(page, "zone_ul") == [0, 1, 0]
    assert html_number(page, "zone_article") == [0, 0, 0]


def test_every_paragraph_has_one_tag() -> None:
    """Exactly one of the tag columns is 1; tags that are not listed count as div."""
    features = extract(segment_html("<p>a<h1>b</h1><h4>c</h4><li>d<table><td>e</table><x-y>f</x-y><section>g"))
    first = NUMBERS.index("tag_p")
    tags = features.numbers[:, first : NUMBERS.index("tag_div") + 1]
    assert tags.sum(axis=1).tolist() == [1] * 7
    assert number(features, "tag_h3+") == [0, 0, 1, 0, 0, 0, 0]
    assert number(features, "tag_div") == [0, 0, 0, 0, 0, 1, 1]


BODY = f"{LONG} {LONG.replace('ferry', 'boat')} What comes next nobody knows, says the office."
DECLARED = ("like_description", "in_article_body", "has_article_body", "article_body_share")


def declared(blob: str, *, head: str = "") -> NDArray[np.float32]:
    page = f"{head}<script type=application/ld+json>{blob}</script><p>Home page<p>{LONG}<p>What comes next nobody knows"
    first = NUMBERS.index(DECLARED[0])
    return extract(segment_html(page)).numbers[:, first : first + 4]


@pytest.mark.parametrize(
    "blob",
    [
        json.dumps({"@type": "NewsArticle", "articleBody": BODY}),
        json.dumps([{"@type": "Person"}, {"@graph": [{"x": {"articleBody": BODY}}]}]),
        json.dumps([{"articleBody": "Short."}, {"articleBody": BODY}, {"articleBody": None}]),
        '{"articleBody": "' + BODY.replace(" says", "\n says") + '"}',
    ],
    ids=["plain", "nested", "longest", "raw line end"],
)
def test_the_declared_article_body_is_a_sign(blob: str) -> None:
    """Paragraphs that stand in the JSON-LD articleBody are marked, wherever in the data it stands."""
    signs = declared(blob)
    assert signs[:, 1].tolist() == [0, 1, 1]
    assert signs[:, 2].tolist() == [1, 1, 1]
    assert signs[:, 3].tolist() == pytest.approx([25 / 27] * 3)


@pytest.mark.parametrize(
    "blob",
    [
        "{}",
        '{"articleBody": "' + LONG + '"',
        '{"articleBody": "Too short to trust."}',
        '{"articleBody": 7}',
        "[" * 100_000,
        '{"articleBody":' + "[" * 100_000,
    ],
    ids=["none", "broken", "short", "a number", "deep", "deep, named"],
)
def test_without_a_declared_body_there_is_no_sign(blob: str) -> None:
    """Missing, broken, short and hostile data give zeros and no error."""
    assert declared(blob)[:, 1:].tolist() == [[0, 0, 0]] * 3


def test_a_short_paragraph_is_no_sign_of_the_declared_body() -> None:
    """Under eight letters and figures, a text may stand in the article body by chance."""
    page = f"<script type=application/ld+json>{json.dumps({'articleBody': BODY})}</script><p>The ramp<p>The ferry"
    assert html_number(page, "in_article_body") == [0, 1]


def test_the_description_is_a_sign() -> None:
    """A paragraph that begins as the page's description does is marked."""
    assert declared("{}", head=f'<meta property=og:description content="{LONG[:80]}...">')[:, 0].tolist() == [0, 1, 0]
    assert declared("{}", head='<meta name=description content="Home page">')[:, 0].tolist() == [0, 0, 0]
