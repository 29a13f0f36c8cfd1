"""An article in the words of schema.org, for programs that read linked data."""

from __future__ import annotations

from typing import Any

from cleaner.article import Article
from cleaner.records import count_words

__all__ = ["to_schema_org"]


def to_schema_org(article: Article) -> dict[str, Any]:
    """Return the article as a ``NewsArticle`` (JSON-LD): plain data without empty properties.

    Authors with a word for organisations in their name are not told apart: all are ``Person``. The text is in
    ``articleBody``; what schema.org has no word for (status, scores, sources) is left out.

    >>> from cleaner.page import Metadata
    >>> data = to_schema_org(Article("Rain.", "ok", 1.0, (), Metadata(title="Weather", authors=("Jane Doe",)), "html"))
    >>> data["@type"], data["headline"], data["author"]
    ('NewsArticle', 'Weather', [{'@type': 'Person', 'name': 'Jane Doe'}])
    """
    known = article.metadata
    organisation = known.publisher or known.site_name
    image = {"@type": "ImageObject", "url": known.image, "caption": known.image_caption}
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "url": known.url,
        "mainEntityOfPage": known.canonical_url,
        "headline": known.title,
        "alternativeHeadline": known.subtitle,
        "author": [{"@type": "Person", "name": name} for name in known.authors],
        "datePublished": known.date_published,
        "dateModified": known.date_modified,
        "publisher": {"@type": "Organization", "name": organisation} if organisation else "",
        "inLanguage": known.language if known.language != "und" else "",
        "description": known.description,
        "articleSection": known.section,
        "keywords": list(known.tags),
        "image": {name: value for name, value in image.items() if value} if known.image else "",
        "license": known.license,
        "isAccessibleForFree": None if known.paywalled is None else not known.paywalled,
        "locationCreated": {"@type": "Place", "name": known.place} if known.place else "",
        "wordCount": count_words(article.text)[0],
        "articleBody": article.text,
    }
    return {name: value for name, value in data.items() if value not in ("", [], None)}
