"""A user's labelled pages -> pages to learn from; what cannot be learned from is listed with what to do about it."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from cleaner.errors import CleanerError
from cleaner.evaluation.gold import GoldPage
from cleaner.evaluation.labels import MAX_TOKENS, MIN_COVERAGE, label, layout_of, tokens
from cleaner.language import UNKNOWN, detect_language
from cleaner.metadata.addresses import registered_domain
from cleaner.page import Layout
from cleaner.training.dataset import Example, examples_of
from cleaner.training.weak_kinds import weak_kinds

__all__ = ["Gold", "Skipped", "SplitBy", "Usable", "assign_splits", "check_pages", "examples_of_page", "gold_digest"]

SplitBy = Literal["auto", "domain", "page", "column"]
"""What the dev part is set apart by; ``column`` is the pages' own ``split``, ``auto`` chooses."""

DEV_SHARE = 0.25
"""About so many pages are set apart to choose the best pass on."""
MIN_DEV_PAGES = 3
MIN_DOMAINS = 3
"""From so many registered domains on the dev part gets domains of its own."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A labelled page that nothing can be learned from."""

    id: str
    coverage: float | None
    """Share of the article text's words that stand on the page, 0..1; None when they could not be compared."""
    reason: str
    """What is wrong and what to do, in whole sentences."""


@dataclass(frozen=True, slots=True)
class Usable:
    """A labelled page whose article text was found on it."""

    gold: GoldPage
    layout: Layout
    domain: str
    """Registered domain, as the gold says, of its URL, or of the address the page gives itself; '' when unknown."""
    language: str
    """BCP 47 as the gold says, else as the article text shows; '' when neither does."""


@dataclass(frozen=True, slots=True)
class Gold:
    """All labelled pages that were read."""

    usable: tuple[Usable, ...]
    skipped: tuple[Skipped, ...]
    test_pages: int
    """Pages of split ``test``, which are left alone."""
    digest: str
    """Of what is learned from: sources and article texts in order, ``sha256:...``."""


def check_pages(pages: Iterable[GoldPage], *, on_page: Callable[[int], None] = lambda _: None) -> Gold:
    """Find the article text of each labelled page on the page; what cannot be learned from goes to ``skipped``.

    ``on_page`` is called after each page with how many there were.
    """
    usable: list[Usable] = []
    skipped: list[Skipped] = []
    test_pages = 0
    for number, page in enumerate(pages, start=1):
        if page.split == "test":
            test_pages += 1
        else:
            checked = _check(page)
            usable += [checked] if isinstance(checked, Usable) else []
            skipped += [checked] if isinstance(checked, Skipped) else []
        on_page(number)
    return Gold(tuple(usable), tuple(skipped), test_pages, gold_digest(page.gold for page in usable))


def gold_digest(pages: Iterable[GoldPage]) -> str:
    """Return a digest of sources and article texts, in order."""
    total = hashlib.sha256()
    for page in pages:
        source = page.source if isinstance(page.source, bytes) else page.source.encode("utf-8", "surrogatepass")
        body = (page.body or "").encode("utf-8", "surrogatepass")
        total.update(hashlib.sha256(source).digest() + hashlib.sha256(body).digest())
    return f"sha256:{total.hexdigest()}"


def _check(page: GoldPage) -> Usable | Skipped:
    body = page.body or ""
    if not tokens(body):
        return Skipped(page.id, None, "It has no article text. Write into its gold what should come out.")
    try:
        layout = layout_of(page.source, url=page.url, content_type=page.content_type)
    except CleanerError as error:
        return Skipped(page.id, None, f"{error.message} Save the page again.")
    if _is_too_long(layout, body):
        return Skipped(page.id, None, f"It has more than {MAX_TOKENS:,} words. Leave it out, or shorten it.")
    coverage = label(layout.texts, body).coverage if layout.texts else 0.0
    if coverage < MIN_COVERAGE:
        return Skipped(page.id, coverage, _advice(coverage))
    language = page.language or detect_language(body)[0]
    return Usable(page, layout, _domain(page, layout), "" if language == UNKNOWN else language)


def _is_too_long(layout: Layout, body: str) -> bool:
    return max(len(tokens(body)), sum(len(tokens(text)) for text in layout.texts)) > MAX_TOKENS


def _advice(coverage: float) -> str:
    found = f"Only {coverage:.0%} of the words of its article text stand on the page, in this order"
    if coverage < 0.3:
        return f"{found}. Is it the text of another page, or does the page load its text by script?"
    return f"{found}. Copy the text from the page, unchanged; {MIN_COVERAGE:.0%} are needed."


def _domain(page: GoldPage, layout: Layout) -> str:
    if page.domain:
        return page.domain.lower()
    stated = [address for relation, address in layout.head.links if relation == "canonical"]
    stated += [content for name, content in layout.head.metas if name == "og:url"]
    return next((found for url in (page.url or "", *stated) if (found := registered_domain(url))), "")


def assign_splits(pages: Sequence[Usable], *, by: SplitBy = "auto", seed: int) -> tuple[list[str], SplitBy]:
    """Return ``train`` or ``dev`` for each page, and what they were set apart by.

    ``auto`` takes the pages' own split if each page has one and both occur, registered domains if there are at least
    MIN_DOMAINS, else single pages. The dev part has about DEV_SHARE of the pages, drawn with ``seed``; of domains,
    never more than a third unless the smallest is larger.
    """
    own = [page.gold.split for page in pages]
    domains = [page.domain for page in pages]
    if by == "auto":
        by = "column" if set(own) == {"train", "dev"} else "domain" if len(set(domains)) >= MIN_DOMAINS else "page"
    if by == "column":
        return own, by
    rng = random.Random(seed)  # noqa: S311 - no cryptography here
    if by == "domain":
        chosen = _choose_domains(domains, rng)
        return ["dev" if domain in chosen else "train" for domain in domains], by
    wanted = max(MIN_DEV_PAGES, round(len(pages) * DEV_SHARE))
    places = set(rng.sample(range(len(pages)), wanted))
    return ["dev" if place in places else "train" for place in range(len(pages))], by


def _choose_domains(domains: Sequence[str], rng: random.Random) -> set[str]:
    sizes = {domain: domains.count(domain) for domain in sorted(set(domains))}
    drawn = list(sizes)
    rng.shuffle(drawn)
    chosen: set[str] = set()
    total = 0
    for domain in drawn:
        if total < DEV_SHARE * len(domains) and total + sizes[domain] <= len(domains) / 3:
            chosen.add(domain)
            total += sizes[domain]
    return chosen or {min(drawn, key=lambda domain: sizes[domain])}


WHOLE = "whole"
"""Rendering: every paragraph of the page, a blank line between, as ``cleaner evaluate --as-text`` makes it."""


def examples_of_page(page: Usable, split: str) -> list[Example]:
    """Make the examples of a page: as it is, and as plain text in several styles.

    A page of plain text is learned from as it came, as a rendering of its own, and never as HTML.
    """
    gold = page.gold
    row: dict[str, object] = {
        "corpus": f"own/{gold.corpus}",  # a file may be called like one of our corpora
        "id": gold.id,
        "url": gold.url,
        "body": gold.body,
        "title": gold.title,
        "domain": page.domain,
        "split": split,
        "page_type": gold.page_type,
        "language": page.language,
    }
    whole = "\n\n".join(page.layout.texts)
    made = examples_of(row, page.layout, {WHOLE: whole}, weak_kinds)
    return made if gold.content_type == "html" else list(_without_html(made))


def _without_html(examples: Iterable[Example]) -> Iterator[Example]:
    return (example for example in examples if example.is_text)
