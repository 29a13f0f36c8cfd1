"""Do a few dozen pages help? Sites held out of training: ``python -m cleaner.training.own.trial BASE SITE ...``.

BASE is a weights file; if there is none, a network that never saw a page of the sites is trained from the corpora and
written there. Then, for each site, the code of `cleaner train` adapts BASE to half of its pages; the other half, and
dev pages of other sites, are measured with BASE and with the adapted weights.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from cleaner.errors import InputError
from cleaner.evaluation.gold import GoldPage, find_corpora, read_all_gold
from cleaner.training.calibrate import calibrate
from cleaner.training.corpora import corpora_digest, load_examples
from cleaner.training.dataset import seeded
from cleaner.training.own.figures import Figures, measure_weights
from cleaner.training.own.pages import check_pages
from cleaner.training.own.run import Order, train_own
from cleaner.training.train import Plan, predictions, save, train

BASE_PASSES = 2
MOST_OTHERS = 120
"""Dev pages of other sites on which is measured what adapting costs."""


def main(arguments: Sequence[str]) -> int:
    """Train the base if it is missing, adapt and measure for each site, print a line each; return the exit code."""
    corpora = find_corpora()
    if corpora is None or len(arguments) < 2:
        _say(f"{__doc__}\nThe corpora are looked for in CLEANER_CORPORA.")
        return 2
    base, sites = Path(arguments[0]), list(arguments[1:])
    if not base.is_file():
        _train_base(corpora, base, sites)
    pages = [page for page in _pages(corpora) if page.split != "test"]
    others = sorted((p for p in pages if p.split == "dev" and p.domain not in sites), key=_draw)[:MOST_OTHERS]
    _say(f"F1, HTML / text. Other sites before: {_measure_others(others, base)}")
    for site in sites:
        _say(f"{site}: {_try(site, [page for page in pages if page.domain == site], others, base)}")
    return 0


def _try(site: str, pages: Sequence[GoldPage], others: Sequence[GoldPage], base: Path) -> str:
    # Which half a page is in depends on nothing but its name.
    ordered = sorted(pages, key=_draw)
    half = len(ordered) // 2
    with tempfile.TemporaryDirectory() as folder:
        adapted = Path(folder) / f"{site}.npz"
        gold = check_pages(replace(page, split="") for page in ordered[:half])
        try:
            outcome = train_own(gold, Order(output=adapted, start=str(base)))
        except InputError as error:
            return str(error)
        test = [page.gold for page in check_pages(replace(page, split="") for page in ordered[half:]).usable]
        before, after = measure_weights(test, str(base)), measure_weights(test, str(adapted))
        rest = _measure_others(others, adapted)
    return (
        f"learned from {outcome.pages['train']} + {outcome.pages['dev']} pages, kept pass {outcome.tuned.best} x "
        f"{outcome.header['share']}; {len(test)} pages {_figures(before)} -> {_figures(after)}; other sites "
        f"{rest}"
    )


def _measure_others(pages: Sequence[GoldPage], weights: Path) -> str:
    articles = [page for page in pages if page.page_type in ("", "article")]
    rest = [page for page in pages if page.page_type not in ("", "article")]
    return (
        f"{len(articles)} articles {_figures(measure_weights(articles, str(weights)))}, "
        f"{len(rest)} other pages {_figures(measure_weights(rest, str(weights)))}"
    )


def _train_base(corpora: Path, base: Path, sites: Sequence[str]) -> None:
    examples = [e for e in load_examples(corpora, corpora_digest(corpora)) if e.domain not in sites]
    network, _, _ = train(examples, Plan(passes=BASE_PASSES), say=_say)
    dev = [example for example in examples if example.split == "dev"]
    save(base, network, {"calibration": calibrate(dev, predictions(network, dev)), "without": list(sites)})


def _pages(corpora: Path) -> Iterator[GoldPage]:
    yield from read_all_gold(sorted(corpora.glob("*.parquet")))


def _draw(page: GoldPage) -> float:
    return seeded(page.corpus, page.id).random()


def _figures(figures: dict[str, Figures]) -> str:
    return " / ".join(f"{found.f1:.3f}" for found in figures.values())


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is a program


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
