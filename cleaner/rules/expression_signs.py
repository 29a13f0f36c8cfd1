r"""A regular expression as people write it -> the same for RE2, on marked or unmarked lines.

What changes: ``\w``, ``\d`` and ``\s`` mean the letters, digits and blanks of Unicode; ``.`` and negated classes match
no mark; ``^`` and ``$`` are the ends of the paragraph; ``\b`` is a mark. What RE2 has not (looking ahead and behind,
references) is refused here in words that say what to do instead.
"""

from __future__ import annotations

import re
from typing import NoReturn

__all__ = ["asks_for_borders", "rewrite"]

_CLASSES = {"w": r"\p{L}\p{N}_", "d": r"\p{Nd}", "s": r"\s\x0b\p{Z}"}
_NO_WORD = r"\p{M}\p{S}\p{Z}\p{C}\p{Pd}\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Po}\x{203F}\x{2040}\x{2054}\x{FE33}\x{FE34}\x{FF3F}"
r"""All but letters, digits and ``_``: RE2 cannot take one class away from another."""
_CONTROLS = {"n": r"\x0b", "t": r"\t", "r": r"\r", "f": r"\f", "v": r"\x0b", "a": r"\a", "0": r"\x00"}
"""Line ends within a paragraph stand as ``\\v`` in the lines that are searched."""
_BORDER = re.compile(r"(?<!\\)(?:\\\\)*\\b")
_COUNT = re.compile(r"\{(?:(\d+)(,?)(\d*)|,(\d+))\}")
_HEX = re.compile(r"x\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})")
_PROPERTY = re.compile(r"([pP])(?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))")
_POSIX = re.compile(r"\[:(\^?)([a-z]+):\]")
_PLAIN_GROUP = re.compile(r"\(\?:|\(\?P?<[A-Za-z_]\w*>|\((?!\?)")
_FLAGS = re.compile(r"\(\?([a-zA-Z]*)(?:-([a-zA-Z]+))?([:)])")
_COMMENT = re.compile(r"\(\?#[^)]*\)")
_TWO_RULES = "which can take for ever; use two rules instead, the second making an exception to the first"
_REFUSED = {
    "(?=": f"looks ahead with (?=, {_TWO_RULES}",
    "(?!": f"looks ahead with (?!, {_TWO_RULES}",
    "(?<=": f"looks behind with (?<=, {_TWO_RULES}",
    "(?<!": f"looks behind with (?<!, {_TWO_RULES}",
    "(?>": "has an atomic group (?>, which is not needed: rules never backtrack; write (?:",
    "(?(": "has a condition (?(, which rules do not know; use two rules instead",
    "(?P=": "refers back to a group with (?P=, which rules cannot do",
}


def rewrite(source: str, *, mark: str) -> str:
    r"""Return the expression for RE2.

    With a mark it is for lines in which the borders of words are marked; without one (``''``) it is for lines as they
    are, and takes every place for a border.

    Raises ValueError with a sentence for what RE2 cannot do, and for brackets without a partner.

    >>> rewrite(r"^\d+ comments?", mark="")
    '^[\\p{Nd}]+ comments?'
    """
    return _Writer(source, mark).written()


def asks_for_borders(source: str) -> bool:
    r"""Tell whether an expression has a ``\b``."""
    return _BORDER.search(source) is not None


class _Writer:
    """Goes through an expression from left to right."""

    def __init__(self, source: str, mark: str) -> None:
        self.source = source
        self.mark = mark
        self.place = 0
        self.out: list[str] = []
        self.opened: list[int] = []

    def written(self) -> str:
        while self.place < len(self.source):
            self._sign(self.source[self.place])
        if self.opened:
            self.place = self.opened[-1]
            self._fail("opens a ( that is never closed")
        return "".join(self.out)

    def _fail(self, what: str) -> NoReturn:
        raise ValueError(f"The expression {what} (character {self.place + 1}).")

    def _sign(self, sign: str) -> None:
        if sign == "\\":
            self._escape()
        elif sign == "[":
            self._class()
        elif sign == "(":
            self._group()
        elif sign in "*+?{":
            self._quantifier(sign)
        else:
            if sign == ")":
                if not self.opened:
                    self._fail("closes a ) that was never opened")
                self.opened.pop()
                self.out.append(")")
            elif sign in "^|":
                self.out.append(sign)
            elif sign == "$":
                self._end()
            elif sign == ".":
                self._atom(rf"[^\n{self.mark}]")
            else:
                self._atom(r"\x0b" if sign == "\n" else sign)
            self.place += 1

    def _atom(self, written: str) -> None:
        """Write what matches one sign; marks in front of it are passed over."""
        self.out.append(f"(?:{self.mark}*{written})" if self.mark else written)

    def _end(self) -> None:
        self.out.append(f"{self.mark}*$" if self.mark else "$")

    # -- groups and counts -------------------------------------------------------------------------------------

    def _group(self) -> None:
        for sign, complaint in _REFUSED.items():
            if self.source.startswith(sign, self.place):
                self._fail(complaint)
        comment = _COMMENT.match(self.source, self.place)
        if comment:
            self.place = comment.end()
            return
        plain = _PLAIN_GROUP.match(self.source, self.place)
        flags = _FLAGS.match(self.source, self.place)
        if plain:
            self.out.append("(?:")
        elif flags and not {*flags[1], *(flags[2] or "")} - set("imsu"):
            # Of a paragraph, every line is the line; that leaves whether case counts.
            written = ("i" if "i" in flags[1] else "") + ("-i" if "i" in (flags[2] or "") else "")
            self.out.append(f"(?{written}{flags[3]}" if written or flags[3] == ":" else "")
        else:
            self._fail("has a group with (? that means nothing here; known are (?: and (?i)")
        if plain or (flags and flags[3] == ":"):
            self.opened.append(self.place)
        self.place = (plain or flags).end()  # type: ignore[union-attr]  # one of them matched

    def _quantifier(self, sign: str) -> None:
        written = sign
        if sign == "{":
            count = _COUNT.match(self.source, self.place)
            if count is None:
                self._atom(r"\{")
                self.place += 1
                return
            written = f"{{0,{count[4]}}}" if count[4] else count.group()
            self.place = count.end()
        else:
            self.place += 1
        if self.source.startswith("+", self.place):
            self._fail(f"has {written}+, which is not needed: rules never backtrack; leave out the second sign")
        self.out.append(written)

    # -- escapes -----------------------------------------------------------------------------------------------

    def _escape(self) -> None:
        sign = self.source[self.place + 1 : self.place + 2]
        if sign == "b":
            self.out.append(self.mark or "(?:)")
        elif sign == "A":
            self.out.append("^")
        elif sign and sign in "Zz":
            self._end()
        elif sign and sign in "wds":
            self._atom(f"[{_CLASSES[sign]}]")
        elif sign and sign in "WDS":
            self._atom(f"[^{_CLASSES[sign.lower()]}{self.mark}]")
        elif sign and sign in "pP":
            positive, inside = self._property()
            self._atom(inside if positive else f"[^{inside}{self.mark}]")
            return
        else:
            self._atom(self._literal())
            return
        self.place += 2

    def _property(self) -> tuple[bool, str]:
        r"""Read ``\p{L}``; returns whether it is positive, and it without a negation."""
        found = _PROPERTY.match(self.source, self.place + 1)
        if found is None:
            self._fail(r"has a \p without the name of a class, as in \p{L} for letters")
        self.place = found.end()
        return (found[1] == "p") != bool(found[2]), rf"\p{{{found[3] or found[4]}}}"

    def _literal(self) -> str:
        """Read an escape that stands for one sign."""
        sign = self.source[self.place + 1 : self.place + 2]
        if not sign:
            self._fail("ends with a backslash")
        hexadecimal = _HEX.match(self.source, self.place + 1)
        if hexadecimal:
            self.place = hexadecimal.end()
            return rf"\x{{{next(digits for digits in hexadecimal.groups() if digits)}}}"
        if sign in "123456789gk":
            self._fail(rf"refers back to a group with \{sign}, which rules cannot do")
        written = _CONTROLS.get(sign)
        if written is None:
            if sign.isascii() and sign.isalnum():
                self._fail(rf"has \{sign}, which rules do not know")
            written = sign if sign == " " or not sign.isascii() else f"\\{sign}"
        self.place += 2
        return written

    # -- classes -----------------------------------------------------------------------------------------------

    def _class(self) -> None:
        begin = self.place
        self.place += 1
        is_negated = self.source.startswith("^", self.place)
        self.place += is_negated
        reader = _ClassReader(self)
        while not (self.source.startswith("]", self.place) and reader.has_items):
            if self.place >= len(self.source):
                self.place = begin
                self._fail("opens a [ that is never closed")
            reader.item(self.source[self.place])
        self.place += 1
        self._atom(reader.negated(self.mark) if is_negated else reader.plain(self.mark))

    def class_escape(self) -> tuple[str, str, str]:
        r"""Read an escape inside [ ]: (one sign, class, class that is negated), two of them ''."""
        sign = self.source[self.place + 1 : self.place + 2]
        if sign and sign in "wdsWDS":
            self.place += 2
            inside = _CLASSES[sign.lower()]
            return ("", inside, "") if sign.islower() else ("", "", inside)
        if sign and sign in "pP":
            positive, inside = self._property()
            return ("", inside, "") if positive else ("", "", inside)
        if sign == "b":
            self.place += 2
            return r"\x08", "", ""
        return self._literal(), "", ""


class _ClassReader:
    """The items between [ and ]."""

    def __init__(self, writer: _Writer) -> None:
        self.writer = writer
        self.signs: list[str] = []
        """Literals and ranges."""
        self.classes: list[str] = []
        self.without: list[str] = []
        """Classes of which everything else is meant."""
        self.can_begin_range = False

    @property
    def has_items(self) -> bool:
        return bool(self.signs or self.classes or self.without)

    def item(self, sign: str) -> None:
        """Read the item that begins with this sign."""
        writer = self.writer
        posix = _POSIX.match(writer.source, writer.place)
        if posix:
            (self.without if posix[1] else self.classes).append(f"[:{posix[2]}:]")
            writer.place = posix.end()
            self.can_begin_range = False
        elif sign == "-" and self.can_begin_range and self._ends_range():
            self.signs.append("-")
            writer.place += 1
            self._one(writer.source[writer.place])
            self.can_begin_range = False
        else:
            self._one(sign)

    def _ends_range(self) -> bool:
        following = self.writer.source[self.writer.place + 1 : self.writer.place + 3]
        return bool(following) and following[0] != "]" and following not in _CLASS_ESCAPES

    def _one(self, sign: str) -> None:
        writer = self.writer
        if sign == "\\":
            literal, positive, negative = writer.class_escape()
            self.signs += [literal] if literal else []
            self.classes += [positive] if positive else []
            self.without += [negative] if negative else []
            self.can_begin_range = bool(literal)
            return
        self.signs.append(r"\x0b" if sign == "\n" else f"\\{sign}" if sign in "[]^-" else sign)
        self.can_begin_range = True
        writer.place += 1

    def plain(self, mark: str) -> str:
        parts = [f"[{''.join(self.signs + self.classes)}]"] if self.signs or self.classes else []
        parts += [f"[^{inside}{mark}]" for inside in self.without]
        return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"

    def negated(self, mark: str) -> str:
        others = [_NO_WORD if inside == _CLASSES["w"] else _negative(inside) for inside in self.without]
        return f"[^{''.join(self.signs + self.classes + others)}{mark}]"


_CLASS_ESCAPES = frozenset(f"\\{sign}" for sign in "wdsWDSpP")


def _negative(inside: str) -> str:
    if inside == _CLASSES["s"]:
        return r"\S"
    return inside.replace("[:", "[:^") if inside.startswith("[:") else inside.replace(r"\p", r"\P")
