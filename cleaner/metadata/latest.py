"""The last day that a date of a page can be."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from cleaner.dates import iso_date

__all__ = ["latest_day"]

_SLACK = timedelta(days=1)
"""A clock of another zone may be ahead by up to a day, and many sites give their own clock as UTC."""
_FIRST_YEAR = 1995
"""An earlier time of a file is none: archives and builds that know no time write 1970 and 1980."""


def latest_day(fetched_at: str = "", *, now: datetime | None = None) -> str:
    """Return the last day (ISO 8601) that counts as past, a day after the page was fetched, or after ``now``.

    ``fetched_at`` is :attr:`cleaner.page.RawPage.fetched_at`; what is no date after 1995 counts for nothing, and
    neither does one later than ``now`` (by default the clock).

    >>> moment = datetime(2024, 11, 28, 10, 14, tzinfo=timezone.utc)
    >>> latest_day("2021-03-03T08:00:00+00:00", now=moment), latest_day("1980-01-01", now=moment)
    ('2021-03-04', '2024-11-29')
    """
    limit = now or datetime.now(timezone.utc)
    date = iso_date(fetched_at[:100]) if fetched_at else None
    if date is not None:
        fetched = datetime.fromisoformat(date)
        if fetched.tzinfo is None:
            fetched = fetched.replace(tzinfo=timezone.utc)
        if fetched.year >= _FIRST_YEAR:
            limit = min(limit, fetched)
    return (limit + _SLACK).date().isoformat()
