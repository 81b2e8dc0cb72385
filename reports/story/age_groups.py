"""A community by age group."""

from __future__ import annotations

from collections.abc import Sequence

from reports.blocks import Cell, Column, ColumnKind, Row, Table
from reports.content import CommunitySummary
from reports.story import common
from reports.story.common import Measured
from reports.wording import figures, verdicts
from reports.wording.figures import Unit
from reports.wording.phrases import say


def table(summary: CommunitySummary, own: Sequence[Measured], language: str) -> Table:
    """The first four headline indicators by age group."""
    shown = own[:4]
    level = verdicts.level_words(summary.table.level)
    rows, cells = [], []
    for place in summary.age_groups:
        row = common.row_of(summary.table, place)
        size = row.sample_size if row is not None else None
        line = [Cell(place.name.in_language(language)), Cell("" if size is None else figures.count(size))]
        for each in shown:
            cell = common.cell_of(row, each.indicator)
            cells.append(cell)
            line.append(Cell(common.value_words(cell, each.figures), letter=verdicts.letter(cell)))
            line.append(Cell(interval=None if cell.suppression is not None else each.figures.interval(cell), grey=True))
        rows.append(Row(tuple(line)))
    columns = [Column(say(language, "age_group")), Column("n", ColumnKind.FIGURE)]
    for each in shown:
        columns += [Column(each.name, ColumnKind.FIGURE), Column("", ColumnKind.INTERVAL)]
    units = {each.figures.unit for each in shown}
    unit = verdicts.unit_word(units.pop() if len(units) == 1 else Unit.PLAIN, language)
    return Table(
        title=say(language, "by_age"),
        unit=say(language, "by_age_unit", level=level, unit=unit),
        columns=tuple(columns),
        rows=tuple(rows),
        notes=common.one_note(verdicts.hidden_notes(cells, summary.table.rule, language), language),
    )
