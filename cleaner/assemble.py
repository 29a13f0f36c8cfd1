"""Paragraphs, verdicts and metadata -> Article. Selects, never rewrites."""

from __future__ import annotations

from cleaner.article import Article
from cleaner.page import Layout, Metadata, Page, Paragraph
from cleaner.score import Verdicts
from cleaner.segment import xpath

__all__ = ["assemble"]


def assemble(page: Page, layout: Layout, verdicts: Verdicts, metadata: Metadata) -> Article:
    """Put together what the stages found; the text is the kept paragraphs, one blank line between them."""
    texts = layout.texts
    kept = verdicts.kept.tolist()
    return Article(
        text="\n\n".join(text for text, keep in zip(texts, kept, strict=True) if keep),
        status=verdicts.status,
        confidence=round(verdicts.confidence, 4),
        paragraphs=_paragraphs(layout, verdicts, kept),
        metadata=metadata,
        content_type=page.content_type,
        source=page.source,
        warnings=_warnings(page),
    )


def _paragraphs(layout: Layout, verdicts: Verdicts, kept: list[bool]) -> tuple[Paragraph, ...]:
    scores = verdicts.scores.tolist()
    sure = verdicts.kind_probabilities.tolist()
    starts, ends = layout.starts.tolist(), layout.ends.tolist()
    containers = layout.container_of.tolist()
    paths: dict[int, str] = {}
    out = []
    for index, text in enumerate(layout.texts):
        container = containers[index]
        path = paths.get(container)
        if path is None:
            path = paths[container] = xpath(layout, container)
        out.append(
            Paragraph(
                index,
                text,
                verdicts.kinds[index],
                round(sure[index], 4),
                round(scores[index], 4),
                kept[index],
                verdicts.reasons[index] if verdicts.reasons else (),
                starts[index],
                ends[index],
                path,
                layout.tags[index],
            )
        )
    return tuple(out)


def _warnings(page: Page) -> tuple[str, ...]:
    if page.replacements:
        return (
            f"{page.replacements} characters could not be decoded as {page.encoding} and stand as U+FFFD in the text.",
        )
    return ()
