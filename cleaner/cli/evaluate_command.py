"""`cleaner evaluate`: quality and speed on pages whose article text is known, beside other cleaners."""

from __future__ import annotations

import dataclasses
import enum
import os
import sys
from typing import TYPE_CHECKING, Annotated, Any, Final, Protocol

import typer

from cleaner.cli.guard import guarded
from cleaner.cli.options import (
    ConfigOption,
    DebugOption,
    JobsOption,
    JsonOption,
    KeepOption,
    PrecisionOption,
    RecallOption,
    SiteKeyOption,
    SitePagesOption,
    ThresholdOption,
    WeightsOption,
    make_settings,
    split_words,
)
from cleaner.console import counter, emit, is_terminal, show
from cleaner.errors import SetupError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from cleaner.settings import Settings

EVALUATE_HELP: Final = (
    "Measure how well pages are cleaned, on pages whose article text is known.\n\n"
    "\b\n"
    "  cleaner evaluate labelled.parquet --against trafilatura,justext\n"
    "  cleaner evaluate my-labelled-pages --as-text --worst 10\n"
    "  cleaner evaluate corpora --split dev --by language --against trafilatura\n"
    "  cleaner evaluate papers.parquet --by site --as-text\n"
    "  cleaner evaluate my-pages --kinds my-kinds.jsonl\n"
    "  cleaner evaluate labelled.parquet --metadata --against trafilatura"
)


class Grouping(str, enum.Enum):
    """Values of --by."""

    LANGUAGE = "language"
    TYPE = "type"
    SITE = "site"


@guarded
def evaluate(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PARQUET|FOLDER", help="Labelled pages: Parquet files or folders.", show_default=False),
    ] = None,
    *,
    against: Annotated[
        list[str] | None,
        typer.Option("--against", metavar="NAMES", help="Other cleaners to measure in the same run, as in: a,b"),
    ] = None,
    as_text: Annotated[bool, typer.Option("--as-text", help="Flatten HTML to plain text first.")] = False,
    split: Annotated[
        str | None, typer.Option("--split", metavar="NAME", help="Only pages of this split, such as dev.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="At most so many pages of each corpus.")
    ] = None,
    by: Annotated[
        Grouping | None,
        typer.Option(
            "--by",
            metavar="GROUP",
            help="Group pages by language or type; by site: with what was learned of it and without.",
        ),
    ] = None,
    oracle: Annotated[
        bool, typer.Option("--oracle", help="Measure the best choice of paragraphs there is, too.")
    ] = False,
    calibration: Annotated[
        bool, typer.Option("--calibration", help="Say how far scores mean what they say, instead.")
    ] = False,
    kinds: Annotated[
        str | None,
        typer.Option("--kinds", metavar="FILE", help="Say how well kinds are told, instead, on these paragraphs."),
    ] = None,
    metadata: Annotated[
        bool, typer.Option("--metadata", help="Measure metadata and language, instead; --against takes others.")
    ] = False,
    worst: Annotated[int, typer.Option("--worst", min=0, metavar="N", help="List the N worst pages, too.")] = 0,
    threshold: ThresholdOption = None,
    precision: PrecisionOption = False,
    recall: RecallOption = False,
    keep: KeepOption = None,
    site_key: SiteKeyOption = None,
    site_pages: SitePagesOption = None,
    weights: WeightsOption = None,
    config: ConfigOption = None,
    jobs: JobsOption = 1,
    as_json: JsonOption = False,
    debug: DebugOption = False,  # noqa: ARG001 - read by guarded
) -> int:
    """Evaluate on labelled pages."""
    paths = paths or []
    settings = make_settings(
        config,
        threshold,
        keep,
        weights=weights,
        precision=precision,
        recall=recall,
        site_key=site_key,
        site_pages=site_pages,
    )
    _check_paths(paths if kinds is None else [kinds, *paths])
    _check_together("--kinds", given=kinds is not None, others=[against, by, oracle, worst, split, limit, calibration])
    _check_together("--calibration", given=calibration, others=[against, by, oracle, worst])
    if kinds is not None:
        return _kinds(kinds, paths, as_text=as_text, settings=settings, as_json=as_json)
    if metadata:
        _check_together("--metadata", given=metadata, others=[as_text, by, oracle, worst, calibration])
        choice = {"against": split_words(against), "split": split, "limit": limit}
        return _metadata(paths, choice, settings=settings, as_json=as_json)
    if calibration:
        choice = {"as_text": as_text or None, "split": split, "limit": limit}
        return _calibration(paths, choice, settings=settings, as_json=as_json)
    choice = {"as_text": as_text, "split": split, "limit": limit}
    if by is Grouping.SITE:
        if against or oracle or worst:
            raise SetupError(
                "not_together",
                "--by site measures this cleaner without and with profiles. Leave out --against, --oracle and --worst, "
                "or run them apart.",
            )
        return _sites(paths, choice, settings=settings, as_json=as_json)
    choice |= {"against": [*split_words(against), *(["oracle"] if oracle else [])], "workers": jobs}
    return _texts(paths, choice, settings=settings, by=by, worst=worst, as_json=as_json)


def _check_paths(paths: list[str]) -> None:
    if not paths:
        raise SetupError(
            "pages_needed",
            "Name labelled pages: a Parquet file, or a folder with the article text of NAME.html in NAME.txt.",
        )
    for path in paths:
        if not os.path.lexists(path):
            raise SetupError("not_found", f"There is no file or folder {path}.", where=path)


def _check_together(name: str, *, given: bool, others: list[object]) -> None:
    """Refuse options that would change nothing beside --kinds and --calibration."""
    if given and any(others):
        raise SetupError(
            "not_together",
            f"{name} measures something else than texts. Leave out "
            f"{'--as-text' if name == '--metadata' else '--against'}, --by, --oracle, --worst"
            f"{', --split, --limit and --calibration' if name == '--kinds' else ''}, or run them apart.",
        )


class _Printable(Protocol):
    """What was measured, as data and as something to show."""

    def to_dict(self) -> dict[str, Any]: ...
    def to_table(self) -> RenderableType: ...


def _print(report: _Printable, *, as_json: bool) -> int:
    """Print what was measured; return the exit code."""
    if as_json:
        _emit_json(report.to_dict())
    else:
        show(report.to_table())
    return 0


def _kinds(path: str, pages: list[str], *, as_text: bool, settings: Settings, as_json: bool) -> int:
    from cleaner.evaluation.kinds import evaluate_kinds

    with counter() as count:
        report = evaluate_kinds(path, pages, as_text=as_text, settings=settings, on_page=count)
    return _print(report, as_json=as_json)


def _metadata(paths: list[str], choice: dict[str, Any], *, settings: Settings, as_json: bool) -> int:
    from cleaner.evaluation.metadata_figures import evaluate_metadata

    with counter() as count:
        result = evaluate_metadata(paths, **choice, settings=settings, on_page=count)
    return _print(result, as_json=as_json)


def _calibration(paths: list[str], choice: dict[str, Any], *, settings: Settings, as_json: bool) -> int:
    from cleaner.evaluation.reliability import measure_reliability

    with counter() as count:
        rows = measure_reliability(paths, **choice, settings=settings, on_page=count)
    if as_json:
        _emit_json({"format": 1, "calibration": [row.to_dict() for row in rows]})
    else:
        from cleaner.evaluation.tables import reliability_table

        show(reliability_table(rows))
    return 0


def _sites(paths: list[str], choice: dict[str, Any], *, settings: Settings, as_json: bool) -> int:
    from cleaner.evaluation.sites import evaluate_sites

    with counter() as count:
        report = evaluate_sites(paths, **choice, settings=settings, on_page=count)
    return _print(report, as_json=as_json)


def _texts(
    paths: list[str],
    choice: dict[str, Any],
    *,
    settings: Settings,
    by: Grouping | None,
    worst: int,
    as_json: bool,
) -> int:
    from cleaner.evaluation.evaluate import evaluate as measure

    with counter() as count:
        result = measure(paths, **choice, settings=settings, on_page=count)
    grouping = None if by is None else by.value
    if as_json:
        data = result.to_dict(by=grouping)
        if worst:
            data["worst"] = [{"f1": f1, **dataclasses.asdict(page)} for f1, page in result.worst(worst)]
        _emit_json(data)
    else:
        show(result.to_table(by=grouping), *([result.to_worst_table(worst)] if worst else []))
    return 0


def _emit_json(data: object) -> None:
    import json

    emit(f"{json.dumps(data, ensure_ascii=False, indent=2 if is_terminal(sys.stdout) else None)}\n".encode())
