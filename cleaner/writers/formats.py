"""Turn an article into the bytes of a file, by the name of a format."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from cleaner.article import Article
from cleaner.records import to_json, to_markdown, valid_unicode
from cleaner.writers.markup import to_html, to_tei

__all__ = ["FORMATS", "render"]


def _text(article: Article, _paragraphs: bool) -> str:
    return f"{article.text}\n" if article.text else ""


def _json(article: Article, paragraphs: bool) -> str:
    return to_json(article, paragraphs=paragraphs, indent=2) + "\n"


def _markdown(article: Article, _paragraphs: bool) -> str:
    return to_markdown(article)


def _html(article: Article, _paragraphs: bool) -> str:
    return to_html(article)


def _tei(article: Article, _paragraphs: bool) -> str:
    return to_tei(article)


FORMATS: MappingProxyType[str, Callable[[Article, bool], str]] = MappingProxyType(
    {"txt": _text, "json": _json, "md": _markdown, "html": _html, "xml": _tei}
)
"""Format name, which is also the suffix of its files -> what makes it of (article, with the list of paragraphs?)."""


def render(article: Article, name: str, *, paragraphs: bool = False) -> bytes:
    r"""Return the content of a file in a format of :data:`FORMATS`, UTF-8 with Unix line ends.

    ``paragraphs`` adds the list of all paragraphs where the format has a place for it (json).

    >>> from cleaner.page import Metadata
    >>> render(Article("One.\n\nTwo.", "ok", 0.9, (), Metadata(), "html"), "txt")
    b'One.\n\nTwo.\n'
    """
    return valid_unicode(FORMATS[name](article, paragraphs)).encode("utf-8")
