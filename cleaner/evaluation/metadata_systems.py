"""The systems whose metadata can be measured: this cleaner and its peers, each as one function from page to answer.

Every peer is asked the way its manual shows; all get the decoded page, because not all of them can decode. The time is
for the metadata alone: ours of a page that is segmented and judged already, the others' with the parsing they do for
it. Nothing touches the network.
"""

from __future__ import annotations

import importlib.util
import logging
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import Any, NamedTuple, TypeAlias

from cleaner.errors import SetupError
from cleaner.page import Page, RawPage
from cleaner.settings import DEFAULTS, Settings

__all__ = ["METADATA_SYSTEMS", "Answer", "Reader", "load_reader", "system_version"]


class Answer(NamedTuple):
    """What a system says of a page; fields it leaves open are empty."""

    title: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""
    """Date of publication, as the system writes it; it starts ``YYYY-MM-DD``."""
    language: str = ""
    seconds: float = 0.0
    """CPU time."""
    sites: tuple[str, ...] = ()
    """Names of the site, as far as the system says."""


Reader: TypeAlias = Callable[[Page], Answer]
"""May raise anything."""


@dataclass(frozen=True, slots=True)
class System:
    """What has to be known of a system before it is imported."""

    module: str
    distribution: str
    load: Callable[[Settings], Reader]
    answers: frozenset[str]
    """What it can be asked for; trafilatura tells no language without a further package."""


def load_reader(name: str, *, settings: Settings = DEFAULTS) -> Reader:
    """Import a system and return its function; ``settings`` are for this cleaner.

    Raises SetupError: ``unknown_peer`` for a name that is not in METADATA_SYSTEMS, ``missing_extra`` when its package
    is not installed.
    """
    system = METADATA_SYSTEMS.get(name)
    if system is None:
        known = ", ".join(METADATA_SYSTEMS)
        raise SetupError("unknown_peer", f"There is no metadata of '{name}'. Known are: {known}.", where=name)
    if importlib.util.find_spec(system.module) is None:
        raise SetupError(
            "missing_extra",
            f"The system '{name}' needs {system.module}, which is not installed. "
            f"Run: pip install {system.distribution}",
            where=name,
        )
    logging.getLogger(system.module).setLevel(logging.CRITICAL)
    with warnings.catch_warnings():  # newspaper warns at import of optional parts that play no role here
        warnings.simplefilter("ignore")
        return system.load(settings)


def system_version(name: str) -> str:
    """Return the installed version of a system's package, '' when it is not installed."""
    try:
        return metadata.version(METADATA_SYSTEMS[name].distribution)
    except metadata.PackageNotFoundError:
        return ""


def _load_ours(settings: Settings) -> Reader:
    from cleaner.decode import decode
    from cleaner.metadata import describe
    from cleaner.score import score
    from cleaner.segment import segment

    def read(page: Page) -> Answer:
        page = decode(RawPage(page.text, url=page.url, content_type=page.content_type), settings)
        layout = segment(page)
        verdicts = score(layout, settings)
        kept = verdicts.kept.tolist()
        start = time.process_time()
        found = describe(page, layout, kinds=verdicts.kinds, kept=kept, settings=settings)
        seconds = time.process_time() - start
        sites = tuple(name for name in (found.site_name, found.publisher) if name)
        return Answer(found.title, found.authors, found.date_published, found.language, seconds, sites)

    return read


def _load_trafilatura(_settings: Settings) -> Reader:
    from trafilatura.metadata import extract_metadata

    def read(page: Page) -> Answer:
        start = time.process_time()
        found = extract_metadata(page.text, default_url=page.url)
        seconds = time.process_time() - start
        authors = tuple(name.strip() for name in (found.author or "").split(";"))
        return Answer(found.title or "", authors, found.date or "", found.language or "", seconds)

    return read


def _load_newspaper(_settings: Settings) -> Reader:
    from newspaper import Article

    def parse(page: Page, language: str | None) -> Any:
        options = {"language": language} if language else {}
        article = Article(page.url or "http://localhost/", fetch_images=False, **options)
        article.download(input_html=page.text)
        article.parse()
        return article

    def read(page: Page) -> Answer:
        start = time.process_time()
        try:
            found = parse(page, None)
        except ImportError:  # the tokenizer of the page's language is an optional package
            found = parse(page, "en")
        seconds = time.process_time() - start
        date = str(found.publish_date or "")
        return Answer(found.title or "", tuple(found.authors or ()), date, found.meta_lang or "", seconds)

    return read


def _load_htmldate(_settings: Settings) -> Reader:
    from htmldate import find_date

    def read(page: Page) -> Answer:
        start = time.process_time()
        date = find_date(page.text, url=page.url, original_date=True)
        return Answer(date=date or "", seconds=time.process_time() - start)

    return read


_NAMES = frozenset({"title", "date", "authors"})
METADATA_SYSTEMS: Mapping[str, System] = {
    "cleaner": System("cleaner", "article-cleaner", _load_ours, _NAMES | {"language"}),
    "trafilatura": System("trafilatura", "trafilatura", _load_trafilatura, _NAMES),
    "newspaper": System("newspaper", "newspaper4k", _load_newspaper, _NAMES | {"language"}),
    "htmldate": System("htmldate", "htmldate", _load_htmldate, frozenset({"date"})),
}
"""Every system by the name ``--against`` takes."""
