"""The error classes: codes and places survive, and one base class catches everything."""

from __future__ import annotations

import ast
import copy
import pickle
from pathlib import Path

import pytest

import cleaner
from cleaner import errors
from cleaner.errors import CleanerError, InputError, InternalError, RunError, SetupError

KINDS = (CleanerError, InputError, SetupError, RunError, InternalError)
PACKAGE = Path(cleaner.__file__).resolve().parent


def test_every_error_is_a_cleaner_error() -> None:
    """The four kinds are told apart by who must act, and share one base class that is no built-in one."""
    assert [kind.__mro__[1] for kind in KINDS[1:]] == [CleanerError] * 4
    assert CleanerError.__mro__[1] is Exception
    assert sorted(errors.__all__) == sorted(kind.__name__ for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_says_what_where_and_its_code(kind: type[CleanerError]) -> None:
    """`str()` is the message alone; code and where are for programs."""
    error = kind("binary_input", "The page kell.bin is no text.", where="kell.bin")
    assert str(error) == error.message == "The page kell.bin is no text."
    assert (error.code, error.where, error.args) == ("binary_input", "kell.bin", ("The page kell.bin is no text.",))
    assert kind("binary_input", "It is no text.").where == ""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_error_crosses_a_process_border(kind: type[CleanerError], protocol: int) -> None:
    """Pickled and copied errors keep class, code, message and place."""
    error = kind("page_too_large", "Zu groß: 12 € „Kell“.", where="a/ü.html")
    for other in (pickle.loads(pickle.dumps(error, protocol)), copy.copy(error), copy.deepcopy(error)):  # noqa: S301
        assert type(other) is kind
        assert (other.code, other.message, other.where, str(other)) == (
            "page_too_large",
            error.message,
            "a/ü.html",
            error.message,
        )


def test_a_subclass_crosses_a_process_border_as_itself() -> None:
    """A class derived outside of this package keeps its type."""
    other = pickle.loads(pickle.dumps(KellError("kell_shut", "The pier is shut.")))  # noqa: S301
    assert (type(other), other.code) == (KellError, "kell_shut")


class KellError(InputError):
    """An error of somebody who uses this package."""


def test_where_must_be_named() -> None:
    """The place is no positional parameter, so that it cannot be mixed up with the message."""
    with pytest.raises(TypeError):
        InputError("code", "Message.", "kell.html")  # type: ignore[call-arg]


def test_the_cause_is_kept() -> None:
    """Raised from another error, the other one stays visible."""
    cause = ValueError("2")
    with pytest.raises(SetupError) as caught:
        raise SetupError("bad_setting", "It is 2.") from cause
    assert caught.value.__cause__ is cause


def raised() -> list[tuple[str, ast.Call]]:
    """Return every call of an error class in the package, with the place it stands."""
    names = {kind.__name__ for kind in KINDS}
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        nodes = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
        calls = [node for node in nodes if isinstance(node.func, ast.Name) and node.func.id in names]
        found += [(f"{path.relative_to(PACKAGE)}:{node.lineno}", node) for node in calls]
    return found


def test_every_code_is_snake_case() -> None:
    """Wherever the package raises an error, its code is written out as one stable word in snake_case."""
    calls = raised()
    assert len(calls) >= 15
    codes = {place: call.args[0].value for place, call in calls if isinstance(call.args[0], ast.Constant)}
    bad = [f"{place}: {code!r}" for place, code in codes.items() if not str(code).replace("_", "").isalpha()]
    assert bad == [f"{place}: {code!r}" for place, code in codes.items() if str(code) != str(code).lower()] == []
    assert len(codes) >= 15
