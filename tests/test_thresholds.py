"""Scores, and the threshold from which on a paragraph is body: that of the page, or the one asked for."""

from __future__ import annotations

import numpy as np
import pytest
from fake_model import LONG, LONGER, OTHER, SURE, Use, kept, texts_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaner.page import Kind
from cleaner.score import score
from cleaner.segment import segment_html
from cleaner.settings import Settings
from cleaner.sides import threshold


def test_the_scores_are_the_calibrated_logits(use: Use) -> None:
    """P(body) is the logistic function of slope times logit plus offset."""
    use([-1.0, 0.0, 2.0], slope=0.5, offset=0.25)
    verdicts = score(texts_of("a", "b", "c"))
    expected = [1 / (1 + np.exp(-(0.5 * logit + 0.25))) for logit in (-1, 0, 2)]
    assert verdicts.scores.tolist() == pytest.approx(expected, abs=1e-6)
    assert verdicts.scores.dtype == verdicts.kind_probabilities.dtype == np.float32


def test_a_threshold_of_0_keeps_all_but_title_and_lines_that_are_metadata(use: Use) -> None:
    """Even what the network is sure is chrome is kept; headline, date line and repeats are not."""
    use(-SURE, kinds=Kind.NAV)
    page = texts_of("The ferry stops", "date 2024-11-28", "The ferry stops", LONG, "Home", LONG)
    verdicts = score(page, Settings(threshold=0))
    assert verdicts.kinds[:3] == (Kind.TITLE, Kind.DATELINE, Kind.TITLE)
    assert kept(verdicts) == [False, False, False, True, True, False]
    page = segment_html(f"<title>The ferry stops</title><p>Home<h1>The ferry stops</h1><p>{LONG}<p hidden>{OTHER}")
    assert kept(score(page, Settings(threshold=0))) == [True, False, True, True]


def test_a_threshold_of_1_keeps_only_what_is_certain(use: Use) -> None:
    """A score below 1 is not enough, however near."""
    use([-SURE, 0.0, SURE])
    verdicts = score(texts_of("a", "b", "c"), Settings(threshold=1))
    assert kept(verdicts) == [False, False, False]
    assert verdicts.status == "empty"


def test_a_score_equal_to_the_threshold_is_kept(use: Use) -> None:
    """The threshold itself counts as body."""
    use([-0.1, 0.0, 0.1])
    assert kept(score(texts_of("a", "b", "c"), Settings(threshold=0.5))) == [False, True, True]


@pytest.mark.parametrize(("page_type", "keeps"), [("article", False), ("listing", True), ("forum", True)])
def test_without_a_threshold_the_page_type_chooses(use: Use, page_type: str, keeps: bool) -> None:
    """Articles and other pages have thresholds of their own, and the caller's goes before both."""
    use(0.0, page_type=page_type, thresholds={"article": [0.8, 0.8], "other": [0.2, 0.2]})
    assert kept(score(texts_of(*LONGER))) == [keeps] * 2
    assert kept(score(texts_of(*LONGER), Settings(threshold=0.4))) == [True] * 2
    assert kept(score(texts_of(*LONGER), Settings(threshold=0.6))) == [False] * 2


@pytest.mark.parametrize(("favor", "keeps"), [("precision", False), ("balance", True), ("recall", True)])
def test_an_operating_point_has_thresholds_of_its_own(use: Use, favor: str, keeps: bool) -> None:
    """``favor`` takes the thresholds that were chosen for it; a threshold given goes before."""
    limits = {name: {"article": [t, t], "other": [t, t]} for name, t in POINTS.items()}
    use(0.0, thresholds=limits)
    assert kept(score(texts_of(*LONGER), Settings.from_mapping({"favor": favor}))) == [keeps] * 2
    assert kept(score(texts_of(*LONGER), Settings.from_mapping({"favor": favor, "threshold": 0.6}))) == [False] * 2


POINTS = {"precision": 0.7, "balance": 0.5, "recall": 0.2}


def test_without_a_threshold_the_share_of_chrome_chooses(use: Use) -> None:
    """Where most of the page is likely chrome, another threshold may hold than where most of it is body."""
    limits = {"article": [0.1, 0.9], "other": [0.1, 0.9]}
    use([0.0, SURE, SURE, SURE], thresholds=limits)
    assert kept(score(texts_of("a", "b", "c", "d"))) == [True, True, True, True]
    use([0.0, SURE, -SURE, -SURE], thresholds=limits)
    assert kept(score(texts_of("a", "b", "c", "d"))) == [False, True, False, False]


def test_the_threshold_is_read_between_the_bands() -> None:
    """Thresholds are interpolated over the share of chrome, mixed by P(article), and constant beyond the bands."""
    bands, limits = [0.2, 0.4], {"article": [0.5, 0.3], "other": [0.2, 0.1]}
    for article, chrome, expected in (
        (1, 0.0, 0.5),
        (1, 0.2, 0.5),
        (1, 0.3, 0.4),
        (1, 0.9, 0.3),
        (0, 0.3, 0.15),
        (0.5, 0.2, 0.35),
    ):
        assert threshold(bands, limits, article, chrome) == pytest.approx(expected)


logits = st.lists(st.floats(-20, 20, width=32), min_size=1, max_size=12)
modest = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@modest
@given(logits, st.floats(0, 1), st.floats(0, 1))
def test_a_higher_threshold_keeps_a_part_of_what_a_lower_one_keeps(
    use: Use, some: list[float], a: float, b: float
) -> None:
    """Kept is what scores at least the threshold; raising it never adds a paragraph; numbers are probabilities."""
    use(some)
    page = texts_of(*(f"w{'x' * place}" for place in range(len(some))))
    low, high = (score(page, Settings(threshold=limit)) for limit in sorted((a, b)))
    assert kept(low) == [value >= np.float32(min(a, b)) for value in low.scores]
    assert [one and not other for one, other in zip(kept(high), kept(low), strict=True)] == [False] * len(some)
    for verdicts in (low, high):
        assert min(verdicts.scores.tolist() + verdicts.kind_probabilities.tolist()) >= 0
        assert max(verdicts.scores.tolist() + verdicts.kind_probabilities.tolist()) <= 1
        assert 0 <= verdicts.confidence <= 1
