"""The systems that can be measured: this cleaner and its peers, each as one function from page to text.

Every peer is called the way its manual shows for plain article text, in its own defaults but for what is said below,
and imported on first use. Checked against published figures of the article-extraction-benchmark: trafilatura 2.3.1
.942/.978/.960, readability-lxml 0.9 .937/.969/.953, resiliparse 2.0.1 .860/.981/.916, turbohtml 1.15.4 .889/.872/.880,
boilerpy3 1.0.7 .850/.870/.860, justext 3.0.2 .866/.729/.792.

Peers know HTML only. Given plain text, they get each of its lines as a ``<p>`` of a bare page; ``untouched`` and
``cleaner`` get the text itself.
"""

from __future__ import annotations

import dataclasses
import html
import importlib.util
import logging
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import TypeAlias

from cleaner.errors import SetupError
from cleaner.page import ContentType
from cleaner.settings import DEFAULTS, Settings

__all__ = [
    "OURS",
    "OURS_WITH_METADATA",
    "PEERS",
    "Cleaned",
    "Peer",
    "PeerEntry",
    "available_peers",
    "load_peer",
    "peer_version",
]

Peer: TypeAlias = Callable[[bytes | str, str | None, ContentType], str]
"""``(source, url, content_type) -> article text``, '' when the system finds no article. May raise anything."""

OURS = "cleaner"
OURS_WITH_METADATA = "cleaner-metadata"
"""This cleaner asked for all it gives by default: text, metadata and language."""


class Cleaned(str):
    """The text this cleaner returned, which knows what it said of the page; no peer says such a thing."""

    status: str = ""
    """``ok``, ``low_confidence``, ``not_article`` or ``empty``."""


@dataclass(frozen=True, slots=True)
class PeerEntry:
    """What has to be known of a system before it is imported."""

    distribution: str
    """Name on PyPI; '' for what needs nothing."""
    modules: tuple[str, ...]
    """Top-level modules that must be importable."""
    install: str
    """What to give to ``pip install`` when they are not."""
    note: str
    """How it is run, where that is not simply its default."""
    load: Callable[[], Peer]
    """Imports the modules and returns the function."""
    reads_metadata: bool = False
    """Whether it is asked for metadata beside the text, which takes time and leaves the text as it is."""


def available_peers() -> tuple[str, ...]:
    """Return the names of all systems whose packages are installed, ours first; imports none of them."""
    return tuple(name for name, entry in PEERS.items() if not _missing(entry))


def load_peer(name: str, *, settings: Settings = DEFAULTS) -> Peer:
    """Import a system and return its function. ``settings`` are for this cleaner and touch no other.

    Metadata, language and reasons are switched off whatever the settings say: a peer is asked for text alone, and the
    time is to be compared. Only ``cleaner-metadata`` and ``trafilatura-metadata`` read metadata, too. The peers'
    loggers are silenced, because they report every odd page.

    Raises SetupError: ``unknown_peer`` for a name that is not in PEERS, ``missing_extra`` when its package is not
    installed.
    """
    entry = PEERS.get(name)
    if entry is None:
        raise SetupError("unknown_peer", f"There is no system '{name}'. Known are: {', '.join(PEERS)}.", where=name)
    missing = _missing(entry)
    if missing:
        raise SetupError(
            "missing_extra",
            f"The system '{name}' needs {', '.join(missing)}, which is not installed. Run: pip install {entry.install}",
            where=name,
        )
    if name in {OURS, OURS_WITH_METADATA}:
        return _load_cleaner(settings, metadata=entry.reads_metadata)
    for module in entry.modules:
        logging.getLogger(module).setLevel(logging.CRITICAL)
    with warnings.catch_warnings():  # newspaper warns at import of optional parts that play no role here
        warnings.simplefilter("ignore")
        return entry.load()


def peer_version(name: str) -> str:
    """Return the installed version of a system's package, '' when it has none or is not installed."""
    distribution = PEERS[name].distribution
    try:
        return metadata.version(distribution) if distribution else ""
    except metadata.PackageNotFoundError:
        return ""


def _missing(entry: PeerEntry) -> list[str]:
    return [module for module in entry.modules if importlib.util.find_spec(module) is None]


def _load_cleaner(settings: Settings = DEFAULTS, *, metadata: bool = False) -> Peer:
    from cleaner.pipeline import clean

    wanted = dataclasses.replace(settings, metadata=metadata, detect_language=metadata, reasons=False)

    def run(source: bytes | str, url: str | None, content_type: ContentType) -> str:
        article = clean(source, url=url, content_type=content_type, settings=wanted)
        text = Cleaned(article.text)
        text.status = article.status
        return text

    return run


def _load_untouched() -> Peer:
    def run(source: bytes | str, _url: str | None, _content_type: ContentType) -> str:
        return _decoded(source)

    return run


def _load_trafilatura(*, fast: bool = False, precision: bool = False) -> Peer:
    from trafilatura import extract

    # Readers' comments are in the default output, but are not the article; published figures leave them out too.
    def run(page: bytes | str, url: str | None) -> str | None:
        return extract(page, url=url, include_comments=False, fast=fast, favor_precision=precision)

    return _from_source(run)


def _load_trafilatura_with_metadata() -> Peer:
    from trafilatura import bare_extraction

    # As text, extract(with_metadata=True) prints the metadata above the article; this returns the same apart.
    def run(page: bytes | str, url: str | None) -> str | None:
        document = bare_extraction(page, url=url, include_comments=False, with_metadata=True)
        return None if document is None else str(document.text or "")  # type: ignore[union-attr]

    return _from_source(run)


def _load_justext() -> Peer:
    import justext

    stop_words = justext.get_stoplist("English")

    def run(page: bytes | str, _url: str | None) -> str:
        return "\n\n".join(part.text for part in justext.justext(page, stop_words) if not part.is_boilerplate)

    return _from_source(run)


def _load_readability() -> Peer:
    from html_text import extract_text
    from readability import Document

    # summary() is markup; html-text prints it, without which paragraphs would run into each other.
    return _from_html(lambda page, _url: extract_text(Document(page).summary()))


def _load_newspaper() -> Peer:
    from newspaper import Article

    def parse(page: str, url: str, language: str | None) -> str:
        options = {"language": language} if language else {}
        article = Article(url, fetch_images=False, **options)  # without this it asks the network for every picture
        article.download(input_html=page)
        article.parse()
        return str(article.text)

    def run(page: str, url: str | None) -> str:
        address = url or "http://localhost/"
        try:
            return parse(page, address, None)
        except ImportError:  # the tokenizer of the page's language is an optional package
            return parse(page, address, "en")

    return _from_html(run)


def _load_resiliparse() -> Peer:
    from resiliparse.extract.html2text import extract_plain_text

    # Alternative texts of pictures are in by default and cost it .018 F1 on the benchmark.
    return _from_html(lambda page, _url: extract_plain_text(page, main_content=True, alt_texts=False))


def _load_turbohtml() -> Peer:
    from turbohtml import parse

    return _from_html(lambda page, _url: parse(page).article().text or "")


def _load_boilerpy3() -> Peer:
    from boilerpy3.extractors import ArticleExtractor

    extractor = ArticleExtractor()
    return _from_html(lambda page, _url: extractor.get_content(page))


def _load_html_text() -> Peer:
    from html_text import extract_text

    return _from_html(lambda page, _url: extract_text(page))


def _from_html(run: Callable[[str, str | None], str | None]) -> Peer:
    """Make a peer of a function that reads HTML as str and cannot decode it."""
    return _from_source(lambda page, url: run(_decoded(page), url))


def _from_source(run: Callable[[bytes | str, str | None], str | None]) -> Peer:
    """Make a peer of a function that reads HTML as it came."""

    def peer(source: bytes | str, url: str | None, content_type: ContentType) -> str:
        page = _as_markup(_decoded(source)) if content_type == "text" else source
        return run(page, url) or ""

    return peer


def _as_markup(text: str) -> str:
    lines = (f"<p>{html.escape(line, quote=False)}</p>" for line in text.splitlines() if line.strip())
    return "<html><head><title></title></head><body>\n" + "\n".join(lines) + "\n</body></html>"


def _decoded(source: bytes | str) -> str:
    """Decode for systems that cannot: UTF-8 if it is that, else what the page declares."""
    if isinstance(source, str):
        return source
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError:
        from w3lib.encoding import html_to_unicode

        return str(html_to_unicode(None, source)[1])


PEERS: Mapping[str, PeerEntry] = {
    OURS: PeerEntry("article-cleaner", (), "article-cleaner", "", _load_cleaner),
    "trafilatura": PeerEntry("trafilatura", ("trafilatura",), "trafilatura", "no comments", _load_trafilatura),
    "trafilatura-fast": PeerEntry(
        "trafilatura", ("trafilatura",), "trafilatura", "fast=True", lambda: _load_trafilatura(fast=True)
    ),
    "trafilatura-precision": PeerEntry(
        "trafilatura",
        ("trafilatura",),
        "trafilatura",
        "favor_precision=True",
        lambda: _load_trafilatura(precision=True),
    ),
    "justext": PeerEntry("justext", ("justext",), "justext", "English stop words", _load_justext),
    "readability": PeerEntry(
        "readability-lxml",
        ("readability", "html_text"),
        "'article-cleaner[eval]'",
        "summary printed by html-text",
        _load_readability,
    ),
    "newspaper": PeerEntry(
        "newspaper4k", ("newspaper",), "'article-cleaner[eval]'", "no network; language detected", _load_newspaper
    ),
    "resiliparse": PeerEntry(
        "resiliparse",
        ("resiliparse",),
        "'article-cleaner[eval]'",
        "main_content=True, alt_texts=False",
        _load_resiliparse,
    ),
    "turbohtml": PeerEntry("turbohtml", ("turbohtml",), "turbohtml", "article().text", _load_turbohtml),
    "boilerpy3": PeerEntry("boilerpy3", ("boilerpy3",), "'article-cleaner[eval]'", "ArticleExtractor", _load_boilerpy3),
    "html-text": PeerEntry("html-text", ("html_text",), "'article-cleaner[eval]'", "the whole page", _load_html_text),
    OURS_WITH_METADATA: PeerEntry(
        "article-cleaner", (), "article-cleaner", "metadata and language, too", _load_cleaner, reads_metadata=True
    ),
    "trafilatura-metadata": PeerEntry(
        "trafilatura",
        ("trafilatura",),
        "trafilatura",
        "no comments, with_metadata=True",
        _load_trafilatura_with_metadata,
        reads_metadata=True,
    ),
    "untouched": PeerEntry("", (), "", "the input as it came", _load_untouched),
}
"""Every system by the name ``--against`` takes."""
