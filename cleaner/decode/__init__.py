"""RawPage -> Page: bytes to text, with the evidence for the encoding, whether the text is HTML, and feeds as pages.

Left alone here: line ends; mojibake (what somebody decoded wrongly before it came to us is not repaired); control
characters other than NUL; character references such as ``&eacute;``; and the words of a ``<meta charset>``, which may
be wrong about the ``str`` they now stand in.
"""

from __future__ import annotations

from cleaner.decode.content_type import sniff_content_type
from cleaner.decode.detector import detect_encoding
from cleaner.decode.evidence import decode_bytes, decode_str
from cleaner.decode.feeds import read_feed
from cleaner.decode.gzipped import inflate
from cleaner.decode.labels import declared_label, resolve_label
from cleaner.decode.wording import name_page
from cleaner.errors import InputError
from cleaner.page import Page, RawPage
from cleaner.settings import DEFAULTS, Settings

__all__ = ["declared_label", "decode", "detect_encoding", "inflate", "resolve_label", "sniff_content_type"]


def decode(raw: RawPage, settings: Settings = DEFAULTS) -> Page:
    r"""Turn a document into text and say how its encoding was found.

    A ``str`` is taken as is. Bytes are decompressed if they are gzip; then the evidence is, in this order: byte order
    mark, ``RawPage.charset``, the page's own declaration, strict UTF-8, a detector, windows-1252. What is declared is
    passed over when it does not fit the bytes, and also when the bytes are valid UTF-8 beyond ASCII: pages that a
    scraper saved again keep their old declaration (15 of 2,917 train and dev pages do), and text in another encoding is
    hardly ever valid UTF-8 by accident.

    U+0000 is dropped (parsers stop at it) and surrogates of a ``str`` are joined or become U+FFFD, so offsets count in
    ``Page.text``, not in the source. ``Page.replacements`` counts U+FFFD put in here, not those the source has.

    A feed or sitemap becomes the page of what its entries say (``Page.feed``), unless ``content_type`` is ``text``.
    Empty input is a Page with empty text. Raises InputError: ``page_too_large``, ``inflates_too_large``,
    ``truncated_gzip``, ``corrupt_gzip``, ``binary_input``.

    >>> page = decode(RawPage(b"<p>na\xefve", charset="iso-8859-1"))
    >>> page.text, page.content_type, page.encoding, page.encoding_source
    ('<p>naïve', 'html', 'windows-1252', 'http')
    """
    data = raw.data
    if len(data) > settings.max_page_bytes:
        message = (
            f"{name_page(raw.source)} has {len(data):,} {'characters' if isinstance(data, str) else 'bytes'}, more "
            f"than the {settings.max_page_bytes:,} allowed. Split it, or raise max_page_bytes."
        )
        raise InputError("page_too_large", message, where=raw.source)
    if isinstance(data, str):
        found = decode_str(data)
    else:
        if data[:2] == b"\x1f\x8b":
            data = inflate(data, limit=settings.max_inflated_bytes, where=raw.source)
        found = decode_bytes(data, charset=raw.charset or "", where=raw.source)
    text, feed = found.text, None
    if raw.content_type != "text" and (page_of_feed := read_feed(text)) is not None:
        text, feed = page_of_feed
    return Page(
        text=text,
        content_type="html" if feed else sniff_content_type(text, raw.content_type),
        url=raw.url,
        encoding=found.encoding,
        encoding_source=found.evidence,
        replacements=found.replacements,
        source=raw.source,
        fetched_at=raw.fetched_at,
        feed=feed,
    )
