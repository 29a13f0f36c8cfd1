"""One page from the web: within limits of size, time and redirects, and under a plain name."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from email.message import Message
from http.client import HTTPException
from typing import IO, Any

from cleaner.errors import InputError, RunError
from cleaner.page import RawPage
from cleaner.readers.names import is_url
from cleaner.readers.reading import Reading

__all__ = ["fetch"]

_SILENCE_SECONDS = 20.0
"""How long a server may say nothing."""

_TOTAL_SECONDS = 60.0
"""How long the whole page may take, so that a server that sends a byte now and then does not hold us."""

_MAX_REDIRECTS = 5
"""Browsers follow 20; a page that needs more than five is a trap or asks for cookies."""

_USER_AGENT = "article-cleaner"
_STEP_BYTES = 64 * 1024


class _Redirects(urllib.request.HTTPRedirectHandler):
    max_redirections = _MAX_REDIRECTS
    max_repeats = _MAX_REDIRECTS

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """Follow to pages of the web only, never to a file."""
        if not is_url(newurl):
            raise urllib.error.URLError(f"it redirects to {newurl}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(url: str, reading: Reading) -> RawPage:
    """Fetch a page; the address it was found at after redirects and the header's encoding come with it.

    Raises InputError (``page_too_large``, ``not_found`` for 404 and 410) or RunError ``fetch_failed``.
    """
    opener = urllib.request.build_opener(_Redirects)
    opener.addheaders = [("User-Agent", _USER_AGENT), ("Accept", "text/html, text/plain;q=0.9, */*;q=0.1")]
    until = time.monotonic() + _TOTAL_SECONDS
    try:
        with opener.open(url, timeout=_SILENCE_SECONDS) as answer:
            data = _read_all(answer, url, reading.limit_bytes, until)
            headers: Message = answer.headers
            charset = reading.charset or headers.get_content_charset()
            return RawPage(
                data, reading.url or answer.geturl(), content_type=reading.content_type, charset=charset, source=url
            )
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in (404, 410):
            raise InputError("not_found", f"There is no page at {url} ({error.code}).", where=url) from error
        raise RunError("fetch_failed", f"{url} answers {error.code} {error.reason}.", where=url) from error
    except (OSError, HTTPException, ValueError) as error:
        why = getattr(error, "reason", None) or error
        why = getattr(why, "strerror", None) or why
        raise RunError("fetch_failed", f"{url} cannot be fetched: {why}.", where=url) from error


def _read_all(answer: Any, url: str, limit: int, until: float) -> bytes:
    pieces, size = [], 0
    while piece := answer.read1(_STEP_BYTES):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise InputError("page_too_large", f"{url} is larger than {limit:,} bytes.", where=url)
        if time.monotonic() > until:
            message = f"{url} was not complete after {_TOTAL_SECONDS:.0f} s; {size:,} bytes had come."
            raise RunError("fetch_failed", message, where=url)
    missing = answer.length or 0
    if missing:
        raise RunError("fetch_failed", f"{url} ended {missing:,} bytes before its end.", where=url)
    return b"".join(pieces)
