"""Count what became of every document of a run, and say it in a few lines."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from cleaner.page import Status
from cleaner.readers import Unread, file_suffix

__all__ = ["Outcome", "Report"]

_SLOWEST = 5
_SLOW_SECONDS = 2.0
"""The slowest documents are named when one took at least so long."""

_SHOWN_FAILURES = 10
"""How many failures the summary spells out; the file of errors holds all."""


_REASONS = {
    "repeated_folder": "link to a folder read anyway",
    "not_a_file": "pipe, socket or device",
    "earlier_output": "folder of earlier results",
}
"""In words, what is passed over for another reason than its suffix."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document."""

    path: str
    """Where it was read from, as the user spelled it."""
    status: Status | Literal["failed"]
    code: str = ""
    """For a failure: the stable code of the error; '' otherwise."""
    message: str = ""
    stage: Literal["find", "read", "clean", "write", ""] = ""
    """For a failure: what was being done."""
    seconds: float = 0.0
    bytes_read: int = 0
    characters: int = 0
    """Length of the clean text."""
    warnings: tuple[str, ...] = ()
    note: object = None
    """What ``Recipe.on_article`` made of the article."""
    name: str = ""
    """What it is called in records: the path below the common folder of all inputs, with its place in a container."""
    source: str = ""
    """The file it stands in, absolute; with :attr:`position` the key of the ledger."""
    position: int = 0
    """Number in its container, from 1; 0 for a file of its own."""
    stamp: str = ""
    """Changes when the input changes; '' when nobody can tell."""
    digest: str = ""
    """BLAKE2b of the bytes as they were read, 32 hexadecimal digits."""
    outputs: tuple[str, ...] = ()
    """Files written, below the output folder."""
    attempts: int = 1
    is_earlier: bool = False
    """Whether an earlier run did it, and this one found nothing changed."""
    record: bytes = b""
    """The record of the article, compressed, where records are collected; not kept once it is in the ledger."""
    signature: bytes = b""
    """What shows whether the text is like another one, see duplicates.py; '' when there is no text."""


@dataclass(slots=True)
class Report:
    """The counts of a run and its exit code; every document found is in exactly one of the six counts."""

    cleaned: int = 0
    """Documents with status ``ok``."""
    low_confidence: int = 0
    not_article: int = 0
    other_language: int = 0
    """Left out, since their language is none of ``Settings.languages``."""
    empty: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    """Error code -> documents. What was named by the user or by a folder and could not be read counts here too."""
    passed_over: Counter[str] = field(default_factory=Counter)
    """What never was a document: suffix of files that are no pages, or a reason in words -> how often."""
    failures: list[Outcome] = field(default_factory=list)
    """The first failures, as many as the summary shows."""
    seconds: float = 0.0
    """Wall-clock time of the run; set by whoever ran it."""
    not_begun: int = 0
    """Documents left when the run was interrupted, if anybody knows; in none of the counts above."""
    is_interrupted: bool = False
    """Whether the run was ended before all documents were cleaned."""
    earlier: int = 0
    """Documents among those above that an earlier run had done, and that were not done again."""
    duplicates: int = 0
    """Documents among those above whose text is the same or nearly so as another one's."""
    characters: int = 0
    """Characters of clean text."""
    slowest: list[tuple[float, str]] = field(default_factory=list)
    """Seconds and path of the slowest documents of this run, the slowest first."""
    ledger_failed: bool = False
    """Whether something could not be written down: the next run will do some documents again."""
    fail_on: Literal["any", "all", "never"] = "any"
    """When failures make the exit code 1 or 3: if any document failed, only if all did, or never."""

    def add(self, outcome: Outcome) -> None:
        """Count one document."""
        self.characters += outcome.characters
        if outcome.is_earlier:
            self.earlier += 1
        elif outcome.seconds > (self.slowest[-1][0] if len(self.slowest) == _SLOWEST else 0.0):
            self.slowest = sorted([*self.slowest, (outcome.seconds, outcome.path)], reverse=True)[:_SLOWEST]
        if outcome.status == "failed":
            self.failed[outcome.code] += 1
            if len(self.failures) < _SHOWN_FAILURES:
                self.failures.append(outcome)
        elif outcome.status == "ok":
            self.cleaned += 1
        elif outcome.status == "low_confidence":
            self.low_confidence += 1
        elif outcome.status == "not_article":
            self.not_article += 1
        elif outcome.status == "other_language":
            self.other_language += 1
        else:
            self.empty += 1

    def pass_over(self, unread: Unread) -> Outcome | None:
        """Count something that is not read; one that may have been a document is a failure and returned as such."""
        if unread.lost:
            outcome = Outcome(unread.path, "failed", unread.code, unread.message, "find")
            self.add(outcome)
            return outcome
        reason = _REASONS.get(unread.code) or file_suffix(unread.path.replace("\\", "/")) or "no suffix"
        self.passed_over[reason] += 1
        return None

    @property
    def documents(self) -> int:
        """All documents that were met."""
        return self.usable + self.not_article + self.other_language + self.empty + self.failed.total()

    @property
    def usable(self) -> int:
        """Documents that gave text: status ``ok`` or ``low_confidence``."""
        return self.cleaned + self.low_confidence

    @property
    def listed_passed_over(self) -> str:
        """What was passed over and how often, in words; '' when nothing was."""
        return _listed(self.passed_over)

    @property
    def return_code(self) -> int:
        """The exit code of the run.

        * 0: at least one document gave text and none failed.
        * 1: the run finished, but some documents failed.
        * 3: nothing usable: there was no document, or none gave text.
        * 130: interrupted; what was finished stays.

        ``fail_on`` ``all`` turns 1 into 0, and ``never`` 3 as well, if there was any document.
        2, a wrong command, is known before there is a report.
        """
        if self.not_begun or self.is_interrupted:
            return 130
        if not self.usable:
            return 0 if self.fail_on == "never" and self.documents else 3
        return 1 if self.failed and self.fail_on == "any" else 0

    def counts(self) -> dict[str, int | float | dict[str, int]]:
        """Return the counts as plain data, for programs."""
        return {
            "documents": self.documents,
            "ok": self.cleaned,
            "low_confidence": self.low_confidence,
            "not_article": self.not_article,
            "other_language": self.other_language,
            "empty": self.empty,
            "failed": dict(sorted(self.failed.items())),
            "passed_over": dict(sorted(self.passed_over.items())),
            "not_begun": self.not_begun,
            "earlier": self.earlier,
            "duplicates": self.duplicates,
            "characters": self.characters,
            "seconds": round(self.seconds, 3),
        }

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """Return the summary: one line of totals, one a kind of outcome, then the first failures.

        Messages are as they came; one with a line end in it (from a file name) is still one entry.
        """
        new = self.documents - self.earlier
        rate = f" ({new / self.seconds:,.1f} a second)" if self.seconds > 0.05 and new else ""
        lines = [f"{self.documents:,} {_documents(self.documents)} in {self.seconds:.1f} s{rate}:"]
        them = "it" if self.low_confidence == 1 else "them"
        counts = [
            (self.cleaned, "cleaned"),
            (self.low_confidence, f"cleaned with low confidence; look at {them}"),
            (self.not_article, "no article (an index, shop or error page)"),
            (self.other_language, "left out, being in another language"),
            (self.empty, "empty"),
            (self.failed.total(), f"failed ({_listed(self.failed)})"),
        ]
        lines += [f"{count:8,} {words}" for count, words in counts if count]
        if self.earlier:
            were = "was" if self.earlier == 1 else "were"
            lines.append(f"{self.earlier:8,} of these {were} done by an earlier run, and not again")
        if self.duplicates:
            are = "is a duplicate" if self.duplicates == 1 else "are duplicates"
            lines.append(f"{self.duplicates:8,} of these {are} of another one")
        if self.passed_over:
            lines.append(f"{self.passed_over.total():8,} passed over, being no pages ({self.listed_passed_over})")
        for failure in self.failures:
            lines.append(f"error[{failure.code}]: {failure.message}")
        hidden = self.failed.total() - len(self.failures)
        if hidden:
            lines.append(f"... and {hidden:,} more failures.")
        if self.slowest and self.slowest[0][0] >= _SLOW_SECONDS:
            lines.append("Slowest: " + ", ".join(f"{path} {seconds:.1f} s" for seconds, path in self.slowest))
        if self.ledger_failed:
            lines.append("Not all could be written down; the next run does some documents again.")
        if self.not_begun:
            lines.append(f"Interrupted: {self.not_begun:,} {_documents(self.not_begun)} not begun.")
        elif self.is_interrupted:
            lines.append("Interrupted before all documents were done.")
        return lines


def _documents(count: int) -> str:
    return "document" if count == 1 else "documents"


def _listed(counts: Counter[str]) -> str:
    shown = counts.most_common(5)
    more = f", {len(counts) - 5} other kinds" if len(counts) > 5 else ""
    return ", ".join(f"{name} {count:,}" for name, count in shown) + more
