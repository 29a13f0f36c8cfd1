"""Honest opinions on the training pages: each is judged by a network that never saw its registered domain."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from cleaner.training.dataset import Example
from cleaner.training.train import Found, Plan, predictions, train

FOLDS = 4
"""Networks; each learns from three quarters of the domains and judges the rest."""


def fold_of(domain: str) -> int:
    """Return the fold of a registered domain, the same in every run.

    >>> fold_of("example.org") == fold_of("example.org") < FOLDS
    True
    """
    return zlib.crc32(domain.encode()) % FOLDS


def cross_judge(examples: Sequence[Example], plan: Plan, *, say: Callable[[str], None] = print) -> dict[int, Found]:
    """Return what a network says of each example of split train that did not learn from its domain, by position.

    Its own labels cannot have been learned by heart, so such opinions show which labels are doubtful, and thousands of
    pages can be used to choose thresholds where dev has 273. Examples of split dev stay dev in every fold. The seed of
    ``plan`` grows by one from fold to fold; networks for texts alone judge texts alone.
    """
    out: dict[int, Found] = {}
    for fold in range(FOLDS):
        held = [i for i, e in enumerate(examples) if e.split == "train" and fold_of(e.domain) == fold]
        outside = set(held)
        kept = [e for i, e in enumerate(examples) if i not in outside]
        judged = [i for i in held if examples[i].is_text or not plan.texts_only]
        say(f"fold {fold + 1} of {FOLDS}: {len(judged)} examples held out")
        network = train(kept, replace(plan, seed=plan.seed + fold), say=say)[0]
        found = predictions(network, [examples[i] for i in judged])
        out |= {i: found[place] for place, i in enumerate(judged)}
    return out
