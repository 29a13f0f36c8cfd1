"""Metadata of an HTML page."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from cleaner.language import detect_language, language_code
from cleaner.metadata.addresses import absolute, domain_labels, registered_domain
from cleaner.metadata.evidence import Claim, Evidence, collect, site_names
from cleaner.metadata.linked_data import names, strings
from cleaner.metadata.persons import is_nobody, split_persons
from cleaner.metadata.publication import choose_dates
from cleaner.metadata.titles import bare, choose_title, split_title
from cleaner.metadata.visible import headline_index, visible_authors
from cleaner.page import Kind, Layout, Metadata, Page
from cleaner.settings import Settings

__all__ = ["Fields", "describe_html", "language_fields", "split_tags"]

_COMMAS = re.compile(r"[,;，、；،]")
_MAX_TAGS = 50
_MAX_TAG_CHARS = 100
_MAX_LANGUAGE_CHARS = 12_000
"""Kept text handed to the language detector, which samples it; joining more is wasted."""


class Fields:
    """Collects values and their sources; an empty value is no value."""

    def __init__(self, page: Page) -> None:
        self.values: dict[str, Any] = {"encoding": page.encoding}
        self.sources: dict[str, str] = {"encoding": page.encoding_source}

    def put(self, field: str, value: object, source: str) -> None:
        """Set a field unless the value is empty or the field is set already."""
        if value and not self.values.get(field):
            self.values[field] = value
            self.sources[field] = source

    def claim(self, field: str, claim: Claim | None) -> None:
        """Set a field to what a claim says."""
        if claim is not None:
            self.put(field, claim.value, claim.source)

    def drop(self, field: str) -> None:
        """Forget a field."""
        self.values.pop(field, None)
        self.sources.pop(field, None)

    def metadata(self) -> Metadata:
        """Return the finished metadata."""
        return Metadata(**self.values, sources=self.sources)


def describe_html(
    page: Page, layout: Layout, *, kinds: Sequence[Kind], kept: Sequence[bool], settings: Settings
) -> Metadata:
    """Read the metadata of an HTML page; see :func:`cleaner.metadata.describe`."""
    fields = Fields(page)
    evidence = collect(page, layout, kinds=kinds, kept=kept)
    _put_addresses(fields, evidence)
    declared = declared_language(evidence)
    if settings.metadata:
        claims = site_names(evidence)
        sites = _site_keys(claims, fields.values.get("url", ""))
        title = choose_title(evidence, sites)
        fields.claim("title", title)
        headline = headline_index(evidence, title.value if title else "")
        fields.put("authors", *_authors(evidence, headline, sites))
        published, modified = choose_dates(evidence, headline, language=declared)
        fields.claim("date_published", published)
        fields.claim("date_modified", modified)
        fields.claim("site_name", _site_name(evidence, claims, fields.values.get("domain", "")))
        _put_descriptions(fields, evidence)
    language_fields(fields, layout, kept, declared=declared, settings=settings)
    return fields.metadata()


def _put_addresses(fields: Fields, evidence: Evidence) -> None:
    """Fill url, canonical_url and domain. A page whose URL nobody gave has the one it calls canonical."""
    base = evidence.page.url or ""
    if base:
        fields.put("url", base, "caller")
    for claim in evidence.addresses:
        if claim.source != "caller":
            fields.put("canonical_url", absolute(claim.value, base), claim.source)
    node_url = evidence.linked.first("url", "mainEntityOfPage")[0]
    if isinstance(node_url, dict):
        node_url = node_url.get("@id")
    if isinstance(node_url, str):
        fields.put("canonical_url", absolute(node_url, base), "json-ld")
    if not base:
        fields.put("url", fields.values.get("canonical_url", ""), fields.sources.get("canonical_url", ""))
    fields.put("domain", registered_domain(fields.values.get("url", "")), "url")


def _site_keys(claims: Sequence[Claim], url: str) -> frozenset[str]:
    """Return everything the site may be called, in the form of :func:`bare`."""
    return frozenset(key for name in [*(claim.value for claim in claims), *domain_labels(url)] if (key := bare(name)))


def _authors(evidence: Evidence, headline: int, sites: Collection[str]) -> tuple[tuple[str, ...], str]:
    """Return the authors and who names them: JSON-LD, meta tags, then a byline readers see.

    A byline that names all of the head's authors and more is the fuller one; names that are mere logins in the head
    ("jdoe2") give way to it.
    """
    head, source = _linked_authors(evidence, sites), "json-ld"
    for kind in ("meta", "open-graph", "microdata"):
        if not head:
            claims = (claim.value for claim in evidence.metas["authors"] if claim.source == kind)
            head = _unique(name for value in claims for name in split_persons(value, sites=sites, user_names=True))
            source = kind
    logins = head and not any(" " in name or not name.isascii() for name in head)
    if head and not logins and len(head) > 1:
        return tuple(head), source
    shown, _ = visible_authors(evidence, headline, sites)
    if not head or (logins and any(" " in name for name in shown)) or {*head} < {*shown}:
        return tuple(shown), "visible text" if shown else ""
    return tuple(head), source


def _linked_authors(evidence: Evidence, sites: Collection[str]) -> list[str]:
    """Return the authors of the page's JSON-LD; a typed organisation keeps its name, a typed person any spelling."""
    linked = evidence.linked
    value = linked.follow(linked.first("author", "creator")[0])
    found: list[str] = []
    for node in value if isinstance(value, list) else [value]:
        kind = str(node.get("@type", "")) if isinstance(node, dict) else ""
        for name in names(node):
            if "Organization" in kind:
                found += [] if is_nobody(name, sites) else [name]
            else:
                spelled = name.title() if kind == "Person" and name == name.lower() and " " in name else name
                persons = split_persons(spelled, sites=sites, user_names=True)
                found += [name] if persons == [spelled] else persons
    return _unique(found)


def _unique(values: Iterable[str]) -> list[str]:
    """Return the values once each, in order; spelling variants of one name count as one."""
    unique: dict[str, str] = {}
    for value in values:
        unique.setdefault(bare(value), value)
    return list(unique.values())


def _site_name(evidence: Evidence, claims: Sequence[Claim], domain: str) -> Claim | None:
    """Return the site's name: as claimed, or the part of the title element that spells the domain."""
    for claim in claims:
        name = claim.value.strip()
        if name and len(name) <= 100 and not name.startswith(("http:", "https:", "@")):
            return Claim(name, claim.source)
    label = bare(domain.partition(".")[0])
    if len(label) > 2:
        for part in split_title(evidence.layout.head.title):
            key = bare(part)
            if key == label or (len(key) > 3 and len(key) <= 2 * len(label) and (label in key or key in label)):
                return Claim(part.strip(), "title element")
    return None


def _put_descriptions(fields: Fields, evidence: Evidence) -> None:
    """Fill description, tags and image."""
    linked = evidence.linked
    base = fields.values.get("url", "")
    for claim in evidence.metas["description"][:1]:
        fields.claim("description", Claim(html.unescape(claim.value), claim.source))
    fields.put("description", " ".join(strings(linked.first("description")[0])[:1]), "json-ld")
    for claim in evidence.metas["image"][:3]:
        fields.put("image", absolute(claim.value, base), claim.source)
    fields.put("image", _image(linked.follow(linked.first("image", "thumbnailUrl")[0]), base), "json-ld")
    for source in ("open-graph", "json-ld", "meta"):
        values = [claim.value for claim in evidence.metas["tags"] if claim.source == source]
        if source == "json-ld":
            values = strings(linked.first("keywords")[0])
        fields.put("tags", split_tags(values), source)


def _image(value: object, base: str) -> str:
    """Return the first image of a JSON-LD value: an address, an ImageObject or a list of these."""
    for item in value if isinstance(value, list) else [value]:
        address = item.get("url") or item.get("contentUrl") if isinstance(item, dict) else item
        if isinstance(address, list) and address:
            address = address[0]
        if isinstance(address, str) and (url := absolute(address, base)):
            return url
    return ""


def split_tags(values: Sequence[str]) -> tuple[str, ...]:
    """Return the tags in comma-separated lists, each once, in order.

    >>> split_tags(["river, Flood", "flood;weather"])
    ('river', 'Flood', 'weather')
    """
    unique: dict[str, str] = {}
    for value in values[:200]:
        for part in _COMMAS.split(value):
            tag = part.strip(" \t#")
            if 0 < len(tag) <= _MAX_TAG_CHARS:
                unique.setdefault(tag.casefold(), tag)
    return tuple(unique.values())[:_MAX_TAGS]


def declared_language(evidence: Evidence) -> str:
    """Return what the page says its language is, as it says it: the html element, then meta tags, then JSON-LD."""
    head = evidence.layout.head
    claims = [head.language, *(claim.value for claim in evidence.metas["language"])]
    claims += strings(evidence.linked.first("inLanguage")[0])[:1]
    return next((claim for claim in claims if language_code(claim)), "")


def language_fields(fields: Fields, layout: Layout, kept: Sequence[bool], *, declared: str, settings: Settings) -> None:
    """Fill language and language_confidence from the kept paragraphs, or from all of them if none was kept.

    Without detection, what the page declares is taken.
    """
    if not settings.detect_language:
        fields.put("language", language_code(declared), "declaration")
        return
    body = [text for text, keep in zip(layout.texts, kept, strict=False) if keep]
    code, confidence, source = detect_language(_joined(body or layout.texts), declared=declared)
    fields.put("language", code, source)
    fields.put("language_confidence", confidence, source)


def _joined(texts: Sequence[str]) -> str:
    """Join as many paragraphs as the language detector can look at."""
    parts: list[str] = []
    room = _MAX_LANGUAGE_CHARS
    for text in texts:
        parts.append(text[:room])
        room -= len(parts[-1])
        if room <= 0:
            break
    return "\n".join(parts)
