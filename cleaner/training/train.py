"""Train the network; the checkpoint, the threshold and the calibration are chosen on dev pages, never on test."""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from cleaner.features import NUMBERS
from cleaner.model import BAG_TABLES, FORMAT, TEXTS
from cleaner.page import KINDS
from cleaner.training.batches import Hiding, batches
from cleaner.training.dataset import Example
from cleaner.training.network import PAGE_TYPES, TABLES, Batch, Network, export

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to train; the defaults are what dev chose (MODEL_CARD.md has what was tried)."""

    passes: int = 3
    seed: int = 5
    learning_rate: float = 3e-3
    weight_decay: float = 0.02
    dropout: float = 0.15
    token_dropout: float = 0.4
    hide_dom: float = 0.25
    texts_a_pass: int = 2
    """Plain-text renderings drawn per page and pass, beside its HTML."""
    dice: float = 0.7
    kind_loss: float = 0.5
    page_loss: float = 0.05
    vote_loss: float = 0.3
    hide_words: float = 0.15
    """Share of pages whose words are all hidden: shape and place must do."""
    hide_attributes: float = 0.3
    """Share of HTML pages whose tag and attribute words are all hidden."""
    hide_phrases: float = 0.3
    """Share of pages whose known phrases are hidden, so that the words themselves are learned, too."""
    attribute_rate: float = 0.3
    """Learning rate of the attribute tables, as a share of ``learning_rate``: they are learned by heart soonest."""
    word_rate: float = 1.5
    """The same for the word tables; at 0.3 the words of rare kinds were not learned at all (policy snippets of the
    training pages themselves kept in 51 %)."""
    rows: int = 4_500
    """Paragraphs a batch, padding included."""
    table_decay: float = 0.0
    min_domains: int = 10
    """Table rows seen on fewer registered domains stay zero: rare words would be learned by heart."""
    texts_only: bool = False
    """Draw no HTML: for the network of plain texts."""
    choose_pass: bool = True
    """Keep the pass that is best on dev, else the last: soft labels are hardly learned by heart, and the figures of
    early passes, which no calibration made even, mislead."""
    average: float = 0.995
    """Decay of the running average of the weights; the average is what is kept."""


def kind_scale(examples: Iterable[Example]) -> Tensor:
    """Return a weight for each kind: rare kinds count more, by the root of how much rarer they are, at most 6 times."""
    counts = np.ones(len(KINDS))
    for example in examples:
        known = example.kinds >= 0
        counts += np.bincount(example.kinds[known], weights=example.kind_weight[known], minlength=len(KINDS))
    scale = np.clip(np.sqrt(counts.max() / counts) / 3, 0.5, 6)
    return torch.from_numpy(scale.astype(np.float32))


def loss_of(network: Network, batch: Batch, plan: Plan) -> Tensor:
    """Return the loss of a batch: body (cross-entropy and soft F1), other programs' votes, kind, page type."""
    body, kinds, page, votes = network(batch)
    importance = batch.weight * batch.words.clamp(min=0.5).sqrt()
    importance = importance / importance.sum(1, keepdim=True).clamp(min=1e-6)
    entropy = functional.binary_cross_entropy_with_logits(body, batch.shares, reduction="none")
    loss = (entropy * importance).sum(1).mean()
    mass = batch.weight * batch.tokens
    p = torch.sigmoid(body)
    hit = (mass * p * batch.shares).sum(1)
    soft = (2 * hit + 1) / ((mass * p).sum(1) + (mass * batch.shares).sum(1) + 1)
    loss = loss + plan.dice * (1 - soft).mean()
    cast = torch.isfinite(batch.votes)
    if plan.vote_loss and bool(cast.any()):
        heavy = importance[:, :, None].expand_as(votes)[cast]
        each = functional.binary_cross_entropy_with_logits(votes[cast], batch.votes[cast], reduction="none")
        loss = loss + plan.vote_loss * (each * heavy).sum() / heavy.sum().clamp(min=1e-6)
    known = batch.kinds >= 0
    if plan.kind_loss and bool(known.any()):
        target = batch.kinds[known]
        each = functional.cross_entropy(kinds[known], target, reduction="none")
        trust = batch.kind_weight[known] * network.kind_weights[target]
        loss = loss + plan.kind_loss * (each * trust).sum() / trust.sum().clamp(min=1)
    typed = batch.page_type >= 0
    if plan.page_loss and bool(typed.any()):
        loss = loss + plan.page_loss * functional.cross_entropy(page[typed], batch.page_type[typed])
    return loss


def known_rows(examples: Iterable[Example], min_domains: int) -> dict[str, Tensor]:
    """Return for each table which rows occur on at least ``min_domains`` registered domains, as 0 / 1 columns."""
    seen: dict[str, dict[str, set[int]]] = {name: {} for name in TABLES}
    for example in examples:
        for table, name in zip(BAG_TABLES, ("words", "last_words", "pairs", "own", "near", "far"), strict=True):
            seen[table].setdefault(example.domain, set()).update(getattr(example.features, name).ids.tolist())
    out = {}
    for table, rows in TABLES.items():
        counts = np.zeros(rows, np.int32)
        for ids in seen[table].values():
            counts[list(ids)] += 1
        out[table] = torch.from_numpy((counts >= min_domains).astype(np.float32))[:, None]
    return out


class Found(NamedTuple):
    """What the network says of one example."""

    body: Floats
    """P(body), not calibrated."""
    kinds: Floats
    """Logits."""
    page: Floats
    """Probabilities of PAGE_TYPES."""
    article: float


def log_odds(p: Floats) -> Floats:
    """Return the logits of probabilities, kept within +-16."""
    p = np.clip(p.astype(np.float64), 1e-7, 1 - 1e-7)
    logits: Floats = np.log(p / (1 - p)).astype(np.float32)
    return logits


def predictions(network: Network, examples: Sequence[Example]) -> dict[int, Found]:
    """Run the network over whole examples; the result is keyed by position."""
    network.eval()
    place = {id(e): i for i, e in enumerate(examples)}
    out = {}
    with torch.no_grad():
        for group, batch in batches(examples):
            body, kinds, page, _ = network(batch)
            for row, example in enumerate(group):
                n = len(example.shares)
                types = torch.softmax(page[row], 0).numpy()
                out[place[id(example)]] = Found(
                    torch.sigmoid(body[row, :n]).numpy(),
                    kinds[row, :n].numpy(),
                    types,
                    float(types[PAGE_TYPES.index("article")]),
                )
    return out


def judge_dev(network: Network, texts: Network | None, examples: Sequence[Example]) -> dict[int, Found]:
    """Return what a network says of HTML, and what that for plain texts, if there is one, says of texts."""
    if texts is None:
        return predictions(network, examples)
    found: dict[int, Found] = {}
    for judge, is_text in ((network, False), (texts, True)):
        places = [place for place, e in enumerate(examples) if e.is_text == is_text]
        said = predictions(judge, [examples[place] for place in places])
        found |= {places[number]: one for number, one in said.items()}
    return found


def page_f1(example: Example, kept: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Return token precision, recall and F1 of keeping these paragraphs, from the labels."""
    counted = example.tokens * (example.weight > 0)
    hits = float((counted * example.shares * kept).sum())
    chosen = float((counted * kept).sum())
    # Golds disagree on the headline, so it counts on neither side.
    headline = float((example.tokens * example.shares * (example.weight == 0)).sum())
    precision = hits / chosen if chosen else 0.0
    recall = hits / max(example.gold_tokens - headline, 1.0)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


GROUPS: dict[str, Callable[[Example], bool]] = {
    "wcxb article": lambda e: e.rendering == "html" and e.corpus == "wcxb-dev" and e.page_type == "article",
    "wcxb other": lambda e: e.rendering == "html" and e.corpus == "wcxb-dev" and e.page_type != "article",
    "news": lambda e: e.rendering == "html" and e.corpus != "wcxb-dev",
    "html dressed": lambda e: e.rendering == "html-dressed",
    "text whole, article": lambda e: e.rendering == "whole" and e.page_type == "article",
    "text whole, other": lambda e: e.rendering == "whole" and e.page_type != "article",
    "text trafilatura": lambda e: e.rendering == "trafilatura",
    "text newspaper": lambda e: e.rendering == "newspaper",
    "text readability": lambda e: e.rendering == "readability",
    "text resiliparse": lambda e: e.rendering == "resiliparse",
    "text boilerpy3": lambda e: e.rendering == "boilerpy3",
    "text glued": lambda e: e.rendering in {"glued", "glued2"},
    "text dressed": lambda e: e.rendering.startswith("dressed"),
    "text gold": lambda e: e.rendering == "gold",
}


def dev_table(
    examples: Sequence[Example], found: dict[int, Found], threshold: float = 0.5
) -> dict[str, tuple[float, float, float]]:
    """Return precision, recall and F1 (page means) per group, headline left out."""
    rows: dict[str, list[tuple[float, float, float]]] = {name: [] for name in GROUPS}
    for place, example in enumerate(examples):
        scores = page_f1(example, found[place][0] >= threshold)
        for name, belongs in GROUPS.items():
            if belongs(example):
                rows[name].append(scores)
    return {name: tuple(np.mean(v, axis=0).tolist()) for name, v in rows.items() if v}


def selection_score(table: dict[str, tuple[float, float, float]]) -> float:
    """Return the figure by which checkpoints are chosen: articles, other pages and plain text, each a third."""
    html = [
        table[name][2]
        for name in ("wcxb article", "wcxb article", "news", "wcxb other", "html dressed")
        if name in table
    ]
    text = [row[2] for name, row in table.items() if name.startswith("text")]
    return float(np.mean(html) * 0.6 + np.mean(text) * 0.4 if html else np.mean(text))


def train(
    examples: Sequence[Example], plan: Plan, *, say: Callable[[str], None] = print, start: Network | None = None
) -> tuple[Network, float, dict[str, tuple[float, float, float]]]:
    """Train on split train, choose the checkpoint on split dev; return the network, its dev score and dev table."""
    torch.manual_seed(plan.seed)
    rng = random.Random(plan.seed)  # noqa: S311 - no cryptography here
    read = [e for e in examples if e.is_text] if plan.texts_only else examples
    pages: dict[str, list[Example]] = {}
    for example in read:
        if example.split == "train":
            pages.setdefault(example.name, []).append(example)
    dev = [e for e in read if e.split == "dev"]
    network = start or Network(plan.dropout)
    network.kind_weights.copy_(kind_scale(e for e in examples if e.split == "train" and e.rendering == "html"))
    masks = known_rows((e for e in read if e.split == "train"), plan.min_domains)
    with torch.no_grad():
        for name, mask in masks.items():
            network.tables[name].mul_(mask)
    for name, mask in masks.items():
        network.tables[name].register_hook(lambda grad, mask=mask: grad * mask)
    optimizer, others = _optimizer(network, plan)
    averaged = {k: v.clone() for k, v in network.state_dict().items()}
    best: tuple[float, dict[str, Tensor], dict[str, tuple[float, float, float]]] | None = None
    steps = 0
    expected = 0
    for turn in range(plan.passes):
        drawn = draw(pages, plan, rng)
        begun = time.time()
        todo = list(
            batches(
                drawn,
                rows=plan.rows,
                rng=rng,
                hiding=Hiding(
                    plan.token_dropout, plan.hide_dom, plan.hide_words, plan.hide_attributes, plan.hide_phrases
                ),
            )
        )
        expected = expected or len(todo) * plan.passes
        network.train()
        total = 0.0
        for _, batch in todo:
            steps += 1
            rate = min(1.0, steps / 60) * 0.5 * (1 + math.cos(math.pi * min(1.0, steps / expected)))
            for group in optimizer.param_groups:
                group["lr"] = plan.learning_rate * max(rate, 0.01) * group["share"]
            optimizer.zero_grad()
            loss = loss_of(network, batch, plan)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(others, 1.0)
            optimizer.step()
            total += float(loss.detach())
            decay = min(plan.average, steps / (steps + 20))
            with torch.no_grad():
                for key, value in network.state_dict().items():
                    averaged[key].lerp_(value, 1 - decay)
        current = {k: v.clone() for k, v in network.state_dict().items()}
        network.load_state_dict(averaged)
        table = dev_table(dev, predictions(network, dev))
        score = selection_score(table)
        cells = " ".join(f"{name.replace('text ', 't:')} {row[2]:.3f}" for name, row in table.items())
        say(f"pass {turn + 1} loss {total / len(todo):.4f} dev {score:.4f} {time.time() - begun:.0f}s | {cells}")
        if best is None or score > best[0] or not plan.choose_pass:
            best = (score, {k: v.clone() for k, v in averaged.items()}, table)
        network.load_state_dict(current)
    assert best is not None  # noqa: S101 - passes >= 1
    network.load_state_dict(best[1])
    return network, best[0], best[2]


def _optimizer(network: Network, plan: Plan) -> tuple[torch.optim.Optimizer, list[nn.Parameter]]:
    """Return what moves the weights, and all of them but the tables."""
    words = [network.tables[name] for name in ("words", "pairs")]
    attributes = [network.tables[name] for name in ("attributes", "far")]
    others = [p for n, p in network.named_parameters() if not n.startswith("tables")]
    groups = [
        {"params": others, "weight_decay": plan.weight_decay, "share": 1.0},
        {"params": words, "weight_decay": plan.table_decay, "share": plan.word_rate},
        {"params": attributes, "weight_decay": plan.table_decay, "share": plan.attribute_rate},
    ]
    return torch.optim.AdamW(groups, lr=plan.learning_rate, betas=(0.9, 0.98)), others


def mean_opinion(
    examples: Sequence[Example], opinions: Mapping[int, Floats], teachers: Sequence[Network]
) -> dict[int, Floats]:
    """Return the mean of opinions given and of what the teachers say on average of the same examples, by position."""
    places = sorted(opinions)
    total = {place: opinions[place] / 2 for place in places}
    for teacher in teachers:
        found = predictions(teacher, [examples[place] for place in places])
        for number, place in enumerate(places):
            total[place] = total[place] + found[number].body / (2 * len(teachers))
    return {place: opinion.astype(np.float32) for place, opinion in total.items()}


TEXT_WEIGHTS = {"dressed": 2.0, "glued": 1.0, "plain": 0.5, "lines": 0.5, "spaced": 0.5, "whole": 1.5}
"""How often a rendering is drawn, relative to the others (1)."""


def draw(pages: dict[str, list[Example]], plan: Plan, rng: random.Random) -> list[Example]:
    """Choose this pass's examples: each page as HTML, where that is learned from, and as a few of its texts."""
    out = []
    for versions in pages.values():
        html = [e for e in versions if not e.is_text]
        texts = [e for e in versions if e.is_text]
        if html:
            out += rng.sample(html, 1)
        weights = [TEXT_WEIGHTS.get(e.rendering.rstrip("23"), 1.0) for e in texts]
        chosen = rng.choices(texts, weights, k=plan.texts_a_pass) if texts else []
        out += {id(e): e for e in chosen}.values()
    return out


def save(
    path: Path,
    network: Network,
    header: Mapping[str, object],
    *,
    names: Mapping[str, NDArray[np.float32]] | None = None,
    texts: Mapping[str, NDArray[np.float32]] | None = None,
) -> None:
    """Write a network's weights file; ``names`` are the arrays of the head that names kinds, if it has one.

    ``texts`` are all arrays of the network for plain texts, if there is one.
    """
    header = {
        "format": FORMAT,
        "numbers": list(NUMBERS),
        "kinds": [str(k) for k in KINDS],
        "page_types": list(PAGE_TYPES),
        **header,
    }
    write_weights(path, header, {**export(network), **(names or {})}, texts=texts)


def write_weights(
    path: Path,
    header: Mapping[str, object],
    arrays: Mapping[str, NDArray[np.float32]],
    *,
    texts: Mapping[str, NDArray[np.float32]] | None = None,
) -> None:
    """Write a weights file: float16 arrays of one network or two, and a JSON header, no pickle."""
    arrays = {**arrays, **{TEXTS + name: array for name, array in (texts or {}).items()}}
    small = {name: array.astype(np.float16) for name, array in arrays.items()}
    stored = np.frombuffer(json.dumps(header, sort_keys=True).encode("utf-8"), dtype=np.uint8)
    np.savez_compressed(path, header=stored, **small)  # type: ignore[arg-type]
