"""XPath 1.0 text -> tokens."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Token", "tokens_of"]

_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<literal>\"[^\"]*\"|'[^']*')|(?P<number>\d+(?:\.\d*)?|\.\d+)"
    r"|(?P<sign>::|//|\.\.|!=|<=|>=|[()\[\]/.@,|+*=<>-])|(?P<name>[^\W\d][\w.-]*)"
)
_OPERATOR_NAMES = frozenset({"and", "or", "mod", "div"})
_BEFORE_AN_OPERAND = frozenset({"@", "::", "(", "[", ",", "/", "//", "|", "+", "-", "=", "!=", "<", "<=", ">", ">="})


class Token(NamedTuple):
    """One sign, name or literal of an expression."""

    sort: str
    """``literal``, ``number``, ``sign``, ``name``, ``operator`` (a name or ``*`` between two operands) or ``end``."""
    text: str
    start: int

    def is_sign(self, *texts: str) -> bool:
        """Tell whether this is one of these signs or operators (never a literal or name of the same letters)."""
        return self.sort in ("sign", "operator") and self.text in texts


def tokens_of(source: str) -> list[Token]:
    """Split an expression; the last token is the empty one of sort ``end``. Raises ValueError for signs of no use.

    >>> [token.text for token in tokens_of("//p[. = 'a b']")]
    ['//', 'p', '[', '.', '=', "'a b'", ']', '']
    """
    tokens: list[Token] = []
    place = 0
    while place < len(source):
        found = _TOKEN.match(source, place)
        if found is None:
            raise ValueError(_complaint(source[place], place))
        sort, text = str(found.lastgroup), found.group()
        if sort != "space":
            if (text == "*" or text in _OPERATOR_NAMES) and tokens and not _wants_operand(tokens[-1]):
                sort = "operator"
            tokens.append(Token(sort, text, place))
        place = found.end()
    return [*tokens, Token("end", "", len(source))]


def _wants_operand(token: Token) -> bool:
    return token.sort == "operator" or (token.sort == "sign" and token.text in _BEFORE_AN_OPERAND)


def _complaint(sign: str, place: int) -> str:
    if sign in "\"'":
        return f"The XPath has a quotation mark without its partner at character {place + 1}."
    if sign == "$":
        return f"The XPath has a variable at character {place + 1}, but there is nobody to give it a value."
    if sign == ":":
        return f"The XPath has a single colon at character {place + 1}. Element names of HTML have no prefix."
    return f"The XPath has {sign!r} at character {place + 1}, which means nothing there."
