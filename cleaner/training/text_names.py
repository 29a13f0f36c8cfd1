"""Weights and pages -> the head that names kinds in plain texts, taught by what the other head says of the same pages.

As HTML a page shows by its markup which of its lines is a caption, a menu or a link to another story; the same page as
text does not. So the head for HTML, which names more of them right, and the gold say what each paragraph is, and the
head for texts learns to say the same of the page's text (distillation: Hinton, Vinyals, Dean 2015), from whole pages as
text, where each line stands between the same two. Paragraphs that a person named weigh more, and here all kinds are
compared. It begins as the other head.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.features import NUMBERS
from cleaner.kind_choice import BODY_PLACES, TITLE_SIGN, shares_of
from cleaner.model import NAME_ARRAYS, TRANSITIONS, Model, logistic
from cleaner.page import KINDS, Kind
from cleaner.score import SHORT_WORDS, calibrated, predict
from cleaner.training.counterparts import counterparts
from cleaner.training.dataset import Example
from cleaner.training.descent import descend
from cleaner.training.named import Named, named_kinds, read_named
from cleaner.training.names import NamePlan, beside, is_near, kind_scale, open_head

__all__ = ["TextPlan", "fit_text_names"]

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TextPlan:
    """How the head is fitted; chosen on hand-labelled paragraphs of dev pages."""

    seed: int = 0
    passes: int = 1
    learning_rate: float = 2e-3
    decay: float = 0.02
    rows: int = 6_000
    """Paragraphs a step."""
    far_weight: float = 0.2
    """What a paragraph weighs that does not stand near the article."""
    alone_weight: float = 0.5
    """What one weighs of which only its own words were found again, see :func:`carry`."""
    share: float = 0.8
    """How far it goes from the other head to what it learned; all the way, other pages than articles lose .0005."""
    named_weight: float = 10.0
    """What a paragraph weighs that a person named."""
    transitions_weight: float = 0.2
    """How far kinds beside each other are believed; .1 and .3 gain a third less (dev, lines named right)."""
    transitions_least: float = 5.0
    """Each pair of kinds is taken to have been seen so often beyond what was."""


class Lesson(NamedTuple):
    """Paragraphs of texts, and what they should be called."""

    seen: NDArray[np.float16]
    """(n, 3 columns): what the head is given for the paragraph, the one before and the one after."""
    shares: Floats
    """(n, kinds) how likely each kind is."""
    trust: Floats


def fit_text_names(
    model: Model,
    examples: Sequence[Example],
    plan: TextPlan | None = None,
    *,
    teacher: Model | None = None,
    named: Named | None = None,
    say: Callable[[str], None] = print,
) -> dict[str, Floats]:
    """Return ``text_name_w``, ``text_name_b`` and ``text_transitions`` for a model that has a head for names already.

    ``teacher`` says what the paragraphs are in HTML, where the model reads texts alone.
    """
    plan = plan or TextPlan()
    named = read_named(texts=teacher is not None) if named is None else named
    lessons, transitions = [], np.full((len(KINDS), len(KINDS)), plan.transitions_least)
    for one, seen in _lessons(model, teacher or model, examples, plan, named):
        lessons.append(one)
        transitions += seen
    if not lessons:
        return {}
    lesson = Lesson(*map(np.concatenate, zip(*lessons, strict=True)))
    say(f"names of texts: {len(lesson.trust)} paragraphs of {len(lessons)} pages")
    weights, offsets = (model.arrays[name] for name in NAME_ARRAYS)
    begun = np.concatenate((np.concatenate(np.split(weights, 3, axis=1), axis=0), offsets[None]), axis=0)
    learned, loss = fit_lesson(begun, lesson, plan)
    head = begun + np.float32(plan.share) * (learned - begun)
    say(f"names of texts: loss {loss:.4f}")
    return {
        "text_name_w": np.concatenate(np.split(head[:-1], 3), axis=1),
        "text_name_b": head[-1],
        TRANSITIONS: plan.transitions_weight * _log_lift(transitions),
    }


def _log_lift(transitions: NDArray[np.float64]) -> Floats:
    """Return how much more often the second of two kinds follows the first than by chance, as logarithm."""
    joint = transitions / transitions.sum()
    lift: Floats = np.log(joint / (joint.sum(axis=1)[:, None] * joint.sum(axis=0))).astype(np.float32)
    return lift


def fit_lesson(begun: Floats, lesson: Lesson, plan: TextPlan) -> tuple[Floats, float]:
    """Move a head (inputs and offsets, kinds) towards a lesson; return it and the loss."""
    likeliest = lesson.shares.argmax(axis=1)
    scale = kind_scale(likeliest, lesson.trust)
    trust = lesson.trust * scale[likeliest]

    def loss_of(head: Floats, drawn: NDArray[np.int64]) -> tuple[float, Floats]:
        places = np.sort(drawn)
        x = np.pad(lesson.seen[places].astype(np.float32), ((0, 0), (0, 1)), constant_values=1)
        shares, weight = shares_of(x @ head), trust[places] / trust[places].sum()
        gold = lesson.shares[places]
        loss = float(-(weight * (gold * np.log(np.maximum(shares, 1e-9))).sum(axis=1)).sum())
        gradient: Floats = x.T @ ((shares - gold) * weight[:, None])
        return loss, gradient

    head = begun.astype(np.float32)
    head[-1] += np.log(scale)
    head, loss = descend(head, len(trust), plan, loss_of, warms_up=True)
    head[-1] -= np.log(scale)
    return head, loss


def _lessons(
    model: Model, teacher: Model, examples: Sequence[Example], plan: TextPlan, named: Named
) -> Iterator[tuple[Lesson, Floats]]:
    """Yield a lesson for each page of split train that is there as HTML and as a whole page of text.

    And (kinds, kinds): how often which kind follows which.
    """
    pages: dict[str, dict[str, Example]] = {}
    for example in examples:
        if example.split == "train" and example.rendering in ("html", "whole"):
            pages.setdefault(example.name, {})[example.rendering] = example
    opened = open_head(model)
    for page in pages.values():
        if len(page) < 2:
            continue
        shares, trust = tell(page["html"], page["whole"], teach(teacher, page["html"]), plan, named)
        places = np.flatnonzero(trust > 0)
        seen = beside(predict(opened, page["whole"].features).names.astype(np.float16), places)
        told = shares * (trust > 0)[:, None]
        yield Lesson(seen, shares[places], trust[places].astype(np.float32)), told[:-1].T @ told[1:]


def teach(model: Model, example: Example) -> Floats:
    """Return (n, kinds): how likely each kind is, by the head for HTML, the score and the gold."""
    prediction = predict(model, example.features)
    words = example.features.word_counts
    scores = logistic(calibrated(prediction, model.header["calibration"]["html"], words)[0])
    shares = shares_of(prediction.names)
    inside = np.isin(np.arange(len(KINDS)), BODY_PLACES)
    opinion = (scores + shares[:, inside].sum(axis=1)) / 2
    gold = np.where(example.weight > 0, np.clip(example.shares, 0, 1), opinion)
    own = np.where(words <= SHORT_WORDS, 0.4, 0.6)  # the gold leaves many a heading out
    side = np.clip(own * gold + (1 - own) * opinion, 0.01, 0.99)[:, None]
    of_side = np.where(inside, shares[:, inside].sum(axis=1)[:, None], shares[:, ~inside].sum(axis=1)[:, None])
    taught: Floats = (shares / np.maximum(of_side, 1e-9) * np.where(inside, side, 1 - side)).astype(np.float32)
    _teach_headline(example, taught)
    return taught


def _teach_headline(example: Example, shares: Floats) -> None:
    """Call what is like the declared headline a title, as rules do of HTML, unless it stands below the article."""
    body = np.flatnonzero((example.shares > 0.6) & (example.tokens > 12))
    last = int(body[-1]) if len(body) else len(shares)
    like = example.features.numbers[:, NUMBERS.index("like_title")] >= TITLE_SIGN
    titles = np.flatnonzero(like & (np.arange(len(like)) <= last))
    shares[titles] = 0.03 / (len(KINDS) - 1)
    shares[titles, KINDS.index(Kind.TITLE)] = 0.97


def tell(html: Example, text: Example, taught: Floats, plan: TextPlan, named: Named) -> tuple[Floats, Floats]:
    """Return what :func:`carry` does, with what a person named in its place, weighed as ``plan`` says."""
    shares, trust = carry(html, text, taught, alone=plan.alone_weight)
    trust *= np.where(is_near(text, NamePlan()), 1, plan.far_weight)
    by_hand = named_kinds(text, named)
    hand = np.flatnonzero(by_hand >= 0)
    shares[hand], trust[hand] = np.eye(len(KINDS), dtype=np.float32)[by_hand[hand]], plan.named_weight
    return shares, trust


def carry(html: Example, text: Example, taught: Floats, *, alone: float = 0.5) -> tuple[Floats, Floats]:
    """Return (n, kinds) and (n,): what was said of the paragraphs of a page for those of its text, and how sure it is.

    A paragraph is found again by its words and those beside it; by its own words it counts ``alone``, and where nothing
    is found its weak kind does.
    """
    shares = np.zeros((len(text.kinds), len(KINDS)), np.float32)
    trust = np.zeros(len(text.kinds), np.float32)
    for place, (same, is_sure) in enumerate(counterparts(html, text)):
        if same:
            shares[place], trust[place] = taught[same].mean(axis=0), 1 if is_sure else alone
        elif text.kinds[place] >= 0:
            shares[place] = 0.1 / len(KINDS)
            shares[place, text.kinds[place]] += 0.9
            trust[place] = text.kind_weight[place]
    return shares, trust
