"""Weights and weak labels -> the head that names kinds: one layer over what the network sees and what it makes of it.

The network learns kinds beside what is body, which comes first there. With all else left as it is, this head is fitted
on rare kinds as on common ones, and three times as much near an article: there stand most kinds close together, while
what is far from it is mostly menus. It is fitted on HTML, on HTML with the DOM hidden, and on plain texts. Scores do
not change by it.

``python -m cleaner.training names WEIGHTS OUT`` gives weights a head they have not, or a new one; it takes minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cleaner.features import DOM_START, Bags, Features
from cleaner.model import Model
from cleaner.page import KINDS, Kind
from cleaner.score import predict
from cleaner.training.dataset import Example, seeded

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class NamePlan:
    """How the head is fitted; chosen on hand-labelled paragraphs of dev pages."""

    seed: int = 5
    passes: int = 3
    learning_rate: float = 3e-3
    decay: float = 1e-3
    """How much smaller weights get at each step, times the learning rate (Loshchilov, Hutter 2019)."""
    rows: int = 4_096
    """Paragraphs a step."""
    before: int = 8
    after: int = 25
    """So many paragraphs before the first and after the last of the article are near it."""
    near_weight: float = 3.0
    far_share: float = 0.2
    """Share of the paragraphs elsewhere that is drawn at all."""
    most: int = 60
    """Paragraphs of one kind drawn from one example; of kinds that are everywhere, half of it."""


_EVERYWHERE = (Kind.BODY, Kind.NAV, Kind.RELATED)
_ARTICLE_WORDS = 12
_ARTICLE_SHARE = 0.6
"""The article begins and ends with paragraphs of more than so many words of which the gold holds this share."""
_ALWAYS = ("html", "whole")
_OTHERS = ("plain", "glued", "dressed", "trafilatura", "resiliparse")
"""Renderings that are learned from: two of each page, one of the others, and one with the DOM hidden or snippets."""


def fit_names(
    model: Model, examples: Sequence[Example], plan: NamePlan | None = None, *, say: Callable[[str], None] = print
) -> dict[str, Floats]:
    """Return the arrays ``name_w`` (width + inputs, 3 kinds) and ``name_b`` for a model, from examples of split train.

    The first third of the columns is for the paragraph itself, the others say what it means for the next one and for
    the one before.
    """
    plan = plan or NamePlan()
    seen, kinds, trust = _gather(_open_head(model), examples, plan)
    say(f"names: {len(kinds)} paragraphs of {len(np.unique(kinds))} kinds")
    scale = _kind_scale(kinds, trust)
    weights, offsets, loss = _fit(seen, kinds, trust * scale[kinds], plan)
    say(f"names: loss {loss:.4f}")
    beside = np.concatenate(np.split(weights, 3), axis=1)
    return {"name_w": beside, "name_b": (offsets - np.log(scale)).astype(np.float32)}


def _open_head(model: Model) -> Model:
    """Return the model with a head that names nothing but hands out what a head is given."""
    width = model.arrays["kind_w"].shape[0] + model.arrays["input_w"].shape[0]
    head = {"name_w": np.eye(width, dtype=np.float32), "name_b": np.zeros(width, np.float32)}
    return Model(model.header, model.arrays | head)


def _gather(
    model: Model, examples: Sequence[Example], plan: NamePlan
) -> tuple[NDArray[np.float16], NDArray[np.int64], Floats]:
    """Return what the head is given for the paragraphs drawn, their weak kinds, and how far these are trusted."""
    rng = np.random.default_rng(plan.seed)
    seen, kinds, trust = [], [], []
    for example in _drawn(examples):
        places = _draw(example, plan, rng)
        if len(places):
            seen.append(_beside(predict(model, example.features).names.astype(np.float16), places))
            kinds.append(example.kinds[places].astype(np.int64))
            near = _is_near(example, plan)[places]
            trust.append(example.kind_weight[places] * np.where(near, np.float32(plan.near_weight), np.float32(1)))
    return np.concatenate(seen), np.concatenate(kinds), np.concatenate(trust)


def _beside(seen: NDArray[np.float16], places: NDArray[np.int64]) -> NDArray[np.float16]:
    """Return for each place its row, the one before and the one after, zeros at the ends of the page, in one."""
    padded = np.pad(seen, ((1, 1), (0, 0)))
    return np.concatenate((padded[places + 1], padded[places], padded[places + 2]), axis=1)


def _drawn(examples: Sequence[Example]) -> Iterator[Example]:
    pages: dict[str, dict[str, Example]] = {}
    for example in examples:
        if example.split == "train":
            pages.setdefault(example.name, {})[example.rendering] = example
    for name, versions in pages.items():
        rng = seeded(name, "names")
        yield from (versions[rendering] for rendering in _ALWAYS if rendering in versions)
        others = [rendering for rendering in _OTHERS if rendering in versions]
        if others:
            yield versions[rng.choice(others)]
        if rng.random() < 0.5 and "html-dressed" in versions:
            yield versions["html-dressed"]
        elif "html" in versions:
            yield replace(versions["html"], features=hide_dom(versions["html"].features))


def hide_dom(features: Features) -> Features:
    """Return the features of an HTML page as if only its paragraphs were known, in their order."""
    numbers = features.numbers.copy()
    numbers[:, DOM_START:] = 0
    ranges = np.zeros_like(features.group_ranges)
    ranges[:, 1] = len(numbers)
    own, near, far = (_emptied(bags) for bags in (features.own, features.near, features.far))
    return replace(features, numbers=numbers, group_ranges=ranges, own=own, near=near, far=far)


def _emptied(bags: Bags) -> Bags:
    return Bags(np.zeros(0, np.int32), np.zeros_like(bags.offsets))


def _is_near(example: Example, plan: NamePlan) -> NDArray[np.bool_]:
    """Mark the paragraphs of the article, and those a little before and after it."""
    body = np.flatnonzero((example.shares > _ARTICLE_SHARE) & (example.tokens > _ARTICLE_WORDS))
    near = np.zeros(len(example.shares), dtype=np.bool_)
    if len(body):
        near[max(0, int(body[0]) - plan.before) : int(body[-1]) + plan.after + 1] = True
    return near


def _draw(example: Example, plan: NamePlan, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the places of the labelled paragraphs of an example that are learned from."""
    wanted = _is_near(example, plan) | (rng.random(len(example.shares)) < plan.far_share)
    known = np.flatnonzero((example.kinds >= 0) & (example.kinds < len(KINDS)) & wanted)
    drawn = []
    for kind in np.unique(example.kinds[known]):
        places = known[example.kinds[known] == kind]
        most = plan.most // 2 if KINDS[int(kind)] in _EVERYWHERE else plan.most
        drawn.append(rng.choice(places, most, replace=False) if len(places) > most else places)
    return np.sort(np.concatenate(drawn)) if drawn else np.zeros(0, np.int64)


def _kind_scale(kinds: NDArray[np.int64], trust: Floats) -> Floats:
    """Return a weight for each kind, as in training: rare kinds count more, by the root of how much rarer they are.

    The logits get it taken off again, so that a rare kind is not named too often.
    """
    counts = np.maximum(np.bincount(kinds, weights=trust, minlength=len(KINDS)), 1)
    scale: Floats = np.clip(np.sqrt(counts.max() / counts) / 3, 0.5, 6).astype(np.float32)
    return scale


def _fit(
    seen: NDArray[np.float16], kinds: NDArray[np.int64], trust: Floats, plan: NamePlan
) -> tuple[Floats, Floats, float]:
    """Fit a softmax regression by Adam with decoupled decay; return weights, offsets and the last steps' mean loss."""
    rng = np.random.default_rng(plan.seed)
    head = np.zeros((seen.shape[1] + 1, len(KINDS)), np.float32)  # the last row are the offsets
    first, second = np.zeros_like(head), np.zeros_like(head)
    steps, step, losses = max(plan.passes * len(kinds) // plan.rows, 1), 0, []
    for _ in range(plan.passes):
        order = rng.permutation(len(kinds))
        for low in range(0, len(order), plan.rows):
            step += 1
            places = order[low : low + plan.rows]
            x = np.concatenate((seen[places].astype(np.float32), np.ones((len(places), 1), np.float32)), axis=1)
            weight = trust[places] / trust[places].sum()
            loss, gradient = _loss(x @ head, x, kinds[places], weight)
            first = 0.9 * first + 0.1 * gradient
            second = 0.999 * second + 0.001 * gradient**2
            rate = plan.learning_rate * (0.5 * (1 + np.cos(np.pi * min(1.0, step / steps))) + 0.003)
            move = first / (1 - 0.9**step) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
            head -= np.float32(rate) * (move + np.float32(plan.decay) * head)
            losses.append(loss)
    return head[:-1], head[-1], float(np.mean(losses[-50:]))


def _loss(logits: Floats, x: Floats, kinds: NDArray[np.int64], weight: Floats) -> tuple[float, Floats]:
    """Return the weighted cross-entropy and its gradient by the head."""
    rows = np.arange(len(kinds))
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares = odds / odds.sum(axis=1, keepdims=True)
    loss = float(-(weight * np.log(np.maximum(shares[rows, kinds], 1e-9))).sum())
    shares[rows, kinds] -= 1
    gradient: Floats = x.T @ (shares * weight[:, None])
    return loss, gradient
