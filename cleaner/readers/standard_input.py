"""Many pages from a pipe: a WARC file, an archive or a table on standard input, put aside so that it can be read."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from cleaner.errors import RunError
from cleaner.readers.files import Found, content_of
from cleaner.readers.names import CONTAINERS, Kind

__all__ = ["piped_container", "piped_kind"]

_HEAD_BYTES = 1024


def piped_kind(*, is_many: bool) -> Kind:
    """Tell by its first bytes what standard input holds, and leave it as it is; ``page`` when nobody can tell.

    Lines of JSON are known by their first object when many pages are expected (``is_many``): text may begin so, too.
    """
    peek = getattr(getattr(sys.stdin, "buffer", None), "peek", None)
    head = cast("bytes", peek(_HEAD_BYTES))[:_HEAD_BYTES] if peek is not None else b""
    kind = content_of(head, "", is_table=is_many)
    return kind if kind in CONTAINERS else "page"


@contextlib.contextmanager
def piped_container() -> Iterator[Found | None]:
    """Put standard input aside in a temporary file, when it holds many pages; None when it is one page.

    The file goes at the end of the ``with`` block. Raises RunError ``output_failed`` when there is no room for it.
    """
    kind = piped_kind(is_many=True)
    if kind == "page":
        yield None
        return
    with tempfile.NamedTemporaryFile(prefix="stdin-", suffix=f".{kind}") as file:
        try:
            shutil.copyfileobj(sys.stdin.buffer, file, 1 << 20)
            file.flush()
        except OSError as error:
            message = (
                f"Standard input cannot be put aside in {file.name}: {error.strerror}. Set TMPDIR to a larger disk."
            )
            raise RunError("output_failed", message, where=file.name) from error
        status = Path(file.name).stat()
        yield Found(file.name, "stdin", status.st_size, kind, f"{status.st_size}:{status.st_mtime_ns}")
