"""A sector in the whole city, on two pages: the answer, who rated it, where it stands among the sectors, by street.

Where it stands is told by what can be told apart, never by a rank; other sectors are named and have no figure here.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from analysis.results import PublishableCell, Verdict
from questionnaires.indicators import Indicator
from reports.blocks import (
    Answer,
    Block,
    Cards,
    Cell,
    Column,
    ColumnKind,
    Columns,
    Look,
    Masthead,
    Notes,
    Prose,
    Row,
    Side,
    Spare,
    Story,
    Table,
    Tone,
)
from reports.content import GroupOfCity, Place, SectorSummary
from reports.story import asked, changes, common, correction, groups, outcomes, over_waves, places, sectors
from reports.story.common import Measured
from reports.story.community import story_of
from reports.story.titled import masthead_of
from reports.wording import facts, figures, verdicts
from reports.wording.phrases import say

STREETS_LEAST: Final = 2  # of one street the figure is that of the city


def sector_story(summary: SectorSummary, language: str) -> Story:
    """The report of a sector in ``language`` ("zh" or "en")."""
    own = common.measured(summary.table, summary.place, summary.indicators, language)
    judged = any(each.indicator.target for each in own)
    blocks: list[Block] = [masthead(summary, language), answer(summary, own, language, judged=judged)]
    drawn = [
        common.card_of(each, summary.table, further=changes.rows_of(summary.changes, None, each, summary.place))
        for each in own
    ]
    blocks += [Cards(tuple(drawn)), *changes.blocks(summary.changes, own, summary.place, language)]
    who = Prose(say(language, "sector_who"), who_rated(summary, own, language))
    blocks.append(Columns((Side(6, (who,)), Side(6, (sectors.among(summary, own[0], language),)))))
    for each in own:
        blocks += by_street(summary, each)
    by_group = [block for each in own for block in of_groups(summary, each)]
    if by_group:
        blocks.append(Spare(4, say(language, "spare_groups"), tuple(by_group)))
    differ = groups.sentences(summary.groups, own, summary.table.level, language)
    if differ:
        blocks.append(Spare(5, say(language, "groups_title"), (Prose(say(language, "groups_title"), tuple(differ)),)))
    if waves := over_waves.blocks(summary.trend, own, summary.place, summary.table.rule, language):
        blocks.append(Spare(2, say(language, "spare_waves"), tuple(waves)))
    blocks += made(summary, own, language, judged=judged)
    blocks += correction.blocks(summary.imprint, summary.table, printed(summary), language)
    blocks += common.definitions(summary, language)
    blocks.append(common.imprint_notes(summary.imprint, language))
    note = common.page_note(summary.table, language, judged=judged)
    return story_of(summary.imprint, summary.place, tuple(blocks), language, note)


def masthead(summary: SectorSummary, language: str) -> Masthead:
    where = say(language, "sector_of", city=summary.city.name.in_language(language))
    return masthead_of(summary, summary.samples.get(summary.place.code), where, "sector_report", language)


def answer(summary: SectorSummary, own: Sequence[Measured], language: str, *, judged: bool) -> Answer:
    """The verdict, or where there is no target the figure; below it what changed, and the caution."""
    response = common.response_of(summary.samples.get(summary.place.code), summary.caution)
    pairs = [(each.name, verdicts.shown_verdict(each.cell) if each.indicator.target else None) for each in own]
    sentence = (
        verdicts.verdict_sentence(pairs, language, subject=say(language, "whole_city"))
        if judged
        else without_target(own, language)
    )
    sentence = response.headline(sentence, language, judged=judged)
    changed = () if response.very_low else sectors.changed(summary, own, language)
    cautions = response.reading(language, judged=judged)
    drawn, in_words = (
        (*changed, *cautions, *common.reading(summary.table, language, judged=judged, drawn=each))
        for each in (True, False)
    )
    return Answer(sentence, drawn, in_words)


def without_target(own: Sequence[Measured], language: str) -> str:
    """供电 91.2%（88.9–93.1），没有设目标。 What is hidden says so."""
    hidden = [each.name for each in own if each.cell.suppression is not None]
    parts = [
        say(
            language,
            "sector_figure",
            name=each.name,
            value=verdicts.with_unit(common.value_words(each.cell, each.figures), each.figures.unit, language),
            interval=figures.joined(*each.figures.interval(each.cell)),
        )
        for each in own
        if each.cell.suppression is None
    ]
    if hidden:
        names = verdicts.names_joined(hidden, language)
        parts.append(say(language, f"{Verdict.NOT_PUBLISHED.value}_list", names=names))
    return say(language, "semicolon").join(parts) + say(language, "stop")


def who_rated(summary: SectorSummary, own: Sequence[Measured], language: str) -> tuple[str, ...]:
    """How many of those asked count in the figure, and why no response rate of users is told."""
    first = own[0]
    valid = places.respondents(summary, summary.place)
    if valid is None:
        return (say(language, "sector_others"),)
    n = first.cell.sample_size if first.cell.suppression is None else None
    phrase = "sector_hidden_n" if n is None else "sector_used" if first.indicator.excluded else "sector_rated"
    name = first.name if language == "zh" else verdicts.in_sentence(first.name, language)
    told = {"n": figures.count(n)} if n is not None else {}
    return (
        say(language, phrase, valid=figures.count(valid), name=name, **told),
        say(language, "sector_others"),
    )


# ------------------------------------------------------------------ tables


def by_street(summary: SectorSummary, each: Measured) -> list[Block]:
    """Every street with its interval in the order of the codes, last the city."""
    if len(summary.streets) < STREETS_LEAST:
        return []
    language = each.language
    every = [*(street for street, _ in summary.streets), summary.city]
    if all(cell_at(summary, each, place).suppression is not None for place in every):
        return []  # the answer says it: a table of marks would tell nothing
    lines = [*((place, Tone.PLAIN) for place in every[:-1]), (summary.city, Tone.WHOLE)]
    title = say(language, "sector_by_street", name=each.name)
    unit = say(language, "sector_by_street_unit", unit=verdicts.unit_word(each.figures.unit, language))
    return [figure_table(summary, each, lines, (title, unit, say(language, "street")))]


def of_groups(summary: SectorSummary, each: Measured) -> list[Block]:
    """The groups of the city of which the release has figures, by kind."""
    found = () if summary.groups is None else summary.groups.groups
    told = [one for one in found if common.row_of(summary.table, place_of(one)) is not None]
    if not any(cell_at(summary, each, place_of(one)).suppression is None for one in told):
        return []
    language = each.language
    lines: list[tuple[Place, Tone]] = []
    for _, some in groupby(told, key=lambda one: one.domain[-1][0]):
        inside = list(some)
        kind = inside[0].kind
        lines.append((Place(code="", name=kind, domain=inside[0].domain), Tone.STREET))
        lines += [(place_of(one), Tone.PLAIN) for one in inside]
    title = say(language, "sector_by_group", name=each.name)
    unit = say(language, "sector_by_group_unit", unit=verdicts.unit_word(each.figures.unit, language))
    return [figure_table(summary, each, lines, (title, unit, say(language, "sector_group")))]


def place_of(group: GroupOfCity) -> Place:
    return Place(code="", name=group.name, domain=group.domain)


def figure_table(
    summary: SectorSummary,
    each: Measured,
    lines: Sequence[tuple[Place, Tone]],
    words: tuple[str, str, str],
) -> Table:
    """A row for each place: figure with its verdict, interval in figures and drawn, and how many count in it. A line of
    the tone of a street is a head without figures. ``words``: title, unit and the head of the first column."""
    title, unit, first = words
    level = verdicts.level_words(summary.table.level)
    cells = [cell_at(summary, each, place) for place, tone in lines if tone is not Tone.STREET]
    target = each.indicator.target
    goal = None if target is None else target.value
    axis = common.axis_of(cells, each.figures, ticks=5, targets=() if goal is None else (goal,), target=goal)
    columns = (
        Column(first),
        Column("", ColumnKind.CHART, axis=axis, share=1.0),
        Column(each.name, ColumnKind.FIGURE),
        Column(say(each.language, "interval_short", level=level), ColumnKind.INTERVAL),
        Column("n", ColumnKind.FIGURE),
    )
    return Table(
        title=title,
        unit=unit,
        columns=columns,
        rows=tuple(
            Row((Cell(place.name.in_language(each.language)), *(Cell() for _ in columns[1:])), tone)
            if tone is Tone.STREET
            else row_of(summary, each, place, tone)
            for place, tone in lines
        ),
        notes=tuple(places.sign_notes([(cell, each.figures) for cell in cells], summary.table.rule, each.language)),
    )


def row_of(summary: SectorSummary, each: Measured, place: Place, tone: Tone) -> Row:
    cell = cell_at(summary, each, place)
    hidden = cell.suppression is not None
    verdict = verdicts.shown_verdict(cell) if each.indicator.target else None
    look = Look.OWN if tone is Tone.WHOLE else Look.CONTEXT
    cells = (
        Cell(place.name.in_language(each.language)),
        Cell(range=common.range_of(cell, each.figures, look)),
        Cell(common.value_words(cell, each.figures), verdict=verdict, letter=verdicts.letter(cell)),
        Cell(interval=None if hidden else each.figures.interval(cell)),
        Cell("" if hidden or cell.sample_size is None else figures.count(cell.sample_size), grey=True),
    )
    return Row(cells, tone)


def cell_at(summary: SectorSummary, each: Measured, place: Place) -> PublishableCell:
    return places.cell_at(summary, each.indicator, place)


# ------------------------------------------------------------------ how it was made


def made(summary: SectorSummary, own: Sequence[Measured], language: str, *, judged: bool) -> list[Block]:
    """Who was asked in the whole survey, how to read, how it was made."""
    streets = [street for street, _ in summary.streets] if len(summary.streets) >= STREETS_LEAST else []
    given = [
        verdicts.shown_verdict(cell_at(summary, each, place))
        for each in own
        if each.indicator.target is not None
        for place in (summary.place, *streets)
    ]
    read = common.how_to_read(summary.table, language, judged=judged, given=given)
    how = common.how_made(summary, language, given=given)
    sample = summary.samples.get(summary.place.code)
    if sample is None:
        return [read, how]
    told = (asked.counts(sample, language), asked.rates(sample, summary.method.frame_coverage, language))
    people: list[Block] = [Prose(say(language, "sample_title"), told)]
    if notes := facts.sample_notes(sample, language, with_e=False):
        people.append(Notes(notes))
    cases = (*facts.e_note(sample, language), *outcomes.in_a_line(sample.outcomes, language))
    further = [Spare(8, say(language, "spare_outcomes"), (Notes(cases),))] if cases else []
    return [Columns((Side(7, tuple(people)), Side(5, (read,)))), how, *further]


def printed(summary: SectorSummary) -> list[tuple[Place, Sequence[Indicator]]]:
    """Which figures this report holds: the city's, and those of its streets."""
    streets = [street for street, _ in summary.streets] if len(summary.streets) >= STREETS_LEAST else []
    return [(place, summary.indicators) for place in (summary.city, *streets)]
