"""The corpora -> labelled examples, made once and kept while corpora and the code that makes examples are the same."""

from __future__ import annotations

import hashlib
import multiprocessing
import pickle
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cleaner.decode import decode
from cleaner.errors import CleanerError
from cleaner.page import RawPage
from cleaner.segment import segment
from cleaner.training.dataset import Example, examples_of
from cleaner.training.renderings import render
from cleaner.training.weak_kinds import weak_kinds

__all__ = ["CACHE", "OPINIONS", "corpora_digest", "load_examples", "recipe_digest"]

CACHE = Path(".cache") / "training"
OPINIONS = CACHE / "opinions.pickle"
_COLUMNS = ["id", "url", "html", "body", "title", "domain", "split", "page_type", "language"]


def corpora_digest(corpora: Path) -> str:
    """Return a digest of every corpus that is trained on, by file name and content."""
    total = hashlib.sha256()
    for path in sorted(corpora.glob("*.parquet")):
        total.update(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return f"sha256:{total.hexdigest()}"


def load_examples(corpora: Path, digest: str, *, say: Callable[[str], None] = print) -> list[Example]:
    """Return the labelled examples of splits train and dev, from the cache while corpora and code are the same."""
    cache = CACHE / f"examples-{digest[7:19]}-{recipe_digest()[:12]}.pickle"
    if cache.is_file():
        with cache.open("rb") as file:
            stored: list[Example] = pickle.load(file)  # noqa: S301 - our own file, made below
        return stored
    begun = time.monotonic()
    examples: list[Example] = []
    with multiprocessing.Pool() as pool:
        for number, made in enumerate(pool.imap(_make, _rows(corpora), chunksize=4)):
            examples += made
            if number % 200 == 199:
                say(f"{number + 1} pages, {len(examples)} examples, {time.monotonic() - begun:.0f} s")
    CACHE.mkdir(parents=True, exist_ok=True)
    with cache.open("wb") as file:
        pickle.dump(examples, file, protocol=5)
    return examples


def recipe_digest() -> str:
    """Return a digest of the code and data that turn pages into examples: a change of theirs makes a cache stale."""
    root, total = Path(__file__).parents[1], hashlib.sha256()
    for part in ("decode", "segment", "cues", "features", "training"):
        for path in sorted((root / part).rglob("*")):
            if path.is_file() and path.suffix != ".pyc" and path.name not in _NOT_OF_EXAMPLES:
                total.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return total.hexdigest()


_NOT_OF_EXAMPLES = {
    "__main__.py",
    "train.py",
    "network.py",
    "calibrate.py",
    "folds.py",
    "counterparts.py",
    "descent.py",
    "names.py",
    "soft_labels.py",
    "taught_kinds.py",
    "text_names.py",
    "site.py",
}
"""Files of ``training`` that work on examples made before."""


def _rows(corpora: Path) -> Iterator[dict[str, Any]]:
    from pyarrow import parquet

    for path in sorted(corpora.glob("*.parquet")):
        for batch in parquet.ParquetFile(path).iter_batches(batch_size=16, columns=_COLUMNS):
            for row in batch.to_pylist():
                if row["split"] != "test":
                    yield {**row, "corpus": path.stem}


def _make(row: dict[str, Any]) -> list[Example]:
    try:
        layout = segment(decode(RawPage(row["html"], url=row["url"], content_type="html")))
    except CleanerError as error:
        print(f"left out {row['corpus']}/{row['id']}: {error}", flush=True)  # noqa: T201 - in a process of its own
        return []
    renderings = render(row["html"], row["url"])
    return examples_of(row, layout, renderings, weak_kinds, pieces=True) if layout.texts else []
