"""Scrapy: items get the article of their page on the way through the pipeline."""

from __future__ import annotations

import functools
import http.server
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from extras import PAGES, PROSE, library

from cleaner import SetupError
from cleaner.batch import RowRecipe

library("scrapy")

SPIDER = """
import sys
import scrapy
from scrapy.crawler import CrawlerProcess


class Pages(scrapy.Spider):
    name = "pages"
    start_urls = [f"{sys.argv[1]}/{number}.html" for number in range(4)]

    def parse(self, response):
        yield {"url": response.url, "html": response.body}
        yield {"url": response.url, "note": "an item without a page"}


process = CrawlerProcess(settings={
    "ITEM_PIPELINES": {"cleaner.integrations.scrapy.CleanerPipeline": 300},
    "CLEANER_SETTINGS": {"favor": "recall"},
    "FEEDS": {sys.argv[2]: {"format": "jsonl"}},
    "LOG_LEVEL": "ERROR",
    "TELNETCONSOLE_ENABLED": False,
})
process.crawl(Pages)
process.start()
"""


def test_a_crawl_gives_articles(tmp_path: Path) -> None:
    """A spider over pages on this machine: each item has text and title and no page any more; none is lost."""
    for number in range(3):
        (tmp_path / f"{number}.html").write_text(PAGES[number], "utf-8")
    (tmp_path / "3.html").write_bytes(b"\0\1\2\3" * 99)
    (tmp_path / "spider.py").write_text(SPIDER, "utf-8")
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    handler = functools.partial(quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        place = f"http://127.0.0.1:{server.server_address[1]}"
        command = [sys.executable, "spider.py", place, "items.jsonl"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=False, encoding="utf-8")
        server.shutdown()
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr[-2000:]
    items = [json.loads(line) for line in (tmp_path / "items.jsonl").read_text("utf-8").splitlines()]
    pages = {item["url"][-6:]: item for item in items if "note" not in item}
    assert len(items) == 8
    assert [(pages[f"{n}.html"]["title"], pages[f"{n}.html"]["error_code"]) for n in (0, 3)] == [
        ("Flood 0", ""),
        ("", "binary_input"),
    ]
    assert [PROSE.format(n) in pages[f"{n}.html"]["text"] for n in range(3)] == [True] * 3
    assert "html" not in pages["0.html"]


@pytest.mark.parametrize(("fields", "sentence"), [(("headline",), "CLEANER_FIELDS names headline")])
def test_wrong_settings_are_said(fields: Any, sentence: str) -> None:
    """A field that no record has ends the crawl before it begins."""
    from cleaner.integrations.scrapy import CleanerPipeline

    with pytest.raises(SetupError, match=sentence):
        CleanerPipeline(RowRecipe(), html_field="html", url_field="url", fields=fields)
