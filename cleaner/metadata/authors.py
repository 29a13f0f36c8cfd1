"""Who wrote it: what the head claims, the byline readers see, and on personal sites the site itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from cleaner.metadata.addresses import host_of
from cleaner.metadata.byline_words import EDGES
from cleaner.metadata.evidence import Claim, Evidence
from cleaner.metadata.han_bylines import choose_han_authors
from cleaner.metadata.linked_data import names
from cleaner.metadata.person_links import first_poster
from cleaner.metadata.persons import has_given_name, is_nobody, names_organisation, split_persons, without_honorific
from cleaner.metadata.places import MAX_BOX_CHARS, Place
from cleaner.metadata.signatures import read_signature
from cleaner.metadata.titles import bare, split_title
from cleaner.metadata.visible import calls_itself_article, visible_authors

__all__ = ["choose_authors"]

_HAN = re.compile("[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_]+")
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)(?:[\s©]|\(c\)|copyright){0,9}(?:\d{4}(?:\s*[-–—]\s*\d{2,4})?)?[\s,.·|-]*(?:by )?",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"['’]s?\s")
_ABOUT = "About "
_NAME_END = re.compile(r"[.,|·•–—(\n]| - |\ball rights\b|\d", re.IGNORECASE)
_ADMIN = re.compile(r"/author/(?:admin|administrator|webmaster|editor)/?(?:#.{0,20})?$")
_PROFILE = re.compile(r"/(?:(?:u|user|users|member|members|profile)/|~)([\w-]{2,30})(?:\.\d{1,12})?/?$")
_MAX_LOGIN_LINE = 120
_TOP_LINES = 8
_FOOT_LINES = 25
"""The owner's name stands among so many first paragraphs, the copyright line among so many last ones."""


def choose_authors(
    evidence: Evidence, places: Sequence[Place], headline: int, sites: Collection[str], *, site_claims: Sequence[Claim]
) -> tuple[tuple[str, ...], str]:
    """Return the authors and who names them: JSON-LD, meta tags, a byline readers see, the owner of a personal site.

    A byline that names all of the head's authors and more is the fuller one; names that are mere logins in the head
    ("jdoe2") give way to it. Where the head names only a desk ("Staff"), a byline must open with "By" or be marked.
    """
    head, source, named = _head_authors(evidence, sites)
    profile = None if head else _profile_login(evidence)
    if profile is not None:
        return (profile.value,), profile.source
    posted = len(head) == 1 and _is_administrator(evidence)
    others = _signed(evidence, places, headline, {*sites, bare(head[0])}) if posted else []
    if others:
        return tuple(others), "visible text"
    if _HAN.search(evidence.layout.head.title) and not any(" " not in name and _HAN.search(name) for name in head):
        han = _han_authors(evidence, places)
        if han:
            return tuple(han), "visible text"
    logins = bool(head) and not any(" " in name or not name.isascii() for name in head)
    if head and not logins and (len(head) > 1 or not _is_shown(head[0], places)):
        return tuple(head), source
    shown, strength = visible_authors(evidence, places, headline, sites, late=not head or logins)
    if not head:
        poster = [] if strength >= 1.5 else first_poster(evidence, headline, sites)
        if poster:
            return tuple(poster), "visible text"
        if not shown or (named and not _are_surely_persons(shown, strength)):
            shown = read_signature(evidence, headline, sites) if calls_itself_article(evidence) else []
        if shown or named:
            return tuple(shown), "visible text"
        return _owner(evidence, site_claims)
    if (logins and any(" " in name for name in shown)) or {*_keys(head)} < {*_keys(shown)}:
        return tuple(shown), "visible text"
    return tuple(head), source


def _han_authors(evidence: Evidence, places: Sequence[Place]) -> list[str]:
    """Return the authors of a page with a Chinese title, if its bylines name any."""
    texts = evidence.layout.texts
    body = [text for text, kept in zip(texts, evidence.kept, strict=False) if kept]
    return choose_han_authors(
        [place.text for place in places], body, [text for text in texts if len(text) <= MAX_BOX_CHARS]
    )


def _are_surely_persons(shown: Sequence[str], strength: float) -> bool:
    """Whether a byline is to be believed on a page whose head names only the site or a desk as its author."""
    if strength > 2:
        return True
    given = all(has_given_name(name) or not name.isascii() for name in shown)
    return (given and strength >= 1) or (strength >= 1.9 and all(" " in name for name in shown))


def _head_authors(evidence: Evidence, sites: Collection[str]) -> tuple[list[str], str, bool]:
    """Return the authors the head names, where, and whether it names anybody at all."""
    found, named = _linked_authors(evidence, sites)
    if found:
        return found, "json-ld", True
    for source in ("meta", "open-graph", "microdata"):
        values = [claim.value for claim in evidence.metas["authors"] if claim.source == source]
        found = _unique(name for value in values for name in split_persons(value, sites=sites, user_names=True))
        named = named or any("://" not in value for value in values)
        if found:
            return found, source, True
    return [], "", named


def _profile_login(evidence: Evidence) -> Claim | None:
    """Return the login in the address of the author's profile, as the page spells it where it shows it."""
    addresses = [claim for claim in evidence.metas["authors"] if "://" in claim.value]
    addresses += [Claim(href, "link") for rel, href in evidence.layout.head.links if rel == "author"]
    for address, source in addresses[:3]:
        profile = _PROFILE.search(address)
        if profile is None:
            continue
        login = profile[1].casefold()
        for text in evidence.layout.texts:
            for word in text.split() if len(text) <= _MAX_LOGIN_LINE and login in text.casefold() else ():
                if word.strip(EDGES).casefold() == login:
                    return Claim(word.strip(EDGES), source)
    return None


def _linked_authors(evidence: Evidence, sites: Collection[str]) -> tuple[list[str], bool]:
    """Return the authors of the page's JSON-LD; a typed organisation keeps its name, a typed person any spelling."""
    linked = evidence.linked
    value = linked.follow(linked.first("author", "creator")[0])
    organisations: list[str] = []
    persons: list[str] = []
    named = False
    for node in value if isinstance(value, list) else [value]:
        kind = str(node.get("@type", "")) if isinstance(node, dict) else ""
        for name in names(node):
            named = True
            if "Organization" in kind:
                organisations += [] if is_nobody(name, sites) else [name]
            else:
                spelled = name.title() if kind == "Person" and name == name.lower() and " " in name else name
                split = split_persons(spelled, sites=sites, user_names=True)
                persons += [name] if split == [spelled] else split
    if any(map(has_given_name, persons)):
        persons = [name for name in persons if not names_organisation(name)]
    return _unique([*persons, *organisations]), named


def _is_shown(name: str, places: Sequence[Place]) -> bool:
    """Whether the longest word of a name stands near the headline; where it does not, no byline names more persons."""
    word = max(_WORD.findall(name.casefold()), key=len, default="")
    return any(word in place.text.casefold() for place in places)


def _signed(evidence: Evidence, places: Sequence[Place], headline: int, sites: Collection[str]) -> list[str]:
    """Return the persons of a byline, or of a name set off above or below the body."""
    return visible_authors(evidence, places, headline, sites)[0] or read_signature(evidence, headline, sites)


def _is_administrator(evidence: Evidence) -> bool:
    """Whether the JSON-LD names the account of the administrator, who often posts what others wrote (WordPress)."""
    linked = evidence.linked
    nodes = linked.follow(linked.first("author", "creator")[0])
    for node in nodes if isinstance(nodes, list) else [nodes]:
        if isinstance(node, dict) and any(_ADMIN.search(str(node.get(key, ""))) for key in ("@id", "url")):
            return True
    return False


def _owner(evidence: Evidence, site_claims: Sequence[Claim]) -> tuple[tuple[str, ...], str]:
    """Return the person a personal site is called after, if the page is an article of it.

    The name begins with a given name, and the site calls itself so, or the title or the copyright line at the foot
    does and the address is made of it: ``jane-doe.example``, ``doe.example``.
    """
    host = bare(host_of(evidence.addresses[0].value)) if evidence.addresses else ""
    articled = calls_itself_article(evidence)
    for claim in site_claims[:3]:
        name = _POSSESSIVE.split(claim.value, maxsplit=1)[0]
        if has_given_name(name) and ((articled and name == claim.value) or _is_made_of(host, name)):
            return (name,), "guess"
    texts = evidence.layout.texts
    candidates = [
        *split_title(evidence.layout.head.title)[1:],
        *(text for text in texts[:_TOP_LINES] if len(text) < 40),
    ]
    candidates += [text[len(_ABOUT) :] for text in texts if len(text) < 40 and text.startswith(_ABOUT)][:3]
    for index in range(max(0, len(texts) - _FOOT_LINES), len(texts)):
        notice = _COPYRIGHT.search(texts[index][:200])
        if notice:
            candidates.append(_NAME_END.split(texts[index][notice.end() : notice.end() + 60], maxsplit=1)[0])
    for candidate in candidates:
        name = candidate.strip()
        if has_given_name(name) and _is_made_of(host, name):
            return (name.title() if name.isupper() else name,), "guess"
    return (), ""


def _is_made_of(host: str, name: str) -> bool:
    """Whether the last name, or an initial and the last name, stand in a host name."""
    last = bare(name.rsplit(maxsplit=1)[-1])
    return len(last) > 3 and last in host


def _keys(persons: Iterable[str]) -> Iterable[str]:
    """Return what two spellings of a person share: the letters, without "Dr."."""
    return (bare(without_honorific(name)) for name in persons)


def _unique(values: Iterable[str]) -> list[str]:
    """Return the values once each, in order; spelling variants of one name count as one."""
    unique: dict[str, str] = {}
    for value in values:
        unique.setdefault(bare(value), value)
    return list(unique.values())
