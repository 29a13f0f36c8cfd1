"""From the network's answer to the decision, and from the decision to the article: the rules that need no learning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cleaner.assemble import assemble
from cleaner.cut import Factors
from cleaner.errors import SetupError
from cleaner.features import NUMBERS
from cleaner.model import Prediction
from cleaner.page import KINDS, Kind, Layout, Metadata, Page
from cleaner.page_status import FEW_WORDS
from cleaner.repeats import DOUBLE_WORDS, REPEAT_WORDS
from cleaner.score import HEAD_LINES, Verdicts, score
from cleaner.segment import segment, segment_html, segment_text
from cleaner.settings import DEFAULTS, Settings
from cleaner.sides import threshold

Floats = NDArray[np.float32]
Use = Callable[..., None]
SURE = 9.0
"""A logit of which nobody doubts the side."""
PAGE_TYPES = ("article", "forum", "service", "documentation", "product", "collection", "listing")
LONG = (
    "The ferry across the sound will not run on Monday, because the ramp on the north side is being repaired, and the "
    "harbour office knows of no other boat."
)
OTHER = "Foot passengers can take the small boat instead, which leaves from the old pier at every full hour."
LONGER = (f"{LONG} {OTHER}", f"{OTHER} {LONG}")
"""No short lines: what they are called has no say in whether they are body."""
CALIBRATION = {
    "slope": 1.0,
    "kind_slope": 0.0,
    "offset": 0.0,
    "chrome_bands": [0.0, 1.0],
    "thresholds": {"article": [0.5, 0.5], "other": [0.5, 0.5]},
    "not_article": 0.9,
}


class Fake:
    """A model that says what the test wants, for pages of any length."""

    def __init__(
        self,
        body: float | Sequence[float] = SURE,
        *,
        kinds: Kind | Sequence[Kind] = Kind.BODY,
        page_type: str = "article",
        numbers: Sequence[str] = NUMBERS,
        **calibration: Any,
    ) -> None:
        self.body, self.kinds, self.page_type = body, kinds, page_type
        chosen: dict[str, Any] = CALIBRATION | calibration
        if "article" in chosen["thresholds"]:
            chosen = chosen | {"thresholds": dict.fromkeys(("balance", "precision", "recall"), chosen["thresholds"])}
        self.header = {
            "numbers": list(numbers),
            "kinds": [str(kind) for kind in KINDS],
            "page_types": list(PAGE_TYPES),
            "calibration": {"html": chosen, "text": chosen},
        }

    cuts: Mapping[str, Factors] = {}

    def predict(self, numbers: Floats, bags: Sequence[Any], **_: Any) -> Prediction:
        """Answer for as many paragraphs as there are rows."""
        n = len(numbers)
        assert [len(offsets) == n + 1 for _, offsets in bags[:4]] == [True] * 4
        likely = [self.kinds] * n if isinstance(self.kinds, Kind) else self.kinds
        kinds = np.zeros((n, len(KINDS)), np.float32)
        kinds[np.arange(n), [KINDS.index(kind) for kind in likely]] = 3
        page = [SURE if name == self.page_type else -SURE for name in PAGE_TYPES]
        return Prediction(np.full(n, self.body, np.float32), kinds, np.array(page, np.float32), kinds)


@pytest.fixture(name="use")
def use_a_fake_model(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Return a function that puts a fake model in the place of the trained one."""

    def use(*arguments: Any, **named: Any) -> None:
        fake = Fake(*arguments, **named)
        monkeypatch.setattr("cleaner.score.load_model", lambda *_, **__: fake)

    return use


def kept(verdicts: Verdicts) -> list[bool]:
    flags: list[bool] = verdicts.kept.tolist()
    return flags


def texts_of(*texts: str) -> Layout:
    return segment_text("\n\n".join(texts))


# -- scores and thresholds --------------------------------------------------------------------------------------------


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


# -- kinds ------------------------------------------------------------------------------------------------------------


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


# -- the headline -----------------------------------------------------------------------------------------------------


def test_the_headline_is_the_title(use: Use) -> None:
    """The paragraph that equals the page's declared title is title for certain, and kept only if asked for."""
    use(SURE)
    page = segment_html(f"<title>The Ferry Stops!</title><p>Boats<h1>The ferry stops</h1><p>{LONG}")
    verdicts = score(page)
    assert verdicts.kinds == (Kind.BODY, Kind.TITLE, Kind.BODY)
    assert verdicts.kind_probabilities[1] == 1
    assert kept(verdicts) == [True, False, True]
    assert kept(score(page, Settings(keep_kinds=frozenset({Kind.TITLE, Kind.BODY})))) == [True, True, True]


def test_a_heading_that_is_not_the_declared_title_is_left_alone(use: Use) -> None:
    """Without a declared title, or with another one, only an ``<h1>`` that is the page's only one is the headline."""
    use(SURE)
    for title in ("", "<title>Weather</title>"):
        page = segment_html(f"{title}<h2>The ferry stops</h2><p>{LONG}")
        assert score(page).kinds == (Kind.BODY, Kind.BODY)
        page = segment_html(f"{title}<h1>The ferry stops</h1><p>{LONG}<h1>The bus, too</h1><p>{OTHER}")
        assert score(page).kinds == (Kind.BODY,) * 4


def test_links_to_the_page_itself_are_no_headline(use: Use) -> None:
    """What repeats the headline in a list or below the prose is none, nor is a site's name in the page's only <h1>."""
    use(SURE, kinds=Kind.BODY)
    title = "<title>The ferry stops</title>"
    page = segment_html(f"{title}<h1>Courier</h1><ul><li>The ferry stops</ul><h2>The ferry stops</h2><p>{LONG}")
    assert score(page).kinds == (Kind.BODY, Kind.BODY, Kind.TITLE, Kind.BODY)
    page = segment_html(f"{title}<h2>The ferry stops</h2><p>{LONG}<h3>The ferry stops</h3>")
    assert score(page).kinds == (Kind.TITLE, Kind.BODY, Kind.BODY)


def test_the_only_h1_above_the_prose_is_the_headline(use: Use) -> None:
    """A page that declares no title still has its headline set apart; below the prose an ``<h1>`` is a heading."""
    use(SURE)
    assert score(segment_html(f"<h1>The ferry stops</h1><p>{LONG}")).kinds == (Kind.TITLE, Kind.BODY)
    assert score(segment_html(f"<p>{LONG}<h1>The ferry stops</h1><p>{OTHER}")).kinds == (Kind.BODY,) * 3


# -- lines at the head of a plain text --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("date 2024-11-28", Kind.DATELINE),
        ("Published 3 March 2021, 10:14", Kind.DATELINE),
        ("Date: Thu, 28 Nov 2024 10:14:00 +0000", Kind.DATELINE),
        ("Subject: The ferry stops", Kind.TITLE),
        ("Title: The ferry stops", Kind.TITLE),
        ("Author: Ada Kell", Kind.BYLINE),
        ("From: Ada Kell <ada@kell.example>", Kind.BYLINE),
        ("URL: https://kell.example/ferry", Kind.OTHER),
    ],
)
def test_a_metadata_line_at_the_head_is_kept_out(use: Use, line: str, kind: Kind) -> None:
    """Date lines and header lines are what they are for certain, though the network takes them for body."""
    use(SURE)
    verdicts = score(texts_of(line, LONG))
    assert verdicts.kinds == (kind, Kind.BODY)
    assert (verdicts.kind_probabilities[0], kept(verdicts)) == (1, [False, True])


@pytest.mark.parametrize("line", ["The bridge was opened on 3 March 2021.", "Note: the ferry stops.", "2024", "Why?"])
def test_another_line_at_the_head_is_left_alone(use: Use, line: str) -> None:
    """A sentence with a date in it and a label that is no header name are text like any other."""
    use(SURE)
    assert score(texts_of(line, LONG)).kinds == (Kind.BODY, Kind.BODY)


def test_only_the_head_is_read_for_metadata_lines(use: Use) -> None:
    """Below the eighth paragraph, below a long one, and in HTML, a date line is a paragraph like any other."""
    use(SURE)
    line = "date 2024-11-28"
    few = [f"Line {'x' * place}" for place in range(HEAD_LINES)]
    assert score(texts_of(*few[:-1], line)).kinds[-1] == Kind.DATELINE
    assert score(texts_of(*few, line)).kinds[-1] == Kind.BODY
    long = f"{LONG} {OTHER}"
    assert len(long) > 200
    assert score(texts_of(long, line)).kinds[-1] == Kind.BODY
    assert score(texts_of(LONG, line)).kinds[-1] == Kind.DATELINE
    assert score(segment_html(f"<p>{line}<p>{LONG}")).kinds == (Kind.BODY, Kind.BODY)


# -- repeats ----------------------------------------------------------------------------------------------------------


def test_a_long_repeat_is_kept_once(use: Use) -> None:
    """The first of equal paragraphs is kept; its kind and score are those of the others."""
    use(SURE)
    verdicts = score(texts_of(OTHER, LONG, LONG, "Why?", f"{LONG} "))
    assert kept(verdicts) == [True, True, False, True, False]
    assert verdicts.kinds == (Kind.BODY,) * 5


def test_short_repeats_stay(use: Use) -> None:
    """Up to 24 words may come again, as refrains and table cells do; 25 may not."""
    use(SURE)
    short, long = (" ".join(f"word{place}" for place in range(n)) for n in (REPEAT_WORDS - 1, REPEAT_WORDS))
    page = texts_of("Yes.", short, OTHER, "Yes.", long, short, LONG, long)
    assert kept(score(page)) == [True] * 7 + [False]


def test_short_doubles_right_behind_each_other_are_kept_once(use: Use) -> None:
    """What markup says twice in a row is kept once from six words on."""
    use(SURE)
    short, long = "one two three four five", "one two three four five six"
    assert len(long.split()) == DOUBLE_WORDS
    assert kept(score(texts_of("Yes.", "Yes.", short, short, long, long))) == [True] * 5 + [False]


def test_a_text_that_comes_again_goes_with_its_subheads(use: Use) -> None:
    """A short line that repeats beside a long repeat, at the same distance, is part of the double."""
    use(SURE)
    long = " ".join(f"word{place}" for place in range(REPEAT_WORDS))
    page = texts_of("A subhead", long, LONG, OTHER, "A subhead", long, "A subhead")
    assert kept(score(page)) == [True] * 4 + [False, False, True]


def test_near_repeats_stay(use: Use) -> None:
    """Only the exact text counts."""
    use(SURE)
    assert kept(score(texts_of(OTHER, LONG, LONG.upper(), LONG[:-1], f"- {LONG}"))) == [True] * 5


def test_a_repeat_of_something_dropped_is_kept(use: Use) -> None:
    """A paragraph that stood in the chrome before does not take the body's place."""
    use([SURE, -SURE, SURE, SURE], kinds=[Kind.BODY, Kind.NAV, Kind.BODY, Kind.BODY])
    assert kept(score(texts_of(OTHER, LONG, LONG, LONG))) == [True, False, True, False]


def test_a_refrain_that_opens_a_text_stays(use: Use) -> None:
    """A short line that comes again and again is body each time, also when the text begins with it."""
    use(SURE)
    page = texts_of("Row the boat ashore", LONG, "Row the boat ashore", OTHER, "Row the boat ashore")
    assert kept(score(page)) == [True] * 5


def test_a_block_of_house_rules_begins_where_it_begins(use: Use) -> None:
    """Doubtful paragraphs just before a block of comment policy at the end of a plain text belong to it."""
    policy = [Kind.BODY, Kind.BODY, Kind.BODY, Kind.POLICY, Kind.POLICY, Kind.POLICY]
    page = texts_of(LONG, OTHER, "We know that many of you want to debate.", "Rules", "Be kind", "Report breaches")
    use([3.0, 3.0, 0.4, -3.0, -3.0, -3.0], kinds=policy)
    assert kept(score(page)) == [True, True, False, False, False, False]
    use([3.0, 3.0, 3.0, -3.0, -3.0, -3.0], kinds=policy)
    assert kept(score(page)) == [True, True, True, False, False, False]


def test_a_letter_above_the_house_rules_goes_with_its_signature(use: Use) -> None:
    """A letter of which the network is half sure goes with the rules below it; who signed it is no other story."""
    letter = ["We know that many of you want to debate.", "So we have changed who may write here.", "Ann Lee, editor"]
    page = texts_of(*(f"{LONG} {n}" for n in "abcd"), *letter, "Rules", "Be kind", "Report breaches")
    kinds = [Kind.BODY] * 4 + [Kind.POLICY] * 2 + [Kind.RELATED] + [Kind.POLICY] * 3
    use([4.0] * 4 + [1.2, 1.2] + [-3.0] * 4, kinds=kinds)
    verdicts = score(page)
    assert kept(verdicts) == [True] * 4 + [False] * 6
    assert verdicts.kinds[4:] == (Kind.POLICY,) * 6


def test_a_last_line_without_an_end_mark_is_a_caption(use: Use) -> None:
    """A doubtful last line that no end mark closes can head nothing: it describes a picture."""
    line = "Mrs Kell and Mr Vane at the old pier in November"
    body = [f"{LONG} {n}." for n in ("One", "Two", "Three", "Four")]
    use([3.0] * 4 + [0.4])
    assert score(texts_of(*body, line)).kinds[-1] is Kind.CAPTION
    assert score(texts_of(*body, f"{line}.")).kinds[-1] is Kind.BODY


# -- the page ---------------------------------------------------------------------------------------------------------


def test_an_empty_page_needs_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without paragraphs nothing is loaded; the page is empty for certain."""
    monkeypatch.setattr("cleaner.score.load_model", lambda *_, **__: pytest.fail("The model was loaded."))
    for page in (segment_html(""), segment_text("\n \n")):
        verdicts = score(page)
        assert (verdicts.kinds, kept(verdicts), verdicts.scores.tolist()) == ((), [], [])
        assert (verdicts.confidence, verdicts.status) == (1.0, "empty")


@pytest.mark.parametrize(
    ("lines", "kinds"),
    [
        ((LONG, "What happens next", OTHER), ["body", "heading", "body"]),
        ((LONG, "What happens next?", OTHER), ["body", "body", "body"]),
        ((LONG, "One line", "Another line", OTHER), ["body", "body", "body", "body"]),
        ((LONG, "More words than a heading between two paragraphs would have", OTHER), ["body", "body", "body"]),
        (("What happens next", OTHER), ["body", "body"]),
    ],
)
def test_a_short_line_alone_between_paragraphs_is_a_heading(use: Use, lines: tuple[str, ...], kinds: list[str]) -> None:
    """In a plain text, where nothing else shows it; two short lines in a row may be anything."""
    use(SURE, kinds=Kind.BODY)
    assert list(map(str, score(texts_of(*lines)).kinds)) == kinds


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


# -- assemble ---------------------------------------------------------------------------------------------------------


def verdicts_of(flags: Sequence[bool], kinds: Sequence[Kind] = ()) -> Verdicts:
    n = len(flags)
    some = np.linspace(0.123456, 0.987654, n, dtype=np.float32) if n else np.zeros(0, np.float32)
    return Verdicts(some, tuple(kinds) or (Kind.BODY,) * n, some[::-1], np.array(flags, np.bool_), (), 0.876543, "ok")


def page_of(text: str, content_type: Any = "html", *, replacements: int = 0) -> Page:
    return Page(text, content_type, None, "windows-1252", "meta", replacements, "kell.html")


def test_the_article_is_the_kept_paragraphs() -> None:
    """The text is the kept paragraphs, one blank line between; every paragraph is there, with what was found of it."""
    page = page_of("<nav><a href=x>Home</a></nav><h2>Boats</h2><p>One.<pre>a\n b</pre>")
    kinds = (Kind.NAV, Kind.HEADING, Kind.BODY, Kind.BODY)
    article = assemble(page, segment(page), verdicts_of([False, True, False, True], kinds), Metadata(title="T"))
    assert article.text == "Boats\n\na\n b"
    assert (article.status, article.confidence, article.metadata) == ("ok", 0.8765, Metadata(title="T"))
    assert (article.content_type, article.source, article.warnings) == ("html", "kell.html", ())
    one = article.paragraphs[2]
    assert (one.index, one.text, one.kind, one.kept, one.tag) == (2, "One.", Kind.BODY, False, "p")
    assert (one.start, one.end, one.xpath, one.reasons) == (-1, -1, "/html[1]/body[1]/p[1]", ())
    assert (one.score, one.kind_probability) == (0.6996, 0.4115)
    assert [paragraph.index for paragraph in article.paragraphs] == [0, 1, 2, 3]
    assert [paragraph.text for paragraph in article.dropped()] == ["Home", "One."]


def test_the_article_of_a_text_points_into_its_source() -> None:
    """For plain text each paragraph has its span, and no XPath."""
    page = page_of("One.\r\n\r\n  Two  words.", "text")
    article = assemble(page, segment(page), verdicts_of([True, True]), Metadata())
    assert article.text == "One.\n\nTwo words."
    assert [page.text[paragraph.start : paragraph.end] for paragraph in article.paragraphs] == ["One.", "Two  words."]
    assert [paragraph.xpath for paragraph in article.paragraphs] == ["", ""]


def test_nothing_kept_is_an_empty_text() -> None:
    """Neither a page without paragraphs nor one of which nothing is kept has a text."""
    for source, flags in (("", []), ("<p>One", [False])):
        article = assemble(page_of(source), segment_html(source), verdicts_of(flags), Metadata())
        assert (article.text, len(article.paragraphs)) == ("", len(flags))


def test_characters_that_could_not_be_decoded_are_a_warning() -> None:
    """The warning is one sentence with their number and the encoding."""
    page = page_of("<p>One", replacements=3)
    article = assemble(page, segment(page), verdicts_of([True]), Metadata())
    assert article.warnings == ("3 characters could not be decoded as windows-1252 and stand as U+FFFD in the text.",)
