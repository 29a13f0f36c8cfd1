"""The benchmark's other halves: where the time of a page goes, how it grows, and the picture of it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import cleaner.pipeline
import cleaner.score
from cleaner.errors import SetupError
from cleaner.evaluation import bench
from cleaner.evaluation.gold import read_gold
from cleaner.evaluation.growth import PLANS, Growth, Plan, Point, growth_svg, made_page, measure_growth
from cleaner.evaluation.measure import ONE_THREAD
from cleaner.evaluation.plot import Line, Spot, draw, draw_spots
from cleaner.evaluation.stages import STAGES, profile

GOLD = Path(__file__).parents[1] / "fixtures" / "gold"


def growth_of(*points: tuple[int, float], by_size: bool = True) -> Growth:
    plan = Plan("test", "html", 1, tuple(size for size, _ in points), by_size=by_size)
    return Growth(plan, tuple(Point(size, size, seconds) for size, seconds in points))


def test_every_stage_of_the_flow_has_a_time() -> None:
    """All stages are timed inside the real run, shares sum to 1, and the functions are put back afterwards."""
    before = (cleaner.pipeline.segment, cleaner.score.predict)
    rows = profile(list(read_gold(GOLD)))
    assert [row.stage for row in rows] == [*STAGES, "rest", "total"]
    assert sum(row.share for row in rows[:-1]) == pytest.approx(1.0)
    assert rows[-1].ms_mean == pytest.approx(sum(row.ms_mean for row in rows[:-1]))
    assert min(row.ms_mean for row in rows if row.stage in {"segment", "features", "network", "metadata"}) > 0
    assert before == (cleaner.pipeline.segment, cleaner.score.predict)
    with pytest.raises(SetupError) as caught:
        profile([])
    assert caught.value.code == "no_pages"


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_pages_grow_as_planned(plan: Plan) -> None:
    """A page has the size or the number of paragraphs that was asked for, and no paragraph comes twice."""
    step = 20_000 if plan.by_size else 500
    page, paragraphs = made_page(plan, step)
    assert abs(len(page) - step) < 1_000 if plan.by_size else paragraphs == step
    lines = [line for line in page.decode().splitlines() if line.startswith(("<p>", "In report", "Line"))]
    assert len(set(lines)) == paragraphs


def test_growth_is_measured_for_every_step() -> None:
    """Each step has a page and a time, and the callback sees them in order."""
    seen: list[Point] = []
    plan = Plan("small", "text", 0, (5, 50), by_size=False)
    (growth,) = measure_growth([plan], on_point=lambda _, point: seen.append(point))
    assert [point.paragraphs for point in growth.points] == [5, 50]
    assert tuple(seen) == growth.points
    assert min(point.seconds for point in seen) > 0


def test_the_exponent_is_that_of_the_large_pages() -> None:
    """A fixed cost on small pages does not flatten the fit, and squares are seen."""
    assert growth_of((10, 1.0), (10_000, 10.0), (100_000, 100.0)).exponent == pytest.approx(1.0)
    assert growth_of((1_000, 1.0), (10_000, 100.0)).exponent == pytest.approx(2.0)
    assert math.isnan(growth_of((10, 1.0), (10_000, 10.0)).exponent)


def test_the_picture_is_sound_svg_with_every_point() -> None:
    """Names are escaped, axes reach over all points, and every point and key has a marker."""
    grown = [growth_of((10_000, 0.01), (100_000, 0.1)), growth_of((100, 0.01), (3_000, 0.2), by_size=False)]
    root = ET.fromstring(growth_svg(grown, "A <processor> & more"))  # noqa: S314 - our own picture
    space = "{http://www.w3.org/2000/svg}"
    assert len(root.findall(f".//{space}circle")) == 6
    words = [text.text for text in root.iter(f"{space}text")]
    assert {"bytes of the page", "paragraphs", "HTML, exponent 1.00", "A <processor> & more", "100k"} <= {*words}
    one = draw([("x", [Line("flat", ((10.0, 1.0),))])], title="One point")
    assert "NaN" not in one.upper().replace("NAME", "")


def test_systems_are_drawn_by_time_and_accuracy() -> None:
    """Quicker systems stand further left, better ones further up, and no two names stand on each other."""
    spots = [
        Spot("a <b>", 2.0, 0.90, is_ours=True),
        Spot("c", 30.0, 0.899, is_ours=False),
        Spot("d", 9.0, 0.7, is_ours=False),
    ]
    picture = draw_spots(spots, x_label="ms", y_label="F1", title="Time", caption="one\ntwo")
    root = ET.fromstring(picture)  # noqa: S314 - our own picture
    space = "{http://www.w3.org/2000/svg}"
    circles = [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in root.iter(f"{space}circle")]
    assert [name for _, name in sorted(zip(circles, "acd", strict=True))] == ["a", "d", "c"]
    assert [name for _, name in sorted((y, name) for (_, y), name in zip(circles, "acd", strict=True))] == [
        "a",
        "c",
        "d",
    ]
    texts = {text.text: float(text.attrib["y"]) for text in root.iter(f"{space}text")}
    assert {"a <b>", "c", "d", "one", "two", "0.70", "0.90", "ms", "F1"} <= texts.keys()
    names = sorted(texts[name] for name in ("a <b>", "c", "d"))
    assert min(names[1] - names[0], names[2] - names[1]) >= 16


def test_the_benchmark_draws_what_it_measured() -> None:
    """The picture holds the systems that printed text only, and only those with gold to be measured by."""
    pytest.importorskip("resiliparse", reason="one of the systems; pip install 'article-cleaner[eval]'")
    pages = list(read_gold(GOLD))[:2]
    speeds = bench.bench(pages, bench.SYSTEMS)
    names = [f">{speed.system} {speed.version}</text>" for speed in speeds if not speed.reads_metadata]
    assert [name in bench.speed_svg(speeds) for name in names] == [True] * 3
    assert "trafilatura-metadata" not in bench.speed_svg(speeds)


def test_the_benchmark_runs_profile_and_plot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Option --profile prints a line a stage, --plot writes the picture and prints exponents; both know JSON."""
    pa = pytest.importorskip("pyarrow", reason="corpora are Parquet files; pip install 'article-cleaner[parquet]'")
    from pyarrow import parquet

    for name, value in ONE_THREAD.items():
        monkeypatch.setenv(name, value)
    rows = [{"id": "1", "html": b"<p>The ferry left the pier at dawn.", "body": "The ferry"}]
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "aeb.parquet")
    assert bench.main(["--corpora", str(tmp_path), "--profile"]) == 0
    output = capsys.readouterr().out
    assert [line.split()[0] for line in output.splitlines()[4:]] == [*STAGES, "rest", "total"]
    assert bench.main(["--corpora", str(tmp_path), "--profile", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["stages"][-1]["share"] == 1.0

    small: Any = (Plan("HTML by size", "html", 1, (1_000, 5_000), by_size=True),)
    monkeypatch.setattr("cleaner.evaluation.growth.PLANS", small)
    assert bench.main(["--plot", str(tmp_path / "growth.svg")]) == 0
    assert "time grows with the power" in capsys.readouterr().out
    assert (tmp_path / "growth.svg").read_text("utf-8").startswith("<svg")


def test_metadata_is_a_task_of_its_own(tmp_path: Path) -> None:
    """Systems asked for metadata are compared with each other, and their texts are those of the plain systems."""
    pytest.importorskip("pyarrow", reason="corpora are Parquet files; pip install 'article-cleaner[parquet]'")
    del tmp_path
    pages = list(read_gold(GOLD))[:2]
    speeds = bench.bench(pages, bench.SYSTEMS[:2] + bench.SYSTEMS[3:])
    assert [speed.reads_metadata for speed in speeds] == [False, False, True, True]
    assert [speed.times_first for speed in speeds][::2] == [1.0, 1.0]
    assert speeds[0].word_f1 == speeds[2].word_f1
    assert speeds[1].word_f1 == speeds[3].word_f1
