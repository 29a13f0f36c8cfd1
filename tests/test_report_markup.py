"""Text of strangers in markup and scripts: it is shown as it is and means nothing to the browser."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.records import valid_unicode
from cleaner.report.markup import attribute, label, language, link, link_target, script_data, shown, text

HOSTILE = (
    "</p><script>alert(1)</script>",
    "<!-- <![CDATA[ <style>*{display:none}",
    "\" onclick='alert(1)' x=`y`",
    "&lt;script&gt; &#60;b&#62; &amp;",
    "a\x00b\x1b[31mc\x7fd\x85e\u2028f\u2029g\ud800h",
    "\u202eright\u2066 to \u2069left\u202c",
)
STRANGE = st.one_of(
    st.sampled_from(HOSTILE), st.text(max_size=60), st.text(alphabet="<>&'\"/!-\u2028\u202e\x00 a", max_size=40)
)


class Words(HTMLParser):
    """Collects the text, the tags and the attributes of markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words = ""
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_comment(self, data: str) -> None:
        self.tags.append(f"comment {data}")


def parse(markup: str) -> Words:
    words = Words()
    words.feed(markup)
    words.close()
    return words


@settings(max_examples=200, deadline=None)
@given(STRANGE)
def test_text_holds_no_markup(value: str) -> None:
    """Whatever the text, a parser finds no element in it, and the same text but for pictures of control characters."""
    found = parse(f"<p>{text(value)}</p>")
    assert found.tags == ["p"]
    expected = valid_unicode(value)
    for sign in expected:
        if ord(sign) < 0x20 and sign not in "\t\n\r":
            expected = expected.replace(sign, chr(0x2400 + ord(sign)))
    expected = expected.replace("\x7f", "\u2421")
    assert found.words == "".join("\ufffd" if "\x80" <= sign <= "\x9f" else sign for sign in expected)


@settings(max_examples=200, deadline=None)
@given(STRANGE)
def test_label_is_one_isolated_line(value: str) -> None:
    """A label is one bdi element without line ends and without signs that turn the writing direction of others."""
    found = parse(label(value))
    assert found.tags == ["bdi"]
    assert not set(found.words) & set("\n\r\t\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00")
    assert found.words == shown(value)
    assert len(found.words.splitlines()) <= 1 or "\u2028" in value


@settings(max_examples=200, deadline=None)
@given(STRANGE)
def test_attribute_ends_where_it_should(value: str) -> None:
    """An attribute between double quotes holds the text and lets no second attribute begin."""
    found = parse(f'<p title="{attribute(value)}">x</p>')
    assert (found.tags, found.words) == (["p"], "x")
    assert found.attributes == [("title", shown(value))]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(STRANGE, st.integers(), st.none()), max_size=5))
def test_script_data_is_json_without_markup(value: list[str | int | None]) -> None:
    """Data for a script holds no sign that could end the script or a line of it, and reads back as it was."""
    spelled = script_data(value)
    assert not set(spelled) & set("<>&\u2028\u2029\ud800")
    assert json.loads(spelled) == [valid_unicode(entry) if isinstance(entry, str) else entry for entry in value]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " https://example.org/",
        "java\nscript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org/",
        "/path",
        "",
        "https://",
        "https://example.org/\n",
        'https://example.org/"onclick="x',
        "https://example.org/<b>",
        "https://example.org/\u202e",
        "https://exa mple.org/",
        "https://example.org/" + "a" * 3000,
        "ftp://example.org/",
    ],
)
def test_only_plain_web_addresses_become_links(url: str) -> None:
    """Other schemes, relative addresses and addresses with odd characters are shown as text."""
    assert link_target(url) == ""
    assert parse(link(url)).tags == ["bdi"]


def test_links_say_nothing_to_their_target() -> None:
    """A link to the web has rel noopener and noreferrer, and an address with signs of markup keeps them escaped."""
    found = parse(link("https://example.org/?a=1&b=%22"))
    assert found.tags == ["a", "bdi"]
    attributes = {"href": "https://example.org/?a=1&b=%22", "rel": "noopener noreferrer nofollow"}
    assert dict(found.attributes) == attributes
    assert found.words == "https://example.org/?a=1&b=%22"


@pytest.mark.parametrize(("tag", "wanted"), [("en", ' lang="en"'), ("zh-Hant-TW", ' lang="zh-Hant-TW"'), ("und", "")])
def test_language_tags(tag: str, wanted: str) -> None:
    """A language tag becomes an attribute; an unknown language does not."""
    assert language(tag) == wanted


@settings(max_examples=100, deadline=None)
@given(STRANGE)
def test_what_is_no_language_tag_is_left_out(value: str) -> None:
    """No text gets out of the language attribute."""
    assert language(value) in ("", f' lang="{value}"')
    assert value.replace("-", "").isalnum() or language(value) == ""


@pytest.mark.parametrize(
    ("value", "limit", "wanted"),
    [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("a \n b", 9, "a b"), ("", 5, ""), ("x" * 10_000, 4, "xxx…")],
)
def test_shown_is_cut(value: str, limit: int, wanted: str) -> None:
    """A longer text ends in an ellipsis, and has at most the wanted number of characters with it."""
    assert shown(value, limit=limit) == wanted
