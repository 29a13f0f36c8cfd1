"""How far ``not_article`` can be trusted, on pages whose type is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from cleaner.page_status import NO_ARTICLE_TYPES

if TYPE_CHECKING:
    from cleaner.evaluation.measure import Measurement

__all__ = ["ARTICLE_TYPES", "StatusFigures", "status_figures"]

ARTICLE_TYPES = ("article", "documentation")
"""Page types that are articles. Those of NO_ARTICLE_TYPES (collection, listing, product) are none; forum and service
pages count neither way: people disagree on whether they are articles."""


@dataclass(frozen=True, slots=True)
class StatusFigures:
    """How often the status ``not_article`` is right, over the pages of one corpus, renderer and split."""

    corpus: str
    renderer: str
    split: str
    articles: int
    """Pages of a type in ARTICLE_TYPES."""
    articles_refused: int
    """Those of them called ``not_article``."""
    others: int
    """Pages of a type in NO_ARTICLE_TYPES."""
    others_refused: int
    others_empty: int
    """Those of them called ``empty``: nothing was kept, which counts as not refused."""
    left_out: int
    """Pages of other types, or of none."""

    @property
    def precision(self) -> float | None:
        """Share of the pages called ``not_article`` that are none, 0..1; None when no page was called so."""
        called = self.articles_refused + self.others_refused
        return self.others_refused / called if called else None

    @property
    def recall(self) -> float | None:
        """Share of the pages without an article that were called ``not_article``; None when there is no such page."""
        return self.others_refused / self.others if self.others else None

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        names = ("articles", "articles_refused", "others", "others_refused", "others_empty", "left_out")
        data = {name: getattr(self, name) for name in ("corpus", "renderer", "split", *names)}
        return data | {"precision": self.precision, "recall": self.recall}


def status_figures(measurements: Iterable[Measurement]) -> list[StatusFigures]:
    """Count statuses per corpus, renderer and split, where this cleaner was measured and page types are known."""
    rows = []
    for (corpus, renderer, split), group in groupby(sorted(measurements, key=_place), key=_place):
        pages = [(page.page_type, status) for page in group if (status := _status(page))]
        articles = [status for page_type, status in pages if page_type in ARTICLE_TYPES]
        others = [status for page_type, status in pages if page_type in NO_ARTICLE_TYPES]
        if articles or others:
            figures = StatusFigures(
                corpus=corpus,
                renderer=renderer,
                split=split,
                articles=len(articles),
                articles_refused=articles.count("not_article"),
                others=len(others),
                others_refused=others.count("not_article"),
                others_empty=others.count("empty"),
                left_out=len(pages) - len(articles) - len(others),
            )
            rows.append(figures)
    return rows


def _place(page: Measurement) -> tuple[str, str, str]:
    return page.corpus, page.renderer, page.split


def _status(page: Measurement) -> str:
    return next((outcome.status for outcome in page.outcomes if outcome.status), "")
