"""Draw lines on doubly logarithmic paper, and named spots, as SVG: pictures for the documentation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

__all__ = ["Line", "Spot", "draw", "draw_spots"]

_WIDTH, _HEIGHT = 400, 310
"""One panel, in pixels."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 68, 48
"""Margins of the axes inside a panel."""
_STYLES = (("#0b62a4", "", "circle"), ("#b3430e", "6 4", "square"), ("#3d7a37", "2 3", "circle"))
"""Colour, dashes and marker: lines can be told apart without colour. Contrast with white and with the dark ground is
at least 4.5 or the line is thick."""
_CSS = (
    "text{font:12px system-ui,sans-serif;fill:#222}.title{font-weight:600;font-size:14px}.small{font-size:11px}"
    ".ground{fill:#fff}.grid{stroke:#ccc;stroke-width:.7}.axis{stroke:#444;fill:none}"
    "@media(prefers-color-scheme:dark){text{fill:#e6e6e6}.ground{fill:#16181c}.grid{stroke:#3a3d44}.axis{stroke:#aaa}}"
)


class Line(NamedTuple):
    """A named row of points, x growing; x and y are above 0."""

    name: str
    points: tuple[tuple[float, float], ...]


class Spot(NamedTuple):
    """A named place in a picture; x is above 0, y within 0..1."""

    name: str
    x: float
    y: float
    is_ours: bool


class _Axis(NamedTuple):
    """A logarithmic axis from 10**low to 10**high, drawn between two pixels."""

    low: int
    high: int
    start: float
    end: float

    def at(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self) -> list[int]:
        return list(range(self.low, self.high + 1))


def draw(panels: Sequence[tuple[str, Sequence[Line]]], *, title: str, caption: str = "") -> str:
    """Return an SVG of panels side by side, each with its own x axis (named by its label) and one y axis for all.

    >>> picture = draw([("bytes", [Line("a & b", ((10, 0.1), (1000, 2.0)))])], title="Seconds")
    >>> picture.startswith("<svg"), "a &amp; b" in picture
    (True, True)
    """
    values = [y for _, lines in panels for line in lines for _, y in line.points]
    y_axis = _axis(values, start=_HEIGHT - _BOTTOM, end=_TOP)
    width, height = _WIDTH * len(panels), _HEIGHT + 24
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        f"<title>{escape(title)}</title><style>{_CSS}</style>",
        f'<rect class="ground" width="{width}" height="{height}"/>',
        f'<text class="title" x="{_LEFT}" y="20">{escape(title)}</text>',
        f'<text class="small" x="{_LEFT}" y="{height - 10}">{escape(caption)}</text>',
    ]
    for number, (label, lines) in enumerate(panels):
        parts += [f'<g transform="translate({number * _WIDTH} 0)">', *_panel(label, lines, y_axis), "</g>"]
    return "\n".join([*parts, "</svg>\n"])


def draw_spots(spots: Sequence[Spot], *, x_label: str, y_label: str, title: str, caption: str = "") -> str:
    """Return an SVG of named spots: x on a logarithmic axis, y on a linear one that begins where the spots do.

    >>> picture = draw_spots([Spot("a & b", 3, 0.9, is_ours=True)], x_label="ms", y_label="F1", title="Time")
    >>> picture.startswith("<svg"), "a &amp; b" in picture, ">0.90</text>" in picture
    (True, True, True)
    """
    width, height = _SPOTS_WIDTH, _HEIGHT + 56
    right, floor, top = width - _RIGHT - _NAMES, height - _BOTTOM - 40, 52
    x_axis = _axis([spot.x for spot in spots], start=_LEFT, end=right)
    low = math.floor(min(spot.y for spot in spots) * 20) / 20
    high = max(math.ceil(max(spot.y for spot in spots) * 20) / 20, low + 0.05)

    def level(y: float) -> float:
        return round(floor - (y - low) / (high - low) * (floor - top), 1)

    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        f"<title>{escape(title)}</title><style>{_CSS}</style>",
        f'<rect class="ground" width="{width}" height="{height}"/>',
        f'<text class="title" x="16" y="20">{escape(title)}</text>',
        f'<text class="small" x="16" y="{top - 12}">{escape(y_label)}</text>',
    ]
    parts += [
        f'<text class="small" x="16" y="{height - 24 + 14 * row}">{escape(line)}</text>'
        for row, line in enumerate(caption.splitlines())
    ]
    for tick in x_axis.ticks():
        x = x_axis.at(10.0**tick)
        parts.append(f'<line class="grid" x1="{x}" y1="{top}" x2="{x}" y2="{floor}"/>')
        parts.append(f'<text class="small" x="{x}" y="{floor + 16}" text-anchor="middle">{_power(tick)}</text>')
    for step in range(round((high - low) * 20) + 1):
        y = low + step / 20
        parts.append(f'<line class="grid" x1="{_LEFT}" y1="{level(y)}" x2="{right}" y2="{level(y)}"/>')
        parts.append(f'<text class="small" x="{_LEFT - 6}" y="{level(y) + 4}" text-anchor="end">{y:.2f}</text>')
    parts.append(f'<path class="axis" d="M{_LEFT} {top}V{floor}H{right}"/>')
    parts.append(f'<text x="{(_LEFT + right) / 2}" y="{floor + 34}" text-anchor="middle">{escape(x_label)}</text>')
    named_at = float("-inf")
    for spot in sorted(spots, key=lambda spot: -spot.y):
        x, y = x_axis.at(spot.x), level(spot.y)
        named_at = max(y, named_at + _NAME_HEIGHT)  # names stand below each other even where spots do not
        style = _STYLES[0 if spot.is_ours else 1]
        weight = ' class="title"' if spot.is_ours else ""
        parts.append(f'<path class="grid" d="M{x} {y}L{right + 4} {named_at}" fill="none"/>')
        parts.append(f'<circle cx="{x}" cy="{y}" r="{5 if spot.is_ours else 4}" fill="{style[0]}"/>')
        parts.append(f'<text{weight} x="{right + 8}" y="{named_at + 4}">{escape(spot.name)}</text>')
    return "\n".join([*parts, "</svg>\n"])


_SPOTS_WIDTH, _NAMES, _NAME_HEIGHT = 640, 190, 17
"""The picture, the room for names at its right, and the height of a name, in pixels."""


def _panel(label: str, lines: Sequence[Line], y_axis: _Axis) -> list[str]:
    right, floor = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    x_axis = _axis([x for line in lines for x, _ in line.points], start=_LEFT, end=right)
    parts = []
    for tick in x_axis.ticks():
        x = x_axis.at(10.0**tick)
        parts.append(f'<line class="grid" x1="{x}" y1="{_TOP}" x2="{x}" y2="{floor}"/>')
        parts.append(f'<text class="small" x="{x}" y="{floor + 16}" text-anchor="middle">{_power(tick)}</text>')
    for tick in y_axis.ticks():
        y = y_axis.at(10.0**tick)
        parts.append(f'<line class="grid" x1="{_LEFT}" y1="{y}" x2="{right}" y2="{y}"/>')
        parts.append(f'<text class="small" x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{_power(tick)}</text>')
    parts.append(f'<path class="axis" d="M{_LEFT} {_TOP}V{floor}H{right}"/>')
    parts.append(f'<text x="{(_LEFT + right) / 2}" y="{floor + 34}" text-anchor="middle">{escape(label)}</text>')
    for place, line in enumerate(lines):
        parts += _line(line, x_axis, y_axis, place)
    return parts


def _line(line: Line, x_axis: _Axis, y_axis: _Axis, place: int) -> list[str]:
    colour, dashes, marker = _STYLES[place % len(_STYLES)]
    spots = [(x_axis.at(x), y_axis.at(y)) for x, y in line.points]
    path = "L".join(f"{x} {y}" for x, y in spots)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    key = (_LEFT + 12, _TOP - 30 + 15 * place)
    parts = [f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>']
    for x, y in [*spots, key]:
        if marker == "circle":
            parts.append(f'<circle cx="{x}" cy="{y}" r="3.2" fill="{colour}"/>')
        else:
            parts.append(f'<rect x="{x - 3}" y="{y - 3}" width="6" height="6" fill="{colour}"/>')
    return [*parts, f'<text x="{key[0] + 10}" y="{key[1] + 4}">{escape(line.name)}</text>']


def _axis(values: Sequence[float], *, start: float, end: float) -> _Axis:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return _Axis(low, max(high, low + 1), start, end)


def _power(exponent: int) -> str:
    """Write a power of ten short: 0.01, 100, 10k, 1M."""
    if exponent < 3:
        return f"{10.0**exponent:g}"
    return f"{10 ** (exponent % 3)}{'kMG'[min(exponent // 3, 3) - 1]}"
