"""A run in two passes: every document is read and noted, then all are decided with what was learned; see sites.py."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Protocol

from cleaner.batch.book import BOOK_FILE, Book, Half
from cleaner.batch.ledger import Ledger
from cleaner.batch.limits import Limits
from cleaner.batch.plan import Task
from cleaner.batch.report import Outcome
from cleaner.batch.sites import NO_PROFILE, SiteTask, finish_task, judge_task, learn_sites
from cleaner.batch.spool import clear_spool, close_spool
from cleaner.batch.work import Recipe, identify
from cleaner.readers import Member

__all__ = ["clean_in_two_passes"]


class Run(Protocol):
    """What is needed of the run that does this."""

    recipe: Recipe
    ledger: Ledger
    jobs: int
    limits: Limits
    stop: Callable[[], bool]
    run_tasks: Callable[..., Generator[Outcome, None, None]]
    """What does the tasks; called as :func:`cleaner.batch.run_tasks` is."""

    def members(self, task: Task) -> Iterator[Member]:
        """Yield the documents of a container."""

    def finished(self, source: str, task: Task, stamp: str) -> Outcome | None:
        """Return what an earlier run made of a document, if it still holds."""


def clean_in_two_passes(
    run: Run, tasks: Iterable[Task], *, is_complete: Callable[[], bool], on_judged: Callable[[Outcome], None]
) -> Generator[Outcome, None, None]:
    """Yield the outcome of each task in their order, as run_tasks() does, and tell ``on_judged`` of the first pass.

    ``is_complete()`` says after the last task whether it was the last indeed; otherwise there is no second pass, and
    the next run goes on with the first.
    """
    folder = run.recipe.folder
    with contextlib.ExitStack() as stack:
        stack.callback(close_spool, folder)
        book = stack.enter_context(contextlib.closing(Book(folder / BOOK_FILE, run.ledger.fingerprint)))
        if run.recipe.overwrite:
            book.forget()
        first = run.run_tasks(
            _to_be_judged(run, book, tasks),
            run.recipe,
            jobs=run.jobs,
            stop=run.stop,
            work=judge_task,
            limits=run.limits,
            record=book.note,
        )
        for outcome in stack.enter_context(contextlib.closing(first)):
            on_judged(outcome)
        if not is_complete() or run.stop():
            return
        digests = learn_sites(book, folder, least=run.recipe.settings.site_pages)
        yield from _Second(run, book, digests).outcomes()
        if not run.stop():
            clear_spool(folder)
            if run.recipe.keep_notes:
                book.forget_others()
            else:
                book.remove()


def _to_be_judged(run: Run, book: Book, tasks: Iterable[Task]) -> Iterator[Task]:
    """Yield the documents of which there are no notes that hold, and number all."""
    for number, task in enumerate(tasks):
        known = identify(task, run.recipe)
        if not book.take_up(known.source, known.position, known.stamp, number):
            book.announce(task, known, number)
            yield task


class _Second:
    """The second pass."""

    def __init__(self, run: Run, book: Book, digests: dict[str, str]) -> None:
        self.run, self.book, self.digests = run, book, digests
        self.sites: dict[tuple[str, int], str] = {}
        """Source and position of what is being done -> its site."""
        self.container = ""
        self.reading: Iterator[Member] = iter(())

    def outcomes(self) -> Iterator[Outcome]:
        """Yield the outcome of each document in order."""
        run = self.run
        yield from run.run_tasks(
            self.offer(),
            run.recipe,
            jobs=run.jobs,
            stop=run.stop,
            work=finish_task,
            limits=run.limits,
            record=self.record,
        )

    def offer(self) -> Iterator[Task | Outcome]:
        """Yield what is to be decided, and the outcome of what failed or stands as it is."""
        for half in self.book.halves():
            known = half.outcome
            if known.status == "failed":
                yield self.run.ledger.record(known)
                continue
            digest = self.digests.get(half.site, NO_PROFILE)
            earlier = self.run.finished(known.source, half.task, known.stamp) if half.made == digest else None
            if earlier is not None:
                yield earlier
                continue
            self.sites[known.source, known.position] = half.site
            # From here on its files may be those of another profile than the ledger says.
            self.run.ledger.forget_document(known.source, known.position)
            has_data = half.place.file or half.task.member is None
            task = half.task if has_data else self.read_again(half)
            yield SiteTask(task, known, half.place, half.site, half.site in self.digests)  # type: ignore[misc]

    def read_again(self, half: Half) -> Task:
        """Read a document of a container that waits nowhere; they come in the order of the container."""
        if self.container != half.outcome.source:
            self.container = half.outcome.source
            self.reading = self.run.members(half.task)
        for member in self.reading:
            if member.position == half.task.position:
                return dataclasses.replace(half.task, member=member)
        self.reading = iter(())
        return half.task

    def record(self, outcome: Outcome) -> Outcome:
        """Write down what became of a document, and with which profile."""
        site = self.sites.pop((outcome.source, outcome.position), None)
        if site is not None and outcome.status != "failed":
            self.book.finish(outcome.source, outcome.position, self.digests.get(site, NO_PROFILE))
        return self.run.ledger.record(outcome)
