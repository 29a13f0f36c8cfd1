"""`cleaner clean`: one page to standard output or a file, or many into a folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Optional

import typer

from cleaner.cli.guard import guarded
from cleaner.cli.one_page import clean_one
from cleaner.cli.options import (
    ConfigOption,
    ContentOption,
    ContentTypeOption,
    DebugOption,
    EncodingOption,
    JobsOption,
    KeepOption,
    PathsArgument,
    ThresholdOption,
    UrlOption,
    make_reading,
    make_settings,
    split_words,
)
from cleaner.console import emit, is_terminal, progress, say
from cleaner.errors import SetupError

if TYPE_CHECKING:
    from cleaner.article import Article
    from cleaner.batch import Recipe

CLEAN_HELP: Final = (
    "Clean pages: the text of one page on standard output, or a whole folder into another.\n\n"
    "\b\n"
    "  cleaner clean page.html             the text, on standard output\n"
    "  cleaner clean page.html -o a.json   a record with metadata, in a file\n"
    "  curl -s URL | cleaner clean -       the same from a pipe\n"
    "  cleaner clean pages -o out          pages/a/b.html -> out/a/b.txt, out/a/b.json\n\n"
    "Exit code: 0 all is well, 1 some documents failed (they are in OUT/errors.jsonl), 2 wrong usage, 3 nothing "
    "usable, 130 interrupted. Files that cleaner did not write itself are never replaced without --overwrite."
)


@guarded
def clean(
    paths: PathsArgument,
    *,
    output: Annotated[
        Optional[str],  # noqa: UP045 - typer evaluates this on Python 3.10, too
        typer.Option("--output", "-o", metavar="OUT", help="A folder; for one page also a file such as a.txt."),
    ] = None,
    formats: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer evaluates this on Python 3.10, too
        typer.Option("--format", "-f", metavar="NAME", help="txt, json or md. [default: txt; for a folder txt,json]"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Short for -f json.")] = False,
    paragraphs: Annotated[
        bool, typer.Option("--paragraphs", help="Put every paragraph with kind and score into the json, too.")
    ] = False,
    url: UrlOption = None,
    content_type: ContentOption = ContentTypeOption.AUTO,
    encoding: EncodingOption = None,
    threshold: ThresholdOption = None,
    keep: KeepOption = None,
    config: ConfigOption = None,
    jobs: JobsOption = 1,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that others wrote.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, notes or summary.")] = False,
    debug: DebugOption = False,  # noqa: ARG001 - read by guarded
) -> int:
    """Clean one page or many."""
    from cleaner.batch.target import are_many, choose_format, find_target

    settings = make_settings(config, threshold, keep)
    reading = make_reading(settings, url, content_type, encoding)
    names = _formats(formats, as_json)
    target = find_target(paths, output)
    if target is not None and target.is_folder:
        from cleaner.batch import Recipe

        if url is not None and are_many(paths):
            raise SetupError("url_for_many", "--url belongs to one page, but several are to be cleaned.")
        recipe = Recipe(
            folder=target.path,
            formats=names or ("txt", "json"),
            settings=settings,
            reading=reading,
            paragraphs=paragraphs,
            overwrite=overwrite,
        )
        return _clean_many(paths, recipe, jobs=jobs, quiet=quiet)
    name = choose_format(names, target)
    article = clean_one(paths[0], reading, settings)
    data = _rendered(article, name, paragraphs=paragraphs, to_terminal=target is None and is_terminal(sys.stdout))
    if target is None:
        emit(data)
    else:
        _write_one(target.path, data, overwrite=overwrite)
    if not quiet:
        _note(article, paths[0])
    return 0 if article.status in ("ok", "low_confidence") else 3


def _formats(formats: list[str] | None, as_json: bool) -> tuple[str, ...]:
    from cleaner.writers import FORMATS

    names = ["json"] if as_json and not formats else split_words(formats)
    for name in names:
        if name not in FORMATS:
            raise SetupError("unknown_format", f"There is no format '{name}'. Formats: {', '.join(FORMATS)}.")
    if as_json and names != ["json"]:
        raise SetupError("two_formats", "--json and --format contradict each other; give one of them.")
    return tuple(names)


def _rendered(article: Article, name: str, *, paragraphs: bool, to_terminal: bool) -> bytes:
    from cleaner.records import to_json
    from cleaner.writers import render

    if name == "json" and not to_terminal:
        return f"{to_json(article, paragraphs=paragraphs)}\n".encode()  # one line, so that records can be appended
    return render(article, name, paragraphs=paragraphs)


def _write_one(path: Path, data: bytes, *, overwrite: bool) -> None:
    from cleaner.writers import make_folder, replace_file

    if path.is_file() and not overwrite:
        try:
            same = path.read_bytes() == data
        except OSError:
            same = False
        if same:
            return
        raise SetupError(
            "output_exists", f"{path} is there already and holds something else. Pass --overwrite to replace it."
        )
    make_folder(path.parent)
    replace_file(path, data)


def _note(article: Article, path: str) -> None:
    name = "standard input" if path == "-" else path
    what = {
        "low_confidence": f"the text may be incomplete or hold chrome (confidence {article.confidence:.2f})",
        "not_article": f"this looks like an index, shop or error page (confidence {article.confidence:.2f})",
        "empty": "there is no text on this page",
    }
    if article.status in what:
        say(f"note[{article.status}]: {name}: {what[article.status]}.")
    for warning in article.warnings:
        say(f"warning: {name}: {warning}")


def _clean_many(paths: list[str], recipe: Recipe, *, jobs: int, quiet: bool) -> int:
    from cleaner.batch import ERRORS_FILE, clean_tree, finish_on_interrupt
    from cleaner.readers import STDIN, Scan, scan

    found = Scan("", (STDIN,), ()) if paths == ["-"] else scan(paths, skip_folder=str(recipe.folder))
    with progress(len(found.found), quiet=quiet) as count, finish_on_interrupt() as interrupted:
        report = clean_tree(found, recipe, jobs=jobs, stop=interrupted, on_outcome=count)
    if not found.found:
        for failure in report.failures:
            say(f"error[{failure.code}]: {failure.message}")
        over = f" Passed over: {report.listed_passed_over}." if report.passed_over else ""
        say(f"error[nothing_found]: There is no page to clean in {', '.join(paths[:3])}.{over}")
        return report.return_code
    if not quiet:
        say(*report.lines())
        if report.failed:
            say(f"All failures are in {recipe.folder / ERRORS_FILE}.")
        say(f"The result is in {recipe.folder}{os.sep}")
    return report.return_code
