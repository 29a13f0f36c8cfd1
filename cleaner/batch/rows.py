"""clean_batch(): rows in, rows out; the one function that every engine and data-set library calls."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar, cast

from cleaner.batch.limits import Limits
from cleaner.batch.many import Document, clean_document, lost_document
from cleaner.batch.standing import run_in_standing_processes
from cleaner.errors import CleanerError, InputError, SetupError
from cleaner.page import RawPage
from cleaner.readers import Columns, Member, Reading, guess_columns, read_member, row_member
from cleaner.records import to_record
from cleaner.settings import DEFAULTS, Settings
from cleaner.writers import arrow_schema, arrow_table, example_record

__all__ = ["RowRecipe", "clean_batch", "clean_rows", "row_example", "row_schema"]

Record = dict[str, Any]
T = TypeVar("T")

_COLUMNS_OPTIONS = ("html_column", "text_column", "url_column", "id_column")


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


def clean_batch(  # noqa: PLR0913 - as many as there are columns to name; all but the subject by keyword
    rows: T,
    *,
    settings: Settings = DEFAULTS,
    html_column: str = "",
    text_column: str = "",
    url_column: str = "",
    id_column: str = "",
    keep_columns: Sequence[str] = (),
    paragraphs: bool = False,
    timeout_seconds: float = 60.0,
    workers: int = 1,
) -> T:
    """Clean the pages in rows; return rows of the same shape, one record for each, in their order.

    ``rows`` is a list of dicts, a dict of columns (lists, numpy arrays, pandas or polars series) or an Arrow table;
    the batches of a Hugging Face data set give an Arrow table, too. Columns whose names are not given are guessed
    as in tables (``html``, ``text``, ``url``, ``id`` and the like); a column ``charset`` tells what the HTTP header
    said about pages of bytes. A record has the fields of
    :func:`cleaner.records.to_record` (with ``paragraphs`` the list of all paragraphs), ``error_code`` and ``error``;
    its ``id`` is that of the row, else the URL, else a hash of the text (of the page,
    when that failed). Columns named in ``keep_columns`` are put
    behind it as they are, all others left out.

    A row that cannot be cleaned becomes a record with status ``failed``, the code and the sentence, and empty fields;
    a row that has a non-empty ``error_code`` already is such a record. The rows are cleaned in a process of their own,
    which stays for the next call: a page that takes longer than ``timeout_seconds`` (for a megabyte; larger ones have
    proportionally more) or ends it fails as ``timeout``, ``crash`` or ``out_of_memory`` after a second try. ``workers``
    is the number of such processes; with 0 all is done in this one, without deadlines.

    Raises SetupError when settings, weights or columns are wrong for all rows (``bad_rows``, ``bad_column``,
    ``no_text_column`` ...), and RunError ``no_process``.

    >>> clean_batch([{"text": "It rained all day.", "id": 7}, {"text": b"%PDF-1.7"}], workers=0)[0]["text"]
    'It rained all day.'
    >>> clean_batch({"html": ["<p>It rained all day.", 5]}, workers=0)["error_code"]
    ['', 'corrupt_input']
    """
    recipe = RowRecipe(
        settings=settings,
        html_column=html_column,
        text_column=text_column,
        url_column=url_column,
        id_column=id_column,
        keep_columns=keep_columns,
        paragraphs=paragraphs,
        timeout_seconds=timeout_seconds,
        workers=workers,
    )
    return clean_rows(rows, recipe)


def clean_rows(rows: T, recipe: RowRecipe) -> T:
    """Do what :func:`clean_batch` does, with its options in one object."""
    result: Any
    if hasattr(rows, "pa_table"):  # a batch of a Hugging Face data set, whose columns need types and know no maps
        result = _clean_arrow(rows.pa_table, recipe, maps_as_json=True)
    elif hasattr(rows, "schema") and hasattr(rows, "column_names"):
        result = _clean_arrow(rows, recipe)
    elif isinstance(rows, Mapping):
        result = _clean_columns(rows, recipe)
    elif isinstance(rows, Sequence) and all(isinstance(row, Mapping) for row in rows):
        members = [_member(row, number, recipe) for number, row in enumerate(rows, 1)]
        records = _clean_members(members, recipe)
        for row, record in zip(rows, records, strict=True):
            record |= {name: row.get(name) for name in recipe.keep_columns}
        result = records
    else:
        raise SetupError(
            "bad_rows",
            f"clean_batch() takes a list of dicts, a dict of columns or an Arrow table, but was given "
            f"{type(rows).__name__}. For data frames see cleaner.integrations.tables.",
        )
    return cast("T", result)


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


def _clean_arrow(table: Any, recipe: RowRecipe, *, maps_as_json: bool = False) -> Any:
    columns = _columns(table.column_names, recipe)
    wanted = [name for name in _read_columns(columns) if name in table.column_names]
    rows = [dict(zip(wanted, row, strict=True)) for row in _turned([table.column(name).to_pylist() for name in wanted])]
    members = [_member(row, number, recipe, columns) for number, row in enumerate(rows, 1)]
    result = arrow_table(_clean_members(members, recipe), row_schema(recipe, maps_as_json=maps_as_json))
    for name in recipe.keep_columns:
        result = result.append_column(table.schema.field(name), table.column(name))
    return result


def _clean_columns(rows: Mapping[str, Any], recipe: RowRecipe) -> Record:
    columns = _columns(list(rows), recipe)
    wanted = [name for name in _read_columns(columns) if name in rows]
    single = [name for name in rows if isinstance(rows[name], str | bytes) or not hasattr(rows[name], "__len__")]
    lengths = {len(rows[name]) for name in rows} if not single else set()
    if single or len(lengths) > 1:
        what = f"'{single[0]}' is a single value (pass batched=True?)" if single else f"lengths are {sorted(lengths)}"
        raise SetupError("bad_rows", f"The columns of a batch are lists of the same length, but {what}.")
    turned = _turned([_plain_list(rows[name]) for name in wanted])
    members = [
        _member(dict(zip(wanted, row, strict=True)), number, recipe, columns) for number, row in enumerate(turned, 1)
    ]
    records = _clean_members(members, recipe)
    result: Record = {name: [record[name] for record in records] for name in row_example(paragraphs=recipe.paragraphs)}
    return {**result, **{name: rows[name] for name in recipe.keep_columns}}


def _columns(names: Sequence[str], recipe: RowRecipe) -> Columns:
    """Return which columns hold what; they are the same for all rows. Raises SetupError."""
    try:
        columns = guess_columns(names, recipe.reading.columns, where="The batch")
    except InputError as error:
        raise SetupError(error.code, _in_python(error.message)) from error
    missing = [name for name in recipe.keep_columns if name not in names]
    if missing:
        raise SetupError("no_such_column", f"The batch has no column '{missing[0]}' (keep_columns).")
    return columns


def _in_python(message: str) -> str:
    """Spell options as they are spelled in Python."""
    for option in _COLUMNS_OPTIONS:
        message = message.replace(f"--{option.replace('_', '-')}", option)
    return message


def _read_columns(columns: Columns) -> list[str]:
    """Return the names of the columns that are looked at, each once."""
    names = (columns.html, columns.text, columns.url, columns.id, columns.fetched_at, "charset", "error_code", "error")
    return list(dict.fromkeys(name for name in names if name))


def _plain_list(column: Any) -> list[Any]:
    """Return the values of a column as Python's own."""
    for method in ("to_pylist", "to_list", "tolist"):
        if hasattr(column, method):
            return list(getattr(column, method)())
    return list(column)


def _turned(columns: list[list[Any]]) -> Iterator[tuple[Any, ...]]:
    return zip(*columns, strict=True)


def _member(row: Mapping[str, Any], number: int, recipe: RowRecipe, columns: Columns | None = None) -> Member:
    """Return the page of a row, or the error it has; without ``columns`` they are guessed for this row alone."""
    place = f"row {number:,}"
    reading = recipe.reading
    row = {name: None if _is_missing(value) else value for name, value in row.items()}
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


def _is_missing(value: Any) -> bool:
    """Tell what data frames put where there is nothing."""
    return (isinstance(value, float) and value != value) or type(value).__name__ == "NAType"  # noqa: PLR0124 - NaN


@dataclass(frozen=True, slots=True)
class _Row:
    """One row on its way to a worker."""

    member: Member

    @property
    def name(self) -> str:
        return self.member.id or self.member.url or self.member.where

    @property
    def size(self) -> int:
        return len(self.member.data)

    @property
    def held_bytes(self) -> int:
        return 0  # the batch is in memory already


class _Result(NamedTuple):
    """What a worker made of a row; the pool looks at ``code``."""

    record: Record
    code: str = ""


def _clean_members(members: Sequence[Member], recipe: RowRecipe) -> list[Record]:
    rows = [_Row(member) for member in members]
    if recipe.workers == 0:
        return [_clean_row(row, recipe).record for row in rows]
    results = run_in_standing_processes(
        rows,
        dataclasses.replace(recipe, keep_columns=()),
        jobs=recipe.workers,
        work=_clean_row,
        lost=functools.partial(_lost_row, paragraphs=recipe.paragraphs),
        limits=Limits(timeout_seconds=recipe.timeout_seconds),
    )
    return [result.record for result in results]


def _clean_row(row: _Row, recipe: RowRecipe) -> _Result:
    member = row.member
    try:
        raw = read_member(member, member.where, recipe.reading)
    except SetupError:
        raise
    except CleanerError as error:
        return _failure(row, error, paragraphs=recipe.paragraphs)
    document = Document(dataclasses.replace(raw, source=member.id), member.position)
    result = clean_document(document, recipe.settings)
    if isinstance(result, CleanerError):
        return _failure(row, result, paragraphs=recipe.paragraphs)
    return _Result({**to_record(result, paragraphs=recipe.paragraphs), "error_code": "", "error": ""})


def _lost_row(row: _Row, code: str, reason: str, *, paragraphs: bool) -> _Result:
    document = Document(RawPage("", source=row.name), row.member.position)
    return _failure(row, lost_document(document, code, reason), paragraphs=paragraphs)


def _failure(row: _Row, error: CleanerError, *, paragraphs: bool) -> _Result:
    """Return the record of a row that could not be cleaned."""
    member = row.member
    identity = member.id or member.url or f"sha256:{hashlib.sha256(member.data).hexdigest()}"
    known = {"id": identity, "url": member.url or "", "source_file": member.id, "status": "failed"}
    empty = row_example(paragraphs=paragraphs)
    if paragraphs:
        empty["paragraphs"] = []
    record = {**empty, **known, "content_hash": "", "error_code": error.code, "error": error.message}
    return _Result(record, error.code)
