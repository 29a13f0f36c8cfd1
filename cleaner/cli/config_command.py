"""`cleaner config show`: which settings and options hold here, and where each comes from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import typer

from cleaner.cli.guard import guarded
from cleaner.cli.options import ConfigOption, DebugOption
from cleaner.console import emit, visible

CONFIG_HELP: Final = (
    "Settings and options can stand in cleaner.toml, or in pyproject.toml under [tool.cleaner].\n\n"
    "The nearest file from here upwards counts; the command line wins over it."
)

config_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=CONFIG_HELP)


@config_app.command("show", help="Print what holds here, and where it comes from.")
@guarded
def show(*, config: ConfigOption = None, debug: DebugOption = False) -> int:  # noqa: ARG001 - read by guarded
    """Print what holds."""
    from cleaner.cli.config import find_config, load_config, setting_values

    path = Path(config) if config is not None else find_config(Path.cwd())
    given: dict[str, Any] = {}
    if path is not None:
        setting_values(path)  # complains about what is unknown
        given = load_config(path)
    lines = [f"# {visible(str(path)) if path else 'no file: these are the defaults'}"]
    for name, default in _defaults().items():
        value = given.get(name, default)
        origin = visible(str(path)) if name in given else "default"
        lines.append(f"{f'{name} = {_toml(value)}':<50} # {origin}")
    emit("".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))
    return 0


def _defaults() -> dict[str, Any]:
    """Return all settings, then all options of `cleaner clean`, with their defaults."""
    import dataclasses

    from cleaner.cli import app
    from cleaner.cli.config import option_names
    from cleaner.settings import DEFAULTS

    group: Any = typer.main.get_command(app)
    parameters = {parameter.name: parameter for parameter in group.commands["clean"].params}
    options = {name: parameters[parameter].default for name, parameter in option_names().items()}
    settings = {entry.name: getattr(DEFAULTS, entry.name) for entry in dataclasses.fields(DEFAULTS)}
    return {**settings, **{name: value for name, value in options.items() if name not in settings}}


def _toml(value: Any) -> str:
    """Return a value as TOML writes it; what is not set is said in words, as TOML has no word for it."""
    if value is None:
        return "(not set)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, set | frozenset | list | tuple):
        return json.dumps(sorted(map(str, value)))
    if isinstance(value, int | float):
        return str(value)
    return json.dumps(str(getattr(value, "value", value)))
