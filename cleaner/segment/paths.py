"""Layout -> XPaths. They are spelled only when somebody asks, from the tags that the segmenter wrote down."""

from __future__ import annotations

from collections.abc import Iterable

from cleaner.page import Layout

_MAX_STEPS = 256
"""Deeper paths are not spelled out: nobody reads them, and a page of n levels would cost n * n characters."""
_MAX_INLINE_CHARS = 1_000
"""Some hundred inline elements between two containers have no XPath; spelling it out would be quadratic, too."""


def xpath(layout: Layout, container: int) -> str:
    """Return the absolute XPath of a container, such as ``/html[1]/body[1]/div[2]``.

    '' for plain text and for elements nested deeper than 256 containers. One pass over the tags of the page: for the
    paths of all paragraphs take :func:`xpaths`.
    """
    return _spell(layout, (container,))[container]


def xpaths(layout: Layout) -> tuple[str, ...]:
    """Return for each paragraph the :func:`xpath` of its container; linear in the length of the page.

    >>> from cleaner.segment.html import segment_html
    >>> xpaths(segment_html("<p>One<p>two<br><br>three"))
    ('/html[1]/body[1]/p[1]', '/html[1]/body[1]/p[2]', '/html[1]/body[1]/p[2]')
    """
    of = layout.container_of.tolist()
    paths = _spell(layout, of)
    return tuple([paths[container] for container in of])


def _spell(layout: Layout, wanted: Iterable[int]) -> list[str]:
    """Return for each container its path if it is wanted or around a wanted one, else ''."""
    containers, parents = layout.containers, layout.elements.parents
    if not parents:
        return [""] * len(containers)
    between = _Between(layout)
    counts: dict[tuple[int, str], int] = {}
    known = counts.get
    paths: list[str] = []
    depths: list[int] = []
    columns = containers.parents, containers.tags, containers.elements, _with_outer(layout, wanted)
    for outer, tag, element, needed in zip(*columns, strict=True):
        parent = parents[element]
        counts[parent, tag] = count = known((parent, tag), 0) + 1
        path, depth = "", 0
        if needed and element:
            depth = depths[outer] + 1
            if depth <= _MAX_STEPS and (paths[outer] or not outer):
                top = containers.elements[outer]
                steps = "/" if parent == top else between.steps(parent, top)
                path = f"{paths[outer]}{steps}{tag}[{count}]" if steps else ""
        paths.append(path)
        depths.append(depth)
    return paths


def _with_outer(layout: Layout, wanted: Iterable[int]) -> bytearray:
    """Return for each container whether it is wanted or around a wanted one."""
    parents = layout.containers.parents
    needed = bytearray(len(parents))
    for container in wanted:
        while container >= 0 and not needed[container]:
            needed[container] = True
            container = parents[container]  # noqa: PLW2901 - climbing
    return needed


class _Between:
    """Spells the inline elements between a container and one inside; most pages have few, some have none."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.ordinals: list[int] = []

    def steps(self, element: int, top: int) -> str:
        """Return the steps from ``top`` to ``element``, such as ``/span[1]/b[2]/``; '' if there are too many."""
        ordinals = self.ordinals = self.ordinals or self._count()
        tags, parents = self.layout.elements
        steps, length = [""], -1
        while element != top:
            step = f"{tags[element]}[{ordinals[element]}]"
            length += 1 + len(step)
            if length >= _MAX_INLINE_CHARS:
                return ""
            steps.append(step)
            element = parents[element]
        return "/".join(["", *reversed(steps)])

    def _count(self) -> list[int]:
        """Return for each inline element how many of its tag its parent has up to there."""
        tags, parents = self.layout.elements
        ordinals = [0] * len(tags)
        for element in self.layout.containers.elements:
            ordinals[element] = 1
        counts: dict[tuple[int, str], int] = {}
        for element, is_container in enumerate(ordinals):
            if not is_container:
                key = parents[element], tags[element]
                counts[key] = ordinals[element] = counts.get(key, 0) + 1
        return ordinals
