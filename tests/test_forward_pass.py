"""The forward pass of the network, which is held to a slow one written with plain loops."""

from __future__ import annotations

import math
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from stored_weights import stored

from cleaner import model as model_module
from cleaner.model import BAG_TABLES, DILATIONS, FORMAT, KERNEL, SCOPES_AFTER, Bag, Model, Prediction, read_weights
from cleaner.page import KINDS

Floats = NDArray[np.float32]
Row = list[float]

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
