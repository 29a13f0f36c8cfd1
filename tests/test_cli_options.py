"""Options of the command line: what means the same in several commands is declared once."""

from __future__ import annotations

from collections import defaultdict
from typing import get_type_hints

from typer.models import ParameterInfo

from cleaner import cli

MEANS_OTHER_THINGS = {
    "--hash-only": 2,  # learning writes no words, pruning takes them out
    "--jobs": 2,  # 0 processes are something only where documents have deadlines
    "--json": 2,  # of `clean` it is a format
    "--least": 2,
    "--limit": 2,  # of documents, or of pages of each corpus
    "--output": 4,
    "--overwrite": 5,  # each says what is replaced
    "--quiet": 2,  # `train` has no summary to leave out: what it prints is the result
    "--site-pages": 2,
}
"""Options of one name and several meanings: how many. A further one is a second declaration, or belongs here."""


def declared() -> dict[str, dict[int, str]]:
    """Return option -> each of its declarations, by identity, with its help."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for app in (cli.app, *(group.typer_instance for group in cli.app.registered_groups)):
        assert app is not None
        for command in app.registered_commands:
            assert command.callback is not None
            for hint in get_type_hints(command.callback, include_extras=True).values():
                for info in getattr(hint, "__metadata__", ()):
                    assert isinstance(info, ParameterInfo)
                    # in Annotated, the first name stands where the default would
                    names = [name for name in (info.default, *(info.param_decls or ())) if isinstance(name, str)]
                    found[next((name for name in names if name.startswith("--")), "")][id(info)] = str(info.help)
    found.pop("")  # arguments
    return found


def test_an_option_is_declared_once() -> None:
    """An option of several commands has one declaration, unless the commands do different things with it."""
    several = {name: len(infos) for name, infos in declared().items() if len(infos) > 1}
    assert several == MEANS_OTHER_THINGS


def test_declarations_of_one_name_differ_in_words() -> None:
    """Where an option has several declarations, no two of them say the same."""
    assert {name for name, infos in declared().items() if len(set(infos.values())) < len(infos)} == set()
