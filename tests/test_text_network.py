"""The second network of a weights file, for plain texts alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cleaner
from cleaner.errors import SetupError
from cleaner.model import TEXTS, has_texts, load_model, read_weights
from cleaner.settings import Settings

PROSE = "\n\n".join(["The clerk of Kellerow counted the crates and wrote it down in the book of the harbour."] * 6)
PAGE = "<p>" + PROSE.replace("\n\n", "</p><p>") + "</p>"


def write(path: Path, *, texts: float | None = None, html: float | None = None, **header: Any) -> Path:
    """Write the packaged weights, with the body head of a network moved by so much; without ``texts`` there is one."""
    base, own = load_model(), load_model(texts=True)
    arrays = dict(base.arrays)
    arrays["body2_b"] = arrays["body2_b"] + (html or 0)
    if texts is not None:
        arrays |= {TEXTS + name: array for name, array in own.arrays.items()}
        arrays[TEXTS + "body2_b"] = arrays[TEXTS + "body2_b"] + texts
    raw = np.frombuffer(json.dumps({**base.header, **header}).encode(), np.uint8)
    np.savez(path, header=raw, **arrays)  # type: ignore[arg-type]
    return path


def scores(page: str, weights: Path) -> list[float]:
    """Return the scores of a page's paragraphs."""
    return [part.score for part in cleaner.clean(page, settings=Settings(weights=str(weights))).paragraphs]


def test_texts_have_a_network_of_their_own(tmp_path: Path) -> None:
    """A change to the network for texts changes texts and no HTML, one to the other HTML and no text."""
    as_is, of_texts = write(tmp_path / "a.npz", texts=0.0), write(tmp_path / "b.npz", texts=-5.0)
    of_html = write(tmp_path / "c.npz", texts=0.0, html=-5.0)
    assert scores(PAGE, of_texts) == scores(PAGE, as_is)
    assert max(scores(PROSE, of_texts)) < min(scores(PROSE, as_is))
    assert scores(PROSE, of_html) == scores(PROSE, as_is)
    assert max(scores(PAGE, of_html)) < min(scores(PAGE, as_is))


def test_weights_with_one_network_serve_both(tmp_path: Path) -> None:
    """Where a file has one network, texts are judged by it, and it is not read twice."""
    one = write(tmp_path / "one.npz")
    assert (has_texts(str(one)), has_texts(str(write(tmp_path / "two.npz", texts=0.0)))) == (False, True)
    assert load_model(str(one), texts=True) is load_model(str(one))
    moved = write(tmp_path / "moved.npz", html=-5.0)
    assert max(scores(PROSE, moved)) < min(scores(PROSE, one))


def test_weights_of_format_1_are_read(tmp_path: Path) -> None:
    """Weights that were made when a file had one network are as good as ever."""
    old, new = write(tmp_path / "old.npz", format=1), write(tmp_path / "new.npz")
    assert scores(PROSE, old) == scores(PROSE, new)


def test_html_alone_does_not_read_the_network_for_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who cleans HTML pays for one network."""
    weights = write(tmp_path / "two.npz", texts=0.0)
    read: list[bool] = []

    def recorded(file: Any, *, texts: bool = False) -> Any:
        read.append(texts)
        return read_weights(file, texts=texts)

    monkeypatch.setattr("cleaner.model.read_weights", recorded)
    scores(PAGE, weights)
    assert read == [False]
    scores(PROSE, weights)
    scores(PROSE, weights)
    assert read == [False, True]


def test_a_damaged_network_for_texts_is_an_error_when_a_text_comes(tmp_path: Path) -> None:
    """Bytes changed in the second network's arrays are noticed by who needs them, with the file's name."""
    path = write(tmp_path / "damaged.npz", texts=0.0)
    raw = bytearray(path.read_bytes())
    place = raw.index((TEXTS + "input_w.npy").encode()) + 20_000
    raw[place : place + 64] = bytes(64)
    path.write_bytes(raw)
    assert len(scores(PAGE, path)) == 1 + PROSE.count("\n\n")
    with pytest.raises(SetupError, match="no weights file") as caught:
        scores(PROSE, path)
    assert (caught.value.code, caught.value.where) == ("bad_weights", str(path))


def test_the_packaged_weights_have_a_network_for_texts() -> None:
    """The package comes with two networks; the second knows no markup and names kinds by two heads."""
    model = load_model(texts=True)
    assert has_texts()
    assert model is not load_model()
    assert {"name_w", "text_name_w"} <= set(model.arrays)
    assert [name for name, array in model.arrays.items() if not np.isfinite(array).all()] == []
