"""Pages saved by browsers as MHTML: the HTML part, its encoding and its address."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

from cleaner.errors import InputError

__all__ = ["html_part", "is_mhtml"]


def is_mhtml(head: bytes, suffix: str) -> bool:
    """Tell whether bytes are an MHTML file: by the suffix and a header, or by a header that browsers write.

    >>> is_mhtml(b"From: <Saved by Blink>", ""), is_mhtml(b"<html>", ".mhtml"), is_mhtml(b"MIME-Version: 1.0", ".mht")
    (True, False, True)
    """
    if head.startswith((b"From: <Saved by", b'From: "Saved by')):
        return True
    return suffix in (".mhtml", ".mht") and not head.lstrip().startswith(b"<") and b":" in head[:200]


def html_part(data: bytes, *, where: str) -> tuple[bytes, str | None, str | None, str]:
    """Return the bytes of the page in an MHTML file, its encoding, its URL and the date it was saved ('' if unknown).

    Raises InputError ``corrupt_input``.
    """
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        for part in message.walk():
            if part.get_content_type() in ("text/html", "application/xhtml+xml"):
                content = part.get_payload(decode=True)
                url = part.get("Content-Location") or message.get("Snapshot-Content-Location")
                if isinstance(content, bytes) and isinstance(part, EmailMessage):
                    return content, part.get_content_charset(), str(url) if url else None, str(message.get("Date", ""))
    except (ValueError, LookupError, TypeError, AttributeError, IndexError) as error:  # the parser's own faults
        raise InputError("corrupt_input", f"{where} is a damaged MHTML file ({error}).", where=where) from error
    raise InputError("corrupt_input", f"{where} is an MHTML file without an HTML part.", where=where)
