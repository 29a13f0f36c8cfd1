"""Options of commands that clean many documents."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Annotated

import typer

from cleaner.cli.one_page import EMPTY_NAME
from cleaner.errors import SetupError

if TYPE_CHECKING:
    from cleaner.readers import Columns


class Engine(str, enum.Enum):
    """Values of --engine."""

    LOCAL = "local"
    RAY = "ray"


class FailOn(str, enum.Enum):
    """Values of --fail-on."""

    ANY = "any"
    ALL = "all"
    NEVER = "never"


OptionalPathsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PATH", show_default=False, help="Files, folders, 'glob*patterns', addresses, or - for standard input."
    ),
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        min=0,
        metavar="N",
        show_default=False,
        help="Processes to work with; 0 works in this one, without deadlines. [default: usable cores]",
    ),
]
EngineOption = Annotated[
    Engine,
    typer.Option("--engine", metavar="NAME", help="local: processes here; ray: a cluster, or one made here."),
]
AddressOption = Annotated[
    str | None,
    typer.Option("--address", metavar="HOST:PORT", help="Of the Ray cluster; also auto, or ray://HOST:10001."),
]
FromListOption = Annotated[
    str | None,
    typer.Option("--from-list", metavar="FILE", help="Read further paths from this file, one a line; - for a pipe."),
]
ShardOption = Annotated[
    int | None,
    typer.Option("--shard-size", min=1, metavar="N", help="Records in each jsonl, csv or parquet file. [default: all]"),
]
TimeoutOption = Annotated[
    float,
    typer.Option(
        "--timeout",
        min=0.1,
        metavar="SECONDS",
        help="For a page of up to 1 MB; larger ones have proportionally more.",
    ),
]
MemoryOption = Annotated[
    int, typer.Option("--memory", min=100, metavar="MB", help="What one process may take for a page.")
]
DeduplicateOption = Annotated[
    bool, typer.Option("--deduplicate", help="Leave out texts that are the same or nearly so as another one's.")
]
LimitOption = Annotated[int | None, typer.Option("--limit", min=1, metavar="N", help="At most so many documents.")]
SampleOption = Annotated[
    float | None,
    typer.Option("--sample", min=0.0, max=1.0, metavar="0..1", help="This share of documents, always the same ones."),
]
ShuffleOption = Annotated[
    int | None, typer.Option("--shuffle-seed", metavar="N", help="Take files in a random order of this seed.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Say what would be cleaned and written, and stop.")]
FailOnOption = Annotated[
    FailOn, typer.Option("--fail-on", metavar="WHAT", help="Exit with 1 if any or all documents failed, or never.")
]
SummaryOption = Annotated[bool, typer.Option("--json-summary", help="Print the summary on standard output, as JSON.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Print a line for each document.")]
NoSiteOption = Annotated[
    bool,
    typer.Option("--no-site", help="Judge each page by itself, without learning first what recurs on its site."),
]
NoNotesOption = Annotated[
    bool,
    typer.Option("--no-notes", help="When done, remove what was noted of pages; the next run reads all again."),
]
TextColumnOption = Annotated[
    str,
    typer.Option("--text-column", metavar="NAME", show_default=False, help="Column of tables that holds plain text."),
]
HtmlColumnOption = Annotated[
    str, typer.Option("--html-column", metavar="NAME", show_default=False, help="Column of tables that holds HTML.")
]
UrlColumnOption = Annotated[
    str, typer.Option("--url-column", metavar="NAME", show_default=False, help="Column of tables that holds addresses.")
]
IdColumnOption = Annotated[
    str,
    typer.Option("--id-column", metavar="NAME", show_default=False, help="Column of tables that holds identifiers."),
]


def all_paths(paths: list[str] | None, from_list: str | None) -> list[str]:
    """Return the paths that were typed and those of a list. Raises SetupError (``paths_needed``, ``bad_list``)."""
    every = list(paths or ())
    if from_list is not None:
        from cleaner.readers import read_list

        every += read_list(from_list)
    if not every:
        why = f"The list {from_list} is empty" if from_list is not None else "Missing argument 'PATH'"
        raise SetupError("paths_needed", f"{why}. Name a page, a folder, or - for standard input.")
    if "" in every:
        raise SetupError("paths_needed", EMPTY_NAME)
    return every


def make_columns(text: str, html: str, url: str, identity: str) -> Columns:
    """Return which columns of tables hold what; '' is guessed."""
    from cleaner.readers import Columns

    return Columns(text=text, html=html, url=url, id=identity)
