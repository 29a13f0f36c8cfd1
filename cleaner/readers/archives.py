"""Pages in zip and tar archives, one after the other, without unpacking anything to the disk."""

from __future__ import annotations

import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any, BinaryIO, NamedTuple

from cleaner.errors import InputError
from cleaner.readers.reading import Reading

__all__ = ["Part", "read_tar", "read_zip", "safe_name"]


class Part(NamedTuple):
    """A member of an archive."""

    name: str
    """As it stands in the archive."""
    where: str
    data: bytes | InputError
    """Its bytes, or why they cannot be had."""
    changed_at: str = ""
    """When its content last changed, ISO 8601; '' when the archive does not say."""


_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
"""A member's header in a zip: signature, version, flags, method, time, date, CRC, two sizes, two lengths."""

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What zipfile raises for damaged, encrypted and unknown members."""

_RATIO_FROM_BYTES = 100_000_000

_LOCAL_MARK = b"PK\3\4"
_STEP_BYTES = 64 * 1024

_MAX_TRIES = 1_000
"""Damaged places in a zip without a table, after which it is left alone: each may be tried to its end in vain."""


def read_zip(file: BinaryIO, *, where: str, size: int, reading: Reading) -> Iterator[Part]:
    """Yield the members of a zip archive in the order of its table; of one that is cut, those that are whole.

    Members beyond the limit of a page, encrypted or damaged ones are yielded with an InputError. Once all together
    are more than ``reading.max_ratio`` times the archive (``size`` bytes), the last one is ``inflates_too_large``.
    """
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGE as error:
        file.seek(0)
        yield from _rescue_zip(file, where=where, size=size, reading=reading, why=str(error))
        return
    inflated = 0
    with archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            data = _zip_member(archive, info, where=where, reading=reading)
            inflated += len(data) if isinstance(data, bytes) else 0
            if inflated > max(_RATIO_FROM_BYTES, reading.max_ratio * size):
                yield Part(
                    info.filename, f"byte {info.header_offset:,}", _too_large(where, info.filename, inflated, size)
                )
                return
            yield Part(info.filename, f"byte {info.header_offset:,}", data, _zip_time(info))


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, where: str, reading: Reading) -> bytes | InputError:
    place = f"{where}, member {info.filename}"
    if info.flag_bits & 1:
        return InputError("encrypted_member", f"{place} is encrypted. Unpack it with its password.", where=where)
    try:
        with archive.open(info) as member:
            data = member.read(reading.limit_bytes + 1)
    except _DAMAGE as error:
        return InputError("corrupt_input", f"{place} (byte {info.header_offset:,}) is damaged: {error}.", where=where)
    return _within_limit(data, place, reading)


def _zip_time(info: zipfile.ZipInfo) -> str:
    """Return the time of a member, in the unnamed zone of whoever packed it; damaged ones are no days at all."""
    try:
        return datetime(*info.date_time).isoformat()
    except ValueError:
        return ""


def _within_limit(data: bytes, place: str, reading: Reading) -> bytes | InputError:
    return data if len(data) <= reading.limit_bytes else _beyond_limit(place, reading)


def _beyond_limit(place: str, reading: Reading) -> InputError:
    message = f"{place} is larger than {reading.limit_bytes:,} bytes. Raise max_page_bytes if it is one page."
    return InputError("page_too_large", message, where=place)


def _too_large(where: str, name: str, inflated: int, size: int) -> InputError:
    return InputError(
        "inflates_too_large",
        f"{where} has {size:,} bytes, but its members up to {name} inflate to {inflated:,}. The rest was not read.",
        where=where,
    )


def _rescue_zip(file: BinaryIO, *, where: str, size: int, reading: Reading, why: str) -> Iterator[Part]:
    """Yield the members of an archive without a table, by their own headers, and what lies between them and is none."""
    at = inflated = tries = 0
    while True:
        found = _rescue_at(file, at, reading)
        if found is None:
            start, at = at, _next_header(file, at + 1) if tries < _MAX_TRIES else -1
            tries += 1
            name = "rest" if at < 0 else f"damaged-{start}"
            yield Part(name, f"byte {start:,}", _zip_damage(where, start, at, why))
            if at < 0:
                return
            continue
        name, data, behind = found
        inflated += len(data)
        if not name.endswith("/"):
            yield Part(name, f"byte {at:,}", _within_limit(data, f"{where}, member {name}", reading))
        if inflated > max(_RATIO_FROM_BYTES, reading.max_ratio * size):
            yield Part(name, f"byte {at:,}", _too_large(where, name, inflated, size))
            return
        at = behind


def _zip_damage(where: str, start: int, end: int, why: str) -> InputError:
    """Return what is wrong with the bytes from ``start``; ``end`` is the next member, -1 when there is none."""
    if end < 0:
        code = "truncated_input" if start else "corrupt_input"
        message = (
            f"{where} is a damaged zip archive ({why}). What stands before byte {start:,} was read, the rest was not."
        )
        return InputError(code, message, where=where)
    message = (
        f"{where} is a damaged zip archive ({why}). Between byte {start:,} and byte {end:,} nothing could be read."
    )
    return InputError("corrupt_input", message, where=where)


def _rescue_at(file: BinaryIO, at: int, reading: Reading) -> tuple[str, bytes, int] | None:
    """Return name and content of the member of which the header stands at ``at``, and where it ends."""
    file.seek(at)
    header = file.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size or not header.startswith(_LOCAL_MARK):
        return None
    _, _, flags, method, _, _, crc, packed, _, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    name = file.read(name_length).decode("utf-8" if flags & 0x800 else "cp437", "replace")
    start = at + _LOCAL_HEADER.size + name_length + extra_length
    file.seek(start)
    found = None if flags & 1 else _rescue_member(file, method, packed if not flags & 8 else None, crc, reading)
    if found is None:
        return None
    data, length = found
    behind = start + length
    if flags & 8:
        file.seek(behind)
        behind += 16 if file.read(4) == b"PK\7\x08" else 12
    return name, data, behind


def _next_header(file: BinaryIO, at: int) -> int:
    """Return where the next header of a member may stand; -1 when there is none."""
    file.seek(at)
    held = b""
    while piece := file.read(_STEP_BYTES):
        held += piece
        found = held.find(_LOCAL_MARK)
        if found >= 0:
            return at + found
        at, held = at + len(held) - 3, held[-3:]
    return -1


def _rescue_member(
    file: BinaryIO, method: int, packed: int | None, crc: int, reading: Reading
) -> tuple[bytes, int] | None:
    """Return the content of a member and its packed length; None when it is cut, damaged or of an unknown method."""
    if method == zipfile.ZIP_STORED and packed is not None:
        data = file.read(packed) if packed <= reading.limit_bytes else b""
        return (data, packed) if len(data) == packed and zlib.crc32(data) == crc else None
    if method != zipfile.ZIP_DEFLATED:
        return None
    inner, out, length = zlib.decompressobj(-15), b"", 0
    try:
        while not inner.eof and len(out) <= reading.limit_bytes:
            piece = file.read(65_536)
            if not piece:
                return None
            out += inner.decompress(piece, reading.limit_bytes + 1 - len(out))
            length += len(piece)
    except zlib.error:
        return None
    if not inner.eof or (packed is not None and zlib.crc32(out) != crc):
        return None
    return out, length - len(inner.unused_data)


class _WatchedInfo(tarfile.TarInfo):
    """A header of a tar archive; keeps in mind on the archive what was met that is none, since the last one."""

    @classmethod
    def fromtarfile(cls, tarfile: Any) -> Any:
        """Read the next header."""
        try:
            return super().fromtarfile(tarfile)
        except Exception as error:
            tarfile.met = getattr(tarfile, "met", {})
            tarfile.met.setdefault(type(error).__name__, (tarfile.offset, str(error)))
            raise


def read_tar(file: BinaryIO, *, where: str, reading: Reading) -> Iterator[Part]:
    """Yield the regular files of a tar archive as they come; links, devices and folders are passed over.

    Blocks that are no header where one is due become an InputError, and reading goes on at the next header. Where the
    archive is cut, the last part is an InputError; what the stream itself raises is passed on.
    """
    at = 0
    try:
        with tarfile.open(fileobj=file, mode="r|", tarinfo=_WatchedInfo, ignore_zeros=True) as archive:
            while (info := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined]  # else the memory grows with the archive
                lost, why = getattr(archive, "met", {}).get("InvalidHeaderError", (-1, ""))
                if lost >= 0:
                    yield Part(f"damaged-{lost}", f"byte {lost:,}", _tar_damage(where, why, lost, info.offset))
                archive.met, at = {}, info.offset  # type: ignore[attr-defined]
                if not info.isreg():
                    continue
                place = f"{where}, member {info.name}"
                if info.size > reading.limit_bytes:
                    yield Part(info.name, f"byte {at:,}", _beyond_limit(place, reading))
                    continue
                member = archive.extractfile(info)
                assert member is not None  # noqa: S101 - for the type checker: it is a regular file
                data = member.read()
                if len(data) < info.size:
                    raise tarfile.ReadError("unexpected end of data")
                yield Part(info.name, f"byte {at:,}", data, _tar_time(info))
            kind, (at, why) = next(iter(archive.met.items()))  # type: ignore[attr-defined]
            if kind != "EOFHeaderError":  # the blocks of zeros that end an archive
                raise tarfile.ReadError("it ends" if kind == "EmptyHeaderError" else why)
    except (tarfile.TarError, ValueError, EOFError, OverflowError) as error:
        yield Part("rest", f"byte {at:,}", _tar_damage(where, str(error), at))


def _tar_time(info: tarfile.TarInfo) -> str:
    try:
        return datetime.fromtimestamp(info.mtime, tz=timezone.utc).isoformat(timespec="seconds")
    except (OSError, OverflowError, ValueError):
        return ""


def _tar_damage(where: str, why: str, start: int, end: int = -1) -> InputError:
    """Return what is wrong with the bytes from ``start``; ``end`` is the next header, -1 when there is none."""
    if end >= 0:
        message = f"{where} is a damaged tar archive ({why}). Between byte {start:,} and byte {end:,} nothing was read."
        return InputError("corrupt_input", message, where=where)
    code = "truncated_input" if "end" in why or "truncated" in why else "corrupt_input"
    message = f"{where} is a damaged tar archive ({why}). What stands before byte {start:,} was read, the rest was not."
    return InputError(code, message, where=where)


_UNSAFE = re.compile(r"[\x00-\x1f\x7f:*?\"<>|]")


def safe_name(name: str) -> str:
    r"""Return the name of a member as a path that stays below a folder on every system; never ''.

    >>> safe_name("/etc/../../pass\nwd"), safe_name("a\\b.html"), safe_name("..")
    ('etc/pass_wd', 'a/b.html', 'unnamed')
    """
    steps = [_UNSAFE.sub("_", step).rstrip(". ") for step in name.replace("\\", "/").split("/")]
    return "/".join(step for step in steps if step) or "unnamed"
