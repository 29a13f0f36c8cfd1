"""Gold pages -> labelled examples: each page as HTML and as plain text in several renderings."""

from __future__ import annotations

import hashlib
import random
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaner.evaluation.labels import Labels, label, tokens
from cleaner.features import NUMBERS, Features, extract, letters_of
from cleaner.page import KINDS, Kind, Layout, Page
from cleaner.segment import segment
from cleaner.training.pieces import pieces_of
from cleaner.training.snippets import dress, dress_layout

MIN_COVERAGE = 0.9
"""Pages on which less of the gold is found are left out: their labels would be wrong (design prototype)."""
VOTERS = ("trafilatura", "readability", "resiliparse", "boilerpy3", "newspaper")
"""Programs whose choice of paragraphs the network learns to foretell beside the gold: their cues come with it."""
TITLE_SIGN = 0.85
"""A paragraph this like the page's headline teaches neither body nor chrome: golds disagree on it."""

KindLabeller: TypeAlias = Callable[[Layout, NDArray[np.float32], str], tuple[NDArray[np.int8], NDArray[np.float32]]]
"""(layout, shares, headline) -> weak kinds (-1 for none) and how far they are to be trusted, 0..1."""


_BODY = KINDS.index(Kind.BODY)
"""What a line of a text is called that may be a heading: without tags and blank lines nobody can tell."""


@dataclass(frozen=True, slots=True)
class Example:
    """One rendering of one gold page."""

    name: str
    corpus: str
    domain: str
    split: str
    page_type: str
    language: str
    rendering: str
    """``html``, ``html-dressed`` (with snippets), or where the text came from (``whole``, ``trafilatura`` ...)."""
    features: Features
    shares: NDArray[np.float32]
    """(n,) share of each paragraph's tokens that are gold; nan when unknown."""
    tokens: NDArray[np.float32]
    weight: NDArray[np.float32]
    """(n,) 1 for paragraphs that teach body or chrome, 0 for headline and unknown ones."""
    gold_tokens: int
    kinds: NDArray[np.int8]
    """(n,) index into KINDS of the weak label, -1 for none."""
    kind_weight: NDArray[np.float32]
    votes: NDArray[np.float32]
    """(n, len(VOTERS)) share of each paragraph's tokens that each program kept; nan for plain text."""

    @property
    def is_text(self) -> bool:
        """Whether it is a plain text, not HTML."""
        return not self.rendering.startswith("html")


def headlines(layout: Layout, title: str) -> NDArray[np.bool_]:
    """Mark paragraphs that repeat the page's headline."""
    wanted = letters_of(title)
    return np.array([bool(wanted) and letters_of(text) == wanted for text in layout.texts], dtype=bool)


def plain_rendering(layout: Layout) -> str:
    """Return the page as a scraper without a DOM prints it: a line per paragraph, a blank line between containers."""
    lines: list[str] = []
    before = -1
    for index, text in enumerate(layout.texts):
        parent = layout.containers[int(layout.container_of[index])].parent
        long = len(text) > 60 or layout.tags[index] in {"p", "h1", "h2", "h3"}
        if lines and (long or parent != before):
            lines.append("")
        lines.append(text)
        before = parent
    return "\n".join(lines)


Rendering = tuple[str, str, dict[str, Kind]]
"""Name, text, and the kinds of paragraphs that are known because they were put there."""


def texts_of(
    layout: Layout, gold: str, shares: NDArray[np.float32], *, language: str, held_out: bool, rng: random.Random
) -> Iterator[Rendering]:
    """Make plain texts of a labelled page."""
    yield "plain", plain_rendering(layout), {}
    yield "lines", "\n".join(layout.texts), {}
    yield "spaced", "\n\n".join(layout.texts), {}
    yield "gold", style(gold, rng), {}
    paragraphs = [part for part in gold.split("\n") if part.strip()]
    for name in ("dressed", "dressed2", "dressed3"):
        dressed, known = dress(paragraphs, language=language, held_out=held_out, rng=rng)
        if known:
            yield name, style("\n".join(dressed), rng), known
    kept = [i for i, share in enumerate(shares) if share > 0.6]
    if not kept:
        return
    chrome = np.nan_to_num(shares, nan=0.0) < 0.2
    first, last = kept[0], kept[-1]
    head = [i for i in range(first) if chrome[i]]
    tail = [i for i in range(last + 1, len(shares)) if chrome[i]]
    for name in ("glued", "glued2"):
        inside = [i for i in range(first, last + 1) if not chrome[i] or rng.random() < 0.25]
        before = head[-rng.choice((0, 0, 1, 3, 8)) :] if rng.random() < 0.6 else []
        start = rng.randrange(len(tail)) if tail and rng.random() < 0.4 else 0
        after = tail[start : start + rng.choice((1, 3, 6, 12, 30))]
        if before and rng.random() < 0.2:
            before = [before[0]]
        chosen = [*before, *inside, *after]
        glued = [layout.texts[i] for i in chosen]
        known = {}
        if rng.random() < 0.4:
            glued, known = dress(glued, language=language, held_out=held_out, rng=rng)
        yield name, rng.choice(("\n", "\n", "\n\n")).join(glued), known


def style(text: str, rng: random.Random) -> str:
    """Change how paragraphs are set apart: blank lines, single lines, hard-wrapped, Windows line ends."""
    paragraphs = [part for part in text.split("\n") if part.strip()]
    choice = rng.random()
    if choice < 0.4:
        return "\n\n".join(paragraphs)
    if choice < 0.75:
        return "\n".join(paragraphs)
    if choice < 0.85:
        return "\r\n\r\n".join(paragraphs)
    width = rng.choice((66, 72, 76, 80, 100))
    return "\n\n".join(textwrap.fill(p, width, break_long_words=False) for p in paragraphs)


def seeded(*names: str) -> random.Random:
    """Return a generator that depends on the names only, so that examples do not depend on order."""
    digest = hashlib.sha256("\0".join(names).encode("utf-8", "replace")).digest()
    return random.Random(int.from_bytes(digest[:8], "big"))  # noqa: S311 - no cryptography here


def examples_of(
    row: dict[str, object],
    layout: Layout,
    renderings: dict[str, str],
    kinds_of: KindLabeller,
    *,
    pieces: bool = False,
) -> list[Example]:
    """Make all examples of one gold page; none when the gold is not found on the page.

    ``row`` has the columns of the corpora; ``renderings`` are texts other programs made of the page; ``pieces`` adds
    short texts (:mod:`cleaner.training.pieces`).
    """
    gold, title = str(row["body"] or ""), str(row["title"] or layout.head.title)
    labels = label(layout.texts, gold)
    shares = labels.shares
    if labels.coverage < MIN_COVERAGE:
        return []
    rng = seeded(f"{row['corpus']}/{row['id']}")
    votes = _votes(layout, renderings)
    out = [_example(row, "html", layout, labels, title=title, kinds_of=kinds_of, votes=votes)]
    language, held_out = str(row["language"] or "en"), row["split"] == "dev"
    out += _dressed_html(row, layout, labels, kinds_of, title=title)
    texts = [*texts_of(layout, gold, shares, language=language, held_out=held_out, rng=rng)]
    for program, text in renderings.items():
        texts.append((program, style(text, rng) if program != "whole" and rng.random() < 0.4 else text, {}))
    # A line of a text that stands on the page as a paragraph is of the same kind there.
    carried = {
        text: (int(kind), float(trust))
        for text, kind, trust in zip(layout.texts, out[0].kinds, out[0].kind_weight, strict=True)
        if kind >= 0
    }
    for rendering, text, known in texts:
        if not text.strip():
            continue
        text_layout = segment(Page(text, "text", None, "str", "caller", 0))
        found = label(text_layout.texts, gold)
        if found.coverage > 0.3:
            for place, paragraph in enumerate(text_layout.texts):
                if paragraph in known:
                    found.shares[place] = 0.0
            out.append(_example(row, rendering, text_layout, found, title=title, kinds_of=kinds_of))
            _carry_kinds(out[-1], text_layout, carried, known)
    short = pieces_of(layout, gold, shares, seeded(f"{row['corpus']}/{row['id']}", "pieces")) if pieces else ()
    for rendering, text, piece in short:
        text_layout = segment(Page(text, "text", None, "str", "caller", 0))
        if text_layout.texts:
            found = label(text_layout.texts, piece)
            out.append(_example(row, rendering, text_layout, found, title=title, kinds_of=kinds_of))
            _carry_kinds(out[-1], text_layout, carried, {})
    return out


def _carry_kinds(
    example: Example, layout: Layout, carried: Mapping[str, tuple[int, float]], known: Mapping[str, Kind]
) -> None:
    """Write into a text's example the kinds of lines that were put there, or stand on the page with a weak kind."""
    for place, paragraph in enumerate(layout.texts):
        is_blind = example.kinds[place] < 0 or example.kinds[place] == _BODY
        if is_blind and paragraph in carried:
            example.kinds[place], example.kind_weight[place] = carried[paragraph]
        if paragraph in known:
            example.kinds[place] = KINDS.index(known[paragraph])
            example.kind_weight[place] = 1.0
            example.weight[place] = 1.0


def _example(
    row: dict[str, object],
    rendering: str,
    layout: Layout,
    found: Labels,
    *,
    title: str,
    kinds_of: KindLabeller,
    votes: NDArray[np.float32] | None = None,
) -> Example:
    shares, tokens, _, gold_tokens = found
    features = extract(layout)
    is_title = headlines(layout, title)
    if rendering.startswith("html"):
        is_title |= features.numbers[:, NUMBERS.index("like_title")] >= TITLE_SIGN
    known = np.isfinite(shares) & ~is_title
    kinds, kind_weight = kinds_of(layout, shares, title)
    return Example(
        name=f"{row['corpus']}/{row['id']}",
        corpus=str(row["corpus"]),
        domain=str(row["domain"]),
        split=str(row["split"]),
        page_type=str(row["page_type"] or "article"),
        language=str(row["language"] or ""),
        rendering=rendering,
        features=features,
        shares=np.nan_to_num(shares, nan=0.0),
        tokens=tokens,
        weight=known.astype(np.float32),
        gold_tokens=gold_tokens,
        kinds=kinds,
        kind_weight=kind_weight,
        votes=np.full((len(shares), len(VOTERS)), np.nan, np.float32) if votes is None else votes,
    )


def _dressed_html(
    row: dict[str, object], layout: Layout, labels: Labels, kinds_of: KindLabeller, *, title: str
) -> list[Example]:
    """Make an HTML example with invented chrome among the page's own, so that words count where the DOM is silent."""
    language, held_out = str(row["language"] or "en"), row["split"] == "dev"
    body = np.flatnonzero(labels.shares > 0.8).tolist()
    rng = seeded(f"{row['corpus']}/{row['id']}", "dressed")
    dressed, origin, known = dress_layout(layout, body, language=language, held_out=held_out, rng=rng)
    if not known:
        return []
    before = np.array(origin)
    shares = np.where(before >= 0, labels.shares[before], 0.0).astype(np.float32)
    counts = np.array([len(words) for words in map(tokens, dressed.texts)], dtype=np.float32)
    found = Labels(shares, counts, labels.coverage, labels.gold_tokens)
    example = _example(row, "html-dressed", dressed, found, title=title, kinds_of=kinds_of)
    for place, kind in known.items():
        example.kinds[place], example.kind_weight[place], example.weight[place] = KINDS.index(kind), 1.0, 1.0
    return [example]


def _votes(layout: Layout, renderings: dict[str, str]) -> NDArray[np.float32]:
    columns = np.full((len(layout.texts), len(VOTERS)), np.nan, np.float32)
    for place, program in enumerate(VOTERS):
        text = renderings.get(program, "")
        if text.strip():
            columns[:, place] = label(layout.texts, text).shares
    return columns
