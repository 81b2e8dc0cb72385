"""More headlines than have cards: one line each, what missed its target first. Nothing is left out for its number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from analysis.results import Verdict
from reports.blocks import Block, Cell, Column, ColumnKind, Row, Table, Tone
from reports.content import AreaSummary, CommunitySummary
from reports.story import against, changes, common, compared
from reports.story.common import Measured
from reports.story.places import communities
from reports.wording import changes as change_words
from reports.wording import figures, verdicts
from reports.wording.phrases import say

CARDS_MOST: Final = 8
ORDER: Final = (
    Verdict.NOT_REACHED,
    Verdict.CANNOT_TELL,
    Verdict.CANNOT_REACH,
    Verdict.REACHED,
    None,
    Verdict.NOT_PUBLISHED,
)


def by_urgency(own: Sequence[Measured]) -> list[Measured]:
    """What missed its target, then what cannot be told, then the rest; within each as the questionnaire has them."""
    return sorted(own, key=lambda each: ORDER.index(verdict_of(each)))


def verdict_of(each: Measured) -> Verdict | None:
    if each.cell.suppression is not None:
        return Verdict.NOT_PUBLISHED
    return each.cell.verdict if each.indicator.target else None


def tables(summary: CommunitySummary, own: Sequence[Measured], language: str) -> list[Block]:
    """A table for each unit, its verdicts counted in the lead of the first."""
    differs = compared.differs(summary.comparisons, own, summary.place, against.above_named(summary), language)
    made: list[Block] = []
    for (unit, _), group in common.split_by_unit(by_urgency(own)).items():
        level = verdicts.level_words(summary.table.level)
        since = any(changes.rows_of(summary.changes, None, each, summary.place) for each in group)
        columns = [
            Column(say(language, "waves_indicator")),
            Column(say(language, "estimate"), ColumnKind.FIGURE),
            Column(say(language, "interval_short", level=level), ColumnKind.INTERVAL),
            Column(say(language, "target"), ColumnKind.FIGURE),
            Column(say(language, "street_above"), ColumnKind.FIGURE),
            Column(say(language, "city_above"), ColumnKind.FIGURE),
        ]
        if since and summary.changes is not None:
            wave = change_words.label(summary.changes.since, language)
            columns.append(Column(say(language, "since", wave=wave), ColumnKind.FIGURE))
        places = against.above_and_own(summary)
        cells = [cell for each in group for cell in against.around(summary, each.indicator, places)]
        made.append(
            Table(
                title=say(language, "many_title"),
                unit=say(language, "unit", unit=verdicts.unit_word(unit, language)),
                columns=tuple(columns),
                rows=tuple(_row(summary, each, since=since) for each in group),
                notes=tuple(verdicts.hidden_notes(cells, summary.table.rule, language)),
                lead="" if made else differs,
            )
        )
    return made


def _row(summary: CommunitySummary, each: Measured, *, since: bool) -> Row:
    own, street, city = against.around(summary, each.indicator, against.above_and_own(summary))
    target, verdict = each.indicator.target, verdict_of(each)
    aim = ""
    if target is not None:
        aim = verdicts.target_words(target, common.of_targets(each), each.language)
    cells = [
        Cell(each.name, verdict=verdict, bold=verdict is Verdict.NOT_REACHED),
        Cell(common.value_words(own, each.figures), letter=verdicts.letter(own), bold=True),
        Cell(interval=None if own.suppression is not None else each.figures.interval(own)),
        Cell(aim, grey=True),
        *(
            Cell(common.value_words(one, each.figures), letter=verdicts.letter(one), grey=True)
            for one in (street, city)
        ),
    ]
    if since:
        told = changes.rows_of(summary.changes, None, each, summary.place)
        cells.append(Cell(told[0][1] if told else figures.NOTHING))
    return Row(tuple(cells), Tone.PLAIN)


def of_area(summary: AreaSummary, own: Sequence[Measured], language: str) -> list[Block]:
    """Of a street or the city: its own figures, and how many of its communities got which verdict."""
    made: list[Block] = []
    for (unit, _), group in common.split_by_unit(own).items():
        level = verdicts.level_words(summary.table.level)
        columns = (
            Column(say(language, "waves_indicator")),
            Column(say(language, "estimate"), ColumnKind.FIGURE),
            Column(say(language, "interval_short", level=level), ColumnKind.INTERVAL),
            Column(say(language, "target"), ColumnKind.FIGURE),
            Column(say(language, "counted_communities"), share=1.0),
        )
        made.append(
            Table(
                title=say(language, "counted_title"),
                unit=say(language, "unit", unit=verdicts.unit_word(unit, language)),
                columns=columns,
                rows=tuple(_area_row(summary, each) for each in group),
                notes=tuple(verdicts.hidden_notes([each.cell for each in group], summary.table.rule, language)),
            )
        )
    return made


def _area_row(summary: AreaSummary, each: Measured) -> Row:
    target, verdict, language = each.indicator.target, verdict_of(each), each.language
    given = common.verdicts_at(summary.table, communities(summary), each.indicator)
    counted = [
        say(language, "counted", word=verdicts.verdict_word(one, language), count=given.count(one))
        for one in ORDER
        if one is not None and given.count(one)
    ]
    return Row(
        (
            Cell(each.name, verdict=verdict, bold=verdict is Verdict.NOT_REACHED),
            Cell(common.value_words(each.cell, each.figures), letter=verdicts.letter(each.cell), bold=True),
            Cell(interval=None if each.cell.suppression is not None else each.figures.interval(each.cell)),
            Cell("" if target is None else verdicts.target_words(target, common.of_targets(each), language), grey=True),
            Cell(say(language, "comma").join(counted) if target is not None else ""),
        )
    )
