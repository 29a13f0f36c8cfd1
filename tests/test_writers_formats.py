"""Formats of single documents and of shared files: right for their readers, stable, whole or not there."""

from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import lxml.etree
import lxml.html
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.article import Article
from cleaner.errors import RunError
from cleaner.page import Kind, Metadata, Paragraph
from cleaner.writers import TABLE_FORMATS, example_record, render, write_table

TEI = "{http://www.tei-c.org/ns/1.0}"


def paragraph(index: int, text: str, tag: str = "p", kind: Kind = Kind.BODY, *, kept: bool = True) -> Paragraph:
    return Paragraph(index, text, kind, 0.9, 0.9 if kept else 0.1, kept, (), -1, -1, "", tag)


PARAGRAPHS = (
    paragraph(0, "Home", "a", Kind.NAV, kept=False),
    paragraph(1, "What & where", "h2", Kind.HEADING),
    paragraph(2, "The river <rose> by 2 metres."),
    paragraph(3, "One", "li"),
    paragraph(4, "Two", "li"),
    paragraph(5, "End."),
)
ARTICLE = Article(
    "\n\n".join(entry.text for entry in PARAGRAPHS if entry.kept),
    "ok",
    0.9,
    PARAGRAPHS,
    Metadata(title='A "sum" & <more>', authors=("Ann <A>", "Bob"), date_published="2024-11-28", language="en"),
    "html",
    "a/b.html",
)


def test_html_shows_what_is_kept() -> None:
    """Headings, lists and paragraphs stand in an article element; metadata in the head; nothing of the source acts."""
    tree = lxml.html.document_fromstring(render(ARTICLE, "html").decode("utf-8"))
    (article,) = tree.iter("article")
    assert [(element.tag, element.text) for element in article.iter() if element.tag in ("h1", "h2", "p", "li")] == [
        ("h1", 'A "sum" & <more>'),
        ("h2", "What & where"),
        ("p", "The river <rose> by 2 metres."),
        ("li", "One"),
        ("li", "Two"),
        ("p", "End."),
    ]
    assert tree.get("lang") == "en"
    assert {meta.get("name"): meta.get("content") for meta in tree.iter("meta") if meta.get("name")} == {
        "author": "Ann <A>, Bob",
        "date": "2024-11-28",
        "source": "a/b.html",
        "status": "ok",
    }


def test_tei_is_well_formed_and_complete() -> None:
    """Header and body are where TEI has them."""
    tree = lxml.etree.fromstring(render(ARTICLE, "xml"))
    assert tree.tag == f"{TEI}TEI"
    assert [author.text for author in tree.iter(f"{TEI}author")] == ["Ann <A>", "Bob"]
    body = tree.find(f".//{TEI}body")
    assert body is not None
    assert [
        (child.tag.removeprefix(TEI), child.text) for child in body.iter() if child.text and child.text.strip()
    ] == [
        ("ab", "What & where"),
        ("p", "The river <rose> by 2 metres."),
        ("item", "One"),
        ("item", "Two"),
        ("p", "End."),
    ]


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self.tags.append(tag)


@settings(max_examples=120, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["p", "li", "h1", "h3", "td"]))
def test_any_text_is_safe_in_markup(text: str, tag: str) -> None:
    """Whatever a paragraph holds, HTML shows its words and TEI stays well-formed."""
    article = Article(text, "ok", 0.9, (paragraph(0, text, tag),), Metadata(title=text), "html", text)
    parser = _Words()
    parser.feed(render(article, "html").decode("utf-8"))
    assert set(parser.tags) <= {"html", "head", "meta", "title", "body", "article", "h1", "ul", "p", "li"}
    assert lxml.etree.fromstring(render(article, "xml")).tag == f"{TEI}TEI"


def records(count: int) -> list[dict[str, Any]]:
    return [{**example_record(paragraphs=False), "id": f"r{number}", "text": "x" * number} for number in range(count)]


@pytest.mark.parametrize("name", TABLE_FORMATS)
def test_shared_files_have_all_fields_whatever_comes(tmp_path: Path, name: str) -> None:
    """A field that a record lacks is empty, one that is not known is left out; none at all makes a readable file."""
    example = example_record(paragraphs=False)
    for rows in (
        [],
        records(3),
        [{"id": "lone \ud800", "authors": ["\udfff", "b"], "sources": {"title": "x"}, "odd": 1}],
    ):
        path = tmp_path / f"a.{name}"
        assert write_table(path, name, rows, example=example, temporary_folder=tmp_path) == len(rows)
        if name == "parquet":
            table = pq.read_table(path)
            assert (table.column_names, table.num_rows) == (list(example), len(rows))
        elif name == "csv":
            read = list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))
            assert (read[0], len(read)) == (list(example), len(rows) + 1)
        else:
            assert [list(json.loads(line)) for line in path.read_text("utf-8").splitlines()] == [list(example)] * len(
                rows
            )


def test_parquet_types_do_not_depend_on_the_rows(tmp_path: Path) -> None:
    """Empty and full files have one schema, with and without paragraphs."""
    for paragraphs in (False, True):
        example = example_record(paragraphs=paragraphs)
        schemas = []
        for rows in ([], [{**example, "paywalled": True, "tags": ["a"], "sources": {"title": "json-ld"}}]):
            write_table(tmp_path / "a.parquet", "parquet", rows, example=example, temporary_folder=tmp_path)
            schemas.append(pq.read_schema(tmp_path / "a.parquet"))
        assert schemas[0].equals(schemas[1])
        assert str(schemas[0].field("tags").type) == "list<element: string>"
        assert str(schemas[0].field("paywalled").type) == "bool"
        assert ("paragraphs" in schemas[0].names) is paragraphs


def test_parquet_has_row_groups_of_bounded_size(tmp_path: Path) -> None:
    """A reader need not hold the whole file."""
    write_table(
        tmp_path / "a.parquet",
        "parquet",
        ({"id": str(number)} for number in range(4_500)),
        example=example_record(paragraphs=False),
        temporary_folder=tmp_path,
    )
    meta = pq.ParquetFile(tmp_path / "a.parquet").metadata
    assert [meta.row_group(group).num_rows for group in range(meta.num_row_groups)] == [2_000, 2_000, 500]


@pytest.mark.parametrize("name", TABLE_FORMATS)
def test_a_file_that_fails_is_not_there(tmp_path: Path, name: str) -> None:
    """When a record cannot be had, the old file stays and nothing else remains."""
    (tmp_path / f"a.{name}").write_text("old", "ascii")

    def broken() -> Any:
        yield from records(2)
        raise OSError(28, "No space left on device")

    with pytest.raises(RunError) as caught:
        write_table(
            tmp_path / f"a.{name}", name, broken(), example=example_record(paragraphs=False), temporary_folder=tmp_path
        )
    assert caught.value.code == "disk_full"
    assert [(path.name, path.read_text("ascii")) for path in tmp_path.iterdir()] == [(f"a.{name}", "old")]
