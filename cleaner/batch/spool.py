"""Where half-done pages wait for what is learned from the others: files that one process each appends to.

The spool only saves time. A page that is not in it, or is damaged there, is done again from its source.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pickle
import secrets
import shutil
import zlib
from pathlib import Path
from typing import BinaryIO, NamedTuple

from cleaner.pipeline import Judged
from cleaner.rules import Rules
from cleaner.settings import Settings

__all__ = ["SPOOL_FOLDER", "Place", "Waiting", "clear_spool", "close_spool", "fetch", "pack", "put_away"]

SPOOL_FOLDER = ".cleaner/spool"
_MOST_BYTES = 20_000_000_000
"""What one process may put away. A page takes about 90 kB; a quarter of that if it were compressed, which would take
a millisecond or two a page."""
_LEFT_SHARE = 0.1
"""Share of the disk that is left free."""
_LOOK_EVERY = 256


class Place(NamedTuple):
    """Where a page waits."""

    file: str
    """Name in the spool folder; '' when it does not wait anywhere."""
    offset: int
    length: int
    checksum: int


NOWHERE = Place("", 0, 0, 0)


class Waiting(NamedTuple):
    """A half-done page."""

    judged: Judged
    date: str
    """As far as others than the page know it."""
    notes: tuple[str, ...]


class _Spool:
    """The file of this process."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.owner = folder, os.getpid()
        self.name = f"{secrets.token_hex(8)}.spool"
        self.file: BinaryIO | None = None
        self.size = self.pages = 0

    def append(self, data: bytes) -> Place:
        if self.size + len(data) > _MOST_BYTES:
            return NOWHERE
        try:
            if self.pages % _LOOK_EVERY == 0:
                disk = shutil.disk_usage(self.folder.parent)
                if disk.free < _LEFT_SHARE * disk.total:
                    self.size = _MOST_BYTES
                    return NOWHERE
            self.pages += 1
            if self.file is None:
                self.folder.mkdir(parents=True, exist_ok=True)
                self.file = (self.folder / self.name).open("ab", buffering=0)
            self.file.write(data)
        except OSError:  # a full disk; what matters will report it
            self.size = _MOST_BYTES
            return NOWHERE
        place = Place(self.name, self.size, len(data), zlib.adler32(data))
        self.size += len(data)
        return place


_spools: dict[Path, _Spool] = {}


def pack(waiting: Waiting, settings: Settings) -> bytes:
    """Return a page as bytes; what finishing it does not need is left out."""
    judged = waiting.judged
    page = judged.page
    if not isinstance(settings.rules, Rules) and settings.metadata_fallback == "off":
        page = dataclasses.replace(page, text="")
    bare = dataclasses.replace(judged, page=page, features=None)
    return pickle.dumps(waiting._replace(judged=bare), protocol=5)


def put_away(waiting: Waiting, folder: Path, settings: Settings) -> Place:
    """Let a page wait in the spool of an output folder; what finishing it does not need is left out."""
    data = pack(waiting, settings)
    spool = _spools.get(folder)
    if spool is None or spool.owner != os.getpid():
        spool = _spools[folder] = _Spool(folder / SPOOL_FOLDER)
    return spool.append(data)


def fetch(place: Place, folder: Path) -> Waiting | None:
    """Return the page that waits at a place; None when it is not there, or not whole."""
    if not place.file:
        return None
    try:
        with (folder / SPOOL_FOLDER / place.file).open("rb") as file:
            file.seek(place.offset)
            data = file.read(place.length)
        if zlib.adler32(data) != place.checksum:
            return None
        waiting: Waiting = pickle.loads(data)  # noqa: S301 - our own file, checked above
    except (OSError, pickle.PickleError, EOFError, AttributeError, ImportError):
        return None
    return waiting


def close_spool(folder: Path) -> None:
    """Let go of the file of this process, if it has one in the spool of an output folder."""
    spool = _spools.pop(folder, None)
    if spool is not None and spool.file is not None and spool.owner == os.getpid():
        spool.file.close()


def clear_spool(folder: Path) -> None:
    """Remove the spool of an output folder."""
    close_spool(folder)
    with contextlib.suppress(OSError):
        shutil.rmtree(folder / SPOOL_FOLDER)
