"""What rules do to one page: the page with them and without, and for each rule the paragraphs it fires on."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

from cleaner.article import Article
from cleaner.decode import decode
from cleaner.page import Paragraph, RawPage
from cleaner.pipeline import clean
from cleaner.rules import Rule, Rules
from cleaner.rules.firing import fire, why_silent
from cleaner.segment import segment
from cleaner.settings import DEFAULTS, Settings

__all__ = ["Change", "RuleTrial", "Trial", "try_rules"]


class Change(NamedTuple):
    """A paragraph without the rules and with all of them."""

    before: Paragraph
    after: Paragraph


class RuleTrial(NamedTuple):
    """What one rule did."""

    rule: Rule
    changes: tuple[Change, ...]
    """The paragraphs it fired on, changed or not."""
    why_none: str
    """Why there are none, in words that follow the rule's name; '' when there are some."""


class Trial(NamedTuple):
    """What all rules did."""

    before: Article
    after: Article
    host: str
    """The site that the page was taken to be of; '' when nobody says."""
    rules: tuple[RuleTrial, ...]
    others: tuple[Change, ...]
    """Paragraphs that no rule fired on, but that changed since a double of theirs came or went."""


def try_rules(raw: RawPage, rules: Rules, settings: Settings = DEFAULTS) -> Trial:
    """Clean a page with and without rules. Raises what :func:`cleaner.clean` raises."""
    before = clean(raw, settings=dataclasses.replace(settings, rules=None))
    after = clean(raw, settings=dataclasses.replace(settings, rules=rules))
    page = decode(raw, settings)
    layout = segment(page)
    firing = fire(rules, page, layout)
    places = {hit.rule: hit.places for hit in firing.hits}
    pairs = tuple(map(Change, before.paragraphs, after.paragraphs))
    tried = []
    for rule in rules.rules:
        changes = tuple(pairs[place] for place in places.get(rule, ()))
        tried.append(RuleTrial(rule, changes, "" if changes else why_silent(rule, page, layout)))
    touched = {place for found in places.values() for place in found}
    others = tuple(pair for pair in pairs if pair.before.index not in touched and pair.before.kept != pair.after.kept)
    return Trial(before, after, firing.host, tuple(tried), others)
