"""Labels of texts, softened: by what is thought of them, and of the same paragraphs where their HTML can be seen.

A flattened page hides what its markup shows, so of two readers of the same paragraph the one of the HTML is the better
judge (learning with privileged information: Vapnik, Vashist 2009; as distillation: Lopez-Paz et al. 2016).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cleaner.training.counterparts import counterparts
from cleaner.training.dataset import Example

__all__ = ["carry_opinions", "soften_texts"]

Floats = NDArray[np.float32]
SHARE = 0.8
"""How much of a label is opinion; of texts in which chrome was set among the page's own, whose labels are surer, half
as much. Invented chrome is certain."""


def carry_opinions(examples: Sequence[Example], opinions: Mapping[int, Floats]) -> dict[int, Floats]:
    """Return opinions on the texts of split train, by position: half their own, half that on the page's HTML.

    ``opinions`` are P(body) of each paragraph of an example, by position. Paragraphs that the HTML has not, and texts
    of pages whose HTML nobody judged, keep the opinion on the text.
    """
    htmls = {e.name: place for place, e in enumerate(examples) if e.rendering == "html" and place in opinions}
    out = {}
    for place, example in enumerate(examples):
        if example.split != "train" or example.rendering.startswith("html") or place not in opinions:
            continue
        mixed = opinions[place].copy()
        html = htmls.get(example.name)
        if html is not None:
            for index, (same, _) in enumerate(counterparts(examples[html], example)):
                if same:
                    mixed[index] = (mixed[index] + opinions[html][same].mean()) / 2
        out[place] = mixed
    return out


def soften_texts(examples: Sequence[Example], opinions: Mapping[int, Floats]) -> list[Example]:
    """Mix the labels of texts of split train with opinions on them, by position; all else is left alone."""
    out = []
    for place, e in enumerate(examples):
        if place not in opinions or e.split != "train" or e.rendering.startswith("html") or "dressed" in e.rendering:
            out.append(e)
            continue
        share = SHARE / 2 if "glued" in e.rendering else SHARE
        out.append(replace(e, shares=((1 - share) * e.shares + share * opinions[place]).astype(np.float32)))
    return out
