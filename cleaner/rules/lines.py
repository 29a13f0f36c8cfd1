"""Where things stand in a TOML file: tomllib tells what is in it, but not in which line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

__all__ = ["Table", "tables_of"]

_HEADER = re.compile(r"\[\[?[ \t]*([^\]\n]*?)[ \t]*\]\]?")
_KEY = re.compile(r"(\"[^\"\n]*\"|'[^'\n]*'|[\w-]+)[^=\n\"']*=")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?!")|' + r"'''.*?'''(?!')|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'", re.DOTALL
)
_COMMENT = re.compile(r"#[^\n]*")


@dataclass
class Table:
    """A table of the file."""

    name: str
    """'' for what stands before the first header."""
    line: int
    """Of its header, from 1; for an inline table, of its brace."""
    keys: dict[str, int] = field(default_factory=dict)
    """Key -> line."""


def tables_of(source: str) -> list[Table]:
    r"""Return the tables of a valid TOML document in order; inline tables in arrays count under the array's key.

    >>> tables_of("[[rule]]\nname = 'a'\ntext = 'b'")[1]
    Table(name='rule', line=1, keys={'name': 2, 'text': 3})
    """
    return _Scanner(source).tables()


class _Scanner:
    def __init__(self, source: str) -> None:
        self.source = source.replace("\r\n", "\n")
        self.place = 0
        self.line = 1
        self.found = [Table("", 0)]
        self.table = self.found[0]
        self.key = ""
        self.brackets: list[str] = []

    def tables(self) -> list[Table]:
        at_start = True
        while self.place < len(self.source):
            sign = self.source[self.place]
            if sign in "\n\r\t ":
                at_start = not self.brackets if sign == "\n" else at_start
                self._pass(1)
            elif sign == "#":
                self._pass_match(_COMMENT)
            elif at_start:
                at_start = False
                self._begin(sign)
            elif sign in "\"'":
                self._pass_match(_STRING)
            else:
                self._bracket(sign)
                self._pass(1)
        return self.found

    def _begin(self, sign: str) -> None:
        """Read a header or a key."""
        header = _HEADER.match(self.source, self.place) if sign == "[" else None
        if header:
            self.table = Table(header[1].strip("\"'"), self.line)
            self.found.append(self.table)
            self._pass(header.end() - self.place)
            return
        key = _KEY.match(self.source, self.place)
        if key:
            self.key = key[1].strip("\"'")
            self.table.keys[self.key] = self.line
        self._pass(key.end() - self.place if key else 1)

    def _bracket(self, sign: str) -> None:
        if sign in "[{":
            if sign == "{" and self.brackets == ["["]:
                self.found.append(Table(self.key, self.line))
            self.brackets.append(sign)
        elif sign in "]}" and self.brackets:
            self.brackets.pop()

    def _pass_match(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.source, self.place)
        self._pass(found.end() - self.place if found else 1)

    def _pass(self, signs: int) -> None:
        self.line += self.source.count("\n", self.place, self.place + signs)
        self.place += signs
