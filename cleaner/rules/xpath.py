"""XPath 1.0 of a rule, read into steps, so that each can be evaluated within a budget.

Only what selects elements is taken. The reading is our own because libxml2 says no more than "Invalid expression", and
because only steps show what an expression will cost (:mod:`cleaner.rules.costs`).
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

from cleaner.rules.xpath_steps import ANYWHERE, DOWNWARD, MOST_LEVELS, Expressions, Step

__all__ = ["Group", "Path", "Step", "read_xpath"]

_MOST_CHARACTERS = 2_000
_WITHOUT_TEXTS = frozenset({"self", "parent", "ancestor", "ancestor-or-self", "descendant-or-self"})
"""Axes along which, from an element, there are only elements, or texts that nothing follows from."""


class Path(NamedTuple):
    """Steps from the top of the page, or from each element of a group."""

    start: Group | None
    is_absolute: bool
    steps: tuple[Step, ...]


class Group(NamedTuple):
    """Paths in parentheses; of their elements in document order one may be picked."""

    paths: tuple[Path, ...]
    pick: int | None
    """Counts from 0; -1 is the last."""


def read_xpath(source: str, *, most_characters: int = _MOST_CHARACTERS) -> tuple[Path, ...]:
    """Read an expression that selects elements. Raises ValueError with a sentence that says what is wrong with it.

    >>> [step.source for step in read_xpath("//div[@id='news']/p")[0].steps]
    ['descendant-or-self::node()', "child::div[@id='news']", 'child::p']
    """
    if len(source) > most_characters:
        raise ValueError(f"The XPath is longer than {most_characters:,} characters.")
    reader = _Selections(source)
    paths = reader.selection()
    if reader.token.sort != "end":
        reader.fail(f"cannot go on with {reader.token.text}")
    return paths


class _Selections(Expressions):
    """The outermost level, where only elements may be selected."""

    def selection(self) -> tuple[Path, ...]:
        """Read paths joined by ``|``."""
        paths = [self._path()]
        while self.take("|"):
            paths.append(self._path())
        return tuple(paths)

    def _path(self) -> Path:
        if self.token.sort in ("literal", "number") or (self.token.sort == "name" and self.is_call()):
            self.fail("computes a value, but a rule needs elements, as in //div[@id='comments']")
        if self.take("("):
            return self._grouped()
        is_absolute = self.token.is_sign("/", "//")
        first = self.token
        steps = self._checked(self.steps())
        if not steps:
            self.fail("selects the whole page; leave it out")
        if not is_absolute and steps[0].axis not in ("descendant", "descendant-or-self"):
            raise ValueError(f"The XPath begins with {first.text}; begin with // to look on the whole page.")
        return Path(None, is_absolute, steps)

    def _grouped(self) -> Path:
        self.level += 1
        if self.level > MOST_LEVELS:
            self.fail(f"has brackets within brackets more than {MOST_LEVELS} deep")
        paths = self.selection()
        self.level -= 1
        self.expect(")")
        group = Group(paths, self._pick())
        steps = self._checked(self.steps()) if self.token.is_sign("/", "//") else ()
        return Path(group, is_absolute=False, steps=steps)

    def _pick(self) -> int | None:
        if not self.take("["):
            return None
        token = self.token
        if token.sort == "number" and token.text.isdigit() and int(token.text) > 0:
            self.place += 1
            pick = int(token.text) - 1
        elif token.text == "last" and self.is_call():
            self.place += 2
            self.expect(")")
            pick = -1
        else:
            self.fail("can only pick one element behind round brackets, as in (//p)[1] or (//p)[last()]")
        self.expect("]")
        return pick

    def _checked(self, steps: list[Step]) -> tuple[Step, ...]:
        for step in steps:
            if step.axis == "attribute":
                raise ValueError(f"The XPath selects the attribute {step.test}; write [@{step.test}] for its element.")
            if step.test in ("text()", "comment()"):
                raise ValueError(f"The XPath selects {step.test}, but a rule needs elements; leave that step out.")
            if step.test == "node()" and step.axis not in _WITHOUT_TEXTS:
                raise ValueError(f"The XPath goes through {step.axis}::node(), which may be a text; write * instead.")
        for step, following in itertools.pairwise(steps):
            if step.source.startswith(ANYWHERE.source) and following.axis not in DOWNWARD:
                raise ValueError(f"The XPath asks for {following.axis}:: of any place; write //*/{following.axis}::")
        return tuple(steps)
