"""JSON-LD: read it, mend it where that is safe, and find the node that is about this page."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

__all__ = ["LinkedData", "names", "read_linked_data", "strings"]

Node = dict[str, Any]

_MAX_SCRIPT_CHARS = 2_000_000
"""A longer script is a data dump, not a description; it is left alone."""
_MAX_NODES = 5_000
"""Nodes looked at on one page; a listing of a whole shop stops here."""

_MAX_NUMBER = 10**15
_MAX_DEPTH = 20
"""Lists inside of lists are followed so far."""
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NOBODY = frozenset({"brand", "product", "imageobject", "videoobject", "webpage"})
"""Types that are neither persons nor organisations, wherever they stand."""
_NESTED = (dict, list)
_PARTIES = frozenset({"publisher", "author", "creator", "ispartof", "sponsor"})
"""Properties that describe something else than the page, but may hold the site's name or a person referred to."""
_OWNERS = frozenset({"", "publisher", "ispartof"})
"""Where an organisation stands that owns the site; elsewhere it is an author, a sponsor or a subject."""
_OPENING = re.compile(r"(?:(?://|/\*)?\s{0,9}<!\[CDATA\[\s{0,9}(?:\*/)?|<!--)\s*")
_CLOSING = ("*/", "]]>", "//", "/*", "-->")
_STRING_OR_COMMA = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|,[\s,]*[}\]]?', re.DOTALL)
_NO_LETTERS = re.compile(r"[\W_]+")
_BAD_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|(.))', re.DOTALL)


@dataclass(slots=True)
class LinkedData:
    """What the JSON-LD of a page says, sorted by what it is about."""

    main: list[Node] = field(default_factory=list)
    """Nodes about this page, the best first."""
    sites: list[Node] = field(default_factory=list)
    """WebSite and organisation nodes."""
    by_id: dict[str, Node] = field(default_factory=dict)
    """Nodes by ``@id``, to follow references such as ``"author": {"@id": "#jane"}``."""

    def first(self, *keys: str) -> tuple[Any, Node | None]:
        """Return the first non-empty value of any of the keys in the nodes about this page, with its node."""
        for node in self.main:
            for key in keys:
                value = node.get(key)
                if value:
                    return value, node
        return None, None

    def follow(self, value: object) -> Any:
        """Replace a reference by the node it names; other values come back as they are."""
        if isinstance(value, list):
            return [self.follow(item) if isinstance(item, dict) else item for item in value[:100]]
        if isinstance(value, dict) and "@id" in value and "name" not in value:
            return self.by_id.get(str(value["@id"]), value)
        return value


def read_linked_data(
    scripts: Sequence[str], *, addresses: Iterable[str] = (), titles: Iterable[str] = ()
) -> LinkedData:
    r"""Read all JSON-LD scripts of a page and sort their nodes.

    ``addresses`` are what is known of the page's URL, ``titles`` what the page says its title is. Of several
    articles the one with a matching URL wins, then the one with a matching title; an article with another URL
    that is one of many is a teaser and is left out. Scripts that cannot be read are left out; nothing is raised.

    >>> data = read_linked_data(['{"@type": "NewsArticle", "headline": "Rain\n expected",}'])
    >>> data.main[0]["headline"].split()
    ['Rain', 'expected']
    """
    ranks, _ = _schema_types()
    data = LinkedData()
    ranked: list[tuple[int, int, Node]] = []
    known = {address for address in map(bare_address, addresses) if address}
    wanted = {title for title in map(bare_title, titles) if title}
    articles = 0
    for number, (node, aside) in enumerate(_nodes(scripts)):
        identity = node.get("@id")
        if isinstance(identity, str) and len(node) > 1:
            data.by_id.setdefault(identity, node)
        types = _types(node)
        owns = aside in _OWNERS and any(name.endswith("organization") for name in types)
        if "website" in types or owns:
            data.sites.append(node)
        rank = max((ranks.get(name, 0) for name in types), default=0)
        if not rank or aside:
            continue
        articles += rank == 4
        match = _match(node, known, wanted)
        ranked.append((rank + 10 * match, -number, node))
    ranked.sort(key=lambda entry: entry[:2], reverse=True)
    data.main = [node for score, _, node in ranked if score > 0 or articles <= 1]
    return data


def _match(node: Node, known: set[str], wanted: set[str]) -> int:
    """Return 2 if the node's title is the page's, 1 if its URL is, -1 if its URL is another page's, else 0."""
    title = bare_title(next((node[key] for key in ("headline", "name") if isinstance(node.get(key), str)), ""))
    keys = ("url", "mainEntityOfPage", "@id")
    addresses = {bare_address(address) for key in keys for address in _addresses(node.get(key))}
    addresses.discard("")
    score = int(bool(addresses & known))
    if title and title in wanted:
        score += 1
    if not score and known and addresses:
        return -1
    return score


def _addresses(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key in ("@id", "url"):
            if isinstance(value.get(key), str):
                yield value[key]


def bare_address(address: str) -> str:
    """Return a URL without scheme, ``www.``, query, fragment and final slash, for comparison; '' for no URL."""
    match = re.match(r"(?:https?:)?//(?:www\.|m\.|amp\.)?([^?#]+)", address.strip())
    return match[1].rstrip("/").casefold() if match and "/" in match[1].rstrip("/") else ""


def bare_title(title: str) -> str:
    """Return the letters and digits of a title, case-folded, for comparison."""
    return _NO_LETTERS.sub("", html.unescape(title).casefold())


@lru_cache(maxsize=1)
def _schema_types() -> tuple[dict[str, int], frozenset[str]]:
    """Return type -> rank, and the properties that lead to other things than the page."""
    ranks: dict[str, int] = {}
    asides: set[str] = set()
    for line in resources.files("cleaner").joinpath("tables/schema_types.txt").read_text("utf-8").splitlines():
        role, *entries = line.split()
        if role == "aside":
            asides.update(entries)
        elif role != "#":
            ranks.update(dict.fromkeys(entries, int(role)))
    return ranks, frozenset(asides)


def _types(node: Node) -> list[str]:
    value = node.get("@type")
    values = value if isinstance(value, list) else [value]
    return [name.rsplit("/", 1)[-1].rsplit(":", 1)[-1].casefold() for name in values if isinstance(name, str)]


def _nodes(scripts: Sequence[str]) -> Iterator[tuple[Node, str]]:
    """Yield every object of all scripts in document order, with the property that makes it something else, or ''."""
    count = 0
    _, asides = _schema_types()
    for script in scripts:
        stack: list[tuple[object, str]] = [(value, "") for value in reversed(_parse(script))]
        while stack and count < _MAX_NODES:
            value, aside = stack.pop()
            if isinstance(value, list):
                stack += [(item, aside) for item in reversed(value) if item.__class__ in _NESTED]
            elif isinstance(value, dict):
                count += 1
                yield value, aside
                inner = [(key.casefold(), item) for key, item in value.items() if item.__class__ in _NESTED]
                stack += [
                    (item, aside or (key if key in asides else ""))
                    for key, item in reversed(inner)
                    if key not in asides or key in _PARTIES
                ]


def _parse(script: str) -> list[object]:
    """Return the values of a script; several in a row are all read, and what cannot be mended is left out."""
    text = script.strip()
    if not text or len(text) > _MAX_SCRIPT_CHARS:
        return []
    try:
        return [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        pass
    text = _unwrap(text)
    if "&quot;" in text[:100]:
        text = html.unescape(text)
    text = _STRING_OR_COMMA.sub(lambda match: _mend(match[0]), text)
    values: list[object] = []
    decoder = json.JSONDecoder(strict=False)
    start = 0
    while start < len(text) and len(values) < 50:
        try:
            value, start = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            break
        values.append(value)
        while start < len(text) and text[start] in " \t\r\n;,":
            start += 1
    return values


def _unwrap(text: str) -> str:
    """Take off the HTML comment or CDATA mark that was to hide the script from old browsers."""
    opening = _OPENING.match(text)
    if opening:
        text = text[opening.end() :]
    for _ in range(len(_CLOSING)):
        text = text.rstrip("; \t\r\n")
        for closing in _CLOSING:
            text = text.removesuffix(closing)
    return text


def _mend(token: str) -> str:
    """Drop commas before a closing bracket; take the backslash from an escape JSON does not know."""
    if token[0] == ",":
        return token[-1] if token[-1] in "}]" else token
    return _BAD_ESCAPE.sub(lambda match: match[0] if match[1] else match[2], token)


def strings(value: object, *, depth: int = 0) -> list[str]:
    """Return a value of JSON-LD (string, number, list, language-tagged value) as a list of non-empty strings.

    Character references are resolved, tags of markup taken out, and halves of surrogate pairs dropped.

    >>> strings(["Tom &amp; <b>Jane</b>", {"@value": "Rain"}, 1614766447, None])
    ['Tom & Jane', 'Rain', '1614766447']
    """
    if isinstance(value, str):
        text = html.unescape(value)
        if "<" in text:
            text = _TAG.sub("", text)
        text = " ".join(text.split())
        if not text.isascii():
            text = _SURROGATE.sub("", text)
        return [text] if text else []
    if isinstance(value, int) and not isinstance(value, bool):
        return [str(value)] if abs(value) < _MAX_NUMBER else []
    if depth >= _MAX_DEPTH:
        return []
    if isinstance(value, list):
        return [text for item in value[:200] for text in strings(item, depth=depth + 1)]
    if isinstance(value, dict) and "@value" in value:
        return strings(value["@value"], depth=depth + 1)
    return []


def names(value: object, *, depth: int = 0) -> list[str]:
    """Return the names in a value that is a name, a person, an organisation or a list of these; brands have none."""
    if isinstance(value, list):
        return [name for item in value[:50] for name in names(item, depth=depth + 1)] if depth < _MAX_DEPTH else []
    if isinstance(value, dict) and "@value" not in value:
        if not _NOBODY.isdisjoint(_types(value)):
            return []
        found = strings(value.get("name"))
        if not found and value.get("familyName"):
            found = [" ".join([*strings(value.get("givenName")), *strings(value.get("familyName"))])]
        return found
    return strings(value)
