"""The numbers that describe a paragraph's text."""

from __future__ import annotations

import math

import pytest
from feature_pages import text_number

from cleaner.features import extract
from cleaner.segment import segment_text


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
