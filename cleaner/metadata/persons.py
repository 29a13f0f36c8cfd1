"""Persons: read a byline, split it into names, and refuse what is no person."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from cleaner.dates import find_dates, is_date_word
from cleaner.metadata.evidence import table_lines
from cleaner.metadata.titles import bare

__all__ = ["clean_person", "is_nobody", "lead_is_long", "opens_byline", "read_byline", "split_persons"]

_MAX_BYLINE_CHARS = 300
"""Longer paragraphs are prose about an author, not a byline."""
_MAX_NAME_CHARS = 60
_MAX_NAME_WORDS = 6
_MAX_LOGIN_CHARS = 30
_MAX_PERSONS = 30

_ADDRESS = re.compile(r"\S*@\S*|<[^>]{0,200}>|(?:https?:|www\.)\S*|\b[\w-]+(?:/[\w.-]+){2,}")
_BRACKETS = re.compile(r"\([^()]{0,200}\)|\[[^\[\]]{0,200}\]")
_PIECES = re.compile(r"\s*[|•·⋅●▪✦‧\n\t]\s*|\s+[-–—/]+\s+|\s{2,}|…")
_HARD_JOINS = re.compile(r"\s*[;、，／]\s*|\s+/\s+|(?<=[^\W\d_])/(?=[^\W\d_])|\s*[&＆+]\s*")
_COMMA = re.compile(r"\s*,\s*")
_CASELESS = re.compile(r"[\u0590-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u10a0-\u10ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HAN_ONLY = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af·・\s]+$")
_NAME = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f .,'\u2018\u2019\u02bc`´·-])+$")
"""Letters, and what stands between them in names."""
_USER_NAME = re.compile(r"[^\W\d_][\w-]*(?:\.[\w-]*)?$")
_GLUED = re.compile(r"(?<=[^\W\d_A-Z])([A-Z][a-z]{1,15})(?![^\W_])")
_EDGES = " \t\n,;:.|/\\-–—•·*#\"“”„»«>~+_!?()[]{}'’"


def read_byline(text: str, *, sure: bool = False, sites: Collection[str] = ()) -> list[str]:
    """Return the persons a byline names; none if the text is not a byline.

    A byline opens with words such as "By" or "Von" (``tables/byline_words.txt``); with ``sure`` (the page marks the
    paragraph as a byline) they may be missing, and a user name counts as a name. Dates, "5 min read", job titles and
    who only reviewed or photographed are left out. A sentence is no byline.

    >>> read_byline("By Jane Doe and Juan Pérez | May 2, 2020 | 5 min read")
    ['Jane Doe', 'Juan Pérez']
    >>> read_byline("By the river stood a house that nobody had lived in for years."), read_byline("Jane Doe")
    ([], [])
    """
    if len(text) > _MAX_BYLINE_CHARS or not (sure or text[:1].isdigit() or _leads().author_inside.search(text, 0, 60)):
        return []
    pieces = [piece for piece in _PIECES.split(_without_dates(text)) if piece.strip(_EDGES)]
    for piece in pieces[:4]:
        rest = _after_lead(piece)
        if rest is None:
            continue
        # "Posted by rivermouse42": a login stands alone behind the words for "by", and the line is short.
        handle = " " not in rest.strip() and (" " in piece[: -len(rest)].strip() or len(text) <= _MAX_LOGIN_CHARS)
        return split_persons(rest, sites=sites, user_names=sure or handle)
    if not sure or not pieces or _other_lead(pieces[0]):
        return []
    return split_persons(pieces[0], sites=sites, user_names=True)


def split_persons(text: str, *, sites: Collection[str] = (), user_names: bool = False) -> list[str]:
    """Return the names in a list of persons: ``A, B and C``, ``A und B``, ``A / B``, ``Doe, Jane M.``.

    Job titles, degrees, places and addresses between the names are dropped.

    >>> split_persons("Jane Doe, Health Editor, Juan Pérez y Ana Gil"), split_persons("Doe, Jane M.")
    (['Jane Doe', 'Juan Pérez', 'Ana Gil'], ['Jane M. Doe'])
    """
    text = _ADDRESS.sub(" ", _BRACKETS.sub(" ", html.unescape(text[:1000])))
    persons: list[str] = []
    for part in _HARD_JOINS.split(text):
        pieces = list(takewhile(lambda piece: piece.split(" ", 1)[0] not in _words()["stop"], _COMMA.split(part)))
        names = [name for piece in pieces for name in _split_joined(piece)]
        names = [name for place, name in enumerate(names) if not (place and _is_job(name))]
        cleaned = [clean_person(name, sites=sites, user_names=user_names) for name in names]
        if len(names) == 2 and len(names[0].split()) == 1 < len(names[1].split()) <= 3 and "," in part and all(cleaned):
            cleaned = [f"{cleaned[1]} {cleaned[0]}"]
        full = any(len(name.split()) > 1 for name in cleaned if name)
        for place, name in enumerate(cleaned):
            # A single word behind full names is a place or a paper: "Jane Doe, Nairobi".
            if name and not (place and full and " " not in name and not _CASELESS.search(name)):
                persons.append(name)
    return list(dict.fromkeys(persons))[:_MAX_PERSONS]


def clean_person(text: str, *, sites: Collection[str] = (), user_names: bool = False) -> str:
    """Return one person's name without "By", job title and degree; '' if it is no person.

    No person is: the site itself (``sites``, see :func:`cleaner.metadata.titles.bare`), a desk or role ("Staff",
    "Admin"), an e-mail or web address, a sentence. ``user_names`` lets single lower-case words and figures pass.

    >>> clean_person("By Jane Doe Senior Reporter"), clean_person("The Example Staff"), clean_person("jane@example.org")
    ('Jane Doe', '', '')
    """
    name = _strip_edges(" ".join(_ADDRESS.sub(" ", html.unescape(text[:400])).split()))
    rest = _after_lead(name)
    name = _strip_edges(rest if rest is not None else name)
    if is_nobody(name, sites) and name.rsplit(" ", 1)[-1].casefold() not in _words()["button"]:
        return ""
    name = _strip_edges(_strip_suffix(_cut_name(name)))
    words = name.split()
    key = name.casefold()
    tables = _words()
    if not name or len(name) > _MAX_NAME_CHARS or len(words) > _MAX_NAME_WORDS or is_nobody(name, sites):
        return ""
    if is_date_word(name) or (len(words) == 1 and key in tables["job"]):
        return ""
    if not (tables["word"] | tables["button"]).isdisjoint(key.split()) or key in tables["credential"]:
        return ""
    if user_names and 1 < len(name) <= _MAX_LOGIN_CHARS and _USER_NAME.match(name):
        return name
    return name if _looks_like_name(words) else ""


def is_nobody(name: str, sites: Collection[str]) -> bool:
    """Whether a name is the site's own, an address, or ends as desks and buttons do ("Editorial Team").

    >>> is_nobody("The Example Staff", ()), is_nobody("Institute for Water", ()), is_nobody("Jane Doe", ("janedoe",))
    (True, False, True)
    """
    key = name.casefold().strip(_EDGES)
    tables = _words()
    if not key or key in tables["whole"] or key.rsplit(" ", 1)[-1] in tables["word"] | tables["button"]:
        return True
    return len(name) > 2 * _MAX_NAME_CHARS or bool(_ADDRESS.search(name)) or bare(name) in sites


def _looks_like_name(words: list[str]) -> bool:
    """Whether every word may stand in a name: capitalised, an initial or a particle; scripts without case pass."""
    name = " ".join(words)
    if _CASELESS.search(name):
        return len(name) <= 24 and not (_HAN_ONLY.match(name) and len(bare(name)) > 12) and any(map(str.isalpha, name))
    if not _NAME.match(name):
        return False
    particles = _words()["particle"]
    capitals = [word for word in words if any(character.isupper() for character in word)]
    if len(words) == 1:
        return bool(capitals) and len(name) > 1
    return bool(capitals) and all(word in capitals or word.casefold() in particles for word in words)


def _cut_name(name: str) -> str:
    """Cut a name before a job title, a degree, "in Berlin" or figures."""
    words = name.split()
    tables = _words()
    for place, word in enumerate(words):
        key = word.strip(_EDGES).casefold()
        title = key in tables["job"] or (place > 1 and key in tables["credential"])
        button = place > 1 and key in tables["button"]
        if place and (title or button or word in tables["stop"] or word[:1].isdigit()):
            return " ".join(words[:place])
        if not place and title and len(words) > 1:
            # "Reporter Jane Doe": the title stands first.
            return _cut_name(" ".join(words[1:]))
    return name


def _is_job(piece: str) -> bool:
    """Whether a piece of a list is a job title such as "Home Security Expert": its last word alone names a job."""
    *before, last = [word.strip(_EDGES).casefold() for word in piece.split()] or [""]
    jobs = _words()["job"]
    return last in jobs and jobs.isdisjoint(before)


def _strip_edges(name: str) -> str:
    """Take punctuation off both ends, but leave the dot of a final initial."""
    bare_name = name.strip(_EDGES)
    last = bare_name.rsplit(" ", 1)[-1]
    return f"{bare_name}." if len(last) == 1 and last.isupper() and f"{bare_name}." in name else bare_name


def _strip_suffix(name: str) -> str:
    for suffix in _words()["suffix"]:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name.removesuffix(suffix)
    return name


def _split_joined(piece: str) -> Iterable[str]:
    """Split at words for "and" between two names; they are lower-case in the middle of a name list."""
    words = piece.split()
    joiners = _words()["joiner"]
    if not joiners.isdisjoint(words) and words[-1].strip(_EDGES).casefold() in _words()["job"]:
        # "Home and Garden Editor" is one job, not two persons.
        return
    start = 0
    for place, word in enumerate(words):
        if word in joiners and (place > start or place == 0):
            if place > start:
                yield " ".join(words[start:place])
            start = place + 1
    if start < len(words):
        yield " ".join(words[start:])


def _after_lead(text: str) -> str | None:
    """Return what follows "By", "Von", "Author:" at the start; None if nothing of the kind stands there."""
    match = _leads().author.match(text)
    if match is None:
        return None
    rest = text[match.end() :]
    if match[0][-1].isalpha() and rest[:1].islower() and rest.split(maxsplit=1)[0] not in _words()["particle"]:
        # "By the river": a sentence, unless a user name is all there is.
        return rest if len(rest.split()) == 1 else None
    return rest


def opens_byline(text: str) -> bool:
    """Whether a paragraph is only the words before a name: "By", "Written by:", "Autor".

    >>> opens_byline("Written by:"), opens_byline("By the river")
    (True, False)
    """
    return len(text) <= 30 and _after_lead(text) == ""


def lead_is_long(text: str) -> bool:
    """Whether a paragraph opens with two words or more for "by", as "Written by Jane Doe" does."""
    match = _leads().author.match(text)
    return match is not None and " " in match[0].strip()


def _other_lead(text: str) -> bool:
    """Whether the names that follow belong to a reviewer, photographer, translator."""
    return bool(_leads().other.match(text))


def _without_dates(text: str) -> str:
    """Put a separator where a date stood, drop the words that belonged to it, and cut at a second role."""
    text = _GLUED.sub(_unglue, text)
    found = find_dates(text)
    reach = 0
    kept: list[str] = []
    for date in found:
        if date.end > len(text):
            break
        kept.append(_strip_date_words(text[reach : date.start]))
        reach = date.end
    line = " | ".join([*kept, text[reach:]])
    other = _leads().other_inside.search(line)
    return line[: other.start()] if other and other.start() else line


def _unglue(match: re.Match[str]) -> str:
    """Part "DoeNovember" and "DoeEditor", which stood in elements of their own."""
    word, key, tables = match[1], match[1].casefold(), _words()
    return f" | {word}" if is_date_word(word) or key in tables["job"] or key in tables["stop"] else word


def _strip_date_words(text: str) -> str:
    """Drop "on", "Updated", "Tuesday" from the end."""
    words = text.split()
    while words and is_date_word(words[-1].strip(_EDGES)):
        words.pop()
    return " ".join(words)


@lru_cache(maxsize=1)
def _words() -> dict[str, frozenset[str]]:
    """Return the word lists by role."""
    lists: dict[str, set[str]] = {}
    for line in [*table_lines("byline_words.txt"), *table_lines("not_persons.txt")]:
        role, entries = line.split(" ", 1)
        lists.setdefault(role, set()).update(entry.strip() for entry in entries.split(" | "))
    return {role: frozenset(words) for role, words in lists.items()}


class _Leads(NamedTuple):
    """Patterns for the words before names."""

    author: re.Pattern[str]
    """At the start: "By", "Written by:", "Autor:"."""
    author_inside: re.Pattern[str]
    other: re.Pattern[str]
    """At the start: somebody else follows ("Reviewed by", "Photo:")."""
    other_inside: re.Pattern[str]


@lru_cache(maxsize=1)
def _leads() -> _Leads:
    """Build the patterns from ``tables/byline_words.txt``."""
    words = _words()
    author, other = (_alternatives(words[role]) for role in ("lead", "other"))
    phrases = _alternatives(word for word in words["other"] if " " in word)
    end = r"(?:\s*[:：]\s*|\s+|(?<=[\u3000-\u9fff\uac00-\ud7af/])|$)"
    glued = r"By(?=[A-Z][a-z])|"
    return _Leads(
        re.compile(rf"[\s(~—–-]{{0,3}}(?:{glued}(?i:{author}){end})"),
        re.compile(rf"(?<![^\W_])(?:{glued}(?i:{author}))"),
        re.compile(rf"[\s(]{{0,3}}(?i:{other}){end}"),
        re.compile(rf"(?<![^\W_])(?i:{phrases})(?![^\W_])"),
    )


def _alternatives(words: Iterable[str]) -> str:
    """Return a pattern for any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
