"""User rules: drop, keep or label paragraphs by their text, or by the element they stand in, on some sites or all.

::

    rules.toml --read_rules--> Rules --fire, for a page and its layout--> Firing --cleaner.overrule--> Verdicts

Rules are plain data; what is compiled from them is cached in each process. Nothing here can take for ever: expressions
run in linear time (:mod:`cleaner.rules.expressions`), selectors within a budget (:mod:`cleaner.rules.costs`).
"""

from __future__ import annotations

from cleaner.rules.rule import Rule, Rules

__all__ = ["Rule", "Rules"]
