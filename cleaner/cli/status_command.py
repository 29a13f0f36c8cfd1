"""`cleaner status`: how a run stands, finished or going on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from cleaner.cli.guard import guarded
from cleaner.cli.options import DebugOption, JsonOption
from cleaner.console import emit, visible

STATUS_HELP: Final = (
    "Say how a run into a folder stands: going on, complete, interrupted or killed; counts, failures, slowest.\n\n"
    "\b\n"
    "  cleaner status out\n"
    "  cleaner status out --json"
)


@guarded
def status(
    folder: Annotated[str, typer.Argument(metavar="OUT", help="The folder given to `cleaner clean ... -o`.")],
    *,
    as_json: JsonOption = False,
    debug: DebugOption = False,  # noqa: ARG001 - read by guarded
) -> int:
    """Say how a run stands."""
    import json

    from cleaner.batch.status import read_standing

    standing = read_standing(Path(folder))
    lines = [json.dumps(standing.to_dict())] if as_json else list(map(visible, standing.lines()))
    emit("".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))
    return 0
