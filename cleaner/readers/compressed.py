"""Undo gzip, bzip2, xz, zstandard and brotli as a stream: bounded memory, and what is cut or damaged is said.

A format is known by its first bytes; brotli has no such mark and is known by the suffix ``.br``.
"""

from __future__ import annotations

import bz2
import functools
import importlib
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Literal, Protocol

from cleaner.errors import InputError, SetupError

__all__ = ["Compression", "compression_of", "inflate_bytes", "open_inflated", "require", "skip_damage"]

Compression = Literal["gzip", "bzip2", "xz", "zstandard", "brotli", ""]

_MARKS: tuple[tuple[bytes, Compression], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstandard"),
)

_STEP_BYTES = 4 * 1024
"""How much is inflated in one go: what stands so much before a damaged place is lost with it, where nothing checks
smaller parts."""

_PIECE_BYTES = 1 << 20
"""How much is inflated at once, at most; zstandard, which has no such limit, is fed few bytes instead."""

_ZSTD_STEP_BYTES = 512
"""A zstandard block of 4 bytes can stand for 128 KiB of the same letter, so that 512 bytes give 16 MiB at most."""

_XZ_MEMORY_BYTES = 128 << 20
_ZSTD_WINDOW_BYTES = 1 << 27
"""What a file may ask for to be inflated: 128 MiB, the most that the command line tools write by default or with
``--long`` without being asked for more."""

_GZIP_MEMBER = b"\x1f\x8b\x08"
"""gzip's mark and the only method there is."""

_KEPT_BYTES = 1 << 20
"""How far back the next stream is looked for, when one turns out to be damaged."""

_RATIO_FROM_BYTES = 100_000_000
"""Below this size nothing is called a bomb, however well it was compressed."""


class _Codec(Protocol):
    """One stream being inflated."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what ``data`` inflates to, piece by piece."""

    @property
    def is_finished(self) -> bool:
        """Whether the end of the stream was met."""

    @property
    def unused(self) -> bytes:
        """What was fed behind the end of the stream."""


def compression_of(head: bytes, name: str = "") -> Compression:
    r"""Tell by its first bytes how something is compressed; '' when it is not.

    >>> compression_of(b"\x1f\x8b\x08"), compression_of(b"<html>"), compression_of(b"\x0b", "b.html.br")
    ('gzip', '', 'brotli')
    """
    for mark, compression in _MARKS:
        if head.startswith(mark):
            return compression
    return "brotli" if name.lower().endswith(".br") else ""


def inflate_bytes(data: bytes, compression: Compression, *, limit: int, where: str, is_cut: bool = False) -> bytes:
    """Return what a document inflates to; of one that ``is_cut``, what there is.

    Raises InputError (``inflates_too_large``, ``truncated_input``, ``corrupt_input``) or SetupError
    (``missing_extra``).
    """
    out, size = [], 0
    for piece in _inflate(io.BytesIO(data), compression, where, is_cut=is_cut):
        size += len(piece)
        if size > limit:
            raise InputError(
                "inflates_too_large",
                f"{where} is {compression} data that inflate to more than {limit:,} bytes. "
                "Leave it out, or raise max_inflated_bytes if you trust it.",
                where=where,
            )
        out.append(piece)
    return b"".join(out)


def open_inflated(file: BinaryIO, name: str, *, where: str, max_ratio: int) -> tuple[io.BufferedReader, Compression]:
    """Return a stream of what a file inflates to, or the file itself when it is not compressed, and the compression.

    Reading from it raises InputError (``truncated_input``, ``corrupt_input``) where the data end or are damaged, and
    ``inflates_too_large`` once there are more than ``max_ratio`` times the bytes read (beyond 100 MB).
    """
    source: Any = file if hasattr(file, "peek") else io.BufferedReader(file, 1 << 16)
    compression = compression_of(source.peek(8)[:8], name)
    if not compression:
        return source, ""
    stream = _InflatedStream(source, compression, where, max_ratio)
    return io.BufferedReader(stream, _PIECE_BYTES), compression


def skip_damage(stream: io.BufferedReader, *, begins: bytes) -> tuple[io.BufferedReader, int, int] | None:
    """Return a stream that goes on behind a damaged place, and which bytes of the compressed file are left out.

    ``stream`` is one of :func:`open_inflated` that raised ``corrupt_input``; it is of no use any more. Files of many
    compressed streams, one behind the other, can be entered at the next one: it is taken for one when what it inflates
    to begins with ``begins``. None when there is no further one, or the compression has no mark to look for.
    """
    raw = stream.detach()
    if not isinstance(raw, _InflatedStream):
        return None
    damaged = raw.source.begun
    at = raw.skip(begins)
    return None if at < 0 else (io.BufferedReader(raw, _PIECE_BYTES), damaged, at)


class _InflatedStream(io.RawIOBase):
    """A file that gives what another one inflates to."""

    def __init__(self, source: Any, compression: Compression, where: str, max_ratio: int) -> None:
        self.source = _Rereadable(source)
        self.inflate = functools.partial(_inflate, self.source, compression, where, max_ratio=max_ratio)
        self.compression, self.where = compression, where
        self.pieces = self.inflate()
        self.rest = b""
        self.given = 0
        """Bytes that came out so far."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self.rest:
            piece = next(self.pieces, None)
            if piece is None:
                return 0
            self.rest = piece
        size = min(len(buffer), len(self.rest))
        buffer[:size] = self.rest[:size]
        self.rest = self.rest[size:]
        self.given += size
        return size

    def skip(self, begins: bytes) -> int:
        """Go to the next stream that inflates to what begins so; return its place in the file, -1 without one."""
        marks = {"gzip": _GZIP_MEMBER, "zstandard": b"\x28\xb5\x2f\xfd"}  # crawlers write one for each record

        def is_one(head: bytes) -> bool:
            if self.compression == "zstandard":
                return True  # nothing comes out before 128 KiB are in, and four bytes are no accident
            try:
                return zlib.decompressobj(wbits=31).decompress(head, len(begins)) == begins
            except zlib.error:
                return False

        if self.compression not in marks:
            return -1
        at = self.source.find(marks[self.compression], is_one)
        self.pieces, self.rest = self.inflate(), b""
        return at


class _Rereadable:
    """A compressed file of which the bytes since the beginning of a stream can be read once more, to look for the next.

    Only the last ``_KEPT_BYTES`` of them are kept: damage shows soon behind it.
    """

    def __init__(self, source: BinaryIO) -> None:
        self.source = source
        self.data = bytearray()
        self.begun = self.start = self.at = 0
        """Places in the file: where the stream begins, of the first byte that is kept, of the one to be read next."""

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most so many."""
        held = self.at - self.start
        if held >= len(self.data):
            self.data += self.source.read(size)
            surplus = len(self.data) - _KEPT_BYTES
            if surplus > 0:
                del self.data[:surplus]
                self.start, held = self.start + surplus, held - surplus
        piece = bytes(self.data[held : held + size])
        self.at += len(piece)
        return piece

    def begin(self, at: int) -> None:
        """Note that a stream begins here: what stands before it is not needed any more."""
        self.begun = at
        self.forget(at)

    def forget(self, at: int) -> None:
        """Keep what stands from here on."""
        del self.data[: at - self.start]
        self.start = at

    def find(self, mark: bytes, is_one: Callable[[bytes], bool]) -> int:
        """Go to the next place behind ``start`` where ``mark`` stands and ``is_one`` agrees; -1 without one."""
        self.forget(self.start + 1)
        is_all = False
        while True:
            found = self.data.find(mark)
            if found < 0 or (len(self.data) - found < _STEP_BYTES and not is_all):
                if is_all:
                    return -1
                self.forget(self.start + (max(0, len(self.data) - len(mark) + 1) if found < 0 else found))
                piece = self.source.read(_STEP_BYTES)
                self.data += piece
                is_all = not piece
                continue
            self.forget(self.start + found)
            if is_one(bytes(self.data[:_STEP_BYTES])):
                self.at = self.start
                return self.start
            self.forget(self.start + 1)


def _inflate(
    source: BinaryIO | _Rereadable, compression: Compression, where: str, *, max_ratio: int = 0, is_cut: bool = False
) -> Iterator[bytes]:
    """Yield what a compressed file of one or more streams inflates to; zero bytes behind them are padding."""
    make, faults = _codecs(compression, where)
    codec, at, size, is_padded = make(), getattr(source, "at", 0), 0, False
    step = _ZSTD_STEP_BYTES if compression == "zstandard" else _STEP_BYTES
    is_begun = False
    begin = getattr(source, "begin", lambda _: None)
    while data := source.read(step):
        at += len(data)
        while data:
            if not is_begun and not is_padded:
                begin(at - len(data))
            if not is_begun and compression != "brotli" and at > len(data) and not data.strip(b"\0"):
                is_padded, data = True, b""
                continue
            if is_padded:
                raise _corrupt(where, compression, at, "there is something behind its end")
            is_begun = True
            try:
                for piece in codec.feed(data):
                    size += len(piece)
                    if max_ratio and size > max(_RATIO_FROM_BYTES, max_ratio * at):
                        raise _bomb(where, compression, at, size, max_ratio)
                    yield piece
            except faults as error:
                raise _corrupt(where, compression, at, str(error)) from error
            data = b""
            if codec.is_finished:
                data, codec, is_begun = codec.unused, make(), False
    if is_begun and not is_cut:
        raise InputError(
            "truncated_input",
            f"{where} is {compression} data that end at byte {at:,}, before they are complete. Fetch it again.",
            where=where,
        )


def _corrupt(where: str, compression: str, at: int, why: str) -> InputError:
    return InputError(
        "corrupt_input",
        f"{where} is {compression} data that are damaged before byte {at:,} ({why}). Fetch it again.",
        where=where,
    )


def _bomb(where: str, compression: str, at: int, size: int, max_ratio: int) -> InputError:
    return InputError(
        "inflates_too_large",
        f"{where} is {compression} data of which {at:,} bytes inflate to {size:,}, more than {max_ratio} times that.",
        where=where,
    )


def _codecs(compression: Compression, where: str) -> tuple[Callable[[], _Codec], tuple[type[Exception], ...]]:
    """Return what makes a codec for one stream, and the exceptions it raises for damaged data."""
    if compression == "gzip":
        return _Gzip, (zlib.error,)
    if compression == "bzip2":
        return lambda: _Limited(bz2.BZ2Decompressor()), (OSError, ValueError)
    if compression == "xz":
        return lambda: _Limited(lzma.LZMADecompressor(memlimit=_XZ_MEMORY_BYTES)), (lzma.LZMAError,)
    if compression == "zstandard":
        zstandard = require("zstandard", "compression", where)
        return lambda: _Zstandard(zstandard), (zstandard.ZstdError,)
    brotli = require("brotli", "compression", where)
    return lambda: _Brotli(brotli), (brotli.error,)


def require(module: str, extra: str, where: str) -> Any:
    """Import an optional library. Raises SetupError ``missing_extra`` that says how to install it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise SetupError(
            "missing_extra", f"{where} needs {module}. Try: pip install 'article-cleaner[{extra}]'", where=where
        ) from error


class _Gzip:
    """zlib's inflater, a limited piece at a time."""

    def __init__(self) -> None:
        self.inner = zlib.decompressobj(wbits=31)

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data and not self.inner.eof:
            yield self.inner.decompress(data, _PIECE_BYTES)
            data = self.inner.unconsumed_tail

    @property
    def is_finished(self) -> bool:
        return self.inner.eof

    @property
    def unused(self) -> bytes:
        return self.inner.unused_data


class _Limited:
    """bzip2 and xz of the standard library, a limited piece at a time."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def feed(self, data: bytes) -> Iterator[bytes]:
        yield self.inner.decompress(data, _PIECE_BYTES)
        while not (self.inner.eof or self.inner.needs_input):
            yield self.inner.decompress(b"", _PIECE_BYTES)

    @property
    def is_finished(self) -> bool:
        return bool(self.inner.eof)

    @property
    def unused(self) -> bytes:
        return bytes(self.inner.unused_data)


class _Zstandard:
    """One frame of zstandard."""

    def __init__(self, library: Any) -> None:
        self.inner = library.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES).decompressobj()

    def feed(self, data: bytes) -> Iterator[bytes]:
        yield self.inner.decompress(data)

    @property
    def is_finished(self) -> bool:
        return bool(self.inner.eof)

    @property
    def unused(self) -> bytes:
        return bytes(self.inner.unused_data)


class _Brotli:
    """One stream of brotli; nothing may stand behind it."""

    unused = b""

    def __init__(self, library: Any) -> None:
        self.inner = library.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        piece = self.inner.process(data, output_buffer_limit=_PIECE_BYTES)
        while piece or not self.inner.can_accept_more_data():
            yield piece
            piece = b"" if self.inner.is_finished() else self.inner.process(b"", output_buffer_limit=_PIECE_BYTES)

    @property
    def is_finished(self) -> bool:
        return bool(self.inner.is_finished())
