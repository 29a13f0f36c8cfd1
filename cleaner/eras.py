"""Days written in Han figures or in years of an era, as in 二〇二四年四月十二日 and 令和6年4月12日."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

__all__ = ["HAS_HAN_YEAR", "spell_out"]

_FIGURES = dict(zip("〇○零一二三四五六七八九", (0, 0, *range(10)), strict=True))
_HAN = "".join(_FIGURES)

HAS_HAN_YEAR = re.compile(rf"[元十\d{_HAN}] ?年 ?[\d十{_HAN}]")
"""A text without this has no such day."""


def spell_out(line: str) -> str:
    """Write such days with the figures and years that everybody reads; all else, and what is no number, stays.

    >>> spell_out("二〇二四年四月十二日, 令和元年5月1日, 民國113年十月二十五日, 2024年4月12日")
    '2024年4月12日, 2019年5月1日, 2024年10月25日, 2024年4月12日'
    """
    return _days().sub(_spell, line) if HAS_HAN_YEAR.search(line) else line


def _spell(match: re.Match[str]) -> str:
    era, *figures = match.groups()
    if not era and "".join(figures).isdecimal():
        return match[0]
    year, month, day = map(_number, figures)
    if not year or not month or not day or (not era and len(figures[0]) != 4):
        return match[0]
    return f"{_eras().get(era, 0) + year}年{month}月{day}"


def _number(figures: str) -> int:
    """Return the number; 0 for what is none.

    >>> [_number(figures) for figures in ("二〇二四", "十二", "二十", "三十一", "元", "7", "三x")]
    [2024, 12, 20, 31, 1, 7, 0]
    """
    if figures.isdecimal():
        return int(figures)
    if figures == "元":
        return 1
    tens, ten, ones = figures.partition("十")
    known = [_FIGURES.get(sign, -1) for sign in tens + ones]
    if -1 in known or (ten and (len(tens) > 1 or len(ones) > 1)):
        return 0
    if ten:
        return 10 * (_FIGURES[tens] if tens else 1) + (_FIGURES[ones] if ones else 0)
    return int("".join(map(str, known)) or 0)


@lru_cache(maxsize=1)
def _eras() -> dict[str, int]:
    """Return era -> the year before its first."""
    text = resources.files("cleaner").joinpath("tables/eras.txt").read_text("utf-8")
    pairs = (line.split() for line in text.splitlines() if line and line[0] != "#")
    return {name: int(year) for name, year in pairs}


@lru_cache(maxsize=1)
def _days() -> re.Pattern[str]:
    figure = rf"[\d十{_HAN}]"
    era = f"(?:(?:中[华華])?({'|'.join(_eras())}) ?)?"
    month_and_day = f" ?({figure}{{1,2}}) ?月 ?({figure}{{1,3}})(?= ?[日号號])"
    return re.compile(f"{era}(?<!{figure})([元\\d十{_HAN}]{{1,4}}) ?年{month_and_day}")
