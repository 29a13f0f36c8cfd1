"""The report on a folder as files: page views, data, index; and the two options of the command line."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import pickle
import re
import sys
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from cleaner.article import Article
from cleaner.batch import Outcome, Report
from cleaner.cli import main
from cleaner.errors import RunError, SetupError
from cleaner.page import KINDS, Kind, Metadata, Paragraph
from cleaner.report import FolderReport, PageViews, is_report, view_name
from cleaner.report.assets import asset
from cleaner.report.entries import COLUMNS, ROWS_PER_FILE, Entry, entry_of, read_entry

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "fixtures" / "pages"
HOSTILE = ROOT / "fixtures" / "report" / "hostile.html"
SCRIPT = "</script><script>window.ran=1</script>"


def article(name: str, *, confidence: float = 0.9, title: str = "", site: str = "", kept: int = 2) -> Article:
    paragraphs = tuple(
        Paragraph(index, f"Paragraph {index}.", Kind.BODY, 0.9, 0.8, True, (), -1, -1, "", "p") for index in range(kept)
    )
    menu = Paragraph(kept, "Home", Kind.NAV, 0.9, 0.0, False, (), -1, -1, "", "a")
    metadata = Metadata(title=title, domain=site, date_published="2024-01-02T03:04:05Z")
    text = "\n\n".join(entry.text for entry in paragraphs)
    return Article(text, "ok", confidence, (*paragraphs, menu), metadata, "html", name)


def outcome(entry: Article, note: object) -> Outcome:
    return Outcome(f"in/{entry.source}", entry.status, characters=len(entry.text), note=note, name=entry.source)


def write(folder: Path, articles: list[Article], *failed: Outcome, **options: Any) -> Path:
    """Write a report as the command does, and return its folder."""
    views = PageViews(folder)
    report = Report()
    with contextlib.closing(FolderReport(folder, title=options.pop("title", "in"), **options)) as made:
        for outcome_ in [*(outcome(entry, views(entry)) for entry in articles), *failed]:
            report.add(outcome_)
            made.add(outcome_)
        made.finish(report)
    return folder / "report"


def rows(folder: Path) -> list[dict[str, Any]]:
    """Return all rows of the data files, as a browser would read them."""
    found = []
    for number, path in enumerate(sorted(folder.glob("data-*.js"))):
        read = re.fullmatch(r"cleanerData\((\d+),(\d+),(.*)\);\n", path.read_text("utf-8"), re.DOTALL)
        assert read is not None
        assert int(read[1]) == number
        found += [dict(zip(COLUMNS, row, strict=True)) for row in json.loads(read[3])]
    return found


# ------------------------------------------------------------------------------------------------------- page views


def test_a_page_view_is_written_where_the_page_is_cleaned(tmp_path: Path) -> None:
    """What crosses to other processes can be pickled, writes one file, and returns an entry that can be pickled."""
    views = pickle.loads(pickle.dumps(PageViews(tmp_path)))  # noqa: S301 - our own
    entry = pickle.loads(pickle.dumps(views(article("a/b.html", title="Flood"))))  # noqa: S301 - our own
    files = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()]
    assert files == [f"report/{entry.href}"] == [f"report/{view_name('a/b.html')}"]
    page = (tmp_path / files[0]).read_text("utf-8")
    assert 'href="../../report.css"' in page
    assert 'value="0.50" data-limit="0.5000"' in page
    assert (entry.title, entry.kept, sum(entry.kinds)) == ("Flood", 2, 3)


def test_an_entry_is_small_whatever_the_page() -> None:
    """What comes back from a worker is a few hundred bytes, even for a page of long texts and many paragraphs."""
    huge = article("n" * 10_000, title="t" * 1_000_000, site="s" * 10_000, kept=20_000)
    assert len(pickle.dumps(entry_of(huge, href=view_name("n")))) < 2_000


@pytest.mark.parametrize(
    ("source", "slug"),
    [
        ("a/The flood!.html", "the-flood-"),
        ("河.html", ""),
        ("../../etc/passwd", "passwd-"),
        ("javascript:alert(1).html", "javascript-alert-1-"),
        ("x" * 5000 + ".html", "x" * 40 + "-"),
        ("caf\udce9/%2e%2e/%00?#.html", "00-html-"),
        ("", ""),
    ],
)
def test_names_of_page_views_need_no_escape(source: str, slug: str) -> None:
    """Whatever a document is called, its view has a short plain name below pages/, and another one's is another."""
    name = view_name(source)
    assert re.fullmatch(r"pages/([0-9a-f]{2})/" + re.escape(slug) + r"\1[0-9a-f]{14}\.html", name) is not None
    assert view_name(source + "x") != name


def test_an_entry_is_found_again_in_its_page_view(tmp_path: Path) -> None:
    """A run that goes on where another one stopped lists what that one had cleaned."""
    first = article("a.html", title=f"{SCRIPT}<!--\u2028", site="example.org")
    entry = PageViews(tmp_path)(first)
    assert read_entry(tmp_path / "report", entry.href) == entry
    earlier = dataclasses.replace(outcome(first, None), is_earlier=True)
    made = write(tmp_path, [article("b.html", confidence=0.2)], earlier)
    assert [(row["name"], row["href"]) for row in rows(made)] == [
        ("b.html", view_name("b.html")),
        ("a.html", view_name("a.html")),
    ]


@pytest.mark.parametrize("damage", ["", "{}", "[]", "[1,2", '["javascript:x"]'])
def test_a_damaged_page_view_has_no_entry(tmp_path: Path, damage: str) -> None:
    """What is no entry of this version counts as none, and the document is listed without a link."""
    entry = PageViews(tmp_path)(article("a.html"))
    path = tmp_path / "report" / entry.href
    path.write_text(f'<script type="application/json" id="entry">{damage}</script>', "utf-8")
    assert read_entry(tmp_path / "report", entry.href) is None
    assert read_entry(tmp_path / "report", "pages/00/nothing.html") is None
    made = write(tmp_path, [], outcome(article("a.html"), None))
    assert [(row["href"], row["confidence"]) for row in rows(made)] == [("", None)]


# ------------------------------------------------------------------------------------------------------------ index


def test_the_least_sure_come_first_and_failures_last(tmp_path: Path) -> None:
    """Rows are in the order of confidence; a failed document has no view and says why."""
    articles = [article(f"{name}.html", confidence=value) for name, value in (("a", 0.9), ("b", 0.2), ("c", 0.5))]
    failed = Outcome("in/d.html", "failed", "binary_input", "in/d.html is a PDF.", "read")
    found = rows(write(tmp_path, articles, failed))
    assert [(row["name"], row["confidence"]) for row in found] == [
        ("b.html", 0.2),
        ("c.html", 0.5),
        ("a.html", 0.9),
        ("in/d.html", None),
    ]
    assert found[3]["message"] == "binary_input: in/d.html is a PDF."
    assert (found[3]["href"], found[3]["status"]) == ("", "failed")
    assert (found[0]["kept"], found[0]["paragraphs"], found[0]["date"]) == (2, 3, "2024-01-02")
    assert found[0]["kinds"] == sum(1 << KINDS.index(kind) for kind in (Kind.BODY, Kind.NAV))


def test_the_order_of_the_run_does_not_matter(tmp_path: Path) -> None:
    """Equally sure documents are listed by name, whichever was finished first, and so are sites."""
    articles = [article(f"{name}.html", site=f"{name}.example", title=name) for name in "dbca"]
    failed = [Outcome(f"in/{name}", "failed", "x", "Y.") for name in "zy"]
    one = write(tmp_path / "one", articles, *failed)
    other = write(tmp_path / "other", articles[::-1], *failed[::-1])
    assert [row["name"] for row in rows(one)] == ["a.html", "b.html", "c.html", "d.html", "in/y", "in/z"]
    files = [path.relative_to(one) for path in one.rglob("*") if path.is_file()]
    assert len(files) == 9
    assert [path for path in files if (one / path).read_bytes() != (other / path).read_bytes()] == []


def test_data_is_split_into_files(tmp_path: Path) -> None:
    """A thousand documents more or less are one or two files more, which the index does not hold itself."""
    count = 2 * ROWS_PER_FILE + 1
    blank = entry_of(article("x.html"), href=view_name("x.html"))
    report = Report()
    with contextlib.closing(FolderReport(tmp_path, title="in")) as made:
        for number in range(count):
            entry = dataclasses.replace(blank, name=f"{number}.html", confidence=number / count)
            made.add(Outcome(f"in/{number}.html", "ok", note=entry))
        made.finish(report)
    folder = tmp_path / "report"
    assert sorted(path.name for path in folder.glob("data-*")) == ["data-000.js", "data-001.js", "data-002.js"]
    assert [row["name"] for row in rows(folder)] == [f"{number}.html" for number in range(count)]
    assert (folder / "index.html").stat().st_size < 60_000
    index = lxml.html.document_fromstring((folder / "index.html").read_text("utf-8"))
    assert index.body.get("data-total") == str(count)
    assert len(index.xpath("//noscript//li")) == 50


def test_counts_by_status_kind_and_site(tmp_path: Path) -> None:
    """The index says how many documents have each status and site, and how many paragraphs each kind."""
    articles = [article("a.html", site="example.org"), article("b.html", site="example.org"), article("c.html")]
    articles.append(dataclasses.replace(article("d.html", site='<b>"'), status="low_confidence"))
    made = write(tmp_path, articles, Outcome("in/e.html", "failed", "x", "Y."))
    index = lxml.html.document_fromstring((made / "index.html").read_text("utf-8"))
    buttons = {
        (key.removeprefix("data-"), value): button.xpath("./span[@class='number']")[0].text
        for button in index.xpath("//button[starts-with(@class, 'facet')]")
        for key, value in button.attrib.items()
        if key.startswith("data-")
    }
    assert buttons == {
        ("status", "ok"): "3",
        ("status", "low_confidence"): "1",
        ("status", "failed"): "1",
        ("kind", "body"): "8",
        ("kind", "nav"): "4",
        ("site", "example.org"): "2",
        ("site", ""): "1",
        ("site", '<b>"'): "1",
    }
    cells = [[cell.text for cell in row] for row in index.xpath("//tbody/tr")]
    assert len(cells) == 20
    assert [row for row in cells if row[1:] != ["0", "0"]] == [["0.00 to 0.05", "0", "4"], ["0.80 to 0.85", "8", "0"]]


def test_scripts_and_files_agree() -> None:
    """The script of the index reads columns in the order in which they are written, and knows every status."""
    script = asset("index.js")
    columns = re.search(r"const COLUMNS = (\[.*?\]);", script)
    assert columns is not None
    assert tuple(json.loads(columns[1])) == COLUMNS
    assert {field.name for field in dataclasses.fields(Entry)} >= {"href", "title", "name", "site", "shape", "date"}


def test_hostile_text_cannot_leave_its_row(tmp_path: Path) -> None:
    """No sign of markup stands in a data file, and none of a page's in the index."""
    hostile = dataclasses.replace(article(f"{SCRIPT}.html", title=f"{SCRIPT}<!--", site=SCRIPT), warnings=(SCRIPT,))
    failed = Outcome(f"in/{SCRIPT}", "failed", "x", f"{SCRIPT}\u2028 is odd.")
    made = write(tmp_path, [hostile], failed, title=SCRIPT)
    data = (made / "data-000.js").read_text("utf-8")
    assert not set(data) & set("<>&\u2028\u2029")
    assert [row["title"] for row in rows(made)] == [f"{SCRIPT}<!--", ""]
    index = lxml.html.document_fromstring((made / "index.html").read_text("utf-8"))
    assert [script.attrib for script in index.xpath("//script")] == [{"src": "index.js"}]
    assert index.xpath("//@href") == ["report.css", "#list", view_name(hostile.source)]


def test_nobody_elses_files_are_replaced(tmp_path: Path) -> None:
    """Where something stands that is no report, nothing is written unless asked for; an older report is replaced."""
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "index.html").write_text("<p>My own page.", "utf-8")
    with pytest.raises(SetupError, match="it is no report of cleaner") as caught:
        FolderReport(tmp_path, title="in")
    assert caught.value.code == "output_exists"
    write(tmp_path, [article("a.html")], overwrite=True)
    assert is_report(folder / "index.html")
    assert [row["name"] for row in rows(write(tmp_path, [article("b.html")]))] == ["b.html"]


def test_the_index_says_when_a_run_is_not_finished(tmp_path: Path) -> None:
    """From the first document on there is an index, which says that the run goes on; a killed run leaves it so."""
    with contextlib.closing(FolderReport(tmp_path, title="in")) as made:
        assert not (tmp_path / "report").exists()
        made.add(Outcome("in/a.html", "failed", "x", "Y."))
    assert "The run is not finished." in (tmp_path / "report" / "index.html").read_text("utf-8")
    report = Report(not_begun=3, is_interrupted=True)
    with contextlib.closing(FolderReport(tmp_path, title="in")) as made:
        made.finish(report)
    assert "The run was interrupted: 3 documents not begun." in (tmp_path / "report" / "index.html").read_text("utf-8")


def test_what_cannot_be_written_is_a_run_error(tmp_path: Path) -> None:
    """A file where the report's folder should be is an error with a sentence."""
    (tmp_path / "report").write_text("in the way", "utf-8")
    with pytest.raises(RunError, match="a file stands where a folder must be"):
        PageViews(tmp_path)(article("a.html"))


# ------------------------------------------------------------------------------------------------ the command line


def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["cleaner", *arguments])
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out, err = capfd.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, out, err


def test_explain_writes_a_page_to_look_at(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`explain --html` writes one file, replaces an older report, and goes to standard output as -."""
    source, target = str(PAGES / "press-release" / "source.html"), tmp_path / "new" / "report.html"
    assert run(capfd, monkeypatch, "explain", source, "--html", str(target)) == (0, "", f"The report is {target}\n")
    page = target.read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert "score" in page.partition('class="because"')[2]
    assert run(capfd, monkeypatch, "explain", source, "--html", str(target))[0] == 0
    code, out, err = run(capfd, monkeypatch, "explain", source, "--html", "-")
    assert (code, out, err) == (0, page, "")


@pytest.mark.parametrize("place", ["page", "other", "folder", "json"])
def test_explain_replaces_nothing_but_reports(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str
) -> None:
    """The page itself, another file and a folder are refused before anything is read, and so is --json beside it."""
    page = tmp_path / "page.html"
    page.write_text("<p>The river rose by two metres in the night, and the old bridge was closed.", "utf-8")
    (tmp_path / "other").write_text("mine", "utf-8")
    (tmp_path / "folder").mkdir()
    target = tmp_path / ("page.html" if place == "page" else place)
    arguments = ["explain", str(page), "--html", str(target), *(["--json"] if place == "json" else [])]
    code, out, err = run(capfd, monkeypatch, *arguments)
    codes = {"page": "output_exists", "other": "output_exists", "folder": "one_page", "json": "two_formats"}
    assert (code, out, err.partition("]")[0]) == (2, "", f"error[{codes[place]}")
    if place == "other":
        assert run(capfd, monkeypatch, *arguments, "--overwrite")[0] == 0
        assert is_report(target)


def test_clean_with_report(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`clean --report` writes the index and a view of each page, and says where; a second run lists all again."""
    out = tmp_path / "out"
    (tmp_path / "in").mkdir()
    for source in (PAGES / "press-release" / "source.html", HOSTILE):
        (tmp_path / "in" / source.parent.name).with_suffix(".html").write_bytes(source.read_bytes())
    arguments = ("clean", str(tmp_path / "in"), "-o", str(out), "--report")
    code, _, err = run(capfd, monkeypatch, *arguments)
    assert code == 0
    assert err.splitlines()[-1] == f"The report is {out / 'report' / 'index.html'}"
    found = rows(out / "report")
    assert sorted(row["name"] for row in found) == ["press-release.html", "report.html"]
    assert [(out / "report" / row["href"]).is_file() for row in found] == [True, True]
    assert 'class="because"' in (out / "report" / found[0]["href"]).read_text("utf-8")
    assert run(capfd, monkeypatch, *arguments)[0] == 0
    assert rows(out / "report") == found


def test_report_needs_a_folder(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`--report` without a folder for the results is refused with what to type."""
    page = tmp_path / "page.html"
    page.write_text("<p>Rain.", "utf-8")
    code, _, err = run(capfd, monkeypatch, "clean", str(page), "--report")
    assert (code, err) == (2, "error[folder_needed]: --report needs a folder for the results. Try: -o out --report\n")
