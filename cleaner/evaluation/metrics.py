r"""How close is one text to another? Pure functions, two published ways of counting and two of our own.

A *token* is a run matched by ``\w+``. That is also so for languages written without spaces, where a token is then a
whole clause: figures stay comparable with published ones, and :func:`char_f1` says what they cannot.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = [
    "SHINGLE_TOKENS",
    "Overlap",
    "Scores",
    "char_f1",
    "is_unspaced",
    "mean_scores",
    "passage_overlap",
    "pooled_scores",
    "shingle_overlap",
    "word_f1",
]

SHINGLE_TOKENS = 4
"""Tokens per shingle, as in Zyte's article-extraction-benchmark; other lengths give figures nobody can compare."""

_TOKEN = re.compile(r"\w+")

# Scripts that put no blank between words: Thai and Lao, Myanmar, Khmer, kana, Han with its extensions.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_UNSPACED_SAMPLE_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two bags share: in both (tp), only in the system's text (fp), only in the gold (fn); never negative."""

    tp: float
    fp: float
    fn: float

    @property
    def precision(self) -> float:
        """Share of the system's text that is gold; 0.0 when the system returned nothing."""
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold that the system returned; 0.0 when the gold is empty."""
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both; 1.0 when both texts are empty, because then nothing is wrong.

        >>> Overlap(3, 1, 0).f1, Overlap(0, 0, 0).f1
        (0.8571428571428571, 1.0)
        """
        total = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / total if total else 1.0


@dataclass(frozen=True, slots=True)
class Scores:
    """Precision, recall and F1 of a set of pages, 0..1."""

    precision: float
    recall: float
    f1: float


def shingle_overlap(text: str, gold: str) -> Overlap:
    """Compare the 4-token shingles of a text with those of the gold, as multisets, case kept.

    The counts are divided by their sum, so that a long page weighs as much as a short one. A text of one to three
    tokens has one shingle, made of all of them; a text without a token has none.

    >>> shingle_overlap("The river rose by two metres", "River news. The river rose by two metres")
    Overlap(tp=0.6, fp=0.0, fn=0.4)
    """
    counts = _compare(_shingles(text), _shingles(gold))
    total = counts.tp + counts.fp + counts.fn
    return Overlap(counts.tp / total, counts.fp / total, counts.fn / total) if total else counts


def mean_scores(overlaps: Iterable[Overlap]) -> Scores:
    """Average precision and recall over pages; F1 is that of the two averages.

    As published for the article-extraction-benchmark, a page for which a system returned nothing counts against its
    recall and is left out of its precision, and a page with an empty gold the other way round. A system is therefore
    not punished twice for being silent. With no page left to average, the figure is 0.0.

    >>> mean_scores([Overlap(0.5, 0.0, 0.5), Overlap(0.0, 0.0, 1.0)])
    Scores(precision=1.0, recall=0.25, f1=0.4)
    """
    pages = list(overlaps)
    precision = _mean([page.precision for page in pages if page.tp + page.fp > 0])
    recall = _mean([page.recall for page in pages if page.tp + page.fn > 0])
    return Scores(precision, recall, _harmonic(precision, recall))


def word_f1(text: str, gold: str) -> float:
    """Return the F1 of the bags of lower-cased tokens; 1.0 when both are empty, 0.0 when only one is.

    >>> word_f1("Rain in the north", "rain in the North and snow")
    0.8
    """
    return _compare(Counter(_TOKEN.findall(text.lower())), Counter(_TOKEN.findall(gold.lower()))).f1


def char_f1(text: str, gold: str) -> float:
    """Return the F1 of the bags of character pairs (letters and digits only, lower-cased).

    Meant for languages without spaces, where one wrong character makes a token of forty characters wrong.

    >>> char_f1("河水上涨两米", "河水上涨两米。桥关闭")
    0.7692307692307693
    """
    return _compare(_pairs(text), _pairs(gold)).f1


def is_unspaced(text: str) -> bool:
    """Say whether most letters (of the first 2,000 characters) belong to a script without spaces between words.

    >>> is_unspaced("河水上涨两米 (BBC)"), is_unspaced("The 河 river")
    (True, False)
    """
    letters = "".join(_TOKEN.findall(text[:_UNSPACED_SAMPLE_CHARS]))
    return 2 * len(_UNSPACED.findall(letters)) > len(letters)


def passage_overlap(text: str, *, keep: Sequence[str] = (), drop: Sequence[str] = ()) -> Overlap:
    r"""Count passages that must survive and did (tp), must not and did (fp), must survive and did not (fn).

    A passage survives when it is a substring of the text after white space is collapsed in both. Passages of white
    space alone are ignored.

    >>> passage_overlap("Rain fell.\nAll  day.", keep=["fell. All day", "snow"], drop=["Subscribe", "day."])
    Overlap(tp=1, fp=1, fn=1)
    """
    haystack = _collapse(text)
    kept = [_collapse(passage) in haystack for passage in keep if passage.strip()]
    wrong = [_collapse(passage) in haystack for passage in drop if passage.strip()]
    return Overlap(sum(kept), sum(wrong), len(kept) - sum(kept))


def pooled_scores(overlaps: Iterable[Overlap]) -> Scores:
    """Add the counts of all pages up, then take precision, recall and F1 of the sums.

    >>> pooled_scores([Overlap(2, 0, 0), Overlap(1, 1, 3)])
    Scores(precision=0.75, recall=0.5, f1=0.6)
    """
    pages = list(overlaps)
    total = Overlap(sum(page.tp for page in pages), sum(page.fp for page in pages), sum(page.fn for page in pages))
    return Scores(total.precision, total.recall, _harmonic(total.precision, total.recall))


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = _TOKEN.findall(text)
    if not tokens:
        return Counter()
    return Counter(
        tuple(tokens[start : start + SHINGLE_TOKENS]) for start in range(max(1, len(tokens) - SHINGLE_TOKENS + 1))
    )


def _pairs(text: str) -> Counter[str]:
    letters = "".join(_TOKEN.findall(text.lower()))
    if not letters:
        return Counter()
    return Counter(letters[start : start + 2] for start in range(max(1, len(letters) - 1)))


def _compare(found: Counter[Any], gold: Counter[Any]) -> Overlap:
    shared = sum((found & gold).values())
    return Overlap(shared, found.total() - shared, gold.total() - shared)


def _collapse(text: str) -> str:
    return " ".join(text.split())


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _harmonic(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
