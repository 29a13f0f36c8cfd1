"""The report on one page as a file: what is in it, what may run in it, and that no text of the page can change that."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from typing import Any

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.article import Article
from cleaner.page import KINDS, Kind, Metadata, Paragraph
from cleaner.report import render_page
from cleaner.report.entries import entry_of

ROOT_FILES = {"../../report.css", "../../page.js", "../../index.html"}


def paragraph(index: int, text: str, **changes: Any) -> Paragraph:
    base = Paragraph(index, text, Kind.BODY, 0.98, 0.95, True, ("12 words of running text",), -1, -1, "/html[1]/p", "p")
    return dataclasses.replace(base, **changes)


def article_of(*paragraphs: Paragraph, **changes: Any) -> Article:
    text = "\n\n".join(entry.text for entry in paragraphs if entry.kept)
    base = Article(text, "ok", 0.91, paragraphs, Metadata(title="The flood"), "html", "in/flood.html")
    return dataclasses.replace(base, **changes)


FLOOD = article_of(
    paragraph(0, "Home", kind=Kind.NAV, score=0.01, kept=False, reasons=("100 % of its text is links",)),
    paragraph(1, "The flood", kind=Kind.TITLE, score=0.7, kept=False, tag="h1"),
    paragraph(2, "The river rose by two metres in the night."),
    paragraph(3, "What now?", kind=Kind.HEADING, score=0.8, tag="h2"),
    paragraph(4, "The bridge was closed until noon.", score=0.5),
    paragraph(5, "Read more", kind=Kind.RELATED, score=0.3, kept=False),
    paragraph(6, "All rights reserved.", kind=Kind.LEGAL, score=0.02, kept=False),
)
FULL = Metadata(
    title="The flood",
    authors=("Ann Other", "B. Writer"),
    date_published="2024-11-28T10:14:00+00:00",
    url="https://example.org/flood",
    canonical_url="https://example.org/flood",
    site_name="The Courier",
    domain="example.org",
    language="en",
    language_confidence=0.97,
    tags=("water", "bridges"),
    sources={"title": "json-ld", "authors": "visible text", "url": "link"},
)


def parse(article: Article, **options: Any) -> Any:
    return lxml.html.document_fromstring(render_page(article, **options))


def texts(document: Any, path: str) -> list[str]:
    return [" ".join(element.text_content().split()) for element in document.xpath(path)]


def by_class(name: str) -> str:
    return f"contains(concat(' ', @class, ' '), ' {name} ')"


def test_all_paragraphs_stand_in_order() -> None:
    """Kept and dropped paragraphs are in the file, in the order of the page, each with what the script needs."""
    found = parse(FLOOD).xpath(f"//article//*[{by_class('p')}]")
    assert [element.get("id") for element in found] == [f"p{index}" for index in range(7)]
    assert [element.get("data-kind") for element in found] == [str(entry.kind) for entry in FLOOD.paragraphs]
    assert [float(element.get("data-score")) for element in found] == [entry.score for entry in FLOOD.paragraphs]
    shown = texts(parse(FLOOD), f"//article//*[{by_class('text')}]")
    assert shown == [entry.text for entry in FLOOD.paragraphs]


def test_kept_paragraphs_are_read_without_opening_anything() -> None:
    """Outside of folds stands the clean text and nothing else; headings are headings."""
    path = f"//article/div[{by_class('kept')}]/*[{by_class('text')}]"
    found = parse(FLOOD).xpath(path)
    assert "\n\n".join(element.text for element in found) == FLOOD.text
    assert [element.tag for element in found] == ["p", "h3", "p"]


def test_dropped_paragraphs_are_folded_by_runs() -> None:
    """Dropped paragraphs that follow each other share one fold, closed, which names their number and kinds."""
    runs = parse(FLOOD).xpath(f"//article/details[{by_class('run')}]")
    assert [run.get("open") for run in runs] == [None, None]
    assert [" ".join(run.xpath("./summary")[0].text_content().split()) for run in runs] == [
        "2 dropped nav title Home · The flood",
        "2 dropped related legal Read more · All rights reserved.",
    ]


def test_reasons_stand_behind_the_score() -> None:
    """Each paragraph has a fold with score, kind, its likelihood, the reasons and where it stands."""
    found = texts(parse(FLOOD), f"//*[@id='p0']//details[{by_class('why')}]")
    for words in ("Why dropped: nav 0.01", "98 % likelihood", "100 % of its text is links", "/html[1]/p"):
        assert words in found[0]


def test_place_in_plain_text_is_counted_in_characters() -> None:
    """For plain text the fold says which characters of the source the paragraph is."""
    text = article_of(paragraph(0, "Rain.", start=1200, end=1205, xpath=""), content_type="text")
    assert "Characters 1,200 to 1,205 of the source" in render_page(text)


def test_card_names_fields_with_their_source() -> None:
    """Each field somebody vouches for stands with its source; the others are listed as not found."""
    document = parse(dataclasses.replace(FLOOD, metadata=FULL, warnings=("3 characters could not be decoded.",)))
    fields = {
        " ".join(field.xpath("./dt")[0].text_content().split()): [
            " ".join(part.text_content().split()) for part in field.xpath("./dd")
        ]
        for field in document.xpath(f"//*[{by_class('field')}]")
    }
    assert fields["Title"] == ["The flood", "source: json-ld"]
    assert fields["Authors"] == ["Ann Other; B. Writer", "source: visible text"]
    assert fields["Published"] == ["2024-11-28T10:14:00+00:00"]
    assert fields["URL"] == ["https://example.org/flood", "source: link"]
    assert fields["Canonical URL"] == ["the same"]
    assert fields["Language"] == ["en 0.97 sure"]
    assert fields["Kept"] == ["3 of 7 paragraphs, 88 characters"]
    missing = texts(document, f"//*[{by_class('missing')}]")[0]
    assert missing.startswith("Not found: ")
    assert {"modified", "description", "image"} <= set(missing.removeprefix("Not found: ").rstrip(".").split(", "))
    assert texts(document, f"//*[{by_class('warning')}]") == ["Warning: 3 characters could not be decoded."]
    assert document.xpath("//article/@lang") == ["en"]


def test_every_field_of_the_metadata_is_on_the_card() -> None:
    """A field that is added to Metadata comes onto the card by itself, filled or as not found."""
    card = render_page(article_of()).partition('id="card"')[2]
    names = [
        entry.name for entry in dataclasses.fields(Metadata) if entry.name not in ("sources", "language_confidence")
    ]
    for name in names:
        words = {"date_published": "published", "date_modified": "modified", "site_name": "site", "url": "URL"}
        spelled = words.get(name, name.replace("_", " ").replace("url", "URL"))
        assert spelled.lower() in card.lower()


@pytest.mark.parametrize("status", ["ok", "low_confidence", "not_article", "empty"])
def test_status_is_said_in_words(status: Any) -> None:
    """Status and confidence stand in the head of the report in words and numbers."""
    verdict = texts(parse(dataclasses.replace(FLOOD, status=status)), f"//header/p[{by_class('verdict')}]")
    assert "confidence 0.91 3 of 7 paragraphs kept" in verdict[0]
    assert verdict[0].split(" confidence 0.91")[0].replace("not an article", "not_article").replace(" ", "_") == status


def test_a_page_without_paragraphs_says_so() -> None:
    """An empty page has a sentence in place of text and tools."""
    empty = article_of(status="empty", metadata=Metadata(), source="")
    document = parse(empty, name="standard input")
    assert texts(document, f"//*[{by_class('nothing')}]/p/strong") == ["There is nothing to read in this HTML page."]
    assert texts(document, "//h1") == ["standard input"]
    assert document.xpath("//input") == []


def hashes(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def test_only_our_style_and_script_may_work() -> None:
    """The policy allows the one style and the one script by their hashes, and nothing else at all."""
    document = parse(FLOOD)
    policy = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    scripts, styles = document.xpath("//script"), document.xpath("//style")
    assert [element.attrib for element in scripts + styles] == [{}, {}]
    assert rules["script-src"] == hashes(scripts[0].text)
    assert rules["style-src"] == hashes(styles[0].text)
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in policy


def test_the_file_asks_for_no_other_file() -> None:
    """A page by itself has no src, no stylesheet link, no import and no url() in its style."""
    document = parse(dataclasses.replace(FLOOD, metadata=FULL))
    assert document.xpath("//@src | //link | //@srcset | //@style | //@background") == []
    assert set(document.xpath("//@href")) == {"#text", "https://example.org/flood"}
    assert re.findall(r"@import|url\(|@font-face", render_page(FLOOD).partition("</style>")[0]) == []


def test_a_page_in_a_folder_links_what_all_share() -> None:
    """With a root, style and script are files of the report, and the entry for the index is kept inside."""
    entry = entry_of(FLOOD, href="pages/aa/flood.html")
    document = parse(FLOOD, root="../../", entry=entry)
    assert set(document.xpath("//@src | //@href")) == ROOT_FILES | {"#text"}
    policy = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "script-src 'self' file:;" in policy
    assert document.xpath("//style") == []


def test_scripts_make_no_markup_of_text() -> None:
    """The scripts put text in as text only: no innerHTML, no eval, no handlers in attributes."""
    from cleaner.report.assets import asset

    code = asset("page.js", "index.js")
    found = re.findall(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc|setAttribute\(\"on", code
    )
    assert found == []


TAGS = {
    *("html", "head", "meta", "title", "style", "body", "a", "header", "p", "span", "bdi", "h1", "h2", "h3", "div"),
    *("aside", "details", "summary", "fieldset", "legend", "label", "input", "button", "output", "svg", "rect", "dl"),
    *("dt", "dd", "main", "article", "ul", "li", "code", "script", "strong"),
}
ATTRIBUTES = {
    *("lang", "charset", "name", "http-equiv", "content", "class", "href", "rel", "id", "open", "hidden", "type"),
    *("value", "checked", "disabled", "for", "min", "max", "step", "dir", "tabindex", "role", "title", "viewbox"),
    *("preserveaspectratio", "width", "height", "x", "y", "data-root", "data-rows-per-file", "data-limit"),
    *("data-words", "data-kind", "data-score"),
}
WORDS = st.one_of(
    st.sampled_from(
        [
            "</script><script>window.ran=1</script>",
            "<img src=x onerror=window.ran=1>",
            '" onmouseover="window.ran=1',
            "</title></head><body onload=window.ran=1>",
            "javascript:window.ran=1",
            "<!--",
            "]]>",
            "$title ${policy} $$",
            "\u2028\u202e\x00\ud800",
            "</style><style>*{display:none}",
        ]
    ),
    st.text(max_size=30),
)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    """Return an article in which every text is hostile."""
    entries = tuple(
        Paragraph(
            index,
            draw(WORDS) or "x",
            draw(st.sampled_from(KINDS)),
            draw(st.floats(0, 1)),
            draw(st.floats(0, 1)),
            draw(st.booleans()),
            (draw(WORDS),),
            -1,
            -1,
            draw(WORDS),
            draw(st.sampled_from(("p", "h2", "li", "td", "pre"))),
        )
        for index in range(draw(st.integers(0, 4)))
    )
    fields = {
        entry.name: (draw(WORDS),) if entry.name in ("authors", "tags") else draw(WORDS)
        for entry in dataclasses.fields(Metadata)
        if entry.name not in ("sources", "language_confidence", "paywalled")
    }
    sources = {name: draw(WORDS) for name in fields}
    return Article("", "ok", 0.5, entries, Metadata(**fields, sources=sources), "html", draw(WORDS), (draw(WORDS),))


@settings(max_examples=60, deadline=None)
@given(articles(), WORDS)
def test_no_text_becomes_markup(article: Article, name: str) -> None:
    """Whatever texts, metadata, reasons and names are, the file has our elements and our attributes and no other."""
    document = parse(article, name=name)
    elements = [element for element in document.iter() if isinstance(element.tag, str)]
    assert {element.tag for element in elements} <= TAGS
    assert not [element for element in document.iter() if not isinstance(element.tag, str)]  # comments
    named = {str(key) for element in elements for key in element.attrib}
    assert {key for key in named if not key.startswith("aria-")} <= ATTRIBUTES
    assert len(document.xpath("//script")) == len(document.xpath("//style")) == 1
    targets = [str(target) for target in document.xpath("//@href")]
    assert [target for target in targets if target != "#text" and not target.lower().startswith("http")] == []


def test_threshold_is_the_one_the_article_was_decided_by() -> None:
    """The slider begins where the article says that body began."""
    page = render_page(dataclasses.replace(FLOOD, threshold=0.4321))
    assert 'value="0.43" data-limit="0.4321"' in page
