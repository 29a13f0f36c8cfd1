"""Reasons are true of the paragraph, short, and cost nothing when they are not asked for."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import cleaner
from cleaner.features import NUMBERS, Features, extract
from cleaner.influence import GROUPS, measure_influence
from cleaner.segment import segment_html

PAGE = (
    "<title>Ferry stops</title><body><nav><ul><li><a href=/>Home</a><li><a href=/news>News</a></ul></nav>"
    "<article><h1>Ferry stops</h1>"
    + "".join(
        f"<p>The ferry across the sound will not run on day {n}, because the ramp on the north side is being "
        "repaired, the harbour master said, and foot passengers will have to take the small boat instead.</p>"
        for n in range(4)
    )
    + "</article><footer><p hidden>Imprint</p></footer>"
)
SETTINGS = cleaner.Settings(reasons=True)


def reasons_of(text: str) -> tuple[str, ...]:
    article = cleaner.clean(PAGE, settings=SETTINGS)
    return next(paragraph.reasons for paragraph in article.paragraphs if paragraph.text == text)


def test_links_and_place_are_named() -> None:
    """A menu entry is told by its links, by the element it stands in, and by where it stands."""
    facts = {
        "100 % of its text is links",
        "stands inside <nav>",
        "has hardly any words",
        "stands before the article begins",
    }
    assert set(reasons_of("Home")) <= facts
    assert len(reasons_of("Home")) == 3


def test_headline_is_named() -> None:
    """The page's headline is dropped from the text for being that."""
    assert reasons_of("Ferry stops")[0] == "is the page's headline"


def test_hidden_paragraph_is_named() -> None:
    """What a reader of the page does not see says so."""
    assert "is hidden on the page" in reasons_of("Imprint")


def test_kept_paragraphs_have_reasons_too() -> None:
    """A kept paragraph says how much running text it is and what score it has."""
    article = cleaner.clean(PAGE, settings=SETTINGS)
    body = [paragraph for paragraph in article.paragraphs if paragraph.kept]
    assert len(body) == 4
    assert body[0].reasons[0] == "36 words of running text"


def test_only_true_facts_are_named() -> None:
    """A paragraph under a heading about comments is told by that heading, and by phrases that stand in it."""
    page = PAGE.replace("</article>", "<h2>12 comments</h2><ul><li>Well said.<li>Leave a comment</ul></article>")
    article = cleaner.clean(page, settings=SETTINGS)
    found = {paragraph.text: paragraph.reasons for paragraph in article.paragraphs if not paragraph.kept}
    assert "says: leave a comment" in found["Leave a comment"]
    assert "stands inside <nav>" not in found["Well said."]


def test_influence_is_what_leaving_a_group_out_takes_away() -> None:
    """A judge that looks at the share of links only is moved by the links alone, by as much as they differ."""
    features = extract(segment_html(PAGE))
    place = NUMBERS.index("link_share")

    def judge(some: Features) -> NDArray[np.float32]:
        column: NDArray[np.float32] = -some.numbers[:, place]
        return column

    found = measure_influence(features, judge)
    mean = float(features.numbers[:, place].mean())
    assert found["links"].tolist() == pytest.approx((judge(features) + mean).tolist(), abs=1e-6)
    assert [name for name, moved in found.items() if moved.any()] == ["links"]


def test_every_column_but_what_names_the_input_belongs_to_a_group() -> None:
    """No sign can move a score without being asked about: only the type of input and the page's size are left out."""
    starts = tuple(start for group in GROUPS.values() for start in group.columns)
    alone = {name for name in NUMBERS if not name.startswith(starts)}
    assert alone == {"is_html", "log_page_words", "log_page_paragraphs"}


def test_reasons_change_nothing_else() -> None:
    """Asking for reasons gives the same decisions and scores; without asking there are none."""
    plain, explained = cleaner.clean(PAGE), cleaner.clean(PAGE, settings=SETTINGS)
    assert [p.reasons for p in plain.paragraphs] == [()] * len(plain.paragraphs)
    assert [(p.kept, p.kind, p.score) for p in plain.paragraphs] == [
        (p.kept, p.kind, p.score) for p in explained.paragraphs
    ]
    assert max(len(p.reasons) for p in explained.paragraphs) <= 3
