"""The command line: parse, call, print, exit.

Data goes to standard output, everything else to standard error. Heavy imports stand inside the commands, so that
`cleaner --help` answers at once. Exit codes: 0 all is well, 1 some documents failed, 2 wrong usage or set-up,
3 nothing usable, 130 interrupted. A reader that closes the pipe early (`| head`) is no error.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import itertools
import os
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, Optional

import typer
from typer.core import TyperGroup

from cleaner.console import counter, emit, is_terminal, look, progress, say, show, visible
from cleaner.errors import CleanerError, InputError, SetupError

if TYPE_CHECKING:
    from cleaner.article import Article
    from cleaner.batch import Recipe
    from cleaner.readers import Found, Reading
    from cleaner.settings import Settings

__all__ = ["app", "main"]


class ContentTypeOption(str, enum.Enum):
    """Values of --content-type."""

    AUTO = "auto"
    HTML = "html"
    TEXT = "text"


class _Commands(TyperGroup):
    """The list of commands; knows what people mean who leave the command out."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Say where options go that stand before the command."""
        if args and args[0].startswith("-") and args[0] not in ("-", "-h", "--help", "--version", "--debug"):
            ctx.fail(f"Options stand behind the command, as in: cleaner clean {shlex.join(args)}")
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Say what to type when a page stands where the command should."""
        name = args[0]
        if self.get_command(ctx, name) is None and (os.path.lexists(name) or not re.fullmatch("[a-z]+", name)):
            ctx.fail(f"There is no command {name!r}. Did you mean: cleaner clean {shlex.join(args)}")
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help takes half the time of the one in boxes
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line on ``arguments`` (default: those of the process); always ends in SystemExit."""
    app(args=arguments, prog_name="cleaner")
    raise SystemExit(0)  # not reached: typer exits


# ---------------------------------------------------------------------------------------------------------- options

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
    Optional[str],  # noqa: UP045 - as above
    typer.Option("--encoding", metavar="NAME", help="Encoding of the input, for pages that do not say it right."),
]
ThresholdOption = Annotated[
    Optional[float],  # noqa: UP045 - as above
    typer.Option(
        "--threshold",
        metavar="0..1",
        help="Keep paragraphs with at least this score. Lower keeps more. [default: chosen with the weights]",
    ),
]
KeepOption = Annotated[
    Optional[list[str]],  # noqa: UP045 - as above
    typer.Option("--keep", metavar="KINDS", help="Kinds to keep besides heading and body, as in: --keep title,caption"),
]
ConfigOption = Annotated[
    Optional[str],  # noqa: UP045 - as above
    typer.Option("--config", metavar="FILE", help="TOML file with settings; options given here win."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")]


# --------------------------------------------------------------------------------------------------------- exit codes


def _guarded(command: Callable[..., int]) -> Callable[..., None]:
    """Turn what a command returns or raises into an exit code and, at most, a sentence on standard error."""

    @functools.wraps(command)
    def run(**options: Any) -> None:
        try:
            code = command(**options)
        except CleanerError as error:
            say(f"error[{error.code}]: {error.message}")
            code = 2 if isinstance(error, SetupError) else 3 if isinstance(error, InputError) else 1
        except KeyboardInterrupt:
            say("Interrupted.")
            code = 130
        except BrokenPipeError:
            code = 0  # the reader has seen enough
        except typer.Exit:
            raise
        except Exception as error:  # noqa: BLE001 - a person asked for a text, not for a traceback
            _say_bug(error, debug=options.get("debug", False))
            code = 1
        raise typer.Exit(code)

    return run


def _say_bug(error: Exception, *, debug: bool) -> None:
    import traceback

    if debug:
        say(*"".join(traceback.format_exception(error)).splitlines())
    say(
        f"error[internal_error]: This is a bug in cleaner ({type(error).__name__}: {error}). Please report it, with "
        f"what you typed: cleaner {shlex.join(sys.argv[1:])}"
    )
    if not debug:
        say("Add --debug to see where it happened.")


def _print_version(wanted: bool) -> None:
    if wanted:
        from cleaner import __version__

        emit(f"cleaner {__version__}\n".encode())
        raise typer.Exit(0)


@app.callback(help="Strip boilerplate from scraped articles, HTML or plain text.\n\nTry: cleaner clean page.html")
def _top(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
    debug: DebugOption = False,
) -> None:
    """Take what stands before the command."""


# ---------------------------------------------------------------------------------------------------------- settings


def _settings(
    config: str | None, threshold: float | None, keep: list[str] | None, *, reasons: bool = False
) -> Settings:
    from cleaner.settings import DEFAULTS, Settings

    settings = DEFAULTS if config is None else Settings.from_toml(config)
    changes: dict[str, Any] = {}
    if threshold is not None:
        changes["threshold"] = threshold
    if keep:
        changes["keep_kinds"] = settings.keep_kinds | set(_words(keep))
    if reasons:
        changes["reasons"] = True
    return dataclasses.replace(settings, **changes)


def _words(values: list[str] | None) -> list[str]:
    """Split repeated and comma-separated values: `--keep a --keep b,c` -> a, b, c."""
    words = (word.strip().lower() for value in values or () for word in value.split(","))
    return list(dict.fromkeys(word for word in words if word))


def _reading(settings: Settings, url: str | None, content_type: ContentTypeOption, encoding: str | None) -> Reading:
    from cleaner.readers import Reading

    if encoding is not None:
        from cleaner.decode import resolve_label

        if not resolve_label(encoding):
            raise SetupError(
                "unknown_encoding",
                f"--encoding {encoding} is no encoding of web pages. Known are utf-8, windows-1252, gb18030 ...",
            )
    return Reading(limit_bytes=settings.max_page_bytes, content_type=content_type.value, charset=encoding, url=url)


def _formats(formats: list[str] | None, as_json: bool) -> tuple[str, ...]:
    from cleaner.writers import FORMATS

    names = ["json"] if as_json and not formats else _words(formats)
    for name in names:
        if name not in FORMATS:
            raise SetupError("unknown_format", f"There is no format '{name}'. Formats: {', '.join(FORMATS)}.")
    if as_json and names != ["json"]:
        raise SetupError("two_formats", "--json and --format contradict each other; give one of them.")
    return tuple(names)


# ------------------------------------------------------------------------------------------------------------- clean


@app.command(
    short_help="Clean pages, one or a whole folder.",
    help="Clean pages: the text of one page on standard output, or a whole folder into another.\n\n"
    "\b\n"
    "  cleaner clean page.html             the text, on standard output\n"
    "  cleaner clean page.html -o a.json   a record with metadata, in a file\n"
    "  curl -s URL | cleaner clean -       the same from a pipe\n"
    "  cleaner clean pages -o out          pages/a/b.html -> out/a/b.txt, out/a/b.json\n\n"
    "Exit code: 0 all is well, 1 some documents failed (they are in OUT/errors.jsonl), 2 wrong usage, 3 nothing "
    "usable, 130 interrupted. Files that cleaner did not write itself are never replaced without --overwrite.",
)
@_guarded
def clean(
    paths: PathsArgument,
    *,
    output: Annotated[
        Optional[str],  # noqa: UP045 - as above
        typer.Option("--output", "-o", metavar="OUT", help="A folder; for one page also a file such as a.txt."),
    ] = None,
    formats: Annotated[
        Optional[list[str]],  # noqa: UP045 - as above
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
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs", "-j", min=1, metavar="N", show_default=False, help="Processes to work with. [default: 1]"
        ),
    ] = 1,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that others wrote.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, notes or summary.")] = False,
    debug: DebugOption = False,  # noqa: ARG001 - read by _guarded
) -> int:
    """Clean one page or many."""
    from cleaner.batch.target import are_many, choose_format, find_target

    settings = _settings(config, threshold, keep)
    reading = _reading(settings, url, content_type, encoding)
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
    article = _clean_one(paths[0], reading, settings)
    data = _rendered(article, name, paragraphs=paragraphs, to_terminal=target is None and is_terminal(sys.stdout))
    if target is None:
        emit(data)
    else:
        _write_one(target.path, data, overwrite=overwrite)
    if not quiet:
        _note(article, paths[0])
    return 0 if article.status in ("ok", "low_confidence") else 3


def _clean_one(path: str, reading: Reading, settings: Settings) -> Article:
    """Read and clean one page. Raises typer.Exit with 3, after the sentence, when the page cannot be used."""
    from cleaner.pipeline import clean as clean_page
    from cleaner.readers import read

    try:
        return clean_page(read(_find_one(path), reading), settings=settings)
    except SetupError:
        raise
    except CleanerError as error:
        say(f"error[{error.code}]: {error.message}")
        raise typer.Exit(3) from None


def _find_one(path: str) -> Found:
    from cleaner.readers import STDIN, scan

    if path == "-":
        if is_terminal(sys.stdin):
            say("Reading from the terminal; end with Ctrl-D.")
        return STDIN
    found = scan([path])
    for unread in found.unread:
        raise InputError(unread.code, unread.message, where=path)
    # The name a user knows the page by is what was typed, not the path below some folder.
    return dataclasses.replace(found.found[0], name=path)


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


# ----------------------------------------------------------------------------------------------------------- explain


@app.command(
    short_help="Show every paragraph, kept or dropped, and why.",
    help="Show every paragraph of a page: kept or dropped, its kind, its score and why.\n\n"
    "The score is the probability that the paragraph belongs to the article.",
)
@_guarded
def explain(
    path: PageArgument,
    *,
    as_json: JsonOption = False,
    url: UrlOption = None,
    content_type: ContentOption = ContentTypeOption.AUTO,
    encoding: EncodingOption = None,
    threshold: ThresholdOption = None,
    keep: KeepOption = None,
    config: ConfigOption = None,
    debug: DebugOption = False,  # noqa: ARG001 - read by _guarded
) -> int:
    """Explain one page."""
    from cleaner.batch.target import are_many

    if path != "-" and are_many([path]):
        raise SetupError("one_page", f"explain takes one page, but {path} is a folder or a pattern.")
    settings = _settings(config, threshold, keep, reasons=True)
    article = _clean_one(path, _reading(settings, url, content_type, encoding), settings)
    if as_json:
        import json

        from cleaner.records import paragraph_record, valid_unicode

        entries = [paragraph_record(paragraph) for paragraph in article.paragraphs]
        indent = 2 if is_terminal(sys.stdout) else None
        emit(f"{valid_unicode(json.dumps(entries, ensure_ascii=False, indent=indent))}\n".encode())
    else:
        from cleaner.explanation import explain_lines

        name = "standard input" if path == "-" else visible(path)
        lines = explain_lines(article, name=name, look=look())
        for many in iter(lambda: list(itertools.islice(lines, 1000)), []):
            emit("".join(f"{line}\n" for line in many).encode("utf-8", "replace"))
    return 0


# ---------------------------------------------------------------------------------------------------------- evaluate


@app.command(
    short_help="Measure quality and speed on labelled pages.",
    help="Measure how well pages are cleaned, on pages whose article text is known.\n\n"
    "\b\n"
    "  cleaner evaluate labelled.parquet --against trafilatura,justext\n"
    "  cleaner evaluate my-labelled-pages --as-text --worst 10",
)
@_guarded
def evaluate(
    paths: Annotated[
        list[str], typer.Argument(metavar="PARQUET|FOLDER", help="Labelled pages: Parquet files or folders.")
    ],
    *,
    against: Annotated[
        Optional[list[str]],  # noqa: UP045 - as above
        typer.Option("--against", metavar="NAMES", help="Other cleaners to measure in the same run, as in: a,b"),
    ] = None,
    as_text: Annotated[bool, typer.Option("--as-text", help="Flatten HTML to plain text first.")] = False,
    split: Annotated[
        Optional[str],  # noqa: UP045 - as above
        typer.Option("--split", metavar="NAME", help="Only pages of this split, such as dev."),
    ] = None,
    limit: Annotated[
        Optional[int],  # noqa: UP045 - as above
        typer.Option("--limit", min=1, metavar="N", help="At most so many pages of each corpus."),
    ] = None,
    worst: Annotated[int, typer.Option("--worst", min=0, metavar="N", help="List the N worst pages, too.")] = 0,
    threshold: ThresholdOption = None,
    keep: KeepOption = None,
    config: ConfigOption = None,
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs", "-j", min=1, metavar="N", show_default=False, help="Processes to work with. [default: 1]"
        ),
    ] = 1,
    as_json: JsonOption = False,
    debug: DebugOption = False,  # noqa: ARG001 - read by _guarded
) -> int:
    """Evaluate on labelled pages."""
    import json

    for path in paths:
        if not os.path.lexists(path):
            raise SetupError("not_found", f"There is no file or folder {path}.", where=path)
    from cleaner.evaluation.evaluate import evaluate as measure

    with counter() as count:
        result = measure(
            paths,
            against=_words(against),
            as_text=as_text,
            split=split,
            limit=limit,
            settings=_settings(config, threshold, keep),
            workers=jobs,
            on_page=count,
        )
    if as_json:
        data = result.to_dict()
        if worst:
            data["worst"] = [{"f1": f1, **dataclasses.asdict(page)} for f1, page in result.worst(worst)]
        emit(f"{json.dumps(data, ensure_ascii=False, indent=2 if is_terminal(sys.stdout) else None)}\n".encode())
    else:
        show(result.to_table(), *([result.to_worst_table(worst)] if worst else []))
    return 0
