"""The figures mean what published figures mean."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.evaluation.metrics import (
    Overlap,
    Scores,
    char_f1,
    is_unspaced,
    mean_scores,
    passage_overlap,
    pooled_scores,
    shingle_overlap,
    word_f1,
)

TEXTS = st.text(alphabet="ab C.\n河é_1", max_size=60)


@pytest.mark.parametrize(
    ("text", "gold", "expected"),
    [
        ("one two three four", "one two three four", Overlap(1, 0, 0)),
        ("One two three four", "one two three four", Overlap(0, 0.5, 0.5)),
        ("one, two\n\nthree: four!", "one two three four", Overlap(1, 0, 0)),
        ("one two three four five", "one two three four", Overlap(0.5, 0.5, 0)),
        ("a b c d a b c d", "a b c d", Overlap(0.2, 0.8, 0)),
        ("one two", "one two", Overlap(1, 0, 0)),
        ("one two", "one two three four", Overlap(0, 0.5, 0.5)),
        ("", "one two three four five", Overlap(0, 0, 1)),
        ("one", "", Overlap(0, 1, 0)),
        (" ... ", "", Overlap(0, 0, 0)),
    ],
)
def test_shingles_are_multisets_of_four_tokens_normalised_to_one(text: str, gold: str, expected: Overlap) -> None:
    """Shingle counts keep case, ignore punctuation, count repeats, take short texts whole and sum to 1."""
    assert shingle_overlap(text, gold) == expected


def test_silence_costs_recall_but_not_precision() -> None:
    """Precision is averaged over pages with some text and recall over pages with some gold, as published."""
    silent, half_right, no_article = Overlap(0, 0, 1), Overlap(0.5, 0.5, 0), Overlap(0, 1, 0)
    assert mean_scores([silent, half_right]) == Scores(0.5, 0.5, 0.5)
    assert mean_scores([half_right, no_article]) == Scores(0.25, 1.0, 0.4)


def test_f1_is_that_of_the_averages() -> None:
    """The F1 of a set of pages is computed from mean precision and mean recall, not averaged over pages."""
    scores = mean_scores([Overlap(1, 3, 0), Overlap(1, 0, 3)])
    assert scores == Scores(0.625, 0.625, 0.625)


@pytest.mark.parametrize(("pages", "expected"), [([], 0.0), ([Overlap(0, 0, 0)], 0.0)])
def test_nothing_to_average_is_zero(pages: list[Overlap], expected: float) -> None:
    """A set without a page that says anything has figures of 0.0, not an error."""
    assert mean_scores(pages).f1 == expected
    assert pooled_scores(pages).f1 == expected


@pytest.mark.parametrize(
    ("text", "gold", "expected"),
    [
        ("Rain, rain!", "rain RAIN", 1.0),
        ("rain", "rain rain", 2 / 3),
        ("snow", "rain", 0.0),
        ("", "rain", 0.0),
        ("rain", "", 0.0),
        ("", " - ", 1.0),
    ],
)
def test_word_f1_compares_bags_of_lower_cased_tokens(text: str, gold: str, expected: float) -> None:
    """Word F1 ignores case, order and punctuation, and counts repeats; two empty texts agree."""
    assert word_f1(text, gold) == pytest.approx(expected)


def test_characters_are_compared_where_tokens_are_clauses() -> None:
    """One wrong character makes a Chinese clause a wrong token, but only two of its character pairs wrong."""
    gold, text = "河水今晚上涨两米", "河水今早上涨两米"
    assert word_f1(text, gold) == 0.0
    assert char_f1(text, gold) == pytest.approx(5 / 7)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今晚七时在老桥边开幕", True),
        ("ฝนตกหนักในภาคเหนือ", True),
        ("雨が降った。Rain", True),
        ("Дождь идёт", False),
        ("비가 내린다", False),
        ("Rain 雨", False),
        ("", False),
    ],
)
def test_scripts_without_spaces_are_recognised(text: str, expected: bool) -> None:
    """Han, kana and Thai have no spaces between words; Cyrillic and Hangul have."""
    assert is_unspaced(text) is expected


def test_passages_survive_whatever_the_white_space() -> None:
    """A passage is found when it is a substring after white space is collapsed; blank passages do not count."""
    text = "The pumps\nwere  switched off.\n\nShare this"
    assert passage_overlap(text, keep=["pumps were", "lake", " "], drop=["Share  this", "Sign in"]) == Overlap(1, 1, 1)


def test_passages_are_pooled_over_pages() -> None:
    """Precision and recall of passages come from the summed counts, so that a page with more of them weighs more."""
    assert pooled_scores([Overlap(8, 0, 0), Overlap(0, 2, 2)]) == Scores(0.8, 0.8, pytest.approx(0.8))


@given(text=TEXTS, gold=TEXTS)
@settings(max_examples=100, deadline=None)
def test_figures_lie_between_zero_and_one_and_are_symmetrical(text: str, gold: str) -> None:
    """Every figure lies in 0..1, F1 does not change when text and gold trade places, and a text agrees with itself."""
    for measure in (word_f1, char_f1, lambda a, b: shingle_overlap(a, b).f1):
        assert 0.0 <= measure(text, gold) <= 1.0
        assert measure(text, gold) == pytest.approx(measure(gold, text))
        assert measure(text, text) == 1.0
