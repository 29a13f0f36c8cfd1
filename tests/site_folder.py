"""What tests of site learning share: twenty articles of one paper, each with the same block of house rules."""

from __future__ import annotations

import re
from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "site"
BLOCK = (FIXTURES / "block.txt").read_text("utf-8").strip().split("\n\n")
QUOTATION = (
    "Asked about the delay, the survey quoted this paper. “Longer ones may be shortened by the editors,” its spokesman "
    "read out over the telephone, and added that the same went for mountains."
)
IN_THE_MIDDLE, QUOTING, COPIED = "bees", "map", "seals"


def articles() -> dict[str, list[str]]:
    """Return the paragraphs of each article by its name, the headline first; one quotes a sentence of the block."""
    parts = re.split(r"^# (\w+)\n", (FIXTURES / "articles.txt").read_text("utf-8"), flags=re.MULTILINE)[1:]
    found = {name: text.strip().split("\n\n") for name, text in zip(parts[::2], parts[1::2], strict=True)}
    found[QUOTING].insert(5, QUOTATION)
    return found


def write_pages(folder: Path, *, names: list[str] | None = None) -> Path:
    """Write a plain text for each article, with the block below it (in one, in the middle), and a copy of one."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, paragraphs in articles().items():
        at = 4 if name == IN_THE_MIDDLE else len(paragraphs)
        text = "\n\n".join([*paragraphs[:at], *BLOCK, *paragraphs[at:]]) + "\n"
        for file in [f"{name}.txt", *([f"{name}-again.txt"] if name == COPIED else [])]:
            if names is None or file in names:
                (folder / file).write_text(text, "utf-8")
    return folder


OTHER_BLOCK = (FIXTURES / "other_block.txt").read_text("utf-8").strip().split("\n\n")
LEDGER_PAGES, POST_PAGES = list(articles())[:7], list(articles())[7:13]
"""What stands in the mixed folder of each of the two papers; the other articles in it stand there by themselves."""


def write_mixed_pages(folder: Path) -> Path:
    """Write the articles as those of two papers, each with its own block below, and some of none; bees' is inside."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, paragraphs in articles().items():
        block = BLOCK if name in LEDGER_PAGES else OTHER_BLOCK if name in POST_PAGES else []
        at = 4 if name == IN_THE_MIDDLE else len(paragraphs)
        (folder / f"{name}.txt").write_text("\n\n".join([*paragraphs[:at], *block, *paragraphs[at:]]) + "\n", "utf-8")
    return folder
