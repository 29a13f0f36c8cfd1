"""One page to look at: its paragraphs in order, what is known about it, and tools to question the decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cleaner.article import Article
from cleaner.page import KINDS, Paragraph
from cleaner.report.assets import LINKED_POLICY, asset, fill, inline_policy
from cleaner.report.card import card_markup, confidence_markup, status_markup
from cleaner.report.charts import BINS, bin_of, histogram_markup
from cleaner.report.entries import ROWS_PER_FILE, Entry, entry_data
from cleaner.report.markup import attribute, label, language, shown
from cleaner.report.paragraphs import count_words, kind_tag, paragraphs_markup

__all__ = ["PAGE_STYLES", "render_page"]

PAGE_STYLES = ("common.css", "page.css")


def render_page(
    article: Article,
    *,
    name: str = "",
    root: str = "",
    entry: Entry | None = None,
) -> str:
    """Return the report on one page as an HTML document.

    It opens from disk and loads nothing: style and script are inside, and a policy forbids all else. With ``root``
    (the way from the page to the folder of a report, as ``../../``) they are linked from there instead, and ``entry``
    is kept inside. ``name`` is what the user calls the page. Scores, kinds, reasons and the threshold are those of the
    article, nothing is judged here. Text of the page is shown, never run.

    >>> from cleaner.page import Metadata
    >>> page = render_page(Article("", "empty", 1.0, (), Metadata(title="<script>"), "html"))
    >>> "<title>&lt;script&gt; · cleaner report</title>" in page
    True
    """
    title = article.metadata.title or (article.source or name).rpartition("/")[2] or "Page without a title"
    style, script = asset(*PAGE_STYLES), asset("page.js")
    return fill(
        "page.html",
        policy=LINKED_POLICY if root else inline_policy(style, script),
        title=attribute(title, limit=200),
        style=f'<link rel="stylesheet" href="{root}report.css">' if root else f"<style>{style}</style>",
        script=f'<script src="{root}page.js"></script>' if root else f"<script>{script}</script>",
        root=root,
        rows_per_file=str(ROWS_PER_FILE),
        entry="" if entry is None else entry_data(entry),
        around=_around(root),
        eyebrow=_eyebrow(article, name),
        heading=label(title),
        byline=_byline(article),
        verdict=_verdict(article),
        card=card_markup(article),
        tools=_tools(article),
        language=language(article.metadata.language),
        paragraphs="".join(paragraphs_markup(article.paragraphs)) or _nothing(article),
    )


def _around(root: str) -> str:
    """Return the links to the pages around this one; its script shows those that lead somewhere."""
    if not root:
        return ""
    return (
        f'<nav class="around" aria-label="Report"><a href="{root}index.html" id="up">All documents</a>'
        '<a id="before" hidden>Less sure one</a><a id="after" hidden>Surer one</a></nav>'
    )


def _eyebrow(article: Article, name: str) -> str:
    parts = [article.metadata.domain or article.metadata.site_name, name or article.source]
    return " ".join(f"<span>{label(part)}</span>" for part in parts if part) or "<span>cleaner report</span>"


def _byline(article: Article) -> str:
    metadata = article.metadata
    names = ", ".join(shown(author, limit=80) for author in metadata.authors[:6])
    parts = [label(names, limit=400)] if names else []
    if metadata.date_published:
        date = shown(metadata.date_published, limit=40)
        parts.append(label(date[:10] if date[10:11] == "T" else date))
    return f'<p class="byline">{" · ".join(parts)}</p>' if parts else ""


def _verdict(article: Article) -> str:
    kept = sum(paragraph.kept for paragraph in article.paragraphs)
    return (
        f'{status_markup(article.status)} <span class="aside">confidence</span> '
        f"{confidence_markup(article.confidence)} <span>{kept:,} of "
        f"{count_words(len(article.paragraphs), 'paragraph')} kept</span>"
    )


def _nothing(article: Article) -> str:
    """Return what is shown of a page without paragraphs."""
    what = "HTML page" if article.content_type == "html" else "text"
    return (
        f'<div class="nothing"><p><strong>There is nothing to read in this {what}.</strong></p>'
        "<p>It has no text of its own: scripts that would fetch it are not run.</p></div>"
    )


def _tools(article: Article) -> str:
    """Return filter and threshold; the script of the page shows them, without it they would do nothing."""
    if not article.paragraphs:
        return ""
    limit = article.threshold
    return fill(
        "tools.html",
        kinds=_kind_boxes(article.paragraphs),
        histogram=_histogram(article.paragraphs, limit),
        limit=f"{limit:.4f}",
        start=f"{limit:.2f}",
        kept=f"{sum(paragraph.kept for paragraph in article.paragraphs):,}",
        dropped=f"{sum(not paragraph.kept for paragraph in article.paragraphs):,}",
        all=f"{len(article.paragraphs):,}",
    )


def _kind_boxes(paragraphs: Sequence[Paragraph]) -> str:
    counts = Counter(paragraph.kind for paragraph in paragraphs)
    return "".join(
        f'<label class="chip"><input type="checkbox" name="kind" value="{kind.value}"> {kind_tag(kind)} '
        f'<span class="number">{counts[kind]:,}</span></label>'
        for kind in KINDS
        if counts[kind]
    )


def _histogram(paragraphs: Sequence[Paragraph], limit: float) -> str:
    kept, dropped = [0] * BINS, [0] * BINS
    for paragraph in paragraphs:
        (kept if paragraph.kept else dropped)[bin_of(paragraph.score)] += 1
    return histogram_markup(kept, dropped, limit=limit)
