"""What a page says about itself: which claim is believed, where it came from, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaner.metadata import describe
from cleaner.metadata.addresses import registered_domain
from cleaner.metadata.bylines import read_byline
from cleaner.metadata.fallback import fill_with_others
from cleaner.metadata.linked_data import read_linked_data
from cleaner.metadata.persons import split_persons
from cleaner.metadata.titles import bare, without_site
from cleaner.page import Kind, Layout, Metadata, Page
from cleaner.segment import segment
from cleaner.settings import Settings

CASES = Path(__file__).resolve().parents[1] / "fixtures" / "metadata"
TABLES = Path(__file__).resolve().parents[1] / "cleaner" / "tables"
modest = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def load(name: str) -> Any:
    return json.loads((CASES / name).read_text("utf-8"))


def cases(name: str, key: str = "label") -> list[Any]:
    return [pytest.param(case, id=str(case[key])) for case in load(name)]


def page_of(source: str, *, url: str | None = None, content_type: Any = "html") -> Page:
    return Page(source, content_type, url, "utf-8", "utf-8", 0)


def described(page: Page, kinds: list[Kind] | None = None, **options: Any) -> Metadata:
    layout = segment(page)
    kinds = kinds or [Kind.BODY] * len(layout.texts)
    kept = [kind in {Kind.BODY, Kind.HEADING} for kind in kinds]
    return describe(page, layout, kinds=kinds, kept=kept, settings=Settings(**options))


def differences(metadata: Metadata, case: dict[str, Any]) -> dict[str, Any]:
    """Return the fields, and sources, that are not what the case wants: {field: (found, wanted)}."""
    wrong: dict[str, Any] = {}
    for field, wanted in case["expect"].items():
        found = getattr(metadata, field)
        found = list(found) if isinstance(found, tuple) else found
        if found != wanted:
            wrong[field] = (found, wanted)
    for field, wanted in case.get("sources", {}).items():
        if metadata.sources.get(field) != wanted:
            wrong[f"source of {field}"] = (metadata.sources.get(field), wanted)
    return wrong


# -- pages and texts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("pages.json"))
def test_fields_of_a_page_and_their_sources(case: dict[str, Any]) -> None:
    """A page has the metadata its case wants, each field from the source it names."""
    assert differences(described(page_of(case["html"], url=case.get("url"))), case) == {}


@pytest.mark.parametrize("case", cases("texts.json"))
def test_fields_of_a_text_and_their_sources(case: dict[str, Any]) -> None:
    """The head of a plain text gives the metadata its case wants."""
    kinds = [Kind(kind) for kind in case.get("kinds", [])]
    assert differences(described(page_of(case["text"], content_type="text"), kinds), case) == {}


def test_kinds_make_a_byline_where_the_markup_says_nothing() -> None:
    """On an article, a name in a nameless element is an author if its paragraph is of kind byline, else not."""
    article = "<meta property='og:type' content='article'>"
    page = page_of(f"{article}<h1>Ferry</h1><div>Tavi Quillon</div><p>The ferry runs again.</p>")
    assert described(page).authors == ()
    assert described(page, [Kind.TITLE, Kind.BYLINE, Kind.BODY]).authors == ("Tavi Quillon",)


def test_every_filled_field_has_a_source_and_no_other_has_one() -> None:
    """Sources name exactly the fields that have a value."""
    for case in load("pages.json"):
        metadata = described(page_of(case["html"], url=case.get("url")))
        values = {name: getattr(metadata, name) for name in metadata.__dataclass_fields__ if name != "sources"}
        filled = {name for name, value in values.items() if value or value is False}
        assert set(metadata.sources) == filled, case["label"]


def test_metadata_can_be_switched_off() -> None:
    """Without metadata only the address, the encoding and the language are filled."""
    case = load("pages.json")[0]
    metadata = described(page_of(case["html"], url=case["url"]), metadata=False)
    assert (metadata.title, metadata.authors, metadata.date_published, metadata.tags) == ("", (), "", ())
    assert (metadata.url, metadata.domain, metadata.encoding) == (case["url"], "example.org", "utf-8")


def test_language_detection_can_be_switched_off() -> None:
    """Without detection the language is what the page declares, with no confidence."""
    page = page_of("<html lang=de-AT><p>The ferry did not run on Monday because the water was too low.</p>")
    metadata = described(page, detect_language=False)
    assert (metadata.language, metadata.language_confidence) == ("de", 0.0)
    assert metadata.sources["language"] == "declaration"


def test_language_is_that_of_the_kept_paragraphs() -> None:
    """Chrome in another language does not count as long as something was kept."""
    english = "The ferry did not run on Monday because the water in the harbour was too low, the council said."
    german = "Bitte stimmen Sie der Verwendung von Cookies zu, damit wir Ihnen diese Seite zeigen können. " * 9
    page = page_of(f"<p>{german}</p><p>{english}</p>")
    assert described(page, [Kind.CONSENT, Kind.BODY]).language == "en"
    assert described(page, [Kind.CONSENT, Kind.NAV]).language == "de"


# -- persons and titles -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [pytest.param(case, id=case["text"]) for case in load("persons.json")["bylines"]])
def test_bylines_give_the_persons_they_name(case: dict[str, Any]) -> None:
    """A byline gives its persons, without jobs, dates and reviewers; anything else gives none."""
    assert read_byline(case["text"], sure=case.get("sure", False), sites=case.get("sites", ())) == case["names"]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["text"]) for case in load("persons.json")["persons"]])
def test_what_is_and_what_is_no_person(case: dict[str, Any]) -> None:
    """A person keeps name and initials; desks, logins and addresses are none."""
    assert "|".join(split_persons(case["text"])) == case["name"]


@pytest.mark.parametrize("case", cases("titles.json", "title"))
def test_the_site_is_taken_off_the_title(case: dict[str, Any]) -> None:
    """The site's name goes, before and behind, and nothing that belongs to the headline."""
    sites = {bare(site) for site in case["sites"]}
    known = {bare(title) for title in case.get("known", [])}
    assert without_site(case["title"], sites, known=known, cut=case.get("cut", "")) == case["expect"]


# -- domains ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.bbc.co.uk/news", "bbc.co.uk"),
        ("http://a.b.example.com.au:8080/?x=1#y", "example.com.au"),
        ("https://EXAMPLE.ORG", "example.org"),
        ("https://xn--mller-kva.de/a", "xn--mller-kva.de"),
        ("//cdn.example.net/a", "example.net"),
        ("example.org/a", "example.org"),
        ("http://127.0.0.1/a", ""),
        ("http://localhost/a", ""),
        ("http://[::1]/a", ""),
        ("http://[bad", ""),
        ("mailto:", ""),
        ("", ""),
    ],
)
def test_registered_domains(url: str, domain: str) -> None:
    """The registered domain is what the Public Suffix List says; hosts without one have none."""
    assert registered_domain(url) == domain


def test_plain_suffixes_agree_with_the_public_suffix_list() -> None:
    """An ending that is settled without tldextract has no second level in its bundled list."""
    import tldextract

    extractor = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    suffixes = [line for line in (TABLES / "plain_suffixes.txt").read_text("utf-8").splitlines() if line[:1] != "#"]
    known = set(extractor.tlds)
    assert [suffix for suffix in suffixes if suffix not in known] == []
    assert [other for other in known if "." in other and other.rsplit(".", 1)[-1] in suffixes] == []


# -- trafilatura ------------------------------------------------------------------------------------------------------


def test_trafilatura_fills_only_what_is_empty() -> None:
    """Filled fields stay; empty ones are filled, with trafilatura as their source."""
    html = "<html><head><title>Ferry resumes service</title><meta name=author content='Jane Doe'></head><body><p>Text."
    before = Metadata(title="My title", sources={"title": "visible text"})
    after = fill_with_others(page_of(html, url="https://example.org/a"), before)
    assert (after.title, after.sources["title"]) == ("My title", "visible text")
    assert (after.authors, after.sources["authors"]) == (("Jane Doe",), "trafilatura")


@pytest.mark.parametrize(("fallback", "days"), [("off", {""}), ("extensive", {"2021-03-03"})])
def test_other_programs_are_asked_only_on_request(fallback: str, days: set[str]) -> None:
    """Without the setting nobody else is asked; extensive lets htmldate search the text."""
    prose = "It rained for nine days, and the people of the town by the river began to worry about the bridge. " * 3
    source = f"<html><head><title>Ferry</title></head><body><p>{prose}On 2021-03-03 the old ferry stopped. {prose}</p>"
    metadata = described(page_of(source, url="https://example.org/a"), metadata_fallback=fallback)
    assert metadata.date_published in days
    assert metadata.sources.get("date_published", "htmldate") == "htmldate"


def test_metadata_off_asks_nobody_whatever_the_fallback() -> None:
    """Switched off goes before the fallback."""
    page = page_of("<title>Ferry</title><p>Text.", url="https://example.org/a")
    assert described(page, metadata=False, metadata_fallback="extensive").title == ""


def test_trafilatura_is_not_asked_about_plain_text() -> None:
    """Plain text comes back with the metadata it had."""
    before = Metadata(title="My title")
    assert fill_with_others(page_of("Title: x", content_type="text"), before) is before


# -- hostile input ----------------------------------------------------------------------------------------------------

PIECES = [
    "<meta property='og:title' content='",
    "<meta name=author content='",
    "<script type='application/ld+json'>",
    '{"@type":"NewsArticle","author":',
    "<time datetime='",
    "<div class=date>",
    "<p class=byline>",
    *(
        "'>",
        "<h1>",
        "</h1>",
        "</script>",
        '[{"name":',
        '"@id":"#a"',
        "}",
        "]",
        ",",
        '"',
        "By ",
        "Jane Doe",
        " | ",
        "null",
    ),
    *("3 March 2021", "2021-03-03T", "http://[", "&amp;", "\\", "12", "作者："),
]
MARKUP = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=40).map("".join)
KEYS = [
    "@type",
    "@id",
    "author",
    "name",
    "headline",
    "datePublished",
    "image",
    "url",
    "keywords",
    "publisher",
    "inLanguage",
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=12,
)
BROKEN = {
    "commas": "{" + "," * 200_000,
    "blanks and commas": '{"a":1,' + " ," * 100_000 + "}",
    "escaped quotes": '"' + '\\"' * 100_000,
    "quotes": '"' * 100_001,
    "brackets": "[" * 100_000,
    "blanks": "{" + " " * 200_000 + "]",
    "depth": '{"a":' * 20_000 + "1" + "}" * 20_000,
    "comments": "<!--" * 50_000 + "{}",
    "semicolons": '{"a":1}' + ";" * 100_000,
}


@modest
@given(MARKUP, st.sampled_from([None, "https://example.org/2020/01/02/a", "http://[", "x"]))
def test_any_markup_gives_metadata(source: str, url: str | None) -> None:
    """Whatever stands in the page, every field has its type and the dates are dates."""
    metadata = described(page_of(source, url=url))
    assert all(isinstance(name, str) and name.strip() for name in metadata.authors)
    assert all(isinstance(tag, str) for tag in metadata.tags)
    assert isinstance(metadata.title, str)
    for date in (metadata.date_published, metadata.date_modified):
        assert date == "" or len(date.split("T")[0].split("-")) == 3


@modest
@given(st.text(max_size=200))
def test_any_text_gives_metadata(source: str) -> None:
    """Whatever a plain text says, it is described."""
    assert described(page_of(source, content_type="text")).encoding == "utf-8"


@modest
@given(VALUES)
def test_linked_data_of_any_shape_is_read(value: Any) -> None:
    """JSON-LD may hold any value under any name."""
    if isinstance(value, dict):
        value["@type"] = "NewsArticle"
    script = json.dumps(value)
    metadata = described(page_of(f"<script type='application/ld+json'>{script.replace('<', '')}</script>"))
    assert isinstance(metadata.title, str)


NEWS = {"@type": "NewsArticle", "headline": "Ferry runs again"}
ODD = {
    "seconds since 1970": ({"datePublished": 1_614_766_447}, "date_published", "2021-03-03T10:14:07+00:00"),
    "a day as a number": ({"datePublished": 20210303}, "date_published", "2021-03-03"),
    "markup in a value": ({"description": "The <b>ferry</b> runs"}, "description", "The ferry runs"),
    "references in a value": (
        {"author": {"name": "Jane O&#39;Neill &amp; Oona Brand"}},
        "authors",
        ("Jane O'Neill", "Oona Brand"),
    ),
    "half a surrogate pair": ({"keywords": ["boat\udfff"]}, "tags", ("boat",)),
    "lists in lists": ({"author": [[[{"name": ["Jane Doe"]}]]]}, "authors", ("Jane Doe",)),
    "a brand": ({"author": {"@type": "Brand", "name": "Loona"}}, "authors", ()),
    "capitals": ({"author": "JANE DOE AND OONA BRAND"}, "authors", ("JANE DOE", "OONA BRAND")),
    "a reference to itself": ({"@id": "#x", "author": {"@id": "#x"}}, "authors", ()),
    "numbers as names": ({"author": [7, {"name": 12}]}, "authors", ()),
}


@pytest.mark.parametrize("label", ODD)
def test_odd_values_of_linked_data(label: str) -> None:
    """What editorial systems write by accident is read as it was meant, or not at all."""
    values, field, wanted = ODD[label]
    page = page_of(
        f"<script type='application/ld+json'>{json.dumps({**NEWS, **values})}</script><h1>Ferry runs again</h1>"
    )
    assert getattr(described(page), field) == wanted


def test_lists_nested_deeply_end_nothing() -> None:
    """Hundreds of lists one inside another hold nobody, and nothing is raised."""
    deep = "[" * 600 + '"Jane Doe"' + "]" * 600
    page = page_of(f'<script type=\'application/ld+json\'>{{"@type":"Article","author":{deep}}}</script><h1>Ferry</h1>')
    assert described(page).authors == ()


@pytest.mark.parametrize("label", BROKEN)
def test_broken_linked_data_is_read_in_linear_time(label: str) -> None:
    """No script makes the reader slow or raise; 200,000 characters take well under a second."""
    start = time.process_time()
    assert read_linked_data([BROKEN[label]]).main == []
    assert time.process_time() - start < 1.0


def test_a_page_of_many_headings_and_dates_is_described_in_linear_time() -> None:
    """20,000 headings, bylines and dates take less than two seconds."""
    page = page_of("<h1>Ferry 2021-03-03</h1><p class=author>By Jane Doe, 3 March 2021" * 10_000)
    layout: Layout = segment(page)
    start = time.process_time()
    metadata = describe(page, layout, kinds=[Kind.BODY] * len(layout.texts), kept=[True] * len(layout.texts))
    assert time.process_time() - start < 2.0
    assert metadata.date_published == "2021-03-03"


def test_describing_loads_nothing_heavy() -> None:
    """A declared page is described without trafilatura, langdetect and tldextract."""
    code = (
        "import sys\n"
        "from cleaner.metadata import describe\n"
        "from cleaner.page import Page\n"
        "from cleaner.segment import segment\n"
        "text = 'The ferry did not run on Monday because the water in the harbour was too low, the council said.'\n"
        "page = Page(f'<html lang=en><h1>Ferry</h1><p>{text}', 'html', 'https://example.com', 'utf-8', 'utf-8', 0)\n"
        "layout = segment(page)\n"
        "print(describe(page, layout, kinds=(), kept=[False, True]).language)\n"
        "print([name for name in ('trafilatura', 'langdetect', 'tldextract', 'requests') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["en", "[]"]
