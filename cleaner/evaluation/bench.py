"""Measure speed beside peers, on the same pages in the same run: ``python -m cleaner.evaluation.bench``.

One process, one thread. Two tasks are timed apart: text output only, and text with metadata. Every system sees a page
before the next page comes, the first one changing from page to page; what a system loads on first use is loaded before.
Times are CPU times, so that a busy machine disturbs the ratios little. Read the ratios; the milliseconds belong to the
machine in the header. ``--profile`` says where our own time goes, ``--plot FILE`` how it grows with the page.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cleaner.errors import CleanerError, SetupError
from cleaner.evaluation.gold import GoldPage, find_corpora, read_gold
from cleaner.evaluation.measure import ONE_THREAD, Job, run_timed, warm_peers
from cleaner.evaluation.metrics import word_f1
from cleaner.evaluation.peers import OURS, OURS_WITH_METADATA, PEERS, available_peers, peer_version
from cleaner.evaluation.plot import Spot, draw_spots
from cleaner.settings import DEFAULTS, Settings

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["DEFAULT_PAGES", "SYSTEMS", "Speed", "bench", "main", "sample_pages", "speed_svg"]

SYSTEMS = (OURS, "trafilatura", "resiliparse", OURS_WITH_METADATA, "trafilatura-metadata")
"""Measured unless others are named: ours, the most used, the fastest in wide use; then those two with metadata."""

DEFAULT_PAGES = 300
"""Enough for a 95th percentile that repeats to a few per cent; a minute with trafilatura at 100 ms a page."""

_FILES = ("aeb", "wcxb-test")


@dataclass(frozen=True, slots=True)
class Speed:
    """The speed of one system over all pages of a run, in CPU time."""

    system: str
    version: str
    pages: int
    ms_median: float
    ms_p95: float
    """95 of 100 pages take at most this."""
    pages_per_second: float
    """Pages divided by the sum of their times."""
    times_first: float
    """How many times longer the system takes than the first one of the same task, all pages together."""
    reads_metadata: bool
    """The task: text with metadata, or text only."""
    word_f1: float | None
    """How good the texts are: F1 of word bags, averaged over the pages; None when no page has gold."""
    failures: int
    """Pages on which the system raised. Raising may be quicker than working, so such times claim nothing."""
    first_failure: str
    """What was raised first; '' when nothing was."""


def sample_pages(corpora: Path, count: int) -> list[GoldPage]:
    """Take up to ``count`` pages evenly spaced through the test sets that are there, the same ones every time."""
    pages = [page for name in _FILES if (path := corpora / f"{name}.parquet").is_file() for page in read_gold(path)]
    if count >= len(pages):
        return pages
    return [pages[place * len(pages) // count] for place in range(count)]


def bench(pages: Sequence[GoldPage], systems: Sequence[str] = SYSTEMS, *, settings: Settings = DEFAULTS) -> list[Speed]:
    """Time each system on each page. Raises SetupError for a system that is unknown or not installed, or no pages."""
    if not pages:
        raise SetupError("no_pages", "There is no page to time.")
    peers = warm_peers(Job(tuple(systems), settings=settings, as_text=False))
    runs: list[list[_Run]] = [[] for _ in peers]
    gc.collect()
    gc.freeze()  # what stands before the first page is nobody's garbage; makes the collections below cheap
    try:
        for number, page in enumerate(pages):
            for turn in range(len(peers)):
                place = (number + turn) % len(peers)
                gc.collect()  # or the next system pays for the garbage of the last
                text, seconds, failure = run_timed(peers[place], page.source, page.url, page.content_type)
                runs[place].append(_Run(seconds, failure, None if page.body is None else word_f1(text, page.body)))
    finally:
        gc.unfreeze()
    firsts: dict[bool, float] = {}
    speeds = []
    for system, found in zip(systems, runs, strict=True):
        task = PEERS[system].reads_metadata
        first = firsts.setdefault(task, sum(run.seconds for run in found))
        speeds.append(_speed(system, found, first=first))
    return speeds


def machine() -> str:
    """Say in one line what the times were measured on: processor, cores, system, Python."""
    system = f"{platform.system()} {platform.machine()}"
    return f"{_processor()}, {os.cpu_count()} cores, {system}, Python {platform.python_version()}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark. Returns 0, also without corpora, 1 when ours raised on a page, 2 when it could not be run."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser().parse_args(arguments)
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):
        # numpy reads these once, when it is imported, and by now it is: start again with them set.
        command = [sys.executable, "-m", "cleaner.evaluation.bench", *arguments]
        return subprocess.run(command, env={**os.environ, **ONE_THREAD}, check=False).returncode  # noqa: S603 - ourselves
    try:
        if options.plot:
            return _run_growth(options)
        corpora = options.corpora or find_corpora()
        pages = sample_pages(corpora, options.pages) if corpora is not None and corpora.is_dir() else []
        if not pages:
            sys.stdout.write("skipped: no corpora\n")
            return 0
        return _run_profile(pages, options) if options.profile else _run_bench(pages, options)
    except CleanerError as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _run_bench(pages: Sequence[GoldPage], options: argparse.Namespace) -> int:
    systems = [*options.against, *(name for name in available_peers() if name != "untouched" and options.all)]
    speeds = bench(pages, tuple(dict.fromkeys([OURS, *(systems or SYSTEMS)])))
    if options.json:
        _write_json({"speeds": [asdict(speed) for speed in speeds]})
    else:
        _print(speeds)
    if options.picture:
        options.picture.write_text(speed_svg(speeds), "utf-8")
    return 1 if speeds[0].failures else 0


def speed_svg(speeds: Sequence[Speed]) -> str:
    """Draw accuracy against time, one spot a system; those without gold or with metadata are left out."""
    spots = [
        Spot(f"{speed.system} {speed.version}", speed.ms_median, speed.word_f1, is_ours=speed.system == OURS)
        for speed in speeds
        if speed.word_f1 is not None and not speed.reads_metadata
    ]
    return draw_spots(
        spots,
        x_label="milliseconds a page (median)",
        y_label="word F1",
        title="Accuracy against time: further up is better, further left is quicker",
        caption=f"{speeds[0].pages} pages of aeb and wcxb-test, HTML to text, one thread.\n{machine()}",
    )


def _run_profile(pages: Sequence[GoldPage], options: argparse.Namespace) -> int:
    from cleaner.evaluation.stages import profile

    rows = profile(pages)
    if options.json:
        _write_json({"pages": len(pages), "stages": [asdict(row) for row in rows]})
        return 0
    sys.stdout.write(f"{machine()}\n{len(pages)} pages, HTML, defaults (metadata and language too), CPU time\n\n")
    sys.stdout.write(f"{'stage':<10}{'ms mean':>9}{'ms median':>11}{'share':>8}\n")
    for row in rows:
        sys.stdout.write(f"{row.stage:<10}{row.ms_mean:>9.2f}{row.ms_median:>11.2f}{row.share:>8.1%}\n")
    return 0


def _run_growth(options: argparse.Namespace) -> int:
    from cleaner.evaluation import growth

    def show(plan: growth.Plan, point: growth.Point) -> None:
        if not options.json:
            place = f"{point.size:>11,} bytes {point.paragraphs:>8,} paragraphs"
            sys.stdout.write(f"{plan.name:<20}{place} {point.seconds:>9.3f} s\n")
            sys.stdout.flush()

    grown = growth.measure_growth(growth.PLANS, on_point=show)
    options.plot.write_text(growth.growth_svg(grown, machine()), "utf-8")
    if options.json:
        _write_json({"growth": [asdict(row) | {"exponent": row.exponent} for row in grown]})
        return 0
    for row in grown:
        sys.stdout.write(f"{row.plan.name}: time grows with the power {row.exponent:.2f} (1 is linear).\n")
    sys.stdout.write(f"Plot written to {options.plot}.\n")
    return 0


def _write_json(data: dict[str, object]) -> None:
    sys.stdout.write(json.dumps({"machine": machine(), **data}) + "\n")


class _Run(NamedTuple):
    """One system on one page."""

    seconds: float
    failure: str
    word_f1: float | None


def _speed(system: str, runs: Sequence[_Run], *, first: float) -> Speed:
    ordered = sorted(run.seconds for run in runs)
    total = sum(ordered)
    failures = [run.failure for run in runs if run.failure]
    known = [run.word_f1 for run in runs if run.word_f1 is not None]
    return Speed(
        system=system,
        version=peer_version(system),
        pages=len(runs),
        ms_median=statistics.median(ordered) * 1000,
        ms_p95=ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)] * 1000,
        pages_per_second=len(runs) / total if total else 0.0,
        times_first=total / first if first else 0.0,
        reads_metadata=PEERS[system].reads_metadata,
        word_f1=statistics.fmean(known) if known else None,
        failures=len(failures),
        first_failure=failures[0] if failures else "",
    )


def _print(speeds: Sequence[Speed]) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    console.print(machine())
    console.print(f"{speeds[0].pages} pages, HTML to text, one process, one thread, CPU time")
    for task, title in ((False, "Text only"), (True, "Text, metadata and language")):
        rows = [speed for speed in speeds if speed.reads_metadata == task]
        if rows:
            console.print(_table(rows, title))
        for speed in rows[1:]:
            if speed.times_first >= 1 and not rows[0].failures + speed.failures:
                console.print(f"{speed.times_first:.1f} times as fast as {speed.system}.")
    for speed in speeds:
        if speed.failures:
            console.print(
                f"{speed.system} raised on {speed.failures} pages, first: {speed.first_failure}", markup=False
            )


def _table(rows: Sequence[Speed], title: str) -> Table:
    from rich import box
    from rich.table import Table

    from cleaner.evaluation.tables import figure

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("system", no_wrap=True)
    for heading in ("ms median", "p95", "pages/s", "times", "word F1", "failed"):
        table.add_column(heading, justify="right", no_wrap=True)
    for speed in rows:
        table.add_row(
            f"{speed.system} {speed.version}".strip(),
            f"{speed.ms_median:.1f}",
            f"{speed.ms_p95:.1f}",
            f"{speed.pages_per_second:.1f}",
            f"{speed.times_first:.2f}",
            figure(speed.word_f1),
            str(speed.failures) if speed.failures else "",
        )
    return table


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown processor"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m cleaner.evaluation.bench", description=__doc__.split("\n\n")[0])
    parser.add_argument("--corpora", type=Path, help="folder of corpora (default: $CLEANER_CORPORA, ../shared/corpora)")
    parser.add_argument("--pages", type=_positive, default=DEFAULT_PAGES, help="how many (default: %(default)s)")
    parser.add_argument("--all", action="store_true", help="measure every system that is installed")
    parser.add_argument("--against", action="append", default=[], choices=PEERS, metavar="SYSTEM", help="repeatable")
    parser.add_argument("--profile", action="store_true", help="say where our own time goes instead")
    parser.add_argument("--plot", type=Path, metavar="SVG", help="measure and draw how time grows with size instead")
    parser.add_argument("--picture", type=Path, metavar="SVG", help="draw accuracy against time beside the table")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return parser


def _positive(value: str) -> int:
    number = int(value)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
