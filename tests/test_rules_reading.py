"""A file of rules is read as a person means it, or every fault is told with its line, before any page is read."""

from __future__ import annotations

import dataclasses
import json
import pickle
import sys
from pathlib import Path
from typing import Any

import pytest

from cleaner.errors import SetupError
from cleaner.page import Kind
from cleaner.rules import Rule, Rules
from cleaner.rules.domains import host_of_page, is_matched, pattern_of
from cleaner.rules.reading import examine_rules
from cleaner.settings import Settings

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "rules"
FAULTS: list[dict[str, Any]] = json.loads((FIXTURES / "faults.json").read_text("utf-8"))


def write(folder: Path, text: str, name: str = "rules.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_file_is_read_in_order_with_its_lines() -> None:
    """Rules come in the order of the file, each with its name, what it asks for, what it does and where it stands."""
    rules = Rules.from_toml(FIXTURES / "rules.toml").rules
    assert [(rule.line, rule.name) for rule in rules] == [
        (3, "promotions"),
        (8, "comment policy"),
        (14, "pull quotes"),
        (20, "tide table"),
        (25, "boat names in brackets"),
    ]
    assert rules[1] == Rule(
        name="comment policy",
        domains=("tidewater.example", "*.tidewater.example"),
        text=r"(?i)^our comment (policy|rules)\b",
        label=Kind.POLICY,
        file="rules.toml",
        line=8,
    )
    assert rules[1].title == "rule 'comment policy' (rules.toml line 8)"


@pytest.mark.parametrize("case", FAULTS, ids=lambda case: case["comment"])
def test_faults_are_told_by_line(tmp_path: Path, case: dict[str, Any]) -> None:
    """Everything wrong with a file is told with its line and what to do instead, in the order of lines."""
    path = write(tmp_path, case["toml"])
    _, faults = examine_rules(path)
    assert [fault.line for fault in faults] == [line for line, _ in case["faults"]]
    assert [wanted for fault, (_, wanted) in zip(faults, case["faults"], strict=True) if wanted not in fault[1]] == []


def test_the_first_fault_is_the_error(tmp_path: Path) -> None:
    """Reading for use raises the first fault with file and line, and says where to see the others."""
    path = write(tmp_path, "[[rule]]\nregex = 'a'\ndrop = true\n[[rule]]\nfoo = 1\nbar = 2\n")
    with pytest.raises(SetupError) as caught:
        Settings(rules=path)
    assert (caught.value.code, caught.value.where) == ("bad_rules", str(path))
    assert str(caught.value) == (
        f"{path} line 2: A rule has no 'regex'. Did you mean text? There are 2 more faults in it. "
        f"All of them: cleaner rules check {path}"
    )


@pytest.mark.parametrize("content", [b"\xff\xfe[", None], ids=["not utf-8", "no file"])
def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path, content: bytes | None) -> None:
    """A missing file and one in another encoding are errors that name the file."""
    path = tmp_path / "rules.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SetupError) as caught:
        Rules.from_toml(path)
    assert (caught.value.code, str(path) in str(caught.value)) == ("bad_rules", True)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    """A file as Windows editors write it is read like any other, with the same lines."""
    path = tmp_path / "rules.toml"
    path.write_bytes("\ufeff# tides\r\n\r\n[[rule]]\r\ntext = 'a'\r\ndrop = true\r\n".encode())
    assert Rules.from_toml(path).rules == (Rule(text="a", drop=True, file="rules.toml", line=3),)


def test_rules_are_frozen_hashable_and_cross_process_borders() -> None:
    """Settings with rules serve as a key and come out of a pickle equal, though compiled things cannot."""
    settings = Settings(rules=FIXTURES / "rules.toml")
    assert {settings: 1}[pickle.loads(pickle.dumps(settings))] == 1  # noqa: S301 - our own bytes
    assert isinstance(settings.rules, Rules)
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.rules.rules = ()  # type: ignore[misc]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"text": "("}, "never closed"),
        ({"text": "a", "drop": False}, "does not say what to do"),
        ({"text": "a", "drop": 1}, "drop must be true or false, but is 1."),
        ({"text": 3}, "text must be a text, but is 3."),
        ({"text": "a", "label": "captoin"}, "Did you mean caption?"),
        ({"text": "a", "domains": "https://tide.example"}, "Write 'tide.example'."),
        ({"css": "div["}, "The CSS selector cannot be read"),
    ],
    ids=str,
)
def test_rules_made_in_python_are_checked_too(values: dict[str, Any], says: str) -> None:
    """A rule that cannot work is an error when the rules are made, not when the first page comes."""
    with pytest.raises(SetupError) as caught:
        Rules((Rule(**{"name": "x", "drop": True, **values}),))
    assert (caught.value.code, str(caught.value).startswith("rule 'x': ")) == ("bad_rules", True)
    assert says in str(caught.value)


def test_settings_take_rules_a_path_or_nothing_else(tmp_path: Path) -> None:
    """A path of either type is read at once; a settings file's path counts from its own folder; a list is refused."""
    path = FIXTURES / "rules.toml"
    assert Settings(rules=str(path)) == Settings(rules=path) == Settings(rules=Rules.from_toml(path))
    write(tmp_path, "[[rule]]\ntext = 'a'\ndrop = true\n", "mine.toml")
    config = write(tmp_path, "rules = 'mine.toml'\n", "settings.toml")
    assert Settings.from_toml(config) == Settings(rules=tmp_path / "mine.toml")
    with pytest.raises(SetupError) as caught:
        Settings(rules=[])  # type: ignore[arg-type]
    assert str(caught.value) == "rules must be the path of a file of rules, or Rules, but is []."


@pytest.mark.parametrize(("package", "field"), [("re2", "text"), ("cssselect", "css")])
def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, package: str, field: str) -> None:
    """Without a package that a rule needs, one sentence says which, and what to type."""
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(SetupError) as caught:
        Rules((Rule(**{field: f"never-{package}", "drop": True}),))  # type: ignore[arg-type]
    assert caught.value.code == "missing_extra"
    assert str(caught.value).endswith("which is not installed. Try: pip install 'article-cleaner[rules]'")


# -- sites ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "domain", "holds"),
    [
        ("tide.example", "tide.example", True),
        ("www.tide.example", "tide.example", True),
        ("tide.example", "www.tide.example", True),
        ("news.tide.example", "tide.example", False),
        ("news.tide.example", "*.tide.example", True),
        ("a.b.tide.example", "*.tide.example", True),
        ("tide.example", "*.tide.example", False),
        ("hightide.example", "*tide.example", True),
        ("tide.test", "tide.*", True),
        ("tide.example", "TIDE.Example", True),
        ("tide1.example", "tide?.example", True),
        ("möwe.example", "xn--mwe-sna.example", True),
        ("", "*", False),
        ("a" * 300, "*", False),
    ],
)
def test_patterns_of_sites(host: str, domain: str, holds: bool) -> None:
    """A name holds for the site with and without www, a star for anything; no pattern holds for a page of no site."""
    assert is_matched(host, (pattern_of(domain),)) is holds


def test_the_site_is_that_of_the_url_then_of_the_canonical_link() -> None:
    """The URL says which site it is; without one the canonical link does, then og:url; relative links say nothing."""
    from cleaner.page import Head

    link = Head(links=(("alternate", "https://no.example/"), ("canonical", "https://XN--MWE-SNA.example/a")))
    meta = Head(links=(("canonical", "/a"),), metas=(("og:url", "//og.example:80/a"),))
    assert host_of_page("https://Caller.example./x", link) == "caller.example"
    assert host_of_page(None, link) == "möwe.example"
    assert host_of_page(None, meta) == "og.example"
    assert host_of_page(None, Head(links=(("canonical", "/a"),))) == ""
    assert host_of_page("http://[", Head()) == ""
