"""From the network's answer to the decision: kinds, what is kept, and the status of the page."""

from __future__ import annotations

import numpy as np
import pytest
from fake_model import LONG, LONGER, OTHER, SURE, Use, kept, texts_of

from cleaner.errors import SetupError
from cleaner.features import NUMBERS
from cleaner.page import KINDS, Kind
from cleaner.page_status import FEW_WORDS
from cleaner.score import score
from cleaner.segment import segment_html, segment_text
from cleaner.settings import DEFAULTS, Settings


def test_the_kind_is_the_likeliest_on_the_side_of_the_score(use: Use) -> None:
    """Body paragraphs are body or heading, the others anything else, whatever the kind head prefers."""
    use([SURE, SURE, SURE, -SURE, -SURE], kinds=[Kind.BODY, Kind.HEADING, Kind.NAV, Kind.NAV, Kind.BODY])
    verdicts = score(texts_of("a", "b", "c", "d", "e"))
    assert verdicts.kinds[:2] == (Kind.BODY, Kind.HEADING)
    assert verdicts.kinds[3] == Kind.NAV
    assert verdicts.kinds[2] in {Kind.BODY, Kind.HEADING}
    assert verdicts.kinds[4] not in {Kind.BODY, Kind.HEADING}
    likely = float(np.exp(3) / (np.exp(3) + len(KINDS) - 1))
    assert verdicts.kind_probabilities.tolist() == pytest.approx(
        [likely, likely, likely / np.exp(3), likely, likely / np.exp(3)]
    )


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        ([], [False, False, False, False]),
        (["body"], [True, False, False, False]),
        (["body", "heading"], [True, True, False, False]),
        (["caption"], [False, False, True, False]),
        (["body", "caption", "nav"], [True, False, True, True]),
    ],
)
def test_only_the_kinds_that_are_asked_for_are_kept(use: Use, keep: list[str], expected: list[bool]) -> None:
    """`keep_kinds` decides, for kinds on either side; kinds and scores themselves do not change with it."""
    wanted = (Kind.BODY, Kind.HEADING, Kind.CAPTION, Kind.NAV)
    use([SURE, SURE, -SURE, -SURE], kinds=wanted)
    verdicts = score(texts_of("a", "b", "c", "d"), Settings.from_mapping({"keep_kinds": keep}))
    assert verdicts.kinds == wanted
    assert kept(verdicts) == expected


def test_an_empty_page_needs_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without paragraphs nothing is loaded; the page is empty for certain."""
    monkeypatch.setattr("cleaner.score.load_model", lambda *_, **__: pytest.fail("The model was loaded."))
    for page in (segment_html(""), segment_text("\n \n")):
        verdicts = score(page)
        assert (verdicts.kinds, kept(verdicts), verdicts.scores.tolist()) == ((), [], [])
        assert (verdicts.confidence, verdicts.status) == (1.0, "empty")


def test_weights_for_other_features_are_refused(use: Use) -> None:
    """Columns missing, added, renamed or in another order are an error with a code of its own."""
    for numbers in (NUMBERS[1:], (*NUMBERS, "more"), ("other", *NUMBERS[1:]), NUMBERS[::-1]):
        use(numbers=numbers)
        with pytest.raises(SetupError) as caught:
            score(texts_of("a"))
        assert caught.value.code == "weights_features"


def test_the_status_says_how_far_to_trust_the_page(use: Use) -> None:
    """Sure decisions are ok, unsure ones low_confidence, and a page of which nothing is kept is empty."""
    page = texts_of(*LONGER)
    found = []
    for logit in (SURE, 0.05, -SURE):
        use(logit)
        verdicts = score(page)
        found.append((verdicts.status, verdicts.confidence > 0.75))
    assert found == [("ok", True), ("low_confidence", False), ("empty", True)]


@pytest.mark.parametrize("page_type", ["collection", "listing", "product"])
def test_a_page_without_an_article_says_so(use: Use, page_type: str) -> None:
    """A page that is surely of such a type is no article; what is kept is kept all the same."""
    use(SURE, page_type=page_type)
    verdicts = score(texts_of(LONG, OTHER))
    assert (verdicts.status, kept(verdicts)) == ("not_article", [True, True])
    use(SURE, page_type=page_type, not_article=1.1)
    assert score(texts_of(LONG, OTHER)).status == "ok"


@pytest.mark.parametrize(("words", "status"), [(int(FEW_WORDS) - 1, "ok"), (int(FEW_WORDS), "not_article")])
def test_of_a_few_words_of_text_nobody_knows_the_page(use: Use, words: int, status: str) -> None:
    """A sentence or two of plain text is not called an index page, however much it may look like a line of one."""
    use(SURE, page_type="listing")
    assert score(segment_text(" ".join(["word"] * words)), DEFAULTS).status == status


def test_a_stub_is_no_article(use: Use) -> None:
    """An HTML page with a few words that does not look like an article has none; a short text may well be one."""
    assert len(LONG.split()) < FEW_WORDS
    for page, page_type, status in (
        (segment_html(f"<p>{LONG}"), "service", "not_article"),
        (segment_html(f"<p>{LONG}"), "article", "ok"),
        (segment_html(f"<p>{LONG}<p>{OTHER}<p>{LONG} {OTHER}"), "service", "ok"),
        (segment_text(LONG), "service", "ok"),
    ):
        use(SURE, page_type=page_type)
        assert score(page).status == status


def test_scoring_twice_gives_the_same(use: Use) -> None:
    """Verdicts depend on the page and the settings alone, and the layout is left as it was."""
    use([SURE, -SURE, 0.3])
    page = texts_of(LONG, "Home", OTHER)
    texts, containers, gaps = page.texts, page.containers, page.gaps.tolist()
    some, others = score(page), score(page, DEFAULTS)
    assert (some.scores.tolist(), some.kinds, kept(some)) == (others.scores.tolist(), others.kinds, kept(others))
    assert (some.confidence, some.status) == (others.confidence, others.status)
    assert (page.texts, page.containers, page.gaps.tolist()) == (texts, containers, gaps)
