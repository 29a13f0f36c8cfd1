"""The language of the article: what the page declares, held against the kept text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress

from cleaner.language import detect_language, language_code, load_detector
from cleaner.metadata.evidence import head_fields
from cleaner.metadata.fields import Fields
from cleaner.page import Head, Layout
from cleaner.settings import Settings

__all__ = ["declared_language", "put_language"]

_MAX_CHARS = 12_000
"""Kept text handed to the language detector, which samples it; joining more is wasted."""
_MAX_DECLARATION_CHARS = 35
"""Longest BCP 47 tag; longer values are something else."""


def declared_language(head: Head, linked: str = "") -> str:
    """Return what the page says its language is, as it says it: the html element, then meta tags, then JSON-LD."""
    claims = [head.language]
    if not language_code(head.language):
        names = head_fields()
        ranked = [
            (rank, number, content)
            for number, (name, content) in enumerate(head.metas)
            for field, rank, _ in names.get(name, ())
            if field == "language"
        ]
        claims += [content for _, _, content in sorted(ranked)]
        claims.append(linked)
    return next((claim for claim in claims if language_code(claim)), "")[:_MAX_DECLARATION_CHARS]


def put_language(fields: Fields, layout: Layout, kept: Sequence[bool], *, declared: str, settings: Settings) -> None:
    """Fill language and language_confidence from the kept paragraphs, or from all of them if none was kept.

    Without detection, what the page declares is taken.
    """
    if not settings.detect_language:
        fields.put("language", language_code(declared) or language_code(settings.default_language), "declaration")
        return
    body = _joined(compress(layout.texts, kept))
    found = detect_language(
        body or _joined(layout.texts),
        declared=declared,
        default=settings.default_language,
        detector=load_detector(settings.language_detector),
    )
    fields.put("language", found.code, found.source)
    fields.put("language_confidence", found.confidence, found.source)


def _joined(texts: Iterable[str]) -> str:
    """Join as many paragraphs as the language detector can look at."""
    parts: list[str] = []
    room = _MAX_CHARS
    for text in texts:
        parts.append(text[:room])
        room -= len(parts[-1])
        if room <= 0:
            break
    return "\n".join(parts)
