"""The JSON Schema of a record, and the table of fields in the documentation that is made of it.

``python -m cleaner.schema`` prints the table; ``tests/test_schema.py`` holds docs/metadata.md against it.
"""

from __future__ import annotations

import json
import sys
from functools import lru_cache
from importlib import resources
from typing import Any

__all__ = ["field_table", "json_schema"]


@lru_cache(maxsize=1)
def _text() -> str:
    return resources.files("cleaner").joinpath("tables/article.schema.json").read_text("utf-8")


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) that every record of :func:`cleaner.records.to_record` meets.

    ``x-sources`` of a field are the places its value may come from, in the order they are asked.

    >>> json_schema()["properties"]["date_published"]["type"]
    'string'
    """
    schema: dict[str, Any] = json.loads(_text())
    return schema


def field_table() -> str:
    """Return a Markdown table of all fields: name, type, meaning, sources in their order, example."""
    lines = ["| field | type | meaning | sources, in order | example |", "|---|---|---|---|---|"]
    for name, field in json_schema()["properties"].items():
        kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
        kind = " or ".join(f"list of {field['items']['type']}s" if kind == "array" else kind for kind in kinds)
        sources = ", ".join(field["x-sources"])
        example = f"`{json.dumps(field['examples'][0], ensure_ascii=False)}`"
        lines.append(f"| `{name}` | {kind} | {field['description']} | {sources} | {example} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(field_table())
