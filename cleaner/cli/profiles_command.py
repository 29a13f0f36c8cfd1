"""`cleaner profiles`: look at profiles of sites, add them up, make them smaller."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cleaner.cli.guard import guarded
from cleaner.cli.options import DebugOption
from cleaner.console import look, say, show, visible
from cleaner.errors import SetupError

if TYPE_CHECKING:
    from cleaner.site.profile import Profile

PROFILES_HELP: Final = (
    "Look at profiles of sites, add them up, make them smaller.\n\n"
    "A profile is JSON and may be edited. What is listed under pins, by hash or by its text, is decided:\n\n"
    '\b\n  "pins": {"chrome": ["Join our newsletter"], "body": ["9f2c41d07ab35e68"]}'
)
_SHOWN = 20

profiles_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
PlacesArgument = Annotated[
    list[str], typer.Argument(metavar="PATH", help="Files of profiles, or folders of them.", show_default=False)
]


@guarded
def show_profiles(
    paths: PlacesArgument,
    *,
    debug: DebugOption = False,  # noqa: ARG001 - read by guarded
) -> int:
    """Show which sites there are, and of a single one what recurs on it."""
    files = _files(paths)
    profiles = [_read(path) for path in files]
    if len(profiles) == 1:
        _show_one(profiles[0])
        return 0
    for profile in sorted(profiles, key=lambda one: (-one.pages, one.site)):
        pinned = f", {len(profile.pins):,} pinned" if profile.pins else ""
        show(f"{profile.pages:8,} pages  {visible(profile.site)}: {len(profile.entries):,} paragraphs recur{pinned}")
    return 0


def _show_one(profile: Profile) -> None:
    from cleaner.page import KINDS
    from cleaner.site.profile import PLACES

    show(f"{visible(profile.site)}: {profile.pages:,} pages, {len(profile.entries):,} paragraphs recur, "
         f"{len(profile.once):,} stand on one page only\n")  # fmt: skip
    order = sorted(profile.entries.items(), key=lambda item: (-item[1].pages, item[0]))
    width = max(look().columns - 56, 20)
    for number, entry in order[:_SHOWN]:
        place = PLACES[max(range(3), key=lambda at: entry.places[at])]
        kind = KINDS[max(range(len(KINDS)), key=lambda at: entry.kinds[at])]
        pin = profile.pinned.get(number)
        text = visible(entry.example)[:width] or f"({entry.words} words)"
        show(f"{entry.pages:6,}  {place:6}  {kind:9}  {number:016x}  {text}{f'  pinned as {pin}' if pin else ''}")
    if len(order) > _SHOWN:
        show(f"        and {len(order) - _SHOWN:,} more in the file")
    for pin, item in sorted(profile.pins):
        show(f"pinned as {pin}: {visible(item)}")


@guarded
def merge_profiles(
    paths: PlacesArgument,
    *,
    output: Annotated[str, typer.Option("--output", "-o", metavar="DIR", help="Folder for the sums.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace profiles that are there.")] = False,
    debug: DebugOption = False,  # noqa: ARG001 - read by guarded
) -> int:
    """Add up profiles of the same sites, learned from different pages; the order does not matter."""
    from cleaner.batch.learning import save_profile
    from cleaner.site.profile import merge
    from cleaner.site.profiles import profile_file

    by_site: dict[str, list[Path]] = defaultdict(list)
    for path in _files(paths):
        by_site[_read(path).site].append(path)
    for site in by_site:
        target = Path(output) / profile_file(site)
        if os.path.lexists(target) and not overwrite:
            raise SetupError(
                "output_exists", f"{target} is there already. Pass --overwrite to replace it.", where=str(target)
            )
    for _, files in sorted(by_site.items()):
        save_profile(merge(map(_read, files)), Path(output))
    parts = sum(map(len, by_site.values()))
    say(f"{parts:,} profiles of {len(by_site):,} sites were added up. The sums are in {output}")
    return 0


@guarded
def prune_profiles(
    paths: PlacesArgument,
    *,
    least: Annotated[
        int, typer.Option("--least", min=2, metavar="N", help="Keep paragraphs that stand on so many pages.")
    ] = 2,
    site_pages: Annotated[
        int, typer.Option("--site-pages", min=1, metavar="N", help="Remove profiles of sites with fewer pages.")
    ] = 1,
    hash_only: Annotated[bool, typer.Option("--hash-only", help="Take all words out, too.")] = False,
    debug: DebugOption = False,  # noqa: ARG001 - read by guarded
) -> int:
    """Take out of profiles what stands on few pages, above all on one; they no longer add up exactly."""
    from cleaner.batch.learning import save_profile

    before = after = removed = 0
    for path in _files(paths):
        profile = _read(path)
        before += path.stat().st_size
        if profile.pages < site_pages and not profile.pins:
            path.unlink()
            removed += 1
            continue
        pruned = profile.pruned(least)
        after += save_profile(pruned.without_examples() if hash_only else pruned, path.parent).stat().st_size
    say(f"{before / 1000:,.0f} kB -> {after / 1000:,.0f} kB" + (f", {removed:,} profiles removed" if removed else ""))
    return 0


def _files(paths: list[str]) -> list[Path]:
    """Return the files named, and those in the folders named. Raises SetupError ``no_profiles``."""
    files: list[Path] = []
    for name in paths:
        inside = sorted(Path(name).glob("*.json")) if Path(name).is_dir() else [Path(name)]
        if not inside or not inside[0].is_file():
            raise SetupError(
                "no_profiles", f"{name} holds no profiles of sites. Try: cleaner learn PAGES -o {name}", where=name
            )
        files += inside
    return files


def _read(path: Path) -> Profile:
    from cleaner.site.profile import read_profile

    return read_profile(path.read_bytes(), where=str(path))


profiles_app.command("show", short_help="Show which sites there are, or what recurs on one.")(show_profiles)
profiles_app.command("merge", short_help="Add up profiles learned from different pages.")(merge_profiles)
profiles_app.command("prune", short_help="Make profiles smaller.")(prune_profiles)
