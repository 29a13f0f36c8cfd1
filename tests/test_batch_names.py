"""Names of outputs: after the inputs, unique on every file system, independent of order."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.batch import (
    Task,
    output_stems,
    plan,
)
from cleaner.readers import Found

PROSE = "The river rose by two metres in the night, and the old bridge was closed to traffic until noon.\n"


@pytest.mark.parametrize(
    ("inputs", "wanted"),
    [
        (["a/b.html"], ["a/b"]),
        (["b.html", "b.htm"], ["b.html", "b.htm"]),
        (["b.html", "a/b.htm"], ["b", "a/b"]),
        (["b.html.gz", "b.html"], ["b.html.gz", "b.html"]),
        (["b.html", "b.htm", "b.html.txt"], ["b.html", "b.htm", "b.html.txt"]),
        (["report.2024", "report.2024.html"], ["report.2024", "report.2024.html"]),
        (["index.html?id=1", "index.html?id=2"], ["index.html?id=1", "index.html?id=2"]),
        (["a.html", "a.txt/c.html"], ["a.html", "a.txt/c"]),
    ],
)
def test_outputs_are_named_after_inputs(inputs: list[str], wanted: list[str]) -> None:
    """The suffix of a page goes, unless that makes two names one."""
    stems = output_stems(inputs)
    assert [stems[name] for name in inputs] == wanted
    assert output_stems(inputs[::-1]) == stems


def test_names_that_differ_in_case_only_get_a_hash() -> None:
    """On many file systems B.html and b.html are one file, so both results get a name of their own."""
    assert output_stems(["b.html", "B.html"]) == {"b.html": "b.html~15b2b17c", "B.html": "B.html~64ccebfd"}


page_names = st.lists(
    st.tuples(
        st.sampled_from(["", "a/", "A/", "b.txt/", "a/b/"]),
        st.sampled_from(["b", "B", "b.html", "é", "e\N{COMBINING ACUTE ACCENT}", "b.txt", "\udce9"]),
        st.sampled_from(["", ".html", ".htm", ".txt", ".html.gz", ".2024", ".HTML"]),
    ).map("".join),
    max_size=12,
    unique=True,
)


@settings(max_examples=300, deadline=None)
@given(inputs=page_names, seed=st.integers(0, 99))
def test_no_two_outputs_meet(inputs: list[str], seed: int) -> None:
    """Outputs differ even where case and composition do not count, and do not depend on the order of the inputs."""
    stems = output_stems(inputs)
    assert len({Path(stem).as_posix().casefold() for stem in stems.values()}) == len(inputs)
    shuffled = random.Random(seed).sample(inputs, len(inputs))
    assert output_stems(shuffled) == stems
    folders = {parent.as_posix() for name in inputs for parent in Path(name).parents}
    assert not folders & {f"{stem}.txt" for stem in stems.values()}


def test_the_plan_names_each_format() -> None:
    """A task holds one file name per format, in the order asked for."""
    (task,) = plan([Found("in/a/b.html", "a/b.html", 1)], ["json", "md"])
    assert task == Task(Found("in/a/b.html", "a/b.html", 1), (("json", "a/b.json"), ("md", "a/b.md")))


def test_one_page_waits_for_no_folder() -> None:
    """What decides between one page and many loads no workers, and every public name is found when it is asked for."""
    script = (
        "import sys, cleaner.batch.target, cleaner.batch as batch\n"
        "print([name for name in ('run', 'workers', 'ledger', 'rows') if f'cleaner.batch.{name}' in sys.modules])\n"
        "print([name for name in batch.__all__ if getattr(batch, name).__class__.__name__ == 'module'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, timeout=120, check=True, encoding="utf-8"
    )
    assert (done.stdout, done.stderr) == ("[]\n[]\n", "")
