"""Items by area as a table whose fields are shaded by steps of the printed figure. No order of areas is told by it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, pairwise
from typing import Final

from analysis.results import PublishableCell
from questionnaires.indicators import Indicator
from reports.blocks import SHADES, Block, Cell, Column, ColumnKind, Notes, Row, Table, Tone
from reports.content import AreaSummary, Place
from reports.story import common, compared, mend
from reports.story.common import Measured
from reports.story.items import any_coarse, ascending_is_bad, item_groups, meaning
from reports.wording import figures, tiers, verdicts
from reports.wording.figures import Figures
from reports.wording.phrases import say

ACROSS_MOST: Final = 9  # fields side by side in one table
STEP: Final = 5  # per cent or points: no finer step is worth a shade
ROUND: Final = (1, 2, 4, 10)  # multiples of it: 5, 10, 20, 50, then ten times these


@dataclass(frozen=True, slots=True)
class Steps:
    """``bounds``: where one shade ends and the next begins, ascending, in the unit of the figures; at most four."""

    bounds: tuple[float, ...]
    down: bool  # a high figure is the bad one, so the high ones are the dark ones

    def shade(self, value: float) -> int:
        """0 for the paper; the worse the figure, the darker."""
        above = sum(value >= bound for bound in self.bounds)
        return above if self.down else len(self.bounds) - above

    def words(self, language: str) -> str:
        """From the darkest to the paper: 不足 60、60 至不足 70、70 以上."""
        bounds = [figures.written(bound, 0) for bound in self.bounds]
        parts = [say(language, "shade_below", high=bounds[0])]
        parts += [say(language, "shade_between", low=low, high=high) for low, high in pairwise(bounds)]
        parts.append(say(language, "shade_from", low=bounds[-1]))
        return say(language, "enumeration").join(reversed(parts) if self.down else parts)


def blocks(summary: AreaSummary, places: Sequence[Place], language: str, *, streets: bool) -> list[Block]:
    """A table for each group of items and unit: the area itself, then ``places`` in the order of their codes."""
    made: list[Block] = []
    for group in item_groups(summary, language):
        for part in common.split_by_unit(group).values():
            made += tables_of(summary, part, places, language, streets=streets)
    return made


def tables_of(
    summary: AreaSummary, group: Sequence[Measured], places: Sequence[Place], language: str, *, streets: bool
) -> list[Block]:
    """Areas beside each other where they fit, else below each other with the items beside each other."""
    everywhere = (summary.place, *places)
    cells = {
        (each.indicator.id, at.domain): cell_at(summary, each.indicator, at) for each in group for at in everywhere
    }
    if all(cell.suppression is not None for cell in cells.values()):
        return [Notes((say(language, "heat_nothing"),))]
    down = ascending_is_bad(group[0])
    steps = steps_of(cells.values(), group[0].figures, down=down)

    def field(each: Measured, at: Place) -> Cell:
        cell = cells[each.indicator.id, at.domain]
        shade = steps.shade(told(cell, each.figures)) if shaded(cell, each.figures) else 0
        return Cell(common.value_words(cell, each.figures), letter=verdicts.letter(cell), shade=shade)

    title = say(language, "heat_by_street" if streets else "heat_by_community")
    unit = _unit(group, mend.explained(summary, language), language)
    notes = tuple(notes_of(summary, group, list(cells.values()), steps, language))
    if len(everywhere) <= ACROSS_MOST:
        columns = tuple(field_column(at, language, strong=at is summary.place) for at in everywhere)
        rows = tuple(Row((Cell(each.name), *(field(each, at) for at in everywhere))) for each in group)
        return [Table(title, unit, (Column(say(language, "item")), *columns), rows, notes)]
    made: list[Block] = []
    parts = evenly(group, ACROSS_MOST)
    for number, part in enumerate(parts):
        columns = tuple(Column(each.name, ColumnKind.SHADED, share=1.0) for each in part)
        rows = tuple(
            Row(
                (Cell(at.name.in_language(language)), *(field(each, at) for each in part)),
                Tone.STREET if at is summary.place else Tone.PLAIN,
            )
            for at in everywhere
        )
        head = Column(say(language, "street" if streets else "community"))
        last = number == len(parts) - 1
        made.append(Table(title, unit, (head, *columns), rows, notes if last else (), pitch=4, bookmark=number == 0))
    return made


def _unit(group: Sequence[Measured], told: Sequence[Measured], language: str) -> str:
    """The order of the areas, the unit, and what it means where that was not said above ``told``."""
    unit, means = verdicts.unit_word(group[0].figures.unit, language), meaning(group, language)
    if not means or (told and means == meaning(told, language)):
        return say(language, "heat_unit", unit=unit)
    return say(language, "heat_unit_means", unit=unit, meaning=means)


def cell_at(summary: AreaSummary, indicator: Indicator, at: Place) -> PublishableCell:
    return common.cell_of(common.row_of(summary.table, at), indicator)


def field_column(at: Place, language: str, *, strong: bool) -> Column:
    return Column(at.name.in_language(language), ColumnKind.SHADED, share=1.0, strong=strong)


def evenly(group: Sequence[Measured], most: int) -> list[Sequence[Measured]]:
    """Parts of nearly the same length, none longer than ``most``."""
    length = math.ceil(len(group) / math.ceil(len(group) / most))
    return [group[start : start + length] for start in range(0, len(group), length)]


def shaded(cell: PublishableCell, written: Figures) -> bool:
    """Only a figure that may stand in an order: firm, told itself, and not an end because all answered alike."""
    return tiers.comparable(cell) and cell.value is not None and not common.figures_all_alike(cell, written)


def told(cell: PublishableCell, written: Figures) -> float:
    """The figure as it is printed, so that none stands in a field that its own number denies."""
    assert cell.value is not None
    decimals = written.of(cell).decimals
    return float(figures.written(written.scaled(cell.value), decimals).replace(",", "").replace(figures.MINUS, "-"))


def steps_of(cells: Iterable[PublishableCell], written: Figures, *, down: bool) -> Steps:
    """Round steps over the figures that are shaded: the finest of which five shades are enough, or six, of which the
    two of the best figures are one."""
    values = [told(cell, written) for cell in cells if shaded(cell, written)]
    if not values:
        return Steps((), down)
    low, high = min(values), max(values)
    step = next(
        step
        for power in count()
        for step in (STEP * times * 10**power for times in ROUND)
        if math.floor(high / step) - math.floor(low / step) <= SHADES
    )
    bounds = [float(i * step) for i in range(math.floor(low / step) + 1, math.floor(high / step) + 1)]
    if len(bounds) == SHADES:
        bounds = bounds[1:] if down else bounds[:-1]
    return Steps(tuple(bounds), down)


def notes_of(
    summary: AreaSummary, group: Sequence[Measured], cells: Sequence[PublishableCell], steps: Steps, language: str
) -> Iterable[str]:
    """What the order is, what the shades are, what they are not; then the signs."""
    firm, down = sum(tiers.comparable(each.cell) for each in group), ascending_is_bad(group[0])
    if not firm:
        yield say(language, "heat_unordered")
    elif firm == len(group):
        yield say(language, "heat_order_down" if down else "heat_order")
    else:
        yield say(language, "heat_order_part_down" if down else "heat_order_part", count=len(group) - firm)
    found = compared.items_of(summary.comparisons, group, summary.place)
    yield from compared.items_note(found, group, language, down=down)
    if steps.bounds:
        yield say(language, "heat_shades", steps=steps.words(language))
        if any(cell.coded is not None for cell in cells) or any_coarse(group) or any(map(tiers.coarse, cells)):
            yield say(language, "heat_unshaded")
    else:
        yield say(language, "heat_plain")
    yield from verdicts.hidden_notes(cells, summary.table.rule, language)
