"""Bylines and datelines among the paragraphs a reader sees, near the headline or in a box further down."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from cleaner.datelines import read_date_line
from cleaner.dates import FoundDate, find_dates, fold, has_date_figures, is_plain, iso_date, role_of
from cleaner.metadata.byline_words import after_lead, lead_is_long, opening_lines, opens_byline
from cleaner.metadata.bylines import read_byline
from cleaner.metadata.evidence import Evidence
from cleaner.metadata.person_links import (
    author_of_biography,
    is_thread,
    linked_below,
    lone_linked_author,
    names_in_links,
    prefer_linked,
)
from cleaner.metadata.persons import has_given_name, is_given_name, names_degree
from cleaner.metadata.places import AFTER, BEFORE, MAX_BOX_CHARS, Place, class_words, kind_of, signs_at, words_at
from cleaner.metadata.titles import bare
from cleaner.page import Kind

__all__ = ["calls_itself_article", "late_dates", "late_times", "time_elements", "visible_authors", "visible_dates"]

_BARE_NAME_PLACES = range(-2, 5)
"""So far from the headline a line that is nothing but a person's name is the author's."""
_ASKED = re.compile(r"asked .{0,12}\d{4}", re.IGNORECASE)
"""What stands above the card of who asked, on sites of questions and answers."""
_NEXT_PLACES = range(1, 3)
"""The same on a page that does not call itself an article."""
_MAX_LED_CHARS = 120
"""A line further down that opens with "Posted by" may be longer than others."""
_MAX_NAMES_BELOW = 5
_MAX_TIMES = 20
"""A page with more ``<time>`` elements lists other pages or comments."""
_BULLETS = re.compile(r"\s*[|•·⋅●]\s*|\s+[–—]\s+")
_NO_BOXES = frozenset({Kind.CONSENT, Kind.LEGAL, Kind.AD, Kind.CAPTION})
"""Kinds of paragraphs that never are an author box."""


def visible_authors(
    evidence: Evidence, places: Sequence[Place], headline: int, sites: Collection[str], *, late: bool = True
) -> tuple[list[str], float]:
    """Return the persons of the best byline near the headline, and how sure it is that they are its authors.

    2.9: the page marks the paragraph as a byline, and it opens with "By" or follows a lone "By"; 2: only the latter;
    1.9: only the former; 1: on an article, only its kind says so, or it is nothing but a name that begins with a given
    name; 0.9: an author box further away; 0.5: one capitalised word in a paragraph marked as a byline; 0: none.
    Reviewers and the bylines of teasers and comments are left out; without ``late`` so are boxes further away.
    """
    best: list[str] = []
    strength = 0.0
    articled = calls_itself_article(evidence)
    thread = is_thread(evidence)
    with_links = {index for _, role, index in evidence.layout.head.persons if role == "author"}
    for place in places:
        if place.at in evidence.headings or place.signs.not_author:
            continue
        if place.signs.about_author and not (len(place.text) <= MAX_BOX_CHARS and after_lead(place.text)):
            continue
        labelled = place.at > 0 and opens_byline(evidence.layout.texts[place.at - 1])
        names = read_byline(place.text, sure=place.signs.author or labelled, sites=sites)
        if names:
            led = labelled or not bare(place.text).startswith(bare(names[0]))
            near = 1.0 if 0 < place.at - headline <= 3 else 0.9
            worth = 1.0 + (near if place.signs.author else 0.0) + (1.0 if led else 0.0)
            if not led and not thread and _is_one_word(names) and not has_date_figures(place.text):
                worth = 0.5
        else:
            names, worth = _bare_names(place, headline, sites, articled=articled), 1.0
        linked = names_in_links(evidence, place.at, sites) if place.at in with_links else []
        if linked:
            names = prefer_linked(names, linked)
            worth = max(worth, _worth_of_links(linked, place.at - headline))
        if names and worth > strength:
            below = linked_below(evidence, place.at, sites) if linked else []
            best = list(dict.fromkeys([*names, *_names_below(evidence, place, sites), *below]))
            strength = worth
            if strength > 2:
                break
    if best or not late:
        return best, strength
    names, strength = _late_author(evidence, headline, sites)
    if not names and articled:
        names = lone_linked_author(evidence, sites) or author_of_biography(evidence, headline, sites)
        strength = 0.9
    return names, strength


def _worth_of_links(names: Sequence[str], distance: int) -> float:
    """Return how sure it is that persons to whose author pages a line links are the authors."""
    if not all(" " in name for name in names):
        return 1.5 if distance > 0 else 0.5
    return 2.1 if distance > 0 else 1.2


def _names_below(evidence: Evidence, place: Place, sites: Collection[str]) -> list[str]:
    """Return the full names that stand alone in the paragraphs right below a byline, in elements like its own."""
    names: list[str] = []
    layout, words = evidence.layout, words_at(evidence, place.at)
    if not (place.kind is Kind.BYLINE or place.signs.author) or len(words) < 3:
        return names
    for index in range(place.at + 1, min(len(layout.texts), place.at + 1 + _MAX_NAMES_BELOW)):
        text = layout.texts[index]
        if len(text) > MAX_BOX_CHARS or words_at(evidence, index) != words or kind_of(evidence, index) != place.kind:
            break
        read = read_byline(text, sure=True, sites=sites)
        if [bare(name) for name in read] != [bare(text)] or not 2 <= len(text.split()) <= 4:
            break
        names += read
    return names


def _is_one_word(names: Sequence[str]) -> bool:
    return len(names) == 1 and " " not in names[0] and names[0][:1].isupper()


def _bare_names(place: Place, headline: int, sites: Collection[str], *, articled: bool) -> list[str]:
    """Return the full names of a line near the headline that only its kind, or a given name, shows to be a byline."""
    distance = place.at - headline
    by_kind = place.kind is Kind.BYLINE and distance > 0
    articled = articled or (by_kind and has_date_figures(place.text))
    if articled and by_kind:
        names = [name for name in read_byline(place.text, sure=True, sites=sites) if 2 <= len(name.split()) <= 4]
        if names:
            return names
    if distance in _NEXT_PLACES and names_degree(place.text):
        names = read_byline(place.text, sure=True, sites=sites)
        return names if all(2 <= len(name.split()) <= 4 for name in names) else []
    if len(place.text) > MAX_BOX_CHARS or distance not in (_BARE_NAME_PLACES if articled else _NEXT_PLACES):
        return []
    if articled and (place.signs.dated or place.kind in {Kind.DATELINE, Kind.BYLINE}):
        # "December 15, 2025 · 30 min · Jane Doe": any part may be the name.
        pieces = _BULLETS.split(place.text)
        names = [name for piece in pieces for name in read_byline(piece, sure=True, sites=sites)]
        alone = distance == 1 and by_kind and len(names) == 1 and is_given_name(place.text)
        return names if alone else [name for name in names if has_given_name(name)]
    names = read_byline(place.text, sure=True, sites=sites) if has_given_name(place.text) else []
    return names if names == [place.text] else []


def calls_itself_article(evidence: Evidence) -> bool:
    """Whether the head says that the page is an article or gives a date of publication."""
    kinds = {claim.value.casefold() for claim in evidence.metas["page_type"]}
    return bool("article" in kinds or evidence.metas["date_published"] or evidence.linked.first("datePublished")[0])


def _late_author(evidence: Evidence, headline: int, sites: Collection[str]) -> tuple[list[str], float]:
    """Return the persons of an author box further down: "Written by" and full names, or full names marked as author."""
    texts = evidence.layout.texts
    places = _late_places(evidence, headline)
    for index in places:
        if _ASKED.match(texts[index - 1]) and signs_at(evidence, index).author:
            names = read_byline(texts[index], sure=True, sites=sites)
            if names:
                return names[:1], 2.0
    for index in places:
        text = texts[index]
        if len(text) > _MAX_LED_CHARS or " " not in text or kind_of(evidence, index) in _NO_BOXES:
            continue
        if len(text) > MAX_BOX_CHARS and not lead_is_long(text):
            continue
        if text[-1] in "!?:" or (text[-1] == "." and not has_date_figures(text)):
            continue
        led = lead_is_long(text) or (has_date_figures(text) and after_lead(text) is not None)
        below = opens_byline(texts[index - 1])
        signs = signs_at(evidence, index)
        aside = signs.not_author or signs.about_author
        if not led and (aside or not (signs.author_box or below)):
            continue
        names = read_byline(text, sure=True, sites=sites)
        boxed = signs.author_box and (led or text.startswith("About ")) and len(names) == 1 and names[0].istitle()
        if not names or not all((1 if boxed else 2) <= len(name.split()) <= 4 for name in names):
            continue
        if not aside or all(map(has_given_name, names)):
            return names, 2.0 if (led or below) and not aside else 0.9
    return [], 0.0


def _late_places(evidence: Evidence, headline: int) -> list[int]:
    """Return the paragraphs far from the headline that may be an author box: below it in order, then above it.

    They open as bylines do, or stand behind one that does, or in an element whose words have "author" in them. Most
    pages have hundreds of paragraphs and none of these, so all are asked at once and as little as possible.
    """
    layout = evidence.layout
    opening = opening_lines(layout.texts)
    places = {*opening, *(at + 1 for at in opening)}
    if "uthor" in " ".join(layout.marks):
        places.update(at for at, marks in enumerate(layout.marks) if "uthor" in marks)
    columns = layout.containers
    named = {at for at, words in enumerate(columns.attributes) if "uthor" in words}
    if named:
        named |= {at for at, parent in enumerate(columns.parents) if parent in named}
        places.update(at for at, container in enumerate(layout.container_of.tolist()) if container in named)
    below = sorted(at for at in places if headline + AFTER < at < len(layout.texts))
    return [*below, *sorted(at for at in places if 1 <= at < headline - BEFORE)]


def visible_dates(places: Sequence[Place], headline: int, texts: Sequence[str], *, day_first: bool) -> list[FoundDate]:
    """Return the dates written near the headline, the likeliest first.

    A date counts if the markup or the kind says that its paragraph is a date line, if words say what it is
    ("Published", also alone in the paragraph before), or if little else stands beside it. Dates in prose, of events,
    comments and teasers are left out.
    """
    found: list[tuple[float, FoundDate]] = []
    for place in places:
        dates = find_dates(place.text, day_first=day_first)
        if not dates or place.signs.not_dated:
            continue
        dated = place.signs.dated or place.kind in {Kind.DATELINE, Kind.BYLINE}
        for date in dates:
            if _is_of_something_else(place.text, date):
                continue
            alone = date.end - date.start + (70 if abs(place.at - headline) <= 2 else 45) >= len(place.text)
            if dated or date.role or alone:
                told = _with_label(date, place, texts)
                found.append((abs(place.at - headline) - (3 if told.role else 0), told))
    return [date for _, date in sorted(found, key=lambda entry: entry[0])]


def _is_of_something_else(text: str, date: FoundDate) -> bool:
    """Whether the word with a colon before a date is none of date lines: "Joined: 4 Jul 2012", "Valid until: ..."."""
    if date.role or (":" not in text and "：" not in text):
        return False
    before = fold(text[: date.start + 20])[: date.start].rstrip()
    label = before.split()[-1] if before.endswith(":") else ""
    # In scripts without blanks the label cannot be told from what stands before it.
    return bool(label) and max(label) < "\u0e00" and not is_plain(label)


def _with_label(date: FoundDate, place: Place, texts: Sequence[str]) -> FoundDate:
    """Give a date that says nothing of itself the role that the paragraph before names: "Published:"."""
    if date.role or place.at == 0 or date.start > 3 or len(texts[place.at - 1]) > 30:
        return date
    role = role_of(texts[place.at - 1])
    return FoundDate(date.iso, role, date.start, date.end) if role else date


def late_dates(evidence: Evidence, headline: int, *, day_first: bool) -> list[FoundDate]:
    """Return dates further down that say "Published" or "Updated", or stand in an element called date.

    Failing that, the one date that has a paragraph to itself.
    """
    alone: list[FoundDate] = []
    texts = evidence.layout.texts
    for index in range(headline + 1 + AFTER, len(texts)):
        text = texts[index]
        if len(text) > MAX_BOX_CHARS or not has_date_figures(text):
            continue
        dates = find_dates(text, day_first=day_first)
        signs = signs_at(evidence, index) if dates else None
        if signs is None or signs.not_dated:
            continue
        place = Place(index, text, signs, None)
        said = [told for date in dates if (told := _with_label(date, place, texts)).role or signs.date_box]
        if said:
            return said
        if read_date_line(text):
            alone += dates
    return alone if len({date.iso[:10] for date in alone}) == 1 else []


def late_times(evidence: Evidence) -> list[tuple[str, str]]:
    """Return role and ISO date of the ``<time>`` elements anywhere on the page if all of them name one day."""
    words = class_words()["not_dated"]
    times = [time for time in evidence.layout.head.times if time[0] and not _any_in(words, time[1].casefold())]
    dates = [date for stamp, _, _ in times[:_MAX_TIMES] if (date := iso_date(stamp))]
    if len(times) > _MAX_TIMES or len({date[:10] for date in dates}) != 1:
        return []
    text = "".join(evidence.layout.texts[times[0][2] :][:1])
    said = [date.role for date in find_dates(text) if date.iso[:10] == dates[0][:10]]
    return [((said or [""])[0], dates[0])]


def _any_in(needles: Sequence[str], words: str) -> bool:
    return any(needle in words for needle in needles)


def time_elements(evidence: Evidence, headline: int) -> Iterator[tuple[str, str]]:
    """Yield (role, ISO date) of ``<time>`` elements near the headline or marked as the page's own date."""
    near = [time for time in evidence.layout.head.times if time[0] and headline - BEFORE <= time[2] <= headline + AFTER]
    # Below the headline first: above it stand the teasers of other pages.
    for stamp, words, _ in sorted(near, key=lambda time: time[2] < headline):
        role = ""
        lowered = words.casefold()
        if _any_in(class_words()["not_dated"], lowered):
            continue
        if "publish" in lowered or "pubdate" in lowered or "entry-date" in lowered:
            role = "published"
        if "modif" in lowered or "updated" in lowered:
            role = "modified" if role != "published" or "datemodified" in lowered else role
        date = iso_date(stamp)
        if date:
            yield role, date
