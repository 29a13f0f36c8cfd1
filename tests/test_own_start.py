"""Weights file <-> network: training goes on from a file exactly where it stands, or not at all."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch; pip install 'article-cleaner[train]'")

from cleaner.errors import SetupError
from cleaner.model import NAME_ARRAYS, TEXT_ARRAYS, TRANSITIONS, Model, load_model
from cleaner.training.network import export
from cleaner.training.own.start import check_start, load_network


@pytest.mark.parametrize("texts", [False, True])
def test_a_network_loaded_and_exported_is_the_same(texts: bool) -> None:
    """Loading is the inverse of export(): every array comes back, bit by bit."""
    model = load_model(texts=texts)
    arrays = export(load_network(model))
    assert sorted(arrays) == sorted(set(model.arrays) - {*NAME_ARRAYS, *TEXT_ARRAYS, TRANSITIONS})
    assert [name for name in arrays if not np.array_equal(arrays[name], model.arrays[name])] == []


def test_weights_that_do_not_fit_the_network_are_refused() -> None:
    """A missing array or one of another shape is an error, not a network that is partly new."""
    model = load_model()
    without = {name: array for name, array in model.arrays.items() if name != "conv1_w"}
    for arrays in (without, without | {"conv1_w": np.zeros((3, 8, 8), np.float32)}):
        with pytest.raises(SetupError, match="conv1_w") as caught:
            load_network(Model(model.header, arrays))
        assert caught.value.code == "weights_network"
    with pytest.raises(SetupError) as caught:
        check_start(Model(model.header | {"numbers": ["other"]}, model.arrays), where="w.npz")
    assert (caught.value.code, caught.value.where) == ("weights_features", "w.npz")
