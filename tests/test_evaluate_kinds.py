"""Labelled paragraphs are found in their pages, and kinds are counted right."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from cleaner.cli import app
from cleaner.errors import InputError
from cleaner.evaluation.kinds import KindReport, Named, evaluate_kinds, kind_scores
from cleaner.evaluation.kinds_gold import (
    LabelledParagraph,
    Place,
    find_paragraphs,
    labelled_pages,
    page_folders,
    read_kinds,
)
from cleaner.page import KINDS, Kind

FOLDER = Path(__file__).parents[1] / "fixtures" / "kinds"
FILE = FOLDER / "kinds.jsonl"


def row(text: str, **known: Any) -> LabelledParagraph:
    return LabelledParagraph(**({"page": "p", "text": text, "kind": Kind.NAV} | known))


def printed(renderable: Any) -> str:
    console = Console(file=io.StringIO(), width=80)
    console.print(renderable)
    return console.file.getvalue()  # type: ignore[attr-defined]


def lines_of(tmp_path: Path, *lines: object) -> Path:
    path = tmp_path / "kinds.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
    return path


def test_a_kinds_file_is_read_line_by_line() -> None:
    """Every line is a labelled paragraph; what is not said is sure, without neighbours and of any file."""
    rows = read_kinds(FILE)
    assert len(rows) == 20
    assert rows[1] == LabelledParagraph(
        page="pages/orchard.html", text="Farming", kind=Kind.NAV, before="Home", after="Sport", tag="li"
    )
    assert (rows[6].before, rows[6].corpus, rows[6].sure, rows[13].sure) == (None, "", True, False)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2 is no JSON"),
        ([1], "line 2 is no JSON object"),
        ({"page": "a", "kind": "nav"}, "line 2 has no text"),
        ({"page": "", "text": "x", "kind": "nav"}, "line 2 has no page"),
        ({"page": "a", "text": "x", "kind": "menu"}, "names the kind 'menu'. Kinds are: title"),
        ({"page": "a", "text": "x", "kind": "nav", "sure": "no"}, "sure must be true or false"),
        ({"page": "a", "text": "x", "kind": "nav", "before": 3}, "before must be a string"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: object, said: str) -> None:
    """A line that is not what it should be is an error with its number and what is wrong."""
    path = lines_of(tmp_path, {"page": "a", "text": "x", "kind": "nav"}, line)
    with pytest.raises(InputError) as caught:
        read_kinds(path)
    assert caught.value.code == "kinds_format"
    assert said in caught.value.message


def test_a_file_without_lines_and_a_missing_one_are_errors(tmp_path: Path) -> None:
    """Nothing to measure is said before any page is read."""
    with pytest.raises(InputError) as caught:
        read_kinds(lines_of(tmp_path, "", ""))
    assert caught.value.code == "kinds_empty"
    with pytest.raises(InputError) as caught:
        read_kinds(tmp_path / "none.jsonl")
    assert caught.value.code == "kinds_missing"


@pytest.mark.parametrize(
    ("labelled", "texts", "expected"),
    [
        (row("Sign  in"), ["Home", "Sign in"], Place(1, "exact")),
        (row("SIGN-IN:"), ["Home", "Sign in"], Place(1, "letters")),
        (row("Sign in"), ["Sign in or register"], Place(-1, "none")),
        (row("Sign in or out"), ["Sign in or", "out"], Place(0, "part")),
        (row("Share", after=""), ["Share", "Share"], Place(1, "exact")),
        (row("Share", before="Rain fell all"), ["Share", "Rain fell all day.", "Share"], Place(2, "exact")),
        (row("Share", before=""), ["Share", "Rain", "Share"], Place(0, "exact")),
        (row("..."), ["Home"], Place(-1, "none")),
    ],
)
def test_a_paragraph_is_found_by_its_text_then_by_its_neighbours(
    labelled: LabelledParagraph, texts: list[str], expected: Place
) -> None:
    """White space never counts, then letters alone do, then a part; equal texts are told apart by what is around."""
    assert find_paragraphs([labelled], texts, ["p"] * len(texts)) == [expected]


def test_equal_paragraphs_are_given_away_once() -> None:
    """Two labels of one text take two paragraphs, and a third one shares."""
    places = find_paragraphs([row("Share")] * 3, ["Share", "x", "Share"], ["p"] * 3)
    assert [place.paragraph for place in places] == [0, 2, 0]


def test_pages_are_taken_from_parquet_without_article_text(tmp_path: Path) -> None:
    """A Parquet file of ids and pages is enough; a row of another corpus is not looked for in it."""
    pa = pytest.importorskip("pyarrow", reason="pages come as Parquet; pip install 'article-cleaner[parquet]'")
    from pyarrow import parquet

    path = tmp_path / "mine.parquet"
    parquet.write_table(pa.Table.from_pylist([{"id": "1", "html": b"<p>x"}, {"id": "2", "html": b"<p>y"}]), path)
    rows = [row("y", page="2", corpus="mine"), row("x", page="1", corpus="other"), row("y", page="2")]
    found = [(page.id, len(labels)) for page, labels in labelled_pages(rows, [path])]
    assert found == [("2", 2)]


def test_pages_are_looked_for_in_the_corpora_or_beside_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that name a corpus find it in the folder of corpora; without one, pages stand beside the kinds file."""
    monkeypatch.setenv("CLEANER_CORPORA", str(tmp_path))
    (tmp_path / "mine.parquet").write_bytes(b"")
    assert page_folders([row("x", corpus="mine")], FILE) == [tmp_path / "mine.parquet"]
    assert page_folders([row("x", corpus="other")], FILE) == [tmp_path]
    assert page_folders([row("x")], FILE) == [FOLDER]


def test_the_invented_pages_are_measured_from_html_and_from_text() -> None:
    """All labelled paragraphs of the fixtures are found both ways, and most get the kind and side a person gave."""
    for as_text in (False, True):
        report = evaluate_kinds(FILE, as_text=as_text)
        assert (len(report.named), report.not_found, report.without_page, report.pages) == (20, 0, 0, 2)
        figures = report.figures()
        assert figures.accuracy is not None
        assert figures.side_accuracy is not None
        assert figures.accuracy >= 0.5
        assert figures.side_accuracy >= 0.8


def test_what_is_not_found_is_counted(tmp_path: Path) -> None:
    """Paragraphs that are not on their page, and pages that are not there, are counted apart."""
    page = str(FOLDER / "pages" / "orchard.html")
    path = lines_of(
        tmp_path,
        {"page": page, "text": "Home", "kind": "nav"},
        {"page": page, "text": "Nothing of the sort stands here", "kind": "nav"},
        {"page": "gone.html", "text": "Home", "kind": "nav"},
        {"page": "bad\u0000name.html", "text": "Home", "kind": "nav"},
    )
    report = evaluate_kinds(path, [tmp_path])
    assert (len(report.named), report.not_found, report.without_page) == (1, 1, 2)
    assert "1 of 4 labelled paragraphs found on 1 pages" in printed(report.to_table())
    with pytest.raises(InputError) as caught:
        evaluate_kinds(FILE, [tmp_path])
    assert caught.value.code == "kinds_not_found"


def report_of(*cells: tuple[Kind, Kind, int, bool]) -> KindReport:
    named = [Named(gold, found, sure, "exact") for gold, found, count, sure in cells for _ in range(count)]
    return KindReport(tuple(named), not_found=0, without_page=0, pages=1, as_text=False)


def test_figures_are_those_of_the_matrix() -> None:
    """Accuracy, sides and macro F1 follow from the counts; a kind below fifteen is left out of the macro F1 alone."""
    report = report_of(
        (Kind.NAV, Kind.NAV, 15, True),
        (Kind.RELATED, Kind.NAV, 5, True),
        (Kind.RELATED, Kind.RELATED, 15, False),
        (Kind.BODY, Kind.TITLE, 5, True),
    )
    figures = report.figures()
    assert (figures.paragraphs, figures.macro_kinds) == (40, 2)
    assert figures.accuracy == pytest.approx(30 / 40)
    assert figures.side_accuracy == 1.0
    assert figures.macro_f1 == pytest.approx((30 / 35 + 30 / 35) / 2)
    sure = report.figures(sure_only=True)
    assert (sure.paragraphs, sure.accuracy, sure.macro_kinds) == (25, pytest.approx(15 / 25), 1)
    assert kind_scores(report.counts(), Kind.TITLE) == (0.0, 0.0, 0.0)
    nothing = report_of().figures()
    assert (nothing.accuracy, nothing.macro_f1) == (None, None)


def test_json_and_table_say_the_same_in_eighty_columns() -> None:
    """The matrix of all nineteen kinds fits a terminal, as counts and, when they are large, as per cent."""
    small = report_of(*((gold, found, 1, True) for gold in KINDS for found in KINDS))
    text = printed(small.to_table())
    assert max(len(line) for line in text.splitlines()) <= 80
    assert len([line for line in text.splitlines() if line.startswith("leg ")]) == 1
    large = report_of((Kind.NAV, Kind.NAV, 1500, True), (Kind.NAV, Kind.AD, 500, True))
    assert "nav  75  25" in printed(large.to_table())
    data = json.loads(json.dumps(large.to_dict()))
    assert data["all"]["confusion"] == {"nav": {"nav": 1500, "ad": 500}}
    assert data["sure"]["kinds"]["nav"]["recall"] == 0.75
    assert Counter(str(kind)[:3] for kind in KINDS).most_common(1)[0][1] == 1


def test_the_command_prints_table_and_json() -> None:
    """`cleaner evaluate --kinds` needs no other argument, and refuses options that would change nothing."""
    run = CliRunner().invoke
    done = run(app, ["evaluate", "--kinds", str(FILE)])
    assert (done.exit_code, "20 of 20 labelled paragraphs found" in done.stdout) == (0, True)
    data = json.loads(run(app, ["evaluate", str(FOLDER), "--kinds", str(FILE), "--json", "--as-text"]).stdout)
    assert (data["input"], data["all"]["paragraphs"]) == ("text", 20)
    assert run(app, ["evaluate", "--kinds", str(FILE), "--split", "dev"]).exit_code == 2
    assert run(app, ["evaluate", "--kinds", str(FOLDER / "none.jsonl")]).exit_code == 2
    assert run(app, ["evaluate", "--kinds", str(FOLDER / "pages" / "orchard.html")]).exit_code == 3
    assert run(app, ["evaluate"]).exit_code == 2
