"""What an element says of itself in its attributes: what its author called it, and whether it is shown."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["MAX_ATTRIBUTE_CHARS", "attribute_words", "is_hidden"]

_ATTRIBUTES = ("class", "id", "role", "itemprop", "aria-label", "data-component", "data-testid")
MAX_ATTRIBUTE_CHARS = 300
"""Longer class lists are generated (utility CSS) and say nothing more; cut so that a 1 MB attribute costs nothing."""


def is_hidden(attributes: Mapping[str, str]) -> bool:
    """Say whether an element is hidden by ``hidden``, ``aria-hidden`` or its own style."""
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    style = attributes.get("style", "")
    return bool(style) and "display:none" in style[:MAX_ATTRIBUTE_CHARS].replace(" ", "").lower()


def attribute_words(attributes: Mapping[str, str]) -> str:
    """Join what the page's author called the element."""
    words = [attributes[name] for name in _ATTRIBUTES if name in attributes]
    return " ".join(words)[:MAX_ATTRIBUTE_CHARS]
