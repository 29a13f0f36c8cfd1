"""Scores of a page -> how sure the decision is, and whether the page is an article at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.kind_choice import shares_of
from cleaner.page import Status

__all__ = [
    "LOW_CONFIDENCE",
    "NO_ARTICLE_TYPES",
    "expected_f1",
    "judge_page",
    "no_article_probability",
]

Floats = NDArray[np.float32]

LOW_CONFIDENCE = 0.75
"""Below this expected F1 a page is ``low_confidence``."""
NO_ARTICLE_TYPES = ("collection", "listing", "product")
FEW_WORDS = 40.0
"""An HTML page with less kept text that does not look like an article either has none (error pages, stubs); of a plain
text of fewer words nobody can tell what page it is from."""


def judge_page(
    header: Mapping[str, Any],
    content_type: str,
    types: Floats,
    *,
    scores: Floats,
    kept: NDArray[np.bool_],
    words: Floats,
) -> tuple[float, Status]:
    """Return the expected F1 of a page's decision, 0..1, and its status.

    ``types`` are the logits of ``header["page_types"]``; ``scores``, ``kept`` and ``words`` are (n,). A page of
    which nothing is kept is ``empty``. One that is no article is ``not_article``, whatever was kept of it; a plain text
    of less than :data:`FEW_WORDS` words is never called so.
    """
    confidence = expected_f1(scores, kept, words)
    if not kept.any():
        return confidence, "empty"
    limit = header["calibration"][content_type]["not_article"]
    shares = shares_of(types)
    is_scrap = content_type == "text" and float(words.sum()) < FEW_WORDS
    if not is_scrap and no_article_probability(header["page_types"], shares) >= limit:
        return confidence, "not_article"
    is_stub = content_type == "html" and float(words[kept].sum()) < FEW_WORDS
    if is_stub and shares[header["page_types"].index("article")] < 0.5:
        return confidence, "not_article"
    return confidence, "ok" if confidence >= LOW_CONFIDENCE else "low_confidence"


def expected_f1(scores: Floats, kept: NDArray[np.bool_], words: Floats) -> float:
    """Return the F1 that this choice of paragraphs can be expected to reach if the scores are right, 0..1.

    Expected true positives are the kept words times their scores; nothing kept counts as right as far as nothing
    was likely. (Expectation of the ratio taken as the ratio of expectations; Ye et al. 2012.)

    >>> round(expected_f1(np.array([0.9, 0.1], np.float32), np.array([True, False]), np.ones(2, np.float32)), 2)
    0.9
    """
    mass = words + 0.1
    likely = float((mass * scores).sum())
    if not kept.any():
        return 1 - likely / float(mass.sum())
    hit = float((mass * scores * kept).sum())
    return 2 * hit / (float((mass * kept).sum()) + likely)


def no_article_probability(page_types: Sequence[str], shares: Floats) -> float:
    """Return P(the page is a collection, listing or product page), 0..1, from the probabilities of the page types.

    >>> no_article_probability(("article", "listing", "product", "collection"), np.array([0.5, 0.25, 0, 0.25]))
    0.5
    """
    return float(sum(shares[list(page_types).index(name)] for name in NO_ARTICLE_TYPES))
