"""HTML to paragraphs: where markup is cut, what is counted beside the text, and what is never shown."""

from __future__ import annotations

import pickle
from typing import Any

import lxml.html
import numpy as np
import pytest
from cases import check_cases, parameters, read_cases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaner.page import Layout, Page
from cleaner.segment import segment, segment_html, xpath, xpaths
from cleaner.segment.tags import BLOCK, CONTROL, MEDIA, SKIP, tag_roles

CASES = read_cases("html.json")
COLUMNS = ("link_chars", "links", "images", "hidden", "gaps", "controls")
modest = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


# -- cases ------------------------------------------------------------------------------------------------------------


def described(layout: Layout, name: str) -> Any:
    """Return one aspect of a layout as plain data, under the name that the cases use."""
    if name in COLUMNS:
        return getattr(layout, name).tolist()
    if name == "containers":
        return [f"{entry.tag or '-'} {entry.first}:{entry.end}" for entry in layout.containers]
    if name == "attributes":
        return [entry.attributes for entry in layout.containers]
    if name == "xpaths":
        return paths(layout)
    return list(getattr(layout, name))


def paths(layout: Layout) -> list[str]:
    return list(xpaths(layout))


def tidy(value: Any) -> Any:
    """Return tuples as lists, as JSON has no tuples."""
    return [tidy(entry) for entry in value] if isinstance(value, tuple | list) else value


@pytest.mark.parametrize("case", parameters(CASES))
def test_a_case_is_cut_as_expected(case: dict[str, Any]) -> None:
    """Every case of fixtures/segment/html.json gives the paragraphs, counts, paths and head that it says."""
    layout = segment_html(case["input"])
    expected = {name: value for name, value in case.items() if name in (*COLUMNS, *LISTS)}
    marks = [words.strip() for words in layout.marks]
    found = {name: marks if name == "marks" else described(layout, name) for name in expected}
    assert found == expected
    head = case.get("head", {})
    assert {name: tidy(getattr(layout.head, name)) for name in head} == head
    check(layout)
    check_paths(case["input"], layout)


LISTS = ("texts", "tags", "marks", "containers", "attributes", "xpaths")


def test_the_cases_say_what_they_are_about() -> None:
    """Labels are unique, every field is one that is compared, and the negative set is there."""
    check_cases(CASES, aspects=("head", *COLUMNS, *LISTS), negatives=25)


# -- what holds for every layout --------------------------------------------------------------------------------------


def check(layout: Layout) -> None:
    """Assert the promises of :class:`cleaner.page.Layout` for HTML."""
    n = len(layout.texts)
    assert layout.content_type == "html"
    assert {len(getattr(layout, name)) for name in ("tags", "marks", "container_of", "starts", "ends", *COLUMNS)} == {n}
    assert layout.starts.tolist() == layout.ends.tolist() == [-1] * n
    for text, container in zip(layout.texts, layout.container_of.tolist(), strict=True):
        lines = text.split("\n") if "pre" in ancestry(layout, container) else [" ".join(text.split())]
        assert "\n".join(line.rstrip() for line in lines if line.strip()) == text.strip() == text != ""
    lengths = np.array([len(text) for text in layout.texts], dtype=np.int64)
    assert np.all((layout.link_chars >= 0) & (layout.link_chars <= lengths))
    assert min([int(getattr(layout, name).min()) for name in COLUMNS if n], default=0) >= 0
    check_containers(layout)


def ancestry(layout: Layout, container: int) -> list[str]:
    """Return the tags of a container and of those around it."""
    tags = []
    while container >= 0:
        tags.append(layout.containers[container].tag)
        container = layout.containers[container].parent
    return tags


def check_containers(layout: Layout) -> None:
    """Assert that containers nest, stand in document order and hold exactly what lies below them."""
    containers, n = layout.containers, len(layout.texts)
    assert containers[0] == (-1, "", "", 0, 0, n)
    inside: list[list[int]] = [[] for _ in containers]
    for place, container in enumerate(layout.container_of.tolist()):
        assert layout.tags[place] == containers[container].tag
        while container >= 0:
            inside[container].append(place)
            container = containers[container].parent  # noqa: PLW2901 - climbing
    for index, entry in enumerate(containers):
        assert entry.parent < index
        assert list(range(entry.first, entry.end)) == inside[index]


def check_paths(source: str, layout: Layout) -> None:
    """Assert that the path of every paragraph leads, in a tree made by lxml.html, to an element with its text."""
    if not layout.texts:
        return
    tree: Any = lxml.html.document_fromstring(source)
    words: dict[str, str] = {}
    for place, path in enumerate(paths(layout)):
        if path not in words:
            found = tree.xpath(path)
            assert [element.tag for element in found] == [layout.tags[place]]
            words[path] = squeezed("".join(shown(found[0])))
        assert squeezed(layout.texts[place]) in words[path]
    for container, entry in enumerate(layout.containers[1:], 1):
        below = xpath(layout, container)
        lying = [place for place, path in enumerate(paths(layout)) if path == below or path.startswith(f"{below}/")]
        assert list(range(entry.first, entry.end)) == lying


def squeezed(text: str) -> str:
    return "".join(text.split())


PLAYERS = ("audio", "iframe", "video")
"""What is inside of them is for browsers that do not know them."""


def shown(element: Any) -> list[str]:
    """Return the pieces of text below an element that are read: no skipped elements, titles, hidden formulas."""
    pieces: list[str] = []
    if element.tag == "math" and element.xpath("ancestor::*[@style]"):
        return pieces
    unread = ("title", *PLAYERS)
    if isinstance(element.tag, str) and tag_roles().get(element.tag) != SKIP and element.tag not in unread:
        pieces.append(element.text or "")
        for child in element:
            pieces += [*shown(child), child.tail or ""]
    return pieces


# -- a second opinion: a plain walk over a tree -----------------------------------------------------------------------


def walk(element: Any) -> list[str | None]:
    """Return a page as pieces of text, None for a cut and "<br>" for a line break."""
    role = tag_roles().get(element.tag, 0) if isinstance(element.tag, str) else SKIP
    if element.tag == "br":
        return ["<br>"]
    if element.tag == "hr":
        return [None]
    if role == SKIP or element.tag == "title":
        return []
    cuts = role in {BLOCK, CONTROL} or "-" in element.tag
    pieces: list[str | None] = [None] if cuts else []
    pieces.append(element.text or "")
    for child in element:
        pieces += [*walk(child), child.tail or ""]
    return [*pieces, None] if cuts else pieces


def walked_texts(source: str) -> list[str]:
    """Return the paragraphs without their white space, found the slow way."""
    texts, text, breaks = [], "", 0
    for piece in [*walk(lxml.html.document_fromstring(source)), None]:
        if piece == "<br>":
            breaks += 1
        elif piece is not None and piece.strip():
            text, breaks = text + squeezed(piece), 0
        if piece is None or breaks == 2:
            texts.append(text)
            text, breaks = "", 0
    return [text for text in texts if text]


WORDS = ("pier", "Lamp,", "昨夜", "&amp;", "a &lt; b", "é", "\u200f", "12", " ", "\n\t", "&nbsp;")
INLINE = ("b", "i", "span", "a", "em", "time", "foo", "font")
BLOCKS = ("p", "div", "h1", "h2", "li", "ul", "section", "td", "tr", "table", "pre", "nav", "x-card", "button", "form")
ATTRIBUTES = ("", " href=x", " class='a b'", " hidden", " id=k", " style='display:none'", " datetime=2024")
OTHERS = (
    "<br>", "<br/>", "<hr>", "<img src=a>", "<input>", "<!-- c -->", "<script>'<p>'</script>", "<svg><a>x</a></svg>",
    "<template><p>t</template>", "</div>", "</p>", "</b>", "<title>t</title>", "<select><option>o</select>",
)  # fmt: skip


def element(inner: st.SearchStrategy[str], tags: tuple[str, ...], ends: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda tag, attribute, parts, end: f"<{tag}{attribute}>{''.join(parts)}{end.format(tag)}",
        st.sampled_from(tags),
        st.sampled_from(ATTRIBUTES),
        st.lists(inner, max_size=4),
        st.sampled_from(ends),
    )


leaves = st.sampled_from(WORDS) | st.sampled_from(OTHERS)
broken = st.recursive(leaves, lambda inner: element(inner, INLINE + BLOCKS, ("</{0}>", "</{0}>", "")), max_leaves=30)
pages = st.lists(broken, min_size=1, max_size=6).map("".join)


@modest
@given(pages)
def test_any_markup_keeps_the_promises_of_a_layout(source: str) -> None:
    """Columns are equally long, texts collapsed and never empty, counts in range, containers exact; twice the same."""
    layout = segment_html(source)
    check(layout)
    again = segment(Page(source, "html", None, "str", "caller", 0))
    assert (again.texts, again.containers, again.marks) == (layout.texts, layout.containers, layout.marks)


@modest
@given(pages)
def test_the_xpath_leads_to_the_paragraph(source: str) -> None:
    """Parsed with lxml.html, the page has one element at each paragraph's XPath, and the text stands in it."""
    check_paths(source, segment_html(source))


@modest
@given(pages)
def test_the_paragraphs_are_those_of_a_walk_over_the_tree(source: str) -> None:
    """One pass over the parser's events cuts just where a plain walk over lxml's tree cuts."""
    layout = segment_html(source)
    assert [squeezed(text) for text in layout.texts] == (walked_texts(source) if layout.texts else [])


@modest
@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_any_text_at_all_is_cut_without_an_error(source: str) -> None:
    """NUL, lone surrogates and stray angle brackets raise nothing."""
    check(segment_html(source))


# -- depth and size ---------------------------------------------------------------------------------------------------


def test_depth_loses_no_text() -> None:
    """Text below thousands of open elements comes out; only its path is not spelled out any more."""
    layout = segment_html("<div>" * 5_000 + "Deep" + "</div>" * 5_000 + "<p>After")
    assert layout.texts == ("Deep", "After")
    assert paths(layout) == ["", "/html[1]/body[1]/p[1]"]


def test_the_path_ends_at_256_steps() -> None:
    """A path of 256 containers is spelled out, one of 257 is not."""
    layout = segment_html("<div>" * 254 + "<p>Inside</p><div><p>Beyond")
    assert layout.texts == ("Inside", "Beyond")
    assert [path.count("/") for path in paths(layout)] == [0, 0]
    layout = segment_html("<div>" * 253 + "<p>Inside</p><div><p>Beyond")
    assert [path.count("/") for path in paths(layout)] == [256, 0]


def test_deep_inline_elements_lose_the_path_only() -> None:
    """Hundreds of inline elements between two blocks have no XPath; the text and its tag are right all the same."""
    layout = segment_html("<span>" * 400 + "<p>Deep")
    assert (layout.texts, layout.tags, paths(layout)) == (("Deep",), ("p",), [""])


def test_long_attributes_and_many_head_items_are_cut_short() -> None:
    """At most 300 characters of attribute words and 2,000 metas, links and times are kept."""
    many = 2_500
    source = "<meta name=a content=b>" * many + "<link rel=author href=x>" * many + "<time>x</time>" * many
    layout = segment_html(f"<div class='{'wide ' * 1000}'>One</div>" + source)
    assert len(layout.containers[layout.container_of[0]].attributes) == 300
    assert [len(entries) for entries in (layout.head.metas, layout.head.links, layout.head.times)] == [2_000] * 3


def test_the_table_of_tags() -> None:
    """Every tag has one role, and those that every page needs have the right one."""
    roles = tag_roles()
    assert {roles[tag] for tag in ("p", "div", "td", "li", "h1", "noscript")} == {BLOCK}
    assert {roles[tag] for tag in ("script", "style", "svg", "option")} == {SKIP}
    assert {roles[tag] for tag in ("img", "picture", "embed")} == {MEDIA}
    assert {roles[tag] for tag in ("input", "button", "select", "textarea")} == {CONTROL}
    assert [tag for tag in ("a", "b", "span", "br", "time", "label", "em") if tag in roles] == []


def test_elements_cost_no_string_each() -> None:
    """The tags of a page are as many strings as it has kinds of tags, however often each is used."""
    layout = segment_html("<div><em>a</em><x-card>b</x-card></div>" * 50)
    assert len(layout.elements.tags) == len(layout.elements.parents) == 153
    assert len({id(tag) for tag in layout.elements.tags}) == len(set(layout.elements.tags)) == 6


def test_a_layout_can_be_sent_to_another_process() -> None:
    """Pickled and read again, a layout gives the same paragraphs and the same paths."""
    layout = segment_html("<ul><li>One<li><a href=x><span>Two</span><div>three</div></a></ul>")
    again = pickle.loads(pickle.dumps(layout))  # noqa: S301 - our own bytes
    assert (again.texts, again.containers, xpaths(again)) == (layout.texts, layout.containers, xpaths(layout))
    assert xpaths(layout)[-1] == "/html[1]/body[1]/ul[1]/li[2]/a[1]/div[1]"
