"""clean(): decode, segment, score, metadata, assemble. No I/O; every door of this package leads through here."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cleaner.article import Article
from cleaner.assemble import assemble
from cleaner.decode import decode
from cleaner.errors import InternalError, SetupError
from cleaner.features import Features, extract
from cleaner.metadata import describe
from cleaner.metadata.addresses import host_of, registered_domain
from cleaner.page import Layout, Page, RawPage
from cleaner.rules import Rules
from cleaner.score import TITLE_SIGN, Opinion, decide, judge, logits_of
from cleaner.segment import segment
from cleaner.settings import DEFAULTS, Settings, check_settings
from cleaner.site.clusters import edges_of
from cleaner.site.fingerprint import Fingerprints, fingerprints
from cleaner.site.key import site_of
from cleaner.site.learn import Seen, see
from cleaner.site.profile import Profile
from cleaner.site.profiles import Profiles

__all__ = ["Judged", "clean", "finish", "read_and_judge", "render_whole_page", "see_judged", "site_of_page"]


_DATA_ONLY = (
    "The page shows no article, but holds one as data for programs (articleBody in its JSON-LD), which is not read. "
    "Clean the page as a browser shows it."
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A page half done: read, cut into paragraphs, and what the network says of them; nothing is decided yet."""

    page: Page
    layout: Layout
    opinion: Opinion
    features: Features | None = None
    """What the network saw; worked out again where it is asked for and missing."""
    prints: Fingerprints | None = None
    """Hashes of the paragraphs, if they were needed before."""


def clean(
    raw: bytes | str | RawPage,
    *,
    url: str | None = None,
    content_type: Literal["auto", "html", "text"] = "auto",
    settings: Settings = DEFAULTS,
) -> Article:
    r"""Clean one page: keep the article, label everything, say what is known about it.

    ``raw`` is the page as bytes (any encoding; gzip is undone) or text, HTML or already flattened; ``content_type``
    says which if you know better than the content does. A page without an article is a result (``status``), not an
    error. The kept paragraphs are paragraphs of the page, unchanged and in order.

    With ``settings.profiles`` what recurs on the pages of its site counts, too.

    Raises InputError (binary, truncated or too large input), SetupError (bad settings, weights or profiles); nothing
    else.

    >>> article = clean("date 2024-11-28\n\nThe river rose by two metres in the night, and the old bridge was closed.")
    >>> article.metadata.date_published, article.text
    ('2024-11-28', 'The river rose by two metres in the night, and the old bridge was closed.')
    """
    check_settings(settings)
    page_in = raw if isinstance(raw, RawPage) else RawPage(raw, url=url, content_type=content_type)
    judged = read_and_judge(page_in, settings)
    profile = None
    if isinstance(settings.profiles, Profiles):
        prints = fingerprints(judged.layout.texts)
        judged = dataclasses.replace(judged, prints=prints)
        site = site_of_page(judged, "", settings)
        links = () if site else edges_of(prints, judged.opinion.words).tolist()
        profile = settings.profiles.nearest(site or page_in.source.rpartition("/")[0], links)
    return finish(judged, settings, profile=profile)


def read_and_judge(raw: RawPage, settings: Settings = DEFAULTS) -> Judged:
    """Do the first half of :func:`clean`, which needs no profile and nearly all the time. Raises what it raises."""
    _check(raw)
    with _within_limits(raw.source):
        page = decode(raw, settings)
        layout = segment(page)
        features = extract(layout) if layout.texts else None
        return Judged(page, layout, judge(layout, settings, features=features), features)


def see_judged(judged: Judged, settings: Settings = DEFAULTS, *, address: str = "", day: int = 0) -> Seen:
    """Note a half-done page for learning what recurs on its site; ``address`` and ``day`` as in :func:`see`.

    Nothing is noted of a feed: what it says stands on the pages it lists, too, and would pass for what recurs.
    """
    if judged.page.feed is not None:
        return Seen.of(b"", b"", b"")
    layout, opinion = judged.layout, judged.opinion
    return see(
        layout,
        logits=logits_of(layout, opinion, settings),
        kinds=opinion.prediction.names.argmax(axis=1) if layout.texts else np.zeros(0, np.int64),
        words=opinion.words,
        headline=opinion.like_title >= TITLE_SIGN,
        address=address,
        day=day,
        prints=judged.prints,
    )


def finish(judged: Judged, settings: Settings = DEFAULTS, *, profile: Profile | None = None) -> Article:
    """Do the second half of :func:`clean`: decide, with the profile of the page's site if any, and describe."""
    page, layout = judged.page, judged.layout
    with _within_limits(page.source):
        verdicts = decide(
            layout, judged.opinion, settings, profile=profile, features=judged.features, prints=judged.prints
        )
        warnings: tuple[str, ...] = ()
        if isinstance(settings.rules, Rules):
            from cleaner.overrule import overrule
            from cleaner.rules.firing import fire  # with its languages of selectors and patterns

            firing = fire(settings.rules, page, layout)
            verdicts, warnings = overrule(verdicts, layout, firing, settings), firing.warnings
        metadata = describe(page, layout, kinds=verdicts.kinds, kept=verdicts.kept.tolist(), settings=settings)
        article = assemble(page, layout, verdicts, metadata)
        if article.status == "empty" and any('"articleBody"' in data for data in layout.head.json_ld):
            warnings = (*warnings, _DATA_ONLY)
        if settings.languages and article.status != "empty" and metadata.language not in settings.languages:
            article = dataclasses.replace(article, status="other_language")
        return dataclasses.replace(article, warnings=article.warnings + warnings) if warnings else article


def site_of_page(judged: Judged, folder: str, settings: Settings = DEFAULTS) -> str:
    """Return the key of the page's site; ``folder`` is that of a page which stands in one, '' for others."""
    return site_of(
        judged.page.url,
        judged.layout.head,
        folder,
        way=settings.site_key,
        domain_of=registered_domain,
        host_of=host_of,
    )


@contextmanager
def _within_limits(source: str) -> Iterator[None]:
    """Turn want of memory or depth into an error that says so."""
    try:
        yield
    except (MemoryError, RecursionError) as error:
        raise InternalError(
            "page_too_complex",
            f"The page{f' {source}' if source else ''} needs more memory or depth than there is "
            f"({type(error).__name__}). Lower max_page_bytes to skip such pages.",
            where=source,
        ) from error


def _check(raw: RawPage) -> None:
    if not isinstance(raw.data, bytes | str):
        raise SetupError(
            "bad_input_type",
            f"clean() takes bytes or str, but was given {type(raw.data).__name__}. Read the file first.",
            where=raw.source,
        )
    if not isinstance(raw.url, str | None):
        raise SetupError("bad_input_type", f"url must be a str, but is {type(raw.url).__name__}.", where=raw.source)
    if raw.content_type not in ("auto", "html", "text"):
        raise SetupError(
            "bad_content_type",
            f"content_type must be auto, html or text, but is {raw.content_type!r}.",
            where=raw.source,
        )


def render_whole_page(raw: bytes | str, *, url: str | None = None) -> str:
    r"""Return all paragraphs of a page as plain text, a blank line between them: what a scraper without sense prints.

    >>> render_whole_page("<ul><li>Home<li>News</ul><p>Rain.</p>")
    'Home\n\nNews\n\nRain.'
    """
    page = decode(RawPage(raw, url=url), DEFAULTS)
    return "\n\n".join(segment(page).texts)
