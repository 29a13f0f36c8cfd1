"""Weak labels for the kind classifier: what gold text, DOM attributes, chrome phrases and position say together.

Each source gives votes. Two sources that agree make a sure label, one alone a less sure one, and sources that
contradict each other give none: a missing label costs little, a wrong one teaches nonsense.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cleaner.cues.attributes import read_attributes
from cleaner.cues.evidence import NOTHING, STRENGTHS, Evidence
from cleaner.cues.phrases import read_phrases, read_words
from cleaner.cues.tables import ANYWHERE_WORDS, LANGUAGES, START_WORDS, table_lines
from cleaner.page import KINDS, Layout
from cleaner.training.weak_kinds.chrome import AGREED, LONGEST, judge_chrome
from cleaner.training.weak_kinds.facts import BODY_SHARE, CHROME_SHARE, WIDE, gather_facts
from cleaner.training.weak_kinds.gold import judge_gold
from cleaner.training.weak_kinds.lines import reads_as_byline
from cleaner.training.weak_kinds.neighbours import find_lists, find_sections

__all__ = [
    "AGREED",
    "ANYWHERE_WORDS",
    "BODY_SHARE",
    "CHROME_SHARE",
    "LANGUAGES",
    "LONGEST",
    "START_WORDS",
    "STRENGTHS",
    "WIDE",
    "Evidence",
    "read_attributes",
    "read_phrases",
    "read_words",
    "reads_as_byline",
    "table_lines",
    "weak_kinds",
]


def weak_kinds(
    layout: Layout, labels: Sequence[float] | NDArray[np.float32], title: str
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return for each paragraph the index of its kind in ``KINDS`` (-1: no label) and how sure that is, 0..1.

    ``labels`` has the share of each paragraph's tokens that the gold body holds (1 body, 0 chrome, nan unknown),
    ``title`` is the headline of the gold or the one the page declares, '' when unknown. A paragraph whose share is
    between is left without a label, and so is one of which two sources say different things.

    >>> from cleaner.page import Page
    >>> from cleaner.segment import segment
    >>> source = "<nav><a href='/'>Home</a></nav><article><h1>Rain</h1><p>It rained all day in the hills.</p></article>"
    >>> page = segment(Page(source, "html", None, "utf-8", "caller", 0))
    >>> kinds, sure = weak_kinds(page, [0.0, 0.0, 1.0], "Rain")
    >>> [str(KINDS[kind]) for kind in kinds]
    ['nav', 'title', 'body']
    """
    facts = gather_facts(layout, np.asarray(labels, dtype=np.float64), title)
    sections = find_sections(facts)
    lists = find_lists(facts)
    kinds = np.full(len(layout.texts), -1, np.int8)
    sure = np.zeros(len(layout.texts), np.float32)
    for index in range(len(layout.texts)):
        if not facts.counts[index]:
            continue
        if facts.shares[index] >= BODY_SHARE:
            kind, confidence = judge_gold(facts, index)
        elif facts.shares[index] > CHROME_SHARE:
            continue
        else:
            kind, confidence = judge_chrome(facts, index, sections.get(index, NOTHING), lists.get(index, NOTHING))
        if kind is not None:
            kinds[index] = KINDS.index(kind)
            sure[index] = confidence
    return kinds, sure
