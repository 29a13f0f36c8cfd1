"""Decide the name of every output before anything is written."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from cleaner.readers import CONTAINERS, Found, Member, page_stem
from cleaner.writers import FORMATS

__all__ = ["Task", "member_task", "output_stems", "plan"]

_LEVELS = 3
"""A name is shortened to its stem (0), stays whole (1), or stays whole with a hash behind it (2)."""


@dataclass(frozen=True, slots=True)
class Task:
    """One document to clean and the files it becomes; or a container, whose documents become tasks in their turn."""

    found: Found
    outputs: tuple[tuple[str, str], ...]
    """(format, file name below the output folder) of each file; of a container, (``''``, its folder there)."""
    member: Member | None = None
    """The document, when it stands in a container."""

    @property
    def name(self) -> str:
        """What the document is called in messages and records."""
        return self.found.name if self.member is None else f"{self.found.name}/{self.member.name}"

    @property
    def position(self) -> int:
        """Number of the document in its container, from 1; 0 for one that is a file."""
        return 0 if self.member is None else self.member.position

    @property
    def size(self) -> int:
        """Bytes to be read."""
        return self.found.size if self.member is None else len(self.member.data)

    @property
    def held_bytes(self) -> int:
        """Bytes in memory while the task waits."""
        return 0 if self.member is None else len(self.member.data)


def plan(found: Sequence[Found], formats: Iterable[str]) -> tuple[Task, ...]:
    """Name the outputs of all pages: ``a/b.html`` -> ``a/b.txt`` and ``a/b.json``; no two share a name.

    >>> [task.outputs[0][1] for task in plan([Found("in/a/b.html", "a/b.html", 9)], ["txt", "json"])]
    ['a/b.txt']
    """
    wanted = tuple(formats)
    containers = {entry.name for entry in found if entry.kind in CONTAINERS}
    stems = output_stems([entry.name for entry in found], containers)
    return tuple(
        Task(
            entry,
            (("", stems[entry.name]),)
            if entry.name in containers
            else tuple((name, f"{stems[entry.name]}.{name}") for name in wanted),
        )
        for entry in found
    )


def member_task(container: Task, member: Member, formats: Iterable[str]) -> Task:
    """Return the task for a document of a container: its files stand in the container's folder, under its whole name.

    >>> container = Task(Found("in/a.zip", "a.zip", 9, "zip"), (("", "a.zip"),))
    >>> member_task(container, Member(name="b/c.html", position=1, where="byte 0"), ["txt"]).outputs
    (('txt', 'a.zip/b/c.html.txt'),)
    """
    ((_, folder),) = container.outputs
    outputs = tuple((name, f"{folder}/{member.name}.{name}") for name in formats)
    return Task(container.found, outputs, member)


def output_stems(names: Sequence[str], containers: AbstractSet[str] = frozenset()) -> dict[str, str]:
    """Return for each name of a page the output name without its suffix.

    Pages whose stems are the same all keep their suffix, wherever they stand in the list. Names that differ only in
    upper and lower case or in Unicode composition count as the same, because they are on many file systems; what
    still collides then gets a hash of the name. A page never takes the name of a folder that is needed. A container
    (``containers`` are some of the names) becomes a folder and keeps its suffix.

    >>> output_stems(["a/b.html", "a/b.htm", "c.html"])
    {'a/b.html': 'a/b.html', 'a/b.htm': 'a/b.htm', 'c.html': 'c'}
    """
    levels = {name: int(name in containers) for name in names}
    folders = {_same_file(folder) for name in names for folder in _folders(name)} | set(map(_same_file, containers))
    stems = {name: _stem(name, levels[name]) for name in names}
    changed = set(names)
    while changed:
        holders: defaultdict[str, list[str]] = defaultdict(list)
        for name, stem in stems.items():
            holders[_same_file(stem)].append(name)
        changed = set()
        for key, group in holders.items():
            if len(group) > 1 or any(f"{key}.{ending}" in folders for ending in FORMATS):
                lowest = min(levels[name] for name in group)
                changed.update(name for name in group if levels[name] == lowest and lowest + 1 < _LEVELS)
        for name in changed:
            levels[name] += 1
            stems[name] = _stem(name, levels[name])
    return stems


def _same_file(name: str) -> str:
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", name).casefold()


def _folders(name: str) -> list[str]:
    parts = name.split("/")[:-1]
    return ["/".join(parts[: depth + 1]) for depth in range(len(parts))]


def _stem(name: str, level: int) -> str:
    if level == 0:
        return page_stem(name)
    if level == 1:
        return name
    return f"{name}~{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
