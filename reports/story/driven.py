"""What goes with a rate in the whole city: a table of the items, or one sentence where they explain too little."""

from __future__ import annotations

from reports.blocks import Block, Cell, Column, ColumnKind, Notes, Row, Table
from reports.content import AreaSummary
from reports.story import common
from reports.story.mend import REMARKS, priorities_of
from reports.story.places import is_city
from reports.wording import figures, verdicts
from reports.wording.phrases import say


def blocks(summary: AreaSummary, language: str) -> list[Block]:
    """Of the city only, where it was computed and may be published."""
    drivers = None if summary.beside is None else summary.beside.drivers
    named = {one.id: one for one in summary.indicators}
    if drivers is None or not is_city(summary) or drivers.outcome not in named:
        return []
    outcome = verdicts.in_sentence(named[drivers.outcome].name.in_language(language), language)
    explained = say(
        language,
        "driven_explained",
        outcome=outcome,
        share=_percent(drivers.explained),
        interval=figures.joined(_percent(drivers.low), _percent(drivers.high)),
        n=figures.count(drivers.respondents),
    )
    if not priorities_of(drivers):
        return [Notes((explained + say(language, "driven_weak"),))]
    told = [one for one in drivers.items if one.variable in named]
    measured = common.measured(summary.table, summary.place, (named[one.variable] for one in told), language)
    rows = tuple(
        Row(
            (
                Cell(each.name),
                Cell(_percent(one.share)),
                Cell(interval=(_percent(one.low), _percent(one.high))),
                Cell(common.value_words(each.cell, each.figures)),
                Cell(say(language, "mend_untold" if one.priority is None else REMARKS[one.priority])),
            )
        )
        for one, each in zip(told, measured, strict=True)
    )
    heads = (("item", ColumnKind.TEXT), ("driven_share", ColumnKind.FIGURE), ("", ColumnKind.INTERVAL))
    columns = tuple(Column(say(language, head) if head else "", kind) for head, kind in heads)
    last = (Column(say(language, "driven_done"), ColumnKind.FIGURE), Column(""))
    title, unit = say(language, "driven_title", outcome=outcome), say(language, "unit", unit="%")
    return [Table(title, unit, (*columns, *last), rows, (explained,))]


def _percent(share: float) -> str:
    return figures.written(share * 100, 1)
