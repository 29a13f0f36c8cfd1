"""What holds for every input, tried on invented ones: bytes, text, and things that look like HTML."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cleaner
from cleaner.decode import decode
from cleaner.errors import CleanerError
from cleaner.page import KINDS, Layout, Page, RawPage
from cleaner.segment import segment
from cleaner.settings import Settings

STATUSES = {"ok", "low_confidence", "not_article", "empty"}
modest = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

# -- strategies -----------------------------------------------------------------------------------------------------

OPENINGS = (
    b"",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\x1f\x8b\x08",
    b"%PDF-1.4\n",
    b"PK\x03\x04",
    b"<!doctype html>",
)
WORDS = (
    "the",
    "river",
    "rose",
    "Home",
    "Subscribe",
    "©",
    "2024-11-28",
    "By",
    "Anna",
    "Bridge",
    "über",
    "雨が降る",
    "مطر",
    "\u200f",
)
SENTENCES = (
    "The bridge at Kell was shut on Friday after a barge had struck its second pier.",
    "“We heard it before we saw it,” said the woman who keeps the kiosk.",
    "Sign up for our newsletter and never miss a story.",
    "Comments: Our rules",
    "Why?",
    "date 2024-11-28",
    "Subject: a bridge",
    "- two spades and a lamp",
    "## After the flood",
)
TAGS = (
    "p",
    "div",
    "h1",
    "h2",
    "li",
    "ul",
    "a",
    "b",
    "span",
    "td",
    "tr",
    "table",
    "pre",
    "nav",
    "footer",
    "article",
    "time",
)
VOID = (
    "<br>",
    "<br/><br/>",
    "<hr>",
    "<img src=x alt='a pier'>",
    "<input>",
    "<!-- note -->",
    "<!--",
    "&amp;",
    "&#0;",
    "&bogus;",
)
ATTRIBUTES = (
    "",
    ' class="nav menu"',
    " hidden",
    ' style="display:none"',
    " href='/a'",
    ' id="comments"',
    ' lang="de"',
    " =",
)

any_text = st.text(st.characters(exclude_categories=()), max_size=400)
any_bytes = st.builds(bytes.__add__, st.sampled_from(OPENINGS), st.binary(max_size=600))
prose = st.lists(st.sampled_from(WORDS + SENTENCES) | st.text(max_size=12), max_size=8).map(" ".join)


def element(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Build an element around others; now and then its end tag is missing or another one's."""
    ends = st.sampled_from(("</{0}>", "</{0}>", "</{0}>", "", "</div>", "</{0}"))
    return st.builds(
        lambda tag, attribute, parts, end: f"<{tag}{attribute}>{''.join(parts)}{end.format(tag)}",
        st.sampled_from(TAGS),
        st.sampled_from(ATTRIBUTES),
        st.lists(inner, max_size=4),
        ends,
    )


markup = st.recursive(prose | st.sampled_from(VOID), element, max_leaves=25)
heads = st.sampled_from(
    (
        "",
        "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>A bridge - Kell Post</title></head><body>",
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"A bridge","author":[{}, 3]}</script>',
        '<meta property="article:published_time" content="2024-13-41T99:00"><meta name=author content="">',
        "<script>var a = '<p>not a paragraph</p>'</script><style>p{color:red}</style>",
    )
)
html_pages = st.builds(lambda head, parts: head + "".join(parts), heads, st.lists(markup, max_size=6))
line_ends = st.sampled_from(("\n", "\r\n", "\r", "\n\n", "\r\n\r\n\r\n", "\f", "\x85", "\u2028", " \t\n"))
text_pages = st.lists(st.tuples(prose, line_ends), max_size=30).map(lambda pairs: "".join(a + b for a, b in pairs))
pages = html_pages | text_pages

# -- what holds -----------------------------------------------------------------------------------------------------


def collapsed(text: str) -> str:
    return " ".join(text.split())


def is_subsequence(some: list[str], all_of_them: tuple[str, ...]) -> bool:
    rest = iter(all_of_them)
    return all(any(entry == other for other in rest) for entry in some)


def layout_of(raw: str | bytes, content_type: Any = "auto") -> tuple[Page, Layout]:
    page = decode(RawPage(raw, content_type=content_type), Settings())
    return page, segment(page)


def check(article: cleaner.Article) -> None:
    """Assert what holds for every article, whatever it was made of."""
    kept = [paragraph.text for paragraph in article.paragraphs if paragraph.kept]
    assert article.text == "\n\n".join(kept)
    assert article.status in STATUSES
    assert (article.status == "empty") <= (article.text == "")
    assert 0.0 <= article.confidence <= 1.0
    assert [paragraph.index for paragraph in article.paragraphs] == list(range(len(article.paragraphs)))
    for paragraph in article.paragraphs:
        assert 0.0 <= paragraph.score <= 1.0
        assert 0.0 <= paragraph.kind_probability <= 1.0
        assert paragraph.kind in KINDS
        assert paragraph.text == paragraph.text.strip() != ""
    assert not math.isnan(article.metadata.language_confidence)


def clean_or_refuse(raw: str | bytes, content_type: Any = "auto") -> cleaner.Article | CleanerError:
    """Return the article, or the error it was refused with; any other exception is the test's failure."""
    try:
        return cleaner.clean(raw, content_type=content_type)
    except CleanerError as error:
        return error


@modest
@given(any_bytes, st.sampled_from(("auto", "html", "text")))
def test_any_bytes_give_an_article_or_an_error_with_a_code(raw: bytes, content_type: str) -> None:
    """Bytes of any kind are cleaned or refused with a CleanerError; nothing else is ever raised."""
    outcome = clean_or_refuse(raw, content_type)
    if isinstance(outcome, CleanerError):
        assert outcome.code.isidentifier()
        assert outcome.code == outcome.code.lower()
        assert str(outcome).endswith((".", "?"))
    else:
        check(outcome)


@modest
@given(any_text | pages, st.sampled_from(("auto", "html", "text")))
def test_any_text_gives_an_article(raw: str, content_type: str) -> None:
    """A str has no encoding to be wrong about, so every str, lone surrogates and NUL included, gives an article."""
    outcome = clean_or_refuse(raw, content_type)
    assert not isinstance(outcome, CleanerError), outcome
    check(outcome)


@modest
@given(html_pages)
def test_html_in_any_encoding_is_read_like_its_text(raw: str) -> None:
    """Markup as bytes with a byte order mark, unless refused as binary, gives what the markup as str gives."""
    from_text = cleaner.clean(raw, content_type="html")
    from_bytes = clean_or_refuse(raw.encode("utf-8-sig", "replace"), "html")
    if isinstance(from_bytes, CleanerError):
        assert from_bytes.code == "binary_input"
        return
    assert from_bytes.text == from_text.text
    assert [p.kind for p in from_bytes.paragraphs] == [p.kind for p in from_text.paragraphs]


@modest
@given(pages)
def test_output_selects_and_never_invents(raw: str) -> None:
    """The paragraphs of the article are those of segment(), in order, and the kept ones are a subsequence of them."""
    article = cleaner.clean(raw)
    _, layout = layout_of(raw)
    assert tuple(paragraph.text for paragraph in article.paragraphs) == layout.texts
    kept = [paragraph.text for paragraph in article.paragraphs if paragraph.kept]
    assert is_subsequence(kept, layout.texts)


@modest
@given(text_pages | any_text)
def test_offsets_of_text_point_at_the_paragraph(raw: str) -> None:
    """For plain text, source[start:end] with its white space collapsed is the paragraph; spans are in order, apart."""
    article = cleaner.clean(raw, content_type="text")
    page, _ = layout_of(raw, "text")
    for paragraph in article.paragraphs:
        assert collapsed(page.text[paragraph.start : paragraph.end]) == paragraph.text
        assert paragraph.xpath == ""
    assert all(before.end <= after.start for before, after in pairwise(article.paragraphs))


@modest
@given(text_pages)
def test_text_loses_nothing_before_judging(raw: str) -> None:
    """All characters of a plain text that are no white space are in its paragraphs: what goes, goes by judgement."""
    page, layout = layout_of(raw, "text")
    assert "".join("".join(layout.texts).split()) == "".join(page.text.split())


@modest
@given(html_pages)
def test_html_paragraphs_have_a_place_and_no_offsets(raw: str) -> None:
    """For HTML, start and end are -1 and the XPath is absolute."""
    for paragraph in cleaner.clean(raw, content_type="html").paragraphs:
        assert (paragraph.start, paragraph.end) == (-1, -1)
        assert paragraph.xpath.startswith("/")


@modest
@given(pages, pages)
def test_cleaning_is_deterministic_in_any_order(one: str, other: str) -> None:
    """A page gives the same article twice, and whatever page was cleaned before it."""
    first, second = cleaner.clean(one), cleaner.clean(other)
    assert cleaner.clean(other) == second
    assert cleaner.clean(one) == first


@modest
@given(pages, st.sampled_from((0.0, 0.3, 0.9, 1.0)))
def test_threshold_keeps_what_scores_above_it(raw: str, threshold: float) -> None:
    """What is kept scores at least the threshold, rounding aside."""
    article = cleaner.clean(raw, settings=Settings(threshold=threshold))
    assert [p.score for p in article.paragraphs if p.kept and p.score < threshold - 1e-3] == []


@modest
@given(pages, st.sets(st.sampled_from(KINDS)))
def test_only_the_wanted_kinds_are_kept(raw: str, kinds: set[Any]) -> None:
    """No paragraph of a kind that was not asked for stands in the text."""
    article = cleaner.clean(raw, settings=Settings(keep_kinds=frozenset(kinds)))
    assert {paragraph.kind for paragraph in article.paragraphs if paragraph.kept} <= kinds
    check(article)


@pytest.mark.parametrize("raw", ["", b"", " \n\t\r\n ", b"\xef\xbb\xbf", "<html></html>", "<script>a</script>", "\0\0"])
def test_nothing_to_read_is_status_empty(raw: str | bytes) -> None:
    """A page without visible text is a result with status empty, no paragraphs and no text."""
    article = cleaner.clean(raw)
    assert (article.status, article.text, article.paragraphs) == ("empty", "", ())
