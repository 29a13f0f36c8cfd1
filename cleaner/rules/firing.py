"""Which rules fire on which paragraphs of a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from cleaner.page import Layout, Page
from cleaner.rules.domains import host_of_page, is_matched
from cleaner.rules.expressions import Lines, compile_expression
from cleaner.rules.rule import Rule, Rules
from cleaner.rules.selectors import TooCostlyError, compile_css, compile_xpath
from cleaner.rules.tree import Tree, plant

__all__ = ["Firing", "Hit", "fire", "why_silent"]


class Hit(NamedTuple):
    """A rule and the paragraphs that it fires on."""

    rule: Rule
    places: tuple[int, ...]
    """Indices of paragraphs, ascending; not empty."""


class Firing(NamedTuple):
    """What the rules say about a page."""

    hits: tuple[Hit, ...]
    """In the order of the rules."""
    warnings: tuple[str, ...]
    """A sentence for each rule that could not be applied."""
    host: str
    """The site that the page was taken to be of; '' when nobody says."""


def fire(rules: Rules, page: Page, layout: Layout) -> Firing:
    """Look for every rule on a page.

    Nothing is parsed or joined before a rule that holds for the page's site needs it. A rule that would take too long
    on this page is not applied and becomes a warning. Raises SetupError when a package is missing, nothing else.
    """
    look = _Look(page, layout)
    host = host_of_page(page.url, layout.head) if any(rule.domains for rule in rules.rules) else ""
    hits = []
    for rule in rules.rules:
        if rule.domains and not is_matched(host, rule.domains):
            continue
        places = tuple(look.places(rule))
        if places:
            hits.append(Hit(rule, places))
    return Firing(tuple(hits), tuple(look.warnings), host)


def why_silent(rule: Rule, page: Page, layout: Layout) -> str:
    """Return why a rule does not fire on a page, in words that follow its name; for people, not for speed."""
    host = host_of_page(page.url, layout.head)
    if rule.domains and not is_matched(host, rule.domains):
        here = f"this page is of {host}" if host else "this page does not say which it is of (try --url)"
        return f"holds for {', '.join(rule.domains)}, and {here}"
    if rule.needs_tree and page.content_type == "text":
        return "selects elements, and this is plain text"
    look = _Look(page, layout)
    for field in (name for name in _SELECTORS if getattr(rule, name)):
        try:
            selected, _ = look.selected(rule, field)
        except TooCostlyError:
            return f"was not applied: its {field} would visit too many elements"
        if not selected:
            return f"selects nothing with its {field}"
        if not rule.text and not look.places(rule):
            many = "1 element that does" if len(selected) == 1 else f"{len(selected)} elements that do"
            return f"selects {many} not hold the whole text of a paragraph"
    if rule.text and not look.read(rule):
        return look.warnings[-1] if look.warnings else "is found in no paragraph"
    return "has conditions that no paragraph fulfils together"


class _Look:
    """One page, as text and as tree, each made when it is first needed."""

    def __init__(self, page: Page, layout: Layout) -> None:
        self.page = page
        self.layout = layout
        self.warnings: list[str] = []
        self._lines: Lines | None = None
        self._tree: Tree | None = None
        self._is_planted = False

    def places(self, rule: Rule) -> list[int]:
        """Return the paragraphs that fulfil all conditions of a rule."""
        found: set[int] | None = None
        for places in self._conditions(rule):
            found = set(places) if found is None else found & set(places)
            if not found:
                return []
        return sorted(found or ())

    def _conditions(self, rule: Rule) -> Iterator[list[int]]:
        if rule.text:
            yield self.read(rule)
        for field in _SELECTORS:
            if getattr(rule, field):
                try:
                    elements, tree = self.selected(rule, field)
                except TooCostlyError:
                    self._give_up(rule, f"its {field} would visit too many elements of it")
                    elements, tree = [], None
                yield tree.paragraphs_in(elements) if tree is not None else []

    def read(self, rule: Rule) -> list[int]:
        """Return the paragraphs in which the expression of a rule is found."""
        if self._lines is None:
            self._lines = Lines(self.layout.texts)
        expression = compile_expression(rule.text)
        if expression.is_too_costly(self._lines):
            self._give_up(rule, "its expression is too large for so much text")
            return []
        return expression.find(self._lines)

    def selected(self, rule: Rule, field: str) -> tuple[list[etree._Element], Tree | None]:
        """Return the elements that one of a rule's selectors selects. Raises TooCostlyError."""
        if not self._is_planted:
            self._is_planted = True
            if self.page.content_type == "html" and self.layout.texts:
                self._tree = plant(self.page.text, self.layout)
        compiled = _SELECTORS[field](getattr(rule, field))
        return (compiled.find(self._tree) if self._tree is not None else []), self._tree

    def _give_up(self, rule: Rule, why: str) -> None:
        self.warnings.append(f"The {rule.title} was not applied to this page: {why}.")


_SELECTORS = {"css": compile_css, "xpath": compile_xpath}
