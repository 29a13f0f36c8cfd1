"""Bytes to text: which encoding and on what evidence, what is no text at all, and whether the text is HTML."""

from __future__ import annotations

import base64
import gzip
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cleaner.decode import declared_label, decode, detect_encoding, inflate, resolve_label, sniff_content_type
from cleaner.errors import CleanerError, InputError
from cleaner.page import Page, RawPage
from cleaner.settings import Settings

CASES = Path(__file__).resolve().parents[1] / "fixtures" / "encodings"
FILES = sorted(path.name for path in CASES.glob("*.json"))
modest = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# -- cases ------------------------------------------------------------------------------------------------------------


def data_of(given_as: dict[str, Any]) -> bytes | str:
    """Build a case's input: one of str, str_escaped, escaped, hex and base64, repeated, with something before it."""
    data: Any
    if "str" in given_as:
        data = given_as["str"]
    elif "str_escaped" in given_as:
        data = given_as["str_escaped"].encode("ascii").decode("unicode_escape")
    elif "escaped" in given_as:
        data = given_as["escaped"].encode("ascii").decode("unicode_escape").encode("latin-1")
    elif "hex" in given_as:
        data = bytes.fromhex(given_as["hex"])
    else:
        data = base64.b64decode(given_as["base64"], validate=True)
    data *= given_as.get("times", 1)
    return data_of(given_as["before"]) + data if "before" in given_as else data  # type: ignore[no-any-return]


def cases() -> list[Any]:
    """Return every case of fixtures/encodings; those of known_failures.json must fail."""
    found = []
    for name in FILES:
        marks = [pytest.mark.xfail(strict=True)] if name == "known_failures.json" else []
        found += [
            pytest.param(case, id=f"{name.removesuffix('.json')}: {case['label']}", marks=marks)
            for case in json.loads((CASES / name).read_text("utf-8"))
        ]
    return found


def page_of(case: dict[str, Any]) -> Page:
    raw = RawPage(
        data_of(case["input"]),
        charset=case.get("charset"),
        content_type=case.get("content_type", "auto"),
        source="kell.txt",
    )
    return decode(raw, Settings(**case.get("settings", {})))


@pytest.mark.parametrize("case", cases())
def test_a_case_decodes_as_expected(case: dict[str, Any]) -> None:
    """Every case of fixtures/encodings gives the text, encoding, evidence, type or error that it says."""
    expected = dict(case["expect"])
    if "error" in expected:
        with pytest.raises(InputError) as caught:
            page_of(case)
        assert caught.value.code == expected["error"]
        assert caught.value.where == "kell.txt"
        assert [words for words in ["kell.txt", *expected.get("mentions", [])] if words not in str(caught.value)] == []
        return
    page = page_of(case)
    end = expected.pop("ends", "")
    assert page.text[len(page.text) - len(end) :] == end
    assert {name: getattr(page, name) for name in expected} == expected
    assert "\0" not in page.text


def test_the_negative_set_is_there() -> None:
    """Text that must stay text and bytes that must not be called binary are tested as well."""
    negative = json.loads((CASES / "negative.json").read_text("utf-8"))
    assert {case["expect"]["content_type"] for case in negative} == {"text"}
    assert {type(data_of(case["input"])) for case in negative} == {str, bytes}
    assert len(negative) >= 30


# -- properties -------------------------------------------------------------------------------------------------------

OPENINGS = (b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff", b"\x1f\x8b\x08\x00", b"%PDF-", b"PK")
CHARSETS = (None, "", "utf-8", "utf-16", "iso-2022-jp", "gbk", "x-user-defined", "rot13", "idna", "\ud800", "a" * 99)
HEADS = (b"", b'<meta charset="koi8-r">', b"<meta charset=utf-16>", b"<?xml encoding='euc-jp'?>", b"<meta charset=")
EVIDENCE = {"bom", "http", "meta", "utf-8", "detector", "fallback"}

any_bytes = st.builds(lambda *parts: b"".join(parts), st.sampled_from(OPENINGS), st.sampled_from(HEADS), st.binary())
any_text = st.text(st.characters(exclude_categories=()))


@modest
@given(any_bytes, st.sampled_from(CHARSETS))
@example(b"\x1f\x8b", None)
@example(b"\x1b$B", None)
@example(b"\xff\xfe\x00\x00", None)
@example(b"\x00", "utf-16")
def test_any_bytes_give_a_page_or_a_cleaner_error(data: bytes, charset: str | None) -> None:
    """Bytes give a page that can be written as UTF-8, or a CleanerError with whole sentences; nothing else."""
    try:
        page = decode(RawPage(data, charset=charset))
    except CleanerError as error:
        assert error.code in {"binary_input", "truncated_gzip", "corrupt_gzip"}  # noqa: PT017 - both ends are fine
        assert str(error).endswith(".")  # noqa: PT017
        return
    assert page.text.encode("utf-8").decode("utf-8") == page.text
    assert page.encoding_source in EVIDENCE
    assert page.encoding in {"utf-32le", "utf-32be"} or resolve_label(page.encoding) == page.encoding
    assert 0 <= page.replacements <= page.text.count("\ufffd")
    assert decode(RawPage(data, charset=charset)) == page


@modest
@given(any_text)
def test_any_str_gives_a_page(text: str) -> None:
    """A str always gives a page, equal to it but for NUL and surrogates."""
    page = decode(RawPage(text))
    assert (page.encoding, page.encoding_source) == ("str", "caller")
    expected = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "")
    assert page.text == expected
    assert page.replacements == expected.count("\ufffd") - text.count("\ufffd")


@modest
@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"))),
    st.sampled_from(("utf-8-sig", "utf-16", "utf-32")),
)
def test_marked_text_survives(text: str, codec: str) -> None:
    """Text written with a byte order mark comes back exactly."""
    page = decode(RawPage(f"a{text}".encode(codec)))
    assert (page.text, page.encoding_source, page.replacements) == (f"a{text}", "bom", 0)


@modest
@given(st.binary(max_size=3000), st.integers(1, 5), st.integers(0, 20))
def test_gzip_gives_back_what_went_in(data: bytes, members: int, padding: int) -> None:
    """Inflating undoes gzip for any bytes, any number of members and padding."""
    packed = gzip.compress(data, mtime=0) * members + bytes(padding)
    assert inflate(packed, limit=len(data) * members + 1) == data * members


@modest
@given(st.binary(min_size=1, max_size=2000), st.data())
def test_a_gzip_page_cut_short_is_an_error(data: bytes, draw: st.DataObject) -> None:
    """No proper beginning of a gzip file passes for the whole."""
    packed = gzip.compress(data, mtime=0)
    with pytest.raises(InputError) as caught:
        inflate(packed[: draw.draw(st.integers(2, len(packed) - 1))], limit=10_000)
    assert caught.value.code == "truncated_gzip"


markup = st.sampled_from(("<p>", "<div ", "<!--", "`", "```", "\n\n", "<script>", "<a href=", ">"))


@modest
@given(any_text, markup, st.integers(0, 9))
def test_sniffing_any_text_gives_a_type(text: str, more: str, times: int) -> None:
    """Whatever stands in a text, it is html or text, and a hint is the answer."""
    text = more * times + text
    assert sniff_content_type(text) in {"html", "text"}
    assert [sniff_content_type(text, "html"), sniff_content_type(text, "text")] == ["html", "text"]


# -- the parts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "label"),
    [
        (b"", ""),
        (b"<p>charset=koi8-r</p>", ""),
        (b"<meta charset=utf-8>", "utf-8"),
        (b"<META\nCharSet='UTF8'/>", "UTF8"),
        (b'<meta data-charset="a"><meta charset="b">', "b"),
        (b'<meta content="text/html; charset=c" http-equiv="Content-Type">', "c"),
        (b"<meta http-equiv=content-type content='text/html;charset=\"d\"'>", "d"),
        (b'<meta http-equiv="X-UA-Compatible" content="charset=e">', ""),
        (b'<meta name="a>b" charset="f">', "f"),
        (b"<?xml version='1.0' encoding='g'?>", "g"),
        (b'<meta charset=""><meta charset="h">', "h"),
        (b"<!-- <meta charset=i>", ""),
        (b"<metadata charset=j>", ""),
        (b" " * 4090 + b"<meta charset=utf-8>", ""),
        (b'<meta charset="utf-8', ""),
    ],
)
def test_declarations_are_found_where_browsers_look(head: bytes, label: str) -> None:
    """The declared label is the first of a real declaration in 4,096 bytes, as written."""
    assert declared_label(head) == label


def test_labels_are_those_of_the_web() -> None:
    """Every name resolves to itself, every label is there once, and Python knows every codec of the table."""
    table = Path(__file__).resolve().parents[1] / "cleaner" / "tables" / "encodings.txt"
    rows = [line.split("\t") for line in table.read_text("utf-8").splitlines() if not line.startswith("#")]
    labels = [label for _, _, labels in rows for label in labels.split()]
    assert (len(rows), len(labels), len(set(labels))) == (37, 222, 222)
    assert [name for name, _, _ in rows if resolve_label(name) != name] == []
    assert {b"ab".decode(codec) for _, tried, _ in rows for codec in tried.split(",")} == {"ab", "扡", "慢"}


def test_the_detector_is_quiet_about_ascii() -> None:
    """Without a byte beyond ASCII there is nothing to guess."""
    assert [detect_encoding(b""), detect_encoding(b"plain <p>words</p>")] == ["", ""]


def test_utf8_pages_load_neither_the_detector_nor_w3lib() -> None:
    """Decoding UTF-8 and windows-1252 imports nothing heavy."""
    program = (
        "import sys; from cleaner.decode import decode; from cleaner.page import RawPage; before = set(sys.modules);"
        "decode(RawPage('<p>Brücke</p>'.encode())); decode(RawPage('<p>Brücke</p>'.encode('cp1252')));"
        "print([name for name in ('charset_normalizer', 'w3lib') if name in set(sys.modules) - before])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


HOSTILE = {
    "open tags": "<" * 2_000_000,
    "links without end": "<a " * 700_000,
    "comments": "<!-- x -->" * 200_000,
    "blanks": " \n\t" * 1_000_000,
    "ticks": "`" * 2_000_000,
    "scripts": "<p><script>" * 200_000,
    "metas": "<meta " * 300_000,
    "open quotes": "<meta \"' " * 200_000,
    "blank lines": "<p>x\n\n" * 300_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_markup_costs_no_more_than_reading_it(name: str) -> None:
    """Two megabytes made to trap regular expressions are decoded in well under a second."""
    data = HOSTILE[name].encode()
    start = time.process_time()
    page = decode(RawPage(data))
    assert time.process_time() - start < 1.0
    assert len(page.text) == len(data)
