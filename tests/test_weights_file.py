"""Weights files: read whole and once, or refused with a reason."""

from __future__ import annotations

import io
import json
import os
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stored_weights import HEADER, stored

from cleaner.errors import SetupError
from cleaner.features import LEVELS, NUMBERS
from cleaner.model import ARRAYS, BAG_TABLES, FORMAT, HEADER_KEYS, load_model, read_weights
from cleaner.page import KINDS

TABLE = np.arange(600, dtype=np.float32).reshape(200, 3)
GOOD = stored(body_w=TABLE, body_b=np.zeros(0))


def refused(path: Path) -> SetupError:
    with pytest.raises(SetupError) as caught:
        read_weights(path)
    assert caught.value.where == str(path)
    assert str(path) in str(caught.value)
    assert str(caught.value).endswith(".")
    return caught.value


def test_a_weights_file_comes_back_as_it_was_written(tmp_path: Path) -> None:
    """Header and arrays make the round trip; arrays become float32; a path and an open file will do."""
    path = tmp_path / "tiny.npz"
    path.write_bytes(stored(body_w=TABLE.astype(np.float64), scale=np.array([1, 2], np.int8)))
    for file in (path, str(path), io.BytesIO(path.read_bytes())):
        model = read_weights(file)
        assert model.header == HEADER
        assert sorted(model.arrays) == sorted([*ARRAYS, "body_w", "scale"])
        assert {array.dtype for array in model.arrays.values()} == {np.dtype(np.float32)}
        assert np.array_equal(model.arrays["body_w"], TABLE)
        assert model.arrays["scale"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize("header", [{"format": FORMAT + 1}, {"format": str(FORMAT)}, {"format": None}, {}])
def test_another_format_is_refused(tmp_path: Path, header: dict[str, Any]) -> None:
    """A file of a later, earlier or unnamed format is an error that names both formats."""
    path = tmp_path / "later.npz"
    path.write_bytes(stored(header))
    error = refused(path)
    assert error.code == "weights_format"
    assert f"format {header.get('format')}, but this version reads format {FORMAT}" in str(error)


@pytest.mark.parametrize("key", HEADER_KEYS)
def test_a_header_that_says_too_little_is_refused(tmp_path: Path, key: str) -> None:
    """A file without one of the keys that the code needs is an error that names the key."""
    path = tmp_path / "short.npz"
    path.write_bytes(stored({name: value for name, value in HEADER.items() if name != key}))
    error = refused(path)
    assert (error.code, f"does not say its {key}." in str(error)) == ("bad_weights", True)


@pytest.mark.parametrize("name", [ARRAYS[0], ARRAYS[-1]])
def test_a_file_without_one_of_the_arrays_is_refused(tmp_path: Path, name: str) -> None:
    """A file in which an array of the network is missing is an error that names it."""
    path = tmp_path / "short.npz"
    file = io.BytesIO()
    kept = {other: np.zeros(0, np.float32) for other in ARRAYS if other != name}
    np.savez(file, allow_pickle=False, header=np.frombuffer(json.dumps(HEADER).encode(), np.uint8), **kept)
    path.write_bytes(file.getvalue())
    error = refused(path)
    assert (error.code, f"does not say its {name}." in str(error)) == ("bad_weights", True)


def test_a_calibration_for_one_input_type_only_is_refused(tmp_path: Path) -> None:
    """HTML and plain text each need a calibration."""
    path = tmp_path / "short.npz"
    path.write_bytes(stored(HEADER | {"calibration": {"html": {}}}))
    assert "calibration of text" in str(refused(path))


def damaged() -> dict[str, bytes]:
    """Return files that are no weights files."""
    array, plain = io.BytesIO(), io.BytesIO()
    np.save(array, TABLE)
    np.savez(plain, body_w=TABLE)
    objects = np.array([{"format": FORMAT}], dtype=object)
    pickled = io.BytesIO()
    np.savez(pickled, header=objects, allow_pickle=True)
    middle = len(GOOD) // 2
    return {
        "empty": b"",
        "text": b"These are no weights.\n" * 20,
        "pickle": pickle.dumps(HEADER),
        "start of a zip": b"PK\x03\x04",
        "cut in the middle": GOOD[:middle],
        "cut at the end": GOOD[:-5],
        "one byte changed": GOOD[:middle] + bytes([GOOD[middle] ^ 255]) + GOOD[middle + 1 :],
        "a single array": array.getvalue(),
        "no header": plain.getvalue(),
        "pickled header": pickled.getvalue(),
        "pickled array": stored(body_w=objects),
        "array of words": stored(body_w=np.array(["a"])),
        "header that is no JSON": stored(b"{"),
        "header that is no UTF-8": stored(b"\xff"),
        "header that is a list": stored([1, 2]),
        "header that is a number": stored(7),
        "header of brackets": stored(b"[" * 100_000),
    }


@pytest.mark.parametrize("name", damaged())
def test_a_damaged_file_is_refused(tmp_path: Path, name: str) -> None:
    """Whatever is wrong with the file, the error is bad_weights and names the file."""
    path = tmp_path / "bad.npz"
    path.write_bytes(damaged()[name])
    error = refused(path)
    assert error.code == "bad_weights"
    assert str(error).startswith(f"{path} is no weights file of this cleaner: ")
    assert "allow_pickle" not in str(error)


def test_a_pickle_is_never_run(tmp_path: Path) -> None:
    """Loading a file with pickled code runs nothing of it."""
    path, sign = tmp_path / "evil.npz", tmp_path / "ran"
    file = io.BytesIO()
    np.savez(file, header=np.array([Evil(str(sign))], dtype=object), allow_pickle=True)
    path.write_bytes(file.getvalue())
    assert refused(path).code == "bad_weights"
    assert sign.exists() is False


@dataclass
class Evil:
    """Creates a file when it is unpickled."""

    path: str

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (Path(self.path),))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255), st.booleans())
def test_any_damage_is_noticed_or_harmless(place: int, change: int, cut: bool) -> None:
    """A file cut or changed at any place is refused with a code, or (changed names and dates) still read."""
    bad = GOOD[:place] if cut else GOOD[:place] + bytes([GOOD[place] ^ change]) + GOOD[place + 1 :]
    try:
        arrays = read_weights(io.BytesIO(bad)).arrays
    except SetupError as error:
        assert error.code in {"bad_weights", "weights_format"}  # noqa: PT017 - both ends are fine
    else:
        assert [array.size for array in arrays.values() if array.size not in {0, 600}] == []


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """No file, or a folder in its place, is weights_missing; the error says what to do."""
    for path in (tmp_path / "no.npz", tmp_path):
        with pytest.raises(SetupError) as caught:
            load_model(str(path))
        assert (caught.value.code, caught.value.where) == ("weights_missing", str(path))
        assert str(caught.value).endswith("Install the package again, or train.")


def test_a_model_is_loaded_once(tmp_path: Path) -> None:
    """The second call for the same file gives the same object; errors and files since changed are read anew."""
    path = tmp_path / "tiny.npz"
    with pytest.raises(SetupError):
        load_model(str(path))
    path.write_bytes(GOOD)
    assert load_model(str(path)) is load_model(str(path))
    before = load_model(str(path))
    assert before.header == HEADER
    os.utime(path, ns=(1, 1))
    assert load_model(str(path)) is not before


def test_the_packaged_weights_fit_the_code() -> None:
    """The weights that come with the package name this version's kinds, and their arrays fit its features."""
    model = load_model()
    inputs = len(NUMBERS) + sum(model.arrays[f"table_{name}"].shape[1] for name in BAG_TABLES)
    assert model.header["format"] == FORMAT
    assert model.header["kinds"] == [str(kind) for kind in KINDS]
    assert "article" in model.header["page_types"]
    assert sorted(model.header["calibration"]) == ["html", "text"]
    assert len(model.header["numbers"]) == len(NUMBERS)
    assert model.arrays["input_w"].shape[0] == inputs
    assert model.arrays["kind_w"].shape[1] == len(KINDS)
    assert model.arrays["scope0_w"].shape[0] == (LEVELS + 3) * model.arrays["scope0_in_w"].shape[1]
    assert [name for name, array in model.arrays.items() if not np.isfinite(array).all()] == []
