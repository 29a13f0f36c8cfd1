"""Why a paragraph was judged so, in words a person reads.

What a rule decided is said first. Then come the groups of signs that moved the score most towards the decision
(:mod:`cleaner.influence`), each as a fact that is true of the paragraph; a group for which there is no such fact is
passed over. They are computed only when asked for (``Settings.reasons``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from cleaner.features import NUMBERS, Features
from cleaner.features.containers import read_strongest_name
from cleaner.features.phrases import PHRASE_NUMBERS, find_phrases, section_heads
from cleaner.page import Kind, Layout
from cleaner.site.evidence import Recurrence

__all__ = ["MOST", "give_reasons"]

Floats = NDArray[np.float32]

MOST = 3
"""Reasons given for one paragraph."""
AGAINST = -0.15
"""A group that moved the logit further than this against the decision is no reason for it; one that moved nothing is,
if others say the same: a link in a menu is told by its text, its place and its links alike."""
_SAID_BY_RULE = (Kind.TITLE, Kind.DATELINE, Kind.HEADING, Kind.BODY)
"""Dropped in spite of their score by a rule, as repeats or because the user does not want the kind."""
_ZONES = ("nav", "footer", "aside", "header", "form")
_FEW_WORDS = 4
_PROSE_WORDS = 15
_HEADING_CHARS = 40
_COLUMN = {name: place for place, name in enumerate(NUMBERS)}


def give_reasons(
    layout: Layout,
    features: Features,
    *,
    kinds: tuple[Kind, ...],
    scores: Floats,
    kept: NDArray[np.bool_],
    limit: float,
    influence: Mapping[str, Floats],
    recurrence: Recurrence | None = None,
) -> tuple[tuple[str, ...], ...]:
    """Return up to three short reasons for each paragraph, the weightiest first; ``limit`` is the page's threshold."""
    page = _Page(layout, features, kept)
    seen: set[str] = set()
    out = []
    for place, text in enumerate(layout.texts):
        facts = _Facts(page, place, kind=kinds[place])
        side = 1.0 if kept[place] else -1.0
        found = list(facts.of_rules(again=text in seen and not kept[place])) if not kept[place] else []
        if recurrence is not None and (place in recurrence.pins or not kept[place]):
            found.append(recurrence.fact(place))
        pulls = sorted(((float(moved[place]) * side, name) for name, moved in influence.items()), reverse=True)
        for pull, name in pulls:
            if pull > AGAINST:
                found += facts.for_body(name) if kept[place] else facts.for_chrome(name)
        found.append(_by_score(float(scores[place]), limit, kept=bool(kept[place]), kind=kinds[place]))
        out.append(tuple(dict.fromkeys(fact for fact in found if fact))[:MOST])
        if kept[place]:
            seen.add(text)
    return tuple(out)


_NO_CUT = 0.005
"""A threshold below this would be printed as 0.00: of a text that looks clean already nothing is cut."""


def _by_score(score: float, limit: float, *, kept: bool, kind: Kind) -> str:
    if kept and limit < _NO_CUT <= score:
        return f"score {score:.2f}, and no score is too low on this page"
    if kept:
        return f"score {score:.2f}, from {limit:.2f} on it is body" if score >= limit else f"reads like {kind}"
    if score < limit:
        return f"score {score:.2f}, {limit:.2f} is wanted"
    return "" if kind in _SAID_BY_RULE else f"reads like {kind}, which outweighs its score"


class _Page:
    """What is known of the page, worked out once."""

    def __init__(self, layout: Layout, features: Features, kept: NDArray[np.bool_]) -> None:
        self.layout, self.features = layout, features
        prose = np.flatnonzero(kept & (features.word_counts >= _PROSE_WORDS))
        self.first, self.last = (int(prose[0]), int(prose[-1])) if len(prose) else (-1, -1)
        self.phrases = find_phrases(layout.texts)
        phrases = features.numbers[:, [_COLUMN[name] for name in PHRASE_NUMBERS]]
        ends = features.numbers[:, _COLUMN["ends_with_end"]]
        self.headings = section_heads(layout.tags, phrases, features.word_counts, ends).tolist()


class _Facts:
    """What can be said of one paragraph, by group of signs."""

    def __init__(self, page: _Page, place: int, *, kind: Kind) -> None:
        self.page, self.place, self.kind = page, place, kind
        self.row = page.features.numbers[place]
        self.words = round(float(page.features.word_counts[place]))

    def _of(self, name: str) -> float:
        return float(self.row[_COLUMN[name]])

    def of_rules(self, *, again: bool) -> Iterator[str]:
        """Yield what decided by itself."""
        if self.kind is Kind.TITLE:
            yield "is the page's headline"
        if self.kind is Kind.DATELINE:
            yield "says when or where, not what"
        if again:
            yield "stands further up already, word for word"

    def for_body(self, group: str) -> list[str]:
        """Return what a group says for the article."""
        if group == "declared" and self._of("in_article_body"):
            return ["stands in the article text that the page declares"]
        if group == "form" and self.words >= _PROSE_WORDS:
            return [f"{self.words} words of running text"]
        if group == "names" and self._of("named_body"):
            return ["stands in an element named as the article's text"]
        if group == "links" and self._of("link_share") == 0 and self.page.layout.content_type == "html":
            return ["has no links in it"]
        if group == "containers" and self._of("in_candidate") and self._of("candidate_share") > 0.3:
            return [
                f"stands in the element with {self._of('candidate_share'):.0%} of the page's prose".replace("%", " %")
            ]
        if group == "place" and self.page.first <= self.place <= self.page.last:
            return ["stands among the paragraphs of the article"]
        if group == "words" and self.words >= _PROSE_WORDS:
            return ["its words are those of an article"]
        return []

    def for_chrome(self, group: str) -> list[str]:
        """Return what a group says against the article."""
        if group == "links" and self._of("link_share") >= 0.3:
            return [f"{self._of('link_share'):.0%} of its text is links".replace("%", " %")]
        if group == "words":
            phrase = self.page.phrases.get(self.place)
            return [f"says: {phrase}"] if phrase else []
        if group == "form":
            return self._form()
        if group == "repetition":
            return self._repetition()
        if group == "section":
            return self._section()
        if group == "place":
            return self._place()
        if group == "names":
            name = read_strongest_name(self.page.layout, self.place)
            return [f"stands inside {name}"] if name else []
        return self._markup() if group in {"markup", "containers"} else []

    def _form(self) -> list[str]:
        if self.words <= _FEW_WORDS:
            return ["has hardly any words"]
        return ["is no sentence"] if not self._of("sentences") and self.words < _PROSE_WORDS else []

    def _repetition(self) -> list[str]:
        if self._of("repeats"):
            return ["stands on the page more than once"]
        if max(self._of("said_before"), self._of("said_later")) > 0.5:
            return ["most of it is said elsewhere on the page, too"]
        return []

    def _section(self) -> list[str]:
        heading = self.page.headings[self.place]
        if heading < 0 or not any(self._of(name) for name in NUMBERS if name.startswith("section_")):
            return []
        text = self.page.layout.texts[heading]
        short = text if len(text) <= _HEADING_CHARS else text[: _HEADING_CHARS - 1].rstrip() + "…"
        return [f"stands under “{short}”"]

    def _place(self) -> list[str]:
        if 0 <= self.place < self.page.first:
            return ["stands before the article begins"]
        if 0 <= self.page.last < self.place:
            return ["stands after the last paragraph of the article"]
        return []

    def _markup(self) -> list[str]:
        if self.page.layout.hidden[self.place]:
            return ["is hidden on the page"]
        for zone in _ZONES:
            if self._of(f"zone_{zone}"):
                return [f"stands inside <{zone}>"]
        if self._of("tag_button"):
            return ["is a button or a field of a form"]
        if self._of("likes1") > np.log1p(4) / 3:
            return ["stands in one of a row of boxes that look alike"]
        return []
