"""User rules have the last word on a page: what they drop, keep and label, in what order, and what they let alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import cleaner
from cleaner.article import Article
from cleaner.overrule import overrule
from cleaner.page import Kind, Layout, Page
from cleaner.rules import Rule, Rules
from cleaner.rules.firing import Firing, Hit, fire
from cleaner.score import Verdicts
from cleaner.segment import segment
from cleaner.settings import Settings

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "rules"
PAGE = (FIXTURES / "page.html").read_bytes()
LONG = (
    "The ramp on the north side is being lifted out and will be rebuilt from oak, which the islanders have asked for "
    "since the last one rotted away."
)


def clean(*rules: Rule, reasons: bool = False, url: str | None = None, keep: str = "heading body") -> Article:
    settings = Settings(rules=Rules(rules) if rules else None, reasons=reasons, keep_kinds=frozenset(keep.split()))  # type: ignore[arg-type]
    return cleaner.clean(PAGE, url=url, settings=settings)


def layout_of(*texts: str) -> Layout:
    return segment(Page("\n\n".join(texts), "text", None, "str", "caller", 0))


def judge(layout: Layout, kinds: list[Kind], kept: list[bool], *, reasons: bool = False) -> Verdicts:
    """Return verdicts as score() would give them, all with the score 0.9 where kept and 0.1 elsewhere."""
    assert len(layout.texts) == len(kinds)
    said = tuple((f"score {number}",) for number in range(len(kinds))) if reasons else ()
    scores = np.where(kept, 0.9, 0.1).astype(np.float32)
    return Verdicts(scores, tuple(kinds), scores, np.array(kept), said, 0.9, "ok")


def apply(verdicts: Verdicts, layout: Layout, *hits: tuple[Rule, list[int]]) -> Verdicts:
    return overrule(verdicts, layout, Firing(tuple(Hit(rule, tuple(places)) for rule, places in hits), (), ""))


# -- one rule ---------------------------------------------------------------------------------------------------------


def test_drop_keep_and_label() -> None:
    """A rule takes a paragraph out, puts one in or says what it is; then the kind decides, and it is certain of it."""
    layout = layout_of("one", "two", "three", "four")
    before = judge(layout, [Kind.BODY, Kind.NAV, Kind.BODY, Kind.NAV], [True, False, True, False])
    after = apply(
        before,
        layout,
        (Rule(drop=True, text="x"), [0]),
        (Rule(keep=True, text="x"), [1]),
        (Rule(label=Kind.POLICY, text="x"), [2]),
        (Rule(label=Kind.BODY, text="x"), [3]),
    )
    assert after.kept.tolist() == [False, True, False, True]
    assert after.kinds == (Kind.BODY, Kind.NAV, Kind.POLICY, Kind.BODY)
    assert after.kind_probabilities[2:].tolist() == [1.0, 1.0]
    assert after.scores.tolist() == before.scores.tolist()


def test_label_with_keep_or_drop_does_both() -> None:
    """A rule may say what a paragraph is and yet keep it, or call it body and yet drop it."""
    layout = layout_of("one", "two")
    before = judge(layout, [Kind.BODY, Kind.NAV], [True, False])
    rules = (Rule(label=Kind.AD, keep=True, text="x"), [0]), (Rule(label=Kind.BODY, drop=True, text="x"), [1])
    after = apply(before, layout, *rules)
    assert (after.kept.tolist(), after.kinds) == ([True, False], (Kind.AD, Kind.BODY))


def test_later_rules_win_over_earlier_ones() -> None:
    """The last rule that fires decides whether a paragraph is kept, and the last label what it is."""
    layout = layout_of("one", "two", "three")
    before = judge(layout, [Kind.BODY, Kind.BODY, Kind.BODY], [True, True, True])
    drop, keep, label = Rule(drop=True, text="x"), Rule(keep=True, text="x"), Rule(label=Kind.AD, text="x")
    assert apply(before, layout, (drop, [0, 1]), (keep, [1])).kept.tolist() == [False, True, True]
    assert apply(before, layout, (keep, [1]), (drop, [0, 1])).kept.tolist() == [False, False, True]
    after = apply(before, layout, (keep, [0, 1]), (label, [0]))
    assert (after.kept.tolist(), after.kinds[0]) == ([False, True, True], Kind.AD)
    after = apply(before, layout, (label, [0]), (keep, [0]))
    assert (after.kept.tolist(), after.kinds[0]) == ([True, True, True], Kind.AD)


def test_conditions_must_all_hold() -> None:
    """With text, css and xpath in one rule only a paragraph that fulfils all three is hit."""
    page = Page("<p class=a>one<p class=a>two<div class=a>one</div>", "html", None, "str", "caller", 0)
    layout = segment(page)
    both = Rule(text="one", css=".a", xpath="//p", drop=True)
    assert [hit.places for hit in fire(Rules((both,)), page, layout).hits] == [(0,)]
    assert fire(Rules((Rule(text="one", css=".b", drop=True),)), page, layout).hits == ()


# -- doubles ----------------------------------------------------------------------------------------------------------


def test_keep_beats_the_rule_that_keeps_doubles_once() -> None:
    """A paragraph whose words stand in the text already is kept again when a rule says so."""
    layout = layout_of(LONG, LONG)
    before = judge(layout, [Kind.BODY, Kind.BODY], [True, False])
    assert apply(before, layout, (Rule(keep=True, text="x"), [1])).kept.tolist() == [True, True]


def test_dropping_the_first_copy_brings_the_second_back() -> None:
    """When a rule takes a promotion out whose words stand in the article too, the article keeps them."""
    layout = layout_of(LONG, "between", LONG, LONG)
    before = judge(layout, [Kind.BODY] * 4, [True, True, False, False], reasons=True)
    after = apply(before, layout, (Rule(drop=True, text="x"), [0]))
    assert after.kept.tolist() == [False, True, True, False]
    assert after.reasons[2] == ("its double further up was left out by a rule",)


def test_keeping_an_earlier_copy_leaves_out_the_later_one() -> None:
    """Words that a rule puts into the text further up do not come again, unless they are few."""
    for text, again in ((LONG, False), ("Yes.", True)):
        layout = layout_of(text, "between", text)
        before = judge(layout, [Kind.NAV, Kind.BODY, Kind.BODY], [False, True, True])
        assert apply(before, layout, (Rule(keep=True, text="x"), [0])).kept.tolist() == [True, True, again]


def test_paragraphs_that_no_rule_fires_on_are_left_alone() -> None:
    """Without a hit the verdicts come back as they were; with one, the others keep kind, decision and reasons."""
    layout = layout_of("one", "two", "three")
    before = judge(layout, [Kind.NAV, Kind.BODY, Kind.BODY], [False, True, True], reasons=True)
    assert apply(before, layout) is before
    after = apply(before, layout, (Rule(drop=True, text="x"), [2]))
    assert (after.kinds[:2], after.kept.tolist()[:2], after.reasons[:2]) == (
        before.kinds[:2],
        [False, True],
        before.reasons[:2],
    )


# -- the page ---------------------------------------------------------------------------------------------------------


def test_status_and_confidence_are_those_of_the_new_decision() -> None:
    """A page of which all is dropped is empty; one where a rule finds the text that was missed is no longer so."""
    layout = layout_of(LONG, "Home")
    before = judge(layout, [Kind.BODY, Kind.NAV], [True, False])
    gone = apply(before, layout, (Rule(drop=True, text="x"), [0]))
    assert (gone.status, round(gone.confidence, 2)) == ("empty", 1.0)
    nothing = judge(layout, [Kind.NAV, Kind.NAV], [False, False])
    found = apply(nothing, layout, (Rule(keep=True, text="x"), [0]))
    assert (found.status, round(found.confidence, 2)) == ("ok", 1.0)


def test_a_page_goes_through_the_pipeline_with_rules() -> None:
    """A page obeys a file of rules: the text is the kept paragraphs, all paragraphs are there, scores are the same."""
    before = cleaner.clean(PAGE)
    after = cleaner.clean(PAGE, settings=Settings(rules=FIXTURES / "rules.toml"))
    assert [(p.text, p.score) for p in after.paragraphs] == [(p.text, p.score) for p in before.paragraphs]
    kinds = {p.text[:20]: (p.kind, p.kept) for p in after.paragraphs}
    assert kinds["Our comment policy: "] == (Kind.POLICY, False)
    assert kinds["Whoever wants to cro"][1] is False
    assert kinds["High water at 6.40 a"][1] is True
    assert [p.kept for p in after.paragraphs if p.text.startswith("The ramp on the nort")] == [False, True]
    assert after.text == "\n\n".join(p.text for p in after.paragraphs if p.kept)


def test_rules_reach_the_metadata() -> None:
    """Metadata is read after the rules: what one calls the title is the title, and what is dropped has no language."""
    page = (
        f"<body><p>Oak for the ramp</p><p>Kleine Worte über den alten Hafen, die Fähre und das Meer.</p><p>{LONG}</p>"
    )
    rules = Rules((Rule(text="^Oak", label=Kind.TITLE), Rule(text=LONG, drop=True), Rule(text="Hafen", keep=True)))
    metadata = cleaner.clean(page, settings=Settings(rules=rules)).metadata
    assert (metadata.title, metadata.language) == ("Oak for the ramp", "de")


@pytest.mark.parametrize(
    ("url", "fires"),
    [(None, True), ("https://tidewater.example/x", False), ("https://other.example/", False)],
)
def test_rules_hold_for_their_sites(url: str | None, fires: bool) -> None:
    """The URL says which site a page is of, and goes before the canonical link; without one the link does."""
    rule = Rule(domains=("*.tidewater.example",), text="ferry", drop=True)
    article = clean(rule, url=url)
    dropped = [p for p in article.paragraphs if "ferry across" in p.text and not p.kept]
    assert len(dropped) == fires


def test_a_page_of_no_site_is_only_under_rules_for_all_pages() -> None:
    """Plain text without URL matches no pattern, not even a star."""
    rules = Rules((Rule(domains=("*",), text="a", drop=True), Rule(text="b", drop=True)))
    page = Page("a b", "text", None, "str", "caller", 0)
    assert [hit.rule.text for hit in fire(rules, page, segment(page)).hits] == ["b"]


def test_selectors_select_nothing_in_plain_text() -> None:
    """A rule that asks for elements leaves plain text alone, even one that looks like mark-up."""
    page = Page("<p>one</p>", "text", None, "str", "caller", 0)
    assert fire(Rules((Rule(css="p", drop=True),)), page, segment(page)) == Firing((), (), "")


def test_a_rule_that_would_take_too_long_is_a_warning() -> None:
    """On a page too large for it a rule is not applied, the article says so, and the other rules are."""
    page = "<body>" + "<i></i>" * 12_000 + f"<p>{LONG}</p><p>Tides</p>"
    slow = Rule(name="slow", xpath="//*[//*]", drop=True)
    article = cleaner.clean(page, settings=Settings(rules=Rules((slow, Rule(text="Tides", label=Kind.NAV)))))
    assert article.warnings == (
        "The rule 'slow' was not applied to this page: its xpath would visit too many elements of it.",
    )
    assert article.paragraphs[-1].kind is Kind.NAV


def test_no_tree_is_parsed_without_need(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tree of a page is made for a selector that holds for its site, once, and for nothing else."""
    made: list[str] = []
    monkeypatch.setattr("cleaner.rules.firing.plant", lambda source, _: made.append(source))
    clean(Rule(text="ferry", drop=True), Rule(css="p", domains=("other.example",), drop=True))
    assert made == []
    clean(Rule(css="p", drop=True), Rule(xpath="//p", drop=True))
    assert len(made) == 1


# -- reasons ----------------------------------------------------------------------------------------------------------


def test_the_rule_that_fired_is_the_first_reason() -> None:
    """The reason names the rule, its file and line, and what it does; what spoke for another decision is left out."""
    article = cleaner.clean(PAGE, settings=Settings(rules=FIXTURES / "rules.toml", reasons=True))
    reasons = {p.text[:20]: p.reasons for p in article.paragraphs}
    assert reasons["Whoever wants to cro"] == ("rule 'pull quotes' (rules.toml line 14) drops it",)
    assert reasons["Our comment policy: "][0] == "rule 'comment policy' (rules.toml line 8) labels it policy"
    assert reasons["High water at 6.40 a"][0] == "rule 'tide table' (rules.toml line 20) keeps it"
    assert max(map(len, reasons.values())) <= 3


def test_overruled_rules_are_named_behind_the_one_that_won() -> None:
    """A paragraph on which several rules fire says which has the last word, which gave the kind, and which lost."""
    layout = layout_of("one")
    before = judge(layout, [Kind.BODY], [True], reasons=True)
    rules = [
        Rule(name="a", drop=True, text="x"),
        Rule(name="b", label=Kind.AD, text="x"),
        Rule(name="c", keep=True, text="x"),
    ]
    assert apply(before, layout, *((rule, [0]) for rule in rules)).reasons[0] == (
        "rule 'c' keeps it",
        "rule 'b' labels it ad",
        "rule 'a' is overruled",
    )


def test_reasons_are_only_given_when_asked_for() -> None:
    """Without reasons a rule adds none."""
    assert {p.reasons for p in clean(Rule(text="ferry", drop=True)).paragraphs} == {()}
