"""Records: what an article is called in a file, and that nothing is lost on the way there and back."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.article import Article
from cleaner.errors import InputError
from cleaner.page import KINDS, Kind, Metadata, Paragraph
from cleaner.records import SCHEMA_VERSION, from_record, printable, to_json, to_markdown, to_record

FIELDS = [
    "schema_version", "id", "title", "subtitle", "authors", "date_published", "date_modified", "url", "canonical_url",
    "site_name", "publisher", "domain", "language", "language_confidence", "declared_language", "description",
    "section", "tags", "image", "image_caption", "license", "paywalled", "place", "status", "page_type", "confidence",
    "threshold",
    "content_type", "word_count", "reading_minutes", "encoding", "source_file", "content_hash", "cleaner_version",
    "sources", "warnings", "text",
]  # fmt: skip

words = st.text(max_size=30)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
shares = st.floats(0, 1)
names = st.tuples(words, words)
paragraphs = st.builds(
    Paragraph, index=st.integers(0, 99), text=words, kind=st.sampled_from(KINDS), kind_probability=shares, score=shares,
    kept=st.booleans(), reasons=names, start=st.integers(-1, 99), end=st.integers(-1, 99), xpath=words,
    tag=st.sampled_from(["p", "h1", "h6", "li", "div"]),
)  # fmt: skip
metadata = st.builds(
    Metadata, title=words, authors=names, url=words, language_confidence=shares, tags=names,
    sources=st.dictionaries(words, words, max_size=3),
)  # fmt: skip
articles = st.builds(
    Article, text=words, status=st.sampled_from(["ok", "low_confidence", "not_article", "empty"]), confidence=shares,
    paragraphs=st.tuples(paragraphs, paragraphs), metadata=metadata, content_type=st.sampled_from(["html", "text"]),
    source=words, warnings=names,
)  # fmt: skip


def paragraph(text: str, kind: Kind = Kind.BODY, *, tag: str = "p", kept: bool = True) -> Paragraph:
    return Paragraph(0, text, kind, 0.9, 0.9, kept, (), -1, -1, "", tag)


def article(*parts: Paragraph, **known: object) -> Article:
    text = "\n\n".join(part.text for part in parts if part.kept)
    return Article(text, "ok", 0.9, parts, Metadata(**known), "html")  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(articles)
def test_an_article_survives_the_record(given_article: Article) -> None:
    """With its paragraphs, an article comes back from its record equal to itself."""
    assert from_record(to_record(given_article, paragraphs=True)) == given_article


@settings(max_examples=60, deadline=None)
@given(articles)
def test_json_is_one_line_of_valid_utf8(given_article: Article) -> None:
    """The JSON of any article has no line end in it, can be encoded as UTF-8, and reads back as a record."""
    line = to_json(given_article, paragraphs=True)
    assert "\n" not in line
    record = json.loads(line.encode("utf-8"))
    assert len(record["paragraphs"]) == 2
    assert record["status"] == given_article.status


def test_the_field_names_of_schema_2() -> None:
    """Field names and their order are fixed; whoever changes one raises SCHEMA_VERSION."""
    assert SCHEMA_VERSION == 2
    assert list(to_record(article())) == FIELDS
    assert list(to_record(article(), paragraphs=True)) == [*FIELDS, "paragraphs"]


def test_a_record_is_plain_data() -> None:
    """Kinds, tuples and mappings become strings, lists and dicts."""
    record = to_record(article(paragraph("Tea.", Kind.CAPTION), authors=("Ada",)), paragraphs=True)
    assert record["authors"] == ["Ada"]
    assert type(record["paragraphs"][0]["kind"]) is str
    assert record["paragraphs"][0]["kind"] == "caption"
    assert record["paragraphs"][0]["reasons"] == []


@pytest.mark.parametrize(
    ("source", "url", "wanted"),
    [("a/b.html", "https://example.org/", "a/b.html"), ("", "https://example.org/", "https://example.org/")],
)
def test_the_id_is_the_source_else_the_url(source: str, url: str, wanted: str) -> None:
    """A record is called after where it came from."""
    assert to_record(Article("x", "ok", 1.0, (), Metadata(url=url), "html", source))["id"] == wanted


def test_the_id_of_an_anonymous_text_is_its_hash() -> None:
    """Without source and URL equal texts have equal ids, other texts other ids."""
    first, same, other = (to_record(Article(text, "ok", 1.0, (), Metadata(), "text"))["id"] for text in "aab")
    assert first == same == "sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    assert other != first


@pytest.mark.parametrize(
    "change", [{"schema_version": 99}, {"schema_version": None}, {"text": None}, {"paragraphs": [{"kind": "cat"}]}]
)
def test_a_foreign_record_is_refused(change: dict[str, object]) -> None:
    """Another schema version, a missing field or an unknown kind is a bad_record, said in a sentence."""
    record = {key: value for key, value in {**to_record(article()), **change}.items() if value is not None}
    with pytest.raises(InputError, match="record") as caught:
        from_record(record)
    assert caught.value.code == "bad_record"


def test_unknown_fields_of_a_record_are_left_aside() -> None:
    """A record with a field that a later version added still reads."""
    assert from_record({**to_record(article()), "novelty": 1}) == article()


def test_article_methods_use_the_records() -> None:
    """Article.to_dict, to_json and to_markdown give what this module gives."""
    one = article(paragraph("Tea."), title="Drinks")
    assert one.to_dict(paragraphs=True) == to_record(one, paragraphs=True)
    assert one.to_json() == to_json(one)
    assert one.to_markdown() == to_markdown(one)


def test_markdown_keeps_headings_and_lists() -> None:
    """Headings keep their level below the title's, list items get a dash, what was dropped is left out."""
    one = article(
        paragraph("Rivers", Kind.HEADING, tag="h1"),
        paragraph("The Elbe", Kind.HEADING, tag="h3"),
        paragraph("Alone", Kind.HEADING),
        paragraph("It is long."),
        paragraph("Home", Kind.NAV, kept=False),
        paragraph("wide", tag="li"),
    )
    body = to_markdown(one).split("---\n")[2]
    assert body == "\n## Rivers\n\n### The Elbe\n\n## Alone\n\nIt is long.\n\n- wide\n"


def test_markdown_of_a_record_without_paragraphs_has_the_text() -> None:
    """An article read back from a record without paragraphs still has its text in Markdown."""
    one = Article("One.\n\nTwo.", "ok", 0.9, (), Metadata(), "text")
    assert to_markdown(one).endswith("---\n\nOne.\n\nTwo.\n")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("# 1 fan", "\\# 1 fan"),
        ("- 5 degrees", "\\- 5 degrees"),
        ("1984. A novel", "1984\\. A novel"),
        ("1984 was a novel", "1984 was a novel"),
        ("a*b* [c](d) `e`", "a\\*b\\* \\[c\\](d) \\`e\\`"),
        ("snake_case _so_", "snake_case \\_so\\_"),
        ("<b> and 3 < 4", "\\<b> and 3 < 4"),
        ("&lt; R&D & so on", "\\&lt; R\\&D & so on"),
        ("Plain words, it's fine (really).", "Plain words, it's fine (really)."),
    ],
)
def test_markdown_escapes_only_what_would_be_markup(text: str, wanted: str) -> None:
    """A sign that Markdown would swallow or act on gets a backslash; ordinary prose is left alone."""
    assert to_markdown(article(paragraph(text))).split("---\n")[2] == f"\n{wanted}\n"


@settings(max_examples=60, deadline=None)
@given(title=texts, tags=st.tuples(texts, texts))
def test_front_matter_is_yaml(title: str, tags: tuple[str, str]) -> None:
    """Any title and tags come back from a YAML parser as they were."""
    yaml = pytest.importorskip("yaml")
    front = to_markdown(article(title=title, tags=tags)).split("\n---\n")[0]
    known = yaml.safe_load(front)
    assert known["tags"] == list(tags)
    assert known.get("title", "") == title
    assert known["confidence"] == 0.9


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=12), st.binary(max_size=12))
def test_different_file_names_stay_different(first: bytes, second: bytes) -> None:
    """Names as bytes are spelled on one line of visible signs, each in its own way."""
    spelled = [printable(os.fsdecode(name)) for name in (first, second)]
    assert all(name.isprintable() for name in spelled)
    assert (spelled[0] == spelled[1]) == (first == second)
