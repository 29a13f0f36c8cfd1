"""Rebuild the packaged weights: ``python -m cleaner.training`` (``make train``).

``python -m cleaner.training names WEIGHTS OUT [EXAMPLES]`` only fits the heads that name kinds, on any weights that
have a network for texts; EXAMPLES is a pickle of examples, otherwise those of the corpora are taken.
"""

from __future__ import annotations

import pickle
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaner.evaluation.gold import find_corpora
from cleaner.model import Model, read_weights
from cleaner.training.calibrate import calibrate
from cleaner.training.corpora import OPINIONS, corpora_digest, load_examples
from cleaner.training.dataset import Example
from cleaner.training.folds import cross_judge
from cleaner.training.named import read_named
from cleaner.training.names import fit_names
from cleaner.training.network import Network, export
from cleaner.training.soft_labels import carry_opinions, soften, soften_texts
from cleaner.training.taught_kinds import teach_kinds
from cleaner.training.text_names import fit_text_names
from cleaner.training.train import Found, Plan, judge_dev, mean_opinion, save, train, write_weights
from cleaner.weights import PACKAGED

Floats: TypeAlias = NDArray[np.float32]
HTML_FOLDS = Plan(seed=100, passes=2)
TEACHERS = (Plan(seed=5, passes=3), Plan(seed=6, passes=2))
"""Two networks that learn from labels softened by the folds; their mean opinion softens the last one's labels once more
(dev .8949 for it, .8920 and .8904 for them)."""
STUDENT_SHARE = 0.6
_TEXT_PLAN = Plan(texts_only=True, texts_a_pass=7, choose_pass=False)
TEXT_TEACHERS = (
    replace(_TEXT_PLAN, seed=23, passes=3),
    replace(_TEXT_PLAN, seed=41, passes=4),
    replace(_TEXT_PLAN, seed=43, passes=6, token_dropout=0.5),
)
TEXT_FOLDS = replace(_TEXT_PLAN, seed=100, passes=5, token_dropout=0.45)
TEXT_STUDENT = replace(_TEXT_PLAN, seed=61, passes=8, token_dropout=0.5)
"""Networks for plain texts alone, from nothing; the last learns from what the others, and the one for HTML, think."""


def main() -> int:
    """Build the examples (kept in .cache/training), train, calibrate, write the weights; return the exit code."""
    corpora = find_corpora()
    if corpora is None:
        print("skipped: no corpora. Set CLEANER_CORPORA to their folder.")  # noqa: T201
        return 0
    digest = corpora_digest(corpora)
    examples = load_examples(corpora, digest, say=_say)
    plan = Plan()
    _say(f"{len(examples)} examples, {plan}")
    found = cross_judge(examples, HTML_FOLDS, say=_say)
    opinions = {place: one.body for place, one in found.items()}
    teachers = [train(soften(examples, opinions), teacher, say=_say)[0] for teacher in TEACHERS]
    soft = soften(examples, mean_opinion(examples, opinions, teachers), share=STUDENT_SHARE)
    network, _, _ = train(soft, plan, say=_say)
    dev = [example for example in examples if example.split == "dev"]
    first = {"calibration": calibrate(dev, judge_dev(network, None, dev), also=(examples, found))}
    texts, of_texts = _train_texts(examples, opinions, network, _name_htmls(Model(first, export(network)), examples))
    found |= of_texts
    with OPINIONS.open("wb") as file:  # for the second stage
        pickle.dump({(examples[place].name, examples[place].rendering): one for place, one in found.items()}, file)
    calibration = calibrate(dev, judge_dev(network, texts, dev), also=(examples, found))
    _say(str(calibration))
    header = {"calibration": calibration, "trained_on": digest, "plan": asdict(plan), "text_plan": asdict(TEXT_STUDENT)}
    names, of_texts_names = _fit_heads(Model(header, export(network)), Model(header, export(texts)), examples)
    save(PACKAGED, network, header, names=names, texts=export(texts) | of_texts_names)
    _say(f"wrote {PACKAGED} ({PACKAGED.stat().st_size / 1e6:.1f} MB)")
    from cleaner.training import site  # reads the weights just written

    return site.main()


def _name_htmls(model: Model, examples: list[Example]) -> Model:
    """Return a model of HTML that names paragraphs as well as it can: also by those that a person named for texts."""
    names = fit_names(model, examples, named=read_named(texts=True), say=_say)
    return Model(model.header, model.arrays | names)


def _train_texts(
    examples: list[Example], opinions: dict[int, Floats], network: Network, teacher: Model
) -> tuple[Network, dict[int, Found]]:
    """Train the network for plain texts; return it, and what networks say of texts that never saw their domains.

    It is taught which lines are body by others of its kind, that have seen the page and that have not, and by the one
    for HTML, as that was; and what they are called by ``teacher``, which sees the page's HTML.
    """
    carried = carry_opinions(examples, opinions)
    soft = soften_texts(examples, carried)
    teachers = [train(soft, plan, say=_say)[0] for plan in TEXT_TEACHERS]
    unseen = cross_judge(soft, TEXT_FOLDS, say=_say)
    seen = mean_opinion(examples, carried, [*teachers, network])
    both = {place: ((opinion + unseen[place].body) / 2).astype(np.float32) for place, opinion in seen.items()}
    taught = teach_kinds(soften_texts(examples, both), teacher, read_named(texts=True))
    return train(taught, TEXT_STUDENT, say=_say)[0], unseen


def refit_names(weights: str, out: str, examples: str = "") -> int:
    """Give a weights file new heads that name kinds, and leave all else as it is; return the exit code."""
    model = read_weights(weights)
    if examples:
        with Path(examples).open("rb") as file:
            found: list[Example] = pickle.load(file)  # noqa: S301 - the user's own file
    else:
        corpora = find_corpora()
        if corpora is None:
            print("skipped: no corpora. Set CLEANER_CORPORA to their folder.")  # noqa: T201
            return 0
        found = load_examples(corpora, corpora_digest(corpora), say=_say)
    texts = read_weights(weights, texts=True)
    names, of_texts = _fit_heads(model, texts, found)
    write_weights(Path(out), model.header, {**model.arrays, **names}, texts={**texts.arrays, **of_texts})
    _say(f"wrote {out}")
    return 0


def _fit_heads(model: Model, texts: Model, examples: list[Example]) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Return the arrays of the heads that name kinds, for a network and for that of texts, which learns from it."""
    names = fit_names(model, examples, say=_say)
    own = fit_names(texts, examples, texts=True, say=_say)
    teacher, student = Model(model.header, model.arrays | names), Model(texts.header, texts.arrays | own)
    return names, own | fit_text_names(student, examples, teacher=teacher, say=_say)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is a program


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    sys.exit(refit_names(*sys.argv[2:]) if sys.argv[1:2] == ["names"] else main())
