"""Where on the page a paragraph stands: before and after what, near the headline, said before or not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaner.features.characters import columns_of
from cleaner.page import Layout

Floats = NDArray[np.float32]

PLACE_NUMBERS = (
    "is_html", "position", "words_before", "words_after", "from_start", "from_end", "log_page_words",
    "log_page_paragraphs", "gap", "repeats", "repeated_before", "repeated_head", "like_title", "before_title",
    "prose_before", "prose_after", "previous_log_words", "next_log_words", "tail_of_page",
)  # fmt: skip


_ASCII_SIGNS = {code: None for code in range(128) if not chr(code).isalnum()}
_NO_LETTERS = re.compile(r"[\W_]+")


def letters_of(text: str) -> str:
    """Return a text's letters and figures in lower case, for comparing headlines; nothing else is left.

    >>> letters_of("2. Über uns: A_b")
    '2überunsab'
    """
    text = text.lower()
    # str.translate is ten times as quick as anything else, but only where every character is ASCII
    return text.translate(_ASCII_SIGNS) if text.isascii() else _NO_LETTERS.sub("", text)


_COMPARED = 300
"""So many characters of a paragraph are compared with what the page says of itself."""

_HEAD_CHARS = 40
"""Two paragraphs whose first characters are the same, so many of them, begin alike."""

Letters: TypeAlias = Callable[[int], str]
_ALL_BUT_NUL = {code: None for code in _ASCII_SIGNS if code}


def lazy_letters(texts: Sequence[str]) -> Letters:
    """Return a function from a paragraph's place to the letters of its head.

    ASCII is read all at once, other text when it is asked for.
    """
    heads = [text[:_COMPARED] for text in texts]
    quick = [head for head in heads if head.isascii()]
    known = "\0".join(quick).lower().translate(_ALL_BUT_NUL).split("\0")
    if len(known) == len(quick):  # or a text has a NUL of its own
        found: Iterator[str] = iter(known)
        letters = [next(found) if head.isascii() else None for head in heads]
    else:
        letters = [None] * len(heads)

    def letters_at(place: int) -> str:
        short = letters[place]
        if short is None:
            letters[place] = short = letters_of(heads[place])
        return short

    return letters_at


def title_signs(layout: Layout, letters: Letters) -> tuple[Floats, Floats]:
    """Return (like_title, before_title): is it the page's headline, and does it stand before the headline."""
    n = len(layout.texts)
    like = np.zeros(n, dtype=np.float32)
    before = np.zeros(n, dtype=np.float32)
    titles = {letters_of(layout.head.title)} | {
        letters_of(content) for name, content in layout.head.metas if name in {"og:title", "twitter:title"}
    }
    skip = 0
    if layout.content_type == "text":
        # A flattened page begins with its <title>, and the headline comes again below.
        titles, skip = {letters(0)}, 1
    titles.discard("")
    known = "\n".join(titles)
    shortest = min(map(len, titles), default=0)
    # a text more than twice as long as the headline is not like it, whatever stands between its letters
    longest = min(_COMPARED, 2 * max(map(len, titles), default=0) + 40)
    place = -1
    for index, (text, tag) in enumerate(zip(layout.texts, layout.tags, strict=True)):
        heading = tag == "h1"
        if not heading and not (titles and 8 <= len(text) <= longest):
            continue
        short = letters(index)
        if (short in known or len(short) >= shortest) and len(short) >= (1 if heading else 8) and index >= skip:
            like[index] = score = max([_likeness(short, title) for title in titles], default=0.0)
            heading = heading or score == 1.0
        if heading and place < 0 and index >= skip:
            place = index
    if place > 0:
        before[:place] = 1
    return like, before


def _likeness(text: str, title: str) -> float:
    if text == title:
        return 1.0
    if text and title.startswith(text):
        return 0.9 * min(1.0, len(text) / max(1, len(title)) + 0.3)
    if text and (text in title or title in text):
        return 0.6 * min(len(text), len(title)) / max(len(text), len(title))
    return 0.0


def _repeats(texts: tuple[str, ...]) -> tuple[Floats, Floats, Floats]:
    """Return how often each text stands on the page (0 = once), whether it stood before, and whether its head did."""
    firsts = _first_places(texts)
    times = np.bincount(firsts, minlength=len(texts))[firsts]
    head_again = np.zeros(len(texts), dtype=np.float32)
    long = [index for index, text in enumerate(texts) if len(text) >= _HEAD_CHARS]
    heads = _first_places([texts[index][:_HEAD_CHARS] for index in long])
    head_again[long] = heads != np.arange(len(long))
    again: Floats = (firsts != np.arange(len(texts))).astype(np.float32)
    return np.log1p(times.astype(np.float32) - np.float32(1)), again, head_again


def _first_places(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return for each text the place at which it stands first."""
    first = dict(zip(reversed(texts), range(len(texts) - 1, -1, -1), strict=True))
    return np.fromiter(map(first.__getitem__, texts), np.int64, len(texts))


def _shifted(values: Floats, by: int) -> Floats:
    out = np.zeros_like(values)
    if by > 0:
        out[by:] = values[:-by]
    else:
        out[:by] = values[-by:]
    return out


def place_numbers(layout: Layout, letters: Letters, words: Floats, prose: Floats) -> Floats:
    """Return the PLACE_NUMBERS of the n paragraphs; ``prose`` has the words of those that are running text."""
    n = len(words)
    index = np.arange(n, dtype=np.float32)
    total, total_prose = max(float(words.sum()), 1.0), max(float(prose.sum()), 1.0)
    before = np.cumsum(words) - words
    prose_before = np.cumsum(prose) - prose
    log_words: Floats = np.log1p(words, dtype=np.float32) / np.float32(2)
    repeats, again, head_again = _repeats(layout.texts)
    like_title, before_title = title_signs(layout, letters)
    columns = (
        layout.content_type == "html",
        index / n,
        before / total,
        (total - before - words) / total,
        1 / (1 + index),
        1 / (n - index),
        np.log1p(total) / 5,
        np.log1p(n) / 4,
        np.minimum(layout.gaps, 3) / 3,
        repeats,
        again,
        head_again,
        like_title,
        before_title,
        prose_before / total_prose,
        (total_prose - prose_before - prose) / total_prose,
        _shifted(log_words, 1),
        _shifted(log_words, -1),
        (prose_before + prose >= total_prose) & (prose == 0),
    )
    return columns_of(columns, n)
