"""Archives and compressed files: read as a stream, whole or as far as they go, and never more than they may become."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.errors import CleanerError, InputError
from cleaner.readers import Found, Member, Reading, members, read, scan
from cleaner.readers.archives import safe_name
from cleaner.readers.compressed import compression_of, inflate_bytes, open_inflated

PAGES = {f"a/{number}.html": f"<p>Page {number} of the river.</p>".encode() * (number + 1) for number in range(5)}

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor(write_checksum=True).compress,
    "br": brotli.compress,
}


def make_zip(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def make_tar(files: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return data.getvalue()


def read_all(tmp_path: Path, name: str, data: bytes, **options: int) -> list[Member]:
    """Return what is in a container, found by its name and content."""
    path = tmp_path / name
    path.write_bytes(data)
    (found,) = scan([str(path)]).found
    return list(members(found, Reading(**options)))  # type: ignore[arg-type]


def told(found: list[Member]) -> list[tuple[str, object]]:
    return [(member.name, member.error.code if member.error else member.passed_over or member.data) for member in found]


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_compressed_page_is_inflated(tmp_path: Path, suffix: str) -> None:
    """Every compression gives the page back, known by its first bytes or, for brotli, by its suffix."""
    path = tmp_path / f"page.html.{suffix}"
    path.write_bytes(COMPRESS[suffix](b"<p>The river rose.</p>" * 99))
    (found,) = scan([str(tmp_path)]).found
    raw = read(found, Reading())
    data = raw.data if suffix != "gz" else gzip.decompress(raw.data)  # type: ignore[arg-type]
    assert data == b"<p>The river rose.</p>" * 99


@pytest.mark.parametrize("suffix", ["bz2", "xz", "zst", "br"])
@pytest.mark.parametrize("cut", [12, 300, -1])
def test_a_cut_compressed_page_is_said(suffix: str, cut: int) -> None:
    """The sentence has the place where the data end."""
    packed = COMPRESS[suffix](random.Random(1).randbytes(2000))[:cut]
    with pytest.raises(InputError, match=f"end at byte {len(packed):,}") as caught:
        inflate_bytes(packed, compression_of(packed[:8], f"p.{suffix}"), limit=10_000, where="p")
    assert caught.value.code == "truncated_input"


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_bomb_is_refused_before_it_is_in_memory(suffix: str) -> None:
    """A page that inflates beyond the limit stops there; so does a stream beyond 200 times its size."""
    packed = COMPRESS[suffix](b" " * 30_000_000)
    with pytest.raises(InputError, match="inflate to more than 1,000,000 bytes") as caught:
        inflate_bytes(packed, compression_of(packed[:8], f"p.{suffix}"), limit=1_000_000, where="p")
    assert caught.value.code == "inflates_too_large"
    if suffix == "gz":
        stream, _ = open_inflated(io.BytesIO(gzip.compress(b" " * 110_000_000, 1)), "p", where="p", max_ratio=200)
        with pytest.raises(InputError, match="more than 200 times"):
            stream.read()


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz", "zst"])
def test_several_streams_are_one_file(suffix: str) -> None:
    """Streams one behind the other belong together, and zero bytes behind them are padding."""
    packed = COMPRESS[suffix](b"The river ") + COMPRESS[suffix](b"rose.") + bytes(70_000)
    assert inflate_bytes(packed, compression_of(packed[:8]), limit=100, where="p") == b"The river rose."


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tgz", "a.tar.bz2", "a.tar.xz", "a.tar.zst", "a"])
def test_archives_give_their_pages_in_order(tmp_path: Path, name: str) -> None:
    """Members come under their names, one after the other, whatever the compression; content tells without a suffix."""
    suffix = {"tgz": "gz"}.get(name.rpartition(".")[2], name.rpartition(".")[2])
    data = make_zip(PAGES) if name == "a.zip" else make_tar(PAGES)
    data = COMPRESS[suffix](data) if suffix in COMPRESS else data
    found = read_all(tmp_path, name, data)
    assert told(found) == list(PAGES.items())
    assert [member.position for member in found] == [1, 2, 3, 4, 5]


def test_what_is_no_page_in_an_archive_is_counted(tmp_path: Path) -> None:
    """Pictures and style sheets are passed over, by suffix or first bytes; folders and links are nothing."""
    data = make_zip({"a/": b"", "a/b.css": b"p {}", "a/c": b"\x89PNG\r\n\0\0", "a/d": b"<p>Rain.</p>"})
    assert told(read_all(tmp_path, "a.zip", data)) == [
        ("a/b.css", ".css"),
        ("a/c", "no suffix"),
        ("a/d", b"<p>Rain.</p>"),
    ]


def test_names_in_archives_are_safe_and_unique(tmp_path: Path) -> None:
    """No member leaves its folder, and two of one name are two documents."""
    data = make_zip({"../../up.html": b"1", "/root.html": b"2", "C:\\win.html": b"3", "Up.html": b"4"})
    assert [member.name for member in read_all(tmp_path, "a.zip", data)] == [
        "up.html",
        "root.html",
        "C_/win.html",
        "Up.html~4",
    ]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_every_name_becomes_a_path_below(name: str) -> None:
    """Whatever a member is called, its name has no step that leads upwards, to a root or to nothing."""
    steps = safe_name(name).split("/")
    assert all(step and step.strip(". ") for step in steps)
    assert not any("\0" in step or "\\" in step for step in steps)


def test_containers_in_containers_are_opened(tmp_path: Path) -> None:
    """A table in a zip in a tar is read; one level deeper is refused with a sentence."""
    rows = gzip.compress(b'{"text": "One."}\n{"text": "Two."}\n')
    inner = make_zip({"rows.jsonl.gz": rows, "page.html": b"<p>Three."})
    found = read_all(tmp_path, "a.tar", make_tar({"inner.zip": inner, "b.txt": b"Four."}))
    assert told(found) == [
        ("inner.zip/rows.jsonl.gz/0000001", b"One."),
        ("inner.zip/rows.jsonl.gz/0000002", b"Two."),
        ("inner.zip/page.html", b"<p>Three."),
        ("b.txt", b"Four."),
    ]
    deep = make_tar({"c.tar": make_tar({"b.zip": make_zip({"a.zip": inner})})})
    assert told(read_all(tmp_path, "d.tar", deep)) == [("c.tar/b.zip/a.zip/rest", "nested_too_deep")]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_of_a_cut_zip_the_whole_members_are_read(tmp_path: Path, method: int) -> None:
    """A zip that lost its table is read by the headers of its members; the rest is named with its byte."""
    data = make_zip(PAGES, method)
    at = data.index(b"a/3.html") - 30
    found = read_all(tmp_path, "a.zip", data[: at + 45])
    assert told(found) == [*list(PAGES.items())[:3], ("rest", "truncated_input")]
    assert f"before byte {at:,}" in str(found[-1].error)


def test_a_damaged_member_costs_itself(tmp_path: Path) -> None:
    """Checksums tell; the members behind are read."""
    data = bytearray(make_zip(PAGES, zipfile.ZIP_STORED))
    data[data.index(b"Page 2")] ^= 0xFF
    assert [code for _, code in told(read_all(tmp_path, "a.zip", bytes(data))) if isinstance(code, str)] == [
        "corrupt_input"
    ]


@pytest.mark.parametrize("where", ["header", "content", "padding"])
def test_of_a_cut_tar_the_whole_members_are_read(tmp_path: Path, where: str) -> None:
    """A tar that ends in a header, in a page or between two is not taken for a shorter one."""
    data = make_tar(PAGES)
    at = data.index(b"a/3.html")
    cut = {"header": at + 100, "content": at + 530, "padding": at}[where]
    found = read_all(tmp_path, "a.tar", data[:cut])
    assert told(found) == [*list(PAGES.items())[:3], ("rest", "truncated_input")]


def test_of_a_cut_compressed_tar_the_whole_members_are_read(tmp_path: Path) -> None:
    """The compression's own end is missed, and named with its byte in the compressed file."""
    files = {f"{number}.html": random.Random(number).randbytes(40_000).hex().encode() for number in range(20)}
    packed = gzip.compress(make_tar(files))
    found = read_all(tmp_path, "a.tar.gz", packed[: len(packed) // 2])
    assert told(found)[:5] == list(files.items())[:5]
    assert (found[-1].error or InputError("", "")).code == "truncated_input"
    assert f"byte {len(packed) // 2:,}" in str(found[-1].error)


def test_a_damaged_tar_header_is_said(tmp_path: Path) -> None:
    """TarFile takes a damaged header for the end; it is not, and what stands behind is read."""
    data = bytearray(make_tar(PAGES))
    at = data.index(b"a/3.html")
    data[at + 2] ^= 0x55
    found = read_all(tmp_path, "a.tar", bytes(data))
    assert told(found) == [*list(PAGES.items())[:3], (f"damaged-{at}", "corrupt_input"), *list(PAGES.items())[4:]]
    assert f"Between byte {at:,} and byte {at + 1024:,} nothing was read" in str(found[3].error)


def test_tars_one_behind_the_other_are_one(tmp_path: Path) -> None:
    """What stands behind the zeros that end an archive is read when it is another one, and nothing when it is none."""
    more = {"z.html": b"<p>More.</p>"}
    assert told(read_all(tmp_path, "a.tar", make_tar(PAGES) + make_tar(more))) == [*PAGES.items(), *more.items()]
    assert told(read_all(tmp_path, "b.tar", make_tar(PAGES) + b"rubbish" * 999)) == list(PAGES.items())
    assert told(read_all(tmp_path, "c.tar", make_tar({}))) == []
    assert told(read_all(tmp_path, "d.tar", b"rubbish" * 999)) == [("rest", "corrupt_input")]


def test_encrypted_members_are_said(tmp_path: Path) -> None:
    """Nobody is asked for a password."""
    data = bytearray(make_zip({"a.html": b"<p>Secret."}))
    for mark, at in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        data[data.index(mark) + at] |= 1
    assert told(read_all(tmp_path, "a.zip", bytes(data))) == [("a.html", "encrypted_member")]


def test_a_member_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    """A page in an archive has the limit of a page, and its neighbours are read."""
    files = {"a.html": b"1", "b.html": b"2" * 2000, "c.html": b"3"}
    wanted = [("a.html", b"1"), ("b.html", "page_too_large"), ("c.html", b"3")]
    assert told(read_all(tmp_path, "a.zip", make_zip(files), limit_bytes=1000)) == wanted
    assert told(read_all(tmp_path, "a.tar", make_tar(files), limit_bytes=1000)) == wanted


def test_a_zip_bomb_is_ended(tmp_path: Path) -> None:
    """An archive of which the members inflate to more than 200 times its size is read up to there."""
    files = {f"{number}.html": b" " * 40_000_000 for number in range(4)}
    found = read_all(tmp_path, "a.zip", make_zip(files))
    assert [member.error.code if member.error else len(member.data) for member in found] == [
        *[40_000_000] * 2,
        "inflates_too_large",
    ]


def test_too_many_members_are_ended(tmp_path: Path) -> None:
    """Beyond the cap the rest is one reported line."""
    assert told(read_all(tmp_path, "a.zip", make_zip(PAGES), max_members=2)) == [
        *list(PAGES.items())[:2],
        ("rest-3", "too_many_members"),
    ]


def test_a_vanished_container_is_reported(tmp_path: Path) -> None:
    """Between finding and reading a file may go."""
    found = Found(str(tmp_path / "gone.zip"), "gone.zip", 9, "zip")
    assert told(list(members(found, Reading()))) == [("rest", "unreadable")]


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**9), kind=st.sampled_from(["zip", "tar", "tar.gz", "tar.zst", "tar.bz2", "tar.xz"]))
def test_no_damage_raises(tmp_path_factory: pytest.TempPathFactory, seed: int, kind: str) -> None:
    """Whatever is cut, overwritten or repeated: members and errors come, nothing is raised, what is whole is right."""
    chosen = random.Random(seed)
    data = make_zip(PAGES) if kind == "zip" else make_tar(PAGES)
    if "." in kind:
        data = COMPRESS[kind.rpartition(".")[2]](data)
    damaged = bytearray(data)
    for _ in range(chosen.randrange(1, 6)):
        damaged[chosen.randrange(len(damaged))] = chosen.randrange(256)
    damaged = damaged[: chosen.choice([len(damaged), chosen.randrange(len(damaged))])]
    path = tmp_path_factory.mktemp("damaged") / f"a.{kind}"
    path.write_bytes(bytes(damaged))
    found = Found(str(path), path.name, len(damaged), kind.partition(".")[0])  # type: ignore[arg-type]
    for member in members(found, Reading()):
        assert isinstance(member.error, CleanerError | None)


def test_zlib_is_bounded_per_call() -> None:
    """The inflater never gives more at once than a mebibyte, whatever it is fed."""
    packed = zlib.compress(b" " * 50_000_000)
    stream, compression = open_inflated(io.BytesIO(gzip.compress(b" " * 50_000_000)), "p", where="p", max_ratio=2000)
    assert (compression, len(stream.raw.read(1 << 30) or b"")) == ("gzip", 1 << 20)  # type: ignore[attr-defined]
    assert len(packed) < 100_000
