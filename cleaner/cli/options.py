"""Options that several commands share, and what is made of their values: settings, and how pages are read."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cleaner.errors import SetupError

if TYPE_CHECKING:
    from cleaner.readers import Columns, Reading
    from cleaner.settings import Settings


class ContentTypeOption(str, enum.Enum):
    """Values of --content-type."""

    AUTO = "auto"
    HTML = "html"
    TEXT = "text"


PageArgument = Annotated[str, typer.Argument(metavar="FILE", help="One page, or - for standard input.")]

UrlOption = Annotated[
    str | None,
    typer.Option("--url", metavar="URL", help="Where the page came from; helps with metadata and relative links."),
]

ContentOption = Annotated[
    ContentTypeOption,
    typer.Option("--content-type", metavar="TYPE", help="auto, html or text, if you know better than the content."),
]

EncodingOption = Annotated[
    str | None,
    typer.Option("--encoding", metavar="NAME", help="Encoding of the input, for pages that do not say it right."),
]

ThresholdOption = Annotated[
    float | None,
    typer.Option(
        "--threshold",
        metavar="0..1",
        help="Keep paragraphs with at least this score. Lower keeps more. [default: chosen with the weights]",
    ),
]

PrecisionOption = Annotated[
    bool, typer.Option("--precision", help="Rather lose some text than keep chrome; see README for the figures.")
]
RecallOption = Annotated[bool, typer.Option("--recall", help="Rather keep some chrome than lose text.")]

KeepOption = Annotated[
    list[str] | None,
    typer.Option("--keep", metavar="KINDS", help="Kinds to keep besides heading and body, as in: --keep title,caption"),
]

DropOption = Annotated[
    list[str] | None,
    typer.Option("--drop", metavar="KINDS", help="Kinds to leave out of the text, as in: --drop heading"),
]
RulesOption = Annotated[
    str | None,
    typer.Option("--rules", metavar="FILE", help="TOML file with your own rules; see: cleaner rules check --help"),
]

ProfilesOption = Annotated[
    str | None, typer.Option("--profiles", metavar="DIR", help="Profiles of sites that cleaner learn wrote.")
]
SiteKeyOption = Annotated[
    str | None,
    typer.Option(
        "--site-key",
        metavar="HOW",
        show_default=False,
        help="Tell sites by: auto (domain, else folder), host, folder, all; or a site's name. [default: auto]",
    ),
]
SitePagesOption = Annotated[
    int | None,
    typer.Option(
        "--site-pages",
        min=2,
        metavar="N",
        show_default=False,
        help="Sites with fewer pages are not learned from. [default: 5]",
    ),
]

ConfigOption = Annotated[
    str | None, typer.Option("--config", metavar="FILE", help="TOML file with settings; options given here win.")
]
WeightsOption = Annotated[
    str | None,
    typer.Option("--weights", metavar="FILE", help="Weights that cleaner train wrote, instead of the packaged ones."),
]
DefaultLanguageOption = Annotated[
    str,
    typer.Option(
        "--default-language",
        metavar="CODE",
        show_default=False,
        help="Language of texts that say too little to tell. [default: und]",
    ),
]
LanguagesOption = Annotated[
    list[str] | None,
    typer.Option("--lang", metavar="CODES", help="Leave out documents in other languages than these: --lang en,de"),
]
JobsOption = Annotated[
    int,
    typer.Option("--jobs", "-j", min=1, metavar="N", show_default=False, help="Processes to work with. [default: 1]"),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, notes or summary.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")]


def make_settings(
    config: str | None,
    threshold: float | None,
    keep: list[str] | None,
    *,
    drop: list[str] | None = None,
    rules: str | None = None,
    weights: str | None = None,
    precision: bool = False,
    recall: bool = False,
    reasons: bool = False,
    default_language: str = "",
    languages: list[str] | None = None,
    profiles: str | None = None,
    site_key: str | None = None,
    site_pages: int | None = None,
) -> Settings:
    """Return the settings of a file, if one is given, with what the options say on top of them.

    Raises SetupError for what Settings refuses.
    """
    settings = _read_settings(config)
    given = {
        "threshold": threshold,
        "rules": rules,
        "weights": weights,
        "reasons": reasons or None,
        "default_language": default_language or None,
        "languages": tuple(split_words(languages)) or None,
        "profiles": profiles,
        "site_key": site_key,
        "site_pages": site_pages,
    }
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if keep or drop:
        changes |= _changed_kinds(settings, split_words(keep), split_words(drop))
    if precision and recall:
        raise SetupError("two_aims", "--precision and --recall contradict each other; give one of them.")
    if precision or recall:
        changes["favor"] = "precision" if precision else "recall"
    return dataclasses.replace(settings, **changes)


def _read_settings(config: str | None) -> Settings:
    """Return the settings of a file, those that hold by themselves without one."""
    from cleaner.settings import DEFAULTS, Settings

    if config is None:
        return DEFAULTS
    from cleaner.cli.config import setting_values

    try:
        return Settings.from_mapping(setting_values(config), where=config)
    except SetupError as error:
        if error.code != "bad_setting":  # the others name the file themselves
            raise
        raise SetupError(error.code, f"In {config}: {error.message}", where=config) from error


def _changed_kinds(settings: Settings, keep: list[str], drop: list[str]) -> dict[str, Any]:
    from cleaner.page import Kind
    from cleaner.settings import check_kinds

    check_kinds("--keep", keep)
    check_kinds("--drop", drop)
    torn = [kind for kind in keep if kind in drop]
    if torn:
        raise SetupError("keep_and_drop", f"--keep and --drop both name {', '.join(torn)}; choose one of them.")
    kept, dropped = frozenset(map(Kind, keep)), frozenset(map(Kind, drop))
    return {
        "keep_kinds": (settings.keep_kinds | kept) - dropped,
        "drop_kinds": (settings.drop_kinds - kept) | dropped,
    }


def split_words(values: list[str] | None) -> list[str]:
    """Split repeated and comma-separated values: `--keep a --keep b,c` -> a, b, c."""
    words = (word.strip().lower() for value in values or () for word in value.split(","))
    return list(dict.fromkeys(word for word in words if word))


def make_reading(
    settings: Settings,
    url: str | None,
    content_type: ContentTypeOption,
    encoding: str | None,
    columns: Columns | None = None,
) -> Reading:
    """Return how pages are read; raises SetupError ``unknown_encoding``."""
    from cleaner.readers import Columns, Reading

    if encoding is not None:
        from cleaner.decode import resolve_label

        if not resolve_label(encoding):
            raise SetupError(
                "unknown_encoding",
                f"--encoding {encoding} is no encoding of web pages. Known are utf-8, windows-1252, gb18030 ...",
            )
    return Reading(
        limit_bytes=settings.max_page_bytes,
        inflated_bytes=settings.max_inflated_bytes,
        content_type=content_type.value,
        charset=encoding,
        url=url,
        columns=columns or Columns(),
    )
