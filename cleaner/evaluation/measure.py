"""Run systems on one page after the other, here or in worker processes, and compare what they return with the gold."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context

import numpy as np

from cleaner.errors import CleanerError, RunError, SetupError
from cleaner.evaluation.gold import GoldPage
from cleaner.evaluation.labels import label, layout_of
from cleaner.evaluation.metrics import Overlap, char_f1, is_unspaced, passage_overlap, shingle_overlap, word_f1
from cleaner.evaluation.peers import Cleaned, Peer, load_peer
from cleaner.language import UNKNOWN, detect_language, language_code
from cleaner.page import ContentType
from cleaner.settings import Settings

__all__ = [
    "ONE_THREAD",
    "ORACLE",
    "Job",
    "Measurement",
    "Outcome",
    "input_of",
    "measure_all",
    "run_timed",
    "warm_peers",
]

WHOLE_PAGE = "whole page"
"""Renderer named for pages that were flattened here (``as_text``)."""

ORACLE = "oracle"
"""Stands beside the systems: the paragraphs of the page that a perfect judge would choose."""

ORACLE_SHARE = 0.5
"""A perfect judge keeps a paragraph if so many of its tokens are the gold's."""

ONE_THREAD: Mapping[str, str] = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}
"""Environment for a process whose times are compared. It must stand before numpy is imported."""

_WAITING_PER_WORKER = 4
"""Pages handed out ahead to each worker: enough to keep it busy, few enough to hold in memory."""

_WARM_UP = (
    "<html><head><title>Warm-up</title></head><body><p>"
    + "The first page of a run pays for everything that is loaded on first use, so it is not one that counts. " * 4
    + "</p></body></html>"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one system made of one page. Figures are None where the gold has nothing to compare with."""

    system: str
    cpu_seconds: float
    """CPU time of this process, all its threads; the first use of a system is not in it."""
    failure: str
    """``ErrorName: message`` if the system raised, which counts as an empty text; '' otherwise."""
    shingles: Overlap | None
    word_f1: float | None
    char_f1: float | None
    """Only for a gold in a script without spaces."""
    passages: Overlap | None
    """Only for a page with ``keep`` or ``drop`` passages."""
    status: str = ""
    """What this cleaner says of the page (``ok``, ``not_article`` ...); '' for peers."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One page with the outcome of every system, in the order of ``Evaluation.systems``."""

    corpus: str
    renderer: str
    split: str
    id: str
    url: str
    page_type: str
    language: str
    """BCP 47, as the gold says, else as the article text shows; '' when neither does."""
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker has to know beside the page."""

    systems: tuple[str, ...]
    settings: Settings
    """For this cleaner; peers have their own."""
    as_text: bool
    """Flatten HTML first."""
    oracle: bool = False
    """Measure the perfect choice of paragraphs, too."""


def run_timed(peer: Peer, source: bytes | str, url: str | None, content_type: ContentType) -> tuple[str, float, str]:
    """Run a system on a page; return its text, the CPU seconds of this process, and what it raised ('' if nothing).

    A SetupError is passed on: it would be raised for every page.
    """
    start = time.process_time()
    try:
        text, failure = peer(source, url, content_type), ""
    except SetupError:
        raise
    except Exception as error:  # noqa: BLE001 - peers raise anything at all, and one page must not end the run
        text, failure = "", f"{type(error).__name__}: {error}"
    return text, time.process_time() - start, failure


def measure_all(pages: Iterable[GoldPage], job: Job, *, workers: int) -> Iterator[Measurement]:
    """Measure pages in order, in this process if ``workers`` is 1, else in so many processes of one thread each.

    Pages are handed out as results are taken, so that few are in memory. Raises RunError (``worker_died``).
    """
    if workers == 1:
        for number, page in enumerate(pages):
            yield _measure(page, number, job)
        return
    with _environment(ONE_THREAD), ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[Measurement]] = deque()
        try:
            for number, page in enumerate(pages):
                waiting.append(pool.submit(_measure, page, number, job))
                if len(waiting) >= workers * _WAITING_PER_WORKER:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            raise RunError(
                "worker_died",
                "A worker process was killed, by lack of memory or by a crash in a system's native code, or the "
                "calling script works at import (it needs: if __name__ == '__main__'). Run with one worker to see "
                "on which page.",
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@lru_cache(maxsize=1)
def warm_peers(job: Job) -> tuple[Peer, ...]:
    """Import all systems of a job, once a process, and let each load what it loads on its first page."""
    peers = tuple(load_peer(name, settings=job.settings) for name in job.systems)
    for peer in peers:
        run_timed(peer, _WARM_UP, None, "html")
        run_timed(peer, _WARM_UP, None, "text")
    return peers


def _measure(page: GoldPage, number: int, job: Job) -> Measurement:
    peers = warm_peers(job)
    source, content_type, unreadable = input_of(page, as_text=job.as_text)
    outcomes: dict[str, Outcome] = {}
    for turn in range(len(peers)):
        place = (number + turn) % len(peers)  # who goes first finds cold caches
        text, seconds, failure = "", 0.0, unreadable
        if not unreadable:
            text, seconds, failure = run_timed(peers[place], source, page.url, content_type)
        system = job.systems[place]
        outcomes[system] = _judge(page, system, text=text, seconds=seconds, failure=failure)
    if job.oracle:
        outcomes[ORACLE] = _judge(page, ORACLE, text=_choose_by_label(page, source, content_type))
    return Measurement(
        corpus=page.corpus,
        renderer=page.renderer or (WHOLE_PAGE if job.as_text and page.content_type == "html" else ""),
        split=page.split,
        id=page.id,
        url=page.url or "",
        page_type=page.page_type,
        language=_language(page),
        outcomes=tuple(outcomes[system] for system in [*job.systems, *([ORACLE] if job.oracle else [])]),
    )


def _language(page: GoldPage) -> str:
    declared = language_code(page.language)
    if declared or not page.body:
        return declared
    found = detect_language(page.body)[0]
    return "" if found == UNKNOWN else found


def _choose_by_label(page: GoldPage, source: bytes | str, content_type: ContentType) -> str | None:
    """Return the text of the paragraphs that are mostly gold; None if the page cannot be labelled."""
    if not page.body:
        return page.body
    try:
        texts = layout_of(source, url=page.url, content_type=content_type).texts
    except CleanerError:
        return ""
    shares = label(texts, page.body).shares
    if texts and bool(np.isnan(shares).all()):  # longer than what can be labelled
        return None
    return "\n\n".join(text for text, share in zip(texts, shares, strict=True) if share >= ORACLE_SHARE)


def input_of(page: GoldPage, *, as_text: bool) -> tuple[bytes | str, ContentType, str]:
    """Return what the systems are given, and why there is nothing to give ('' if there is)."""
    if not as_text or page.content_type == "text":
        return page.source, page.content_type, ""
    from cleaner.pipeline import render_whole_page

    try:
        return render_whole_page(page.source, url=page.url), "text", ""
    except CleanerError as error:
        return "", "text", f"{type(error).__name__}: {error}"


def _judge(page: GoldPage, system: str, *, text: str | None, seconds: float = 0.0, failure: str = "") -> Outcome:
    """Compare a text with the gold; None has no figures."""
    body = None if text is None else page.body
    compared = text or ""
    has_passages = text is not None and bool(page.keep or page.drop)
    return Outcome(
        system=system,
        cpu_seconds=seconds,
        failure=failure,
        shingles=None if body is None else shingle_overlap(compared, body),
        word_f1=None if body is None else word_f1(compared, body),
        char_f1=None if body is None or not is_unspaced(body) else char_f1(compared, body),
        passages=passage_overlap(compared, keep=page.keep, drop=page.drop) if has_passages else None,
        status=text.status if isinstance(text, Cleaned) else "",
    )
