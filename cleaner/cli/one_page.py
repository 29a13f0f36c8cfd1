"""Finding, reading and cleaning the one page that a command was given."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cleaner.console import is_terminal, say
from cleaner.errors import CleanerError, InputError, SetupError

if TYPE_CHECKING:
    from cleaner.article import Article
    from cleaner.readers import Found, Reading
    from cleaner.settings import Settings


_JSON_STARTS = (b'{"', b"{\n", b"{\r", b'["', b"[{", b"[\n", b"[\r")
"""How JSON begins; text may begin so, too, which is why this is a note and no error."""
EMPTY_NAME = "The name of an input is empty; is a variable of the shell not set? Name a page, or - for standard input."


def clean_one(path: str, reading: Reading, settings: Settings, *, quiet: bool = False) -> Article:
    """Read and clean one page. Raises typer.Exit with 3, after the sentence, when the page cannot be used."""
    from cleaner.pipeline import clean as clean_page
    from cleaner.readers import read

    try:
        raw = read(_find_one(path), reading)
        if not quiet and raw.data[:2] in _JSON_STARTS:
            say(
                f"note[json]: {path} looks like JSON, but is read as plain text. Lines of JSON, one page each, go into "
                f"a folder: cleaner clean pages.jsonl -o out"
            )
        return clean_page(raw, settings=settings)
    except SetupError:
        raise
    except CleanerError as error:
        say(f"error[{error.code}]: {error.message}")
        raise typer.Exit(3) from None


def check_one_page(takes: str, path: str) -> None:
    """Refuse what can be more than one page; ``takes`` begins the sentence. Raises SetupError ``one_page``."""
    from cleaner.batch.target import are_many
    from cleaner.readers import is_pattern

    if not path:
        raise SetupError("paths_needed", EMPTY_NAME)
    if path != "-" and are_many([path]):
        what = "a folder" if Path(path).is_dir() else "a pattern" if is_pattern(path) else "a file of many pages"
        raise SetupError("one_page", f"{takes} one page, but {path} is {what}.")


def _find_one(path: str) -> Found:
    from cleaner.readers import STDIN, piped_kind, scan

    if path == "-":
        if is_terminal(sys.stdin):
            say("Reading from the terminal; end with Ctrl-D.")
        kind = piped_kind(is_many=False)
        if kind in ("warc", "tar"):  # what would pass for one page of text; the others are known as binary
            raise SetupError(
                "output_needed", f"Standard input holds many pages ({kind}). They need a folder: cleaner clean - -o out"
            )
        return STDIN
    found = scan([path])
    for unread in found.unread:
        raise InputError(unread.code, unread.message, where=path)
    # The name a user knows the page by is what was typed, not the path below some folder.
    return dataclasses.replace(found.found[0], name=path)
