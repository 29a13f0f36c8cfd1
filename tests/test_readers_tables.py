"""Tables of pages: JSON Lines, CSV and Parquet, with columns that are guessed or named."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cleaner.errors import InputError
from cleaner.readers import Columns, Member, Reading, members, read_member, scan
from cleaner.readers.tables import guess_columns

ROWS: list[dict[str, Any]] = [
    {"id": "r-1", "url": "https://example.org/1", "html": "<p>Naïve river.</p>"},
    {"id": "r-2", "url": "https://example.org/2", "html": "<p>Second, “quoted”\n line.</p>"},
    {"id": "r-3", "url": "", "html": "<p>Third.</p>"},
]


def write(path: Path, rows: list[dict[str, Any]], **options: Any) -> None:
    if ".parquet" in path.name:
        pq.write_table(pa.Table.from_pylist(rows), path, **options)
    elif ".csv" in path.name:
        import csv

        text = io.StringIO(newline="")
        table = csv.DictWriter(text, list(rows[0]), **options)
        table.writeheader()
        table.writerows(rows)
        path.write_text(text.getvalue(), "utf-8", newline="")
    else:
        path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), "utf-8")


def read_all(path: Path, **options: Any) -> list[Member]:
    (found,) = scan([str(path)]).found
    return list(members(found, Reading(**options)))


def told(found: list[Member]) -> list[tuple[int, object]]:
    return [(member.position, member.error.code if member.error else member.data.decode("utf-8")) for member in found]


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.ndjson", "rows.csv", "rows.parquet"])
def test_every_kind_of_table_gives_its_pages(tmp_path: Path, name: str) -> None:
    """Each row is a document with its address and identifier; the encoding of decoded text is known."""
    write(tmp_path / name, ROWS)
    found = read_all(tmp_path / name)
    assert told(found) == [(number, row["html"]) for number, row in enumerate(ROWS, 1)]
    assert [member.id for member in found] == ["r-1", "r-2", "r-3"]
    assert [member.url for member in found] == ["https://example.org/1", "https://example.org/2", None]
    assert {member.content_type for member in found} == {"html"}
    raw = read_member(found[0], f"{name}/{found[0].name}", Reading())
    assert (raw.source, raw.charset) == (f"{name}/0000001", None if "csv" in name else "utf-8")


@pytest.mark.parametrize("name", ["rows.jsonl.gz", "rows.csv.gz", "rows.parquet.gz"])
def test_compressed_tables_are_read(tmp_path: Path, name: str) -> None:
    """The compression is looked through."""
    plain = tmp_path / name.removesuffix(".gz")
    write(plain, ROWS)
    (tmp_path / name).write_bytes(gzip.compress(plain.read_bytes()))
    assert told(read_all(tmp_path / name)) == told(read_all(plain))


@pytest.mark.parametrize(
    ("names", "given", "wanted"),
    [
        (["ID", "Text", "URL"], {}, Columns(text="Text", url="URL", id="ID")),
        (["content", "raw_html", "link"], {}, Columns(text="content", html="raw_html", url="link")),
        (["content", "raw_html"], {"text": "content"}, Columns(text="content")),
        (["headline", "story"], {"text": "STORY"}, Columns(text="story")),
        (["headline", "story"], {"html": "story"}, Columns(html="story")),
        (["a", "b"], {}, "no_text_column"),
        (["text"], {"url": "address"}, "no_such_column"),
        ([], {}, "no_text_column"),
    ],
)
def test_columns_are_guessed_or_named(names: list[str], given: dict[str, str], wanted: object) -> None:
    """The likeliest names are taken whatever their case; what is named must be there; else the sentence lists all."""
    try:
        got: object = guess_columns(names, Columns(**given), where="t.csv")
    except InputError as error:
        got = error.code
    assert got == wanted


def test_nested_metadata_is_looked_into(tmp_path: Path) -> None:
    """Data-set tools put the address into a field of its own."""
    write(tmp_path / "a.jsonl", [{"text": "Rain.", "id": 7, "metadata": {"url": "https://example.org/"}}])
    (member,) = read_all(tmp_path / "a.jsonl")
    assert (member.url, member.id, member.data) == ("https://example.org/", "7", b"Rain.")


def test_a_row_without_html_falls_back_to_its_text(tmp_path: Path) -> None:
    """Where a table has both columns, an empty page is no reason to lose the text."""
    write(tmp_path / "a.jsonl", [{"html": "", "text": "Rain."}, {"html": "<p>Sun.", "text": "x"}])
    assert told(read_all(tmp_path / "a.jsonl")) == [(1, "Rain."), (2, "<p>Sun.")]


def test_bad_lines_are_named_and_the_others_read(tmp_path: Path) -> None:
    """Each line that is no object, has no page or ends in the middle is one error with its number and byte."""
    data = b'{"text": "One."}\n\n[1]\n{"text": 3}\n{"a": 1}\n{"text": "Two."}\n{"text": "Thr'
    (tmp_path / "a.jsonl").write_bytes(data)
    found = read_all(tmp_path / "a.jsonl")
    assert [(member.where, member.error.code if member.error else member.data) for member in found] == [
        ("line 1 (byte 0)", b"One."),
        ("line 3 (byte 18)", "corrupt_input"),
        ("line 4 (byte 22)", "corrupt_input"),
        ("line 5 (byte 34)", "no_text_column"),
        ("line 6 (byte 43)", b"Two."),
        ("line 7 (byte 60)", "truncated_input"),
    ]


def test_a_line_beyond_the_limit_is_passed_by(tmp_path: Path) -> None:
    """A line longer than a page may be is an error, and the next one is found."""
    (tmp_path / "a.jsonl").write_bytes(b'{"text": "' + b"x" * 5000 + b'"}\n{"text": "Two."}\n')
    assert told(read_all(tmp_path / "a.jsonl", limit_bytes=1000)) == [(1, "page_too_large"), (2, "Two.")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_finds_its_delimiter(tmp_path: Path, delimiter: str) -> None:
    """Whatever divides the names of columns divides the rows."""
    write(tmp_path / "a.csv", ROWS, delimiter=delimiter)
    assert told(read_all(tmp_path / "a.csv"))[1] == (2, ROWS[1]["html"])


def test_csv_keeps_the_bytes_of_its_encoding(tmp_path: Path) -> None:
    """A table in windows-1252 is no UTF-8; each page finds its own encoding."""
    (tmp_path / "a.csv").write_bytes("text,url\nNaïve café,\n".encode("cp1252"))
    (member,) = read_all(tmp_path / "a.csv")
    assert (member.data, member.charset) == (b"Na\xefve caf\xe9", None)


def test_a_cut_csv_is_said(tmp_path: Path) -> None:
    """A quote that is never closed is the end of the file, with its row and line."""
    write(tmp_path / "a.csv", ROWS)
    data = (tmp_path / "a.csv").read_bytes()
    (tmp_path / "a.csv").write_bytes(data[: data.index(b"quoted") + 4])
    found = read_all(tmp_path / "a.csv")
    assert told(found) == [(1, ROWS[0]["html"]), (2, "truncated_input")]
    assert found[1].where == "row 2 (line 3)"


def test_a_cut_parquet_file_is_said(tmp_path: Path) -> None:
    """Without its end nothing of it can be read, and that is one sentence."""
    write(tmp_path / "a.parquet", ROWS)
    (tmp_path / "a.parquet").write_bytes((tmp_path / "a.parquet").read_bytes()[:-20])
    assert [code for _, code in told(read_all(tmp_path / "a.parquet"))] == ["truncated_input"]


def test_a_damaged_row_group_costs_itself(tmp_path: Path) -> None:
    """The row groups before and behind it are read, and its rows are named."""
    rows = [{"text": f"Row {number} " + "of the river " * 20} for number in range(30)]
    write(tmp_path / "a.parquet", rows, row_group_size=10, compression="gzip", use_dictionary=False)
    meta = pq.ParquetFile(tmp_path / "a.parquet").metadata.row_group(1).column(0)
    data = bytearray((tmp_path / "a.parquet").read_bytes())
    end = meta.data_page_offset + meta.total_compressed_size
    data[end - 60 : end] = b"\xff" * 60
    (tmp_path / "a.parquet").write_bytes(bytes(data))
    found = read_all(tmp_path / "a.parquet")
    wanted = [*range(1, 12), *range(21, 31)]
    assert [member.where for member in found] == [f"row {number}" for number in wanted]
    assert found[10].error is not None
    assert "rows 11 to 20 cannot be read" in str(found[10].error)
    assert found[11].data.startswith(b"Row 20 ")


def test_a_table_without_pages_is_one_error(tmp_path: Path) -> None:
    """The sentence names the columns there are and the options that choose."""
    write(tmp_path / "a.csv", [{"year": 2024, "rain": 3}])
    (member,) = read_all(tmp_path / "a.csv")
    assert str(member.error) == (
        f"{tmp_path / 'a.csv'} has no column that looks like pages. It has: year, rain. Say which with --text-column "
        "or --html-column."
    )
