"""Damaged files of every kind: what can be read is read, and the rest is named with its position."""

from __future__ import annotations

import bz2
import contextlib
import csv
import gzip
import io
import itertools
import json
import lzma
import random
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import brotli
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.errors import CleanerError, InputError
from cleaner.pipeline import clean
from cleaner.readers import Found, Reading, members, read, read_member, scan
from cleaner.readers.names import Kind

DOCUMENTS = 12
TEXTS = [f"<p>{number} {random.Random(number).randbytes(3000).hex()}</p>" for number in range(DOCUMENTS)]
"""Pages that hardly compress, so that a place in the compressed file is a place in the text."""

ROWS = [{"id": f"r{number}", "html": text} for number, text in enumerate(TEXTS)]


def zip_of(method: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for number, text in enumerate(TEXTS):
            archive.writestr(f"{number}.html", text)
    return data.getvalue()


def tar() -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for number, text in enumerate(TEXTS):
            info = tarfile.TarInfo(f"{number}.html")
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return data.getvalue()


def records() -> Iterator[bytes]:
    for number, text in enumerate(TEXTS):
        block = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()
        yield (
            (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/{number}\r\n"
                f"Content-Length: {len(block)}\r\n\r\n"
            ).encode()
            + block
            + b"\r\n\r\n"
        )


def jsonl() -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in ROWS).encode()


def table() -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, ["id", "html"], quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(ROWS)
    return text.getvalue().encode()


def parquet() -> bytes:
    data = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), data, row_group_size=3, compression="gzip", use_dictionary=False)
    return data.getvalue()


zstd = zstandard.ZstdCompressor(write_checksum=True).compress

MAKE: dict[str, Callable[[], bytes]] = {
    "warc": lambda: b"".join(records()),
    "warc.gz": lambda: b"".join(map(gzip.compress, records())),
    "one.warc.gz": lambda: gzip.compress(b"".join(records())),
    "warc.zst": lambda: b"".join(map(zstd, records())),
    "zip": zip_of,
    "stored.zip": lambda: zip_of(zipfile.ZIP_STORED),
    "tar": tar,
    "tar.gz": lambda: gzip.compress(tar()),
    "tar.zst": lambda: zstd(tar()),
    "jsonl": jsonl,
    "jsonl.gz": lambda: gzip.compress(jsonl()),
    "jsonl.zst": lambda: zstd(jsonl()),
    "jsonl.bz2": lambda: bz2.compress(jsonl(), 1),
    "jsonl.xz": lambda: lzma.compress(jsonl()),
    "jsonl.br": lambda: brotli.compress(jsonl()),
    "csv": table,
    "csv.gz": lambda: gzip.compress(table()),
    "parquet": parquet,
}


def cut(data: bytes) -> bytes:
    """Lose the end, from the middle of the eighth of twelve documents on."""
    return data[: len(data) * 15 // 24]


def flip(data: bytes) -> bytes:
    """Change forty bytes a little before the middle of the eighth document."""
    at = len(data) * 15 // 24 - 20
    return data[:at] + bytes(byte ^ 0x5A for byte in data[at : at + 40]) + data[at + 40 :]


def hole(data: bytes) -> bytes:
    """Have zeros for some of the eighth document, as a disk gives them for a part it lost."""
    at = len(data) * 15 // 24 - 1000
    return data[:at] + bytes(2000) + data[at + 2000 :]


def headless(data: bytes) -> bytes:
    """Damage the table of a zip, so that only the members themselves tell where they are, and then the eighth."""
    return flip(data[: data.index(b"PK\1\2")] + data[data.index(b"PK\1\2") :].replace(b"PK\1\2", b"pk\1\2"))


ALL = set(range(DOCUMENTS))
BEFORE = set(range(7))
REST = ALL - {7}


class Case(NamedTuple):
    """A damaged file, and what comes of it."""

    name: str
    damage: Callable[[bytes], bytes]
    least: set[int]
    most: set[int]
    """What must be read, and what may be."""
    codes: list[str]
    """In order; runs of one count once."""
    says: str
    """Part of the last message."""


CASES = [
    Case("warc", cut, BEFORE, BEFORE, ["truncated_input"], "ends in the middle of the record at byte 43,"),
    Case("warc", flip, ALL - {7}, ALL, [], ""),  # nothing in a record tells that its text was changed
    Case("warc.gz", cut, BEFORE, BEFORE, ["truncated_input"], "end at byte {size}"),
    Case("warc.gz", flip, REST, REST, ["corrupt_input"], "is damaged from byte "),
    Case("warc.gz", hole, REST, REST, ["corrupt_input"], "is damaged from byte "),
    Case("one.warc.gz", cut, {0, 1, 2, 3, 4, 5}, BEFORE, ["truncated_input"], "end at byte {size}"),
    Case("one.warc.gz", flip, {0, 1, 2, 3, 4, 5}, ALL, ["corrupt_input"], "damaged before byte "),
    Case("warc.zst", cut, BEFORE, BEFORE, ["truncated_input"], "end at byte {size}"),
    Case("warc.zst", flip, REST, REST, ["corrupt_input"], "is damaged from byte "),
    Case("zip", cut, BEFORE, BEFORE, ["truncated_input"], "stands before byte "),
    Case("zip", flip, REST, REST, ["corrupt_input"], "member 7.html (byte "),
    Case("stored.zip", flip, REST, REST, ["corrupt_input"], "member 7.html (byte "),
    Case("zip", hole, REST, REST, ["corrupt_input"], "member 7.html (byte "),
    Case("zip", headless, REST, REST, ["corrupt_input", "truncated_input"], "stands before byte "),
    Case("tar", cut, BEFORE, BEFORE, ["truncated_input"], "stands before byte "),
    Case("tar", flip, REST, ALL, [], ""),
    Case("tar", hole, REST, ALL, [], ""),
    Case("tar.gz", cut, {0, 1, 2, 3, 4, 5}, BEFORE, ["truncated_input"], "end at byte {size}"),
    Case("tar.gz", flip, {0, 1, 2, 3, 4, 5}, ALL, ["corrupt_input"], "damaged before byte "),
    Case("tar.zst", cut, set(), BEFORE, ["truncated_input"], "end at byte {size}"),
    Case("tar.zst", flip, set(), ALL, ["corrupt_input"], "damaged before byte "),
    Case("jsonl", cut, BEFORE, BEFORE, ["truncated_input"], "line 8 (byte 42,"),
    Case("jsonl", flip, REST, ALL, [], ""),
    Case("jsonl", hole, REST, REST, ["corrupt_input"], "line 8 (byte 42,"),
    Case("jsonl.gz", cut, {0, 1, 2, 3, 4, 5}, BEFORE, ["truncated_input"], "end at byte {size}"),
    Case("jsonl.gz", flip, {0, 1, 2, 3, 4, 5}, ALL, ["corrupt_input"], "damaged before byte "),
    Case("jsonl.zst", cut, set(), BEFORE, ["truncated_input"], "end at byte {size}"),
    Case("jsonl.zst", flip, set(), ALL, ["corrupt_input"], "damaged before byte "),
    Case("jsonl.bz2", cut, set(), BEFORE, ["truncated_input"], "end at byte {size}"),
    Case("jsonl.bz2", flip, set(), ALL, ["corrupt_input"], "damaged before byte "),
    Case("jsonl.xz", cut, {0, 1, 2, 3, 4, 5}, BEFORE, ["truncated_input"], "end at byte {size}"),
    Case("jsonl.xz", flip, {0, 1, 2, 3, 4, 5}, ALL, ["corrupt_input"], "damaged before byte "),
    Case("jsonl.br", cut, set(), BEFORE, ["truncated_input"], "end at byte {size}"),
    Case("csv", cut, BEFORE, BEFORE, ["truncated_input"], "row 8 (line 9)"),
    Case("csv", hole, REST, ALL, [], ""),
    Case("csv.gz", cut, {0, 1, 2, 3, 4, 5}, BEFORE, ["truncated_input"], "end at byte {size}"),
    Case("csv.gz", flip, {0, 1, 2, 3, 4, 5}, ALL, ["corrupt_input"], "damaged before byte "),
    Case("parquet", cut, set(), set(), ["truncated_input"], "of which nothing can be read"),
    Case("parquet", flip, ALL - {6, 7, 8}, ALL - {7}, ["corrupt_input"], "rows 7 to 9 cannot be read"),
    Case("parquet", hole, ALL - {6, 7, 8}, ALL - {7}, ["corrupt_input"], "cannot be read"),
]


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.name}-{case.damage.__name__}") for case in CASES])
def test_what_can_be_read_is_read(tmp_path: Path, case: Case) -> None:
    """Documents outside the damaged place come as they were, in order; each loss is one error that says where."""
    data = case.damage(MAKE[case.name]())
    path = tmp_path / f"many.{case.name}"
    path.write_bytes(data)
    (found,) = scan([str(path)]).found
    whole, errors = [], []
    for member in members(found, Reading()):
        if member.error is not None:
            errors.append(member.error)
        elif member.data.decode("utf-8", "replace") in TEXTS:
            whole.append(TEXTS.index(member.data.decode("utf-8")))
    assert whole == sorted(whole)
    assert case.least <= set(whole) <= case.most
    assert [code for code, _ in itertools.groupby(error.code for error in errors)] == case.codes
    assert case.says.format(size=f"{len(data):,}") in (str(errors[-1]) if errors else "")
    assert {error.where for error in errors} <= {str(path)}


@pytest.mark.parametrize(
    ("suffix", "damage", "code"),
    [
        ("gz", cut, "truncated_gzip"),
        ("gz", flip, "corrupt_gzip"),
        ("bz2", cut, "truncated_input"),
        ("bz2", hole, "corrupt_input"),
        ("xz", cut, "truncated_input"),
        ("xz", flip, "corrupt_input"),
        ("zst", cut, "truncated_input"),
        ("zst", flip, "corrupt_input"),
        ("br", cut, "truncated_input"),
        ("br", hole, "corrupt_input"),
    ],
)
def test_a_damaged_page_is_one_error(tmp_path: Path, suffix: str, damage: Callable[[bytes], bytes], code: str) -> None:
    """Of one page a part would be taken for the whole, so that nothing of it is read."""
    pack = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstd, "br": brotli.compress}[suffix]
    path = tmp_path / f"page.html.{suffix}"
    path.write_bytes(damage(pack("".join(TEXTS[:3]).encode())))
    (found,) = scan([str(path)]).found
    with pytest.raises(InputError) as caught:
        clean(read(found, Reading()))
    assert caught.value.code == code
    assert "page.html" in str(caught.value)


def test_a_quote_that_is_not_closed_costs_two_rows(tmp_path: Path) -> None:
    """The row takes the next one in until a quote stands where none may; behind that all is read."""
    data = table()
    at = data.index(TEXTS[7].encode()) + len(TEXTS[7])
    (tmp_path / "many.csv").write_bytes(data[:at] + data[at + 1 :])
    (found,) = scan([str(tmp_path / "many.csv")]).found
    got = [member.error.code if member.error else member.id for member in members(found, Reading())]
    assert got == [*(f"r{number}" for number in range(7)), "corrupt_input", *(f"r{number}" for number in range(9, 12))]


def test_damaged_members_of_a_warc_are_many_small_losses(tmp_path: Path) -> None:
    """A mark that is gone, a member that is cut, one of zeros, rubbish and a wrong checksum cost one record each."""
    parts = [gzip.compress(record) for record in records()]
    parts[1] = b"\0" + parts[1][1:]
    parts[3] = parts[3][:1500]
    parts[5] = bytes(9000)
    parts[7] = b"\x1f\x8b\x08" * 3000
    parts[9] = parts[9][:-8] + bytes(8)
    (tmp_path / "many.warc.gz").write_bytes(b"".join(parts))
    (found,) = scan([str(tmp_path / "many.warc.gz")]).found
    got = list(members(found, Reading()))
    assert [member.error.code if member.error else int(member.url[20:]) for member in got] == [  # type: ignore[index]
        number if number % 2 == 0 or number > 9 else "corrupt_input" for number in range(DOCUMENTS)
    ]
    places = [(sum(map(len, parts[:number])), sum(map(len, parts[: number + 1]))) for number in (1, 3, 5, 7, 9)]
    assert [str(member.error).partition(" (")[0].partition(".gz ")[2] for member in got if member.error] == [
        f"is damaged from byte {start:,} to byte {end:,}" for start, end in places
    ]


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**9), name=st.sampled_from(sorted(MAKE)))
def test_no_damage_raises(tmp_path_factory: pytest.TempPathFactory, seed: int, name: str) -> None:
    """Whatever is cut, changed, lost or doubled: members and errors come, nothing else is raised, all can be read."""
    chosen = random.Random(seed)
    data = bytearray(MAKE[name]())
    for _ in range(chosen.randrange(1, 5)):
        at, size = chosen.randrange(len(data)), chosen.choice([1, 30, 3000])
        part = data[at : at + size]
        data[at : at + size] = chosen.choice([bytes(len(part)), chosen.randbytes(len(part)), b"", part + part])
    path = tmp_path_factory.mktemp("damaged") / f"many.{name}"
    path.write_bytes(bytes(data[: chosen.choice([len(data), chosen.randrange(len(data) + 1)])]))
    kind: Kind = next(part for part in name.split(".") if part in ("warc", "zip", "tar", "jsonl", "csv", "parquet"))  # type: ignore[assignment]
    positions = []
    for member in members(Found(str(path), path.name, path.stat().st_size, kind), Reading()):
        positions.append(member.position)
        with contextlib.suppress(CleanerError):
            read_member(member, member.name, Reading())
    assert positions == list(range(1, len(positions) + 1))
