"""What is known about an article, each field with where it came from."""

from __future__ import annotations

import dataclasses

from cleaner.article import Article
from cleaner.report.markup import label, link
from cleaner.report.paragraphs import count_words

__all__ = ["STATUS_WORDS", "card_markup", "confidence_markup", "status_markup"]

_TITLES = {
    "date_published": "Published",
    "date_modified": "Modified",
    "site_name": "Site",
    "url": "URL",
    "canonical_url": "Canonical URL",
}
"""Fields whose name on the card is not their own name."""
_NOT_SHOWN = ("sources", "language_confidence")
"""Fields of the metadata that stand beside others."""
_ADDRESSES = ("url", "canonical_url", "image", "license")
_LONGEST = 2_000
"""Characters shown of one value; what is longer is a page's mischief."""
_MOST_VALUES = 50
"""Authors or tags listed."""

STATUS_WORDS = {
    "ok": "ok",
    "low_confidence": "low confidence",
    "not_article": "not an article",
    "other_language": "other language",
    "empty": "empty",
    "failed": "failed",
}
_STATUS_SENTENCES = {
    "ok": "There is an article, and the decision was easy enough.",
    "low_confidence": "There is text, but look at it: many paragraphs were near a toss-up.",
    "not_article": "This looks like an index, shop or error page.",
    "other_language": "The text is in a language that was not asked for; it was left out.",
    "empty": "Nothing was kept.",
}


def status_markup(status: str) -> str:
    """Return a status in words, on its colour."""
    return f'<span class="status s-{status}">{STATUS_WORDS[status]}</span>'


def confidence_markup(confidence: float) -> str:
    """Return a confidence (0..1) as a number with a bar that repeats it."""
    return (
        f'<span class="confidence"><svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="track" width="100" height="8"/><rect class="fill" width="{100 * confidence:.1f}" height="8"/>'
        f'</svg><span class="number">{confidence:.2f}</span></span>'
    )


def card_markup(article: Article) -> str:
    """Return the card: status, confidence, warnings, the fields somebody vouches for, and the names of the others."""
    metadata, rows, missing = article.metadata, [], []
    for name in (entry.name for entry in dataclasses.fields(metadata) if entry.name not in _NOT_SHOWN):
        value, title = getattr(metadata, name), _TITLES.get(name, name.replace("_", " ").capitalize())
        if value in ("", (), None, "und"):
            missing.append(title if title.isupper() else title[0].lower() + title[1:])
            continue
        shown = _value(name, value)
        if name == "canonical_url" and value == metadata.url:
            shown = '<span class="aside">the same</span>'
        if name == "language" and metadata.language_confidence:
            shown += f' <span class="aside">{metadata.language_confidence:.2f} sure</span>'
        source = metadata.sources.get(name, "")
        origin = f'<dd class="source"><span class="sr">source: </span>{label(source, limit=80)}</dd>' if source else ""
        rows.append(f'<div class="field"><dt>{title}</dt><dd>{shown}</dd>{origin}</div>')
    return (
        f'<p class="verdict">{status_markup(article.status)} {_STATUS_SENTENCES[article.status]}</p>'
        f'<p class="verdict"><span class="aside">Confidence</span> {confidence_markup(article.confidence)}</p>'
        + "".join(f'<p class="warning"><strong>Warning:</strong> {label(words)}</p>' for words in article.warnings)
        + f"<dl>{''.join(rows)}{_counts(article)}</dl>"
        + (f'<p class="missing">Not found: {", ".join(missing)}.</p>' if missing else "")
    )


def _value(name: str, value: str | bool | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        more = f" and {len(value) - _MOST_VALUES:,} more" if len(value) > _MOST_VALUES else ""
        separator = ", " if name == "tags" else "; "
        return separator.join(label(part) for part in value[:_MOST_VALUES]) + more
    if isinstance(value, bool):
        return "yes" if value else "no"
    return link(value) if name in _ADDRESSES else label(value, limit=_LONGEST)


def _counts(article: Article) -> str:
    kept = sum(paragraph.kept for paragraph in article.paragraphs)
    total = count_words(len(article.paragraphs), "paragraph")
    length = count_words(len(article.text), "character")
    source = f'<div class="field"><dt>Source</dt><dd>{label(article.source)}</dd></div>' if article.source else ""
    return (
        f'{source}<div class="field"><dt>Input</dt><dd>{"HTML" if article.content_type == "html" else "plain text"}'
        f'</dd></div><div class="field"><dt>Kept</dt><dd>{kept:,} of {total}, {length}</dd></div>'
    )
