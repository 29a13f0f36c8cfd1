"""Labels of texts, softened by what is thought of the same paragraphs in their HTML."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("rapidfuzz", reason="gold is laid over pages with rapidfuzz; pip install 'article-cleaner[train]'")

from test_names import salt_examples

from cleaner.training.counterparts import counterparts
from cleaner.training.dataset import Example
from cleaner.training.soft_labels import SHARE, carry_opinions, soften_texts


def page() -> list[Example]:
    """Return a page of split train as HTML, and as plain text with and without chrome set in."""
    found = {example.rendering: replace(example, split="train") for example in salt_examples()}
    text = found["lines"]
    return [found["html"], text, replace(text, rendering="glued"), replace(text, rendering="dressed")]


def test_paragraphs_of_a_text_are_found_in_the_html() -> None:
    """Each paragraph of a page set line by line has its counterpart; what is nowhere else has none."""
    html, text, *_ = page()
    found = [*counterparts(html, text)]
    assert [places[0] for places, is_sure in found if is_sure and len(places) == 1][:3] == [0, 1, 2]
    other = replace(html, features=replace(html.features, words=html.features.pairs))
    assert not any(is_sure for _, is_sure in counterparts(other, text))


def test_opinions_on_the_html_count_half() -> None:
    """An opinion on a text is half its own and half that on the HTML; HTML and pages of dev get none."""
    examples = page()
    html, text = (np.full(len(e.kinds), p, np.float32) for e, p in zip(examples[:2], (0.9, 0.1), strict=True))
    carried = carry_opinions(examples, {0: html, 1: text})
    assert carried.keys() == {1}
    found = [bool(places) for places, _ in counterparts(*examples[:2])]
    assert sum(found) >= 4
    assert carried[1] == pytest.approx(np.where(found, 0.5, 0.1))  # what the HTML has not keeps its own
    assert carry_opinions(examples, {1: text})[1] == pytest.approx(text)
    assert carry_opinions([replace(e, split="dev") for e in examples], {0: html, 1: text}) == {}


def test_certain_labels_are_left_alone() -> None:
    """Texts are softened by SHARE, those with chrome of the page glued to them by half; invented chrome is certain."""
    examples = page()
    soft = soften_texts(examples, {place: np.zeros(len(e.kinds), np.float32) for place, e in enumerate(examples)})
    kept = [float(np.nansum(new.shares) / np.nansum(old.shares)) for new, old in zip(soft, examples, strict=True)]
    assert kept == pytest.approx([1.0, 1 - SHARE, 1 - SHARE / 2, 1.0])
