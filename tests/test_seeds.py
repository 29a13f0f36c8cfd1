"""Whole texts of which every paragraph's fate is known: they are found by their bytes and measured paragraph by
paragraph.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path

import pytest

from cleaner.errors import SetupError
from cleaner.evaluation import gate
from cleaner.evaluation.seeds import Run, Seed, measure_seeds, read_seeds
from cleaner.page import Kind
from cleaner.pipeline import clean

TEXT = Path(__file__).parents[1] / "fixtures" / "pages" / "text-comment-policy-glued-on" / "source.txt"


def seed_of(path: Path) -> Seed:
    """What our own text in the shape of a seed comes to today, as an expectation."""
    raw = path.read_bytes()
    runs = tuple(Run(1, one.kept, frozenset({one.kind})) for one in clean(raw, content_type="text").paragraphs)
    return Seed("ours", hashlib.sha256(raw).hexdigest(), runs)


def test_a_text_as_expected_has_all_of_it() -> None:
    """Each paragraph decided and named as expected gives 1.0 of both; other texts of the folder have no figure."""
    figures = measure_seeds(TEXT.parent, [seed_of(TEXT), Seed("gone", "0" * 64, ())])
    assert figures == {"ours": {"decided": 1.0, "named": 1.0}}


def test_one_paragraph_decided_otherwise_shows() -> None:
    """One wrong decision, or one wrong name, takes a paragraph's share of its figure and none of the other's."""
    seed = seed_of(TEXT)
    first, *rest = seed.runs
    wrong = [
        dataclasses.replace(seed, runs=(dataclasses.replace(first, kept=not first.kept), *rest)),
        dataclasses.replace(seed, runs=(dataclasses.replace(first, kinds=frozenset({Kind.SHARE})), *rest)),
    ]
    share = 1 - 1 / len(seed.runs)
    found = [measure_seeds(TEXT.parent, [one])["ours"] for one in wrong]
    assert [pytest.approx(one) for one in found] == [{"decided": share, "named": 1.0}, {"decided": 1.0, "named": share}]


def test_another_number_of_paragraphs_has_nothing_of_it() -> None:
    """Where a text is cut into other paragraphs than expected, none of them can be compared."""
    seed = seed_of(TEXT)
    found = measure_seeds(TEXT.parent, [dataclasses.replace(seed, runs=seed.runs[1:])])
    assert found == {"ours": {"decided": 0.0, "named": 0.0}}


def test_the_projects_expectations_can_be_read() -> None:
    """Our own file names two texts by whole digests, each with something to keep and something to drop."""
    seeds = read_seeds()
    assert [len(seed.sha256) for seed in seeds] == [64, 64]
    assert [{run.kept for run in seed.runs} for seed in seeds] == [{True, False}] * 2


def test_spoiled_expectations_are_named(tmp_path: Path) -> None:
    """A file that is no JSON, or has a kind that does not exist, is refused with its path."""
    path = tmp_path / "seeds.json"
    run = {"paragraphs": 1, "kept": True, "kinds": ["no kind"]}
    for spoiled in ("{", json.dumps({"texts": [{"name": "a", "sha256": "b", "runs": [run]}]})):
        path.write_text(spoiled, "utf-8")
        with pytest.raises(SetupError, match=r"seeds\.json") as caught:
            read_seeds(path)
        assert caught.value.code == "bad_seeds"


def test_the_gate_measures_seeds_and_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside a folder of corpora, the folder ``seeds`` is measured; without one nothing is, and the floor is missed."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_bytes(TEXT.read_bytes())
    monkeypatch.setattr(gate, "read_seeds", lambda: [seed_of(TEXT)])
    (tmp_path / "corpora").mkdir()
    figures, failures = gate.measure_corpora(tmp_path / "corpora")
    assert (figures, failures) == ({"seeds / ours": {"decided": 1.0, "named": 1.0}}, [])
    assert gate.measure_corpora(tmp_path / "text")[0] == {"seeds / ours": {"decided": 1.0, "named": 1.0}}
    assert gate.measure_corpora(tmp_path / "elsewhere" / "corpora")[0] == {}
