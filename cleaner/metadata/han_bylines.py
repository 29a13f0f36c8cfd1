"""Bylines of Chinese pages, where names follow their role: ``本报记者 王小明 李华``, ``（记者 王小明）``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from cleaner.metadata.evidence import table_lines

__all__ = ["choose_han_authors", "read_han_byline", "read_han_signature"]

_NAMES = re.compile(r"\s*[:：]?\s*([\u3400-\u9fff]{2,12}(?:[\s、]+[\u3400-\u9fff]{2,12}){0,7})")
_SEPARATORS = re.compile(r"[\s、]+")
_SIGNATURE = re.compile(r"[（(\[【]\s*([^（()）\[\]【】]{2,40}?)\s*[)）\]】]\s*$")
_COMPOUND = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "歐陽", "司馬")


class _Words(NamedTuple):
    writer: re.Pattern[str]
    editor: re.Pattern[str]
    stop: re.Pattern[str]
    family: frozenset[str]


def read_han_byline(text: str) -> tuple[list[str], bool]:
    """Return the persons named behind words for writer, or failing that for editor, and whether they are writers.

    Only names that begin with a family name count, so that prose behind the word for reporter gives none.

    >>> read_han_byline("来源：示例日报 本报记者 王小明 李华"), read_han_byline("记者近日从农业厅了解到")
    ((['王小明', '李华'], True), ([], False))
    """
    words = _words()
    for pattern, writes in ((words.writer, True), (words.editor, False)):
        for match in pattern.finditer(text[:400]):
            listed = _NAMES.match(text, match.end())
            names = _names(listed[1]) if listed else []
            if names:
                return names, writes
    return [], False


def read_han_signature(text: str) -> list[str]:
    """Return the persons in brackets at the end of an article, with or without their role.

    >>> read_han_signature("渡轮昨日恢复运营。（记者 王小明）"), read_han_signature("渡轮昨日恢复运营（图）")
    (['王小明'], [])
    """
    match = _SIGNATURE.search(text[-60:])
    if match is None:
        return []
    names, writes = read_han_byline(match[1])
    return names if writes else _names(match[1])


def _names(listed: str) -> list[str]:
    """Return the names at the head of a list; the first thing that is none ends it."""
    names: list[str] = []
    words = _words()
    for token in _SEPARATORS.split(listed):
        cut = words.stop.search(token, 2)
        name = token[: cut.start()] if cut else token
        if not _is_name(name):
            break
        names.append(name)
        if cut:
            break
    return names


def _is_name(token: str) -> bool:
    if len(token) in {2, 3} and token[0] in _words().family:
        return True
    return len(token) in {3, 4} and token.startswith(_COMPOUND)


@lru_cache(maxsize=1)
def _words() -> _Words:
    lists: dict[str, list[str]] = {}
    for line in table_lines("han_bylines.txt"):
        role, entries = line.split(" ", 1)
        lists.setdefault(role, []).extend(entries.split(" | "))
    patterns = {
        role: re.compile("|".join(re.escape(word) for word in sorted(lists[role], key=len, reverse=True)))
        for role in ("writer", "editor", "stop")
    }
    return _Words(patterns["writer"], patterns["editor"], patterns["stop"], frozenset("".join(lists["family"])))


def choose_han_authors(near: Sequence[str], body: Sequence[str], rest: Sequence[str]) -> list[str]:
    """Return the authors of a Chinese page.

    Asked in this order: lines near the headline (``near``), the ends and beginnings of the kept text (``body``), other
    short lines (``rest``); writers before editors.
    """
    editors: list[str] = []
    for text in near:
        names, writes = read_han_byline(text)
        if writes:
            return names
        editors = editors or names
    for text in [*body[-2:], *body[:2]]:
        names = read_han_signature(text) or _opening(text)
        if names:
            return names
    for text in rest:
        names, writes = read_han_byline(text)
        if writes:
            return names
        editors = editors or names or (read_han_signature(text) if len(text) <= 12 else [])
    return editors


def _opening(text: str) -> list[str]:
    """Return the reporter named in the first words of a report: ``据新华社北京电（记者 王小明）``."""
    names, writes = read_han_byline(text[:40])
    return names if writes else []
