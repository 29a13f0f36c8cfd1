"""The examples of docs/integrations.md run, where what they need is installed."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "integrations.md").read_text("utf-8")
FENCES = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def needed(example: str) -> str:
    """Return the library an example says it needs; '' if none."""
    found = re.match(r"# needs (\w+)\n", example)
    return found[1] if found else ""


def test_each_adapter_has_an_example() -> None:
    """Every library of which there is an adapter is shown."""
    assert {needed(example) for example in FENCES} == {
        "", "pandas", "polars", "datasets", "spacy", "scrapy", "datatrove", "pyspark", "ray",
    }  # fmt: skip


@pytest.mark.parametrize("example", FENCES, ids=[needed(example) or "cleaner" for example in FENCES])
def test_the_example_runs(example: str, tmp_path: Path) -> None:
    """Copied into a script beside the fixtures, an example ends well and prints something."""
    library = needed(example)
    if library and importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed.")
    if library == "pyspark" and not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        pytest.skip("Spark needs a JVM, and there is none.")
    shutil.copytree(ROOT / "fixtures" / "pages", tmp_path / "fixtures" / "pages")
    (tmp_path / "example.py").write_text(example, "utf-8")
    surroundings = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYSPARK_PYTHON": sys.executable,
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(tmp_path / "hf"),
    }
    command = [sys.executable, "example.py"]
    with (tmp_path / "printed").open("wb") as printed:  # no pipe: what an engine leaves behind would keep it open
        done = subprocess.run(
            command, cwd=tmp_path, env=surroundings, stdout=printed, stderr=printed, timeout=300, check=False
        )
    told = (tmp_path / "printed").read_text("utf-8", "replace")
    assert (done.returncode, "Traceback" in told) == (0, False), told[-3000:]
    assert told.strip() != ""
