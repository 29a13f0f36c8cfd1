"""Decide from what a user typed where the result goes: standard output, a file, or a folder."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cleaner.errors import SetupError
from cleaner.readers import is_container, is_pattern

__all__ = ["Target", "are_many", "choose_format", "find_target"]

_FILE_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,9}\Z")
"""What makes an output that does not exist yet a file, not a folder; ``out.2`` is a folder, as is ``out.d/``."""

_FORMAT_OF_SUFFIX = {
    ".txt": "txt",
    ".text": "txt",
    ".json": "json",
    ".jsonl": "jsonl",
    ".md": "md",
    ".markdown": "md",
    ".xml": "xml",
}
_INPUT_SUFFIXES = (".html", ".htm", ".xhtml")


@dataclass(frozen=True, slots=True)
class Target:
    """A place for results that is not standard output."""

    path: Path
    is_folder: bool


def are_many(paths: Sequence[str]) -> bool:
    """Tell whether the inputs can be more than one page: several paths, a folder, a pattern, or a container."""
    return len(paths) > 1 or Path(paths[0]).is_dir() or is_pattern(paths[0]) or is_container(paths[0])


def find_target(paths: Sequence[str], output: str | None) -> Target | None:
    """Return where the result of cleaning ``paths`` goes; None is standard output, also when ``output`` is ``-``.

    An output that exists is what it is. Else it is a file when its name has a suffix and no slash at the end.
    Raises SetupError: ``output_needed``, ``folder_needed``, ``output_is_input``, ``stdin_and_files``.

    >>> find_target(["page.html"], "page.txt")
    Target(path=PosixPath('page.txt'), is_folder=False)
    >>> find_target(["a.html", "b.html"], "page.txt")
    Traceback (most recent call last):
    ...
    cleaner.errors.SetupError: page.txt is the name of a file, but several pages need a folder. Try: -o page
    """
    many = are_many(paths)
    if "-" in paths and len(paths) > 1:
        raise SetupError("stdin_and_files", "Standard input (-) cannot be mixed with files; clean it by itself.")
    if output in (None, "-", "/dev/stdout"):
        if many:
            raise _output_needed(paths)
        return None
    path = Path(output)
    if os.path.lexists(path):
        is_folder = path.is_dir()
    else:
        is_folder = output.endswith(("/", os.sep)) or not _FILE_SUFFIX.search(path.name)
    if many and not is_folder:
        raise SetupError(
            "folder_needed",
            f"{output} is the name of a file, but several pages need a folder. Try: -o {_other_folder(path)}",
        )
    if any(Path(source).is_dir() and os.path.realpath(source) == os.path.realpath(path) for source in paths):
        raise SetupError(
            "output_is_input",
            f"{path} is the folder to be cleaned; results among its pages would be read as pages the next time. "
            f"Try: -o {path / 'cleaned'}",
        )
    if not is_folder and os.path.realpath(paths[0]) == os.path.realpath(path):
        raise SetupError(
            "output_is_input", f"{path} is the page to be cleaned, and would be gone. Give the result another name."
        )
    return Target(path, is_folder)


def _output_needed(paths: Sequence[str]) -> SetupError:
    what = f"The folder {paths[0]} needs" if Path(paths[0]).is_dir() else "Several pages need"
    typed = shlex.join(paths[:3]) + (" ..." if len(paths) > 3 else "")
    return SetupError(
        "output_needed", f"{what} a folder for the results. Try: cleaner clean {typed} -o {_other_folder(Path('out'))}"
    )


def _other_folder(path: Path) -> Path:
    """Return a name for a folder that is not taken by a file."""
    folder = path.with_suffix("")
    return folder.with_name(f"{folder.name}-cleaned") if folder.exists() and not folder.is_dir() else folder


def choose_format(formats: Sequence[str], target: Target | None) -> str:
    """Return the format of a single output: what was asked for, else what the file name says, else ``txt``.

    Raises SetupError: ``folder_needed`` for several formats, ``format_mismatch`` for a name that says another one.

    >>> choose_format([], Target(Path("a.json"), is_folder=False)), choose_format([], None)
    ('json', 'txt')
    """
    if set(formats) & {"csv", "parquet"}:
        raise SetupError("folder_needed", f"{formats[0]} is a file of many articles and needs a folder. Try: -o out")
    if len(formats) > 1:
        raise SetupError("folder_needed", f"{' and '.join(formats)} are several files and need a folder. Try: -o out")
    suffix = target.path.suffix.lower() if target is not None else ""
    by_suffix = _FORMAT_OF_SUFFIX.get(suffix)
    wants_html = list(formats) == ["html"]
    if target is not None and (
        (suffix in _INPUT_SUFFIXES and not wants_html) or (formats and by_suffix not in (None, formats[0]))
    ):
        wanted = formats[0] if formats else "txt, json or md (-f html if that is meant)"
        raise SetupError(
            "format_mismatch", f"{target.path} ends in {suffix}, but what cleaner would write is {wanted}. Change one."
        )
    return formats[0] if formats else by_suffix or "txt"
