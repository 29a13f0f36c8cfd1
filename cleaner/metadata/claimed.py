"""What an HTML page claims of its article, from the linked data, the meta tags and what stands near the headline."""

from __future__ import annotations

from collections.abc import Sequence

from cleaner.metadata.addresses import absolute, domain_labels, registered_domain
from cleaner.metadata.authors import choose_authors
from cleaner.metadata.descriptions import put_descriptions, site_claim
from cleaner.metadata.evidence import Claim, Evidence, collect, site_names
from cleaner.metadata.fields import Fields
from cleaner.metadata.linked_data import strings
from cleaner.metadata.placelines import put_place
from cleaner.metadata.places import headline_index, places_near
from cleaner.metadata.publication import choose_dates
from cleaner.metadata.spoken import declared_language
from cleaner.metadata.titles import bare, choose_title
from cleaner.page import Kind, Layout, Page

__all__ = ["put_claims"]


def put_claims(fields: Fields, page: Page, layout: Layout, *, kinds: Sequence[Kind], kept: Sequence[bool]) -> str:
    """Fill everything but the language of the text; return the language that the page declares."""
    evidence = collect(page, layout, kinds=kinds, kept=kept)
    declared = declared_language(layout.head, " ".join(strings(evidence.linked.first("inLanguage")[0])[:1]))
    _put_fields(fields, evidence, declared)
    fields.put("declared_language", declared, _declared_in(layout, declared))
    return declared


def _put_fields(fields: Fields, evidence: Evidence, declared: str) -> None:
    _put_addresses(fields, evidence)
    claims = site_names(evidence)
    sites = _site_keys(claims, fields.values.get("url", ""))
    title = choose_title(evidence, sites)
    fields.claim("title", title)
    headline = headline_index(evidence, title.value if title else "", sites)
    places = places_near(evidence, headline)
    fields.put("authors", *choose_authors(evidence, places, headline, sites, site_claims=claims))
    published, modified = choose_dates(evidence, places, headline, language=declared)
    fields.claim("date_published", published)
    fields.claim("date_modified", modified)
    fields.claim("site_name", site_claim(evidence, claims, fields.values.get("domain", "")))
    put_descriptions(fields, evidence, places, headline)
    put_place(fields, evidence.layout, evidence.kept, source="visible text")


def _put_addresses(fields: Fields, evidence: Evidence) -> None:
    """Fill url, canonical_url and domain. A page whose URL nobody gave has the canonical one, or that of its saving."""
    base = evidence.page.url or ""
    for claim in evidence.addresses:
        if claim.source not in ("caller", "comment"):
            fields.put("canonical_url", absolute(claim.value, base), claim.source)
    if "canonical_url" not in fields.values:
        node_url = evidence.linked.first("url", "mainEntityOfPage")[0]
        if isinstance(node_url, dict):
            node_url = node_url.get("@id")
        if isinstance(node_url, str):
            fields.put("canonical_url", absolute(node_url, base), "json-ld")
    if not base:
        fields.put("url", fields.values.get("canonical_url", ""), fields.sources.get("canonical_url", ""))
        saved = next((claim.value for claim in evidence.addresses if claim.source == "comment"), "")
        fields.put("url", absolute(saved, ""), "comment")
    fields.put("domain", registered_domain(fields.values.get("url", "")), "url")


def _site_keys(claims: Sequence[Claim], url: str) -> frozenset[str]:
    """Return everything the site may be called, in the form of :func:`bare`."""
    return frozenset(key for name in [*(claim.value for claim in claims), *domain_labels(url)] if (key := bare(name)))


def _declared_in(layout: Layout, declared: str) -> str:
    """Say where the declared language stood."""
    if declared and declared == layout.head.language:
        return "html element"
    return "meta" if any(content == declared for _, content in layout.head.metas) else "json-ld"
