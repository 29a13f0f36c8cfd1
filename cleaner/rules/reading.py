"""A file of rules -> Rules, or everything that is wrong with it, line by line."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

from cleaner.errors import SetupError
from cleaner.page import KINDS
from cleaner.rules.domains import pattern_of
from cleaner.rules.lines import Table, tables_of
from cleaner.rules.rule import Rule, Rules, unknown_kind
from cleaner.spelling import did_you_mean

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover - exercised on 3.10 only
    import tomli as tomllib

__all__ = ["Fault", "examine_rules", "read_rules"]

_KEYS = ("name", "domains", "text", "css", "xpath", "drop", "keep", "label")
_KEY_WORDS = {
    "class": "css", "contains": "text", "delete": "drop", "domain": "domains", "exclude": "drop", "host": "domains",
    "hosts": "domains", "id": "css", "ignore": "drop", "include": "keep", "kind": "label", "match": "text",
    "matches": "text", "path": "xpath", "pattern": "text", "regex": "text", "regexp": "text", "remove": "drop",
    "selector": "css", "site": "domains", "sites": "domains", "title": "name", "type": "label", "url": "domains",
}  # fmt: skip
"""What people call keys by other names, for hints."""
_UNQUOTED = re.compile(r"\s*(?:name|domains|text|css|xpath|label)\s*=\s*[^\s\"'\[]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_QUOTES = "Write it between single quotes ('...'), where a backslash is a backslash."
_MOST_BYTES = 10_000_000


class Fault(NamedTuple):
    """Something wrong with a file of rules."""

    line: int
    """From 1; 0 when it is about the whole file."""
    message: str
    """One sentence or more, without the place."""


def read_rules(path: str | Path) -> Rules:
    """Read a file of rules.

    Raises SetupError: ``bad_rules`` with file, line and what to do about the first fault, and how many more there are;
    ``missing_extra`` when a rule needs a package that is not installed.
    """
    rules, faults = examine_rules(path)
    if faults:
        first, many = faults[0], len(faults) - 1
        place = f"{path} line {first.line}" if first.line else str(path)
        more = f" There {'is 1 more fault' if many == 1 else f'are {many} more faults'} in it." if many else ""
        see = f" All of them: cleaner rules check {path}" if many else ""
        raise SetupError("bad_rules", f"{place}: {first.message}{more}{see}", where=str(path))
    return Rules(rules)


def examine_rules(path: str | Path) -> tuple[tuple[Rule, ...], tuple[Fault, ...]]:
    """Return the good rules of a file, and its faults in the order of lines. Raises SetupError like read_rules."""
    path = Path(path)
    try:
        size = path.stat().st_size
        if size > _MOST_BYTES:
            raise SetupError("bad_rules", f"{path} has {size:,} bytes; that is no file of rules.", where=str(path))
        source = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SetupError("bad_rules", f"The file of rules {path} cannot be read: {reason}.", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise SetupError("bad_rules", f"The file of rules {path} is not UTF-8.", where=str(path)) from error
    try:
        values = tomllib.loads(source)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return (), (_toml_fault(error, source),)
    examiner = _Examiner(path.name, tables_of(source))
    return examiner.rules(values), tuple(sorted(examiner.faults))


def _toml_fault(error: Exception, source: str) -> Fault:
    found = re.search(r"\(at line (\d+), column \d+\)", str(error))
    line = int(found[1]) if found else source.count("\n") + 1
    complaint = re.sub(r" ?\(at [^)]*\)", "", str(error)).rstrip(".")
    lines = source.splitlines()
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\\" in text and '"' in text:
        return Fault(line, f"A backslash between double quotes begins an escape of TOML, and this is none. {_QUOTES}")
    hint = " Is it twice in one rule?" if "overwrite" in complaint else ""
    hint = " Texts stand between quotes." if _UNQUOTED.match(text) else hint
    return Fault(line, f"This is not TOML: {complaint}.{hint}")


class _Examiner:
    """Makes rules of the tables of a file, and collects what is wrong with them."""

    def __init__(self, file: str, tables: list[Table]) -> None:
        self.file = file
        self.top = tables[0]
        self.tables = tables
        self.faults: list[Fault] = []

    def fault(self, line: int, message: str) -> None:
        self.faults.append(Fault(line, message))

    def rules(self, values: dict[str, Any]) -> tuple[Rule, ...]:
        for key in values:
            if key != "rule":
                self._unknown_table(key, values)
        entries = values.get("rule", [])
        tables = [table for table in self.tables if table.name == "rule"]
        if isinstance(entries, dict):
            self.fault(self._line_of("rule"), "A rule begins with [[rule]], in two brackets.")
            return ()
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            self.fault(self._line_of("rule"), "A rule begins with a line [[rule]], and its keys stand below.")
            return ()
        if not entries and not self.faults:
            self.fault(0, "There is no rule in this file. A rule begins with a line [[rule]].")
        made = [
            self._rule(entry, tables[number] if number < len(tables) else self.top)
            for number, entry in enumerate(entries)
        ]
        return tuple(rule for rule in made if rule is not None)

    def _line_of(self, name: str) -> int:
        lines = [table.line for table in self.tables[1:] if table.name.split(".")[0].strip() == name]
        return self.top.keys.get(name) or (lines[0] if lines else 0)

    def _unknown_table(self, key: str, values: dict[str, Any]) -> None:
        line = self._line_of(key)
        if key in self.top.keys and key in (*_KEYS, *_KEY_WORDS) and not isinstance(values[key], dict):
            self.fault(line, f"'{key}' stands outside of a rule. Put a line [[rule]] above it.")
        elif key.lower().startswith("rule"):
            self.fault(line, f"There is no '{key}' in a file of rules. Did you mean [[rule]]?")
        else:
            self.fault(line, f"There is no '{key}' in a file of rules, only [[rule]].")

    def _rule(self, entry: dict[str, Any], table: Table) -> Rule | None:
        before = len(self.faults)

        def fault(key: str, message: str) -> None:
            self.fault(table.keys.get(key, table.line), message)

        for key in entry:
            if key not in _KEYS:
                hint = did_you_mean(key, _KEYS, others=_KEY_WORDS) or f" Known are: {', '.join(_KEYS)}."
                fault(key, f"A rule has no '{key}'.{hint}")
        for key in _KEYS:
            if key in entry:
                complaint = _complaint(key, entry[key])
                if complaint:
                    fault(key, complaint)
        if len(self.faults) > before:
            return None
        known = {**entry, "domains": _as_list(entry.get("domains", ()))}
        rule = Rule(**known, file=self.file, line=table.line)
        for key, message in rule.complaints():
            fault(key, message)
        return rule if len(self.faults) == before else None


def _as_list(value: object) -> tuple[Any, ...]:
    return (value,) if isinstance(value, str) else tuple(value)  # type: ignore[arg-type]  # checked before


def _complaint(key: str, value: object) -> str:
    """Return what is wrong with a value as it stands in the file; ''."""
    if key in ("drop", "keep"):
        other = "leave the line out" if value is False else f"write {key} = true"
        return "" if value is True else f"{key} can only be true; {other}."
    if key == "domains":
        return _domains_complaint(value)
    if not isinstance(value, str):
        how = " Join several with |, as in 'this|that'." if key == "text" and isinstance(value, list) else ""
        how = " Join several with a comma." if key == "css" and isinstance(value, list) else how
        return f"{key} must be a text between quotes.{how}"
    if not value.strip():
        return f"{key} is empty. Leave the line out, or write something."
    if key == "label":
        return "" if value in KINDS else unknown_kind(value)
    control = _CONTROL.search(value)
    if control and key != "name":
        sign = {"\x08": r"\b", "\x0c": r"\f", "\x1b": r"\e"}.get(control.group(), "a backslash")
        return f"{key} holds a control sign: TOML reads {sign} between double quotes as one. {_QUOTES}"
    return ""


def _domains_complaint(value: object) -> str:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(domain, str) for domain in value):
        return 'domains must be a list of names, as in ["example.org", "*.example.com"].'
    if not value:
        return "domains is empty, so the rule would hold nowhere. Leave the line out to let it hold everywhere."
    try:
        for domain in value:
            pattern_of(domain)
    except ValueError as error:
        return str(error)
    return ""
