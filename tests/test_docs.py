"""Documentation that cannot lie: what README and docs/ show exists and runs, and what exists is in them.

Commands are read from code fences marked ``console``: each line that starts with ``$ cleaner`` is run, in the order of
the page, in one copy of ``fixtures/``. A command that needs what a user's machine does not have carries the remark
``# not run: <reason>``; one that is meant to exit with another code than 0 carries ``# exit code N``.
"""

from __future__ import annotations

import ast
import dataclasses
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from cleaner.page import KINDS
from cleaner.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PAGES = [path for path in [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))] if path.exists()]
DOCUMENTED = "\n".join(path.read_text("utf-8") for path in PAGES)
ERRORS = ("InputError", "SetupError", "RunError", "InternalError")
INTERNAL = ("training", "evaluation")
"""Subpackages whose error codes a user never meets through clean() or the batch."""


def commands() -> list[str]:
    """Return every shown command line that starts with ``cleaner``, without the prompt."""
    shown: list[str] = []
    for fence in re.findall(r"^```console\n(.*?)^```", DOCUMENTED, re.DOTALL | re.MULTILINE):
        shown += [line[2:].strip() for line in fence.splitlines() if line.startswith("$ cleaner")]
    return shown


def wanted_code(command: str) -> int:
    found = re.search(r"# exit code (\d+)", command)
    return int(found[1]) if found else 0


def error_codes() -> dict[str, str]:
    """Return code -> file of every error that is raised, or reported of a file, with a code written out."""
    codes: dict[str, str] = {}
    for path in sorted((ROOT / "cleaner").rglob("*.py")):
        if path.relative_to(ROOT / "cleaner").parts[0] in INTERNAL:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            given = node.args[:1] if called in ERRORS else node.args[1:2] if called == "report" else []
            for code in given:
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    codes[code.value] = path.name
    return codes


def is_documented(name: str) -> bool:
    """Say whether a name stands in the documentation as code, between backquotes or in a fence."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", DOCUMENTED) is not None


def test_readme_shows_commands() -> None:
    """README shows how to clean a page, a folder and standard input, or there would be nothing to check."""
    assert (ROOT / "README.md").is_file()
    assert any(command.startswith("cleaner clean") for command in commands())


def test_shown_commands_run(tmp_path: Path) -> None:
    """Every command of the documentation exits as it says it does, run in order in a copy of the fixtures."""
    shutil.copytree(ROOT / "fixtures", tmp_path / "fixtures")
    path = os.pathsep.join([str(Path(sys.executable).parent), sysconfig.get_path("scripts"), os.environ["PATH"]])
    surroundings = {**os.environ, "PATH": path, "NO_COLOR": "1", "COLUMNS": "120"}
    failed = []
    for command in commands():
        if "# not run:" in command:
            continue
        done = subprocess.run(  # noqa: S602 - what the documentation shows are shell commands
            command,
            shell=True,
            cwd=tmp_path,
            env=surroundings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        if done.returncode != wanted_code(command):
            failed.append(f"$ {command}\nexit code {done.returncode}\n{done.stderr[-600:]}")
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize("name", [entry.name for entry in dataclasses.fields(Settings)])
def test_setting_is_documented(name: str) -> None:
    """Every field of Settings is named in the documentation."""
    assert is_documented(name)


@pytest.mark.parametrize("name", [str(kind) for kind in KINDS])
def test_kind_is_documented(name: str) -> None:
    """Every kind of paragraph is named in the documentation as code."""
    assert f"`{name}`" in DOCUMENTED


def test_error_codes_are_documented() -> None:
    """Every error code that a caller can meet is named in the documentation."""
    codes = error_codes()
    assert len(codes) >= 5
    assert [f"{code} ({file})" for code, file in codes.items() if not is_documented(code)] == []


def test_error_codes_are_snake_case() -> None:
    """Codes are lower-case words joined by underscores, so that programs can compare them."""
    assert [code for code in error_codes() if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", code)] == []


def test_links_between_documents_lead_somewhere() -> None:
    """A relative link in README or docs/ names a file of this project."""
    broken = []
    for page in PAGES:
        targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8"))
        inside = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
        broken += [f"{page.name}: {target}" for target in inside if not (page.parent / target).exists()]
    assert broken == []
