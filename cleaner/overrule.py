"""Verdicts and what user rules say -> Verdicts: the rules have the last word, the scores stay as they are."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from cleaner.page import Kind, Layout, Status
from cleaner.page_status import LOW_CONFIDENCE, expected_f1
from cleaner.reasons import MOST
from cleaner.repeats import mark_repeats
from cleaner.rules import Rule
from cleaner.rules.firing import Firing
from cleaner.score import Verdicts
from cleaner.settings import DEFAULTS, Settings

__all__ = ["overrule"]


def overrule(verdicts: Verdicts, layout: Layout, firing: Firing, settings: Settings = DEFAULTS) -> Verdicts:
    """Apply the rules that fire, one after the other, so that later ones win.

    ``label`` sets the kind, and the kind decides whether the paragraph is kept, as for all others; ``drop`` and
    ``keep`` decide it whatever the kind. What a rule keeps is kept even if its words stand in the text already; all
    else is kept once. Confidence and status are those of the new decision, where a rule's word counts as certain.
    Scores are left alone, and so are paragraphs that no rule fires on, but for those whose double came or went.
    """
    if not firing.hits:
        return verdicts
    judged = _Judgement(verdicts, firing)
    words = np.array([_words(text) for text in layout.texts], dtype=np.float32)
    kept = _keep_once(judged, verdicts, layout, settings, words=words)
    confidence, status = verdicts.confidence, verdicts.status
    if not np.array_equal(kept, verdicts.kept):
        confidence, status = _judge_page(judged, verdicts, kept, words)
    reasons = _reasons(judged, verdicts, kept) if verdicts.reasons else ()
    return dataclasses.replace(
        verdicts,
        kinds=tuple(judged.kinds),
        kind_probabilities=judged.probabilities,
        kept=kept,
        reasons=reasons,
        confidence=confidence,
        status=status,
    )


class _Judgement:
    """What the rules say of each paragraph that one of them fires on."""

    def __init__(self, verdicts: Verdicts, firing: Firing) -> None:
        self.kinds: list[Kind] = list(verdicts.kinds)
        self.probabilities = verdicts.kind_probabilities.copy()
        self.decisions: dict[int, bool | None] = {}
        """Kept, dropped, or None where the kind decides."""
        self.fired: dict[int, list[Rule]] = {}
        """The last first."""
        for rule, places in firing.hits:
            decision = True if rule.keep else False if rule.drop else None
            for place in places:
                self.fired.setdefault(place, []).insert(0, rule)
                self.decisions[place] = decision
                if rule.label is not None:
                    self.kinds[place] = rule.label
                    self.probabilities[place] = 1.0


def _keep_once(
    judged: _Judgement, verdicts: Verdicts, layout: Layout, settings: Settings, *, words: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Decide anew about the paragraphs of the rules and their doubles."""
    forced = np.array([judged.decisions.get(place) is True for place in range(len(layout.texts))], dtype=np.bool_)
    wanted = forced.copy()
    for place, kind in enumerate(judged.kinds):
        wanted[place] |= judged.decisions.get(place) is None and kind in settings.keep_kinds
    once = wanted & (forced | ~mark_repeats(layout.texts, wanted, words))
    touched = {layout.texts[place] for place in judged.decisions}
    is_touched = np.array([text in touched for text in layout.texts], dtype=np.bool_)
    kept: NDArray[np.bool_] = np.where(is_touched, once, verdicts.kept)
    return kept


def _words(text: str) -> float:
    """Count words; a Chinese or Japanese character counts as 1 / 1.6, as in the features."""
    if text.isascii():
        return len(text.split())
    wide = sum("\u3040" <= sign <= "\u30ff" or "\u3400" <= sign <= "\u9fff" for sign in text)
    return wide / 1.6 + len(text.split()) - (1 if wide else 0)


def _judge_page(
    judged: _Judgement, verdicts: Verdicts, kept: NDArray[np.bool_], words: NDArray[np.float32]
) -> tuple[float, Status]:
    scores = verdicts.scores.copy()
    for place, decision in judged.decisions.items():
        if decision is not None:
            scores[place] = decision
    confidence = expected_f1(scores, kept, words)
    if not kept.any():
        return confidence, "empty"
    if verdicts.status == "not_article":
        return confidence, "not_article"
    return confidence, "ok" if confidence >= LOW_CONFIDENCE else "low_confidence"


def _reasons(judged: _Judgement, verdicts: Verdicts, kept: NDArray[np.bool_]) -> tuple[tuple[str, ...], ...]:
    """Put the rules first; what was said before stays where it still speaks for the decision."""
    out = []
    for place, before in enumerate(verdicts.reasons):
        rules = judged.fired.get(place, [])
        is_same = kept[place] == verdicts.kept[place] and judged.kinds[place] == verdicts.kinds[place]
        if not rules and not is_same:
            found = [
                "its double further up was left out by a rule"
                if kept[place]
                else "a rule keeps the same words further up"
            ]
        else:
            found = [*_rule_reasons(rules), *(before if is_same else ())]
        out.append(tuple(found[:MOST]))
    return tuple(out)


def _rule_reasons(rules: list[Rule]) -> list[str]:
    """Name the last rule for what it does, and earlier ones for what is left of it."""
    found: list[str] = []
    has_label = False
    for number, rule in enumerate(rules):
        if number == 0 or (rule.label is not None and not has_label):
            found.append(f"{rule.title} {rule.action}" if number == 0 else f"{rule.title} labels it {rule.label}")
        else:
            found.append(f"{rule.title} is overruled")
        has_label = has_label or rule.label is not None
    return found
