"""Every knob in one frozen object; units are part of the names."""

from __future__ import annotations

import dataclasses
import difflib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaner.errors import SetupError
from cleaner.page import KINDS, Kind

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover - exercised on 3.10 only
    import tomli as tomllib

__all__ = ["DEFAULTS", "Settings"]


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
    keep_kinds: frozenset[Kind] = frozenset({Kind.HEADING, Kind.BODY})
    """Kinds that make up the clean text. Title, byline, dateline and caption can be added."""
    reasons: bool = False
    """Say for each paragraph why it was judged so (costs time)."""
    metadata: bool = True
    """Fill ``Article.metadata``; without it only url, encoding and what is free are filled."""
    detect_language: bool = True
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
        if self.threshold is not None:
            _check_type("threshold", self.threshold, (int, float), "a number between 0 and 1")
        _check_type("keep_kinds", self.keep_kinds, (frozenset, set, list, tuple), "a list of kinds")
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise SetupError("bad_setting", f"threshold must lie between 0 and 1, but is {self.threshold}.")
        for name in ("max_page_bytes", "max_inflated_bytes"):
            if getattr(self, name) < 1:
                raise SetupError("bad_setting", f"{name} must be at least 1 byte, but is {getattr(self, name)}.")
        unknown = [str(kind) for kind in self.keep_kinds if kind not in KINDS]
        if unknown:
            raise SetupError(
                "bad_setting",
                f"keep_kinds names {', '.join(unknown)}, which is no kind. Kinds are: {', '.join(map(str, KINDS))}.",
            )
        object.__setattr__(self, "keep_kinds", frozenset(Kind(kind) for kind in self.keep_kinds))

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
        if "keep_kinds" in values:
            _check_type("keep_kinds", values["keep_kinds"], (frozenset, set, list, tuple), "a list of kinds")
            values = {**values, "keep_kinds": frozenset(map(str, values["keep_kinds"]))}
        return cls(**values)

    @classmethod
    def from_toml(cls, path: str | Path) -> Settings:
        """Read a TOML file with one setting a line. Raises SetupError for a bad file or an unknown key."""
        try:
            values = tomllib.loads(Path(path).read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SetupError(
                "bad_config", f"The settings file {path} cannot be read: {error}.", where=str(path)
            ) from error
        return cls.from_mapping(values, where=str(path))


def _check_type(name: str, value: object, wanted: type | tuple[type, ...], spelled: str) -> None:
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise SetupError("bad_setting", f"{name} must be {spelled}, but is {value!r}.")


DEFAULTS = Settings()
