"""`cleaner rules check`: a file of rules as it is understood, and what it does to a page."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from cleaner.cli.guard import guarded
from cleaner.cli.one_page import check_one_page
from cleaner.cli.options import (
    ConfigOption,
    ContentOption,
    ContentTypeOption,
    DebugOption,
    EncodingOption,
    JsonOption,
    UrlOption,
    make_reading,
    make_settings,
)
from cleaner.console import emit, is_terminal, look, say, show, visible
from cleaner.errors import InputError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from cleaner.page import RawPage
    from cleaner.readers import Reading
    from cleaner.rules import Rule
    from cleaner.rules.doubts import Doubt
    from cleaner.rules.reading import Fault
    from cleaner.trial import Change, Trial

RULES_HELP: Final = "Look at files of your own rules, which clean and explain take with --rules."

CHECK_HELP: Final = (
    "Show a file of rules as it is understood, and with PAGE what each rule does to that page.\n\n"
    "A file of rules is TOML:\n\n"
    "\b\n"
    "  [[rule]]\n"
    '  name = "comment policy"\n'
    '  domains = ["example.org", "*.example.com"]  # leave it out: every page\n'
    "  text = '(?i)^our comment policy'            # a regular expression\n"
    '  label = "policy"                            # or drop = true, keep = true\n\n'
    "\b\n"
    "  [[rule]]\n"
    '  css = "aside.promo, div.related"            # or xpath = "//aside"\n'
    "  drop = true\n\n"
    "Later rules win over earlier ones. Exit code: 0 the file is good, 2 it has faults."
)
_MOST_SHOWN = 12
"""Paragraphs of one rule that are shown; --json has all."""

rules_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


@guarded
def check(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The file of rules.")],
    page: Annotated[
        str | None,
        typer.Argument(metavar="PAGE", show_default=False, help="A page to try the rules on, or - for standard input."),
    ] = None,
    *,
    as_json: JsonOption = False,
    url: UrlOption = None,
    content_type: ContentOption = ContentTypeOption.AUTO,
    encoding: EncodingOption = None,
    config: ConfigOption = None,
    debug: DebugOption = False,  # noqa: ARG001 - read by guarded
) -> int:
    """Check a file of rules."""
    from cleaner.rules import Rules
    from cleaner.rules.doubts import doubts
    from cleaner.rules.reading import examine_rules

    good, faults = examine_rules(file)
    doubted = () if faults else doubts(good)
    trial = None
    if page is not None and not faults:
        from cleaner.trial import try_rules

        settings = make_settings(config, None, None, reasons=True)
        trial = try_rules(_read_page(page, make_reading(settings, url, content_type, encoding)), Rules(good), settings)
    if as_json:
        _emit_json(_as_data(file, good, faults, doubted, trial))
    elif not faults:
        parts = [*_rule_parts(file, good), *(() if trial is None else _trial_parts(str(page), trial))]
        show(*parts)
    for fault in faults:
        say(f"error[bad_rules]: {file}{f' line {fault.line}' if fault.line else ''}: {fault.message}")
    for doubt in doubted:
        say(f"warning: {file} line {doubt.rule.line}: {doubt.message}")
    for warning in trial.after.warnings if trial is not None else ():
        say(f"warning: {warning}")
    return 2 if faults else 0


rules_app.command("check", short_help="Show what a file of rules does, to a page if one is given.", help=CHECK_HELP)(
    check
)


def _read_page(path: str, reading: Reading) -> RawPage:
    """Read the page to try the rules on. Raises typer.Exit with 3, after the sentence, when it cannot be read."""
    from cleaner.readers import STDIN, read, scan

    check_one_page("rules check tries", path)
    found = None if path == "-" else scan([path])
    try:
        if found is not None:
            for unread in found.unread:
                raise InputError(unread.code, unread.message, where=path)
        return read(STDIN if found is None else dataclasses.replace(found.found[0], name=path), reading)
    except InputError as error:
        say(f"error[{error.code}]: {error.message}")
        raise typer.Exit(3) from None


def _rule_parts(file: str, rules: tuple[Rule, ...]) -> Iterator[RenderableType]:
    """Yield a heading, and a table of what the file was understood to say."""
    from rich.table import Table

    yield f"{visible(file)}: {len(rules)} rule{'s' if len(rules) != 1 else ''}, in the order in which they apply\n"
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), expand=True)
    table.add_column("line", justify="right", no_wrap=True)
    table.add_column("rule", overflow="fold", max_width=16)
    table.add_column("sites", overflow="fold", max_width=20)
    table.add_column("paragraphs", overflow="fold", ratio=1)
    table.add_column("what happens", overflow="fold", max_width=12)
    for rule in rules:
        asked = [f"{name}: {getattr(rule, name)}" for name in ("text", "css", "xpath") if getattr(rule, name)]
        action = [f"label {rule.label}"] if rule.label is not None else []
        action += ["drop"] if rule.drop else ["keep"] if rule.keep else []
        cells = (str(rule.line), rule.name, "\n".join(rule.domains) or "all", "\n".join(asked), ", ".join(action))
        table.add_row(*("\n".join(map(visible, cell.split("\n"))) for cell in cells))
    yield table


def _trial_parts(path: str, trial: Trial) -> Iterator[RenderableType]:
    """Yield what the rules did to a page, rule by rule."""
    name = "standard input" if path == "-" else visible(path)
    site = f" of {trial.host}" if trial.host else ""
    before, after = (sum(part.kept for part in article.paragraphs) for article in (trial.before, trial.after))
    yield f"\n{name}{site}: {after} of {len(trial.after.paragraphs)} paragraphs kept, {before} without the rules"
    for tried in trial.rules:
        title = f"\nline {tried.rule.line}" + (f", {tried.rule.name}" if tried.rule.name else "")
        many = len(tried.changes)
        if not many:
            yield f"{title}: nothing; it {visible(tried.why_none)}"
            continue
        yield f"{title}: {many} paragraph{'s' if many != 1 else ''}"
        yield from _change_lines(tried.changes)
        if many > _MOST_SHOWN:
            yield f"      and {many - _MOST_SHOWN} more; --json has them all"
    if trial.others:
        yield "\nno rule, but the same words further up came or went"
        yield from _change_lines(trial.others)


def _change_lines(changes: tuple[Change, ...]) -> Iterator[str]:
    """Yield a line for each of the first paragraphs, cut to the width of the terminal."""
    from rich.cells import cell_len, set_cell_size

    rows = []
    for before, after in changes[:_MOST_SHOWN]:
        kept = _turn("keep" if before.kept else "drop", "keep" if after.kept else "drop")
        rows.append((f"#{after.index}", kept, _turn(before.kind, after.kind), visible(after.text[:300])))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    columns = look().columns
    for number, kept, kind, text in rows:
        line = f"  {number:>{widths[0]}}  {kept:{widths[1]}}  {kind:{widths[2]}}  {text}"
        yield line if cell_len(line) <= columns else set_cell_size(line, columns - 1).rstrip() + "…"


def _turn(before: str, after: str) -> str:
    """Spell a change.

    >>> _turn("keep", "drop"), _turn("keep", "keep")
    ('keep -> drop', 'keep')
    """
    return str(after) if before == after else f"{before} -> {after}"


def _emit_json(data: dict[str, Any]) -> None:
    from cleaner.records import valid_unicode

    indent = 2 if is_terminal(sys.stdout) else None
    emit(f"{valid_unicode(json.dumps(data, ensure_ascii=False, indent=indent))}\n".encode())


def _as_data(
    file: str,
    rules: tuple[Rule, ...],
    faults: tuple[Fault, ...],
    doubted: tuple[Doubt, ...],
    trial: Trial | None,
) -> dict[str, Any]:
    """Return all that the command found, as plain data."""
    data: dict[str, Any] = {
        "file": file,
        "rules": [{**dataclasses.asdict(rule), "label": rule.label and rule.label.value} for rule in rules],
        "faults": [fault._asdict() for fault in faults],
        "warnings": [{"line": doubt.rule.line, "message": doubt.message} for doubt in doubted],
    }
    if trial is not None:
        data["page"] = {
            "host": trial.host,
            "warnings": list(trial.after.warnings),
            "kept_before": sum(paragraph.kept for paragraph in trial.before.paragraphs),
            "kept": sum(paragraph.kept for paragraph in trial.after.paragraphs),
            "rules": [
                {
                    "line": tried.rule.line,
                    "paragraphs": [_change_data(change) for change in tried.changes],
                    "why_none": tried.why_none,
                }
                for tried in trial.rules
            ],
            "doubles": [_change_data(change) for change in trial.others],
        }
    return data


def _change_data(change: Change) -> dict[str, Any]:
    before, after = change
    return {
        "index": after.index,
        "text": after.text,
        "kept_before": before.kept,
        "kept": after.kept,
        "kind_before": before.kind.value,
        "kind": after.kind.value,
    }
