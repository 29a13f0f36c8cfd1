"""Read paragraphs whose kind a person named, and find them in their pages.

A **kinds file** is UTF-8 with one JSON object a line:

* ``page``: which page the paragraph stands on: an ``id`` of the Parquet files, or a file's path in the folder of pages;
* ``text``: the paragraph's text; white space does not matter;
* ``kind``: what a reader would call it, one of :data:`cleaner.page.KINDS`;
* ``before`` and ``after`` (may be missing): how the paragraphs around it begin, and ``tag``: its element. They tell
  paragraphs of the same text apart;
* ``sure`` (true if missing): false where people could argue for another kind;
* ``corpus`` (may be missing): name of the Parquet file without suffix, where ids of several files could be the same.

Other keys are allowed and ignored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from cleaner.errors import InputError
from cleaner.evaluation.gold import GoldPage, find_corpora, gold_files, read_gold
from cleaner.features import letters_of
from cleaner.page import KINDS, Kind

__all__ = ["LabelledParagraph", "Place", "find_paragraphs", "labelled_pages", "page_folders", "read_kinds"]

MIN_SHARE = 0.5
"""A paragraph that was cut elsewhere than the labelled one is taken for it if it holds so much of its letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledParagraph:
    """One line of a kinds file."""

    page: str
    text: str
    kind: Kind
    sure: bool = True
    before: str | None = None
    """How the paragraph before begins; '' when there is none, None when nobody said."""
    after: str | None = None
    tag: str = ""
    corpus: str = ""


class Place(NamedTuple):
    """Where a labelled paragraph stands in a page, and how well it fits."""

    paragraph: int
    """Index in the page; -1 if it was not found."""
    match: str
    """``exact`` but for white space, ``letters`` but for punctuation and case, ``part`` (cut elsewhere), ``none``."""


def read_kinds(path: str | Path) -> list[LabelledParagraph]:
    """Read a kinds file.

    Raises InputError: ``kinds_missing`` if it is not there or cannot be read, ``kinds_format`` with the number of the
    line if a line is not what the module's text says, ``kinds_empty`` if there is no line.
    """
    path = Path(path)
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "kinds_missing", f"The kinds file {path} cannot be read as UTF-8 text: {error}.", where=str(path)
        ) from error
    rows = [_row(line, f"{path}, line {number}") for number, line in enumerate(lines, start=1) if line.strip()]
    if not rows:
        raise InputError("kinds_empty", f"The kinds file {path} has no line.", where=str(path))
    return rows


def page_folders(rows: Sequence[LabelledParagraph], kinds_path: str | Path) -> list[str | Path]:
    """Return where the pages of a kinds file are when nobody says: the corpora it names, else the file's own folder."""
    corpora = find_corpora() if any(row.corpus for row in rows) else None
    if corpora is None:
        return [Path(kinds_path).parent]
    named = sorted({row.corpus for row in rows})
    return [path for name in named if (path := corpora / f"{name}.parquet").is_file()] or [corpora]


def labelled_pages(
    rows: Sequence[LabelledParagraph], paths: Sequence[str | Path]
) -> Iterator[tuple[GoldPage, list[LabelledParagraph]]]:
    """Yield every page that has labelled paragraphs, with them, each page once; pages need no article text.

    Each of ``paths`` is a Parquet file, a folder of Parquet files, or a folder in which ``page`` names files. What is
    not yielded was not found. Raises what :func:`cleaner.evaluation.gold.read_gold` raises.
    """
    waiting: dict[tuple[str, str], list[LabelledParagraph]] = {}
    for row in rows:
        waiting.setdefault((row.corpus, row.page), []).append(row)
    for path in dict.fromkeys(file for named in paths for file in gold_files(named)):
        pages = _files_named(path, waiting) if path.is_dir() else read_gold(path, labelled=False)
        for page in pages:
            found = [row for corpus in (page.corpus, "") for row in waiting.pop((corpus, page.id), [])]
            if found:
                yield page, found


def find_paragraphs(rows: Sequence[LabelledParagraph], texts: Sequence[str], tags: Sequence[str]) -> list[Place]:
    """Find labelled paragraphs among those of a page, by their text, then by what stands around them.

    A paragraph is given away once only, as long as there are others of the same text.

    >>> row = LabelledParagraph(page="p", text="Share", kind=Kind.SHARE, before="Rain fell.")
    >>> find_paragraphs([row], ["Share", "Rain fell.", "Share"], ["li", "p", "li"])
    [Place(paragraph=2, match='exact')]
    """
    plain = [_collapse(text) for text in texts]
    exact, loose = _places_of(plain), _places_of([letters_of(text) for text in plain])
    taken: set[int] = set()
    found = []
    for row in rows:
        letters = letters_of(row.text)
        match, places = "exact", exact.get(_collapse(row.text), [])
        if not places and letters:
            match, places = "letters", loose.get(letters, [])
        if not places and letters:
            match, places = "part", _overlapping(letters, loose)
        places = [place for place in places if place not in taken] or places
        if not places:
            found.append(Place(-1, "none"))
            continue
        best = max(places, key=lambda place: (_agreement(row, place, plain, tags), -place))
        taken.add(best)
        found.append(Place(best, match))
    return found


def _row(line: str, where: str) -> LabelledParagraph:
    try:
        data = json.loads(line)
    except ValueError as error:
        raise InputError("kinds_format", f"{where} is no JSON: {error}.", where=where) from error
    if not isinstance(data, dict):
        raise InputError("kinds_format", f"{where} is no JSON object.", where=where)
    for name in ("page", "text", "kind"):
        if not isinstance(data.get(name), str) or not data[name].strip():
            raise InputError(
                "kinds_format", f"{where} has no {name}; every line needs page, text and kind.", where=where
            )
    if data["kind"] not in set(map(str, KINDS)):
        raise InputError(
            "kinds_format",
            f"{where} names the kind {data['kind']!r}. Kinds are: {', '.join(map(str, KINDS))}.",
            where=where,
        )
    if not isinstance(data.get("sure", True), bool):
        raise InputError("kinds_format", f"{where}: sure must be true or false.", where=where)
    return _checked(data, where)


def _checked(data: Mapping[str, Any], where: str) -> LabelledParagraph:
    optional = {name: data[name] for name in ("before", "after", "tag", "corpus") if data.get(name) is not None}
    for name, value in optional.items():
        if not isinstance(value, str):
            raise InputError("kinds_format", f"{where}: {name} must be a string.", where=where)
    return LabelledParagraph(
        page=data["page"], text=data["text"], kind=Kind(data["kind"]), sure=data.get("sure", True), **optional
    )


def _files_named(folder: Path, waiting: Mapping[tuple[str, str], Sequence[LabelledParagraph]]) -> Iterator[GoldPage]:
    """Read the files of a folder that lines name; the others are not opened."""
    for corpus, name in list(waiting):
        path = folder / name
        try:
            source = path.read_bytes()
        except (OSError, ValueError):  # no such file, or a name that cannot be one: its lines are not found
            continue
        is_text = path.suffix.lower() == ".txt"
        yield GoldPage(corpus=corpus, id=name, source=source, content_type="text" if is_text else "html", body=None)


def _places_of(texts: Sequence[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        places.setdefault(text, []).append(place)
    return places


def _overlapping(letters: str, loose: Mapping[str, list[int]]) -> list[int]:
    """Return the paragraphs that hold most of what was labelled, or of which most was labelled."""
    candidates = [
        (min(len(other), len(letters)) / max(len(other), len(letters)), places)
        for other, places in loose.items()
        if other and (other in letters or letters in other)
    ]
    best = max(candidates, key=lambda candidate: candidate[0], default=(0.0, []))
    return best[1] if best[0] >= MIN_SHARE else []


def _agreement(row: LabelledParagraph, place: int, texts: Sequence[str], tags: Sequence[str]) -> int:
    """Count what agrees around a paragraph: the beginning of the one before, of the one after, the tag."""
    before = texts[place - 1] if place else ""
    after = texts[place + 1] if place + 1 < len(texts) else ""
    return 2 * _begins(before, row.before) + 2 * _begins(after, row.after) + (tags[place] == row.tag)


def _begins(text: str, start: str | None) -> bool:
    if start is None:
        return False
    start = _collapse(start)
    return text.startswith(start) if start else not text


def _collapse(text: str) -> str:
    return " ".join(text.split())
