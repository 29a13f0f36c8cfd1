"""The words around names, from ``tables/byline_words.txt`` and ``not_persons.txt``: "By", "Von", jobs, buttons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from cleaner.metadata.evidence import table_lines

__all__ = [
    "EDGES",
    "GLUED_BY",
    "after_lead",
    "lead_is_long",
    "leads",
    "may_open_byline",
    "opening_lines",
    "opens_byline",
    "person_words",
]

EDGES = " \t\n,;:.|/\\-–—•·*#\"“”„»«>~+_!?()[]{}'’"
"""What may stand at the ends of a name and is no part of it."""
GLUED_BY = re.compile(r"[Bb]y(?=[A-Z][a-z])")
"""``ByJane Doe``: two elements without a blank between them."""

_FIRST_TOKEN = re.compile(r"[\s(~—–-]{0,3}([^\W\d_]+)")
_FIRST_CHARS = 40
"""No lead has a longer first word."""
_DASHES = tuple("(~—–-")
_TOKENS = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=1)
def person_words() -> dict[str, frozenset[str]]:
    """Return the word lists by role."""
    lists: dict[str, set[str]] = {}
    for line in [*table_lines("byline_words.txt"), *table_lines("not_persons.txt")]:
        role, entries = line.split(" ", 1)
        lists.setdefault(role, set()).update(entry.strip() for entry in entries.split(" | "))
    return {role: frozenset(words) for role, words in lists.items()}


class Leads(NamedTuple):
    """The words before names."""

    first_words: frozenset[str]
    unspaced: tuple[str, ...]
    """Leads of scripts without blanks."""
    author: re.Pattern[str]
    """At the start: "By", "Written by:", "Autor:"."""
    other: re.Pattern[str]
    """At the start: somebody else follows ("Reviewed by", "Photo:")."""
    other_inside: re.Pattern[str]


@lru_cache(maxsize=1)
def leads() -> Leads:
    """Build the patterns from ``tables/byline_words.txt``."""
    words = person_words()
    author, other = (_alternatives(words[role]) for role in ("lead", "other"))
    phrases = _alternatives(word for word in words["other"] if " " in word)
    end = r"(?:\s*[:：]\s*|\s+|(?<=[\u3000-\u9fff\uac00-\ud7af/])|$)"
    first = {token[0] for word in words["lead"] if (token := _TOKENS.findall(word))}
    return Leads(
        frozenset(first),
        tuple(sorted(word for word in words["lead"] if word[0] >= "\u3000")),
        re.compile(rf"[\s(~—–-]{{0,3}}(?:{GLUED_BY.pattern}|(?i:{author}){end})"),
        re.compile(rf"[\s(]{{0,3}}(?i:{other}){end}"),
        re.compile(rf"(?<![^\W_])(?i:{phrases})(?![^\W_])"),
    )


def _alternatives(words: Iterable[str]) -> str:
    """Return a pattern for any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def after_lead(text: str) -> str | None:
    """Return what follows "By", "Von", "Author:" at the start, name or not; None if nothing of the kind stands there.

    >>> after_lead("By Jane Doe"), after_lead("Written by:"), after_lead("By the river")
    ('Jane Doe', '', 'the river')
    """
    match = leads().author.match(text) if may_open_byline(text) else None
    if match is None:
        return None
    rest = text[match.end() :]
    if len(match[0]) == 1 and match[0] >= "\u3000" and rest:
        # One Han letter right before another is the beginning of a longer word.
        return None
    if match[0][-1].isalpha() and rest[:1].islower() and rest.split(maxsplit=1)[0] not in person_words()["particle"]:
        # "By the river": a sentence, unless a user name is all there is.
        return rest if len(rest.split()) == 1 else None
    return rest


def opens_byline(text: str) -> bool:
    """Whether a paragraph is only the words before a name: "By", "Written by:", "Autor".

    >>> opens_byline("Written by:"), opens_byline("By the river")
    (True, False)
    """
    return len(text) <= 30 and after_lead(text) == ""


def lead_is_long(text: str) -> bool:
    """Whether a paragraph opens with two words or more for "by", as "Written by Jane Doe" does."""
    match = leads().author.match(text) if may_open_byline(text) else None
    return match is not None and " " in match[0].strip()


def may_open_byline(text: str) -> bool:
    """Whether the first word may begin the words before a name; the cheap question before the pattern is asked."""
    return _opens(text[:_FIRST_CHARS].partition(" ")[0]) or (text[:1] in _DASHES and _opens(text[:_FIRST_CHARS]))


def opening_lines(texts: Sequence[str]) -> list[int]:
    """Return the places of the texts of which :func:`may_open_byline` is true, asked once for each first word.

    >>> opening_lines(["By Jane Doe", "Rain", "(Von Max Muster)"])
    [0, 2]
    """
    starts = [text[:_FIRST_CHARS] if text[:1] in _DASHES else text[:_FIRST_CHARS].partition(" ")[0] for text in texts]
    openers = {start for start in set(starts) if _opens(start)}
    return [at for at, start in enumerate(starts) if start in openers] if openers else []


@lru_cache(maxsize=8192)
def _opens(start: str) -> bool:
    """Answer for the first word; menus and lists repeat theirs on every page of a site."""
    known = leads()
    token = _FIRST_TOKEN.match(start)
    if token is None:
        return False
    word = token[1]
    if word.casefold() in known.first_words or word.startswith(("By", "by")):
        return True
    return not word.isascii() and word.startswith(known.unspaced)
