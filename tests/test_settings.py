"""The settings object: what it refuses, and how it is read from plain data and from a file."""

from __future__ import annotations

import dataclasses
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.errors import SetupError
from cleaner.page import KINDS, Kind
from cleaner.settings import DEFAULTS, Settings

FIELDS = [entry.name for entry in dataclasses.fields(Settings)]
modest = settings(max_examples=60, deadline=None)


def refused(values: dict[str, Any]) -> SetupError:
    """Return the error with which values are refused."""
    with pytest.raises(SetupError) as caught:
        Settings.from_mapping(values)
    return caught.value


def test_the_defaults_are_those_that_are_documented() -> None:
    """Without arguments: headings and body, metadata and language, the threshold of the weights, no reasons."""
    assert dataclasses.asdict(Settings()) == {
        "threshold": None,
        "favor": "balance",
        "keep_kinds": frozenset({Kind.HEADING, Kind.BODY}),
        "drop_kinds": frozenset(),
        "rules": None,
        "profiles": None,
        "site_key": "auto",
        "site_pages": 5,
        "reasons": False,
        "metadata": True,
        "metadata_fallback": "off",
        "detect_language": True,
        "default_language": "",
        "languages": (),
        "language_detector": "langdetect",
        "weights": None,
        "max_page_bytes": 50_000_000,
        "max_inflated_bytes": 200_000_000,
    }
    assert Settings() == DEFAULTS


def test_settings_are_frozen_hashable_and_cross_process_borders() -> None:
    """Settings cannot be changed, serve as a key, and come out of a pickle equal."""
    changed = Settings(threshold=0.5, keep_kinds=frozenset({Kind.TITLE}))
    with pytest.raises(dataclasses.FrozenInstanceError):
        changed.threshold = 0.1  # type: ignore[misc]
    assert {changed: 1}[pickle.loads(pickle.dumps(changed))] == 1  # noqa: S301 - our own bytes


@pytest.mark.parametrize("value", [0, 0.0, 0.5, 1, 1.0, None])
def test_a_threshold_between_0_and_1_is_taken(value: float | None) -> None:
    """Both ends are allowed, and None leaves the choice to the weights."""
    assert Settings(threshold=value).threshold == value


@pytest.mark.parametrize("value", [-0.01, 1.01, 2, float("nan"), float("inf"), float("-inf")])
def test_a_threshold_outside_is_refused(value: float) -> None:
    """A number that is no probability is an error that names the setting and the number."""
    error = refused({"threshold": value})
    assert (error.code, str(error)) == ("bad_setting", f"threshold must lie between 0 and 1, but is {value}.")


@pytest.mark.parametrize("name", ["max_page_bytes", "max_inflated_bytes"])
@pytest.mark.parametrize("value", [0, -1])
def test_a_limit_below_one_byte_is_refused(name: str, value: int) -> None:
    """A limit under which no page fits is an error."""
    error = refused({name: value})
    assert (error.code, str(error)) == ("bad_setting", f"{name} must be at least 1 byte, but is {value}.")
    assert getattr(Settings.from_mapping({name: 1}), name) == 1


def test_kinds_may_be_given_by_name() -> None:
    """Names become kinds; a list, a tuple and a set will do; none at all is allowed."""
    for given_as in (["title", "body"], ("title", "body"), {"title", "body"}, {Kind.TITLE, Kind.BODY}):
        taken = Settings.from_mapping({"keep_kinds": given_as}).keep_kinds
        assert taken == {Kind.TITLE, Kind.BODY}
        assert {type(kind) for kind in taken} == {Kind}
    assert Settings.from_mapping({"keep_kinds": []}).keep_kinds == frozenset()
    assert Settings(keep_kinds=frozenset(KINDS)).keep_kinds == frozenset(KINDS)


def test_an_unknown_kind_is_refused() -> None:
    """The error names the unknown kind and all known ones."""
    error = refused({"keep_kinds": ["body", "sidebar"]})
    assert error.code == "bad_setting"
    assert str(error).startswith("keep_kinds names sidebar, which is no kind. Kinds are: title, byline, ")
    assert [str(kind) for kind in KINDS if str(kind) not in str(error)] == []


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("treshold", "Did you mean 'threshold'?"),
        ("keep_kind", "Did you mean 'keep_kinds'?"),
        ("max_page_byte", "Did you mean 'max_page_bytes'?"),
        ("Reasons", "Did you mean 'reasons'?"),
        ("qqq", f"Known settings: {', '.join(FIELDS)}."),
        ("", f"Known settings: {', '.join(FIELDS)}."),
    ],
)
def test_an_unknown_setting_names_the_nearest_one(key: str, hint: str) -> None:
    """A misspelt key is an error with a hint; without a near one, all keys are listed."""
    error = refused({"threshold": 0.5, key: 1})
    assert (error.code, str(error)) == ("unknown_setting", f"There is no setting '{key}'. {hint}")


def test_the_callers_mapping_is_left_alone() -> None:
    """`from_mapping` changes nothing in the data it is given."""
    values = {"keep_kinds": ["body"], "threshold": 0.3}
    Settings.from_mapping(values)
    assert values == {"keep_kinds": ["body"], "threshold": 0.3}


@pytest.mark.parametrize(
    "values",
    [
        {"threshold": "0.4"},
        {"threshold": [0.4]},
        {"threshold": True},
        {"max_page_bytes": "50 MB"},
        {"max_page_bytes": 0.5e7},
        {"max_inflated_bytes": None},
        {"keep_kinds": 3},
        {"keep_kinds": [["body"]]},
        {"reasons": "no"},
        {"metadata": 0},
        {"detect_language": None},
        {"weights": 5},
    ],
    ids=str,
)
def test_a_value_of_the_wrong_type_is_refused(values: dict[str, Any]) -> None:
    """A value that is no number, list or boolean where one belongs is a SetupError that names the setting."""
    error = refused(values)
    assert (error.code, next(iter(values)) in str(error)) == ("bad_setting", True)


# -- files ------------------------------------------------------------------------------------------------------------


def test_a_file_sets_what_it_names(tmp_path: Path) -> None:
    """A TOML file has one setting a line; what it does not name keeps its default."""
    path = tmp_path / "kell.toml"
    path.write_text('# harbour\nthreshold = 0.4\nkeep_kinds = ["body", "caption"]\nreasons = true\n', "utf-8")
    expected = Settings(threshold=0.4, keep_kinds=frozenset({Kind.BODY, Kind.CAPTION}), reasons=True)
    assert Settings.from_toml(path) == Settings.from_toml(str(path)) == expected
    path.write_text("", "utf-8")
    assert Settings.from_toml(path) == DEFAULTS


@pytest.mark.parametrize(
    "content",
    [b"threshold = ", b"threshold 0.4", b"threshold = 1\nthreshold = 1", b"\xff\xfet", b"[["],
    ids=["no value", "no sign", "twice", "not utf-8", "brackets"],
)
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    """The error says which file and why."""
    path = tmp_path / "kell.toml"
    path.write_bytes(content)
    with pytest.raises(SetupError) as caught:
        Settings.from_toml(path)
    assert (caught.value.code, caught.value.where) == ("bad_config", str(path))
    assert str(caught.value).startswith(f"The settings file {path} cannot be read: ")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A missing file and a folder are errors of the same code."""
    for path in (tmp_path / "no.toml", tmp_path):
        with pytest.raises(SetupError) as caught:
            Settings.from_toml(path)
        assert (caught.value.code, caught.value.where) == ("bad_config", str(path))


def test_an_unknown_key_in_a_file_names_the_file(tmp_path: Path) -> None:
    """The error says where the misspelt key stands."""
    path = tmp_path / "kell.toml"
    path.write_text("treshold = 0.4\n", "utf-8")
    with pytest.raises(SetupError) as caught:
        Settings.from_toml(path)
    assert caught.value.where == str(path)
    assert str(caught.value) == f"There is no setting 'treshold' in {path}. Did you mean 'threshold'?"


# -- properties -------------------------------------------------------------------------------------------------------


@modest
@given(st.floats() | st.integers())
def test_a_number_is_a_threshold_or_an_error(value: float) -> None:
    """Every number either lies between 0 and 1 and is kept, or is refused."""
    try:
        taken = Settings(threshold=value).threshold
    except SetupError as error:
        assert (error.code, 0 <= value <= 1) == ("bad_setting", False)  # noqa: PT017 - both ends are fine
    else:
        assert taken == value
        assert 0 <= value <= 1


@modest
@given(st.text(max_size=30))
def test_any_unknown_key_is_an_error_that_quotes_it(key: str) -> None:
    """Whatever the key, it is a field or an error of whole sentences."""
    if key not in FIELDS:
        error = refused({key: None})
        assert str(error).startswith(f"There is no setting '{key}'. ")
        assert str(error)[-1] in ".?"
