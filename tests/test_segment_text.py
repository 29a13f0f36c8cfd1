"""Plain text to paragraphs: lines, blank lines, hard-wrapped lines, and offsets that lead back into the source."""

from __future__ import annotations

import textwrap
from itertools import pairwise
from typing import Any

import pytest
from cases import Case, check_cases, parameters, read_cases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaner.page import Head, Layout, Page
from cleaner.segment import segment, segment_text, xpath, xpaths

CASES = read_cases("text.json")
ASPECTS = ("texts", "tags", "spans", "gaps", "groups", "containers")
modest = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


# -- cases ------------------------------------------------------------------------------------------------------------


def source_of(case: Case) -> str:
    """Return the input: a str as it stands, or a list of lines."""
    given_as = case["input"]
    return given_as if isinstance(given_as, str) else "\n".join(given_as) + "\n"


def described(layout: Layout, name: str) -> Any:
    """Return one aspect of a layout as plain data, under the name that the cases use."""
    if name == "spans":
        return [list(span) for span in spans(layout)]
    if name == "containers":
        return [f"{entry.tag} {entry.first}:{entry.end}" for entry in layout.containers]
    if name == "groups":
        return layout.container_of.tolist()
    return layout.gaps.tolist() if name == "gaps" else list(getattr(layout, name))


def spans(layout: Layout) -> list[tuple[int, int]]:
    return list(zip(layout.starts.tolist(), layout.ends.tolist(), strict=True))


@pytest.mark.parametrize("case", parameters(CASES))
def test_a_case_is_cut_as_expected(case: Case) -> None:
    """Every case of fixtures/segment/text.json gives the paragraphs, spans, tags and groups that it says."""
    layout = segment_text(source_of(case))
    expected = {name: case[name] for name in ASPECTS if name in case}
    assert {name: described(layout, name) for name in expected} == expected
    check(source_of(case), layout)


def test_the_cases_say_what_they_are_about() -> None:
    """Labels are unique, every field is one that is compared, and the negative set is there."""
    check_cases(CASES, aspects=ASPECTS, negatives=12)


def test_one_long_line_is_one_paragraph() -> None:
    """A page of a million characters without a line end is one paragraph; so is one without a single blank."""
    for line in ("word " * 200_000, "字" * 1_000_000):
        layout = segment_text(line)
        assert layout.texts == (line.strip(),)
        assert spans(layout) == [(0, len(line.strip()))]


def test_many_blank_lines_are_one_gap() -> None:
    """A million blank lines make no paragraphs; they are counted before the one that follows."""
    layout = segment_text("One." + "\n" * 1_000_001 + "Two.")
    assert (layout.texts, layout.gaps.tolist()) == (("One.", "Two."), [0, 1_000_000])


# -- what holds for every layout --------------------------------------------------------------------------------------


def check(source: str, layout: Layout) -> None:
    """Assert the promises of :class:`cleaner.page.Layout` for plain text."""
    n = len(layout.texts)
    assert (layout.content_type, layout.head) == ("text", Head())
    for column in (layout.link_chars, layout.links, layout.images, layout.controls, layout.hidden):
        assert column.tolist() == [0] * n
    assert layout.marks == ("",) * n
    assert [xpath(layout, container) for container in layout.container_of.tolist()] == [""] * n == list(xpaths(layout))
    assert set(layout.tags) <= {"p", "li", "h"}
    check_spans(source, layout)
    check_groups(layout)


def check_spans(source: str, layout: Layout) -> None:
    """Assert that spans are in order, never overlap, give the texts when collapsed, and leave out white space only."""
    reach = 0
    for text, (start, end) in zip(layout.texts, spans(layout), strict=True):
        assert reach <= start < end <= len(source)
        assert source[reach:start].strip() == ""
        assert source[start:end] == source[start:end].strip()
        assert " ".join(source[start:end].split()) == text
        reach = end
    assert source[reach:].strip() == ""
    # A paragraph ends where a line ends.
    for (_, end), (start, _) in pairwise(spans(layout)):
        assert len((source[end:start] + ".").splitlines()) > 1


def check_groups(layout: Layout) -> None:
    """Assert that groups are the runs of paragraphs without a blank line between, counted from 1."""
    root, *groups = layout.containers
    n = len(layout.texts)
    assert root == (-1, "text", "", 0, 0, n)
    assert [place for entry in groups for place in range(entry.first, entry.end)] == list(range(n))
    assert [entry[:4] for entry in groups] == [(0, "group", "", 0)] * len(groups)
    for index, entry in enumerate(groups, 1):
        assert entry.first < entry.end
        assert layout.container_of[entry.first : entry.end].tolist() == [index] * (entry.end - entry.first)
        assert layout.gaps[entry.first + 1 : entry.end].tolist() == [0] * (entry.end - entry.first - 1)
        assert entry.first == 0 or layout.gaps[entry.first] > 0


WORDS = ("pier", "Lamp,", "the", "harbour", "昨夜大雨。", "a", "12", "\u200f", "- ", "# ", "x" * 45, "\x1f", "🌊")
LINE_ENDS = (
    "\n",
    "\n",
    "\n\n",
    "\r\n",
    "\r\n\r\n",
    "\r",
    "\f",
    "\v",
    "\x1c",
    "\x85",
    "\u2028",
    "\u2029",
    " \t\n",
    "\n\u00a0\n",
)
lines = st.lists(st.sampled_from(WORDS), max_size=16).map(" ".join)
texts = st.lists(st.tuples(lines, st.sampled_from(LINE_ENDS)), max_size=25).map(
    lambda pairs: "".join(line + end for line, end in pairs)
)


@modest
@given(texts | st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_keeps_the_promises_of_a_layout(source: str) -> None:
    """Spans lead back to the text, in order, nothing but white space between; groups are exact; twice the same."""
    layout = segment_text(source)
    check(source, layout)
    again = segment(Page(source, "text", None, "str", "caller", 0))
    assert (again.texts, again.containers, spans(again)) == (layout.texts, layout.containers, spans(layout))


word = st.sampled_from(("sea", "pier", "water", "harbor", "evening", "northern", "lighthouse"))


@few
@given(st.lists(st.lists(word, min_size=110, max_size=160).map(" ".join), min_size=1, max_size=5), st.integers(55, 100))
def test_hard_wrapping_is_undone(paragraphs: list[str], width: int) -> None:
    """Prose wrapped at any usual width, a blank line between paragraphs, comes out as it was before the wrapping."""
    wrapped = ["\n".join(textwrap.wrap(paragraph, width)) for paragraph in paragraphs]
    layout = segment_text("\n\n".join(wrapped))
    assert layout.texts == tuple(paragraphs)


@few
@given(st.lists(st.lists(word, min_size=30, max_size=60).map(" ".join), max_size=12), st.sampled_from(("\n", "\n\n")))
def test_one_paragraph_a_line_is_left_alone(paragraphs: list[str], end: str) -> None:
    """Lines longer than anybody wraps are one paragraph each, with or without blank lines between."""
    long = [f"{paragraph} {'and so on ' * 8}for ever" for paragraph in paragraphs]
    assert segment_text(end.join(long)).texts == tuple(long)


@modest
@given(st.lists(lines, max_size=20))
def test_windows_line_ends_change_nothing(some: list[str]) -> None:
    """The same lines with Windows line ends give the same paragraphs, tags, gaps and groups."""
    one, other = segment_text("\n".join(some)), segment_text("\r\n".join(some))
    for name in ("texts", "tags", "gaps", "groups"):
        assert described(one, name) == described(other, name)
