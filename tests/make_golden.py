"""Rewrite expected.txt of one case in fixtures/pages with what clean() returns now: ``make golden SLUG=...``.

Only the text is rewritten; expected.json is a wish and stays what a person wrote. The difference is printed, and it is
for a person to read: expected.txt says what a reader would want of the page, not what the cleaner happens to do.
With ``--problems`` (``make golden SLUG=... PROBLEMS=1``) known_problems.txt is rewritten instead: what is still not as
wanted.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from pathlib import Path

import cleaner

PAGES = Path(__file__).resolve().parents[1] / "fixtures" / "pages"


def rewrite(folder: Path) -> str:
    """Write the clean text of the folder's source into its expected.txt; return the difference, '' if there is none."""
    source = next(iter(sorted(folder.glob("source.*"))))
    path = folder / "expected.txt"
    before = path.read_text("utf-8") if path.exists() else ""
    text = cleaner.clean(source.read_bytes()).text
    after = f"{text}\n" if text else ""
    path.write_text(after, "utf-8", newline="\n")
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "before", "after", n=1, lineterm="")
    return "".join(f"{line}\n" for line in lines)


def rewrite_problems(folder: Path) -> str:
    """Write what is not as wanted into known_problems.txt (no file when all is well); return the lines."""
    sys.path.insert(0, str(Path(__file__).parent))
    from test_golden import problems_of

    path = folder / "known_problems.txt"
    found = "".join(f"{line}\n" for line in problems_of(folder))
    if found:
        path.write_text(found, "utf-8", newline="\n")
    else:
        path.unlink(missing_ok=True)
    return found


def main() -> int:
    """Rewrite the case named on the command line; exit code 2 when there is no such case."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("slug", help="name of a folder in fixtures/pages")
    parser.add_argument("--pages", type=Path, default=PAGES, help="folder that holds the cases")
    parser.add_argument("--problems", action="store_true", help="rewrite known_problems.txt instead")
    options = parser.parse_args()
    folder = options.pages / options.slug
    if not options.slug or not folder.is_dir():
        known = ", ".join(sorted(entry.name for entry in options.pages.iterdir() if entry.is_dir()))
        sys.stderr.write(f"There is no case {options.slug}. The cases are: {known}.\n")
        return 2
    difference = rewrite_problems(folder) if options.problems else rewrite(folder)
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(difference or f"{options.slug}: nothing changed.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
