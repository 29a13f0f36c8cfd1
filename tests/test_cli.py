"""The command line: what stands on standard output, what on standard error, and the exit code."""

from __future__ import annotations

import errno
import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from command_result import Result, Run, runner
from rich.cells import cell_len

from cleaner import __version__
from cleaner.cli import app
from cleaner.page import Kind
from cleaner.settings import DEFAULTS

ENGLISH = "The river rose by two metres in the night, and the old bridge was closed to traffic until noon."
CHINESE = "河水在夜里上涨了两米，老桥一直封闭到中午，警方呼吁居民不要前往河岸。" * 3
PAGE = f"<html><head><title>Flood</title></head><body><ul><li><a href=/>Home</a></ul><p>{ENGLISH}<p>{CHINESE}"

ODD = "(confidence 0.31).\nwarning: p.txt: Something is odd.\n"

STAND_IN = '''
"""A cleaner that does what the page tells it; run as a script it is the command line with this cleaner in it."""
import os, signal, sys
from cleaner.article import Article
from cleaner.errors import InputError, SetupError
from cleaner.page import Kind, Metadata, Paragraph

def clean(raw, *, settings):
    word = raw.data.decode("utf-8", "replace").strip()
    if word == "binary":
        raise InputError("binary_input", f"{raw.source} is binary.", where=raw.source)
    if word == "bug":
        raise ZeroDivisionError("by nothing")
    if word == "interrupt":
        signal.raise_signal(signal.SIGINT)
    status = word if word in ("low_confidence", "not_article", "empty") else "ok"
    threshold = 0.5 if settings.threshold is None else settings.threshold
    reasons = ("It is what it is.", "It stands alone.") if settings.reasons else ()
    paragraphs = tuple(
        Paragraph(index, text, Kind.BODY, 0.9, 0.8, threshold <= 0.8, reasons, -1, -1, "", "p")
        for index, text in enumerate(filter(None, word.split("\\n\\n")))
    )
    metadata = Metadata(title="Flood", url=raw.url or "", sources={"title": "visible text"})
    text = "\\n\\n".join(paragraph.text for paragraph in paragraphs if paragraph.kept)
    return Article(text, status, 0.31, paragraphs, metadata, "text", raw.source, ("Something is odd.",))

if __name__ == "__main__":
    sys.modules["cleaner.pipeline"] = sys.modules["__main__"]
    from cleaner.cli import main
    main()
'''


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Return a function that runs the command line in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    return runner(capsysbinary, monkeypatch)


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Put the stand-in cleaner in place for this process; return the script for another one."""
    script = tmp_path_factory.mktemp("stand-in") / "stand_in.py"
    script.write_text(STAND_IN, "utf-8")
    spec = importlib.util.spec_from_file_location("stand_in", script)
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setitem(sys.modules, "cleaner.pipeline", module)
    return script


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder ``in`` with four pages that the stand-in cleaner understands."""
    for name, text in {"a/b.txt": ENGLISH, "c.txt": "ok", "d.txt": "not_article", "e.txt": "binary"}.items():
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path / "in"


def start(script: str | Path, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    command = [sys.executable, *(["-m", "cleaner"] if script == "-m" else [str(script)]), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


# -------------------------------------------------------------------------------------------------- the real cleaner


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


@pytest.mark.parametrize("data", [b"", b"\0\1\2\3" * 100, b"\x1f\x8b\x08cut", b"<" * 5000, b"\xff\xfe", b"%PDF-1.7"])
def test_bad_input_never_gives_a_traceback(run: Run, data: bytes) -> None:
    """Empty, binary, truncated and senseless documents end with 0 or 3 and, at most, a sentence."""
    Path("page.html").write_bytes(data)
    for command in ("clean", "explain"):
        result = run(command, "page.html")
        assert result.code in (0, 3)
        assert "Traceback" not in result.err
        assert "internal_error" not in result.err


# ----------------------------------------------------------------------------------------------------- exit and sense


@pytest.mark.usefixtures("stand_in")
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


@pytest.mark.usefixtures("stand_in", "folder")
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


@pytest.mark.usefixtures("stand_in")
@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["clean", "nowhere.html"], 3, "error[not_found]: There is no file nowhere.html."),
        (["clean", "*.pdf", "-o", "out"], 3, "error[not_found]: No file matches the pattern *.pdf."),
        (["clean", "none", "-o", "out"], 3, "There is no page to clean in none. Passed over: .css 1."),
        (["clean", "in"], 2, "Try: cleaner clean in -o out"),
        (["clean", "in", "-o", "out.txt"], 2, "error[folder_needed]"),
        (["clean", "in", "-o", "in"], 2, "error[output_is_input]"),
        (["clean", "in", "-o", "out", "--url", "https://example.org/"], 2, "error[url_for_many]"),
        (["clean", "p.txt", "-o", "p.html"], 2, "error[format_mismatch]"),
        (["clean", "p.txt", "-f", "pdf"], 2, "There is no format 'pdf'. Formats: txt, json, md,"),
        (["clean", "p.txt", "--json", "-f", "md"], 2, "error[two_formats]"),
        (["clean", "p.txt", "--threshold", "2"], 2, "threshold must lie between 0 and 1"),
        (["clean", "p.txt", "--threshold", "much"], 2, "--threshold"),
        (["clean", "p.txt", "--keep", "captoin"], 2, "captoin, which is no kind. Kinds are: title, byline"),
        (["clean", "p.txt", "--config", "no.toml"], 2, "error[bad_config]"),
        (["clean", "p.txt", "--config", "wrong.toml"], 2, "Did you mean 'threshold'?"),
        (["clean", "p.txt", "--encoding", "klingon"], 2, "error[unknown_encoding]"),
        (["clean", "p.txt", "--content-type", "pdf"], 2, "'auto', 'html', 'text'"),
        (["clean", "p.txt", "-j", "-1", "-o", "out"], 2, "'-j'"),
        (["clean", "-", "in"], 2, "error[stdin_and_files]"),
        (["clean"], 2, "Missing argument 'PATH'"),
        (["explain", "in"], 2, "error[one_page]"),
        (["evaluate", "nowhere.parquet"], 2, "error[not_found]: There is no file or folder nowhere.parquet."),
        (["evaluate", "in", "--against", "nobody"], 2, "nobody"),
        (["p.txt"], 2, "Did you mean: cleaner clean p.txt"),
        (["-"], 2, "Did you mean: cleaner clean -"),
        (["in", "-o", "out"], 2, "Did you mean: cleaner clean in -o out"),
        (["--json", "p.txt"], 2, "cleaner clean --json p.txt"),
        (["claen", "p.txt"], 2, "Did you mean 'clean'"),
        ([], 2, "Usage: cleaner"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("folder")
def test_wrong_usage_is_answered_with_a_sentence(run: Run, arguments: list[str], code: int, sentence: str) -> None:
    """Nothing on standard output, no traceback, no file made; the sentence says what to do instead."""
    Path("p.txt").write_text("fine", "utf-8")
    Path("wrong.toml").write_text("treshold = 0.5", "utf-8")
    Path("none").mkdir()
    Path("none/a.css").write_text("", "utf-8")
    before = sorted(Path().rglob("*"))
    result = run(*arguments)
    assert (result.code, result.out) == (code, "")
    assert sentence in " ".join(result.err.split())
    assert "Traceback" not in result.err
    assert sorted(Path().rglob("*")) == before


@pytest.mark.usefixtures("stand_in")
def test_a_bug_is_one_sentence_unless_debug(run: Run) -> None:
    """An unexpected exception asks for a report with what was typed; only --debug shows the traceback."""
    Path("p q.txt").write_text("bug", "utf-8")
    result = run("clean", "p q.txt")
    assert (result.code, result.out) == (1, "")
    assert result.err == (
        "error[internal_error]: This is a bug in cleaner (ZeroDivisionError: by nothing). Please report it, with what "
        "you typed: cleaner clean 'p q.txt'\nAdd --debug to see where it happened.\n"
    )
    debugged = run("clean", "--debug", "p q.txt")
    assert debugged.code == 1
    assert debugged.err.startswith("Traceback (most recent call last):\n")


@pytest.mark.usefixtures("stand_in")
def test_ctrl_c_on_one_page_ends_with_130(run: Run) -> None:
    """Nothing is printed but that it was interrupted."""
    Path("p.txt").write_text("interrupt", "utf-8")
    assert run("clean", "p.txt") == Result(130, "", "Interrupted.\n")


@pytest.mark.usefixtures("stand_in")
def test_ctrl_c_in_a_folder_finishes_the_document_at_hand(run: Run) -> None:
    """The document being cleaned is written, the next is not begun, and the summary says so."""
    Path("in").mkdir()
    for name, word in {"a": "ok", "b": "interrupt", "c": "ok"}.items():
        Path(f"in/{name}.txt").write_text(word, "utf-8")
    result = run("clean", "in", "-o", "out", "-j", "0")
    assert result.code == 130
    assert "Interrupted: 1 document not begun." in result.err
    assert sorted(path.name for path in Path("out").glob("*.txt")) == ["a.txt", "b.txt"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_named_pipe_is_not_waited_for(run: Run) -> None:
    """A FIFO nobody writes to is refused with what to type instead."""
    os.mkfifo("pipe")
    result = run("clean", "pipe")
    assert result.code == 3
    assert result.err.startswith("error[not_a_file]: pipe is a named pipe, which cleaner does not wait for.")


@pytest.mark.usefixtures("stand_in")
@pytest.mark.skipif(sys.platform != "linux", reason="file names of any bytes")
def test_odd_names_are_printed_on_one_visible_line(run: Run) -> None:
    """A name with line end, escape code and bytes that are no UTF-8 is escaped in messages."""
    name = os.fsdecode(b"a\nb\x1b[31m\xff.txt")
    result = run("clean", name)
    assert result == Result(3, "", "error[not_found]: There is no file a\\nb\\x1b[31m\\xff.txt.\n")


# ------------------------------------------------------------------------------------------------------------ options


@pytest.mark.usefixtures("stand_in")
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


@pytest.mark.usefixtures("stand_in")
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


@pytest.mark.usefixtures("stand_in")
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


@pytest.mark.usefixtures("stand_in")
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


# -------------------------------------------------------------------------------------------------- the real terminal


def test_help_answers_at_once() -> None:
    """`cleaner --help` takes less than 0.3 s (the best of five, since machines are busy) and loads nothing heavy."""
    times = []
    for _ in range(5):
        started = time.perf_counter()
        process = start("-m", "--help")
        out, err = process.communicate(timeout=60)
        times.append(time.perf_counter() - started)
        assert (process.returncode, err) == (0, b"")
        assert b"explain" in out
    assert min(times) < 0.3


def test_every_command_has_help_of_80_columns(run: Run) -> None:
    """Each command explains itself with an example or a sentence, and every option has a text."""
    for command in ("clean", "explain", "evaluate", "learn", "status", "train"):
        result = run(command, "-h")
        assert result.code == 0
        assert max(map(len, result.out.splitlines())) <= 84
        assert run(command, "--help").out == result.out
    assert sorted(info.name or info.callback.__name__ for info in app.registered_commands if info.callback) == [
        "clean",
        "evaluate",
        "explain",
        "learn",
        "status",
        "train",
    ]


def test_version(run: Run) -> None:
    """`--version` prints name and number on standard output."""
    result = run("--version")
    assert (result.code, result.err) == (0, "")
    assert result.out == f"cleaner {__version__}\n"


def test_a_reader_that_has_seen_enough_is_no_error(stand_in: Path, tmp_path: Path) -> None:
    """`cleaner ... | head -1` ends silently, though megabytes were to come."""
    (tmp_path / "p.txt").write_text("\n\n".join(["word " * 50] * 20_000), "utf-8")
    for command in ("clean", "explain"):
        process = start(stand_in, command, str(tmp_path / "p.txt"))
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read().decode()
        process.stderr.close()
        assert process.wait(timeout=60) == 0
        assert [line for line in err.splitlines() if not line.startswith("warning: ")] == []


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell")
@pytest.mark.parametrize(
    ("closed", "wanted"),
    [
        ("<&-", (3, b"", b"error[unreadable]: Standard input is closed.\n")),
        (">&-", (1, b"", b"error[output_failed]: Standard output is closed.\n")),
        ("2>&-", (0, b"fine\n", b"")),
    ],
)
def test_closed_streams_are_no_bugs(stand_in: Path, closed: str, wanted: tuple[int, bytes, bytes]) -> None:
    """A stream that the shell closed is named; notes never stray into standard output."""
    command = f"printf fine | '{sys.executable}' '{stand_in}' clean - {closed}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == wanted


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_a_full_disk_behind_standard_output_is_said(stand_in: Path, tmp_path: Path) -> None:
    """`cleaner clean page > file` on a full disk is an error with exit code 1."""
    (tmp_path / "p.txt").write_text("fine", "utf-8")
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, str(stand_in), "clean", "-q", str(tmp_path / "p.txt")]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr == b"error[output_failed]: Standard output cannot be written: the disk is full.\n"


def read_terminal(descriptor: int) -> str:
    """Return everything a process wrote on its terminal until it ended."""
    parts = []
    while True:
        try:
            part = os.read(descriptor, 65_536)
        except OSError as error:
            if error.errno != errno.EIO:  # what Linux says when the other side is closed
                raise
            part = b""
        if not part:
            return b"".join(parts).decode("utf-8")
        parts.append(part)


@pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals")
@pytest.mark.parametrize(("arguments", "has_bar"), [([], True), (["--quiet"], False)])
def test_the_progress_bar_is_for_terminals(
    stand_in: Path, folder: Path, arguments: list[str], *, has_bar: bool
) -> None:
    """On a terminal a bar counts the documents, on standard error only; --quiet leaves it out."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, str(stand_in), "clean", str(folder), "-o", str(folder.parent / "out"), "-j", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
    )
    os.close(theirs)
    seen = read_terminal(ours)
    os.close(ours)
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, b"")
    assert ("4/4" in seen) == has_bar
    assert ("The result is in" in seen) == has_bar


@pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals")
@pytest.mark.parametrize(("extra", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colour_is_for_terminals_that_want_it(
    stand_in: Path, folder: Path, extra: dict[str, str], *, coloured: bool
) -> None:
    """`explain` on a terminal has colour, unless NO_COLOR is set; keep and drop are words either way."""
    ours, theirs = os.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(
        [sys.executable, str(stand_in), "explain", str(folder / "c.txt")],
        stdout=theirs,
        stderr=subprocess.PIPE,
        env={**environment, "TERM": "xterm", "COLUMNS": "80", **extra},
    )
    os.close(theirs)
    seen = read_terminal(ours)
    os.close(ours)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert "keep" in seen
    assert ("\x1b[1;32m" in seen) == coloured
