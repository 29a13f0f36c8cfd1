"""CSS and XPath select the elements they should, map to the paragraphs inside, and stay within their budget."""

from __future__ import annotations

import contextlib
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from cleaner.rules.costs import BUDGET, ORDINARY, visits
from cleaner.rules.selectors import Selector, TooCostlyError, compile_css, compile_xpath
from cleaner.rules.tree import Tree, plant
from cleaner.segment import segment_html, xpaths

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
REFUSED: list[dict[str, Any]] = json.loads((FIXTURES / "rules" / "xpaths.json").read_text("utf-8"))
NEWS = (FIXTURES / "pages" / "news-with-everything" / "source.html").read_text("utf-8")


def tree_of(source: str) -> Tree:
    tree = plant(source, segment_html(source))
    assert tree is not None
    return tree


def hits(source: str, selector: Selector) -> list[str]:
    """Return the texts of the paragraphs that a selector hits on a page."""
    tree = tree_of(source)
    return [tree.layout.texts[place] for place in tree.paragraphs_in(selector.find(tree))]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["xpath"])
def test_xpaths_that_are_refused(case: dict[str, Any]) -> None:
    """What selects no elements, is no XPath 1.0 or could take for ever is refused in words that say why and where."""
    with pytest.raises(ValueError, match=re.escape(case["says"])):
        compile_xpath(case["xpath"])


@pytest.mark.parametrize(
    ("css", "says"),
    [
        ("div[", "cannot be read: Expected ident"),
        ("a >", "got <the end at 3>"),
        ("p::before", "Pseudo-elements are not supported"),
        ("a:nonsense", "pseudo-class :nonsense is unknown"),
        ("//div", "This looks like an XPath; write it behind xpath = instead."),
        ("p { color: red }", "cannot be read"),
        ("div" + ":not(div" * 60 + ")" * 60, "CSS selector"),
    ],
)
def test_css_that_is_refused(css: str, says: str) -> None:
    """A bad selector is refused with what the parser found, or with a hint that it is an XPath."""
    with pytest.raises(ValueError, match=re.escape(says)):
        compile_css(css)


PAGE = """<body><div id=a class="Promo x"><h2>One</h2>two <b>three</b><ul><li>four<li><i>five</i></ul></div>
<p><span class=ad>six</span></p><p>seven <span class=ad>eight</span></p>
<div id=b><font class=old>nine<br><br>ten</font><br><br>eleven</div>
<a class=card href=/x><h3>twelve</h3><p>thirteen</p> fourteen </a><p>fifteen"""


@pytest.mark.parametrize(
    ("css", "found"),
    [
        ("#a", ["One", "two three", "four", "five"]),
        (".Promo li", ["four", "five"]),
        (".promo", []),
        ("DIV#a > h2", ["One"]),
        ("#a b", []),
        ("li i", ["five"]),
        (".ad", ["six"]),
        (".old", ["nine", "ten"]),
        (".card", ["twelve", "thirteen", "fourteen"]),
        ("h2, h3", ["One", "twelve"]),
        ("b + ul, li:last-child", ["four", "five"]),
        ("div:has(h2)", ["One", "two three", "four", "five"]),
        ("p:not([title])", ["six", "seven eight", "thirteen", "fifteen"]),
        ("p:contains('seven')", ["seven eight"]),
        ("body", ["One", "two three", "four", "five", "six", "seven eight", "nine", "ten", "eleven", "twelve",
                  "thirteen", "fourteen", "fifteen"]),
    ],
)  # fmt: skip
def test_a_selector_means_the_paragraphs_inside(css: str, found: list[str]) -> None:
    """All paragraphs inside an element are hit, in order; an inline element hits what it holds the whole text of."""
    assert hits(PAGE, compile_css(css)) == found


def test_long_lists_of_selectors_are_taken() -> None:
    """A comma-separated list such as blockers use is one rule, whatever it is in XPath."""
    css = ", ".join(f"div.promo-{number}" for number in range(300))
    assert hits("<div class='x promo-299'>one</div><div class=promo-300>two</div>", compile_css(css)) == ["one"]


@pytest.mark.parametrize(
    "source",
    [
        "<p>in</p></body></html><p class=x>behind",
        "<html><body><div><p>in</div></html><html><body><div><p class=x>behind",
        "<table><tr><td><p>in<p class=x>behind</table>",
        "<title>T</title><script>var a</script><p>in<script>b</script><style>c</style><p class=x>be<!-- -->hind",
        "<pre>in\n\n in</pre><pre class=x>be<b>hin</b>d</pre>",
        "<p>in<svg><text>no</text></svg><noscript><p class=x>behind",
    ],
)
def test_broken_and_odd_markup_maps_as_it_was_segmented(source: str) -> None:
    """Text behind the end of the page, second roots, unclosed elements and what is never shown confuse nothing."""
    assert hits(source, compile_css(".x")) == ["behind"]


def test_nesting_beyond_the_tree_is_not_hit_and_does_no_harm() -> None:
    """What nests deeper than libxml2's tree goes belongs to no element, and nothing else is hit for it."""
    source = "<p class=x>up</p>" + "<div class=y>" * 3_000 + "<p class=x>deep" + "</div>" * 3_000 + "<p class=x>down"
    found = hits(source, compile_css(".x"))
    assert [text for text in found if text not in ("up", "deep", "down")] == []
    assert found[0] == "up"


@pytest.mark.parametrize(
    "source",
    [
        "//p", "//*", "//li[2]", "//div/p[last()]", "/html/body/*", "//h1/following-sibling::*", "(//p)[2]", "//p/..",
        "(//p)[last()]", "(//ul | //ol)/li[1]", "//p/ancestor::*", "//a/ancestor-or-self::*[@class]", "/descendant::*",
        "//h2/following::p", "//h2/preceding::p[1]", "//*[count(preceding-sibling::*) = 1]", "//html", "//self::body",
        "//li[position() mod 2 = 0]/preceding-sibling::li[1]", "//*[.//a]//p | //nav", "//p[. = //h1]", "//body//.",
        "//*[self::p or self::li][not(a)]", "//p[string-length() > 40]", "//body//*[normalize-space() = '']",
        "//*[@class and not(contains(@class, 'a'))]", "//descendant::div[2]//p[1]", "//div[p[2]]/p[position() > 1]",
        "//*[substring-before(@href, '/') = 'x' or starts-with(name(), 'h')]", "//div//div", "/html//p/self::p",
        "//p[translate(., 'A', 'a') != string(.)]", "//*[* * 2 > 4 div 2 and - 1 < count(*)]",
    ],
)  # fmt: skip
def test_xpath_selects_what_libxml2_selects(source: str) -> None:
    """Walking step by step finds the same elements in the same order as libxml2 finds at once."""
    tree = tree_of(NEWS)
    wanted = [element for element in etree.XPath(source)(tree.roots[0]) if element in tree.order]
    assert compile_xpath(source).find(tree) == wanted


AXES = ["child", "descendant", "descendant-or-self", "self", "parent", "ancestor", "ancestor-or-self", "following",
        "following-sibling", "preceding", "preceding-sibling"]  # fmt: skip
STEPS = st.builds(
    lambda axis, test, predicate: f"{axis}::{test}{predicate}",
    st.sampled_from(AXES),
    st.sampled_from(["*", "p", "div", "li", "node()"]),
    st.sampled_from(["", "", "", "[2]", "[last()]", "[position() < 3]", "[p]", "[.//li]", "[not(*)]", "[@class]"]),
)
PAGES = st.recursive(
    st.sampled_from(["a", "<p>b", "<i>c</i>", "<li class=k>d"]),
    lambda inner: st.lists(inner, max_size=4).map(lambda parts: f"<div>{''.join(parts)}</div>"),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, min_size=1, max_size=4), PAGES)
def test_any_path_selects_what_libxml2_selects(steps: list[str], page: str) -> None:
    """The elements left out on the way are only those from which nothing new is found."""
    tree = tree_of(f"<p>x</p>{page}<div class=k>y</div>")
    source = "//" + "/".join(steps)
    try:
        selector = compile_xpath(source)
    except ValueError as error:
        assert re.search(r"which may be a text|of any place", str(error)) is not None  # noqa: PT017 - either end is fine
        return
    wanted = [element for element in etree.XPath(source)(tree.roots[0]) if element in tree.order]
    assert selector.find(tree) == wanted


@settings(max_examples=150, deadline=None)
@given(st.lists(PAGES, max_size=4))
def test_every_paragraph_stands_in_the_element_of_its_own_path(pages: list[str]) -> None:
    """The XPath that the cleaner gives for a paragraph, taken as a rule, hits that paragraph."""
    source = "<body>" + "<br><br>".join(pages) + "<i>end</i>"
    layout = segment_html(source)
    tree = plant(source, layout)
    assert tree is not None
    for place, path in enumerate(xpaths(layout)):
        assert place in tree.paragraphs_in(compile_xpath(path).find(tree))
    assert tree.paragraphs_in(tree.roots) == list(range(len(layout.texts)))


# -- time -------------------------------------------------------------------------------------------------------------

HOSTILE = {
    "nested": "<div>" * 1_500 + "<p>x</p>" * 500 + "</div>" * 1_500,
    "flat": "<p>x</p>" * 20_000,
    "mixed": "<div><p>x</p></div><p>x</p>" * 7_000,
    "towers": ("<div>" * 100 + "<p>x</p>" + "</div>" * 100) * 50,
}


@pytest.mark.parametrize("page", HOSTILE)
def test_no_selector_takes_long(page: str) -> None:
    """On pages made to be slow for libxml2, each of these is found or given up within seconds."""
    tree = tree_of(f"<body>{HOSTILE[page]}")
    sources = ["//div//div", "//*//*", "//div//div//div//p", "//*[//*]", "//p[position() < 9]", "//*/ancestor::*[2]",
               "//*[.//*[.//*]]", "//p/following-sibling::p[2]", "//p/preceding::p[3]", "//*[. = //p]"]  # fmt: skip
    selectors = [compile_css("body div *"), compile_css("p:nth-child(2)"), compile_css("div ~ p + p")]
    for selector in [*selectors, *map(compile_xpath, sources)]:
        started = time.process_time()
        with contextlib.suppress(TooCostlyError):
            selector.find(tree)
        assert time.process_time() - started < 10, selector.source


def test_ordinary_selectors_are_far_from_the_budget() -> None:
    """What people write costs next to nothing of the budget on an ordinary page, so that large pages are no problem."""
    sources = [
        "//div[.//h3[contains(., 'Related')]]",
        "//p[contains(@class, 'x')]",
        "//li[count(preceding-sibling::*) = 2]",
    ]
    for source in sources:
        costs = [step.costs for path in compile_xpath(source).paths for step in path.steps]
        assert max(visits(cost, ORDINARY) for cost in costs) < BUDGET / 20
