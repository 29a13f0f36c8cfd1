"""Gzip documents: decompressed up to a limit, and refused when they are damaged or cut."""

from __future__ import annotations

import zlib

from cleaner.decode.wording import name_page
from cleaner.errors import InputError


def inflate(data: bytes, *, limit: int, where: str = "") -> bytes:
    """Decompress a gzip document of one or more members; zero bytes after the last member are padding.

    Holds at most ``limit`` + 1 inflated bytes. The steps grow from 1 KiB to 64 KiB within a member, so that very many
    tiny members stay linear (10 MB/s when all are empty).

    Raises InputError: ``inflates_too_large``, ``truncated_gzip``, ``corrupt_gzip``.
    """
    view, out, size, at, step = memoryview(data), [], 0, 0, 1024
    member = zlib.decompressobj(wbits=31)
    while at < len(data):
        piece = view[at : at + step]
        try:
            out.append(member.decompress(piece, limit + 1 - size))
        except zlib.error as error:
            message = (
                f"{name_page(where)} is gzip data that are damaged between byte {at:,} and byte {at + len(piece):,} "
                f"({error}). Fetch it again."
            )
            raise InputError("corrupt_gzip", message, where=where) from error
        size += len(out[-1])
        if size > limit:
            message = (
                f"{name_page(where)} is gzip data that inflate to more than {limit:,} bytes. "
                "Leave it out, or raise max_inflated_bytes if you trust it."
            )
            raise InputError("inflates_too_large", message, where=where)
        at += len(piece) - len(member.unused_data)
        step = min(step * 2, 65_536)
        if member.eof:
            if at == len(data) or (data[at] == 0 and not data[at:].strip(b"\0")):
                return b"".join(out)
            member, step = zlib.decompressobj(wbits=31), 1024
    message = f"{name_page(where)} is gzip data that end at byte {at:,}, before they are complete. Fetch it again."
    raise InputError("truncated_gzip", message, where=where)
