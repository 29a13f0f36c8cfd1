"""Write a folder of many mixed documents, made of the fixtures, to see whether a batch holds: `make soak`.

``python -m cleaner.evaluation.soak FOLDER [DOCUMENTS]`` writes pages, compressed pages, archives, tables and WARC files
with the sizes and mark-up of the fixtures and every text different, the same ones each time.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

__all__ = ["write_folder"]

_PAGES = Path(__file__).resolve().parents[2] / "fixtures" / "pages"
_PER_CONTAINER = 50
_SHARES = {"html": 60, "txt": 10, "html.gz": 6, "zip": 6, "tar.gz": 4, "jsonl.gz": 6, "csv": 4, "warc.gz": 4}
"""Of a hundred documents, how many are files of each kind or stand in one."""

_BETWEEN_TAGS = re.compile(r"(?<=>)[^<>]{20,}(?=<)")
_WORD = re.compile(r"[A-Za-z]{5,}")
_CHANGED_WORDS = 0.4


def write_folder(folder: Path, documents: int, *, seed: int = 1) -> int:
    """Write so many documents below the folder; return how many files they are.

    Raises OSError, also when a file is in the way.
    """
    chosen = random.Random(seed)  # noqa: S311 - no secret
    pages = sorted(_PAGES.glob("*/source.*"))
    sources = [(path.suffix[1:], path.read_text("utf-8", "replace")) for path in pages]
    words = sorted({word for _, text in sources for word in _WORD.findall(text)})
    pending: dict[str, list[tuple[int, str]]] = {kind: [] for kind in _SHARES}
    files = 0
    for number in range(documents):
        kind = chosen.choices(list(_SHARES), list(_SHARES.values()))[0]
        wanted = [text for suffix, text in sources if (suffix == "txt") == (kind == "txt")]
        pending[kind].append((number, _varied(chosen.choice(wanted), words, chosen)))
        is_single = kind in ("html", "txt", "html.gz")
        if is_single or len(pending[kind]) == _PER_CONTAINER:
            files += _flush(folder, kind, pending[kind])
    return files + sum(_flush(folder, kind, some) for kind, some in pending.items() if some)


def _varied(text: str, words: list[str], chosen: random.Random) -> str:
    """Return the text with many of its longer words replaced; mark-up stays."""

    def word(found: re.Match[str]) -> str:
        return chosen.choice(words) if chosen.random() < _CHANGED_WORDS else found.group()

    if "<" not in text[:500]:
        return _WORD.sub(word, text)
    return _BETWEEN_TAGS.sub(lambda run: _WORD.sub(word, run.group()), text)


def _flush(folder: Path, kind: str, pages: list[tuple[int, str]]) -> int:
    """Write pages as one file and forget them; return 1."""
    first = pages[0][0]
    path = folder / f"{first % 100:02}" / f"{first:06}.{kind}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_packed(kind, pages))
    pages.clear()
    return 1


def _packed(kind: str, pages: list[tuple[int, str]]) -> bytes:
    data = io.BytesIO()
    if kind in ("html", "txt"):
        return pages[0][1].encode("utf-8")
    if kind == "html.gz":
        return gzip.compress(pages[0][1].encode("utf-8"), mtime=0)
    if kind == "zip":
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, text in pages:
                archive.writestr(zipfile.ZipInfo(f"{number}.html"), text, zipfile.ZIP_DEFLATED)
    elif kind == "tar.gz":
        with tarfile.open(fileobj=data, mode="w:gz") as archive:
            for number, text in pages:
                info = tarfile.TarInfo(f"{number}.html")
                info.size = len(text.encode("utf-8"))
                archive.addfile(info, io.BytesIO(text.encode("utf-8")))
    elif kind == "jsonl.gz":
        return gzip.compress("".join(f"{json.dumps(row)}\n" for row in _rows(pages)).encode("ascii"), mtime=0)
    elif kind == "csv":
        table = io.StringIO(newline="")
        writer = csv.DictWriter(table, ["id", "url", "html"])
        writer.writeheader()
        writer.writerows(_rows(pages))
        return table.getvalue().encode("utf-8")
    else:
        return b"".join(gzip.compress(_record(number, text), mtime=0) for number, text in pages)
    return data.getvalue()


def _rows(pages: list[tuple[int, str]]) -> Iterator[dict[str, str]]:
    for number, text in pages:
        yield {"id": f"r{number}", "url": f"https://example.org/{number}", "html": text}


def _record(number: int, text: str) -> bytes:
    body = text.encode("utf-8")
    block = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    header = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number:08}>\r\n"
        f"WARC-Target-URI: https://example.org/{number}\r\nWARC-Date: 2024-11-28T10:14:00Z\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block) + len(body)}\r\n\r\n"
    )
    return header.encode() + block + body + b"\r\n\r\n"


if __name__ == "__main__":
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    sys.stderr.write(f"{write_folder(Path(sys.argv[1]), count):,} files with {count:,} documents in {sys.argv[1]}\n")
