"""What a paragraph says of itself: its chrome phrases ("Leave a comment"), credits of pictures, pointers elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from cleaner.cues.evidence import NOTHING, Evidence
from cleaner.cues.tables import Phrase, phrases_by_first_word, table_lines, word_limit

_CJK: Final = "\u2e80-\u2fdf\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKEN: Final = re.compile(rf"©|[{_CJK}]|[^\W{_CJK}]+")


def read_words(text: str) -> tuple[str, ...]:
    """Return the lower-cased words; a Chinese or Japanese character counts as one, and so does ``©``."""
    return tuple(_TOKEN.findall(text.lower().replace("&", " ")))


def read_phrases(text: str, words: Sequence[str], table: Mapping[str, Sequence[Phrase]] | None = None) -> Evidence:
    """Return what the chrome phrases in a paragraph say; a whole match outdoes a beginning, that one a find inside.

    ``table`` has phrases by their first word, by default :func:`cleaner.cues.tables.phrases_by_first_word`.

    >>> read_phrases("Leave a comment", ("leave", "a", "comment")).kinds
    (<Kind.COMMENTS: 'comments'>,)
    """
    numbered = ["#" if word.isdigit() else word for word in words[:160]]
    table = phrases_by_first_word() if table is None else table
    best: dict[str, Evidence] = {}
    for at, word in enumerate(numbered):
        for phrase in table.get(word, ()):
            length = len(phrase.words)
            if tuple(numbered[at : at + length]) != phrase.words or not _in_place(phrase, at, len(words)):
                continue
            if phrase.colon and not _has_colon(text, words, at + length):
                continue
            found = best.get(phrase.place, NOTHING)
            if not found.kinds:
                best[phrase.place] = phrase.evidence
            elif phrase.place == "anywhere" and phrase.evidence.kinds[0] not in found.kinds:
                best[phrase.place] = Evidence(found.kinds + phrase.evidence.kinds, found.weight)
    return next((best[place] for place in ("whole", "start", "anywhere") if place in best), NOTHING)


def _in_place(phrase: Phrase, at: int, count: int) -> bool:
    if phrase.place == "whole":
        return at == 0 and count == len(phrase.words)
    return (at == 0 or phrase.place == "anywhere") and count <= word_limit(phrase)


def _has_colon(text: str, words: Sequence[str], end: int) -> bool:
    """Return whether a colon follows the first ``end`` words; only asked of phrases at the start."""
    limit = sum(len(word) for word in words[:end]) + 2 * end
    return any(mark in text[:limit] for mark in (":", "："))


_TAIL: Final = re.compile(r"[^()]{2,60}/[^()]{2,40}")


def credits_picture(text: str) -> bool:
    """Return whether a line names who made a picture, as captions do.

    Words that do so anywhere or at its end are a table, ``tables/kinds/credits.txt``; the form is that of a ``©`` after
    other words, or of names with a stroke between them in brackets at the end.

    >>> credits_picture("The ferry in the harbour. Photo by Ann Lee"), credits_picture("Two men fish (Bo Ek/Nordfoto).")
    (True, True)
    >>> credits_picture("The photo shows a ferry."), credits_picture("© 2024 The Harbour Gazette")
    (False, False)
    """
    line = text.lower().rstrip(" .")
    anywhere, ends = _credits()
    if "©" in line[1:] or anywhere.search(line) or line.endswith(ends):
        return True
    _, bracket, tail = line[:-1].rpartition("(")
    return bool(bracket) and line.endswith(")") and _TAIL.fullmatch(tail) is not None


def points_elsewhere(text: str) -> bool:
    """Return whether a line announces another article and names it; ``tables/kinds/pointers.txt`` has what announces.

    >>> points_elsewhere("Related: Ten bridges worth a walk"), points_elsewhere("Related:")
    (True, False)
    """
    head, colon, rest = text[:_POINTER_CHARS].replace("：", ":").partition(":")
    return bool(colon) and bool(rest.strip()) and read_words(head) in _pointers()


_POINTER_CHARS = 60
"""The words before the colon and the first ones behind it."""


@cache
def _pointers() -> frozenset[tuple[str, ...]]:
    return frozenset(map(read_words, table_lines("pointers.txt")))


BYLINE_CHARS = 150
"""Longer paragraphs are no bylines."""


def names_author(text: str) -> bool:
    """Return whether a line with a date names somebody who wrote, after a word of ``tables/kinds/by.txt``.

    >>> names_author("October 11, 2023 by Ann Lee"), names_author("2012-01-12 作者：赵春燕")
    (True, True)
    >>> names_author("Last updated by 12:30"), names_author("12 May 2023, reading time 5 minutes")
    (False, False)
    """
    if len(text) > BYLINE_CHARS:
        return False
    follow = (text[match.end() : match.end() + 1] for match in _bys().finditer(text))
    return any(letter.isupper() or letter >= "\u3000" for letter in follow)


_NAME: Final = re.compile(r"(?:[^\W\d_]|[.'’‘-])+")
_NAME_WORDS = 10


def opens_with_author(text: str) -> bool:
    """Return whether a line is nothing but "By" and names, as stands below a headline.

    >>> opens_with_author("By Ann Lee"), opens_with_author("By Ann Lee and Bo van der Ek, Harbour Gazette")
    (True, True)
    >>> opens_with_author("By Monday the river had risen."), opens_with_author("By train"), opens_with_author("Ann Lee")
    (False, False, False)
    """
    match = _bys().match(text)
    words = text[match.end() :].replace(",", " ").split() if match else []
    if not 2 <= len(words) <= _NAME_WORDS or not all(map(_NAME.fullmatch, words)):
        return False
    capitals = sum(word[:1].isupper() for word in words)
    return capitals >= 2 and words[0][:1].isupper() and words[-1][:1].isupper() and text[-1] not in ".!?:;"


@cache
def _bys() -> re.Pattern[str]:
    words = sorted(table_lines("by.txt"), key=len, reverse=True)
    spaced = "|".join(re.escape(word) for word in words if word < "\u3000")
    joined = "|".join(re.escape(word) for word in words if word >= "\u3000")
    return re.compile(rf"(?<![^\W_])(?i:{spaced})\s+(?=\S)|(?:{joined})\s*(?=\S)")


@cache
def _credits() -> tuple[re.Pattern[str], tuple[str, ...]]:
    """Return what credits a picture anywhere in a line, as whole words, and what does at its end."""
    entries = [line.split(" | ") for line in table_lines("credits.txt")]
    anywhere = "|".join(re.escape(words) for words, place in entries if place == "anywhere")
    return re.compile(rf"(?<!\w)(?:{anywhere})(?!\w)"), tuple(" " + words for words, place in entries if place == "end")
