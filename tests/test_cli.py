"""The command line: what stands on standard output, what on standard error, and the exit code."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from command_result import Result, Run
from rich.cells import cell_len
from stand_in import CHINESE, ENGLISH, PAGE

from cleaner.page import Kind
from cleaner.settings import DEFAULTS

ODD = "(confidence 0.31).\nwarning: p.txt: Something is odd.\n"


def test_a_page_gives_its_text_and_nothing_else(run: Run) -> None:
    """Standard output is the clean text, paragraphs with a blank line between; standard error has notes at most."""
    Path("page.html").write_text(PAGE, "utf-8")
    result = run("clean", "page.html")
    assert result.code in (0, 3)
    assert set(result.out.split("\n\n")) <= {"Home", ENGLISH, CHINESE, f"{ENGLISH}\n", f"{CHINESE}\n", ""}
    assert all(line.startswith(("note[", "warning: ")) for line in result.err.splitlines())


def test_standard_input_gives_the_same_as_the_file(run: Run) -> None:
    """A page from a pipe is cleaned like the file, by name and content alike."""
    Path("page.html").write_text(PAGE, "utf-8")
    assert run("clean", "-q", "-", stdin=PAGE.encode()).out == run("clean", "-q", "page.html").out


def test_json_gives_one_record(run: Run) -> None:
    """`--json` prints one line with the record, `--paragraphs` adds the list."""
    Path("page.html").write_text(PAGE, "utf-8")
    record = json.loads(run("clean", "--json", "page.html", "--url", "https://example.org/a").out)
    assert (record["id"], record["source_file"], record["schema_version"]) == ("page.html", "page.html", 2)
    assert record["url"] == "https://example.org/a"
    assert "paragraphs" not in record
    full = json.loads(run("clean", "--json", "--paragraphs", "page.html").out)
    assert [entry["text"] for entry in full["paragraphs"]] == ["Home", ENGLISH, CHINESE]


def test_an_article_that_is_only_data_is_told(run: Run) -> None:
    """A page that scripts would fill is empty; when its JSON-LD holds the text, that is said."""
    data = json.dumps({"@type": "NewsArticle", "headline": "Flood", "articleBody": ENGLISH})
    page = f'<title>Flood</title><script type="application/ld+json">{data}</script><div id=root></div>'
    Path("page.html").write_text(page, "utf-8")
    result = run("clean", "page.html")
    assert (result.code, result.out) == (3, "")
    note, warning = result.err.splitlines()
    assert note == "note[empty]: page.html: there is no text on this page."
    assert warning.startswith("warning: page.html: The page shows no article, but holds one as data for programs")


def test_a_folder_is_mirrored(run: Run) -> None:
    """`-o` makes .txt and .json for each page; the summary counts them and says where they are."""
    for name in ("in/a/b.html", "in/c.html"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(PAGE, "utf-8")
    result = run("clean", "in", "-o", "out")
    made = sorted(
        path.relative_to("out").as_posix() for path in Path("out").rglob("*.*") if ".cleaner" not in str(path)
    )
    assert made == ["a/b.json", "a/b.txt", "c.json", "c.txt"]
    assert result.out == ""
    assert result.err.startswith("2 documents in ")
    assert result.err.endswith(f"The result is in out{os.sep}\n")
    assert json.loads(Path("out/a/b.json").read_bytes())["source_file"] == "a/b.html"


def test_worker_processes_change_nothing(run: Run) -> None:
    """Two processes write the bytes that one writes."""
    Path("in").mkdir()
    for number in range(6):
        Path(f"in/{number}.html").write_text(PAGE.replace("two", str(number)), "utf-8")
    codes = [run("clean", "in", "-q", "-o", out, "-j", jobs).code for out, jobs in (("one", "1"), ("two", "2"))]
    results = [{path.name: path.read_bytes() for path in Path(out).glob("[0-9]*")} for out in ("one", "two")]
    assert codes[0] == codes[1]
    assert sorted(results[0]) == sorted(f"{number}.{name}" for number in range(6) for name in ("json", "txt"))
    assert results[0] == results[1]


def test_explain_shows_every_paragraph(run: Run) -> None:
    """Each paragraph has a row with keep or drop, kind, score and its beginning, within 80 columns."""
    Path("page.html").write_text(PAGE, "utf-8")
    result = run("explain", "page.html")
    assert result.code == 0
    assert result.out.startswith("page.html: ")
    rows = [line.split() for line in result.out.splitlines() if line.startswith(("keep", "drop"))]
    assert [row[1] for row in rows] == ["0", "1", "2"]
    assert {row[2] for row in rows} <= {kind.value for kind in Kind}
    assert all(0 <= float(row[3]) <= 1 for row in rows)
    assert [row[4] for row in rows][:2] == ["Home", "The"]
    assert max(map(cell_len, result.out.splitlines())) <= 80


def test_explain_json_is_the_paragraph_list(run: Run) -> None:
    """`explain --json` gives each paragraph with its reasons as a list."""
    Path("page.html").write_text(PAGE, "utf-8")
    entries = json.loads(run("explain", "--json", "page.html").out)
    assert [entry["index"] for entry in entries] == [0, 1, 2]
    assert all(isinstance(entry["reasons"], list) for entry in entries)


@pytest.mark.usefixtures("script")
@pytest.mark.parametrize(
    ("word", "code", "err"),
    [
        ("fine", 0, "warning: p.txt: Something is odd.\n"),
        ("low_confidence", 0, f"note[low_confidence]: p.txt: the text may be incomplete or hold chrome {ODD}"),
        ("not_article", 3, f"note[not_article]: p.txt: this looks like an index, shop or error page {ODD}"),
        ("binary", 3, "error[binary_input]: p.txt is binary.\n"),
    ],
)
def test_notes_go_to_standard_error(run: Run, word: str, code: int, err: str) -> None:
    """What is worth knowing about one page is said beside the text, and not at all with --quiet."""
    Path("p.txt").write_text(word, "utf-8")
    assert run("clean", "p.txt") == Result(code, "" if word == "binary" else f"{word}\n", err)
    assert run("clean", "--quiet", "p.txt").err == (err if word == "binary" else "")


@pytest.mark.usefixtures("script")
def test_json_in_place_of_a_page_is_told(run: Run) -> None:
    """Who gives JSON is told how its pages are read, but gets what the text is worth."""
    Path("p.json").write_text('[{"text": "fine"}]', "utf-8")
    result = run("clean", "p.json")
    assert (result.code, result.out) == (0, '[{"text": "fine"}]\n')
    assert result.err.startswith("note[json]: p.json looks like JSON, but is read as plain text.")
    assert run("clean", "-q", "p.json").err == ""


@pytest.mark.usefixtures("script", "four_pages")
def test_a_folder_with_a_failure_ends_with_1(run: Run) -> None:
    """The summary has counts, the failure with its sentence, the file of errors and the place of the result."""
    result = run("clean", "in", "-o", "out", "-j", "0")
    assert (result.code, result.out) == (1, "")
    assert result.err.splitlines()[1:] == [
        "       2 cleaned",
        "       1 no article (an index, shop or error page)",
        "       1 failed (binary_input 1)",
        "error[binary_input]: e.txt is binary.",
        f"All failures are in {Path('out/.cleaner/errors.jsonl')}.",
        f"The result is in out{os.sep}",
    ]
    assert run("clean", "in", "-o", "out", "-j", "0", "--quiet") == Result(1, "", "")


@pytest.mark.usefixtures("script")
def test_ctrl_c_on_one_page_ends_with_130(run: Run) -> None:
    """Nothing is printed but that it was interrupted."""
    Path("p.txt").write_text("interrupt", "utf-8")
    assert run("clean", "p.txt") == Result(130, "", "Interrupted.\n")


@pytest.mark.usefixtures("script")
def test_ctrl_c_in_a_folder_finishes_the_document_at_hand(run: Run) -> None:
    """The document being cleaned is written, the next is not begun, and the summary says so."""
    Path("in").mkdir()
    for name, word in {"a": "ok", "b": "interrupt", "c": "ok"}.items():
        Path(f"in/{name}.txt").write_text(word, "utf-8")
    result = run("clean", "in", "-o", "out", "-j", "0")
    assert result.code == 130
    assert "Interrupted: 1 document not begun." in result.err
    assert sorted(path.name for path in Path("out").glob("*.txt")) == ["a.txt", "b.txt"]


@pytest.mark.usefixtures("script")
def test_options_reach_the_cleaner(run: Run) -> None:
    """Threshold and configuration decide, and the command line wins over the file."""
    Path("p.txt").write_text("fine", "utf-8")
    Path("high.toml").write_text("threshold = 0.9", "utf-8")
    assert run("clean", "-q", "p.txt", "--config", "high.toml").out == ""
    assert run("clean", "-q", "p.txt", "--config", "high.toml", "--threshold", "0.5").out == "fine\n"


def test_keep_adds_kinds(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--keep` takes kinds in addition to those kept anyway, comma-separated or repeated."""
    seen: list[frozenset[Kind]] = []

    def note(_: Any, *, settings: Any) -> Any:
        seen.append(settings.keep_kinds)
        raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "cleaner.pipeline", SimpleNamespace(clean=note))
    run("clean", "-", "--keep", "Caption, title", "--keep", "byline", stdin=b"x")
    assert seen == [DEFAULTS.keep_kinds | {Kind.CAPTION, Kind.TITLE, Kind.BYLINE}]


@pytest.mark.usefixtures("script")
@pytest.mark.parametrize(
    ("arguments", "name", "beginning"),
    [
        (["-o", "o.txt"], "o.txt", "fine\n"),
        (["-o", "o.json"], "o.json", '{"schema_version": 2, "id": "p.txt"'),
        (["-o", "o.md"], "o.md", "---\nschema_version: 2\n"),
        (["-o", "deep/er/o.out", "--json"], "deep/er/o.out", '{"schema_version": 2'),
        (["-o", "folder", "-f", "md", "-j", "0"], "folder/p.md", "---\n"),
        (["-o", "folder/", "-f", "txt,json", "-j", "0"], "folder/p.json", '{\n  "schema_version": 2'),
    ],
)
def test_one_page_goes_into_a_file_or_folder(run: Run, arguments: list[str], name: str, beginning: str) -> None:
    """The suffix of OUT decides between file and folder, and, unless -f says it, the format."""
    Path("p.txt").write_text("fine", "utf-8")
    result = run("clean", "p.txt", *arguments)
    assert (result.code, result.out) == (0, "")
    assert Path(name).read_text("utf-8").startswith(beginning)


@pytest.mark.usefixtures("script")
def test_a_file_with_other_content_is_not_replaced(run: Run) -> None:
    """The same result again is fine; another content needs --overwrite."""
    Path("p.txt").write_text("fine", "utf-8")
    assert [run("clean", "p.txt", "-o", "o.txt").code for _ in range(2)] == [0, 0]
    Path("o.txt").write_text("mine", "utf-8")
    result = run("clean", "p.txt", "-o", "o.txt")
    assert (result.code, Path("o.txt").read_text("utf-8")) == (2, "mine")
    assert "Pass --overwrite to replace it." in result.err
    assert run("clean", "p.txt", "-o", "o.txt", "--overwrite").code == 0
    assert Path("o.txt").read_text("utf-8") == "fine\n"


@pytest.mark.usefixtures("script")
def test_explain_is_not_fooled_by_its_text(run: Run) -> None:
    """Mark-up of the terminal and of rich in a page is shown, not obeyed; wide signs keep the columns."""
    Path("p.txt").write_text(f"[red]not red[/red] \x1b[2J gone\n\n{CHINESE}", "utf-8")
    lines = run("explain", "p.txt").out.splitlines()
    assert lines[0] == "p.txt: ok, confidence 0.31, text, 2 of 2 paragraphs kept"
    assert lines[1:3] == ["title: Flood (visible text)", "warning: Something is odd."]
    assert lines[5:8] == [
        "keep  0  body       0.80   [red]not red[/red]  [2J gone",
        "                             - It is what it is.",
        "                             - It stands alone.",
    ]
    assert lines[8].startswith(f"keep  1  body       0.80   {CHINESE[:20]}")
    assert lines[8].endswith("…")
    assert cell_len(lines[8]) in (79, 80)


def test_evaluate_passes_its_options_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every option arrives, the table goes to standard output, JSON with --json, the worst pages when asked for."""
    seen: list[tuple[Any, ...]] = []

    class Evaluation:
        def to_table(self, *, by: str | None = None) -> str:
            assert by is None
            return "the table"

        def to_worst_table(self, count: int) -> str:
            return f"the worst {count}"

        def to_dict(self, *, by: str | None = None) -> dict[str, Any]:
            assert by is None
            return {"rows": []}

    def evaluate(paths: list[str], **options: Any) -> Evaluation:
        seen.append((paths, options))
        return Evaluation()

    monkeypatch.setattr("cleaner.evaluation.evaluate.evaluate", evaluate)
    Path("gold").mkdir()
    arguments = ["--against", "a,b", "--against", "c", "--as-text", "--split", "dev", "--limit", "5", "-j", "2"]
    assert run("evaluate", "gold", *arguments, "--worst", "3") == Result(0, "the table\nthe worst 3\n", "")
    assert json.loads(run("evaluate", "gold", "--json").out) == {"rows": []}
    (paths, options), (_, plain) = seen
    assert paths == ["gold"]
    wanted = {"against": ["a", "b", "c"], "as_text": True, "split": "dev", "limit": 5, "workers": 2}
    assert {name: options[name] for name in wanted} == wanted
    assert {name: plain[name] for name in wanted} == dict(zip(wanted, ([], False, None, None, 1), strict=True))
