"""What the attributes of all the containers around a paragraph say together."""

from __future__ import annotations

from collections.abc import Sequence

from cleaner.cues.attributes import read_attributes
from cleaner.cues.evidence import NOTHING, Evidence, nest
from cleaner.page import Layout


def read_contexts(layout: Layout, holds: Sequence[bool]) -> tuple[Evidence, ...]:
    """Return for each container what it and those around it say; wide ones (``holds``) say nothing."""
    out: list[Evidence] = []
    for number, container in enumerate(layout.containers):
        if holds[number] or layout.content_type == "text":
            out.append(NOTHING)
            continue
        own = read_attributes(container.tag, container.attributes)
        outer = out[container.parent] if container.parent >= 0 else NOTHING
        out.append(nest(outer, own))
    return tuple(out)
