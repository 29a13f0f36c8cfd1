"""What the segmenter does at each HTML tag: the table ``html_tags.txt``, and the few tags with a part of their own."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

BLOCK, SKIP, MEDIA, CONTROL = 1, 2, 3, 4
"""The roles that the table names; 0 is everything else: inline."""
INLINE, LINK, SHELL, BREAK, RULE, FACT, FORMULA, PLAYER = 0, 5, 6, 7, 8, 9, 10, 11
"""LINK is ``<a>``, SHELL a block that says something about what is inside, FACT what tells of the page, FORMULA
inline, but left out where it is hidden, PLAYER media whose content is for browsers that cannot show it."""

_ROLES = {"block": BLOCK, "skip": SKIP, "media": MEDIA, "control": CONTROL}
_OWN_ROLES = {
    "a": LINK, "audio": PLAYER, "br": BREAK, "dialog": SHELL, "hr": RULE, "html": SHELL, "iframe": PLAYER, "link": FACT,
    "math": FORMULA, "meta": FACT, "noscript": SHELL, "pre": SHELL, "time": FACT, "title": SKIP, "video": PLAYER,
}  # fmt: skip

TOOLS = frozenset({"mw-editsection"})
"""Classes of inline elements that are no part of the words they stand among: "[edit]" in the headings of MediaWiki."""


@lru_cache(maxsize=1)
def tag_roles() -> dict[str, int]:
    """Return the table ``html_tags.txt`` as tag -> BLOCK, SKIP, MEDIA or CONTROL."""
    lines = resources.files("cleaner").joinpath("tables/html_tags.txt").read_text("utf-8").splitlines()
    pairs = (line.split() for line in lines if line and not line.startswith("#"))
    return {tag: _ROLES[role] for tag, role in pairs}


class Roles(dict[str, tuple[int, str]]):
    """Tag -> (role, tag) for the tags of one page; a tag that no table names is added when it is first met.

    The tag that comes back is always the same object, so that the million ``<p>`` of a page are one string.

    >>> roles = Roles()
    >>> roles["p"] == (BLOCK, "p"), roles["x-card"][0] == BLOCK, roles["em"][0] == INLINE
    (True, True, True)
    """

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(_known_roles())

    def __missing__(self, tag: str) -> tuple[int, str]:
        role = BLOCK if "-" in tag else INLINE
        self[tag] = role, tag
        return role, tag


@lru_cache(maxsize=1)
def _known_roles() -> dict[str, tuple[int, str]]:
    return {tag: (role, tag) for tag, role in {**tag_roles(), **_OWN_ROLES}.items()}
