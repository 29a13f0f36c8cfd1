"""pandas and polars: a frame of pages becomes a frame of records, a series of pages a series of texts."""

from __future__ import annotations

from typing import Any

import pytest
from extras import BAD_ROW, PAGES, ROWS, library

from cleaner import SetupError, clean_batch
from cleaner.batch import row_example
from cleaner.integrations.tables import clean_column, clean_frame

OPTIONS = {"workers": 0, "keep_columns": ["label"]}
WANTED = clean_batch([*ROWS, BAD_ROW], **OPTIONS)  # type: ignore[arg-type]


def test_a_pandas_frame_keeps_its_index() -> None:
    """Each row of pandas gives its record under its own label; failures are rows."""
    pandas = library("pandas")
    frame = pandas.DataFrame([*ROWS, BAD_ROW], index=[f"row {number}" for number in range(7)])
    result = clean_frame(frame, **OPTIONS)
    assert list(result.index) == list(frame.index)
    assert list(result.columns) == [*row_example(), "label"]
    assert result.to_dict("records") == WANTED
    missing = pandas.DataFrame({"text": pandas.array(["It rained.", None], dtype="string")})
    assert list(clean_frame(missing, workers=0)["status"]) == ["ok", "empty"]


def test_a_polars_frame_has_fixed_types() -> None:
    """Each row of polars gives its record, and an empty frame has the same types."""
    polars = library("polars")
    frame = polars.DataFrame([*ROWS, BAD_ROW])
    result = clean_frame(frame, **OPTIONS)
    assert result.columns == [*row_example(), "label"]
    assert result["text"].to_list() == [record["text"] for record in WANTED]
    assert result["error_code"].to_list() == [record["error_code"] for record in WANTED]
    assert clean_frame(frame.head(0), **OPTIONS).schema == result.schema


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_a_series_gives_a_series(name: str) -> None:
    """A column of pages gives a column of texts, or of another field, with its name."""
    series: Any = library(name).Series("page", PAGES) if name == "polars" else library(name).Series(PAGES, name="page")
    result = clean_column(series, workers=0)
    assert list(result) == [record["text"] for record in WANTED[:-1]]
    assert result.name == "page"
    assert list(clean_column(series, field="title", workers=0)) == [f"Flood {number}" for number in range(6)]


def test_other_things_are_no_tables() -> None:
    """What is no frame and no field is said in a sentence."""
    pandas = library("pandas")
    with pytest.raises(SetupError, match=r"but this is builtins\.list"):
        clean_frame([])
    with pytest.raises(SetupError, match="Records have no field 'headline'"):
        clean_column(pandas.Series(["x"]), field="headline", workers=0)
