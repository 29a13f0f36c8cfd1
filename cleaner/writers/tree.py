"""Write one article as files beside each other: ``a/b.txt``, ``a/b.json``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cleaner.article import Article
from cleaner.writers.atomic import make_folder, replace_file
from cleaner.writers.formats import render

__all__ = ["write_article"]


def write_article(
    article: Article,
    folder: Path,
    outputs: Mapping[str, str],
    *,
    paragraphs: bool = False,
    temporary_folder: Path | None = None,
) -> int:
    """Write the article once per format; ``outputs`` maps format to file name below ``folder``.

    Folders are made as needed, each file is replaced whole (:func:`cleaner.writers.atomic.replace_file`). Returns the
    number of bytes written. Raises RunError; what was written before it stays.
    """
    written = 0
    for name, output in outputs.items():
        data = render(article, name, paragraphs=paragraphs)
        path = folder / output
        make_folder(path.parent)
        replace_file(path, data, temporary_folder=temporary_folder)
        written += len(data)
    return written
