"""Labels, softened by what is thought of the paragraphs; of texts, also where their HTML can be seen.

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
from cleaner.training.pieces import PIECES

__all__ = ["carry_opinions", "soften", "soften_texts"]

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
        if example.split != "train" or not example.is_text or place not in opinions:
            continue
        mixed = opinions[place].copy()
        html = htmls.get(example.name)
        if html is not None:
            for index, (same, _) in enumerate(counterparts(examples[html], example)):
                if same:
                    mixed[index] = (mixed[index] + opinions[html][same].mean()) / 2
        out[place] = mixed
    return out


def soften(
    examples: Sequence[Example], opinions: Mapping[int, Floats], *, share: float = 0.5, glued: float = 0.0
) -> list[Example]:
    """Mix the labels of training examples with opinions on them, by position (Hinton, Vinyals, Dean 2015).

    Gold has errors and turns of taste; what networks say that did not learn the page by heart is free of both.
    Examples with snippets and short pieces of gold are left alone, their labels are certain, and so are those of dev.
    Of texts to which chrome of the page was glued, ``glued`` is the share of the opinion.
    """
    out = []
    for place, e in enumerate(examples):
        own = glued if "glued" in e.rendering else share
        is_certain = "dressed" in e.rendering or e.rendering in PIECES
        if e.split != "train" or is_certain or not own or place not in opinions:
            out.append(e)
        else:
            out.append(replace(e, shares=((1 - own) * e.shares + own * opinions[place]).astype(np.float32)))
    return out


def soften_texts(examples: Sequence[Example], opinions: Mapping[int, Floats]) -> list[Example]:
    """Mix the labels of texts with opinions on them, by position, as :func:`soften` does; HTML is left alone."""
    of_texts = {place: opinion for place, opinion in opinions.items() if examples[place].is_text}
    return soften(examples, of_texts, share=SHARE, glued=SHARE / 2)
