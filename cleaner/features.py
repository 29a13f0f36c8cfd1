"""Layout -> numbers: the only feature code, shared by the runtime and training.

Everything is counted over one array of code points for the whole page, so the cost is a few passes of numpy over the
page's visible text, not Python work per paragraph. The columns are listed in :data:`NUMBERS`; the weights name them
too, and the model refuses weights whose list differs.
"""

from __future__ import annotations

import json
import re
import unicodedata
import zlib
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from cleaner.page import Container, Layout

__all__ = ["ATTRIBUTE_ROWS", "LEVELS", "NUMBERS", "WORD_ROWS", "Features", "Groups", "extract", "group_containers"]

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

WORD_ROWS = 1 << 15
"""Rows of the word table; a word or a pair of words is a hash modulo this."""
ATTRIBUTE_ROWS = 1 << 14
"""Rows of each table for tag, class, id and role words."""
FIRST_WORDS, PAIRED_WORDS, LAST_WORDS = 40, 16, 8
"""How many words of a paragraph are looked at: at its head one by one and in pairs, and at its tail. With 16 at the
head an editor's letter about the comment section read like the article above it."""
LEVELS = 5
"""How many enclosing containers of more than one paragraph are described by numbers, innermost first."""

_WORD, _DIGIT, _UPPER, _LOWER, _SPACE, _COMMA, _END, _QUOTE, _SIGN, _CJK = range(10)
_CLASS_NAMES = ("word", "digit", "upper", "lower", "space", "comma", "end", "quote", "sign", "cjk")
_COMMAS = ",;:،؛、，；："
_ENDS = ".!?…。！？｡؟।።۔։"
_QUOTES = "\"'“”„‘’‚«»‹›「」『』"
_SIGNS = "|©®™•·→›»«←▶▸►✓★☆#@/\\_=<>{}[]+*~^▼▲●■◆"

_TAG_CLASSES = ("p", "h1", "h2", "h3+", "li", "cell", "button", "pre", "blockquote", "caption", "dl", "div")
_TAG_CLASS = {
    "p": 0, "h1": 1, "h2": 2, "h3": 3, "h4": 3, "h5": 3, "h6": 3, "h": 2, "li": 4, "td": 5, "th": 5, "tr": 5,
    "button": 6, "select": 6, "textarea": 6, "input": 6, "pre": 7, "xmp": 7, "blockquote": 8, "figcaption": 9,
    "caption": 9, "figure": 9, "dt": 10, "dd": 10,
}  # fmt: skip
_ZONES = (
    "nav", "footer", "aside", "header", "article", "main", "form", "table", "figure", "ul", "blockquote", "section",
)  # fmt: skip
_ZONE_BIT = {tag: 1 << i for i, tag in enumerate(_ZONES)} | {"ol": 1 << 9, "dl": 1 << 9, "tbody": 1 << 7}

_TEXT_NUMBERS = (
    "log_chars", "log_words", "is_one_word", "chars_per_word", "digit_share", "upper_share", "comma_rate", "end_rate",
    "quote_rate", "sign_share", "cjk_share", "ends_with_end", "ends_with_colon", "starts_upper", "starts_lower",
    "starts_digit", "starts_sign", "starts_quote", "first_sign_share", "capital_words", "has_sign", "sentences",
)  # fmt: skip
_PLACE_NUMBERS = (
    "is_html", "position", "words_before", "words_after", "from_start", "from_end", "log_page_words",
    "log_page_paragraphs", "gap", "repeats", "repeated_before", "repeated_head", "like_title", "before_title",
    "prose_before", "prose_after", "previous_log_words", "next_log_words", "tail_of_page",
)  # fmt: skip
_DOM_NUMBERS = (
    "link_share", "links", "images", "hidden", "controls", "depth", "page_link_share", "like_description",
    "in_article_body", "has_article_body", "article_body_share",
    *(f"tag_{name}" for name in _TAG_CLASSES),
    *(f"zone_{name}" for name in _ZONES),
)  # fmt: skip
_LEVEL_NUMBERS = (
    "exists", "log_words", "page_share", "prose_share", "page_prose_share", "link_share", "log_paragraphs",
    "mean_words", "place_inside",
)  # fmt: skip
NUMBERS: tuple[str, ...] = (
    *_TEXT_NUMBERS,
    *_PLACE_NUMBERS,
    *_DOM_NUMBERS,
    *(f"level{level}_{name}" for level in range(LEVELS) for name in _LEVEL_NUMBERS),
)
DOM_START = len(_TEXT_NUMBERS) + len(_PLACE_NUMBERS)
"""Columns from here on are 0 for plain text, and hidden at random in training."""


@dataclass(frozen=True, slots=True)
class Bags:
    """For each of n rows a bag of table rows: ``ids[offsets[i]:offsets[i + 1]]``; a bag may be empty."""

    ids: Ints
    offsets: Ints


@dataclass(frozen=True, slots=True)
class Features:
    """What the model sees of a page with n paragraphs."""

    numbers: Floats
    """(n, len(NUMBERS)), roughly within 0..1 (logarithms within 0..3)."""
    word_counts: Floats
    """(n,) words of each paragraph; a Chinese or Japanese character counts as 1 / 1.6."""
    words: Bags
    """First FIRST_WORDS words, as rows < WORD_ROWS."""
    last_words: Bags
    """Last LAST_WORDS words."""
    pairs: Bags
    """Neighbours among the first PAIRED_WORDS words, hashed together."""
    own: Bags
    """Tag and attribute words of the elements that hold this paragraph alone, rows < ATTRIBUTE_ROWS."""
    near: Bags
    """For each group of containers (one bag a group): those of itself and of the group around it."""
    far: Bags
    """For each group: those of the six groups beyond."""
    group_of: Ints
    """(n,) the group of each paragraph: the place of its bag in ``near`` and ``far``."""
    ranges: Ints
    """(n, LEVELS, 2): the half-open range of paragraphs in each enclosing container; [0, n] where there is none."""


# -- characters --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _character_tables() -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Return (class bits, lower-cased code point) of each code point of the basic plane."""
    bits = np.zeros(0x10000, dtype=np.uint16)
    lower = np.arange(0x10000, dtype=np.uint16)
    for code in range(0x10000):
        category = unicodedata.category(chr(code))
        if category[0] in "LM":
            bits[code] |= 1 << _WORD
        if category in {"Lu", "Lt"}:
            bits[code] |= 1 << _UPPER
            small = chr(code).lower()
            if len(small) == 1:
                lower[code] = ord(small)
        elif category == "Ll":
            bits[code] |= 1 << _LOWER
        elif category == "Nd":
            bits[code] |= 1 << _WORD | 1 << _DIGIT
            lower[code] = ord("0")
    bits[[ord(char) for char in " \n\t\u00a0\u3000"]] |= 1 << _SPACE
    for chars, bit in ((_COMMAS, _COMMA), (_ENDS, _END), (_QUOTES, _QUOTE), (_SIGNS, _SIGN)):
        bits[[ord(char) for char in chars]] |= 1 << bit
    for first, last in ((0x2E80, 0x2FDF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF)):
        letters = bits[first : last + 1]
        letters[(letters & (1 << _WORD)) != 0] |= 1 << _CJK
    return bits, lower


@dataclass(frozen=True, slots=True)
class _Text:
    """All paragraphs of a page as one array of code points, a blank after each."""

    codes: NDArray[np.uint16]
    """Lower-cased; code points beyond the basic plane count as U+FFFF."""
    bits: NDArray[np.uint16]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    word_starts: NDArray[np.int64]
    word_ends: NDArray[np.int64]
    first_word: NDArray[np.int64]
    """(n + 1): words ``first_word[i] .. first_word[i + 1] - 1`` belong to paragraph i."""


def _read(texts: tuple[str, ...]) -> _Text:
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    codes = np.frombuffer((" ".join(texts) + " ").encode("utf-32-le", "replace"), dtype=np.uint32)
    table, lower = _character_tables()
    plane = np.minimum(codes, 0xFFFF).astype(np.uint16)
    bits = table[plane]
    starts = np.concatenate(([0], np.cumsum(lengths + 1)[:-1])) if len(texts) else np.zeros(0, np.int64)
    word = (bits & (1 << _WORD)) != 0
    cjk = (bits & (1 << _CJK)) != 0
    before = np.concatenate(([False], word[:-1] & ~cjk[:-1]))
    begins = word & (~before | cjk)
    after = np.concatenate((begins[1:] | ~word[1:], [True]))
    word_starts = np.flatnonzero(begins)
    word_ends = np.flatnonzero(word & after) + 1
    first_word = np.searchsorted(word_starts, np.concatenate((starts, [len(codes)])))
    return _Text(lower[plane], bits, starts, lengths, word_starts, word_ends, first_word)


def _counts(mask: NDArray[np.bool_], starts: NDArray[np.int64]) -> Floats:
    """Count the true places of each paragraph and the blank after it."""
    counts: Floats = np.add.reduceat(mask.view(np.uint8), starts, dtype=np.int64).astype(np.float32)
    return counts


def _text_numbers(text: _Text) -> tuple[Floats, Floats]:
    """Return the _TEXT_NUMBERS and the number of words of each paragraph."""
    starts, lengths, bits = text.starts, text.lengths, text.bits
    count = {name: _counts((bits & (1 << bit)) != 0, starts) for bit, name in enumerate(_CLASS_NAMES) if bit != _SPACE}
    chars = lengths.astype(np.float32)
    n_words = np.diff(text.first_word).astype(np.float32)
    words = n_words - count["cjk"] + count["cjk"] / 1.6  # a Chinese word has about 1.6 characters
    letters = np.maximum(count["word"], 1)
    first, last = bits[starts], bits[starts + lengths - 1]
    before_last = bits[np.maximum(starts + lengths - 2, starts)]
    last_code = text.codes[starts + lengths - 1]
    capitals = _capital_words(text)
    ends = ((last & (1 << _END)) != 0) | (((last & (1 << _QUOTE)) != 0) & ((before_last & (1 << _END)) != 0))
    columns = (
        np.log1p(chars) / 3,
        np.log1p(words) / 2,
        n_words <= 1,
        letters / np.maximum(n_words, 1) / 10,
        count["digit"] / letters,
        count["upper"] / letters,
        count["comma"] / np.maximum(words, 1) * 4,
        count["end"] / np.maximum(words, 1) * 4,
        count["quote"] / np.maximum(words, 1) * 4,
        count["sign"] / chars * 4,
        count["cjk"] / chars,
        ends,
        (last_code == ord(":")) | (last_code == 0xFF1A),
        (first & (1 << _UPPER)) != 0,
        (first & (1 << _LOWER)) != 0,
        (first & (1 << _DIGIT)) != 0,
        (first & (1 << _SIGN)) != 0,
        (first & (1 << _QUOTE)) != 0,
        np.minimum(count["sign"], 4) / 4,
        capitals / np.maximum(n_words, 1),
        count["sign"] > 0,
        np.log1p(count["end"]),
    )
    return np.stack(columns, axis=1).astype(np.float32), words.astype(np.float32)


def _capital_words(text: _Text) -> Floats:
    upper = (text.bits[text.word_starts] & (1 << _UPPER)) != 0
    total = np.concatenate(([0], np.cumsum(upper, dtype=np.int64)))
    return (total[text.first_word[1:]] - total[text.first_word[:-1]]).astype(np.float32)


# -- words -------------------------------------------------------------------------------------------------------

_HASHED_CHARS = 12
_PRIME = np.uint64(0x9E3779B97F4A7C15)


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    values = values ^ (values >> np.uint64(29))
    values = values * np.uint64(0xBF58476D1CE4E5B9)
    mixed: NDArray[np.uint64] = values ^ (values >> np.uint64(32))
    return mixed


def _hash_words(text: _Text, which: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Hash lower-cased words by their first 12 characters and their length; digits count as ``0``."""
    starts, ends = text.word_starts[which], text.word_ends[which]
    values = (ends - starts).astype(np.uint64)
    limit = len(text.codes) - 1
    for place in range(_HASHED_CHARS):
        inside = starts + place < ends
        if not inside.any():
            break
        code = text.codes[np.minimum(starts + place, limit)].astype(np.uint64)
        values = np.where(inside, (values ^ code) * _PRIME, values)
    return _mix(values)


def _spread(firsts: NDArray[np.int64], ends: NDArray[np.int64]) -> tuple[NDArray[np.int64], Ints]:
    """Return all integers of the ranges one after another, and the offsets at which each range begins."""
    lengths = np.maximum(ends - firsts, 0)
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    places = np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths) + np.repeat(firsts, lengths)
    return places, offsets.astype(np.int32)


def _word_bags(text: _Text) -> tuple[Bags, Bags, Bags]:
    firsts, ends = text.first_word[:-1], text.first_word[1:]
    heads = np.minimum(firsts + FIRST_WORDS, ends)
    tails = np.maximum(heads, ends - LAST_WORDS)
    head_places, head_offsets = _spread(firsts, heads)
    tail_places, tail_offsets = _spread(tails, ends)
    rows = np.uint64(WORD_ROWS)
    head_hashes, tail_hashes = _hash_words(text, head_places), _hash_words(text, tail_places)
    first_heads = head_offsets[:-1].astype(np.int64)
    last_heads = np.minimum(head_offsets[1:].astype(np.int64), first_heads + PAIRED_WORDS)
    pair_places, pair_offsets = _spread(first_heads, last_heads - 1)
    if len(pair_places):
        pair_hashes = _mix(head_hashes[pair_places] * np.uint64(3) + head_hashes[pair_places + 1])
    else:
        pair_hashes = np.zeros(0, np.uint64)
    return (
        Bags((head_hashes % rows).astype(np.int32), head_offsets),
        Bags((tail_hashes % rows).astype(np.int32), tail_offsets),
        Bags((pair_hashes % rows).astype(np.int32), pair_offsets),
    )


# -- containers --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Groups:
    """Containers that hold the same paragraphs, merged: wrappers around wrappers count once."""

    of: list[int]
    """Group of each paragraph: the innermost one that holds more than one paragraph (0 is the page)."""
    parents: list[int]
    """-1 for group 0; a parent stands before its children."""
    firsts: list[int]
    ends: list[int]
    members: list[list[int]]
    """Indices of the containers merged into each group."""
    alone: list[list[int]]
    """For each paragraph, the containers that hold it and nothing else."""


def group_containers(containers: tuple[Container, ...], container_of: Ints, n: int) -> Groups:
    """Merge containers that hold the same paragraphs; linear in the number of containers."""
    parents, firsts, ends, members = [-1], [0], [n], [[0]]
    group_of = [0] * len(containers)
    alone: list[list[int]] = [[] for _ in range(n)]
    for index, (parent, _, _, _, first, end) in enumerate(containers):
        if index == 0 or end <= first:
            continue
        group = group_of[parent]
        if end - first == 1:
            alone[first].append(index)
        elif firsts[group] == first and ends[group] == end:
            members[group].append(index)
        else:
            parents.append(group)
            firsts.append(first)
            ends.append(end)
            members.append([index])
            group = len(parents) - 1
        group_of[index] = group
    return Groups([group_of[c] for c in container_of.tolist()], parents, firsts, ends, members, alone)


_ATTRIBUTE_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+")


@lru_cache(maxsize=100_000)
def _attribute_rows(tag: str, attributes: str) -> tuple[int, ...]:
    """Hash a tag and the words of its attributes; ``postBody_2x`` gives ``post``, ``body``, ``x``."""
    words = ["<" + tag, *(word.lower() for word in _ATTRIBUTE_WORD.findall(attributes))]
    return tuple(zlib.crc32(w.encode("utf-8", "replace")) % ATTRIBUTE_ROWS for w in dict.fromkeys(words[:40]))


def _attribute_bags(layout: Layout, groups: Groups) -> tuple[Bags, Bags, Bags]:
    containers = layout.containers
    own: list[tuple[int, ...]] = []
    for index, alone in enumerate(groups.alone):
        rows: tuple[int, ...] = _attribute_rows("", layout.marks[index]) if layout.marks[index] else ()
        for c in alone:
            rows += _attribute_rows(containers[c].tag, containers[c].attributes)
        if not alone:
            rows += _attribute_rows("bare", "")
        own.append(rows)
    of_group: list[tuple[int, ...]] = []
    for members in groups.members:
        rows = ()
        for c in members[:6]:
            rows += _attribute_rows(containers[c].tag, containers[c].attributes)
        of_group.append(rows)
    near: list[tuple[int, ...]] = []
    far: list[tuple[int, ...]] = []
    for group, parent in enumerate(groups.parents):
        near.append(of_group[group] + (of_group[parent] if parent >= 0 else ()))
        beyond: tuple[int, ...] = ()
        up = groups.parents[parent] if parent >= 0 else -1
        for _ in range(6):
            if up < 0:
                break
            beyond += of_group[up]
            up = groups.parents[up]
        far.append(beyond)
    return _bags(own), _bags(near), _bags(far)


def _bags(rows: list[tuple[int, ...]]) -> Bags:
    offsets = np.concatenate(([0], np.cumsum(np.fromiter(map(len, rows), np.int64, len(rows))))).astype(np.int32)
    ids = np.fromiter(chain.from_iterable(rows), np.int32, int(offsets[-1]))
    return Bags(ids, offsets)


def _ancestors(groups: Groups) -> Ints:
    """Return (groups, LEVELS): each group and its enclosing groups, the page (group 0) left out, -1 for none."""
    table = np.full((len(groups.parents), LEVELS), -1, dtype=np.int32)
    for group, parent in enumerate(groups.parents):
        if group:
            table[group, 0] = group
            table[group, 1:] = table[parent, :-1]
    return table


def _zones(layout: Layout) -> tuple[Ints, Ints]:
    """Return the zone bits and the depth of each paragraph's container."""
    bits = [0] * len(layout.containers)
    depths = [0] * len(layout.containers)
    for index, container in enumerate(layout.containers):
        if index:
            parent = container.parent
            bits[index] = bits[parent] | _ZONE_BIT.get(container.tag, 0)
            depths[index] = depths[parent] + 1
    of = layout.container_of
    return np.array(bits, dtype=np.int32)[of], np.array(depths, dtype=np.int32)[of]


# -- places ------------------------------------------------------------------------------------------------------


_NOT_ALNUM = re.compile(r"[\W_]+")


def letters_of(text: str) -> str:
    """Return a text's letters and figures in lower case, for comparing headlines; nothing else is left."""
    return _NOT_ALNUM.sub("", text.lower())


_HEAD_CHARS = 300
"""So much of a paragraph is compared with what the page says of itself."""


def _title_signs(layout: Layout, normals: list[str]) -> tuple[Floats, Floats]:
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
        titles, skip = {normals[0]}, 1
    titles.discard("")
    place = -1
    for index, short in enumerate(normals):
        if index < skip:
            continue
        heading = layout.tags[index] == "h1"
        if (heading or titles) and (heading or 8 <= len(short) < _HEAD_CHARS):
            score = max((_likeness(short, title) for title in titles), default=0.0)
            like[index] = score
            if place < 0 and (heading or score == 1.0):
                place = index
    if place > 0:
        before[:place] = 1
    return like, before


_DESCRIPTIONS = frozenset({"description", "og:description", "twitter:description", "dc.description"})
_MAX_COMPARED = 3_000
"""Paragraphs compared with the declared article body; a page of more has none worth trusting."""
_MIN_BODY_CHARS = 200


def _declared_signs(layout: Layout, normals: list[str], words: Floats) -> Floats:
    """Return (n, 4): like_description, in_article_body, has_article_body, article_body_share.

    Many news sites give the article's text once more in JSON-LD (``articleBody``); it is often cut short, so it is
    a sign among others.
    """
    signs = np.zeros((len(normals), 4), dtype=np.float32)
    heads = {letters_of(content)[:60] for name, content in layout.head.metas if name in _DESCRIPTIONS}
    heads = {head for head in heads if len(head) >= 30}
    for index, short in enumerate(normals):
        if len(short) >= 30 and any(short.startswith(head) or head.startswith(short) for head in heads):
            signs[index, 0] = 1
    body = letters_of(_article_body(layout.head.json_ld))
    if len(body) >= _MIN_BODY_CHARS:
        for index, short in enumerate(normals[:_MAX_COMPARED]):
            signs[index, 1] = len(short) >= 8 and short[:120] in body
        signs[:, 2] = 1
        signs[:, 3] = float((words * signs[:, 1]).sum()) / max(float(words.sum()), 1.0)
    return signs


def _article_body(blobs: tuple[str, ...]) -> str:
    """Return the longest ``articleBody`` of the page's JSON-LD; '' when there is none or it does not parse."""
    found = ""
    for blob in blobs:
        if '"articleBody"' in blob:
            try:
                todo = [json.loads(blob, strict=False)]
            except (ValueError, RecursionError):
                continue
            while todo:
                item = todo.pop()
                if isinstance(item, dict):
                    text = item.get("articleBody")
                    if isinstance(text, str) and len(text) > len(found):
                        found = text
                    todo.extend(item.values())
                elif isinstance(item, list):
                    todo.extend(item)
    return found


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
    seen: dict[str, int] = {}
    heads: set[str] = set()
    again = np.zeros(len(texts), dtype=np.float32)
    head_again = np.zeros(len(texts), dtype=np.float32)
    for index, text in enumerate(texts):
        times = seen.get(text, 0)
        again[index] = times > 0
        seen[text] = times + 1
        head = text[:40]
        if len(head) == 40:
            head_again[index] = head in heads
            heads.add(head)
    return np.array([np.log1p(seen[text] - 1) for text in texts], dtype=np.float32), again, head_again


def _shifted(values: Floats, by: int) -> Floats:
    out = np.zeros_like(values)
    if by > 0:
        out[by:] = values[:-by]
    else:
        out[:by] = values[-by:]
    return out


def extract(layout: Layout) -> Features:
    """Describe every paragraph of a page by numbers and bags of hashed words; linear in the size of the page.

    >>> from cleaner.segment import segment_html
    >>> features = extract(segment_html("<h1>Rain</h1><p>It rained all day in the north.</p>"))
    >>> features.numbers.shape == (2, len(NUMBERS)), features.words.offsets.tolist()
    (True, [0, 1, 8])
    """
    n = len(layout.texts)
    if n == 0:
        empty = Bags(np.zeros(0, np.int32), np.zeros(1, np.int32))
        numbers = np.zeros((0, len(NUMBERS)), np.float32)
        return Features(numbers, numbers[:, 0], *(empty,) * 6, empty.ids, np.zeros((0, LEVELS, 2), np.int32))
    text = _read(layout.texts)
    text_numbers, words = _text_numbers(text)
    groups = group_containers(layout.containers, layout.container_of, n)
    link_share = (layout.link_chars / np.maximum(text.lengths, 1)).astype(np.float32)
    prose = np.where((words >= 12) & (link_share < 0.4), words, 0).astype(np.float32)
    normals = [letters_of(t[:_HEAD_CHARS]) for t in layout.texts]
    place_numbers = _place_numbers(layout, normals, words, prose)
    dom_numbers, ranges = _dom_numbers(layout, groups, words, prose, link_share)
    if layout.content_type == "html":
        at = _DOM_NUMBERS.index("like_description")
        dom_numbers[:, at : at + 4] = _declared_signs(layout, normals, words)
    numbers = np.concatenate((text_numbers, place_numbers, dom_numbers), axis=1)
    group_of = np.array(groups.of, dtype=np.int32)
    return Features(numbers, words, *_word_bags(text), *_attribute_bags(layout, groups), group_of, ranges)


def _place_numbers(layout: Layout, normals: list[str], words: Floats, prose: Floats) -> Floats:
    n = len(words)
    index = np.arange(n, dtype=np.float32)
    total, total_prose = max(float(words.sum()), 1.0), max(float(prose.sum()), 1.0)
    before = np.cumsum(words) - words
    prose_before = np.cumsum(prose) - prose
    log_words = (np.log1p(words) / 2).astype(np.float32)
    repeats, again, head_again = _repeats(layout.texts)
    like_title, before_title = _title_signs(layout, normals)
    columns = (
        np.full(n, layout.content_type == "html"),
        index / n,
        before / total,
        (total - before - words) / total,
        1 / (1 + index),
        1 / (n - index),
        np.full(n, np.log1p(total) / 5),
        np.full(n, np.log1p(n) / 4),
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
    return np.stack(columns, axis=1).astype(np.float32)


def _dom_numbers(
    layout: Layout, groups: Groups, words: Floats, prose: Floats, link_share: Floats
) -> tuple[Floats, Ints]:
    """Return the _DOM_NUMBERS with the levels' numbers (zeros for plain text but for the levels), and the ranges."""
    n = len(words)
    ancestors = _ancestors(groups)[np.array(groups.of, dtype=np.int32)]
    firsts, ends = np.array(groups.firsts, dtype=np.int32), np.array(groups.ends, dtype=np.int32)
    exists = ancestors >= 0
    chosen = np.maximum(ancestors, 0)
    ranges = np.stack((firsts[chosen], ends[chosen]), axis=2)
    levels = _level_numbers(exists, ranges, words, prose, link_share)
    if layout.content_type == "text":
        return np.concatenate((np.zeros((n, len(_DOM_NUMBERS)), np.float32), levels), axis=1), ranges
    zones, depths = _zones(layout)
    tags = np.zeros((n, len(_TAG_CLASSES)), np.float32)
    tags[np.arange(n), [_TAG_CLASS.get(tag, len(_TAG_CLASSES) - 1) for tag in layout.tags]] = 1
    total = max(float(words.sum()), 1.0)
    columns = (
        link_share,
        np.minimum(layout.links, 8) / 8,
        np.minimum(layout.images, 4) / 4,
        layout.hidden,
        np.minimum(layout.controls, 4) / 4,
        np.minimum(depths, 40) / 20,
        np.full(n, float((words * link_share).sum()) / total),
        *np.zeros((4, n)),  # the declared signs, filled in by extract()
    )
    zone_flags = (zones[:, None] >> np.arange(len(_ZONES))) & 1
    return np.concatenate((np.stack(columns, axis=1), tags, zone_flags, levels), axis=1).astype(np.float32), ranges


def _level_numbers(exists: NDArray[np.bool_], ranges: Ints, words: Floats, prose: Floats, link_share: Floats) -> Floats:
    """Describe each paragraph's enclosing containers: (n, LEVELS * len(_LEVEL_NUMBERS))."""
    n = len(words)
    first, end = ranges[:, :, 0], ranges[:, :, 1]

    def inside(values: Floats) -> NDArray[np.float64]:
        total = np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))
        # Sums of floats taken apart again can miss zero by a hair.
        difference: NDArray[np.float64] = np.maximum(total[end] - total[first], 0.0)
        return difference

    in_words, in_prose, in_links = inside(words), inside(prose), inside(words * link_share)
    size = (end - first).astype(np.float64)
    safe = np.maximum(in_words, 1)
    columns = (
        np.ones_like(size),
        np.log1p(in_words) / 5,
        in_words / max(float(words.sum()), 1.0),
        in_prose / safe,
        in_prose / max(float(prose.sum()), 1.0),
        in_links / safe,
        np.log1p(size) / 4,
        np.log1p(in_words / np.maximum(size, 1)) / 3,
        (np.arange(n)[:, None] - first) / np.maximum(size, 1),
    )
    stacked = np.stack(columns, axis=2) * exists[:, :, None]
    return stacked.reshape(n, -1).astype(np.float32)
