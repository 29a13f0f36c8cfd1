"""Whole texts of which it is known what must become of every paragraph: the texts users came with."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from cleaner.errors import SetupError
from cleaner.page import Kind
from cleaner.pipeline import clean
from cleaner.settings import DEFAULTS, Settings

__all__ = ["SEEDS_PATH", "Run", "Seed", "measure_seeds", "read_seeds"]

SEEDS_PATH = Path(__file__).parents[2] / "fixtures" / "quality" / "seeds.json"


@dataclass(frozen=True, slots=True)
class Run:
    """Paragraphs that follow each other and come to the same."""

    paragraphs: int
    kept: bool
    kinds: frozenset[Kind]
    """Each of these is right."""


@dataclass(frozen=True, slots=True)
class Seed:
    """A text, told by its bytes, and what must become of it."""

    name: str
    sha256: str
    runs: tuple[Run, ...]


def read_seeds(path: Path = SEEDS_PATH) -> list[Seed]:
    """Read what is expected of which texts. Raises SetupError (``bad_seeds``) if the file is not what it should be."""
    try:
        return [
            Seed(
                str(one["name"]),
                str(one["sha256"]),
                tuple(
                    Run(int(run["paragraphs"]), bool(run["kept"]), frozenset(map(Kind, run["kinds"])))
                    for run in one["runs"]
                ),
            )
            for one in json.loads(path.read_text("utf-8"))["texts"]
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SetupError(
            "bad_seeds", f"The expectations in {path} cannot be read: {error!r}. Restore the file.", where=str(path)
        ) from error


def measure_seeds(folder: Path, seeds: list[Seed], *, settings: Settings = DEFAULTS) -> dict[str, dict[str, float]]:
    """Clean each text of a folder that is expected there; return, by its name, how much comes out as it must.

    ``decided`` is the share of paragraphs kept or dropped as expected, ``named`` the share whose kind is one of those
    expected, 0..1. A text that falls into another number of paragraphs has 0 of both. Texts that are not in the
    folder, or not the same to the byte, are left out, so that a floor of theirs has no figure.
    """
    expected = {seed.sha256: seed for seed in seeds}
    figures = {}
    for path in sorted(folder.glob("*.txt")):
        raw = path.read_bytes()
        seed = expected.get(hashlib.sha256(raw).hexdigest())
        if seed is not None:
            figures[seed.name] = _agreement(raw, seed, settings)
    return figures


def _agreement(raw: bytes, seed: Seed, settings: Settings) -> dict[str, float]:
    wanted = [run for run in seed.runs for _ in range(run.paragraphs)]
    found = clean(raw, content_type="text", settings=settings).paragraphs
    if len(found) != len(wanted):
        return {"decided": 0.0, "named": 0.0}
    pairs = list(zip(found, wanted, strict=True))
    return {
        "decided": sum(one.kept == run.kept for one, run in pairs) / len(pairs),
        "named": sum(one.kind in run.kinds for one, run in pairs) / len(pairs),
    }
