"""Expressions mean what they mean in Python, in the letters of all languages, and never take long."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.rules.expressions import BUDGET, Lines, compile_expression

CASES: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).resolve().parents[1] / "fixtures" / "rules" / "expressions.json").read_text("utf-8")
)


def find(source: str, texts: list[str]) -> list[int]:
    return compile_expression(source).find(Lines(texts))


@pytest.mark.parametrize("case", CASES["found"], ids=lambda case: case["comment"])
def test_what_is_found(case: dict[str, Any]) -> None:
    """An expression is found in these paragraphs, and not in those, wherever they stand among others."""
    texts = [*case["not_in"], *case["in"], *case["not_in"]]
    first = len(case["not_in"])
    assert find(case["text"], texts) == list(range(first, first + len(case["in"])))


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["text"][:20])
def test_what_is_refused(case: dict[str, Any]) -> None:
    """What cannot be done in linear time, or means nothing, is refused in words that say why."""
    with pytest.raises(ValueError, match=re.escape(case["says"])):
        compile_expression(case["text"])


def test_a_match_never_goes_from_one_paragraph_into_the_next() -> None:
    """Paragraphs are searched as lines of one text, but each on its own."""
    texts = ["low", "tide", "low tide", "\x01low\ntide"]
    assert find(r"low[\s\S]*tide", texts) == [2, 3]
    assert find(r"low\W*tide", texts) == [2, 3]
    assert find("^tide", texts) == [1]
    assert find("low$", texts) == [0]
    assert find("", ["", "a", ""]) == [0, 1, 2]
    assert find("a", []) == []


@pytest.mark.parametrize("source", ["(a+)+$", r"\b(a+)+\b$", "(a|a)*b", "(.*a){12}b", r"(?i)(\w+\s*)+:$"])
def test_catastrophic_expressions_end(source: str) -> None:
    """Expressions that would keep a backtracking engine busy for ever are through a million letters in no time."""
    lines = Lines(["a" * 1_000_000 + "!"])
    expression = compile_expression(source)
    started = time.process_time()
    assert expression.find(lines) == []
    assert time.process_time() - started < 3


def test_a_large_expression_on_a_large_page_is_not_tried() -> None:
    """What might take long for its sheer size is told beforehand; the same expression does on an ordinary page."""
    expression = compile_expression(r"\w{1,60}x")
    states = expression.anywhere.programsize
    assert expression.is_too_costly(Lines(["a" * (BUDGET // states + 1)])) is True
    assert expression.is_too_costly(Lines(["a" * 50_000])) is False


ATOMS = st.sampled_from(
    ["a", "é", " ", "-", "_", "1", ".", r"\w", r"\W", r"\d", r"\D", r"\s", r"\S", "[a-c]", "[^a]", r"[^\W\d]", r"[\D-]",
     r"[\w.-]", "(?:a|é)", "(b)", "(?i:É)", r"\n", r"\-", "(?:é{2})", r"\bé", r"a\b", r"\b1\b"]
)  # fmt: skip
COUNTS = st.sampled_from(["", "", "", "*", "+", "?", "*?", "{0,2}", "{,2}"])
PATTERNS = st.builds(
    lambda start, atoms, end: start + "".join(atom + count for atom, count in atoms) + end,
    st.sampled_from(["", "", "^", r"\b"]),
    st.lists(st.tuples(ATOMS, COUNTS), min_size=1, max_size=5),
    st.sampled_from(["", "", "$", "|b"]),
)
TEXTS = st.lists(st.text("aéÉ -_1b\n", min_size=1, max_size=8).map(str.strip).filter(bool), min_size=1, max_size=6)


@settings(max_examples=150, deadline=None)
@given(PATTERNS, TEXTS)
def test_expressions_mean_what_they_mean_in_python(source: str, texts: list[str]) -> None:
    """The rewritten expression finds the same paragraphs as Python's engine, for which a dot is any sign."""
    try:
        wanted = re.compile(source, re.DOTALL)
    except re.error:
        return
    if re.search(r"\\b[*+?{]|\\b\)?[*?]", source):
        return  # a border, or none, over and over: nobody writes that
    assert find(source, texts) == [place for place, text in enumerate(texts) if wanted.search(text)]
