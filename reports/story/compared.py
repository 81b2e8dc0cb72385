"""Figures held against each other, on the sheets: notes below the tables in which they stand."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.comparisons import Comparisons, PublishedItems
from analysis.results import Domain
from reports.content import AreaSummary, Place
from reports.story.common import Measured
from reports.wording import comparisons as words
from reports.wording.phrases import say


def items_of(found: Comparisons | None, group: Sequence[Measured], place: Place) -> PublishedItems | None:
    """None in releases from before there were any, and where fewer than two items are shown as a point."""
    told = (found.items_of(place.domain, each.indicator.id) for each in group) if found is not None else ()
    return next((one for one in told if one is not None), None)


def items_note(found: PublishedItems | None, group: Sequence[Measured], language: str, *, down: bool) -> list[str]:
    """与最低的“停车”分不开高低的还有：绿化、秩序。"""
    if found is None:
        return []
    names = {each.indicator.id: each.name for each in group}
    return [words.items(found, names, language, down=down)] if set(found.items) <= names.keys() else []


def against(
    found: Comparisons | None, own: Sequence[Measured], place: Place, wholes: Sequence[Place], language: str
) -> list[str]:
    """A sentence for each area that this one is part of."""
    notes = []
    for whole in wholes if found is not None else ():
        assert found is not None
        told = [
            (one, each.name, each.figures)
            for each in own
            if (one := found.difference(each.indicator.id, place.domain, whole.domain)) is not None
        ]
        if told:
            notes.append(words.against(told, whole.name.in_language(language), language))
    return notes


def differs(
    found: Comparisons | None, own: Sequence[Measured], place: Place, wholes: Sequence[Place], language: str
) -> str:
    """Which figures are shown to differ from the areas above, and how many of the others are not; "" where nothing
    can be compared."""
    if found is None:
        return ""
    parts, compared = [], 0
    for whole in wholes:
        here = []
        for each in own:
            one = found.difference(each.indicator.id, place.domain, whole.domain)
            compared += one is not None
            if one is not None and one.side:
                here.append((one, each.name, each.figures))
        if here:
            parts.append((words.found(here, whole.name.in_language(language), language), len(here)))
    if not compared:
        return ""
    rest = compared - sum(count for _, count in parts)
    phrase = "differs_nowhere" if not parts else "differs_rest" if rest else "differs"
    return say(language, phrase, parts=say(language, "semicolon").join(said for said, _ in parts), rest=rest)


def ranks(summary: AreaSummary, own: Sequence[Measured], language: str) -> list[str]:
    """Of the areas right below, by each indicator; in the city also in how many streets communities are told apart."""
    found = summary.comparisons
    if found is None:
        return []
    places = {street.domain: street for street, _ in summary.streets}
    places |= {one.domain: one for _, inside in summary.streets for one in inside}

    def name_of(domain: Domain) -> str:
        return places[domain].name.in_language(language) if domain in places else domain[-1][1]

    notes = []
    for each in own:
        right_below = found.ranks_of(each.indicator.id, summary.place.domain)
        line = [words.ranks(one, each.name, name_of, language) for one in right_below]
        below = [one for one in found.ranks if one.variable == each.indicator.id and one not in right_below]
        if below:
            line.append(words.by_street(below, each.name, name_of, language))
        if line:  # one line for an indicator
            notes.append(("" if language == "zh" else " ").join(line))
    return [*notes, words.ranks_how(summary.table.level, language)] if notes else []
