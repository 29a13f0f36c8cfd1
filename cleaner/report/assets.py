"""The files of reports that never change (style, scripts, frames), and the policy that lets only them work."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from pathlib import Path
from string import Template

__all__ = ["LINKED_POLICY", "asset", "fill", "inline_policy", "is_report"]

_NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; "
"""Loads nothing from anywhere: no picture, font, frame, or address that a script could send to."""

LINKED_POLICY = (
    _NOTHING + "script-src 'self' file:; style-src 'self' file:; "
    "require-trusted-types-for 'script'; trusted-types cleaner"
)
"""For a report of several files: scripts and styles out of files beside it, never out of the page. ``file:`` is for
browsers that do not count a folder on disk as 'self'. Trusted types: no text becomes markup or the name of a script,
but names of data files by the one function called cleaner."""


@cache
def asset(*names: str) -> str:
    """Return the text of files of ``assets/``, one after the other."""
    folder = resources.files("cleaner.report") / "assets"
    return "".join((folder / name).read_text("utf-8") for name in names)


def inline_policy(style: str, script: str) -> str:
    """Return a policy for one file that holds its style and script: nothing runs but these, told by their hashes."""
    return (
        f"{_NOTHING}script-src {_hash(script)}; style-src {_hash(style)}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


@cache
def _template(name: str) -> Template:
    return Template(asset(name))


def fill(name: str, **parts: str) -> str:
    """Put markup into the places of a frame; a place without markup is a KeyError.

    >>> print(fill("begun.html", policy="", title="Rain", heading="Rain", style="")[:15])
    <!doctype html>
    """
    return _template(name).substitute(parts)


_SIGN = '<meta name="generator" content="article-cleaner">'
"""Stands in the first lines of every report; what has it may be replaced by a newer one."""


def is_report(path: Path) -> bool:
    """Tell whether the file is a report of ours, by its first kilobyte; False when there is none."""
    try:
        with path.open("rb") as file:
            return _SIGN.encode() in file.read(1024)
    except OSError:
        return False
