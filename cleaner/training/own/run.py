"""Checked pages -> weights file: split, train, calibrate, measure, write."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

from cleaner.errors import InputError, RunError, SetupError
from cleaner.model import HEAD_ARRAYS, Model, has_texts, load_model
from cleaner.training.calibrate import POINTS, Scale, calibrate
from cleaner.training.dataset import Example
from cleaner.training.network import export
from cleaner.training.own.figures import Figures, measure_weights
from cleaner.training.own.pages import Gold, SplitBy, assign_splits, examples_of_page
from cleaner.training.own.start import check_start, load_network
from cleaner.training.own.tune import ADAPT, SCRATCH, Course, Tuned, tune
from cleaner.training.train import judge_dev, save
from cleaner.weights import PACKAGED
from cleaner.writers import make_folder, replace_file

Calibration = dict[str, dict[str, Any]]
OnStep: TypeAlias = Callable[[str, int, int], None]

__all__ = ["MIN_PAGES", "REFIT_PAGES", "Order", "Outcome", "check_enough", "check_output", "train_own"]

MIN_PAGES = 10
"""Fewer usable pages would be learned by heart, and none would be left to notice."""
REFIT_PAGES = 100
"""From so many dev pages on, slope, offset and thresholds are fitted anew; below, those of the start are kept. Fitted
on 10 to 40 dev pages (articles) and measured on the other 126 or more, thresholds lose .003 F1 against the best on
HTML, where those of the start lose .0007; fitted on 70 pages, .0007 and .0003 (text: .0018 and .0024)."""
NO_LIMIT = 1.01
"""A probability no page reaches: pages are never called ``not_article`` by a network that was not taught page types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be trained."""

    output: Path
    overwrite: bool = False
    start: str | None = None
    """Weights file to start from; None: the packaged one."""
    from_scratch: bool = False
    split_by: SplitBy = "auto"
    seed: int = 5
    passes: int | None = None
    """Passes over the pages at most; None leaves it to the course."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A weights file that was written, and how it came about."""

    output: Path
    pages: dict[str, int]
    """How many were used for ``train`` and ``dev``, were ``skipped``, or were left alone as ``test``."""
    split_by: SplitBy
    tuned: Tuned
    """The passes that were made, and which was kept."""
    texts: Tuned | None
    """The same for the network of plain texts, where the start has one."""
    is_calibrated: bool
    """Whether thresholds were fitted on the user's pages."""
    before: dict[str, Figures]
    """Figures of the start weights (of the packaged ones, from scratch) on the dev pages, by ``html`` and ``text``."""
    after: dict[str, Figures]
    header: dict[str, Any]
    """What the file says of itself beside calibration and features."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "format": 1,
            "weights": str(self.output),
            "pages": self.pages,
            "split_by": self.split_by,
            **_told(self.tuned),
            "texts": None if self.texts is None else _told(self.texts),
            "calibration": "refitted" if self.is_calibrated else "carried over",
            "before": {name: figures.to_dict() for name, figures in self.before.items()},
            "after": {name: figures.to_dict() for name, figures in self.after.items()},
            "header": self.header,
        }


def _told(tuned: Tuned) -> dict[str, Any]:
    return {"passes": [entry._asdict() for entry in tuned.passes], "best_pass": tuned.best}


def check_output(order: Order) -> None:
    """Refuse, before hours are spent, what could not be written: SetupError ``output_exists``, RunError."""
    if order.output.is_dir():
        raise SetupError("output_exists", f"{order.output} is a folder. Name a file, as in: -o weights.npz")
    if order.output.exists() and not order.overwrite:
        raise SetupError("output_exists", f"{order.output} is there already. Pass --overwrite to replace it.")
    make_folder(order.output.parent)
    if not os.access(order.output.parent, os.W_OK):
        raise RunError("not_writable", f"{order.output} cannot be written: you have no permission to write there.")


def train_own(gold: Gold, order: Order, *, on_step: OnStep = lambda *_: None) -> Outcome:
    """Train on a user's pages and write the weights file, whole or not at all.

    Where the start has a network for plain texts, that is trained, too, on texts of the same pages. ``on_step`` is
    called with a name of what is being done (``prepare``, ``train``, ``texts``), how far it is, and its length.

    Raises InputError ``too_few_pages`` for fewer than MIN_PAGES usable pages; SetupError for a start that does not fit
    this version, an output that exists, or a split that leaves nothing (``no_dev_pages``); RunError when the file
    cannot be written.
    """
    check_output(order)
    check_enough(gold)
    place = order.start or str(PACKAGED)
    model = load_model(place)
    if not order.from_scratch:
        check_start(model, where=place)
    splits, split_by = assign_splits(gold.usable, by=order.split_by, seed=order.seed)
    examples = _prepare(gold, splits, on_step)
    course = _course(order)
    start = None if order.from_scratch else load_network(model, dropout=course.plan.dropout)
    tuned = tune(examples, course, start=start, on_pass=lambda done: on_step("train", done.number, course.plan.passes))
    of_texts = None if start is None or not has_texts(place) else _tune_texts(examples, course, place, on_step)
    dev = [page.gold for page, split in zip(gold.usable, splits, strict=True) if split == "dev"]
    calibration, is_calibrated = _calibrate(
        tuned, of_texts, examples, None if start is None else model, dev_pages=len(dev)
    )
    counts = {name: splits.count(name) for name in ("train", "dev")}
    header: dict[str, Any] = {
        "trained_on": gold.digest,
        "pages": counts,
        **_describe_start(None if start is None else place),
        **_described(tuned),
        "texts": None if of_texts is None else _described(of_texts),
        "plan": asdict(course.plan),
    }
    with tempfile.TemporaryDirectory(prefix="cleaner-train-") as folder:
        made = Path(folder) / f"{order.output.stem or 'weights'}.npz"
        names = _heads(model) if start is not None else {}
        texts = export(of_texts.network) | _heads(load_model(place, texts=True)) if of_texts is not None else None
        save(made, tuned.network, {"calibration": calibration, **header}, names=names, texts=texts)
        before, after = measure_weights(dev, place), measure_weights(dev, str(made))
        replace_file(order.output, made.read_bytes())
    counts = {**counts, "skipped": len(gold.skipped), "test": gold.test_pages}
    return Outcome(order.output, counts, split_by, tuned, of_texts, is_calibrated, before, after, header)


def _tune_texts(examples: Sequence[Example], course: Course, place: str, on_step: OnStep) -> Tuned:
    """Train the network for plain texts on the renderings of the pages."""
    return tune(
        [example for example in examples if example.is_text],
        course,
        start=load_network(load_model(place, texts=True), dropout=course.plan.dropout),
        on_pass=lambda done: on_step("texts", done.number, course.plan.passes),
    )


def _heads(model: Model) -> dict[str, Any]:
    """Return the heads that name kinds, which are left as they are."""
    return {name: array for name, array in model.arrays.items() if name in HEAD_ARRAYS}


def _describe_start(place: str | None) -> dict[str, str]:
    """Say from which weights file training began, if from any, and by which version."""
    from cleaner.version import __version__

    start = "scratch" if place is None else f"sha256:{sha256(Path(place).read_bytes()).hexdigest()}"
    return {"start": start, "version": __version__}


def _described(tuned: Tuned) -> dict[str, Any]:
    return {"best_pass": tuned.best, "share": tuned.share}


def check_enough(gold: Gold) -> None:
    """Raise InputError ``too_few_pages`` unless MIN_PAGES pages can be learned from."""
    if len(gold.usable) < MIN_PAGES:
        count = len(gold.usable)
        raise InputError(
            "too_few_pages",
            f"Only {count} labelled page{'s' * (count != 1)} can be learned from, and {MIN_PAGES} are needed. Label "
            "more pages; a few dozen of a site are worth it.",
        )


def _prepare(gold: Gold, splits: Sequence[str], on_step: OnStep) -> list[Example]:
    for name in ("train", "dev"):
        if name not in splits:
            raise SetupError(
                "no_dev_pages", f"No page is left for the {name} part. Split another way: --split-by page."
            )
    examples: list[Example] = []
    for done, (page, split) in enumerate(zip(gold.usable, splits, strict=True), start=1):
        examples += examples_of_page(page, split)
        on_step("prepare", done, len(splits))
    return examples


def _course(order: Order) -> Course:
    course = SCRATCH if order.from_scratch else ADAPT
    passes = course.plan.passes if order.passes is None else order.passes
    return replace(course, plan=replace(course.plan, seed=order.seed, passes=passes))


def _calibrate(
    tuned: Tuned, of_texts: Tuned | None, examples: Sequence[Example], model: Model | None, *, dev_pages: int
) -> tuple[Calibration, bool]:
    """Return the calibration for the new weights, and whether it was fitted on the user's dev pages.

    What they say nothing of (a content type, pages that are no articles) is carried over.
    """
    carried: Calibration = neutral_calibration() if model is None else model.header["calibration"]
    dev = [example for example in examples if example.split == "dev"]
    both = len({example.is_text for example in dev}) == 2
    if dev_pages < REFIT_PAGES or not both:
        return carried, False
    fitted = calibrate(dev, judge_dev(tuned.network, None if of_texts is None else of_texts.network, dev))
    if {example.page_type for example in dev} == {"article"}:
        for name, fit in fitted.items():
            fit["not_article"] = carried[name]["not_article"]
            for limits in fit["thresholds"].values():
                limits["other"] = limits["article"]
    return fitted, True


NEUTRAL = {"balance": 0.5, "precision": 0.7, "recall": 0.3}


def neutral_calibration() -> Calibration:
    """Return the calibration of a network nobody calibrated: its own probabilities, cut at NEUTRAL."""
    return {
        name: {
            **Scale(1.0, 0.0, 0.0, ()).header(),
            "chrome_bands": [0.5],
            "thresholds": {point: {"article": [NEUTRAL[point]], "other": [NEUTRAL[point]]} for point in POINTS},
            "not_article": NO_LIMIT,
        }
        for name in ("html", "text")
    }
