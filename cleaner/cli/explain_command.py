"""`cleaner explain`: every paragraph of a page, kept or dropped, and why."""

from __future__ import annotations

import itertools
import sys
from typing import Final

from cleaner.cli.guard import guarded
from cleaner.cli.one_page import clean_one
from cleaner.cli.options import (
    ConfigOption,
    ContentOption,
    ContentTypeOption,
    DebugOption,
    EncodingOption,
    JsonOption,
    KeepOption,
    PageArgument,
    ThresholdOption,
    UrlOption,
    make_reading,
    make_settings,
)
from cleaner.console import emit, is_terminal, look, visible
from cleaner.errors import SetupError

EXPLAIN_HELP: Final = (
    "Show every paragraph of a page: kept or dropped, its kind, its score and why.\n\n"
    "The score is the probability that the paragraph belongs to the article."
)


@guarded
def explain(
    path: PageArgument,
    *,
    as_json: JsonOption = False,
    url: UrlOption = None,
    content_type: ContentOption = ContentTypeOption.AUTO,
    encoding: EncodingOption = None,
    threshold: ThresholdOption = None,
    keep: KeepOption = None,
    config: ConfigOption = None,
    debug: DebugOption = False,  # noqa: ARG001 - read by guarded
) -> int:
    """Explain one page."""
    from cleaner.batch.target import are_many

    if path != "-" and are_many([path]):
        raise SetupError("one_page", f"explain takes one page, but {path} is a folder or a pattern.")
    settings = make_settings(config, threshold, keep, reasons=True)
    article = clean_one(path, make_reading(settings, url, content_type, encoding), settings)
    if as_json:
        import json

        from cleaner.records import paragraph_record, valid_unicode

        entries = [paragraph_record(paragraph) for paragraph in article.paragraphs]
        indent = 2 if is_terminal(sys.stdout) else None
        emit(f"{valid_unicode(json.dumps(entries, ensure_ascii=False, indent=indent))}\n".encode())
    else:
        from cleaner.explanation import explain_lines

        name = "standard input" if path == "-" else visible(path)
        lines = explain_lines(article, name=name, look=look())
        for many in iter(lambda: list(itertools.islice(lines, 1000)), []):
            emit("".join(f"{line}\n" for line in many).encode("utf-8", "replace"))
    return 0
