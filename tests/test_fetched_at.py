"""When a page was fetched: who says so, and that no date of the page is later."""

from __future__ import annotations

import io
import json
import os
import tarfile
import zipfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cleaner
from cleaner.cli import main
from cleaner.metadata.latest import latest_day
from cleaner.page import RawPage
from cleaner.readers import Reading, members, read, read_member, scan

CASES = json.loads((Path(__file__).resolve().parents[1] / "fixtures" / "metadata" / "fetched.json").read_text("utf-8"))
MOMENT = datetime(2021, 3, 10, 8, 0, tzinfo=timezone.utc)
STAMP = "2021-03-10T08:00:00+00:00"
PAGE = b"<meta property='article:published_time' content='2021-12-24'><h1>Ferry</h1><p>The ferry runs again at noon."


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES])
def test_no_date_is_later_than_the_page(case: dict[str, Any]) -> None:
    """Dates after the page was fetched are left out, those before it stay."""
    kind: Any = "html" if "html" in case else "text"
    article = cleaner.clean(RawPage(case[kind], content_type=kind, fetched_at=case["fetched_at"]))
    found = article.metadata
    assert (found.date_published, found.date_modified) == (case["date_published"], case["date_modified"])


@settings(max_examples=60, deadline=None)
@given(st.datetimes(datetime(1996, 1, 1), datetime(2024, 1, 1)), st.integers(0, 3000), st.integers(0, 3000))
def test_a_page_that_says_when_it_was_fetched_is_read_alike_whatever_the_clock(
    fetched: datetime, before: int, after: int
) -> None:
    """Once the fetching is past, the last day that counts no longer depends on today."""
    later = [datetime(2024 + days // 365, 6, 1, tzinfo=timezone.utc) for days in (before, after)]
    assert latest_day(fetched.isoformat(), now=later[0]) == latest_day(fetched.isoformat(), now=later[1])


@pytest.mark.parametrize("value", ["", "0001-01-01", "9999-12-31T23:59:59", "2021-02-30", "12", "T", "+99:99"])
def test_no_time_of_a_page_raises(value: str) -> None:
    """What is no time, or one in the future, leaves the clock to decide."""
    assert latest_day(value, now=MOMENT) == "2021-03-11"


def test_a_file_was_fetched_when_it_was_last_written(tmp_path: Path) -> None:
    """The time of a file comes with its page."""
    path = tmp_path / "a.html"
    path.write_bytes(PAGE)
    os.utime(path, (MOMENT.timestamp(), MOMENT.timestamp()))
    assert read(scan([str(path)]).found[0], Reading()).fetched_at == STAMP


def test_a_page_saved_by_a_browser_says_when(tmp_path: Path) -> None:
    """The date in an MHTML file goes before that of the file."""
    path = tmp_path / "a.mhtml"
    path.write_bytes(
        b"From: <Saved by Blink>\r\nDate: Wed, 10 Mar 2021 08:00:00 -0000\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/html; charset=utf-8\r\n\r\n" + PAGE
    )
    raw = read(scan([str(path)]).found[0], Reading())
    assert raw.fetched_at == "Wed, 10 Mar 2021 08:00:00 -0000"
    assert cleaner.clean(raw).metadata.date_published == ""


def zipped() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a.html", MOMENT.timetuple()[:6]), PAGE)
    return data.getvalue()


def tarred() -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        info = tarfile.TarInfo("a.html")
        info.size, info.mtime = len(PAGE), int(MOMENT.timestamp())
        archive.addfile(info, io.BytesIO(PAGE))
    return data.getvalue()


def crawled() -> bytes:
    head = b"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Date: 2021-03-10T08:00:00Z\r\nContent-Type: text/html\r\n"
    return head + b"Content-Length: %d\r\n\r\n" % len(PAGE) + PAGE + b"\r\n\r\n"


def row(**columns: Any) -> bytes:
    return json.dumps({"html": PAGE.decode(), **columns}).encode()


CONTAINERS = {
    "a.zip": zipped(),
    "a.tar": tarred(),
    "a.warc": crawled(),
    "named.jsonl": row(crawl_date=STAMP),
    "seconds.jsonl": row(fetched_at=int(MOMENT.timestamp())),
    "nested.jsonl": row(metadata={"warc_date": "2021-03-10T08:00:00Z"}),
    "a.csv": b'html,scraped_at\n"' + PAGE + b'",2021-03-10 08:00\n',
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_containers_say_when_a_page_was_fetched(tmp_path: Path, name: str) -> None:
    """Members of archives, records of crawls and rows of tables have their own time."""
    path = tmp_path / name
    path.write_bytes(CONTAINERS[name])
    (member,) = members(scan([str(path)]).found[0], Reading())
    raw = read_member(member, "a", Reading())
    assert latest_day(raw.fetched_at) == "2021-03-11"
    assert cleaner.clean(raw).metadata.date_published == ""


def test_a_date_column_of_parquet_is_read(tmp_path: Path) -> None:
    """A column of time stamps counts as well as one of texts."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"html": [PAGE.decode()], "fetched_at": [MOMENT], "other": [1]}), path)
    (member,) = members(scan([str(path)]).found[0], Reading())
    assert latest_day(member.fetched_at) == "2021-03-11"


def test_rows_of_a_batch_say_when_they_were_fetched() -> None:
    """`clean_batch()` looks at the same columns as tables do."""
    rows = cleaner.clean_batch({"html": [PAGE.decode()] * 2, "crawl_date": [STAMP, None]})
    assert rows["date_published"] == ["", "2021-12-24"]


def test_a_folder_is_cleaned_with_the_times_of_its_files(tmp_path: Path) -> None:
    """Of two files with the same bytes, the one that is older than the date in it has none."""
    pages = tmp_path / "pages"
    pages.mkdir()
    for name in ("new.html", "old.html"):
        (pages / name).write_bytes(PAGE)
    os.utime(pages / "old.html", (MOMENT.timestamp(), MOMENT.timestamp()))
    with pytest.raises(SystemExit):  # that such short pages are no articles is said, and they are written
        main(["clean", str(pages), "-o", str(tmp_path / "out"), "--format", "json", "--jobs", "1"])
    found = {
        name: json.loads((tmp_path / "out" / f"{name}.json").read_text("utf-8"))["date_published"]
        for name in ("new", "old")
    }
    assert found == {"new": "2021-12-24", "old": ""}
