"""Weak labels for the kind classifier, on invented pages."""

from __future__ import annotations

import importlib.util
import sys

import numpy as np
import pytest

from cleaner.page import KINDS, Kind, Layout, Page
from cleaner.segment import segment
from cleaner.training import weak_kinds as module
from cleaner.training.weak_kinds import LANGUAGES, STRENGTHS, read_attributes, read_words, table_lines, weak_kinds

BODY = (
    "The ferry left the harbour at six in the morning and did not come back before the storm.",
    "Nobody on the island had seen waves like these, said the keeper of the lighthouse on Monday.",
    "Three boats were lost, and the pier will be closed until spring at the earliest.",
)
PAGE = """<body>
<header class="site-header"><nav class="main-nav"><ul>
<li><a href="/">Home</a></li><li><a href="/isles">Isles</a></li>
<li><a href="/sub">Subscribe</a></li></ul></nav>
</header>
<article><h1>Ferry lost in storm</h1>
<p class="byline">By Ann Example</p><p class="date">3 March 2021</p>
<div class="share-buttons"><a href="#">Facebook</a></div>
<figure><img src="f.jpg"><figcaption>The old pier in winter</figcaption></figure>
<p>{}</p><h2>Waves like never before</h2><p>{}</p><p>{}</p>
<div class="article-tags"><a href="/t/1">Harbours</a></div>
<div class="author-bio"><p>Ann Example has written about boats and weather for the island's paper since 2009.</p></div>
</article>
<section class="comments"><h3>2 comments</h3>
<p>What a terrible night that was, I was there.</p><a href="#">Reply</a></section>
<aside><h3>Related articles</h3><ul><li><a href="/a">Lighthouse gets a new lamp at last</a></li></ul></aside>
<div class="newsletter"><p>Get the island's news every Friday.</p></div>
<div id="cookie-banner"><p>This site uses cookies.</p><button>Accept all</button></div>
<div class="ad-slot"><p>Advertisement</p></div>
<footer><p>© 2021 The Island Paper. All rights reserved.</p></footer></body>""".format(*BODY)
EXPECTED = {
    "Home": Kind.NAV,
    "Subscribe": Kind.NAV,
    "Ferry lost in storm": Kind.TITLE,
    "By Ann Example": Kind.BYLINE,
    "3 March 2021": Kind.DATELINE,
    "Facebook": Kind.SHARE,
    "The old pier in winter": Kind.CAPTION,
    BODY[0]: Kind.BODY,
    "Waves like never before": Kind.HEADING,
    BODY[2]: Kind.BODY,
    "Harbours": Kind.TAGS,
    "Ann Example has written about boats and weather for the island's paper since 2009.": Kind.AUTHOR,
    "2 comments": Kind.COMMENTS,
    "What a terrible night that was, I was there.": Kind.COMMENTS,
    "Reply": Kind.COMMENTS,
    "Related articles": Kind.RELATED,
    "Lighthouse gets a new lamp at last": Kind.RELATED,
    "Get the island's news every Friday.": Kind.SUBSCRIBE,
    "This site uses cookies.": Kind.CONSENT,
    "Accept all": Kind.CONSENT,
    "Advertisement": Kind.AD,
    "© 2021 The Island Paper. All rights reserved.": Kind.LEGAL,
}


def read(source: str, content_type: str = "html") -> Layout:
    """Return the layout of an invented page."""
    return segment(Page(source, "text" if content_type == "text" else "html", None, "str", "caller", 0))


def shares(layout: Layout, body: tuple[str, ...] = (*BODY, "Waves like never before")) -> list[float]:
    """Return 1 for the body's paragraphs and 0 for the others."""
    return [1.0 if text in body else 0.0 for text in layout.texts]


def named(layout: Layout, labels: list[float], title: str = "Ferry lost in storm") -> dict[str, Kind | None]:
    """Return the weak kind of each paragraph by its text."""
    kinds, _ = weak_kinds(layout, labels, title)
    return {text: KINDS[kind] if kind >= 0 else None for text, kind in zip(layout.texts, kinds, strict=True)}


@pytest.mark.parametrize(("text", "kind"), EXPECTED.items())
def test_each_part_of_a_page_gets_its_kind(text: str, kind: Kind) -> None:
    """An invented page with all the usual furniture is labelled right."""
    layout = read(PAGE)
    assert named(layout, shares(layout))[text] is kind


def test_the_chrome_is_known_without_gold() -> None:
    """With all shares unknown, attributes and phrases still name the chrome, and nothing is called body."""
    layout = read(PAGE)
    found = named(layout, [float("nan")] * len(layout.texts))
    chrome = [Kind.COMMENTS, Kind.RELATED, Kind.CONSENT, Kind.AD, Kind.LEGAL, Kind.SHARE]
    assert {kind for kind in found.values() if kind in chrome} == set(chrome)
    assert Kind.BODY not in found.values()


def test_two_sources_are_surer_than_one() -> None:
    """Attribute word and phrase together give 1.0, an attribute word alone less."""
    source = "<main><p>{}</p><p>{}</p></main><div class='comments'><p>So it is.</p><p>Leave a comment</p></div>"
    layout = read(source.format(*BODY[:2]))
    kinds, sure = weak_kinds(layout, shares(layout), "")
    assert [KINDS[kind] for kind in kinds[2:]] == [Kind.COMMENTS, Kind.COMMENTS]
    assert sure[2:].tolist() == [pytest.approx(0.8), 1.0]


def test_sources_that_disagree_give_no_label() -> None:
    """An advertisement's label inside a newsletter box is left without a kind."""
    source = "<main><p>{}</p><p>{}</p></main><div class='newsletter'><p>Advertisement</p></div>"
    layout = read(source.format(*BODY[:2]))
    assert named(layout, shares(layout), "")["Advertisement"] is None


def test_half_matched_paragraphs_get_no_label() -> None:
    """A share between body and chrome says nothing."""
    layout = read(PAGE)
    kinds, sure = weak_kinds(layout, [0.5] * len(layout.texts), "Ferry lost in storm")
    assert set(kinds.tolist()) == {-1}
    assert not np.any(sure)


def test_gold_text_is_never_chrome() -> None:
    """Gold inside containers that look like chrome stays on the article's side or without label."""
    layout = read(PAGE)
    kinds, _ = weak_kinds(layout, [1.0] * len(layout.texts), "Ferry lost in storm")
    assert all(kind < KINDS.index(Kind.NAV) for kind in kinds)


def test_plain_text_is_labelled_by_gold_title_and_phrases() -> None:
    """Lines without mark-up get the kinds that title, gold, dates and phrases make sure."""
    lines = ["Ferry lost in storm", "By Ann Example", "3 March 2021", *BODY, "Share this article", "Some stray line"]
    layout = read("\n\n".join(lines), "text")
    found = named(layout, shares(layout))
    assert [found[line] for line in lines] == [
        Kind.TITLE,
        Kind.BYLINE,
        Kind.DATELINE,
        Kind.BODY,
        Kind.BODY,
        Kind.BODY,
        Kind.SHARE,
        None,
    ]


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("comment-author vcard", (Kind.COMMENTS,)),
        ("relatedPosts", (Kind.RELATED,)),
        ("menu-item-object-category", (Kind.NAV,)),
        ("post-author", (Kind.BYLINE, Kind.AUTHOR)),
        ("no-comments", ()),
        ("has-share", ()),
        ("kt-adv-heading12", ()),
        ("plain", ()),
    ],
)
def test_attribute_words_are_read_as_a_person_would(words: str, kinds: tuple[Kind, ...]) -> None:
    """The longest term wins, surroundings come first, and words that mean nothing are passed over."""
    assert read_attributes("div", words).kinds == kinds


def test_the_attribute_table_is_sorted_and_knows_its_kinds() -> None:
    """Every term stands once, in order, with known kinds and a known strength."""
    rows = [line.split() for line in table_lines("attributes.txt")]
    terms = [term for term, _, _ in rows]
    assert terms == sorted(set(terms))
    assert {kind for _, kinds, _ in rows for kind in kinds.split("/")} - {"none"} <= {str(kind) for kind in KINDS}
    assert {strength for _, _, strength in rows} <= set(STRENGTHS)


def test_the_phrase_tables_are_sorted_and_know_their_kinds() -> None:
    """Every phrase and place stands once in all languages, in order, in the form in which text is compared."""
    seen: set[tuple[str, str]] = set()
    for language in LANGUAGES:
        rows = [line.split(" | ") for line in table_lines(f"phrases.{language}.txt")]
        keys = [(phrase, place) for phrase, place, _, _ in rows]
        assert keys == sorted(set(keys))
        assert not seen & set(keys)
        seen.update(keys)
        for phrase, place, kind, strength in rows:
            assert Kind(kind) in KINDS
            assert (place in ("whole", "start", "anywhere"), strength in STRENGTHS) == (True, True)
            words = phrase.rstrip(":").split()
            assert [word for word in words if word != "#"] == [*read_words(" ".join(words).replace("#", " "))]


def test_the_labeller_does_without_rapidfuzz(monkeypatch: pytest.MonkeyPatch) -> None:
    """The module can be loaded where the training extra is not installed."""
    monkeypatch.setitem(sys.modules, "rapidfuzz", None)
    spec = importlib.util.find_spec(module.__name__)
    assert spec is not None
    fresh = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, module.__name__, fresh)
    assert spec.loader is not None
    spec.loader.exec_module(fresh)
    assert fresh.read_words("By Ann") == ("by", "ann")
