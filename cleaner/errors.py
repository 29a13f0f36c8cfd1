"""Everything that can go wrong, grouped by who must act.

Every error is a :class:`CleanerError` with a stable ``code`` (snake_case, never reused for another meaning) and a
message of whole sentences: what happened, where, and what to do.

>>> try:
...     raise InputError("empty_archive", "The archive pages.zip has no members.", where="pages.zip")
... except CleanerError as error:
...     print(error.code, "|", error)
empty_archive | The archive pages.zip has no members.
"""

from __future__ import annotations

__all__ = ["CleanerError", "InputError", "InternalError", "RunError", "SetupError"]


class CleanerError(Exception):
    """The one base class; catching it catches everything this package raises on purpose.

    ``code`` is stable and meant for programs, ``str(error)`` for people, ``where`` names the file, member or row
    the error is about (empty when there is none).
    """

    def __init__(self, code: str, message: str, *, where: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.where = where

    def __reduce__(self) -> tuple[object, ...]:
        """Keep ``code`` and ``where`` when the error crosses a process border."""
        return (_rebuild, (type(self), self.code, self.message, self.where))


def _rebuild(kind: type[CleanerError], code: str, message: str, where: str) -> CleanerError:
    return kind(code, message, where=where)


class InputError(CleanerError):
    """The document cannot be read as a page (binary, truncated, too large). Act: look at the document."""


class SetupError(CleanerError):
    """The call, the settings, the weights or the installation are wrong. Act: the caller."""


class RunError(CleanerError):
    """The surroundings failed: disk full, permission denied, worker killed. Act: whoever runs the machine."""


class InternalError(CleanerError):
    """A bug in this package. Act: us; please report it with the input."""
