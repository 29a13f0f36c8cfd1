"""Finding, reading and cleaning the one page that a command was given."""

from __future__ import annotations

import dataclasses
import sys
from typing import TYPE_CHECKING

import typer

from cleaner.console import is_terminal, say
from cleaner.errors import CleanerError, InputError, SetupError

if TYPE_CHECKING:
    from cleaner.article import Article
    from cleaner.readers import Found, Reading
    from cleaner.settings import Settings


def clean_one(path: str, reading: Reading, settings: Settings) -> Article:
    """Read and clean one page. Raises typer.Exit with 3, after the sentence, when the page cannot be used."""
    from cleaner.pipeline import clean as clean_page
    from cleaner.readers import read

    try:
        return clean_page(read(_find_one(path), reading), settings=settings)
    except SetupError:
        raise
    except CleanerError as error:
        say(f"error[{error.code}]: {error.message}")
        raise typer.Exit(3) from None


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
