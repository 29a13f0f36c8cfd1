"""What a page says of itself outside its visible text, as signs for its paragraphs."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from cleaner.features.places import Letters, letters_of
from cleaner.page import Layout

Floats = NDArray[np.float32]

DECLARED_NUMBERS = ("like_description", "in_article_body", "has_article_body", "article_body_share")
PAGE_SIGNS = ("article", "product", "listing", "discussion", "service")
PAGE_NUMBERS = (
    *(f"declares_{sign}" for sign in PAGE_SIGNS),
    "og_article", "og_other", "has_date", "path_words", "is_root", "h1s", "articles",
)  # fmt: skip


_DESCRIPTIONS = frozenset({"description", "og:description", "twitter:description", "dc.description"})
_MAX_COMPARED = 3_000
"""Paragraphs compared with the declared article body; a page of more has none worth trusting."""
_MIN_BODY_CHARS = 200


def declared_signs(layout: Layout, letters: Letters, words: Floats) -> Floats:
    """Return the DECLARED_NUMBERS (n, 4).

    Many news sites give the article's text once more in JSON-LD (``articleBody``); it is often cut short, so it is
    a sign among others.
    """
    signs = np.zeros((len(layout.texts), 4), dtype=np.float32)
    heads = {letters_of(content)[:60] for name, content in layout.head.metas if name in _DESCRIPTIONS}
    heads = {head for head in heads if len(head) >= 30}
    if heads:
        begins = {head[:30] for head in heads}
        for index, text in enumerate(layout.texts):
            if len(text) >= 30:
                short = letters(index)
                if short[:30] in begins:
                    signs[index, 0] = any(short.startswith(head) or head.startswith(short) for head in heads)
    body = letters_of(_article_body(layout.head.json_ld))
    if len(body) >= _MIN_BODY_CHARS:
        for index in range(min(len(layout.texts), _MAX_COMPARED)):
            short = letters(index)[:120]
            if len(short) >= 8 and short in body:
                signs[index, 1] = 1
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


_TYPE = re.compile(r'"@type"\s*:\s*\[?\s*"([A-Za-z]{3,40})"')
_MAX_DECLARED_CHARS = 200_000
_PATH = re.compile(r"https?://[^/?#]+(/[^?#]*)?")


@lru_cache(maxsize=1)
def _signs() -> dict[str, int]:
    lines = (files("cleaner") / "tables" / "page_signs.txt").read_text(encoding="utf-8").splitlines()
    entries = (line.split() for line in lines if line and not line.startswith("#"))
    return {name: PAGE_SIGNS.index(sign) for sign, *names in entries for name in names}


def page_numbers(layout: Layout) -> Floats:
    """Return the PAGE_NUMBERS, one row for all paragraphs: what the page says it is, and the shape of its address."""
    table = _signs()
    row = np.zeros(len(PAGE_NUMBERS), dtype=np.float32)
    for blob in layout.head.json_ld:
        for name in _TYPE.findall(blob[:_MAX_DECLARED_CHARS]):
            sign = table.get(name.lower())
            if sign is not None:
                row[sign] = 1
    address = next((href for rel, href in layout.head.links if rel == "canonical"), "")
    has_date = False
    for name, content in layout.head.metas:
        if name == "og:type":
            kind = content.lower()
            row[len(PAGE_SIGNS) + (0 if kind.startswith("article") else 1)] = 1
            if kind.startswith("product"):
                row[PAGE_SIGNS.index("product")] = 1
        elif name == "og:url":
            address = address or content
        elif name in {"article:published_time", "datepublished", "pubdate", "publishdate", "dc.date", "date"}:
            has_date = True
    found = _PATH.match(address)
    path = (found.group(1) or "").strip("/") if found else ""
    last = path.rpartition("/")[2]
    row[len(PAGE_SIGNS) + 2 :] = (
        has_date,
        np.log1p(last.count("-") + last.count("_")) / 2 if found else -0.5,
        bool(found) and not path,
        np.log1p(layout.tags.count("h1")),
        np.log1p(layout.containers.tags.count("article")) / 2,
    )
    return row
