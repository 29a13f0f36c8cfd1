"""The tree of an HTML page, for selectors, and which paragraphs stand in each of its elements.

Segmenting builds no tree; this one is parsed only when a rule with a selector holds for the page. Tree and events come
from the same parser, so that an element is known by its path among the layout's elements. What nests deeper than
libxml2's tree goes (2,048 levels) no selector finds.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable

from lxml import etree

from cleaner.page import Layout
from cleaner.rules.costs import Size

__all__ = ["Tree", "plant"]


def plant(source: str, layout: Layout) -> Tree | None:
    """Parse the markup of a page that was segmented into ``layout``; None when there is no element in it."""
    parser = etree.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        parser.feed(source.encode("utf-8", "replace"))
        root = parser.close()
    except etree.LxmlError:
        return None
    return None if root is None else Tree(root, layout)


class Tree:
    """The elements of a page in document order, with columns that say where each stands."""

    def __init__(self, root: etree._Element, layout: Layout) -> None:
        self.roots = [root, *(sibling for sibling in root.itersiblings() if isinstance(sibling.tag, str))]
        """Mostly one; what follows ``</html>`` makes another."""
        self.layout = layout
        self.elements: list[etree._Element] = []
        self.order: dict[etree._Element, int] = {}
        """Index of each element; all columns have it."""
        self.ends: list[int] = []
        """The descendants of i are i + 1 .. ends[i] - 1."""
        self.parents: list[int] = []
        """-1 for the root."""
        self.levels: list[int] = []
        self.containers: list[int] = []
        """The container that the element is, or the innermost around it."""
        self.is_container: list[bool] = []
        self.inner: list[tuple[int, int]] = []
        """Half-open range of the containers inside the element."""
        self.flows: list[tuple[int, int]] = []
        """Where the element begins and ends among the signs (white space not counted) that stand in its container and
        in no smaller one."""
        self.signs: Counter[int] = Counter()
        """Number of these signs, for each container."""
        _walk(self)
        self._own: dict[int, list[tuple[int, int, int]]] = {}
        self._own_places: dict[int, list[int]] = defaultdict(list)
        for place, container in enumerate(layout.container_of.tolist()):
            self._own_places[container].append(place)
        children = Counter(self.parents)
        self.size = Size(
            elements=len(self.elements),
            descendants=sum(self.levels),
            siblings=sum(count * count for count in children.values()),
            most_siblings=max(children.values(), default=0),
            most_levels=max(self.levels, default=0),
            characters=sum(map(len, layout.texts)),
        )

    def outermost(self, elements: Iterable[etree._Element]) -> list[etree._Element]:
        """Return the elements that stand in none of the others, in document order."""
        kept = []
        end = -1
        for place in sorted(self.order[element] for element in elements):
            if place >= end:
                kept.append(self.elements[place])
                end = self.ends[place]
        return kept

    def paragraphs_in(self, elements: Iterable[etree._Element]) -> list[int]:
        """Return in order the indices of the paragraphs that stand in one of the elements with all of their text."""
        found: set[int] = set()
        for element in self.outermost(elements):
            place = self.order[element]
            if self.is_container[place]:
                container = self.layout.containers[self.containers[place]]
                found.update(range(container.first, container.end))
            else:
                found.update(self._inside_inline(place))
        return sorted(found)

    def _inside_inline(self, place: int) -> Iterable[int]:
        """Yield what stands in containers inside an inline element, and what of its own text it covers whole."""
        low, high = self.inner[place]
        for container in self.layout.containers[low:high]:
            if container.parent < low:  # else it is inside one that was met before
                yield from range(container.first, container.end)
        begin, end = self.flows[place]
        for index, start, stop in self._own_paragraphs(self.containers[place]):
            if begin <= start and stop <= end:
                yield index

    def _own_paragraphs(self, container: int) -> list[tuple[int, int, int]]:
        """Return (paragraph, begin, end) in the flow of a container; [] if that is not the text that was segmented."""
        own = self._own.get(container)
        if own is None:
            own, begin = [], 0
            for index in self._own_places[container]:
                end = begin + _count(self.layout.texts[index])
                own.append((index, begin, end))
                begin = end
            self._own[container] = own = own if begin == self.signs[container] else []
        return own


class _Frame:
    """An open element."""

    __slots__ = ("begin", "container", "counts", "element", "low", "place")

    def __init__(self, element: int, container: int) -> None:
        self.element = element
        """Its index in the layout's elements; -1 when its text is not read, as that of scripts."""
        self.container = container
        self.counts: dict[str, int] = {}
        self.place = self.low = self.begin = 0


def _walk(tree: Tree) -> None:
    """Fill the columns."""
    known = _known_elements(tree.layout)
    container_of = {entry.element: index for index, entry in enumerate(tree.layout.containers) if entry.element}
    stack = [_Frame(0, 0)]
    opened = 1
    walks = (etree.iterwalk(root, events=("start", "end")) for root in tree.roots)
    for event, element in itertools.chain.from_iterable(walks):
        if event == "start":
            outer, tag = stack[-1], str(element.tag)
            count = outer.counts[tag] = outer.counts.get(tag, 0) + 1
            index = known.get((outer.element, tag, count), -1)
            frame = _Frame(index, container_of.get(index, outer.container))
            opened = max(opened, frame.container + 1)
            frame.place, frame.low = len(tree.elements), opened
            frame.begin = tree.signs[frame.container]
            tree.order[element] = frame.place
            tree.elements.append(element)
            tree.parents.append(outer.place if len(stack) > 1 else -1)
            tree.levels.append(len(stack) - 1)
            tree.containers.append(frame.container)
            tree.is_container.append(index in container_of)
            tree.ends.append(0)  # this and the next two are set when it ends
            tree.inner.append((0, 0))
            tree.flows.append((0, 0))
            stack.append(frame)
            if element.text and index >= 0:
                tree.signs[frame.container] += _count(element.text)
        else:
            frame = stack.pop()
            tree.ends[frame.place] = len(tree.elements)
            tree.inner[frame.place] = (frame.low, opened)
            tree.flows[frame.place] = (frame.begin, tree.signs[frame.container])
            if element.tail and stack[-1].element >= 0:
                tree.signs[stack[-1].container] += _count(element.tail)


def _known_elements(layout: Layout) -> dict[tuple[int, str, int], int]:
    """Return (parent, tag, how many of the tag the parent has up to there) -> index, for the layout's elements."""
    counts: Counter[tuple[int, str]] = Counter()
    known = {}
    for index, (parent, tag) in enumerate(zip(layout.elements.parents, layout.elements.tags, strict=True)):
        counts[parent, tag] += 1
        known[parent, tag, counts[parent, tag]] = index
    return known


def _count(text: str) -> int:
    return len("".join(text.split()))
