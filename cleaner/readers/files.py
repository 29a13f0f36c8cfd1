"""Find the files that are pages, and read one, without ever waiting for something that is no file."""

# ruff: noqa: PTH100, PTH112, PTH114, PTH116, PTH118, PTH119, PTH120, PTH123, PTH207
# Names stay str: 100,000 of them are cheaper so, and pathlib cannot make a path absolute without either resolving its
# links (resolve) or keeping its ".." (absolute).

from __future__ import annotations

import errno
import glob
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import BinaryIO

from cleaner.errors import InputError, RunError, SetupError
from cleaner.readers.compressed import compression_of, inflate_bytes
from cleaner.readers.names import CONTAINERS, Kind, content_says, file_suffix, is_url, page_stem, suffix_says, url_name

__all__ = [
    "OUTPUT_MARK",
    "Found",
    "Scan",
    "Unread",
    "content_of",
    "is_pattern",
    "open_file",
    "read_file",
    "read_stream",
    "scan",
    "time_of_file",
]

_SNIFFED_BYTES = 1024
"""How much of a file decides whether it is a page when its name does not; the same number `file` and grep look at or
more. A text file has no NUL byte there unless it is UTF-16 or UTF-32, which is told by its byte order mark."""

OUTPUT_MARK = ".cleaner/outputs.jsonl"
"""A folder with this file in it holds results of this tool, which are not read as pages unless somebody names it."""

_SNIFFED_INFLATED_BYTES = 10_000_000

_SIDECAR = ".json"

_STREAMS = ("/dev/fd/", "/proc/self/fd/", "/dev/stdin")
"""Paths that a shell makes for ``<(command)``: waiting for them is what the user asked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that will be read: as one page, or as a container of many."""

    path: str
    """Where it is, spelled as the user spelled the input it was found under."""
    name: str
    """Its path below :attr:`Scan.root`, with forward slashes; unique in a scan."""
    size: int
    """Bytes when it was found."""
    kind: Kind = "page"
    """``page``, or what container it is."""
    stamp: str = ""
    """Changes when the file or its sidecar changes: size and time of both; '' when nobody looked."""
    sidecar: str = ""
    """Path of a JSON file of the same stem beside it, which may say where and when it was published."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that was met and is not read, with the reason."""

    path: str
    code: str
    """Stable name of the reason: ``not_found``, ``unreadable``, ``vanished``, ``broken_link``, ``repeated_folder``,
    ``not_a_file``, ``not_a_page``, ``earlier_output``."""
    message: str
    lost: bool
    """True when a page may have been missed; False for what never was one (a FIFO, a picture, a looping link)."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What a search found, in the order of names, whatever the order of the inputs."""

    root: str
    """The deepest folder that holds all inputs, absolute; names are relative to it. '' when nothing was found."""
    found: tuple[Found, ...]
    unread: tuple[Unread, ...]


def scan(paths: Iterable[str], *, skip_folder: str | None = None) -> Scan:
    """Look for pages in files, folders (recursively) and glob patterns; nothing but unknown suffixes is opened.

    A path that exists is taken as it stands, even with ``*`` in it. In folders, hidden names are passed over, and
    names that are no page's are counted as ``not_a_page``; a file named by itself is taken whatever its name.
    Linked folders are followed once the real ones are done, and never twice, so that a loop ends.
    A folder below an input that holds results of an earlier run is passed over, too.
    ``skip_folder`` (the output of this very run) is left out silently. Errors are results, nothing is raised.
    """
    search = _Search(skip_folder)
    inputs: list[str] = []
    for path in dict.fromkeys(paths):
        if is_pattern(path):
            matches = _matches(path)
            if not matches:
                search.report(path, "not_found", f"No file matches the pattern {path}.")
            inputs += matches
            search.roots.append(os.path.abspath(_fixed_part(path)))
        else:
            inputs.append(path)
    for path in dict.fromkeys(inputs):
        search.take_input(path)
    search.walk()
    return search.result()


def is_pattern(path: str) -> bool:
    """Tell whether a path is a glob pattern: it has ``*`` or ``?`` in it, and nothing of that very name exists."""
    return ("*" in path or "?" in path) and not is_url(path) and not os.path.lexists(path)


def _matches(pattern: str) -> list[str]:
    """Return what a glob pattern matches, except hidden names and the results of earlier runs.

    ``**`` does not go through linked folders. (``glob.glob`` does: two links to the folder they stand in take a day.)
    """
    base = _fixed_part(pattern)
    rest = pattern if base == os.curdir else pattern[len(base) :]
    try:
        found = [str(path) for path in Path(base).glob(rest.lstrip("/" + os.sep))]
    except (ValueError, NotImplementedError, OSError):  # "a**b", which pathlib refuses
        found = glob.glob(pattern)
    results = {Path(base): False}
    return sorted(path for path in found if not (_is_hidden(path, base) or _holds_results(Path(path).parent, results)))


def _is_hidden(path: str, base: str) -> bool:
    return any(part.startswith(".") and part != os.pardir for part in Path(os.path.relpath(path, base)).parts)


def _holds_results(folder: Path, known: dict[Path, bool]) -> bool:
    """Tell whether the folder, or one above it, holds results of an earlier run; ``known`` ends the way upwards."""
    if folder not in known:
        above = folder != folder.parent and _holds_results(folder.parent, known)
        known[folder] = above or os.path.lexists(folder / OUTPUT_MARK)
    return known[folder]


def _fixed_part(pattern: str) -> str:
    """Return the folder a glob pattern starts from: ``in/*/b*.html`` -> ``in``."""
    folder = os.path.dirname(pattern)
    while glob.has_magic(folder):
        folder = os.path.dirname(folder)
    return folder or os.curdir


class _Search:
    """The state of one scan: what is still to be walked, and what came out."""

    def __init__(self, skip_folder: str | None) -> None:
        self.roots: list[str] = []
        self.files: dict[str, tuple[str, int, Kind, str]] = {}
        """Absolute path -> (path as spelled, bytes, kind, stamp)."""
        self.sidecars: dict[str, tuple[str, str]] = {}
        """Absolute path without the suffix -> (path as spelled, stamp) of each ``.json`` file met in a folder."""
        self.urls: dict[str, str] = {}
        """Name of a page on the web -> its address."""
        self.unread: list[Unread] = []
        self.folders: list[str] = []
        self.linked_folders: list[str] = []
        self.visited: dict[tuple[int, int], str] = {}
        """Device and inode of each folder that was entered -> its absolute path."""
        self.skipped: set[tuple[int, int]] = set()
        if skip_folder is not None and os.path.isdir(skip_folder):
            self.skipped.add(_identity(os.stat(skip_folder)))

    def report(self, path: str, code: str, message: str, *, lost: bool = True) -> None:
        self.unread.append(Unread(path, code, message, lost))

    def report_error(self, path: str, error: OSError, *, seen: bool = False) -> None:
        if error.errno == errno.ELOOP:
            self.report(path, "broken_link", f"{path} is a link that leads back to itself.")
        elif error.errno == errno.ENOENT and os.path.islink(path):
            self.report(path, "broken_link", f"{path} is a link to something that does not exist.")
        else:
            self.report(path, *_explain(path, error, seen=seen))

    def take_input(self, path: str) -> None:
        """Take what the user named: a folder is walked, a file is read whatever its name, an address fetched."""
        if is_url(path):
            self.urls[url_name(path)] = path
            return
        try:
            status = os.stat(path)
        except (OSError, ValueError) as error:
            if isinstance(error, ValueError):  # a NUL character in the path
                error = OSError(errno.ENOENT, str(error))
            self.report_error(path, error)
            return
        if stat.S_ISDIR(status.st_mode):
            self.roots.append(os.path.abspath(path))
            (self.linked_folders if os.path.islink(path) else self.folders).append(path)
        elif stat.S_ISREG(status.st_mode) or path.startswith(_STREAMS):
            self.roots.append(os.path.dirname(os.path.abspath(path)))
            try:
                kind = self.kind_of(path, os.path.basename(path))
            except OSError as error:
                self.report_error(path, error)
                return
            self.take_file(path, status, kind if kind in CONTAINERS else "page")
        else:
            self.report(path, "not_a_file", _not_a_file(path, status.st_mode))

    def take_file(self, path: str, status: os.stat_result, kind: Kind) -> None:
        self.files.setdefault(os.path.abspath(path), (path, status.st_size, kind, _stamp(status)))

    def kind_of(self, path: str, name: str) -> Kind:
        """Tell what a file is by its name, else by its first bytes. Raises OSError."""
        kind = suffix_says(file_suffix(name))
        if kind != "unknown" or path.startswith(_STREAMS):
            return kind
        with open_file(path) as file:
            return content_of(file.read(_SNIFFED_BYTES), name)

    def walk(self) -> None:
        """Enter every folder; linked ones wait until the real ones are done, so that these keep their own names."""
        while self.folders or self.linked_folders:
            if not self.folders:
                self.linked_folders.sort(reverse=True)
                self.folders.append(self.linked_folders.pop())
            folder = self.folders.pop()
            try:
                self.enter(folder)
            except OSError as error:
                self.report_error(folder, error, seen=True)

    def enter(self, folder: str) -> None:
        identity, absolute = _identity(os.stat(folder)), os.path.abspath(folder)
        if identity in self.skipped:
            return
        first = self.visited.setdefault(identity, absolute)
        if first != absolute:
            message = (
                f"{folder} leads to the folder {first}, which is read under its own name; the link is not followed."
            )
            self.report(folder, "repeated_folder", message, lost=False)
            return
        if absolute not in self.roots and os.path.lexists(os.path.join(folder, OUTPUT_MARK)):
            self.report(folder, "earlier_output", f"{folder} holds the results of an earlier run.", lost=False)
            return
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    self.take_entry(entry)
                except OSError as error:  # noqa: PERF203 - one bad entry must not end the folder
                    self.report_error(entry.path, error, seen=True)

    def take_entry(self, entry: os.DirEntry[str]) -> None:
        """Take something found in a folder: only what looks like a page is read."""
        if entry.name.startswith("."):
            self.report(entry.path, "not_a_page", f"{entry.path} is hidden.", lost=False)
            return
        status = entry.stat()
        if stat.S_ISDIR(status.st_mode):
            (self.linked_folders if entry.is_symlink() else self.folders).append(entry.path)
        elif not stat.S_ISREG(status.st_mode):
            self.report(entry.path, "not_a_file", _not_a_file(entry.path, status.st_mode), lost=False)
        elif (kind := self.kind_of(entry.path, entry.name)) not in ("other", "unknown"):
            self.take_file(entry.path, status, kind)
        elif entry.name.lower().endswith(_SIDECAR):
            self.sidecars[os.path.abspath(entry.path)[: -len(_SIDECAR)]] = (entry.path, _stamp(status))
        else:
            self.report(entry.path, "not_a_page", f"{entry.path} is no page by its name or first bytes.", lost=False)

    def result(self) -> Scan:
        root = _common_folder(self.roots)
        used: set[str] = set()
        found = [self.found(absolute, root, used) for absolute in self.files]
        found += [Found(url, name, 0) for name, url in self.urls.items()]
        for stem in self.sidecars.keys() - used:
            path = self.sidecars[stem][0]
            self.report(path, "not_a_page", f"{path} is no page, and stands beside none.", lost=False)
        return Scan(
            root,
            tuple(sorted(found, key=lambda entry: entry.name)),
            tuple(sorted(self.unread, key=lambda entry: (entry.path, entry.code))),
        )

    def found(self, absolute: str, root: str, used: set[str]) -> Found:
        path, size, kind, stamp = self.files[absolute]
        name = os.path.relpath(absolute, root).replace(os.sep, "/")
        stem = page_stem(absolute)
        sidecar, sidecar_stamp = self.sidecars.get(stem, ("", "")) if kind == "page" else ("", "")
        if sidecar:
            used.add(stem)
        return Found(path, name, size, kind, f"{stamp} {sidecar_stamp}".strip(), sidecar)


def _stamp(status: os.stat_result) -> str:
    return f"{status.st_size}:{status.st_mtime_ns}"


def _identity(status: os.stat_result) -> tuple[int, int]:
    return (status.st_dev, status.st_ino)


def _common_folder(roots: list[str]) -> str:
    try:
        return os.path.commonpath(roots) if roots else ""
    except ValueError:  # several drives
        return os.path.abspath(os.sep)


def _explain(path: str, error: OSError, *, seen: bool = False) -> tuple[str, str]:
    """Return code and sentence for an error of the operating system; ``seen`` when the path existed before."""
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        hint = " Addresses begin with http:// or https://." if "://" in path else ""
        return ("vanished", f"{path} vanished meanwhile.") if seen else ("not_found", f"There is no file {path}.{hint}")
    return "unreadable", f"{path} cannot be read: {error.strerror}."


def _not_a_file(path: str, mode: int) -> str:
    natures = {stat.S_IFIFO: "named pipe", stat.S_IFSOCK: "socket", stat.S_IFCHR: "device", stat.S_IFBLK: "device"}
    nature = natures.get(stat.S_IFMT(mode), "special file")
    advice = "" if stat.S_ISSOCK(mode) else f" Use: cleaner clean - < {path}"
    return f"{path} is a {nature}, which cleaner does not wait for.{advice}"


def content_of(head: bytes, name: str, *, is_table: bool = False) -> Kind:
    """Tell what a file is by its beginning; of a compressed one, by the beginning of what it inflates to.

    ``is_table`` takes what begins with a JSON object for lines of JSON.
    """
    compression = compression_of(head, name)
    if compression:
        try:
            head = inflate_bytes(head, compression, limit=_SNIFFED_INFLATED_BYTES, where=name, is_cut=True)
        except (InputError, SetupError):
            return "page"  # what is wrong with it is said when it is read
    return "jsonl" if is_table and head.lstrip().startswith(b'{"') else content_says(head)


def open_file(path: str) -> BinaryIO:
    """Open a regular file; a pipe or device that took its place meanwhile is refused, not waited for."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOCTTY", 0)
    descriptor = os.open(path, flags)
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "It is no regular file any more", path)
    return os.fdopen(descriptor, "rb")


def read_file(path: str, *, limit_bytes: int) -> bytes:
    """Return the bytes of a file that :func:`scan` found.

    Raises InputError (``page_too_large``) before more than ``limit_bytes`` are in memory, InputError (``vanished``)
    when the file is gone, RunError (``unreadable``) when the operating system refuses it.
    """
    try:
        if path.startswith(_STREAMS):
            with open(path, "rb") as file:
                return read_stream(file, limit_bytes=limit_bytes, where=path)
        with open_file(path) as file:
            return read_stream(file, limit_bytes=limit_bytes, where=path)
    except OSError as error:
        code, message = _explain(path, error, seen=True)
        raise (InputError if code == "vanished" else RunError)(code, message, where=path) from error


def time_of_file(path: str) -> str:
    """Return when the content of a file last changed, ISO 8601 in UTC; '' when the operating system does not say."""
    try:
        seconds = os.stat(path).st_mtime
        return datetime.fromtimestamp(seconds, tz=timezone.utc).isoformat(timespec="seconds")
    except (OSError, OverflowError, ValueError):
        return ""


def read_stream(file: BinaryIO, *, limit_bytes: int, where: str) -> bytes:
    """Read a stream to its end. Raises InputError (``page_too_large``) at the first byte beyond ``limit_bytes``."""
    data = file.read(limit_bytes + 1)
    if len(data) > limit_bytes:
        raise InputError(
            "page_too_large",
            f"{where} is larger than {limit_bytes:,} bytes. Raise max_page_bytes in the settings if it is one page.",
            where=where,
        )
    return data
