"""One schema for every output: the JSON Schema in the package, the records of all formats, and the documentation."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner.article import Article
from cleaner.metadata import SOURCES
from cleaner.page import Metadata
from cleaner.records import count_words, to_markdown, to_record
from cleaner.schema import field_table, json_schema
from cleaner.writers import FORMATS, TABLE_FORMATS
from cleaner.writers.formats import render

ROOT = Path(__file__).resolve().parents[1]
TYPES: dict[str, Any] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict,
    "null": type(None),
}  # fmt: skip
PAGES = sorted((ROOT / "fixtures" / "pages").glob("*/source.*"))
FULL = Article(
    "One. Two.", "ok", 0.5, (),
    Metadata(
        title="T", authors=("A", "B"), date_published="2024-11-28T10:14:00+00:00", language="en",
        language_confidence=0.5, tags=("t",), paywalled=True, encoding="utf-8", sources={"title": "json-ld"},
    ),
    "html", "a.html", ("Odd.",),
)  # fmt: skip


def problems(value: Any, schema: dict[str, Any], where: str = "record") -> Iterator[str]:
    """Yield what is wrong with a value; the few words of JSON Schema that ours uses."""
    kinds = schema.get("type", list(TYPES))
    kinds = kinds if isinstance(kinds, list) else [kinds]
    is_flag = isinstance(value, bool)
    if not any(isinstance(value, TYPES[kind]) and is_flag <= (kind == "boolean") for kind in kinds):
        yield f"{where} is {value!r}, not {kinds}"
        return
    yield from wrong_value(value, schema, where)
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from problems(item, schema.get("items", {}), f"{where}[{number}]")
    if isinstance(value, dict):
        yield from (f"{where} lacks {name}" for name in schema.get("required", ()) if name not in value)
        for name, item in value.items():
            inner = schema.get("properties", {}).get(name, schema.get("additionalProperties", {}))
            yield from problems(item, inner, f"{where}.{name}")


def wrong_value(value: Any, schema: dict[str, Any], where: str) -> Iterator[str]:
    if value != schema.get("const", value) or value not in schema.get("enum", [value]):
        yield f"{where} may not be {value!r}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{where} is {value!r}, unlike {schema['pattern']}"
    if "minimum" in schema and not schema["minimum"] <= value <= schema.get("maximum", value):
        yield f"{where} is out of bounds"
    if schema.get("uniqueItems") and len({json.dumps(item) for item in value}) < len(value):
        yield f"{where} repeats itself"


def test_the_schema_describes_every_field_of_a_record() -> None:
    """Schema and records name the same fields in the same order, and each is described with sources and an example."""
    schema = json_schema()
    assert list(schema["properties"]) == list(to_record(FULL, paragraphs=True))
    assert schema["required"] == list(to_record(FULL))
    for name, field in schema["properties"].items():
        assert field["description"].endswith("."), name
        assert list(problems(field["examples"][0], field, name)) == []
        assert field["x-sources"], name


def test_the_checker_of_these_tests_finds_faults() -> None:
    """A wrong type, value, pattern, missing field or double entry is seen."""
    record = to_record(FULL)
    for change in (
        {"title": 1}, {"status": "fine"}, {"date_published": "yesterday"}, {"paywalled": "no"}, {"word_count": -1},
        {"tags": ["a", "a"]}, {"schema_version": 1}, {"word_count": True},
    ):  # fmt: skip
        assert len(list(problems({**record, **change}, json_schema()))) == 1, change
    del record["text"]
    assert list(problems(record, json_schema())) == ["record lacks text"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.parent.name)
def test_records_of_all_fixture_pages_meet_the_schema(path: Path) -> None:
    """Whatever the page, its record has every field with the right type."""
    article = cleaner.clean(path.read_bytes(), url="https://example.org/2024/11/28/a")
    assert list(problems(article.to_dict(paragraphs=True), json_schema())) == []
    assert set(article.metadata.sources.values()) - set(SOURCES) == set()


@pytest.mark.parametrize("name", ["json", "md"])
def test_files_of_one_article_carry_the_same_fields(name: str) -> None:
    """What a format says of an article has the names and values of the record."""
    text = render(FULL, name).decode("utf-8")
    record = to_record(FULL)
    if name == "json":
        assert json.loads(text) == record
        return
    yaml = pytest.importorskip("yaml")
    front = yaml.safe_load(text.split("\n---\n")[0].removeprefix("---\n"))
    assert front == {field: record[field] for field in front}
    assert set(record) - set(front) == {field for field in record if record[field] in ("", [], None)} | {"text"}


@pytest.mark.parametrize("name", sorted(TABLE_FORMATS))
def test_shared_files_carry_the_same_fields(name: str, tmp_path: Path) -> None:
    """Lines and tables of many articles have the names of the record as keys or columns, and its types."""
    from cleaner.writers.tables import example_record

    path = tmp_path / f"a.{name}"
    record = {**example_record(paragraphs=False), **to_record(FULL)}
    with path.open("wb") as file:
        TABLE_FORMATS[name](file, [record], example_record(paragraphs=False))
    rows: list[Any]
    if name == "jsonl":
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    elif name == "csv":
        rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    else:
        rows = pytest.importorskip("pyarrow.parquet").read_table(path).to_pylist()
        rows = [{**row, "sources": dict(row["sources"])} for row in rows]
    fields = list(to_record(FULL))
    assert [field for field in rows[0] if field in fields] == fields
    if name != "csv":
        assert list(problems({field: rows[0][field] for field in fields}, json_schema())) == []
    assert len(FORMATS) >= 3


def test_the_documentation_is_the_schema() -> None:
    """The tables of docs/metadata.md are those that the code makes."""
    text = (ROOT / "docs" / "metadata.md").read_text("utf-8")
    shown = text.split("<!-- fields -->\n")[1].split("<!-- end of fields -->")[0]
    assert shown == field_table()
    for source, meaning in SOURCES.items():
        assert f"| {source} | {meaning} |\n" in text


def test_every_metadata_field_is_in_the_documentation() -> None:
    """Each field of Metadata is a field of the record, so of the table."""
    assert set(Metadata.__dataclass_fields__) - set(json_schema()["properties"]) == set()


def test_an_article_in_the_words_of_schema_org() -> None:
    """The NewsArticle has no empty properties, and what is behind a paywall is not accessible for free."""
    data = FULL.to_schema_org()
    assert (data["@type"], data["headline"], data["isAccessibleForFree"]) == ("NewsArticle", "T", False)
    assert data["author"] == [{"@type": "Person", "name": "A"}, {"@type": "Person", "name": "B"}]
    assert (data["datePublished"], data["wordCount"], data["articleBody"]) == (
        FULL.metadata.date_published,
        2,
        "One. Two.",
    )
    assert [name for name, value in data.items() if value in ("", [], None)] == []


@pytest.mark.parametrize(
    ("text", "words", "minutes"),
    [("", 0, 0), ("One", 1, 1), ("It's re-used, 3.5 times", 4, 1), ("渡轮恢复运营 today", 7, 1), ("– • —", 0, 0)],
)
def test_words_and_minutes(text: str, words: int, minutes: int) -> None:
    """Words are runs of letters and figures; characters of Chinese count one each; any text takes a minute."""
    assert count_words(text) == (words, minutes)


def test_markdown_leaves_out_what_is_empty() -> None:
    """The front matter names no field without a value, but says that a page is free."""
    front = to_markdown(Article("x", "ok", 0.9, (), Metadata(paywalled=False), "text")).split("\n---\n")[0]
    assert "paywalled: false" in front
    assert "subtitle" not in front
