"""When the page was published and changed: who says so, and which claims can be true together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from cleaner.dates import iso_date
from cleaner.metadata.evidence import Claim, Evidence
from cleaner.metadata.latest import latest_day
from cleaner.metadata.linked_data import strings
from cleaner.metadata.places import Place
from cleaner.metadata.visible import late_dates, late_times, time_elements, visible_dates

__all__ = ["choose_dates", "date_in_url", "is_month_first"]

_URL_WORDED = re.compile(r"/((?:19|20)\d{2})/([a-z]{3,9})/(0?[1-9]|[12]\d|3[01])(?=/)")
_URL_DATE = re.compile(r"[/_.-]((?:19|20)\d{2})([/_.-]?)(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?!\d)")
_SHOWN = ("visible text", "time element")
_MONTH_FIRST = frozenset({"en-us", "en-ph", "es-us", "fil", "tl"})
_AMERICAN_ENDINGS = (".com", ".org", ".net", ".us", ".edu", ".gov")


def choose_dates(
    evidence: Evidence,
    places: Sequence[Place],
    headline: int,
    *,
    language: str,
    now: datetime | None = None,
) -> tuple[Claim | None, Claim | None]:
    """Return when the page was published and when it was changed, each with its source.

    The claims are heard in this order: JSON-LD, meta tags (Open Graph before others), ``<time>`` and dates written
    near the headline, and at last a date in the URL. The first that can be true counts: not in the future (nor a day
    after ``now`` or after the page was fetched), and a change not before the publication. Another claim for the same
    day that also gives the clock is taken instead of a bare day.
    """
    limit = latest_day(evidence.page.fetched_at, now=now)
    published, modified = _claims(evidence, places, headline, language)
    first = _first(published, limit)
    second = _first(modified, limit)
    first = _as_in_url(first, evidence)
    if first and not _is_news(evidence):
        first = _earlier_shown(first, second, published)
    if first and second and second.value[:10] < first.value[:10]:
        second = None
    if first and second and _is_earlier(second.value, first.value):
        second = None
    if first is None and second is not None:
        # The page says only when it was changed; that is the one date readers see on it.
        first = Claim(second.value, "guess")
    return first, second


def _as_in_url(first: Claim | None, evidence: Evidence) -> Claim | None:
    """Return the date of the URL if it is the other way to read the figures of the date shown: 03/10/2024."""
    if first is None or first.source != "visible text":
        return first
    swapped = f"{first.value[:5]}{first.value[8:10]}-{first.value[5:7]}"
    dates = (date_in_url(claim.value) for claim in evidence.addresses[:2])
    same = swapped != first.value[:10] and swapped in dates
    return Claim(swapped + first.value[10:], first.source) if same else first


def _earlier_shown(first: Claim, second: Claim | None, published: Sequence[Claim]) -> Claim:
    """Return an earlier date of publication that the page shows its readers, if there is reason to believe it.

    Sites other than newspapers stamp pages with their last build or move. The reason is that both stamps are one, or
    that the date shown first is the earlier one and none shown is the stamp's own. (Dates of 609 train pages: 0.872
    without the latter, 0.878 with it, 0.869 if any earlier date shown counts.)
    """
    if first.source in _SHOWN:
        return first
    rebuilt = second is not None and first.value == second.value
    shown = [claim for claim in published if claim.source in _SHOWN]
    if not rebuilt and any(claim.value[:10] == first.value[:10] for claim in shown):
        return first
    earlier = (claim for claim in (shown if rebuilt else shown[:1]) if claim.value[:10] < first.value[:10])
    return next(earlier, first)


def _claims(
    evidence: Evidence, places: Sequence[Place], headline: int, language: str
) -> tuple[list[Claim], list[Claim]]:
    """Collect what is said about both dates, the most trusted first."""
    day_first = not is_month_first(language, evidence.addresses[0].value if evidence.addresses else "")
    linked = evidence.linked
    published = [Claim(value, "json-ld") for value in strings(linked.first("datePublished")[0])[:1]]
    modified = [Claim(value, "json-ld") for value in strings(linked.first("dateModified")[0])[:1]]
    published = _read([*published, *evidence.metas["date_published"]], day_first)
    modified = _read([*modified, *evidence.metas["date_modified"]], day_first)
    timed = list(time_elements(evidence, headline))
    shown = visible_dates(places, headline, evidence.layout.texts, day_first=day_first)
    if not shown and not published:
        timed = timed or late_times(evidence)
        shown = [] if timed else late_dates(evidence, headline, day_first=day_first)
    published += [Claim(date, "time element") for role, date in timed if role == "published"]
    published += [Claim(date.iso, "visible text") for date in shown if date.role == "published"]
    published += [Claim(date, "time element") for role, date in timed if not role]
    published += [Claim(date.iso, "visible text") for date in shown if not date.role]
    modified += [Claim(date, "time element") for role, date in timed if role == "modified"]
    modified += [Claim(date.iso, "visible text") for date in shown if date.role == "modified"]
    late = [Claim(value, "json-ld") for value in strings(linked.first("dateCreated", "uploadDate")[0])[:1]]
    published += _read(late, day_first)
    published += [Claim(date, "url") for claim in evidence.addresses[:2] if (date := date_in_url(claim.value))]
    return published, modified


def _read(claims: Iterable[Claim], day_first: bool) -> list[Claim]:
    """Turn the claims into ISO dates and drop what is none."""
    dates = ((iso_date(claim.value[:100], day_first=day_first), claim.source) for claim in claims)
    return [Claim(date, source) for date, source in dates if date]


def _first(claims: Sequence[Claim], limit: str) -> Claim | None:
    """Return the first claim that is not in the future, with the clock if another claim knows it."""
    true = [claim for claim in claims if claim.value[:10] <= limit]
    if not true:
        return None
    first = true[0]
    if "T" in first.value:
        return first
    return next((claim for claim in true if claim.value[:10] == first.value and "T" in claim.value), first)


def _is_news(evidence: Evidence) -> bool:
    """Whether the JSON-LD calls the page a news article; editorial systems keep its dates."""
    return any("NewsArticle" in str(node.get("@type", "")) for node in evidence.linked.main[:3])


def _is_earlier(first: str, second: str) -> bool:
    """Whether an ISO date is the earlier moment; never if only one has a clock, or only one a zone."""
    if "T" not in first or "T" not in second or bool(first[19:]) != bool(second[19:]):
        return False
    return datetime.fromisoformat(first) < datetime.fromisoformat(second)


def date_in_url(url: str) -> str | None:
    """Return the date in the path of a URL, or None; a year and month alone are not enough.

    >>> date_in_url("https://example.org/2024/11/28/ferry"), date_in_url("https://example.org/ferry-20241128.html")
    ('2024-11-28', '2024-11-28')
    >>> date_in_url("https://example.org/2024/november/28/ferry")
    '2024-11-28'
    """
    path = url.partition("?")[0]
    worded = _URL_WORDED.search(path[:500].casefold())
    if worded:
        return iso_date(f"{worded[3]} {worded[2]} {worded[1]}")
    for match in _URL_DATE.finditer(path[:500]):
        if match[2] or len(match[3] + match[4]) == 4:
            return iso_date(f"{match[1]}-{int(match[3]):02}-{int(match[4]):02}")
    return None


def is_month_first(language: str, url: str) -> bool:
    """Whether 03/04/2021 means March 4 here: American English, or English on an ending Americans use.

    >>> is_month_first("en-US", ""), is_month_first("en-GB", "https://example.com"), is_month_first("en", "https://example.com/a")
    (True, False, True)
    """
    tag = language.replace("_", "-").casefold()
    if tag in _MONTH_FIRST:
        return True
    host = url.partition("://")[2].partition("/")[0].casefold()
    return tag == "en" and host.endswith(_AMERICAN_ENDINGS)
