"""What tests of features share: pages to describe, and single columns and bags of what is found."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from cleaner.features import ATTRIBUTE_ROWS, LEVELS, NUMBERS, WORD_ROWS, Bags, Features, extract
from cleaner.page import Layout
from cleaner.segment import segment_html, segment_text

TEXT_COLUMNS = NUMBERS.index("is_html")
"""Columns before this one describe a paragraph's text alone."""
BAGS = ("words", "last_words", "pairs", "own", "near", "far")
modest = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LONG = "The ferry across the sound will not run on Monday, because the ramp on the north side is being repaired."
OTHER = "Foot passengers can take the small boat instead, which leaves from the old pier at every full hour of it."
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
