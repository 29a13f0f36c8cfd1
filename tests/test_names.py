"""The head that names kinds: what it is told, how it is fitted, and that nothing else changes by it."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("rapidfuzz", reason="gold is laid over pages with rapidfuzz; pip install 'article-cleaner[train]'")

from cleaner.evaluation.gold import GoldPage
from cleaner.features import DOM_START
from cleaner.model import NAME_ARRAYS, Model, _name, load_model
from cleaner.page import KINDS, Kind
from cleaner.score import predict
from cleaner.training.dataset import Example
from cleaner.training.named import fingerprint, named_kinds, read_named
from cleaner.training.names import Drawn, NamePlan, _fit, _loss, fit_names, hide_dom
from cleaner.training.own.pages import check_pages, examples_of_page

BODY = "\n\n".join(
    f"On day {number} the harbour crew of Kellerow counted {number * 7} crates of salt, and the clerk wrote it down."
    for number in range(1, 9)
)
TEXT = "".join(f"<p>{part}</p>" for part in BODY.split("\n\n"))
MENU = "".join(f"<li><a href='/{name}'>{name}</a>" for name in ("Home", "Sport", "Weather", "Contact"))
HTML = f"<html><head><title>Salt</title></head><body><nav><ul>{MENU}</ul></nav><article>{TEXT}</article></body></html>"


def salt_examples() -> list[Example]:
    """Return the examples of a page of a menu and an article."""
    page = GoldPage(corpus="own", id="a", source=HTML.encode(), content_type="html", body=BODY)
    return list(examples_of_page(check_pages([page]).usable[0], "train"))


def bare(model: Model) -> Model:
    """Return the model without a head that names kinds."""
    return Model(model.header, {name: array for name, array in model.arrays.items() if name not in NAME_ARRAYS})


def test_paragraphs_have_a_say_in_the_names_beside_them() -> None:
    """The second third of the columns goes to the next paragraph, the last to the one before, none beyond the page."""
    said = np.array([[1, 10, 100], [2, 20, 200], [3, 30, 300]], np.float32)
    assert _name(said, np.array([0.5], np.float32))[:, 0].tolist() == [201.5, 312.5, 23.5]
    assert _name(said, np.zeros(3, np.float32)).tolist() == said.tolist()


def test_without_the_head_the_network_names_by_itself() -> None:
    """Weights that have no such head give names all the same."""
    example = salt_examples()[0]
    prediction = predict(bare(load_model()), example.features)
    assert prediction.names is prediction.kinds


def test_the_fit_tells_kinds_apart() -> None:
    """Kinds that one column tells apart are told apart."""
    rng = np.random.default_rng(1)
    kinds = rng.integers(0, 3, 600)
    seen = (np.eye(4)[kinds] + rng.normal(0, 0.1, (600, 4))).astype(np.float16)
    plan = NamePlan(passes=40, rows=100, learning_rate=0.05)
    drawn = Drawn(seen, kinds, np.ones(600, np.float32), np.zeros(600, np.bool_))
    weights, offsets, loss = _fit(drawn, plan)
    assert (weights.shape, offsets.shape) == ((4, len(KINDS)), (len(KINDS),))
    assert np.mean((seen @ weights + offsets).argmax(axis=1) == kinds) == 1.0
    assert loss < 0.1


def test_a_new_head_learns_the_weak_kinds_and_changes_nothing_else() -> None:
    """Fitted on one page, it names the page as it was labelled; scores and page type stay the same, bit by bit."""
    examples = [example for example in salt_examples() if example.rendering == "html"]
    model = bare(load_model())
    head = fit_names(
        model, examples, NamePlan(passes=100, rows=64, learning_rate=0.01, far_share=1.0, decay=0.0), say=lambda _: None
    )
    assert {name: array.shape[-1] for name, array in head.items()} == {"name_w": 3 * len(KINDS), "name_b": len(KINDS)}
    html = next(example for example in examples if example.rendering == "html")
    before, after = predict(model, html.features), predict(Model(model.header, model.arrays | head), html.features)
    assert after.body.tobytes() + after.kinds.tobytes() + after.page.tobytes() == (
        before.body.tobytes() + before.kinds.tobytes() + before.page.tobytes()
    )
    labelled = html.kinds >= 0
    named = [KINDS[place] for place in after.names.argmax(axis=1)[labelled]]
    assert named == [KINDS[place] for place in html.kinds[labelled]]
    assert named[:2] + named[-8:] == [Kind.NAV] * 2 + [Kind.BODY] * 8
    again = fit_names(
        model, examples, NamePlan(passes=100, rows=64, learning_rate=0.01, far_share=1.0, decay=0.0), say=lambda _: None
    )
    assert [array.tobytes() for array in again.values()] == [array.tobytes() for array in head.values()]


def test_a_paragraph_that_a_person_named_is_found_in_every_rendering() -> None:
    """Its fingerprint is that of its words: HTML and plain text of a page give the same paragraphs the same kind."""
    examples = salt_examples()
    html = next(example for example in examples if example.rendering == "html")
    place = int(np.flatnonzero(html.tokens == html.tokens.max())[0])
    print_ = fingerprint(html.features.words, html.features.last_words, place)
    named = {html.name: {print_: KINDS.index(Kind.CAPTION)}, "another/page": {1: 0}}
    texts = [example for example in examples if example.rendering in ("html", "whole", "plain")]
    assert [int((named_kinds(example, named) == KINDS.index(Kind.CAPTION)).sum()) for example in texts] == [1] * 3
    assert {int(kind) for example in texts for kind in named_kinds(example, named)} == {-1, KINDS.index(Kind.CAPTION)}
    assert set(named_kinds(html, {}).tolist()) == {-1}


def test_what_a_person_named_outweighs_the_weak_label_on_its_side() -> None:
    """A menu entry that a person called an advertisement is called so, and the article stays the article."""
    examples = [example for example in salt_examples() if example.rendering == "html"]
    html = examples[0]
    print_ = fingerprint(html.features.words, html.features.last_words, 1)
    plan = NamePlan(passes=100, rows=64, learning_rate=0.01, far_share=1.0, decay=0.0)
    head = fit_names(
        bare(load_model()), examples, plan, named={html.name: {print_: KINDS.index(Kind.AD)}}, say=lambda _: None
    )
    names = predict(Model(load_model().header, bare(load_model()).arrays | head), html.features).names
    said = [KINDS[place] for place in names.argmax(axis=1)]
    assert (said[1], said[-8:]) == (Kind.AD, [Kind.BODY] * 8)


def test_what_a_person_named_says_nothing_of_the_other_side() -> None:
    """Of a row named by hand, the gradient on the kinds of the other side is zero."""
    row = Drawn(np.ones((1, 3), np.float16), np.array([KINDS.index(Kind.AD)]), np.ones(1, np.float32), np.array([True]))
    _, gradient = _loss(np.zeros((4, len(KINDS)), np.float32), row)
    moved = [kind for place, kind in enumerate(KINDS) if np.any(gradient[:, place])]
    assert moved == [kind for kind in KINDS if kind not in (Kind.HEADING, Kind.BODY)]


@pytest.mark.parametrize(("texts", "pages", "paragraphs"), [(False, 524, 1_845), (True, 1_274, 6_500)])
def test_the_paragraphs_of_the_package_have_a_page_a_fingerprint_and_a_kind(
    texts: bool, pages: int, paragraphs: int
) -> None:
    """Every line is read, and the common kinds are well filled; more are for texts alone."""
    named = read_named(texts=texts)
    counts = np.bincount([kind for prints in named.values() for kind in prints.values()], minlength=len(KINDS))
    assert (len(named), int(counts.sum())) == (pages, paragraphs)
    assert int(counts[KINDS.index(Kind.AD)]) > 100
    assert all(0 <= number < 2**32 for prints in named.values() for number in prints)


def test_with_the_dom_hidden_only_text_and_order_are_left() -> None:
    """Columns of the DOM are zero, attribute words gone, and every container is the page."""
    features = next(example for example in salt_examples() if example.rendering == "html").features
    hidden = hide_dom(features)
    n = len(features.numbers)
    assert np.array_equal(hidden.numbers[:, :DOM_START], features.numbers[:, :DOM_START])
    assert float(np.abs(hidden.numbers[:, DOM_START:]).sum()) == 0.0
    assert [len(bags.ids) for bags in (hidden.own, hidden.near, hidden.far)] == [0, 0, 0]
    assert hidden.group_ranges.tolist() == [[0, n]] * len(features.group_ranges)
    assert hidden.words is features.words
