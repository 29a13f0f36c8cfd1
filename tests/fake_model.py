"""What tests of decisions share: a model that says what the test wants, and paragraphs to decide on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.cut import Factors
from cleaner.features import NUMBERS
from cleaner.model import Prediction
from cleaner.page import KINDS, Kind, Layout
from cleaner.score import Verdicts
from cleaner.segment import segment_text

Floats = NDArray[np.float32]
Use = Callable[..., None]
SURE = 9.0
"""A logit of which nobody doubts the side."""
PAGE_TYPES = ("article", "forum", "service", "documentation", "product", "collection", "listing")
LONG = (
    "The ferry across the sound will not run on Monday, because the ramp on the north side is being repaired, and the "
    "harbour office knows of no other boat."
)
OTHER = "Foot passengers can take the small boat instead, which leaves from the old pier at every full hour."
LONGER = (f"{LONG} {OTHER}", f"{OTHER} {LONG}")
"""No short lines: what they are called has no say in whether they are body."""
CALIBRATION = {
    "slope": 1.0,
    "kind_slope": 0.0,
    "offset": 0.0,
    "chrome_bands": [0.0, 1.0],
    "thresholds": {"article": [0.5, 0.5], "other": [0.5, 0.5]},
    "not_article": 0.9,
}


class Fake:
    """A model that says what the test wants, for pages of any length."""

    def __init__(
        self,
        body: float | Sequence[float] = SURE,
        *,
        kinds: Kind | Sequence[Kind] = Kind.BODY,
        page_type: str = "article",
        numbers: Sequence[str] = NUMBERS,
        **calibration: Any,
    ) -> None:
        self.body, self.kinds, self.page_type = body, kinds, page_type
        chosen: dict[str, Any] = CALIBRATION | calibration
        if "article" in chosen["thresholds"]:
            chosen = chosen | {"thresholds": dict.fromkeys(("balance", "precision", "recall"), chosen["thresholds"])}
        self.header = {
            "numbers": list(numbers),
            "kinds": [str(kind) for kind in KINDS],
            "page_types": list(PAGE_TYPES),
            "calibration": {"html": chosen, "text": chosen},
        }

    cuts: Mapping[str, Factors] = {}
    transitions = None

    def predict(self, numbers: Floats, bags: Sequence[Any], **_: Any) -> Prediction:
        """Answer for as many paragraphs as there are rows."""
        n = len(numbers)
        assert [len(offsets) == n + 1 for _, offsets in bags[:4]] == [True] * 4
        likely = [self.kinds] * n if isinstance(self.kinds, Kind) else self.kinds
        kinds = np.zeros((n, len(KINDS)), np.float32)
        kinds[np.arange(n), [KINDS.index(kind) for kind in likely]] = 3
        page = [SURE if name == self.page_type else -SURE for name in PAGE_TYPES]
        return Prediction(np.full(n, self.body, np.float32), kinds, np.array(page, np.float32), kinds)


def kept(verdicts: Verdicts) -> list[bool]:
    flags: list[bool] = verdicts.kept.tolist()
    return flags


def texts_of(*texts: str) -> Layout:
    return segment_text("\n\n".join(texts))
