"""Spark: a data frame of pages becomes a data frame of records on the executors."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from extras import BAD_ROW, ROWS, library

from cleaner import SetupError, clean_batch
from cleaner.batch import row_example

library("pandas", "spark")
sql = library("pyspark.sql", "spark")
if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
    pytest.skip("Spark needs a JVM, and there is none.", allow_module_level=True)
pytestmark = pytest.mark.filterwarnings("ignore")
"""Spark warns of pandas, of arrow and of itself."""


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """Start Spark in this process, with two cores."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    running = session.getOrCreate()
    yield running
    running.stop()


def test_a_data_frame_becomes_records(spark: Any) -> None:
    """Every page of every partition has its record, failures as well, with the columns that were to be kept."""
    from cleaner.integrations.spark import clean_frame

    frame = spark.createDataFrame([*ROWS, BAD_ROW]).repartition(3)
    result = clean_frame(frame, keep_columns=["label"])
    assert result.columns == [*row_example(), "label"]
    rows = sorted((row.asDict(recursive=True) for row in result.collect()), key=lambda row: row["label"])
    assert rows == clean_batch([*ROWS, BAD_ROW], keep_columns=["label"], workers=0)


def test_bytes_and_wrong_options(spark: Any) -> None:
    """Binary columns are pages as well; an impossible option is said before anything is begun."""
    from cleaner.integrations.spark import clean_frame

    frame = spark.createDataFrame([(ROWS[0]["html"].encode("utf-16"),)], "page binary")
    assert [row.status for row in clean_frame(frame, html_column="page").collect()] == ["ok"]
    with pytest.raises(SetupError, match="keep_columns names title"):
        clean_frame(frame, keep_columns=["title"])
