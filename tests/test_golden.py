"""Golden pages: every folder of fixtures/pages is a page, the clean text a reader would want of it, and why it is here.

``expected.json`` holds what else is wanted:

* ``status``: the status, or a list of statuses that are all right;
* ``metadata``: the fields that matter (a date matches to its own precision, a language to its own subtags);
* ``kinds``: exact text of a paragraph -> its kind, or a list of kinds that are all right;
* ``check_text``: false where only the status is asked for (a page that is no article);
* ``expect``: ``fail`` for a case we cannot do yet, with a ``reason``; it must go on failing, or the mark must go.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner.page import KINDS, Metadata

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "fixtures" / "pages"
FOLDERS = sorted(folder for folder in PAGES.iterdir() if folder.is_dir())
KNOWN_KEYS = {"status", "metadata", "kinds", "check_text", "expect", "reason"}
FIELDS = {entry.name for entry in dataclasses.fields(Metadata)}


def wanted_of(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "expected.json").read_text("utf-8"))
    return loaded


def source_of(folder: Path) -> Path:
    return next(iter(sorted(folder.glob("source.*"))))


def cases() -> list[Any]:
    marked = []
    for folder in FOLDERS:
        wanted = wanted_of(folder)
        fails = wanted.get("expect") == "fail"
        marks = [pytest.mark.xfail(strict=True, reason=wanted["reason"], raises=AssertionError)] if fails else []
        marked.append(pytest.param(folder, id=folder.name, marks=marks))
    return marked


def one_of(wanted: str | list[str]) -> list[str]:
    return [wanted] if isinstance(wanted, str) else wanted


def text_problems(article: cleaner.Article, expected: str) -> list[str]:
    """Say which paragraphs are missing, and which are too much with kind and score; empty when the texts are equal."""
    if article.text == expected:
        return []
    wanted = expected.split("\n\n") if expected else []
    problems = []
    for text in wanted:
        if text not in article.text.split("\n\n"):
            found = [f"{p.kind} {p.score:.2f}" for p in article.paragraphs if p.text == text]
            problems.append(f"missing from the text ({', '.join(found) or 'no such paragraph'}): {text[:90]!r}")
    problems += [
        f"too much in the text ({p.kind} {p.score:.2f}): {p.text[:90]!r}"
        for p in article.paragraphs
        if p.kept and p.text not in wanted
    ]
    return problems or [f"the paragraphs are right, but their order or number is not: {article.text[:200]!r}"]


def metadata_problems(metadata: Metadata, wanted: dict[str, Any]) -> list[str]:
    problems = []
    for name, value in wanted.items():
        found = getattr(metadata, name)
        if name in {"date_published", "date_modified"}:
            right = found == value or found.startswith(f"{value}T")
        elif name == "language":
            right = found == value or found.startswith(f"{value}-")
        elif isinstance(value, list):
            right = list(found) == value
        else:
            right = found == value
        if not right:
            problems.append(f"metadata.{name} is {found!r}, wanted is {value!r}")
    return problems


def kind_problems(article: cleaner.Article, wanted: dict[str, Any]) -> list[str]:
    problems = []
    for text, kinds in wanted.items():
        found = [str(paragraph.kind) for paragraph in article.paragraphs if paragraph.text == text]
        if not found:
            problems.append(f"there is no paragraph {text[:90]!r}")
        problems += [f"kind is {kind}, wanted is {kinds}: {text[:90]!r}" for kind in found if kind not in one_of(kinds)]
    return problems


@pytest.mark.parametrize("folder", cases())
def test_page_comes_out_as_its_folder_says(folder: Path) -> None:
    """Status, clean text, metadata and kinds of a page are what its folder wants, and nothing else is in the text."""
    wanted = wanted_of(folder)
    article = cleaner.clean(source_of(folder).read_bytes())
    problems = []
    if article.status not in one_of(wanted["status"]):
        problems.append(f"status is {article.status} ({article.confidence:.2f}), wanted is {wanted['status']}")
    if wanted.get("check_text", True):
        expected = (folder / "expected.txt").read_text("utf-8").removesuffix("\n")
        problems += text_problems(article, expected)
    problems += metadata_problems(article.metadata, wanted.get("metadata", {}))
    problems += kind_problems(article, wanted.get("kinds", {}))
    assert not problems, f"{folder.name}:\n  " + "\n  ".join(problems)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_folder_is_complete(folder: Path) -> None:
    """A case has one source, its text, its wishes in known words, and a few lines that say what it guards."""
    wanted = wanted_of(folder)
    sources = [path.name for path in folder.glob("source.*")]
    assert sources in (["source.html"], ["source.txt"])
    assert set(wanted) <= KNOWN_KEYS
    assert set(wanted.get("metadata", {})) <= FIELDS
    assert {kind for kinds in wanted.get("kinds", {}).values() for kind in one_of(kinds)} <= set(map(str, KINDS))
    assert set(one_of(wanted["status"])) <= {"ok", "low_confidence", "not_article", "empty"}
    assert ("expect" in wanted) == ("reason" in wanted)
    assert 1 <= len((folder / "why.md").read_text("utf-8").splitlines()) <= 6
    assert (folder / "expected.txt").is_file()


def test_rewriting_a_golden_text_writes_what_clean_returns(tmp_path: Path) -> None:
    """The script behind ``make golden`` rewrites expected.txt of the one case it is given, and shows the difference."""
    folder = FOLDERS[0]
    shutil.copytree(folder, tmp_path / folder.name)
    (tmp_path / folder.name / "expected.txt").write_text("An old wish.\n", "utf-8")
    script = ROOT / "tests" / "make_golden.py"
    command = [sys.executable, str(script), folder.name, "--pages", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    article = cleaner.clean(source_of(folder).read_bytes())
    assert (tmp_path / folder.name / "expected.txt").read_text("utf-8") == article.text + "\n"
    assert "-An old wish." in done.stdout


def test_rewriting_an_unknown_case_names_the_known_ones(tmp_path: Path) -> None:
    """A slug that does not exist is a sentence that lists the slugs there are, not a traceback."""
    (tmp_path / "only-case").mkdir()
    script = ROOT / "tests" / "make_golden.py"
    command = [sys.executable, str(script), "no-such-case", "--pages", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert done.stderr == "There is no case no-such-case. The cases are: only-case.\n"
