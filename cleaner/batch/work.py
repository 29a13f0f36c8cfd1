"""Clean one document of a run: read, clean, write, and say what became of it."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import shlex
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cleaner.article import Article
from cleaner.batch.duplicates import text_signature
from cleaner.batch.plan import Task
from cleaner.batch.report import Outcome
from cleaner.errors import CleanerError, InputError, SetupError
from cleaner.page import RawPage
from cleaner.readers import OUTPUT_MARK, Reading, read, read_member, sidecar_of
from cleaner.records import printable, to_record
from cleaner.settings import DEFAULTS, Settings
from cleaner.writers import FORMATS, TABLE_FORMATS, write_article

__all__ = ["Doing", "Recipe", "clean_task", "deliver", "guard", "identify", "load", "read_document", "with_date"]

Stage = Literal["read", "clean", "write"]

_TOO_MUCH_MEMORY = "needs more memory than it may take (--memory)."

_RECORD_LEVEL = 1
"""How hard records are compressed on their way to the ledger; the quickest level already saves two thirds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How each document of a run is read, cleaned and written; the same for all, and picklable."""

    folder: Path
    """Where the outputs go."""
    formats: tuple[str, ...] = ("txt", "json")
    """Names of :data:`cleaner.writers.FORMATS` (a file for each document) and ``TABLE_FORMATS`` (one for all)."""
    settings: Settings = DEFAULTS
    reading: Reading
    paragraphs: bool = False
    """Add the list of all paragraphs to the records."""
    overwrite: bool = False
    """Replace files in the folder that an earlier run did not make from the same source, and do everything anew."""
    root: str = ""
    """The folder to which names are relative, absolute."""
    shard_size: int | None = None
    """Records in each file that documents share; None puts all into one."""
    deduplicate: bool = False
    """Leave out documents whose text is the same or nearly so as another one's."""
    sites: bool = False
    """Learn first what recurs on the pages of each site, and decide then. A site of which the settings have a profile
    is judged by that."""
    keep_notes: bool = True
    """When all is done, keep what was noted of every page for learning, so that a later run need not read it again."""
    signatures: bool = True
    """Find out which texts are alike."""
    on_article: Callable[[Article], object] | None = None
    """Called with every finished article in the process that cleaned it; picklable, as is what it returns, which
    becomes ``Outcome.note``. May raise RunError."""

    @property
    def tree_formats(self) -> tuple[str, ...]:
        """The formats of which each document gets a file of its own."""
        return tuple(name for name in self.formats if name in FORMATS)

    @property
    def table_formats(self) -> tuple[str, ...]:
        """The formats in which all documents share files."""
        return tuple(name for name in self.formats if name in TABLE_FORMATS)


def identify(task: Task, recipe: Recipe) -> Outcome:
    """Return an outcome that says only which document it is about; the rest is filled in by who knows it."""
    found, member = task.found, task.member
    where = found.path if member is None else f"{found.path}, {member.where}"
    source = os.path.join(recipe.root, found.name) if recipe.root else found.path  # noqa: PTH118 - names stay str
    return Outcome(
        where,
        "failed",
        bytes_read=task.size,
        name=printable(task.name),
        source=source,
        position=task.position,
        stamp=found.stamp if member is None else member_stamp(task),
    )


def member_stamp(task: Task) -> str:
    """Return what changes when a document of a container changes."""
    member = task.member
    if member is None or member.error is not None:
        return ""
    known = (member.name, member.id, member.url, member.date, member.charset, member.content_type)
    return hashlib.blake2b(repr(known).encode("utf-8", "replace") + member.data, digest_size=16).hexdigest()


@dataclass(slots=True)
class Doing:
    """One document being done: what is known of it, and what is being done."""

    known: Outcome
    stage: Stage = "read"


def clean_task(task: Task, recipe: Recipe) -> Outcome:
    """Clean one document. Whatever is wrong with it becomes a failure with a code, so that the run goes on.

    Raises SetupError only: what is wrong with the settings or the installation is wrong for all documents.
    """
    from cleaner.pipeline import clean  # loads the model; not needed before the first page

    def do(doing: Doing) -> Outcome:
        raw, date, notes = load(task, recipe, doing)
        return deliver(with_date(clean(raw, settings=recipe.settings), date, notes), task, recipe, doing)

    return guard(do, task, recipe)


def guard(do: Callable[[Doing], Outcome], task: Task, recipe: Recipe, *, known: Outcome | None = None) -> Outcome:
    """Return what ``do`` makes of a document, with the time it took, or the failure that it raises.

    ``known`` says which document it is, when that was found out before. Raises SetupError only.
    """
    started = time.perf_counter()
    doing = Doing(known or identify(task, recipe))

    def failed(code: str, message: str) -> Outcome:
        seconds = time.perf_counter() - started
        return dataclasses.replace(doing.known, code=code, message=message, stage=doing.stage, seconds=seconds)

    path = doing.known.path
    try:
        outcome = do(doing)
    except SetupError:
        raise
    except CleanerError as error:
        if isinstance(error.__cause__, MemoryError):
            return failed("out_of_memory", f"{path} {_TOO_MUCH_MEMORY}")
        return failed(error.code, error.message)
    except MemoryError:
        return failed("out_of_memory", f"{path} {_TOO_MUCH_MEMORY}")
    except Exception as error:  # noqa: BLE001 - a bug shown by one document must not end the run
        return failed(
            "internal_error",
            f"{path} brought out a bug in cleaner ({type(error).__name__}: {error}). Please report it "
            f"with what this prints: cleaner clean --debug {shlex.quote(task.found.path)}",
        )
    return dataclasses.replace(outcome, seconds=outcome.seconds + time.perf_counter() - started)


def load(task: Task, recipe: Recipe, doing: Doing) -> tuple[RawPage, str, tuple[str, ...]]:
    """Read a document: the page, its date as far as others know it, and sentences about what was odd."""
    raw, date, notes = read_document(task, recipe.reading)
    doing.known = dataclasses.replace(doing.known, bytes_read=len(raw.data), digest=_digest(raw))
    doing.stage = "clean"
    return raw, date, notes


def deliver(article: Article, task: Task, recipe: Recipe, doing: Doing) -> Outcome:
    """Write a finished article, and say what became of its document."""
    doing.stage = "write"
    record, note = _deliver(article, task, recipe)
    wanted = article.status != "other_language"
    return dataclasses.replace(
        doing.known,
        status=article.status,
        characters=len(article.text),
        warnings=article.warnings,
        outputs=tuple(output for _, output in task.outputs) if wanted else (),
        record=record,
        note=note,
        signature=text_signature(article.text) if recipe.signatures and wanted else b"",
    )


def read_document(task: Task, reading: Reading) -> tuple[RawPage, str, tuple[str, ...]]:
    """Return the page, its date as far as others know it, and sentences about what was odd. Raises CleanerError."""
    if task.member is not None:
        return read_member(task.member, task.name, reading), task.member.date, ()
    raw = read(task.found, reading)
    try:
        url, date = sidecar_of(task.found)
    except InputError as error:
        return raw, "", (error.message,)
    return (dataclasses.replace(raw, url=url) if url and not raw.url else raw), date, ()


def _digest(raw: RawPage) -> str:
    data = raw.data if isinstance(raw.data, bytes) else raw.data.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def with_date(article: Article, date: str, notes: tuple[str, ...]) -> Article:
    """Add what is known from beside the page: a date is taken when the page itself gives none."""
    if date and not article.metadata.date_published:
        sources = {**article.metadata.sources, "date_published": "sidecar"}
        metadata = dataclasses.replace(article.metadata, date_published=date, sources=sources)
        article = dataclasses.replace(article, metadata=metadata)
    return dataclasses.replace(article, warnings=article.warnings + notes) if notes else article


def _deliver(article: Article, task: Task, recipe: Recipe) -> tuple[bytes, object]:
    """Hand a finished article on: write its own files, return its record for shared ones and what is noted of it.

    One in a language that is not wanted is left out of all of them.
    """
    note = None if recipe.on_article is None else recipe.on_article(article)
    if article.status == "other_language":
        for _, output in task.outputs:  # what an earlier run with other languages wrote
            with contextlib.suppress(OSError):
                (recipe.folder / output).unlink(missing_ok=True)
        return b"", note
    if recipe.tree_formats:
        write_article(
            article,
            recipe.folder,
            dict(task.outputs),
            paragraphs=recipe.paragraphs,
            temporary_folder=(recipe.folder / OUTPUT_MARK).parent,
        )
    if not recipe.table_formats:
        return b"", note
    record = to_record(article, paragraphs=recipe.paragraphs)
    if task.member is not None and task.member.id:
        record["id"] = task.member.id
    return zlib.compress(json.dumps(record).encode("ascii"), _RECORD_LEVEL), note
