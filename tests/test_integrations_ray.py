"""Ray: data sets and whole runs on a local cluster, in which processes are killed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from extras import BAD_ROW, PAGES, ROWS, library

from cleaner import SetupError, clean_batch
from cleaner.batch import RowRecipe, clean_tree, row_example, row_schema
from cleaner.cli import main
from cleaner.readers import scan

ray = library("ray")
library("ray.data", "ray")
pytestmark = pytest.mark.filterwarnings("ignore")
"""What Ray warns of is its own."""
WANTED = clean_batch([*ROWS, BAD_ROW], keep_columns=["label"], workers=0)


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """Start a cluster of two cores on this machine."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error")
    ray.data.DataContext.get_current().enable_progress_bars = False
    yield
    ray.shutdown()


def processes(word: str) -> list[int]:
    """Return the processes of this machine that call themselves so and are descendants of this one."""
    titles, parents = {}, {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            titles[int(entry.name)] = (entry / "cmdline").read_bytes().decode("utf-8", "replace")
            parents[int(entry.name)] = int((entry / "stat").read_text("latin-1").rpartition(")")[2].split()[1])

    def is_ours(pid: int) -> bool:
        while pid in parents and pid != os.getpid():
            pid = parents[pid]
        return pid == os.getpid()

    return [pid for pid, title in titles.items() if word in title and is_ours(pid)]


def by_id(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = [{**row, "sources": dict(row["sources"])} for row in rows]
    return sorted(rows, key=lambda row: str(row["id"]))


@pytest.mark.usefixtures("cluster")
def test_a_data_set_becomes_records(tmp_path: Path) -> None:
    """Every page has its record, failures as well; JSON Lines and Parquet hold the same, with fixed types."""
    from cleaner.integrations.ray import clean_dataset, write_jsonl

    rows = ray.data.from_items([*ROWS, BAD_ROW])
    ds = clean_dataset(rows, sites=False, keep_columns=["label"], concurrency=1, batch_size=3)
    done = ds.materialize()
    assert by_id(done.take_all()) == by_id(WANTED)
    write_jsonl(done, str(tmp_path / "jsonl"))
    lines = [line for file in (tmp_path / "jsonl").iterdir() for line in file.read_text("utf-8").splitlines()]
    assert by_id([json.loads(line) for line in lines]) == by_id(WANTED)
    done.write_parquet(str(tmp_path / "parquet"))
    import pyarrow.parquet as pq

    table = pq.read_table(tmp_path / "parquet")
    assert table.schema.names == [*row_example(), "label"]
    assert table.schema.field("sources").type == row_schema(RowRecipe()).field("sources").type
    with pytest.raises(SetupError, match="keep_columns names title"):
        clean_dataset(ds, keep_columns=["title"])


@pytest.mark.usefixtures("cluster")
def test_files_give_what_the_command_line_gives(tmp_path: Path) -> None:
    """Pages of files and containers are read on the cluster; the texts are those of a run, row for row."""
    from cleaner.integrations.ray import clean_dataset, read_pages

    make_input(tmp_path / "in", 12)
    (tmp_path / "in" / "page.json").write_text('{"url": "https://e.org/page", "date": "2024-11-28"}', "utf-8")
    rows = clean_dataset(read_pages(str(tmp_path / "in")), sites=False, concurrency=1).take_all()
    assert cleaned(rows) == cleaned_here(tmp_path, "--no-site")
    assert {row["date_published"] for row in rows if row["url"] == "https://e.org/page"} == {"2024-11-28"}
    assert {row["error_code"] for row in rows if row["status"] == "failed"} == {"binary_input", "corrupt_input"}
    assert len(rows) == 15


def cleaned(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the records as the command line writes them, by their name."""
    ours = ("error_code", "error", "duplicate_of", "duplicate_similarity")
    found = [{name: row[name] for name in row if name not in ours} for row in by_id(rows) if row["status"] != "failed"]
    return sorted(found, key=lambda row: str(row["source_file"]))


def cleaned_here(folder: Path, *options: str) -> list[dict[str, Any]]:
    """Return the records of a run of the command line over ``in``."""
    run("in", "-o", "local", "-f", "jsonl", "-j", "0", *options, at=folder)
    return cleaned([json.loads(line) for line in (folder / "local" / "articles.jsonl").read_text("utf-8").splitlines()])


def make_input(folder: Path, count: int) -> None:
    """Write a table of pages, one of them no text, and two files beside it, one of them bad."""
    folder.mkdir()
    rows: list[dict[str, Any]] = [
        {"id": f"r{n:04}", "html": PAGES[n % 6], "url": f"https://e.org/{n}"} for n in range(count)
    ]
    lines = [json.dumps(row) + "\n" for row in [*rows, {"id": "s", "html": 7}]]
    (folder / "table.jsonl").write_text("".join(lines), "utf-8")
    (folder / "page.html").write_bytes(PAGES[0].encode("utf-16"))
    (folder / "bad.html").write_bytes(b"\0\1\2\3" * 99)


def run(*arguments: str, at: Path) -> int:
    """Run `cleaner clean` here and return its exit code."""
    before = Path.cwd()
    os.chdir(at)
    try:
        with pytest.raises(SystemExit) as ended:
            main(["clean", *arguments, "-q"])
    finally:
        os.chdir(before)
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.usefixtures("cluster")
@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
@pytest.mark.parametrize("sites", [False, True])
def test_killed_actors_lose_and_double_nothing(sites: bool) -> None:
    """Actors are killed in each pass over a data set: each row comes out once, with the text that it has in peace."""
    from row_passes import two_passes

    from cleaner.integrations.ray import clean_dataset

    rows = [{"id": f"{n:04}", "html": f"{PAGES[n % 6]}<p>Number {n} of the list."} for n in range(600)]
    wanted = two_passes(pa.Table.from_pylist(rows))[0] if sites else clean_batch(pa.Table.from_pylist(rows))
    there = ray.data.from_items(rows, override_num_blocks=30)
    with killing("_Cleaner", 2) as killed:
        ds = clean_dataset(there, sites=sites, concurrency=2, batch_size=10)
    with killing("_Cleaner", 2) as killed_later:
        done = ds.take_all()
    assert len(killed + killed_later) >= (2 if sites else 1)
    assert {(row["id"], row["text"], row["error_code"]) for row in done} == {
        (row["id"], row["text"], "") for row in wanted.to_pylist()
    }
    assert len(done) == len(rows)


@contextlib.contextmanager
def killing(word: str, most: int) -> Iterator[list[int]]:
    """Kill a process with this word in its title every second, once there is one; give the list of those killed."""
    killed: list[int] = []
    over = threading.Event()

    def kill() -> None:
        while not over.wait(1.0) and len(killed) < most:
            for pid in processes(word)[:1]:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield killed
    finally:
        over.set()
        killer.join()


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("most", [10_000, 21], ids=["learned_here", "learned_by_a_shuffle"])
def test_a_data_set_is_cleaned_with_its_sites_as_here(
    most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands under every article of a site is learned and out, row for row as the command line has it."""
    from site_folder import BLOCK, write_pages

    from cleaner.batch import site_rows
    from cleaner.integrations.ray import clean_dataset, read_pages

    monkeypatch.setattr(site_rows, "MOST_PAGES", most)
    write_pages(tmp_path / "in" / "paper")
    write_pages(tmp_path / "in" / "other", names=["bees.txt"])
    rows = clean_dataset(read_pages(str(tmp_path / "in")), batch_size=4).take_all()
    assert cleaned(rows) == cleaned_here(tmp_path)
    assert [row["id"] for row in rows if BLOCK[-1] in row["text"]] == ["other/bees.txt"]
    assert len(rows) == 22


@pytest.mark.usefixtures("cluster")
def test_files_are_read_together_and_containers_alone(tmp_path: Path) -> None:
    """Tasks read three dozen files each, not one; no page is left out, and where there is none there is no row."""
    from cleaner.integrations.ray import clean_dataset, read_pages

    make_input(tmp_path / "in", 3)
    for number in range(70):
        (tmp_path / "in" / f"{number}.html").write_text(PAGES[number % 6], "utf-8")
    pages = read_pages(str(tmp_path / "in")).materialize()
    assert pages.num_blocks() == 4
    assert sorted(row["id"] for row in pages.take_all())[:3] == ["0.html", "1.html", "10.html"]
    assert pages.count() == 76
    empty = tmp_path / "empty"
    empty.mkdir()
    assert clean_dataset(read_pages(str(empty))).take_all() == []


@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
def test_a_run_on_a_cluster_writes_what_a_run_here_writes(tmp_path: Path) -> None:
    """With an actor killed in the middle, files, failures and ledger are those of a run without a cluster."""
    from batch_folder import recipe

    from cleaner.integrations.ray_engine import ray_engine

    ray.shutdown()
    make_input(tmp_path / "in", 400)
    found = scan([str(tmp_path / "in")])
    here = clean_tree(found, recipe(tmp_path / "here", formats=("jsonl",)), jobs=2)
    killed: list[int] = []
    count = 0

    def watch(_: object) -> None:
        nonlocal count
        count += 1
        if count in (20, 150):
            for pid in processes("BatchWorker.clean")[:1]:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    with ray_engine(jobs=2) as engine:
        there = clean_tree(found, recipe(tmp_path / "there", formats=("jsonl",)), run=engine, on_outcome=watch)
        again = clean_tree(found, recipe(tmp_path / "there", formats=("jsonl",)), run=engine)
    assert len(killed) >= 1
    assert there.counts() | {"seconds": 0} == here.counts() | {"seconds": 0}
    assert (again.earlier, again.documents) == (401, 403)
    written = [(tmp_path / folder / "articles.jsonl").read_bytes() for folder in ("here", "there")]
    assert written[0] == written[1]


def test_sites_are_learned_on_a_cluster_as_here(tmp_path: Path) -> None:
    """Both passes go to the cluster: what stands under every article is out there, too, with the same bytes."""
    from site_folder import BLOCK, write_pages

    ray.shutdown()
    write_pages(tmp_path / "in")
    for folder, *engine in (("here",), ("there", "--engine", "ray")):
        assert run("in", "-o", folder, "-f", "txt,jsonl", "-j", "2", *engine, at=tmp_path) == 0
    here, there = (
        {file.name: file.read_bytes() for file in (tmp_path / folder).glob("[a-z]*.*")} for folder in ("here", "there")
    )
    assert there == here
    assert [name for name, text in there.items() if name.endswith(".txt") and BLOCK[-1].encode() in text] == []
    assert len(there) == 22


def test_the_command_line_reaches_a_cluster(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The option starts a cluster here; an address without a cluster, or without the option, is said in a sentence."""
    ray.shutdown()
    make_input(tmp_path / "in", 3)
    assert run("in", "-o", "out", "-f", "txt", "--engine", "ray", "-j", "1", at=tmp_path) == 1
    assert len(list((tmp_path / "out").rglob("*.txt"))) == 4
    assert run("in", "-o", "out", "--address", "127.0.0.1:1", at=tmp_path) == 2
    assert "Add --engine ray." in capsys.readouterr().err
    assert run("in", "-o", "other", "--engine", "ray", "--address", "127.0.0.1:1", at=tmp_path) == 1
    assert "error[no_cluster]: There is no Ray cluster at 127.0.0.1:1" in capsys.readouterr().err
    assert run("in", "-o", "other", "--engine", "ray", "-j", "0", at=tmp_path) == 2
    assert not (tmp_path / "other").exists()
