"""The command line: parse, call, print, exit.

Data goes to standard output, everything else to standard error. Heavy imports stand inside the commands, so that
`cleaner --help` answers at once. Exit codes: 0 all is well, 1 some documents failed, 2 wrong usage or set-up,
3 nothing usable, 130 interrupted. A reader that closes the pipe early (`| head`) is no error.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from cleaner.cli.clean_command import CLEAN_HELP, clean
from cleaner.cli.config_command import config_app
from cleaner.cli.evaluate_command import EVALUATE_HELP, evaluate
from cleaner.cli.explain_command import EXPLAIN_HELP, explain
from cleaner.cli.learn_command import LEARN_HELP, learn
from cleaner.cli.options import DebugOption
from cleaner.cli.profiles_command import PROFILES_HELP, profiles_app
from cleaner.cli.rules_command import RULES_HELP, rules_app
from cleaner.cli.status_command import STATUS_HELP, status
from cleaner.cli.train_command import TRAIN_HELP, train
from cleaner.console import emit

__all__ = ["app", "main"]


class _Commands(TyperGroup):
    """The list of commands; knows what people mean who leave the command out."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Say where options go that stand before the command."""
        if args and args[0].startswith("-") and args[0] not in ("-", "-h", "--help", "--version", "--debug"):
            ctx.fail(f"Options stand behind the command, as in: cleaner clean {shlex.join(args)}")
        ctx.default_map = self.file_defaults(args)
        return super().parse_args(ctx, args)

    def file_defaults(self, args: list[str]) -> dict[str, dict[str, Any]] | None:
        """Return what a configuration file says, the one named with --config or the nearest from here upwards."""
        from cleaner.cli.config import default_map, find_config

        named = [args[at + 1] for at, arg in enumerate(args[:-1]) if arg == "--config"]
        named += [arg.partition("=")[2] for arg in args if arg.startswith("--config=")]
        path = Path(named[-1]) if named else find_config(Path.cwd())
        return None if path is None else default_map(self.commands, path)

    def invoke(self, ctx: Any) -> Any:
        """Run a command; of a value that no option takes, say so when it stands in a file."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")  # says nothing to who typed it
            defaults = (error.ctx.default_map if error.ctx else None) or {}
            name = error.param.name if error.param else ""
            source = error.ctx.get_parameter_source(name) if error.ctx and name in defaults else None
            if source is not None and source.name == "DEFAULT_MAP":
                error.message += f" (It stands in {defaults.get('config', 'a file')}.)"
            raise

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Say what to type when a page stands where the command should."""
        name = args[0]
        if self.get_command(ctx, name) is None and (os.path.lexists(name) or not re.fullmatch("[a-z]+", name)):
            ctx.fail(f"There is no command {name!r}. Did you mean: cleaner clean {shlex.join(args)}")
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help takes half the time of the one in boxes
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line on ``arguments`` (default: those of the process); always ends in SystemExit."""
    app(args=arguments, prog_name="cleaner")
    raise SystemExit(0)  # not reached: typer exits


def _print_version(wanted: bool) -> None:
    if wanted:
        from cleaner import __version__

        emit(f"cleaner {__version__}\n".encode())
        raise typer.Exit(0)


@app.callback(help="Strip boilerplate from scraped articles, HTML or plain text.\n\nTry: cleaner clean page.html")
def _top(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
    debug: DebugOption = False,
) -> None:
    """Take what stands before the command."""


app.command(short_help="Clean pages, one or a whole folder.", help=CLEAN_HELP)(clean)
app.add_typer(config_app, name="config", short_help="Show which settings hold, and from where.")
app.command(short_help="Say how a run over many pages stands.", help=STATUS_HELP)(status)
app.command(short_help="Show every paragraph, kept or dropped, and why.", help=EXPLAIN_HELP)(explain)
app.command(short_help="Measure quality and speed on labelled pages.", help=EVALUATE_HELP)(evaluate)
app.command(short_help="Adapt the classifier to your own labelled pages.", help=TRAIN_HELP)(train)
app.add_typer(rules_app, name="rules", short_help="Check files of your own rules.", help=RULES_HELP)
app.command(short_help="Learn what recurs on the pages of a site.", help=LEARN_HELP)(learn)
app.add_typer(profiles_app, name="profiles", short_help="Look at what was learned; add up; prune.", help=PROFILES_HELP)
