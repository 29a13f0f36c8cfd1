"""From the decision to the article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cleaner.assemble import assemble
from cleaner.page import Kind, Metadata, Page
from cleaner.score import Verdicts
from cleaner.segment import segment, segment_html


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
