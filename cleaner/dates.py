"""Dates as people and machines write them: find them in a line and put them into ISO 8601.

Nothing here knows about pages. Month and weekday names, zones and the words beside a date are tables:
``tables/calendar.txt``, ``date_words.txt``, ``time_zones.txt``.

Languages: every one in those tables; dates written only in figures need none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from importlib import resources
from typing import Literal, NamedTuple

from cleaner.eras import HAS_HAN_YEAR, spell_out

__all__ = [
    "FoundDate",
    "find_dates",
    "fold",
    "has_date_figures",
    "is_calendar_word",
    "is_date_word",
    "is_plain",
    "iso_date",
    "role_of",
    "table_entries",
]

Role = Literal["published", "modified", ""]

_MAX_SEARCH_CHARS = 2_000
"""find_dates looks no further; dates that say when a page was published stand at the start of a paragraph."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_MAX_ZONE_HOURS = 14
"""Kiribati is furthest from Greenwich."""
_BUDDHIST_OFFSET = 543
"""Thai sites count from the Buddha's death: 2567 is 2024."""

_WORD = r"[^\W\d_][^\s\d,;:|/\\()\[\]<>\u00b7\u2022\u2013\u2014+\u2026_-]{1,15}"
_YEAR = r"(?:19|2[01456])\d{2}"
_ORDINAL = r"(?:st|nd|rd|th|er|o|a|:e|:a|e|°)?"
_OF = r"(?:de |of |del |di |d['\u2019]|ng\u00e0y )?"

_PLAUSIBLE = re.compile(r"\d{4}|\d[./]\s?\d{2}(?!\d)")
"""Every notation but that of :mod:`cleaner.eras` has a year of four figures, or of two behind a dot or slash."""
_YMD = re.compile(rf"(?<![\d.,/-])({_YEAR})(?:([-./])|\. )(\d{{1,2}})(?:\2|\. )(\d{{1,2}})(?![\d/-]|[.,]\d)")
_CJK = re.compile(r"(?<!\d)(\d{4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日号號일]?")
_COMPACT = re.compile(rf"(?<![\w.-])({_YEAR})(0[1-9]|1[0-2])([0-3]\d)(?![\d.-])")
_DMY = re.compile(r"(?<![\d.,/-])(\d{1,2}) ?([-./]) ?(\d{1,2}) ?\2 ?(\d{4}|\d{2})(?![\d/-]|[.,]\d)")
_WORDED_DMY = re.compile(
    rf"(?<![\d.,])(\d{{1,2}}){_ORDINAL}[.,]?[\s-]{{0,2}}{_OF}({_WORD})[\s,'\u2019/-]{{0,3}}(?:de |del )?(\d{{4}})(?!\d)"
)
_WORDED_MDY = re.compile(rf"(?<![^\W\d_])({_WORD})[\s-]{{0,2}}(\d{{1,2}}){_ORDINAL}[\s,-]{{1,3}}(\d{{4}})(?!\d)")
_WORDED_YMD = re.compile(rf"(?<!\d)({_YEAR})[.,]?[\s-]?(?:m\.? |\u0433\.? )?({_WORD})[\s-]?(\d{{1,2}})(?!\d)")
_VIETNAMESE = re.compile(r"(?<!\d)(\d{1,2}) th\u00e1ng (\d{1,2})(?:,| n\u0103m)? (\d{4})(?!\d)")
_CTIME = re.compile(r"(?<!\d)(\d{1,2}) (\d{2}:\d{2}(?::\d{2})?) ([a-z]{2,5} )?(\d{4})(?!\d)")
"""The C library writes the clock between day and year: ``Nov 28 10:14:00 UTC 2024``."""

_CLOCK = re.compile(
    r"(?P<before>[ap]m|上午|下午|午前|午後|오전|오후)?\s?(?<![\d.:,/-])(?P<hour>[01]?\d|2[0-3])"
    r"(?:(?:[:.]|\s?h\s?|[時时點点시]\s?)(?P<minute>[0-5]\d)[分분]?(?:[:.]?\s?(?P<second>[0-5]\d)[秒초]?(?!\d|:))?"
    r"(?:[.,]\d{1,9})?|(?=\s?(?:[ap]\.?\s?m\b|uhr\b|uur\b|h\b))|[時时點点시])(?![\d:/])"
    r"(?:\s?(?P<half>[ap]\.?\s?m\b\.?|[πμ]\.?μ\b\.?|uhr\b|uur\b|hrs?\b|h\b))?"
)
_ZONE = re.compile(
    r"\s?\(?(?:(?:utc|gmt)?\s?(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?(?!\d)"
    r"|(?P<name>[^\W\d_]{1,4})(?!\w))\)?"
)
_BREAKS = re.compile(
    r"[\s,.;:|/\\()\[\]{}<>\u00b7\u2022\u2010-\u2015\u2026*#~+=!?\"'\u2018-\u201f\u060c\u3001\u3002\u3010\u3011_-]+"
)
_NO_BLANKS = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Thai, kana, Han and Hangul: words need not be separated by blanks."""

_ISO = re.compile(
    r"\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:T|\s+)(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?"
    r"\s?(?:(Z|UTC|GMT)|([+-])(\d{2}):?(\d{2})?)?)?(?![\d:])",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"\s*(\d{10})(\d{3})?\s*$")


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date written in a line, with what the words before it say of it."""

    iso: str
    """``2024-11-28``, with ``T10:14:00`` and ``+01:00`` where time and zone are written."""
    role: Role
    start: int
    end: int
    """Half-open span in the line as :func:`fold` gives it; for telling what else stands there."""


class _Piece(NamedTuple):
    """A calendar day found in a line."""

    start: int
    end: int
    day: str


def find_dates(text: str, *, day_first: bool = True) -> list[FoundDate]:
    """Return the dates in the first 2,000 characters of a text, in order, each with its role, time and zone.

    A date has day, month and year and lies between 1900 and 2100. ``day_first`` decides only what the figures leave
    open: 03/04/2021 is 3 April with it and March 4 without.

    >>> [(date.iso, date.role) for date in find_dates("By Ann, posted May 2, 2020 | Updated May 3, 2020 9:05 pm")]
    [('2020-05-02', 'published'), ('2020-05-03T21:05:00', 'modified')]
    """
    if not has_date_figures(text):
        return []
    return _find(fold(text[:_MAX_SEARCH_CHARS]), day_first=day_first)


def _find(line: str, *, day_first: bool) -> list[FoundDate]:
    found: list[FoundDate] = []
    reach = 0
    pieces = sorted(_days(line, day_first=day_first), key=lambda piece: (piece.start, -piece.end))
    for number, piece in enumerate(pieces):
        if piece.start < reach:
            continue
        following = next((other.start for other in pieces[number + 1 :] if other.start >= piece.end), len(line))
        clock, start, end = _clock(line, piece, reach, following)
        found.append(FoundDate(piece.day + clock, _role(line[reach:start]), start, end))
        reach = end
    if len(found) == 1 and not found[0].role:
        # "3 March 2021 (updated)": the word stands behind.
        first = found[0]
        found = [FoundDate(first.iso, _role(line[first.end : first.end + 20]), first.start, first.end)]
    return found


def _days(line: str, *, day_first: bool) -> Iterator[_Piece]:
    """Yield every calendar day the line spells, in whichever notation; they may overlap."""
    for match in _YMD.finditer(line):
        yield from _piece(match, match[1], match[3], match[4])
    for match in _CJK.finditer(line):
        yield from _piece(match, match[1], match[2], match[3])
    for match in _COMPACT.finditer(line):
        yield from _piece(match, match[1], match[2], match[3])
    for match in _DMY.finditer(line):
        first, second = int(match[1]), int(match[3])
        if len(match[4]) == 2 and match[2] == "-":
            continue
        month_first = second > 12 or (first <= 12 and not day_first and match[2] == "/")
        yield from _piece(match, match[4], *((match[1], match[3]) if month_first else (match[3], match[1])))
    for match in _VIETNAMESE.finditer(line):
        yield from _piece(match, match[3], match[2], match[1])
    months = _calendar()[0]
    for match in _WORDED_DMY.finditer(line):
        yield from _piece(match, match[3], months.get(match[2].rstrip(".")), match[1])
    for match in _WORDED_MDY.finditer(line):
        yield from _piece(match, match[3], months.get(match[1].rstrip(".")), match[2])
    for match in _WORDED_YMD.finditer(line):
        yield from _piece(match, match[1], months.get(match[2].rstrip(".")), match[3])


def _piece(match: re.Match[str], year: str, month: str | int | None, day: str) -> Iterator[_Piece]:
    """Yield the matched day if there is such a day."""
    if month is None:
        return
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < 70 else 1900
    elif number > 2400:
        number -= _BUDDHIST_OFFSET
    if _FIRST_YEAR <= number <= _LAST_YEAR and _exists(number, int(month), int(day)):
        yield _Piece(match.start(), match.end(), f"{number:04}-{int(month):02}-{int(day):02}")


def _exists(year: int, month: int, day: int) -> bool:
    if not 1 <= month <= 12 or day < 1:
        return False
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return day <= (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def iso_date(value: str, *, day_first: bool = True) -> str | None:
    """Return a date written for machines in ISO 8601, or None; the first date counts if there are several.

    Reads ISO 8601 in its loose forms, RFC 2822, seconds or milliseconds since 1970, and whatever
    :func:`find_dates` reads. Fractions of seconds are dropped, zones are written ``+01:00``; a clock that is not
    there is not invented.

    >>> iso_date("2024-11-28T10:14:07.123Z"), iso_date("Thu, 28 Nov 2024 10:14:07 GMT"), iso_date("1732788847")
    ('2024-11-28T10:14:07+00:00', '2024-11-28T10:14:07+00:00', '2024-11-28T10:14:07+00:00')
    """
    match = _ISO.match(value)
    if match:
        year, month, day, hour, minute = (int(part or 0) for part in match.groups()[:5])
        if not _FIRST_YEAR <= year <= _LAST_YEAR or not _exists(year, month, day) or hour > 24 or minute > 59:
            return None
        date = f"{year:04}-{month:02}-{day:02}"
        if match[4] is None or hour == 24:
            return date
        zone = "+00:00" if match[7] else _offset(match[8], match[9], match[10]) if match[8] else ""
        return f"{date}T{hour:02}:{minute:02}:{min(int(match[6] or 0), 59):02}{zone}"
    epoch = _EPOCH.match(value)
    if epoch:
        stamp = datetime.fromtimestamp(int(epoch[1]), tz=timezone.utc)
        return stamp.isoformat() if stamp.year > 1990 else None
    found = find_dates(value[:200], day_first=day_first)
    return found[0].iso if found else None


def _clock(line: str, piece: _Piece, reach: int, following: int) -> tuple[str, int, int]:
    """Return the clock beside a day as ``T10:14:00+01:00`` or '', and the span of both."""
    stop = min(following, piece.end + 50)
    match = _CLOCK.search(line, piece.end, stop)
    if match and (line[piece.end] == "t" or is_plain(line[piece.end : match.start()])):
        zone, end = _zone(line, match.end())
        return _clock_text(match) + zone, piece.start, end
    for match in _CLOCK.finditer(line, max(reach, piece.start - 50), piece.start):
        zone, end = _zone(line[: piece.start], match.end())
        if is_plain(line[end : piece.start]):
            return _clock_text(match) + zone, match.start(), piece.end
    return "", piece.start, piece.end


def _clock_text(match: re.Match[str]) -> str:
    hour = int(match["hour"])
    half = (match["half"] or match["before"] or "")[:1]
    if half in {"p", "μ", "下", "오"} or match["before"] == "午後":
        afternoon = match["before"] != "오전"
        hour = hour + 12 if afternoon and hour < 12 else hour
    elif half in {"a", "π", "上", "午"} and hour == 12:
        hour = 0
    return f"T{hour:02}:{match['minute'] or '00'}:{match['second'] or '00'}"


def _zone(line: str, start: int) -> tuple[str, int]:
    """Return the zone written at ``start`` as ``+01:00`` (or '') and where it ends."""
    match = _ZONE.match(line, start)
    if not match:
        return "", start
    if match["sign"]:
        offset = _offset(match["sign"], match["hours"], match["minutes"])
        return (offset, match.end()) if offset else ("", start)
    east = _zones().get(match["name"])
    if east is None:
        return "", start
    if east == "?":
        return "", match.end()
    sign, size = ("-", -int(east)) if int(east) < 0 else ("+", int(east))
    return f"{sign}{size // 60:02}:{size % 60:02}", match.end()


def _offset(sign: str, hours: str, minutes: str | None) -> str:
    """Return a zone as ``+01:00``; '' for one that does not exist."""
    exists = int(hours) <= _MAX_ZONE_HOURS and int(minutes or 0) < 60
    return f"{sign}{int(hours):02}:{minutes or '00'}" if exists else ""


def has_date_figures(text: str) -> bool:
    """Whether a text has figures that could be a year; if not, it holds no date, and that costs a microsecond.

    >>> has_date_figures("5 min read"), has_date_figures("3/4/21")
    (False, True)
    """
    return any(sign.search(text, 0, _MAX_SEARCH_CHARS) for sign in (_PLAUSIBLE, HAS_HAN_YEAR))


def fold(text: str) -> str:
    """Fold width, ligatures, case and Han figures, and bring the few notations that read out of order into order.

    >>> fold("Thu Nov 28 10:14:00 UTC 2024")
    'thu nov 28 2024 10:14:00 utc '
    """
    line = spell_out(unicodedata.normalize("NFKC", text).casefold())
    for phrase in _calendar()[1]:
        if phrase in line:
            line = line.replace(phrase, phrase.replace(" ", ""))
    return _CTIME.sub(r"\1 \4 \2 \3", line)


def is_plain(text: str) -> bool:
    """Whether a folded text has only words of date lines; figures and unknown words make it something else.

    >>> is_plain("published on tuesday, "), is_plain("the bridge ")
    (True, False)
    """
    return all(_known(word) for word in _BREAKS.split(text) if word)


def is_date_word(word: str) -> bool:
    """Whether a word belongs to a date: a month, a weekday, "on", "updated".

    >>> is_date_word("Tuesday"), is_date_word("Mai"), is_date_word("bridge")
    (True, True, False)
    """
    key = fold(word)
    return key in _date_words() or key.rstrip(".") in _calendar()[0]


def is_calendar_word(word: str) -> bool:
    """Whether a word of five letters or more is a month or weekday; shorter ones (Mai, June) are names of persons, too.

    >>> is_calendar_word("August"), is_calendar_word("Mai"), is_calendar_word("on")
    (True, False, False)
    """
    key = fold(word).strip(" .")
    return len(key) >= 5 and (key in _calendar()[0] or key in _calendar()[2])


def _known(word: str) -> bool:
    words = _date_words()
    if word in words:
        return True
    if not _NO_BLANKS.search(word):
        return False
    start = 0
    while start < len(word):
        longest = min(8, len(word) - start)
        size = next((size for size in range(longest, 0, -1) if word[start : start + size] in words), 0)
        if not size:
            return False
        start += size
    return True


def _role(text: str) -> Role:
    """Return what the words beside a date say it is; the nearest word counts."""
    words = _date_words()
    for token in reversed(_BREAKS.split(text[-60:])):
        word = token.lstrip("0123456789")  # "2022Updated": two elements without a blank between them
        role = words.get(word, "")
        if not role and word and _NO_BLANKS.search(word):
            role = next((role for known, role in words.items() if role and len(known) > 1 and known in word), "")
        if role:
            return role
    return ""


def role_of(text: str) -> Role:
    """Return what a label says of the date beside it, if it is nothing but words of date lines.

    >>> role_of("Last updated:"), role_of("Published"), role_of("The bridge")
    ('modified', 'published', '')
    """
    line = fold(text)
    return _role(line) if is_plain(line) else ""


def table_entries(table: str) -> list[str]:
    """Return the entries of a table of ``cleaner/tables``, folded like the lines they are compared with."""
    text = resources.files("cleaner").joinpath(f"tables/{table}").read_text("utf-8")
    return [unicodedata.normalize("NFKC", line).casefold() for line in text.splitlines() if line and line[0] != "#"]


@lru_cache(maxsize=1)
def _calendar() -> tuple[dict[str, int], tuple[str, ...], frozenset[str]]:
    """Return month name -> number, the names of several words (blanks inside), and the words of weekdays."""
    months: dict[str, int] = {}
    phrases: list[str] = []
    weekdays: set[str] = set()
    for line in table_entries("calendar.txt"):
        _, number, names = line.split(" ", 2)
        for name in names.split(" | "):
            if number == "weekday":
                weekdays.update(_BREAKS.split(name))
                continue
            if " " in name:
                phrases.append(name)
            months.setdefault(name.replace(" ", ""), int(number))
    return months, tuple(phrases), frozenset(weekdays)


@lru_cache(maxsize=1)
def _date_words() -> dict[str, Role]:
    """Return the words of date lines, each with its role; '' for weekdays and words that say nothing."""
    words: dict[str, Role] = {}
    for line in table_entries("date_words.txt"):
        role, *entries = line.split()
        for word in entries:
            if role == "filler":
                words.setdefault(word, "")
            else:
                words[word] = "published" if role == "published" else "modified"
    for word in _calendar()[2]:
        words.setdefault(word, "")
    return words


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    """Return zone abbreviation -> minutes east of Greenwich, or ``?``."""
    return dict(line.split() for line in table_entries("time_zones.txt"))
