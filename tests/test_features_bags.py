"""Bags of hashed words, and the groups of containers around a paragraph."""

from __future__ import annotations

import math

import numpy as np
import pytest
from feature_pages import bag, layouts, modest, number
from hypothesis import given

from cleaner.features import extract, group_containers
from cleaner.features.words import FIRST_WORDS, LAST_WORDS, PAIRED_WORDS
from cleaner.page import Container, Containers, Layout
from cleaner.segment import segment_html, segment_text


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
