"""What evaluating an XPath predicate may cost on a page, counted before it is evaluated.

libxml2 has no limit of time, and a predicate is evaluated anew for every candidate: ``//*[//*[//*]]`` visits n * n * n
elements. The axes that leave the element itself and its children are therefore counted as a product of factors, such as
``("descendant", "sibling")``, which a page of known :class:`Size` turns into a number of visited nodes. It is an upper
bound; the same page always gives the same answer, on a fast machine and on a slow one.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

__all__ = ["BUDGET", "ORDINARY", "PREDICATE", "Costs", "Factors", "Size", "chained", "grown", "nested", "visits"]

Factors = tuple[str, ...]
"""Names of what is multiplied, outermost first; () is a visit to the element itself and its children."""
Costs = Counter[Factors]
"""Products and how often each occurs."""

BUDGET = 100_000_000
"""Visits allowed for one step of a selector on one page. In the worst we found (``count(preceding-sibling::*)`` among
14,000 siblings) a visit took libxml2 13 ns."""
PREDICATE = 100
"""Visits that as much time goes by as it takes to evaluate a predicate for one candidate: 1 to 3 microseconds."""

_MOST_FACTORS = 4
"""More are cut: four of any size are beyond every page."""


class Size(NamedTuple):
    """How large and how deep a page is."""

    elements: int
    descendants: int
    """Pairs of an element and one of its descendants."""
    siblings: int
    """Pairs of an element and one of its siblings."""
    most_siblings: int
    most_levels: int
    characters: int


ORDINARY = Size(2_000, 30_000, 40_000, 100, 25, 30_000)
"""What a rule must be able to deal with to be accepted at all; a news page has 500 to 5,000 elements."""

_CHARACTERS_PER_VISIT = 16


def grown(factors: Factors, more: str) -> Factors:
    """Return the product with one more factor; '' adds none."""
    return (*factors, more)[:_MOST_FACTORS] if more else factors


def chained(prefix: Factors, costs: Costs) -> Costs:
    """Return the costs of what is done once more for each node that ``prefix`` reaches."""
    return Costs({(prefix + factors)[:_MOST_FACTORS]: count for factors, count in costs.items()})


def nested(outer: Costs, inner: Costs) -> Costs:
    """Return the costs of doing the one for each node of the other, as comparing two sets of nodes does."""
    total = outer + inner
    for factors, count in outer.items():
        for more, times in inner.items():
            total[(factors + more)[:_MOST_FACTORS]] += count * times
    return total


def visits(costs: Costs, size: Size) -> int:
    """Return at most how many nodes are visited when every element of the page is a candidate."""
    return sum(count * _product(factors, size) for factors, count in costs.items())


def _product(factors: Factors, size: Size) -> int:
    texts = size.characters // _CHARACTERS_PER_VISIT + 1
    all_texts = texts * max(1, size.most_levels)
    first = {
        "descendant": size.descendants,
        "sibling": size.siblings,
        "ancestor": size.descendants,
        "page": size.elements,
        "anywhere": size.elements * size.elements,
        "string": all_texts,
    }
    later = {
        "descendant": size.elements,
        "sibling": size.most_siblings,
        "ancestor": size.most_levels,
        "page": 1,
        "anywhere": size.elements,
        "string": texts,
    }
    product = first[factors[0]] if factors else size.elements
    for place in range(1, len(factors)):
        times = later[factors[place]]
        if factors[: place + 1] == ("descendant",) * (place + 1):
            # Met once for each level between; telling doubles from others is cheap, but not free.
            times = max(size.most_levels, size.elements // 20)
        elif factors[place] == "string" and factors[place - 1] == "descendant":
            # Each text is gathered for the elements around it, not for all elements.
            times = size.most_levels if place == 1 else all_texts // max(1, size.elements)
        product *= max(1, times)
    return product
