"""`cleaner learn`: profiles of the sites in a folder of pages, for pages that come later."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cleaner.cli.batch_options import (
    FromListOption,
    HtmlColumnOption,
    IdColumnOption,
    MemoryOption,
    OptionalPathsArgument,
    TextColumnOption,
    TimeoutOption,
    UrlColumnOption,
    WorkersOption,
    all_paths,
    make_columns,
)
from cleaner.cli.guard import guarded
from cleaner.cli.options import (
    ConfigOption,
    ContentOption,
    ContentTypeOption,
    DebugOption,
    EncodingOption,
    QuietOption,
    SiteKeyOption,
    WeightsOption,
    make_reading,
    make_settings,
)
from cleaner.console import progress, say

if TYPE_CHECKING:
    from cleaner.batch import Outcome
    from cleaner.batch.learning import Learned

LEARN_HELP: Final = (
    "Learn what stands on many pages of a site, and write it down: one JSON file a site.\n\n"
    "\b\n"
    "  cleaner learn pages -o site-profiles\n"
    "  cleaner clean page.html --profiles site-profiles  a single page profits\n\n"
    "A folder of pages needs no profiles to be cleaned: cleaner clean learns from it by itself.\n\n"
    "A file holds counts, and the words of paragraphs that stand on two pages or more, with numbers and names masked "
    "where they differ; of a paragraph seen once only a hash and where it stood, without which profiles of parts of a "
    "site would not add up. --least 2 leaves those out, --hash-only all words."
)


@guarded
def learn(
    paths: OptionalPathsArgument = None,
    *,
    output: Annotated[str, typer.Option("--output", "-o", metavar="DIR", help="Folder for the profiles.")],
    hash_only: Annotated[bool, typer.Option("--hash-only", help="Write no words of any page, hashes only.")] = False,
    least: Annotated[
        int, typer.Option("--least", min=1, metavar="N", help="Leave out what stands on fewer pages (see above).")
    ] = 1,
    site_key: SiteKeyOption = None,
    content_type: ContentOption = ContentTypeOption.AUTO,
    encoding: EncodingOption = None,
    weights: WeightsOption = None,
    config: ConfigOption = None,
    from_list: FromListOption = None,
    jobs: WorkersOption = None,
    timeout: TimeoutOption = 60.0,
    memory: MemoryOption = 4000,
    text_column: TextColumnOption = "",
    html_column: HtmlColumnOption = "",
    url_column: UrlColumnOption = "",
    id_column: IdColumnOption = "",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace profiles, but for what is pinned.")] = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,  # noqa: ARG001 - read by guarded
) -> int:
    """Learn profiles of sites."""
    from cleaner.batch import Limits, Recipe, finish_on_interrupt, usable_cores
    from cleaner.batch.learning import learn_tree
    from cleaner.readers import scan

    settings = make_settings(config, None, None, weights=weights, site_key=site_key)
    columns = make_columns(text_column, html_column, url_column, id_column)
    reading = make_reading(settings, None, content_type, encoding, columns)
    found = scan(all_paths(paths, from_list), skip_folder=output)
    recipe = Recipe(
        folder=Path(output), settings=settings, reading=reading, paragraphs=not hash_only, overwrite=overwrite
    )
    limits = Limits(timeout_seconds=timeout, memory_bytes=memory * 1_000_000)
    total = None if any(entry.kind != "page" for entry in found.found) else len(found.found)
    with progress(total, quiet=quiet) as count, finish_on_interrupt() as interrupted:

        def tell(outcome: Outcome) -> None:
            count(outcome, 1.0)

        jobs = usable_cores() if jobs is None else jobs
        learned = learn_tree(found, recipe, jobs=jobs, limits=limits, least=least, stop=interrupted, on_noted=tell)
    for code, message in [
        *((unread.code, unread.message) for unread in found.unread if unread.lost),
        *((failure.code, failure.message) for failure in learned.failures),
    ][:10]:
        say(f"error[{code}]: {message}")
    if learned.is_interrupted:
        say("Interrupted; nothing was written.")
        return 130
    if not learned.profiles:
        say("error[nothing_found]: There is no page to learn from.")
        return 3
    for path in learned.pinned:
        say(
            f"warning: {path} is of a cluster that is gone; it stays, and is used, for what is pinned in it. Move the "
            "pins to the profile of the whole folder and remove it."
        )
    if not quiet:
        _sum_up(learned, output, least=settings.site_pages)
    return 1 if learned.failures else 0


def _sum_up(learned: Learned, output: str, *, least: int) -> None:
    """Say of how many sites and pages profiles were written, and of the largest ten what recurs."""
    from cleaner.site.key import split_cluster

    pages = sum(pages for site, pages, _ in learned.profiles if not split_cluster(site)[1])
    say(f"{_counted(len(learned.profiles), 'site')}, {_counted(pages, 'page')}:")
    for site, count, recurring in sorted(learned.profiles, key=lambda one: (-one[1], one[0]))[:10]:
        say(f"{count:8,} {'page' if count == 1 else 'pages'} of {site}, {recurring:,} paragraphs that recur")
    few = sum(count < least for _, count, _ in learned.profiles)
    if few:
        say(f"{few:8,} of the sites have fewer than {least} pages; they say nothing yet")
    if learned.removed:
        one = len(learned.removed) == 1
        what = "profile of a cluster that is gone was" if one else "profiles of clusters that are gone were"
        say(f"{len(learned.removed):8,} {what} removed")
    say(f"The profiles are in {output}")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
