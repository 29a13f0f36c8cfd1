"""Where articles go: formats, files that appear whole or not at all, and a tree of files as in the input."""

from __future__ import annotations

from cleaner.writers.atomic import make_folder, remove_temporaries, replace_file, run_error
from cleaner.writers.formats import FORMATS, render
from cleaner.writers.tables import (
    TABLE_FORMATS,
    arrow_schema,
    arrow_table,
    check_table_format,
    example_record,
    write_lines,
    write_table,
)
from cleaner.writers.tree import write_article

__all__ = [
    "FORMATS",
    "TABLE_FORMATS",
    "arrow_schema",
    "arrow_table",
    "check_table_format",
    "example_record",
    "make_folder",
    "remove_temporaries",
    "render",
    "replace_file",
    "run_error",
    "write_article",
    "write_lines",
    "write_table",
]
