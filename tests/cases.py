"""The segmenter's cases: data in fixtures/segment, read once for the tests of HTML and of plain text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

Case = dict[str, Any]


def read_cases(name: str) -> dict[str, list[Case]]:
    """Return the cases of a file, part by part."""
    path = Path(__file__).resolve().parents[1] / "fixtures" / "segment" / name
    cases: dict[str, list[Case]] = json.loads(path.read_text("utf-8"))
    return cases


def parameters(parts: dict[str, list[Case]]) -> list[Any]:
    """Return every case; those with ``"expect": "fail"`` must fail, and say why."""
    found = []
    for part, cases in parts.items():
        for case in cases:
            marks = [pytest.mark.xfail(strict=True, reason=case["why"])] if case.get("expect") == "fail" else []
            found.append(pytest.param(case, id=f"{part}: {case['label']}", marks=marks))
    return found


def check_cases(parts: dict[str, list[Case]], *, aspects: Iterable[str], negatives: int) -> None:
    """Assert that labels are unique, that every field is one that is compared, and that the negative set is there."""
    cases = [case for part in parts.values() for case in part]
    known = {"label", "comment", "input", "expect", "why", *aspects}
    assert len({case["label"] for case in cases}) == len(cases)
    assert [case["label"] for case in cases if set(case) - known] == []
    assert [case["label"] for case in cases if ("why" in case) != (case.get("expect") == "fail")] == []
    assert len(parts["negative"]) >= negatives
