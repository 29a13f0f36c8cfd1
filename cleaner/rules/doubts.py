"""Rules that can never fire, or fire on everything: what is no fault, but hardly meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from cleaner.rules.expressions import Lines, compile_expression
from cleaner.rules.rule import Rule
from cleaner.rules.selectors import Selector, compile_css, compile_xpath
from cleaner.rules.xpath import Path

__all__ = ["Doubt", "doubts"]

_SAMPLES = ("☃", "a b 1", "Ünï: 7.", "我们 (x)")
"""Paragraphs with so little in common that an expression found in all of them, and in nothing, is found anywhere."""
_NOTHING = re.compile(r"(?:\(\?i\))?(?:\^|\\A)(?:\\s[*+]?)?(?:\$|\\Z|\\z)")
_WIDE_BLANK = re.compile(r"  |\t|\\t")
_AT_AN_END = re.compile(r"(?:\^|\\A)(?: |\\s)(?![*?{])|(?<!\\)(?: |\\s)\+?(?:\$|\\Z|\\z)")
_UPPER_ATTRIBUTE = re.compile(r"@[\w-]*[A-Z]")
_EMPTY_TAGS = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})


class Doubt(NamedTuple):
    """A sentence about a rule."""

    rule: Rule
    message: str


def doubts(rules: Sequence[Rule]) -> tuple[Doubt, ...]:
    """Return what is doubtful about rules that are otherwise good, in their order."""
    found = []
    for place, rule in enumerate(rules):
        found += [Doubt(rule, message) for message in _about(rule)]
        later = next((other for other in rules[place + 1 :] if _covers(other, rule)), None)
        if later is not None:
            found.append(Doubt(rule, f"It never has the last word: the {later.title} says otherwise of the same."))
    return tuple(found)


def _about(rule: Rule) -> Iterator[str]:
    for domain in rule.domains:
        if not {"*", "."} & set(domain) and domain != "localhost":
            yield f"No site is called '{domain}'; did you mean '{domain}.*'?"
    if rule.text:
        yield from _about_text(rule.text)
    if rule.css:
        yield from _about_selector(compile_css(rule.css))
    if rule.xpath:
        if _UPPER_ATTRIBUTE.search(rule.xpath):
            yield "It never fires: attributes of HTML have lower-case names."
        yield from _about_selector(compile_xpath(rule.xpath))


def _about_text(source: str) -> Iterator[str]:
    if _NOTHING.fullmatch(source):
        yield "It never fires: no paragraph is empty."
    elif _WIDE_BLANK.search(source) or _AT_AN_END.search(source):
        yield "It may never fire: paragraphs neither begin nor end with a blank, and have single blanks between words."
    if compile_expression(source).find(Lines(("", *_SAMPLES))) == list(range(len(_SAMPLES) + 1)):
        yield "Its expression is found in every paragraph."


def _about_selector(selector: Selector) -> Iterator[str]:
    found = [why for path in selector.paths if (why := _why_never(path))]
    if len(found) == len(selector.paths):
        yield f"It never fires: {found[0]}."


def _why_never(path: Path) -> str:
    """Return why a path can select no paragraph; '' if it can."""
    steps = path.steps
    names = [step.test for step in steps]
    upper = next((name for name in names if name != name.lower()), "")
    if upper:
        return f"elements of HTML have lower-case names, as in {upper.lower()}"
    if path.is_absolute and steps[0].axis == "child" and names[0] not in ("html", "*", "node()"):
        return f"a page begins with html; write //{names[0]} to look everywhere"
    if any("[0]" in step.source for step in steps):
        return "it asks for what only a browser knows (:hover and the like), or for place 0, and places count from 1"
    if names and names[-1] in _EMPTY_TAGS | _silent_tags():
        return f"no text is read in the element {names[-1]}"
    return ""


def _covers(later: Rule, rule: Rule) -> bool:
    """Tell whether a later rule decides all that an earlier one does, wherever that fires."""
    if (later.text, later.css, later.xpath) != (rule.text, rule.css, rule.xpath):
        return False
    if later.domains and not (rule.domains and set(rule.domains) <= set(later.domains)):
        return False
    return rule.label is None or later.label is not None


@lru_cache(maxsize=1)
def _silent_tags() -> frozenset[str]:
    lines = resources.files("cleaner").joinpath("tables/html_tags.txt").read_text("utf-8").splitlines()
    pairs = (line.split() for line in lines if line and not line.startswith("#"))
    return frozenset(tag for tag, role in pairs if role == "skip") | {"title"}
