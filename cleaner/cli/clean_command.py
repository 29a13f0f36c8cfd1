"""`cleaner clean`: one page to standard output or a file, or many into a folder."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cleaner.cli.batch_options import (
    AddressOption,
    DeduplicateOption,
    DryRunOption,
    Engine,
    EngineOption,
    FailOn,
    FailOnOption,
    FromListOption,
    HtmlColumnOption,
    IdColumnOption,
    LimitOption,
    MemoryOption,
    NoNotesOption,
    NoSiteOption,
    OptionalPathsArgument,
    SampleOption,
    ShardOption,
    ShuffleOption,
    SummaryOption,
    TextColumnOption,
    TimeoutOption,
    UrlColumnOption,
    VerboseOption,
    WorkersOption,
    all_paths,
    make_columns,
)
from cleaner.cli.guard import guarded
from cleaner.cli.many import clean_many, make_manner, make_recipe
from cleaner.cli.one_page import clean_one
from cleaner.cli.options import (
    ConfigOption,
    ContentOption,
    ContentTypeOption,
    DebugOption,
    DefaultLanguageOption,
    DropOption,
    EncodingOption,
    KeepOption,
    LanguagesOption,
    PrecisionOption,
    ProfilesOption,
    QuietOption,
    RecallOption,
    RulesOption,
    SiteKeyOption,
    SitePagesOption,
    ThresholdOption,
    UrlOption,
    WeightsOption,
    make_reading,
    make_settings,
    split_words,
)
from cleaner.console import emit, is_terminal, say
from cleaner.errors import SetupError

if TYPE_CHECKING:
    from cleaner.article import Article
    from cleaner.settings import Settings

CLEAN_HELP: Final = (
    "Clean pages: the text of one page on standard output, or a whole folder into another.\n\n"
    "\b\n"
    "  cleaner clean page.html             the text, on standard output\n"
    "  cleaner clean page.html -o a.json   a record with metadata, in a file\n"
    "  curl -s URL | cleaner clean -       the same from a pipe\n"
    "  cleaner clean pages -o out          pages/a.html -> out/a.txt, out/a.json\n"
    "  cleaner clean crawl.warc.gz -o out  all pages in it -> out/articles.jsonl\n\n"
    "Folders and containers (zip, tar, warc, jsonl, csv, parquet; compressed, too) go into a folder; the same command "
    "goes on where an earlier one stopped.\n\n"
    "Exit code: 0 all is well, 1 some documents failed (they are in OUT/.cleaner/errors.jsonl), 2 wrong usage, 3 "
    "nothing usable, 130 interrupted. Files that cleaner did not write itself are never replaced without --overwrite."
)


@guarded
def clean(
    paths: OptionalPathsArgument = None,
    *,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="OUT", help="A folder; for one page also a file such as a.txt."),
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            "-f",
            metavar="NAMES",
            help="txt json md html xml; jsonl csv parquet. [default: txt; for folders txt,json]",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Short for -f json.")] = False,
    paragraphs: Annotated[
        bool, typer.Option("--paragraphs", help="Put every paragraph with kind and score into the records, too.")
    ] = False,
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
    no_site: NoSiteOption = False,
    no_notes: NoNotesOption = False,
    site_key: SiteKeyOption = None,
    site_pages: SitePagesOption = None,
    default_language: DefaultLanguageOption = "",
    languages: LanguagesOption = None,
    config: ConfigOption = None,
    from_list: FromListOption = None,
    jobs: WorkersOption = None,
    engine: EngineOption = Engine.LOCAL,
    address: AddressOption = None,
    timeout: TimeoutOption = 60.0,
    memory: MemoryOption = 4000,
    shard_size: ShardOption = None,
    deduplicate: DeduplicateOption = False,
    limit: LimitOption = None,
    sample: SampleOption = None,
    shuffle_seed: ShuffleOption = None,
    text_column: TextColumnOption = "",
    html_column: HtmlColumnOption = "",
    url_column: UrlColumnOption = "",
    id_column: IdColumnOption = "",
    dry_run: DryRunOption = False,
    fail_on: FailOnOption = FailOn.ANY,
    json_summary: SummaryOption = False,
    verbose: VerboseOption = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that others wrote.")] = False,
    report: Annotated[
        bool, typer.Option("--report", help="Write OUT/report/index.html, too: pages to look at, with reasons.")
    ] = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,  # noqa: ARG001 - read by guarded
) -> int:
    """Clean one page or many."""
    from cleaner.batch.target import are_many, choose_format, find_target

    settings = make_settings(
        config,
        threshold,
        keep,
        drop=drop,
        rules=rules,
        weights=weights,
        precision=precision,
        recall=recall,
        default_language=default_language,
        languages=languages,
        reasons=report,
        profiles=profiles,
        site_key=site_key,
        site_pages=site_pages,
    )
    columns = make_columns(text_column, html_column, url_column, id_column)
    reading = make_reading(settings, url, content_type, encoding, columns)
    names = _formats(formats, as_json)
    paths = all_paths(paths, from_list)
    target = find_target(paths, output)
    if target is not None and target.is_folder:
        if url is not None and are_many(paths):
            raise SetupError("url_for_many", "--url belongs to one page, but several are to be cleaned.")
        recipe = make_recipe(
            target.path,
            names,
            settings,
            reading,
            paragraphs=paragraphs,
            overwrite=overwrite,
            shard_size=shard_size,
            deduplicate=deduplicate,
            sites=not no_site,
            keep_notes=not no_notes,
        )
        manner = make_manner(
            jobs=jobs,
            timeout=timeout,
            memory=memory,
            limit=limit,
            sample=sample,
            shuffle_seed=shuffle_seed,
            quiet=quiet,
            verbose=verbose,
            json_summary=json_summary,
            fail_on=fail_on.value,
            with_report=report,
            engine=_checked(engine, address, jobs),
            address=address,
        )
        return clean_many(paths, recipe, manner, dry_run=dry_run)
    _refuse_without_folder({"--report": report, "--dry-run": dry_run, "--json-summary": json_summary})
    _checked(engine, address, jobs)
    name = choose_format(names, target)
    article = clean_one(paths[0], reading, _needed_for(name, settings), quiet=quiet)
    data = _rendered(article, name, paragraphs=paragraphs, to_terminal=target is None and is_terminal(sys.stdout))
    if article.status != "other_language":  # those are left out, as in a folder
        if target is None:
            emit(data)
        else:
            _write_one(target.path, data, overwrite=overwrite)
    if not quiet:
        _note(article, paths[0])
    return 0 if article.status in ("ok", "low_confidence") else 3


def _checked(engine: Engine, address: str | None, jobs: int | None) -> str:
    """Return the name of the engine if all that is said of it fits. Raises SetupError ``bad_engine``."""
    if address is not None and engine is Engine.LOCAL:
        raise SetupError("bad_engine", "--address is that of a cluster. Add --engine ray.")
    if jobs == 0 and engine is not Engine.LOCAL:
        raise SetupError("bad_engine", "--jobs 0 works in this very process, --engine ray elsewhere. Give one of them.")
    return engine.value


def _refuse_without_folder(options: dict[str, bool]) -> None:
    """Refuse the first of these options that is given; SetupError ``folder_needed``."""
    for name, is_given in options.items():
        if is_given:
            raise SetupError("folder_needed", f"{name} needs a folder for the results. Try: -o out {name}")


def _needed_for(name: str, settings: Settings) -> Settings:
    """Switch off what a format does not show: what guesses languages takes a quarter of the time to load."""
    if name != "txt":
        return settings
    needs_language = settings.detect_language and bool(settings.languages)
    return dataclasses.replace(settings, metadata=False, detect_language=needs_language)


def _formats(formats: list[str] | None, as_json: bool) -> tuple[str, ...]:
    from cleaner.writers import FORMATS, TABLE_FORMATS

    names = ["json"] if as_json and not formats else split_words(formats)
    known = [*FORMATS, *TABLE_FORMATS]
    for name in names:
        if name not in known:
            raise SetupError("unknown_format", f"There is no format '{name}'. Formats: {', '.join(known)}.")
    if as_json and names != ["json"]:
        raise SetupError("two_formats", "--json and --format contradict each other; give one of them.")
    return tuple(names)


def _rendered(article: Article, name: str, *, paragraphs: bool, to_terminal: bool) -> bytes:
    from cleaner.records import to_json
    from cleaner.writers import render

    if name == "jsonl" or (name == "json" and not to_terminal):
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
        "other_language": f"the text is in a language that was not asked for ({article.metadata.language})",
        "empty": "there is no text on this page",
    }
    if article.status in what:
        say(f"note[{article.status}]: {name}: {what[article.status]}.")
    for warning in article.warnings:
        say(f"warning: {name}: {warning}")
