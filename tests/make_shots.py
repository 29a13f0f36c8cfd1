"""Take pictures of both reports into out/shots/, light and dark, wide and narrow: ``make shots``.

They are for a person to look at after a change of cleaner/report/assets. The pages are those of fixtures/.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from report_browser import MISSING, chromium, look

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "fixtures" / "pages"
WIDE, NARROW = 1280, 390
EXTRA = {name: ROOT / "fixtures" / "report" / f"{name}.html" for name in ("hostile", "mixed")}


def run(*arguments: str | Path, makes: Path, folder: Path = ROOT) -> Path:
    """Run the command line and return the file it is to make; the exit code may tell of odd pages."""
    command = [sys.executable, "-m", "cleaner", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, encoding="utf-8")
    if not makes.exists():
        sys.exit(f"{' '.join(command)} ended with exit code {done.returncode}.\n{done.stderr}")
    return makes


def write_reports(folder: Path) -> dict[str, Path]:
    """Write the reports that are pictured; return their names and files."""
    reports = {"news": PAGES / "news-with-everything" / "source.html"}
    reports |= {name: PAGES / f"{name}-page" / "source.html" for name in ("empty", "product")}
    reports |= {name: PAGES / name / "source.html" for name in ("chinese-news", "arabic-news", "hebrew-magazine")}
    reports |= {"text": PAGES / "text-comment-policy-glued-on" / "source.txt"} | EXTRA
    made = {}
    for name, source in reports.items():
        path = folder / f"{name}.html"
        made[name] = run("explain", source.relative_to(ROOT), "--html", path, makes=path)
    return made | {"index": write_index(folder)}


def write_index(folder: Path) -> Path:
    """Write a report on all pages of fixtures/, twice, and a document that cannot be read."""
    for year in ("2023", "2024"):
        for source in (*sorted(PAGES.glob("*/source.*")), *EXTRA.values()):
            name = source.name if source in EXTRA.values() else f"{source.parent.name}{source.suffix}"
            copy = folder / "archive" / year / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy)
    (folder / "archive" / "2024" / "broken.html.gz").write_bytes(b"\x1f\x8b\x08")
    (folder / "archive" / "2024" / "broken.html").write_bytes(b"%PDF-1.7 no page")
    index = folder / "out" / "report" / "index.html"
    return run("clean", "archive", "-o", "out", "--report", "--quiet", makes=index, folder=folder)


def shoot(driver: Any, path: Path, *, whole: bool = False) -> None:
    """Write a picture of the window, which is made as high as the page (up to 6,000 pixels) for the ``whole`` of it."""
    driver.execute_async_script("setTimeout(arguments[0], 300)")  # what moves comes to rest
    if whole:
        width, height = driver.execute_script("return [innerWidth, document.documentElement.scrollHeight]")
        metrics = {"width": width, "height": min(height, 6_000), "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    path.write_bytes(base64.b64decode(driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"]))


def open_all(driver: Any) -> None:
    """Open a run of dropped paragraphs and the reasons of some paragraphs."""
    driver.execute_script(
        "document.querySelector('.run')?.setAttribute('open', '');"
        "document.querySelectorAll('.kept .why')[1]?.setAttribute('open', '');"
        "document.querySelector('.dropped .why')?.setAttribute('open', '');"
    )


def slide(driver: Any, value: float) -> None:
    """Put the threshold somewhere."""
    driver.execute_script(
        "const slider = document.getElementById('threshold'); slider.value = arguments[0];"
        "slider.dispatchEvent(new Event('input'))",
        value,
    )


def take(driver: Any, reports: dict[str, Path], folder: Path) -> None:
    """Take all pictures."""
    for name in ("news", "index"):
        for scheme in ("light", "dark"):
            for size, width in (("wide", WIDE), ("narrow", NARROW)):
                look(driver, width=width, dark=scheme == "dark")
                driver.get(reports[name].as_uri())
                shoot(driver, folder / f"{name}-{scheme}-{size}.png")
                if scheme == "light":
                    shoot(driver, folder / f"{name}-{scheme}-{size}-whole.png", whole=True)
    for scheme in ("light", "dark"):
        look(driver, width=WIDE, dark=scheme == "dark")
        driver.get(reports["news"].as_uri())
        open_all(driver)
        shoot(driver, folder / f"reasons-{scheme}.png", whole=True)
        slide(driver, 0.96)
        shoot(driver, folder / f"threshold-{scheme}.png", whole=True)
    for name in sorted(set(reports) - {"news", "index"}):
        for size, width in (("wide", WIDE), ("narrow", NARROW)):
            look(driver, width=width)
            driver.get(reports[name].as_uri())
            open_all(driver)
            shoot(driver, folder / f"{name}-{size}.png", whole=True)
    look(driver, width=NARROW * 2, media="print")
    driver.get(reports["news"].as_uri())
    shoot(driver, folder / "news-print.png", whole=True)


def main() -> None:
    """Write the reports, look at them, say where the pictures are."""
    if MISSING:
        sys.exit(MISSING)
    folder = ROOT / "out" / "shots"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        reports = write_reports(Path(scratch))
        with chromium(Path(scratch) / "profile") as driver:
            take(driver, reports, folder)
    sys.stdout.write(f"{len(list(folder.glob('*.png')))} pictures are in {folder}\n")


if __name__ == "__main__":
    main()
