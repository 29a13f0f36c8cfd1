"""CSS selectors and XPath of rules: compiled when a rule is read, found in a page's tree within a budget.

Paths are walked step by step, each from as few elements as find everything. libxml2 alone would join and sort the
elements of nested steps in quadratic time: ``//div//div`` takes it 7 s on a page of 5,000 divs nested in each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from cleaner.errors import SetupError
from cleaner.rules.costs import BUDGET, PREDICATE, visits
from cleaner.rules.tree import Tree
from cleaner.rules.xpath import Path, Step, read_xpath

__all__ = ["Selector", "TooCostlyError", "compile_css", "compile_xpath"]

_MOST_CSS_CHARACTERS = 10_000
_MISREAD = re.compile(r"name\(\) = '[^']*[^\w' -][^']*'")
"""What cssselect before 1.5 makes of ``:not(:has(p))``: an element of the name ``p]``."""
_DOWN = ("descendant", "descendant-or-self")
_SIDEWAYS = ("following-sibling", "preceding-sibling")


class TooCostlyError(Exception):
    """A selector would visit more of this page than :data:`cleaner.rules.costs.BUDGET`."""


class _Stride(NamedTuple):
    """A compiled step."""

    step: Step
    find: etree.XPath
    find_from_top: etree.XPath
    """The step taken from the document itself, which holds the first element."""


class _Way(NamedTuple):
    """A compiled path."""

    start: tuple[_Way, ...]
    """What the path goes on from; () for the top of the page."""
    pick: int | None
    """Of the start, only this element."""
    is_absolute: bool
    """Whether the first step is taken from the document itself."""
    strides: tuple[_Stride, ...]


class Selector(NamedTuple):
    """A compiled selector."""

    source: str
    paths: tuple[Path, ...]
    ways: tuple[_Way, ...]

    def find(self, tree: Tree) -> list[etree._Element]:
        """Return the selected elements in document order. Raises TooCostlyError before anything takes long."""
        return _in_order(tree, (element for way in self.ways for element in _follow(way, tree)))


@lru_cache(maxsize=4096)
def compile_xpath(source: str) -> Selector:
    """Compile an XPath 1.0 expression that selects elements. Raises ValueError with a sentence for any other."""
    if source.startswith(("#", ".")) and not source.startswith(("./", "..")):
        raise ValueError("This looks like a CSS selector; write it behind css = instead.")
    paths = read_xpath(source)
    return Selector(source, paths, tuple(_way(path) for path in paths))


@lru_cache(maxsize=4096)
def compile_css(source: str) -> Selector:
    """Compile a CSS selector. Raises ValueError with a sentence for a bad one, SetupError without cssselect."""
    try:
        from cssselect import HTMLTranslator, SelectorError
    except ImportError as error:
        raise SetupError(
            "missing_extra",
            "Rules with css need cssselect, which is not installed. Try: pip install 'article-cleaner[rules]'",
        ) from error
    if len(source) > _MOST_CSS_CHARACTERS:
        raise ValueError(
            f"The CSS selector is longer than {_MOST_CSS_CHARACTERS:,} characters; make several rules of it."
        )
    if source.startswith(("/", "(")):
        raise ValueError("This looks like an XPath; write it behind xpath = instead.")
    try:
        translated = HTMLTranslator().css_to_xpath(source)
    except SelectorError as error:
        raise ValueError(f"The CSS selector cannot be read: {_plainer(str(error))}.") from None
    except RecursionError:
        raise ValueError("The CSS selector has brackets within brackets too deep.") from None
    if _MISREAD.search(translated):
        raise ValueError("The CSS selector has brackets that this version of cssselect misreads; a newer one may not.")
    try:
        paths = read_xpath(translated, most_characters=100 * _MOST_CSS_CHARACTERS)
    except ValueError as error:
        raise ValueError(f"The CSS selector means {translated[:300]} in XPath. {error}") from None
    return Selector(source, paths, tuple(_way(path) for path in paths))


def _plainer(complaint: str) -> str:
    """Say "the end" for cssselect's "<EOF at 4>"."""
    return complaint.rstrip(".").replace("<EOF at", "<the end at").replace("<DELIM ", "<")


def _way(path: Path) -> _Way:
    start: tuple[_Way, ...] = ()
    pick = None
    if path.start is not None:
        start, pick = tuple(_way(inner) for inner in path.start.paths), path.start.pick
    steps = _shortened(path.steps)
    return _Way(start, pick, path.is_absolute, tuple(map(_stride, steps)))


def _shortened(steps: Iterable[Step]) -> list[Step]:
    """Join ``descendant-or-self::*/child::p`` to ``descendant::p``, which is the same if no place is asked for."""
    out: list[Step] = []
    for step in steps:
        if step.axis == "child" and not step.is_positional and out and out[-1].source in _ANYWHERE:
            source = step.source.replace("child::", "descendant::", 1)
            out[-1] = step._replace(axis="descendant", source=source)
        else:
            out.append(step)
    return out


_ANYWHERE = ("descendant-or-self::node()", "descendant-or-self::*")


def _stride(step: Step) -> _Stride:
    try:
        finders = [etree.XPath(f"{top}{step.source}", regexp=False, smart_strings=False) for top in ("", "/")]
    except etree.XPathError as error:
        raise ValueError(f"The XPath cannot be read at {step.source}: {error}.") from None
    return _Stride(step, *finders)


def _follow(way: _Way, tree: Tree) -> list[etree._Element]:
    at_top = way.is_absolute
    elements = [] if at_top else tree.roots
    if way.start:
        elements = _in_order(tree, (element for inner in way.start for element in _follow(inner, tree)))
        if way.pick is not None:
            elements = elements[way.pick :][:1]
    for stride in way.strides:
        elements = _take(stride, elements, tree, at_top=at_top)
        at_top = at_top and stride.step.source in ("descendant-or-self::node()", "self::node()")
    return elements


def _take(stride: _Stride, elements: list[etree._Element], tree: Tree, *, at_top: bool) -> list[etree._Element]:
    """Take a step from each of the elements, and from the document if that is where we are, too."""
    step = stride.step
    if at_top and step.axis in _DOWN and not step.is_positional:
        elements = []  # nothing is below them that is not below the document
    elif not step.is_positional:
        elements = _needed(step.axis, elements, tree)
    _check(step, elements, tree)
    found: dict[etree._Element, None] = {}
    for matches in (*([stride.find_from_top(tree.roots[0])] if at_top else []), *map(stride.find, elements)):
        if isinstance(matches, list):  # always: paths give no numbers
            found.update((match, None) for match in matches if match in tree.order)
    return list(found)


def _needed(axis: str, elements: list[etree._Element], tree: Tree) -> list[etree._Element]:
    """Return the elements from which everything along the axis is found, each thing as seldom as can be."""
    order, parents, ends = tree.order, tree.parents, tree.ends
    if axis in _DOWN:
        return tree.outermost(elements)
    if axis in (*_SIDEWAYS, "parent", "ancestor"):
        # The last to be entered counts: the first of the children, or the last of them.
        ordered = sorted(elements, key=order.__getitem__, reverse=axis == "following-sibling")
        return list({parents[order[element]]: element for element in ordered}.values())
    if axis == "following" and elements:
        return [min(elements, key=lambda element: ends[order[element]])]
    if axis == "preceding" and elements:
        return [max(elements, key=order.__getitem__)]
    return elements


def _check(step: Step, elements: list[etree._Element], tree: Tree) -> None:
    """Refuse what would take too long: the ways along the axis, and the predicates for all that is met on them."""
    size, many = tree.size, len(elements)
    walked, again = many + size.elements, 1
    if step.axis in _DOWN:
        walked += sum(tree.ends[tree.order[element]] - tree.order[element] for element in elements)
        again = size.most_levels
    elif step.axis in ("following", "preceding"):
        walked, again = many * size.elements, many
    elif step.axis in _SIDEWAYS:
        walked, again = min(many * size.most_siblings, size.siblings), size.most_siblings
    elif step.axis in ("ancestor", "ancestor-or-self"):
        walked, again = many * size.most_levels, many
    if not step.is_positional and not step.axis.startswith("ancestor"):
        again = 1
    total = walked * (1 + PREDICATE * step.predicates) + visits(step.costs, size) * min(again, max(many, 1))
    if step.axis.startswith("preceding"):
        total += walked * size.most_siblings  # what is found backwards is sorted, step by step from sibling to sibling
    elif step.axis.startswith("ancestor"):
        total += walked * size.most_levels
    if total > BUDGET:
        raise TooCostlyError


def _in_order(tree: Tree, elements: Iterable[etree._Element]) -> list[etree._Element]:
    return sorted(set(elements), key=tree.order.__getitem__)
