"""What tests of the command line share: a cleaner that does what the page tells it, and pages for the real one."""

from __future__ import annotations

ENGLISH = "The river rose by two metres in the night, and the old bridge was closed to traffic until noon."
CHINESE = "河水在夜里上涨了两米，老桥一直封闭到中午，警方呼吁居民不要前往河岸。" * 3
PAGE = f"<html><head><title>Flood</title></head><body><ul><li><a href=/>Home</a></ul><p>{ENGLISH}<p>{CHINESE}"

STAND_IN = '''
"""A cleaner that does what the page tells it; run as a script it is the command line with this cleaner in it."""
import os, signal, sys
from cleaner.article import Article
from cleaner.errors import InputError, SetupError
from cleaner.page import Kind, Metadata, Paragraph

def clean(raw, *, settings):
    word = raw.data.decode("utf-8", "replace").strip()
    if word == "binary":
        raise InputError("binary_input", f"{raw.source} is binary.", where=raw.source)
    if word == "bug":
        raise ZeroDivisionError("by nothing")
    if word == "interrupt":
        signal.raise_signal(signal.SIGINT)
    status = word if word in ("low_confidence", "not_article", "empty") else "ok"
    threshold = 0.5 if settings.threshold is None else settings.threshold
    reasons = ("It is what it is.", "It stands alone.") if settings.reasons else ()
    paragraphs = tuple(
        Paragraph(index, text, Kind.BODY, 0.9, 0.8, threshold <= 0.8, reasons, -1, -1, "", "p")
        for index, text in enumerate(filter(None, word.split("\\n\\n")))
    )
    metadata = Metadata(title="Flood", url=raw.url or "", sources={"title": "visible text"})
    text = "\\n\\n".join(paragraph.text for paragraph in paragraphs if paragraph.kept)
    return Article(text, status, 0.31, paragraphs, metadata, "text", raw.source, ("Something is odd.",))

if __name__ == "__main__":
    sys.modules["cleaner.pipeline"] = sys.modules["__main__"]
    from cleaner.cli import main
    main()
'''
