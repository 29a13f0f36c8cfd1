"""What a configuration file says: settings of the cleaning, and options of the command line."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cleaner.errors import SetupError

__all__ = ["FILE_NAME", "default_map", "find_config", "load_config", "option_names", "setting_values"]

FILE_NAME = "cleaner.toml"
_PROJECT = "pyproject.toml"
_TABLE = ("tool", "cleaner")

_NOT_IN_FILES = ("config", "debug", "help", "version")
"""Options that make no sense in a file."""

Values = dict[str, Any]


def find_config(start: Path) -> Path | None:
    """Return the nearest ``cleaner.toml``, or ``pyproject.toml`` with a table ``[tool.cleaner]``, from here upwards."""
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
        project = folder / _PROJECT
        try:
            if b"[tool.cleaner" in project.read_bytes():
                return project
        except OSError:
            continue
    return None


def load_config(path: str | Path) -> Values:
    """Return what stands in a file, with underscores in names. Raises SetupError ``bad_config``."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:  # pragma: no cover - exercised on 3.10 only
        import tomli as tomllib

    try:
        values = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise SetupError("bad_config", f"The settings file {path} cannot be read: {why}.", where=str(path)) from error
    if Path(path).name == _PROJECT:
        for name in _TABLE:
            values = values.get(name, {})
        if not isinstance(values, dict):
            raise SetupError("bad_config", f"In {path}, {'.'.join(_TABLE)} is no table.", where=str(path))
    return {name.replace("-", "_"): value for name, value in values.items()}


def setting_values(path: str | Path) -> Values:
    """Return the settings in a file, without the options. Raises SetupError (``bad_config``, ``unknown_setting``)."""
    values = load_config(path)
    settings = _setting_names()
    known = list(dict.fromkeys([*settings, *option_names()]))
    for name in values:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean '{near[0]}'?" if near else f"Known settings: {', '.join(known)}."
            message = f"There is no setting '{name}' in {path}. {hint}"
            raise SetupError("unknown_setting", message, where=str(path))
    for name in ("rules", "profiles"):
        if isinstance(values.get(name), str):
            values[name] = Path(path).parent / values[name]  # counts from the folder of the file
    return {name: value for name, value in values.items() if name in settings}


def _setting_names() -> list[str]:
    import dataclasses

    from cleaner.settings import Settings

    return [entry.name for entry in dataclasses.fields(Settings)]


def option_names() -> Mapping[str, str]:
    """Return the options of `cleaner clean` that a file may hold: name in the file -> parameter of the command."""
    import typer

    from cleaner.cli import app

    group: Any = typer.main.get_command(app)
    return _options_of(group.commands["clean"])


def _options_of(command: Any) -> dict[str, str]:
    names = {}
    for parameter in command.params:
        long = [option for option in parameter.opts if option.startswith("--")]
        name = long[0][2:].replace("-", "_") if long else ""
        if name and name not in _NOT_IN_FILES:
            names[name] = str(parameter.name)
    return names


def default_map(commands: Mapping[str, Any], path: Path) -> dict[str, Values]:
    """Return for each command the defaults of its options that a file gives; nothing of a file that cannot be read.

    What is wrong with the file is said when the command reads its settings from it.
    """
    try:
        values = load_config(path)
    except SetupError:
        values = {}
    settings = _setting_names()  # they reach the command by its --config
    defaults: dict[str, Values] = {}
    for name, command in commands.items():
        options = _options_of(command) if name == "clean" else {}
        taken = {key: value for key, value in values.items() if key in options and key not in settings}
        several = {parameter.name for parameter in command.params if getattr(parameter, "multiple", False)}
        defaults[name] = {
            options[key]: [value] if options[key] in several and isinstance(value, str) else value
            for key, value in taken.items()
        }
        if any(parameter.name == "config" for parameter in command.params):
            defaults[name]["config"] = str(path)
    return defaults
