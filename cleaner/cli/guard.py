"""How every command ends: with an exit code and, if something went wrong, a sentence instead of a traceback."""

from __future__ import annotations

import functools
import shlex
import sys
from collections.abc import Callable
from typing import Any

import typer

from cleaner.console import say
from cleaner.errors import CleanerError, InputError, SetupError


def guarded(command: Callable[..., int]) -> Callable[..., None]:
    """Turn what a command returns or raises into an exit code and, at most, a sentence on standard error."""

    @functools.wraps(command)
    def run(**options: Any) -> None:
        try:
            code = command(**options)
        except CleanerError as error:
            say(f"error[{error.code}]: {error.message}")
            code = 2 if isinstance(error, SetupError) else 3 if isinstance(error, InputError) else 1
        except KeyboardInterrupt:
            say("Interrupted.")
            code = 130
        except BrokenPipeError:
            code = 0  # the reader has seen enough
        except typer.Exit:
            raise
        except Exception as error:  # noqa: BLE001 - a person asked for a text, not for a traceback
            _say_bug(error, debug=options.get("debug", False))
            code = 1
        raise typer.Exit(code)

    return run


def _say_bug(error: Exception, *, debug: bool) -> None:
    import traceback

    if debug:
        say(*"".join(traceback.format_exception(error)).splitlines())
    say(
        f"error[internal_error]: This is a bug in cleaner ({type(error).__name__}: {error}). Please report it, with "
        f"what you typed: cleaner {shlex.join(sys.argv[1:])}"
    )
    if not debug:
        say("Add --debug to see where it happened.")
