"""A rule, and the rules of a file, as plain data: frozen, hashable, picklable."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cleaner.errors import SetupError
from cleaner.page import KINDS, Kind
from cleaner.rules.domains import pattern_of
from cleaner.spelling import did_you_mean

__all__ = ["KIND_WORDS", "Rule", "Rules", "unknown_kind"]

_MOST_NAME = 80
"""Characters of a name; it stands in tables."""
KIND_WORDS = {
    "advert": "ad", "advertisement": "ad", "ads": "ad", "sponsored": "ad",
    "article": "body", "content": "body", "paragraph": "body", "text": "body",
    "bio": "author", "comment": "comments", "cookie": "consent", "cookies": "consent", "copyright": "legal",
    "date": "dateline", "headline": "title", "imprint": "legal", "menu": "nav", "navigation": "nav",
    "newsletter": "subscribe", "paywall": "subscribe", "rules": "policy", "social": "share", "subheading": "heading",
}  # fmt: skip
"""What people call kinds by other names, for hints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What to do with paragraphs that fulfil all conditions: ``text``, ``css`` and ``xpath``, as far as they are given.

    Raises SetupError (``bad_rules``) for a rule that cannot mean anything.

    >>> Rule(name="house rules", text="(?i)^our comment policy", label=Kind.POLICY).title
    "rule 'house rules'"
    """

    name: str = ""
    domains: tuple[str, ...] = ()
    """Hosts or patterns of hosts, such as ``*.example.org``; () is every page."""
    text: str = ""
    """A regular expression to be found in the paragraph's text; case counts unless it begins with ``(?i)``."""
    css: str = ""
    """A CSS selector; it means all paragraphs inside the elements it selects. Selects nothing in plain text."""
    xpath: str = ""
    """An XPath 1.0 expression, otherwise like ``css``."""
    drop: bool = False
    """Leave the paragraph out of the text."""
    keep: bool = False
    """Put the paragraph into the text, whatever its kind, and even if its words stand there already."""
    label: Kind | None = None
    """The paragraph's kind; without ``drop`` or ``keep`` the kind decides whether it belongs to the text."""
    file: str = ""
    """Name of the file it was read from, without folders; '' for a rule made in Python."""
    line: int = 0
    """Where it begins in the file, from 1."""

    def __post_init__(self) -> None:
        """Refuse values of the wrong type, and spell the others one way."""
        for field in ("name", "text", "css", "xpath", "file"):
            if not isinstance(getattr(self, field), str):
                raise self._error(f"{field} must be a text, but is {getattr(self, field)!r}.")
        for field in ("drop", "keep"):
            if not isinstance(getattr(self, field), bool):
                raise self._error(f"{field} must be true or false, but is {getattr(self, field)!r}.")
        domains = (self.domains,) if isinstance(self.domains, str) else tuple(self.domains)
        try:
            object.__setattr__(self, "domains", tuple(pattern_of(domain) for domain in domains))
        except ValueError as error:
            raise self._error(str(error)) from None
        if self.label is not None and self.label not in KINDS:
            raise self._error(unknown_kind(str(self.label)))
        object.__setattr__(self, "label", None if self.label is None else Kind(self.label))
        for field in ("css", "xpath"):
            object.__setattr__(self, field, getattr(self, field).strip())

    def _error(self, sentence: str) -> SetupError:
        return SetupError("bad_rules", f"{self.title}: {sentence}", where=self.file)

    @property
    def title(self) -> str:
        """How messages name the rule: ``rule 'comment policy' (rules.toml line 12)``."""
        name = f"rule '{self.name}'" if self.name else "rule without a name"
        return f"{name} ({self.file} line {self.line})" if self.file else name

    @property
    def action(self) -> str:
        """What it does, in words that follow the title: ``labels it policy and drops it``."""
        parts = [f"labels it {self.label}"] if self.label is not None else []
        parts += ["drops it"] if self.drop else ["keeps it"] if self.keep else []
        return " and ".join(parts)

    @property
    def needs_tree(self) -> bool:
        """Whether it asks for elements, which plain text has none of."""
        return bool(self.css or self.xpath)

    def complaints(self) -> Iterator[tuple[str, str]]:
        """Yield (field, sentence) for all that is wrong with it; whatever is to be compiled, is.

        Raises SetupError (``missing_extra``) when it needs a package that is not installed.
        """
        from cleaner.rules.expressions import compile_expression
        from cleaner.rules.selectors import compile_css, compile_xpath

        if len(self.name) > _MOST_NAME or not self.name.isprintable():
            yield "name", f"The name must be one line of at most {_MOST_NAME} characters."
        compilers: tuple[tuple[str, Callable[[str], object]], ...] = (
            ("text", compile_expression),
            ("css", compile_css),
            ("xpath", compile_xpath),
        )
        for field, compiled in compilers:
            if getattr(self, field):
                try:
                    compiled(getattr(self, field))
                except ValueError as error:
                    yield field, str(error)
        if not (self.text or self.css or self.xpath):
            yield "", "This rule does not say which paragraphs it means. Add text, css or xpath."
        if self.drop and self.keep:
            yield "keep", "This rule says both drop and keep. Leave one of them out."
        if not (self.drop or self.keep or self.label is not None):
            yield "", 'This rule does not say what to do. Add drop = true, keep = true or label = "policy".'


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules in order: each goes by what the ones before it left, so that later ones win.

    Raises SetupError (``bad_rules``) for a rule that cannot work, before any page is read.

    >>> Rules((Rule(text="(?i)newsletter"),))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    cleaner.errors.SetupError: rule without a name: This rule does not say what to do. ...
    """

    rules: tuple[Rule, ...] = ()

    def __post_init__(self) -> None:
        """Check every rule."""
        object.__setattr__(self, "rules", tuple(self.rules))
        for rule in self.rules:
            if not isinstance(rule, Rule):
                raise SetupError("bad_rules", f"Rules are made of Rule objects, but one is {rule!r}.")
            for _, sentence in rule.complaints():
                raise SetupError("bad_rules", f"{rule.title}: {sentence}", where=rule.file)

    @property
    def digest(self) -> str:
        """The same for the same rules in the same lines; 16 hexadecimal digits."""
        return hashlib.sha256(repr(self.rules).encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @classmethod
    def from_toml(cls, path: str | Path) -> Rules:
        """Read a file of rules (see the reference for how to write one). Raises SetupError (``bad_rules``)."""
        from cleaner.rules.reading import read_rules

        return read_rules(path)


def unknown_kind(word: str) -> str:
    """Return a sentence about a word that is no kind, with all that are.

    >>> unknown_kind("newsletter").partition(".")[0], unknown_kind("newsletter")[-23:]
    ("'newsletter' is no kind", 'Did you mean subscribe?')
    """
    return f"'{word}' is no kind. Kinds are: {', '.join(KINDS)}.{did_you_mean(word, KINDS, others=KIND_WORDS)}"
