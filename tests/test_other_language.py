"""Documents in languages that were not asked for: left out, counted, said, and brought back when they are wanted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_result import Run, runner

import cleaner
from cleaner import Settings
from cleaner.errors import SetupError

ENGLISH = (
    "The ferry did not run on Monday because the water in the harbour was too low, the council said in the evening."
)
GERMAN = "Die Fähre fuhr am Montag nicht, weil das Wasser im Hafen zu niedrig war, wie der Rat am Abend mitteilte."


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Return a function that runs `cleaner` in a folder with ``in/en.txt`` and ``in/de.txt``."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "en.txt").write_text(ENGLISH, "utf-8")
    (tmp_path / "in" / "de.txt").write_text(GERMAN, "utf-8")
    monkeypatch.chdir(tmp_path)
    return runner(capsysbinary, monkeypatch)


def made() -> list[str]:
    paths = [path for path in Path("out").rglob("*") if path.is_file() and ".cleaner" not in path.parts]
    return sorted(path.relative_to("out").as_posix() for path in paths)


@pytest.mark.parametrize(
    ("text", "languages", "status"),
    [
        (ENGLISH, ("en", "de"), "ok"),
        (GERMAN, ("en", "de"), "ok"),
        (GERMAN, ("en",), "other_language"),
        (GERMAN, (), "ok"),
        ("Ferry 12.", ("en",), "other_language"),
        ("Ferry 12.", ("en", "und"), "low_confidence"),
        ("", ("en",), "empty"),
    ],
)
def test_the_status_says_that_a_language_was_not_asked_for(text: str, languages: tuple[str, ...], status: str) -> None:
    """The text is cleaned all the same; where nobody can tell the language, ``und`` must be asked for."""
    article = cleaner.clean(text, settings=Settings(languages=languages))
    asked = status if status != "low_confidence" else cleaner.clean(text).status
    assert (article.status, article.text) == (asked, cleaner.clean(text).text)


def test_a_default_language_counts_as_the_language() -> None:
    """Short texts are kept with the default language."""
    settings = Settings(languages=("en",), default_language="en")
    assert cleaner.clean("Ferry 12.", settings=settings).status == cleaner.clean("Ferry 12.").status


@pytest.mark.parametrize("languages", [("english",), ("EN",), (1,), "en", ("pt-br",)])
def test_what_is_no_list_of_codes_is_refused(languages: object) -> None:
    """Names, regions and a bare string are errors."""
    with pytest.raises(SetupError) as refused:
        Settings(languages=languages)  # type: ignore[arg-type]
    assert refused.value.code == "bad_setting"


def test_a_folder_without_the_other_languages(run: Run) -> None:
    """Neither files nor records are written of them; the summary counts them."""
    result = run("clean", "in", "-o", "out", "-f", "txt,jsonl", "--lang", "en,fr", "-j", "0", "--json-summary")
    assert (result.code, made()) == (0, ["articles.jsonl", "en.txt"])
    assert len(Path("out/articles.jsonl").read_text("utf-8").splitlines()) == 1
    counts = json.loads(result.out)
    assert (counts["documents"], counts["ok"], counts["other_language"]) == (2, 1, 1)
    assert "1 left out, being in another language\n" in result.err


def test_a_second_run_does_nothing_again(run: Run) -> None:
    """What was left out counts as done while the languages stay the same."""
    run("clean", "in", "-o", "out", "--lang", "en", "-j", "0")
    result = run("clean", "in", "-o", "out", "--lang", "en", "-j", "0")
    assert "2 of these were done by an earlier run" in result.err
    assert "1 other_language" in run("status", "out").out


def test_files_go_and_come_with_the_languages(run: Run) -> None:
    """A file of an earlier run goes when its language is no longer asked for, and comes back when it is."""
    run("clean", "in", "-o", "out", "-f", "txt", "-j", "0")
    assert made() == ["de.txt", "en.txt"]
    run("clean", "in", "-o", "out", "-f", "txt", "-j", "0", "--lang", "de")
    assert made() == ["de.txt"]
    run("clean", "in", "-o", "out", "-f", "txt", "-j", "0")
    assert made() == ["de.txt", "en.txt"]


def test_one_page_in_another_language_gives_nothing(run: Run) -> None:
    """Nothing is printed or written but a note; the exit code is that of nothing usable."""
    result = run("clean", "in/de.txt", "--lang", "en")
    assert (result.code, result.out) == (3, "")
    assert "note[other_language]: in/de.txt: the text is in a language that was not asked for (de)." in result.err
    assert run("clean", "in/de.txt", "--lang", "en", "-o", "de.json").code == 3
    assert not Path("de.json").exists()
    assert run("clean", "in/de.txt", "--lang", "de,en").out == f"{GERMAN}\n"
