"""A Chromium without a window for the tests and pictures of reports; it reaches no network, only files."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
MISSING = (
    ""
    if CHROMIUM and DRIVER
    else "Reports are tested in Chromium: install the Debian packages chromium and chromium-driver."
)
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
"""The last one: no name is ever looked up, so that a request that got out in spite of all reaches nobody."""


@contextlib.contextmanager
def chromium(profile: Path) -> Iterator[Any]:
    """Yield a driver of a new Chromium that keeps its things in ``profile``."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for argument in (*ARGUMENTS, f"--user-data-dir={profile}", "--window-size=1280,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER or ""))
    driver.set_page_load_timeout(60)
    try:
        yield driver
    finally:
        driver.quit()


def look(driver: Any, *, width: int = 1280, height: int = 900, dark: bool = False, media: str = "") -> None:
    """Set the size of the window in CSS pixels, the colour scheme, and the medium (``print``)."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": scheme})


def requests(driver: Any) -> list[str]:
    """Return the URLs that were asked for since the last call."""
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    return [entry["params"]["request"]["url"] for entry in messages if entry["method"] == "Network.requestWillBeSent"]


def complaints(driver: Any) -> list[str]:
    """Return what was written to the console since the last call."""
    return [entry["message"] for entry in driver.get_log("browser")]


CONTRAST = """
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const colour = (css) => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = css;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
};
const ground = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const found = colour(getComputedStyle(e).backgroundColor);
    if (found[3] === 255) return found;
  }
  return [255, 255, 255, 255];
};
const luminance = ([r, g, b]) => {
  const parts = [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
};
const weak = [];
let checked = 0;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest("script, noscript")) continue;
  const [one, other] = [luminance(colour(getComputedStyle(element).color)), luminance(ground(element))];
  const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  checked += 1;
  if (ratio < 4.5) weak.push([walker.currentNode.data.trim().slice(0, 40), Math.round(100 * ratio) / 100]);
}
return { checked, weak };
"""
"""Returns the texts that can be seen and stand out too little (WCAG 2.2, 1.4.3), and how many were looked at."""
