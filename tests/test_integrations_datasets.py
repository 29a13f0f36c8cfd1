"""Hugging Face data sets: map() with clean_batch() itself, or with less to say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from extras import BAD_ROW, ROWS, library

import cleaner
from cleaner.batch import end_workers, row_example
from cleaner.integrations.datasets import clean_dataset

datasets = library("datasets")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
WANTED = cleaner.clean_batch([*ROWS, BAD_ROW], workers=0)


@pytest.fixture(autouse=True)
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the library write into a folder of the test only, say nothing, and ask nobody."""
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets.disable_progress_bars()
    yield
    end_workers()


@pytest.fixture
def ds() -> Any:
    """Return a local data set of seven pages, one of them bad."""
    return datasets.Dataset.from_list([*ROWS, BAD_ROW])


def test_clean_batch_maps_a_data_set(ds: Any) -> None:
    """The call that the documentation shows works, in batches smaller than the set, and gives records."""
    result = ds.map(cleaner.clean_batch, batched=True, batch_size=2)
    assert result.column_names == list(row_example())
    assert result.to_list() == WANTED


def test_types_do_not_depend_on_the_first_batch() -> None:
    """A first batch without authors, warnings or a paywall does not settle what the next may hold."""
    declared = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "author": '
        '{"@type": "Person", "name": "Ada Berg"}, "isAccessibleForFree": false}</script>'
    )
    pages = [ROWS[0]["html"], ROWS[1]["html"].replace("</head>", f"{declared}</head>")]
    result = datasets.Dataset.from_dict({"html": pages}).map(
        cleaner.clean_batch, batched=True, batch_size=1, writer_batch_size=1
    )
    assert result["authors"][:] == [[], ["Ada Berg"]]
    assert result["paywalled"][:] == [None, True]
    assert result["sources"][1]["authors"] == "json-ld"


def test_other_columns_are_kept_if_named(ds: Any) -> None:
    """Columns go along by name; without batched=True a row is refused or cleaned, never mangled."""
    result = ds.map(cleaner.clean_batch, batched=True, fn_kwargs={"keep_columns": ["label"], "workers": 0})
    assert result["label"][:] == [0, 1, 2, 3, 4, 5, 9]


def test_data_sets_of_every_sort(ds: Any) -> None:
    """A set, a stream and a dict of sets are cleaned by one call; a stream no further than it is read."""
    options = {"batch_size": 3, "workers": 0}
    assert clean_dataset(ds, **options).to_list() == WANTED
    parts = clean_dataset(datasets.DatasetDict({"train": ds, "rest": ds.select([6])}), **options)
    assert parts["rest"]["error_code"][:] == ["binary_input"]
    stream = clean_dataset(ds.to_iterable_dataset(), **options)
    assert [next(iter(stream))["text"]] == [WANTED[0]["text"]]


def test_processes_of_map_have_workers_of_their_own(ds: Any) -> None:
    """With num_proc the library forks, and the result is the same."""
    assert clean_dataset(ds, num_proc=2, batch_size=2).to_list() == WANTED
