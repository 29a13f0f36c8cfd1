"""Pages saved by browsers as MHTML, and e-mails: the HTML part, its encoding and its address."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

from cleaner.errors import InputError

__all__ = ["html_part", "is_mhtml"]


def is_mhtml(head: bytes, suffix: str) -> bool:
    """Tell whether bytes are an MHTML file or an e-mail: by the suffix and a header, or by one that browsers write.

    >>> is_mhtml(b"From: <Saved by Blink>", ""), is_mhtml(b"<html>", ".mhtml"), is_mhtml(b"MIME-Version: 1.0", ".mht")
    (True, False, True)
    """
    if head.startswith((b"From: <Saved by", b'From: "Saved by')):
        return True
    return suffix in (".mhtml", ".mht", ".eml") and not head.lstrip().startswith(b"<") and b":" in head[:200]


def html_part(data: bytes, *, where: str) -> tuple[bytes, str | None, str | None, str]:
    """Return the bytes of the page in an MHTML file, its encoding, its URL and the date it was saved ('' if unknown).

    Of an e-mail without an HTML part it is the plain text. Raises InputError ``corrupt_input``.
    """
    kinds: list[tuple[str, ...]] = [("text/html", "application/xhtml+xml")]
    if where.lower().endswith(".eml"):
        kinds.append(("text/plain",))
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        parts = [part for part in message.walk() if isinstance(part, EmailMessage) and not part.is_attachment()]
        parts = [part for kind in kinds for part in parts if part.get_content_type() in kind]
        for part in parts:
            content = part.get_payload(decode=True)
            url = part.get("Content-Location") or message.get("Snapshot-Content-Location")
            if isinstance(content, bytes):
                return content, part.get_content_charset(), str(url) if url else None, str(message.get("Date", ""))
    except (ValueError, LookupError, TypeError, AttributeError, IndexError) as error:  # the parser's own faults
        raise InputError("corrupt_input", f"{where} is a damaged MHTML file ({error}).", where=where) from error
    raise InputError("corrupt_input", f"{where} is an MHTML file without an HTML part.", where=where)
