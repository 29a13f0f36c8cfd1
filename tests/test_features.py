"""What the model sees of a page, whatever the page: shapes, ranges, and that no page knows of others."""

from __future__ import annotations

import numpy as np
import pytest
from feature_pages import BAGS, LONG, TEXT_COLUMNS, bag, check, layouts, modest, same, sentences, text_pages
from hypothesis import given
from hypothesis import strategies as st

from cleaner.features import DOM_START, LEVELS, NUMBERS, extract
from cleaner.page import Layout
from cleaner.segment import segment_html, segment_text

NEWS = f"""<html><head><title>The ferry stops</title><meta name=description content="{LONG}"></head><body>
<nav><ul><li><a href=a>Home</a><li><a href=b>News</a></ul></nav><article class="post body"><h1>The ferry stops</h1>
<p>{LONG}</p><h2>Boats</h2><p>A small boat goes instead, says <a href=c>the harbour office</a>, at every full hour.</p>
<figure><img src=d><figcaption>The ramp</figcaption></figure></article><footer hidden>Imprint<p>Imprint</footer>"""
LETTER = f"date 2024-11-28\n\nThe ferry stops\n\n{LONG}\n{LONG}\n\n- rope\n- lamp\n"


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
