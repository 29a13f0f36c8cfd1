"""An article as a flat record and back: the only place that knows field names and the schema version.

A record is plain data (str, float, int, bool, None, lists and dicts of these), so that it goes into JSON, a table
row or a data set without conversion. Field names are the same in every format.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import os
import re
from collections.abc import Mapping
from typing import Any

from cleaner.article import Article
from cleaner.errors import InputError
from cleaner.page import Kind, Metadata, Paragraph

__all__ = [
    "SCHEMA_VERSION",
    "count_words",
    "from_record",
    "paragraph_record",
    "printable",
    "to_json",
    "to_markdown",
    "to_record",
    "valid_unicode",
]

SCHEMA_VERSION = 2
"""Rises when a field changes its name, type or meaning; a new field alone does not raise it."""

_METADATA_FIELDS = tuple(
    entry.name for entry in dataclasses.fields(Metadata) if entry.name not in {"sources", "encoding"}
)
_PARAGRAPH_FIELDS = tuple(entry.name for entry in dataclasses.fields(Paragraph))
_NOT_IN_FRONT = frozenset({"text", "paragraphs"})
"""Fields of a record that the front matter of Markdown leaves out; it leaves out empty ones, too."""

_WORDS_A_MINUTE, _UNSPACED_A_MINUTE = 240, 500
"""How fast people read silently: English words (Brysbaert 2019), characters of scripts without blanks."""
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Thai, Lao, Burmese, Khmer, kana and Han: a character counts as a word."""
_WORD = re.compile(r"[^\W_]+(?:['\u2019.,-][^\W_]+)*")

_SURROGATE = re.compile("[\ud800-\udfff]")
_YAML_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""What JSON allows in a string and YAML does not (or takes for a line break); the rest of the syntax is shared."""

_MARKDOWN_INLINE = re.compile(r"[\\`*\[\]]|(?<!\w)_|_(?!\w)|<(?=[A-Za-z/!?])|&(?=[#A-Za-z])")
_MARKDOWN_START = re.compile(r"(?:[#>+=|~-]|\d{1,9}(?=[.)]))")


def to_record(article: Article, *, paragraphs: bool = False) -> dict[str, Any]:
    """Return the article as a flat dict; with ``paragraphs`` the list of all paragraphs stands under that name.

    ``id`` is the source file (path, archive member, row id) when there is one, else the URL, else a hash of the text,
    so that it does not depend on the order of a run. Fields nobody vouches for are empty (``paywalled``: None), never
    missing. Every field is described in ``cleaner/tables/article.schema.json``.

    >>> record = to_record(Article("Hello.", "ok", 0.9, (), Metadata(title="Greeting"), "html", source="a/b.html"))
    >>> record["schema_version"], record["id"], record["title"], record["word_count"], "paragraphs" in record
    (2, 'a/b.html', 'Greeting', 1, False)
    """
    metadata = article.metadata
    words, minutes = count_words(article.text)
    digest = _text_hash(article.text)
    record: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "id": article.source or metadata.url or digest,
    }
    for name in _METADATA_FIELDS:
        value = getattr(metadata, name)
        record[name] = list(value) if isinstance(value, tuple) else value
    record |= {
        "status": article.status,
        "page_type": article.page_type,
        "confidence": article.confidence,
        "threshold": article.threshold,
        "content_type": article.content_type,
        "word_count": words,
        "reading_minutes": minutes,
        "encoding": metadata.encoding,
        "source_file": article.source,
        "content_hash": digest,
        "cleaner_version": _version(),
        "sources": dict(metadata.sources),
        "warnings": list(article.warnings),
        "text": article.text,
    }
    if paragraphs:
        record["paragraphs"] = [paragraph_record(paragraph) for paragraph in article.paragraphs]
    return record


def count_words(text: str) -> tuple[int, int]:
    """Return how many words a text has, and how many minutes it takes to read them (rounded up).

    In scripts without blanks between words (Chinese, Japanese, Thai ...) each character counts as a word.

    >>> count_words("The ferry didn't run."), count_words("渡轮停航")
    ((4, 1), (4, 1))
    """
    unspaced = 0 if text.isascii() else len(_UNSPACED.findall(text))
    spaced = len(_WORD.findall(_UNSPACED.sub(" ", text) if unspaced else text))
    return spaced + unspaced, math.ceil(spaced / _WORDS_A_MINUTE + unspaced / _UNSPACED_A_MINUTE)


def _version() -> str:
    from cleaner.version import __version__

    return __version__


def paragraph_record(paragraph: Paragraph) -> dict[str, Any]:
    """Return one paragraph as a flat dict with the field names of :class:`cleaner.page.Paragraph`."""
    record = {name: getattr(paragraph, name) for name in _PARAGRAPH_FIELDS}
    return {**record, "kind": paragraph.kind.value, "reasons": list(paragraph.reasons)}


def from_record(record: Mapping[str, Any]) -> Article:
    """Rebuild the article a record was made of; without the paragraph list ``paragraphs`` is empty.

    Unknown fields are left aside, so that a newer record of the same schema version still reads. Raises InputError
    (``bad_record``) for a record of another schema version or with a field missing or of the wrong type.

    >>> article = Article("Hello.", "ok", 0.9, (), Metadata(), "html")
    >>> from_record(to_record(article)) == article
    True
    """
    version = record.get("schema_version")
    if version != SCHEMA_VERSION:
        raise InputError(
            "bad_record",
            f"The record has schema_version {version!r}, but this version of cleaner reads {SCHEMA_VERSION}.",
            where=str(record.get("id", "")),
        )
    try:
        values = {name: record[name] for name in _METADATA_FIELDS}
        values |= {name: tuple(values[name]) for name in ("authors", "tags")}
        return Article(
            text=record["text"],
            status=record["status"],
            confidence=record["confidence"],
            paragraphs=tuple(_paragraph(entry) for entry in record.get("paragraphs", ())),
            metadata=Metadata(**values, encoding=record["encoding"], sources=dict(record["sources"])),
            content_type=record["content_type"],
            source=record["source_file"],
            threshold=record.get("threshold", 0.5),
            warnings=tuple(record["warnings"]),
            page_type=record.get("page_type", ""),  # earlier records of this schema lack it
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            "bad_record",
            f"The record is not one of cleaner's: {type(error).__name__} at {error}.",
            where=str(record.get("id", "")),
        ) from error


def _paragraph(entry: Mapping[str, Any]) -> Paragraph:
    values = {name: entry[name] for name in _PARAGRAPH_FIELDS}
    return Paragraph(**{**values, "kind": Kind(values["kind"]), "reasons": tuple(values["reasons"])})


def _text_hash(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def to_json(article: Article, *, paragraphs: bool = False, indent: int | None = None) -> str:
    """Return the record as JSON, on one line unless ``indent`` (blanks per level) is given.

    Characters stay as they are; a lone surrogate, which no UTF-8 file can hold, becomes U+FFFD.
    """
    return valid_unicode(json.dumps(to_record(article, paragraphs=paragraphs), ensure_ascii=False, indent=indent))


def valid_unicode(text: str) -> str:
    r"""Return the text with every lone surrogate replaced by U+FFFD, so that it can be encoded as UTF-8.

    >>> valid_unicode("caf\udce9")
    'caf�'
    """
    return text if text.isascii() else _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def printable(name: str | os.PathLike[str]) -> str:
    r"""Spell a file name so that it fits one line and any encoding; different names stay different.

    Control characters, backslashes and bytes that are no UTF-8 are escaped; all else, blanks included, is left alone.

    >>> print(printable("two\nlines.html"))
    two\nlines.html
    >>> print(printable(os.fsdecode(b"caf\xe9.html")))
    caf\xe9.html
    """
    text = os.fspath(name)
    if text.isascii() and text.isprintable() and "\\" not in text:
        return text
    return "".join(_printable_sign(sign) for sign in text)


def _printable_sign(sign: str) -> str:
    if sign == "\\":
        return "\\\\"
    if sign.isprintable():
        return sign
    if "\udc80" <= sign <= "\udcff":  # a byte that os.fsdecode() could not decode
        return f"\\x{ord(sign) - 0xDC00:02x}"
    if "\x80" <= sign <= "\xff":  # not the \xNN of unicode_escape: that would look like such a byte
        return f"\\u{ord(sign):04x}"
    return sign.encode("unicode_escape").decode("ascii")


def to_markdown(article: Article) -> str:
    r"""Return the kept paragraphs as Markdown, after YAML front matter with the filled fields of the record.

    Headings keep their level (``<h1>`` becomes ``##``, since the title stands in the front matter), list items get
    a dash. Signs that Markdown would take for mark-up are escaped; the words are left alone.

    >>> lines = to_markdown(Article("2 * 3", "ok", 0.9, (), Metadata(title='A "sum"'), "text")).splitlines()
    >>> lines[:1] + [line for line in lines if line[:5] in ("title", "statu", "confi")] + lines[-2:]
    ['---', 'title: "A \\"sum\\""', 'status: "ok"', 'confidence: 0.9', '', '2 \\* 3']
    """
    lines = ["---"]
    for name, value in to_record(article).items():
        if name not in _NOT_IN_FRONT and value not in ("", [], {}, None):
            lines.append(f"{name}: {_yaml(round(value, 4) if isinstance(value, float) else value)}")
    lines.append("---")
    kept = [_markdown(paragraph) for paragraph in article.paragraphs if paragraph.kept]
    if not kept:
        kept = [_escape_markdown(text) for text in article.text.split("\n\n") if text]
    return valid_unicode("\n".join(lines) + "\n" + "".join(f"\n{text}\n" for text in kept))


def _yaml(value: object) -> str:
    text = valid_unicode(json.dumps(value, ensure_ascii=False))
    return _YAML_ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _markdown(paragraph: Paragraph) -> str:
    text = _escape_markdown(paragraph.text)
    if paragraph.kind in (Kind.HEADING, Kind.TITLE):
        level = int(paragraph.tag[1]) if re.fullmatch("h[1-6]", paragraph.tag) else 2
        return f"{'#' * max(2, level)} {text}"
    return f"- {text}" if paragraph.tag == "li" else text


def _escape_markdown(text: str) -> str:
    r"""Put a backslash before every sign that Markdown would read as mark-up.

    >>> print(_escape_markdown("1. a_b _c_ & [d] <e> 3 < 4"))
    1\. a_b \_c\_ & \[d\] \<e> 3 < 4
    """
    text = _MARKDOWN_INLINE.sub(r"\\\g<0>", text)
    start = _MARKDOWN_START.match(text)
    if start is None:
        return text
    end = start.end() if start.group().isdigit() else 0
    return f"{text[:end]}\\{text[end:]}"
