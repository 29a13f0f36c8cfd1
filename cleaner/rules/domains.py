"""Which site a page is of, and whether a pattern such as ``*.example.org`` holds for it."""

from __future__ import annotations

import fnmatch
import re
from functools import lru_cache
from urllib.parse import urlsplit

from cleaner.page import Head

__all__ = ["host_of_page", "is_matched", "pattern_of"]

_MOST_CHARACTERS = 253
"""The longest name of a host (RFC 1035)."""
_PATTERN = re.compile(r"[\w.*?-]+")


def host_of_page(url: str | None, head: Head) -> str:
    """Return the host of a page in lower case: of its URL, else of the canonical link or ``og:url``; '' if nobody says.

    >>> host_of_page("https://News.Example.org/a", Head()), host_of_page(None, Head())
    ('news.example.org', '')
    """
    claims = [url or ""]
    claims += [href for rel, href in head.links if rel == "canonical"]
    claims += [content for name, content in head.metas if name == "og:url"]
    return next((host for claim in claims if (host := _host(claim, is_link=claim != url))), "")


def _host(url: str, *, is_link: bool = False) -> str:
    """Return the host of an address; one without ``//`` is a host and a path, but in a link only a path."""
    if "//" not in url:
        url = "" if is_link else f"//{url}"
    try:
        return _spelled((urlsplit(url).hostname or "").rstrip("."))
    except ValueError:
        return ""


def pattern_of(domain: str) -> str:
    """Return a pattern in the spelling of :func:`host_of_page`. Raises ValueError with a sentence for what is none.

    >>> pattern_of("*.Example.org"), pattern_of("www.xn--bcher-kva.example")
    ('*.example.org', 'bücher.example')
    """
    if _PATTERN.fullmatch(domain) is None:
        bare = _host(domain)
        hint = f" Write '{bare}'." if bare and _PATTERN.fullmatch(bare) else " Write example.org or *.example.org."
        raise ValueError(f"'{domain}' is not the name of a site.{hint}")
    pattern = _spelled(domain.rstrip("."))
    return pattern if pattern.startswith("www.*") else pattern.removeprefix("www.")


@lru_cache(maxsize=16_384)
def is_matched(host: str, patterns: tuple[str, ...]) -> bool:
    """Tell whether one of the patterns holds for a host.

    ``*`` stands for any signs, dots included, and ``?`` for one. ``example.org`` also holds for ``www.example.org``,
    which is the same site; ``*.example.org`` holds for what is below it, not for ``example.org`` itself.

    >>> is_matched("www.example.org", ("example.org",)), is_matched("example.org", ("*.example.org",))
    (True, False)
    """
    if not host or len(host) > _MOST_CHARACTERS:
        return False
    names = (host, host.removeprefix("www."))
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns for name in names)


def _spelled(host: str) -> str:
    """Spell a name as people do: in lower case, and ``bücher`` rather than ``xn--bcher-kva``."""
    return ".".join(_decoded(label) for label in host.lower().split("."))


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label.encode("ascii").decode("idna")
    except UnicodeError:
        return label
