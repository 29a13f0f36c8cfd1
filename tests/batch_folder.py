"""What tests of the batch share: a recipe for a folder, and what stands in the folder afterwards."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from cleaner.batch import Recipe
from cleaner.batch.outputs import MANIFEST_FILE
from cleaner.readers import Reading


def recipe(folder: Path, **options: object) -> Recipe:
    """Return a recipe that reads as usual and writes into the folder."""
    return Recipe(folder=folder, reading=Reading(), **options)  # type: ignore[arg-type]


def files_in(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by name, without those in which a run keeps its books."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".cleaner" not in path.parts
    }


def results_in(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by name, and the manifest without its times."""
    lines = (folder / MANIFEST_FILE).read_bytes().splitlines() if (folder / MANIFEST_FILE).exists() else []
    return files_in(folder) | {"manifest": repr([{**json.loads(line), "seconds": 0} for line in lines]).encode()}


def processes_with(mark: str) -> list[int]:
    """Return the processes of this system that were started with this text in their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if os.fsencode(mark) in entry.read_bytes():
                found.append(int(entry.parent.name))
    return found
