"""Invented chrome to glue onto plain texts: what stands under real articles is too rare per kind to learn from."""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from cleaner.page import Kind

FOLDER = Path(__file__).parent / "snippets"
Snippet = tuple[str, ...]
"""Paragraphs that stand together on a page."""

TAIL = {"policy": 5, "subscribe": 4, "comments": 2, "related": 3, "author": 2, "about": 2, "legal": 3, "caption": 3,
        "share": 1, "ad": 1, "tags": 1, "byline": 1, "consent": 1, "other": 1}  # fmt: skip
HEAD = {"dateline": 4, "byline": 4, "nav": 2, "share": 1, "consent": 1, "subscribe": 1, "other": 1, "caption": 1}
MIDDLE = {"caption": 4, "ad": 2, "subscribe": 3, "related": 2, "other": 2, "share": 1}
"""How often each kind is drawn for each place, relative to the others."""

_LANGUAGES = {"english": "en", "chinese": "zh", "greek": "el", "polish": "pl", "russian": "ru"}


@lru_cache(maxsize=1)
def read_snippets(folder: Path = FOLDER) -> Mapping[tuple[str, str], Sequence[Snippet]]:
    """Return (kind, language) -> snippets of every file ``kind.language.txt``; a blank line parts two snippets."""
    out: dict[tuple[str, str], Sequence[Snippet]] = {}
    for path in sorted(folder.glob("*.txt")):
        kind, language, _ = path.name.split(".")
        Kind(kind)
        lines = [line.strip() for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
        parts = "\n".join(lines).split("\n\n")
        out[kind, language] = [tuple(part.strip().split("\n")) for part in parts if part.strip()]
    return out


def dress(
    paragraphs: Sequence[str], *, language: str, held_out: bool, rng: random.Random
) -> tuple[list[str], dict[str, Kind]]:
    """Put snippets before, between and after paragraphs; return the new list and the kind of each added paragraph.

    ``held_out`` chooses from the fifth of the snippets that training never sees, for dev pages.
    """
    language = _LANGUAGES.get(language.lower(), language.lower()[:2] or "en")
    known: dict[str, Kind] = {}

    def draw(weights: Mapping[str, int]) -> Snippet:
        kinds = [k for k in weights if (k, language) in read_snippets()]
        if not kinds:
            return ()
        kind = rng.choices(kinds, [weights[k] for k in kinds])[0]
        pool = [s for s in read_snippets()[kind, language] if (zlib.crc32(s[0].encode()) % 5 == 0) == held_out]
        if not pool:
            return ()
        snippet = rng.choice(pool)
        if len(snippet) > 2 and rng.random() < 0.3:
            snippet = snippet[: rng.randrange(1, len(snippet))]
        known.update(dict.fromkeys(snippet, Kind(kind)))
        return snippet

    out = list(paragraphs)
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        place = rng.randrange(len(out) + 1)
        out[place:place] = draw(MIDDLE)
    for _ in range(rng.choice((0, 0, 1, 2))):
        out[:0] = draw(HEAD)
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        out += draw(TAIL)
    return out, known
