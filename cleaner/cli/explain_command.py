"""`cleaner explain`: every paragraph of a page, kept or dropped, and why."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cleaner.cli.guard import guarded
from cleaner.cli.one_page import check_one_page, clean_one
from cleaner.cli.options import (
    ConfigOption,
    ContentOption,
    ContentTypeOption,
    DebugOption,
    DefaultLanguageOption,
    DropOption,
    EncodingOption,
    JsonOption,
    KeepOption,
    PageArgument,
    PrecisionOption,
    ProfilesOption,
    RecallOption,
    RulesOption,
    SiteKeyOption,
    ThresholdOption,
    UrlOption,
    WeightsOption,
    make_reading,
    make_settings,
)
from cleaner.console import emit, is_terminal, look, visible
from cleaner.errors import SetupError

if TYPE_CHECKING:
    from cleaner.article import Article

EXPLAIN_HELP: Final = (
    "Show every paragraph of a page: kept or dropped, its kind, its score and why.\n\n"
    "\b\n"
    "  cleaner explain page.html                     on the terminal\n"
    "  cleaner explain page.html --html report.html  to look at in a browser\n\n"
    "The score is the probability that the paragraph belongs to the article."
)


@guarded
def explain(
    path: PageArgument,
    *,
    as_json: JsonOption = False,
    html: Annotated[
        str | None,
        typer.Option("--html", metavar="REPORT", help="Write a page to look at into this file; - for standard output."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace REPORT even if it is no report.")] = False,
    url: UrlOption = None,
    content_type: ContentOption = ContentTypeOption.AUTO,
    encoding: EncodingOption = None,
    threshold: ThresholdOption = None,
    precision: PrecisionOption = False,
    recall: RecallOption = False,
    keep: KeepOption = None,
    drop: DropOption = None,
    rules: RulesOption = None,
    weights: WeightsOption = None,
    profiles: ProfilesOption = None,
    site_key: SiteKeyOption = None,
    default_language: DefaultLanguageOption = "",
    config: ConfigOption = None,
    debug: DebugOption = False,  # noqa: ARG001 - read by guarded
) -> int:
    """Explain one page."""
    check_one_page("explain takes", path)
    if html is not None:
        _check_target(html, path, as_json=as_json, overwrite=overwrite)
    settings = make_settings(
        config,
        threshold,
        keep,
        drop=drop,
        rules=rules,
        weights=weights,
        profiles=profiles,
        site_key=site_key,
        precision=precision,
        recall=recall,
        default_language=default_language,
        reasons=True,
    )
    article = clean_one(path, make_reading(settings, url, content_type, encoding), settings)
    name = "standard input" if path == "-" else visible(path)
    if html is not None:
        _write_report(html, article, name)
    elif as_json:
        import json

        from cleaner.records import paragraph_record, valid_unicode

        entries = [paragraph_record(paragraph) for paragraph in article.paragraphs]
        indent = 2 if is_terminal(sys.stdout) else None
        emit(f"{valid_unicode(json.dumps(entries, ensure_ascii=False, indent=indent))}\n".encode())
    else:
        from cleaner.explanation import explain_lines

        lines = explain_lines(article, name=name, look=look())
        for many in iter(lambda: list(itertools.islice(lines, 1000)), []):
            emit("".join(f"{line}\n" for line in many).encode("utf-8", "replace"))
    return 0


def _check_target(html: str, path: str, *, as_json: bool, overwrite: bool) -> None:
    """Refuse before anything is read what would replace a file that is no report, the page itself above all."""
    from cleaner.report import is_report

    if as_json:
        raise SetupError("two_formats", "--json and --html contradict each other; give one of them.")
    target = Path(html)
    if html == "-" or not target.exists():
        return
    if target.is_dir():
        raise SetupError("one_page", f"{html} is a folder; --html takes the name of a file, such as report.html.")
    if path != "-" and Path(path).exists() and target.samefile(path):
        raise SetupError("output_exists", f"{html} is the page itself. Give the report another name.")
    if target.is_file() and not overwrite and not is_report(target):
        raise SetupError(
            "output_exists", f"{html} is there already, and it is no report of cleaner. Pass --overwrite to replace it."
        )


def _write_report(html: str, article: Article, name: str) -> None:
    from cleaner.console import say
    from cleaner.report import render_page
    from cleaner.writers import make_folder, replace_file

    data = render_page(article, name=name).encode("utf-8")
    if html == "-":
        emit(data)
        return
    make_folder(Path(html).parent)
    replace_file(Path(html), data)
    say(f"The report is {html}")
