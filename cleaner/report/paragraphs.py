"""Paragraphs as markup: kept ones to be read, runs of dropped ones folded, the judgement on each on demand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from cleaner.page import Kind, Paragraph
from cleaner.report.markup import attribute, label, shown, text

__all__ = ["count_words", "kind_tag", "paragraphs_markup"]

_EXCERPT_CHARS = 140
"""What the line of a folded run quotes; more does not fit on one line of a wide screen."""
_EXCERPT_PARAGRAPHS = 8
_HEADINGS = {f"h{level}": f"h{min(level + 1, 6)}" for level in range(1, 7)}
"""Headings of the page stand one level down: ``h1`` is the report's own, and no level is below 6."""


def paragraphs_markup(paragraphs: Sequence[Paragraph]) -> Iterator[str]:
    """Yield the markup of all paragraphs in order; what is dropped one after the other shares one fold."""
    for kept, run in groupby(paragraphs, key=lambda paragraph: paragraph.kept):
        if kept:
            yield from map(_kept, run)
        else:
            yield from _run(list(run))


@lru_cache(maxsize=1024)
def kind_tag(kind: Kind, words: str = "") -> str:
    """Return the name of a kind on its tint; the word says it, the colour repeats it."""
    return f'<span class="tag k-{kind.value}">{words or kind.value}</span>'


def count_words(count: int, one: str, many: str = "") -> str:
    """Return a number with its noun.

    >>> count_words(1, "paragraph"), count_words(1200, "paragraph")
    ('1 paragraph', '1,200 paragraphs')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _data(paragraph: Paragraph, side: str) -> str:
    """Return what the script of the page needs to know of a paragraph."""
    return (
        f'id="p{paragraph.index}" class="p {side} k-{paragraph.kind.value}" '
        f'data-kind="{paragraph.kind.value}" data-score="{paragraph.score:.4f}"'
    )


def _kept(paragraph: Paragraph) -> str:
    name = _HEADINGS.get(paragraph.tag, "h3") if paragraph.kind in (Kind.HEADING, Kind.TITLE) else "p"
    return (
        f'<div {_data(paragraph, "kept")}><{name} class="text{_look(paragraph)}" dir="auto">{text(paragraph.text)}'
        f"</{name}>{_why(paragraph)}</div>\n"
    )


def _look(paragraph: Paragraph) -> str:
    if "\n" in paragraph.text or paragraph.tag == "pre":
        return " pre"
    if paragraph.kind is Kind.BODY and paragraph.tag in ("li", "dd"):
        return " item"
    return " cell" if paragraph.tag in ("td", "th") else ""


def _run(paragraphs: list[Paragraph]) -> Iterator[str]:
    kinds = Counter(paragraph.kind for paragraph in paragraphs).most_common()
    tags = " ".join(kind_tag(kind, f"{kind.value} {count:,}" if count > 1 else kind.value) for kind, count in kinds)
    texts = " · ".join(shown(paragraph.text, limit=60) for paragraph in paragraphs[:_EXCERPT_PARAGRAPHS])
    excerpt = f'<span class="excerpt" dir="auto">{attribute(texts, limit=_EXCERPT_CHARS)}</span>'
    yield (
        f'<details class="run k-{kinds[0][0].value}"><summary><span class="count">'
        f'{count_words(len(paragraphs), "dropped", "dropped")}</span> <span class="tags">{tags}</span> '
        f'<span class="would" hidden></span>{excerpt}'
        f'</summary>\n<div class="run-rows">\n'
    )
    yield from map(_dropped, paragraphs)
    yield "</div></details>\n"


def _dropped(paragraph: Paragraph) -> str:
    return (
        f'<div {_data(paragraph, "dropped")}><p class="text{_look(paragraph)}" dir="auto">{text(paragraph.text)}</p>'
        f"{_why(paragraph)}</div>\n"
    )


def _why(paragraph: Paragraph) -> str:
    """Return the score, which opens to the reasons."""
    decision = "kept" if paragraph.kept else "dropped"
    reasons = "".join(map(_reason, paragraph.reasons))
    return (
        f'<details class="why"><summary><span class="sr">Why {decision}: </span>'
        f'{kind_tag(paragraph.kind)} <span class="score">{paragraph.score:.2f}</span></summary>'
        f'<div class="because"><p>Paragraph {paragraph.index:,}, {decision}. Score {paragraph.score:.2f}; '
        f"{paragraph.kind.value} with {_percent(paragraph.kind_probability)} likelihood.</p>"
        + (f"<ul>{reasons}</ul>" if reasons else "")
        + f'<p class="where">{_where(paragraph)}</p></div></details>'
    )


@lru_cache(maxsize=4096)  # most paragraphs share theirs with others
def _reason(reason: str) -> str:
    return f"<li>{label(reason)}</li>"


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _where(paragraph: Paragraph) -> str:
    """Say where in the source the paragraph stands."""
    if paragraph.start >= 0:
        return f"Characters {paragraph.start:,} to {paragraph.end:,} of the source"
    return f"At <code>{label(paragraph.xpath)}</code>"
