"""The language of a text, by the cheapest evidence that settles it; the same answer in any order of calls.

1. The script: Greek, Thai, Hangul, kana and many others are written in one language only.
2. The page's own declaration, if the stop words of that language (justext's lists) say the same.
3. Stop words alone, if one language of the script is clearly ahead.
4. langdetect, seeded, on the languages still possible.

Languages, scripts and aliases are tables: ``tables/languages.txt``, ``tables/scripts.txt``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple

__all__ = ["UNKNOWN", "detect_language", "language_code"]

UNKNOWN = "und"
"""BCP 47 for "undetermined"."""

_SAMPLE_CHARS = 3_000
"""Longer texts are judged by their first half of this and as much from their middle: the end is often chrome."""
_SCRIPT_CHARS = 800
"""The script is judged by about so many letters, spread evenly."""
_MIN_LETTERS = 20
"""Under this nothing is said; a Han, kana or Hangul letter counts for more."""
_MIN_WORDS = 8
"""Stop words say something from so many words on."""
_CONFIRMED = 0.22
"""Share of stop words that confirms a declaration. News bodies of the train pages have 0.37-0.68 of their own
language's stop words (40 languages and countries of the fundus pages) and under 0.22 of an unrelated one's."""
_CERTAIN = 0.3
"""Share needed against the page's declaration, or for a language that langdetect could not confirm."""
_CLEAR = 1.12
"""A language is clearly ahead if its share is at least so many times the next one's (Danish and Bokmal: 1.2)."""
_PLAUSIBLE = 0.5
"""Languages with at least this part of the best share go to langdetect."""

_WORD = re.compile(r"[^\s\d.,;:!?\"()\[\]{}<>«»„“”‘’'‚‹›–—…|/\\*_=+~@#%&।、。·•-]+")
_WEIGHTS = {"Han": 3, "Japanese": 3, "Hangul": 2}
"""Letters that carry as much as so many letters of an alphabet, so that Latin product names do not outvote them."""


class _Language(NamedTuple):
    code: str
    script: str
    stop_list: str
    profile: str
    near: tuple[str, ...]
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Script:
    name: str
    language: str


def detect_language(text: str, *, declared: str = "") -> tuple[str, float, str]:
    """Return (BCP 47 code or ``und``, confidence 0..1, source) of a text.

    ``declared`` is what the page says (``en-GB``, ``de_DE``, ``Deutsch``); it is never believed against the text. At
    most 3,000 characters are looked at. Source is ``script``, ``declaration`` (confirmed by the text),
    ``stop words``, ``langdetect`` or ``none``. Regions are not told apart: ``pt-BR`` and ``pt`` are both ``pt``.

    >>> detect_language("Η γέφυρα έκλεισε τη νύχτα, είπε ο δήμαρχος.")[0::2]
    ('el', 'script')
    >>> detect_language("OK 12")
    ('und', 0.0, 'none')
    """
    sample = _sample(text)
    script, share, letters = _main_script(sample)
    if letters < _MIN_LETTERS or not script.name:
        return UNKNOWN, 0.0, "none"
    wanted = language_code(declared)
    if script.language and not (wanted and _languages().get(wanted, _NO_LANGUAGE).script == script.name):
        return script.language, round(0.99 * share, 3), "script"
    if script.language:
        return wanted, round(0.99 * share, 3), "script"
    words = Counter(_WORD.findall(sample.casefold()))
    total = sum(words.values())
    confirmed = _confirm(words, total, wanted, script.name)
    if confirmed:
        return confirmed
    shares = _shares(words, total, script.name)
    best, runner_up = [*shares, ("", 0.0), ("", 0.0)][:2]
    needed = _CONFIRMED if best[0] and _languages()[best[0]].profile and not wanted else _CERTAIN
    if total >= _MIN_WORDS and best[1] >= needed and best[1] >= _CLEAR * runner_up[1]:
        return best[0], _sure(best[1], best[1] - runner_up[1]), "stop words"
    if best[1] < _CONFIRMED / 2 and total >= 3 * _MIN_WORDS and not (wanted and not _has_list(wanted)):
        return UNKNOWN, 0.0, "none"
    return _ask_langdetect(sample, shares, wanted, script.name)


def language_code(declared: str) -> str:
    """Return the BCP 47 primary code for what a page declares, or '' if it means none.

    >>> language_code("de_AT"), language_code("English"), language_code("iw"), language_code("x-default")
    ('de', 'en', 'he', '')
    """
    tag = declared.strip().replace("_", "-").casefold().split(",")[0].split(";")[0].strip()
    if not tag or len(tag) > 35:
        return ""
    known = _aliases()
    if tag in known:
        return known[tag]
    primary = tag.split("-")[0]
    if primary in known:
        return known[primary]
    return primary if len(primary) in {2, 3} and primary.isascii() and primary.isalpha() and primary != "und" else ""


def _sample(text: str) -> str:
    if len(text) <= _SAMPLE_CHARS:
        return text
    half = _SAMPLE_CHARS // 2
    middle = max(half, len(text) // 2 - half // 2)
    return f"{text[:half]} {text[middle : middle + half]}"


def _main_script(sample: str) -> tuple[_Script, float, int]:
    """Return the script most letters belong to, its share of the letters, and the number of letters."""
    ranges = _script_of()
    counts: Counter[str] = Counter()
    for character, count in Counter(sample[:: 1 + len(sample) // _SCRIPT_CHARS]).items():
        if character.isalpha():
            code = ord(character)
            name = next((name for low, high, name in ranges if low <= code <= high), "")
            counts[name] += count * _WEIGHTS.get(name, 1)
    if counts["Japanese"] >= 0.1 * (counts["Han"] + counts["Japanese"]):
        # Japanese mixes kana with Han; Chinese has next to no kana.
        counts["Japanese"] += counts.pop("Han", 0)
    letters = sum(counts.values()) * (1 + len(sample) // _SCRIPT_CHARS)
    if not letters:
        return _NO_SCRIPT, 0.0, 0
    name, count = max(counts.items(), key=lambda entry: (entry[1], entry[0]))
    return _scripts().get(name, _NO_SCRIPT), count / sum(counts.values()), letters


def _confirm(words: Counter[str], total: int, wanted: str, script: str) -> tuple[str, float, str] | None:
    """Return the declared language if its stop words stand in the text, more of them than of its near relatives'."""
    language = _languages().get(wanted)
    if language is None or language.script != script or not language.stop_list or total < _MIN_WORDS:
        return None
    share = _share(words, total, wanted)
    if share < _CONFIRMED or any(_share(words, total, near) > share for near in language.near):
        return None
    return wanted, _sure(share, share), "declaration"


def _sure(share: float, lead: float) -> float:
    """Return a confidence that grows with the share of stop words and the lead over the next language."""
    return round(min(0.99, 0.75 + 0.4 * min(share, lead)), 3)


def _share(words: Counter[str], total: int, code: str) -> float:
    language = _languages().get(code)
    if language is None or not language.stop_list:
        return 0.0
    stops = _stop_words(language.stop_list)
    return sum(count for word, count in words.items() if word in stops) / total


def _shares(words: Counter[str], total: int, script: str) -> list[tuple[str, float]]:
    """Return the languages of a script with their shares of stop words, the largest first."""
    if not total:
        return []
    index = _stop_index(script)
    counts: Counter[str] = Counter()
    for word, count in words.items():
        for code in index.get(word, ()):
            counts[code] += count
    return sorted(((code, count / total) for code, count in counts.items()), key=lambda entry: (-entry[1], entry[0]))


def _ask_langdetect(sample: str, shares: list[tuple[str, float]], wanted: str, script: str) -> tuple[str, float, str]:
    """Let langdetect choose among the languages that the stop words leave possible, and the declared one."""
    languages = _languages()
    best = shares[0][1] if shares else 0.0
    possible = {code for code, share in shares if share >= _PLAUSIBLE * best > 0}
    if wanted and wanted in languages and languages[wanted].script == script:
        possible.add(wanted)
    elif wanted and wanted not in languages and best < _CONFIRMED:
        # A language nothing here knows: the page's word stands alone.
        return wanted, 0.5, "declaration"
    profiles = {languages[code].profile: code for code in sorted(possible) if languages[code].profile}
    if not profiles or len(profiles) < len(possible):
        profiles |= {
            entry.profile: entry.code for entry in languages.values() if entry.script == script and entry.profile
        }
    name, probability = _langdetect(sample, frozenset(profiles))
    if not name or probability < 0.5:
        return UNKNOWN, round(probability, 3), "langdetect"
    short = min(1.0, len(sample) / 200)
    return profiles[name], round(probability * (0.6 + 0.35 * short), 3), "langdetect"


def _langdetect(sample: str, profiles: Collection[str]) -> tuple[str, float]:
    """Return langdetect's best profile among the given ones and its probability; ('', 0.0) if it finds no letters."""
    from langdetect.lang_detect_exception import LangDetectException

    factory = _factory()
    detector = factory.create()
    detector.set_prior_map({name: 1.0 / len(profiles) for name in sorted(profiles)})
    try:
        detector.append(sample)
        found = detector.get_probabilities()
    except LangDetectException:
        return "", 0.0
    return (str(found[0].lang), float(found[0].prob)) if found else ("", 0.0)


@lru_cache(maxsize=1)
def _factory() -> Any:
    """Load langdetect's profiles once (0.4 s), in sorted order and seeded, so that its sampling never varies."""
    import json
    from pathlib import Path

    from langdetect import detector_factory
    from langdetect.utils.lang_profile import LangProfile

    factory = detector_factory.DetectorFactory()
    factory.seed = 0
    paths = sorted(Path(detector_factory.PROFILES_DIRECTORY).iterdir())
    paths = [path for path in paths if not path.name.startswith(".")]
    for index, path in enumerate(paths):
        factory.add_profile(LangProfile(**json.loads(path.read_text("utf-8"))), index, len(paths))
    return factory


_NO_SCRIPT = _Script("", "")
_NO_LANGUAGE = _Language("", "", "", "", (), ())


@lru_cache(maxsize=1)
def _languages() -> dict[str, _Language]:
    """Return code -> language, from ``tables/languages.txt``."""
    languages = {}
    for line in _lines("languages.txt"):
        code, script, stop_list, profile, near, aliases = (("" if part == "-" else part) for part in line.split())
        split = tuple(part for part in near.split(",") if part), tuple(part for part in aliases.split(",") if part)
        languages[code] = _Language(code, script, stop_list, profile, *split)
    return languages


@lru_cache(maxsize=1)
def _aliases() -> dict[str, str]:
    """Return every code and name a page may declare -> code."""
    names = {code: code for code in _languages()}
    for language in _languages().values():
        for alias in language.aliases:
            names.setdefault(alias, language.code)
    return names


@lru_cache(maxsize=1)
def _scripts() -> dict[str, _Script]:
    """Return name -> script, from ``tables/scripts.txt``."""
    entries = (line.split() for line in _lines("scripts.txt"))
    return {name: _Script(name, "" if language == "-" else language) for name, language, *_ in entries}


@lru_cache(maxsize=1)
def _script_of() -> tuple[tuple[int, int, str], ...]:
    """Return (first code point, last, script), in the order of the table: Latin first."""
    ranges = []
    for line in _lines("scripts.txt"):
        name, _, *spans = line.split()
        for span in spans:
            low, high = span.split("-")
            ranges.append((int(low, 16), int(high, 16), name))
    return tuple(ranges)


@cache
def _stop_words(stop_list: str) -> frozenset[str]:
    """Return a stop list of justext, case-folded; English words are taken out of the lists marked ``*``."""
    import justext

    words = frozenset(word.casefold() for word in justext.get_stoplist(stop_list.rstrip("*")))
    return words - _stop_words("English") if stop_list.endswith("*") else words


@cache
def _stop_index(script: str) -> dict[str, tuple[str, ...]]:
    """Return stop word -> languages of the script that have it (first call for Latin: 0.1 s)."""
    index: dict[str, list[str]] = {}
    for language in _languages().values():
        if language.script == script and language.stop_list:
            for word in _stop_words(language.stop_list):
                index.setdefault(word, []).append(language.code)
    return {word: tuple(codes) for word, codes in index.items()}


def _has_list(code: str) -> bool:
    language = _languages().get(code)
    return language is not None and bool(language.stop_list)


def _lines(table: str) -> Iterable[str]:
    """Return the entries of a table, without its header."""
    text = resources.files("cleaner").joinpath(f"tables/{table}").read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
