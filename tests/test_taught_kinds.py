"""Kinds of texts for training, taught by the head that names the same paragraphs in HTML."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("rapidfuzz", reason="gold is laid over pages with rapidfuzz; pip install 'article-cleaner[train]'")

from test_names import salt_examples

from cleaner.model import load_model
from cleaner.page import KINDS, Kind
from cleaner.training.dataset import Example
from cleaner.training.named import fingerprint
from cleaner.training.names import NamePlan, is_near
from cleaner.training.taught_kinds import FAR_WEIGHT, NAMED_WEIGHT, teach_kinds
from cleaner.training.text_names import TextPlan, teach


def page() -> tuple[Example, Example]:
    """Return a page of split train as HTML, and as plain text that knows no kinds."""
    found = {example.rendering: replace(example, split="train") for example in salt_examples()}
    text = found["spaced"]
    blind = replace(text, kinds=np.full_like(text.kinds, -1), kind_weight=np.zeros_like(text.kind_weight))
    return found["html"], blind


def test_lines_are_called_what_they_are_in_the_html() -> None:
    """A line that the HTML has, too, is taught the likeliest kind there, weighed by how likely that is."""
    html, text = page()
    same, taught = teach_kinds([html, text], load_model(), {})
    shares = teach(load_model(), html)
    assert same is html
    assert len(taught.kinds) == len(html.kinds)
    assert taught.kinds.tolist() == shares.argmax(axis=1).tolist()
    likely = taught.kind_weight / shares.max(axis=1)
    near, alone = np.where(is_near(text, NamePlan()), 1, FAR_WEIGHT), TextPlan().alone_weight
    assert {round(float(value), 1) for value in likely / near} <= {1.0, alone}


def test_what_a_person_said_counts_more() -> None:
    """A paragraph that a person named is that kind, with the weight of a person."""
    html, text = page()
    print_ = fingerprint(text.features.words, text.features.last_words, 0)
    _, taught = teach_kinds([html, text], load_model(), {text.name: {print_: KINDS.index(Kind.LEGAL)}})
    assert (KINDS[int(taught.kinds[0])], float(taught.kind_weight[0])) == (Kind.LEGAL, NAMED_WEIGHT)


def test_snippets_and_other_splits_keep_their_kinds() -> None:
    """An invented snippet keeps the kind it was made for; dev, and pages without HTML, are left alone."""
    html, text = page()
    made = replace(text, rendering="dressed", kinds=np.full_like(text.kinds, KINDS.index(Kind.AD)))
    made = replace(made, kind_weight=np.ones_like(text.kind_weight))
    assert teach_kinds([html, made], load_model(), {})[1].kinds.tolist() == made.kinds.tolist()
    dev = [replace(example, split="dev") for example in (html, text)]
    assert teach_kinds(dev, load_model(), {}) == dev
    assert teach_kinds([text], load_model(), {})[0] is text
