"""spaCy: paragraphs are spans with their kinds, and a corpus is streamed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from extras import PAGES, PROSE, library

import cleaner
from cleaner import CleanerError
from cleaner.integrations.spacy import SPANS, read_docs, to_doc

spacy = library("spacy")


def test_paragraphs_are_spans() -> None:
    """Each kept paragraph is a span with exactly its text and its kind as label; the record is at hand."""
    nlp = spacy.blank("en")
    article = cleaner.clean(PAGES[1], url="https://example.org/1")
    doc = to_doc(article, nlp)
    kept = [paragraph for paragraph in article.paragraphs if paragraph.kept]
    assert doc.text == article.text
    assert [(span.text, span.label_) for span in doc.spans[SPANS]] == [(p.text, p.kind.value) for p in kept]
    assert doc.spans[SPANS].attrs["scores"] == [paragraph.score for paragraph in kept]
    assert doc.user_data["record"]["url"] == "https://example.org/1"
    assert to_doc(cleaner.clean(""), nlp).text == ""


def test_chrome_can_be_had_too() -> None:
    """With the dropped paragraphs the text is the whole page, so that a classifier may learn from it."""
    article = cleaner.clean(PAGES[1])
    doc = to_doc(article, spacy.blank("en"), dropped=True)
    assert [span.text for span in doc.spans[SPANS]] == [paragraph.text for paragraph in article.paragraphs]
    assert doc.spans[SPANS].attrs["kept"] == [paragraph.kept for paragraph in article.paragraphs]
    stored = type(doc)(doc.vocab).from_bytes(doc.to_bytes())
    assert [span.label_ for span in stored.spans[SPANS]] == [span.label_ for span in doc.spans[SPANS]]


@pytest.mark.parametrize("workers", [0, 1])
def test_a_corpus_is_streamed(tmp_path: Path, workers: int) -> None:
    """Pages of folders and containers come as Docs, in order; failures are told, and pages without a text passed."""
    (tmp_path / "a.html").write_text(PAGES[0], "utf-8")
    (tmp_path / "b.html").write_bytes(b"\0\1\2\3" * 99)
    (tmp_path / "c.html").write_text("", "utf-8")
    rows = [{"html": PAGES[2]}, {"html": 7}, {"html": PAGES[3]}]
    (tmp_path / "d.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    errors: list[CleanerError] = []
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    docs = list(nlp.pipe(read_docs([str(tmp_path)], nlp, workers=workers, errors=errors)))
    assert [PROSE.format(number) in doc.text for doc, number in zip(docs, [0, 2, 3], strict=True)] == [True] * 3
    assert sorted(error.code for error in errors) == ["binary_input", "corrupt_input"]
    assert [len(list(doc.sents)) >= 2 for doc in docs] == [True] * 3
