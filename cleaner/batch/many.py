"""clean_many(): documents from Python, cleaned by several processes, in order."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from cleaner.article import Article
from cleaner.batch.limits import Limits, check_workers, usable_cores
from cleaner.batch.workers import run_in_processes
from cleaner.errors import CleanerError, InternalError, RunError, SetupError
from cleaner.page import RawPage
from cleaner.settings import DEFAULTS, Settings, check_settings

__all__ = ["Document", "attempt", "clean_document", "clean_many", "lost_document"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Document:
    """One document on its way to a worker."""

    raw: bytes | str | RawPage
    number: int
    """Its place among the documents, from 1."""

    @property
    def name(self) -> str:
        """What it is called in messages."""
        source = self.raw.source if isinstance(self.raw, RawPage) else ""
        return source or f"document {self.number:,}"

    @property
    def size(self) -> int:
        """Bytes (or characters) of the document."""
        data = self.raw.data if isinstance(self.raw, RawPage) else self.raw
        return len(data) if isinstance(data, bytes | str) else 0

    @property
    def held_bytes(self) -> int:
        """Bytes of it that are in memory while it waits."""
        return self.size


def clean_many(
    documents: Iterable[bytes | str | RawPage],
    *,
    workers: int | None = None,
    settings: Settings = DEFAULTS,
    timeout_seconds: float = 60.0,
) -> Iterator[Article | CleanerError]:
    r"""Clean documents one after the other as they come; yield one result for each, in their order.

    ``documents`` are what :func:`cleaner.clean` takes; a RawPage brings its URL and name along. They are read only a
    little ahead of the results that were taken. A document that cannot be cleaned gives the CleanerError that
    `clean()` would raise, as a result; one that takes longer than ``timeout_seconds`` (for a megabyte; larger ones
    have proportionally more) or ends its process gives a RunError with code ``timeout``, ``crash`` or
    ``out_of_memory``, after a second try. ``workers`` is the number of processes: by default the usable cores; with 0
    all is done in this process, without deadlines.

    Raises SetupError at once when the settings or weights are wrong, and whatever ``documents`` raises.

    >>> results = clean_many(["The river rose by two metres in the night.", b"\x00\x01\x02\x03" * 99], workers=0)
    >>> [result.code if isinstance(result, CleanerError) else result.text for result in results]
    ['The river rose by two metres in the night.', 'binary_input']
    """
    check_settings(settings)
    if isinstance(documents, bytes | str | RawPage):
        raise SetupError(
            "bad_input_type",
            f"clean_many() takes several pages, but was given one {type(documents).__name__}. Put it into a list.",
        )
    check_workers(workers, timeout_seconds)
    tasks = (Document(raw, number) for number, raw in enumerate(documents, 1))
    if workers == 0:
        return map(functools.partial(clean_document, settings=settings), tasks)
    limits = Limits(timeout_seconds=timeout_seconds)
    jobs = usable_cores() if workers is None else workers
    return run_in_processes(tasks, settings, jobs=jobs, work=clean_document, limits=limits, lost=lost_document)


def clean_document(document: Document, settings: Settings) -> Article | CleanerError:
    """Return the article, or the error that this document has. Raises SetupError when all documents would have it."""
    from cleaner.pipeline import clean

    return attempt(document, lambda: clean(document.raw, settings=settings))


def attempt(document: Document, do: Callable[[], T]) -> T | CleanerError:
    """Return what ``do`` makes of a document, or the error it has. Raises SetupError when all would have it."""
    try:
        return do()
    except SetupError as error:
        if error.code in ("bad_input_type", "bad_content_type"):  # this document's fault, not the set-up's
            return error
        raise
    except CleanerError as error:
        if isinstance(error.__cause__, MemoryError):
            return RunError("out_of_memory", f"{document.name} needs more memory than there is.", where=document.name)
        return error
    except MemoryError:
        return RunError("out_of_memory", f"{document.name} needs more memory than there is.", where=document.name)
    except Exception as error:  # noqa: BLE001 - a bug shown by one document must not end the others
        message = f"{document.name} brought out a bug in cleaner ({type(error).__name__}: {error}). Please report it."
        return InternalError("internal_error", message, where=document.name)


def lost_document(document: Document, code: str, reason: str) -> CleanerError:
    """Return the error of a document that could not be finished; the reason is the end of a sentence."""
    return RunError(code, f"{document.name} {reason}, twice.", where=document.name)
