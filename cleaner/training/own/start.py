"""Weights file -> network to go on training with: the inverse of export(), whatever export() rearranges."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from cleaner.errors import InternalError, SetupError
from cleaner.features import NUMBERS
from cleaner.model import Model
from cleaner.training.network import Network, export

__all__ = ["check_start", "load_network"]

_MOST_NUMBERS = 2**24
"""Whole numbers up to here are exact in float32, so that places can be sent through export()."""


def check_start(model: Model, *, where: str) -> None:
    """Raise SetupError ``weights_features`` if weights were trained on other features than this version computes."""
    if model.header["numbers"] != list(NUMBERS):
        raise SetupError(
            "weights_features",
            f"The weights {where} were trained on other features than this version computes, so that training cannot "
            "go on from them. Start from the packaged ones, or train from scratch.",
            where=where,
        )


def load_network(model: Model, *, dropout: float = 0.0) -> Network:
    """Return the torch twin of a model: exported again, it has the arrays of the model.

    What the file does not hold (heads that only training needs) is as in a new network, drawn from torch's generator.
    Raises SetupError ``weights_network`` when an array is missing or has another shape than this version's network.
    """
    network = Network(dropout)
    parameters = dict(network.named_parameters())
    sizes = [value.numel() for value in parameters.values()]
    flat = torch.cat([value.detach().reshape(-1) for value in parameters.values()]).numpy()
    for name, places in _places().items():
        array = model.arrays.get(name)
        if array is None or array.shape != places.shape:
            raise SetupError(
                "weights_network",
                f"The array {name} of the weights does not fit the network of this version, so that training cannot go "
                "on from them. Start from the packaged ones, or train from scratch.",
            )
        flat[places.reshape(-1)] = array.reshape(-1)
    with torch.no_grad():
        for value, part in zip(parameters.values(), np.split(flat, np.cumsum(sizes)[:-1]), strict=True):
            value.copy_(torch.from_numpy(part).view_as(value))
    return network


def _places() -> dict[str, NDArray[np.int64]]:
    """Return for each exported array which of the network's numbers, counted through all parameters, stands where.

    A network that holds its own numbering is exported, so that export() itself says what it transposes and renames.
    """
    # A numbering is no training: torch's generator must stand where it stood.
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        network = Network(0.0)
        count = 0
        for value in network.parameters():
            value.copy_(torch.arange(count, count + value.numel(), dtype=torch.float32).view_as(value))
            count += value.numel()
        arrays = export(network)
    seen = np.concatenate([array.reshape(-1) for array in arrays.values()])
    if count > _MOST_NUMBERS or len(np.unique(seen)) != len(seen) or not np.array_equal(seen, np.rint(seen)):
        raise InternalError("weights_network", "export() no longer only rearranges: load_network() must follow it.")
    return {name: array.astype(np.int64) for name, array in arrays.items()}
