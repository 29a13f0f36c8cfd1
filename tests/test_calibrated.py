"""Scores that mean what they say: the second curve, which knows of the page's chrome and of blank lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cleaner.model import Prediction, load_model
from cleaner.page import KINDS
from cleaner.score import calibrated, spaced_share, tilted
from cleaner.segment import segment_html, segment_text

FIRST: dict[str, Any] = {"slope": 1.0, "kind_slope": 0.0, "offset": 0.0}
BODY = np.array([2.0, -1.0, 0.5], np.float32)
WORDS = np.array([30.0, 5.0, 12.0], np.float32)
PREDICTION = Prediction(
    BODY, np.zeros((3, len(KINDS)), np.float32), np.zeros(7, np.float32), np.zeros((3, 1), np.float32)
)


@pytest.mark.parametrize(
    ("source", "share"),
    [
        ("One line.\n\nAnother line.\n\nA third one.\n\nAnd a fourth.", 0.75),
        ("One line\nAnother line\nA third one\nAnd a fourth", 0.0),
        ("", 0.0),
    ],
)
def test_blank_lines_are_counted(source: str, share: float) -> None:
    """The share of paragraphs that a blank line stands before; the first one has none."""
    assert spaced_share(segment_text(source)) == share


def test_html_has_no_blank_lines() -> None:
    """Gaps of HTML are rules and double breaks, and say nothing of how a text was written."""
    assert spaced_share(segment_html("<p>One<hr><p>Two<hr><p>Three")) == 0.0


def test_weights_that_know_of_no_blank_lines_are_read_as_before() -> None:
    """With factors for four columns alone it does not matter how a text is spaced."""
    calibration = FIRST | {"tilt": [1.0, 0.0, -2.0, 0.5, 0.1]}
    plain, spaced = (calibrated(PREDICTION, calibration, WORDS, share)[0] for share in (0.0, 1.0))
    assert plain.tobytes() == spaced.tobytes()


def test_blank_lines_move_scores_by_their_factors() -> None:
    """The fifth factor is that of the share, the sixth of its product with the first sign, the last the offset."""
    calibration = FIRST | {"tilt": [1.0, 0.0, 0.0, 0.0, -1.0, 0.5, 0.0, 0.25]}
    logits, _ = calibrated(PREDICTION, calibration, WORDS, 0.5)
    assert logits.tolist() == pytest.approx((BODY - 0.5 + 0.25 * BODY + 0.25).tolist())


def test_the_packaged_weights_have_a_factor_for_each_column() -> None:
    """Scores of texts have all columns of the curve, those of HTML the four that are not about blank lines."""
    columns = tilted(np.zeros((1, 2), np.float32), 0.0, 0.0).shape[1]
    calibration = load_model().header["calibration"]
    assert (len(calibration["text"]["tilt"]), len(calibration["html"]["tilt"])) == (columns + 1, 5)
