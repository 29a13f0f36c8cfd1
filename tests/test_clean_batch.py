"""clean_batch(): rows in, rows out, of the same shape; failures as rows, and a deadline for each."""

from __future__ import annotations

import functools
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import cleaner
from cleaner import Settings, SetupError, clean_batch
from cleaner.batch import RowRecipe, end_workers, row_example, row_schema, standing
from cleaner.records import from_record, to_record

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "batch"
PROSE = "The river rose by two metres in the night, and the old bridge number {} was closed to traffic until noon."
PAGES = [f"<p>{PROSE.format(number)}" for number in range(4)]
ROWS: list[dict[str, Any]] = [
    {"html": PAGES[0], "url": "https://example.org/0", "id": "zero", "label": 1},
    {"html": b"\0\1\2\3" * 100, "url": "https://example.org/1", "id": "one", "label": 2},
    {"html": None, "url": None, "id": "two", "label": 3},
    {"html": 7, "url": "https://example.org/3", "id": 3, "label": 4},
    {"html": PAGES[3].encode("utf-16"), "url": float("nan"), "id": "four", "label": 5},
]
CODES = ["", "binary_input", "", "corrupt_input", ""]
STATUSES = ["ok", "failed", "empty", "failed", "ok"]


@pytest.fixture(autouse=True, scope="module")
def no_process_is_left() -> Iterator[None]:
    """End the workers that the tests left standing."""
    yield
    end_workers()


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return settings with which texts hang or end their process if they say so."""
    monkeypatch.syspath_prepend(str(FIXTURES))
    return Settings(language_detector="slow_language:detect")


def columns(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def rows_of(result: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(result, values, strict=True)) for values in zip(*result.values(), strict=True)]


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_each_row_has_its_record_in_order(workers: int) -> None:
    """Records and failures stand where their rows stood, with any number of workers."""
    records = clean_batch(ROWS, workers=workers)
    assert [record["error_code"] for record in records] == CODES
    assert [record["status"] for record in records] == STATUSES
    assert [record["id"] for record in records] == ["zero", "one", "two", "3", "four"]
    assert records[0]["text"] == PROSE.format(0)
    assert records[0]["domain"] == "example.org"
    assert {tuple(record) for record in records} == {tuple(row_example())}


def test_a_record_is_that_of_clean() -> None:
    """There is one code path and one schema: a row's record is the article's, and reads back."""
    [record] = clean_batch([{"html": PAGES[0], "url": "https://example.org/0"}], paragraphs=True, workers=0)
    article = cleaner.clean(PAGES[0], url="https://example.org/0")
    wanted = to_record(article, paragraphs=True)
    wanted |= {"encoding": "utf-8", "sources": {**wanted["sources"], "encoding": "http"}}  # as in a table
    assert record == {**wanted, "error_code": "", "error": ""}
    assert from_record(record).text == article.text


@pytest.mark.parametrize("make", [list, functools.partial(np.array, dtype=object), pa.array], ids=["list", "np", "pa"])
def test_columns_give_columns(make: Any) -> None:
    """A dict of lists or arrays gives a dict of lists, with the same records as a list of dicts."""
    rows = [row for row in ROWS if isinstance(row["html"], str)] * 2
    batch = {name: make(values) for name, values in columns(rows).items()}
    result = clean_batch(batch, keep_columns=["label"], workers=0)
    assert result["label"] is batch["label"]
    result["label"] = [1, 1]
    assert rows_of(result) == clean_batch(rows, keep_columns=["label"], workers=0)


def test_an_arrow_table_gives_an_arrow_table() -> None:
    """Types are those of the schema, whatever is in the rows, so that the parts of a data set fit together."""
    rows = [{"html": PAGES[0].encode(), "url": "https://example.org/0", "label": 1}, {"html": b"", "label": 2}]
    table = clean_batch(pa.Table.from_pylist(rows), keep_columns=["label"], workers=0)
    recipe = RowRecipe(keep_columns=["label"])
    assert table.schema == row_schema(recipe).append(pa.field("label", pa.int64()))
    assert table.column("label").to_pylist() == [1, 2]
    assert table.column("status").to_pylist() == ["ok", "empty"]
    empty = clean_batch(pa.table({"html": pa.array([], pa.string())}), workers=0)
    assert (empty.num_rows, empty.schema) == (0, row_schema(RowRecipe()))


def test_parts_give_what_the_whole_gives() -> None:
    """A record does not depend on what else is in the batch, so that a batch may be cut anywhere."""
    whole = clean_batch(ROWS, workers=0)
    assert [clean_batch([row], workers=0)[0] | {"error": ""} for row in ROWS] == [
        record | {"error": ""} for record in whole
    ]
    assert clean_batch(ROWS[::-1], workers=0)[0]["text"] == whole[-1]["text"]
    assert clean_batch([], workers=0) == []


def test_columns_can_be_named() -> None:
    """Columns are guessed like those of tables, and may be said."""
    row = {"Body": PROSE.format(1), "page": PAGES[2], "link": "https://example.org/x", "number": 12}
    guessed = clean_batch([row], workers=0)[0]
    assert (guessed["text"], guessed["url"], guessed["id"]) == (PROSE.format(1), row["link"], row["link"])
    named = clean_batch([row], html_column="page", id_column="number", workers=0)[0]
    assert (named["text"], named["id"]) == (PROSE.format(2), "12")


def test_rows_without_a_page_fail_alone() -> None:
    """Dicts need not be alike: the one without a page is a failure that says how to name the column."""
    records = clean_batch([{"id": "a", "price": 2}, {"text": PROSE.format(1)}], workers=0)
    assert [record["error_code"] for record in records] == ["no_text_column", ""]
    assert records[0]["id"] == "a"
    assert records[0]["error"].endswith("Say which with text_column or html_column.")


def test_failures_are_passed_on() -> None:
    """What a reader could not read stays a failure with its code, so that steps can be put one behind another."""
    rows = [{"html": "", "id": "7", "error_code": "truncated_input", "error": "It ends in the middle."}]
    [record] = clean_batch(rows, workers=0)
    assert [record[name] for name in ("id", "status", "error_code", "error")] == [
        "7",
        "failed",
        "truncated_input",
        "It ends in the middle.",
    ]


@pytest.mark.parametrize(
    ("rows", "options", "code"),
    [
        ({"html": ["x"], "url": ["a", "b"]}, {}, "bad_rows"),
        ({"html": "<p>x"}, {}, "bad_rows"),
        (PAGES, {}, "bad_rows"),
        (PAGES[0], {}, "bad_rows"),
        ({"price": [1]}, {}, "no_text_column"),
        ({"html": ["x"]}, {"html_column": "page"}, "no_such_column"),
        ({"html": ["x"]}, {"keep_columns": ["label"]}, "no_such_column"),
        ({"html": ["x"]}, {"keep_columns": ["title"]}, "bad_column"),
        ({"html": ["x"]}, {"keep_columns": "label"}, "bad_column"),
        ([{"html": "x"}], {"settings": Settings(weights="nowhere.npz")}, "weights_missing"),
    ],
)
def test_what_is_wrong_for_all_rows_is_raised(rows: Any, options: dict[str, Any], code: str) -> None:
    """A mistake in the call is an error at once, not a thousand failed rows."""
    with pytest.raises(SetupError) as caught:
        clean_batch(rows, workers=0, **options)
    assert caught.value.code == code


@pytest.mark.skipif(sys.platform != "linux", reason="signals of Linux")
def test_a_row_that_hangs_or_kills_costs_only_itself(settings: Settings) -> None:
    """A page that never ends passes its deadline; one that ends its process is told; the others are cleaned."""
    rows = [
        {"text": f"{word} wort nummer {number}", "id": word} for number, word in enumerate(["a", "hang", "kill", "b"])
    ]
    records = clean_batch(rows, settings=settings, timeout_seconds=0.5)
    assert [(record["id"], record["error_code"]) for record in records] == [
        ("a", ""), ("hang", "timeout"), ("kill", "crash"), ("b", ""),
    ]  # fmt: skip
    assert records[2]["error"] == "kill ended the process that cleaned it (signal SIGKILL), twice."
    assert [record["language"] != "" for record in records] == [True, False, False, True]


def test_the_process_stays_for_the_next_batch() -> None:
    """The second call uses the worker of the first; another recipe ends it; threads have workers of their own."""
    clean_batch(ROWS)
    [(_, pool)] = standing._idle
    [worker] = pool.workers
    clean_batch(ROWS)
    assert [pool.workers for _, pool in standing._idle] == [[worker]]
    results: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: results.append([record["error_code"] for record in clean_batch(ROWS)]))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [CODES] * 3
    clean_batch(ROWS, paragraphs=True)
    assert len(standing._idle) == 1
    assert worker.process.exitcode is not None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_has_workers_of_its_own(tmp_path: Path) -> None:
    """Engines fork: the child cleans with a worker of its own and leaves the parent's alone."""
    script = tmp_path / "script.py"
    script.write_text(
        "import os, cleaner\n"
        "rows = [{'text': 'It rained all day.'}] * 2\n"
        "print(len(cleaner.clean_batch(rows)), flush=True)\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    print(len(cleaner.clean_batch(rows)), flush=True)\n"
        "    os._exit(0)\n"
        "os.waitpid(child, 0)\n"
        "print(len(cleaner.clean_batch(rows)), flush=True)\n",
        "utf-8",
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, timeout=120, check=True, encoding="utf-8")
    assert (done.stdout, done.stderr) == ("2\n2\n2\n", "")


def test_a_daemonic_process_has_workers_of_its_own(tmp_path: Path) -> None:
    """Processes of a Pool or a data loader may not have children; ours end with them, and are let be."""
    script = tmp_path / "script.py"
    script.write_text(
        "import multiprocessing, cleaner\n"
        "if __name__ == '__main__':\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "        print(len(pool.map(cleaner.clean_batch, [[{'text': 'It rained all day.'}] * 3])[0]))\n",
        "utf-8",
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, timeout=120, check=True, encoding="utf-8")
    assert (done.stdout, done.stderr) == ("3\n", "")


def test_options_are_picklable() -> None:
    """What engines send to other machines can be sent."""
    recipe = RowRecipe(settings=Settings(favor="recall"), keep_columns=["label"], workers=0)
    assert pickle.loads(pickle.dumps(recipe)) == recipe  # noqa: S301 - our own
    call = functools.partial(clean_batch, settings=Settings(favor="recall"), workers=0)
    call = pickle.loads(pickle.dumps(call))  # noqa: S301 - our own
    assert [record["status"] for record in call([{"text": PROSE}])] == ["ok"]
