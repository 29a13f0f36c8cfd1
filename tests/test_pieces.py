"""Short plain texts for training: pieces of gold pages, with chrome or without, and what of them is gold."""

from __future__ import annotations

import random

import numpy as np
import pytest

pytest.importorskip("rapidfuzz", reason="gold is laid over pages with rapidfuzz; pip install 'article-cleaner[train]'")

from cleaner.segment import segment_html
from cleaner.training.dataset import examples_of
from cleaner.training.pieces import PIECES, pieces_of
from cleaner.training.soft_labels import soften_texts
from cleaner.training.weak_kinds import weak_kinds

GOLD = "It rained all day in the north.\nThe river rose. Nobody slept! Who would?\n雨很大。河水上涨了。"
HTML = "<nav><p>Home</p><p>Sport</p></nav>" + "".join(f"<p>{line}</p>" for line in GOLD.split("\n")) + "<p>Log in</p>"
LAYOUT = segment_html(HTML)
SHARES = np.array([0, 0, 1, 1, 1, 0], np.float32)


def test_a_piece_is_made_of_the_page() -> None:
    """Every line of a piece is a line or sentence of the page, in its order, and what is told to be gold is in it."""
    kinds = set()
    for seed in range(200):
        for name, text, piece in pieces_of(LAYOUT, GOLD, SHARES, random.Random(seed)):
            assert name in PIECES
            lines = [line for line in text.split("\n") if line]
            assert all(any(line in whole for whole in LAYOUT.texts) for line in lines)
            inside = [line for line in lines if any(line in whole for whole in GOLD.split("\n"))]
            if piece != GOLD:
                assert piece.split("\n") == inside
            kinds.add((len(lines) > len(inside), bool(inside)))
    assert kinds == {(True, True), (True, False), (False, True)}


def test_pieces_depend_on_their_seed_alone() -> None:
    """The same seed gives the same three pieces; a page without gold or without paragraphs raises nothing."""
    first, again = ([*pieces_of(LAYOUT, GOLD, SHARES, random.Random(7))] for _ in range(2))
    assert first == again
    assert [name for name, *_ in first] == list(PIECES)
    for layout, gold, shares in ((LAYOUT, "", SHARES * 0), (segment_html(""), GOLD, SHARES[:0])):
        assert len([*pieces_of(layout, gold, shares, random.Random(7))]) == 3


def test_examples_of_a_page_have_its_pieces_with_sure_labels() -> None:
    """A page's examples have three short texts, where asked for, whose labels are sure: opinions leave them alone."""
    row = {"corpus": "own", "id": "a", "domain": "", "split": "train", "page_type": "article", "language": "en"}
    row |= {"body": GOLD, "title": ""}
    assert not {e.rendering for e in examples_of(row, LAYOUT, {}, weak_kinds)} & set(PIECES)
    examples = examples_of(row, LAYOUT, {}, weak_kinds, pieces=True)
    short = [example for example in examples if example.rendering in PIECES]
    assert [example.rendering for example in short] == list(PIECES)
    assert all(example.is_text and set(np.round(example.shares)) <= {0.0, 1.0} for example in short)
    soft = soften_texts(examples, {place: np.full(len(e.kinds), 0.5, np.float32) for place, e in enumerate(examples)})
    assert [
        new.shares is old.shares for new, old in zip(soft, examples, strict=True) if any(old is one for one in short)
    ] == [True] * 3
