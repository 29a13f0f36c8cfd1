"""Train on a user's pages: gently from weights that work already, or from nothing."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import torch
from torch import Tensor

from cleaner.training.batches import Hiding, batches
from cleaner.training.dataset import Example
from cleaner.training.network import Network
from cleaner.training.own.pages import WHOLE
from cleaner.training.train import Plan, kind_scale, known_rows, loss_of

__all__ = ["ADAPT", "SCRATCH", "Course", "Pass", "Tuned", "tune"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How to train on a user's pages; ``plan.passes`` are the most that are made.

    From nothing, ``plan.min_domains`` counts pages: users have few domains, and a rare word is learned by heart all the
    same. From a start, the tables of words and attribute words stay as they are.
    """

    plan: Plan
    patience: int = 4
    """Training ends after so many passes in a row without a better one."""
    warm_up: int = 10
    """Steps over which the learning rate rises."""


ADAPT = Course(
    plan=Plan(
        passes=20,
        learning_rate=3e-4,
        weight_decay=0.0,
        token_dropout=0.2,
        hide_dom=0.1,
        hide_words=0.05,
        hide_attributes=0.15,
        hide_phrases=0.15,
        kind_loss=0.3,
        page_loss=0.0,
        vote_loss=0.0,
        rows=1_500,
        average=0.8,
    )
)
"""From weights that work already. Chosen on five sites held out of training, 7 to 28 pages of each to learn from and to
choose on. Mean gain in F1 over HTML and text: heads alone .017, all but the tables .049, tables too .049; learning rate
1e-4 .046, 6e-4 .047. L2 towards the start (L2-SP) of three strengths changed neither the gain (.047 to .048) nor what
other sites lose. What is hidden was not swept."""
SCRATCH = Course(plan=Plan(passes=30, vote_loss=0.0, min_domains=3, average=0.98), warm_up=60)
"""From nothing: for pages of another kind than the packaged weights know. From 306 train pages of seven types it comes
to F1 .870 (HTML) and .839 (text) on 98 dev pages, where the packaged weights have .872 and .836."""
STEPS_A_PASS = 6
"""Batches are made smaller until a pass has about so many: a few small pages would else be a single step."""


MIN_GAIN = 0.03
"""A pass is better if the loss on dev pages is lower by this share of the start's: going on for less costs other sites
more than it brings. (The loss is smooth; F1 jumps where the dev part is a handful of pages.)"""


SHARES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Weights between the start and what was learned do as well on the user's pages and keep more of what the start knew
(Wortsman et al. 2022, WiSE-FT); the smallest share that costs less than MIN_GAIN on the dev pages is taken. On seven
halves of five sites held out, always half of the way gained as much F1 as all of it (HTML .031 and .028, text .070
and .072) and cost other sites a third (.004 and .014). To keep nine tenths or three quarters of the gain in loss
instead
was no better on eight sites: HTML .953 and .954 instead of .956, text .953 and .945 instead of .954, articles of other
sites .906 and .909 instead of .904."""


class Pass(NamedTuple):
    """What the dev part said after a pass; pass 0 is the start."""

    number: int
    dev_loss: float


class Tuned(NamedTuple):
    """A trained network and how it came about."""

    network: Network
    passes: tuple[Pass, ...]
    """All that were made, the start included."""
    best: int
    """Number of the pass that was kept; 0 if none was better than the start."""
    share: float
    """How much of the way from the start to that pass is kept, 0..1 (see SHARES)."""


def tune(
    examples: Sequence[Example],
    course: Course,
    *,
    start: Network | None,
    on_pass: Callable[[Pass], None] = lambda _: None,
) -> Tuned:
    """Train on split train, keep the pass that is best on split dev; stop early when nothing gets better.

    ``start`` is changed, None begins with a new network. The same seed, data and machine give the same network. Uses
    one thread.
    """
    with _one_thread():
        torch.manual_seed(course.plan.seed)
        network = start or Network(course.plan.dropout)
        run = _Run(network, course, [e for e in examples if e.split == "train"], is_new=start is None)
        dev = [e for e in examples if e.split == "dev" and e.rendering in ("html", WHOLE)]
        passes = [Pass(0, _dev_loss(network, dev))]
        gain = MIN_GAIN * passes[0].dev_loss
        best, begun = passes[0], run.values()
        kept = begun
        for number in range(1, course.plan.passes + 1):
            run.make_pass()
            with run.averaged():
                passes.append(Pass(number, _dev_loss(network, dev)))
                if passes[-1].dev_loss < best.dev_loss - gain:
                    best, kept = passes[-1], run.values()
            on_pass(passes[-1])
            if number - best.number >= course.patience:
                break
        run.put(kept)
        share = 1.0
        if start is not None and best.number:
            share = _go_back(run, begun, kept, lambda: _dev_loss(network, dev) <= best.dev_loss + gain)
        return Tuned(network, tuple(passes), best.number, share)


def _go_back(run: _Run, begun: list[Tensor], ended: list[Tensor], is_good: Callable[[], bool]) -> float:
    """Go back from what was learned towards the start as far as it stays good; return the share of the way kept."""
    for share in SHARES:
        run.put([first + (last - first) * share for first, last in zip(begun, ended, strict=True)])
        if is_good():
            return share
    run.put(ended)
    return 1.0


class _Run:
    """Optimizer, generator and running average of one training run."""

    def __init__(self, network: Network, course: Course, examples: Sequence[Example], *, is_new: bool) -> None:
        self.network, self.course, self.plan = network, course, course.plan
        self.rng = random.Random(course.plan.seed)  # noqa: S311 - no cryptography here
        self.pages: dict[str, list[Example]] = {}
        for example in examples:
            self.pages.setdefault(example.name, []).append(example)
        self.others = [p for name, p in network.named_parameters() if not name.startswith("tables")]
        groups = [{"params": self.others, "share": 1.0, "weight_decay": self.plan.weight_decay}]
        if is_new:
            groups += self._open_tables(examples)
            network.kind_weights.copy_(kind_scale(e for e in examples if e.rendering == "html"))
        else:  # words keep their meaning
            network.tables.requires_grad_(False)
        self.optimizer = torch.optim.AdamW(groups, lr=self.plan.learning_rate, betas=(0.9, 0.98))
        self.trained = [p for p in network.parameters() if p.requires_grad]
        self.average = self.values()
        self.steps = 0

    def _open_tables(self, examples: Iterable[Example]) -> Iterator[dict[str, Any]]:
        """Let the rows of the tables learn, but for those that few pages have, which stay zero."""
        masks = known_rows((replace(e, domain=e.name) for e in examples), self.plan.min_domains)
        for name, table in self.network.tables.items():
            with torch.no_grad():
                table.mul_(masks[name])
            table.register_hook(lambda grad, mask=masks[name]: grad * mask)
            rate = self.plan.word_rate if name in ("words", "pairs") else self.plan.attribute_rate
            yield {"params": [table], "share": rate, "weight_decay": self.plan.table_decay}

    def make_pass(self) -> None:
        """Learn once from each page: as HTML, and from a few of its texts."""
        plan = self.plan
        hiding = Hiding(
            plan.token_dropout, plan.hide_dom, plan.hide_words, plan.hide_attributes, phrases=plan.hide_phrases
        )
        drawn = list(_draw(self.pages.values(), plan.texts_a_pass, self.rng))
        rows = min(plan.rows, sum(len(e.shares) for e in drawn) // STEPS_A_PASS)
        self.network.train()
        for _, batch in batches(drawn, rows=rows, rng=self.rng, hiding=hiding):
            self.steps += 1
            for group in self.optimizer.param_groups:
                group["lr"] = plan.learning_rate * group["share"] * min(1.0, self.steps / self.course.warm_up)
            self.optimizer.zero_grad()
            loss_of(self.network, batch, plan).backward()
            torch.nn.utils.clip_grad_norm_(self.others, 1.0)
            self.optimizer.step()
            decay = min(plan.average, self.steps / (self.steps + 3))
            for mean, value in zip(self.average, self.trained, strict=True):
                mean.lerp_(value.detach(), 1 - decay)

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Put the running average of the weights in the network's place."""
        current = self.values()
        self.put(self.average)
        yield
        self.put(current)

    def values(self) -> list[Tensor]:
        """Return a copy of what is trained."""
        return [parameter.detach().clone() for parameter in self.trained]

    def put(self, values: Sequence[Tensor]) -> None:
        """Set what is trained to these values."""
        with torch.no_grad():
            for parameter, value in zip(self.trained, values, strict=True):
                parameter.copy_(value)


TEXT_WEIGHTS = {"whole": 2.0, "dressed": 1.0, "glued": 1.0, "plain": 0.5, "lines": 0.5, "gold": 0.5}
"""How often a rendering is drawn, relative to the others."""
DRESSED_SHARE = 0.25
"""How often a page of HTML is learned from with invented chrome in it, which keeps what the network knows of that."""


def _draw(pages: Iterable[Sequence[Example]], texts: int, rng: random.Random) -> Iterator[Example]:
    for versions in pages:
        html = [e for e in versions if e.rendering == "html"]
        dressed = [e for e in versions if e.rendering == "html-dressed"]
        yield from dressed if dressed and rng.random() < DRESSED_SHARE else html
        plain = [e for e in versions if e.is_text]
        weights = [TEXT_WEIGHTS.get(e.rendering.rstrip("23"), 1.0) for e in plain]
        chosen = rng.choices(plain, weights, k=texts) if plain else []
        yield from {id(e): e for e in chosen}.values()


_DEV_PLAN = Plan(kind_loss=0.0, page_loss=0.0, vote_loss=0.0)


def _dev_loss(network: Network, dev: Sequence[Example]) -> float:
    """Return the loss on dev pages, of body and chrome alone; a mean over their renderings."""
    total = 0.0
    network.eval()
    with torch.no_grad():
        for group, batch in batches(dev):
            total += float(loss_of(network, batch, _DEV_PLAN)) * len(group)
    return total / len(dev)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Several threads add numbers up in an order that differs from machine to machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
