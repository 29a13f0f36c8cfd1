"""The command line run inside a test, and what it gave back."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from cleaner.cli import main


@dataclass(frozen=True)
class Result:
    """What a command gave back."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


def runner(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs `cleaner` with some arguments in this process, in the current folder."""

    def run(*arguments: str, stdin: bytes | None = None) -> Result:
        monkeypatch.setattr(sys, "argv", ["cleaner", *arguments])
        if stdin is not None:
            Path(".stdin").write_bytes(stdin)
            monkeypatch.setattr(sys, "stdin", Path(".stdin").open(encoding="utf-8"))  # noqa: SIM115 - closed below
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        if stdin is not None:
            sys.stdin.close()
        out, err = capsysbinary.readouterr()
        assert isinstance(ended.value.code, int)
        return Result(ended.value.code, out.decode("utf-8"), err.decode("utf-8"))

    return run
