"""Persons: split a list of names, take titles and degrees off a name, and refuse what is no person."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import takewhile

from cleaner.dates import is_calendar_word, is_date_word
from cleaner.metadata.byline_words import EDGES, after_lead, person_words
from cleaner.metadata.evidence import table_lines
from cleaner.metadata.titles import bare

__all__ = [
    "clean_person",
    "has_given_name",
    "is_given_name",
    "is_nobody",
    "names_degree",
    "names_organisation",
    "split_persons",
    "without_honorific",
]

_MAX_NAME_CHARS = 60
_MAX_NAME_WORDS = 6
_MAX_LOGIN_CHARS = 30
_MAX_PERSONS = 30
_LONG_SITE = 8
"""A name that begins with a site's name of more letters is the site's: "Daily Example Sponsored"."""

_ADDRESS = re.compile(r"\S*@\S*|<[^>]{0,200}>|(?:https?:|www\.)\S*|\b[\w-]+(?:/[\w.-]+){2,}")
_BRACKETS = re.compile(r"\([^()]{0,200}\)|\[[^\[\]]{0,200}\]")
_HARD_JOINS = re.compile(r"\s*[;、，／]\s*|\s+[/+]\s+|(?<=[^\W\d_])/(?=[^\W\d_])|\s*[&＆]\s*")
_COMMA_OR_END = re.compile(r"\s*[,;|]\s*")
_COMMA = re.compile(r"\s*,\s*")
_CASELESS = re.compile(r"[\u0590-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u10a0-\u10ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HAN_ONLY = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af·・\s]+$")
_NO_HAN_NAME = frozenset("《》〈〉【】「」『』。，！？：（）")
_SHOUTED_JOINERS = frozenset({"AND", "UND", "ET"})
"""Words for "and" in capitals that are no names; "DAN" is one."""
_NAME = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f .,'\u2018\u2019\u02bc`´·-])+$")
"""Letters, and what stands between them in names."""
_DOTTED = re.compile(r"[^\W\d_]{3,}\.[^\W\d_]{3,}")
"""Two words with a dot between them come from two elements or are an address."""
_AND_OTHERS = re.compile(r"\s외(?:\s?\d{1,2}명)?$|等$")
"""Korean "and one other", Chinese "and others"."""
_USER_NAME = re.compile(r"[^\W\d_][\w-]*(?:\.[\w-]*)?$")


def split_persons(text: str, *, sites: Collection[str] = (), user_names: bool = False) -> list[str]:
    """Return the names in a list of persons: ``A, B and C``, ``A und B``, ``A / B``, ``Doe, Jane M.``.

    Job titles, degrees, places and addresses between the names are dropped.

    >>> split_persons("Jane Doe, Health Editor, Juan Pérez y Ana Gil"), split_persons("Doe, Jane M.")
    (['Jane Doe', 'Juan Pérez', 'Ana Gil'], ['Jane M. Doe'])
    """
    text = html.unescape(text[:1000])
    if "@" in text or "/" in text or "<" in text or "www." in text:
        text = _ADDRESS.sub(" ", text)
    if "(" in text or "[" in text:
        text = _BRACKETS.sub(" ", text)
    persons = [name for part in _HARD_JOINS.split(text) for name in _persons_of(part, sites, user_names=user_names)]
    unique = list(dict.fromkeys(persons))
    if any(_is_full(name) for name in unique):
        # Behind full names a single word is a place, a paper or a trade, and an institute no person.
        first = next(place for place, name in enumerate(unique) if _is_full(name))
        unique = [
            name
            for place, name in enumerate(unique)
            if place <= first or _CASELESS.search(name) or (" " in name and not names_organisation(name))
        ]
    return unique[:_MAX_PERSONS]


def _persons_of(part: str, sites: Collection[str], *, user_names: bool) -> list[str]:
    """Return the names in a part of a list in which only commas and words for "and" part names."""
    stops = person_words()["stop"]
    pieces = list(takewhile(lambda piece: piece.split(" ", 1)[0] not in stops, _COMMA.split(part)))
    names = [name for piece in pieces for name in _split_joined(piece)]
    names = [name for place, name in enumerate(names) if not (place and _is_job(name))]
    cleaned = [clean_person(name, sites=sites, user_names=user_names) for name in names]
    if len(names) == 2 and len(names[0].split()) == 1 < len(names[1].split()) <= 3 and "," in part and all(cleaned):
        return [f"{cleaned[1]} {cleaned[0]}"]
    return [name for name in cleaned if name]


def _is_full(name: str) -> bool:
    return " " in name and not _CASELESS.search(name)


def names_organisation(name: str) -> bool:
    """Whether a word of a name belongs to organisations: "Institute", "Network", "GmbH"."""
    return not person_words()["organisation"].isdisjoint(name.casefold().split())


def names_degree(text: str) -> bool:
    """Whether a degree stands behind a name and a comma: "Jane Doe, MD".

    >>> names_degree("Jane Doe, PhD; Ann Lee"), names_degree("Rain, wind")
    (True, False)
    """
    degrees = person_words()["credential"]
    pieces = (piece.strip(EDGES) for piece in _COMMA_OR_END.split(text)[1:])
    return any(len(piece) > 1 and piece[:1].isupper() and piece.casefold() in degrees for piece in pieces)


def has_given_name(name: str) -> bool:
    """Whether a name of two to four words begins with a given name of ``tables/given_names.txt``.

    >>> has_given_name("Jane Doe"), has_given_name("Dr. Karl Voit"), has_given_name("Ferry Service")
    (True, True, False)
    """
    words = without_honorific(name).casefold().split()
    if not 2 <= len(words) <= 4 or names_organisation(name):
        return False
    return words[0].strip(".") in _given_names() or (len(words[0].strip(".")) == 1 and words[1] in _given_names())


def is_given_name(name: str) -> bool:
    """Whether a text is nothing but a given name of ``tables/given_names.txt``.

    >>> is_given_name("Jane"), is_given_name("Jane Doe")
    (True, False)
    """
    return name.casefold() in _given_names()


def without_honorific(name: str) -> str:
    """Return a name without "Dr.", "Prof.", "Mrs".

    >>> without_honorific("Prof. Dr. Jane Doe"), without_honorific("Jane Doe")
    ('Jane Doe', 'Jane Doe')
    """
    honorifics = person_words()["honorific"]
    words = name.split()
    return " ".join(word for word in words if word.casefold().strip(".") not in honorifics) if words else name


@lru_cache(maxsize=1)
def _given_names() -> frozenset[str]:
    return frozenset(name for line in table_lines("given_names.txt") for name in line.split())


def clean_person(text: str, *, sites: Collection[str] = (), user_names: bool = False) -> str:
    """Return one person's name without "By", job title and degree; '' if it is no person.

    No person is: the site itself (``sites``, see :func:`cleaner.metadata.titles.bare`), a desk or role ("Staff",
    "Admin"), an e-mail or web address, a sentence. ``user_names`` lets single lower-case words and figures pass.

    >>> clean_person("By Jane Doe Senior Reporter"), clean_person("The Example Staff"), clean_person("jane@example.org")
    ('Jane Doe', '', '')
    """
    name = html.unescape(text[:400])
    if "@" in name or "/" in name or "<" in name or "www." in name:
        name = _ADDRESS.sub(" ", name)
    name = _strip_edges(" ".join(name.split()))
    rest = after_lead(name)
    name = _strip_edges(rest if rest is not None else name)
    if is_nobody(name, sites) and name.rsplit(" ", 1)[-1].casefold() not in person_words()["button"]:
        return ""
    name = _strip_edges(_strip_suffix(_cut_name(name)))
    words = _trimmed(name.split())
    name = " ".join(words)
    key = name.casefold()
    tables = person_words()
    if not name or len(name) > _MAX_NAME_CHARS or len(words) > _MAX_NAME_WORDS or is_nobody(name, sites):
        return ""
    if len(words) > 1 and (
        words[0].casefold() == "the" or (len(words[0]) > 1 and words[0].casefold() in tables["stop"])
    ):
        return ""
    if is_date_word(name) or (len(words) == 1 and key in tables["job"]) or _DOTTED.search(name):
        return ""
    if not (tables["word"] | tables["button"]).isdisjoint(key.split()) or key in tables["credential"]:
        return ""
    if user_names and 1 < len(name) <= _MAX_LOGIN_CHARS and _USER_NAME.match(name):
        return name
    return name if _looks_like_name(words) else ""


def _trimmed(words: list[str]) -> list[str]:
    """Take what the element behind a name left on it: the name again, an agency, a month or weekday."""
    half = len(words) // 2
    if half and words[:half] == words[half:]:
        words = words[:half]
    while len(words) > 2 and (is_calendar_word(words[-1]) or words[-1].casefold() in _agencies()):
        words = words[:-1]
    return words


@lru_cache(maxsize=1)
def _agencies() -> frozenset[str]:
    lines = (line.partition(" ") for line in table_lines("agencies.txt"))
    return frozenset(name for role, _, names in lines if role == "agency" for name in names.split(" | "))


def is_nobody(name: str, sites: Collection[str]) -> bool:
    """Whether a name is the site's own, an address, or ends as desks and buttons do ("Editorial Team").

    On a personal site ("Jane Doe") the name of the site is a person's.

    >>> is_nobody("The Example Staff", ()), is_nobody("Institute for Water", ()), is_nobody("Die Zeit", ("diezeit",))
    (True, False, True)
    """
    key = name.casefold().strip(EDGES)
    tables = person_words()
    if not key or key in tables["whole"] or key.startswith("staff "):
        return True
    last = key.rsplit(" ", 1)[-1]
    if last in tables["word"] or last in tables["button"] or last.rpartition("-")[2] in tables["word"]:
        return True
    if len(name) > 2 * _MAX_NAME_CHARS or _ADDRESS.search(name):
        return True
    spelled = bare(name)
    if any(len(site) > _LONG_SITE and spelled.startswith(site) for site in sites):
        return not has_given_name(name)
    return spelled in sites and not has_given_name(name)


def _looks_like_name(words: list[str]) -> bool:
    """Whether every word may stand in a name: capitalised, an initial or a particle; scripts without case pass."""
    name = " ".join(words)
    if _CASELESS.search(name):
        return (
            len(name) <= 24
            and _NO_HAN_NAME.isdisjoint(name)
            and not (_HAN_ONLY.match(name) and len(bare(name)) > 12)
            and any(map(str.isalpha, name))
        )
    if not _NAME.match(name):
        return False
    particles = person_words()["particle"]
    capitals = [word for word in words if any(character.isupper() for character in word)]
    if len(words) == 1:
        return bool(capitals) and len(name) > 1
    return bool(capitals) and all(word in capitals or word.casefold() in particles for word in words)


def _cut_name(name: str) -> str:
    """Cut a name before a job title, a degree, "in Berlin" or figures."""
    words = name.split()
    tables = person_words()
    for place, word in enumerate(words):
        key = word.strip(f"{EDGES}：").casefold()
        title = key in tables["job"] or (place > 1 and key in tables["credential"])
        button = (place > 1 or key >= "\u3000") and key in tables["button"]
        dangling = place > 1 and place == len(words) - 1 and key in tables["stop"]
        if place and (title or button or dangling or word in tables["stop"] or word[:1].isdigit()):
            return " ".join(words[:place])
        if not place and title and len(words) > 1:
            # "Reporter Jane Doe": the title stands first.
            return _cut_name(" ".join(words[1:]))
    return name


def _is_job(piece: str) -> bool:
    """Whether a piece of a list is a job title such as "Home Security Expert": its last word alone names a job."""
    *before, last = [word.strip(EDGES).casefold() for word in piece.split()] or [""]
    jobs = person_words()["job"]
    return last in jobs and jobs.isdisjoint(before)


def _strip_edges(name: str) -> str:
    """Take punctuation off both ends, but leave the dot of a final initial."""
    bare_name = name.strip(EDGES)
    last = bare_name.rsplit(" ", 1)[-1]
    return f"{bare_name}." if len(last) == 1 and last.isupper() and f"{bare_name}." in name else bare_name


def _strip_suffix(name: str) -> str:
    name = _AND_OTHERS.sub("", name)
    for suffix in person_words()["suffix"]:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name.removesuffix(suffix)
    return name


def _split_joined(piece: str) -> Iterable[str]:
    """Split at words for "and" between two names; they are lower-case in the middle of a name list."""
    words = piece.split()
    joiners = person_words()["joiner"]
    if not joiners.isdisjoint(words) and words[-1].strip(EDGES).casefold() in person_words()["job"]:
        # "Home and Garden Editor" is one job, not two persons.
        return
    start = 0
    for place, word in enumerate(words):
        joins = word in joiners or word in _SHOUTED_JOINERS
        if joins and (place > start or place == 0):
            if place > start:
                yield " ".join(words[start:place])
            start = place + 1
    if start < len(words):
        yield " ".join(words[start:])
