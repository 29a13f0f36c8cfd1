"""Paragraphs of train pages that a person named, kept without their text: what is read of each is its fingerprint.

``named.tsv`` has one paragraph a line: page (corpus and id), fingerprint, kind. A fingerprint is made of hashed words
of the paragraph (:mod:`cleaner.features.words`), so it is found again in every rendering of its page, and nobody can
read it from there. They were labelled by reading, after the guide that defines the kinds; all are of split train.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from importlib import resources
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaner.features import Bags
from cleaner.page import KINDS, Kind
from cleaner.training.dataset import Example

__all__ = ["Named", "fingerprint", "named_kinds", "read_named"]

Named: TypeAlias = Mapping[str, Mapping[int, int]]
"""Example name -> fingerprint -> index into KINDS."""


def read_named(*, texts: bool = False) -> dict[str, dict[int, int]]:
    """Return the paragraphs that a person named, by the name of their page; ``texts`` adds those for texts alone."""
    named: dict[str, dict[int, int]] = {}
    for file in ("named.tsv", "named_texts.tsv") if texts else ("named.tsv",):
        for line in resources.files("cleaner.training").joinpath(file).read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                page, paragraph, kind = line.split("\t")
                named.setdefault(page, {})[int(paragraph, 16)] = KINDS.index(Kind(kind))
    return named


def fingerprint(words: Bags, last_words: Bags, place: int) -> int:
    """Return 32 bits that paragraphs of the same words have in common, or -1 for one without words.

    >>> bags = Bags(np.array([4, 7, 4, 7], np.int32), np.array([0, 2, 4, 4], np.int32))
    >>> none = Bags(np.zeros(0, np.int32), np.zeros(4, np.int32))
    >>> fingerprint(bags, none, 0) == fingerprint(bags, none, 1), fingerprint(bags, none, 2)
    (True, -1)
    """
    first, last = (bags.ids[bags.offsets[place] : bags.offsets[place + 1]] for bags in (words, last_words))
    return zlib.crc32(first.tobytes() + b"/" + last.tobytes()) if len(first) else -1


def named_kinds(example: Example, named: Named) -> NDArray[np.int64]:
    """Return for each paragraph of an example the index into KINDS of what a person called it, -1 where nobody did."""
    known = named.get(example.name, {})
    features = example.features
    return np.array(
        [
            known.get(fingerprint(features.words, features.last_words, place), -1) if known else -1
            for place in range(len(example.kinds))
        ],
        dtype=np.int64,
    )
