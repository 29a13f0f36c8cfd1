"""Pages from the web, from lists, with sidecars and as MHTML; the web is a server of this very test."""

from __future__ import annotations

import http.server
import io
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from cleaner.errors import CleanerError, InputError, SetupError
from cleaner.readers import Found, Reading, read, read_list, scan, sidecar_of
from cleaner.readers import http as web

PAGE = b"<p>The na\xefve river rose.</p>"


class _Server(http.server.BaseHTTPRequestHandler):
    """Answer by the path: a page, a redirect, an error, too much, too little."""

    seen: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        """Answer."""
        self.seen.append(self.headers["User-Agent"])
        path = self.path.strip("/")
        if path.startswith("redirect"):
            self.send_response(302)
            targets = {"redirect": "/page", "redirect-file": "file:///etc/passwd", "redirect-loop": "/redirect-loop"}
            self.send_header("Location", targets[path])
            self.end_headers()
        elif path.isdigit():
            self.send_error(int(path))
        else:
            data = PAGE * 1000 if path == "large" else PAGE
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=iso-8859-1")
            self.send_header("Content-Length", str(len(data) + 10 * (path == "short")))
            self.end_headers()
            self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Return the address of a server on this machine."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def fetched(url: str, **options: Any) -> Any:
    (found,) = scan([url]).found
    return read(found, Reading(**options))


@pytest.mark.parametrize("path", ["page", "redirect"])
def test_a_page_is_fetched(address: str, path: str) -> None:
    """The address after redirects and the encoding of the header come with it; the user agent is a plain name."""
    raw = fetched(f"{address}/{path}")
    assert (raw.data, raw.url, raw.charset) == (PAGE, f"{address}/page", "iso-8859-1")
    assert raw.source == f"{address}/{path}"
    assert _Server.seen[-1] == "article-cleaner"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("404", "not_found"),
        ("500", "fetch_failed"),
        ("large", "page_too_large"),
        ("short", "fetch_failed"),
        ("redirect-file", "fetch_failed"),
        ("redirect-loop", "fetch_failed"),
    ],
)
def test_what_cannot_be_fetched_is_a_sentence(address: str, path: str, code: str) -> None:
    """Errors, pages beyond the limit, cut ones and redirects to files or in circles."""
    with pytest.raises(CleanerError) as caught:
        fetched(f"{address}/{path}", limit_bytes=20_000)
    assert caught.value.code == code
    assert f"{address}/{path}" in str(caught.value)


def test_a_slow_server_is_not_waited_for(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole page has a limit of time."""
    monkeypatch.setattr(web, "_TOTAL_SECONDS", -1.0)
    with pytest.raises(CleanerError, match="was not complete after"):
        fetched(f"{address}/page")


def test_a_server_that_is_not_there_is_a_sentence() -> None:
    """A refused connection is no traceback."""
    with pytest.raises(CleanerError, match="cannot be fetched") as caught:
        fetched("http://127.0.0.1:9/page")
    assert caught.value.code == "fetch_failed"


def test_addresses_have_names() -> None:
    """Pages of the web stand beside files in a scan, under host and path."""
    urls = ["https://example.org/2024/flood", "https://example.org/?id=1", "https://example.org/?id=2"]
    names = [found.name for found in scan(urls).found]
    assert names == sorted(names)
    assert "example.org/2024/flood.html" in names
    assert len(set(names)) == 3


@pytest.mark.parametrize("data", [b"a.html\n\n b.html \r\nc\xff.html", b"a.html\0 b.html \0c\xff.html\0"])
def test_a_list_has_a_path_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """Empty lines are nothing, blanks belong to names, NUL divides where there is one; - is standard input."""
    (tmp_path / "list").write_bytes(data)
    wanted = ["a.html", " b.html ", "c\udcff.html"]
    assert read_list(str(tmp_path / "list")) == wanted
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert read_list("-") == wanted


def test_a_list_that_is_not_there_is_said(tmp_path: Path) -> None:
    """The sentence names the list."""
    with pytest.raises(SetupError, match=r"The list .*none cannot be read") as caught:
        read_list(str(tmp_path / "none"))
    assert caught.value.code == "bad_list"


def test_a_sidecar_gives_address_and_date(tmp_path: Path) -> None:
    """A JSON file of the same stem belongs to the page, and is no page; another one is counted."""
    (tmp_path / "a.html").write_text("<p>Rain.", "utf-8")
    (tmp_path / "a.json").write_text('{"link": "https://example.org/a", "date": "28 Nov 2024"}', "utf-8")
    (tmp_path / "other.json").write_text("{}", "utf-8")
    result = scan([str(tmp_path)])
    assert [found.name for found in result.found] == ["a.html"]
    assert [Path(unread.path).name for unread in result.unread] == ["other.json"]
    assert sidecar_of(result.found[0]) == ("https://example.org/a", "2024-11-28")
    stamp = result.found[0].stamp
    (tmp_path / "a.json").write_text('{"link": "https://example.org/b"}', "utf-8")
    assert scan([str(tmp_path)]).found[0].stamp != stamp


@pytest.mark.parametrize("content", ["{", "[]", "\0"])
def test_a_bad_sidecar_is_said(tmp_path: Path, content: str) -> None:
    """What is no JSON object is an error of its own, so that the page can be cleaned all the same."""
    (tmp_path / "a.html").write_text("<p>Rain.", "utf-8")
    (tmp_path / "a.json").write_text(content, "utf-8")
    with pytest.raises(InputError) as caught:
        sidecar_of(scan([str(tmp_path)]).found[0])
    assert caught.value.code == "bad_sidecar"


def test_mhtml_gives_its_page(tmp_path: Path) -> None:
    """The HTML part, its encoding and its address are found; a file without one is an error."""
    (tmp_path / "a.mhtml").write_bytes(
        b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=X\r\n\r\n"
        b"--X\r\nContent-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        b"Content-Location: https://example.org/a\r\n\r\n<p>Na=EFve</p>\r\n--X--\r\n"
    )
    raw = read(scan([str(tmp_path)]).found[0], Reading())
    assert (raw.data.strip(), raw.charset, raw.url) == (b"<p>Na\xefve</p>", "iso-8859-1", "https://example.org/a")  # type: ignore[union-attr]
    (tmp_path / "b.mht").write_bytes(b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nx")
    with pytest.raises(InputError) as caught:
        read(Found(str(tmp_path / "b.mht"), "b.mht", 9), Reading())
    assert caught.value.code == "corrupt_input"


MAIL = (
    b"From: Anna <anna@example.org>\r\nDate: Fri, 12 Apr 2024 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/alternative; boundary=X\r\n\r\n"
    b"--X\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"The ferry to K=C3=B6ln will run ag=\r\nain.\r\n"
)
HTML_MAIL = MAIL + b"--X\r\nContent-Type: text/html; charset=latin1\r\n\r\n<p>The ferry to K\xf6ln\r\n"


@pytest.mark.parametrize(
    ("mail", "data", "charset"),
    [
        (HTML_MAIL, b"<p>The ferry to K\xf6ln", "latin1"),
        (MAIL, "The ferry to Köln will run again.".encode(), "utf-8"),
        (b"Subject: Ferry\r\n\r\nThe ferry runs again.", b"The ferry runs again.", None),
    ],
    ids=["HTML beside text", "text only", "no MIME"],
)
def test_an_e_mail_gives_what_was_written(tmp_path: Path, mail: bytes, data: bytes, charset: str | None) -> None:
    """The HTML part is the page, else the text, both as the writer saw them; headers are no paragraphs."""
    (tmp_path / "a.eml").write_bytes(mail + (b"--X--\r\n" if b"--X" in mail else b""))
    raw = read(scan([str(tmp_path)]).found[0], Reading())
    assert isinstance(raw.data, bytes)
    assert (raw.data.strip(), raw.charset) == (data, charset)
