"""How pages are read, and what is read out of a container."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cleaner.errors import InputError

__all__ = ["Columns", "Member", "Reading"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns (fields) of a table hold what; an empty name is guessed from the table's own names."""

    text: str = ""
    """Pages that a scraper already flattened."""
    html: str = ""
    """Pages as HTML; goes before ``text`` when a table has both."""
    url: str = ""
    id: str = ""
    fetched_at: str = ""
    """When pages were fetched."""

    def __str__(self) -> str:
        """Say which columns hold what.

        >>> str(Columns(text="story", url="link"))
        "text from 'story', url from 'link'"
        """
        given = {"html": self.html, "text": self.text, "url": self.url, "id": self.id, "fetched at": self.fetched_at}
        return ", ".join(f"{what} from '{name}'" for what, name in given.items() if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How pages are read; the same for all pages of a run."""

    limit_bytes: int = 50_000_000
    """As ``Settings.max_page_bytes``: a larger file is refused (``page_too_large``) before it is in memory."""
    inflated_bytes: int = 200_000_000
    """As ``Settings.max_inflated_bytes``: for one page that is compressed."""
    content_type: Literal["auto", "html", "text"] = "auto"
    charset: str | None = None
    """What the caller knows about the encoding; None leaves it to the evidence in the page."""
    url: str | None = None
    columns: Columns = Columns()
    max_members: int = 10_000_000
    """A container with more documents is read up to here, and the rest is reported."""
    max_ratio: int = 200
    """A compressed container that inflates to more than this many times its size is read up to there. Pages shrink to a
    fifth, a folder of very similar ones to a fiftieth; a bomb is a thousandth and less of what it becomes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One document inside a container, or the news that a part of it could not be read."""

    name: str
    """Its name below the container, made of safe steps and unique there."""
    position: int
    """Its number in the container, from 1, in the order of the container."""
    where: str
    """Where it stands, in words: ``row 3``, ``byte 1,024``."""
    id: str = ""
    """What the container calls it; '' when it gives no identifiers. Need not be unique."""
    data: bytes = b""
    url: str | None = None
    date: str = ""
    """When the container says the page was published, ISO 8601; '' when it does not."""
    fetched_at: str = ""
    """When it was fetched or put into the container, as :attr:`cleaner.page.RawPage.fetched_at`."""
    content_type: Literal["auto", "html", "text"] = "auto"
    charset: str | None = None
    error: InputError | None = None
    """Why it cannot be read; the document is then empty."""
    columns: Columns | None = None
    """Of a row of a table: the columns it was read from, as they are called there."""
    passed_over: str = ""
    """Suffix of something that is no page (a picture in an archive); it is counted and not cleaned."""
