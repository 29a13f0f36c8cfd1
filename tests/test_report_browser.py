"""The report on one page in a real browser: what a reader sees and does, and what a hostile page cannot do."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from report_browser import CONTRAST, MISSING, chromium, complaints, look, requests

from cleaner.article import Article
from cleaner.page import Kind, Metadata, Paragraph
from cleaner.pipeline import clean
from cleaner.report import render_page
from cleaner.settings import Settings

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
BODY = (0.9, 0.6, 0.8)


def paragraph(index: int, text: str, kind: Kind = Kind.BODY, score: float = 0.9) -> Paragraph:
    kept = kind in (Kind.BODY, Kind.HEADING)
    reasons = (f"reason for {text}",)
    return Paragraph(index, text, kind, 0.8, score, kept, reasons, -1, -1, f"/html[1]/p[{index}]", "p")


FLOOD = Article(
    "",
    "low_confidence",
    0.62,
    (
        paragraph(0, "Home", Kind.NAV, 0.01),
        paragraph(1, "Sport", Kind.NAV, 0.02),
        paragraph(2, "The flood", Kind.TITLE, 0.95),
        paragraph(3, "The river rose by two metres.", score=0.9),
        paragraph(4, "What now?", Kind.HEADING, 0.6),
        paragraph(5, "A pump was found.", Kind.CAPTION, 0.4),
        paragraph(6, "The bridge was closed.", score=0.8),
        paragraph(7, "Share this", Kind.SHARE, 0.3),
        paragraph(8, "More news", Kind.NAV, 0.05),
    ),
    Metadata(title="The flood", url="https://example.org/flood", sources={"title": "json-ld"}),
    "html",
    "flood.html",
    threshold=0.6,
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return one browser for all tests of this file."""
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture
def flood(browser: Any, tmp_path: Path) -> Any:
    """Return the browser with the report on a small page open in it."""
    return show(browser, FLOOD, tmp_path)


def show(browser: Any, article: Article, folder: Path, **how: Any) -> Any:
    path = folder / "report.html"
    path.write_text(render_page(article), "utf-8")
    look(browser, **how)
    browser.get("about:blank")
    requests(browser)
    complaints(browser)
    browser.get(path.as_uri())
    return browser


def visible(browser: Any) -> list[str]:
    """Return the texts of the paragraphs that can be seen."""
    script = "return [...document.querySelectorAll('.p')].filter(e => e.checkVisibility()).map(e => e.id)"
    return [FLOOD.paragraphs[int(name[1:])].text for name in browser.execute_script(script)]


def find(browser: Any, selector: str) -> Any:
    return browser.find_element("css selector", selector)


def status(browser: Any) -> str:
    return str(find(browser, "#shown").text)


def slide(browser: Any, value: float) -> None:
    browser.execute_script(
        "const s = document.getElementById('threshold'); s.value = arguments[0]; s.dispatchEvent(new Event('input'))",
        value,
    )


def press(browser: Any, *keys: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(browser).send_keys(*keys).perform()


KEPT = ["The river rose by two metres.", "What now?", "The bridge was closed."]


def test_kept_text_is_read_and_the_rest_is_folded(flood: Any) -> None:
    """At first the kept paragraphs are seen, and lines for the dropped ones; nothing else was loaded."""
    assert visible(flood) == KEPT
    assert flood.title == "The flood · cleaner report"
    lines = [summary.text.replace("\n", " ") for summary in flood.find_elements("css selector", ".run > summary")]
    assert lines == [
        "3 dropped nav 2 title Home · Sport · The flood",
        "1 dropped caption A pump was found.",
        "2 dropped share nav Share this · More news",
    ]
    assert find(flood, "header .verdict").text.split("\n") == [
        "low confidence",
        "confidence",
        "0.62",
        "3 of 9 paragraphs kept",
    ]
    assert [url.rpartition("/")[2] for url in requests(flood)] == ["report.html"]
    assert complaints(flood) == []


def test_folds_open_by_mouse_and_by_key(flood: Any) -> None:
    """A click or the Enter key on a line opens the run; on a score, the reasons."""
    find(flood, ".run > summary").click()
    assert visible(flood) == ["Home", "Sport", "The flood", *KEPT]
    find(flood, "#p0 .why > summary").click()
    assert "reason for Home" in find(flood, "#p0 .because").text
    flood.execute_script("document.querySelector('#p3 .why > summary').focus()")
    press(flood, "\ue007")
    assert "Score 0.90; body with 80 % likelihood." in find(flood, "#p3 .because").text
    find(flood, "#unfold").click()
    assert len(visible(flood)) == 9
    assert find(flood, "#unfold").text == "Close all folds"
    find(flood, "#unfold").click()
    assert visible(flood) == KEPT


def test_filter_by_kind(flood: Any) -> None:
    """Chosen kinds are shown wherever they stand, with their number; clearing closes what the filter opened."""
    find(flood, "input[value=nav]").click()
    assert visible(flood) == ["Home", "Sport", "More news"]
    assert status(flood) == "3 paragraphs of 9: nav"
    find(flood, "input[value=heading]").click()
    assert visible(flood) == ["Home", "Sport", "What now?", "More news"]
    find(flood, "input[value=kept]").click()
    assert visible(flood) == ["What now?"]
    assert status(flood) == "1 paragraph of 9: kept, heading, nav"
    find(flood, "input[value=heading]").click()
    assert (visible(flood), status(flood)) == ([], "No paragraph is kept, nav")
    find(flood, "#clear").click()
    assert (visible(flood), status(flood)) == (KEPT, "")
    assert flood.execute_script("return document.activeElement.value") == "all"


def test_a_fold_opened_by_hand_outlives_a_filter(flood: Any) -> None:
    """The filter gives back the folds as the reader had them."""
    flood.find_elements("css selector", ".run > summary")[1].click()
    find(flood, "input[value=dropped]").click()
    assert len(visible(flood)) == 6
    find(flood, "input[value=all]").click()
    assert visible(flood) == [
        "The river rose by two metres.",
        "What now?",
        "A pump was found.",
        "The bridge was closed.",
    ]


def test_threshold_shows_what_would_change(flood: Any) -> None:
    """Moving the threshold marks, in words, the paragraphs whose score it crosses, and counts them."""
    assert find(flood, "#threshold-value").text == "0.60"
    assert find(flood, "#threshold-note").text == "As cleaned. Move it to see what would change."
    marks = "return [...document.querySelectorAll('.changed')].map(e => [e.id, e.querySelector('.would').textContent])"
    slide(flood, 0.85)
    assert flood.execute_script(marks) == [["p4", "would be dropped"], ["p6", "would be dropped"]]
    assert find(flood, "#threshold-note").text == "2 paragraphs would be dropped. To clean so: --threshold 0.85"
    slide(flood, 0.35)
    assert flood.execute_script(marks) == [["p5", "would be kept"]]
    assert find(flood, ".run:has(#p5) > summary .would").text == "1 would be kept"
    assert find(flood, "#threshold-note").text == "1 paragraph more would be kept. To clean so: --threshold 0.35"
    slide(flood, 0.55)
    assert (flood.execute_script(marks), find(flood, "#threshold-note").text) == ([], "Nothing would change.")
    slide(flood, 0.1)
    find(flood, "#reset").click()
    assert (flood.execute_script(marks), find(flood, "#threshold-value").text) == ([], "0.60")


def test_changes_are_visited_one_after_the_other(flood: Any) -> None:
    """Next and Previous go to the changed paragraphs in a circle, open their fold and put the focus there."""
    slide(flood, 0.2)
    here = "return document.activeElement.id"
    visited = []
    for button in ("#change-after", "#change-after", "#change-after", "#change-before"):
        find(flood, button).click()
        visited.append(flood.execute_script(here))
    assert visited == ["p5", "p7", "p5", "p7"]
    assert {"A pump was found.", "Share this"} <= set(visible(flood))


def test_all_can_be_done_by_keys(flood: Any) -> None:
    """The Tab key reaches everything from the skip link on, and shows where it is; arrows move the threshold."""
    reached = []
    for _ in range(40):
        press(flood, "\ue004")
        name, outline = flood.execute_script(
            "const e = document.activeElement, s = getComputedStyle(e);"
            "const name = e === document.body ? null : e.id || e.value || e.className || e.localName;"
            "return [name, s.outlineStyle + s.outlineWidth]"
        )
        if name is None or name in reached[:1]:
            break
        reached.append(name)
        assert outline == "solid3px", name
    wanted = ["skip", "all", "title", "heading", "caption", "body", "nav", "share", "unfold", "threshold"]
    assert [name for name in reached if name in wanted] == wanted
    assert len(reached) > len(wanted) + 5  # folds and scores of the text
    flood.execute_script("document.getElementById('threshold').focus()")
    press(flood, "\ue014", "\ue014")
    assert find(flood, "#threshold-value").text == "0.62"


def test_nothing_of_a_hostile_page_runs_or_loads(browser: Any, tmp_path: Path) -> None:
    """Text, title, names and addresses full of script are shown as text: nothing ran, asked or complained."""
    page = clean((FIXTURES / "report" / "hostile.html").read_bytes(), settings=Settings(reasons=True))
    metadata = dataclasses.replace(
        page.metadata,
        title="</title><script>window.ran=1</script><img src=x onerror=window.ran=1>",
        url="javascript:window.ran=1",
        canonical_url='https://evil.example/"><script>window.ran=1</script>',
        image="data:text/html,<script>window.ran=1</script>",
        tags=("<iframe srcdoc='<script>parent.ran=1</script>'>", "\u202e</bdi>"),
    )
    article = dataclasses.replace(page, metadata=metadata, warnings=("<svg onload=window.ran=1>",))
    show(browser, article, tmp_path)
    assert "<script>window.ran=1</script>" in find(browser, "h1").text
    find(browser, "#unfold").click()
    for summary in browser.find_elements("css selector", ".why > summary"):
        browser.execute_script("arguments[0].click()", summary)
    for link in browser.execute_script("return [...document.querySelectorAll('article *, #card *')]")[:400]:
        browser.execute_script("arguments[0].dispatchEvent(new MouseEvent('mouseover', {bubbles: true}))", link)
    assert browser.execute_script("return [window.ran, document.querySelectorAll('img, iframe, script').length]") == [
        None,
        1,
    ]
    assert browser.execute_script("return [...document.links].map(a => a.protocol).filter(p => p != 'file:')") == []
    assert [url.rpartition("/")[2] for url in requests(browser)] == ["report.html"]
    assert complaints(browser) == []


def test_the_policy_holds_even_if_markup_got_in(flood: Any) -> None:
    """Were an element with a script put into the page, the policy would still let nothing run and nothing load."""
    outcome = flood.execute_async_script(
        """
        const done = arguments[0];
        let refused = "";
        const attempt = (act) => { try { act(); } catch (error) { refused += `${error.name} `; } };
        const [script, image] = [document.createElement("script"), document.createElement("img")];
        attempt(() => { document.body.innerHTML += "<img src=x onerror='window.ran=1'>"; });
        attempt(() => { script.text = "window.ran=1"; });
        attempt(() => image.setAttribute("onerror", "window.ran=1"));
        script.append("window.ran=1");
        image.src = "https://evil.example/a.png";
        document.body.append(image, script);
        setTimeout(() => done([refused, window.ran ?? null]), 300);
        """
    )
    assert outcome == ["TypeError TypeError TypeError ", None]
    assert [url.rpartition("/")[2] for url in requests(flood) if url.startswith("file:")] == ["report.html"]


def test_without_scripts_the_text_is_there(browser: Any, tmp_path: Path) -> None:
    """With JavaScript off the kept text is read, folds open, and tools that would do nothing are not shown."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        show(browser, FLOOD, tmp_path)
        assert [find(browser, f"#p{index}").is_displayed() for index in (0, 3, 4, 6)] == [False, True, True, True]
        assert find(browser, "#tools").is_displayed() is False
        assert find(browser, "#card dl").is_displayed() is True
        find(browser, ".run > summary").click()
        assert find(browser, "#p0").is_displayed() is True
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize("name", ["report/mixed.html", "report/hostile.html", "pages/table-and-list/source.html"])
def test_a_narrow_window_needs_no_scrolling_sideways(browser: Any, tmp_path: Path, name: str) -> None:
    """At 360 pixels nothing is wider than the window, with everything open, however long the words are."""
    show(browser, clean((FIXTURES / name).read_bytes(), settings=Settings(reasons=True)), tmp_path, width=360)
    browser.execute_script("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 360
    clipped = (
        "return [...document.querySelectorAll('.p .text')].filter(e => e.getBoundingClientRect().right > 360).length"
    )
    assert browser.execute_script(clipped) == 0


def test_right_to_left_paragraphs_are_set_right(browser: Any, tmp_path: Path) -> None:
    """Hebrew and Arabic paragraphs run from the right, each by itself, in a report that runs from the left."""
    show(browser, clean((FIXTURES / "report" / "mixed.html").read_bytes(), settings=Settings(reasons=True)), tmp_path)
    script = (
        "return [...document.querySelectorAll('.kept > .text')].map(e => [e.innerText, getComputedStyle(e).direction])"
    )
    directions = browser.execute_script(script)
    assert {("\u0590" < text[0] < "\u0700", direction) for text, direction in directions} == {
        (True, "rtl"),
        (False, "ltr"),
    }


@pytest.mark.parametrize("dark", [False, True])
def test_contrast_is_enough(browser: Any, tmp_path: Path, dark: bool) -> None:
    """Every text has at least 4.5 times the luminance of its ground, or the other way round, light and dark."""
    show(browser, FLOOD, tmp_path, dark=dark)
    browser.execute_script("document.querySelectorAll('details').forEach(e => e.open = true)")
    slide(browser, 0.2)
    found = browser.execute_script(CONTRAST)
    assert found["checked"] > 50
    assert found["weak"] == []


def test_printing_shows_text_and_card(flood: Any) -> None:
    """On paper there are the card and the text, without tools."""
    look(flood, width=780, media="print")
    shown = [
        flood.execute_script("return document.querySelector(arguments[0]).getBoundingClientRect().height > 0", selector)
        for selector in ("#card dl", "#p3", "#tools", ".why", ".skip")
    ]
    assert shown == [True, True, False, False, False]


def test_motion_is_left_out_where_it_is_not_wanted(flood: Any) -> None:
    """With prefers-reduced-motion nothing moves."""
    durations = "return getComputedStyle(document.querySelector('.skip')).transitionDuration"
    flood.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    )
    assert flood.execute_script(durations) == "0s"
