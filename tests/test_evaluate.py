"""Labelled pages are read, systems are run on them, and the sums are right. No trained weights are needed here."""

from __future__ import annotations

import dataclasses
import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cleaner.errors import CleanerError, InputError, SetupError
from cleaner.evaluation import peers
from cleaner.evaluation.evaluate import Evaluation, Row, evaluate
from cleaner.evaluation.gold import GoldPage, find_corpora, gold_files, read_gold
from cleaner.evaluation.measure import Measurement, run_timed
from cleaner.evaluation.metrics import Overlap
from cleaner.evaluation.peers import PEERS, PeerEntry, available_peers, load_peer, peer_version

pa = pytest.importorskip("pyarrow", reason="labelled pages come as Parquet; pip install 'article-cleaner[parquet]'")
from pyarrow import parquet  # noqa: E402 - only when pyarrow is there

GOLD = Path(__file__).parents[1] / "fixtures" / "gold"


def parquet_of(path: Path, rows: list[dict[str, Any]], **options: Any) -> Path:
    parquet.write_table(pa.Table.from_pylist(rows), path, **options)
    return path


def row_of(evaluation: Evaluation, system: str, **wanted: Any) -> Row:
    wanted = {"page_type": None, "language": None} | wanted
    found = [
        row
        for row in evaluation.rows()
        if row.system == system and all(getattr(row, name) == value for name, value in wanted.items())
    ]
    assert len(found) == 1
    return found[0]


def printed(renderable: Any) -> str:
    console = Console(file=io.StringIO(), width=80)
    console.print(renderable)
    return console.file.getvalue()  # type: ignore[attr-defined]


@pytest.fixture
def invented_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two systems more: ``fragile`` raises where the page says boom, ``silent`` finds nothing anywhere."""

    def explode(source: bytes | str, _url: str | None, _content_type: str) -> str:
        text = source.decode() if isinstance(source, bytes) else source
        if "boom" in text:
            raise RecursionError("too deep")
        return text

    entry = PEERS["untouched"]
    table = dict(PEERS) | {
        "fragile": dataclasses.replace(entry, load=lambda: explode),
        "silent": dataclasses.replace(entry, load=lambda: lambda _source, _url, _type: ""),
    }
    monkeypatch.setattr(peers, "PEERS", table)


def test_a_gold_folder_is_read_in_order_with_its_subfolders() -> None:
    """NAME.html and NAME.source.txt are pages when NAME.txt stands beside them; other files are passed over."""
    pages = list(read_gold(GOLD))
    assert [(page.id, page.content_type) for page in pages] == [
        ("ferry.html", "html"),
        ("lantern.html", "html"),
        ("letters/sourdough.html", "html"),
        ("quarry.source.txt", "text"),
    ]
    ferry = pages[0]
    assert ferry.corpus == "gold"
    assert ferry.body is not None
    assert ferry.body.startswith("The night ferry between Ostrand")
    assert ferry.keep[0] == "eleven months after a winter storm"
    assert ferry.drop[-1] == "All rights reserved"
    assert pages[3].keep == ()


def test_parquet_is_read_row_group_by_row_group(tmp_path: Path) -> None:
    """All columns of the corpora are read, from as many row groups as there are."""
    rows = [
        {
            "id": f"p{number}",
            "url": None,
            "html": f"<p>Page {number}</p>".encode(),
            "body": f"Page {number}",
            "keep": ["Page"],
            "drop": None,
            "language": "en",
            "page_type": "article",
            "split": "dev",
            "unknown": 1,
        }
        for number in range(40)
    ]
    pages = list(read_gold(parquet_of(tmp_path / "small.parquet", rows, row_group_size=7)))
    assert [page.id for page in pages] == [f"p{number}" for number in range(40)]
    assert pages[39] == GoldPage(
        corpus="small",
        id="p39",
        source=b"<p>Page 39</p>",
        content_type="html",
        body="Page 39",
        keep=("Page",),
        language="en",
        page_type="article",
        split="dev",
    )


def test_missing_columns_are_empty_and_rows_without_source_are_passed_over(tmp_path: Path) -> None:
    """A file with text and body alone is enough; the row's number is the id; a row without text is no page."""
    path = parquet_of(tmp_path / "t.parquet", [{"text": "a", "body": "a"}, {"text": None, "body": "b"}])
    assert list(read_gold(path)) == [GoldPage(corpus="t", id="0", source="a", content_type="text", body="a")]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("none.parquet", None, "gold_missing"),
        ("bad.parquet", b"PAR1 but nothing else", "gold_unreadable"),
        ("columns.parquet", [{"url": "x", "words": 3}], "gold_columns"),
    ],
)
def test_unreadable_gold_is_an_error_that_names_the_file(tmp_path: Path, name: str, content: Any, code: str) -> None:
    """A missing, broken or unlabelled file is refused at the call, with the file in the message."""
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        parquet_of(path, content)
    with pytest.raises(InputError) as caught:
        read_gold(path)
    assert (caught.value.code, caught.value.where) == (code, str(path))
    assert name in str(caught.value)


def test_damage_inside_a_parquet_file_is_an_error(tmp_path: Path) -> None:
    """A row group that cannot be decoded is an InputError, not whatever the reader raises."""
    rows = [{"text": f"{number} " * 500, "body": "x"} for number in range(200)]
    path = parquet_of(tmp_path / "damaged.parquet", rows, compression="zstd")
    content = bytearray(path.read_bytes())
    content[4 : len(content) // 2] = b"\xff" * (len(content) // 2 - 4)
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        list(read_gold(path))
    assert caught.value.code == "gold_unreadable"


def test_a_folder_without_labels_is_an_error(tmp_path: Path) -> None:
    """A folder of pages nobody labelled is refused with the convention in the message."""
    (tmp_path / "page.html").write_text("<p>x")
    with pytest.raises(InputError, match=r"NAME\.txt") as caught:
        read_gold(tmp_path)
    assert caught.value.code == "gold_empty"


def test_a_folder_of_parquet_files_is_those_files(tmp_path: Path) -> None:
    """Naming the corpora folder means every Parquet file in it, by name; any other folder means itself."""
    second = parquet_of(tmp_path / "b.parquet", [{"text": "a", "body": "a"}])
    first = parquet_of(tmp_path / "a.parquet", [{"text": "a", "body": "a"}])
    assert gold_files(tmp_path) == [first, second]
    assert gold_files(GOLD) == [GOLD]


def test_corpora_are_found_where_the_variable_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CLEANER_CORPORA wins, the folder beside the checkout is next, none is no error, a wrong variable is one."""
    work = tmp_path / "checkout"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.delenv("CLEANER_CORPORA", raising=False)
    assert find_corpora() is None
    (tmp_path / "shared" / "corpora").mkdir(parents=True)
    assert find_corpora() == Path("../shared/corpora")
    monkeypatch.setenv("CLEANER_CORPORA", str(GOLD))
    assert find_corpora() == GOLD
    monkeypatch.setenv("CLEANER_CORPORA", str(tmp_path / "gone"))
    with pytest.raises(SetupError) as caught:
        find_corpora()
    assert caught.value.code == "corpora_missing"


def test_a_missing_package_is_a_sentence_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system whose package is not installed is not available, and loading it says what to install."""
    entry = PeerEntry("nothing", ("no_such_module_here",), "'article-cleaner[eval]'", "", lambda: None)  # type: ignore[arg-type, return-value]
    monkeypatch.setattr(peers, "PEERS", dict(PEERS) | {"absent": entry})
    assert "absent" not in available_peers()
    assert peer_version("absent") == ""
    with pytest.raises(SetupError, match=r"pip install 'article-cleaner\[eval\]'") as caught:
        load_peer("absent")
    assert caught.value.code == "missing_extra"


def test_an_unknown_system_is_an_error_that_lists_the_known() -> None:
    """A mistyped system is refused with the names there are."""
    with pytest.raises(SetupError, match="Known are: cleaner, trafilatura") as caught:
        load_peer("trafiltura")
    assert caught.value.code == "unknown_peer"


@pytest.mark.parametrize("name", [name for name in available_peers() if name != "cleaner"])
def test_every_installed_peer_returns_the_article(name: str) -> None:
    """Each peer finds the sentences of a plain news page, from bytes as from plain text, and a bare page is a str."""
    page = next(read_gold(GOLD))
    peer = load_peer(name)
    assert "About forty passengers stood on deck" in peer(page.source, page.url, "html")
    assert page.body is not None
    assert "About forty passengers stood on deck" in peer(page.body, None, "text")
    assert isinstance(run_timed(peer, b"<html></html>", None, "html")[0], str)


def test_untouched_text_is_the_input_and_figures_follow(tmp_path: Path) -> None:
    """The sums over a text file are those of its pages, one group per renderer and page type."""
    rows = [
        {"text": "a b c d e f", "body": "a b c d", "renderer": "x", "page_type": "article", "keep": ["b c"]},
        {"text": "a b c d", "body": "a b c d", "renderer": "x", "page_type": "forum", "keep": ["e"]},
        {"text": "", "body": "a b c d", "renderer": "y", "page_type": "article", "keep": []},
    ]
    path = parquet_of(tmp_path / "flat.parquet", rows)
    result = evaluate([path], against=["untouched"], ours=False)
    all_x = row_of(result, "untouched", renderer="x")
    assert (all_x.pages, all_x.precision, all_x.recall) == (2, pytest.approx(2 / 3), 1.0)
    assert (all_x.shingle_f1, all_x.word_f1) == (pytest.approx(0.8), pytest.approx(0.9))
    assert (all_x.passage_precision, all_x.passage_recall, all_x.char_f1) == (1.0, 0.5, None)
    assert row_of(result, "untouched", renderer="x", page_type="forum").shingle_f1 == 1.0
    silent = row_of(result, "untouched", renderer="y")
    assert (silent.recall, silent.word_f1, silent.passage_f1) == (0.0, 0.0, None)


def test_languages_get_a_row_from_ten_pages(tmp_path: Path) -> None:
    """A language with ten pages has a row of its own, its region ignored; one with nine has none."""
    rows = [{"text": "x", "body": "x", "language": language} for language in ["en"] * 5 + ["en-US"] * 5 + ["el"] * 9]
    result = evaluate([parquet_of(tmp_path / "l.parquet", rows)], against=["untouched"], ours=False)
    assert [(row.group, row.pages) for row in result.rows()] == [("all", 19), ("language en", 10)]


def test_a_peer_that_raises_counts_as_empty_and_as_failure(tmp_path: Path, invented_systems: None) -> None:
    """An exception costs the page, is counted and named, and does not end the run."""
    del invented_systems
    rows = [{"text": "boom", "body": "boom"}, {"text": "calm", "body": "calm"}]
    result = evaluate([parquet_of(tmp_path / "b.parquet", rows)], against=["fragile", "silent"], ours=False)
    fragile = row_of(result, "fragile")
    assert (fragile.failures, fragile.recall, fragile.word_f1) == (1, 0.5, 0.5)
    assert row_of(result, "silent").failures == 0
    assert result.measurements[0].outcomes[0].failure == "RecursionError: too deep"
    assert [page.id for _, page in result.worst(1, system="fragile")] == ["0"]
    assert "RecursionError: too deep" in printed(result.to_worst_table(2, system="fragile"))
    assert "fragile raised on 1 pages, first b 0: RecursionError: too deep" in printed(result.to_table())


def test_split_and_limit_choose_pages(tmp_path: Path) -> None:
    """``split`` takes that split alone, ``limit`` so many pages per corpus and renderer; no page left is an error."""
    rows = [{"text": "x", "body": "x", "split": split, "renderer": r} for split in ("dev", "test") for r in "aabbb"]
    path = parquet_of(tmp_path / "s.parquet", rows)
    result = evaluate([path], against=["untouched"], ours=False, split="dev", limit=2)
    assert [(page.id, page.renderer) for page in result.measurements] == [
        ("0", "a"),
        ("1", "a"),
        ("2", "b"),
        ("3", "b"),
    ]
    with pytest.raises(InputError, match="split train") as caught:
        evaluate([path], against=["untouched"], ours=False, split="train")
    assert caught.value.code == "gold_empty"


def test_corpora_of_the_same_name_stay_apart(tmp_path: Path) -> None:
    """Two files called alike are named after their folders too, so that their pages are never summed together."""
    paths = []
    for folder in ("left", "right"):
        (tmp_path / folder).mkdir()
        paths.append(parquet_of(tmp_path / folder / "set.parquet", [{"text": "x", "body": "x"}]))
    result = evaluate([*paths, paths[0]], against=["untouched"], ours=False)
    assert [page.corpus for page in result.measurements] == ["left/set", "right/set"]


def test_workers_find_what_one_process_finds(tmp_path: Path) -> None:
    """Two worker processes return the same figures, in the same order, and the callback sees every page."""
    rows = [{"text": f"page {number} of many", "body": f"page {number}"} for number in range(12)]
    path = parquet_of(tmp_path / "w.parquet", rows)
    seen: list[Measurement] = []
    alone = evaluate([path], against=["untouched", "justext"], ours=False)
    shared = evaluate([path], against=["untouched", "justext"], ours=False, workers=2, on_page=seen.append)

    def figures(result: Evaluation) -> list[tuple[str, list[float | None]]]:
        return [(page.id, [outcome.word_f1 for outcome in page.outcomes]) for page in result.measurements]

    assert figures(shared) == figures(alone)
    assert tuple(seen) == shared.measurements


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"ours": False}, "no_system"),
        ({"workers": 0}, "bad_workers"),
        ({"against": ["nobody"], "ours": False}, "unknown_peer"),
    ],
)
def test_wrong_calls_are_setup_errors(options: dict[str, Any], code: str) -> None:
    """A call that cannot mean anything is refused before the first page."""
    with pytest.raises(CleanerError) as caught:
        evaluate([GOLD], **options)
    assert caught.value.code == code


def test_characters_are_measured_for_scripts_without_spaces() -> None:
    """The Chinese page alone has a character figure."""
    result = evaluate([GOLD], against=["justext"], ours=False)
    measured = {page.id: page.outcomes[0].char_f1 is not None for page in result.measurements}
    assert [name for name, has_figure in measured.items() if has_figure] == ["lantern.html"]


def test_html_is_flattened_before_anybody_sees_it_as_text() -> None:
    """With as_text every system gets all paragraphs of the page as plain text; text files are left as they are."""
    result = evaluate([GOLD], against=["untouched"], ours=False, as_text=True)
    assert [page.renderer for page in result.measurements] == ["whole page", "whole page", "whole page", ""]
    ferry = result.measurements[0].outcomes[0]
    assert ferry.passages == Overlap(3, 3, 0)
    assert ferry.shingles is not None
    assert ferry.shingles.recall == pytest.approx(1.0)


def test_the_table_fits_eighty_columns() -> None:
    """The table has one line a system, no line above 80 characters, and the versions that were measured."""
    result = evaluate([GOLD], against=["justext", "trafilatura-precision", "untouched"], ours=False)
    text = printed(result.to_table())
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "all, 4 pages" in text
    assert f"justext {peer_version('justext')}" in text
    assert len([line for line in text.splitlines() if line.startswith("   trafilatura-precision ")]) == 1


def test_the_dictionary_is_plain_data() -> None:
    """The result survives JSON, with every page when asked for."""
    result = evaluate([GOLD], against=["untouched"], ours=False)
    data = json.loads(json.dumps(result.to_dict(pages=True)))
    assert data["systems"] == {"untouched": ""}
    assert [row["pages"] for row in data["rows"]] == [4]
    assert data["pages"][0]["id"] == "ferry.html"
    assert "pages" not in result.to_dict()
