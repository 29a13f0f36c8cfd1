"""Clean many documents into a folder: go on where the last run stopped, lose nothing, overwrite nobody's files."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import itertools
import json
import logging
import os
import random
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from cleaner.batch.claims import check_claims, write_claims
from cleaner.batch.feed import read_in_process
from cleaner.batch.ledger import Ledger, Row, opened
from cleaner.batch.limits import Limits
from cleaner.batch.lock import locked
from cleaner.batch.outputs import DROPPED, finish_outputs
from cleaner.batch.plan import Task, member_task, plan
from cleaner.batch.report import Outcome, Report
from cleaner.batch.state import State, describe_changes, run_facts
from cleaner.batch.work import Recipe, clean_task, member_stamp
from cleaner.batch.workers import run_tasks
from cleaner.readers import CONTAINERS, OUTPUT_MARK, Columns, Member, Scan, members
from cleaner.records import printable, valid_unicode
from cleaner.settings import Settings
from cleaner.writers import make_folder, remove_temporaries, run_error

__all__ = ["ERRORS_FILE", "RunTasks", "Selection", "clean_tree"]

RunTasks = Callable[..., Generator[Outcome, None, None]]
"""What does the tasks of a run; called as :func:`cleaner.batch.run_tasks` is, and yields as it does."""

_LOG = logging.getLogger("cleaner.batch")
_LOG.addHandler(logging.NullHandler())  # a library says nothing unless it is asked to

ERRORS_FILE = ".cleaner/errors.jsonl"
"""The failures of the last run, one a line, complete after every line; absent when there are none."""

_TOLD_COLUMNS = 10
"""How many different guesses of the columns of tables are told; lines of JSON need not be alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which of the documents found are cleaned, and in which order."""

    limit: int | None = None
    """At most so many."""
    sample: float | None = None
    """About this share (0..1) of them, chosen by a hash of the name: the same ones in every run and order."""
    shuffle_seed: int | None = None
    """Take the files in a random order of this seed; what comes out of each does not depend on it."""

    def order(self, tasks: Sequence[Task]) -> list[Task]:
        """Return the files in the order in which they are taken."""
        ordered = list(tasks)
        if self.shuffle_seed is not None:
            random.Random(self.shuffle_seed).shuffle(ordered)  # noqa: S311 - no secret
        return ordered

    def takes(self, name: str) -> bool:
        """Tell whether a document is in the sample.

        >>> Selection(sample=1.0).takes("a.html"), Selection(sample=0.0).takes("a.html")
        (True, False)
        """
        if self.sample is None:
            return True
        digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()
        return int.from_bytes(digest[:8], "big") < self.sample * 2**64


def clean_tree(  # noqa: PLR0913 - all but two may be left out
    scan: Scan,
    recipe: Recipe,
    *,
    jobs: int = 0,
    limits: Limits | None = None,
    selection: Selection | None = None,
    stop: Callable[[], bool] = lambda: False,
    on_outcome: Callable[[Outcome], None] = lambda _: None,
    on_judged: Callable[[Outcome], None] = lambda _: None,
    say: Callable[[str], None] = lambda _: None,
    run: RunTasks = run_tasks,
) -> Report:
    """Clean all that was found into ``recipe.folder``, mirroring the tree, and return the report.

    ``jobs`` processes work (see :func:`run_tasks`; 0 is this one); ``run`` may be an engine that does the tasks
    elsewhere. Documents that an earlier run finished, with equal settings and unchanged input, are not done again;
    ``say`` is told when settings have changed. Failures are lines of ``.cleaner/errors.jsonl`` there, written as they
    happen. ``on_outcome`` is told of each document in their order; with ``recipe.sites`` that begins when all were
    read, and ``on_judged`` is told of the reading. Once ``stop()`` is true the documents being cleaned are finished and
    the report says how many were ``not_begun``; files that several documents share are written when a run is complete.
    Nothing is written when nothing was found.
    Raises SetupError (``output_exists``, ``output_busy``, or what is wrong with the installation) and RunError when the
    folder cannot be written at all.
    """
    started = time.perf_counter()
    report = Report()
    lost = [outcome for outcome in map(report.pass_over, scan.unread) if outcome is not None]
    recipe = dataclasses.replace(recipe, root=scan.root)
    tasks = plan(scan.found, recipe.tree_formats)
    if tasks:
        claims = check_claims(
            recipe.folder, tasks, root=scan.root, overwrite=recipe.overwrite, shared=recipe.table_formats
        )
        make_folder((recipe.folder / OUTPUT_MARK).parent)
        with locked(recipe.folder):
            write_claims(recipe.folder, claims)
            with opened(recipe.folder) as ledger, _tidied(recipe.folder):
                this = _Run(recipe, ledger, report, selection=selection, limits=limits, jobs=jobs, stop=stop, run=run)
                this.begin(say)
                with contextlib.closing(_ErrorLog(recipe.folder / ERRORS_FILE)) as log:
                    this.clean(tasks, lost, log, on_outcome, on_judged)
                    this.finish(log)
    report.seconds = time.perf_counter() - started
    return report


@contextlib.contextmanager
def _tidied(folder: Path) -> Iterator[None]:
    """Leave no temporary file in the folder when all processes have ended, however that came about."""
    try:
        yield
    finally:
        remove_temporaries((folder / OUTPUT_MARK).parent)


class _Run:
    """One run over an output folder: what it was told, and what has come of it."""

    def __init__(
        self,
        recipe: Recipe,
        ledger: Ledger,
        report: Report,
        *,
        selection: Selection | None,
        limits: Limits | None,
        jobs: int,
        stop: Callable[[], bool],
        run: RunTasks,
    ) -> None:
        self.recipe, self.ledger, self.report = recipe, ledger, report
        self.selection, self.limits = selection or Selection(), limits or Limits()
        self.jobs, self.stop, self.run_tasks = jobs, stop, run
        self.offered = 0
        self.has_all = False
        """Whether every document was offered to the workers."""
        self.learns = False
        """Whether sites are learned first."""
        self.state = State(recipe.folder, report)
        self.say: Callable[[str], None] = lambda _: None
        self.guesses: set[Columns | None] = {None, recipe.reading.columns}
        """Columns of tables that the user named, or was told of."""

    def begin(self, say: Callable[[str], None]) -> None:
        """Write down what is to be done, and say what is different from the last time."""
        facts, self.say = run_facts(self.recipe), say
        for sentence in describe_changes(self.ledger.facts(), facts):
            say(sentence)
        if self.recipe.overwrite:
            self.ledger.forget()
        self.ledger.begin(facts)
        self.state.begin(facts, self.jobs)

    def clean(
        self,
        tasks: Sequence[Task],
        lost: Iterable[Outcome],
        log: _ErrorLog,
        on_outcome: Callable[[Outcome], None],
        on_judged: Callable[[Outcome], None],
    ) -> None:
        """Clean the documents, and count and report each."""
        for outcome in lost:
            log.write(outcome)
            _LOG.warning("%s: %s: %s", outcome.path, outcome.code, outcome.message)
        self.learns = self.recipe.sites and _can_teach(tasks, self.recipe.settings)
        offered = self.offer(self.selection.order(tasks))
        outcomes = self.outcomes(offered, on_judged)
        with contextlib.closing(offered), contextlib.closing(outcomes):  # whatever happens, the processes end here
            done = self.count(outcomes, log, on_outcome)
        self.report.is_interrupted = not self.has_all or done < self.offered
        if self.report.is_interrupted and not any(task.found.kind in CONTAINERS for task in tasks):
            self.report.not_begun = len(tasks) - done

    def count(self, outcomes: Iterable[Outcome], log: _ErrorLog, on_outcome: Callable[[Outcome], None]) -> int:
        """Count, log and tell each outcome as it comes; return how many there were."""
        done = 0
        for outcome in outcomes:
            done += 1
            self.report.add(outcome)
            if outcome.status == "failed":
                log.write(outcome)
                _LOG.warning("%s: %s: %s", outcome.name or outcome.path, outcome.code, outcome.message)
            else:
                _LOG.info("%s: %s, %d characters", outcome.name, outcome.status, outcome.characters)
            on_outcome(outcome)
            self.state.update()
        return done

    def outcomes(
        self, offered: Generator[Task | Outcome, None, None], on_judged: Callable[[Outcome], None]
    ) -> Generator[Outcome, None, None]:
        """Clean the documents in one pass, or in two when sites are learned."""
        if self.learns:
            from cleaner.batch.two_passes import clean_in_two_passes  # loads the model, as the first page does

            def tell(outcome: Outcome) -> None:
                on_judged(outcome)
                self.state.update()

            every = (task for task in offered if isinstance(task, Task))
            return clean_in_two_passes(self, every, is_complete=lambda: self.has_all, on_judged=tell)
        return self.run_tasks(
            offered,
            self.recipe,
            jobs=self.jobs,
            stop=self.stop,
            work=clean_task,
            limits=self.limits,
            record=self.ledger.record,
        )

    def offer(self, tasks: Iterable[Task]) -> Generator[Task | Outcome, None, None]:
        """Yield what is to be cleaned, and the outcome of what is finished already, up to the limit."""
        documents = self.documents(tasks)
        if self.selection.limit is not None:
            documents = itertools.islice(documents, self.selection.limit)
        for document in documents:
            self.offered += 1
            yield document
        self.has_all = not self.stop()

    def documents(self, tasks: Iterable[Task]) -> Iterator[Task | Outcome]:
        for task in tasks:
            if task.found.kind in CONTAINERS:
                yield from self.container(task)
            elif self.selection.takes(task.name):
                yield self.earlier(task) or task

    def container(self, task: Task) -> Iterator[Task | Outcome]:
        source = os.path.join(self.recipe.root, task.found.name)  # noqa: PTH118 - names stay str
        is_asked = self.selection == Selection() and not self.learns
        finished = self.ledger.container(source, task.found.stamp) if is_asked else None
        if finished is not None and all(map(self.is_there, map(self.ledger.row, finished))):
            for number in finished:
                self.ledger.touch(number)
                yield self.ledger.row(number).outcome
            return
        documents = last = 0
        for member in self.members(task):
            if self.stop():
                return
            if member.passed_over:
                self.report.passed_over[member.passed_over] += 1
                continue
            if member.columns not in self.guesses and len(self.guesses) < _TOLD_COLUMNS:
                self.guesses.add(member.columns)
                self.say(f"Columns of {task.name}: {member.columns}. --text-column and its like choose others.")
            inner = member_task(task, member, self.recipe.tree_formats)
            documents, last = documents + 1, member.position
            if self.selection.takes(inner.name):
                yield self.earlier(inner) or inner
        if self.selection.sample is None and not self.stop():
            self.ledger.finish_container(source, task.found.stamp, documents, last)

    def members(self, task: Task) -> Iterator[Member]:
        if self.jobs == 0:
            return members(task.found, self.recipe.reading)
        return read_in_process(task.found, self.recipe.reading, self.limits, stop=self.stop)

    def earlier(self, task: Task) -> Outcome | None:
        """Return what an earlier run made of a document; nothing when sites are learned, which takes all documents."""
        if self.learns:
            return None
        source = os.path.join(self.recipe.root, task.found.name)  # noqa: PTH118 - names stay str
        return self.finished(source, task, task.found.stamp if task.member is None else member_stamp(task))

    def finished(self, source: str, task: Task, stamp: str) -> Outcome | None:
        """Return what an earlier run made of a document, if nothing has changed and its files are still there."""
        row = self.ledger.earlier(source, task.position, stamp)
        if row is None:
            return None
        outputs = () if row.outcome.status == "other_language" else tuple(output for _, output in task.outputs)
        if row.outcome.outputs != outputs or not self.is_there(row):
            return None
        self.ledger.touch(row.number)
        return row.outcome

    def is_there(self, row: Row) -> bool:
        if row.marked == DROPPED:
            return self.recipe.deduplicate
        return all(os.path.lexists(self.recipe.folder / output) for output in row.outcome.outputs)

    def finish(self, log: _ErrorLog) -> None:
        """Find duplicates, write the shared files and the manifest; of an interrupted run, only the counts."""
        if not self.report.is_interrupted:
            for failure in finish_outputs(self.ledger, self.recipe, self.report):
                self.report.add(failure)
                log.write(failure)
        self.report.ledger_failed = self.ledger.is_failing
        self.state.end()


def _can_teach(tasks: Sequence[Task], settings: Settings) -> bool:
    """Tell whether there may be enough documents of a site to learn from, or profiles that were learned before."""
    is_few = len(tasks) < settings.site_pages and not any(task.found.kind in CONTAINERS for task in tasks)
    return not is_few or settings.profiles is not None


class _ErrorLog:
    """The file of failures: begun anew by each run, made at the first failure, complete after every line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file: TextIO | None = None
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise run_error(path, error) from error

    def close(self) -> None:
        if self.file is not None:
            with contextlib.suppress(OSError):
                self.file.close()

    def write(self, outcome: Outcome) -> None:
        entry = {
            "path": printable(outcome.path),
            "code": outcome.code,
            "stage": outcome.stage,
            "message": outcome.message,
            "seconds": round(outcome.seconds, 3),
            "bytes": outcome.bytes_read,
            "attempts": outcome.attempts,
        }
        # A full disk may be the very thing to be reported; the summary still counts and shows it.
        with contextlib.suppress(OSError):
            if self.file is None:
                self.file = self.path.open("w", encoding="utf-8", newline="\n")
            self.file.write(valid_unicode(json.dumps(entry, ensure_ascii=False)) + "\n")
            self.file.flush()
