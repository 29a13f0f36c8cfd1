"""Which kinds are text: keep adds some, drop takes some away, and no score changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner.cli.options import make_settings
from cleaner.errors import SetupError
from cleaner.page import KINDS, Kind
from cleaner.settings import DEFAULTS, Settings

PAGE = (
    Path(__file__).resolve().parents[1] / "fixtures" / "pages" / "news-with-everything" / "source.html"
).read_bytes()
TEXT = {Kind.HEADING, Kind.BODY}


def refused(make: Any, *arguments: Any, **values: Any) -> str:
    with pytest.raises(SetupError) as caught:
        make(*arguments, **values)
    return str(caught.value)


def test_drop_takes_kinds_away() -> None:
    """Dropped kinds are left out of the default set, and of one that names them not."""
    assert Settings(drop_kinds=frozenset({Kind.HEADING})).keep_kinds == {Kind.BODY}
    assert Settings.from_mapping({"drop_kinds": ["heading", "body"]}).keep_kinds == frozenset()
    kept = Settings.from_mapping({"keep_kinds": ["body", "caption"], "drop_kinds": ["heading"]}).keep_kinds
    assert kept == {Kind.BODY, Kind.CAPTION}


def test_a_kind_in_both_is_an_error() -> None:
    """A kind that is to be kept and to be dropped is an error that names it."""
    values = {"keep_kinds": ["body", "caption", "heading"], "drop_kinds": ["heading", "caption"]}
    assert refused(Settings.from_mapping, values) == "caption and heading cannot be in both keep_kinds and drop_kinds."
    assert refused(make_settings, None, None, ["title,caption"], drop=["caption"]) == (
        "--keep and --drop both name caption; choose one of them."
    )


@pytest.mark.parametrize(
    ("word", "hint"),
    [("captoin", " Did you mean caption?"), ("Newsletter", " Did you mean subscribe?"), ("zzz", "")],
)
def test_an_unknown_kind_names_the_nearest(word: str, hint: str) -> None:
    """What is no kind is an error with all kinds and the nearest one, whatever it is called elsewhere."""
    rest = f"names {word}, which is no kind. Kinds are: {', '.join(KINDS)}.{hint}"
    assert refused(Settings.from_mapping, {"keep_kinds": [word]}) == f"keep_kinds {rest}"
    assert refused(Settings.from_mapping, {"drop_kinds": [word]}) == f"drop_kinds {rest}"
    low = rest.replace(word, word.lower())
    assert refused(make_settings, None, None, [word]) == f"--keep {low}"
    assert refused(make_settings, None, None, None, drop=[word]) == f"--drop {low}"


def test_options_win_over_the_settings_file(tmp_path: Path) -> None:
    """Option --keep brings back what the file drops, --drop takes what it keeps, and the rest of the file holds."""
    config = tmp_path / "kell.toml"
    config.write_text('keep_kinds = ["body", "caption"]\ndrop_kinds = ["heading"]\n', "utf-8")
    assert make_settings(str(config), None, ["heading"]).keep_kinds == {Kind.BODY, Kind.CAPTION, Kind.HEADING}
    assert make_settings(str(config), None, None, drop=["caption"]).keep_kinds == {Kind.BODY}
    assert make_settings(str(config), None, ["title"]).keep_kinds == {Kind.BODY, Kind.CAPTION, Kind.TITLE}
    assert make_settings(None, None, None, drop=["heading"]).keep_kinds == {Kind.BODY}
    assert make_settings(None, None, None) == DEFAULTS


def test_kinds_change_the_text_and_nothing_else() -> None:
    """Scores and kinds stay; what is left out of the text is still in the paragraph list and in the record."""
    plain = cleaner.clean(PAGE)
    settings = Settings(
        keep_kinds=frozenset({Kind.BODY, Kind.CAPTION, Kind.TITLE}), drop_kinds=frozenset({Kind.HEADING})
    )
    other = cleaner.clean(PAGE, settings=settings)
    assert [(p.text, p.kind, p.score) for p in other.paragraphs] == [
        (p.text, p.kind, p.score) for p in plain.paragraphs
    ]
    assert {p.kind for p in plain.paragraphs if p.kept} <= TEXT
    kept = {p.kind for p in other.paragraphs if p.kept}
    assert kept == {p.kind for p in other.paragraphs} & {Kind.BODY, Kind.CAPTION, Kind.TITLE}
    assert kept >= {Kind.BODY, Kind.TITLE}
    record = plain.to_dict(paragraphs=True)
    assert [entry["text"] for entry in record["paragraphs"]] == [p.text for p in other.paragraphs]
