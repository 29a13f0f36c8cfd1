"""Kinds of the paragraphs of texts for training: what the head for HTML calls the same ones there.

Weak kinds come from class names, lists of phrases and places, so they say little of most lines of a text. The head that
names paragraphs of HTML sees their markup and names four of five right, so it teaches the network for texts
(distillation, as in :mod:`cleaner.training.soft_labels`). What a person named counts more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cleaner.model import Model
from cleaner.training.dataset import Example
from cleaner.training.named import Named
from cleaner.training.text_names import TextPlan, teach, tell

__all__ = ["teach_kinds"]

FAR_WEIGHT, NAMED_WEIGHT = 0.4, 5.0
"""What a paragraph weighs that does not stand near the article, and one that a person named."""
_PLAN = TextPlan(far_weight=FAR_WEIGHT, named_weight=NAMED_WEIGHT)


def teach_kinds(examples: Sequence[Example], teacher: Model, named: Named) -> list[Example]:
    """Return the examples, those texts of split train whose page is there as HTML with the kinds of a head for HTML.

    ``teacher`` is a model of HTML with such a head and its calibration. A paragraph is found again in the HTML by its
    words; one that is not there keeps its weak kind, and an invented snippet the kind it was made for.
    """
    htmls = {e.name: e for e in examples if e.split == "train" and e.rendering == "html"}
    taught = {name: teach(teacher, html) for name, html in htmls.items()}
    return [
        _taught(example, htmls[example.name], taught[example.name], named)
        if example.split == "train" and example.is_text and example.name in htmls
        else example
        for example in examples
    ]


def _taught(example: Example, html: Example, taught: np.typing.NDArray[np.float32], named: Named) -> Example:
    shares, trust = tell(html, example, taught, _PLAN, named)
    kinds, weight = np.where(trust > 0, shares.argmax(axis=1), -1), trust * shares.max(axis=1)
    if "dressed" in example.rendering:
        made = (example.kind_weight == 1) & (example.kinds >= 0)
        kinds, weight = np.where(made, example.kinds, kinds), np.where(made, 1, weight)
    return replace(example, kinds=kinds.astype(np.int8), kind_weight=weight.astype(np.float32))
