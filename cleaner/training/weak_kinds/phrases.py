"""What the chrome phrases in a paragraph ("Leave a comment") say."""

from __future__ import annotations

from collections.abc import Sequence

from cleaner.cues.evidence import NOTHING, Evidence
from cleaner.cues.tables import Phrase, phrases_by_first_word, word_limit


def read_phrases(text: str, words: Sequence[str]) -> Evidence:
    """Return what the chrome phrases in a paragraph say; a whole match outdoes a beginning, that one a find inside.

    >>> read_phrases("Leave a comment", ("leave", "a", "comment")).kinds
    (<Kind.COMMENTS: 'comments'>,)
    """
    numbered = ["#" if word.isdigit() else word for word in words[:160]]
    table = phrases_by_first_word()
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
