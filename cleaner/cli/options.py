"""Options that several commands share, and what is made of their values: settings, and how pages are read."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from cleaner.errors import SetupError

if TYPE_CHECKING:
    from cleaner.readers import Reading
    from cleaner.settings import Settings


class ContentTypeOption(str, enum.Enum):
    """Values of --content-type."""

    AUTO = "auto"
    HTML = "html"
    TEXT = "text"


PathsArgument = Annotated[
    list[str], typer.Argument(metavar="PATH", help="Files, folders, 'glob*patterns', or - for standard input.")
]
PageArgument = Annotated[str, typer.Argument(metavar="FILE", help="One page, or - for standard input.")]

UrlOption = Annotated[
    Optional[str],  # noqa: UP045 - typer evaluates this on Python 3.10, too
    typer.Option("--url", metavar="URL", help="Where the page came from; helps with metadata and relative links."),
]

ContentOption = Annotated[
    ContentTypeOption,
    typer.Option("--content-type", metavar="TYPE", help="auto, html or text, if you know better than the content."),
]

EncodingOption = Annotated[
    Optional[str],  # noqa: UP045 - typer evaluates this on Python 3.10, too
    typer.Option("--encoding", metavar="NAME", help="Encoding of the input, for pages that do not say it right."),
]

ThresholdOption = Annotated[
    Optional[float],  # noqa: UP045 - typer evaluates this on Python 3.10, too
    typer.Option(
        "--threshold",
        metavar="0..1",
        help="Keep paragraphs with at least this score. Lower keeps more. [default: chosen with the weights]",
    ),
]

KeepOption = Annotated[
    Optional[list[str]],  # noqa: UP045 - typer evaluates this on Python 3.10, too
    typer.Option("--keep", metavar="KINDS", help="Kinds to keep besides heading and body, as in: --keep title,caption"),
]

ConfigOption = Annotated[
    Optional[str],  # noqa: UP045 - typer evaluates this on Python 3.10, too
    typer.Option("--config", metavar="FILE", help="TOML file with settings; options given here win."),
]
JobsOption = Annotated[
    int,
    typer.Option("--jobs", "-j", min=1, metavar="N", show_default=False, help="Processes to work with. [default: 1]"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")]


def make_settings(
    config: str | None, threshold: float | None, keep: list[str] | None, *, reasons: bool = False
) -> Settings:
    """Return the settings of a file, if one is given, with what the options say on top of them.

    Raises SetupError for what Settings refuses.
    """
    from cleaner.settings import DEFAULTS, Settings

    settings = DEFAULTS if config is None else Settings.from_toml(config)
    changes: dict[str, Any] = {}
    if threshold is not None:
        changes["threshold"] = threshold
    if keep:
        changes["keep_kinds"] = settings.keep_kinds | set(split_words(keep))
    if reasons:
        changes["reasons"] = True
    return dataclasses.replace(settings, **changes)


def split_words(values: list[str] | None) -> list[str]:
    """Split repeated and comma-separated values: `--keep a --keep b,c` -> a, b, c."""
    words = (word.strip().lower() for value in values or () for word in value.split(","))
    return list(dict.fromkeys(word for word in words if word))


def make_reading(settings: Settings, url: str | None, content_type: ContentTypeOption, encoding: str | None) -> Reading:
    """Return how pages are read; raises SetupError ``unknown_encoding``."""
    from cleaner.readers import Reading

    if encoding is not None:
        from cleaner.decode import resolve_label

        if not resolve_label(encoding):
            raise SetupError(
                "unknown_encoding",
                f"--encoding {encoding} is no encoding of web pages. Known are utf-8, windows-1252, gb18030 ...",
            )
    return Reading(limit_bytes=settings.max_page_bytes, content_type=content_type.value, charset=encoding, url=url)
