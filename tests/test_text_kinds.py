"""Kinds in plain texts: what lines say of themselves, credits of pictures, and the head that learned from HTML."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("rapidfuzz", reason="gold is laid over pages with rapidfuzz; pip install 'article-cleaner[train]'")

from test_names import salt_examples

import cleaner
from cleaner.cues.phrases import credits_picture, points_elsewhere, read_phrases, read_words
from cleaner.cues.tables import table_lines
from cleaner.kind_choice import choose_kinds
from cleaner.model import NAME_ARRAYS, TEXT_ARRAYS, TRANSITIONS, Model, Opinion, Prediction, load_model
from cleaner.page import KINDS, Kind
from cleaner.score import predict
from cleaner.segment import segment_text
from cleaner.text_naming import SAID_CHARS, SAID_WORTH, hear_lines, name_texts, text_say
from cleaner.training.dataset import Example
from cleaner.training.text_names import Lesson, TextPlan, carry, fit_lesson, fit_text_names, teach

PROSE = " ".join(["The clerk of Kellerow counted the crates and wrote it down in the book of the harbour."] * 3)


def logits(*kinds: Kind) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return logits of lines, each most likely of the kind said."""
    return np.eye(len(KINDS), dtype=np.float32)[[KINDS.index(kind) for kind in kinds]]


@pytest.mark.parametrize(
    ("line", "likeliest", "heard"),
    [
        ("Leave a comment", Kind.RELATED, Kind.COMMENTS),
        ("Tags: harbour, salt", Kind.RELATED, Kind.TAGS),
        ("Leave a comment", Kind.NAV, None),
        ("The crates at noon. Photo by Ann Lee", Kind.BODY, Kind.CAPTION),
        ("The crates at noon.", Kind.BODY, None),
        ("Leave a comment" + " and salt" * SAID_CHARS, Kind.RELATED, None),
    ],
)
def test_a_line_is_heard(line: str, likeliest: Kind, heard: Kind | None) -> None:
    """A known phrase and a credit speak for their kind; a menu's line stays a menu's line, running text is not read."""
    before = logits(likeliest)
    change = hear_lines([line], before) - before
    found = {KINDS[place]: float(change[0, place]) for place in np.flatnonzero(change[0])}
    assert found == ({} if heard is None else {heard: SAID_WORTH})


@pytest.mark.parametrize(
    ("line", "is_credit"),
    [
        ("Crates on the quay (Bo Ek/Nordfoto)", True),
        ("Crates on the quay © Harbour Archive", True),
        ("Kisten am Kai. Foto: Bo Ek", True),
        ("© 2024 The Harbour Gazette", False),
        ("He took a photo by mistake/accident and left.", True),
        ("The photograph was taken in May.", False),
        ("Open all week (Monday and Sunday)", False),
        ("()", False),
        ("", False),
    ],
)
def test_credits_are_told_by_words_and_form(line: str, is_credit: bool) -> None:
    """Words of the table, a sign after other words, names with a stroke in brackets; nothing else."""
    assert credits_picture(line) is is_credit


@pytest.mark.parametrize(
    ("line", "does_point"),
    [
        ("Related: Ten bridges worth a walk", True),
        ("READ MORE: Ten bridges worth a walk", True),
        ("Czytaj też: Dziesięć mostów", True),
        ("相关阅读：十座桥", True),
        ("Related:", False),
        ("Related work: ten bridges were walked on", False),
        ("Ten bridges are related: they were built by one man", False),
        ("Related", False),
        ("", False),
    ],
)
def test_a_line_that_names_another_article_points_there(line: str, does_point: bool) -> None:
    """Known words, a colon, and something behind it; a heading alone or a sentence points nowhere."""
    assert points_elsewhere(line) is does_point


@pytest.mark.parametrize("content_type", ["html", "text"])
def test_a_pointer_among_paragraphs_is_left_out(content_type: Literal["html", "text"]) -> None:
    """Between two paragraphs of an article a pointer to another one is related, the paragraphs are body."""
    parts = [PROSE, "Related: Ten bridges worth a walk", PROSE + " Then it rained."]
    source = "\n\n".join(parts) if content_type == "text" else "".join(f"<p>{part}</p>" for part in parts)
    article = cleaner.clean(source, content_type=content_type)
    assert [part.kind for part in article.paragraphs] == [Kind.BODY, Kind.RELATED, Kind.BODY]
    assert article.text == "\n\n".join(parts[::2])


def test_a_pointer_that_reads_like_a_byline_names_nobody() -> None:
    """In a short page with a menu a pointer is related whatever the head of names takes it for, and gives no author."""
    pointer = "Related: Ten bridges worth a walk"
    parts = ["Home", "News", "Sign up to our newsletter", PROSE, pointer, PROSE + " Then it rained.", "Follow us"]
    text = "\n\n".join(parts)
    article = cleaner.clean(text, content_type="text")
    assert [part.kind for part in article.paragraphs if part.text == pointer] == [Kind.RELATED]
    assert article.metadata.authors == ()


def test_the_table_of_credits_is_sound() -> None:
    """Each entry is words in lower case and a place, and stands there once."""
    entries = [line.split(" | ") for line in table_lines("credits.txt")]
    assert {place for _, place in entries} == {"anywhere", "end"}
    words = [entry[0] for entry in entries]
    assert len(words) == len(set(words))
    assert [entry for entry in words if entry != entry.lower().strip()] == []


def test_phrases_for_lines_alone_are_no_sign_for_the_network() -> None:
    """What asks readers to log in is heard as said of comments; the tables that the network reads do not have it."""
    line = "Please log in to leave a comment."
    assert hear_lines([line], logits(Kind.NAV))[0, KINDS.index(Kind.COMMENTS)] == SAID_WORTH
    assert read_phrases(line, read_words(line)).kinds == ()


@pytest.mark.parametrize(
    ("score", "article", "say"), [(0.0, 1.0, 1.0), (0.0, 0.75, 0.5), (0.0, 0.5, 0.0), (0.0, 0.1, 0.0), (0.9, 1.0, 0.0)]
)
def test_what_holds_for_whole_pages_holds_for_no_other_text(score: float, article: float, say: float) -> None:
    """The head for texts has its say where much is chrome and the page is an article, and none in a clean text."""
    assert text_say(np.full(9, score, np.float32), article) == pytest.approx(say)


def test_without_a_say_names_stay_as_they_were() -> None:
    """A text that is no whole page is named by the head for all pages alone, and its lines are not heard."""
    names, others = logits(Kind.RELATED), logits(Kind.CAPTION)
    prediction = Prediction(names[:, 0], names, np.zeros(1, np.float32), names, others)
    assert name_texts(["Leave a comment"], prediction, 0.0).tobytes() == names.tobytes()
    half = name_texts(["The crates"], prediction, 0.5)
    assert half.tolist() == ((names + others) / 2).tolist()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=8))
def test_hearing_changes_no_more_than_it_says(lines: list[str]) -> None:
    """Whatever stands in the lines, a logit stays or rises by the worth of a phrase, of a credit or of both."""
    before = np.zeros((len(lines), len(KINDS)), np.float32)
    before[:, KINDS.index(Kind.RELATED)] = 1
    change = hear_lines(lines, before) - before
    assert set(np.unique(change).tolist()) <= {0.0, SAID_WORTH, 2 * SAID_WORTH}


def test_a_credited_line_of_a_text_is_a_caption() -> None:
    """A line with a credit between paragraphs of a text with a menu is named caption and left out of the text."""
    menu = "Home\n\nSport\n\nWeather\n\nContact\n\nSign in"
    line = "Crates on the quay of Kellerow on Monday (Bo Ek/Nordfoto)"
    text = f"{menu}\n\nSalt in Kellerow\n\n{PROSE}\n\n{line}\n\n{PROSE} Then it rained.\n\n{menu}\n\nSubscribe"
    article = cleaner.clean(text, content_type="text")
    assert [part.kind for part in article.paragraphs if part.text == line] == [Kind.CAPTION]
    assert line not in article.text


@pytest.mark.parametrize(
    ("line", "kind", "authors", "date"),
    [
        ("Published on 4 May 2024 by Ann Lee", Kind.BYLINE, ("Ann Lee",), "2024-05-04"),
        ("By: Bo Ek on 4 May 2024", Kind.BYLINE, ("Bo Ek",), ""),
        ("By Ann Lee | 4 May 2024", Kind.BYLINE, ("Ann Lee",), "2024-05-04"),
        ("By Ann Lee and Bo van der Ek", Kind.BYLINE, ("Ann Lee", "Bo van der Ek"), ""),
        ("4 May 2024, 5:11", Kind.DATELINE, (), "2024-05-04T05:11:00"),
    ],
)
def test_lines_below_the_headline_of_a_text(line: str, kind: Kind, authors: tuple[str, ...], date: str) -> None:
    """In a text, a line with author or date below a line without end mark is what it says, and that line a headline."""
    article = cleaner.clean(f"Salt in Kellerow\n\n{line}\n\n{PROSE}\n\n{PROSE} Then it rained.")
    assert [part.kind for part in article.paragraphs] == [Kind.TITLE, kind, Kind.BODY, Kind.BODY]
    found = article.metadata
    assert (found.title, found.authors, found.date_published) == ("Salt in Kellerow", authors, date)


@pytest.mark.parametrize("line", ["By Monday the river had risen by two metres", "By train to the north", "Ann Lee"])
def test_a_line_that_is_no_byline_stays_what_it_is(line: str) -> None:
    """A sentence that begins with "By" and a name alone are no bylines by rule, and make no headline."""
    kinds = [part.kind for part in cleaner.clean(f"Salt in Kellerow\n\n{line}\n\n{PROSE}\n\n{PROSE}").paragraphs]
    assert (kinds[0] is Kind.TITLE, kinds[1] is Kind.BYLINE) == (False, False)


@pytest.mark.parametrize(("line", "first"), [("4 May 2024", Kind.TITLE), ("The fourth of May", Kind.BODY)])
def test_only_a_line_that_says_so_itself_makes_a_headline(line: str, first: Kind) -> None:
    """What the network takes for a date, however surely, does not make the line above it the headline."""
    named = 99 * logits(Kind.BODY, Kind.DATELINE, Kind.BODY)
    sides, none = np.array([1, 0, 1], np.float32), np.zeros(3, np.float32)
    opinion = Opinion(Prediction(9 * sides, named, np.zeros(7, np.float32), named), none + 3, none, none)
    layout = segment_text(f"Salt in Kellerow\n\n{line}\n\n{PROSE}")
    kinds, probabilities = choose_kinds(layout, opinion, sides, sides > 0)
    assert (kinds, probabilities.tolist()) == ([first, Kind.DATELINE, Kind.BODY], [1.0] * 3)


def renderings() -> dict[str, Example]:
    """Return the example page as HTML and as a whole page of text."""
    return {example.rendering: example for example in salt_examples()}


def test_what_is_said_of_html_is_carried_to_its_text() -> None:
    """The paragraphs of a page are found again in its text, each with what was said of it."""
    html = renderings()["html"]
    taught = teach(load_model(), html)
    shares, trust = carry(html, html, taught)
    assert np.allclose(taught.sum(axis=1), 1, atol=1e-3)
    assert np.allclose(shares[:4], taught[:4])  # the lines of the menu; days that differ by figures are alike
    assert trust.tolist() == [1.0] * len(html.kinds)


def test_the_head_for_texts_learns_its_lesson() -> None:
    """Moved from zeros towards kinds that one column tells, a head tells them."""
    rng = np.random.default_rng(1)
    kinds = rng.integers(0, 3, 600)
    seen = (np.eye(4)[kinds] + rng.normal(0, 0.1, (600, 4))).astype(np.float16)
    lesson = Lesson(seen, np.eye(len(KINDS), dtype=np.float32)[kinds], np.ones(600, np.float32))
    begun = np.zeros((5, len(KINDS)), np.float32)
    head, loss = fit_lesson(begun, lesson, TextPlan(passes=40, rows=100, learning_rate=0.05, decay=0.0))
    assert np.mean((seen @ head[:-1] + head[-1]).argmax(axis=1) == kinds) == 1.0
    assert loss < 0.1


def test_a_head_for_texts_leaves_html_and_scores_alone() -> None:
    """With such a head, HTML is named as without, bit by bit, and of a text nothing but the names changes."""
    page = renderings()
    model = load_model(texts=True)
    bare = Model(model.header, {name: array for name, array in model.arrays.items() if name not in TEXT_ARRAYS})
    whole = page.get("whole") or page["plain"]
    examples = [page["html"], _as_whole(whole)]
    head = fit_text_names(bare, examples, TextPlan(passes=5, rows=64, learning_rate=0.05), named={}, say=lambda _: None)
    shapes = {text: bare.arrays[name].shape for text, name in zip(TEXT_ARRAYS, NAME_ARRAYS, strict=True)}
    assert {name: array.shape for name, array in head.items()} == shapes | {TRANSITIONS: (len(KINDS), len(KINDS))}
    with_head = Model(model.header, bare.arrays | head)
    html = [predict(one, page["html"].features) for one in (bare, with_head)]
    assert html[0].names.tobytes() == html[1].names.tobytes()
    assert html[1].text_names is None
    text = [predict(one, whole.features) for one in (bare, with_head)]
    for part in ("body", "kinds", "names"):
        assert getattr(text[0], part).tobytes() == getattr(text[1], part).tobytes()
    assert text[0].text_names is None
    assert text[1].text_names is not None
    assert np.abs(text[1].names - text[1].text_names).max() > 0.01


def _as_whole(example: Example) -> Example:
    from dataclasses import replace

    return replace(example, rendering="whole")


def test_a_signature_is_no_text() -> None:
    """What stands below "--" at the end of a text goes; above a long paragraph it is no signature."""
    signed = cleaner.clean(f"{PROSE}\n\n{PROSE} Then it rained.\n\n-- \nAnn Lee\n\nThe Old Mill, Kellerow")
    assert [part.kept for part in signed.paragraphs] == [True, True, False, False, False]
    unsigned = cleaner.clean(f"{PROSE}\n\n--\n\n{PROSE} Then it rained.")
    assert [part.kind for part in unsigned.paragraphs if len(part.text) > 2] == [Kind.BODY, Kind.BODY]


def test_the_line_above_the_first_author_is_the_headline() -> None:
    """In a flattened page, the line above "By Ann Lee" before the prose is the headline, but not a date or a tag."""
    menu = "Skip to content\n\nHome\n\nNews\n\nSport\n\nLog in"
    line = "Salt found under the marsh at Kellerow"
    for above, is_title in ((line, True), ("4 May 2024, 11:30", False), ("News", False)):
        article = cleaner.clean(f"{menu}\n\n{above}\n\nBy Ann Lee\n\n{PROSE}\n\n{PROSE} Then it rained.\n\n{menu}")
        assert (article.metadata.title == above, above in article.text) == (is_title, False)


def test_the_last_lines_of_a_short_text_stay() -> None:
    """A letter, an interview and a story of a few short lines are kept whole."""
    letter = "Dear Bo,\n\nthe salt has come. We shall need more of it before the winter.\n\nThe boat leaves on Monday."
    talk = "Q: Why salt?\nA: My father dug for it in the marsh.\nQ: And did he find any?\nA: A spoonful, in ten years."
    story = "I met her in the spring. She sold flowers in town.\n\nIn summer she was gone.\n\nNobody knew her name."
    for text in (letter, talk, story):
        assert all(part.kept for part in cleaner.clean(text).paragraphs)
