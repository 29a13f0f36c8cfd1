"""The weights that come with the package: where they are. Nothing is loaded here; :mod:`cleaner.model` does that."""

from __future__ import annotations

from pathlib import Path
from typing import Final

__all__ = ["PACKAGED", "PACKAGED_SITE"]

PACKAGED: Final = Path(__file__).with_name("default.npz")
"""The network (``MODEL_CARD.md`` beside it says how it was trained)."""

PACKAGED_SITE: Final = Path(__file__).with_name("site.json")
"""How what recurs on a site moves a score (``cleaner.training.site`` learns it)."""
