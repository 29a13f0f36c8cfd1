"""What the model sees of a page: the numbers, the bags of hashed words, the groups of containers."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cleaner.features import (
    ATTRIBUTE_ROWS,
    DOM_START,
    LEVELS,
    NUMBERS,
    WORD_ROWS,
    Bags,
    Features,
    extract,
    group_containers,
)
from cleaner.features.words import FIRST_WORDS, LAST_WORDS, PAIRED_WORDS
from cleaner.page import Container, Containers, Layout
from cleaner.segment import segment_html, segment_text

TEXT_COLUMNS = NUMBERS.index("is_html")
"""Columns before this one describe a paragraph's text alone."""
BAGS = ("words", "last_words", "pairs", "own", "near", "far")
modest = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

LONG = "The ferry across the sound will not run on Monday, because the ramp on the north side is being repaired."
OTHER = "Foot passengers can take the small boat instead, which leaves from the old pier at every full hour of it."
NEWS = f"""<html><head><title>The ferry stops</title><meta name=description content="{LONG}"></head><body>
<nav><ul><li><a href=a>Home</a><li><a href=b>News</a></ul></nav><article class="post body"><h1>The ferry stops</h1>
<p>{LONG}</p><h2>Boats</h2><p>A small boat goes instead, says <a href=c>the harbour office</a>, at every full hour.</p>
<figure><img src=d><figcaption>The ramp</figcaption></figure></article><footer hidden>Imprint<p>Imprint</footer>"""
LETTER = f"date 2024-11-28\n\nThe ferry stops\n\n{LONG}\n{LONG}\n\n- rope\n- lamp\n"


# -- strategies and helpers -------------------------------------------------------------------------------------------

WORDS = (
    "the",
    "Pier",
    "Lamp,",
    "end.",
    "昨夜大雨。",
    "1,200",
    "2024",
    "©",
    "|",
    "“yes”",
    "é",
    "جسر",
    "🌊",
    "\u200f",
    "x-y",
    "?",
)
sentences = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)
text_pages = st.lists(st.tuples(sentences, st.sampled_from(("\n", "\n\n"))), max_size=12).map(
    lambda pairs: segment_text("".join(line + end for line, end in pairs))
)
STARTS = (
    "<p>",
    "<div class=postBody>",
    "<ul><li>",
    "<h1>",
    "<a href=x>",
    "</div>",
    "</ul>",
    "<br><br>",
    "<td>",
    "<img>",
)
html_pages = st.lists(st.tuples(st.sampled_from(STARTS), sentences), max_size=20).map(
    lambda pairs: segment_html("".join(start + text for start, text in pairs))
)
layouts = text_pages | html_pages


def number(features: Features, name: str) -> list[float]:
    """Return one column, rounded."""
    return [round(value, 4) for value in features.numbers[:, NUMBERS.index(name)].tolist()]


def html_number(source: str, name: str) -> list[float]:
    return number(extract(segment_html(source)), name)


def text_number(source: str, name: str) -> list[float]:
    return number(extract(segment_text(source)), name)


def bag(bags: Bags, index: int) -> list[int]:
    ids: list[int] = bags.ids[bags.offsets[index] : bags.offsets[index + 1]].tolist()
    return ids


def same(some: Features, others: Features) -> bool:
    """Say whether two pages' features are equal to the last bit."""
    columns = ("numbers", "word_counts", "group_of", "group_ranges", "levels")
    return all(np.array_equal(getattr(some, name), getattr(others, name)) for name in columns) and all(
        np.array_equal(getattr(getattr(some, name), part), getattr(getattr(others, name), part))
        for name in BAGS
        for part in ("ids", "offsets")
    )


def check_bags(bags: Bags, n: int, rows: int) -> None:
    assert bags.offsets.dtype == bags.ids.dtype == np.int32
    assert len(bags.offsets) == n + 1
    assert (bags.offsets[0], bags.offsets[-1]) == (0, len(bags.ids))
    assert bool(np.all(np.diff(bags.offsets) >= 0))
    assert bool(np.all((bags.ids >= 0) & (bags.ids < rows)))


def check(layout: Layout, features: Features) -> None:
    """Assert shapes, types and ranges."""
    n = len(layout.texts)
    numbers = features.numbers
    assert numbers.shape == (n, len(NUMBERS))
    assert numbers.dtype == features.word_counts.dtype == np.float32
    assert features.word_counts.shape == (n,)
    assert bool(np.isfinite(numbers).all())
    assert n == 0 or (float(numbers.min()) >= -0.51 and float(numbers.max()) <= 20)
    for bags in (features.words, features.last_words, features.pairs):
        check_bags(bags, n, WORD_ROWS)
    check_bags(features.own, n, ATTRIBUTE_ROWS)
    groups = len(features.near.offsets) - 1
    check_bags(features.near, groups, ATTRIBUTE_ROWS)
    check_bags(features.far, groups, ATTRIBUTE_ROWS)
    assert features.group_of.shape == (n,)
    assert bool(np.all((features.group_of >= 0) & (features.group_of < max(groups, 1))))
    assert features.levels.shape == (n, LEVELS)
    assert features.group_ranges.shape == (max(groups, 1), 2)
    ranges = features.group_ranges[features.levels]
    places = np.arange(n)[:, None]
    assert bool(np.all((ranges[:, :, 0] <= places) & (places < ranges[:, :, 1])))
    assert bool(np.all((ranges >= 0) & (ranges <= n)))


# -- properties -------------------------------------------------------------------------------------------------------


@modest
@given(layouts)
def test_shapes_and_ranges_hold_for_any_page(layout: Layout) -> None:
    """Columns have their shape and type, all numbers are finite and within -0.01..20, all rows within their tables."""
    check(layout, extract(layout))


@modest
@given(st.lists(layouts, min_size=2, max_size=3))
def test_a_page_does_not_know_of_other_pages(pages: list[Layout]) -> None:
    """Features are equal to the last bit whether a page comes before or after others, or twice."""
    forwards = [extract(layout) for layout in pages]
    backwards = [extract(layout) for layout in reversed(pages)][::-1]
    assert [same(one, other) for one, other in zip(forwards, backwards, strict=True)] == [True] * len(pages)


@modest
@given(st.lists(sentences.filter(str.strip), min_size=1, max_size=6), st.data())
def test_the_numbers_of_a_text_do_not_depend_on_its_neighbours(texts: list[str], data: st.DataObject) -> None:
    """The text columns, the words and the pairs of a paragraph are the same alone and among others."""
    place = data.draw(st.integers(0, len(texts) - 1))
    among = extract(segment_html("".join(f"<p>{text}</p>" for text in texts)))
    alone = extract(segment_html(f"<p>{texts[place]}</p>"))
    assert among.numbers[place, :TEXT_COLUMNS].tolist() == alone.numbers[0, :TEXT_COLUMNS].tolist()
    assert among.word_counts[place] == alone.word_counts[0]
    for name in ("words", "last_words", "pairs"):
        assert bag(getattr(among, name), place) == bag(getattr(alone, name), 0)


@modest
@given(st.lists(sentences.filter(str.strip), min_size=1, max_size=6))
def test_the_numbers_of_a_text_are_the_same_in_html_and_plain_text(texts: list[str]) -> None:
    """A flattened page has the same text columns and words as the page in HTML."""
    html = extract(segment_html("".join(f"<p>{text}</p>" for text in texts)))
    text = extract(segment_text("\n\n".join(texts)))
    assert html.numbers[:, :TEXT_COLUMNS].tolist() == text.numbers[:, :TEXT_COLUMNS].tolist()
    assert html.words.ids.tolist() == text.words.ids.tolist()


@modest
@given(text_pages)
def test_plain_text_has_no_dom_numbers(layout: Layout) -> None:
    """The columns of the markup are 0 for plain text; only those of the groups of lines may say something."""
    levels = NUMBERS.index("level0_exists")
    assert np.count_nonzero(extract(layout).numbers[:, DOM_START:levels]) == 0


def test_extreme_texts_give_finite_numbers() -> None:
    """A word of 100,000 letters, 10,000 signs, or only marks without letters give large numbers, never nan or inf."""
    for text in ("x" * 100_000, ",.|" * 10_000, "\u0301" * 50, "\u200f", "🌊" * 100, "字" * 10_000, "9" * 500):
        for layout in (segment_text(text), segment_html(f"<p>{text}<p>{text}")):
            numbers = extract(layout).numbers
            assert bool(np.isfinite(numbers).all())
            assert float(numbers.min()) >= -0.51


# -- the empty and the smallest page ----------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", [segment_text(""), segment_html(""), segment_html("<img><hr>")])
def test_an_empty_page_has_no_rows(layout: Layout) -> None:
    """Without paragraphs all columns are there, with length 0."""
    features = extract(layout)
    assert features.numbers.shape == (0, len(NUMBERS))
    assert (features.word_counts.shape, features.group_of.shape) == ((0,), (0,))
    assert features.levels.shape == (0, LEVELS)
    assert [getattr(features, name).offsets.tolist() for name in BAGS] == [[0]] * 6


def test_names_are_unique_and_in_order() -> None:
    """Each column has one name; text comes first, then place, markup, and one set for each level."""
    assert len(set(NUMBERS)) == len(NUMBERS)
    assert (NUMBERS[0], NUMBERS[DOM_START]) == ("log_chars", "link_share")
    assert sum(name.startswith("level") for name in NUMBERS) == 9 * LEVELS
    assert NUMBERS[-1] == f"level{LEVELS - 1}_place_inside"


def test_real_looking_pages_keep_the_promises() -> None:
    """A news page and a letter have the shapes and ranges that are promised, twice the same."""
    for layout in (segment_html(NEWS), segment_text(LETTER)):
        features = extract(layout)
        check(layout, features)
        assert same(features, extract(layout))


# -- the numbers of a text --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("One", 1),
        ("One two three.", 3),
        ("don't stop", 3),
        ("1,200 boats", 3),
        ("— … ©", 0),
        ("昨夜大雨", 4 / 1.6),
        ("昨夜大雨，河水上涨。", 8 / 1.6),
        ("ひらがな", 4 / 1.6),
        ("カタカナ", 4 / 1.6),
        ("Kell 港", 1 + 1 / 1.6),
        ("a港b", 2 + 1 / 1.6),
        ("배가 간다", 2),
        ("نهر كيل", 2),
        ("नदी का", 2),
        ("🌊", 0),
    ],
)
def test_words_are_counted(text: str, words: float) -> None:
    """A run of letters, marks and digits is a word; a Chinese or Japanese character is 1 / 1.6 of one."""
    assert extract(segment_text(text)).word_counts.tolist() == pytest.approx([words])


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("log_chars", "abcdef", math.log(7) / 3),
        ("log_words", "a b c", math.log(4) / 2),
        ("is_one_word", "Home", 1),
        ("is_one_word", "Go home", 0),
        ("is_one_word", "©", 1),
        ("chars_per_word", "four five", 0.4),
        ("digit_share", "ab12", 0.5),
        ("upper_share", "ABcd", 0.5),
        ("comma_rate", "a, b, c, d", 3),
        ("end_rate", "One. Two.", 4),
        ("quote_rate", "“a b”", 4),
        ("sign_share", "a|b|", 2),
        ("cjk_share", "ab港湾", 0.5),
        ("ends_with_end", "It fell.", 1),
        ("ends_with_end", "It fell.”", 1),
        ("ends_with_end", "“It fell”", 0),
        ("ends_with_end", "河水上涨。", 1),
        ("ends_with_end", "نهر؟", 1),
        ("ends_with_end", "It fell", 0),
        ("ends_with_colon", "Note:", 1),
        ("ends_with_colon", "注：", 1),
        ("ends_with_colon", "Note: x", 0),
        ("starts_upper", "It", 1),
        ("starts_upper", "it", 0),
        ("starts_lower", "it", 1),
        ("starts_digit", "3 boats", 1),
        ("starts_sign", "© Kell", 1),
        ("starts_quote", "“Yes”", 1),
        ("first_sign_share", "|", 0.25),
        ("first_sign_share", "||||||", 1),
        ("capital_words", "Ada Kell went home", 0.5),
        ("has_sign", "a | b", 1),
        ("has_sign", "a b", 0),
        ("sentences", "One. Two. Three.", math.log(4)),
    ],
)
def test_a_number_of_a_text(name: str, text: str, value: float) -> None:
    """Each text column has the value that its name says."""
    assert text_number(text, name) == pytest.approx([value], abs=1e-4)


# -- the numbers of a place -------------------------------------------------------------------------------------------


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


# -- the numbers of the markup ----------------------------------------------------------------------------------------


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


def test_levels_describe_the_enclosing_containers() -> None:
    """Innermost first; the page itself is no level; a container that holds one paragraph is none either."""
    page = "<main><section><p>a b</p><p>c</p></section><p>d e f</p></main><p>g</p>"
    features = extract(segment_html(page))
    assert number(features, "level0_exists") == [1, 1, 1, 0]
    assert number(features, "level1_exists") == [1, 1, 0, 0]
    assert number(features, "level2_exists") == [0, 0, 0, 0]
    assert features.group_ranges[features.levels][:, :3].tolist() == [
        [[0, 2], [0, 3], [0, 4]],
        [[0, 2], [0, 3], [0, 4]],
        [[0, 3], [0, 4], [0, 4]],
        [[0, 4], [0, 4], [0, 4]],
    ]
    assert number(features, "level0_page_share") == pytest.approx([3 / 7, 3 / 7, 6 / 7, 0], abs=1e-4)
    assert number(features, "level0_place_inside") == pytest.approx([0, 0.5, 0.6667, 0])
    assert number(features, "level0_log_paragraphs") == pytest.approx(
        [math.log(3) / 4, math.log(3) / 4, math.log(4) / 4, 0], abs=1e-4
    )


# -- bags -------------------------------------------------------------------------------------------------------------


def test_bags_of_words() -> None:
    """The first 40 words, then at most 8 of the last ones; pairs of neighbours among the first 16."""
    for n in (0, 1, 15, 16, 17, 20, 24, 25, 39, 40, 41, 47, 48, 49, 100):
        features = extract(segment_text(" ".join(f"w{'x' * place}" for place in range(n)) or "—"))
        first = min(n, FIRST_WORDS)
        last = min(n - first, LAST_WORDS)
        found = [len(bag(getattr(features, name), 0)) for name in ("words", "last_words", "pairs")]
        assert found == [first, last, max(min(n, PAIRED_WORDS) - 1, 0)]


def test_words_are_hashed_without_capitals_and_figures() -> None:
    """Capitals and the value of figures do not matter; letters, lengths and order of a pair do."""
    rows = [bag(extract(segment_text(text)).words, 0) for text in ("the 12 Piers", "The 99 PIERS", "the 123 pier")]
    assert rows[0] == rows[1]
    assert [one == other for one, other in zip(rows[0], rows[2], strict=True)] == [True, False, False]
    pairs = [bag(extract(segment_text(text)).pairs, 0) for text in ("pier lamp", "lamp pier", "Pier Lamp")]
    assert (pairs[0] == pairs[1], pairs[0] == pairs[2]) == (False, True)


def test_attribute_words_are_split() -> None:
    """``postBody_2x`` is the words post, body and x: the bag is that of the same words in other spellings."""
    spellings = ("postBody_2x", "post-body x", "POST body-X")
    own = [bag(extract(segment_html(f"<p class={name!r}>One<p>Two")).own, 0) for name in spellings]
    assert own[0] == own[1] == own[2]
    assert len(own[0]) == 4
    assert own[0] != bag(extract(segment_html("<p class=other>One<p>Two")).own, 0)


def test_bags_of_containers() -> None:
    """Own rows are of what holds the paragraph alone, near ones of its group and the parent, far ones of the rest."""
    page = "<main class=a><section class=b><p class=c>One<p>Two</section><p>Three</main><p>Four"
    features = extract(segment_html(page))
    other = extract(segment_html(page.replace("class=a", "class=z")))
    assert bag(features.own, 0) == bag(other.own, 0)
    groups = features.group_of.tolist()
    assert groups[0] == groups[1] != groups[2] != groups[3] == 0
    differs = [bag(features.near, group) != bag(other.near, group) for group in groups]
    assert differs == [True, True, True, False]
    assert len(bag(features.far, groups[3])) == 0


# -- groups -----------------------------------------------------------------------------------------------------------


def test_wrappers_are_one_group() -> None:
    """Containers that hold the same paragraphs are merged; empty ones are left out; single ones stand alone."""
    containers = (
        Container(-1, "", "", 0, 0, 3),
        Container(0, "html", "", 0, 0, 3),
        Container(1, "div", "", 0, 0, 2),
        Container(2, "div", "", 0, 0, 2),
        Container(3, "p", "", 0, 0, 1),
        Container(3, "p", "", 0, 1, 2),
        Container(5, "b", "", 0, 1, 2),
        Container(1, "aside", "", 0, 2, 2),
    )
    groups = group_containers(Containers.of(containers), np.array([4, 6, 1], dtype=np.int32), 3)
    assert groups.of.tolist() == [1, 1, 0]
    assert (groups.parents.tolist(), groups.firsts.tolist(), groups.ends.tolist()) == ([-1, 0], [0, 0], [3, 2])
    assert (groups.members.tolist(), groups.member_offsets.tolist()) == ([0, 1, 2, 3], [0, 2, 4])
    assert (groups.alone.tolist(), groups.alone_offsets.tolist()) == ([4, 5, 6], [0, 1, 3, 3])


@modest
@given(layouts)
def test_groups_nest(layout: Layout) -> None:
    """A parent stands before its children and holds strictly more; each paragraph lies in its group."""
    n = len(layout.texts)
    groups = group_containers(layout.containers, layout.container_of, n)
    assert (groups.parents[0], groups.firsts[0], groups.ends[0]) == (-1, 0, n)
    for index, parent in enumerate(groups.parents[1:], 1):
        assert 0 <= parent < index
        assert groups.firsts[parent] <= groups.firsts[index] < groups.ends[index] <= groups.ends[parent]
        assert groups.ends[index] - groups.firsts[index] < groups.ends[parent] - groups.firsts[parent]
    alone = np.split(groups.alone, groups.alone_offsets[1:-1])
    for place, group in enumerate(groups.of):
        assert groups.firsts[group] <= place < groups.ends[group]
        assert {layout.containers[index][4:] for index in alone[place]} <= {(place, place + 1)}
