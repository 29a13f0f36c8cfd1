"""Reading one page: bytes and what the caller knows arrive together, and limits hold."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cleaner.errors import InputError, RunError
from cleaner.page import RawPage
from cleaner.readers import Reading, read, scan

PROSE = "The river rose by two metres in the night, and the old bridge was closed to traffic until noon.\n"


def test_a_page_is_read_with_what_the_caller_knows(pages: Path) -> None:
    """Bytes, name, URL, type and encoding arrive together."""
    reading = Reading(url="https://example.org/", content_type="html", charset="utf-8")
    os.utime(pages / "a/b.html", (1_615_363_200, 1_615_363_200))
    raw = read(scan([str(pages)]).found[0], reading)
    saved = "2021-03-10T08:00:00+00:00"
    assert raw == RawPage(PROSE.encode(), "https://example.org/", "html", "utf-8", "a/b.html", saved)


def test_a_page_beyond_the_limit_is_not_loaded(pages: Path) -> None:
    """At the limit a page is read, one byte beyond it is refused with the limit in the sentence."""
    found = scan([str(pages / "c.txt")]).found[0]
    assert read(found, Reading(limit_bytes=len(PROSE))).data == PROSE.encode()
    with pytest.raises(InputError, match=f"larger than {len(PROSE) - 1} bytes") as caught:
        read(found, Reading(limit_bytes=len(PROSE) - 1))
    assert caught.value.code == "page_too_large"


def test_a_file_that_vanishes_is_an_input_error(pages: Path) -> None:
    """Between finding and reading a file may go."""
    found = scan([str(pages)]).found[0]
    (pages / "a/b.html").unlink()
    with pytest.raises(InputError, match="vanished") as caught:
        read(found, Reading())
    assert caught.value.code == "vanished"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_file_that_turns_into_a_pipe_is_not_waited_for(pages: Path) -> None:
    """Between finding and reading a file may become something that never ends."""
    found = scan([str(pages)]).found[0]
    (pages / "a/b.html").unlink()
    os.mkfifo(pages / "a/b.html")
    with pytest.raises(RunError, match="no regular file") as caught:
        read(found, Reading())
    assert caught.value.code == "unreadable"
