"""Small drawings: where scores lie, and where on a page the kept text stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cleaner.page import Paragraph

__all__ = ["BINS", "bin_of", "histogram_markup", "shape_of"]

BINS = 20
"""Columns of a histogram; each is 0.05 of score wide."""
_SHAPE_CELLS = 32
_HALF = 40
"""Height of the tallest column on each side of the axis."""


def bin_of(score: float) -> int:
    """Return the column of a score in 0..1.

    >>> bin_of(0.0), bin_of(0.999), bin_of(1.0)
    (0, 19, 19)
    """
    return min(int(score * BINS), BINS - 1)


def histogram_markup(kept: Sequence[int], dropped: Sequence[int], *, limit: float | None = None) -> str:
    """Draw how many paragraphs have which score: kept above the axis, dropped below, heights by the square root.

    ``limit`` is the score at which a line is drawn.
    A drawing only, hidden from those who cannot see it: whoever shows it says the numbers in words beside it.
    """
    most = max([*kept, *dropped, 1])
    parts = []
    for place in range(BINS):
        for counts, name in ((kept, "kept"), (dropped, "dropped")):
            if counts[place]:
                height = max(_HALF * (counts[place] / most) ** 0.5, 1.5)
                top = _HALF - height if name == "kept" else _HALF + 1
                parts.append(
                    f'<rect class="{name}" x="{place * 10 + 1}" y="{top:.1f}" width="8" height="{height:.1f}"/>'
                )
    if limit is not None:
        parts.append(f'<rect class="limit" x="{limit * BINS * 10 - 0.5:.1f}" width="1" height="{2 * _HALF + 1}"/>')
    return (
        f'<svg class="histogram" viewBox="0 0 {BINS * 10} {2 * _HALF + 1}" preserveAspectRatio="none" '
        f'aria-hidden="true"><rect class="axis" y="{_HALF}" width="{BINS * 10}" height="1"/>{"".join(parts)}</svg>'
    )


def shape_of(paragraphs: Iterable[Paragraph]) -> str:
    """Return where the kept text stands on a page, as digits: each is a 32nd of its characters, 0 none kept, 4 all.

    >>> from cleaner.page import Kind
    >>> def some(length, kept): return Paragraph(0, "x" * length, Kind.BODY, 1, 1, kept, (), -1, -1, "", "p")
    >>> shape_of([some(10, False), some(20, True), some(2, False)])
    '00000000004444444444444444444400'
    """
    spans = [(len(paragraph.text), paragraph.kept) for paragraph in paragraphs]
    total = sum(length for length, _ in spans)
    if not total:
        return ""
    cells = [0.0] * _SHAPE_CELLS
    begin = 0.0
    for length, kept in spans:
        end = begin + length * _SHAPE_CELLS / total
        if kept:
            for cell in range(int(begin), min(int(end) + 1, _SHAPE_CELLS)):
                cells[cell] += max(min(end, cell + 1) - max(begin, cell), 0)
        begin = end
    return "".join(str(min(round(4 * share), 4)) for share in cells)
