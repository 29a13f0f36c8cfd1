"""Rules that need no learning: the headline, lines at the head of a plain text, house rules, captions, headings."""

from __future__ import annotations

import pytest
from fake_model import LONG, OTHER, SURE, Use, kept, texts_of

from cleaner.page import Kind
from cleaner.score import HEAD_LINES, score
from cleaner.segment import segment_html
from cleaner.settings import Settings

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


# -- lines further down -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paragraphs", "score_above", "stays"), [(4, 0.4, False), (4, 3.0, True), (3, 0.4, True), (2, 0.4, True)]
)
def test_a_block_of_house_rules_begins_where_it_begins(
    use: Use, paragraphs: int, score_above: float, stays: bool
) -> None:
    """Doubtful paragraphs just before a block of comment policy belong to it, where an article stands above."""
    article = [f"{LONG} {n}" for n in "abcd"[:paragraphs]]
    page = texts_of(*article, "We know that many of you want to debate.", "Rules", "Be kind", "Report breaches")
    use([3.0] * paragraphs + [score_above] + [-3.0] * 3, kinds=[Kind.BODY] * (paragraphs + 1) + [Kind.POLICY] * 3)
    assert kept(score(page)) == [True] * paragraphs + [stays, False, False, False]


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
