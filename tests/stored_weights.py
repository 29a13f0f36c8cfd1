"""What tests of weights share: the bytes of a small weights file."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np

from cleaner.model import ARRAYS, FORMAT

HEADER = {
    "format": FORMAT,
    "numbers": ["log_chars"],
    "kinds": [],
    "page_types": ["article"],
    "calibration": {"html": {}, "text": {}},
    "ü": 1,
}


def stored(header: Any = HEADER, **arrays: Any) -> bytes:
    """Return the bytes of a weights file with all arrays; a header given as bytes is written as it stands."""
    raw = header if isinstance(header, bytes) else json.dumps(header).encode("utf-8")
    file = io.BytesIO()
    needed: dict[str, Any] = dict.fromkeys(ARRAYS, np.zeros(0, np.float32))
    np.savez_compressed(file, header=np.frombuffer(raw, np.uint8), **(needed | arrays))
    return file.getvalue()
