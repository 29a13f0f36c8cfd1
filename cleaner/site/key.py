"""Which site a page belongs to."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from cleaner.page import Head

__all__ = ["KEYS", "cluster_key", "folder_key", "site_of", "split_cluster"]

KEYS = ("auto", "host", "folder", "all")
"""Ways to tell sites apart; any other word is the name of the one site that all pages belong to.

``auto``: the registered domain of the page's address, or of the one it calls canonical, else the folder it stands in.
``host``: the whole host name instead, so that ``blog.example.org`` is a site of its own. ``folder``: always the folder.
``all``: all pages are of one site."""


def site_of(
    url: str | None,
    head: Head,
    folder: str,
    *,
    way: str,
    domain_of: Callable[[str], str],
    host_of: Callable[[str], str],
) -> str:
    """Return the key of a page's site; '' when nothing is known of it.

    ``folder`` is where the page stands, as :func:`folder_key` says it; ``domain_of`` and ``host_of`` read addresses.

    >>> site_of("https://news.example.org/a", Head(), "", way="auto", domain_of=lambda _: "example.org", host_of=str)
    'example.org'
    """
    if way not in KEYS:
        return way
    if way == "all":
        return "all"
    if way != "folder":
        canonical = next((href for rel, href in head.links if rel == "canonical"), "")
        own = next((value for name, value in head.metas if name == "og:url"), "")
        for address in (url or "", canonical, own):
            found = (host_of if way == "host" else domain_of)(address) if address else ""
            if found:
                return found.removeprefix("www.")
    return folder


_CLUSTER = re.compile(r"~([0-9a-f]{16})$")


def cluster_key(folder: str, link: int) -> str:
    """Return the key of the cluster of a folder's pages that a paragraph, by its hash, stands for.

    >>> cluster_key("texts", 0x9F2C41D07AB35E68)
    'texts~9f2c41d07ab35e68'
    """
    return f"{folder}~{link:016x}"


def split_cluster(site: str) -> tuple[str, list[int]]:
    """Return the folder that a cluster is of, and its paragraph; a key of another site, and none.

    >>> split_cluster("texts~9f2c41d07ab35e68"), split_cluster("example.org")
    (('texts', [11469614714673389160]), ('example.org', []))
    """
    found = _CLUSTER.search(site)
    return (site[: found.start()], [int(found[1], 16)]) if found else (site, [])


def folder_key(steps: Sequence[str], root: str) -> str:
    """Return the key of the folder with these ``steps`` below the input, which is called ``root``.

    >>> folder_key(["paper", "2024"], "pages"), folder_key([], "pages")
    ('paper/2024', 'pages')
    """
    return "/".join(steps) or root
