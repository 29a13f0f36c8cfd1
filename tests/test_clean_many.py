"""clean_many(): lazy, in order, one result for each document, failures among them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner import Article, CleanerError, InputError, RawPage, RunError, Settings, clean_batch, clean_many
from cleaner.errors import SetupError

PROSE = "The river rose by two metres in the night, and the old bridge number {} was closed to traffic until noon."


def told(results: Iterator[Article | CleanerError]) -> list[str]:
    return [result.code if isinstance(result, CleanerError) else result.text for result in results]


DOCUMENTS: list[bytes | str | RawPage] = [
    PROSE.format(1),
    f"<p>{PROSE.format(2)}</p>".encode(),
    b"\0\1\2\3" * 100,
    RawPage(PROSE.format(4), url="https://example.org/", source="four"),
    "",
    None,  # type: ignore[list-item]
    PROSE.format(7),
]
WANTED = [PROSE.format(1), PROSE.format(2), "binary_input", PROSE.format(4), "", "bad_input_type", PROSE.format(7)]


@pytest.mark.parametrize("workers", [0, 2])
def test_each_document_has_its_result_in_order(workers: int) -> None:
    """Articles and errors stand where their documents stood, with any number of workers."""
    results = list(clean_many(DOCUMENTS, workers=workers))
    assert told(iter(results)) == WANTED
    assert isinstance(results[2], InputError)
    assert isinstance(results[3], Article)
    assert (results[3].source, results[3].metadata.url) == ("four", "https://example.org/")


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"workers": -1}, "workers must be a whole number, 0 or more, but is -1."),
        ({"workers": "2"}, "workers must be a whole number, 0 or more, but is '2'."),
        ({"timeout_seconds": 0}, "timeout_seconds must be a number above 0, but is 0."),
        ({"settings": {"favor": "recall"}}, "settings must be Settings"),
    ],
)
def test_wrong_options_are_told_at_once(options: dict[str, Any], named: str) -> None:
    """Options with which nothing could ever be done are errors before a page is taken, for rows as for documents."""
    for call in (lambda: clean_many(["One page."], **options), lambda: clean_batch([{"text": "One."}], **options)):
        with pytest.raises(SetupError, match="must be") as caught:
            call()
        assert caught.value.code == "bad_setting"
        assert caught.value.message.startswith(named)


@pytest.mark.parametrize("one", ["One page, which is no list.", b"One page.", RawPage("One page.")])
def test_one_page_is_no_list_of_pages(one: Any) -> None:
    """A single page given to clean_many() is told, not cleaned letter by letter."""
    with pytest.raises(SetupError, match="Put it into a list") as caught:
        clean_many(one)
    assert caught.value.code == "bad_input_type"


def test_clean_names_what_is_no_setting_and_no_url() -> None:
    """Settings that are none, and a URL that is no str, are SetupErrors of clean()."""
    with pytest.raises(SetupError, match="settings must be Settings") as caught:
        cleaner.clean("One page.", settings=None)  # type: ignore[arg-type]
    assert caught.value.code == "bad_setting"
    with pytest.raises(SetupError, match="url must be a str, but is int") as caught:
        cleaner.clean("One page.", url=5)  # type: ignore[arg-type]
    assert caught.value.code == "bad_input_type"


def test_documents_are_taken_as_results_are() -> None:
    """An endless source is no problem: only some documents are read ahead."""
    taken: list[int] = []

    def endless() -> Iterator[str]:
        while True:
            taken.append(1)
            yield PROSE.format(len(taken))

    results = clean_many(endless(), workers=1)
    assert told(next(results) for _ in range(3)) == [PROSE.format(number) for number in (1, 2, 3)]
    assert len(taken) < 100
    results.close()  # type: ignore[attr-defined]
    lazy = clean_many(endless(), workers=0)
    before = len(taken)
    next(lazy)
    assert len(taken) == before + 1


def test_what_the_source_raises_is_raised() -> None:
    """A broken iterable is the caller's; the workers end."""

    def broken() -> Iterator[str]:
        yield PROSE.format(1)
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        list(clean_many(broken(), workers=1))


def test_a_wrong_set_up_is_raised() -> None:
    """What would fail for every document is raised once."""
    with pytest.raises(SetupError) as caught:
        list(clean_many(["x"], workers=0, settings=Settings(weights="nowhere.npz")))
    assert caught.value.code == "weights_missing"


def test_a_deadline_is_kept() -> None:
    """A document that takes too long is a result; its neighbour is cleaned."""
    slow = "<p>word word word</p>" * 50_000
    code = told(clean_many([slow], workers=1, timeout_seconds=0.02))
    assert code == ["timeout"]


def test_a_script_without_a_guard_works(tmp_path: Path) -> None:
    """No `if __name__ == "__main__"` is needed: workers do not import the program."""
    script = tmp_path / "script.py"
    script.write_text(
        "import cleaner\n"
        "results = list(cleaner.clean_many(['It rained.'] * 3, workers=2))\n"
        "print(len([result.text for result in results]))\n",
        "utf-8",
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, timeout=120, check=True, encoding="utf-8")
    assert (done.stdout, done.stderr) == ("3\n", "")


def test_it_is_public() -> None:
    """The package exports it, and the errors it gives."""
    assert cleaner.clean_many is clean_many
    assert issubclass(RunError, CleanerError)
