"""Feeds and sitemaps in place of pages: what is read of them, what is said, and what must not be taken for one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_result import Run, runner
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import Settings, clean
from cleaner.decode import decode
from cleaner.page import Feed, RawPage
from cleaner.pipeline import read_and_judge, see_judged
from cleaner.segment import segment

FEEDS = Path(__file__).resolve().parents[1] / "fixtures" / "feeds"
EXPECTED: dict[str, dict[str, Any]] = json.loads((FEEDS / "expected.json").read_text("utf-8"))
"""Of each feed the paragraphs that are read, and the warning."""
LOCK: list[str] = EXPECTED["rss-one.xml"]["paragraphs"]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_feed_is_read_as_what_its_entries_say(name: str) -> None:
    """Titles and texts of the entries are the paragraphs, whatever XML wraps them; a sitemap has none."""
    page = decode(RawPage((FEEDS / name).read_bytes()))
    assert (list(segment(page).texts), page.content_type) == (EXPECTED[name]["paragraphs"], "html")


@pytest.mark.parametrize("name", EXPECTED)
def test_a_feed_is_told(name: str) -> None:
    """A warning says what it is and what to do; only a single entry can be an article."""
    article = clean((FEEDS / name).read_bytes())
    assert article.warnings == (EXPECTED[name]["warning"],)
    assert article.status in (("ok",) if name.endswith("-one.xml") else ("not_article", "empty"))


@pytest.mark.parametrize("name", ["rss-one.xml", "atom-one.xml"])
def test_a_single_entry_is_cleaned_as_its_page(name: str) -> None:
    """Its text comes out, with what the feed says of it as metadata."""
    article = clean((FEEDS / name).read_bytes())
    assert article.text.split("\n\n") == LOCK[1:]
    found = article.metadata
    assert (found.title, found.authors, found.date_published) == (
        LOCK[0],
        ("Maud Ellery",),
        "2024-05-04T10:14:00+01:00",
    )
    assert (found.canonical_url, found.site_name) == ("https://tern.example/lock", "The Tern")
    assert found.date_modified == ("2024-05-05T08:00:00+01:00" if name == "atom-one.xml" else "")


@pytest.mark.parametrize(
    ("declared", "codec", "mark"),
    [
        ("utf-8", "utf-8", b"\xef\xbb\xbf"),
        ("utf-16", "utf-16-le", b"\xff\xfe"),
        ("iso-8859-1", "latin-1", b""),
        ("windows-1252", "cp1252", b""),
    ],
)
def test_a_feed_may_be_in_any_encoding(declared: str, codec: str, mark: bytes) -> None:
    """A byte order mark and the XML declaration are understood, and the declaration no longer counts afterwards."""
    text = (FEEDS / "atom.xml").read_text("utf-8").replace('encoding="utf-8"', f'encoding="{declared}"')
    page = decode(RawPage(mark + text.encode(codec)))
    assert list(segment(page).texts) == EXPECTED["atom.xml"]["paragraphs"]
    assert decode(RawPage("\ufeff" + text)).feed == Feed("an Atom feed", 3)


@pytest.mark.parametrize("name", ["xhtml-page.xml", "about-feeds.txt", "other.xml", "listing.txt"])
def test_what_is_no_feed_is_left_alone(name: str) -> None:
    """XHTML that links feeds, texts about them and XML of other kinds are what they were."""
    text = (FEEDS / name).read_text("utf-8")
    page = decode(RawPage(text.encode()))
    assert (page.text, page.feed) == (text, None)


def test_who_says_text_gets_text() -> None:
    """A feed that the caller calls a text is not taken apart."""
    text = (FEEDS / "rss.xml").read_text("utf-8")
    page = decode(RawPage(text, content_type="text"))
    assert (page.text, page.content_type, page.feed) == (text, "text", None)


def test_an_unwanted_language_is_told_of_feeds_too() -> None:
    """A single entry in a language that was not asked for is left out for that."""
    article = clean((FEEDS / "rss-one.xml").read_bytes(), settings=Settings(languages=("de",)))
    assert article.status == "other_language"


def test_nothing_is_learned_from_feeds() -> None:
    """What entries say stands on their pages, too; it must not pass for what recurs on the site."""
    seen = see_judged(read_and_judge(RawPage((FEEDS / "rss.xml").read_bytes())))
    assert (len(seen.sightings), len(seen.prose), len(seen.edges), seen.part) == (0, 0, 0, b"")


TAGS = ("<channel>", "</channel>", "<item>", "</item>", "<item ", "<title>", "</title>", "<description>", "<x:y>")
SIGNS = ("<![CDATA[", "]]>", "<!--", "?>", "&nbsp;", "&x;", "&lt;p&gt;", "<p>", '"', "word", "\0", "\x0b", "\ud800")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(TAGS + SIGNS), max_size=25),
    st.sampled_from(['<rss version="2.0">', '<feed xmlns="http://www.w3.org/2005/Atom">', "<rss "]),
)
def test_a_broken_feed_is_some_page(pieces: list[str], root: str) -> None:
    """Whatever follows the root, a page comes of it that can be segmented and written."""
    page = decode(RawPage(root + "".join(pieces)))
    assert all(text.encode("utf-8") for text in segment(page).texts)


def test_nested_entries_are_read_once() -> None:
    """Entries inside entries are no entries: else a page would grow with the square of their depth."""
    nested = "<entry><content>" * 300 + "word " * 2000
    text = decode(RawPage(f'<feed xmlns="http://www.w3.org/2005/Atom">{nested}')).text
    assert text.count("word") == 2000


def test_declared_entities_are_not_expanded() -> None:
    """Entities that would grow without end are passed over, as all that a feed declares."""
    grow = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    feed = f'<!DOCTYPE rss [<!ENTITY a0 "ha">{grow}]><rss version="2.0"><channel><item><title>x&a12;y</title></item>'
    assert len(decode(RawPage(feed)).text) < 1000


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Return a function that runs the command line in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return runner(capsysbinary, monkeypatch)


def test_the_command_says_what_a_feed_is(run: Run) -> None:
    """A sitemap gives no text, exit code 3 and two sentences; a file without a telling name is known, too."""
    Path("index.html").write_bytes((FEEDS / "sitemap.xml").read_bytes())
    result = run("clean", "index.html")
    assert (result.code, result.out) == (3, "")
    assert result.err.splitlines() == [
        "note[empty]: index.html: there is no text on this page.",
        f"warning: index.html: {EXPECTED['sitemap.xml']['warning']}",
    ]
