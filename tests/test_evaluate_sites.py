"""`cleaner evaluate --by site`: word F1 on each site, each page by itself and with the profile of its site."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from site_folder import articles, write_pages
from typer.testing import CliRunner

from cleaner.cli import app
from cleaner.errors import InputError
from cleaner.evaluation.sites import evaluate_sites

NAMES = list(articles())[:8]


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return eight labelled pages of one paper with a block below each, and one of another."""
    folder = tmp_path_factory.mktemp("paper") / "ledger"
    pages = write_pages(folder, names=[f"{name}.txt" for name in NAMES])
    for path in list(pages.glob("*.txt")):
        path.rename(folder / f"{path.stem}.source.txt")
        (folder / f"{path.stem}.txt").write_text("\n\n".join(articles()[path.stem][1:]) + "\n", "utf-8")
    head = '<link rel="canonical" href="https://example.org/a">'
    (folder / "other.html").write_text(f"{head}<p>{articles()['ferry'][1]}</p>", "utf-8")
    (folder / "other.txt").write_text(articles()["ferry"][1], "utf-8")
    return folder


def test_the_gain_of_each_site_is_measured(labelled: Path) -> None:
    """A block under all pages goes with the profile, and a site of one page is left out."""
    report = evaluate_sites([labelled])
    assert [(row.renderer, row.site, row.pages) for row in report.rows] == [("", "ledger", 8)]
    assert report.rows[0].profile > 0.99
    assert report.rows[0].gain == pytest.approx(report.rows[0].profile - report.rows[0].without)
    assert report.rows[0].without < 0.95
    assert report.left_out == 1


def test_the_command_prints_a_table_and_json(labelled: Path) -> None:
    """A line a site, the mean, who rises and who falls; as JSON the same figures."""
    run = CliRunner().invoke
    text = run(app, ["evaluate", str(labelled), "--by", "site"]).stdout
    assert "Of 1 sites below .950, 1 rise. By more than .003 fall: none." in text
    assert max(map(len, text.splitlines())) <= 80
    data: dict[str, Any] = json.loads(run(app, ["evaluate", str(labelled), "--by", "site", "--json"]).stdout)
    assert [(row["site"], row["pages"]) for row in data["sites"]] == [("ledger", 8)]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--against", "untouched"], "Leave out --against, --oracle and --worst"),
        (["--site-pages", "90"], "No site has 90"),
    ],
)
def test_what_cannot_be_measured_is_said(labelled: Path, options: list[str], said: str) -> None:
    """Other cleaners have no profiles, and sites may be too small."""
    found = CliRunner().invoke(app, ["evaluate", str(labelled), "--by", "site", *options])
    assert said in " ".join(found.output.split())


def test_no_pages_are_an_error(labelled: Path) -> None:
    """A split of which there is no page is named."""
    with pytest.raises(InputError, match="of split dev"):
        evaluate_sites([labelled], split="dev")
