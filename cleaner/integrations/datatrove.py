"""datatrove: a step of a pipeline that makes articles of pages.

Extra ``datatrove``, which is bare datatrove: its own extra ``processing`` asks for an old trafilatura.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from datatrove.data import Document
from datatrove.pipeline.base import PipelineStep
from datatrove.utils.typeshelper import StatHints

from cleaner.batch import RowRecipe, clean_rows
from cleaner.batch.pages import read_pages
from cleaner.errors import CleanerError
from cleaner.readers import scan
from cleaner.settings import DEFAULTS, Settings

__all__ = ["PageCleaner", "PageReader"]


class PageReader(PipelineStep):
    """Yield a Document for each page in files, folders and containers: WARC, archives, tables, single pages.

    It reads what `cleaner clean` reads, and finds the encoding as it does; datatrove's own readers do as well. Each
    task has its share of the files. What cannot be read is counted by its error code.
    """

    type = "📖 - READER"
    name = "🧹 pages"

    def __init__(self, *paths: str, settings: Settings = DEFAULTS) -> None:
        super().__init__()
        self.paths, self.settings = paths, settings

    def run(self, data: Iterable[Document] | None = None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        """Yield what came before, then the pages of every ``world_size``-th file from ``rank`` on."""
        yield from data or ()
        for source in read_pages(scan(self.paths).found[rank::world_size], self.settings):
            self.stat_update(StatHints.total)
            try:
                page = source.decoded(self.settings)
            except CleanerError as error:
                self.stat_update(error.code)
                continue
            metadata = {"file_path": source.path} | ({"url": page.url} if page.url else {})
            yield Document(page.text, source.id, metadata=metadata)


class PageCleaner(PipelineStep):
    """Replace the HTML (or flattened text) of each Document by its article, and fill the metadata.

    The fields of the record go into ``metadata``, and ``language_score`` as datatrove's own language filter writes it;
    what a reader put there (``url``, ``date``, ``file_path``) stays. Documents without text, and those that fail, are
    dropped: ``exclusion_writer`` gets them, with ``filter_reason``, ``error_code`` and ``error`` in the metadata.
    The statistics count every status and error code. ``options`` are those of :func:`cleaner.clean_batch`.
    """

    type = "🛢 - EXTRAC"
    name = "🧹 article-cleaner"

    def __init__(self, *, exclusion_writer: Any = None, batch_size: int = 32, **options: Any) -> None:
        super().__init__()
        self.exclusion_writer, self.batch_size, self.recipe = exclusion_writer, batch_size, RowRecipe(**options)

    def run(self, data: Iterable[Document], rank: int = 0, world_size: int = 1) -> Iterator[Document]:  # noqa: ARG002
        """Yield the documents that have an article, in their order."""
        documents = iter(data)
        with self.exclusion_writer or contextlib.nullcontext() as writer:
            while batch := list(itertools.islice(documents, self.batch_size)):
                rows = [{"html": doc.text, "id": doc.id, "url": doc.metadata.get("url")} for doc in batch]
                with self.track_time("batch"):
                    records = clean_rows(rows, self.recipe)
                for doc, record in zip(batch, records, strict=True):
                    if self.takes(doc, record):
                        yield doc
                    elif writer is not None:
                        writer.write(doc, rank)

    def takes(self, doc: Document, record: dict[str, Any]) -> bool:
        """Make a document its article, count it, and tell whether there is one."""
        outcome = record["error_code"] or record["status"]
        self.stat_update(StatHints.total, outcome, StatHints.forwarded if record["text"] else StatHints.dropped)
        fields = {name: value for name, value in record.items() if name not in ("text", "id", "url", "source_file")}
        doc.metadata |= {**fields, "language_score": record["language_confidence"]}
        if not record["text"]:
            doc.metadata["filter_reason"] = outcome
            return False
        doc.text = record["text"]
        self.update_doc_stats(doc)
        return True
