"""Write a file so that a reader sees the old one or the new one, whole, and never anything between."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path

from cleaner.errors import RunError

__all__ = ["make_folder", "move_into_place", "remove_temporaries", "replace_file", "run_error", "temporary_name"]

_TEMPORARY = ".cleaner-"
"""Start of temporary names. They are not made of the final name, which may already be as long as names can be."""

_STREAMS = ("/dev/std", "/dev/fd/", "/proc/")
"""Names of open files: behind them may stand a regular file that the shell redirects to, which must not be replaced."""

_CODES = {
    errno.ENOSPC: ("disk_full", "the disk is full"),
    errno.EDQUOT: ("disk_full", "your disk quota is used up"),
    errno.EACCES: ("not_writable", "you have no permission to write there"),
    errno.EPERM: ("not_writable", "you have no permission to write there"),
    errno.EROFS: ("not_writable", "the file system is read-only"),
    errno.ENAMETOOLONG: ("name_too_long", "the file system does not allow names that long"),
    errno.EEXIST: ("in_the_way", "a file stands where a folder must be"),
    errno.ENOTDIR: ("in_the_way", "a file stands where a folder must be"),
    errno.EISDIR: ("in_the_way", "a folder stands where the file must be"),
}


def replace_file(path: Path, data: bytes, *, temporary_folder: Path | None = None) -> None:
    """Put ``data`` into the file, replacing what is there only once all of it is safely on the disk.

    The data goes to a temporary name, is flushed to the disk (fsync) and moved into place (os.replace). After an
    error, a kill or a power loss the old file is untouched; a temporary one may remain after a kill, in
    ``temporary_folder`` if that is given (see :func:`remove_temporaries`), else beside the file. A file that holds the
    data already is left alone, with its time (on ext4 replacing takes five times as long as writing a new file). A
    device or pipe is written to, not replaced. Permissions follow the umask, as for any new file.
    Raises RunError: ``disk_full``, ``not_writable``, ``name_too_long``, ``in_the_way``, ``write_failed``.
    """
    try:
        if _is_stream(path):
            path.write_bytes(data)
        elif not _holds(path, data):
            _replace(path, data, temporary_folder)
    except OSError as error:
        raise run_error(path, error) from error


def remove_temporaries(folder: Path) -> None:
    """Remove what killed runs left in a folder of temporary files; nothing else is touched, errors are ignored."""
    for path in folder.glob(f"{_TEMPORARY}*.tmp"):
        with contextlib.suppress(OSError):
            path.unlink()


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def _is_stream(path: Path) -> bool:
    """Tell whether the path is a device, a pipe or one of the links to them such as ``/dev/stdout``."""
    if str(path).startswith(_STREAMS):
        return True
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _replace(path: Path, data: bytes, temporary_folder: Path | None) -> None:
    path = Path(os.path.realpath(path))  # a link stays a link; what it leads to is replaced
    folder = path.parent if temporary_folder is None else temporary_folder
    temporary = folder / temporary_name()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError) and error.errno == errno.EXDEV and folder != path.parent:
            _replace(path, data, None)  # another file system is mounted inside the tree
            return
        raise


def temporary_name() -> str:
    """Return a new name for a temporary file, such as :func:`remove_temporaries` removes."""
    return f"{_TEMPORARY}{secrets.token_hex(8)}.tmp"


def move_into_place(temporary: Path, path: Path) -> None:
    """Give a finished file its name, replacing what is there. Raises OSError."""
    temporary.replace(os.path.realpath(path))  # a link stays a link; what it leads to is replaced


def make_folder(path: Path) -> None:
    """Make a folder and those above it; one that exists is left alone. Raises RunError as :func:`replace_file` does."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise run_error(path, error) from error


def run_error(path: Path, error: OSError) -> RunError:
    """Return the RunError that tells a user what the operating system refused."""
    code, reason = _CODES.get(error.errno or 0, ("write_failed", (error.strerror or "unknown error").lower()))
    return RunError(code, f"{path} cannot be written: {reason}.", where=str(path))
