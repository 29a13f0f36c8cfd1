"""`cleaner evaluate`: quality and speed on pages whose article text is known, beside other cleaners."""

from __future__ import annotations

import dataclasses
import os
import sys
from typing import Annotated, Final, Optional

import typer

from cleaner.cli.guard import guarded
from cleaner.cli.options import (
    ConfigOption,
    DebugOption,
    JobsOption,
    JsonOption,
    KeepOption,
    ThresholdOption,
    make_settings,
    split_words,
)
from cleaner.console import counter, emit, is_terminal, show
from cleaner.errors import SetupError

EVALUATE_HELP: Final = (
    "Measure how well pages are cleaned, on pages whose article text is known.\n\n"
    "\b\n"
    "  cleaner evaluate labelled.parquet --against trafilatura,justext\n"
    "  cleaner evaluate my-labelled-pages --as-text --worst 10"
)


@guarded
def evaluate(
    paths: Annotated[
        list[str], typer.Argument(metavar="PARQUET|FOLDER", help="Labelled pages: Parquet files or folders.")
    ],
    *,
    against: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer evaluates this on Python 3.10, too
        typer.Option("--against", metavar="NAMES", help="Other cleaners to measure in the same run, as in: a,b"),
    ] = None,
    as_text: Annotated[bool, typer.Option("--as-text", help="Flatten HTML to plain text first.")] = False,
    split: Annotated[
        Optional[str],  # noqa: UP045 - typer evaluates this on Python 3.10, too
        typer.Option("--split", metavar="NAME", help="Only pages of this split, such as dev."),
    ] = None,
    limit: Annotated[
        Optional[int],  # noqa: UP045 - typer evaluates this on Python 3.10, too
        typer.Option("--limit", min=1, metavar="N", help="At most so many pages of each corpus."),
    ] = None,
    worst: Annotated[int, typer.Option("--worst", min=0, metavar="N", help="List the N worst pages, too.")] = 0,
    threshold: ThresholdOption = None,
    keep: KeepOption = None,
    config: ConfigOption = None,
    jobs: JobsOption = 1,
    as_json: JsonOption = False,
    debug: DebugOption = False,  # noqa: ARG001 - read by guarded
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
            against=split_words(against),
            as_text=as_text,
            split=split,
            limit=limit,
            settings=make_settings(config, threshold, keep),
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
