"""clean(): decode, segment, score, metadata, assemble. No I/O; every door of this package leads through here."""

from __future__ import annotations

import dataclasses
from typing import Literal

from cleaner.article import Article
from cleaner.assemble import assemble
from cleaner.decode import decode
from cleaner.errors import CleanerError, InternalError, SetupError
from cleaner.metadata import describe
from cleaner.overrule import overrule
from cleaner.page import RawPage
from cleaner.rules import Rules
from cleaner.rules.firing import fire
from cleaner.score import score
from cleaner.segment import segment
from cleaner.settings import DEFAULTS, Settings

__all__ = ["clean", "render_whole_page"]


def clean(
    raw: bytes | str | RawPage,
    *,
    url: str | None = None,
    content_type: Literal["auto", "html", "text"] = "auto",
    settings: Settings = DEFAULTS,
) -> Article:
    r"""Clean one page: keep the article, label everything, say what is known about it.

    ``raw`` is the page as bytes (any encoding; gzip is undone) or text, HTML or already flattened; ``content_type``
    says which if you know better than the content does. A page without an article is a result (``status``), not an
    error. The kept paragraphs are paragraphs of the page, unchanged and in order.

    Raises InputError (binary, truncated or too large input), SetupError (bad settings or weights); nothing else.

    >>> article = clean("date 2024-11-28\n\nThe river rose by two metres in the night, and the old bridge was closed.")
    >>> article.metadata.date_published, article.text
    ('2024-11-28', 'The river rose by two metres in the night, and the old bridge was closed.')
    """
    page_in = raw if isinstance(raw, RawPage) else RawPage(raw, url=url, content_type=content_type)
    _check(page_in)
    try:
        page = decode(page_in, settings)
        layout = segment(page)
        verdicts = score(layout, settings)
        warnings: tuple[str, ...] = ()
        if isinstance(settings.rules, Rules):
            firing = fire(settings.rules, page, layout)
            verdicts, warnings = overrule(verdicts, layout, firing, settings), firing.warnings
        metadata = describe(page, layout, kinds=verdicts.kinds, kept=verdicts.kept.tolist(), settings=settings)
        article = assemble(page, layout, verdicts, metadata)
        if settings.languages and article.status != "empty" and metadata.language not in settings.languages:
            article = dataclasses.replace(article, status="other_language")
        return dataclasses.replace(article, warnings=article.warnings + warnings) if warnings else article
    except CleanerError:
        raise
    except (MemoryError, RecursionError) as error:
        raise InternalError(
            "page_too_complex",
            f"The page{_named(page_in)} needs more memory or depth than there is ({type(error).__name__}). "
            "Lower max_page_bytes to skip such pages.",
            where=page_in.source,
        ) from error


def _check(raw: RawPage) -> None:
    if not isinstance(raw.data, bytes | str):
        raise SetupError(
            "bad_input_type",
            f"clean() takes bytes or str, but was given {type(raw.data).__name__}. Read the file first.",
            where=raw.source,
        )
    if raw.content_type not in ("auto", "html", "text"):
        raise SetupError(
            "bad_content_type",
            f"content_type must be auto, html or text, but is {raw.content_type!r}.",
            where=raw.source,
        )


def _named(raw: RawPage) -> str:
    return f" {raw.source}" if raw.source else ""


def render_whole_page(raw: bytes | str, *, url: str | None = None) -> str:
    r"""Return all paragraphs of a page as plain text, a blank line between them: what a scraper without sense prints.

    >>> render_whole_page("<ul><li>Home<li>News</ul><p>Rain.</p>")
    'Home\n\nNews\n\nRain.'
    """
    page = decode(RawPage(raw, url=url), DEFAULTS)
    return "\n\n".join(segment(page).texts)
