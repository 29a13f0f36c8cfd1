"""What was noted of every document of a run, in ``OUT/.cleaner/sites.sqlite``, until all of it is learned from.

A cache as far as the run goes: a row that is lost to a crash is noted again with the same result.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import pickle
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cleaner.batch.plan import Task
from cleaner.batch.report import Outcome
from cleaner.batch.spool import NOWHERE, Place
from cleaner.errors import RunError
from cleaner.site.clusters import clusters
from cleaner.site.key import cluster_key
from cleaner.site.learn import Seen, learn, stories
from cleaner.site.profile import Profile

__all__ = ["BOOK_FILE", "Book", "Half", "Noted"]

BOOK_FILE = ".cleaner/sites.sqlite"
"""The notes of the last run into a folder."""
_BITS = 1 << 28
"""Bits of the filter that tells what was seen before: 32 MB. Where it is wrong, an example is kept for nothing until
the end of the run."""

_TABLES = """
DROP TABLE IF EXISTS pages;
CREATE TABLE IF NOT EXISTS documents (
    source BLOB NOT NULL, position INTEGER NOT NULL, fingerprint TEXT NOT NULL, stamp TEXT NOT NULL,
    run INTEGER NOT NULL, number INTEGER NOT NULL, site TEXT NOT NULL, name TEXT NOT NULL,
    sightings BLOB, prose BLOB, part BLOB, edges BLOB, cluster TEXT NOT NULL DEFAULT '', place TEXT NOT NULL,
    task BLOB NOT NULL, outcome BLOB NOT NULL, made TEXT NOT NULL DEFAULT '', UNIQUE (source, position)
);
CREATE INDEX IF NOT EXISTS of_site ON documents (run, site, name);
CREATE TABLE IF NOT EXISTS examples (site TEXT, hash INTEGER, text TEXT, PRIMARY KEY (site, hash)) WITHOUT ROWID;
"""


class Noted(NamedTuple):
    """What a process noted of a document."""

    site: str
    name: str
    seen: Seen
    place: Place
    examples: Mapping[int, str]
    is_folder: bool = False
    """Whether nothing is known of the site but the folder; then it may be divided into clusters."""


class Half(NamedTuple):
    """A document between the passes."""

    task: Task
    """Without what is in it, if it stands in a container."""
    outcome: Outcome
    site: str
    """Or the cluster of it."""
    place: Place
    made: str
    """Digest of the profile with which its files were made; '' when they were not."""


class Book:
    """The notes of a run; used by one process at a time."""

    def __init__(self, path: Path, fingerprint: str) -> None:
        """Open or make it. ``fingerprint`` stands for the settings; notes made under others do not count.

        Raises RunError ``ledger_failed``.
        """
        self.path, self.fingerprint = path, fingerprint
        self.filter = np.zeros(0, np.uint8)
        try:
            self.base = sqlite3.connect(path, isolation_level=None, timeout=30.0)
            self.base.execute("PRAGMA journal_mode = WAL")
            self.base.execute("PRAGMA synchronous = OFF")
            self.base.executescript(_TABLES)
            self.run = 1 + (self.base.execute("SELECT max(run) FROM documents").fetchone()[0] or 0)
        except sqlite3.Error as error:
            raise _failed(path, error) from error

    def close(self) -> None:
        """Close it."""
        with contextlib.suppress(sqlite3.Error):
            self.base.close()

    def remove(self) -> None:
        """Close it, and leave nothing of it on the disk."""
        self.close()
        for end in ("", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                Path(f"{self.path}{end}").unlink()

    def write(self, statement: str, values: tuple[Any, ...]) -> None:
        """Write. Raises RunError ``ledger_failed``."""
        try:
            self.base.execute(statement, values)
        except sqlite3.Error as error:
            raise _failed(self.path, error) from error

    def take_up(self, source: str, position: int, stamp: str, number: int) -> bool:
        """Take the notes of an earlier run for this one's document ``number``; False when there are none that hold."""
        if not stamp:
            return False
        key = (os.fsencode(source), position)
        found = self.base.execute(
            "SELECT 1 FROM documents WHERE source = ? AND position = ? AND stamp = ? AND fingerprint = ? "
            "AND sightings IS NOT NULL",
            (*key, stamp, self.fingerprint),
        ).fetchone()
        if found:
            statement = "UPDATE documents SET run = ?, number = ?, cluster = '' WHERE source = ? AND position = ?"
            self.write(statement, (self.run, number, *key))
        return found is not None

    def announce(self, task: Task, known: Outcome, number: int) -> None:
        """Write down that a document, the run's ``number``-th, is being read."""
        member = task.member and dataclasses.replace(task.member, data=b"")
        bare = pickle.dumps(dataclasses.replace(task, member=member), protocol=5)
        values = (os.fsencode(known.source), known.position, self.fingerprint, known.stamp, self.run, number, "", "")
        self.write(
            "INSERT OR REPLACE INTO documents (source, position, fingerprint, stamp, run, number, site, name, place, "
            "task, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?)",
            (*values, bare, pickle.dumps(known, protocol=5)),
        )

    def note(self, outcome: Outcome) -> Outcome:
        """Write down what was noted of a document, or that it failed; return it without the notes."""
        noted = outcome.note
        bare = dataclasses.replace(outcome, note=None)
        blob = pickle.dumps(bare, protocol=5)
        key = (os.fsencode(outcome.source), outcome.position)
        if not isinstance(noted, Noted):
            self.write("UPDATE documents SET outcome = ? WHERE source = ? AND position = ?", (blob, *key))
            return bare
        seen = noted.seen
        place = " ".join(map(str, noted.place)) if noted.place.file else ""
        self.write(
            "UPDATE documents SET site = ?, name = ?, sightings = ?, prose = ?, part = ?, edges = ?, place = ?, "
            "outcome = ? WHERE source = ? AND position = ?",
            (
                *(noted.site, noted.name, seen.sightings.tobytes(), seen.prose.tobytes(), seen.part),
                *(seen.edges.tobytes() if noted.is_folder else b"", place, blob, *key),
            ),
        )
        self._keep_examples(noted)
        return bare

    def _keep_examples(self, noted: Noted) -> None:
        """Keep the words of what was seen on an earlier page of the site, too."""
        if not noted.examples:
            return
        if not len(self.filter):
            self.filter = np.zeros(_BITS // 8, np.uint8)
        salt = int.from_bytes(hashlib.blake2b(noted.site.encode("utf-8", "replace"), digest_size=8).digest(), "little")
        for number, text in noted.examples.items():
            byte, bit = divmod((number ^ salt) % _BITS, 8)
            if self.filter[byte] >> bit & 1:
                values = (noted.site, _signed(number), text)
                self.write("INSERT OR IGNORE INTO examples VALUES (?, ?, ?)", values)
            self.filter[byte] |= 1 << bit

    def sites(self) -> list[str]:
        """Return the sites of this run's documents, in their order."""
        wanted = "SELECT DISTINCT site FROM documents WHERE run = ? AND sightings IS NOT NULL"
        rows = self.base.execute(wanted, (self.run,))
        return sorted(site for (site,) in rows)

    def profiles(self, *, least: int) -> Iterator[Profile]:
        """Yield what is known of each site of this run that has a name, see :meth:`learn`."""
        for site in filter(None, self.sites()):
            yield from self.learn(site, least=least)

    def learn(self, site: str, *, least: int) -> Iterator[Profile]:
        """Count the pages of a site that this run met; yield its profile, then those of its clusters.

        Which cluster a page is of is written down, too. Raises RunError ``ledger_failed``.
        """
        rows = self.base.execute(
            "SELECT sightings, prose, part, edges, rowid FROM documents "
            "WHERE run = ? AND site = ? AND sightings IS NOT NULL ORDER BY name, source, position",
            (self.run, site),
        ).fetchall()
        pages = [Seen.of(*columns) for *columns, _ in rows]
        found = self.base.execute("SELECT hash, text FROM examples WHERE site = ?", (site,))
        examples = {number & (2**64 - 1): text for number, text in found}
        yield learn(site, pages, examples)
        if not any(edges for _, _, _, edges, _ in rows):
            return
        cluster_of = clusters([page.edges for page in pages], stories(pages), least=least)
        for link in np.unique(cluster_of[cluster_of > 0]).tolist():
            places = np.flatnonzero(cluster_of == link).tolist()
            profile = learn(cluster_key(site, link), [pages[place] for place in places], examples)
            if profile.pages >= least:
                for place in places:
                    self.write("UPDATE documents SET cluster = ? WHERE rowid = ?", (profile.site, rows[place][4]))
                yield profile

    def halves(self) -> Iterator[Half]:
        """Yield the documents of this run in their order."""
        last = -1
        while True:
            rows = self.base.execute(
                "SELECT number, task, outcome, coalesce(nullif(cluster, ''), site), place, made FROM documents "
                "WHERE run = ? AND number > ? ORDER BY number LIMIT 100",
                (self.run, last),
            ).fetchall()
            for number, task, outcome, site, place, made in rows:
                last = number
                words = place.split()
                where = Place(words[0], *map(int, words[1:])) if words else NOWHERE
                yield Half(pickle.loads(task), pickle.loads(outcome), site, where, made)  # noqa: S301 - our own rows
            if not rows:
                return

    def finish(self, source: str, position: int, made: str) -> None:
        """Write down with which profile the files of a document were made."""
        key = (os.fsencode(source), position)
        self.write("UPDATE documents SET made = ?, place = '' WHERE source = ? AND position = ?", (made, *key))

    def forget(self) -> None:
        """Take everything for not noted."""
        self.write("DELETE FROM documents", ())

    def forget_others(self) -> None:
        """Forget documents that this run did not meet, and the words of what was seen once."""
        self.write("DELETE FROM documents WHERE run != ?", (self.run,))
        self.write("DELETE FROM examples", ())


def _signed(number: int) -> int:
    return number - 2**64 if number >= 2**63 else number


def _failed(path: Path, error: sqlite3.Error) -> RunError:
    return RunError("ledger_failed", f"{path} cannot be written: {error}.", where=str(path))
