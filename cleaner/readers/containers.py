"""The pages inside a file that holds many: archives, WARC files and tables, compressed or not, one inside another."""

from __future__ import annotations

import dataclasses
import io
import unicodedata
from collections.abc import Iterator
from typing import BinaryIO

from cleaner.errors import InputError
from cleaner.readers.archives import Part, read_tar, read_zip, safe_name
from cleaner.readers.compressed import compression_of, inflate_bytes, open_inflated
from cleaner.readers.names import CONTAINERS, Kind, content_says, file_suffix, suffix_says
from cleaner.readers.reading import Member, Reading
from cleaner.readers.tables import read_csv, read_jsonl, read_parquet
from cleaner.readers.warc import read_warc

__all__ = ["read_members"]

_DEPTH = 3
"""How many containers may stand one inside another: a table in a zip in a tar."""

_SNIFFED_BYTES = 1024


def read_members(file: BinaryIO, kind: Kind, *, where: str, size: int, reading: Reading) -> Iterator[Member]:
    """Yield the documents of a container in its order, numbered from 1; what cannot be read becomes one with an error.

    ``size`` counts the bytes of the file, ``where`` names it in messages. Memory is bounded by the largest member.
    Raises SetupError ``missing_extra``.
    """
    number = 0
    try:
        for member in _read(file, kind, where=where, size=size, reading=reading, depth=1):
            number += 1
            yield dataclasses.replace(member, position=number)
            if number >= reading.max_members:
                message = f"{where} has more than {reading.max_members:,} documents. The rest was not read."
                raise InputError("too_many_members", message, where=where)
    except InputError as error:
        place = f"document {number + 1:,}"
        yield Member(name=f"rest-{number + 1}", position=number + 1, where=place, error=error)


def _read(file: BinaryIO, kind: Kind, *, where: str, size: int, reading: Reading, depth: int) -> Iterator[Member]:
    if kind in ("zip", "parquet"):  # they are read from their end, so a compressed one must be in memory
        compression = compression_of(file.read(8), where)
        file.seek(0)
        if compression:
            data = inflate_bytes(file.read(), compression, limit=reading.inflated_bytes, where=where)
            file, size = io.BytesIO(data), len(data)
        if kind == "parquet":
            return read_parquet(file, where=where, reading=reading)
        return _parts(read_zip(file, where=where, size=size, reading=reading), where, reading, depth)
    stream, _ = open_inflated(file, where, where=where, max_ratio=reading.max_ratio)
    if kind == "tar":
        return _parts(read_tar(stream, where=where, reading=reading), where, reading, depth)
    read = {"warc": read_warc, "jsonl": read_jsonl, "csv": read_csv}[kind]
    return read(stream, where=where, reading=reading)


def _parts(parts: Iterator[Part], where: str, reading: Reading, depth: int) -> Iterator[Member]:
    """Make members of the parts of an archive; containers among them are opened in their turn."""
    names: set[int] = set()
    for number, (path, place, data, changed_at) in enumerate(parts, 1):
        name = _unique(safe_name(path), number, names)
        if isinstance(data, InputError):
            yield Member(name=name, position=0, where=place, error=data)
            continue
        kind = _kind(path, data)
        if kind in CONTAINERS:
            yield from _nested(data, kind, name, f"{where}, member {path}", reading, depth)
        elif kind == "other":
            suffix = file_suffix(path) or "no suffix"
            yield Member(name=name, position=0, where=place, passed_over=suffix)
        else:
            yield Member(name=name, position=0, where=place, data=data, fetched_at=changed_at)


def _nested(data: bytes, kind: Kind, name: str, where: str, reading: Reading, depth: int) -> Iterator[Member]:
    try:
        if depth >= _DEPTH:
            message = f"{where} is a container inside {depth} others, and was not opened. Unpack the outer ones."
            raise InputError("nested_too_deep", message, where=where)
        inner = _read(io.BytesIO(data), kind, where=where, size=len(data), reading=reading, depth=depth + 1)
        for member in inner:
            yield dataclasses.replace(member, name=f"{name}/{member.name}")
    except InputError as error:
        yield Member(name=f"{name}/rest", position=0, where=error.where or where, error=error)


def _kind(path: str, data: bytes) -> Kind:
    """Tell what a member is by its name, else by its first bytes."""
    kind = suffix_says(file_suffix(path))
    if kind != "unknown":
        return kind
    head = data[:_SNIFFED_BYTES]
    compression = compression_of(head)
    if compression:
        try:
            head = inflate_bytes(data[:_SNIFFED_BYTES], compression, limit=10_000_000, where=path, is_cut=True)
        except InputError:
            return "page"  # whatever is wrong with it is said when it is read
    return content_says(head)


def _unique(name: str, number: int, names: set[int]) -> str:
    """Return the name, with its number behind it when another member of the archive has the same on some system."""
    key = hash(unicodedata.normalize("NFC", name).casefold())
    if key in names:
        name = f"{name}~{number}"
        key = hash(name)
    names.add(key)
    return name
