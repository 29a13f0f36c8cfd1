"""`cleaner train`: an invented paper sets a tale under every article; its own pages teach the cleaner to drop it."""

from __future__ import annotations

import importlib.util
import json
import random
import statistics
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_result import Run, runner

from cleaner import __version__, clean
from cleaner.evaluation.metrics import word_f1
from cleaner.model import has_texts, load_model, read_weights
from cleaner.settings import Settings
from cleaner.weights import PACKAGED

PARTS = json.loads((Path(__file__).parents[1] / "fixtures" / "own_site" / "parts.json").read_text("utf-8"))
TALE = PARTS["tale"]
HAS_TORCH = importlib.util.find_spec("torch") is not None and importlib.util.find_spec("rapidfuzz") is not None
needs_torch = pytest.mark.skipif(not HAS_TORCH, reason="training needs torch; pip install 'article-cleaner[train]'")


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Return a function that runs the command line in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return runner(capsysbinary, monkeypatch)


def make_page(seed: int, *, short: bool = False) -> tuple[str, str]:
    """Return an invented page of the paper and its article text."""
    rng = random.Random(seed)

    def sentence() -> str:
        who, did, where, when, why = (rng.choice(PARTS[name]) for name in ("who", "did", "where", "when", "why"))
        return f"{who} {did} {where} {when}, {why}."

    title = f"{rng.choice(PARTS['who'])} {rng.choice(PARTS['did'])}"
    lengths = [1, 1] if short else [rng.randrange(2, 5) for _ in range(rng.randrange(4, 8))]
    body = [" ".join(sentence() for _ in range(length)) for length in lengths]
    paragraphs = "".join(f"<p>{text}</p>" for text in [*body, *TALE])
    return PARTS["page"].replace("{title}", title).replace("{paragraphs}", paragraphs), "\n\n".join(body)


def make_folder(folder: Path, count: int, *, short: bool = False) -> Path:
    """Write labelled pages of the paper."""
    folder.mkdir()
    for seed in range(count):
        html, body = make_page(seed, short=short)
        (folder / f"{seed:02}.html").write_text(html, "utf-8")
        (folder / f"{seed:02}.txt").write_text(body, "utf-8")
    return folder


def weights_of(path: str | Path) -> dict[str, Any]:
    """Return a weights file's header."""
    return read_weights(path).header


# -- what needs no torch ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["torch", "rapidfuzz"])
def test_without_the_extra_one_sentence_says_what_to_install(
    run: Run, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """The command says which package is missing and names the extra; nothing is written."""
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == missing else found(name, *rest) or sys
    )
    result = run("train", "gold", "-o", "w.npz")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        f"error[missing_extra]: Training needs {missing}, which is not installed. "
        "Run: pip install 'article-cleaner[train]'\n"
    )
    assert not Path("w.npz").exists()


@pytest.mark.parametrize(
    "command", [["clean", "p.txt"], ["explain", "p.txt"], ["evaluate", "gold"]], ids=lambda c: c[0]
)
def test_weights_that_are_not_there_are_an_error(run: Run, command: list[str]) -> None:
    """Every command that cleans takes --weights, and says that the named file is missing."""
    make_folder(Path("gold"), 1)
    Path("p.txt").write_text("The river rose by two metres in the night.", "utf-8")
    result = run(*command, "--weights", "gone.npz")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error[weights_missing]: There is no weights file gone.npz.")


def test_another_file_given_as_weights_is_an_error(run: Run) -> None:
    """A file that holds no weights is refused by name."""
    Path("p.txt").write_text("The river rose by two metres in the night.", "utf-8")
    result = run("clean", "p.txt", "--weights", "p.txt")
    assert (result.code, result.err.split(":")[0]) == (2, "error[bad_weights]")


# -- training ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Site:
    """The paper's pages, trained on once for all tests."""

    gold: Path
    weights: Path
    data: dict[str, Any]
    """What --json printed."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Train on sixteen pages of the paper, as the command does."""
    pytest.importorskip("torch")
    from cleaner.evaluation.gold import read_all_gold
    from cleaner.training.own.pages import check_pages
    from cleaner.training.own.run import Order, train_own

    folder = tmp_path_factory.mktemp("site")
    gold = make_folder(folder / "gold", 16)
    outcome = train_own(check_pages(read_all_gold([gold])), Order(output=folder / "own.npz"))
    return Site(gold, folder / "own.npz", json.loads(json.dumps(outcome.to_dict())))


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a folder with ten short pages, which is quickly done."""
    return str(make_folder(tmp_path_factory.mktemp("few") / "gold", 10, short=True))


@needs_torch
@pytest.mark.parametrize("as_text", [False, True], ids=["html", "text"])
def test_the_tale_goes_and_the_article_stays(site: Site, as_text: bool) -> None:
    """On a page that was not learned from, the packaged weights keep the tale, and the new ones just the article."""
    html, body = make_page(1_000)
    page = "\n\n".join(["Home", "Valley", *body.split("\n\n"), *TALE, "Imprint"]) if as_text else html
    assert [part in clean(page).text for part in TALE] == [True, True, True]
    assert clean(page, settings=Settings(weights=str(site.weights))).text == body


@needs_torch
def test_the_figures_before_and_after_are_those_of_the_dev_pages(site: Site) -> None:
    """The start is measured on the dev pages as HTML and as text, and so are the new weights, which are better."""
    before, after = site.data["before"], site.data["after"]
    assert {name: figures["pages"] for name, figures in before.items()} == {"html": 4, "text": 4}
    for name in ("html", "text"):
        assert before[name]["f1"] < 0.92
        assert after[name]["f1"] > 0.97
    assert site.data["pages"] == {"train": 12, "dev": 4, "skipped": 0, "test": 0}
    assert site.data["split_by"] == "page"


@needs_torch
def test_the_file_says_what_it_was_made_from(site: Site) -> None:
    """Its header names the gold's digest, the number of pages, start and version; thresholds are the start's."""
    header, packaged = weights_of(site.weights), load_model()
    assert header["trained_on"].startswith("sha256:")
    assert header["pages"] == {"train": 12, "dev": 4}
    assert header["start"] == f"sha256:{sha256(PACKAGED.read_bytes()).hexdigest()}"
    assert header["version"] == __version__
    assert header["plan"]["seed"] == 5
    assert header["calibration"] == packaged.header["calibration"]
    assert site.data["calibration"] == "carried over"


@needs_torch
@pytest.mark.parametrize("texts", [False, True])
def test_words_keep_their_meaning(site: Site, texts: bool) -> None:
    """The tables of words and attribute words are those of the start, in both networks; the layers above are not."""
    own, packaged = read_weights(site.weights, texts=texts).arrays, load_model(texts=texts).arrays
    assert sorted(own) == sorted(packaged)
    same = {name for name in own if np.array_equal(own[name], packaged[name])}
    assert {name for name in own if name.startswith("table_")} <= same
    assert "input_w" not in same


@needs_torch
def test_other_pages_are_cleaned_as_before(site: Site) -> None:
    """On pages of other sites and languages, the new weights lose hardly anything against the packaged ones."""
    settings = Settings(weights=str(site.weights))
    before, after = [], []
    for folder in sorted((Path(__file__).parents[1] / "fixtures" / "pages").iterdir()):
        if (folder / "source.html").is_file():
            source, wanted = (folder / "source.html").read_bytes(), (folder / "expected.txt").read_text("utf-8")
            before.append(word_f1(clean(source).text, wanted))
            after.append(word_f1(clean(source, settings=settings).text, wanted))
    assert len(after) > 15
    assert statistics.fmean(after) > statistics.fmean(before) - 0.05


@needs_torch
def test_the_command_reports_and_the_file_serves_every_command(run: Run, site: Site, few: str) -> None:
    """A table with figures before and after goes to standard output; clean, explain and evaluate take the file."""
    result = run("train", few, "-o", "out/own.npz", "--passes", "1")
    assert result.code == 0
    assert [line.split()[0] for line in result.out.splitlines() if "." in line] == ["start", "new"] * 2
    assert "7 pages to learn from, 3 to choose on, set apart by page.\n" in result.err
    assert "The weights are in out/own.npz." in result.err
    page = str(site.gold / "03.html")
    assert run("clean", page, "--weights", str(site.weights)).out == f"{make_page(3)[1]}\n"
    explained = json.loads(run("explain", page, "--weights", str(site.weights), "--json").out)
    assert [entry["text"] for entry in explained if entry["kept"]] == make_page(3)[1].split("\n\n")
    rows = json.loads(run("evaluate", str(site.gold), "--weights", str(site.weights), "--json").out)["rows"]
    assert rows[0]["shingle_f1"] > 0.95


@needs_torch
def test_the_same_seed_gives_the_same_file(run: Run, few: str) -> None:
    """Two runs give the same bytes; --json prints what the file says."""
    said = [run("train", few, "-o", f"{name}.npz", "--passes", "2", "--json") for name in ("a", "b")]
    assert Path("a.npz").read_bytes() == Path("b.npz").read_bytes()
    data = json.loads(said[0].out)
    assert data["header"]["trained_on"] == weights_of("a.npz")["trained_on"]
    assert [entry["number"] for entry in data["passes"]] == [0, 1, 2]
    assert [entry["number"] for entry in data["texts"]["passes"]] == [0, 1, 2]
    assert (data["weights"], data["skipped"]) == ("a.npz", [])


@needs_torch
def test_training_can_go_on_from_ones_own_weights(run: Run, site: Site, few: str) -> None:
    """`--start` takes a file that was trained before, and the new one says which."""
    start, seed = ["--start", str(site.weights)], ["--seed", "7"]
    data = json.loads(run("train", few, "-o", "w.npz", *start, *seed, "--passes", "1", "--json").out)
    assert data["header"]["start"] == f"sha256:{sha256(site.weights.read_bytes()).hexdigest()}"
    assert data["header"]["plan"]["seed"] == 7


@needs_torch
def test_training_from_scratch(run: Run, few: str) -> None:
    """A network that begins with nothing is trained; its own probabilities are its scores."""
    result = run("train", few, "-o", "w.npz", "--from-scratch", "--passes", "1", "--json")
    data = json.loads(result.out)
    assert (result.code, data["header"]["start"], data["best_pass"]) == (0, "scratch", 1)
    assert (data["texts"], has_texts("w.npz")) == (None, False)  # one network for both
    assert weights_of("w.npz")["calibration"]["html"]["thresholds"]["balance"]["article"] == [0.5]


@needs_torch
def test_without_a_better_pass_the_file_holds_the_start(run: Run, few: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the dev part gains nothing, that is said, and the weights are those of the start."""
    from cleaner.training.own import tune

    monkeypatch.setattr(tune, "MIN_GAIN", 1.0)
    result = run("train", few, "-o", "w.npz", "--passes", "1", "--json")
    for of_what in ("", " as text"):
        said = f"No pass was better than the start on the dev pages{of_what}: the new file holds the start.\n"
        assert said in result.err
    data = json.loads(result.out)
    assert (data["best_pass"], data["texts"]["best_pass"], data["after"]) == (0, 0, data["before"])
    for texts in (False, True):
        made, packaged = read_weights("w.npz", texts=texts).arrays, load_model(texts=texts).arrays
        assert [name for name in made if not np.array_equal(made[name], packaged[name])] == []


@needs_torch
def test_with_enough_pages_thresholds_are_fitted_anew(run: Run, few: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scores are calibrated on the dev pages; what articles alone cannot show is carried over."""
    from cleaner.training.own import run as own_run

    monkeypatch.setattr(own_run, "REFIT_PAGES", 3)
    data = json.loads(run("train", few, "-o", "w.npz", "--passes", "1", "--json").out)
    new, packaged = weights_of("w.npz")["calibration"], load_model().header["calibration"]
    assert data["calibration"] == "refitted"
    assert {name: fit["not_article"] for name, fit in new.items()} == {
        name: fit["not_article"] for name, fit in packaged.items()
    }
    assert new["html"]["slope"] != packaged["html"]["slope"]
    assert {tuple(limits["other"]) == tuple(limits["article"]) for limits in new["text"]["thresholds"].values()} == {
        True
    }


@needs_torch
def test_pages_of_plain_text_can_be_learned_from(run: Run) -> None:
    """A gold of plain text alone is trained on and measured as text."""
    Path("gold").mkdir()
    for seed in range(10):
        body = make_page(seed, short=True)[1]
        Path(f"gold/{seed}.source.txt").write_text("\n\n".join(["Home", body, *TALE]), "utf-8")
        Path(f"gold/{seed}.txt").write_text(body, "utf-8")
    result = run("train", "gold", "-o", "w.npz", "--passes", "1", "--json")
    assert result.code == 0
    assert list(json.loads(result.out)["after"]) == ["text"]


# -- what is refused --------------------------------------------------------------------------------------------------


@needs_torch
def test_bad_labels_are_listed_and_skipped(run: Run) -> None:
    """Each page whose article text does not stand on it is named on standard error, and the rest is learned from."""
    gold = make_folder(Path("gold"), 12, short=True)
    (gold / "04.txt").write_text("Snow closed the pass over the ridge for eleven days in a row.", "utf-8")
    (gold / "07.txt").write_text("", "utf-8")
    result = run("train", "gold", "-o", "w.npz", "--passes", "1", "--json")
    data = json.loads(result.out)
    assert result.code == 0
    assert result.err.splitlines()[:2] == [
        f"skipped: 04.html: {data['skipped'][0]['reason']}",
        "skipped: 07.html: It has no article text. Write into its gold what should come out.",
    ]
    assert data["pages"] == {"train": 7, "dev": 3, "skipped": 2, "test": 0}


@needs_torch
def test_too_few_pages_are_an_error(run: Run) -> None:
    """Fewer than ten usable pages are not learned from; the bad ones are listed first."""
    gold = make_folder(Path("gold"), 10, short=True)
    (gold / "04.txt").write_text("", "utf-8")
    result = run("train", "gold", "-o", "w.npz")
    assert result.code == 3
    assert result.err.splitlines()[1] == (
        "error[too_few_pages]: Only 9 labelled pages can be learned from, and 10 are needed. Label more pages; a few "
        "dozen of a site are worth it."
    )
    assert not Path("w.npz").exists()


@needs_torch
def test_a_file_is_replaced_only_when_asked_to(run: Run, few: str) -> None:
    """What stands where the weights go is left alone without --overwrite, which is said before anything is trained."""
    Path("w.npz").write_text("mine", "utf-8")
    result = run("train", few, "-o", "w.npz")
    assert (result.code, result.out) == (2, "")
    assert result.err == "error[output_exists]: w.npz is there already. Pass --overwrite to replace it.\n"
    assert Path("w.npz").read_text("utf-8") == "mine"
    assert run("train", few, "-o", "w.npz", "--overwrite", "--passes", "1").code == 0
    assert weights_of("w.npz")["pages"] == {"train": 7, "dev": 3}


@needs_torch
@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["-o", "."], "output_exists"),
        (["-o", "w.npz", "--start", "a.npz", "--from-scratch"], "two_starts"),
        (["-o", "w.npz", "--start", "gone.npz"], "weights_missing"),
        (["-o", "w.npz", "--split-by", "domain"], "no_dev_pages"),
    ],
    ids=["folder", "two starts", "no start", "one domain"],
)
def test_what_cannot_be_done_is_said_in_a_sentence(run: Run, few: str, options: list[str], code: str) -> None:
    """Contradicting options and files that are not there are errors with a code, and nothing is written."""
    result = run("train", few, *options)
    assert (result.code, result.err.split("]")[0]) == (2, f"error[{code}")
    assert not Path("w.npz").exists()


@needs_torch
def test_gold_that_is_not_there_is_an_error(run: Run) -> None:
    """The error names what was typed."""
    result = run("train", "gone", "-o", "w.npz")
    assert (result.code, result.err) == (2, "error[not_found]: There is no file or folder gone.\n")


@needs_torch
def test_ctrl_c_leaves_no_file(run: Run, few: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted while it trains, the command says so and leaves the folder as it was."""
    from cleaner.training.own import tune

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(tune, "loss_of", interrupt)
    result = run("train", few, "-o", "w.npz")
    assert (result.code, result.out, result.err) == (130, "", "Interrupted.\n")
    assert list(Path().iterdir()) == []
