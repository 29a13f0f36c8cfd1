"""How the time of a page grows with its size: pages of invented paragraphs, from tiny to huge."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cleaner.evaluation.plot import Line, draw
from cleaner.page import ContentType
from cleaner.settings import DEFAULTS, Settings

__all__ = ["PARAGRAPH_COUNTS", "PLANS", "SIZES", "Growth", "Plan", "Point", "growth_svg", "made_page", "measure_growth"]

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000, 20_000_000)
"""Bytes of the pages that grow by size."""

PARAGRAPH_COUNTS = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 200_000)
"""Paragraphs of the pages that grow by number."""

_FIT_FROM = 0.02
"""The exponent is fitted to points from this share of the largest on: below, what every page costs hides the slope."""

_SENTENCES = (
    "The ferry left the northern pier at dawn with forty crates of pears and a brass band on deck.",
    "Nobody in the valley remembered a spring in which the mill had stood still for so long.",
    "By noon the repair crew had found the fault: a cracked valve under the third lock gate.",
    "She kept the ledger in green ink and never once, in thirty years, crossed out a line.",
    "The council will vote on the new footbridge in May, after the surveyors have come back.",
)
"""Invented for this measurement."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One row of growing pages."""

    name: str
    content_type: ContentType
    sentences: int
    """Sentences a paragraph; 0 for a short line."""
    steps: tuple[int, ...]
    by_size: bool
    """Whether the steps are bytes of the page, or else paragraphs."""


PLANS = (
    Plan("HTML by size", "html", 4, SIZES, by_size=True),
    Plan("text by size", "text", 4, SIZES, by_size=True),
    Plan("HTML by paragraphs", "html", 0, PARAGRAPH_COUNTS, by_size=False),
    Plan("text by paragraphs", "text", 0, PARAGRAPH_COUNTS, by_size=False),
)


@dataclass(frozen=True, slots=True)
class Point:
    """One page."""

    size: int
    """Bytes."""
    paragraphs: int
    seconds: float
    """CPU time, the better of two runs for pages that take less than a second."""


@dataclass(frozen=True, slots=True)
class Growth:
    """The points of one plan and the line through them."""

    plan: Plan
    points: tuple[Point, ...]

    @property
    def exponent(self) -> float:
        """The k of time = c * size^k (or paragraphs^k), fitted to the large pages; 1 is linear growth."""
        xs, ys = self._large()
        return _slope([math.log(x) for x in xs], [math.log(y) for y in ys])

    def steps(self) -> list[int]:
        """Return the sizes in bytes or the numbers of paragraphs, whichever the plan grows by."""
        return [point.size if self.plan.by_size else point.paragraphs for point in self.points]

    def _large(self) -> tuple[list[int], list[float]]:
        steps = self.steps()
        large = [place for place, step in enumerate(steps) if step >= _FIT_FROM * steps[-1]]
        return [steps[place] for place in large], [self.points[place].seconds for place in large]


def made_page(plan: Plan, step: int) -> tuple[bytes, int]:
    """Return a page of about ``step`` bytes, or of so many paragraphs, and its number of paragraphs.

    >>> page, paragraphs = made_page(PLANS[2], 3)
    >>> page.count(b"<p>"), paragraphs
    (3, 3)
    """
    parts: list[str] = []
    size = 0
    for number, text in enumerate(_paragraphs(plan.sentences)):
        part = f"<p>{text}</p>\n" if plan.content_type == "html" else f"{text}\n\n"
        if size >= step if plan.by_size else number >= step:
            break
        parts.append(part)
        size += len(part)
    body = "".join(parts)
    if plan.content_type == "text":
        return body.encode(), len(parts)
    page = f"<!doctype html><html lang=en><head><title>Growth</title></head><body><main>\n{body}</main></body></html>"
    return page.encode(), len(parts)


def measure_growth(
    plans: Sequence[Plan] = PLANS,
    *,
    settings: Settings = DEFAULTS,
    on_point: Callable[[Plan, Point], None] | None = None,
) -> list[Growth]:
    """Clean the pages of every plan, smallest first, and return the CPU times; the first page is cleaned once before.

    Pages above ``settings.max_page_bytes`` raise InputError.
    """
    from cleaner.pipeline import clean

    grown = []
    for plan in plans:
        points = []
        clean(made_page(plan, plan.steps[0])[0], content_type=plan.content_type, settings=settings)
        for step in plan.steps:
            page, paragraphs = made_page(plan, step)
            seconds = math.inf
            for _ in range(2):
                gc.collect()
                start = time.process_time()
                clean(page, content_type=plan.content_type, settings=settings)
                seconds = min(seconds, time.process_time() - start)
                if seconds >= 1:
                    break
            points.append(Point(len(page), paragraphs, seconds))
            if on_point is not None:
                on_point(plan, points[-1])
        grown.append(Growth(plan, tuple(points)))
    return grown


def growth_svg(grown: Sequence[Growth], machine: str) -> str:
    """Draw the times against size and against number of paragraphs, two panels on doubly logarithmic paper."""
    panels = []
    for by_size, label in ((True, "bytes of the page"), (False, "paragraphs")):
        lines = [
            Line(
                f"{'HTML' if growth.plan.content_type == 'html' else 'plain text'}, exponent {growth.exponent:.2f}",
                tuple((float(x), point.seconds) for x, point in zip(growth.steps(), growth.points, strict=True)),
            )
            for growth in grown
            if growth.plan.by_size == by_size
        ]
        if lines:
            panels.append((label, lines))
    return draw(panels, title="CPU seconds per page", caption=machine)


def _paragraphs(sentences: int) -> Iterator[str]:
    """Yield numbered paragraphs for ever, no two the same."""
    number = 0
    while True:
        number += 1
        if sentences:
            chosen = (_SENTENCES[(number + offset * offset) % len(_SENTENCES)] for offset in range(sentences))
            yield f"In report {number}: {' '.join(chosen)}"
        else:
            yield f"Line {number} of the register, entry {number * 7 % 1000}."


def _slope(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Return the slope of the least squares line; nan for a single point."""
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    if not spread:
        return math.nan
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread
