"""WARC files: the pages in them, and where they are cut or damaged."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from cleaner.readers import Member, Reading, members, scan


def record(number: int, body: bytes, *, kind: str = "response", head: str = "", status: str = "200 OK") -> bytes:
    """Return a WARC record of a page."""
    head = head or "Content-Type: text/html; charset=iso-8859-1\r\n"
    block = body
    if kind == "response":
        block = f"HTTP/1.1 {status}\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    return (
        (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{number:04}>\r\n"
            f"WARC-Target-URI: https://example.org/{number}\r\nWARC-Date: 2024-11-28T10:14:00Z\r\n"
            f"Content-Type: {'application/http; msgtype=response' if kind == 'response' else 'text/html'}\r\n"
            f"Content-Length: {len(block)}\r\n\r\n"
        ).encode()
        + block
        + b"\r\n\r\n"
    )


RECORDS = [record(number, f"<p>Page {number} of the na\xefve river.</p>".encode("latin-1")) for number in range(4)]


def read_all(path: Path, data: bytes, **options: int) -> list[Member]:
    path.write_bytes(data)
    (found,) = scan([str(path)]).found
    return list(members(found, Reading(**options)))  # type: ignore[arg-type]


def told(found: list[Member]) -> list[object]:
    return [member.error.code if member.error else member.data for member in found]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz", "a"])
def test_responses_are_read_with_their_headers(tmp_path: Path, name: str) -> None:
    """Address, encoding, type and identifier come from the headers; one gzip member a record, as crawlers write."""
    data = b"".join(map(gzip.compress, RECORDS)) if name.endswith("gz") else b"".join(RECORDS)
    found = read_all(tmp_path / name, data)
    assert told(found) == [f"<p>Page {number} of the na\xefve river.</p>".encode("latin-1") for number in range(4)]
    assert (found[1].url, found[1].charset, found[1].content_type) == ("https://example.org/1", "iso-8859-1", "html")
    assert (found[1].id, found[1].name) == ("urn:uuid:0001", "000002")


def test_transfer_codings_are_undone(tmp_path: Path) -> None:
    """Chunked and gzip answers give their pages."""
    chunked = record(1, b"5\r\n<p>Hi\r\n0\r\n\r\n", head="Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n")
    packed = record(2, gzip.compress(b"<p>Ho"), head="Content-Type: text/html\r\nContent-Encoding: gzip\r\n")
    assert told(read_all(tmp_path / "a.warc", chunked + packed)) == [b"<p>Hi", b"<p>Ho"]


def test_what_is_no_page_is_passed_over(tmp_path: Path) -> None:
    """Requests, pictures, redirects and errors are no pages; resources of HTML are."""
    picture = record(1, b"\x89PNG", head="Content-Type: image/png\r\n")
    moved = record(2, b"<p>Moved", status="301 Moved Permanently")
    lost = record(3, b"<p>Lost", status="404 Not Found")
    data = record(4, b"GET / HTTP/1.1\r\n\r\n", kind="request") + picture + moved + lost
    assert told(read_all(tmp_path / "a.warc", data + record(5, b"<p>Kept", kind="resource"))) == [b"<p>Kept"]


def test_a_cut_file_is_not_taken_for_a_shorter_one(tmp_path: Path) -> None:
    """The last record says how many bytes it lacks, and where it begins."""
    found = read_all(tmp_path / "a.warc", b"".join(RECORDS)[:-30])
    assert told(found)[:3] == [member.data for member in read_all(tmp_path / "b.warc", b"".join(RECORDS[:3]))]
    assert (told(found)[3:], found[3].where) == (["truncated_input"], f"byte {sum(map(len, RECORDS[:3])):,}")
    assert ": 26 of " in str(found[3].error)


@pytest.mark.parametrize("cut", [20, 150])
def test_a_file_cut_in_a_header_is_said(tmp_path: Path, cut: int) -> None:
    """A header without its end is no record."""
    assert told(read_all(tmp_path / "a.warc", RECORDS[0] + RECORDS[1][:cut]))[1:] == ["corrupt_input"]


def test_a_cut_compressed_file_is_said(tmp_path: Path) -> None:
    """The byte is the one of the compressed file."""
    data = b"".join(map(gzip.compress, RECORDS))[:-20]
    found = read_all(tmp_path / "a.warc.gz", data)
    assert told(found)[-1] == "truncated_input"
    assert [type(member) for member in told(found)[:3]] == [bytes] * 3
    assert f"end at byte {len(data):,}" in str(found[-1].error)


def test_rubbish_between_records_is_named_and_left(tmp_path: Path) -> None:
    """Reading goes on at the next record."""
    data = RECORDS[0] + b"rubbish\r\n" * 9 + RECORDS[1] + RECORDS[2].replace(b"WARC/1.0", b"WORC/1.0") + RECORDS[3]
    found = read_all(tmp_path / "a.warc", data)
    assert [bool(member.error) for member in found] == [False, True, False, True, False]
    assert f"has 81 bytes from byte {len(RECORDS[0]):,} on that are no WARC record" in str(found[1].error)
    assert found[4].id == "urn:uuid:0003"


def test_a_record_beyond_the_limit_is_said_and_passed(tmp_path: Path) -> None:
    """It is not loaded; the next one is read."""
    data = record(1, b"x" * 5000) + RECORDS[0]
    assert told(read_all(tmp_path / "a.warc", data, limit_bytes=1000)) == [
        "page_too_large",
        b"<p>Page 0 of the na\xefve river.</p>",
    ]
