"""What a run was told and how far it is, in ``OUT/.cleaner/run.json``: for people, for resuming, and for `status`."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import platform
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from cleaner.batch.report import Report
from cleaner.batch.work import Recipe
from cleaner.errors import RunError, SetupError
from cleaner.settings import Settings
from cleaner.weights import PACKAGED
from cleaner.writers import replace_file

__all__ = ["RUN_FILE", "State", "describe_changes", "read_state", "run_facts"]

RUN_FILE = ".cleaner/run.json"

_EVERY_SECONDS = 2.0
"""How often the file is brought up to date while the run goes on."""

_WORDS = {
    "version": "the version of cleaner",
    "weights": "the weights",
    "formats": "the output formats",
    "sites": "whether sites are learned",
}
"""How facts are called that are no setting."""

_PLURALS = (_WORDS["weights"], _WORDS["formats"])


def run_facts(recipe: Recipe) -> dict[str, Any]:
    """Return all that decides what comes out of a document, as plain data; limits of the machine are not among it."""
    from cleaner.version import __version__

    entries = dataclasses.fields(recipe.settings)
    settings = {entry.name: _plain(getattr(recipe.settings, entry.name)) for entry in entries}
    settings.pop("weights", None)  # what counts is what is in them
    reading = dataclasses.asdict(recipe.reading)
    for name in ("limit_bytes", "inflated_bytes"):  # as in the settings
        reading.pop(name)
    reading |= {f"{what}_column": name for what, name in reading.pop("columns").items()}
    return {
        "version": __version__,
        "weights": weights_digest(recipe.settings),
        "settings": settings,
        "reading": reading,
        "formats": list(recipe.formats),
        "paragraphs": recipe.paragraphs,
        "sites": recipe.sites,
        "has_report": recipe.on_article is not None,
    }


def _plain(value: Any) -> Any:
    """Return plain data for the value of a setting; the name of a file gets a hash of what is in it."""
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    if hasattr(value, "digest"):  # rules
        return str(value.digest)
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, str | Path) and value and Path(value).is_file():
        with contextlib.suppress(OSError):
            return f"{value} {hashlib.sha256(Path(value).read_bytes()).hexdigest()[:16]}"
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def weights_digest(settings: Settings) -> str:
    """Return the SHA-256 of the weights, 16 digits of it; '' when there are none, which the first document reports."""
    path = getattr(settings, "weights", None)
    try:
        file = Path(path) if path else PACKAGED
        return hashlib.sha256(file.read_bytes()).hexdigest()[:16]
    except OSError:
        return ""


def describe_changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return a sentence that says what has changed since the last run into the folder; nothing for a first run.

    >>> describe_changes({"settings": {"threshold": None}}, {"settings": {"threshold": 0.4}})
    ['Since the last run the setting threshold has changed (null -> 0.4): every document is cleaned again.']
    """
    if not before or before == now:
        return []
    changed = []
    for name in now:
        old, new = before.get(name), now[name]
        if isinstance(new, dict):
            inner = sorted(key for key in {*new, *(old or {})} if (old or {}).get(key) != new.get(key))
            changed += [
                f"the setting {key} ({json.dumps((old or {}).get(key))} -> {json.dumps(new.get(key))})" for key in inner
            ]
        elif old != new:
            changed.append(f"{_WORDS.get(name, name)} ({json.dumps(old)} -> {json.dumps(new)})")
    listed = ", ".join(changed[:5]) + (f" and {len(changed) - 5} more" if len(changed) > 5 else "")
    if len(changed) == 1:
        have = "have" if listed.startswith(_PLURALS) else "has"
        listed = listed.replace(" (", f" {have} changed (", 1)
    else:
        listed = f"{listed} have changed"
    return [f"Since the last run {listed}: every document is cleaned again."]


class State:
    """The file that says how a run is going."""

    def __init__(self, folder: Path, report: Report) -> None:
        self.path, self.report = folder / RUN_FILE, report
        self.data: dict[str, Any] = {}
        self.written = 0.0

    def begin(self, facts: Mapping[str, Any], jobs: int) -> None:
        """Write that a run has begun."""
        self.data = {
            **facts,
            "python": platform.python_version(),
            "jobs": jobs,
            "process": os.getpid(),
            "host": platform.node(),
            "started": _now(),
            "state": "running",
        }
        with contextlib.suppress(RunError):  # what needs the disk reports it when it is full
            self._write()

    def update(self) -> None:
        """Write how far the run is, now and then."""
        if time.monotonic() - self.written > _EVERY_SECONDS:
            with contextlib.suppress(RunError):
                self._write()

    def end(self) -> None:
        """Write how the run ended."""
        self.data["state"] = "interrupted" if self.report.is_interrupted else "complete"
        self.data["ended"] = _now()
        with contextlib.suppress(RunError):
            self._write()

    def _write(self) -> None:
        self.written = time.monotonic()
        self.data |= {"updated": _now(), "counts": self.report.counts()}
        replace_file(self.path, json.dumps(self.data, indent=2, default=str).encode("ascii") + b"\n")


def read_state(folder: Path) -> dict[str, Any]:
    """Return what a run wrote down last. Raises SetupError ``no_run``."""
    try:
        return dict(json.loads((folder / RUN_FILE).read_bytes()))
    except (OSError, ValueError) as error:
        raise SetupError(
            "no_run", f"{folder} holds no results of cleaner: there is no {RUN_FILE} to be read.", where=str(folder)
        ) from error


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
