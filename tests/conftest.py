"""What several test files need: a folder of pages, and a cleaner or a model that does what it is told."""

from __future__ import annotations

import importlib.util
import signal
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from command_result import Run, runner
from fake_model import Fake, Use
from stand_in import ENGLISH, STAND_IN

from cleaner.article import Article
from cleaner.errors import InputError, SetupError
from cleaner.page import Metadata, RawPage
from cleaner.settings import Settings

pytest.register_assert_rewrite("feature_pages")  # what it asserts is shown as in a test

PROSE = "The river rose by two metres in the night, and the old bridge was closed to traffic until noon.\n"


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what stands behind `&` so, and then Ctrl-C cannot be tried.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Return a folder of three pages and some things that are none."""
    folder = tmp_path / "in"
    (folder / "a").mkdir(parents=True)
    for name in ("a/b.html", "c.txt", "plain"):
        (folder / name).write_text(PROSE, "utf-8")
    (folder / "style.css").write_text("p { color: red }", "utf-8")
    (folder / "picture").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    (folder / ".hidden.html").write_text(PROSE, "utf-8")
    return folder


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a cleaner in place that does what the page tells it: the batch is under test, not the cleaning."""

    def clean(raw: RawPage, *, settings: Settings) -> Article:
        assert isinstance(raw.data, bytes)
        word = raw.data.decode("utf-8", "replace").strip()
        if word == "binary":
            raise InputError("binary_input", f"{raw.source} is binary.", where=raw.source)
        if word == "set-up":
            raise SetupError("no_weights", "The weights are missing.")
        if word == "bug":
            raise ZeroDivisionError("by nothing")
        if word == "memory":
            raise MemoryError
        status = word if word in ("low_confidence", "not_article", "empty") else "ok"
        metadata = Metadata(title=str(sorted(settings.keep_kinds)))
        return Article(word, status, 0.9, (), metadata, "text", raw.source)  # type: ignore[arg-type]

    module = types.ModuleType("cleaner.pipeline")
    module.clean = clean  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "cleaner.pipeline", module)


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Return a function that runs the command line in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    return runner(capsysbinary, monkeypatch)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Put the stand-in cleaner in place for this process; return the script for another one."""
    script = tmp_path_factory.mktemp("stand-in") / "stand_in.py"
    script.write_text(STAND_IN, "utf-8")
    spec = importlib.util.spec_from_file_location("stand_in", script)
    assert spec is not None
    assert spec.loader is not None
    module: types.ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setitem(sys.modules, "cleaner.pipeline", module)
    return script


@pytest.fixture
def four_pages(tmp_path: Path) -> Path:
    """Return the folder ``in`` with four pages that the stand-in cleaner understands."""
    for name, text in {"a/b.txt": ENGLISH, "c.txt": "ok", "d.txt": "not_article", "e.txt": "binary"}.items():
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path / "in"


@pytest.fixture(name="use")
def use_a_fake_model(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Return a function that puts a fake model in the place of the trained one."""

    def use(*arguments: Any, **named: Any) -> None:
        fake = Fake(*arguments, **named)
        monkeypatch.setattr("cleaner.score.load_model", lambda *_, **__: fake)

    return use
