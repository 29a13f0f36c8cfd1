"""What somebody may have meant who wrote a word that is not known here."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from types import MappingProxyType

__all__ = ["did_you_mean"]

_NONE: Mapping[str, str] = MappingProxyType({})


def did_you_mean(word: str, known: Iterable[str], *, others: Mapping[str, str] = _NONE) -> str:
    """Return `` Did you mean x?`` with a blank before it, or '' when nothing is near.

    ``others`` are words that people use for known ones.

    >>> did_you_mean("captoin", ["caption", "body"])
    ' Did you mean caption?'
    >>> did_you_mean("regex", ["text", "css"], others={"regex": "text"})
    ' Did you mean text?'
    """
    near = [others[word.lower()]] if word.lower() in others else difflib.get_close_matches(word.lower(), known, n=1)
    return f" Did you mean {near[0]}?" if near else ""
