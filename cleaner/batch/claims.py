"""Remember which files of an output folder this tool wrote, so that it never overwrites anybody else's.

``OUT/.cleaner/outputs.jsonl`` holds one line per document, ``{"source": absolute path, "outputs": [names]}``. It is
written whole before the first output, so that a killed run knows its own files again. Temporary files stand beside it.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from cleaner.batch.plan import Task
from cleaner.errors import RunError, SetupError
from cleaner.readers import OUTPUT_MARK
from cleaner.writers import make_folder, remove_temporaries, replace_file

__all__ = ["check_claims", "claim_shared", "write_claims"]

Claims = dict[str, str]
"""Output name -> the source it was made from, absolute; '' for a file that all documents share."""


def check_claims(
    folder: Path, tasks: Iterable[Task], *, root: str, overwrite: bool = False, shared: Iterable[str] = ()
) -> Claims:
    """Check that each output may be written; return what is to be claimed by :func:`write_claims`.

    An output may be written when nothing is there, or what an earlier run made from the same source (``root`` joined
    with the name). Otherwise SetupError (``output_exists``) is raised and nothing was touched; ``overwrite`` takes
    the file over, but never that of a page to be cleaned (``output_is_input``). ``shared`` are the formats of which
    there are files for all documents. Raises RunError (``unreadable``).
    """
    claims = _read(folder)
    wanted: Claims = {}
    for task in tasks:
        source = os.path.join(root, task.found.name)  # noqa: PTH118 - names stay str, see readers/files.py
        wanted.update((output, source) for _, output in task.outputs)
    for name in shared:
        wanted.update((path.name, "") for path in folder.glob(f"articles*.{name}"))
    if folder.is_dir():
        if overwrite:
            _refuse_sources(folder, wanted)
        else:
            _refuse_foreign(folder, wanted, claims)
    return {**claims, **wanted}


def write_claims(folder: Path, claims: Claims) -> None:
    """Write down what is ours, before the first output is written. Raises RunError."""
    make_folder((folder / OUTPUT_MARK).parent)
    remove_temporaries((folder / OUTPUT_MARK).parent)
    replace_file(folder / OUTPUT_MARK, _lines(claims))


def claim_shared(folder: Path, files: Iterable[str], *, only: str = "") -> None:
    """Write down that shared files are ours; with ``only``, remove those of this format that are not among them.

    Raises RunError.
    """
    claims, files = _read(folder), list(files)
    stale = [
        name
        for name, source in claims.items()
        if only and not source and name.endswith(f".{only}") and name not in files
    ]
    for name in stale:
        claims.pop(name)
        with contextlib.suppress(OSError):
            (folder / name).unlink()
    replace_file(folder / OUTPUT_MARK, _lines({**claims, **dict.fromkeys(files, "")}))


def _refuse_foreign(folder: Path, wanted: dict[str, str], claims: dict[str, str]) -> None:
    foreign = [
        output for output, source in wanted.items() if claims.get(output) != source and os.path.lexists(folder / output)
    ]
    if not foreign:
        return
    first = folder / foreign[0]
    origin = claims.get(foreign[0])
    whose = f"it was made from {origin}" if origin else "cleaner did not write it"
    others = f" The same holds for {len(foreign) - 1:,} more." if len(foreign) > 1 else ""
    raise SetupError(
        "output_exists",
        f"{first} would be overwritten, but {whose}.{others} Nothing was done. "
        "Choose another folder with -o, or pass --overwrite.",
        where=str(first),
    )


def _refuse_sources(folder: Path, wanted: dict[str, str]) -> None:
    """Refuse outputs in place of the pages themselves: nothing that was dropped could be had again."""
    place = os.path.realpath(folder)
    named = [os.path.split(source) for source in set(wanted.values()) if source]
    folders = {head: os.path.realpath(head) for head, _ in named}
    sources = {f"{folders[head]}{os.sep}{tail}" for head, tail in named}
    for output in wanted:
        path = f"{place}{os.sep}{output}"
        if path in sources and os.path.lexists(path):
            raise SetupError(
                "output_is_input",
                f"{folder / output} is a page to be cleaned, and would be gone. Nothing was done. "
                "Choose another folder with -o.",
                where=str(folder / output),
            )


def _read(folder: Path) -> dict[str, str]:
    """Return output name -> source; what cannot be understood claims nothing."""
    try:
        lines = (folder / OUTPUT_MARK).read_text("ascii", "replace").splitlines()
    except (FileNotFoundError, NotADirectoryError):  # a file in the way is named when the folder is made
        return {}
    except OSError as error:
        raise RunError("unreadable", f"{folder} cannot be read: {error.strerror}.", where=str(folder)) from error
    claims: dict[str, str] = {}
    for line in lines:
        try:
            entry = json.loads(line)
            claims.update(dict.fromkeys(entry["outputs"], entry["source"]))
        except (ValueError, KeyError, TypeError):  # noqa: PERF203 - a damaged line costs itself only
            continue
    return claims


def _lines(claims: dict[str, str]) -> bytes:
    outputs: dict[str, list[str]] = {}
    for output, source in claims.items():
        outputs.setdefault(source, []).append(output)
    # ASCII only: names that are no UTF-8 survive as escapes.
    lines = (json.dumps({"source": source, "outputs": sorted(names)}) for source, names in sorted(outputs.items()))
    return "".join(f"{line}\n" for line in lines).encode("ascii")
