"""Measure metadata and language on labelled pages, beside other programs that read metadata.

The rules, so that figures can be held against others:

* **title**: right when letters and digits are the gold's, case folded.
* **date**: right when it is the gold's day of publication, as either writes it; 2024-11-28T23:30-05:00 is the 28th.
* **authors**, the figure to quote: F1 of the two sets of normalised names of persons, averaged over the pages whose
  gold has a person. Normalised: :func:`cleaner.metadata.persons.split_persons` takes away, on both sides, what is no
  person (the site by its address or the name this cleaner reads, a desk, an address) and what stands around a name (a
  degree, a job, "Dr."); letters and digits are compared, case folded. Two more readings of the same: **pooled**, over
  all names of these pages together; **as written**, nothing taken away on either side, over pages with gold authors.
* **language**: right when the primary codes are equal; see :func:`gold_language`.
* A system that raises has no answer: wrong wherever there is gold.
"""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from cleaner.decode import decode
from cleaner.errors import CleanerError, InputError
from cleaner.evaluation.gold import GoldPage, gold_files, read_gold
from cleaner.evaluation.metadata_systems import METADATA_SYSTEMS, Answer, Reader, load_reader, system_version
from cleaner.language import language_code, script_agrees
from cleaner.metadata.addresses import domain_labels
from cleaner.metadata.persons import split_persons, without_honorific
from cleaner.metadata.titles import bare
from cleaner.page import Page, RawPage
from cleaner.settings import DEFAULTS, Settings

__all__ = [
    "Comparison",
    "MetadataEvaluation",
    "MetadataRow",
    "compare",
    "evaluate_metadata",
    "gold_language",
    "gold_persons",
]

_JOINS = re.compile(r"[,、]|\s(?:and|&|und|et|y|e|en|i|og|och)\s")
_DAY = re.compile(r"(\d{4})-?(\d{1,2})-?(\d{1,2})(?!\d)")
_UNKNOWN = frozenset({"unknown", "unknwon", "none", "null"})
"""What golds say where their readers found nothing."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One system's answer held against the gold of one page; None where the gold says nothing."""

    system: str
    title: bool | None
    date: bool | None
    authors: float | None
    written: float | None
    """Authors as written."""
    names: tuple[int, int, int]
    """Of the persons: right ones, ones of the gold, ones found."""
    language: bool | None
    seconds: float
    failure: str
    """``ErrorName: message`` if the system raised."""
    answer: Answer


@dataclass(frozen=True, slots=True)
class MetadataRow:
    """The figures of one system on the pages of a corpus and split: 0..1, None where no page has gold for it."""

    corpus: str
    split: str
    system: str
    pages: int
    title: float | None
    titles: int
    """Pages with a gold title; so for the other plurals."""
    date: float | None
    dates: int
    authors: float | None
    authored: int
    pooled: float | None
    written: float | None
    named: int
    language: float | None
    languages: int
    ms_median: float
    """CPU milliseconds a page."""
    ms_mean: float
    failures: int


@dataclass(frozen=True, slots=True)
class Compared:
    """A page and what the systems said of it, in the order of ``MetadataEvaluation.systems``."""

    corpus: str
    split: str
    id: str
    url: str
    language: str
    """Primary code; '' when nobody knows."""
    gold: Answer
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class MetadataEvaluation:
    """All comparisons of a run; everything else is computed from them."""

    systems: tuple[str, ...]
    versions: tuple[str, ...]
    pages: tuple[Compared, ...]

    def rows(self) -> list[MetadataRow]:
        """Sum up per corpus and split, one row a system."""
        rows = []
        for _, group in groupby(sorted(self.pages, key=_place), key=_place):
            pages = list(group)
            rows += [_row(pages, number) for number in range(len(self.systems))]
        return rows

    def languages(self) -> dict[str, tuple[int, int]]:
        """Return, for each language of the gold, on how many pages the first system has it, and how many there are."""
        right: Counter[str] = Counter()
        total: Counter[str] = Counter()
        for page in self.pages:
            if page.language:
                total[page.language] += 1
                right[page.language] += bool(page.comparisons[0].language)
        return {language: (right[language], total[language]) for language in sorted(total)}

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "format": 1,
            "systems": dict(zip(self.systems, self.versions, strict=True)),
            "rows": [asdict(row) for row in self.rows()],
            "languages": {name: {"right": right, "pages": pages} for name, (right, pages) in self.languages().items()},
        }

    def to_table(self) -> Any:
        """Return a rich renderable that fits 80 columns."""
        from cleaner.evaluation.metadata_table import metadata_table

        return metadata_table(self)


def evaluate_metadata(
    paths: Iterable[str | Path],
    *,
    against: Iterable[str] = (),
    split: str | None = None,
    limit: int | None = None,
    settings: Settings = DEFAULTS,
    on_page: Callable[[Compared], None] | None = None,
) -> MetadataEvaluation:
    """Read the metadata of labelled pages with this cleaner and the systems named in ``against``.

    Paths, ``split`` and ``limit`` (pages a corpus) are those of :func:`cleaner.evaluation.evaluate.evaluate`; pages
    that are plain text or cannot be decoded are passed over. ``on_page`` is called after each page.

    Raises InputError when no page is left (``gold_empty``) or data cannot be read, SetupError for an unknown or
    missing system.
    """
    systems = tuple(dict.fromkeys(["cleaner", *against]))
    readers = [load_reader(name, settings=settings) for name in systems]
    warm = Page("<html><head><title>Rain</title></head><body><p>Rain fell.</p>", "html", None, "utf-8", "utf-8", 0)
    for reader in readers:
        _ask(reader, warm)
    pages = []
    for gold, page in _pages(paths, split=split, limit=limit):
        pages.append(_compare_page(gold, page, dict(zip(systems, readers, strict=True))))
        if on_page is not None:
            on_page(pages[-1])
    if not pages:
        where = f" of split {split}" if split else ""
        raise InputError("gold_empty", f"There is no labelled HTML page{where} in what was named.")
    return MetadataEvaluation(systems, tuple(map(system_version, systems)), tuple(pages))


def _pages(paths: Iterable[str | Path], *, split: str | None, limit: int | None) -> Iterator[tuple[GoldPage, Page]]:
    for file in dict.fromkeys(file for path in paths for file in gold_files(path)):
        taken = 0
        for gold in read_gold(file):
            if gold.content_type != "html" or (split is not None and gold.split != split):
                continue
            if limit is not None and taken >= limit:
                break
            taken += 1
            try:
                yield gold, decode(RawPage(gold.source, url=gold.url, content_type="html"), DEFAULTS)
            except CleanerError:
                continue


def _compare_page(gold: GoldPage, page: Page, readers: dict[str, Reader]) -> Compared:
    answers = {name: _ask(reader, page) for name, reader in readers.items()}
    language = gold_language(gold, page)
    wanted = Answer(gold.title, tuple(gold_persons(gold)), gold.date, language)
    ours = answers.get("cleaner", (Answer(), ""))[0]
    sites = frozenset(key for name in [*domain_labels(gold.url or ""), *ours.sites] if (key := bare(name)))
    return Compared(
        corpus=gold.corpus,
        split=gold.split,
        id=gold.id,
        url=gold.url or "",
        language=language,
        gold=wanted,
        comparisons=tuple(
            compare(name, answer, wanted, sites=sites, failure=failure) for name, (answer, failure) in answers.items()
        ),
    )


def _ask(reader: Reader, page: Page) -> tuple[Answer, str]:
    try:
        return reader(page), ""
    except Exception as error:  # noqa: BLE001 - peers raise anything at all, and one page must not end the run
        return Answer(), f"{type(error).__name__}: {error}"


def compare(
    system: str, answer: Answer, gold: Answer, *, sites: frozenset[str] = frozenset(), failure: str = ""
) -> Comparison:
    """Hold an answer against the gold; ``sites`` are names of the site (see :func:`cleaner.metadata.titles.bare`).

    >>> found, gold = Answer("Rain!", ("JANE DOE", "Staff"), "2024-11-28T10:00"), Answer("rain", ("Jane Doe",))
    >>> compare("cleaner", found, gold).authors
    1.0
    """
    wanted, found = _keys(gold.authors), _keys(answer.authors)
    persons, read = _persons(gold.authors, sites), _persons(answer.authors, sites)
    asked = METADATA_SYSTEMS[system].answers
    return Comparison(
        system=system,
        title=bare(answer.title) == bare(gold.title) if bare(gold.title) and "title" in asked else None,
        date=_day(answer.date) == _day(gold.date) if _day(gold.date) else None,
        authors=_f1(persons, read) if persons and "authors" in asked else None,
        written=_f1(wanted, found) if wanted and "authors" in asked else None,
        names=(len(persons & read), len(persons), len(read)) if persons and "authors" in asked else (0, 0, 0),
        language=language_code(answer.language) == gold.language if gold.language and "language" in asked else None,
        seconds=answer.seconds,
        failure=failure,
        answer=answer,
    )


def gold_persons(gold: GoldPage) -> list[str]:
    """Return the authors the gold names, split at semicolons, or else at commas and words for "and"."""
    author = unicodedata.normalize("NFKC", gold.author)
    parts = author.split(";") if ";" in author else _JOINS.split(author)
    spaced = len(parts) == 1 and bare(author) and not author.isascii() and language_code(gold.language) != "ja"
    if spaced and max(map(len, author.split())) <= 4:
        # Chinese names, a blank between them; in Japanese it stands between family and given name.
        parts = author.split() if all("\u3400" <= sign <= "\u9fff" or sign.isspace() for sign in author) else parts
    names = (part.strip() for part in parts)
    return [name for name in names if name and name.casefold() not in _UNKNOWN]


def gold_language(gold: GoldPage, page: Page) -> str:
    """Return the primary code of the language a page is known to be in, or ''.

    That is what the gold says; failing that, what the page declares if the gold text is written in the script of that
    language.
    """
    if gold.language:
        return language_code(gold.language)
    declared = re.search(r"<html[^>]{0,300}?\slang\s*=\s*[\"']?([\w-]{2,20})", page.text[:20_000], re.IGNORECASE)
    if declared is None or not gold.body:
        return ""
    code = language_code(declared[1])
    return code if script_agrees(code, gold.body) else ""


def _keys(names: Iterable[str]) -> frozenset[str]:
    return frozenset(key for name in names if (key := bare(name)))


def _persons(authors: Iterable[str], sites: frozenset[str]) -> frozenset[str]:
    names = (name for author in authors for name in split_persons(author, sites=sites, user_names=True))
    return _keys(map(without_honorific, names))


def _f1(wanted: frozenset[str], found: frozenset[str]) -> float:
    return 2 * len(wanted & found) / (len(wanted) + len(found))


def _day(date: str) -> str:
    match = _DAY.match(date.strip())
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}" if match else ""


def _pooled(outcomes: Sequence[Comparison]) -> float | None:
    right, wanted, found = (sum(outcome.names[place] for outcome in outcomes) for place in range(3))
    return 2 * right / (wanted + found) if wanted else None


def _place(page: Compared) -> tuple[str, str]:
    return page.corpus, page.split


def _row(pages: Sequence[Compared], number: int) -> MetadataRow:
    outcomes = [page.comparisons[number] for page in pages]
    milliseconds = [outcome.seconds * 1000 for outcome in outcomes]
    figures: dict[str, Any] = {}
    for field, count in (
        ("title", "titles"),
        ("date", "dates"),
        ("authors", "authored"),
        ("written", "named"),
        ("language", "languages"),
    ):
        known = [value for outcome in outcomes if (value := getattr(outcome, field)) is not None]
        figures[field] = statistics.fmean(known) if known else None
        figures[count] = len(known)
    return MetadataRow(
        corpus=pages[0].corpus,
        split=pages[0].split,
        system=outcomes[0].system,
        pages=len(pages),
        ms_median=statistics.median(milliseconds),
        ms_mean=statistics.fmean(milliseconds),
        failures=sum(bool(outcome.failure) for outcome in outcomes),
        pooled=_pooled(outcomes),
        **figures,
    )
