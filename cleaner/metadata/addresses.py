"""URLs: the page's own, its registered domain, and absolute forms of what the page links to."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit

from cleaner.metadata.evidence import table_lines

__all__ = ["absolute", "domain_labels", "registered_domain"]

_PLAIN_URL = re.compile(r"https?://[\w.:@-]+(?:[/?#]\S*)?")
"""An address that is absolute already; most are."""
_MAX_URL_CHARS = 4_000
"""Longer addresses are data, not addresses."""


def registered_domain(url: str) -> str:
    """Return the registered domain of a URL in lower case, such as ``bbc.co.uk``; '' for no URL or an IP address.

    Nothing is fetched: the Public Suffix List is the one that came with tldextract, and it is only loaded (0.1 s) for
    endings that ``tables/plain_suffixes.txt`` does not settle.

    >>> registered_domain("https://www.example.com:8080/a?b=1"), registered_domain("no url")
    ('example.com', '')
    """
    return _registered(host_of(url))


def domain_labels(url: str) -> list[str]:
    """Return what a site may call itself after its address: the host, the registered name, and that without its ending.

    >>> domain_labels("https://blog.example.com/a")
    ['blog.example.com', 'example.com', 'example']
    """
    host = host_of(url).removeprefix("www.")
    domain = _registered(host)
    return [*dict.fromkeys([host, domain]), domain.partition(".")[0]] if domain else []


def absolute(address: str, base: str) -> str:
    """Return an address found on a page as an absolute http(s) URL; '' if it cannot be one.

    >>> absolute("/a.jpg", "https://example.org/b"), absolute("data:image/png;base64,AA", "https://example.org")
    ('https://example.org/a.jpg', '')
    """
    if not address or len(address) > _MAX_URL_CHARS:
        return ""
    if _PLAIN_URL.fullmatch(address):
        return address
    try:
        url = urljoin(base, address.strip())
        split = urlsplit(url)
    except ValueError:
        return ""
    return url if split.scheme in {"http", "https"} and split.netloc else ""


def host_of(url: str) -> str:
    """Return the host name of a URL in lower case; '' if it has none."""
    try:
        return (urlsplit(url if "//" in url else f"//{url}").hostname or "").rstrip(".")
    except ValueError:
        return ""


@lru_cache(maxsize=4096)
def _registered(host: str) -> str:
    labels = host.split(".")
    if len(labels) < 2 or not all(labels) or labels[-1].isdigit():
        return ""
    if labels[-1] in _plain_suffixes():
        return ".".join(labels[-2:])
    return str(_extractor()(host).top_domain_under_public_suffix)


@lru_cache(maxsize=1)
def _plain_suffixes() -> frozenset[str]:
    return frozenset(table_lines("plain_suffixes.txt"))


@lru_cache(maxsize=1)
def _extractor() -> Any:
    """Return tldextract without network and without a cache on disk."""
    import tldextract

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
