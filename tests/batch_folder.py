"""What tests of the batch share: a recipe for a folder, and what stands in the folder afterwards."""

from __future__ import annotations

from pathlib import Path

from cleaner.batch import Recipe
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
