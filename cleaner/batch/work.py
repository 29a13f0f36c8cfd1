"""Clean one document of a run: read, clean, write, and say what became of it."""

from __future__ import annotations

import shlex
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cleaner.batch.plan import Task
from cleaner.batch.report import Outcome
from cleaner.errors import CleanerError, SetupError
from cleaner.readers import OUTPUT_MARK, Reading, read
from cleaner.settings import DEFAULTS, Settings
from cleaner.writers import write_article

__all__ = ["Recipe", "clean_task"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How each document of a run is read, cleaned and written; the same for all, and picklable."""

    folder: Path
    """Where the outputs go."""
    formats: tuple[str, ...] = ("txt", "json")
    """Names of :data:`cleaner.writers.FORMATS`; one file each per document."""
    settings: Settings = DEFAULTS
    reading: Reading
    paragraphs: bool = False
    """Add the list of all paragraphs to the json files."""
    overwrite: bool = False
    """Replace files in the folder that an earlier run did not make from the same source."""


def clean_task(task: Task, recipe: Recipe) -> Outcome:
    """Clean one document. Whatever is wrong with it becomes a failure with a code, so that the run goes on.

    Raises SetupError only: what is wrong with the settings or the installation is wrong for all documents.
    """
    from cleaner.pipeline import clean  # loads the model; not needed before the first page

    started = time.perf_counter()
    stage: Literal["read", "clean", "write"] = "read"
    size = task.found.size

    def failed(code: str, message: str) -> Outcome:
        seconds = time.perf_counter() - started
        return Outcome(task.found.path, "failed", code, message, stage, seconds=seconds, bytes_read=size)

    try:
        raw = read(task.found, recipe.reading)
        size = len(raw.data)
        stage = "clean"
        article = clean(raw, settings=recipe.settings)
        stage = "write"
        write_article(
            article,
            recipe.folder,
            dict(task.outputs),
            paragraphs=recipe.paragraphs,
            temporary_folder=(recipe.folder / OUTPUT_MARK).parent,
        )
    except SetupError:
        raise
    except CleanerError as error:
        return failed(error.code, error.message)
    except MemoryError:
        return failed("out_of_memory", f"{task.found.path} needs more memory than there is.")
    except Exception as error:  # noqa: BLE001 - a bug shown by one document must not end the run
        return failed(
            "internal_error",
            f"{task.found.path} brought out a bug in cleaner ({type(error).__name__}: {error}). Please report it "
            f"with what this prints: cleaner clean --debug {shlex.quote(task.found.path)}",
        )
    return Outcome(
        task.found.path,
        article.status,
        seconds=time.perf_counter() - started,
        bytes_read=size,
        characters=len(article.text),
        warnings=article.warnings,
    )
