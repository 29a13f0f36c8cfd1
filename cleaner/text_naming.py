"""The network's logits and the lines themselves -> the logits by which the paragraphs of a plain text are named."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cleaner.cues.evidence import STRENGTHS
from cleaner.cues.phrases import credits_picture, read_phrases, read_words
from cleaner.cues.tables import said_by_first_word
from cleaner.kind_choice import shares_of
from cleaner.model import Prediction
from cleaner.page import KINDS, Kind

__all__ = ["SAID_CHARS", "SAID_WORTH", "hear_lines", "hear_neighbours", "name_texts", "text_say"]

Floats = NDArray[np.float32]

SAID_CHARS = 400
"""Longer paragraphs are running text, whatever phrase is in them."""
SAID_WORTH = 3.0
"""What a strong phrase or a credit adds to the logit of its kind. Of the paragraphs of dev pages as text that a person
named, .747 are named right without, .758 with phrases; 1, 2 and 4 instead do .007 less, the same and .003 more."""
_CREDIT_REACH = 4.5
"""A line that credits a picture may be its caption where that kind is this near to the likeliest (logits)."""
_SENTENCE_ENDS = (".", "!", "?", "\u3002")
_NAV, _CAPTION = KINDS.index(Kind.NAV), KINDS.index(Kind.CAPTION)


TEXT_SHARES = (0.15, 0.3)
"""Shares of a text's paragraphs that are likely chrome from which on the head for texts is heard, and heard alone: it
knows whole pages, while in what a program cleaned already the lines that look like chrome are mostly text. Dev, for .3
and .5: lines of whole pages named by hand .771 right for .763 and .921 on the right side for .918, F1 of six programs'
texts the same within .0005. Heard everywhere, those lose up to .003."""


WHOLE_LINES = 6
"""A text with fewer paragraphs is no whole page, however unsure the network is of them."""


def text_say(scores: Floats, article: float) -> float:
    """Return how far a plain text is a whole page with an article, 0..1: ``article`` counts from an even chance on.

    On lists, shops and forums the lines that would be chrome beside an article are often the text.

    >>> menu, prose = np.zeros(9, np.float32), np.ones(9, np.float32)
    >>> text_say(np.append(menu, prose), 1.0), text_say(prose, 1.0), text_say(menu[:2], 1.0)
    (1.0, 0.0, 0.0)
    """
    if len(scores) < WHOLE_LINES:
        return 0.0
    least, most = TEXT_SHARES
    chrome = float(np.clip((1 - float(scores.mean()) - least) / (most - least), 0, 1))
    return chrome * max(2 * article - 1, 0.0)


def name_texts(
    texts: Sequence[str], prediction: Prediction, say: float, *, transitions: Floats | None = None
) -> Floats:
    """Return the logits by which the paragraphs of a plain text are named; ``say`` is that of :func:`text_say`.

    ``transitions`` are those of :func:`hear_neighbours`, where the weights have them.
    """
    names = prediction.names
    if say <= 0:
        return names
    if prediction.text_names is not None:
        names = names + np.float32(say) * (prediction.text_names - names)
    if transitions is not None:
        names = hear_neighbours(names, np.float32(say) * transitions)
    return hear_lines(texts, names, worth=SAID_WORTH * say)


_ROUNDS = 2


def hear_neighbours(names: Floats, transitions: Floats) -> Floats:
    """Return the logits of names in which what stands before and after each paragraph has a say by what it is called.

    ``transitions`` (kinds, kinds) is how much more often the second kind follows the first than by chance: log odds,
    weighed. The mean field of a chain (Wainwright, Jordan 2008, section 5), two rounds. Dev, lines of whole pages as
    text that a person named: .7636 right and .9149 on the right side without, .7703 and .9205 with it; F1 of articles
    .9194 both. In HTML nothing is gained (.8089 and .8051).

    >>> sure, doubtful = [4.0, 0.0], [0.0, 0.1]
    >>> alike = np.eye(2, dtype=np.float32)
    >>> hear_neighbours(np.array([sure, doubtful], np.float32), alike).argmax(axis=1).tolist()
    [0, 0]
    """
    heard = names
    for _ in range(_ROUNDS):
        shares = shares_of(heard)
        heard = names.copy()
        heard[1:] += shares[:-1] @ transitions
        heard[:-1] += shares[1:] @ transitions.T
    return heard


def hear_lines(texts: Sequence[str], names: Floats, *, worth: float = SAID_WORTH) -> Floats:
    """Return the logits of names of a plain text with what its lines say of themselves: known phrases, credits.

    Where nothing but words is known, these are to be believed; of a page with a DOM the network sees enough. A line of
    a menu is ``nav`` whatever it points to, so what is likeliest ``nav`` stays so, unless it ends like a sentence.
    """
    names = names.copy()
    likeliest, table = names.argmax(axis=1), said_by_first_word()
    for place, text in enumerate(texts):
        if len(text) > SAID_CHARS or (likeliest[place] == _NAV and not text.endswith(_SENTENCE_ENDS)):
            continue
        said = read_phrases(text, read_words(text), table)
        if said.weight >= STRENGTHS["strong"]:
            names[place, KINDS.index(said.kinds[0])] += worth
        if names[place, _CAPTION] > names[place].max() - _CREDIT_REACH and credits_picture(text):
            names[place, _CAPTION] += worth
    return names
