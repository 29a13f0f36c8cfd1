"""Weights file -> scores: the network's forward pass in numpy, and the checks on the file.

The network: each paragraph's numbers and the means of its hashed words and attribute words go through one dense
layer; then come dilated convolutions over the page's sequence of paragraphs (after DeepSequence-style taggers; the
prototype's finding) and, between them, *scope* layers: means of what was computed so far over the enclosing
containers, over all that stands before, over all that stands after, and over the page. Containers are ranges of the
sequence, so a mean is a difference of two running sums. Heads: P(body), kind, page type.

Weights are plain arrays in an ``.npz`` (no pickle), trained by ``make train``; see ``weights/MODEL_CARD.md``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from cleaner.errors import SetupError

__all__ = ["FORMAT", "Bag", "Model", "Prediction", "load_model"]

FORMAT = 1
"""Version of the weights file; another one is refused."""
DILATIONS = (1, 2, 4, 8)
KERNEL = 3
SCOPES_AFTER = (1, 3)
"""Scope layers follow these convolutions (counted from 0)."""

Floats = NDArray[np.float32]
Bag = tuple[NDArray[np.int32], NDArray[np.int32]]
"""Row ids of all paragraphs one after another, and n + 1 offsets."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the network says of a page with n paragraphs; nothing is calibrated or decided yet."""

    body: Floats
    """(n,) logit of P(body)."""
    kinds: Floats
    """(n, number of kinds) logits."""
    page: Floats
    """(number of page types,) logits."""


@dataclass(frozen=True)
class Model:
    """A network ready to run; ``header`` is the weights file's description of itself."""

    header: dict[str, Any]
    arrays: dict[str, Floats]

    def predict(
        self, numbers: Floats, bags: Sequence[Bag], ranges: NDArray[np.int32], words: Floats
    ) -> Prediction:
        """Run the network over one page of n paragraphs.

        ``numbers`` is (n, F), ``bags`` are words, last words, pairs, own, near, far; ``ranges`` is (n, levels, 2);
        ``words`` is (n,) number of words. Linear in n; about 0.5 million multiplications a paragraph.
        """
        a = self.arrays
        tables = ("words", "words", "pairs", "attributes", "attributes", "far")
        parts = [np.clip(numbers, -4, 4)]
        parts += [_mean_rows(a[f"table_{table}"], bag) for table, bag in zip(tables, bags, strict=True)]
        h = _norm(np.maximum(np.concatenate(parts, axis=1) @ a["input_w"] + a["input_b"], 0), a, "input")
        scopes = _Scopes(ranges, words)
        layer = 0
        for place, dilation in enumerate(DILATIONS):
            h = _norm(h + np.maximum(_convolve(h, a[f"conv{place}_w"], a[f"conv{place}_b"], dilation), 0), a, f"conv{place}")
            if place in SCOPES_AFTER:
                seen = scopes.means(h @ a[f"scope{layer}_in_w"])
                h = _norm(h + np.maximum(seen @ a[f"scope{layer}_w"] + a[f"scope{layer}_b"], 0), a, f"scope{layer}")
                layer += 1
        hidden = np.maximum(h @ a["body1_w"] + a["body1_b"], 0)
        body = (hidden @ a["body2_w"] + a["body2_b"])[:, 0]
        kinds = h @ a["kind_w"] + a["kind_b"]
        total = np.concatenate((h.mean(axis=0), (h * (words / max(float(words.sum()), 1e-6))[:, None]).sum(axis=0)))
        page = np.maximum(total @ a["page1_w"] + a["page1_b"], 0) @ a["page2_w"] + a["page2_b"]
        return Prediction(body.astype(np.float32), kinds.astype(np.float32), page.astype(np.float32))


def _mean_rows(table: Floats, bag: Bag) -> Floats:
    """Return the mean of each bag's rows; zeros for an empty bag."""
    ids, offsets = bag
    counts = np.diff(offsets)
    out = np.zeros((len(counts), table.shape[1]), dtype=np.float32)
    filled = counts > 0
    if filled.any():
        sums = np.add.reduceat(table[ids], offsets[:-1][filled], axis=0)
        out[filled] = sums / counts[filled, None]
    return out


def _norm(h: Floats, a: dict[str, Floats], name: str) -> Floats:
    """Layer normalisation (Ba, Kiros, Hinton 2016)."""
    centred = h - h.mean(axis=1, keepdims=True)
    scale = np.sqrt(np.einsum("ij,ij->i", centred, centred) / h.shape[1] + 1e-5)
    normed: Floats = centred / scale[:, None] * a[f"{name}_g"] + a[f"{name}_n"]
    return normed


def _convolve(h: Floats, weights: Floats, bias: Floats, dilation: int) -> Floats:
    """Same-length 1-D convolution; ``weights`` is (KERNEL, in, out)."""
    n = len(h)
    out = np.broadcast_to(bias, (n, weights.shape[2])).copy()
    for place in range(KERNEL):
        shift = (place - KERNEL // 2) * dilation
        low, high = max(0, -shift), min(n, n - shift)
        if low < high:
            out[low:high] += h[low + shift : high + shift] @ weights[place]
    return out


class _Scopes:
    """Means over containers, over what stands before and after, and over the page."""

    def __init__(self, ranges: NDArray[np.int32], words: Floats) -> None:
        n = len(words)
        index = np.arange(n, dtype=np.int32)
        zero = np.zeros(n, dtype=np.int32)
        own = np.stack((np.stack((zero, index), 1), np.stack((index + 1, zero + n), 1), np.stack((zero, zero + n), 1)), 1)
        both = np.concatenate((ranges, own), axis=1)
        self.first, self.end = both[:, :, 0], both[:, :, 1]
        self.weights = np.sqrt(words)
        sums = _running(self.weights[:, None])[:, 0]
        self.heavy = np.maximum(sums[self.end] - sums[self.first], 1e-3)[:, :, None]
        self.light = np.maximum(self.end - self.first, 1).astype(np.float32)[:, :, None]

    def means(self, p: Floats) -> Floats:
        """Return (n, scopes * width): the first half of ``p`` as plain means, the second weighted by root words."""
        half = p.shape[1] // 2
        light, heavy = _running(p[:, :half]), _running(p[:, half:] * self.weights[:, None])
        plain = (light[self.end] - light[self.first]) / self.light
        weighed = (heavy[self.end] - heavy[self.first]) / self.heavy
        return np.concatenate((plain, weighed), axis=2).reshape(len(p), -1).astype(np.float32)


def _running(values: Floats) -> NDArray[np.float64]:
    total = np.zeros((len(values) + 1, values.shape[1]), dtype=np.float64)
    np.cumsum(values, axis=0, dtype=np.float64, out=total[1:])
    return total


def read_weights(file: str | Path | IO[bytes]) -> Model:
    """Read a weights file; SetupError ``bad_weights`` when it is none, ``weights_format`` when of another version."""
    try:
        with np.load(file, allow_pickle=False) as stored:
            header = json.loads(bytes(stored["header"]).decode("utf-8"))
            arrays = {name: stored[name].astype(np.float32) for name in stored.files if name != "header"}
    except (OSError, ValueError, KeyError, EOFError, json.JSONDecodeError) as error:
        raise SetupError("bad_weights", f"{file} is no weights file of this cleaner: {error}.", where=str(file)) from error
    if header.get("format") != FORMAT:
        raise SetupError(
            "weights_format",
            f"{file} has weights of format {header.get('format')}, but this version reads format {FORMAT}. "
            "Train again, or use the version that wrote it.",
            where=str(file),
        )
    return Model(header, arrays)


@lru_cache(maxsize=4)
def load_model(path: str | None = None) -> Model:
    """Load weights once per process: the packaged ones, or those of a file.

    Raises SetupError when the file is no weights file or was trained on other features.
    """
    if path is not None:
        model = read_weights(path)
    else:
        with resources.files("cleaner").joinpath("weights/default.npz").open("rb") as file:
            model = read_weights(file)
    return model
