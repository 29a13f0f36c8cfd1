"""The index of a report: counts by status, kind and site, where scores lie, and the list of documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cleaner.batch import ERRORS_FILE
from cleaner.page import KINDS
from cleaner.report.assets import LINKED_POLICY, asset, fill, inline_policy
from cleaner.report.card import STATUS_WORDS, confidence_markup, status_markup
from cleaner.report.charts import BINS, histogram_markup
from cleaner.report.entries import ROWS_PER_FILE, Entry
from cleaner.report.markup import attribute, label
from cleaner.report.paragraphs import count_words, kind_tag

__all__ = ["Totals", "render_begun", "render_index"]

_MOST_SITES = 20
"""Sites with a button of their own; the others are found by search."""


@dataclass(slots=True)
class Totals:
    """The sums over all documents of a report."""

    title: str
    """What the user calls the input."""
    statuses: Counter[str] = field(default_factory=Counter)
    sites: Counter[str] = field(default_factory=Counter)
    kinds: list[int] = field(default_factory=lambda: [0] * len(KINDS))
    kept_scores: list[int] = field(default_factory=lambda: [0] * BINS)
    dropped_scores: list[int] = field(default_factory=lambda: [0] * BINS)
    not_begun: int = 0
    """Documents left when the run was interrupted, if anybody knows."""
    is_interrupted: bool = False
    not_listed: int = 0
    """Failures that are not of a document in the list, such as a folder that cannot be read."""

    def add(self, status: str, entry: Entry | None) -> None:
        """Count one document; one that failed has no entry."""
        self.statuses[status] += 1
        if entry is not None:
            self.sites[entry.site] += 1
            _add(self.kinds, entry.kinds)
            _add(self.kept_scores, entry.kept_scores)
            _add(self.dropped_scores, entry.dropped_scores)


def _add(sums: list[int], counts: Sequence[int]) -> None:
    for place, count in enumerate(counts):
        sums[place] += count


def render_index(totals: Totals, first: Sequence[Sequence[Any]]) -> str:
    """Return the index as an HTML document; ``first`` are rows that are listed without a script, too."""
    total = totals.statuses.total()
    return fill(
        "index.html",
        policy=LINKED_POLICY,
        title=attribute(totals.title, limit=200),
        heading=label(totals.title),
        total=str(total),
        rows_per_file=str(ROWS_PER_FILE),
        kind_names=" ".join(kind.value for kind in KINDS),
        documents=count_words(total, "document"),
        notes=_notes(totals),
        statuses=_statuses(totals),
        histogram=histogram_markup(totals.kept_scores, totals.dropped_scores),
        scores=_scores(totals),
        kinds=_kinds(totals),
        sites=_sites(totals),
        first="".join(map(_first_row, first)),
        first_words=count_words(len(first), "document is listed", "documents are listed"),
    )


def render_begun(totals: Totals) -> str:
    """Return what stands in the place of the index while the run goes on, or when it was killed."""
    style = asset("common.css")
    return fill(
        "begun.html",
        policy=inline_policy(style, ""),
        title=attribute(totals.title, limit=200),
        heading=label(totals.title),
        style=f"<style>{style}</style>",
    )


def _notes(totals: Totals) -> str:
    notes = []
    if totals.not_begun:
        notes.append(f"The run was interrupted: {count_words(totals.not_begun, 'document')} not begun.")
    elif totals.is_interrupted:
        notes.append("The run was interrupted before all documents were cleaned.")
    if totals.not_listed:
        notes.append(f"{count_words(totals.not_listed, 'more failure')}: see {ERRORS_FILE} in the output folder.")
    return "".join(f'<p class="warning"><strong>Note:</strong> {note}</p>' for note in notes)


def _button(group: str, value: str, words: str, count: int, most: int) -> str:
    """Return a button that filters the list by a value, with a bar as long as the count is large."""
    return (
        f'<li><button type="button" class="facet" aria-pressed="false" disabled data-{group}="{attribute(value)}">'
        f'{words}<span class="number">{count:,}</span>'
        f'<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="track" width="100" height="4"/>'
        f'<rect class="fill" width="{100 * count / max(most, 1):.1f}" height="4"/></svg></button></li>'
    )


def _statuses(totals: Totals) -> str:
    total = totals.statuses.total()
    return "".join(
        _button("status", status, status_markup(status), totals.statuses[status], total)
        for status in STATUS_WORDS
        if totals.statuses[status]
    )


def _kinds(totals: Totals) -> str:
    most = max(totals.kinds)
    pairs = sorted(zip(totals.kinds, KINDS, strict=True), key=lambda pair: -pair[0])
    return "".join(_button("kind", kind.value, kind_tag(kind), count, most) for count, kind in pairs if count)


def _sites(totals: Totals) -> str:
    shown = sorted(totals.sites.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_SITES]
    most = shown[0][1] if shown else 0
    parts = [
        _button("site", site, label(site) if site else '<span class="aside">site unknown</span>', count, most)
        for site, count in shown
    ]
    others = len(totals.sites) - len(shown)
    if others > 0:
        parts.append(f'<li class="aside">{count_words(others, "site")} more: the search finds them.</li>')
    return "".join(parts) or '<li class="aside">No site is known.</li>'


def _scores(totals: Totals) -> str:
    """Return the histogram in words, as rows of a table."""
    rows: Iterable[tuple[int, int]] = zip(totals.kept_scores, totals.dropped_scores, strict=True)
    return "".join(
        f'<tr><th scope="row">{place / BINS:.2f} to {(place + 1) / BINS:.2f}</th>'
        f"<td>{kept:,}</td><td>{dropped:,}</td></tr>"
        for place, (kept, dropped) in enumerate(rows)
    )


def _first_row(row: Sequence[Any]) -> str:
    href, title, name, _, status, confidence = row[:6]
    words = label(title or name)
    linked = f'<a href="{attribute(href, limit=10_000)}">{words}</a>' if href else words
    sure = "" if confidence is None else f" {confidence_markup(confidence)}"
    return f"<li>{linked} {status_markup(status)}{sure}</li>\n"
