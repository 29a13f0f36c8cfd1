"""Two passes over the documents of a run: read and note all, learn what recurs on each site, then decide.

The second pass takes up the half-done pages where the first left them (``spool.py``), so that none is read twice. What
was noted of each page stays in ``OUT/.cleaner/sites.sqlite``: hashes and numbers, no text. A later run whose documents
change what is known of a site does the others of that site again, so that the result is always that of a fresh run.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cleaner.batch.book import Book, Noted
from cleaner.batch.plan import Task
from cleaner.batch.report import Outcome
from cleaner.batch.spool import NOWHERE, Place, Waiting, fetch, put_away
from cleaner.batch.work import Doing, Recipe, deliver, guard, load, with_date
from cleaner.datelines import read_date_line
from cleaner.page import Layout, RawPage
from cleaner.pipeline import Judged, finish, read_and_judge, see_judged, site_of_page
from cleaner.readers import Found, Member
from cleaner.records import printable
from cleaner.settings import Settings
from cleaner.site.fingerprint import fingerprints
from cleaner.site.key import folder_key
from cleaner.site.learn import Seen, example_texts
from cleaner.site.profile import Profile, read_profile, write_profile
from cleaner.site.profiles import Profiles, profile_file
from cleaner.writers import make_folder, replace_file

__all__ = [
    "SITES_FOLDER",
    "SiteTask",
    "choose_profile",
    "finish_task",
    "folder_of",
    "judge_and_see",
    "judge_task",
    "learn_sites",
    "note_task",
]

SITES_FOLDER = ".cleaner/sites"
"""What was learned, one profile a site; hashes only. They can be given to another run with --profiles."""

_DATE_NAMES = re.compile(r"publi|date|issued|created")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


def judge_task(task: Task, recipe: Recipe) -> Outcome:
    """Do the first half of a document and let it wait; what was noted is in ``Outcome.note``."""
    return guard(lambda doing: _judge(task, recipe, doing, waits=True), task, recipe)


def note_task(task: Task, recipe: Recipe) -> Outcome:
    """Read a document for learning only, with examples of its paragraphs unless ``recipe.paragraphs`` is False."""
    return guard(lambda doing: _judge(task, recipe, doing, waits=False), task, recipe)


def _judge(task: Task, recipe: Recipe, doing: Doing, *, waits: bool) -> Outcome:
    raw, date, notes = load(task, recipe, doing)
    judged, seen = judge_and_see(raw, task.name, recipe.settings)
    place = put_away(Waiting(judged, date, notes), recipe.folder, recipe.settings) if waits else NOWHERE
    examples = {} if waits or not recipe.paragraphs else example_texts(judged.layout)
    known = site_of_page(judged, "", recipe.settings)
    site = known or folder_of(task.name, recipe.root)
    is_folder = not known and recipe.settings.site_key != "folder"
    note = Noted(site, printable(task.name), seen, place, examples, is_folder)
    return dataclasses.replace(doing.known, status="ok", note=note)


def judge_and_see(raw: RawPage, name: str, settings: Settings) -> tuple[Judged, Seen]:
    """Do the first half of a page, and note what is to be learned from; ``name`` stands for an address if it has none.

    Raises what :func:`cleaner.pipeline.clean` raises.
    """
    judged = read_and_judge(raw, settings)
    judged = dataclasses.replace(judged, prints=fingerprints(judged.layout.texts))
    return judged, see_judged(judged, settings, address=judged.page.url or name, day=_day(judged.layout))


def folder_of(name: str, root: str) -> str:
    r"""Return the folder a document stands in: below the input ``root``, and of a container the folder in it.

    Bytes of names that are no text are spelled out, since neither a database nor a profile could hold them.

    >>> folder_of("caf\udce9/a.html", "/home/in")
    'caf\\xe9'
    >>> folder_of("paper/2024/flood.html", "/home/in"), folder_of("pages.jsonl/0000001", ""), folder_of("a.html", "in/")
    ('paper/2024', 'pages.jsonl', 'in')
    """
    folder = folder_key(name.split("/")[:-1], os.path.basename(root.rstrip("/")) or "pages")  # noqa: PTH119 - a str
    return printable(folder)


def _day(layout: Layout) -> int:
    """Return the day on which a page says it was published; 0 when it does not say so plainly."""
    import datetime as dt

    said = [value for name, value in layout.head.metas if _DATE_NAMES.search(name)]
    said += [value for value, _, _ in layout.head.times[:1]]
    if layout.content_type == "text":
        said += [read_date_line(text) or "" for text in layout.texts[:3] if len(text) < 80]
    for value in said:
        found = _ISO.match(value)
        if found is not None:
            with contextlib.suppress(ValueError):
                return dt.date(*map(int, found.groups())).toordinal()
    return 0


@dataclass(frozen=True, slots=True)
class SiteTask:
    """The second half of a document: where it waits, and what is known of its site."""

    task: Task
    known: Outcome
    place: Place
    site: str
    is_learned: bool
    """Whether there is a profile of the site among those of this run."""

    @property
    def found(self) -> Found:
        """The file."""
        return self.task.found

    @property
    def member(self) -> Member | None:
        """The document, when it stands in a container."""
        return self.task.member

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return self.task.name

    @property
    def position(self) -> int:
        """Number in its container, from 1; 0 for a file of its own."""
        return self.task.position

    @property
    def size(self) -> int:
        """Bytes of the document."""
        return max(self.task.size, self.known.bytes_read)

    @property
    def held_bytes(self) -> int:
        """Bytes of it that are in memory while it waits."""
        return self.task.held_bytes


def finish_task(half: SiteTask, recipe: Recipe) -> Outcome:
    """Do the second half of a document; the first half, too, when it waits nowhere."""

    def do(doing: Doing) -> Outcome:
        waiting = fetch(half.place, recipe.folder)
        if waiting is None:
            raw, date, notes = load(half.task, recipe, doing)
            waiting = Waiting(read_and_judge(raw, recipe.settings), date, notes)
        doing.stage = "clean"
        article = finish(waiting.judged, recipe.settings, profile=_profile_of(half, recipe))
        return deliver(with_date(article, waiting.date, waiting.notes), half.task, recipe, doing)

    return guard(do, half.task, recipe, known=dataclasses.replace(half.known, status="failed"))


def _profile_of(half: SiteTask, recipe: Recipe) -> Profile | None:
    path = recipe.folder / SITES_FOLDER / profile_file(half.site)
    return choose_profile(half.site, recipe.settings, lambda: _learned(path) if half.is_learned else None)


def choose_profile(site: str, settings: Settings, learned: Callable[[], Profile | None]) -> Profile | None:
    """Return the profile that was given for a site, else the one that was learned, with the pins of the one given."""
    given = settings.profiles.nearest(site) if isinstance(settings.profiles, Profiles) else None
    if given is not None and given.pages >= settings.site_pages:
        return given
    found = learned()
    return given if found is None else found if given is None else dataclasses.replace(found, pins=given.pins)


def _learned(path: Path) -> Profile | None:
    try:
        found = path.stat()
        return _read(path, found.st_mtime_ns, found.st_ino)
    except OSError:
        return None


@functools.lru_cache(maxsize=64)
def _read(path: Path, _changed: int, _number: int) -> Profile:
    return read_profile(path.read_bytes(), where=str(path))


NO_PROFILE = "none"
"""Digest of the profile of a site that has too few pages for one."""


def learn_sites(book: Book, folder: Path, *, least: int) -> dict[str, str]:
    """Write the profiles of this run's sites with at least so many pages; return site -> digest of its profile."""
    folder = folder / SITES_FOLDER
    digests = {}
    old = set(folder.glob("*.json"))
    for profile in book.profiles(least=least):
        if profile.pages < least:
            continue
        path = folder / profile_file(profile.site)
        data = write_profile(profile.pruned(2))
        make_folder(folder)
        replace_file(path, data)
        old.discard(path)
        digests[profile.site] = hashlib.blake2b(data, digest_size=8).hexdigest()
    for path in old:
        with contextlib.suppress(OSError):
            path.unlink()
    return digests
