"""The language of a text, by the cheapest evidence that settles it; the same answer in any order of calls.

1. The script: Greek, Thai, Hangul, kana and many others are written in one language only.
2. The page's own declaration, if the stop words of that language (justext's lists) say the same.
3. Stop words alone, in a text of some length, if one language of the script is clearly ahead.
4. The letters (:mod:`cleaner.language.ngrams`, from langdetect's profiles) among the languages still possible, or a
   detector of the caller's.

Languages, scripts and aliases are tables: ``tables/languages.txt``, ``tables/scripts.txt``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from cleaner.errors import SetupError
from cleaner.language import ngrams
from cleaner.language.tables import (
    Language,
    Script,
    aliases,
    count_scripts,
    has_list,
    languages,
    scripts,
    stop_index,
    stop_words,
)

__all__ = [
    "UNKNOWN",
    "Detected",
    "Detector",
    "detect_language",
    "language_code",
    "load_detector",
    "script_agrees",
]

UNKNOWN = "und"
"""BCP 47 for "undetermined"."""

Detector: TypeAlias = Callable[[str, Sequence[str]], tuple[str, float]]
"""``(text, candidates) -> (code, probability)``: the likeliest BCP 47 primary code, of the candidates if it can, and
its probability, 0..1; ('', 0.0) if there is none. The text is a sample of at most 3,000 characters."""

_QUICK_CHARS = 1_200
"""A declaration is held against so many characters of the beginning first; three of four pages need no more."""
_SAMPLE_CHARS = 3_000
"""Longer texts are judged by their first half of this and as much from their middle: the end is often chrome."""
_SCRIPT_CHARS = 600
"""The script is judged by about so many letters, spread evenly."""
_MIN_LETTERS = 10
"""Under this nothing is said; a Han, kana or Hangul letter counts for more."""
_MIN_WORDS = 8
"""Stop words can confirm a declaration from so many words on."""
_ALONE_WORDS = 40
"""Stop words alone say something from so many words on; the letters are better at less."""
_STRANGE_WORDS = 20
"""A language without a profile is known by its stop words from so many words on, and one that is none of ours."""
_CONFIRMED = 0.22
"""Share of stop words that confirms a declaration. News bodies of the train pages have 0.37-0.68 of their own
language's stop words (40 languages and countries of the fundus pages) and under 0.22 of an unrelated one's."""
_QUICKLY_CONFIRMED = 0.3
"""The same for the short sample of a quick look, where chance plays a greater part."""
_CERTAIN = 0.3
"""Share needed against the page's declaration, or for a language without a profile."""
_CLEAR = 1.12
"""A language is clearly ahead if its share is at least so many times the next one's (Danish and Bokmal: 1.2)."""
_PLAUSIBLE = 0.5
"""Of a text of some length, languages with at least this part of the best share are still possible."""
_LIKELY = 0.5
"""Below this probability the answer is ``und``."""
_UNSEEN = 0.3
"""Confidence in the declaration of a page with next to no text."""
_UNCONFIRMED = 0.5
"""Confidence in a declaration that only the letters speak for (lists of products have no stop words)."""

_WORD = re.compile(r"[^\s\d.,;:!?\"()\[\]{}<>«»„“”‘’'‚‹›–—…|/\\*_=+~@#%&।、。·•-]+")


class Detected(NamedTuple):
    """A language and what speaks for it."""

    code: str
    """BCP 47 primary code, or ``und``."""
    confidence: float
    source: str
    """``script``, ``declaration`` (confirmed by the text), ``stop words``, ``langdetect`` (letters), ``detector`` (the
    caller's), ``default`` or ``none``."""


_NOTHING = Detected(UNKNOWN, 0.0, "none")
_NO_SCRIPT = Script("", "")
_NO_LANGUAGE = Language("", "", "", "", (), ())


def detect_language(
    text: str, *, declared: str = "", default: str = "", detector: Detector = ngrams.detect
) -> Detected:
    """Return (BCP 47 code or ``und``, confidence 0..1, source) of a text.

    ``declared`` is what the page says (``en-GB``, ``de_DE``, ``Deutsch``); it is never believed against the text, and
    unsurely where there is next to none.
    ``default`` is taken, with confidence 0, when the text says nothing (too short, no letters). ``detector`` decides
    what scripts and stop words leave open. At most 3,000 characters are looked at. Regions are not told apart:
    ``pt-BR`` and ``pt`` are both ``pt``.

    >>> detect_language("Η γέφυρα έκλεισε τη νύχτα, είπε ο δήμαρχος.")[0::2]
    ('el', 'script')
    >>> detect_language("OK 12"), detect_language("OK 12", default="en").code
    (Detected(code='und', confidence=0.0, source='none'), 'en')
    """
    wanted = language_code(declared)
    found = _quickly(text, wanted) or _judge(_sample(text), wanted, detector)
    fallback = language_code(default)
    return Detected(fallback, 0.0, "default") if fallback and found.code == UNKNOWN else found


def language_code(declared: str) -> str:
    """Return the BCP 47 primary code for what a page declares, or '' if it means none.

    >>> language_code("de_AT"), language_code("English"), language_code("iw"), language_code("x-default")
    ('de', 'en', 'he', '')
    """
    tag = declared.strip().replace("_", "-").casefold().split(",")[0].split(";")[0].strip()
    if not tag or len(tag) > 35:
        return ""
    known = aliases()
    if tag in known:
        return known[tag]
    primary = tag.split("-")[0]
    if primary in known:
        return known[primary]
    plain = len(primary) in {2, 3} and primary.isascii() and primary.isalpha()
    return primary if plain and primary not in {"und", "utf", "iso"} else ""


def script_agrees(code: str, text: str) -> bool:
    """Whether a text is written in the script of a language; False for a language that is not in the table.

    >>> script_agrees("zh", "渡轮停航"), script_agrees("en", "渡轮停航")
    (True, False)
    """
    language = languages().get(code)
    return language is not None and _main_script(_sample(text))[0].name == language.script


@lru_cache(maxsize=8)
def load_detector(name: str) -> Detector:
    """Return the detector of a name: ``langdetect`` for the one here, ``module:function`` for any other.

    Raises SetupError (``bad_detector``) if there is no such function.
    """
    if name in {"", "langdetect"}:
        return ngrams.detect
    module, _, function = name.partition(":")
    try:
        from importlib import import_module

        found = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise SetupError(
            "bad_detector",
            f"The language detector '{name}' cannot be loaded: {error}. Name it as module:function.",
            where=name,
        ) from error
    detector: Detector = found
    return detector


def _quickly(text: str, wanted: str) -> Detected | None:
    """Settle the common case by the beginning of the text: the declared language has its stop words there."""
    language = languages().get(wanted)
    if language is None or not language.stop_list or language.near:
        return None
    start = text[:_QUICK_CHARS]
    script, _, letters = _main_script(start)
    if letters < _MIN_LETTERS or script.name != language.script:
        return None
    words = _WORD.findall(start.casefold())
    share = _share(words, wanted)
    return Detected(wanted, _sure(share, share), "declaration") if share >= _QUICKLY_CONFIRMED else None


def _judge(sample: str, wanted: str, detector: Detector) -> Detected:
    script, share, letters = _main_script(sample)
    if letters < _MIN_LETTERS or not script.name:
        fits = bool(wanted) and (not letters or languages().get(wanted, _NO_LANGUAGE).script == script.name)
        return Detected(wanted, _UNSEEN, "declaration") if fits else _NOTHING
    if script.language:
        declared = languages().get(wanted)
        same = declared is not None and declared.script == script.name
        return Detected(wanted if same else script.language, round(0.99 * share, 3), "script")
    words = _WORD.findall(sample.casefold())
    confirmed = _confirm(words, wanted, script.name)
    if confirmed:
        return confirmed
    shares = _shares(words, script.name)
    best, runner_up = [*shares, ("", 0.0), ("", 0.0)][:2]
    alone = _ahead(best, runner_up, words=len(words), declared=bool(wanted))
    if alone:
        return alone
    if best[1] < _CONFIRMED / 2 and len(words) >= _STRANGE_WORDS:
        return _judge_strange(sample, wanted, script.name, detector)
    return _ask(sample, shares if len(words) >= _ALONE_WORDS else [], wanted, script.name, detector)


def _ahead(best: tuple[str, float], runner_up: tuple[str, float], *, words: int, declared: bool) -> Detected | None:
    """Return the language with the most stop words if it is clearly ahead and the text long enough to tell."""
    code, share = best
    profiled = bool(code) and bool(languages()[code].profile)
    if words < (_ALONE_WORDS if profiled else _STRANGE_WORDS):
        return None
    if share < (_CONFIRMED if profiled and not declared else _CERTAIN) or share < _CLEAR * runner_up[1]:
        return None
    return Detected(code, _sure(share, share - runner_up[1]), "stop words")


def _judge_strange(sample: str, wanted: str, script: str, detector: Detector) -> Detected:
    """Judge a long text in which no language has its stop words: a list of names, or a language nothing here knows."""
    if wanted and not has_list(wanted):
        return _ask(sample, [], wanted, script, detector)
    code, _ = detector(sample, ngrams.profiled(script))
    return Detected(wanted, _UNCONFIRMED, "declaration") if wanted and code == wanted else _NOTHING


def _ask(sample: str, shares: Sequence[tuple[str, float]], wanted: str, script: str, detector: Detector) -> Detected:
    """Let the detector choose among the languages that the stop words leave possible, and the declared one."""
    known = languages()
    best = shares[0][1] if shares else 0.0
    if wanted and wanted not in known and best < _CONFIRMED:
        # A language nothing here knows: the page's word stands alone.
        return Detected(wanted, _UNCONFIRMED, "declaration")
    possible = {code for code, share in shares if share >= _PLAUSIBLE * best > 0}
    if wanted in known and known[wanted].script == script:
        possible.add(wanted)
    if len(possible) < 2 or not all(known[code].profile for code in possible):
        possible |= set(ngrams.profiled(script))
    code, probability = detector(sample, sorted(possible))
    source = "langdetect" if detector is ngrams.detect else "detector"
    if not code or probability < _LIKELY:
        return Detected(UNKNOWN, round(probability, 3), source)
    return Detected(code, round(min(0.95, probability), 3), source)


def _sample(text: str) -> str:
    if len(text) <= _SAMPLE_CHARS:
        return text
    half = _SAMPLE_CHARS // 2
    middle = max(half, len(text) // 2 - half // 2)
    return f"{text[:half]} {text[middle : middle + half]}"


def _main_script(sample: str) -> tuple[Script, float, int]:
    """Return the script most letters belong to, its share of the letters, and the number of letters."""
    step = 1 + len(sample) // _SCRIPT_CHARS
    counts = count_scripts(sample[::step])
    letters = sum(counts.values())
    if not letters:
        return _NO_SCRIPT, 0.0, 0
    name, count = max(counts.items(), key=lambda entry: (entry[1], entry[0]))
    return scripts().get(name, _NO_SCRIPT), count / letters, letters * step


def _confirm(words: Sequence[str], wanted: str, script: str) -> Detected | None:
    """Return the declared language if its stop words stand in the text, more of them than of its near relatives'."""
    language = languages().get(wanted)
    if language is None or language.script != script or not language.stop_list or len(words) < _MIN_WORDS:
        return None
    share = _share(words, wanted)
    if share < _CONFIRMED or any(_share(words, near) > share for near in language.near):
        return None
    return Detected(wanted, _sure(share, share), "declaration")


def _sure(share: float, lead: float) -> float:
    """Return a confidence that grows with the share of stop words and the lead over the next language."""
    return round(min(0.99, 0.75 + 0.4 * min(share, lead)), 3)


def _share(words: Sequence[str], code: str) -> float:
    if not words or not has_list(code):
        return 0.0
    stops = stop_words(languages()[code].stop_list)
    return sum(map(stops.__contains__, words)) / len(words)


def _shares(words: Sequence[str], script: str) -> list[tuple[str, float]]:
    """Return the languages of a script with their shares of stop words, the largest first."""
    index = stop_index(script)
    counts: dict[str, int] = {}
    for word in words:
        for code in index.get(word, ()):
            counts[code] = counts.get(code, 0) + 1
    return sorted(
        ((code, count / len(words)) for code, count in counts.items()), key=lambda entry: (-entry[1], entry[0])
    )
