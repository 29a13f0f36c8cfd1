"""Weights and labels -> the head that names kinds: one layer over what the network sees and what it makes of it.

The network learns kinds beside what is body, which comes first there. With all else left as it is, this head is fitted
on rare kinds as on common ones, and three times as much near an article: there stand most kinds close together, while
what is far from it is mostly menus. It is fitted on HTML, on HTML with the DOM hidden, and on plain texts: on weak
labels, and on the paragraphs that a person named (:mod:`cleaner.training.named`), which weigh more. The latter stand
mostly outside the article, so they only teach which kind it is on the side where they are, not which side it is.
Scores do not change by it.

``python -m cleaner.training names WEIGHTS OUT`` gives weights a head they have not, or a new one; it takes minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.features import DOM_START, Bags, Features
from cleaner.kind_choice import BODY_PLACES
from cleaner.model import HEAD_ARRAYS, Model
from cleaner.page import KINDS, Kind
from cleaner.score import predict
from cleaner.training.dataset import Example, seeded
from cleaner.training.descent import descend
from cleaner.training.named import Named, named_kinds, read_named

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
    named_weight: float = 30.0
    """What a paragraph that a person named weighs; n of one kind in one example weigh root n times as much together."""


_EVERYWHERE = (Kind.BODY, Kind.NAV, Kind.RELATED)
_ARTICLE_WORDS = 12
_ARTICLE_SHARE = 0.6
"""The article begins and ends with paragraphs of more than so many words of which the gold holds this share."""
_ALWAYS = ("html", "whole")
_IS_BODY = np.isin(np.arange(len(KINDS)), BODY_PLACES)
_OTHERS = ("plain", "glued", "dressed", "trafilatura", "resiliparse")
"""Renderings that are learned from: two of each page, one of the others, and one with the DOM hidden or snippets."""


def fit_names(
    model: Model,
    examples: Sequence[Example],
    plan: NamePlan | None = None,
    *,
    named: Named | None = None,
    texts: bool = False,
    say: Callable[[str], None] = print,
) -> dict[str, Floats]:
    """Return the arrays ``name_w`` (width + inputs, 3 kinds) and ``name_b`` for a model, from examples of split train.

    The first third of the columns is for the paragraph itself, the others say what it means for the next one and for
    the one before. ``named`` are paragraphs that a person named, by default those of the package. ``texts`` draws
    plain texts alone, for a network that knows nothing else.
    """
    plan = plan or NamePlan()
    named = read_named(texts=texts) if named is None else named
    drawn = _gather(open_head(model), _drawn(examples, named, texts=texts), plan, named)
    say(f"names: {len(drawn.kinds)} paragraphs of {len(np.unique(drawn.kinds))} kinds, {drawn.by_hand.sum()} by hand")
    scale = kind_scale(drawn.kinds, drawn.trust)
    weights, offsets, loss = _fit(drawn._replace(trust=drawn.trust * scale[drawn.kinds]), plan)
    say(f"names: loss {loss:.4f}")
    beside = np.concatenate(np.split(weights, 3), axis=1)
    return {"name_w": beside, "name_b": (offsets - np.log(scale)).astype(np.float32)}


class Drawn(NamedTuple):
    """Paragraphs that the head is fitted on."""

    seen: NDArray[np.float16]
    """(n, 3 columns): what the head is given for the paragraph, the one before and the one after."""
    kinds: NDArray[np.int64]
    trust: Floats
    by_hand: NDArray[np.bool_]
    """Whether a person named it: then only the kinds on its side of the article's edge are compared."""

    def rows(self, places: NDArray[np.int64]) -> Drawn:
        """Return some of the paragraphs."""
        return Drawn(self.seen[places], self.kinds[places], self.trust[places], self.by_hand[places])


def open_head(model: Model) -> Model:
    """Return the model with a head that names nothing but hands out what a head is given."""
    width = model.arrays["kind_w"].shape[0] + model.arrays["input_w"].shape[0]
    head = {"name_w": np.eye(width, dtype=np.float32), "name_b": np.zeros(width, np.float32)}
    return Model(model.header, {name: array for name, array in model.arrays.items() if name not in HEAD_ARRAYS} | head)


def _gather(model: Model, examples: Iterator[tuple[Example, bool]], plan: NamePlan, named: Named) -> Drawn:
    """Return what the head is given for the paragraphs drawn, their kinds, and how far these are trusted."""
    rng = np.random.default_rng(plan.seed)
    seen, kinds, trust, by_hand = [], [], [], []
    for example, is_drawn in examples:
        hand_kinds = named_kinds(example, named)
        weak_kinds = np.where(hand_kinds < 0, example.kinds, -1)
        weak = _draw(replace(example, kinds=weak_kinds), plan, rng) if is_drawn else np.zeros(0, np.int64)
        hand = np.flatnonzero(hand_kinds >= 0)
        if not len(weak) + len(hand):
            continue
        near = np.where(is_near(example, plan)[weak], np.float32(plan.near_weight), np.float32(1))
        counts = np.bincount(hand_kinds[hand], minlength=len(KINDS))
        places = np.concatenate((weak, hand))
        seen.append(beside(predict(model, example.features).names.astype(np.float16), places))
        kinds += [weak_kinds[weak].astype(np.int64), hand_kinds[hand]]
        trust += [example.kind_weight[weak] * near, plan.named_weight / np.sqrt(counts[hand_kinds[hand]])]
        by_hand.append(np.arange(len(places)) >= len(weak))
    return Drawn(
        np.concatenate(seen), np.concatenate(kinds), np.concatenate(trust).astype(np.float32), np.concatenate(by_hand)
    )


def beside(seen: NDArray[np.float16], places: NDArray[np.int64]) -> NDArray[np.float16]:
    """Return for each place its row, the one before and the one after, zeros at the ends of the page, in one."""
    padded = np.pad(seen, ((1, 1), (0, 0)))
    return np.concatenate((padded[places + 1], padded[places], padded[places + 2]), axis=1)


def _drawn(examples: Sequence[Example], named: Named, *, texts: bool) -> Iterator[tuple[Example, bool]]:
    """Yield the examples that are learned from, and whether weak labels are drawn of them, too.

    Of a page of which a person named paragraphs, these are learned from in every rendering.
    """
    pages: dict[str, dict[str, Example]] = {}
    for example in examples:
        if example.split == "train" and not (texts and not example.is_text):
            pages.setdefault(example.name, {})[example.rendering] = example
    for name, versions in pages.items():
        rng = seeded(name, "names")
        chosen = [rendering for rendering in _ALWAYS if rendering in versions]
        others = [rendering for rendering in _OTHERS if rendering in versions]
        if others:
            chosen.append(rng.choice(others))
        is_dressed = rng.random() < 0.5 and "html-dressed" in versions
        if is_dressed:
            chosen.append("html-dressed")
        yield from ((versions[rendering], True) for rendering in chosen)
        if "html" in versions and (name in named or not is_dressed):
            yield replace(versions["html"], features=hide_dom(versions["html"].features)), not is_dressed
        if name in named:
            rest = [rendering for rendering in ("html-dressed", *_OTHERS) if rendering in versions]
            yield from ((versions[rendering], False) for rendering in rest if rendering not in chosen)


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


def is_near(example: Example, plan: NamePlan) -> NDArray[np.bool_]:
    """Mark the paragraphs of the article, and those a little before and after it."""
    body = np.flatnonzero((example.shares > _ARTICLE_SHARE) & (example.tokens > _ARTICLE_WORDS))
    near = np.zeros(len(example.shares), dtype=np.bool_)
    if len(body):
        near[max(0, int(body[0]) - plan.before) : int(body[-1]) + plan.after + 1] = True
    return near


def _draw(example: Example, plan: NamePlan, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the places of the labelled paragraphs of an example that are learned from."""
    wanted = is_near(example, plan) | (rng.random(len(example.shares)) < plan.far_share)
    known = np.flatnonzero((example.kinds >= 0) & (example.kinds < len(KINDS)) & wanted)
    drawn = []
    for kind in np.unique(example.kinds[known]):
        places = known[example.kinds[known] == kind]
        most = plan.most // 2 if KINDS[int(kind)] in _EVERYWHERE else plan.most
        drawn.append(rng.choice(places, most, replace=False) if len(places) > most else places)
    return np.sort(np.concatenate(drawn)) if drawn else np.zeros(0, np.int64)


def kind_scale(kinds: NDArray[np.int64], trust: Floats) -> Floats:
    """Return a weight for each kind, as in training: rare kinds count more, by the root of how much rarer they are.

    The logits get it taken off again, so that a rare kind is not named too often.
    """
    counts = np.maximum(np.bincount(kinds, weights=trust, minlength=len(KINDS)), 1)
    scale: Floats = np.clip(np.sqrt(counts.max() / counts) / 3, 0.5, 6).astype(np.float32)
    return scale


def _fit(drawn: Drawn, plan: NamePlan) -> tuple[Floats, Floats, float]:
    """Fit a softmax regression; return weights, offsets and the last steps' mean loss."""
    begun = np.zeros((drawn.seen.shape[1] + 1, len(KINDS)), np.float32)  # the last row are the offsets
    head, loss = descend(begun, len(drawn.kinds), plan, lambda head, places: _loss(head, drawn.rows(places)))
    return head[:-1], head[-1], loss


def _loss(head: Floats, batch: Drawn) -> tuple[float, Floats]:
    """Return the weighted cross-entropy and its gradient by the head."""
    rows = np.arange(len(batch.kinds))
    x = np.concatenate((batch.seen.astype(np.float32), np.ones((len(rows), 1), np.float32)), axis=1)
    logits = x @ head
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    odds[batch.by_hand[:, None] & (_IS_BODY[batch.kinds][:, None] != _IS_BODY)] = 0
    shares = odds / np.maximum(odds.sum(axis=1, keepdims=True), 1e-30)
    weight = batch.trust / batch.trust.sum()
    loss = float(-(weight * np.log(np.maximum(shares[rows, batch.kinds], 1e-9))).sum())
    shares[rows, batch.kinds] -= 1
    gradient: Floats = x.T @ (shares * weight[:, None])
    return loss, gradient
