r"""Clean scraped pages: keep the article, drop the chrome, say of every paragraph what it is and why.

The flow, one stage after another, each a pure function::

    RawPage --decode--> Page --segment--> Layout --score--> Verdicts
                                             \--describe--> Metadata
    Page + Layout + Verdicts + Metadata --assemble--> Article

``pipeline.clean`` is the flow; the command line, the batch and the evaluation all call it.

>>> import cleaner
>>> article = cleaner.clean("<h1>Flood</h1><p>The river rose by two metres in the night, the mayor said.</p>")
>>> article.text
'The river rose by two metres in the night, the mayor said.'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cleaner.article import Article
from cleaner.errors import CleanerError, InputError, InternalError, RunError, SetupError
from cleaner.page import Kind, Metadata, Paragraph, RawPage
from cleaner.settings import Settings
from cleaner.version import __version__

if TYPE_CHECKING:
    from cleaner.batch import clean_batch, clean_many
    from cleaner.pipeline import clean

__all__ = [
    "Article",
    "CleanerError",
    "InputError",
    "InternalError",
    "Kind",
    "Metadata",
    "Paragraph",
    "RawPage",
    "RunError",
    "Settings",
    "SetupError",
    "__version__",
    "clean",
    "clean_batch",
    "clean_many",
]


def __getattr__(name: str) -> Any:
    """Load the pipeline (numpy, lxml) when it is first asked for, so that ``import cleaner`` stays quick."""
    if name == "clean":
        from cleaner.pipeline import clean

        return clean
    if name in ("clean_batch", "clean_many"):
        from cleaner import batch

        return getattr(batch, name)
    raise AttributeError(f"module 'cleaner' has no attribute {name!r}")
