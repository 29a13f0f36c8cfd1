"""How a run stands, read from its folder while it goes on or afterwards."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cleaner.batch.ledger import LEDGER_FILE, Ledger
from cleaner.batch.lock import is_locked
from cleaner.batch.state import read_state
from cleaner.errors import RunError

__all__ = ["Standing", "read_standing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a run stands."""

    state: Literal["running", "complete", "interrupted", "killed"]
    """``killed`` when it was never ended, and nobody works on it."""
    started: str
    updated: str
    """ISO 8601, UTC; when the counts of ``run.json`` were last written."""
    counts: Mapping[str, int]
    """Status of the article, or ``failed`` -> documents in the ledger."""
    failed: Mapping[str, int]
    """Error code -> documents."""
    failures: tuple[tuple[str, str], ...]
    """Code and sentence of the last failures."""
    slowest: tuple[tuple[float, str], ...]
    """Seconds and name of the five slowest documents."""
    characters: int
    run: Mapping[str, Any]
    """What ``run.json`` says: settings, versions, digest of the weights ..."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "state": self.state,
            "started": self.started,
            "updated": self.updated,
            "documents": sum(self.counts.values()),
            "counts": dict(self.counts),
            "failed": dict(self.failed),
            "characters": self.characters,
            "slowest": [{"seconds": seconds, "name": name} for seconds, name in self.slowest],
            "run": dict(self.run),
        }

    def lines(self) -> list[str]:
        """Return it in a few lines for people."""
        words = {
            "running": "is going on",
            "complete": "is complete",
            "interrupted": "was interrupted; the same command goes on with it",
            "killed": "was killed; the same command goes on with it",
        }
        lines = [
            f"The run begun {self.started} {words[self.state]}.",
            f"{sum(self.counts.values()):8,} documents done{':' if self.counts else ''}",
        ]
        lines += [f"{count:8,} {status}" for status, count in self.counts.items()]
        lines += [f"{count:8,} failed: {code}" for code, count in self.failed.items()]
        lines += [f"error[{code}]: {message}" for code, message in self.failures]
        if self.slowest:
            lines.append("Slowest: " + ", ".join(f"{name} {seconds:.1f} s" for seconds, name in self.slowest))
        return lines


def read_standing(folder: Path) -> Standing:
    """Return how the run in an output folder stands; a run that is going on is not disturbed.

    Raises SetupError ``no_run`` and RunError ``ledger_failed``.
    """
    run = read_state(folder)
    state = run.get("state", "killed")
    if state == "running" and not is_locked(folder):
        state = "killed"
    with contextlib.closing(Ledger(folder, read_only=True)) as ledger:
        try:
            counts = ledger.select("SELECT status, count(*) FROM documents GROUP BY status ORDER BY count(*) DESC")
            failed = ledger.select(
                "SELECT code, count(*) FROM documents WHERE status = 'failed' GROUP BY code "
                "ORDER BY count(*) DESC, code"
            )
            failures = ledger.select(
                "SELECT code, message FROM documents WHERE status = 'failed' ORDER BY rowid DESC LIMIT 10"
            )
            slowest = ledger.select("SELECT seconds, name FROM documents ORDER BY seconds DESC LIMIT 5")
            characters = ledger.select("SELECT coalesce(sum(characters), 0) FROM documents")[0][0]
        except sqlite3.Error as error:
            message = f"{folder / LEDGER_FILE} cannot be read: {error}."
            raise RunError("ledger_failed", message, where=str(folder)) from error
    return Standing(
        state=state,
        started=str(run.get("started", "")),
        updated=str(run.get("updated", "")),
        counts=dict(counts),
        failed=dict(failed),
        failures=tuple(reversed(failures)),
        slowest=tuple((round(seconds, 3), name) for seconds, name in slowest),
        characters=characters,
        run=run,
    )
