"""Golden pages: every folder of fixtures/pages is a page, the clean text a reader would want of it, and why it is here.

``expected.json`` holds what else is wanted:

* ``status``: the status, or a list of statuses that are all right;
* ``metadata``: the fields that matter (a date matches to its own precision, a language to its own subtags);
* ``kinds``: exact text of a paragraph -> its kind, or a list of kinds that are all right;
* ``check_text``: false where only the status is asked for (a page that is no article).

``known_problems.txt`` lists, one a line, what we cannot do yet on that page. The test wants exactly these problems: a
new one fails, and so does a solved one, until its line is taken out (``make golden SLUG=... PROBLEMS=1``
writes the file anew).
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
KNOWN_KEYS = {"status", "metadata", "kinds", "check_text"}
FIELDS = {entry.name for entry in dataclasses.fields(Metadata)}


def wanted_of(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "expected.json").read_text("utf-8"))
    return loaded


def source_of(folder: Path) -> Path:
    return next(iter(sorted(folder.glob("source.*"))))


def one_of(wanted: str | list[str]) -> list[str]:
    return [wanted] if isinstance(wanted, str) else wanted


def text_problems(article: cleaner.Article, expected: str) -> list[str]:
    """Say which paragraphs are missing and which are too much; empty when the texts are equal."""
    if article.text == expected:
        return []
    wanted = expected.split("\n\n") if expected else []
    kept = [p.text for p in article.paragraphs if p.kept]
    problems = [f"missing: {shown(text)}" for text in wanted if text not in kept]
    problems += [f"too much: {shown(text)}" for text in kept if text not in wanted]
    return problems or ["the paragraphs are right, but their order or number is not"]


def shown(text: str) -> str:
    return text[:80].replace("\n", " ").strip()


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
            problems.append(f"metadata.{name} is not {value!r}")
    return problems


def kind_problems(article: cleaner.Article, wanted: dict[str, Any]) -> list[str]:
    problems = []
    for text, kinds in wanted.items():
        found = [str(paragraph.kind) for paragraph in article.paragraphs if paragraph.text == text]
        if not found:
            problems.append(f"no such paragraph: {shown(text)}")
        if any(kind not in one_of(kinds) for kind in found):
            problems.append(f"not {' or '.join(one_of(kinds))}: {shown(text)}")
    return problems


def problems_of(folder: Path) -> list[str]:
    """Clean the page of a folder and say everything that is not as wanted, in a fixed order."""
    wanted = wanted_of(folder)
    article = cleaner.clean(source_of(folder).read_bytes())
    problems = []
    if article.status not in one_of(wanted["status"]):
        problems.append(f"status is not {' or '.join(one_of(wanted['status']))}")
    if wanted.get("check_text", True):
        problems += text_problems(article, (folder / "expected.txt").read_text("utf-8").removesuffix("\n"))
    problems += metadata_problems(article.metadata, wanted.get("metadata", {}))
    return problems + kind_problems(article, wanted.get("kinds", {}))


def known_problems(folder: Path) -> list[str]:
    path = folder / "known_problems.txt"
    return path.read_text("utf-8").splitlines() if path.is_file() else []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_page_comes_out_as_its_folder_says(folder: Path) -> None:
    """Status, clean text, metadata and kinds of a page are as wanted, but for exactly the problems known so far."""
    found, known = problems_of(folder), known_problems(folder)
    new = [line for line in found if line not in known]
    solved = [line for line in known if line not in found]
    assert not new, "new problems:\n  " + "\n  ".join(new)
    assert not solved, "solved (take them out of known_problems.txt):\n  " + "\n  ".join(solved)


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
