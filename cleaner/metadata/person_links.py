"""Authors by the links to their pages: what a byline says for sure, and who opened the thread of a forum."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from cleaner.dates import find_dates
from cleaner.metadata.byline_words import EDGES, leads, person_words
from cleaner.metadata.bylines import read_byline
from cleaner.metadata.evidence import Evidence
from cleaner.metadata.persons import has_given_name, is_given_name, is_nobody, split_persons
from cleaner.metadata.places import MAX_LINE_CHARS, signs_at, words_at
from cleaner.metadata.titles import bare

__all__ = [
    "author_of_biography",
    "first_poster",
    "is_thread",
    "linked_below",
    "lone_linked_author",
    "names_in_links",
    "prefer_linked",
]

_MAX_NAMES_BELOW = 6
_MAX_LOGIN_CHARS, _MAX_LOGIN_LINE = 40, 60
_MIN_BIO = 60
_JOB_CHARS = 60
_BIO_VERB = re.compile(r",? (?:is|has|was|writes|works|covers|joined|ist|schreibt|arbeitet|est|es|è|är|er|jest) ")
_NAME_SHARE = 0.5
"""So much of a link's letters are the names in it, or it is the title of something they wrote."""
_THREAD = re.compile(
    r"forum|thread|topic|discuss|/t/|/questions?/|community|/post/\d|/comments/|board|(?<![a-z])bbs(?![a-z])"
)
_THREAD_TYPES = frozenset({"DiscussionForumPosting", "QAPage", "Question"})
_ABOVE, _BELOW = 4, 50
"""Paragraphs around the headline of a thread among which the first one who posted stands."""
_LATEST = re.compile(r"last (?:post|reply|message|edited)|latest|joined|moderator", re.IGNORECASE)
_FIRST_POST = re.compile(r"#1(?![\w.,])")
"""What numbers the first post of a thread, above the name of who wrote it."""
_BULLETS = re.compile(r"\s*[|•·⋅●,]\s*|\s+[–—-]\s+")


def names_in_links(evidence: Evidence, index: int, sites: Collection[str]) -> list[str]:
    """Return the names in a paragraph that link to the pages of authors; none if another line says they reviewed."""
    texts = [text for text, role, place in evidence.layout.head.persons if role == "author" and place == index]
    if not texts or (index and leads().other.match(evidence.layout.texts[index - 1][:40])):
        return []
    line = evidence.layout.texts[index]
    other = leads().other.match(line) or leads().other_inside.search(line)
    names: dict[str, str] = {}
    for text in texts:
        if other is not None and line.find(text) > other.start():
            continue  # who reviewed, photographed or translated it
        found = read_byline(text, sure=True, sites=sites)
        if sum(len(bare(name)) for name in found) >= _NAME_SHARE * len(bare(text)):
            names.update((bare(name), name) for name in found if len(name.split()) <= 5)
    return list(names.values()) if len(names) == 1 or all(" " in name for name in names.values()) else []


def linked_below(evidence: Evidence, index: int, sites: Collection[str]) -> list[str]:
    """Return the authors that are linked in the paragraphs right below a byline, each in an element like its own."""
    names: list[str] = []
    words = words_at(evidence, index)
    for below in range(index + 1, min(len(evidence.layout.texts), index + 1 + _MAX_NAMES_BELOW)):
        if words_at(evidence, below) != words:
            break
        names += names_in_links(evidence, below, sites)
    return [name for name in names if " " in name]


def prefer_linked(read: Sequence[str], linked: Sequence[str]) -> list[str]:
    """Return the names of a byline, as the links in it spell them where they end sooner.

    >>> prefer_linked(["Jane Doe Local Matters", "Juan Gil"], ["Jane Doe"]), prefer_linked([], ["Jane Doe"])
    (['Jane Doe', 'Juan Gil'], ['Jane Doe'])
    """
    keys = {bare(name): name for name in linked}
    if not read:
        return list(linked)
    names: list[str] = []
    for name in read:
        key = bare(name)
        inner = [spelled for known, spelled in keys.items() if known in key]
        names += inner if inner and key not in keys else [name]
    return list(dict.fromkeys(names)) if any(bare(name) in keys for name in names) else list(linked)


def lone_linked_author(evidence: Evidence, sites: Collection[str]) -> list[str]:
    """Return the one person with a full name to whose author page the page links, outside comments and teasers."""
    found: dict[str, str] = {}
    for index in sorted({place for _, role, place in evidence.layout.head.persons if role == "author"}):
        if index >= len(evidence.layout.texts) or len(evidence.layout.texts[index]) > MAX_LINE_CHARS:
            continue
        if signs_at(evidence, index).not_author:
            continue
        found.update((bare(name), name) for name in names_in_links(evidence, index, sites) if " " in name)
    return list(found.values()) if len(found) == 1 else []


def is_thread(evidence: Evidence) -> bool:
    """Whether the JSON-LD or the address says that a page is a thread of a forum or a question with answers."""
    types = {str(node.get("@type", "")) for node in evidence.linked.main[:3]}
    address = evidence.addresses[0].value.casefold() if evidence.addresses else ""
    return bool(types & _THREAD_TYPES) or _THREAD.search(address) is not None


def author_of_biography(evidence: Evidence, headline: int, sites: Collection[str]) -> list[str]:
    """Return the one person below the headline whose name stands alone above a paragraph that begins with it.

    "Jane Doe" above "Jane Doe is a reporter ...": the box about the author at the foot of an article.
    """
    found: dict[str, str] = {}
    texts = evidence.layout.texts
    for index in range(max(headline, 0) + 1, len(texts) - 1):
        text = texts[index]
        if len(text) > _MAX_LOGIN_CHARS or not texts[index + 1].startswith(text) or len(texts[index + 1]) < _MIN_BIO:
            continue
        if not _BIO_VERB.match(texts[index + 1], len(text)) or signs_at(evidence, index).not_author:
            continue
        names = split_persons(text, sites=sites) if _is_about_person(text, texts[index + 1]) else []
        if [bare(name) for name in names] == [bare(text)]:
            found[bare(text)] = names[0]
    return list(found.values()) if len(found) == 1 else []


def _is_about_person(name: str, text: str) -> bool:
    """Whether a name begins with a given name, or a text tells early what the person works as."""
    jobs = person_words()["job"]
    words = text[len(name) :][:_JOB_CHARS].casefold().split()
    return has_given_name(name) or is_given_name(name) or any(word.strip(EDGES) in jobs for word in words)


def first_poster(evidence: Evidence, headline: int, sites: Collection[str]) -> list[str]:
    """Return who opened a thread: the first one below its headline who is linked to a member's page.

    Pages that are no thread (:func:`is_thread`) have none.
    """
    if not is_thread(evidence):
        return []
    texts = evidence.layout.texts
    for text, _, place in evidence.layout.head.persons:
        near = headline - _ABOVE <= place <= headline + _BELOW and place < len(texts)
        if near and not _LATEST.search(texts[place][:200]):
            names = _login(text, sites)
            if names:
                return names
    first = next((index for index, text in enumerate(texts) if len(text) < 60 and _FIRST_POST.match(text)), -1)
    for text in texts[first + 1 : first + 3] if first >= 0 else ():
        if text[:1].isalpha() and _login(text, sites):
            return _login(text, sites)
    for text in texts[headline + 1 : headline + 6]:
        piece = _BULLETS.split(text, maxsplit=1)[0]
        if piece != text and len(text) <= _MAX_LOGIN_LINE and find_dates(text) and _login(piece, sites):
            return _login(piece, sites)
    return []


def _login(text: str, sites: Collection[str]) -> list[str]:
    """Return the name of a member if a text is nothing else."""
    if is_nobody(text, sites) or len(text) > _MAX_LOGIN_CHARS:
        return []
    names = split_persons(text, sites=sites, user_names=True)
    return names if len(names) == 1 and bare(names[0]) == bare(text) else []
