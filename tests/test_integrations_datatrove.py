"""datatrove: a step between a reader and a writer, in a pipeline run by its own executor."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from extras import BAD_ROW, PAGES, PROSE, ROWS, library

datatrove = library("datatrove.data", "datatrove")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def documents() -> list[Any]:
    """Return a Document for each page, one of them bad and one empty."""
    rows = [*ROWS, BAD_ROW, {"html": "", "id": "empty", "url": ""}]
    return [
        datatrove.Document(row["html"], row["id"], metadata={"url": row["url"], "date": "2026-01-01"}) for row in rows
    ]


class Kept:
    """A writer that keeps what it is given."""

    def __init__(self) -> None:
        self.documents: list[Any] = []

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def write(self, document: Any, _rank: int) -> None:
        self.documents.append(document)


def test_documents_become_articles() -> None:
    """Text and metadata are filled, what a reader knew stays, and nothing vanishes: the rest goes to the writer."""
    from cleaner.integrations.datatrove import PageCleaner

    dropped = Kept()
    step = PageCleaner(batch_size=3, exclusion_writer=dropped, workers=0)
    done = list(step.run(iter(documents())))
    assert [doc.id for doc in done] == [row["id"] for row in ROWS]
    assert [PROSE.format(number) in doc.text for number, doc in enumerate(done)] == [True] * 6
    wanted = {
        "title": "Flood 2",
        "url": "https://example.org/2",
        "date": "2026-01-01",
        "language": "en",
        "status": "ok",
    }
    assert {name: done[2].metadata[name] for name in wanted} == wanted
    assert done[2].metadata["language_score"] == done[2].metadata["language_confidence"]
    assert [(doc.id, doc.metadata["filter_reason"]) for doc in dropped.documents] == [
        ("bad", "binary_input"),
        ("empty", "empty"),
    ]
    counts = {name: step.stats.stats[name].total for name in ("total", "forwarded", "dropped", "ok", "binary_input")}
    assert counts == {"total": 8, "forwarded": 6, "dropped": 2, "ok": 6, "binary_input": 1}


def write_warc(path: Path) -> None:
    """Write the pages as a crawler would."""
    with gzip.open(path, "wb") as file:
        for number, page in enumerate(PAGES):
            body = page.encode()
            answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
            header = (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number:032}>\r\n"
                f"WARC-Target-URI: https://example.org/{number}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
                "WARC-Identified-Payload-Type: text/html\r\nContent-Type: application/http; msgtype=response\r\n"
                f"Content-Length: {len(answer)}\r\n\r\n"
            )
            file.write(header.encode() + answer + b"\r\n\r\n")


PIPELINE = """
import sys
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.writers import JsonlWriter
from cleaner.integrations.datatrove import PageCleaner, PageReader

if __name__ == "__main__":
    LocalPipelineExecutor(
        [PageReader("crawl"), PageCleaner(), JsonlWriter("out", compression=None)], tasks=2, workers=2,
        logging_dir="logs",
    ).run()
"""


def test_a_pipeline_runs_from_warc_to_jsonl(tmp_path: Path) -> None:
    """The local executor with two processes reads two WARC files and writes an article for every page, once."""
    (tmp_path / "crawl").mkdir()
    write_warc(tmp_path / "crawl" / "a.warc.gz")
    write_warc(tmp_path / "crawl" / "b.warc.gz")
    (tmp_path / "pipeline.py").write_text(PIPELINE, "utf-8")
    command = [sys.executable, "pipeline.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=180, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr[-2000:]
    files = sorted((tmp_path / "out").glob("*.jsonl"))
    rows = [[json.loads(line) for line in file.read_text("utf-8").splitlines()] for file in files]
    urls = [f"https://example.org/{number}" for number in range(6)]
    assert [[row["metadata"]["url"] for row in part] for part in rows] == [urls, urls]
    assert [PROSE.format(number) in row["text"] for number, row in enumerate(rows[0])] == [True] * 6
    assert rows[0][0]["id"] == "urn:uuid:00000000000000000000000000000000"
