"""Hold the test figures against floors that may only rise: ``python -m cleaner.evaluation.gate``.

The floors stand in ``fixtures/quality/floors.json`` with the SHA-256 of every corpus they were measured on: F1 of the
text, how well paragraphs are named, and what becomes of the texts users came with (``seeds``). The gate fails when a
figure lies below its floor by more than epsilon, when a floor has no figure, when cleaning a page raises, and when a
corpus is not the one the floors belong to. ``--update`` raises floors to what was measured, rounded down to three
decimals. It lowers none, and accepts no other corpus, unless ``--allow-regression "reason"`` is given; the reason is
then kept in the file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaner.errors import CleanerError, SetupError
from cleaner.evaluation.evaluate import Evaluation, Row, evaluate
from cleaner.evaluation.gold import find_corpora
from cleaner.evaluation.kinds import evaluate_kinds
from cleaner.evaluation.peers import OURS
from cleaner.evaluation.seeds import measure_seeds, read_seeds
from cleaner.settings import DEFAULTS, Settings

if TYPE_CHECKING:
    from rich.text import Text

__all__ = ["FLOORS_PATH", "Check", "Floors", "compare", "corpus_digests", "main", "measure_corpora"]

FLOORS_PATH = Path(__file__).parents[2] / "fixtures" / "quality" / "floors.json"

Figures = dict[str, dict[str, float]]
"""Name of a set of pages -> metric -> figure, 0..1."""

_FILES = ("corpora/aeb", "corpora/wcxb-test", "text/aeb", "text/wcxb-test")
"""Test sets: in the folder of corpora, and in the folder ``text`` beside it."""

_KINDS = "kinds/visible"
"""Paragraphs of test pages that people named, beside the folder of corpora."""

_METRICS = {"aeb": "shingle_f1", "wcxb-test": "word_f1"}
"""The one figure of each test set that is published for other systems."""

_SEPARATOR = " / "
"""Between the parts of a figure's name."""

_SHOWN_FAILURES = 20

_STEP = 1000
"""Floors have three decimals."""


@dataclass(frozen=True, slots=True)
class Floors:
    """What ``floors.json`` says."""

    about: str
    epsilon: float
    epsilon_reason: str
    corpora: Mapping[str, str]
    """Test set -> ``sha256:...`` of its file."""
    floors: Figures
    regressions: tuple[Mapping[str, Any], ...] = ()
    """Every floor that was ever lowered and every corpus that was replaced: what, from, to, reason, date."""

    @classmethod
    def read(cls, path: Path) -> Floors:
        """Read a floors file. Raises SetupError (``bad_floors``) if it is missing or not what it should be."""
        try:
            data = json.loads(path.read_text("utf-8"))
            epsilon = data["epsilon"]
            return cls(
                about=data.get("about", ""),
                epsilon=float(epsilon["value"]),
                epsilon_reason=str(epsilon["reason"]),
                corpora=dict(data["corpora"]),
                floors={
                    name: {metric: float(floor) for metric, floor in metrics.items()}
                    for name, metrics in data["floors"].items()
                },
                regressions=tuple(data.get("regressions", ())),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise SetupError(
                "bad_floors", f"The floors in {path} cannot be read: {error!r}. Restore the file.", where=str(path)
            ) from error

    def write(self, path: Path) -> None:
        """Write the file, whole or not at all, in an order that makes a small difference a small diff."""
        data = {
            "about": self.about,
            "epsilon": {"value": self.epsilon, "reason": self.epsilon_reason},
            "corpora": dict(sorted(self.corpora.items())),
            "floors": {name: dict(sorted(metrics.items())) for name, metrics in self.floors.items()},
            "regressions": list(self.regressions),
        }
        unfinished = path.with_suffix(".json.part")
        unfinished.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", "utf-8")
        unfinished.replace(path)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the gate's table."""

    name: str
    metric: str
    floor: float | None
    """None: measured, but without a floor yet."""
    measured: float | None
    """None: there is a floor, but the pages it belongs to were not measured."""
    ok: bool


def compare(floors: Floors, measured: Figures) -> list[Check]:
    """Hold figures against floors: a figure may lie epsilon below its floor, and a floor without a figure is missed."""
    checks = []
    for name in dict.fromkeys([*floors.floors, *measured]):
        metrics = dict.fromkeys([*floors.floors.get(name, {}), *measured.get(name, {})])
        for metric in metrics:
            floor = floors.floors.get(name, {}).get(metric)
            value = measured.get(name, {}).get(metric)
            ok = floor is None or (value is not None and value >= floor - floors.epsilon)
            checks.append(Check(name, metric, floor=floor, measured=value, ok=ok))
    return checks


def raised(floors: Floors, measured: Figures, *, digests: Mapping[str, str], regression: str = "") -> Floors:
    """Return floors raised to the measured figures, rounded down to three decimals.

    A figure within epsilon below its floor leaves the floor as it is. ``regression`` is the reason why a floor may be
    lowered or a corpus replaced; each such case is added to ``regressions``.

    Raises SetupError (``would_lower_floor``, ``corpus_changed``) where a reason is needed and none is given.
    """
    lowered: list[dict[str, Any]] = []
    known = {name: dict(metrics) for name, metrics in floors.floors.items()}
    for check in compare(floors, measured):
        if check.measured is None:
            continue
        value = math.floor(check.measured * _STEP + 1e-9) / _STEP  # 0.955 * 1000 is 954.9999999999999
        if check.floor is None or value > check.floor:
            known.setdefault(check.name, {})[check.metric] = value
        elif not check.ok:
            known[check.name][check.metric] = value
            lowered.append({"what": f"{check.name}, {check.metric}", "from": check.floor, "to": value})
    replaced = [
        {"what": name, "from": floors.corpora[name], "to": digest}
        for name, digest in digests.items()
        if floors.corpora.get(name, digest) != digest
    ]
    if (lowered or replaced) and not regression.strip():
        cases = "; ".join(f"{case['what']} from {case['from']} to {case['to']}" for case in [*lowered, *replaced])
        raise SetupError(
            "corpus_changed" if replaced else "would_lower_floor",
            f"The update would lower or replace: {cases}. Give the reason with --allow-regression, or mend the cause.",
        )
    noted = {"reason": regression.strip(), "date": datetime.now(timezone.utc).date().isoformat()}
    return replace(
        floors,
        corpora={**floors.corpora, **digests},
        floors=known,
        regressions=(*floors.regressions, *(case | noted for case in [*lowered, *replaced])),
    )


def corpus_digests(corpora: Path) -> dict[str, str]:
    """Return ``sha256:...`` of each test set that is there."""
    digests = {}
    for name, path in [*_test_files(corpora), *_kinds_files(corpora)]:
        with path.open("rb") as file:
            digests[name] = f"sha256:{_sha256(file)}"
    return digests


def measure_corpora(
    corpora: Path, *, system: str = OURS, settings: Settings = DEFAULTS, workers: int = 1
) -> tuple[Figures, list[str]]:
    """Measure a system on all test sets that are there, HTML and flattened text; return figures and failures.

    From HTML each page type has a figure, from text each renderer, all pages and articles alone; precision and recall
    of the status ``not_article`` are measured where HTML pages of both sorts are. Only we name paragraphs and clean
    seeds. A failure is a sentence about a page on which the system raised.
    """
    figures: Figures = {}
    failures: list[str] = []
    for name, path in _test_files(corpora):  # one by one: both folders hold files of the same names
        sys.stderr.write(f"Measuring {name} ...\n")
        result = evaluate([path], against=[system], ours=system == OURS, settings=settings, workers=workers)
        for row in result.rows():
            place = _figure_name(row)
            metric = _METRICS[row.corpus]
            value: float | None = getattr(row, metric)
            if place and value is not None:
                figures[place] = {metric: value}
        figures |= _status_figures(result)
        failures += [
            f"{name}, page {page.id}: {outcome.failure}"
            for page in result.measurements
            for outcome in page.outcomes
            if outcome.failure
        ]
    if system == OURS:
        figures |= _named_figures(corpora, settings) | _seed_figures(corpora, settings)
    return figures, failures


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the gate. Returns 0 when all holds or there are no corpora, 1 when not, 2 when it could not be run."""
    options = _parser().parse_args(arguments)
    try:
        if options.allow_regression and not options.update:
            raise SetupError("bad_option", "--allow-regression belongs to --update.")
        corpora = options.corpora or find_corpora()
        if corpora is None or not corpora.is_dir():
            sys.stdout.write("skipped: no corpora\n")
            return 0
        return _run(corpora, options)
    except CleanerError as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _run(corpora: Path, options: argparse.Namespace) -> int:
    floors = Floors.read(options.floors)
    digests = corpus_digests(corpora)
    changed = [name for name, digest in floors.corpora.items() if digests.get(name) != digest]
    measured, failures = measure_corpora(corpora, system=options.system, workers=options.workers)
    checks = compare(floors, measured)
    _print(checks, changed, failures)
    if options.update:
        raised(floors, measured, digests=digests, regression=options.allow_regression).write(options.floors)
        sys.stdout.write(f"Floors written to {options.floors}.\n")
        return 0
    return 0 if all(check.ok for check in checks) and not changed and not failures else 1


def _print(checks: Sequence[Check], changed: Sequence[str], failures: Sequence[str]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("", overflow="fold")
    for heading in ("floor", "measured", "margin"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for test_set, members in groupby(sorted(checks, key=_test_set), key=_test_set):
        table.add_row(Text(test_set, style="italic"))
        for check in members:
            table.add_row(Text(f"  {check.name.partition(_SEPARATOR)[2]}"), *_cells(check))
    console = Console()
    console.print(table)
    for name in changed:
        console.print(Text(f"CHANGED: {name} is not the file the floors were measured on.", style="bold red"))
    for failure in failures[:_SHOWN_FAILURES]:
        console.print(Text(f"RAISED: {failure}", style="bold red"))
    if failures:
        console.print(Text(f"RAISED on {len(failures)} pages in all.", style="bold red"))
    missed = sum(not check.ok for check in checks)
    console.print(f"{len(checks) - missed} of {len(checks)} figures hold their floors.", highlight=False)


def _test_set(check: Check) -> str:
    return f"{check.name.partition(_SEPARATOR)[0]}, {check.metric}"


def _cells(check: Check) -> list[Text]:
    from rich.text import Text

    margin = None if check.floor is None or check.measured is None else check.measured - check.floor
    return [
        Text("none yet" if check.floor is None else f"{check.floor:.4f}"),
        Text("not measured" if check.measured is None else f"{check.measured:.4f}"),
        Text("" if margin is None else f"{margin:+.4f}"),
        Text("ok", style="green") if check.ok else Text("MISSED", style="bold red"),
    ]


def _figure_name(row: Row) -> str:
    """Name a row that has a floor, e.g. ``wcxb-test / html / article``; '' for rows that have none."""
    if row.language is not None or (row.renderer and row.page_type not in {None, "article"}):
        return ""
    return _SEPARATOR.join((row.corpus, row.renderer or "html", row.page_type or "all"))


def _status_figures(result: Evaluation) -> Figures:
    """Return precision and recall of ``not_article``, e.g. of ``wcxb-test / html / not_article``."""
    figures: Figures = {}
    for row in result.statuses():
        if row.articles and row.others and not row.renderer:
            known = {"precision": row.precision, "recall": row.recall}
            place = _SEPARATOR.join((row.corpus, "html", "not_article"))
            figures[place] = {metric: value for metric, value in known.items() if value is not None}
    return figures


def _named_figures(corpora: Path, settings: Settings) -> Figures:
    """Return how many of the surely named paragraphs we name alike, and how many we put on the same side."""
    figures: Figures = {}
    pages = [path for name, path in _test_files(corpora) if name.startswith("corpora/")]
    for name, path in _kinds_files(corpora):
        for form in ("html", "text"):
            sys.stderr.write(f"Measuring {name} from {form} ...\n")
            report = evaluate_kinds(path, pages, as_text=form == "text", settings=settings)
            found = report.figures(sure_only=True)
            known = {"accuracy": found.accuracy, "sides": found.side_accuracy}
            place = _SEPARATOR.join(("kinds", form, "sure"))
            figures[place] = {metric: value for metric, value in known.items() if value is not None}
    return figures


def _seed_figures(corpora: Path, settings: Settings) -> Figures:
    found = measure_seeds(corpora.resolve().parent / "seeds", read_seeds(), settings=settings)
    return {_SEPARATOR.join(("seeds", name)): metrics for name, metrics in found.items()}


def _kinds_files(corpora: Path) -> Iterator[tuple[str, Path]]:
    path = corpora.resolve().parent / f"{_KINDS}.jsonl"
    if path.is_file():
        yield _KINDS, path


def _test_files(corpora: Path) -> Iterator[tuple[str, Path]]:
    for name in _FILES:
        folder, stem = name.split("/")
        path = (corpora if folder == "corpora" else corpora.resolve().parent / folder) / f"{stem}.parquet"
        if path.is_file():
            yield name, path


def _sha256(file: Any) -> str:
    digest = hashlib.sha256()
    while part := file.read(1 << 20):
        digest.update(part)
    return digest.hexdigest()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m cleaner.evaluation.gate", description=__doc__.split("\n\n")[0])
    parser.add_argument("--corpora", type=Path, help="folder of corpora (default: $CLEANER_CORPORA, ../shared/corpora)")
    parser.add_argument("--floors", type=Path, default=FLOORS_PATH, help="floors file")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1), help="processes (default: 2)")
    parser.add_argument("--update", action="store_true", help="raise the floors to what is measured now")
    parser.add_argument("--allow-regression", default="", metavar="REASON", help="let --update lower floors, and why")
    parser.add_argument("--system", default=OURS, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
