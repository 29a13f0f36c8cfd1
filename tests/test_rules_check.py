"""`cleaner rules check`, and --rules, --keep and --drop on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_result import Run, runner
from rich.cells import cell_len

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "rules"
RULES, PAGE = str(FIXTURES / "rules.toml"), str(FIXTURES / "page.html")


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Return a function that runs the command line in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    return runner(capsysbinary, monkeypatch)


def write(text: str) -> str:
    Path("mine.toml").write_text(text, "utf-8")
    return "mine.toml"


def test_rules_are_shown_as_understood(run: Run) -> None:
    """Each rule has a row with its line, name, sites, conditions and action, within 80 columns."""
    result = run("rules", "check", write(Path(RULES).read_text("utf-8")))
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert lines[0] == "mine.toml: 5 rules, in the order in which they apply"
    assert lines[2].split() == ["line", "rule", "sites", "paragraphs", "what", "happens"]
    assert [line.split()[0] for line in lines[3:] if line[:4].strip()] == ["3", "8", "14", "20", "25"]
    assert max(map(cell_len, lines)) <= 80


def test_faults_are_all_listed(run: Run) -> None:
    """Every fault is a line with file and line number; the exit code is 2 and nothing is on standard output."""
    result = run("rules", "check", write("[[rule]]\nregex = 'a'\n[[rule]]\ncss = 'div['\ndrop = true\n"), PAGE)
    assert (result.code, result.out) == (2, "")
    css = "The CSS selector cannot be read: Expected ident or '*', got <the end at 4>."
    assert result.err.splitlines() == [
        "error[bad_rules]: mine.toml line 2: A rule has no 'regex'. Did you mean text?",
        f"error[bad_rules]: mine.toml line 4: {css}",
    ]


@pytest.mark.parametrize(
    ("rule", "warning"),
    [
        ("text = '^$'\ndrop = true", "It never fires: no paragraph is empty."),
        ("text = 'a  b'\ndrop = true", "It may never fire: paragraphs neither begin nor end with a blank"),
        ("text = 'a $'\ndrop = true", "It may never fire"),
        ("text = 'x*'\ndrop = true", "Its expression is found in every paragraph."),
        ("xpath = '//DIV'\ndrop = true", "It never fires: elements of HTML have lower-case names, as in div."),
        ("xpath = '//p[@ID]'\ndrop = true", "It never fires: attributes of HTML have lower-case names."),
        ("xpath = '/div/p'\ndrop = true", "It never fires: a page begins with html; write //div to look everywhere."),
        ("css = 'a:hover'\ndrop = true", "It never fires: it asks for what only a browser knows"),
        ("css = 'script, img'\ndrop = true", "It never fires: no text is read in the element script."),
        ("domains = 'tide'\ntext = 'a'\ndrop = true", "No site is called 'tide'; did you mean 'tide.*'?"),
        (
            "text = 'a'\ndrop = true\n[[rule]]\ntext = 'a'\nkeep = true",
            "It never has the last word: the rule without a",
        ),
    ],
)
def test_rules_that_can_never_fire_are_doubted(run: Run, rule: str, warning: str) -> None:
    """What is no fault, but hardly meant, is a warning with its line; the exit code stays 0."""
    result = run("rules", "check", write(f"# mine\n[[rule]]\n{rule}\n"))
    assert (result.code, result.err.startswith(f"warning: mine.toml line 2: {warning}")) == (0, True), result.err


@pytest.mark.parametrize(
    "rule",
    [
        "css = 'script, p'\ndrop = true",
        "text = '^ ?a'\ndrop = true",
        "xpath = '//*[@class]'\ndrop = true",
        "domains = ['tide.*']\ntext = 'a'\ndrop = true\n[[rule]]\ntext = 'a'\ndomains = ['ebb.example']\nkeep = true",
        "text = 'a'\nlabel = 'ad'\n[[rule]]\ntext = 'a'\nkeep = true",
        "text = '^[A-Z]'\ndrop = true",
    ],
)
def test_good_rules_are_not_doubted(run: Run, rule: str) -> None:
    """A rule that can fire and has a say is no reason for a warning."""
    result = run("rules", "check", write(f"[[rule]]\n{rule}\n"))
    assert (result.code, result.err) == (0, "")


def test_a_page_shows_what_each_rule_does(run: Run) -> None:
    """With a page, each rule lists its paragraphs and what changes, or why there are none, within 80 columns."""
    Path("page.html").write_bytes(Path(PAGE).read_bytes())
    result = run("rules", "check", RULES, "page.html")
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    place = next(place for place, line in enumerate(lines) if "paragraphs kept" in line)
    assert lines[place].partition("page.html ")[2].startswith("of www.tidewater.example: ")
    told = "\n".join(lines[place + 2 :])
    assert "line 14, pull quotes: 1 paragraph\n  #7  keep -> drop  body  Whoever wants to cross" in told
    assert "line 20, tide table: 1 paragraph\n  #10  " in told
    assert "boat names in brackets: nothing; it holds for harbour.example, and this" in told
    assert max(map(cell_len, lines[place + 1 :])) <= 80


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("text = 'whale'\ndrop = true", "is found in no paragraph"),
        ("css = 'video'\ndrop = true", "selects nothing with its css"),
        ("xpath = '//nav//b'\ndrop = true", "selects nothing with its xpath"),
        ("css = 'head link'\ndrop = true", "selects 1 element that does not hold the whole text of a paragraph"),
        ("css = 'nav'\ntext = 'ferry'\ndrop = true", "has conditions that no paragraph fulfils together"),
        (
            "domains = 'x.example'\ntext = 'a'\ndrop = true",
            "holds for x.example, and this page is of www.tidewater.exa",
        ),
    ],
)
def test_why_a_rule_is_silent_is_told(run: Run, rule: str, why: str) -> None:
    """A rule that fires nowhere on the page says which of its conditions fails."""
    data = json.loads(run("rules", "check", write(f"[[rule]]\n{rule}\n"), PAGE, "--json").out)
    assert data["page"]["rules"][0]["why_none"].startswith(why)


def test_json_has_everything(run: Run) -> None:
    """As JSON, rules, faults, warnings and all changed paragraphs are plain data."""
    data: dict[str, Any] = json.loads(run("rules", "check", RULES, PAGE, "--json").out)
    assert [rule["line"] for rule in data["rules"]] == [3, 8, 14, 20, 25]
    assert (data["rules"][1]["label"], data["faults"], data["warnings"]) == ("policy", [], [])
    assert data["page"]["host"] == "www.tidewater.example"
    quote = data["page"]["rules"][2]["paragraphs"][0]
    assert (quote["index"], quote["kept_before"], quote["kept"], quote["kind"]) == (7, True, False, "body")
    result = run("rules", "check", write("[[rule]]\ntext = '('\ndrop = true\n"), "--json")
    assert (result.code, json.loads(result.out)["faults"][0]["line"]) == (2, 2)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["rules", "check", "no.toml"], 2, "error[bad_rules]: The file of rules no.toml cannot be read: no such file"),
        (["rules", "check", "."], 2, "cannot be read: is a directory"),
        (["rules", "check", PAGE], 2, "page.html line 1: This is not TOML"),
        (["rules", "check", RULES, "no.html"], 3, "error[not_found]: There is no file no.html."),
        (["rules", "check", RULES, "."], 2, "error[one_page]: rules check tries one page, but . is a folder"),
        (["clean", PAGE, "--rules", "no.toml"], 2, "error[bad_rules]: The file of rules no.toml cannot be read"),
        (["explain", PAGE, "--rules", PAGE], 2, "error[bad_rules]"),
        (["clean", "no.html", "--rules", "no.toml"], 2, "error[bad_rules]"),
        (["clean", PAGE, "--drop", "captoin"], 2, "--drop names captoin, which is no kind."),
        (["clean", PAGE, "--keep", "title", "--drop", "title"], 2, "error[keep_and_drop]: --keep and --drop both name"),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, list) else None,
)
def test_wrong_arguments_are_told_before_any_page_is_read(run: Run, arguments: list[str], code: int, says: str) -> None:
    """Whatever is wrong with a file of rules or a kind is said in a sentence, before a page is looked for."""
    result = run(*arguments)
    assert (result.code, result.out) == (code, "")
    assert says in result.err


def test_clean_and_explain_obey(run: Run) -> None:
    """The text is what the rules leave, and explain names the rule in its table and in its JSON."""
    assert "Whoever wants to cross" in run("clean", PAGE, "-q").out
    assert "Whoever wants to cross" not in run("clean", PAGE, "-q", "--rules", RULES).out
    assert "- rule 'pull quotes' (rules.toml line 14) drops it" in run("explain", PAGE, "--rules", RULES).out
    entries = json.loads(run("explain", PAGE, "--rules", RULES, "--json").out)
    assert entries[7]["reasons"] == ["rule 'pull quotes' (rules.toml line 14) drops it"]
    assert run("clean", PAGE, "-q", "--keep", "title").out.startswith("Ferry stops for three weeks\n\n")


def test_rules_go_to_the_workers(run: Run) -> None:
    """A folder cleaned in two processes obeys the rules in each of them."""
    Path("in").mkdir()
    for number in range(3):
        Path(f"in/{number}.html").write_bytes(Path(PAGE).read_bytes())
    result = run("clean", "in", "-o", "out", "-q", "-j", "2", "--rules", RULES)
    assert result.code == 0, result.err
    texts = [path.read_text("utf-8") for path in sorted(Path("out").glob("*.txt"))]
    assert ["Whoever wants" in text for text in texts] == [False] * 3
    assert ["High water" in text for text in texts] == [True] * 3
