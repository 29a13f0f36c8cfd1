"""Learn the second stage (``weights/site.json``) and measure it: ``python -m cleaner.training.site``.

Pages of the sites with five and more in the corpus ``daniel``, as HTML and as text with all chrome. What the network
says of a training page is the opinion of one that never saw its site (:mod:`cleaner.training.folds`): its own is too
sure. Beside them stand made-up papers: articles as text under each of which stand the same paragraphs, taken from
articles of other sites, since whatever stands under all is chrome. Factors are fitted on split train; figures of its
sites are those of factors fitted without a tenth of the sites, among them the one measured.
"""

from __future__ import annotations

import json
import pickle
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.evaluation.gold import find_corpora
from cleaner.evaluation.labels import layout_of
from cleaner.evaluation.metrics import word_f1
from cleaner.evaluation.peers import load_peer
from cleaner.model import Prediction
from cleaner.page import ContentType, Layout
from cleaner.score import TITLE_SIGN, Opinion, decide, judge, logits_of
from cleaner.site.evidence import COLUMNS, columns, count
from cleaner.site.fingerprint import Fingerprints, fingerprints
from cleaner.site.learn import learn, see
from cleaner.site.profile import Profile
from cleaner.training.corpora import OPINIONS, corpora_digest, load_examples
from cleaner.training.dataset import Example, headlines, seeded
from cleaner.training.renderings import PROGRAMS
from cleaner.training.train import Found, log_odds
from cleaner.weights import PACKAGED_SITE

Floats = NDArray[np.float64]

CORPUS = "daniel"
LEAST, MEASURED = 5, 10
"""Pages of a site from which on it is learned from, and measured."""
FOLDS = 10
STAGES: Mapping[str, Mapping[str, Any]] = {
    "html": {"renderings": {"html": 1.0, "block": 0.2}, "trust": 12.0, "decay": 1e-3},
    "text": {"renderings": {"whole": 1.0, "lines": 1.0, "block": 1.0}, "trust": 0.0, "decay": 1e-3},
}
"""Weight of each rendering, ``trust`` (see evidence.columns) and ridge penalty; chosen on the folds. Mean gain in
whole-page text with trust 0, 2, 4, 8 (decay 3e-4): +.0230, .0190, .0162, .0181; with 4, ifeng.com falls by .008, since
what moves a paragraph half way drops it where the network is in doubt and keeps it where it is not. With decay 3e-4 and
1e-3 +.0250 and .0252; with the rendering ``spaced``, too, .0246, and no more than without on pages so rendered."""
ALONE_DECAY = 3e-3
"""Penalty of the columns for what stands on no other page: with less of it they find comments and teasers, too."""
_ALONE = np.array([name.startswith("alone") for name in COLUMNS])
_BLOCK_SHARES = (1.0, 1.0, 0.8, 0.6)
_MIDDLE = 0.07


@dataclass(frozen=True)
class SitePage:
    """One rendering of one page."""

    site: str
    split: str
    rendering: str
    layout: Layout
    opinion: Opinion
    shares: NDArray[np.float32]
    """(n,) share of each paragraph that is gold."""
    counts: NDArray[np.bool_]
    """(n,) whether it teaches; headlines do not."""
    body: str

    @property
    def logits(self) -> NDArray[np.float32]:
        """The logits of P(body) before any profile."""
        return logits_of(self.layout, self.opinion)

    @property
    def headline(self) -> NDArray[np.bool_]:
        """What repeats the declared title."""
        found: NDArray[np.bool_] = self.opinion.like_title >= TITLE_SIGN
        return found


Site = tuple[list[SitePage], Profile, list[Fingerprints]]


def collect(
    rows: Iterable[Mapping[str, Any]],
    examples: Mapping[tuple[str, str], Example],
    found: Mapping[tuple[str, str], Found],
) -> Iterator[SitePage]:
    """Yield the renderings of the corpus' pages whose labels and opinions are known."""
    flatten = load_peer(PROGRAMS["whole"])
    for row in rows:
        name = f"{CORPUS}/{row['id']}"
        layout = layout_of(row["html"], url=row["url"], content_type="html")
        texts: dict[str, tuple[str | bytes, ContentType]] = {
            "html": (row["html"], "html"),
            "whole": (flatten(row["html"], row["url"], "html") or " ", "text"),
            "lines": ("\n".join(layout.texts), "text"),
        }
        for rendering, (source, content_type) in texts.items():
            example = examples.get((name, rendering))
            page = layout_of(source, url=row["url"], content_type=content_type)
            if example is None or len(example.shares) != len(page.texts):
                continue
            seen = found.get((name, rendering))
            if row["split"] == "train" and seen is None:
                continue
            opinion = judge(page)
            if row["split"] == "train" and seen is not None:
                pages = np.log(np.maximum(seen.page, 1e-9)).astype(np.float32)
                opinion = replace(opinion, prediction=Prediction(log_odds(seen.body), seen.kinds, pages, seen.kinds))
            yield SitePage(
                str(row["domain"]), str(row["split"]), rendering, page, opinion, example.shares, example.weight > 0,
                str(row["body"]),
            )  # fmt: skip


def with_blocks(rows: Sequence[Mapping[str, Any]]) -> Iterator[SitePage]:
    """Yield each page's article as text, with the same paragraphs of other sites' articles under those of one site."""
    by_site = defaultdict(list)
    for row in rows:
        by_site[row["domain"]].append(row)
    for site, pages in sorted(by_site.items()):
        if len(pages) < LEAST:
            continue
        rng = seeded(CORPUS, site, "block")
        others = [row for row in rows if row["domain"] != site and row["language"] == pages[0]["language"]]
        block: list[str] = []
        wanted = rng.choice((2, 4, 7))
        while len(block) < wanted and others:
            paragraphs = [part for part in rng.choice(others)["body"].split("\n") if len(part) > 40]
            block += paragraphs[: rng.choice((1, 2, 3))]
        share = rng.choice(_BLOCK_SHARES)
        for row in pages:
            page = _blocked(row, block if rng.random() < share else [], rng)
            if page is not None:
                yield page


def _blocked(row: Mapping[str, Any], block: list[str], rng: random.Random) -> SitePage | None:
    gold = [part for part in row["body"].split("\n") if part.strip()]
    if not gold:
        return None
    at = rng.randrange(1, len(gold) + 1) if rng.random() < _MIDDLE else len(gold)
    layout = layout_of("\n\n".join([*gold[:at], *block, *gold[at:]]), content_type="text")
    known = {" ".join(text.split()): 1.0 for text in gold} | {" ".join(text.split()): 0.0 for text in block}
    shares = np.array([known.get(text, np.nan) for text in layout.texts], dtype=np.float32)
    counts = np.isfinite(shares) & ~headlines(layout, str(row["title"] or ""))
    text = "\n\n".join(gold)
    return SitePage(
        str(row["domain"]), str(row["split"]), "block", layout, judge(layout), np.nan_to_num(shares), counts, text
    )


def profiles_of(pages: Iterable[SitePage]) -> dict[tuple[str, str], Site]:
    """Count the pages of each site and rendering, as a batch does."""
    groups = defaultdict(list)
    for page in pages:
        groups[page.site, page.rendering].append(page)
    out: dict[tuple[str, str], Site] = {}
    for key, group in sorted(groups.items()):
        if len(group) >= LEAST:
            prints = [fingerprints(page.layout.texts) for page in group]
            seen = [
                see(
                    page.layout,
                    logits=page.logits,
                    kinds=page.opinion.prediction.names.argmax(axis=1),
                    words=page.opinion.words,
                    headline=page.headline,
                    prints=one,
                )
                for page, one in zip(group, prints, strict=True)
            ]
            out[key] = (group, learn(key[0], seen), prints)
    return out


Lesson = tuple[Floats, NDArray[np.bool_], Floats, Floats]
"""Columns, truth, logits before, and weights of the paragraphs of one site that teach."""


def lessons(sites: Mapping[tuple[str, str], Site], stage: Mapping[str, Any]) -> dict[str, list[Lesson]]:
    """Return by site what its training pages teach one stage.

    A page counts the same whatever its length, a paragraph by the root of its words, a site by the root of its pages.
    """
    out = defaultdict(list)
    for (site, rendering), (pages, profile, prints) in sites.items():
        heavy = stage["renderings"].get(rendering, 0.0) / len(pages) ** 0.5
        for page, one in zip(pages, prints, strict=True):
            taught = page.counts & ~page.headline
            if heavy and page.split == "train" and taught.any():
                words = page.opinion.words
                table = columns(count(profile, one), page.logits, words, trust=stage["trust"], eases_blocks=False)
                root = np.sqrt(np.maximum(words, 0.5))
                weight = heavy * root / root[page.counts].sum()
                parts = (table, page.shares > 0.5, page.logits, weight)
                out[site].append(tuple(part[taught] for part in parts))
    return dict(out)  # type: ignore[arg-type]


def fit(
    taught: Mapping[str, list[Lesson]], stage: Mapping[str, Any], *, without: frozenset[str] = frozenset()
) -> Floats:
    """Fit the factors of one stage, without some sites: logistic regression around the logit."""
    parts = [lesson for site, found in taught.items() if site not in without for lesson in found]
    x, truth, base, weight = (np.concatenate(part).astype(np.float64) for part in zip(*parts, strict=True))
    weight /= weight.sum()
    moves = np.abs(x).sum(axis=1) > 0  # no factor says anything of the others
    x, truth, base, weight = (part[moves] for part in (x, truth, base, weight))
    penalty = np.where(_ALONE, ALONE_DECAY, stage["decay"])
    beta = np.zeros(x.shape[1])
    for _ in range(40):
        p = 1 / (1 + np.exp(-np.clip(base + x @ beta, -30, 30)))
        gradient = x.T @ (weight * (truth - p)) - penalty * beta
        curvature = (x * (weight * np.maximum(p * (1 - p), 1e-9))[:, None]).T @ x + np.diag(penalty)
        step = np.clip(np.linalg.solve(curvature, gradient), -2, 2)
        beta += step
        if float(np.abs(step).max()) < 1e-6:
            break
    return beta


def as_data(factors: Mapping[str, Floats]) -> dict[str, Any]:
    """Return what stands in the file."""
    return {
        name: {
            "trust": STAGES[name]["trust"],
            "factors": {column: round(float(value), 3) for column, value in zip(COLUMNS, beta, strict=True)},
        }
        for name, beta in factors.items()
    }


def measure(sites: Mapping[tuple[str, str], Site], stages: Mapping[str, Mapping[str, Any]], rendering: str) -> None:
    """Print the mean word F1 of each site with MEASURED pages, without and with its profile.

    ``stages`` are by site what was fitted without it.
    """
    gains, low = [], []
    for (site, name), (pages, profile, prints) in sites.items():
        if name != rendering or len(pages) < MEASURED:
            continue
        before = float(np.mean([_f1(page) for page in pages]))
        after = float(np.mean([_f1(page, profile, one, stages[site]) for page, one in zip(pages, prints, strict=True)]))
        gains.append(after - before)
        low += [after - before] if before < 0.95 else []
        figures = f"{before:.4f} {after:.4f} {after - before:+.4f}"
        _say(f"{rendering:6} {site:20} {pages[0].split:5} {len(pages):3} pages  {figures}")
    _say(f"{rendering:6} {len(gains)} sites: mean {np.mean(gains):+.4f}, least {min(gains):+.4f}; "
         f"{len(low)} below .95: mean {np.mean(low):+.4f}, {sum(gain > 0 for gain in low)} rise")  # fmt: skip


def _f1(
    page: SitePage,
    profile: Profile | None = None,
    prints: Fingerprints | None = None,
    learned: Mapping[str, Any] | None = None,
) -> float:
    kept = decide(page.layout, page.opinion, profile=profile, prints=prints, learned=learned).kept
    return word_f1("\n\n".join(text for text, keep in zip(page.layout.texts, kept, strict=True) if keep), page.body)


def learn_and_measure(
    rows: Sequence[Mapping[str, Any]],
    examples: Mapping[tuple[str, str], Example],
    found: Mapping[tuple[str, str], Found],
) -> dict[str, Any]:
    """Return what is to stand in the file, after printing the figures."""
    return fit_and_measure(profiles_of([*collect(rows, examples, found), *with_blocks(rows)]))


def fit_and_measure(sites: Mapping[tuple[str, str], Site]) -> dict[str, Any]:
    """Return what is to stand in the file, after printing the figures."""
    names = sorted({site for site, _ in sites})
    stages: dict[str, Mapping[str, Any]] = {}
    taught = {name: lessons(sites, stage) for name, stage in STAGES.items()}
    final = as_data({name: fit(taught[name], stage) for name, stage in STAGES.items()})
    for fold in range(FOLDS):
        held = frozenset(names[fold::FOLDS])
        without = as_data({name: fit(taught[name], stage, without=held) for name, stage in STAGES.items()})
        stages |= dict.fromkeys(held, without)
    for rendering in ("html", "whole"):
        measure(sites, stages, rendering)
    return final


def main() -> int:
    """Fit on the examples and opinions that ``make train`` left in its cache, measure, and write the file."""
    from pyarrow import parquet

    corpora = find_corpora()
    if corpora is None or not OPINIONS.is_file():
        _say("skipped: no corpora, or no opinions. Run make train first.")
        return 0
    examples = {(e.name, e.rendering): e for e in load_examples(corpora, corpora_digest(corpora)) if e.corpus == CORPUS}
    found = pickle.loads(OPINIONS.read_bytes())  # noqa: S301 - our own file
    rows = [row for row in parquet.read_table(corpora / f"{CORPUS}.parquet").to_pylist() if row["split"] != "test"]
    PACKAGED_SITE.write_text(json.dumps(learn_and_measure(rows, examples, found), indent=1) + "\n", "utf-8")
    return 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is a program


if __name__ == "__main__":
    sys.exit(main())
