"""Which paragraphs are body: the gold text laid over the paragraphs by longest common subsequence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.decode import decode
from cleaner.errors import SetupError
from cleaner.page import ContentType, Layout, RawPage
from cleaner.segment import segment
from cleaner.settings import DEFAULTS

__all__ = [
    "MAX_TOKENS",
    "MIN_COVERAGE",
    "MIN_COVERAGE_TEXT",
    "Labels",
    "check_rapidfuzz",
    "label",
    "layout_of",
    "tokens",
]

_CJK = r"\u2e80-\u2fdf\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+")
MAX_TOKENS = 60_000
"""Pages longer than this are not labelled (the table of the comparison grows with the product)."""
MIN_COVERAGE = 0.9
"""Pages on which less of the gold is found say little: the labels of their paragraphs would be wrong (same in
training)."""
MIN_COVERAGE_TEXT = 0.3
"""A text that a program made of a page may lack much of the gold; what it has is labelled right (same in training)."""


def tokens(text: str) -> list[str]:
    """Return lower-cased words; each Chinese or Japanese character counts as one.

    >>> tokens("Rain fell. 河水")
    ['rain', 'fell', '河', '水']
    """
    return _TOKEN.findall(text.lower())


class Labels(NamedTuple):
    """The gold laid over n paragraphs."""

    shares: NDArray[np.float32]
    """(n,) share of each paragraph's tokens found in the gold; nan for a paragraph without tokens."""
    tokens: NDArray[np.float32]
    """(n,) tokens of each paragraph."""
    coverage: float
    """Share of the gold's tokens found on the page."""
    gold_tokens: int


def check_rapidfuzz() -> None:
    """Raise SetupError (``missing_extra``) unless rapidfuzz, which :func:`label` needs, is installed."""
    import importlib.util

    if importlib.util.find_spec("rapidfuzz") is None:
        raise SetupError(
            "missing_extra",
            "Laying gold texts over pages needs rapidfuzz, which is not installed. "
            "Run: pip install 'article-cleaner[eval]'",
        )


def layout_of(source: bytes | str, *, url: str | None = None, content_type: ContentType) -> Layout:
    """Decode and segment a page, nothing else. Raises InputError for what is no page."""
    return segment(decode(RawPage(source, url=url, content_type=content_type), DEFAULTS))


def label(texts: Sequence[str], gold: str) -> Labels:
    """Find the gold text in a page's paragraphs by longest common subsequence of tokens.

    A page or gold of more than MAX_TOKENS has coverage 0 and no labels. Needs rapidfuzz. For ``["Menu", "Rain fell
    all day."]`` and the gold ``"Rain fell all day."``, the shares are 0 and 1, the tokens 1 and 4, the coverage is 1.
    """
    from rapidfuzz.distance import LCSseq

    per_paragraph = [tokens(text) for text in texts]
    counts = np.array([len(t) for t in per_paragraph], dtype=np.float32)
    gold_tokens = tokens(gold)
    interned: dict[str, int] = {}
    page = [interned.setdefault(t, len(interned)) for ts in per_paragraph for t in ts]
    wanted = [interned.setdefault(t, len(interned)) for t in gold_tokens]
    if not wanted or not page or max(len(page), len(wanted)) > MAX_TOKENS:
        return Labels(np.full(len(texts), np.nan, np.float32), counts, 0.0, len(wanted))
    matched = np.zeros(len(page) + 1, dtype=np.float32)
    for op in LCSseq.opcodes(page, wanted):
        if op.tag == "equal":
            matched[op.src_start + 1 : op.src_end + 1] = 1
    total = np.cumsum(matched)
    ends = np.cumsum(counts).astype(int)
    starts = ends - counts.astype(int)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = (total[ends] - total[starts]) / counts
    return Labels(shares.astype(np.float32), counts, float(matched.sum() / len(wanted)), len(wanted))
