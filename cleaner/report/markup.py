"""Put text of strangers into HTML and scripts so that it is read and never run.

Everything that comes from a page (texts, titles, authors, addresses, file names) goes through one of these functions
on its way into a report; nothing else in this package makes markup of it.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any

from cleaner.records import valid_unicode

__all__ = ["attribute", "label", "language", "link", "link_target", "script_data", "shown", "text"]

_CONTROLS = {code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A, 0x0D)}
_CONTROLS |= {0x7F: 0x2421, **dict.fromkeys(range(0x80, 0xA0), 0xFFFD)}
"""Control characters -> the pictures of Unicode that stand for them; tab and line ends are left alone."""

_ODD = re.compile(f"[{''.join(map(chr, _CONTROLS))}\ud800-\udfff]")

_DIRECTIONS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Embeddings, overrides and isolates of writing direction: a lone one turns round what stands beside it in a line.
The plain marks (U+200E, U+200F, U+061C) reach no further than their own text and are left alone."""

_HTTP = re.compile(r"https?://[^\s\"'<>`\\^{|}]+", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
_IN_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_IN_SCRIPT_SIGNS = re.compile("[<>&\u2028\u2029]")


def text(value: str) -> str:
    r"""Return text for the content of an element or a quoted attribute; the words are left alone.

    Control characters become their pictures, which shows them and keeps a parser from minding them; a lone surrogate
    becomes U+FFFD. Controls of writing direction stay: use it only where an element of its own ends them.

    >>> text('</p><script>alert("1")</script>\x00')
    '&lt;/p&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;␀'
    """
    return html.escape(_without_controls(value))


def _without_controls(value: str) -> str:
    # Looking first takes a tenth of the time of translating, and hardly any text has one.
    return valid_unicode(value).translate(_CONTROLS) if _ODD.search(value) else value


def shown(value: str, *, limit: int = 300) -> str:
    r"""Return text as it can stand in a line beside other words: one line, no controls of writing direction, cut.

    ``limit`` counts characters. Nothing is escaped yet.

    >>> shown("The\n river \u202erose", limit=12)
    'The river r…'
    """
    line = value[: 4 * limit]
    if line.isprintable():
        line = " ".join(line.split())
    else:
        line = _without_controls(" ".join(line.translate(_DIRECTIONS).split()))
    return line if len(line) <= limit and len(value) <= 4 * limit else line[: limit - 1].rstrip() + "…"


def label(value: str, *, limit: int = 300) -> str:
    """Return markup of a short text inside a line of other words, kept apart from their writing direction.

    >>> label("A <b> title")
    '<bdi>A &lt;b&gt; title</bdi>'
    """
    return f"<bdi>{html.escape(shown(value, limit=limit))}</bdi>"


def attribute(value: str, *, limit: int = 300) -> str:
    """Return text for an attribute between double quotes, on one line."""
    return html.escape(shown(value, limit=limit))


def link_target(url: str) -> str:
    """Return the URL if it is an absolute http or https address without odd characters, else ''.

    >>> link_target("HTTPS://example.org/a?b=1"), link_target("javascript:alert(1)"), link_target("http://a b")
    ('HTTPS://example.org/a?b=1', '', '')
    """
    return url if len(url) <= 2000 and url.isprintable() and _HTTP.fullmatch(url) else ""


def link(url: str) -> str:
    """Return a link that tells its target nothing about where it was followed; plain text for other schemes.

    >>> link("https://example.org/")
    '<a href="https://example.org/" rel="noopener noreferrer nofollow"><bdi>https://example.org/</bdi></a>'
    >>> link("data:text/html,x")
    '<bdi>data:text/html,x</bdi>'
    """
    target = link_target(url)
    if not target:
        return label(url)
    return f'<a href="{html.escape(target)}" rel="noopener noreferrer nofollow">{label(url)}</a>'


def language(tag: str) -> str:
    """Return a ``lang`` attribute with a blank before it; '' for what is no language tag.

    >>> language("pt-BR"), language('en" onclick="'), language("und")
    (' lang="pt-BR"', '', '')
    """
    return f' lang="{tag}"' if tag != "und" and _LANGUAGE.fullmatch(tag) else ""


def script_data(value: Any) -> str:
    r"""Return plain data as JSON that can stand inside a script, a script file or a script element.

    No tag, comment or entity can begin in it, and no line end of JavaScript stands in it. Objects are not meant to
    have names that come from pages (``__proto__`` is special in a script): use lists.

    >>> script_data(["</script><!--", "\u2028"])
    '["\\u003c/script\\u003e\\u003c!--","\\u2028"]'
    """
    spelled = valid_unicode(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    return _IN_SCRIPT_SIGNS.sub(lambda found: _IN_SCRIPT[found.group()], spelled)
