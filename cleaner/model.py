"""Weights file -> scores: the network's forward pass in numpy, and the checks on the file.

The network: each paragraph's numbers and the means of its hashed words and attribute words go through one dense
layer; then come dilated convolutions over the page's sequence of paragraphs (after DeepSequence-style taggers; the
prototype's finding) and, between them, *scope* layers: means of what was computed so far over the enclosing
containers, over all that stands before, over all that stands after, and over the page. Containers are ranges of the
sequence, so a mean is a difference of two running sums. Heads: P(body), kind, page type; and, where the weights have
one, a head that names kinds, fitted when all else was (:mod:`cleaner.training.names`): it sees the input, too.

Weights are plain arrays in an ``.npz`` (no pickle), trained by ``make train``; see ``weights/MODEL_CARD.md``. A file
may hold a second network of the same kind, for plain texts alone: it is read when the first text comes.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

import numpy as np
from numpy.typing import NDArray

from cleaner.cut import Factors
from cleaner.errors import SetupError
from cleaner.weights import PACKAGED

__all__ = ["FORMAT", "Bag", "Model", "Opinion", "Prediction", "has_texts", "load_model", "logistic"]

FORMAT = 2
"""Version of the weights file."""
READABLE = (1, 2)
"""Versions that can be read, others are refused; 1 had no network for texts."""
HEADER_KEYS = ("numbers", "kinds", "page_types", "calibration")
"""What a weights file must say of itself beside its format."""
ARRAYS = (
    *(f"table_{name}" for name in ("words", "pairs", "attributes", "far")),
    *("input_w", "input_b", "conv0_w", "scope0_w", "body1_w", "body2_w", "kind_w", "page1_w", "page2_w"),
)
"""Arrays without which nothing can be computed."""
NAME_ARRAYS = ("name_w", "name_b")
"""The head that names kinds, (width + inputs, 3 kinds) and (kinds,); weights may have none."""
TEXT_ARRAYS = ("text_name_w", "text_name_b")
"""The same for plain texts, beside the other; weights may have none."""
TRANSITIONS = "text_transitions"
"""Which kinds follow each other in plain texts, (kinds, kinds); weights may have none."""
HEAD_ARRAYS = frozenset({*NAME_ARRAYS, *TEXT_ARRAYS, TRANSITIONS})
"""All that is fitted when the network is: training goes on without them, and leaves them as they are."""
TEXTS = "texts."
"""So begin the names of the arrays of the network for plain texts; weights may have none."""
DILATIONS = (1, 2, 4, 8)
KERNEL = 3
BAG_TABLES = ("words", "words", "pairs", "attributes", "attributes", "far")
"""Table of each bag: words, last words, pairs, own, near, far."""
ROWS = 4096
"""Paragraphs computed at a time where intermediate arrays are wide: memory stays flat on huge pages."""
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
    """(n, number of kinds) logits of the head that learned with the others: a second sign for the score."""
    page: Floats
    """(number of page types,) logits."""
    names: Floats
    """(n, number of kinds) logits by which paragraphs are named; ``kinds`` again in weights without such a head."""
    text_names: Floats | None = None
    """The same by the head for whole pages of text; None for HTML and in weights without such a head."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the network says of a page with n paragraphs: all that is needed to decide, without the features."""

    prediction: Prediction
    words: Floats
    """(n,) words of each paragraph."""
    like_title: Floats
    """(n,) likeness to the page's declared headline, 0..1."""
    ends: Floats
    """(n,) whether the paragraph ends with an end mark."""


@dataclass(frozen=True)
class Model:
    """A network ready to run; ``header`` is the weights file's description of itself."""

    header: dict[str, Any]
    arrays: dict[str, Floats]

    @cached_property
    def cuts(self) -> dict[str, Factors]:
        """What chooses the threshold of a page by itself, by content type, where the weights have it; read once."""
        calibrations: dict[str, Any] = self.header["calibration"]
        return {name: Factors.of(own["cut"]) for name, own in calibrations.items() if "cut" in own}

    @property
    def transitions(self) -> Floats | None:
        """Which kinds follow each other in plain texts, (kinds, kinds) log odds, where the weights have it."""
        return self.arrays.get(TRANSITIONS)

    def predict(
        self,
        numbers: Floats,
        bags: Sequence[Bag],
        *,
        group_of: NDArray[np.int32],
        group_ranges: NDArray[np.int32],
        levels: NDArray[np.int32],
        words: Floats,
    ) -> Prediction:
        """Run the network over one page of n paragraphs.

        ``numbers`` is (n, F); ``bags`` are words, last words, pairs, own (n bags each), near and far (one for each of
        the g groups of containers, ``group_of`` (n,) says which); ``group_ranges`` is (g, 2), the paragraphs in each
        group; ``levels`` is (n, levels), the groups around each paragraph; ``words`` is (n,) number of words. Linear
        in n; about 0.2 million multiplications a paragraph.
        """
        a = self.arrays
        h = np.empty((len(words), a["input_b"].shape[0]), dtype=np.float32)
        given, width = self._heads(numbers), h.shape[1]
        said = None if given is None else np.empty((len(words), given.shape[1]), dtype=np.float32)
        near, far = (_mean_rows(a[f"table_{BAG_TABLES[k]}"], bags[k], 0, len(bags[k][1]) - 1) for k in (4, 5))
        for low in range(0, len(words), ROWS):
            high = min(low + ROWS, len(words))
            parts = [np.clip(numbers[low:high], -4, 4)]
            parts += [_mean_rows(a[f"table_{BAG_TABLES[k]}"], bags[k], low, high) for k in range(4)]
            parts += [near[group_of[low:high]], far[group_of[low:high]]]
            seen = np.concatenate(parts, axis=1)
            h[low:high] = np.maximum(seen @ a["input_w"] + a["input_b"], 0)
            if said is not None and given is not None:
                said[low:high] = seen @ given[width:]
        h = self._look_around(_norm(h, a, "input"), _Scopes(group_ranges, levels, words))
        hidden = np.maximum(h @ a["body1_w"] + a["body1_b"], 0)
        body = (hidden @ a["body2_w"] + a["body2_b"])[:, 0]
        kinds: Floats = h @ a["kind_w"] + a["kind_b"]
        total = np.concatenate((h.mean(axis=0), (h * (words / max(float(words.sum()), 1e-6))[:, None]).sum(axis=0)))
        page = np.maximum(total @ a["page1_w"] + a["page1_b"], 0) @ a["page2_w"] + a["page2_b"]
        kinds = kinds.astype(np.float32)
        names, in_text = kinds, None
        if said is not None and given is not None:
            names, in_text = self._names(said + h @ given[:width])
        return Prediction(body.astype(np.float32), kinds, page.astype(np.float32), names, in_text)

    def _look_around(self, h: Floats, scopes: _Scopes) -> Floats:
        """Let every paragraph see those beside it, layer by layer, and those of its containers and of the page."""
        a, layer = self.arrays, 0
        for place, dilation in enumerate(DILATIONS):
            step = _convolve(h, a[f"conv{place}_w"], a[f"conv{place}_b"], dilation)
            h = _norm(h + np.maximum(step, 0, out=step), a, f"conv{place}")
            if place in SCOPES_AFTER:
                p = h @ a[f"scope{layer}_in_w"]
                h = _norm(h + scopes.dense(p, a[f"scope{layer}_w"], a[f"scope{layer}_b"]), a, f"scope{layer}")
                layer += 1
        return h

    def _heads(self, numbers: Floats) -> Floats | None:
        """Return the heads that name this page's kinds, beside each other: for a plain text there is one more."""
        given, more = (self.arrays.get(name) for name in (NAME_ARRAYS[0], TEXT_ARRAYS[0]))
        if given is None or more is None or not len(numbers) or numbers[0, self.header["numbers"].index("is_html")]:
            return given
        return np.concatenate((given, more), axis=1)

    def _names(self, said: Floats) -> tuple[Floats, Floats | None]:
        """Return the logits of names by the head for all pages, and by the one for texts where it was asked."""
        wide = self.arrays[NAME_ARRAYS[0]].shape[1]
        names = _name(said[:, :wide], self.arrays[NAME_ARRAYS[1]])
        return names, _name(said[:, wide:], self.arrays[TEXT_ARRAYS[1]]) if said.shape[1] > wide else None


def _name(said: Floats, offsets: Floats) -> Floats:
    """Return the logits of names, in which each paragraph and the two beside it have a say.

    A third of the columns of ``said`` is for the paragraph itself, one for the next, one for the one before it; with no
    more columns than offsets, all are for itself.
    """
    k = len(offsets)
    names: Floats = said[:, :k] + offsets
    if said.shape[1] > k:
        names[1:] += said[:-1, k : 2 * k]
        names[:-1] += said[1:, 2 * k :]
    return names


def _mean_rows(table: Floats, bag: Bag, low: int, high: int) -> Floats:
    """Return the mean of the rows of bags low..high - 1; zeros for an empty bag."""
    ids, offsets = bag
    first, end = int(offsets[low]), int(offsets[high])
    offsets = offsets[low : high + 1] - first
    # A row of zeros after the last one, so that an empty bag at the end has a place, too; the end is a bag of its own.
    rows = np.empty((end - first + 1, table.shape[1]), dtype=np.float32)
    rows[:-1] = table.take(ids[first:end], axis=0)
    rows[-1] = 0
    means: Floats = np.add.reduceat(rows, offsets, axis=0)[:-1]
    counts = np.diff(offsets)
    means /= np.maximum(counts, 1).astype(np.float32)[:, None]
    if not counts.all():
        means[counts == 0] = 0
    return means


def _norm(h: Floats, a: dict[str, Floats], name: str) -> Floats:
    """Layer normalisation (Ba, Kiros, Hinton 2016)."""
    width = h.shape[1]
    centred: Floats = h - np.einsum("ij->i", h)[:, None] / np.float32(width)
    scale = 1 / np.sqrt(np.einsum("ij,ij->i", centred, centred) / width + 1e-5)
    centred *= scale[:, None]
    centred *= a[f"{name}_g"]
    centred += a[f"{name}_n"]
    return centred


def _convolve(h: Floats, weights: Floats, bias: Floats, dilation: int) -> Floats:
    """Same-length 1-D convolution; ``weights`` is (KERNEL, in, out)."""
    n = len(h)
    out = np.matmul(h, weights[KERNEL // 2])
    out += bias
    for place in range(KERNEL):
        shift = (place - KERNEL // 2) * dilation
        first, end = max(0, -shift), min(n, n - shift)
        if shift and first < end:
            for low in range(first, end, ROWS):  # so that products are not all in memory at once
                high = min(low + ROWS, end)
                out[low:high] += np.matmul(h[low + shift : high + shift], weights[place])
    convolved: Floats = out
    return convolved


class _Scopes:
    """Means over containers, over what stands before and after, and over the page."""

    def __init__(self, group_ranges: NDArray[np.int32], levels: NDArray[np.int32], words: Floats) -> None:
        n = len(words)
        self.first, self.end, self.levels = group_ranges[:, 0], group_ranges[:, 1], levels
        self.weights = np.sqrt(words)
        sums = _running(self.weights[:, None])[:, 0]
        before, after = np.arange(n), np.arange(n - 1, -1, -1)
        self.of_groups = _shares(self.end - self.first, sums[self.end] - sums[self.first])
        self.of_before = _shares(before, sums[:-1])
        self.of_after = _shares(after, sums[-1] - sums[1:])
        self.of_page = _shares(np.array([n]), sums[-1:])

    def dense(self, p: Floats, weights: Floats, bias: Floats) -> Floats:
        """Return relu(means @ weights + bias): half of ``p``'s columns as plain means, half weighted by root words.

        ``weights`` has a part for each scope: the levels, before, after, the page.
        """
        n, width = p.shape
        half, at = width // 2, width * self.levels.shape[1]
        running = _running(np.concatenate((p[:, :half], p[:, half:] * self.weights[:, None]), axis=1))
        groups = _scaled(running[self.end] - running[self.first], self.of_groups)
        page = _scaled(running[-1:], self.of_page)
        around = page @ weights[at + 2 * width :] + bias
        out = np.empty((n, weights.shape[1]), dtype=np.float32)
        for low in range(0, n, ROWS):
            high = min(low + ROWS, n)
            before = _scaled(running[low:high], self.of_before[:, low:high])
            after = _scaled(running[-1] - running[low + 1 : high + 1], self.of_after[:, low:high])
            seen = np.concatenate((groups[self.levels[low:high]].reshape(high - low, -1), before, after), axis=1)
            out[low:high] = seen @ weights[: at + 2 * width]
        out += around
        return np.maximum(out, 0, out=out)


def _shares(counts: NDArray[np.integer[Any]], masses: NDArray[np.float64]) -> Floats:
    """Return (2, k): what sums over k ranges are multiplied by to be means over paragraphs and over root words."""
    return np.stack((1 / np.maximum(counts, 1), 1 / np.maximum(masses, 1e-3))).astype(np.float32)


def _scaled(sums: NDArray[np.float64], shares: Floats) -> Floats:
    """Return the means of (k, width) sums: the first half of the columns by ``shares[0]``, the second by the other."""
    means: Floats = sums.astype(np.float32)
    half = means.shape[1] // 2
    means[:, :half] *= shares[0][:, None]
    means[:, half:] *= shares[1][:, None]
    return means


def _running(values: Floats) -> NDArray[np.float64]:
    total: NDArray[np.float64] = np.zeros((len(values) + 1, values.shape[1]), dtype=np.float64)
    np.cumsum(values, axis=0, dtype=np.float64, out=total[1:])
    return total


_DAMAGE = (OSError, EOFError, RuntimeError, KeyError, TypeError, ValueError, AttributeError, BadZipFile, zlib.error)
"""What numpy, zipfile, zlib and json raise for cut, damaged and foreign files."""


def read_weights(file: str | Path | IO[bytes], *, texts: bool = False) -> Model:
    """Read a weights file, with ``texts`` the network for plain texts if it has one of its own.

    Raises SetupError ``bad_weights`` when it is no weights file, ``weights_format`` when it is of another version.
    """
    try:
        # numpy leaves a file open that turns out to be no archive.
        opened = BytesIO(Path(file).read_bytes()) if isinstance(file, str | Path) else file
        with np.load(opened, allow_pickle=False) as stored:
            header: dict[str, Any] = dict(json.loads(bytes(stored["header"]).decode("utf-8")))
            names = [name for name in stored.files if name != "header" and name.startswith(TEXTS)] if texts else []
            names = names or [name for name in stored.files if name != "header" and not name.startswith(TEXTS)]
            arrays: dict[str, Floats] = {name.removeprefix(TEXTS): stored[name].astype(np.float32) for name in names}
    except _DAMAGE as error:
        reason = "it is a pickle, or no archive at all" if "pickle" in str(error) else str(error).rstrip(".")
        raise SetupError(
            "bad_weights", f"{file} is no weights file of this cleaner: {reason}.", where=str(file)
        ) from error
    if header.get("format") not in READABLE:
        raise SetupError(
            "weights_format",
            f"{file} has weights of format {header.get('format')}, but this version reads format {FORMAT}. "
            "Train again, or use the version that wrote it.",
            where=str(file),
        )
    missing = [key for key in HEADER_KEYS if key not in header] + [name for name in ARRAYS if name not in arrays]
    if not missing:
        missing = [f"calibration of {name}" for name in ("html", "text") if name not in header["calibration"]]
    if missing:
        raise SetupError(
            "bad_weights",
            f"The weights file {file} does not say its {', '.join(missing)}. Train again.",
            where=str(file),
        )
    return Model(header, arrays)


def load_model(path: str | None = None, *, texts: bool = False) -> Model:
    """Load weights once per process: the packaged ones, or those of a file; a file that was written anew is read anew.

    ``texts`` asks for the network for plain texts, which is the other one where the file has no second.

    Raises SetupError when there are none (``weights_missing``), when the file is no weights file (``bad_weights``),
    is of another format (``weights_format``), or was trained on other features (``weights_features``).
    """
    place, written = _identify(path)
    return _load(place, written, texts and _has_texts(place, written))


def has_texts(path: str | None = None) -> bool:
    """Return whether weights, by default the packaged ones, have a network of its own for plain texts."""
    return _has_texts(*_identify(path))


def _identify(path: str | None) -> tuple[str, tuple[int, ...]]:
    """Return where weights are, and what tells that a file was written anew."""
    if path is None:
        return str(PACKAGED), ()
    try:
        found = Path(path).stat()
    except OSError:
        return str(path), ()  # what is wrong is said when it is read
    return str(path), (found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=8)
def _load(place: str, _written: tuple[int, ...], texts: bool) -> Model:
    if not Path(place).is_file():
        raise SetupError(
            "weights_missing", f"There is no weights file {place}. Install the package again, or train.", where=place
        )
    return read_weights(place, texts=texts)


@lru_cache(maxsize=8)
def _has_texts(place: str, _written: tuple[int, ...]) -> bool:
    """Return whether a file has a network for plain texts; False for what is no archive, which _load() refuses."""
    try:
        with ZipFile(place) as archive:
            return any(name.startswith(TEXTS) for name in archive.namelist())
    except _DAMAGE:
        return False


def logistic(logits: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """Return the probabilities that logits stand for, computed within +-30.

    >>> logistic(np.array([0.0, 100.0])).tolist()
    [0.5, 1.0]
    """
    result: NDArray[np.float32] = (1 / (1 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)
    return result
