"""How much of a page is kept: the threshold chosen for each page by what it is expected to gain."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.cut import CANDIDATES, DOUBT, LEAST, MARGIN, SIGNS, Factors, choose_cut, cut_signs
from cleaner.model import load_model

POINTS = ("balance", "precision", "recall")
modest = settings(max_examples=60, deadline=None)
pages = st.lists(st.tuples(st.floats(0, 1, width=32), st.integers(0, 400)), min_size=1, max_size=40)


def signs_of(scores: list[float], words: list[float], *, article: float = 1.0) -> np.ndarray:
    return cut_signs(np.array(scores, np.float32), np.array(words, np.float32), article=article)


def weights(**gains: list[float]) -> dict[str, dict[str, list[list[float]]]]:
    """Return weights by which the candidates gain what is said on any page: factors of the sign that is always 1."""
    place = SIGNS.index("always")
    sides = {
        name: [[gain if sign == place else 0.0 for sign in range(len(SIGNS))] for gain in values]
        for name, values in gains.items()
    }
    chosen = {"article": sides["article"], "other": sides.get("other", sides["article"])}
    return {point: {"article": sides.get(point, chosen["article"]), "other": chosen["other"]} for point in POINTS}


def factors(**gains: list[float]) -> Factors:
    return Factors.of(weights(**gains))


def test_signs_say_what_a_candidate_drops() -> None:
    """The signs of a page are its shares of words: dropped, surely chrome, at the head, inside and at the tail."""
    signs = signs_of([0.05, 0.9, 0.2, 0.95, 0.02], [10, 40, 10, 30, 10], article=0.75)

    def sign(name: str) -> list[float]:
        return [round(value, 3) for value in signs[:, SIGNS.index(name)].tolist()]

    assert sign("dropped") == [0.0, 0.2, 0.2, 0.3, 0.3, 0.3, 0.3]
    assert sign("sure_chrome")[0] == pytest.approx(0.2)
    assert (sign("head")[0], sign("inside")[0], sign("tail")[0]) == pytest.approx((0.1, 0.1, 0.1))
    assert sign("article") == [0.75] * len(CANDIDATES)
    assert sign("expected_gain")[0] == 0.0
    assert sign("expected_gain")[3] == pytest.approx(2 * 0.645 / (0.7 + 0.672) - 2 * 0.672 / (1 + 0.672), abs=2e-3)


@modest
@given(pages, st.floats(0, 1))
def test_signs_are_finite_and_the_choice_is_a_candidate(page: list[tuple[float, int]], article: float) -> None:
    """Any page has finite signs, and with the packaged weights some candidate, which keeps LEAST of the words."""
    scores, words = zip(*page, strict=True)
    signs = signs_of(list(scores), list(words), article=article)
    assert signs.shape == (len(CANDIDATES), len(SIGNS))
    assert bool(np.isfinite(signs).all())
    packaged = load_model(None).cuts["text"]
    cuts = {point: choose_cut(packaged, signs, favor=point) for point in POINTS}
    assert cuts["recall"] <= cuts["balance"] <= cuts["precision"]
    for cut in cuts.values():
        assert signs[CANDIDATES.index(cut), SIGNS.index("dropped")] <= 1 - LEAST


def test_the_highest_expected_gain_is_chosen() -> None:
    """The candidate with the highest expected gain wins; gains under MARGIN are not worth a cut."""
    signs = signs_of([0.1, 0.9], [5, 50])
    assert choose_cut(factors(article=[0, 0.02, 0.05, 0.03, 0, 0, 0]), signs, favor="balance") == CANDIDATES[2]
    assert choose_cut(factors(article=[0, MARGIN * 0.9] + [0] * 5), signs, favor="balance") == 0.0


@pytest.mark.parametrize(("spread", "place"), [(0.0, 2), (0.9, 2), (1.1, 0)])
def test_a_gain_on_which_corpora_disagree_is_not_sure(spread: float, place: int) -> None:
    """A gain of an article must exceed MARGIN by DOUBT times the deviation of what the corpora say, or all is kept."""
    gain = 0.05
    away = spread * (gain - MARGIN) / DOUBT  # of two, each as far from their mean: so large is the deviation
    corpora = {name: [0, 0, gain + sign * away, 0, 0, 0, 0] for name, sign in (("one", 1), ("other", -1))}
    own = weights(article=[0, 0, gain, 0, 0, 0, 0])
    asked = {name: weights(article=gains)["balance"]["article"] for name, gains in corpora.items()}
    both = Factors.of({**own, "corpora": asked})
    signs = signs_of([0.1, 0.9], [5, 50])
    assert choose_cut(both, signs, favor="balance") == CANDIDATES[place]
    shop = signs_of([0.1, 0.9], [5, 50], article=0.0)
    assert choose_cut(both, shop, favor="balance") == CANDIDATES[2]


def test_a_cut_that_leaves_nothing_is_no_candidate() -> None:
    """Where a candidate would drop the whole page, the next best is taken."""
    signs = signs_of([0.1, 0.12], [50, 50])
    assert choose_cut(factors(article=[0, 0.02, 0.5, 0.5, 0.5, 0.5, 0.5]), signs, favor="balance") == CANDIDATES[1]


def test_articles_and_other_pages_are_mixed() -> None:
    """The gains for articles and for other pages count by P(the page is an article)."""
    gains = factors(article=[0, 0.1, 0, 0, 0, 0, 0], other=[0, 0, 0, 0.1, 0, 0, 0])
    for article, place in ((0.9, 1), (0.1, 3)):
        signs = signs_of([0.2, 0.9], [5, 50], article=article)
        assert choose_cut(gains, signs, favor="balance") == CANDIDATES[place]


def test_operating_points_do_not_cross() -> None:
    """What favours precision never keeps more than the balance, what favours recall never less."""
    gains = factors(article=[0, 0, 0, 0.1, 0, 0, 0], precision=[0, 0.1, 0, 0, 0, 0, 0], recall=[0, 0, 0, 0, 0, 0.1, 0])
    signs = signs_of([0.05, 0.9], [5, 50])
    assert [choose_cut(gains, signs, favor=point) for point in POINTS] == [CANDIDATES[3]] * 3


def test_factors_are_read_once() -> None:
    """The packaged weights have factors for plain text, the same arrays each time, which nothing can change."""
    model = load_model(texts=True)
    some, others = model.cuts["text"], model.cuts["text"]
    assert some.corpora is others.corpora
    assert {array.shape for array in some.sides.values()} == {some.corpora.shape[1:]} == {(len(CANDIDATES), len(SIGNS))}
    with pytest.raises(ValueError, match="read-only"):
        some.corpora += 1
