"""The weights file and the forward pass, which is held to a slow one written with plain loops."""

from __future__ import annotations

import io
import json
import math
import os
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cleaner import model as model_module
from cleaner.errors import SetupError
from cleaner.features import LEVELS, NUMBERS
from cleaner.model import (
    ARRAYS,
    BAG_TABLES,
    DILATIONS,
    FORMAT,
    HEADER_KEYS,
    KERNEL,
    SCOPES_AFTER,
    Bag,
    Model,
    Prediction,
    load_model,
    read_weights,
)
from cleaner.page import KINDS

Floats = NDArray[np.float32]
Row = list[float]

# -- weights files ----------------------------------------------------------------------------------------------------

HEADER = {
    "format": FORMAT,
    "numbers": ["log_chars"],
    "kinds": [],
    "page_types": ["article"],
    "calibration": {"html": {}, "text": {}},
    "ü": 1,
}


def stored(header: Any = HEADER, **arrays: Any) -> bytes:
    """Return the bytes of a weights file with all arrays; a header given as bytes is written as it stands."""
    raw = header if isinstance(header, bytes) else json.dumps(header).encode("utf-8")
    file = io.BytesIO()
    needed: dict[str, Any] = dict.fromkeys(ARRAYS, np.zeros(0, np.float32))
    np.savez_compressed(file, header=np.frombuffer(raw, np.uint8), **(needed | arrays))
    return file.getvalue()


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


# -- a small network --------------------------------------------------------------------------------------------------

ROWS_OF_TABLES, FEATURES, EMBEDDING, WIDTH, SCOPE_WIDTH, TEST_LEVELS, TYPES = 11, 5, 3, 6, 4, 2, 3


def shapes() -> dict[str, tuple[int, ...]]:
    """Return the shape of every array of the small network."""
    found: dict[str, tuple[int, ...]] = {f"table_{name}": (ROWS_OF_TABLES, EMBEDDING) for name in BAG_TABLES}
    layers: dict[str, tuple[int, ...]] = {"input": (FEATURES + len(BAG_TABLES) * EMBEDDING, WIDTH)}
    layers |= {f"conv{place}": (KERNEL, WIDTH, WIDTH) for place in range(len(DILATIONS))}
    layers |= {f"scope{layer}": ((TEST_LEVELS + 3) * SCOPE_WIDTH, WIDTH) for layer in range(len(SCOPES_AFTER))}
    for name, shape in layers.items():
        found |= {f"{name}_w": shape, f"{name}_b": (WIDTH,), f"{name}_g": (WIDTH,), f"{name}_n": (WIDTH,)}
    found |= {f"scope{layer}_in_w": (WIDTH, SCOPE_WIDTH) for layer in range(len(SCOPES_AFTER))}
    for name, shape in {
        "body1": (WIDTH, 4),
        "body2": (4, 1),
        "kind": (WIDTH, len(KINDS)),
        "page1": (2 * WIDTH, 4),
        "page2": (4, TYPES),
    }.items():
        found |= {f"{name}_w": shape, f"{name}_b": (shape[1],)}
    return found


def small_model(seed: int) -> Model:
    random = np.random.default_rng(seed)
    arrays = {name: random.normal(0, 0.7, shape).astype(np.float32) for name, shape in shapes().items()}
    return Model({"format": FORMAT}, arrays)


@dataclass
class Input:
    """The arguments of :meth:`Model.predict` for a page of n paragraphs."""

    numbers: Floats
    bags: list[Bag]
    group_of: NDArray[np.int32]
    group_ranges: NDArray[np.int32]
    levels: NDArray[np.int32]
    words: Floats

    def through(self, model: Model) -> Prediction:
        return model.predict(
            self.numbers,
            self.bags,
            group_of=self.group_of,
            group_ranges=self.group_ranges,
            levels=self.levels,
            words=self.words,
        )


def small_page(seed: int, n: int) -> Input:
    """Return a page of random paragraphs: some bags empty, some numbers beyond the limits, some without words."""
    random = np.random.default_rng(seed)
    groups = max(1, n // 2)

    def bags(count: int) -> Bag:
        offsets = np.concatenate(([0], np.cumsum(random.integers(0, 4, count)))).astype(np.int32)
        return random.integers(0, ROWS_OF_TABLES, offsets[-1]).astype(np.int32), offsets

    first = random.integers(0, n, groups)
    end = random.integers(first + 1, n + 1)
    return Input(
        random.normal(0, 3, (n, FEATURES)).astype(np.float32),
        [bags(n) for _ in range(4)] + [bags(groups) for _ in range(2)],
        random.integers(0, groups, n).astype(np.int32),
        np.stack((first, end), axis=1).astype(np.int32),
        random.integers(0, groups, (n, TEST_LEVELS)).astype(np.int32),
        (random.integers(0, 3, n) * random.uniform(0, 40, n)).astype(np.float32),
    )


# -- the same network, slowly -----------------------------------------------------------------------------------------


def dense(row: Row, a: dict[str, Any], name: str) -> Row:
    weights, bias = a[f"{name}_w"], a.get(f"{name}_b", [0.0] * len(a[f"{name}_w"][0]))
    assert len(row) == len(weights)
    return [bias[j] + sum(row[i] * weights[i][j] for i in range(len(row))) for j in range(len(bias))]


def relu(row: Row) -> Row:
    return [max(value, 0.0) for value in row]


def added(row: Row, other: Row) -> Row:
    return [one + two for one, two in zip(row, other, strict=True)]


def normed(row: Row, a: dict[str, Any], name: str) -> Row:
    mean = sum(row) / len(row)
    variance = sum((value - mean) ** 2 for value in row) / len(row)
    scale = math.sqrt(variance + 1e-5)
    return [
        (value - mean) / scale * gain + shift
        for value, gain, shift in zip(row, a[f"{name}_g"], a[f"{name}_n"], strict=True)
    ]


def mean_of(rows: list[Row], weights: Row, width: int, *, floor: float) -> Row:
    """Return the weighted mean of rows; zeros when there are none."""
    total = max(sum(weights), floor)
    return [sum(weight * row[j] for row, weight in zip(rows, weights, strict=True)) / total for j in range(width)]


def bag_mean(page: Input, a: dict[str, Any], which: int, index: int) -> Row:
    ids, offsets = page.bags[which]
    rows = [a[f"table_{BAG_TABLES[which]}"][int(row)] for row in ids[offsets[index] : offsets[index + 1]]]
    return mean_of(rows, [1.0] * len(rows), EMBEDDING, floor=1.0)


def scoped(p: list[Row], page: Input, index: int) -> Row:
    """Return the means over the enclosing containers, what stands before, what stands after, and the page."""
    n, half = len(p), SCOPE_WIDTH // 2
    around = page.group_ranges[page.levels[index]].tolist()
    spans = [*around, (0, index), (index + 1, n), (0, n)]
    out: Row = []
    for first, end in spans:
        inside = p[first:end]
        roots = [math.sqrt(float(words)) for words in page.words[first:end]]
        out += mean_of([row[:half] for row in inside], [1.0] * len(inside), half, floor=1.0)
        out += mean_of([row[half:] for row in inside], roots, half, floor=1e-3)
    return out


def convolved(h: list[Row], a: dict[str, Any], name: str, dilation: int) -> list[Row]:
    out = []
    for index in range(len(h)):
        row = list(a[f"{name}_b"])
        for place, weights in enumerate(a[f"{name}_w"]):
            other = index + (place - KERNEL // 2) * dilation
            if 0 <= other < len(h):
                row = added(row, dense(h[other], {"x_w": weights}, "x"))
        out.append(row)
    return out


def slowly(model: Model, page: Input) -> tuple[Row, list[Row], Row]:
    """Return body logits, kind logits and page type logits, one number at a time."""
    a: dict[str, Any] = {name: array.astype(np.float64).tolist() for name, array in model.arrays.items()}
    n = len(page.words)
    h = []
    for index in range(n):
        row = [min(max(float(value), -4.0), 4.0) for value in page.numbers[index]]
        for which in range(len(BAG_TABLES)):
            row += bag_mean(page, a, which, index if which < 4 else int(page.group_of[index]))
        h.append(normed(relu(dense(row, a, "input")), a, "input"))
    layer = 0
    for place, dilation in enumerate(DILATIONS):
        steps = convolved(h, a, f"conv{place}", dilation)
        h = [normed(added(row, relu(step)), a, f"conv{place}") for row, step in zip(h, steps, strict=True)]
        if place in SCOPES_AFTER:
            p = [dense(row, a, f"scope{layer}_in") for row in h]
            seen = [relu(dense(scoped(p, page, index), a, f"scope{layer}")) for index in range(n)]
            h = [normed(added(row, step), a, f"scope{layer}") for row, step in zip(h, seen, strict=True)]
            layer += 1
    body = [dense(relu(dense(row, a, "body1")), a, "body2")[0] for row in h]
    whole = mean_of(h, [1.0] * n, WIDTH, floor=1.0)
    whole += mean_of(h, [float(words) for words in page.words], WIDTH, floor=1e-6)
    return body, [dense(row, a, "kind") for row in h], dense(relu(dense(whole, a, "page1")), a, "page2")


def check(model: Model, page: Input) -> None:
    """Assert that the quick and the slow way agree."""
    prediction = page.through(model)
    n = len(page.words)
    assert [prediction.body.shape, prediction.kinds.shape, prediction.page.shape] == [(n,), (n, len(KINDS)), (TYPES,)]
    assert {prediction.body.dtype, prediction.kinds.dtype, prediction.page.dtype} == {np.dtype(np.float32)}
    body, kinds, types = slowly(model, page)
    np.testing.assert_allclose(prediction.body, body, atol=1e-3, rtol=1e-3)
    np.testing.assert_allclose(prediction.kinds, kinds, atol=1e-3, rtol=1e-3)
    np.testing.assert_allclose(prediction.page, types, atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("n", [1, 2, 3, 9, 17, 40])
def test_the_forward_pass_is_that_of_the_slow_one(n: int) -> None:
    """Body, kinds and page type of random pages agree with an implementation in plain loops."""
    check(small_model(n), small_page(100 + n, n))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_the_forward_pass_is_that_of_the_slow_one_for_any_page(seed: int, n: int) -> None:
    """The same for pages and networks that hypothesis thinks of."""
    check(small_model(seed), small_page(seed + 1, n))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 6, 17, 40])
@pytest.mark.parametrize("rows", [1, 3])
def test_pages_are_computed_in_pieces_with_the_same_result(monkeypatch: pytest.MonkeyPatch, n: int, rows: int) -> None:
    """Three paragraphs at a time, or one, give what all at once give."""
    model, page = small_model(n), small_page(n, n)
    whole = page.through(model)
    monkeypatch.setattr(model_module, "ROWS", rows)
    pieces = page.through(model)
    for name in ("body", "kinds", "page"):
        np.testing.assert_allclose(getattr(pieces, name), getattr(whole, name), atol=1e-4, rtol=1e-4)


def test_a_page_without_words_and_bags() -> None:
    """No words at all and only empty bags give finite numbers, the same as the slow way."""
    page = small_page(3, 5)
    nothing = (np.zeros(0, np.int32), np.zeros(6, np.int32))
    page.bags = [nothing] * 4 + [(nothing[0], np.zeros(len(page.bags[4][1]), np.int32))] * 2
    page.words[:] = 0
    check(small_model(3), page)
    assert bool(np.isfinite(page.through(small_model(3)).page).all())


def test_nothing_that_is_given_is_changed() -> None:
    """The forward pass leaves the weights and the page's arrays alone, and gives the same twice."""
    model, page = small_model(5), small_page(5, 8)
    before = pickle.dumps((model.arrays, page))
    some, others = page.through(model), page.through(model)
    assert pickle.dumps((model.arrays, page)) == before
    for name in ("body", "kinds", "page"):
        assert np.array_equal(getattr(some, name), getattr(others, name))


def test_numbers_are_limited() -> None:
    """A number beyond 4 counts as 4, so that one odd column cannot drown the rest."""
    model, page = small_model(6), small_page(6, 4)
    page.numbers[:, 0] = 4
    limited = page.through(model)
    page.numbers[:, 0] = 1e9
    assert np.array_equal(page.through(model).body, limited.body)


def test_a_hand_made_network_says_what_is_evident(tmp_path: Path) -> None:
    """With every weight 0 but the last ones, the answer is that of the biases, whatever the page."""
    arrays = {name: np.zeros(shape, np.float32) for name, shape in shapes().items()}
    arrays["body2_b"][:] = 2
    arrays["kind_b"][:] = np.arange(len(KINDS))
    arrays["page2_b"][:] = [1, 0, -1]
    path = tmp_path / "tiny.npz"
    path.write_bytes(stored(**arrays))
    prediction = small_page(7, 3).through(read_weights(path))
    assert prediction.body.tolist() == [2, 2, 2]
    assert prediction.kinds.tolist() == [list(range(len(KINDS)))] * 3
    assert prediction.page.tolist() == [1, 0, -1]
