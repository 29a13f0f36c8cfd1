"""Examples -> padded batches, with what is hidden at random in training."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from cleaner.features import DOM_START, LEVELS, NUMBERS, Bags
from cleaner.page import KINDS
from cleaner.training.dataset import Example
from cleaner.training.network import PAGE_TYPES, Batch

MAX_PARAGRAPHS = 700
"""Longer pages are cut to a random window of this many paragraphs in training."""
MAX_ROWS = 9_000
"""Paragraphs of one batch, padding included."""


@dataclass(frozen=True, slots=True)
class Hiding:
    """What training hides at random, as shares: of the words, and of the pages' DOM, words, attribute words."""

    tokens: float = 0.0
    dom: float = 0.0
    words: float = 0.0
    attributes: float = 0.0
    phrases: float = 0.0
    """Of the pages: what known phrases say, so that the words themselves are learned, too."""


NOTHING = Hiding()
_OF_WORDS = [i for i, name in enumerate(NUMBERS) if name.startswith(("phrase_", "section_"))]
_OF_ATTRIBUTES = [i for i, name in enumerate(NUMBERS) if name.startswith(("cue_", "named_", "page_named", "likes"))]
"""Columns that say what words or attribute words say, hidden with them."""


def batches(
    examples: Sequence[Example], *, rng: random.Random | None = None, hiding: Hiding = NOTHING, rows: int = MAX_ROWS
) -> Iterator[tuple[list[Example], Batch]]:
    """Yield batches of examples of similar length; with ``rng`` shuffled, cut and partly hidden, else all of it."""
    limit = MAX_PARAGRAPHS if rng else 10**9
    jitter = {id(e): len(e.shares) * (1 + (rng.random() * 0.3 if rng else 0)) for e in examples}
    ordered = sorted(examples, key=lambda e: jitter[id(e)])
    groups: list[list[Example]] = [[]]
    longest = 0
    for example in ordered:
        longest = max(longest, min(limit, len(example.shares)))
        if groups[-1] and longest * (len(groups[-1]) + 1) > rows:
            groups.append([])
            longest = min(limit, len(example.shares))
        groups[-1].append(example)
    if rng:
        rng.shuffle(groups)
    for group in groups:
        yield group, collate(group, rng=rng, hiding=hiding)


def collate(group: Sequence[Example], *, rng: random.Random | None = None, hiding: Hiding = NOTHING) -> Batch:
    """Pad a group of examples to one batch."""
    windows = [_window(len(e.shares), rng) for e in group]
    hidden = [bool(rng and not e.is_text and rng.random() < hiding.dom) for e in group]
    no_words = [bool(rng and rng.random() < hiding.words) for _ in group]
    no_attributes = [h or bool(rng and rng.random() < hiding.attributes) for h in hidden]
    length = max(end - first for first, end in windows)
    b, levels = len(group), LEVELS + 3
    numbers = np.zeros((b, length, group[0].features.numbers.shape[1]), np.float32)
    first, end = np.zeros((b, length, levels), np.int64), np.zeros((b, length, levels), np.int64)
    columns = {
        name: np.zeros((b, length), np.float32) for name in ("words", "mask", "shares", "weight", "tokens", "kw")
    }
    kinds = np.full((b, length), -1, np.int64)
    votes = np.full((b, length, group[0].votes.shape[1]), np.nan, np.float32)
    for row, (example, (low, high)) in enumerate(zip(group, windows, strict=True)):
        n = high - low
        f = example.features
        numbers[row, :n] = f.numbers[low:high]
        ranges = np.clip(f.group_ranges[f.levels[low:high]] - low, 0, n)
        if hidden[row]:
            numbers[row, :n, DOM_START:] = 0
            ranges = np.zeros_like(ranges)
            ranges[:, :, 1] = n
        if no_words[row] or (rng and rng.random() < hiding.phrases):
            numbers[row, :n, _OF_WORDS] = 0
        if no_attributes[row]:
            numbers[row, :n, _OF_ATTRIBUTES] = 0
        index = np.arange(n)
        first[row, :n, :LEVELS], end[row, :n, :LEVELS] = ranges[:, :, 0], ranges[:, :, 1]
        end[row, :n, LEVELS] = index
        first[row, :n, LEVELS + 1], end[row, :n, LEVELS + 1] = index + 1, n
        end[row, :n, LEVELS + 2] = n
        columns["words"][row, :n] = f.word_counts[low:high]
        columns["mask"][row, :n] = 1
        columns["shares"][row, :n] = example.shares[low:high]
        columns["weight"][row, :n] = example.weight[low:high]
        columns["tokens"][row, :n] = example.tokens[low:high]
        columns["kw"][row, :n] = example.kind_weight[low:high]
        kinds[row, :n] = example.kinds[low:high]
        votes[row, :n] = example.votes[low:high]
    generator = np.random.default_rng(rng.randrange(2**32)) if rng else None
    names = ("words", "last_words", "pairs", "own", "near", "far")
    bags = []
    groups = [len(e.features.near.offsets) - 1 for e in group]
    group_of = np.zeros((b, length), np.int64)
    for row, (example, (low, high)) in enumerate(zip(group, windows, strict=True)):
        group_of[row, : high - low] = example.features.group_of[low:high] + row * max(groups)
    whole = [(0, n) for n in groups]
    for place, name in enumerate(names):
        of = [getattr(e.features, name) for e in group]
        hide = no_attributes if place >= 3 else no_words
        spans, rows = (windows, length) if place < 4 else (whole, max(groups))
        bags.append(_flat_bags(of, spans, rows, hide, generator, hiding.tokens))
    tensor = {name: torch.from_numpy(values) for name, values in columns.items()}
    return Batch(
        numbers=torch.from_numpy(numbers), bags=bags, group_of=torch.from_numpy(group_of),
        first=torch.from_numpy(first), end=torch.from_numpy(end),
        words=tensor["words"], mask=tensor["mask"], shares=tensor["shares"], weight=tensor["weight"],
        tokens=tensor["tokens"], gold_tokens=torch.tensor([float(e.gold_tokens) for e in group]),
        kinds=torch.from_numpy(np.where(kinds >= len(KINDS), -1, kinds)), kind_weight=tensor["kw"],
        votes=torch.from_numpy(votes),
        page_type=torch.tensor([PAGE_TYPES.index(e.page_type) if e.page_type in PAGE_TYPES else -1 for e in group]),
    )  # fmt: skip


def _window(n: int, rng: random.Random | None) -> tuple[int, int]:
    if rng is None or n <= MAX_PARAGRAPHS:
        return 0, n
    low = rng.randrange(n - MAX_PARAGRAPHS + 1)
    return low, low + MAX_PARAGRAPHS


def _flat_bags(
    bags: Sequence[Bags],
    windows: Sequence[tuple[int, int]],
    length: int,
    hide: Sequence[bool],
    generator: np.random.Generator | None,
    dropout: float,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    ids: list[NDArray[np.int32]] = []
    weights: list[NDArray[np.float32]] = []
    counts_of = np.zeros((len(bags), length), np.int64)
    for page, (bag, (low, high)) in enumerate(zip(bags, windows, strict=True)):
        if hide[page]:
            continue
        offsets = bag.offsets[low : high + 1]
        counts = np.diff(offsets)
        ids.append(bag.ids[offsets[0] : offsets[-1]])
        counts_of[page, : high - low] = counts
        weights.append(np.repeat((1 / np.maximum(counts, 1)).astype(np.float32), counts))
    starts = torch.from_numpy(np.concatenate(([0], np.cumsum(counts_of.reshape(-1))[:-1])))
    if not ids:
        return torch.zeros(0, dtype=torch.long), torch.zeros(0), starts
    flat, weight = np.concatenate(ids), np.concatenate(weights)
    if generator is not None and dropout > 0:
        weight = weight * (generator.random(len(weight), dtype=np.float32) >= dropout)
    return (
        torch.from_numpy(flat.astype(np.int64)),
        torch.from_numpy(weight),
        starts,
    )
