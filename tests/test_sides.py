"""Which paragraphs are body: the score decides, and of short lines on a page with chrome, what they are called, too."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.page import KINDS, Kind
from cleaner.score import score
from cleaner.segment import segment_html
from cleaner.sides import CHROME_SHARE, CLEAN_SHARE, SHORT_WORDS, take_sides

SCORES = st.lists(st.floats(0, 1, width=32), min_size=1, max_size=20)
MENU = [0.01] * 9
"""Enough of it that names have their full say on the page."""


def sides(
    scores: list[float], kinds: list[Kind], *, words: int, limit: float = 0.4, leniency: float = 0.0
) -> list[bool]:
    """Return the sides of paragraphs of so many words, each surely called as said."""
    logits = np.zeros((len(kinds), len(KINDS)), np.float32)
    logits[np.arange(len(kinds)), [KINDS.index(kind) for kind in kinds]] = 8
    is_short = np.full(len(scores), words <= SHORT_WORDS)
    found = take_sides(np.array(scores, np.float32), logits, is_short, limit=limit, leniency=leniency)
    answers: list[bool] = found.tolist()
    return answers


@pytest.mark.parametrize(
    ("score", "kind", "words", "is_body"),
    [
        (0.45, Kind.RELATED, SHORT_WORDS, False),
        (0.45, Kind.RELATED, SHORT_WORDS + 1, True),
        (0.35, Kind.HEADING, SHORT_WORDS, True),
        (0.35, Kind.HEADING, SHORT_WORDS + 1, False),
        (0.999, Kind.NAV, 2, True),
        (0.001, Kind.BODY, 2, False),
    ],
)
def test_a_short_line_is_what_score_and_name_say_together(score: float, kind: Kind, words: int, is_body: bool) -> None:
    """A name outweighs a doubtful score of a short line, not a sure one, and not that of a longer paragraph."""
    found = sides([score, *MENU], [kind] + [Kind.NAV] * 9, words=words)
    assert found == [is_body] + [False] * 9


def test_names_have_no_say_on_a_clean_page() -> None:
    """A text that is hardly anything but body keeps the lines that score enough, whatever they are called."""
    body = [0.99] * 9
    assert sides([0.45, *body], [Kind.RELATED] + [Kind.BODY] * 9, words=3) == [True] * 10
    assert 1 - np.mean([0.45, *body]) < CLEAN_SHARE < CHROME_SHARE


def test_leniency_asks_more_of_short_lines() -> None:
    """What is taken off for the kind of page can drop a line that score and name would keep."""
    page = [Kind.BODY] + [Kind.NAV] * 9
    assert sides([0.01, *MENU], page, words=3)[0] is True
    assert sides([0.01, *MENU], page, words=3, leniency=-6)[0] is False


@settings(max_examples=50, deadline=None)
@given(SCORES, st.floats(0.01, 0.99), st.sampled_from(KINDS))
def test_longer_paragraphs_go_by_their_score(scores: list[float], limit: float, kind: Kind) -> None:
    """From SHORT_WORDS on only the threshold counts."""
    wanted = [bool(np.float32(score) >= limit) for score in scores]
    assert sides(scores, [kind] * len(scores), words=SHORT_WORDS + 1, limit=limit) == wanted


def test_cells_of_tables_go_by_their_score() -> None:
    """What a cell is called says nothing: on a page of table cells, names change no decision."""
    cells = "".join(f"<tr><td>Quay {place}<td>{40 + place} dB" for place in range(12))
    layout = segment_html(
        f"<body><p>{'The noise was measured at night, before the ferry came. ' * 4}<table>{cells}</table>"
    )
    verdicts = score(layout)
    assert [bool(kept) for kept in verdicts.scores >= verdicts.threshold] == [
        kind in {Kind.BODY, Kind.HEADING} for kind in verdicts.kinds
    ]
