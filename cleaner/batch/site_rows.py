"""The two passes of sites.py over rows, for engines: judge them, group what was noted by site and learn, then finish.

Between the passes a page waits in its row, half done, so that none is read twice. What is noted of a page does not
depend on its batch, and a profile not on the order of the pages; so it does not matter which machine does what, or does
it twice. A folder of several papers is one site here: rows are not divided by what their pages share, as those of a run
are (``site/clusters.py``).
"""

from __future__ import annotations

import functools
import hashlib
import math
import pickle
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from cleaner.batch.many import Document, attempt
from cleaner.batch.row_pages import (
    Record,
    Row,
    RowRecipe,
    RowResult,
    failed_row,
    finished_row,
    lost_row,
    page_of,
    row_schema,
    rows_of_table,
    run_rows,
)
from cleaner.batch.sites import choose_profile, judge_and_see
from cleaner.batch.spool import Waiting, pack
from cleaner.errors import CleanerError
from cleaner.page import RawPage
from cleaner.pipeline import finish, site_of_page
from cleaner.records import valid_unicode
from cleaner.site.learn import Seen, learn
from cleaner.site.profile import Profile, merge, read_profile, write_profile
from cleaner.writers import arrow_table

__all__ = [
    "GROUP",
    "MOST_PAGES",
    "SITE",
    "find_profile",
    "finish_rows",
    "judge_rows",
    "large_sites",
    "learn_groups",
    "learn_rows",
    "make_profiles",
    "note_groups",
    "site_parts",
    "unpack_profile",
]

SITE, GROUP = "_cleaner_site", "_cleaner_group"
_NAME, _SIGHTINGS, _PROSE, _PART = "_cleaner_name", "_cleaner_sightings", "_cleaner_prose", "_cleaner_part"
_NOTES = (SITE, _NAME, _SIGHTINGS, _PROSE, _PART)
_HALF, _SIZE = "_cleaner_half", "_cleaner_size"
"""Columns of what waits between the passes; the names are unlikely to be those of columns that are kept."""

MOST_PAGES = 10_000
"""Pages of a site that are learned from together, some 30 MB of notes. A larger site is dealt to parts by the names of
its pages, and the profiles of the parts add up; what recurs on less than two pages of a part is not counted there."""


class _Half(NamedTuple):
    """What a worker made of a row in the first pass; the pool looks at ``code``."""

    notes: tuple[str, str, bytes, bytes, bytes] | None
    """Site, name, sightings, prose, part; None for a row that failed."""
    half: bytes
    code: str = ""


def judge_rows(table: Any, recipe: RowRecipe) -> Any:
    """Do the first half of the rows of an Arrow table: read and judge each page, and note what to learn from.

    Returns as many rows, for :func:`note_groups` and :func:`finish_rows`, with ``keep_columns``. Raises as
    :func:`cleaner.clean_batch`.
    """
    import pyarrow as pa

    rows = rows_of_table(table, recipe)
    halves: list[_Half] = run_rows(rows, recipe, _judge_row, _lost_half)
    kinds = (pa.string(), pa.string(), pa.large_binary(), pa.large_binary(), pa.large_binary())
    notes = (
        zip(*(half.notes or (None,) * len(_NOTES) for half in halves), strict=True) if halves else [()] * len(_NOTES)
    )
    columns = {name: pa.array(values, kind) for name, values, kind in zip(_NOTES, notes, kinds, strict=True)}
    columns[_HALF] = pa.array([half.half for half in halves], pa.large_binary())
    columns[_SIZE] = pa.array([row.size for row in rows], pa.int64())
    result = pa.table(columns)
    for name in recipe.keep_columns:
        result = result.append_column(table.schema.field(name), table.column(name))
    return result


def _judge_row(row: Row, recipe: RowRecipe) -> _Half:
    name = row.source or row.member.id or row.member.url or ""

    def judge() -> _Half:
        judged, seen = judge_and_see(page_of(row, recipe), name, recipe.settings)
        folder = row.folder or row.member.id.rpartition("/")[0] or "pages"
        site = site_of_page(judged, folder, recipe.settings)
        notes = (valid_unicode(site), valid_unicode(name), seen.sightings.tobytes(), seen.prose.tobytes(), seen.part)
        data = pack(Waiting(judged, row.date, (row.note,) if row.note else ()), recipe.settings)
        return _Half(notes, pickle.dumps((row.without_page(), data), protocol=5))

    half = attempt(Document(RawPage("", source=row.name), row.member.position), judge)
    if isinstance(half, CleanerError):
        return _failed_half(failed_row(row, half, paragraphs=recipe.paragraphs))
    return half


def _lost_half(row: Row, code: str, reason: str, *, paragraphs: bool) -> _Half:
    return _failed_half(lost_row(row, code, reason, paragraphs=paragraphs))


def _failed_half(result: RowResult) -> _Half:
    return _Half(None, pickle.dumps(result, protocol=5), result.code)


def site_parts(pages: int) -> int:
    """Return in how many parts a site of so many pages is learned.

    >>> site_parts(10_000), site_parts(10_001)
    (1, 2)
    """
    return math.ceil(pages / MOST_PAGES)


def large_sites(sizes: Iterable[tuple[str | None, int]]) -> dict[str, int]:
    """Return the sites that are learned in parts, and in how many; ``sizes`` are (site, pages).

    >>> large_sites([("example.org", 25_000), ("example.com", 7), (None, 30_000)])
    {'example.org': 3}
    """
    return {site: site_parts(pages) for site, pages in sizes if site is not None and pages > MOST_PAGES}


def note_groups(table: Any, parts: Mapping[str, int]) -> Any:
    """Return the notes in rows of :func:`judge_rows`, with the group in which each is learned from as ``GROUP``.

    That is its site; of the sites named, one of so many ``parts`` of it.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    notes = table.select(_NOTES).filter(pc.is_valid(table.column(SITE)))
    groups = [
        f"{site}\n{_deal(name, parts[site])}" if site in parts else site
        for site, name in zip(*(notes.column(name).to_pylist() for name in (SITE, _NAME)), strict=True)
    ]
    return notes.append_column(GROUP, pa.array(groups, pa.string()))


def _deal(name: str, parts: int) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") % parts


def learn_rows(notes: Any, *, least: int) -> Any:
    """Return the profile that the notes of one group make: a row with site and profile, or none.

    A site with fewer than ``least`` pages has none, nor has one without a name.
    """
    import pyarrow as pa

    site = notes.column(SITE)[0].as_py()
    columns = [notes.column(name).to_pylist() for name in (_NAME, _SIGHTINGS, _PROSE, _PART)]
    seen = [Seen.of(*noted) for _, *noted in sorted(zip(*columns, strict=True))]
    profile = learn(site, seen)
    is_whole = notes.column(GROUP)[0].as_py() == site
    is_wanted = bool(site) and not (is_whole and profile.pages < least)
    rows = [{"site": site, "profile": _pack(profile)}] if is_wanted else []
    return pa.Table.from_pylist(rows, schema=_profile_schema())


def learn_groups(tables: Iterable[Any], *, least: int) -> Iterator[Mapping[str, Any]]:
    """Yield the rows that :func:`learn_rows` makes of each group in tables of :func:`note_groups`, all in memory."""
    import pyarrow as pa

    some = [table for table in tables if len(table)]  # an engine gives empty ones no columns
    if not some:
        return
    notes = pa.concat_tables(some).combine_chunks()
    places: dict[str, list[int]] = {}
    for place, group in enumerate(notes.column(GROUP).to_pylist()):
        places.setdefault(group, []).append(place)
    for group in sorted(places):
        yield from learn_rows(notes.take(places[group]), least=least).to_pylist()


def make_profiles(found: Iterable[Mapping[str, Any]], *, least: int) -> Any:
    """Return a table of the profiles in rows of :func:`learn_rows`, one a site, for :func:`find_profile`.

    Those of parts of a site are added up; the order does not matter.
    """
    import pyarrow as pa

    parts: dict[str, list[bytes]] = {}
    for row in found:
        parts.setdefault(row["site"], []).append(row["profile"])
    rows = []
    for site in sorted(parts):
        data = parts[site][0]
        if len(parts[site]) > 1:
            total = merge(map(unpack_profile, sorted(parts[site])))
            if total.pages < least:
                continue
            data = _pack(total)
        rows.append({"site": site, "profile": data})
    return pa.Table.from_pylist(rows, schema=_profile_schema())


def find_profile(profiles: Any, site: str) -> bytes | None:
    """Return the profile of a site in a table of :func:`make_profiles`, packed; the table is not read into memory."""
    low, high = 0, len(profiles)
    sites = profiles.column("site")
    while low < high:
        middle = (low + high) // 2
        if sites[middle].as_py() < site:
            low = middle + 1
        else:
            high = middle
    if low == len(profiles) or sites[low].as_py() != site:
        return None
    data: bytes = profiles.column("profile")[low].as_py()
    return data


def _profile_schema() -> Any:
    import pyarrow as pa

    return pa.schema([("site", pa.string()), ("profile", pa.large_binary())])


def _pack(profile: Profile) -> bytes:
    """Spell a profile as a run keeps it, hashes of what recurs; they take a third of the bytes of its file."""
    return zlib.compress(write_profile(profile.pruned(2)), 1)


def unpack_profile(data: bytes) -> Profile:
    """Return a profile that :func:`find_profile` found."""
    return read_profile(zlib.decompress(data))


_profile = functools.lru_cache(maxsize=64)(unpack_profile)  # pages come mostly one site after the other


class _Waiting(NamedTuple):
    """A half-done row on its way to a worker in the second pass."""

    half: bytes
    site: str
    profile: bytes | None
    size: int

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return self.row.name

    @property
    def held_bytes(self) -> int:
        """Nothing: the batch is in memory already."""
        return 0

    @property
    def row(self) -> Row:
        """The row without its page."""
        row: Row = pickle.loads(self.half)[0]  # noqa: S301 - made by the first pass
        return row


def finish_rows(table: Any, recipe: RowRecipe, profiles: Any) -> Any:
    """Return the records of rows of :func:`judge_rows`, decided with the ``profiles`` of :func:`make_profiles`.

    They are those of :func:`cleaner.clean_batch`, with ``keep_columns``, and, for what was read by
    :func:`cleaner.batch.page_tables`, those of a run over the same files.
    """
    columns = [table.column(name).to_pylist() for name in (_HALF, SITE, _SIZE)]
    profile_of = functools.lru_cache(maxsize=64)(functools.partial(find_profile, profiles))
    records: list[Record | None] = []
    rows = []
    for half, site, size in zip(*columns, strict=True):
        records.append(pickle.loads(half).record if site is None else None)  # noqa: S301 - made by the first pass
        if site is not None:
            rows.append(_Waiting(half, site, profile_of(site), size))
    done = iter(run_rows(rows, recipe, _finish_row, _lost_row))
    result = arrow_table([record or next(done).record for record in records], row_schema(recipe))
    for name in recipe.keep_columns:
        result = result.append_column(table.schema.field(name), table.column(name))
    return result


def _finish_row(waiting: _Waiting, recipe: RowRecipe) -> RowResult:
    row, data = pickle.loads(waiting.half)  # noqa: S301 - made by the first pass

    def do() -> RowResult:
        judged = pickle.loads(data).judged  # noqa: S301 - the same
        learned = waiting.profile
        profile = choose_profile(waiting.site, recipe.settings, lambda: None if learned is None else _profile(learned))
        return finished_row(finish(judged, recipe.settings, profile=profile), row, recipe)

    result = attempt(Document(RawPage("", source=row.name), row.member.position), do)
    return failed_row(row, result, paragraphs=recipe.paragraphs) if isinstance(result, CleanerError) else result


def _lost_row(waiting: _Waiting, code: str, reason: str, *, paragraphs: bool) -> RowResult:
    return lost_row(waiting.row, code, reason, paragraphs=paragraphs)
