"""Floors hold, rise and never sink quietly; the benchmark measures what it says. No trained weights are needed here."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from cleaner.errors import SetupError
from cleaner.evaluation import bench as bench_module
from cleaner.evaluation import gate, peers
from cleaner.evaluation.evaluate import Evaluation
from cleaner.evaluation.gate import FLOORS_PATH, Check, Floors, compare, corpus_digests, raised
from cleaner.evaluation.measure import ONE_THREAD, Measurement, Outcome
from cleaner.evaluation.peers import PEERS

pa = pytest.importorskip("pyarrow", reason="corpora are Parquet files; pip install 'article-cleaner[parquet]'")
from pyarrow import parquet  # noqa: E402 - only when pyarrow is there

FLOORS = Floors("", 0.0005, "a test", {"corpora/aeb": "sha256:old"}, {"a": {"f1": 0.9}, "b": {"f1": 0.8}})


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    """A folder of corpora as the gate knows it, of two pages, with the folder ``text`` beside it."""
    html = [{"html": b"river bank", "body": "river bank", "page_type": "article", "split": "test"}]
    text = [{"text": "river bank", "body": "river bank", "page_type": "article", "renderer": "plain 1.0"}]
    for folder, rows in (("corpora", html), ("text", text)):
        (tmp_path / folder).mkdir()
        for name in ("aeb", "wcxb-test"):
            parquet.write_table(pa.Table.from_pylist(rows), tmp_path / folder / f"{name}.parquet")
    return tmp_path / "corpora"


def floors_file(path: Path, corpora: Path, **floors: dict[str, float]) -> Path:
    Floors("About.", 0.0005, "a test", corpus_digests(corpora), floors).write(path)
    return path


def run(corpora: Path, floors: Path, *options: str) -> int:
    measure = ["--system", "untouched", "--workers", "1"]
    return gate.main(["--corpora", str(corpora), "--floors", str(floors), *measure, *options])


@pytest.mark.parametrize(("value", "ok"), [(0.95, True), (0.9, True), (0.8996, True), (0.8994, False), (None, False)])
def test_a_figure_may_lie_epsilon_below_its_floor(value: float | None, ok: bool) -> None:
    """A floor holds down to epsilon below it, and is missed when it has no figure."""
    measured = {"b": {"f1": 0.8}} | ({} if value is None else {"a": {"f1": value}})
    assert compare(FLOORS, measured)[0] == Check("a", "f1", floor=0.9, measured=value, ok=ok)


def test_a_figure_without_floor_is_shown_and_holds() -> None:
    """What has no floor yet is listed last and fails nothing."""
    assert compare(FLOORS, {"c": {"f1": 0.1}})[-1] == Check("c", "f1", floor=None, measured=0.1, ok=True)


def test_an_update_raises_rounds_down_and_adds() -> None:
    """Better figures become floors of three decimals, new ones are added, one within epsilon leaves the floor alone."""
    updated = raised(FLOORS, {"a": {"f1": 0.91999}, "b": {"f1": 0.7998}, "c": {"f1": 0.955}}, digests={})
    assert updated.floors == {"a": {"f1": 0.919}, "b": {"f1": 0.8}, "c": {"f1": 0.955}}
    assert updated.regressions == ()


@pytest.mark.parametrize(
    ("figure", "digests", "code"),
    [(0.85, {}, "would_lower_floor"), (0.9, {"corpora/aeb": "sha256:new"}, "corpus_changed")],
)
def test_an_update_needs_a_reason_to_lower(figure: float, digests: dict[str, str], code: str) -> None:
    """Without a written reason no floor sinks and no corpus is replaced; with one it is kept in the file."""
    measured = {"a": {"f1": figure}, "b": {"f1": 0.8}}
    with pytest.raises(SetupError, match="--allow-regression") as caught:
        raised(FLOORS, measured, digests=digests)
    assert caught.value.code == code
    updated = raised(FLOORS, measured, digests=digests, regression="A page was mislabelled.")
    assert updated.floors["a"]["f1"] == figure
    assert [case["reason"] for case in updated.regressions] == ["A page was mislabelled."]
    assert dict(updated.corpora) == {"corpora/aeb": "sha256:old"} | digests


def test_the_floors_file_survives_a_round_trip(tmp_path: Path) -> None:
    """Writing and reading gives the same floors, and nothing else is left in the folder."""
    path = tmp_path / "floors.json"
    FLOORS.write(path)
    assert Floors.read(path) == FLOORS
    assert [entry.name for entry in tmp_path.iterdir()] == ["floors.json"]


@pytest.mark.parametrize("content", ["{", "[]", '{"floors": {}}', '{"epsilon": 1, "corpora": {}, "floors": {}}'])
def test_a_spoilt_floors_file_is_an_error(tmp_path: Path, content: str) -> None:
    """A file that is no floors file is refused by name."""
    path = tmp_path / "floors.json"
    path.write_text(content)
    with pytest.raises(SetupError, match="Restore the file") as caught:
        Floors.read(path)
    assert (caught.value.code, caught.value.where) == ("bad_floors", str(path))


def test_the_floors_of_this_project_are_complete() -> None:
    """Our own file names five test sets, gives epsilon a reason, and holds the bars of the first release."""
    floors = Floors.read(FLOORS_PATH)
    assert sorted(floors.corpora) == ["corpora/aeb", "corpora/wcxb-test", "kinds/visible", "text/aeb", "text/wcxb-test"]
    assert [len(digest) for digest in floors.corpora.values()] == [len("sha256:") + 64] * 5
    assert 0 < floors.epsilon <= 0.001
    assert len(floors.epsilon_reason) > 40
    bars = {"aeb / html / all": 0.955, "wcxb-test / html / all": 0.865, "wcxb-test / html / article": 0.950}
    below = [name for name, bar in bars.items() if max(floors.floors[name].values()) < bar]
    assert below == [] or floors.regressions != ()


def test_the_gate_passes_fails_and_updates(corpora: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0 when floors hold, 1 when one is missed; --update writes what was measured."""
    path = floors_file(tmp_path / "floors.json", corpora, **{"aeb / html / all": {"shingle_f1": 0.9}})
    assert run(corpora, path) == 0
    assert "4 of 4 figures hold their floors." in capsys.readouterr().out
    assert run(corpora, path, "--update") == 0
    assert Floors.read(path).floors["aeb / plain 1.0 / all"] == {"shingle_f1": 1.0}
    floors_file(path, corpora, **{"no / such / pages": {"word_f1": 0.5}})
    assert run(corpora, path) == 1
    assert "not measured" in capsys.readouterr().out


def test_statuses_have_a_place_among_the_figures() -> None:
    """Precision and recall of not_article are figures of HTML pages of both sorts, and floors can hold them."""

    def page(page_type: str, status: str, renderer: str = "") -> Measurement:
        outcome = Outcome("cleaner", 0.01, "", None, 1.0, None, None, status)
        return Measurement("wcxb-test", renderer, "test", "1", "", page_type, "en", (outcome,))

    pages = [page("listing", "not_article"), page("product", "ok"), page("article", "ok")]
    figures = gate._status_figures(Evaluation(("cleaner",), ("1",), tuple(pages)))
    assert figures == {"wcxb-test / html / not_article": {"precision": 1.0, "recall": 0.5}}
    floors = dataclasses.replace(FLOORS, floors={"wcxb-test / html / not_article": {"recall": 0.6}})
    assert [check.ok for check in compare(floors, figures)] == [False, True]
    alone = Evaluation(("cleaner",), ("1",), (page("article", "ok"), page("listing", "ok", "flat 1.0")))
    assert gate._status_figures(alone) == {}


def test_another_corpus_fails_the_gate(corpora: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Floors belong to the files they were measured on: a changed or missing one fails, whatever the figures."""
    path = floors_file(tmp_path / "floors.json", corpora, **{"aeb / html / all": {"shingle_f1": 0.9}})
    other = [{"html": b"other page", "body": "other page", "page_type": "article"}]
    parquet.write_table(pa.Table.from_pylist(other), corpora / "aeb.parquet")
    (corpora.parent / "text" / "wcxb-test.parquet").unlink()
    assert run(corpora, path) == 1
    output = capsys.readouterr().out
    assert "CHANGED: corpora/aeb is" in output
    assert "CHANGED: text/wcxb-test is" in output


@pytest.mark.parametrize("main", [gate.main, bench_module.main])
def test_without_corpora_it_says_so_and_succeeds(
    main: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a user's machine both commands say "skipped: no corpora" and exit 0."""
    for name, value in ONE_THREAD.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("CLEANER_CORPORA", raising=False)
    monkeypatch.chdir(tmp_path)
    assert main([]) == 0
    assert capsys.readouterr().out == "skipped: no corpora\n"


def test_a_reason_without_update_is_a_wrong_call(capsys: pytest.CaptureFixture[str]) -> None:
    """A reason that changes nothing is refused with exit code 2."""
    assert gate.main(["--allow-regression", "because"]) == 2
    assert capsys.readouterr().err == "--allow-regression belongs to --update.\n"


def test_the_sample_is_spread_evenly(corpora: Path) -> None:
    """The benchmark takes pages evenly spaced through the test sets, all of them when there are fewer."""
    rows = [{"id": str(number), "html": b"x", "body": "x"} for number in range(10)]
    for name in ("aeb", "wcxb-test"):
        parquet.write_table(pa.Table.from_pylist(rows), corpora / f"{name}.parquet")
    assert [page.id for page in bench_module.sample_pages(corpora, 4)] == ["0", "5", "0", "5"]
    assert len(bench_module.sample_pages(corpora, 100)) == 20


def test_the_benchmark_times_every_system_on_every_page(corpora: Path) -> None:
    """Each system has all pages, positive times in order, and its ratio to the first system."""
    pages = bench_module.sample_pages(corpora, 2) * 10
    first, second = bench_module.bench(pages, ("justext", "untouched"))
    assert (first.pages, second.pages, first.failures, second.failures) == (20, 20, 0, 0)
    assert 0 < first.ms_median <= first.ms_p95
    assert (first.times_first, second.times_first < 1) == (1.0, True)
    with pytest.raises(SetupError) as caught:
        bench_module.bench([], ("untouched",))
    assert caught.value.code == "no_pages"


def test_the_benchmark_claims_nothing_for_a_system_that_raises(
    corpora: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Failing fast is no speed: without a claim, with what was raised, and with exit code 1."""

    def refuse(_source: bytes | str, _url: str | None, _content_type: str) -> str:
        raise ValueError("no [weights]")

    for name, value in ONE_THREAD.items():
        monkeypatch.setenv(name, value)
    refusing = dataclasses.replace(PEERS["untouched"], load=lambda: refuse)
    monkeypatch.setattr(peers, "PEERS", dict(PEERS) | {"refusing": refusing})
    monkeypatch.setattr(bench_module, "PEERS", dict(PEERS) | {"refusing": refusing})
    monkeypatch.setattr(bench_module, "OURS", "refusing")
    assert bench_module.main(["--corpora", str(corpora), "--against", "justext", "--pages", "2"]) == 1
    output = " ".join(capsys.readouterr().out.split())
    assert "refusing raised on 2 pages, first: ValueError: no [weights]" in output
    assert "times as fast" not in output


def test_the_benchmark_prints_its_machine(
    corpora: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table names the machine, Python and the number of pages, and JSON carries the same figures."""
    for name, value in ONE_THREAD.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(bench_module, "OURS", "justext")
    arguments = ["--corpora", str(corpora), "--against", "untouched", "--pages", "2"]
    assert bench_module.main(arguments) == 0
    output = capsys.readouterr().out
    assert output.startswith(bench_module.machine().split(",")[0])
    assert "2 pages, HTML to text, one process, one thread, CPU time" in " ".join(output.split())
    assert bench_module.main([*arguments, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [speed["system"] for speed in data["speeds"]] == ["justext", "untouched"]
