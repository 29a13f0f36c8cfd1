"""Read labelled pages: each is a source (HTML or plain text) and the article text a person marked in it.

Two shapes are read.

**Parquet**, one row a page. ``html`` (bytes) or ``text`` (str) is the source, ``body`` the article text, paragraphs
separated by a blank line. All of ``id url keep drop title author date language page_type domain split renderer`` may be
missing. ``keep`` and ``drop`` are lists of passages that must and must not survive; ``renderer`` names the program that
flattened a ``text``. A row without a source is passed over.

**A folder**, searched with its subfolders. ``NAME.html`` (or ``.htm``), or ``NAME.source.txt`` for plain text, is the
source and ``NAME.txt`` beside it the article text, UTF-8. ``NAME.keep.txt`` and ``NAME.drop.txt`` may hold passages,
one a line. A source without ``NAME.txt`` is no gold and is passed over.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from cleaner.errors import InputError, SetupError
from cleaner.page import ContentType

__all__ = ["CORPORA_VARIABLE", "GoldPage", "find_corpora", "gold_files", "read_all_gold", "read_gold"]

CORPORA_VARIABLE = "CLEANER_CORPORA"
"""Environment variable that names the folder of corpora."""

_DEFAULT_CORPORA = Path("../shared/corpora")
_PLAIN = ("id", "url", "title", "author", "date", "language", "page_type", "domain", "split", "renderer")
_BATCH_ROWS = 16
"""Rows decoded at a time: pages of the largest corpora reach several MB each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldPage:
    """One labelled page; fields nobody filled are empty."""

    corpus: str
    """Name of the file or folder it came from, without suffix."""
    id: str
    source: bytes | str
    content_type: ContentType
    body: str | None
    """The article text; '' when the page has no article, None when only ``keep`` and ``drop`` were marked."""
    url: str | None = None
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    title: str = ""
    author: str = ""
    date: str = ""
    language: str = ""
    page_type: str = ""
    domain: str = ""
    split: str = ""
    """``train``, ``dev``, ``test`` or ''."""
    renderer: str = ""
    """The program that made the plain text; '' for HTML."""


def find_corpora() -> Path | None:
    """Return the folder of corpora, or None when there is none: a user's machine has no need of it.

    Looked for in the environment variable ``CLEANER_CORPORA``, then at ``../shared/corpora`` beside the current
    directory. Raises SetupError (``corpora_missing``) if the variable names something that is no folder.
    """
    named = os.environ.get(CORPORA_VARIABLE)
    if named:
        folder = Path(named)
        if not folder.is_dir():
            raise SetupError(
                "corpora_missing",
                f"{CORPORA_VARIABLE} names {named}, which is no folder. Correct it, or unset it to go without corpora.",
                where=named,
            )
        return folder
    return _DEFAULT_CORPORA if _DEFAULT_CORPORA.is_dir() else None


def gold_files(path: str | Path) -> list[Path]:
    """Return what :func:`read_gold` should read for a path: itself, or the Parquet files directly inside a folder."""
    path = Path(path)
    inside = sorted(path.glob("*.parquet")) if path.is_dir() else []
    return inside or [path]


def read_gold(path: str | Path, *, corpus: str | None = None, labelled: bool = True) -> Iterator[GoldPage]:
    """Read the labelled pages of a Parquet file or a folder, in a fixed order, a few at a time.

    ``corpus`` is the name the pages carry; by default the file's or folder's own, without suffix. ``labelled=False``
    takes a Parquet file without columns for the article, too; the body of its pages is None.

    Raises InputError (``gold_missing``, ``gold_unreadable``, ``gold_columns``, ``gold_empty``) or, if pyarrow is not
    installed, SetupError (``missing_extra``); all but a damaged row are raised at the call, before the first page.
    """
    path = Path(path)
    name = corpus or path.resolve().stem
    if path.is_dir():
        return _read_folder(path, corpus=name)
    if not path.is_file():
        raise InputError(
            "gold_missing", f"There is no labelled data at {path}. Name a Parquet file or a folder.", where=str(path)
        )
    return _read_parquet(path, corpus=name, labelled=labelled)


def read_all_gold(
    paths: Iterable[str | Path], *, split: str | None = None, limit: int | None = None
) -> Iterator[GoldPage]:
    """Read the labelled pages of several paths: of one split if named, at most ``limit`` of each corpus and renderer.

    Corpora are named after their files, with the folder before it where two names are the same. Raises what
    :func:`read_gold` raises.
    """
    files = list(dict.fromkeys(file for path in paths for file in gold_files(path)))
    stems = [file.resolve().stem for file in files]
    readers = [
        read_gold(file, corpus=stem if stems.count(stem) == 1 else f"{file.resolve().parent.name}/{stem}")
        for file, stem in zip(files, stems, strict=True)
    ]
    taken: dict[tuple[str, str], int] = {}
    for page in chain.from_iterable(readers):
        key = (page.corpus, page.renderer)
        if (split is None or page.split == split) and (limit is None or taken.get(key, 0) < limit):
            taken[key] = taken.get(key, 0) + 1
            yield page


def _read_parquet(path: Path, *, corpus: str, labelled: bool) -> Iterator[GoldPage]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise SetupError(
            "missing_extra",
            "Reading Parquet needs pyarrow, which is not installed. Run: pip install 'article-cleaner[parquet]'",
            where=str(path),
        ) from error
    try:
        file = parquet.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise InputError(
            "gold_unreadable", f"{path} cannot be read as Parquet: {error}. Is it complete?", where=str(path)
        ) from error
    columns = set(file.schema_arrow.names)
    if not columns & {"html", "text"} or (labelled and not columns & {"body", "keep", "drop"}):
        raise InputError(
            "gold_columns",
            f"{path} needs a column html or text and a column body (or keep and drop), but has: "
            f"{', '.join(sorted(columns))}.",
            where=str(path),
        )
    wanted = [name for name in ("html", "text", "body", "keep", "drop", *_PLAIN) if name in columns]
    return _parquet_rows(file, wanted, path=path, corpus=corpus)


def _parquet_rows(file: Any, wanted: list[str], *, path: Path, corpus: str) -> Iterator[GoldPage]:
    number = 0
    try:
        for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=wanted):
            for row in batch.to_pylist():
                page = _page_of_row(row, number=number, corpus=corpus)
                number += 1
                if page is not None:
                    yield page
    except (OSError, ValueError) as error:  # pyarrow's own errors are kinds of these two
        raise InputError(
            "gold_unreadable", f"{path} is damaged after row {number}: {error}. Fetch it again.", where=str(path)
        ) from error


def _page_of_row(row: dict[str, Any], *, number: int, corpus: str) -> GoldPage | None:
    content_type: ContentType = "html" if row.get("html") is not None else "text"
    source = row.get(content_type)
    if source is None:
        return None
    plain = {name: str(row[name]) for name in _PLAIN if row.get(name) is not None}
    return GoldPage(
        corpus=corpus,
        source=source,
        content_type=content_type,
        body=row.get("body"),
        keep=_passages(row.get("keep")),
        drop=_passages(row.get("drop")),
        **({"id": str(number)} | plain),
    )


def _passages(values: Sequence[str | None] | None) -> tuple[str, ...]:
    return tuple(value for value in values or () if value)


def _read_folder(folder: Path, *, corpus: str) -> Iterator[GoldPage]:
    pairs = [
        (source, gold)
        for source in sorted(folder.rglob("*"))
        if (gold := _gold_beside(source)) is not None and gold.is_file()
    ]
    if not pairs:
        raise InputError(
            "gold_empty",
            f"{folder} holds no labelled page. Put the article text of NAME.html (or NAME.source.txt) into NAME.txt.",
            where=str(folder),
        )
    return (_page_of_files(source, gold, folder=folder, corpus=corpus) for source, gold in pairs)


def _gold_beside(source: Path) -> Path | None:
    """Return where the article text of a source file would stand; None if the file is no source by its name."""
    if source.suffix.lower() in {".html", ".htm"}:
        return source.with_suffix(".txt")
    if source.name.lower().endswith(".source.txt"):
        return source.with_name(source.name[: -len(".source.txt")] + ".txt")
    return None


def _page_of_files(source: Path, gold: Path, *, folder: Path, corpus: str) -> GoldPage:
    return GoldPage(
        corpus=corpus,
        id=source.relative_to(folder).as_posix(),
        source=source.read_bytes(),
        content_type="text" if source.suffix.lower() == ".txt" else "html",
        body=_read_text(gold),
        keep=_read_lines(gold.with_suffix(".keep.txt")),
        drop=_read_lines(gold.with_suffix(".drop.txt")),
    )


def _read_lines(path: Path) -> tuple[str, ...]:
    return tuple(line for line in _read_text(path).splitlines() if line.strip()) if path.is_file() else ()


def _read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "gold_unreadable", f"{path} cannot be read as UTF-8 text: {error}. Save it as UTF-8.", where=str(path)
        ) from error
