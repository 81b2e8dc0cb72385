"""The headlines of an area over the released waves, each figure as its wave printed it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from analysis.results import PublicationRule, TrendPoint
from reports.blocks import Block, Cell, Column, ColumnKind, Row, Table
from reports.content import Place, Trend
from reports.story import common
from reports.story.common import Measured
from reports.wording import verdicts
from reports.wording.phrases import say

WAVES_MOST: Final = 6  # the newest
BREAK: Final = "†"


def blocks(
    trend: Trend | None, own: Sequence[Measured], place: Place, rule: PublicationRule, language: str
) -> list[Block]:
    """A table for each unit; nothing before the second wave."""
    if trend is None or len(trend.waves) < 2:
        return []
    waves = [wave.in_language(language) for wave in trend.waves[-WAVES_MOST:]]
    made: list[Block] = []
    for (unit, _), group in common.split_by_unit(own).items():
        told = [(each, found) for each in group if (found := trend.of(place.domain, each.indicator.id)) is not None]
        if not told:
            continue
        columns = (Column(say(language, "waves_wave")), *(Column(each.name, ColumnKind.FIGURE) for each, _ in told))
        broken = any(point.breaks for _, found in told for point in found.points[-WAVES_MOST:][1:])
        cells = [point.cell(found.variable) for _, found in told for point in found.points[-WAVES_MOST:]]
        notes = [say(language, "waves_break")] if broken else []
        made.append(
            Table(
                title=say(language, "waves_title"),
                unit=say(language, "waves_unit", unit=verdicts.unit_word(unit, language)),
                columns=columns,
                rows=tuple(
                    Row((Cell(wave), *(_cell(found.points[-WAVES_MOST:][n], each, n) for each, found in told)))
                    for n, wave in enumerate(waves)
                ),
                notes=common.one_note((*notes, *verdicts.hidden_notes(cells, rule, language)), language),
            )
        )
    return made


def _cell(point: TrendPoint, each: Measured, place: int) -> Cell:
    """A dagger where it is not to be compared with the one before it in the table."""
    cell = point.cell(each.indicator.id)
    sign = BREAK if point.breaks and place else ""
    return Cell(common.value_words(cell, each.figures), letter=f"{verdicts.letter(cell)}{sign}")
