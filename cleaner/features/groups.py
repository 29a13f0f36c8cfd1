"""Which containers hold the same paragraphs: the groups of a page, and what stands around what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.page import Containers

Ints = NDArray[np.int32]

LEVELS = 5
"""How many enclosing containers of more than one paragraph are described by numbers, innermost first."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Containers that hold the same paragraphs, merged: wrappers around wrappers count once."""

    of: Ints
    """Group of each paragraph: the innermost one that holds more than one paragraph (0 is the page)."""
    parents: Ints
    """-1 for group 0; a parent stands before its children."""
    firsts: Ints
    ends: Ints
    members: Ints
    """Indices of the containers merged into groups, group by group, outermost first."""
    member_offsets: Ints
    """(groups + 1): ``members[member_offsets[g]:member_offsets[g + 1]]`` are those of group g."""
    alone: Ints
    """The containers that hold one paragraph and nothing else, by paragraph, outermost first."""
    alone_offsets: Ints
    """(n + 1): the same for paragraphs."""
    ancestors: Ints
    """(groups, LEVELS): each group and its enclosing groups, the page (group 0) left out, -1 for none."""
    outer: NDArray[np.int64]
    """The container around each container; the page, 0, is around itself."""
    container_firsts: Ints
    container_ends: Ints
    """The half-open range of paragraphs in each container."""


def group_containers(containers: Containers, container_of: Ints, n: int) -> Groups:
    """Merge containers that hold the same paragraphs; linear in the number of containers."""
    outer, first, end = _columns(containers)
    size = end - first
    size[0] = max(n, 2)  # the page is a group, however little it holds
    heads = size > 1
    # A container opens a group unless it holds what the one around it holds.
    opens = heads & ((first != first[outer]) | (end != end[outer]))
    opens[0] = True
    group_of = np.cumsum(opens) - 1
    # What opens none belongs to the group of the next one around it that does.
    up = resolve(np.where(opens, np.arange(len(outer)), outer))
    group_of = group_of[up]
    opened = np.flatnonzero(opens)
    parents = group_of[outer[opened]]
    parents[0] = -1
    members = np.flatnonzero(heads)
    members = members[np.argsort(group_of[members], kind="stable")]
    alone = np.flatnonzero(size == 1)
    alone = alone[np.argsort(first[alone], kind="stable")]
    firsts, ends = first[opened], end[opened]  # copies
    firsts[0], ends[0] = 0, n
    return Groups(
        group_of[container_of].astype(np.int32),
        parents.astype(np.int32),
        firsts,
        ends,
        members.astype(np.int32),
        offsets_of(group_of[members], len(opened)),
        alone.astype(np.int32),
        offsets_of(first[alone], n),
        _ancestors(parents),
        outer,
        first,
        end,
    )


def _columns(containers: Containers) -> tuple[NDArray[np.int64], Ints, Ints]:
    """Return the containers around, and the first paragraphs and ends; the page is around itself."""
    around = np.array(containers.parents, dtype=np.int64)
    around[0] = 0
    return around, np.array(containers.firsts, dtype=np.int32), np.array(containers.ends, dtype=np.int32)


def resolve(up: NDArray[np.int64]) -> NDArray[np.int64]:
    """Follow ``up`` from every place to where it points to itself, twice as far at each step."""
    while True:
        further = up[up]
        if np.array_equal(further, up):
            return up
        up = further


def offsets_of(owners: NDArray[np.integer[Any]], n: int) -> Ints:
    """Return where the entries of each of n owners begin in a list sorted by owner, and its length."""
    return np.concatenate(([0], np.cumsum(np.bincount(owners, minlength=n)))).astype(np.int32)


def lines_up(parents: NDArray[np.integer[Any]], steps: int) -> Ints:
    """Return (groups, steps): each group and then those around it, -1 where there is none (any more).

    >>> lines_up(np.array([-1, 0, 1]), 2).tolist()
    [[0, -1], [1, 0], [2, 1]]
    """
    lines = np.empty((len(parents), steps), dtype=np.int32)
    above = np.concatenate((parents, [-1]))  # so that above[-1] is -1
    current = np.arange(len(parents))
    for step in range(steps):
        lines[:, step] = current
        current = above[current]
    return lines


def _ancestors(parents: NDArray[np.int64]) -> Ints:
    """Return (groups, LEVELS): each group and those around it without the page, -1 for none."""
    lines = lines_up(parents, LEVELS)
    lines[lines == 0] = -1
    return lines
