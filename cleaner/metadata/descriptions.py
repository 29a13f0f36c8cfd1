"""What a page says about its article beside headline, authors and dates: deck, section, tags, picture, licence ..."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from cleaner.metadata.addresses import absolute
from cleaner.metadata.evidence import Claim, Evidence
from cleaner.metadata.fields import Fields
from cleaner.metadata.linked_data import names, strings
from cleaner.metadata.places import Place
from cleaner.metadata.titles import bare, split_title
from cleaner.page import Kind

__all__ = ["put_descriptions", "site_claim", "split_tags"]

_COMMAS = re.compile(r"[,;，、；،]")
_MAX_TAGS = 50
_MAX_TAG_CHARS = 100
_MAX_NAME_CHARS = 100
"""Names of sites, publishers and sections are shorter."""
_DECK_CHARS = range(20, 400)
_DECK_PLACES = range(1, 4)
"""A deck stands so many paragraphs below the headline, between it and the byline."""


def put_descriptions(fields: Fields, evidence: Evidence, places: Sequence[Place], headline: int) -> None:
    """Fill subtitle, publisher, description, section, tags, image, image_caption, license and paywalled."""
    linked, metas = evidence.linked, evidence.metas
    base = fields.values.get("url", "")
    for claim in metas["description"][:1]:
        fields.claim("description", Claim(html.unescape(claim.value), claim.source))
    fields.put("description", " ".join(strings(linked.first("description")[0])[:1]), "json-ld")
    _put_subtitle(fields, evidence, places, headline)
    _put_names(fields, evidence)
    for source in ("open-graph", "json-ld", "meta"):
        values = [claim.value for claim in metas["tags"] if claim.source == source]
        if source == "json-ld":
            values = strings(linked.first("keywords")[0])
        fields.put("tags", split_tags(values), source)
    _put_image(fields, evidence, places, base)
    for rel, href in evidence.layout.head.links:
        if rel == "license":
            fields.put("license", absolute(href, base) or href, "link")
    fields.put("license", _license(linked.follow(linked.first("license")[0])), "json-ld")
    for claim in metas["license"][:1]:
        fields.claim("license", claim)
    _put_paywalled(fields, evidence)


def _put_subtitle(fields: Fields, evidence: Evidence, places: Sequence[Place], headline: int) -> None:
    title = bare(fields.values.get("title", ""))
    claims = [Claim(value, "json-ld") for value in strings(evidence.linked.first("alternativeHeadline")[0])[:1]]
    claims += evidence.metas["subtitle"][:1]
    for place in places:
        deck = place.signs.deck and place.at - headline in _DECK_PLACES and place.at not in evidence.headings
        if deck and len(place.text) in _DECK_CHARS:
            claims.append(Claim(place.text, "visible text"))
    for claim in claims:
        if bare(claim.value) != title and len(claim.value) < _DECK_CHARS.stop:
            fields.claim("subtitle", claim)


def _put_names(fields: Fields, evidence: Evidence) -> None:
    """Fill publisher and section; addresses of profiles are no names."""
    linked = evidence.linked
    claims = [Claim(name, "json-ld") for name in names(linked.follow(linked.first("publisher")[0]))]
    for claim in [*claims, *evidence.metas["publisher"]]:
        if len(claim.value) <= _MAX_NAME_CHARS and "://" not in claim.value:
            fields.claim("publisher", claim)
    claims = [Claim(name, "json-ld") for name in strings(linked.first("articleSection")[0])]
    for claim in [*claims, *evidence.metas["section"]]:
        if len(claim.value) <= _MAX_NAME_CHARS and "://" not in claim.value:
            fields.claim("section", claim)


def _put_image(fields: Fields, evidence: Evidence, places: Sequence[Place], base: str) -> None:
    linked, metas = evidence.linked, evidence.metas
    for claim in metas["image"][:3]:
        fields.put("image", absolute(claim.value, base), claim.source)
    pictures = linked.follow(linked.first("image", "thumbnailUrl")[0])
    fields.put("image", _image(pictures, base), "json-ld")
    for picture in pictures if isinstance(pictures, list) else [pictures]:
        if isinstance(picture, dict):
            fields.put("image_caption", " ".join(strings(picture.get("caption"))[:1]), "json-ld")
    for place in sorted(places, key=lambda place: place.at):
        if place.kind is Kind.CAPTION and evidence.layout.tags[place.at] == "figcaption":
            fields.put("image_caption", place.text, "visible text")
    for claim in metas["image_caption"][:1]:
        fields.claim("image_caption", claim)


def _image(value: object, base: str) -> str:
    """Return the first image of a JSON-LD value: an address, an ImageObject or a list of these."""
    for item in value if isinstance(value, list) else [value]:
        address = item.get("url") or item.get("contentUrl") if isinstance(item, dict) else item
        if isinstance(address, list) and address:
            address = address[0]
        if isinstance(address, str) and (url := absolute(address, base)):
            return url
    return ""


def _license(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("url") or value.get("@id") or value.get("name")
    return (strings(value) or [""])[0][:500]


def _put_paywalled(fields: Fields, evidence: Evidence) -> None:
    """Fill paywalled from isAccessibleForFree, or from Facebook's content tier where that is not "metered"."""
    for node in evidence.linked.main:
        free = node.get("isAccessibleForFree")
        if free is not None:
            said = str(free).casefold()
            if said in {"true", "false"}:
                fields.put("paywalled", said == "false", "json-ld")
    for claim in evidence.metas["paywalled"]:
        said = claim.value.casefold()
        if said in {"locked", "false", "free", "true"}:
            fields.put("paywalled", said in {"locked", "false"}, claim.source)


def site_claim(evidence: Evidence, claims: Sequence[Claim], domain: str) -> Claim | None:
    """Return the site's name: as claimed, or the part of the title element that spells the domain."""
    for claim in claims:
        name = claim.value.strip()
        if name and len(name) <= _MAX_NAME_CHARS and not name.startswith(("http:", "https:", "@")):
            return Claim(name, claim.source)
    label = bare(domain.partition(".")[0])
    if len(label) > 2:
        for part in split_title(evidence.layout.head.title):
            key = bare(part)
            if key == label or (len(key) > 3 and len(key) <= 2 * len(label) and (label in key or key in label)):
                return Claim(part.strip(), "title element")
    return None


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
