"""Reasons are true of the paragraph, short, and cost nothing when they are not asked for."""

from __future__ import annotations

import cleaner

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
    assert reasons_of("Home") == ("100 % of its text is links", "stands inside <nav>", "has hardly any words")


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


def test_reasons_change_nothing_else() -> None:
    """Asking for reasons gives the same decisions and scores; without asking there are none."""
    plain, explained = cleaner.clean(PAGE), cleaner.clean(PAGE, settings=SETTINGS)
    assert [p.reasons for p in plain.paragraphs] == [()] * len(plain.paragraphs)
    assert [(p.kept, p.kind, p.score) for p in plain.paragraphs] == [
        (p.kept, p.kind, p.score) for p in explained.paragraphs
    ]
    assert max(len(p.reasons) for p in explained.paragraphs) <= 3
