"""The report on many documents: a page view of each, written where it is cleaned, and an index of them all."""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from cleaner.article import Article
from cleaner.batch import Outcome, Report
from cleaner.errors import SetupError
from cleaner.readers import page_stem
from cleaner.report.assets import asset, is_report
from cleaner.report.entries import COLUMNS, ROWS_PER_FILE, Entry, entry_of, read_entry, row_of
from cleaner.report.markup import script_data
from cleaner.report.overview import Totals, render_begun, render_index
from cleaner.report.page import render_page
from cleaner.writers import make_folder, run_error

__all__ = ["FolderReport", "PageViews", "view_name"]

_FOLDER = "report"
_STYLES = ("common.css", "page.css", "index.css")
_SCRIPTS = ("page.js", "index.js")
_ROWS_WITHOUT_SCRIPT = 50
_SLUG_CHARS = 40
_NAME = COLUMNS.index("name")
_UNKNOWN = 2.0
"""Confidence by which documents without one are sorted: behind all others."""


@dataclass(frozen=True, slots=True)
class PageViews:
    """What is done with each article where it was cleaned: write its page view, return its entry for the index.

    It crosses to other processes, and knows nothing of other documents; it writes into no file that another writes to.
    """

    folder: Path
    """The output folder of the run; the views go below ``report/pages`` in it."""

    def __call__(self, article: Article) -> Entry:
        """Write the page view of an article. Raises RunError."""
        name = view_name(article.source or article.metadata.url)
        entry = entry_of(article, href=name)
        page = render_page(article, root="../" * name.count("/"), entry=entry)
        path = self.folder / _FOLDER / name
        make_folder(path.parent)
        _write(path, page)
        return entry


def view_name(source: str) -> str:
    """Return the name below the report's folder of the view of a document, the same in every run.

    ASCII without signs that a URL would have to escape, spread over 256 folders; the hash tells apart what reads the
    same.

    >>> view_name("a/The flood!.html")
    'pages/96/the-flood-96eb0adc9e245eac.html'
    """
    digest = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    words = re.findall("[a-z0-9]+", page_stem(source.rpartition("/")[2][-200:]).lower())
    slug = "-".join(words)[:_SLUG_CHARS].strip("-")
    return f"pages/{digest[:2]}/{slug}{'-' if slug else ''}{digest}.html"


def _write(path: Path, content: str) -> None:
    """Write a file of the report; not flushed to the disk by itself, since all of it can be made again."""
    try:
        path.write_bytes(content.encode("utf-8"))
    except OSError as error:
        raise run_error(path, error) from error


class FolderReport:
    """Gathers entries as documents are finished, and writes the index at the end.

    In memory there are, for each document, twelve bytes and the name of a new site; rows wait in a temporary file.
    Close it at the end.
    """

    def __init__(self, folder: Path, *, title: str, overwrite: bool = False) -> None:
        """Report into ``folder``/report; nothing is written yet. ``title`` is what the user calls the input.

        Raises SetupError (``output_exists``) when something stands there that is no report, unless ``overwrite``.
        """
        self.folder = folder / _FOLDER
        self.totals = Totals(title)
        if not overwrite:
            _refuse_foreign(self.folder)
        self._rows = tempfile.TemporaryFile()  # noqa: SIM115 - see close()
        self._confidences = array("f")
        self._ends = array("Q", [0])

    def close(self) -> None:
        """Let the temporary file go."""
        self._rows.close()

    def add(self, outcome: Outcome) -> None:
        """Take one document, cleaned or failed; the first one puts an index there that says the run goes on.

        One that an earlier run has cleaned is known by its page view.
        """
        if not self._confidences:
            self._begin()
        entry = self._entry(outcome)
        self.totals.add(outcome.status, entry)
        self._confidences.append(_UNKNOWN if entry is None else entry.confidence)
        line = json.dumps(row_of(outcome, entry)).encode("ascii")
        try:
            self._rows.write(line)
        except OSError as error:
            raise run_error(Path(tempfile.gettempdir()), error) from error
        self._ends.append(self._ends[-1] + len(line))

    def _begin(self) -> None:
        make_folder(self.folder)
        _write(self.folder / "index.html", render_begun(self.totals))

    def _entry(self, outcome: Outcome) -> Entry | None:
        if isinstance(outcome.note, Entry) or outcome.status == "failed":
            return outcome.note if isinstance(outcome.note, Entry) else None
        return read_entry(self.folder, view_name(outcome.name))  # done by an earlier run

    def finish(self, report: Report) -> Path:
        """Write the index, its data and what all pages share; return the path of the index. Raises RunError."""
        make_folder(self.folder)
        first: list[list[Any]] = []
        total = len(self._confidences)
        for number, rows in enumerate(self._sorted_rows()):
            first = first or rows[:_ROWS_WITHOUT_SCRIPT]
            _write(self.folder / f"data-{number:03}.js", f"cleanerData({number},{total},{script_data(rows)});\n")
        _write(self.folder / "report.css", asset(*_STYLES))
        for name in _SCRIPTS:
            _write(self.folder / name, asset(name))
        self.totals.not_begun = report.not_begun
        self.totals.is_interrupted = report.is_interrupted
        self.totals.not_listed = max(report.documents - total, 0)
        _write(self.folder / "index.html", render_index(self.totals, first))
        return self.folder / "index.html"

    def _sorted_rows(self) -> Iterator[list[list[Any]]]:
        """Yield the rows of each data file, the least sure documents first, those without a confidence last.

        Equally sure ones are in the order of names, so that the order of the run does not matter.
        """
        order: list[int] = []
        places = sorted(range(len(self._confidences)), key=self._confidences.__getitem__)
        for _, same in groupby(places, key=self._confidences.__getitem__):
            some = list(same)
            order += sorted(some, key=lambda place: self._row(place)[_NAME]) if len(some) > 1 else some
        for begin in range(0, len(order), ROWS_PER_FILE):
            yield [self._row(place) for place in order[begin : begin + ROWS_PER_FILE]]

    def _row(self, place: int) -> list[Any]:
        self._rows.seek(self._ends[place])
        row: list[Any] = json.loads(self._rows.read(self._ends[place + 1] - self._ends[place]))
        return row


def _refuse_foreign(folder: Path) -> None:
    """Raise SetupError when writing a report would replace what no report of ours is."""
    index = folder / "index.html"
    names = ("index.html", "report.css", *_SCRIPTS, "data-000.js")
    if is_report(index) or not any((folder / name).exists() for name in names):
        return
    raise SetupError(
        "output_exists",
        f"{folder} is there already, and it is no report of cleaner. Choose another folder with -o, or pass "
        "--overwrite.",
        where=str(folder),
    )
