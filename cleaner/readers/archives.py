"""Pages in zip and tar archives, one after the other, without unpacking anything to the disk."""

from __future__ import annotations

import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from cleaner.errors import InputError
from cleaner.readers.reading import Reading

__all__ = ["Part", "read_tar", "read_zip", "safe_name"]

Part = tuple[str, str, bytes | InputError]
"""Name of a member as it stands in the archive, where it is, and its bytes or why they cannot be had."""

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
                yield info.filename, f"byte {info.header_offset:,}", _too_large(where, info.filename, inflated, size)
                return
            yield info.filename, f"byte {info.header_offset:,}", data


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
    """Yield the members of an archive without a table, by their own headers, then what is wrong with the rest."""
    at, inflated = 0, 0
    while True:
        file.seek(at)
        header = file.read(_LOCAL_HEADER.size)
        if len(header) < _LOCAL_HEADER.size or header[:4] != b"PK\3\4":
            break
        _, _, flags, method, _, _, crc, packed, _, name_length, extra_length = _LOCAL_HEADER.unpack(header)
        name = file.read(name_length).decode("utf-8" if flags & 0x800 else "cp437", "replace")
        start = at + _LOCAL_HEADER.size + name_length + extra_length
        file.seek(start)
        found = _rescue_member(file, method, packed if not flags & 8 else None, crc, reading)
        if flags & 1 or found is None:
            break
        data, length = found
        inflated += len(data)
        if not name.endswith("/"):
            yield name, f"byte {at:,}", _within_limit(data, f"{where}, member {name}", reading)
        if inflated > max(_RATIO_FROM_BYTES, reading.max_ratio * size):
            yield name, f"byte {at:,}", _too_large(where, name, inflated, size)
            return
        at = start + length
        if flags & 8:
            file.seek(at)
            at += 16 if file.read(4) == b"PK\7\x08" else 12
    code = "truncated_input" if at else "corrupt_input"
    message = f"{where} is a damaged zip archive ({why}). What stands before byte {at:,} was read, the rest was not."
    yield "rest", f"byte {at:,}", InputError(code, message, where=where)


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
    """A header of a tar archive; remembers why there is no further one, since TarFile takes damage for the end."""

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> Any:
        """Read the next header."""
        try:
            return super().fromtarfile(tarfile)
        except Exception as error:
            tarfile.ending = error  # type: ignore[attr-defined]
            raise


def read_tar(file: BinaryIO, *, where: str, reading: Reading) -> Iterator[Part]:
    """Yield the regular files of a tar archive as they come; links, devices and folders are passed over.

    Where the archive is cut or damaged, the last part is an InputError; what the stream itself raises is passed on.
    """
    at = 0
    try:
        with tarfile.open(fileobj=file, mode="r|", tarinfo=_WatchedInfo) as archive:
            while (info := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined]  # else the memory grows with the archive
                at = info.offset
                if not info.isreg():
                    continue
                place = f"{where}, member {info.name}"
                if info.size > reading.limit_bytes:
                    yield info.name, f"byte {at:,}", _beyond_limit(place, reading)
                    continue
                member = archive.extractfile(info)
                assert member is not None  # noqa: S101 - for the type checker: it is a regular file
                data = member.read()
                if len(data) < info.size:
                    raise tarfile.ReadError("unexpected end of data")
                yield info.name, f"byte {at:,}", data
            ending = getattr(archive, "ending", None)
            if type(ending).__name__ == "EOFHeaderError":
                return
            at = archive.offset
            why = "it ends" if type(ending).__name__ == "EmptyHeaderError" else str(ending)
            raise tarfile.ReadError(why)
    except (tarfile.TarError, ValueError, EOFError, OverflowError) as error:
        code = "truncated_input" if "end" in str(error) or "truncated" in str(error) else "corrupt_input"
        message = (
            f"{where} is a damaged tar archive ({error}). What stands before byte {at:,} was read, the rest was not."
        )
        yield "rest", f"byte {at:,}", InputError(code, message, where=where)


_UNSAFE = re.compile(r"[\x00-\x1f\x7f:*?\"<>|]")


def safe_name(name: str) -> str:
    r"""Return the name of a member as a path that stays below a folder on every system; never ''.

    >>> safe_name("/etc/../../pass\nwd"), safe_name("a\\b.html"), safe_name("..")
    ('etc/pass_wd', 'a/b.html', 'unnamed')
    """
    steps = [_UNSAFE.sub("_", step).rstrip(". ") for step in name.replace("\\", "/").split("/")]
    return "/".join(step for step in steps if step) or "unnamed"
