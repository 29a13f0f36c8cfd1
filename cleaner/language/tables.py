"""What is known of languages and scripts, from ``tables/languages.txt``, ``tables/scripts.txt`` and justext's lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

__all__ = [
    "Language",
    "Script",
    "aliases",
    "count_scripts",
    "has_list",
    "languages",
    "scripts",
    "stop_index",
    "stop_words",
]

_WEIGHTS = {"Han": 3, "Japanese": 3, "Hangul": 2}
"""Letters that carry as much as so many letters of an alphabet, so that Latin product names do not outvote them."""


class Language(NamedTuple):
    """A line of ``tables/languages.txt``."""

    code: str
    script: str
    stop_list: str
    """Name of a list of justext, ``*`` behind it if English words are to be taken out; '' if there is none."""
    profile: str
    """Name of a profile of langdetect; '' if there is none."""
    near: tuple[str, ...]
    aliases: tuple[str, ...]


class Script(NamedTuple):
    """A script, and the one language it is used for ('' if there are several)."""

    name: str
    language: str


@lru_cache(maxsize=1)
def languages() -> dict[str, Language]:
    """Return code -> language."""
    known = {}
    for line in _lines("languages.txt"):
        code, script, stop_list, profile, near, names = (("" if part == "-" else part) for part in line.split())
        split = tuple(part for part in near.split(",") if part), tuple(part for part in names.split(",") if part)
        known[code] = Language(code, script, stop_list, profile, *split)
    return known


@lru_cache(maxsize=1)
def aliases() -> dict[str, str]:
    """Return every code and name a page may declare -> code."""
    names = {code: code for code in languages()}
    for language in languages().values():
        for alias in language.aliases:
            names.setdefault(alias, language.code)
    return names


@lru_cache(maxsize=1)
def scripts() -> dict[str, Script]:
    """Return name -> script."""
    entries = (line.split() for line in _lines("scripts.txt"))
    return {name: Script(name, "" if language == "-" else language) for name, language, *_ in entries}


@lru_cache(maxsize=1)
def _ranges() -> tuple[tuple[int, int, str], ...]:
    """Return (first code point, last, script), in the order of the table: Latin first."""
    ranges = []
    for line in _lines("scripts.txt"):
        name, _, *spans = line.split()
        for span in spans:
            low, high = span.split("-")
            ranges.append((int(low, 16), int(high, 16), name))
    return tuple(ranges)


@lru_cache(maxsize=8192)
def _script_of(sign: str) -> str | None:
    """Return the script of a letter, '' for one of no script of the table, None for what is no letter."""
    if not sign.isalpha():
        return None
    code = ord(sign)
    return next((name for low, high, name in _ranges() if low <= code <= high), "")


def count_scripts(sample: str) -> Counter[str]:
    """Count the letters of a sample by script, weighted by what one letter carries.

    >>> count_scripts("Tokyo 東京")
    Counter({'Han': 6, 'Latin': 5})
    """
    counts: Counter[str] = Counter()
    for sign, count in Counter(sample).items():
        name = _script_of(sign)
        if name is not None:
            counts[name] += count * _WEIGHTS.get(name, 1)
    if counts["Japanese"] >= 0.1 * (counts["Han"] + counts["Japanese"]):
        # Japanese mixes kana with Han; Chinese has next to no kana.
        counts["Japanese"] += counts.pop("Han", 0)
    return +counts


@cache
def stop_words(stop_list: str) -> frozenset[str]:
    """Return a stop list of justext, case-folded; English words are taken out of the lists marked ``*``."""
    import justext

    words = frozenset(word.casefold() for word in justext.get_stoplist(stop_list.rstrip("*")))
    return words - stop_words("English") if stop_list.endswith("*") else words


@cache
def stop_index(script: str) -> dict[str, tuple[str, ...]]:
    """Return stop word -> languages of the script that have it (first call for Latin: 0.1 s)."""
    index: dict[str, list[str]] = {}
    for language in languages().values():
        if language.script == script and language.stop_list:
            for word in stop_words(language.stop_list):
                index.setdefault(word, []).append(language.code)
    return {word: tuple(codes) for word, codes in index.items()}


def has_list(code: str) -> bool:
    """Whether there is a stop list for a language."""
    language = languages().get(code)
    return language is not None and bool(language.stop_list)


def _lines(table: str) -> Iterable[str]:
    """Return the entries of a table, without its header."""
    text = resources.files("cleaner").joinpath(f"tables/{table}").read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
