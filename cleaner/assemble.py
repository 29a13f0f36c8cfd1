"""Paragraphs, verdicts and metadata -> Article. Selects, never rewrites."""

from __future__ import annotations

from functools import partial
from itertools import repeat
from typing import cast

import numpy as np
from numpy.typing import NDArray

from cleaner.article import Article
from cleaner.page import Feed, Kind, Layout, Metadata, Page, Paragraph, Paragraphs, Status
from cleaner.score import Verdicts
from cleaner.segment import xpaths

__all__ = ["assemble"]


def assemble(page: Page, layout: Layout, verdicts: Verdicts, metadata: Metadata) -> Article:
    """Put together what the stages found; the text is the kept paragraphs, one blank line between them."""
    texts = layout.texts
    kept = verdicts.kept.tolist()
    return Article(
        text="\n\n".join(text for text, keep in zip(texts, kept, strict=True) if keep),
        status=_status(page, verdicts),
        confidence=round(verdicts.confidence, 4),
        paragraphs=Paragraphs(len(texts), partial(_paragraphs, layout, verdicts)),
        metadata=metadata,
        content_type=page.content_type,
        source=page.source,
        threshold=round(verdicts.threshold, 4),
        warnings=_warnings(page),
        page_type=verdicts.page_type,
    )


class _Draft:
    """A paragraph in the making: the same slots as :class:`Paragraph`, without its guard against assignment.

    Filled in, it becomes a Paragraph. That takes a quarter of the time of Paragraph(...), which has to go around the
    guard for each of its fields; a page has some 200 paragraphs.

    >>> values = (0, "Rain.", Kind.BODY, 0.9, 0.8, True, (), -1, -1, "/html[1]/body[1]/p[1]", "p")
    >>> _Draft(*values) == Paragraph(*values)
    True
    """

    __slots__ = Paragraph.__slots__

    def __init__(  # noqa: PLR0913, PLR0917 - the fields of a paragraph, in their order
        self,
        index: int,
        text: str,
        kind: Kind,
        kind_probability: float,
        score: float,
        kept: bool,
        reasons: tuple[str, ...],
        start: int,
        end: int,
        xpath: str,
        tag: str,
    ) -> None:
        self.index = index
        self.text = text
        self.kind = kind
        self.kind_probability = kind_probability
        self.score = score
        self.kept = kept
        self.reasons = reasons
        self.start = start
        self.end = end
        self.xpath = xpath
        self.tag = tag
        self.__class__ = Paragraph  # type: ignore[assignment]


def _paragraphs(layout: Layout, verdicts: Verdicts) -> tuple[Paragraph, ...]:
    n = len(layout.texts)
    columns = (
        range(n),
        layout.texts,
        verdicts.kinds,
        _rounded(verdicts.kind_probabilities),
        _rounded(verdicts.scores),
        verdicts.kept.tolist(),
        verdicts.reasons or repeat(()),
        layout.starts.tolist(),
        layout.ends.tolist(),
        xpaths(layout),
        layout.tags,
    )
    return cast("tuple[Paragraph, ...]", tuple(map(_Draft, *columns)))


def _rounded(shares: NDArray[np.float32]) -> list[float]:
    """Round to four places; the same as round() for each, as a float32 times 10,000 is exact in a float64."""
    rounded: list[float] = np.round(shares.astype(np.float64), 4).tolist()
    return rounded


def _status(page: Page, verdicts: Verdicts) -> Status:
    """Return the status of a page; what several entries of a feed say is no article, however much it reads like one."""
    if page.feed is not None and page.feed.entries != 1 and verdicts.status != "empty":
        return "not_article"
    return verdicts.status


def _warnings(page: Page) -> tuple[str, ...]:
    warnings = []
    if page.replacements:
        warnings.append(
            f"{page.replacements} characters could not be decoded as {page.encoding} and stand as U+FFFD in the text."
        )
    if page.feed is not None:
        warnings.append(_told(page.feed))
    return tuple(warnings)


def _told(feed: Feed) -> str:
    """Say that a feed is no page, and what to do.

    >>> _told(Feed("a sitemap", 3))
    'This is a sitemap with 3 addresses, not a page. Clean the pages that it names.'
    """
    what, many = f"This is {feed.what}", f"{feed.entries:,}"
    if "sitemap" in feed.what:
        addresses = "1 address" if feed.entries == 1 else f"{many} addresses"
        named = "that its sitemaps name" if "index" in feed.what else "that it names"
        return f"{what} with {addresses}, not a page. Clean the pages {named}."
    if feed.entries == 1:
        return f"{what}, not a page; its only entry was read as one. If text is missing, clean the page it links to."
    if not feed.entries:
        return f"{what} without entries, not a page. There is nothing in it to clean."
    return f"{what} with {many} entries, not a page. Clean the pages that they link to."
