"""What a run has done, document by document, kept so that the next one goes on where this one stopped.

``OUT/.cleaner/ledger.sqlite`` has a row for each document. Each row is written in a transaction of its own once the
outputs are in place, in a write-ahead log: after kill -9 every finished row is there; after a power loss the last ones
may be missing, and their documents are done again with the same result. Rows hold for the settings they were made
with; the input they were made from is known by size and time of its file, in a container by a hash.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from cleaner.batch.report import Outcome
from cleaner.errors import RunError
from cleaner.records import printable
from cleaner.writers import run_error

__all__ = ["LEDGER_FILE", "Ledger", "Row", "fingerprint_of", "opened"]

LEDGER_FILE = ".cleaner/ledger.sqlite"

_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
    source BLOB NOT NULL, position INTEGER NOT NULL, fingerprint TEXT NOT NULL, run INTEGER NOT NULL,
    name TEXT NOT NULL, path TEXT NOT NULL, stamp TEXT NOT NULL, digest TEXT NOT NULL, status TEXT NOT NULL,
    code TEXT NOT NULL, message TEXT NOT NULL, stage TEXT NOT NULL, seconds REAL NOT NULL, bytes_read INTEGER NOT NULL,
    characters INTEGER NOT NULL, warnings TEXT NOT NULL, outputs TEXT NOT NULL, attempts INTEGER NOT NULL,
    signature BLOB NOT NULL, duplicate_of TEXT NOT NULL DEFAULT '', similarity REAL NOT NULL DEFAULT 0,
    marked TEXT NOT NULL DEFAULT '', UNIQUE (source, position)
);
CREATE TABLE IF NOT EXISTS records (document INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TRIGGER IF NOT EXISTS forget_record AFTER DELETE ON documents
BEGIN DELETE FROM records WHERE document = OLD.rowid; END;
CREATE TABLE IF NOT EXISTS containers (
    source BLOB PRIMARY KEY, fingerprint TEXT NOT NULL, stamp TEXT NOT NULL, members INTEGER NOT NULL
);
"""

_OUTCOME = (
    "path",
    "status",
    "code",
    "message",
    "stage",
    "seconds",
    "bytes_read",
    "characters",
    "warnings",
    "name",
    "position",
    "stamp",
    "digest",
    "outputs",
    "attempts",
)
"""Fields of an outcome that are columns of the same name; the names come from here, never from outside."""

_LISTS = ("warnings", "outputs")


class Row(NamedTuple):
    """A document as the ledger knows it."""

    number: int
    outcome: Outcome
    duplicate_of: str
    similarity: float
    marked: str
    """The document of which the files on the disk say that this one is a duplicate; ``dropped`` when they are gone."""


def fingerprint_of(facts: Mapping[str, Any]) -> str:
    """Return a short hash of all that decides what comes out of a document."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Ledger]:
    """Open the ledger for a run, and close it at the end. Raises RunError ``ledger_failed``, also for a damaged one."""
    ledger = Ledger(folder)
    try:
        yield ledger
    except sqlite3.Error as error:  # what is written may fail (a full disk), what is there must be readable
        raise _failed(ledger.path, error) from error
    finally:
        ledger.close()


class Ledger:
    """The ledger of an output folder; used by one process at a time (see lock.py), read by any."""

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        """Open the ledger, and make it when there is none.

        Raises RunError: ``ledger_failed``, or what the system says when it may not be written (``not_writable`` ...).
        """
        self.path = folder / LEDGER_FILE
        self.fingerprint, self.run = "", 0
        self.is_failing = False
        """Whether something could not be written down, since the disk is full."""
        try:
            uri = f"file:{_quoted(self.path)}{'?mode=ro' if read_only else ''}"
            self.base = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=30.0)
            if not read_only:
                self.base.execute("PRAGMA journal_mode = WAL")
                self.base.execute("PRAGMA synchronous = NORMAL")
                self.base.execute("PRAGMA recursive_triggers = ON")  # what is replaced is deleted, records and all
                self.base.executescript(_TABLES)
        except sqlite3.Error as error:
            if not read_only:
                _check_writable(self.path)
            raise _failed(self.path, error) from error

    def close(self) -> None:
        """Close the ledger."""
        with contextlib.suppress(sqlite3.Error):
            self.base.close()

    def facts(self) -> dict[str, Any]:
        """Return what the last run was told to do; empty before the first."""
        found = self.base.execute("SELECT value FROM facts WHERE name = 'run'").fetchone()
        return dict(json.loads(found[0])) if found else {}

    def begin(self, facts: Mapping[str, Any]) -> None:
        """Begin a run; rows made under other facts count as not made. Raises RunError ``ledger_failed``."""
        try:
            self.run = 1 + (self.base.execute("SELECT max(run) FROM documents").fetchone()[0] or 0)
            self.base.execute("INSERT OR REPLACE INTO facts VALUES ('run', ?)", (json.dumps(dict(facts)),))
        except sqlite3.Error as error:
            raise _failed(self.path, error) from error
        self.fingerprint = fingerprint_of(facts)

    def forget(self) -> None:
        """Take everything for not done."""
        self.base.executescript("DELETE FROM documents; DELETE FROM records; DELETE FROM containers;")

    def earlier(self, source: str, position: int, stamp: str) -> Row | None:
        """Return the row of a document that an earlier run finished, if nothing has changed since."""
        if not stamp:
            return None
        found = self.base.execute(
            f"SELECT {_COLUMNS} FROM documents WHERE source = ? AND position = ? AND stamp = ? AND fingerprint = ? "  # noqa: S608
            "AND status != 'failed'",
            (os.fsencode(source), position, stamp, self.fingerprint),
        ).fetchone()
        return None if found is None else _row(found)

    def container(self, source: str, stamp: str) -> list[int] | None:
        """Return the row numbers of the documents of a container that is finished without a failure, in its order."""
        found = self.base.execute(
            "SELECT members FROM containers WHERE source = ? AND stamp = ? AND fingerprint = ?",
            (os.fsencode(source), stamp, self.fingerprint),
        ).fetchone()
        if found is None:
            return None
        rows = self.base.execute(
            "SELECT rowid FROM documents WHERE source = ? AND fingerprint = ? AND status != 'failed' ORDER BY position",
            (os.fsencode(source), self.fingerprint),
        ).fetchall()
        return [row[0] for row in rows] if len(rows) == found[0] else None

    def row(self, number: int) -> Row:
        """Return the row of a number that another method gave."""
        return _row(self.base.execute(f"SELECT {_COLUMNS} FROM documents WHERE rowid = ?", (number,)).fetchone())  # noqa: S608

    def touch(self, number: int) -> None:
        """Write down that a finished document belongs to this run, too."""
        self.write("UPDATE documents SET run = ? WHERE rowid = ?", (self.run, number))

    def record(self, outcome: Outcome) -> Outcome:
        """Write down what became of a document; return it without what only the ledger keeps.

        When that fails, a document whose record was to be collected is failed itself, since it would be lost.
        """
        values = {name: getattr(outcome, name) for name in _OUTCOME}
        values |= {name: json.dumps(list(values[name])) for name in _LISTS}
        values |= {"source": os.fsencode(outcome.source), "signature": outcome.signature}
        values |= {"fingerprint": self.fingerprint, "run": self.run}
        values = {name: _storable(value) for name, value in values.items()}
        try:
            self.base.execute("BEGIN")
            number = self.base.execute(
                f"INSERT OR REPLACE INTO documents ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",  # noqa: S608
                tuple(values.values()),
            ).lastrowid
            if outcome.record:
                self.base.execute("INSERT INTO records VALUES (?, ?)", (number, outcome.record))
            self.base.execute("COMMIT")
        except sqlite3.Error as error:
            with contextlib.suppress(sqlite3.Error):
                self.base.execute("ROLLBACK")
            self.is_failing = True
            if outcome.record:
                outcome = dataclasses.replace(
                    outcome, status="failed", code="disk_full", stage="write", message=_failed(self.path, error).message
                )
        return dataclasses.replace(outcome, record=b"", signature=b"")

    def finish_container(self, source: str, stamp: str, members: int, last: int) -> None:
        """Write down that all documents of a container are on their way, and forget those it has no longer."""
        key = os.fsencode(source)
        self.write("DELETE FROM documents WHERE source = ? AND position > ?", (key, last))
        self.write("INSERT OR REPLACE INTO containers VALUES (?, ?, ?, ?)", (key, self.fingerprint, stamp, members))

    def forget_document(self, source: str, position: int) -> None:
        """Take one document for not done."""
        self.write("DELETE FROM documents WHERE source = ? AND position = ?", (os.fsencode(source), position))

    def write(self, statement: str, values: tuple[Any, ...]) -> None:
        """Do something that may fail when the disk is full, and is then done again by the next run."""
        try:
            self.base.execute(statement, values)
        except sqlite3.Error:
            self.is_failing = True

    def numbers(self) -> Iterator[tuple[int, bytes, int]]:
        """Yield row number, signature and characters of each document of this run that gave text, in order."""
        yield from self.base.execute(
            "SELECT rowid, signature, characters FROM documents WHERE run = ? AND status != 'failed' "
            "ORDER BY source, position",
            (self.run,),
        )

    def rows(self) -> Iterator[Row]:
        """Yield the documents of this run in the order of their files and of their places in them."""
        reading = self.base.execute(
            f"SELECT {_COLUMNS} FROM documents WHERE run = ? ORDER BY source, position",  # noqa: S608
            (self.run,),
        )
        yield from map(_row, reading)

    def records(self, *, drop: bool) -> Iterator[tuple[bytes, str, float]]:
        """Yield record, the document it is a duplicate of, and how similar, in order; without duplicates if asked."""
        statement = (
            "SELECT record, duplicate_of, similarity FROM documents JOIN records ON records.document = documents.rowid "
            "WHERE run = ? AND status != 'failed' AND (duplicate_of = '' OR NOT ?) ORDER BY source, position"
        )
        yield from self.base.execute(statement, (self.run, drop))

    def mark_duplicates(self, pairs: Iterable[tuple[int, int, float]]) -> None:
        """Write down (row, row of the one that is kept, similarity) for the documents of this run, and no others."""
        try:
            self.base.execute("BEGIN")
            self.base.execute("UPDATE documents SET duplicate_of = '', similarity = 0 WHERE run = ?", (self.run,))
            self.base.executemany(
                "UPDATE documents SET duplicate_of = (SELECT name FROM documents WHERE rowid = ?), similarity = ? "
                "WHERE rowid = ?",
                ((kept, similarity, number) for number, kept, similarity in pairs),
            )
            self.base.execute("COMMIT")
        except sqlite3.Error:
            with contextlib.suppress(sqlite3.Error):
                self.base.execute("ROLLBACK")
            self.is_failing = True

    def to_be_marked(self, dropped: str) -> list[Row]:
        """Return the documents of this run whose files do not say yet that they are duplicates, or still say so.

        ``dropped`` is what stands there for duplicates when they are taken away, '' when they are only marked.
        """
        rows = self.base.execute(
            f"SELECT {_COLUMNS} FROM documents WHERE run = ? AND status != 'failed' AND marked != "  # noqa: S608
            "CASE WHEN duplicate_of != '' AND ? != '' THEN ? ELSE duplicate_of END ORDER BY source, position",
            (self.run, dropped, dropped),
        )
        return [_row(values) for values in rows]

    def select(self, statement: str) -> list[tuple[Any, ...]]:
        """Return what a question gives. Raises sqlite3.Error."""
        return self.base.execute(statement).fetchall()


_COLUMNS = f"rowid, source, duplicate_of, similarity, marked, {', '.join(_OUTCOME)}"


def _row(values: tuple[Any, ...]) -> Row:
    number, source, duplicate_of, similarity, marked, *rest = values
    fields = dict(zip(_OUTCOME, rest, strict=True))
    fields |= {name: tuple(json.loads(fields[name])) for name in _LISTS}
    outcome = Outcome(source=os.fsdecode(source), is_earlier=True, **fields)
    return Row(number, outcome, duplicate_of, similarity, marked)


def _storable(value: Any) -> Any:
    """Return a value that SQLite takes: of text that is no Unicode (bytes of a file name), its printable form."""
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            return printable(value)
    return value


def _quoted(path: Path) -> str:
    import urllib.parse

    return urllib.parse.quote(os.fsencode(Path(os.path.abspath(path))))  # noqa: PTH100 - links stay


def _check_writable(path: Path) -> None:
    """Raise RunError when the system refuses to write, since SQLite does not say why it cannot."""
    try:
        path.open("ab").close()
    except OSError as error:
        raise run_error(path, error) from error


def _failed(path: Path, error: sqlite3.Error) -> RunError:
    message = f"{path} cannot be written: {error}."
    if any(sign in str(error) for sign in ("not a database", "malformed", "corrupt")):
        message = f"{path} is damaged: {error}. Remove it, and everything is cleaned anew into the same folder."
    return RunError("ledger_failed", message, where=str(path))
