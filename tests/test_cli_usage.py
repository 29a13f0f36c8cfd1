"""What the command line answers to wrong usage, bad input and questions for help."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from command_result import Result, Run

from cleaner import __version__
from cleaner.cli import app


@pytest.mark.usefixtures("script")
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
        (["clean", "p.txt", "--content-type", "pdf"], 2, "'--content-type': 'pdf' is not one of 'auto', "),
        (["clean", "p.txt", "-o", "p.txt", "--overwrite"], 2, "p.txt is the page to be cleaned, and would be gone."),
        (["clean", "p.txt", "-o", ".", "-f", "txt", "--overwrite"], 2, "error[output_is_input]"),
        (["clean", "p.txt", "--address", "a:1"], 2, "error[bad_engine]"),
        (["clean", "p.txt", "-j", "-1", "-o", "out"], 2, "'-j'"),
        (["clean", "-", "in"], 2, "error[stdin_and_files]"),
        (["clean"], 2, "Missing argument 'PATH'"),
        (["clean", ""], 2, "error[paths_needed]: The name of an input is empty;"),
        (["explain", ""], 2, "error[paths_needed]: The name of an input is empty;"),
        (["explain", "in"], 2, "error[one_page]: explain takes one page, but in is a folder."),
        (["explain", "*.html"], 2, "error[one_page]: explain takes one page, but *.html is a pattern."),
        (["explain", "p.jsonl"], 2, "error[one_page]: explain takes one page, but p.jsonl is a file of many pages."),
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
@pytest.mark.usefixtures("four_pages")
def test_wrong_usage_is_answered_with_a_sentence(run: Run, arguments: list[str], code: int, sentence: str) -> None:
    """Nothing on standard output, no traceback, no file made; the sentence says what to do instead."""
    Path("p.txt").write_text("fine", "utf-8")
    Path("p.jsonl").write_text('{"text": "fine"}', "utf-8")
    Path("wrong.toml").write_text("treshold = 0.5", "utf-8")
    Path("none").mkdir()
    Path("none/a.css").write_text("", "utf-8")
    before = sorted(Path().rglob("*"))
    result = run(*arguments)
    assert (result.code, result.out) == (code, "")
    assert sentence in " ".join(result.err.split())
    assert "Traceback" not in result.err
    assert sorted(Path().rglob("*")) == before


@pytest.mark.usefixtures("script")
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


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_named_pipe_is_not_waited_for(run: Run) -> None:
    """A FIFO nobody writes to is refused with what to type instead."""
    os.mkfifo("pipe")
    result = run("clean", "pipe")
    assert result.code == 3
    assert result.err.startswith("error[not_a_file]: pipe is a named pipe, which cleaner does not wait for.")


@pytest.mark.usefixtures("script")
@pytest.mark.skipif(sys.platform != "linux", reason="file names of any bytes")
def test_odd_names_are_printed_on_one_visible_line(run: Run) -> None:
    """A name with line end, escape code and bytes that are no UTF-8 is escaped in messages."""
    name = os.fsdecode(b"a\nb\x1b[31m\xff.txt")
    result = run("clean", name)
    assert result == Result(3, "", "error[not_found]: There is no file a\\nb\\x1b[31m\\xff.txt.\n")


def test_every_command_has_help_of_80_columns(run: Run) -> None:
    """Each command explains itself with an example or a sentence, and every option has a text."""
    groups = ["rules", "rules check", "profiles", "profiles show", "profiles merge", "profiles prune", "config show"]
    for command in ("clean", "explain", "evaluate", "learn", "status", "train", *groups):
        result = run(*command.split(), "-h")
        assert result.code == 0
        assert [line for line in result.out.splitlines() if len(line) > 80] == []
        assert run(*command.split(), "--help").out == result.out
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


@pytest.mark.parametrize("data", [b"", b"\0\1\2\3" * 100, b"\x1f\x8b\x08cut", b"<" * 5000, b"\xff\xfe", b"%PDF-1.7"])
def test_bad_input_never_gives_a_traceback(run: Run, data: bytes) -> None:
    """Empty, binary, truncated and senseless documents end with 0 or 3 and, at most, a sentence."""
    Path("page.html").write_bytes(data)
    for command in ("clean", "explain"):
        result = run(command, "page.html")
        assert result.code in (0, 3)
        assert "Traceback" not in result.err
        assert "internal_error" not in result.err
