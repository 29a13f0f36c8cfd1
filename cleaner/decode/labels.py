"""Names of encodings: the WHATWG table of labels, and the labels that pages declare in their markup."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from cleaner.decode.tables import read_rows


class Encodings(NamedTuple):
    """The encodings of the web (``tables/encodings.txt``), and UTF-32, which only marks announce."""

    names: dict[str, str]
    """Label -> WHATWG name."""
    codecs: dict[str, tuple[str, ...]]
    """WHATWG name -> Python codecs to try."""


@lru_cache(maxsize=1)
def known_encodings() -> Encodings:
    """Return the table of encodings, read once."""
    names: dict[str, str] = {}
    tried: dict[str, tuple[str, ...]] = {"utf-32le": ("utf_32_le",), "utf-32be": ("utf_32_be",)}
    for name, codec, labels in read_rows("encodings.txt"):
        names.update(dict.fromkeys(labels.split(), name))
        tried[name] = tuple(codec.split(","))
    return Encodings(names, tried)


def resolve_label(label: str) -> str:
    """Return the WHATWG name of an encoding label, '' for a label that names no encoding of the web.

    A whole Content-Type value is understood as well. Labels that only Python knows (``rot13``, ``unicode_escape``)
    name nothing. (w3lib.encoding, which asks Python, knows those, and misses 68 of the 222 labels of the web.)

    >>> [resolve_label(label) for label in ("Latin1", "gb2312", "text/html; charset=SJIS", "rot13")]
    ['windows-1252', 'gb18030', 'shift_jis', '']
    """
    label = label.lower()
    if "charset=" in label:
        label = label.partition("charset=")[2].partition(";")[0]
    label = label.strip(" \t\r\n\f\"'")
    return "utf-8" if label in {"utf-8", "utf8"} else known_encodings().names.get(label, "") if label else ""


_DECLARATION_BYTES = 4096
"""How far declarations are looked for. The WHATWG prescan reads 1,024 bytes, w3lib 4,096."""

_DECLARATION = re.compile(
    rb"""<!--.*?(?:-->|\Z) | <body[\s>] | <\?xml\s([^<>]*) | <meta[\s/]((?:[^<>"']|"[^"]*"|'[^']*')*)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_ATTRIBUTE = re.compile(rb"""(?<![^\s"'/])([a-z_-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
_CONTENT_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([^\s"';,]+)""", re.IGNORECASE)


def declared_label(data: bytes) -> str:
    """Return the encoding label that markup declares in its first 4,096 bytes, as written; '' when there is none.

    Read are ``<meta charset>``, ``<meta http-equiv=content-type content="...; charset=...">`` and the XML declaration.
    Comments are passed over, the search ends at ``<body>``, and a charset in any other ``content`` is just prose.

    >>> declared_label(b"<!-- <meta charset=big5> --><meta http-equiv=Content-Type content='text/html; charset=gbk'>")
    'gbk'
    """
    for found in _DECLARATION.finditer(data, 0, _DECLARATION_BYTES):
        xml, meta = found.groups()
        if xml is None and meta is None:
            if found[0][:5].lower() == b"<body":
                break
            continue
        values = {name.lower(): value.strip(b"\"' \t\r\n") for name, value in _ATTRIBUTE.findall(xml or meta or b"")}
        label: bytes = values.get(b"encoding" if meta is None else b"charset", b"")
        pragma: bytes = values.get(b"http-equiv", values.get(b"httpequiv", b"")).lower()
        if not label and pragma.replace(b" ", b"-") == b"content-type":
            content = _CONTENT_CHARSET.search(values.get(b"content", b""))
            label = content[1] if content else b""
        if label:
            return label.decode("latin-1")
    return ""
