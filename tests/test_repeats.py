"""What stands on a page twice: a long repeat is kept once, refrains stay."""

from __future__ import annotations

from fake_model import LONG, OTHER, SURE, Use, kept, texts_of

from cleaner.page import Kind
from cleaner.repeats import DOUBLE_WORDS, REPEAT_WORDS
from cleaner.score import score


def test_a_long_repeat_is_kept_once(use: Use) -> None:
    """The first of equal paragraphs is kept; its kind and score are those of the others."""
    use(SURE)
    verdicts = score(texts_of(OTHER, LONG, LONG, "Why?", f"{LONG} "))
    assert kept(verdicts) == [True, True, False, True, False]
    assert verdicts.kinds == (Kind.BODY,) * 5


def test_short_repeats_stay(use: Use) -> None:
    """Up to 24 words may come again, as refrains and table cells do; 25 may not."""
    use(SURE)
    short, long = (" ".join(f"word{place}" for place in range(n)) for n in (REPEAT_WORDS - 1, REPEAT_WORDS))
    page = texts_of("Yes.", short, OTHER, "Yes.", long, short, LONG, long)
    assert kept(score(page)) == [True] * 7 + [False]


def test_short_doubles_right_behind_each_other_are_kept_once(use: Use) -> None:
    """What markup says twice in a row is kept once from six words on."""
    use(SURE)
    short, long = "one two three four five", "one two three four five six"
    assert len(long.split()) == DOUBLE_WORDS
    assert kept(score(texts_of("Yes.", "Yes.", short, short, long, long))) == [True] * 5 + [False]


def test_a_text_that_comes_again_goes_with_its_subheads(use: Use) -> None:
    """A short line that repeats beside a long repeat, at the same distance, is part of the double."""
    use(SURE)
    long = " ".join(f"word{place}" for place in range(REPEAT_WORDS))
    page = texts_of("A subhead", long, LONG, OTHER, "A subhead", long, "A subhead")
    assert kept(score(page)) == [True] * 4 + [False, False, True]


def test_near_repeats_stay(use: Use) -> None:
    """Only the exact text counts."""
    use(SURE)
    assert kept(score(texts_of(OTHER, LONG, LONG.upper(), LONG[:-1], f"- {LONG}"))) == [True] * 5


def test_a_repeat_of_something_dropped_is_kept(use: Use) -> None:
    """A paragraph that stood in the chrome before does not take the body's place."""
    use([SURE, -SURE, SURE, SURE], kinds=[Kind.BODY, Kind.NAV, Kind.BODY, Kind.BODY])
    assert kept(score(texts_of(OTHER, LONG, LONG, LONG))) == [True, False, True, False]


def test_a_refrain_that_opens_a_text_stays(use: Use) -> None:
    """A short line that comes again and again is body each time, also when the text begins with it."""
    use(SURE)
    page = texts_of("Row the boat ashore", LONG, "Row the boat ashore", OTHER, "Row the boat ashore")
    assert kept(score(page)) == [True] * 5
