"""Signs that need a table or the whole page: known phrases, sections, repetitions, looks, names, candidates."""

from __future__ import annotations

import pytest

from cleaner.cues.attributes import cues_of, is_named_body, read_attributes
from cleaner.cues.tables import CUE_GROUPS, GROUP_OF, body_endings
from cleaner.features import NUMBERS, extract
from cleaner.page import ARTICLE_KINDS, Kind
from cleaner.segment import segment_html, segment_text

LONG = "The ferry across the sound will not run on Monday, because the ramp on the north side is being repaired."
OTHER = "Foot passengers can take the small boat instead, which leaves from the old pier at every full hour."


def column(source: str, name: str, *, html: bool = True) -> list[float]:
    """Return one column of a page, rounded."""
    layout = segment_html(source) if html else segment_text(source)
    return [round(float(value), 3) for value in extract(layout).numbers[:, NUMBERS.index(name)]]


@pytest.mark.parametrize(
    ("text", "group", "least"),
    [
        ("Leave a comment", "comments", 0.4),
        ("17 comments", "comments", 0.4),
        ("Sign up for our newsletter", "promotion", 0.4),
        ("Read more", "related", 0.2),
        ("Kommentar schreiben", "comments", 0.3),
        ("Photo: A. Bell", "caption", 0.3),
    ],
)
def test_known_phrases_are_found(text: str, group: str, least: float) -> None:
    """A paragraph that is or begins with a known phrase has that group's sign, whatever its number."""
    assert column(f"<p>{LONG}</p><p>{text}</p>", f"phrase_{group}")[1] >= least


def test_running_text_has_no_phrase_sign() -> None:
    """A long paragraph in which the words of a phrase occur one by one has no sign."""
    values = [column(f"<p>{LONG} {OTHER}</p>", f"phrase_{group}")[0] for group in CUE_GROUPS]
    assert values == [0.0] * len(CUE_GROUPS)


def test_a_heading_speaks_for_what_follows() -> None:
    """Paragraphs under a heading about comments have the section's sign up to the next heading, the heading not."""
    page = f"<h2>12 comments</h2><p>{LONG}</p><p>{OTHER}</p><h2>The pier</h2><p>{LONG} {OTHER}</p>"
    values = column(page, "section_comments")
    assert (values[0], values[3], values[4]) == (0.0, pytest.approx(values[2]), 0.0)
    assert values[1] == values[2] > 0.3


def test_a_section_ends_with_its_container() -> None:
    """A heading inside an aside says nothing of the text below the aside."""
    page = f"<aside><h2>12 comments</h2><p>{OTHER}</p><p>Yes.</p></aside><p>{LONG}</p>"
    values = column(page, "section_comments")
    assert (values[1] > 0.3, values[3]) == (True, 0.0)


def test_what_is_said_twice_is_marked() -> None:
    """A copy with small changes is known as said before, the first one as said again later."""
    page = f"<p>{LONG}</p><p>{OTHER}</p><p>{LONG[:-1]} today.</p>"
    before, later = column(page, "said_before"), column(page, "said_later")
    assert (before[0], before[1], later[1], later[2]) == (0.0, 0.0, 0.0, 0.0)
    assert before[2] > 0.8
    assert later[0] == 1.0


def test_function_words_tell_prose_from_menus() -> None:
    """Running text has function words, a menu has none."""
    values = column(f"<p>{LONG}</p><p>Sport Weather Travel Cars</p>", "function_words")
    assert (values[0] > 0.3, values[1]) == (True, 0.0)


def test_rows_of_containers_look_alike() -> None:
    """Comments that differ in their number only count as alike; a single container does not."""
    rows = "".join(f"<div class='comment-{n}'><p>Yes.</p><p>{n} well</p></div>" for n in range(5))
    values = column(f"<article class=post><p>{LONG}</p><p>{OTHER}</p></article>{rows}", "likes1")
    assert values[0] < values[2] == values[-1]


def test_attribute_words_give_cues_unless_they_hold_most_of_the_page() -> None:
    """A class word speaks for what is inside; on a container with most of the page's words it speaks for nothing."""
    inner = "<ul class=comments><li>Yes.</ul>"
    page = f"<div class='has-comments comments'><p>{LONG}</p><p>{OTHER}</p><p>{LONG}</p>{inner}</div>"
    values = column(page, "cue_comments")
    assert (values[0], values[3] > 0.3) == (0.0, True)


def test_containers_named_as_the_text_are_known() -> None:
    """Paragraphs inside an element with a name like entry-content are marked, with its share of the prose."""
    page = f"<div class='post entry-content'><p>{LONG}</p></div><p>{LONG}</p>"
    assert column(page, "named_body") == [1.0, 0.0]
    assert column(page, "named_body_share") == [0.5, 0.0]
    assert column(page, "page_named_body") == [0.5, 0.5]


def test_the_candidate_holds_the_prose() -> None:
    """The container with most prose and few links is the candidate; what stands before and after it is marked."""
    menu = "<ul>" + "".join(f"<li><a href=/{n}>Menu entry number {n}</a></li>" for n in range(9)) + "</ul>"
    page = f"{menu}<main><p>{LONG}</p><p>{OTHER}</p></main><footer><p>Imprint</p><p>Contact</p></footer>"
    assert column(page, "in_candidate") == [0.0] * 9 + [1.0, 1.0, 0.0, 0.0]
    assert column(page, "before_candidate") == [1.0] * 9 + [0.0] * 4
    assert column(page, "after_candidate") == [0.0] * 11 + [1.0, 1.0]


def test_what_the_page_calls_itself() -> None:
    """JSON-LD types, og:type and the canonical address become signs of the whole page."""
    head = (
        '<script type="application/ld+json">{"@type": "Product"}</script><meta property=og:type content=website>'
        "<link rel=canonical href='https://example.org/'>"
    )
    page = f"<html><head>{head}</head><body><p>{LONG}</p></body></html>"
    names = ("declares_product", "declares_article", "og_other", "og_article", "is_root")
    assert [column(page, name)[0] for name in names] == [1.0, 0.0, 1.0, 0.0, 1.0]


def test_plain_text_has_phrase_signs_but_no_names() -> None:
    """What words say is known without a DOM, too."""
    text = f"{LONG}\n\nLeave a comment\n"
    assert column(text, "phrase_comments", html=False)[1] > 0.4
    assert column(text, "cue_comments", html=False) == [0.0, 0.0]


def test_each_chrome_kind_has_a_group() -> None:
    """Every kind but heading and body belongs to a group of cues, and the groups are all used."""
    assert set(GROUP_OF) == set(Kind) - {Kind.HEADING, Kind.BODY}
    assert set(GROUP_OF.values()) == set(range(len(CUE_GROUPS)))
    assert ARTICLE_KINDS - set(GROUP_OF) == {Kind.HEADING, Kind.BODY}


def test_names_of_the_text() -> None:
    """Only the end of a class word counts, in any spelling; every ending of the table is letters in lower case."""
    assert is_named_body("td-post-content") is True
    assert is_named_body("articleBody") is True
    assert is_named_body("post-content-ad") is False
    assert [name for name in body_endings() if not (name.isalpha() and name.islower())] == []


def test_cues_are_places_and_worths() -> None:
    """An attribute word becomes the place of its group and what it is worth."""
    assert cues_of(read_attributes("div", "comment-list")) == ((CUE_GROUPS.index("comments"), 0.7),)
    assert cues_of(read_attributes("div", "x")) == ()
