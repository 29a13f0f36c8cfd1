"""`cleaner train`: weights that know one's own pages."""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from cleaner.cli.guard import guarded
from cleaner.cli.options import DebugOption, JsonOption
from cleaner.console import emit, is_terminal, say, show
from cleaner.errors import SetupError

if TYPE_CHECKING:
    from cleaner.training.own.pages import Gold
    from cleaner.training.own.run import Outcome

TRAIN_HELP: Final = (
    "Adapt the classifier to your own pages: labelled pages in, a weights file out.\n\n"
    "\b\n"
    "  cleaner train my-labelled-pages -o weights.npz\n"
    "  cleaner clean page.html --weights weights.npz\n\n"
    "A folder has NAME.html (or NAME.source.txt for plain text) and, beside it, NAME.txt with the article text as it "
    "should come out; a Parquet file has the columns html (or text) and body. A few dozen pages of a site are enough. "
    "A quarter of the pages is set apart to choose the best pass on and to measure with. Needs the extra train: "
    "pip install 'article-cleaner[train]'"
)


class SplitOption(str, enum.Enum):
    """Values of --split-by."""

    AUTO = "auto"
    DOMAIN = "domain"
    PAGE = "page"


@guarded
def train(
    paths: Annotated[list[str], typer.Argument(metavar="GOLD", help="Labelled pages: folders or Parquet files.")],
    *,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="The weights file to write.")],
    start: Annotated[
        str | None, typer.Option("--start", metavar="FILE", help="Weights to start from. [default: the packaged ones]")
    ] = None,
    from_scratch: Annotated[
        bool, typer.Option("--from-scratch", help="Start from nothing; for hundreds of pages or more.")
    ] = False,
    split_by: Annotated[
        SplitOption,
        typer.Option(
            "--split-by",
            metavar="WHAT",
            help="What the dev part differs by: domain, page, or auto (3 domains or more).",
        ),
    ] = SplitOption.AUTO,
    passes: Annotated[
        int | None,
        typer.Option("--passes", min=1, metavar="N", help="Passes over the pages at most; it stops earlier by itself."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="The same seed gives the same weights.")] = 5,
    as_json: JsonOption = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace FILE.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and notes.")] = False,
    debug: DebugOption = False,  # noqa: ARG001 - read by guarded
) -> int:
    """Train on labelled pages."""
    _check_extra()
    if start is not None and from_scratch:
        raise SetupError("two_starts", "--start and --from-scratch contradict each other; give one of them.")
    for path in paths:
        if not os.path.lexists(path):
            raise SetupError("not_found", f"There is no file or folder {path}.", where=path)
    from cleaner.evaluation.gold import read_all_gold
    from cleaner.training.own.pages import check_pages
    from cleaner.training.own.run import Order, check_enough, check_output, train_own

    order = Order(
        output=Path(output),
        overwrite=overwrite,
        start=start,
        from_scratch=from_scratch,
        split_by=split_by.value,
        seed=seed,
        passes=passes,
    )
    check_output(order)
    with _bar(quiet=quiet) as move:
        gold = check_pages(read_all_gold(paths), on_page=lambda done: move("read", done, None))
    _list_skipped(gold)
    check_enough(gold)
    with _bar(quiet=quiet) as move:
        outcome = train_own(gold, order, on_step=move)
    if not quiet:
        say(*_notes(outcome))
    _print(outcome, gold, as_json=as_json)
    return 0


def _check_extra() -> None:
    import importlib.util

    for module in ("torch", "rapidfuzz"):
        if importlib.util.find_spec(module) is None:
            raise SetupError(
                "missing_extra",
                f"Training needs {module}, which is not installed. Run: pip install 'article-cleaner[train]'",
            )


def _list_skipped(gold: Gold) -> None:
    for entry in gold.skipped:
        say(f"skipped: {entry.id}: {entry.reason}")
    if gold.test_pages:
        say(f"note: {gold.test_pages} pages of split test are left alone.")


def _notes(outcome: Outcome) -> Iterator[str]:
    what = {"domain": "their domains", "page": "page", "column": "their column split"}[outcome.split_by]
    yield f"{outcome.pages['train']} pages to learn from, {outcome.pages['dev']} to choose on, set apart by {what}."
    for tuned, of_what in ((outcome.tuned, ""), (outcome.texts, " as text")):
        if tuned is None:
            continue
        if tuned.best == 0:
            yield f"No pass was better than the start on the dev pages{of_what}: the new file holds the start."
        else:
            yield f"Pass {tuned.best} of {len(tuned.passes) - 1} was the best on the dev pages{of_what}."


def _print(outcome: Outcome, gold: Gold, *, as_json: bool) -> None:
    if as_json:
        import json

        data: dict[str, Any] = outcome.to_dict()
        data["skipped"] = [dataclasses.asdict(entry) for entry in gold.skipped]
        emit(f"{json.dumps(data, ensure_ascii=False, indent=2 if is_terminal(sys.stdout) else None)}\n".encode())
        return
    from cleaner.training.own.figures import figures_table

    before = "packaged" if outcome.header["start"] == "scratch" else "start"
    show(figures_table([(before, outcome.before), ("new", outcome.after)]))
    say(f"The weights are in {outcome.output}. Use them: cleaner clean PAGE --weights {outcome.output}")


_WORDS = {"read": "reading pages", "prepare": "preparing pages", "train": "training", "texts": "training for texts"}


@contextlib.contextmanager
def _bar(*, quiet: bool) -> Iterator[Callable[[str, int, int | None], None]]:
    """Show on a terminal what is being done and how far it is; yields what to call with name, done and total."""
    if quiet or not is_terminal(sys.stderr):
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def move(name: str, done: int, total: int | None) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(_WORDS[name], total=total)
            bar.update(tasks[name], completed=done)

        yield move
