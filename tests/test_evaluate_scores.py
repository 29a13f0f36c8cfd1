"""Statuses, scores and the best choice of paragraphs are held against the gold; groups of pages are summed right."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from typer.testing import CliRunner

from cleaner.cli import app
from cleaner.errors import InputError, SetupError
from cleaner.evaluation.evaluate import Evaluation, evaluate
from cleaner.evaluation.measure import Measurement, Outcome
from cleaner.evaluation.peers import Cleaned, load_peer
from cleaner.evaluation.reliability import measure_reliability, reliability_bins
from cleaner.evaluation.statuses import status_figures
from cleaner.evaluation.tables import reliability_table

pytest.importorskip("rapidfuzz", reason="gold is laid over pages with it; pip install 'article-cleaner[eval]'")
pa = pytest.importorskip("pyarrow", reason="labelled pages come as Parquet; pip install 'article-cleaner[parquet]'")
from pyarrow import parquet  # noqa: E402 - only when pyarrow is there

from cleaner.evaluation.labels import MAX_TOKENS, label, tokens  # noqa: E402 - only when rapidfuzz is there

GOLD = Path(__file__).parents[1] / "fixtures" / "gold"


def parquet_of(path: Path, rows: list[dict[str, Any]]) -> Path:
    parquet.write_table(pa.Table.from_pylist(rows), path)
    return path


def printed(renderable: Any) -> str:
    console = Console(file=io.StringIO(), width=80)
    console.print(renderable)
    return console.file.getvalue()  # type: ignore[attr-defined]


def outcome(system: str, f1: float, *, status: str = "", char_f1: float | None = None) -> Outcome:
    return Outcome(system, 0.01, "", None, f1, char_f1, None, status)


def measured(page_type: str = "article", language: str = "en", corpus: str = "c", *outcomes: Outcome) -> Measurement:
    return Measurement(corpus, "", "dev", "id", "", page_type, language, outcomes)


def test_labels_are_shares_of_tokens_in_the_gold() -> None:
    """A paragraph's share is that of its tokens in the common subsequence; one without a token has none."""
    found = label(["Menu", "Rain fell all day.", "...", "Rain fell. Share"], "Rain fell all day. Rain fell.")
    assert found.shares.tolist()[:2] == [0.0, 1.0]
    assert math.isnan(found.shares[2])
    assert found.shares[3] == pytest.approx(2 / 3)
    assert (found.tokens.tolist(), found.coverage, found.gold_tokens) == ([1, 4, 0, 3], 1.0, 6)
    assert tokens("Ein Tag, 河水") == ["ein", "tag", "河", "水"]


def test_pages_too_long_to_label_have_no_labels() -> None:
    """Beyond MAX_TOKENS nothing is compared: all shares are unknown and the coverage is 0."""
    found = label(["a " * (MAX_TOKENS + 1)], "a")
    assert (found.coverage, math.isnan(found.shares[0])) == (0.0, True)


def test_bins_hold_weights_means_and_the_error() -> None:
    """Weights count in each bin, empty bins have no figure, and the error is the weighted mean of the gaps."""
    scores = np.array([0.02, 0.9, 0.92, 1.0], np.float32)
    truth, weights = np.array([0, 1, 0, 1], np.float32), np.array([2, 1, 1, 4], np.float32)
    found = reliability_bins(scores, truth, weights, unit="words", bins=10)
    assert [part.weight for part in found.bins] == [2, 0, 0, 0, 0, 0, 0, 0, 0, 6]
    assert (math.isnan(found.bins[1].score), found.bins[9].body) == (True, pytest.approx(5 / 6))
    gap = abs((0.9 + 0.92 + 4) / 6 - 5 / 6)
    assert found.error == pytest.approx((2 * 0.02 + 6 * gap) / 8)
    empty = np.zeros(0, np.float32)
    assert reliability_bins(empty, empty, empty, unit="words").error == 0.0


@given(st.lists(st.tuples(st.floats(0, 1, width=32), st.booleans(), st.integers(1, 50)), min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_no_weight_is_lost_in_bins(rows: list[tuple[float, bool, int]]) -> None:
    """Whatever the scores, the bins hold all the weight and the error lies between 0 and 1."""
    scores, truth, weights = (np.array([row[place] for row in rows], np.float32) for place in range(3))
    found = reliability_bins(scores, truth, weights, unit="words")
    assert sum(part.weight for part in found.bins) == pytest.approx(float(weights.sum()))
    assert 0 <= found.error <= 1 + 1e-6


def test_reliability_is_measured_from_html_and_from_text() -> None:
    """The gold folder is measured both ways unless one is asked for; pages without their gold are left out."""
    rows = measure_reliability([GOLD])
    assert [(row.name, row.pages) for row in rows] == [("HTML", 3), ("text", 1), ("whole page", 3)]
    assert [row.name for row in measure_reliability([GOLD], as_text=True)] == ["text", "whole page"]
    html = rows[0]
    assert sum(part.weight for part in html.by_words.bins) > sum(part.weight for part in html.by_paragraph.bins)
    text = printed(reliability_table(rows))
    assert max(len(line) for line in text.splitlines()) <= 80
    assert text.count("Expected calibration error:") == 3
    data = json.loads(json.dumps(html.to_dict(), allow_nan=False))
    assert len(data["by_paragraph"]["bins"]) == 15


def test_reliability_needs_gold_that_stands_on_the_page(tmp_path: Path) -> None:
    """A page whose gold is another text says nothing about scores; with no page left there is no figure."""
    path = parquet_of(tmp_path / "x.parquet", [{"html": b"<p>Rain fell all day.", "body": "Snow lay on the hills."}])
    with pytest.raises(InputError) as caught:
        measure_reliability([path])
    assert caught.value.code == "gold_empty"


def test_the_oracle_keeps_what_is_mostly_gold(tmp_path: Path) -> None:
    """The best choice is measured as one more system, from HTML and from text, and stands outside the contest."""
    page = b"<nav><p>Home<p>News</nav><p>Rain fell all day and all night.<p>Nobody was hurt in the valley, it says."
    body = "Rain fell all day and all night.\n\nNobody was hurt in the valley."
    path = parquet_of(tmp_path / "x.parquet", [{"html": page, "body": body}])
    for as_text in (False, True):
        result = evaluate([path], against=["untouched", "oracle"], ours=False, as_text=as_text)
        assert result.systems == ("untouched", "oracle")
        best = result.rows()[1]
        assert (best.recall, best.word_f1) == (pytest.approx(1.0), pytest.approx(2 * 13 / (13 + 15)))
    assert evaluate([path], against=["oracle"], ours=False).systems == ("oracle",)


def test_statuses_are_counted_by_page_type() -> None:
    """Forum and service pages count neither way, empty is not refused, and peers have no status."""
    pages = [
        measured("listing", "", "c", outcome("cleaner", 1, status="not_article")),
        measured("product", "", "c", outcome("cleaner", 1, status="empty")),
        measured("collection", "", "c", outcome("cleaner", 1, status="ok")),
        measured("article", "", "c", outcome("cleaner", 1, status="not_article")),
        measured("documentation", "", "c", outcome("cleaner", 1, status="low_confidence")),
        measured("forum", "", "c", outcome("cleaner", 1, status="not_article")),
        measured("", "", "c", outcome("cleaner", 1, status="ok")),
        measured("listing", "", "d", outcome("untouched", 1)),
    ]
    (figures,) = status_figures(pages)
    assert (figures.articles, figures.articles_refused, figures.left_out) == (2, 1, 2)
    assert (figures.others, figures.others_refused, figures.others_empty) == (3, 1, 1)
    assert (figures.precision, figures.recall) == (0.5, pytest.approx(1 / 3))
    result = Evaluation(("cleaner",), ("1",), tuple(pages[:6]))
    text = " ".join(printed(result.to_table()).split())
    assert "not_article: precision .500, recall .333. Called so: 1 of 3 collections" in text
    assert "1 pages of other types left out" in text
    assert result.to_dict()["statuses"][0]["precision"] == 0.5


def test_our_text_carries_the_status() -> None:
    """What this cleaner returns as a peer is a text that knows the status of its page."""
    text = load_peer("cleaner")("", None, "text")
    assert isinstance(text, Cleaned)
    assert (text, text.status) == ("", "empty")


def test_languages_are_grouped_over_all_corpora(tmp_path: Path) -> None:
    """With ``by`` the pages of several files make one group a language, declared or read from the gold."""
    french = "Le pont de la rivière a été fermé pendant la nuit, et les enfants sont restés à la maison avec leur mère."
    rows = [{"text": french, "body": french}] * 6
    declared = [{"text": french, "body": french, "language": "French"}] * 5 + [{"text": "x", "body": "x"}]
    paths = [parquet_of(tmp_path / "a.parquet", rows), parquet_of(tmp_path / "b.parquet", declared)]
    result = evaluate(paths, against=["untouched"], ours=False)
    (row,) = result.rows_by("language")
    assert (row.corpus, row.group, row.pages, row.word_f1) == ("all corpora", "language fr", 11, 1.0)
    assert result.to_dict(by="language")["rows"][0]["language"] == "fr"
    assert "No type has pages enough" in printed(result.to_table(by="type"))
    with pytest.raises(SetupError) as caught:
        result.rows_by("colour")
    assert caught.value.code == "unknown_grouping"


def test_groups_in_which_we_are_behind_are_named() -> None:
    """Under the table of groups stands where a peer is better: by words, or by characters in Chinese."""
    english = [measured("article", "en", "c", outcome("cleaner", 0.8), outcome("trafilatura", 0.9))] * 10
    chinese = [
        measured("article", "zh", "c", outcome("cleaner", 0.1, char_f1=0.9), outcome("trafilatura", 0.2, char_f1=0.8))
    ]
    result = Evaluation(("cleaner", "trafilatura"), ("", ""), tuple(english + chinese * 10))
    text = printed(result.to_table(by="language"))
    assert "Behind trafilatura in language en: words .800 < .900." in text
    assert text.count("Behind") == 1


def test_the_command_offers_all_of_it() -> None:
    """`cleaner evaluate` takes --calibration, --oracle and --by, and refuses what contradicts itself."""
    run = CliRunner().invoke
    assert "Expected calibration error" in run(app, ["evaluate", str(GOLD), "--calibration"]).stdout
    data = json.loads(run(app, ["evaluate", str(GOLD), "--calibration", "--as-text", "--json"]).stdout)
    assert [row["renderer"] for row in data["calibration"]] == ["text", "whole page"]
    data = json.loads(run(app, ["evaluate", str(GOLD), "--oracle", "--json"]).stdout)
    assert list(data["systems"]) == ["cleaner", "oracle"]
    assert run(app, ["evaluate", str(GOLD), "--by", "language"]).exit_code == 0
    assert run(app, ["evaluate", str(GOLD), "--calibration", "--oracle"]).exit_code == 2
