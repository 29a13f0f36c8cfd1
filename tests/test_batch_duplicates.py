"""Duplicates: found from all texts together, the same ones whatever the order, and only what is alike."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.batch.duplicates import SIMILARITY, find_duplicates, text_signature

WORDS = [
    f"{first}{second}" for first in ("riv", "brid", "mark", "harb", "coun") for second in ("er", "ge", "et", "our")
]


def text_of(seed: int, words: int = 200) -> list[str]:
    chosen = random.Random(seed)
    return [chosen.choice(WORDS) + str(chosen.randrange(50)) for _ in range(words)]


def found(texts: list[str]) -> list[tuple[int, int]]:
    signatures = [text_signature(text) for text in texts]
    return [(pair.text, pair.kept) for pair in find_duplicates(signatures, [len(text) for text in texts])]


def test_the_same_words_are_duplicates() -> None:
    """Case, punctuation and white space do not count; the longest text is kept, of equals the first."""
    words = " ".join(text_of(1))
    texts = [words, words.upper() + "!", "  ".join(text_of(1)), " ".join(text_of(2)), ""]
    assert found(texts) == [(0, 2), (1, 2)]
    pairs = list(find_duplicates([text_signature(text) for text in texts], [len(text) for text in texts]))
    assert {pair.similarity for pair in pairs} == {1.0}
    assert found([words, words]) == [(1, 0)]


@pytest.mark.parametrize(("changed", "wanted"), [(1, True), (3, True), (40, False), (120, False)])
def test_near_duplicates_share_most_runs(changed: int, wanted: bool) -> None:
    """A correction or another headline makes a near duplicate; a fifth of the words changed makes another text."""
    words = text_of(3)
    other = [f"new{at}" if at % (len(words) // changed) == 0 else word for at, word in enumerate(words)]
    assert (
        found([" ".join(words), " ".join(other)]) == [(1, 0)] or found([" ".join(other), " ".join(words)]) != []
    ) is wanted


def test_texts_without_blanks_are_compared_by_signs() -> None:
    """Chinese has no words for us; a changed sign leaves most of its runs."""
    chosen = random.Random(5)
    signs = [chr(0x4E00 + chosen.randrange(2000)) for _ in range(300)]
    other = [*signs[:150], "新", *signs[151:]]
    third = [chr(0x4E00 + chosen.randrange(2000)) for _ in range(300)]
    assert found(["".join(signs), "".join(other), "".join(third)]) == [(1, 0)]


def test_texts_of_nothing_are_like_nobody() -> None:
    """Empty texts are no duplicates of each other."""
    assert found(["", " ", "...", "one two three four five six"]) == []


def test_a_crowd_is_one_group() -> None:
    """Hundreds of copies are found without comparing all pairs."""
    words = " ".join(text_of(4))
    assert found([words] * 300) == [(number, 0) for number in range(1, 300)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 8)), min_size=2, max_size=14), st.integers(0, 99))
def test_the_order_of_texts_changes_only_names(kinds: list[tuple[int, int]], seed: int) -> None:
    """Which texts belong together does not depend on the order in which they are given."""
    texts = [" ".join([*text_of(kind), *(f"extra{number}" for number in range(extra))]) for kind, extra in kinds]
    order = random.Random(seed).sample(range(len(texts)), len(texts))

    def groups(given_order: list[int]) -> set[frozenset[int]]:
        together: dict[int, set[int]] = {}
        for text, kept in found([texts[at] for at in given_order]):
            together.setdefault(kept, {given_order[kept]}).add(given_order[text])
        return {frozenset(group) for group in together.values()}

    assert groups(order) == groups(list(range(len(texts))))


def test_the_estimate_is_near_the_truth() -> None:
    """The share of equal places estimates the share of common runs within a tenth."""
    words = text_of(6, 400)
    for cut in (20, 60, 120):
        other = words[:-cut]
        runs = [{tuple(text[at : at + 5]) for at in range(len(text) - 4)} for text in (words, other)]
        truth = len(runs[0] & runs[1]) / len(runs[0] | runs[1])
        one, two = (text_signature(" ".join(text))[16:] for text in (words, other))
        same = sum(one[at : at + 4] == two[at : at + 4] for at in range(0, 512, 4)) / 128
        assert abs(same - truth) < 0.12
    assert SIMILARITY == 0.8
