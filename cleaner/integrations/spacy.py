"""spaCy: an article as a Doc whose paragraphs are spans with their kinds, and a reader that streams a corpus.

Extra ``spacy``. No model is needed: only the tokenizer of the language is used.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from cleaner.article import Article
from cleaner.batch import clean_many
from cleaner.batch.pages import read_pages
from cleaner.errors import CleanerError
from cleaner.page import RawPage
from cleaner.readers import scan
from cleaner.settings import DEFAULTS, Settings

__all__ = ["SPANS", "read_docs", "to_doc"]

SPANS = "paragraphs"
"""The key of the paragraphs in ``Doc.spans``."""


def to_doc(article: Article, nlp: Any, *, dropped: bool = False) -> Any:
    """Return a spaCy Doc of the article's text, tokenized by ``nlp`` and not yet run through its pipes.

    ``doc.spans["paragraphs"]`` has a span for each paragraph, labelled with its kind; the group's ``attrs`` hold their
    ``scores`` and ``kept``. ``doc.user_data["record"]`` is the record without the text. With ``dropped`` the text is
    all paragraphs of the page, chrome as well.
    """
    chosen = [paragraph for paragraph in article.paragraphs if dropped or paragraph.kept]
    doc = nlp.tokenizer("\n\n".join(paragraph.text for paragraph in chosen))
    spans, at = [], 0
    for paragraph in chosen:
        end = at + len(paragraph.text)
        spans.append(doc.char_span(at, end, label=str(paragraph.kind), alignment_mode="expand"))
        at = end + 2
    doc.spans[SPANS] = spans
    doc.spans[SPANS].attrs |= {
        "scores": [paragraph.score for paragraph in chosen],
        "kept": [paragraph.kept for paragraph in chosen],
    }
    doc.user_data["record"] = {name: value for name, value in article.to_dict().items() if name != "text"}
    return doc


def read_docs(
    paths: Iterable[str],
    nlp: Any,
    *,
    settings: Settings = DEFAULTS,
    workers: int | None = None,
    dropped: bool = False,
    statuses: Collection[str] = ("ok", "low_confidence"),
    errors: list[CleanerError] | None = None,
) -> Iterator[Any]:
    """Yield a Doc for each article in files, folders and containers, as they are read; memory does not grow.

    Pages of other ``statuses`` are passed over; those that cannot be read are appended to ``errors`` if that is given.
    Feed the result to ``nlp.pipe()``. Raises as :func:`cleaner.clean_many` does.
    """
    failures = [] if errors is None else errors

    def pages() -> Iterator[RawPage]:
        for source in read_pages(scan(list(paths)).found, settings):
            if isinstance(source.page, CleanerError):
                failures.append(source.page)
            else:
                yield dataclasses.replace(source.page, source=source.id)

    for result in clean_many(pages(), workers=workers, settings=settings):
        if isinstance(result, CleanerError):
            failures.append(result)
        elif result.status in statuses:
            yield to_doc(result, nlp, dropped=dropped)
