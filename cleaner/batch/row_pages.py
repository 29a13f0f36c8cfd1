"""The pages in rows: which columns hold them, what is read out of each row, and the record it becomes."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cleaner.article import Article
from cleaner.batch.limits import Limits, check_workers
from cleaner.batch.many import Document, clean_document, lost_document
from cleaner.batch.standing import run_in_standing_processes
from cleaner.batch.work import with_date
from cleaner.errors import CleanerError, InputError, SetupError
from cleaner.page import RawPage
from cleaner.readers import Columns, Member, Reading, guess_columns, read_member, row_member
from cleaner.records import to_record
from cleaner.settings import DEFAULTS, Settings, check_settings
from cleaner.writers import arrow_schema, example_record

__all__ = [
    "KNOWN_COLUMNS",
    "Record",
    "Row",
    "RowRecipe",
    "RowResult",
    "clean_row",
    "columns_of",
    "failed_row",
    "finished_row",
    "page_of",
    "row_example",
    "row_of",
    "row_schema",
    "rows_of_table",
    "run_rows",
]

Record = dict[str, Any]

_COLUMNS_OPTIONS = ("html_column", "text_column", "url_column", "id_column")
_SOURCE_COLUMNS = ("source_name", "source_folder", "source_date", "source_note")
KNOWN_COLUMNS = ("charset", *_SOURCE_COLUMNS, "error_code", "error")
"""Columns that are looked at under these names alone: what the HTTP header said of a page's encoding; what the command
line would call the document, its folder, and what it would read of its date and its faults in a file beside it; why
there is no page. :func:`cleaner.batch.page_tables` fills them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRecipe:
    """How rows are read and cleaned; the same for all rows, and picklable. The fields are the options of clean_batch.

    >>> RowRecipe(keep_columns=["text"])
    Traceback (most recent call last):
    ...
    cleaner.errors.SetupError: keep_columns names text, which is a field of the records. Rename the column first.
    """

    settings: Settings = DEFAULTS
    html_column: str = ""
    text_column: str = ""
    url_column: str = ""
    id_column: str = ""
    keep_columns: Sequence[str] = ()
    paragraphs: bool = False
    timeout_seconds: float = 60.0
    workers: int = 1

    def __post_init__(self) -> None:
        """Refuse what cannot mean anything before it is sent to a hundred machines."""
        check_settings(self.settings)
        check_workers(self.workers, self.timeout_seconds)
        if isinstance(self.keep_columns, str):
            raise SetupError("bad_column", f"keep_columns must be a list of names, but is '{self.keep_columns}'.")
        taken = [name for name in self.keep_columns if name in row_example(paragraphs=self.paragraphs)]
        if taken:
            what = "are fields" if len(taken) > 1 else "is a field"
            message = f"keep_columns names {', '.join(taken)}, which {what} of the records. Rename the column first."
            raise SetupError("bad_column", message)
        object.__setattr__(self, "keep_columns", tuple(self.keep_columns))

    @property
    def reading(self) -> Reading:
        """How the pages in the rows are read."""
        return Reading(
            limit_bytes=self.settings.max_page_bytes,
            inflated_bytes=self.settings.max_inflated_bytes,
            columns=Columns(
                text=self.text_column,
                html=self.html_column,
                url=self.url_column,
                id=self.id_column,
            ),
        )


def row_example(*, paragraphs: bool = False) -> Record:
    """Return a record with every field of a row's result and nothing in them; it gives tables their types.

    >>> [name for name in row_example() if "error" in name]
    ['error_code', 'error']
    """
    record = example_record(paragraphs=paragraphs)
    for name in ("duplicate_of", "duplicate_similarity"):  # nobody can tell from some of the rows
        del record[name]
    return {**record, "error_code": "", "error": ""}


def row_schema(recipe: RowRecipe, *, maps_as_json: bool = False) -> Any:
    """Return the Arrow schema of the records, without ``keep_columns``. Raises SetupError ``missing_extra``."""
    return arrow_schema(row_example(paragraphs=recipe.paragraphs), maps_as_json=maps_as_json)


@dataclass(frozen=True, slots=True)
class Row:
    """One row on its way to a worker."""

    member: Member
    """The page, or the error that the row has; without a name."""
    source: str = ""
    """What the command line would call the document; '' when there is no file it came from."""
    folder: str = ""
    date: str = ""
    """As far as others than the page know it."""
    note: str = ""
    """A sentence about what was odd beside the page."""
    digest: str = ""
    """Of the page, once that is gone and nothing else says which row it was."""

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return self.source or self.member.id or self.member.url or self.member.where

    @property
    def size(self) -> int:
        """Bytes of the page."""
        return len(self.member.data)

    @property
    def held_bytes(self) -> int:
        """Nothing: the batch is in memory already."""
        return 0

    @property
    def identity(self) -> str:
        """What the row is called where there is no record of its article."""
        known = self.member.id or self.source or self.member.url or self.digest
        return known or f"sha256:{hashlib.sha256(self.member.data).hexdigest()}"

    def without_page(self) -> Row:
        """Return the row as it goes on once its page is read."""
        return dataclasses.replace(self, digest=self.identity, member=dataclasses.replace(self.member, data=b""))


class RowResult(NamedTuple):
    """What a worker made of a row; the pool looks at ``code``."""

    record: Record
    code: str = ""


def columns_of(names: Sequence[str], recipe: RowRecipe) -> Columns:
    """Return which columns hold what; they are the same for all rows. Raises SetupError."""
    try:
        columns = guess_columns(names, recipe.reading.columns, where="The batch")
    except InputError as error:
        raise SetupError(error.code, _in_python(error.message)) from error
    missing = [name for name in recipe.keep_columns if name not in names]
    if missing:
        raise SetupError("no_such_column", f"The batch has no column '{missing[0]}' (keep_columns).")
    return columns


def read_columns(columns: Columns) -> list[str]:
    """Return the names of the columns that are looked at, each once."""
    names = (columns.html, columns.text, columns.url, columns.id, columns.fetched_at, *KNOWN_COLUMNS)
    return list(dict.fromkeys(name for name in names if name))


def rows_of_table(table: Any, recipe: RowRecipe) -> list[Row]:
    """Return the rows of an Arrow table. Raises SetupError when the columns are wrong for all."""
    columns = columns_of(table.column_names, recipe)
    wanted = [name for name in read_columns(columns) if name in table.column_names]
    rows: Iterator[tuple[Any, ...]] = zip(*[table.column(name).to_pylist() for name in wanted], strict=True)
    return [row_of(dict(zip(wanted, row, strict=True)), number, recipe, columns) for number, row in enumerate(rows, 1)]


def row_of(row: Mapping[str, Any], number: int, recipe: RowRecipe, columns: Columns | None = None) -> Row:
    """Return the page of a row, or the error it has; without ``columns`` they are guessed for this row alone."""
    row = {name: None if _is_missing(value) else value for name, value in row.items()}
    beside = [value if isinstance(value := row.get(name), str) else "" for name in _SOURCE_COLUMNS]
    return Row(_member(row, number, recipe, columns), *beside)


def _member(row: Mapping[str, Any], number: int, recipe: RowRecipe, columns: Columns | None) -> Member:
    place = f"row {number:,}"
    reading = recipe.reading
    try:
        if row.get("error_code"):
            raise InputError(str(row["error_code"]), str(row.get("error") or ""))
        if columns is None:
            columns = guess_columns(list(map(str, row)), reading.columns, where=f"The batch, {place}")
        member = row_member(row, columns, number, place=place, where="The batch", reading=reading)
        if member.error is not None:
            raise member.error
        charset = member.charset or row.get("charset")
        return dataclasses.replace(member, charset=charset if isinstance(charset, str) else None)
    except InputError as error:
        known = columns or Columns(url="url", id="id")
        url, identity = row.get(known.url), row.get(known.id)
        return Member(
            name=place,
            position=number,
            where=place,
            id=str(identity) if isinstance(identity, str | int) else "",
            url=url if isinstance(url, str) else None,
            error=InputError(error.code, _in_python(error.message)),
        )


def _in_python(message: str) -> str:
    """Spell options as they are spelled in Python."""
    for option in _COLUMNS_OPTIONS:
        message = message.replace(f"--{option.replace('_', '-')}", option)
    return message


def _is_missing(value: Any) -> bool:
    """Tell what data frames put where there is nothing."""
    return (isinstance(value, float) and value != value) or type(value).__name__ == "NAType"  # noqa: PLR0124 - NaN


def run_rows(rows: Iterable[Any], recipe: RowRecipe, work: Callable[[Any, RowRecipe], Any], lost: Any) -> list[Any]:
    """Return ``work(row, recipe)`` for each row, done in processes that stay, or here without ``workers``.

    ``lost(row, code, reason)`` makes the result of a row that could not be finished.
    """
    if recipe.workers == 0:
        return [work(row, recipe) for row in rows]
    return run_in_standing_processes(
        rows,
        dataclasses.replace(recipe, keep_columns=()),
        jobs=recipe.workers,
        work=work,
        lost=functools.partial(lost, paragraphs=recipe.paragraphs),
        limits=Limits(timeout_seconds=recipe.timeout_seconds),
    )


def page_of(row: Row, recipe: RowRecipe) -> RawPage:
    """Return the page in a row. Raises CleanerError."""
    raw = read_member(row.member, row.source or row.member.where, recipe.reading)
    return dataclasses.replace(raw, source=row.source or row.member.id)


def clean_row(row: Row, recipe: RowRecipe) -> RowResult:
    """Clean the page in a row; what is wrong with it becomes a failure. Raises SetupError only."""
    try:
        raw = page_of(row, recipe)
    except SetupError:
        raise
    except CleanerError as error:
        return failed_row(row, error, paragraphs=recipe.paragraphs)
    result = clean_document(Document(raw, row.member.position), recipe.settings)
    if isinstance(result, CleanerError):
        return failed_row(row, result, paragraphs=recipe.paragraphs)
    return finished_row(result, row, recipe)


def finished_row(article: Article, row: Row, recipe: RowRecipe) -> RowResult:
    """Return the record of a row that was cleaned."""
    article = with_date(article, row.date, (row.note,) if row.note else ())
    record = to_record(article, paragraphs=recipe.paragraphs)
    if row.member.id:
        record["id"] = row.member.id
    return RowResult({**record, "error_code": "", "error": ""})


def lost_row(row: Row, code: str, reason: str, *, paragraphs: bool) -> RowResult:
    """Return the record of a row that could not be finished; the reason is the end of a sentence."""
    document = Document(RawPage("", source=row.name), row.member.position)
    return failed_row(row, lost_document(document, code, reason), paragraphs=paragraphs)


def failed_row(row: Row, error: CleanerError, *, paragraphs: bool) -> RowResult:
    """Return the record of a row that could not be cleaned."""
    member = row.member
    known = {"id": row.identity, "url": member.url or "", "source_file": row.source or member.id, "status": "failed"}
    empty = row_example(paragraphs=paragraphs)
    if paragraphs:
        empty["paragraphs"] = []
    record = {**empty, **known, "content_hash": "", "error_code": error.code, "error": error.message}
    return RowResult(record, error.code)
