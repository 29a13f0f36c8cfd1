"""What does a site's profile gain? Word F1 on each site of the labelled pages, each page by itself and with it."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cleaner.errors import CleanerError, InputError
from cleaner.evaluation.gold import GoldPage, read_all_gold
from cleaner.evaluation.measure import WHOLE_PAGE, input_of
from cleaner.evaluation.metrics import word_f1
from cleaner.page import RawPage
from cleaner.pipeline import Judged, finish, read_and_judge, see_judged, site_of_page
from cleaner.settings import DEFAULTS, Settings
from cleaner.site.learn import Seen, learn

__all__ = ["SiteReport", "SiteRow", "evaluate_sites"]


@dataclass(frozen=True, slots=True)
class SiteRow:
    """The mean word F1 of the labelled pages of one site, 0..1."""

    renderer: str
    """Program that flattened the pages; '' for HTML."""
    site: str
    pages: int
    without: float
    """Each page judged by itself."""
    profile: float
    """With the profile of the site, learned from all these pages."""

    @property
    def gain(self) -> float:
        """What the profile adds; negative where it takes away."""
        return self.profile - self.without


@dataclass(frozen=True, slots=True)
class SiteReport:
    """The sites of the labelled pages that have enough of them."""

    rows: tuple[SiteRow, ...]
    least: int
    """Pages that a site must have."""
    left_out: int
    """Pages of other sites."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "format": 1,
            "least_pages": self.least,
            "pages_left_out": self.left_out,
            "sites": [asdict(row) | {"gain": row.gain} for row in self.rows],
        }

    def to_table(self) -> Any:
        """Return a rich renderable: a line a site, the mean, and which sites fall; it fits 80 columns."""
        from cleaner.evaluation.tables import sites_table

        return sites_table(self)


@dataclass(frozen=True, slots=True)
class _Page:
    judged: Judged
    body: str
    seen: Seen


def evaluate_sites(
    paths: Iterable[str | Path],
    *,
    as_text: bool = False,
    split: str | None = None,
    limit: int | None = None,
    settings: Settings = DEFAULTS,
    on_page: Callable[[GoldPage], None] | None = None,
) -> SiteReport:
    """Measure the pages of each site twice: each by itself, and with the profile that is learned from all of them.

    A page's site is that of its address, else its ``domain``, else its corpus. Sites with fewer than
    ``settings.site_pages`` pages, and pages without an article text, are left out. All pages are in memory, some 100 kB
    each. The network is that of ``settings``: on pages from which it learned, it has less to gain. ``on_page`` is
    called after each page is read.

    Raises InputError (``gold_empty``, and what :func:`read_all_gold` raises) and SetupError.
    """
    settings = dataclasses.replace(settings, metadata=False, detect_language=False, reasons=False, profiles=None)
    sites: dict[tuple[str, str], list[_Page]] = {}
    count = 0
    for page in read_all_gold(paths, split=split, limit=limit):
        source, content_type, failure = input_of(page, as_text=as_text)
        if page.body is None or failure:
            continue
        try:
            judged = read_and_judge(RawPage(source, url=page.url, content_type=content_type), settings)
        except CleanerError:
            continue
        judged = dataclasses.replace(judged, page=dataclasses.replace(judged.page, text=""), features=None)
        renderer = page.renderer or (WHOLE_PAGE if as_text and page.content_type == "html" else "")
        site = site_of_page(judged, page.domain or page.corpus, settings)
        noted = _Page(judged, page.body, see_judged(judged, settings, address=page.url or page.id))
        sites.setdefault((renderer, site), []).append(noted)
        count += 1
        if on_page is not None:
            on_page(page)
    if not count:
        said = f" of split {split}" if split else ""
        raise InputError("gold_empty", f"There is no labelled page{said} in what was named.")
    large = {key: pages for key, pages in sites.items() if len(pages) >= settings.site_pages}
    rows = tuple(_row(renderer, site, pages, settings) for (renderer, site), pages in sorted(large.items()))
    return SiteReport(rows, settings.site_pages, count - sum(row.pages for row in rows))


def _row(renderer: str, site: str, pages: Sequence[_Page], settings: Settings) -> SiteRow:
    profile = learn(site, [page.seen for page in pages])
    without = [word_f1(finish(page.judged, settings).text, page.body) for page in pages]
    with_it = [word_f1(finish(page.judged, settings, profile=profile).text, page.body) for page in pages]
    return SiteRow(renderer, site, len(pages), statistics.fmean(without), statistics.fmean(with_it))
