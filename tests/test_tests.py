"""The tests' own manners."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent


def functions_in(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [function for function in functions if function.name.startswith("test_")]


@pytest.mark.parametrize("path", sorted(TESTS.glob("test_*.py")), ids=lambda path: path.stem)
def test_every_test_opens_with_a_sentence_of_behaviour(path: Path) -> None:
    """Each test function begins with a docstring whose first paragraph is one sentence: a capital, a full stop."""
    without = []
    for function in functions_in(path):
        sentence = " ".join((ast.get_docstring(function) or "").split("\n\n")[0].split())
        starts_well = sentence[:1].isupper() or sentence[:1] in "`'\"0123456789"
        if not (sentence.endswith(".") and starts_well and len(sentence) > len("It works.")):
            without.append(f"{path.name}:{function.lineno} {function.name}: {sentence!r}")
    assert without == []


def test_every_test_file_has_a_test() -> None:
    """A file called test_*.py without a test function in it is a mistake."""
    assert [path.name for path in sorted(TESTS.glob("test_*.py")) if not functions_in(path)] == []
