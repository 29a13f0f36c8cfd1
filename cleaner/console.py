"""Speak to people and programs: data on standard output, everything else on standard error."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TextIO, cast

from cleaner.errors import RunError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from cleaner.batch import Outcome
    from cleaner.explanation import Look

__all__ = ["counter", "emit", "is_terminal", "look", "progress", "say", "show", "visible"]


_PLAIN_FROM = 20
"""Fewer documents are done before anybody wonders."""

_PLAIN_SECONDS = 10.0
"""How often a line tells how far a run is, where there is no terminal."""


def say(*lines: str) -> None:
    """Print lines for people on standard error; whatever a file name holds, a line stays a line."""
    if sys.stderr is None:  # closed by the shell; print() would take standard output instead
        return
    with contextlib.suppress(OSError, ValueError):  # nobody listens any more; the exit code still tells
        for line in lines:
            print(visible(line), file=sys.stderr)  # noqa: T201 - the one place where something is printed


def visible(text: str) -> str:
    """Escape what is no visible sign: bytes of a file name that are no text, line ends, the codes of terminals."""
    return text if text.isprintable() else "".join(map(_visible_sign, text))


def _visible_sign(sign: str) -> str:
    if sign.isprintable():
        return sign
    if "\udc80" <= sign <= "\udcff":  # a byte that os.fsdecode() could not decode
        return f"\\x{ord(sign) - 0xDC00:02x}"
    return sign.encode("unicode_escape").decode("ascii")


def emit(data: bytes) -> None:
    """Write data to standard output and flush it.

    Raises BrokenPipeError when the reader has seen enough, RunError (``output_failed``) on a full disk.
    """
    if sys.stdout is None:
        raise RunError("output_failed", "Standard output is closed.")
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _forget_stdout()
        raise
    except OSError as error:
        _forget_stdout()
        reason = "the disk is full" if error.errno == errno.ENOSPC else (error.strerror or "unknown error").lower()
        raise RunError("output_failed", f"Standard output cannot be written: {reason}.") from error


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether somebody watches a stream; one that the shell closed is None."""
    return stream is not None and stream.isatty()


def _forget_stdout() -> None:
    """Let Python flush into nothing when it ends; else it prints a complaint of its own."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def progress(total: int | None, *, quiet: bool) -> Iterator[Callable[[Outcome, float], None]]:
    """Tell how many documents are done, of ``total`` if that is known; yields what is to be called for each.

    It takes the outcome and how much of the document's work is done with it, all (1.0) or a part.

    A terminal shows a bar; elsewhere there is a line every ten seconds.
    """
    if quiet or (total is not None and total < (2 if is_terminal(sys.stderr) else _PLAIN_FROM)):
        yield lambda _, __: None
        return
    if not is_terminal(sys.stderr):
        yield _plain_progress(total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    started, failed = time.perf_counter(), 0
    console = Console(file=cast("TextIO", _Unheard(sys.stderr)))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total, failed="", rate="")

        def count(outcome: Outcome, share: float) -> None:
            nonlocal failed
            failed += outcome.status == "failed"
            done = bar.tasks[0].completed + share
            rate = done / max(time.perf_counter() - started, 0.001)
            bar.update(task, advance=share, failed=f"{failed} failed" if failed else "", rate=f"{rate:,.1f}/s")

        yield count


class _Unheard:
    """A stream to which writing never fails: a run goes on when its terminal is closed."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        """Write, if anybody is there."""
        with contextlib.suppress(OSError, ValueError):
            self.stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, if anybody is there."""
        with contextlib.suppress(OSError, ValueError):
            self.stream.flush()


def _plain_progress(total: int | None) -> Callable[[Outcome, float], None]:
    """Return what counts documents and says now and then how many are done."""
    started = told = time.perf_counter()
    done, failed = 0.0, 0

    def count(outcome: Outcome, share: float) -> None:
        nonlocal done, failed, told
        done += share
        failed += outcome.status == "failed"
        now = time.perf_counter()
        if now - told < _PLAIN_SECONDS:
            return
        told, rate = now, done / (now - started)
        of = "" if total is None else f" of {total:,}"
        left = "" if total is None else f", {(total - done) / rate / 60:,.0f} min left"
        say(f"{done:,.0f}{of} documents, {failed:,} failed, {rate:,.1f}/s{left}")

    return count


@contextlib.contextmanager
def counter() -> Iterator[Callable[[object], None]]:
    """Count pages on a terminal while nobody knows how many there will be; yields what to call for each."""
    if not is_terminal(sys.stderr):
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed} pages"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda _: bar.update(task, advance=1)


def look() -> Look:
    """Return what standard output can show: its width (80 columns when nobody knows) and whether colour is wanted."""
    import shutil

    from cleaner.explanation import Look

    coloured = is_terminal(sys.stdout) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Look(columns=shutil.get_terminal_size((80, 24)).columns, has_colour=coloured)


def show(*parts: RenderableType) -> None:
    """Print rich things on standard output, coloured only on a terminal, 80 columns wide elsewhere."""
    import io

    from rich.console import Console

    to_terminal = is_terminal(sys.stdout)
    console = Console(
        file=io.StringIO(),
        force_terminal=to_terminal or None,
        width=None if to_terminal or "COLUMNS" in os.environ else 80,
        markup=False,
        highlight=False,
    )
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    text = "\n".join(line.rstrip() for line in captured.get().split("\n"))
    emit(text.encode("utf-8", "replace"))
