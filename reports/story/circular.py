"""A 通报 of a street's or the city's results before it is set: published figures only, in sentences of the wording.

The verdicts and counts are those of the report's own story; nothing is judged here, and nothing is put in an order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.blocks import Card, Story
from reports.content import AreaSummary, Place
from reports.story import common, mend
from reports.story.area import SIGN_ORDER, answer, area_story, cards
from reports.story.common import Measured
from reports.story.items import meaning
from reports.story.places import cell_at, communities, is_city
from reports.wording import circular as words
from reports.wording import facts, verdicts
from reports.wording.figures import NOTHING, count
from reports.wording.phrases import say

LANGUAGE = "zh"  # a document of Chinese offices


@dataclass(frozen=True, slots=True)
class Part:
    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circular:
    """What an office completes and sends; ``of`` is the story of the report that it is taken from."""

    of: Story
    title: str
    opening: str
    parts: tuple[Part, ...]
    attached: str
    year: int


def circular(summary: AreaSummary) -> Circular:
    """The draft for a street or the city."""
    imprint = summary.imprint
    own = common.measured(summary.table, summary.place, common.headline(summary.indicators), LANGUAGE)
    judged = any(each.indicator.target for each in own)
    names = {
        "place": summary.place.name.zh,
        "wave": imprint.wave.zh,
        "questionnaire": imprint.questionnaire.zh,
        "number": imprint.release_number,
        "day": facts.day(imprint.released_on, LANGUAGE),
    }
    told = {"overall": overall(summary, own, judged=judged), "mend": to_mend(summary)}
    if below := places(summary):
        told["by_street" if is_city(summary) else "by_community"] = by_place(summary, own, below)
    remarks = (
        *common.reading(summary.table, LANGUAGE, judged=judged, drawn=False),
        *((say(LANGUAGE, "statistical_verdict", level=verdicts.level_words(summary.table.level)),) if judged else ()),
        *((say(LANGUAGE, "sampling_error_only"),) if judged else ()),
        words.told("source", **names),
    )
    told["remarks"] = tuple(dict.fromkeys(remarks))
    told = {key: paragraphs for key, paragraphs in told.items() if paragraphs}
    return Circular(
        of=area_story(summary, LANGUAGE),
        title=words.closed(words.told("title_city" if is_city(summary) else "title_street", **names)),
        opening=words.closed(opening(summary, names)),
        parts=tuple(
            Part(heading, tuple(words.closed(one) for one in paragraphs))
            for heading, paragraphs in zip(words.headings(list(told)), told.values(), strict=True)
        ),
        attached=words.closed(words.told("attached", **names)),
        year=imprint.released_on.year,
    )


def places(summary: AreaSummary) -> list[Place]:
    """What is told one by one: the streets of a city, the communities of a street, in the order of their codes."""
    return [street for street, _ in summary.streets] if is_city(summary) else communities(summary)


def opening(summary: AreaSummary, names: dict[str, str]) -> str:
    imprint = summary.imprint
    extent = words.told(
        "extent_city" if is_city(summary) else "extent_street",
        streets=count(len(summary.streets)),
        communities=count(len(communities(summary))),
    )
    period = facts.period(imprint.field_start, imprint.field_end, LANGUAGE)
    response = facts.meta(summary.samples.get(summary.place.code), LANGUAGE)
    of_whom = "".join(words.told("of_whom", told=one) for one in facts.of_whom(summary.method, LANGUAGE))
    about = {"period": period, "survey": imprint.survey.zh, "extent": extent, "of_whom": of_whom}
    told = words.told("opening", **names, **about, response=response)
    return told if response else told.replace("，。", "。")


def overall(summary: AreaSummary, own: Sequence[Measured], *, judged: bool) -> tuple[str, ...]:
    """The answer of the report with what it says of the communities, then each indicator with its interval."""
    said = answer(summary, own, LANGUAGE, judged=judged)
    beside = said.reading if judged else ()  # without targets it is how to read an interval, which the remarks say
    return (
        "".join((said.sentence, *beside)),
        *(figure_of(card) for card in cards(summary, own, LANGUAGE, judged=judged).cards),
    )


def figure_of(card: Card) -> str:
    words_of = card.figure if card.figure == NOTHING else f"{card.figure}{card.unit}"
    return words.figure(card.name, words_of, card.rows, card.word, [(since, in_full(by)) for since, by in card.further])


def in_full(by: str) -> str:
    """没有查出变化（−2 … 8）: a card need not say what was not found, a sentence has to."""
    unfound = say(LANGUAGE, "no_change_found", interval="").partition("（")[0]
    return by.replace(unfound, words.told("none_found"), 1) if by.startswith(unfound) else by


def to_mend(summary: AreaSummary) -> tuple[str, ...]:
    """What to mend first with its figures, and what that rests on; nothing where there are no items."""
    found = mend.mend_first(summary, LANGUAGE)
    if found is None or not found.first:
        return () if found is None else found.basis
    level, items = verdicts.level_words(summary.table.level), []
    for each in found.first:
        value = verdicts.with_unit(common.value_words(each.cell, each.figures), each.figures.unit, LANGUAGE)
        interval = verdicts.interval_words(each.cell, each.figures, LANGUAGE)
        items.append(words.told("mend_item", name=each.name, value=value, level=level, interval=interval))
    means = meaning(found.pool, LANGUAGE)
    mean = (say(LANGUAGE, "items_mean", meaning=means),) if means else ()
    named = words.told("mend_named", title=found.title, items=verdicts.names_joined(items, LANGUAGE))
    return (named, "".join((*mean, *found.basis)))


def by_place(summary: AreaSummary, own: Sequence[Measured], below: Sequence[Place]) -> tuple[str, ...]:
    """Of each indicator which places got which verdict; without a target, the figure of each with its interval."""
    return (*(of_places(summary, each, below) for each in own), words.told("no_order"))


def of_places(summary: AreaSummary, each: Measured, below: Sequence[Place]) -> str:
    cells = [(place.name.zh, cell_at(summary, each.indicator, place)) for place in below]
    if each.indicator.target is not None:
        given = [(name, verdicts.shown_verdict(cell)) for name, cell in cells]
        groups = {verdict: [name for name, one in given if one is verdict] for verdict in SIGN_ORDER}
        return words.places_by_verdict(each.name, groups)
    told = []
    for name, cell in cells:
        value = verdicts.with_unit(common.value_words(cell, each.figures), each.figures.unit, LANGUAGE)
        interval = "" if cell.suppression is not None else verdicts.interval_words(cell, each.figures, LANGUAGE)
        told.append((name, value, interval))
    return words.places_by_figure(each.name, told)
