"""Pages made to hurt: each is cleaned in a process of its own, within a stated time and memory.

The time is a guard against hanging, generous so that a busy machine does not fail it; memory is the peak of the
process above what it had after cleaning a small page (so the interpreter, numpy and the weights are not counted), with
the page itself counted.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SECONDS = 60
"""No page may take longer; on an idle machine the slowest takes a fraction of this."""
ADDRESS_SPACE_BYTES = 4 * 1024**3
"""A page that wants more than this dies in its own process instead of taking the machine with it."""

PROGRAM = """
import json, re, sys
import cleaner
from cleaner.errors import CleanerError

def status(name):
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))

sentence = "The barge struck the second pier a little after noon, and the bridge has been shut since then. "
cleaner.clean(b"<html lang=en><head><title>Warm up</title></head><body>" + f"<p>{sentence * 4}</p>".encode() * 5)
cleaner.clean(sentence * 4 + "\\n\\n" + sentence * 3)
start = status("VmRSS")
try:
    with open(sys.argv[1], "rb") as file:
        article = cleaner.clean(file.read(), content_type=sys.argv[2])
    answer = {"status": article.status, "paragraphs": len(article.paragraphs), "kept_chars": len(article.text)}
    answer["last"] = article.paragraphs[-1].text[-40:] if article.paragraphs else ""
except CleanerError as error:
    answer = {"code": error.code}
print(json.dumps({**answer, "peak": status("VmHWM") - start}))
"""

SENTENCE = "The barge struck the second pier a little after noon, and the bridge at Kell has been shut since then. "

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))


def run(page: str, directory: Path, content_type: str = "html") -> dict[str, Any]:
    """Clean a page in a fresh process; return what came out and the peak memory in bytes above start."""
    path = directory / "page"
    path.write_bytes(page.encode("utf-8"))
    command = [sys.executable, "-c", PROGRAM, str(path), content_type]
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", timeout=SECONDS, check=False, preexec_fn=limit
        )
    except subprocess.TimeoutExpired:
        pytest.fail(f"The page was not cleaned within {SECONDS} seconds.")
    assert done.returncode == 0, done.stderr[-2000:]
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def article_around(middle: str) -> str:
    body = f"<p>{SENTENCE * 3}</p>" * 4
    return f"<html lang=en><head><title>Bridge shut</title></head><body><article>{body}{middle}{body}</article>"


def nested_divs() -> str:
    return "<html><body>" + "<div>" * 100_000 + f"<p>{SENTENCE * 3}</p> The end."


def nested_divs_with_text() -> str:
    return "<html><body>" + "".join(f"<div class=c>{word}" for word in ["pier"] * 20_000) + f"<p>{SENTENCE}</p>The end."


def nested_inline() -> str:
    return f"<html><body><p>{SENTENCE}" + "<span>" * 100_000 + "deep down</p><p>The end."


def nested_inline_with_blocks() -> str:
    return "<html><body>" + "<font><b><p>pier" * 5_000 + "<p>The end."


def one_line_of_html() -> str:
    return "<html><body><p>" + SENTENCE * 200_000 + " The end."


def tiny_paragraphs() -> str:
    return "<html><body>" + "<p>pier" * 200_000 + "<p>The end."


def unclosed_everything() -> str:
    return "<html><body>" + '<div><ul><li><a href="/x"><b><table><tr><td><p>pier <i>and <!-' * 10_000 + "</p>The end."


def huge_attribute() -> str:
    return article_around(f"<div class=\"{'menu ' * 200_000}\" style='{'x' * 1_000_000}'>A pier.</div>") + "<p>The end."


def many_attributes() -> str:
    return article_around(f"<div {' '.join(f'a{n}=1' for n in range(100_000))}>A pier.</div>") + "<p>The end."


def entity_bomb() -> str:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return f'<!DOCTYPE html [<!ENTITY l0 "pier">{levels}]>' + article_around("<p>&l11;</p>") + "<p>The end."


def entity_flood() -> str:
    return article_around(f"<p>{'&amp;&#x10FFFF;&#99999999999;&bogus' * 100_000}</p>") + "<p>The end."


def angle_brackets() -> str:
    return article_around("<" * 1_000_000) + "<p>The end."


def unended_comments() -> str:
    return article_around("<!--" * 200_000) + "<p>The end."


def deep_json_ld() -> str:
    deep = '{"@type":"NewsArticle","author":' + "[" * 200_000
    script = f'<script type="application/ld+json">{deep}</script>'
    return article_around(script + script.replace("[", '{"a":')) + "<p>The end."


def head_flood() -> str:
    metas = '<meta property="article:tag" content="piers and barges">' * 100_000
    return f"<html><head>{metas}<title>{'Bridge ' * 100_000}</title></head><body><p>{SENTENCE * 4}<p>The end."


def inline_links() -> str:
    return "<html><body><p>" + "<a href=/x>pier" * 200_000 + "<p>The end."


HTML: tuple[tuple[Callable[[], str], int], ...] = (
    (nested_divs, 300),
    (nested_divs_with_text, 300),
    (nested_inline, 300),
    (nested_inline_with_blocks, 300),
    (one_line_of_html, 800),
    (tiny_paragraphs, 1500),
    (unclosed_everything, 800),
    (huge_attribute, 300),
    (many_attributes, 300),
    (entity_bomb, 300),
    (entity_flood, 300),
    (deep_json_ld, 300),
    (head_flood, 300),
    (inline_links, 500),
)
"""Page -> megabytes above start that it may take. The bound for a page of 5 MB or less is 300; beyond, 200,000
paragraphs are 200,000 rows of features and 20 MB on one line stand in memory as bytes, text and paragraph."""


@pytest.mark.parametrize(("build", "megabytes"), HTML, ids=lambda value: getattr(value, "__name__", ""))
def test_hostile_html_is_cleaned_in_time_and_memory(build: Callable[[], str], megabytes: int, tmp_path: Path) -> None:
    """Markup made to hurt gives an article that still has the page's last words, within 60 s and the stated memory."""
    answer = run(build(), tmp_path)
    assert answer.get("last", "").endswith("The end."), answer
    assert answer["peak"] < megabytes * 1_000_000


@pytest.mark.parametrize("build", [angle_brackets, unended_comments], ids=lambda build: build.__name__)
def test_markup_that_swallows_the_rest_keeps_the_beginning(build: Callable[[], str], tmp_path: Path) -> None:
    """Where a parser may rightly see no text after some point, the text before it is still cleaned."""
    answer = run(build(), tmp_path)
    assert answer["paragraphs"] >= 4
    assert answer["peak"] < 300_000_000


TEXTS = (
    ("one line of 20 MB", lambda: SENTENCE * 200_000 + "The end.", 800),
    ("200,000 lines", lambda: "pier\n" * 200_000 + "The end.", 1500),
    ("a wrapped paragraph of 250,000 lines", lambda: (SENTENCE[:70] + "\n") * 250_000 + "The end.", 500),
    ("one word of 5 MB", lambda: "x" * 5_000_000 + "\nThe end.", 300),
    ("5 MB of digits", lambda: "1" * 5_000_000 + "\nThe end.", 300),
    ("5 MB of blanks", lambda: " \t" * 2_500_000 + "\nThe end.", 300),
    ("5 MB of blank lines", lambda: "\n" * 5_000_000 + "The end.", 300),
    ("5 MB without blanks", lambda: "橋が閉まった。" * 240_000 + "\nThe end.", 300),
    ("1 MB of dashes and dots", lambda: "-." * 500_000 + "\nThe end.", 300),
)
"""What it is, the text, megabytes above start that it may take."""


@pytest.mark.parametrize(("build", "megabytes"), [case[1:] for case in TEXTS], ids=[case[0] for case in TEXTS])
def test_hostile_text_is_cleaned_in_time_and_memory(build: Callable[[], str], megabytes: int, tmp_path: Path) -> None:
    """Plain text made to hurt gives an article that still has its last words, within 60 s and the stated memory."""
    answer = run(build(), tmp_path, "text")
    assert answer.get("last", "").endswith("The end."), answer
    assert answer["peak"] < megabytes * 1_000_000


def realistic_page(size: int) -> str:
    """Return a page of so many bytes: menus, an article, very many comments with their mark-up."""
    menu = '<nav class="site-nav"><ul>' + '<li><a href="/news/transport">Transport</a></li>' * 40 + "</ul></nav>"
    comment = (
        '<li class="comment even depth-1"><div class="comment-author vcard"><b class="fn">Reader</b></div>'
        f'<div class="comment-content"><p>{SENTENCE * 2}</p></div><a href="#respond" class="reply">Reply</a></li>'
    )
    page = article_around("") + menu
    return page + '<ol class="comment-list">' + comment * ((size - len(page)) // len(comment)) + "</ol><p>The end."


def test_page_of_5_mb_needs_less_than_300_mb(tmp_path: Path) -> None:
    """A page of 5 MB with ordinary mark-up stays under 300 MB above start."""
    answer = run(realistic_page(5_000_000), tmp_path)
    assert answer["last"] == "The end."
    assert answer["peak"] < 300_000_000


def test_page_above_the_limit_is_refused_before_anything_is_parsed(tmp_path: Path) -> None:
    """A page larger than max_page_bytes is the error page_too_large, at the cost of reading it."""
    answer = run("<p>" + "x" * 60_000_000, tmp_path)
    assert answer["code"] == "page_too_large"
    assert answer["peak"] < 150_000_000
