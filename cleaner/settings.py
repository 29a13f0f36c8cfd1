"""Every knob in one frozen object; units are part of the names."""

from __future__ import annotations

import dataclasses
import difflib
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cleaner.errors import SetupError
from cleaner.page import KINDS, Kind
from cleaner.rules import Rules
from cleaner.rules.rule import KIND_WORDS
from cleaner.site.profiles import Profiles
from cleaner.spelling import did_you_mean

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover - exercised on 3.10 only
    import tomli as tomllib

__all__ = ["DEFAULTS", "Settings", "check_settings"]


_TEXT_KINDS = frozenset({Kind.HEADING, Kind.BODY})
_KINDS_FIELDS = ("keep_kinds", "drop_kinds")
FAVORS = ("balance", "precision", "recall")
"""Operating points, see ``Settings.favor``."""
FALLBACKS = ("off", "quick", "extensive")
"""Values of ``Settings.metadata_fallback``."""
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_DETECTOR = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to clean. Unknown names and impossible values are errors, never ignored.

    >>> Settings(threshold=2)
    Traceback (most recent call last):
    ...
    cleaner.errors.SetupError: threshold must lie between 0 and 1, but is 2.
    """

    threshold: float | None = None
    """A paragraph is kept when its score is at least this (0..1). None takes the value chosen on the dev pages when
    the weights were trained, separately for HTML and plain text (``cleaner/weights/MODEL_CARD.md``)."""
    favor: Literal["balance", "precision", "recall"] = "balance"
    """Which of the thresholds chosen with the weights to use: the best F1, or one that keeps less chrome
    (``precision``) or loses less text (``recall``). A ``threshold`` given goes before."""
    keep_kinds: frozenset[Kind] = _TEXT_KINDS
    """Kinds that make up the clean text. Title, byline, dateline and caption can be added."""
    drop_kinds: frozenset[Kind] = frozenset()
    """Kinds that are left out of the text after all; with ``{heading}`` only body is left. They are taken out of
    ``keep_kinds``, so that the one never names what the other does."""
    rules: Rules | str | Path | None = None
    """What the user decides, by text or element, on some sites or all; a path is read at once and becomes Rules. The
    last rule that fires has the last word on a paragraph, whatever score, kind and the two settings above say."""
    profiles: Profiles | str | Path | None = None
    """Profiles of sites, as ``cleaner learn`` writes them: what stands on most pages of a page's site counts as chrome
    the more. The path of their folder becomes Profiles."""
    site_key: str = "auto"
    """How to tell which site a page is of: ``auto`` (the registered domain of its address, else its folder), ``host``,
    ``folder``, ``all``; or the name of the one site that all pages are of."""
    site_pages: int = 5
    """A profile that has counted fewer pages than this says nothing, but for what a person pinned in it."""
    reasons: bool = False
    """Say for each paragraph why it was judged so (costs time)."""
    metadata: bool = True
    """Fill ``Article.metadata``; without it only url, encoding and what is free are filled."""
    metadata_fallback: Literal["off", "quick", "extensive"] = "off"
    """Ask trafilatura and htmldate for metadata of an HTML page that is still empty; ``extensive`` lets htmldate search
    the whole text for a date. Costs 10 to 50 ms a page and fills few fields (docs/metadata.md)."""
    detect_language: bool = True
    """Name the language of the clean text; without it what the page declares is taken."""
    default_language: str = ""
    """BCP 47 code for texts that say too little to tell, instead of ``und``."""
    languages: tuple[str, ...] = ()
    """BCP 47 primary codes of the languages that are wanted; a page whose clean text is in another one, or in one that
    nobody can tell (``und``, which may be listed), has the status ``other_language``. Empty: all are."""
    language_detector: str = "langdetect"
    """What tells languages apart where scripts and stop words do not: ``langdetect`` (its profiles, no randomness), or
    ``module:function`` of your own, called with a text and the possible codes, returning a code and a probability."""
    weights: str | None = None
    """Path of a weights file, such as ``cleaner train`` writes; None takes the packaged one."""
    max_page_bytes: int = 50_000_000
    """Larger documents are an InputError (``page_too_large``) before anything is parsed."""
    max_inflated_bytes: int = 200_000_000
    """Compressed documents that inflate beyond this are an InputError (``inflates_too_large``)."""

    def __post_init__(self) -> None:
        """Refuse values that cannot mean anything."""
        for name in ("reasons", "metadata", "detect_language"):
            _check_type(name, getattr(self, name), bool, "true or false")
        for name in ("max_page_bytes", "max_inflated_bytes"):
            _check_type(name, getattr(self, name), int, "a whole number of bytes")
        if self.weights is not None:
            _check_type("weights", self.weights, str, "the path of a file")
        if self.threshold is not None:
            _check_type("threshold", self.threshold, (int, float), "a number between 0 and 1")
        if self.favor not in FAVORS:
            raise SetupError("bad_setting", f"favor must be one of {', '.join(FAVORS)}, but is {self.favor!r}.")
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise SetupError("bad_setting", f"threshold must lie between 0 and 1, but is {self.threshold}.")
        for name in ("max_page_bytes", "max_inflated_bytes"):
            if getattr(self, name) < 1:
                raise SetupError("bad_setting", f"{name} must be at least 1 byte, but is {getattr(self, name)}.")
        self._check_languages()
        self._take_kinds()
        _check_type("site_key", self.site_key, str, "a word")
        _check_type("site_pages", self.site_pages, int, "a whole number of pages")
        if not self.site_key or self.site_pages < 2:
            raise SetupError("bad_setting", "site_key must not be empty, and site_pages must be at least 2.")
        if self.profiles is not None and not isinstance(self.profiles, Profiles):
            _check_type("profiles", self.profiles, (str, Path), "the path of a folder of profiles, or Profiles")
            object.__setattr__(self, "profiles", Profiles(self.profiles))
        if self.rules is not None and not isinstance(self.rules, Rules):
            _check_type("rules", self.rules, (str, Path), "the path of a file of rules, or Rules")
            object.__setattr__(self, "rules", Rules.from_toml(self.rules))

    def _take_kinds(self) -> None:
        """Spell the kinds one way, and take what is dropped out of what is kept."""
        for name in _KINDS_FIELDS:
            _check_type(name, getattr(self, name), (frozenset, set, list, tuple), "a list of kinds")
            check_kinds(name, getattr(self, name))
            object.__setattr__(self, name, frozenset(Kind(kind) for kind in getattr(self, name)))
        torn = self.keep_kinds & self.drop_kinds
        if torn and self.keep_kinds != _TEXT_KINDS:
            raise SetupError("bad_setting", f"{_listed(torn)} cannot be in both keep_kinds and drop_kinds.")
        object.__setattr__(self, "keep_kinds", self.keep_kinds - self.drop_kinds)

    def _check_languages(self) -> None:
        """Refuse what is no language code, no fallback and no name of a detector."""
        for name in ("default_language", "language_detector", "metadata_fallback"):
            _check_type(name, getattr(self, name), str, "a word")
        _check_type("languages", self.languages, (tuple, list), "a list of codes")
        for code in (self.default_language, *self.languages):
            if code != "" and not (isinstance(code, str) and _LANGUAGE.fullmatch(code)):
                raise SetupError("bad_setting", f"'{code}' is no language code: two or three letters, as in en or de.")
        object.__setattr__(self, "languages", tuple(dict.fromkeys(self.languages)))
        if self.metadata_fallback not in FALLBACKS:
            raise SetupError(
                "bad_setting",
                f"metadata_fallback must be one of {', '.join(FALLBACKS)}, but is {self.metadata_fallback!r}.",
            )
        if self.language_detector != "langdetect" and not _DETECTOR.fullmatch(self.language_detector):
            raise SetupError(
                "bad_setting",
                f"language_detector must be langdetect or module:function, but is {self.language_detector!r}.",
            )

    @classmethod
    def from_mapping(cls, values: dict[str, Any], *, where: str = "") -> Settings:
        """Build settings from plain data; an unknown key is an error that names the nearest known one.

        >>> Settings.from_mapping({"treshold": 0.4})
        Traceback (most recent call last):
        ...
        cleaner.errors.SetupError: There is no setting 'treshold'. Did you mean 'threshold'?
        """
        known = [entry.name for entry in dataclasses.fields(cls)]
        for key in values:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                hint = f"Did you mean '{near[0]}'?" if near else f"Known settings: {', '.join(known)}."
                place = f" in {where}" if where else ""
                raise SetupError("unknown_setting", f"There is no setting '{key}'{place}. {hint}", where=where)
        for name in _KINDS_FIELDS:
            if name in values:
                _check_type(name, values[name], (frozenset, set, list, tuple), "a list of kinds")
                values = {**values, name: frozenset(map(str, values[name]))}
        return cls(**values)

    @classmethod
    def from_toml(cls, path: str | Path) -> Settings:
        """Read a TOML file with one setting a line. Raises SetupError for a bad file or an unknown key.

        The paths of a file of rules and of a folder of profiles count from the folder of the settings file.
        """
        try:
            values = tomllib.loads(Path(path).read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SetupError(
                "bad_config", f"The settings file {path} cannot be read: {error}.", where=str(path)
            ) from error
        for name in ("rules", "profiles"):
            if isinstance(values.get(name), str):
                values[name] = Path(path).parent / values[name]
        return cls.from_mapping(values, where=str(path))


def check_kinds(name: str, kinds: Iterable[object]) -> None:
    """Refuse words that are no kinds, with the nearest that is. Raises SetupError (``bad_setting``).

    >>> check_kinds("--keep", ["captoin"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    cleaner.errors.SetupError: --keep names captoin, which is no kind. Kinds are: ..., other. Did you mean caption?
    """
    unknown = sorted(str(kind) for kind in kinds if kind not in KINDS)
    if unknown:
        near = did_you_mean(unknown[0], KINDS, others=KIND_WORDS)
        raise SetupError(
            "bad_setting",
            f"{name} names {', '.join(unknown)}, which is no kind. Kinds are: {', '.join(map(str, KINDS))}.{near}",
        )


def _listed(kinds: Iterable[Kind]) -> str:
    return " and ".join(sorted(map(str, kinds)))


def _check_type(name: str, value: object, wanted: type | tuple[type, ...], spelled: str) -> None:
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise SetupError("bad_setting", f"{name} must be {spelled}, but is {value!r}.")


DEFAULTS = Settings()


def check_settings(settings: object) -> None:
    """Refuse what is given in place of settings. Raises SetupError ``bad_setting``.

    >>> check_settings({"favor": "recall"})
    Traceback (most recent call last):
    ...
    cleaner.errors.SetupError: settings must be Settings, as in cleaner.Settings(favor="recall"), but is dict.
    """
    if not isinstance(settings, Settings):
        raise SetupError(
            "bad_setting",
            f'settings must be Settings, as in cleaner.Settings(favor="recall"), but is {type(settings).__name__}.',
        )
