"""Learn what recurs on the sites of a folder of pages, without cleaning any: profiles for later."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from cleaner.batch.book import Book
from cleaner.batch.feed import read_in_process
from cleaner.batch.limits import Limits
from cleaner.batch.plan import Task, member_task, plan
from cleaner.batch.report import Outcome
from cleaner.batch.sites import note_task
from cleaner.batch.work import Recipe, identify
from cleaner.batch.workers import run_tasks
from cleaner.errors import SetupError
from cleaner.readers import CONTAINERS, Scan, members
from cleaner.site.profile import Profile, read_profile, write_profile
from cleaner.site.profiles import cluster_profiles, profile_file
from cleaner.writers import make_folder, replace_file, run_error

__all__ = ["Learned", "learn_tree", "save_profile"]


@dataclasses.dataclass(frozen=True, slots=True)
class Learned:
    """What came of learning."""

    profiles: tuple[tuple[str, int, int], ...]
    """(site, pages, paragraphs that recur) of each profile written, by name."""
    failures: tuple[Outcome, ...]
    """Documents that could not be read."""
    is_interrupted: bool
    removed: tuple[Path, ...] = ()
    """Profiles of clusters that their folders, learned again, no longer have."""
    pinned: tuple[Path, ...] = ()
    """Such profiles that are still there, since a person pinned something in them."""


def learn_tree(
    scan: Scan,
    recipe: Recipe,
    *,
    jobs: int = 0,
    limits: Limits | None = None,
    least: int = 1,
    stop: Callable[[], bool] = lambda: False,
    on_noted: Callable[[Outcome], None] = lambda _: None,
) -> Learned:
    """Write a profile of each site of the pages found into ``recipe.folder``; nothing when ``stop()`` became true.

    With ``recipe.paragraphs`` False the profiles hold hashes only. They hold what stands on ``least`` pages or more:
    from 2 on nothing of what was seen once, and then they no longer add up. With ``recipe.overwrite``, profiles that
    are there already are replaced, but for what was pinned in them, and those of clusters that a folder no longer has
    are removed, unless something was pinned; without it, one that is in the way leaves all unwritten. Other files stay
    as they are. Raises SetupError (``output_exists``) and RunError.
    """
    limits = limits or Limits()
    failures: list[Outcome] = []
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cleaner-learn-")))
        book = stack.enter_context(contextlib.closing(Book(folder / "notes.sqlite", "")))
        inner = dataclasses.replace(recipe, folder=folder, root=scan.root)
        tasks = _announced(_documents(scan, inner, jobs, limits, stop), book, inner)
        noted = run_tasks(tasks, inner, jobs=jobs, limits=limits, stop=stop, work=note_task, record=book.note)
        for outcome in noted:
            if outcome.status == "failed":
                failures.append(outcome)
            on_noted(outcome)
        if stop():
            return Learned((), tuple(failures), is_interrupted=True)
        written = _write_all(book, recipe, folder / "profiles", least)
        return dataclasses.replace(written, failures=tuple(failures))


def _documents(scan: Scan, recipe: Recipe, jobs: int, limits: Limits, stop: Callable[[], bool]) -> Iterator[Task]:
    for task in plan(scan.found, ()):
        if task.found.kind not in CONTAINERS:
            yield task
            continue
        inside = (
            members(task.found, recipe.reading)
            if jobs == 0
            else read_in_process(task.found, recipe.reading, limits, stop=stop)
        )
        for member in inside:
            if not member.passed_over:
                yield member_task(task, member, ())


def _announced(tasks: Iterator[Task], book: Book, recipe: Recipe) -> Iterator[Task]:
    for number, task in enumerate(tasks):
        book.announce(task, identify(task, recipe), number)
        yield task


def _write_all(book: Book, recipe: Recipe, scratch: Path, least: int) -> Learned:
    """Write all profiles, or none if one is in the way; then remove those of clusters that are gone.

    Which clusters there are is known when all are counted, so profiles wait in ``scratch`` until the last one is.
    """
    written = []
    for profile in book.profiles(least=recipe.settings.site_pages):
        path = recipe.folder / profile_file(profile.site)
        if os.path.lexists(path) and not recipe.overwrite:
            raise _in_the_way(path, "replace")
        pins = read_profile(path.read_bytes(), where=str(path)).pins if path.is_file() else profile.pins
        kept = dataclasses.replace(profile.pruned(least), pins=pins)
        save_profile(kept, scratch)
        written.append((kept.site, kept.pages, len(kept.entries)))
    sites = {site for site, _, _ in written}
    gone = [(path, profile) for path, profile in cluster_profiles(recipe.folder, sites) if profile.site not in sites]
    if gone and not recipe.overwrite:
        raise _in_the_way(gone[0][0], "remove")
    if written:
        make_folder(recipe.folder)
    for site, _, _ in written:
        name = profile_file(site)
        replace_file(recipe.folder / name, (scratch / name).read_bytes())
    removed = [path for path, profile in gone if not profile.pins]
    for path in removed:
        _remove(path)
    pinned = tuple(path for path, profile in gone if profile.pins)
    return Learned(tuple(written), (), is_interrupted=False, removed=tuple(removed), pinned=pinned)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise run_error(path, error) from error


def _in_the_way(path: Path, what: str) -> SetupError:
    return SetupError(
        "output_exists",
        f"{path} is there already. Learn into another folder and add both up with cleaner profiles merge, or "
        f"pass --overwrite to {what} it.",
        where=str(path),
    )


def save_profile(profile: Profile, folder: Path) -> Path:
    """Write a profile into a folder of profiles, replacing what was there; return its path. Raises RunError."""
    path = folder / profile_file(profile.site)
    make_folder(folder)
    replace_file(path, write_profile(profile))
    return path
