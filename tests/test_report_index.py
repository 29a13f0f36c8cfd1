"""The report on a folder in a real browser: the list of documents, search, filters, and ten thousand of them."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from report_browser import CONTRAST, MISSING, chromium, complaints, look, requests

from cleaner.article import Article
from cleaner.batch import Outcome, Report
from cleaner.page import KINDS, Kind, Metadata, Paragraph
from cleaner.report import FolderReport, PageViews, view_name
from cleaner.report.entries import entry_of

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)

SCRIPT = "</script><script>window.ran=1</script>"


def article(name: str, *, confidence: float = 0.9, kind: Kind = Kind.NAV, **metadata: str) -> Article:
    paragraphs = (
        Paragraph(0, "The river rose.", Kind.BODY, 0.9, 0.8, True, (), -1, -1, "", "p"),
        Paragraph(1, "Home", kind, 0.9, 0.0, False, (), -1, -1, "", "a"),
    )
    return Article("The river rose.", "ok", confidence, paragraphs, Metadata(**metadata), "html", name)


ARTICLES = (
    article("a/flood.html", confidence=0.95, title="Hochwasser in Łódź", domain="example.org"),
    article("b/bridge.html", confidence=0.35, title="The bridge", domain="example.org", kind=Kind.POLICY),
    article("c/河.html", confidence=0.55, title="河水上涨", domain="example.cn"),
    article("d/none.html", confidence=0.75, kind=Kind.POLICY),
)
FAILED = Outcome("in/e.html", "failed", "binary_input", "in/e.html is a PDF.", "read")


def write(folder: Path, articles: tuple[Article, ...], *others: Outcome, title: str = "in") -> Path:
    views, report = PageViews(folder), Report()
    with contextlib.closing(FolderReport(folder, title=title)) as made:
        for entry in articles:
            made.add(Outcome(f"in/{entry.source}", entry.status, characters=15, note=views(entry), name=entry.source))
        for other in others:
            made.add(other)
        made.finish(report)
    return folder / "report" / "index.html"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return one browser for all tests of this file."""
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the index of a report on five documents."""
    low = dataclasses.replace(ARTICLES[1], status="low_confidence")
    return write(tmp_path_factory.mktemp("small"), (ARTICLES[0], low, *ARTICLES[2:]), FAILED)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the index of a report on ten thousand documents, without their page views."""
    folder = tmp_path_factory.mktemp("large")
    blank = entry_of(article("x"), href=view_name("x"))
    with contextlib.closing(FolderReport(folder, title="archive")) as made:
        for number in range(10_000):
            name, site = f"{number % 100:02}/page-{number:05}.html", f"site-{number % 1000}.example"
            title = f"Report number {number} of the flood commission, with a title of ordinary length"
            entry = dataclasses.replace(
                blank, href=view_name(name), name=name, title=title, site=site, confidence=number / 10_000
            )
            made.add(Outcome(f"in/{name}", "ok" if number % 7 else "not_article", characters=2_000, note=entry))
        made.finish(Report())
    return folder / "report" / "index.html"


def show(browser: Any, index: Path, *, fragment: str = "", **how: Any) -> Any:
    look(browser, **how)
    browser.get("about:blank")
    requests(browser)
    complaints(browser)
    browser.get(index.as_uri() + fragment)
    wait(browser)
    return browser


def find(browser: Any, selector: str) -> Any:
    return browser.find_element("css selector", selector)


def wait(browser: Any, words: str = "Document") -> str:
    """Wait until the line above the list says how many fit; return it."""
    return str(until(lambda: find(browser, "#shown").text, lambda found: words in found or "No document" in found))


def until(look_up: Callable[[], Any], is_there: Callable[[Any], bool]) -> Any:
    """Return what is looked up once it is as wanted; what it was last when that does not happen within 20 seconds."""
    for _ in range(400):
        found = look_up()
        if is_there(found):
            break
        time.sleep(0.05)
    return found


def names(browser: Any) -> list[str]:
    return list(browser.execute_script("return [...document.querySelectorAll('.row-title')].map(e => e.textContent)"))


def search(browser: Any, words: str, wanted: str) -> list[str]:
    box = find(browser, "#search")
    box.clear()
    box.send_keys(words)
    asked = "return new URLSearchParams(location.hash.slice(1)).get('q')"
    until(lambda: browser.execute_script(asked), lambda found: found == words)
    wait(browser, wanted)
    return names(browser)


def test_the_list_begins_with_the_least_sure(browser: Any, small: Path) -> None:
    """Documents stand in the order of confidence with title, place, status and a link; failures say why."""
    show(browser, small)
    assert names(browser) == ["The bridge", "河水上涨", "d/none.html", "Hochwasser in Łódź", "in/e.html"]
    first = find(browser, ".row").text.split("\n")
    assert first == [
        "The bridge",
        "b/bridge.html",
        "example.org",
        "1 of 2 kept",
        "15 characters",
        "low confidence",
        "confidence",
        "0.35",
    ]
    assert "binary_input: in/e.html is a PDF." in browser.find_elements("css selector", ".row")[4].text
    links = browser.execute_script("return [...document.querySelectorAll('.row a')].map(a => a.getAttribute('href'))")
    assert links == [f"{view_name(ARTICLES[place].source)}#{rank}" for rank, place in enumerate((1, 2, 3, 0))]
    assert sorted(url.rpartition("/")[2] for url in requests(browser)) == [
        "data-000.js",
        "index.html",
        "index.js",
        "report.css",
    ]
    assert complaints(browser) == []


def test_search_looks_into_titles_sites_and_files(browser: Any, small: Path) -> None:
    """All words must occur, in any order and case, with or without accents; what was asked stands in the URL."""
    show(browser, small)
    assert search(browser, "łodz HOCHWASSER", "1 that fit") == ["Hochwasser in Łódź"]
    assert "HOCHWASSER" in browser.current_url
    assert search(browser, "河", "1 that fit") == ["河水上涨"]
    assert search(browser, "example.org", "2 that fit") == ["The bridge", "Hochwasser in Łódź"]
    assert search(browser, "pdf", "1 that fit") == ["in/e.html"]
    assert search(browser, "<b>nothing", "No document fits") == []
    find(browser, "#clear").click()
    wait(browser, "1 to 5 of 5")
    assert browser.execute_script("return document.activeElement.id") == "search"
    assert browser.current_url.endswith("#")


def test_counts_are_filters(browser: Any, small: Path) -> None:
    """Pressing a status, kind or site lists what has it; several narrow it down; pressing again takes it away."""
    show(browser, small)
    policy = find(browser, "[data-kind=policy]")
    policy.click()
    assert wait(browser, "2 that fit") == "Documents 1 to 2 of 2 that fit, out of 5."
    assert names(browser) == ["The bridge", "d/none.html"]
    assert policy.get_attribute("aria-pressed") == "true"
    find(browser, "[data-site='example.org']").click()
    wait(browser, "1 that fit")
    assert names(browser) == ["The bridge"]
    assert [element.text for element in browser.find_elements("css selector", "#filters bdi")] == [
        "with policy",
        "example.org",
    ]
    policy.click()
    find(browser, "[data-status=ok]").click()
    assert until(lambda: names(browser), lambda found: len(found) == 1 and found[0] != "The bridge") == [
        "Hochwasser in Łódź"
    ]
    find(browser, "[data-status=failed]").click()
    find(browser, "[data-site='example.org']").click()
    wait(browser, "4 that fit")
    assert names(browser)[-1] == "in/e.html"


def test_the_list_can_be_sorted(browser: Any, small: Path) -> None:
    """By certainty, file name, title and length; failures stay at the end of what has no meaning for them."""
    show(browser, small)
    orders = {}
    for name in ("sure", "name", "title"):
        before = names(browser)
        find(browser, f"#sort option[value={name}]").click()
        orders[name] = until(lambda: names(browser), lambda found, before=before: found != before)
    assert orders["sure"] == ["Hochwasser in Łódź", "d/none.html", "河水上涨", "The bridge", "in/e.html"]
    assert orders["name"] == ["Hochwasser in Łódź", "The bridge", "河水上涨", "d/none.html", "in/e.html"]
    assert set(orders["title"][:3]) == {"Hochwasser in Łódź", "The bridge", "河水上涨"}


def test_what_was_asked_comes_back_with_the_page(browser: Any, small: Path) -> None:
    """From a page view one returns to the list as it was; page views lead to their neighbours in the order."""
    show(browser, small, fragment="#q=html&kinds=policy")
    assert wait(browser, "2 that fit").startswith("Documents 1 to 2")
    browser.find_elements("css selector", ".row a")[1].click()
    assert find(browser, "h1").text == "none.html"
    assert around(browser, 2) == [True, True]
    find(browser, "#before").click()
    assert until(lambda: find(browser, "h1").text, lambda found: found != "none.html") == "河水上涨"
    browser.back()
    browser.back()
    wait(browser, "2 that fit")
    assert names(browser) == ["The bridge", "d/none.html"]
    assert find(browser, "#search").get_attribute("value") == "html"
    assert complaints(browser) == []


def around(browser: Any, count: int) -> list[bool]:
    """Return whether links to the pages before and after are shown, once there are so many."""
    return list(
        until(
            lambda: [find(browser, f"#{name}").is_displayed() for name in ("before", "after")],
            lambda found: sum(found) == count,
        )
    )


def test_the_first_and_last_page_views_have_one_neighbour(browser: Any, small: Path) -> None:
    """The least sure page has no less sure one; a failed document is nobody's neighbour."""
    found = []
    for place, rank in ((1, 0), (0, 3)):
        show_page = small.parent / view_name(ARTICLES[place].source)
        browser.get("about:blank")
        browser.get(f"{show_page.as_uri()}#{rank}")
        found.append(around(browser, 1))
    assert found == [[False, True], [True, False]]
    assert complaints(browser) == []


def test_ten_thousand_documents_open_at_once(browser: Any, large: Path) -> None:
    """The index opens in under two seconds and reads one data file; another page of it reads what it needs.

    The seconds are those of the browser's main thread, so that it does not matter what else the machine does.
    """
    browser.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
    show(browser, large)
    figures = {
        entry["name"]: entry["value"] for entry in browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    }
    browser.execute_cdp_cmd("Performance.disable", {})
    assert 0 < figures["TaskDuration"] < 2.0
    assert len(names(browser)) == 50
    read = [url.rpartition("/")[2] for url in requests(browser)]
    assert [name for name in read if name.startswith("data-")] == ["data-000.js"]
    browser.execute_script(
        "const box = document.getElementById('page'); box.value = 101; box.dispatchEvent(new Event('change'))"
    )
    assert wait(browser, "5,001") == "Documents 5,001 to 5,050 of 10,000."
    assert names(browser)[0].startswith("Report number 5000 ")
    find(browser, "#page-after").click()
    assert wait(browser, "5,051").startswith("Documents 5,051 to 5,100")
    read = [url.rpartition("/")[2] for url in requests(browser)]
    assert read == ["data-010.js"]


def test_ten_thousand_documents_are_searched(browser: Any, large: Path) -> None:
    """A search reads all data files and finds in all of them; sites beyond the most common are found so, too."""
    show(browser, large)
    assert search(browser, "page-09876", "1 that fit")[0].startswith("Report number 9876 ")
    assert len(search(browser, "site-123.example", "10 that fit")) == 10
    find(browser, "#clear").click()
    find(browser, "[data-status=not_article]").click()
    assert wait(browser, "1,429 that fit") == "Documents 1 to 50 of 1,429 that fit, out of 10,000."
    assert find(browser, "#page-count").text == "29"


def test_a_missing_data_file_is_said(browser: Any, tmp_path: Path) -> None:
    """A report that was copied without its data says so in place of the list."""
    index = write(tmp_path, ARTICLES)
    (index.parent / "data-000.js").unlink()
    browser.get(index.as_uri())
    assert wait(browser, "missing") == "data-000.js is missing; the report is not whole."
    complaints(browser)


def test_hostile_names_do_nothing(browser: Any, tmp_path: Path) -> None:
    """Titles, sites, file names, messages and what stands in the URL are shown as text and run nothing."""
    hostile = article(
        f"{SCRIPT}.html",
        title=f"<img src=x onerror=window.ran=1>{SCRIPT}\u202e",
        domain=f'"><svg onload=window.ran=1>{SCRIPT}',
    )
    failed = Outcome(f"in/{SCRIPT}", "failed", "x", f"<iframe src=https://evil.example/>\u2028{SCRIPT}")
    index = write(tmp_path, (hostile, *ARTICLES), failed, title=SCRIPT)
    show(
        browser,
        index,
        fragment="#q=%3Cimg%20src%3Dx%20onerror%3Dwindow.ran%3D1%3E&sites=javascript:alert(1)&sort=__proto__",
    )
    assert find(browser, "#filters").text.split("\n")[0].startswith("Only:")
    find(browser, "#clear").click()
    wait(browser, "1 to 6 of 6")
    assert any(SCRIPT in name for name in names(browser))
    for button in browser.find_elements("css selector", "[data-site]"):
        button.click()
    time.sleep(0.3)
    assert browser.execute_script("return [window.ran ?? null, document.querySelectorAll('img, iframe').length]") == [
        None,
        0,
    ]
    assert [url for url in requests(browser) if not url.startswith("file:")] == []
    assert complaints(browser) == []


def test_a_list_of_nothing_says_so(browser: Any, tmp_path: Path) -> None:
    """An interrupted run without a finished document has an index with a sentence and without tools."""
    with contextlib.closing(FolderReport(tmp_path, title="in")) as made:
        made.finish(Report(not_begun=5, is_interrupted=True))
    show(browser, tmp_path / "report" / "index.html")
    assert find(browser, "#shown").text == "No document was met."
    assert find(browser, "#tools").is_displayed() is False
    assert find(browser, ".warning").text == "Note: The run was interrupted: 5 documents not begun."


@pytest.mark.parametrize("dark", [False, True])
def test_contrast_and_width_are_enough(browser: Any, small: Path, dark: bool) -> None:
    """Text stands out at least 4.5 times, light and dark, and nothing is wider than a window of 360 pixels."""
    show(browser, small, width=360, dark=dark)
    browser.execute_script("document.querySelectorAll('details').forEach(e => e.open = true)")
    found = browser.execute_script(CONTRAST)
    assert found["checked"] > 60
    assert found["weak"] == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 360


def test_without_scripts_the_least_sure_are_listed(browser: Any, small: Path) -> None:
    """With JavaScript off there are the counts, a list of the least sure documents, and a sentence."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get("about:blank")
        browser.get(small.as_uri())
        listed = [element.text for element in browser.find_elements("css selector", ".plain a")]
        assert listed == ["The bridge", "河水上涨", "d/none.html", "Hochwasser in Łódź"]
        assert find(browser, "[data-kind=body] .number").text == "4"
        assert find(browser, "#tools").is_displayed() is False
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_kinds_have_the_same_order_everywhere(browser: Any, small: Path) -> None:
    """The bits of a row are read by the list of kinds that the index itself carries."""
    show(browser, small)
    assert browser.execute_script("return document.body.dataset.kinds") == " ".join(map(str, KINDS))
