"""What was put right since the wave before, and whether this wave tells a change of it: one table on a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from analysis.results import ChangeVerdict
from reports.blocks import Block, Cell, Column, Row, Table
from reports.content import AreaSummary, CommunitySummary, PutRightItem
from reports.story import common
from reports.wording import changes
from reports.wording.figures import Figures, Unit
from reports.wording.phrases import say

MOST: Final = 8  # of one sheet; how many others there are is said
_SAID: Final[Mapping[ChangeVerdict, str]] = {
    ChangeVerdict.RISEN: "put_right_told",
    ChangeVerdict.FALLEN: "put_right_told",
    ChangeVerdict.NO_DETECTABLE_CHANGE: "put_right_none_found",
    ChangeVerdict.NOT_COMPARABLE: "put_right_not_compared",
    ChangeVerdict.NOT_ESTIMABLE: "put_right_not_compared",
}


def blocks(summary: CommunitySummary | AreaSummary, language: str, *, areas: bool = False) -> list[Block]:
    """``areas``: the sheet of a street, on which rows say whose they are. Nothing where nothing was on the list."""
    put_right = summary.put_right
    if put_right is None:
        return []
    units = common.units_of(summary)
    shown, more = put_right.items[:MOST], len(put_right.items) - MOST
    notes = [say(language, "put_right_note")]
    if more > 0:
        notes.append(say(language, "put_right_more", count=more))
    heads = [Column(say(language, "community"))] if areas else []
    heads += [
        Column(say(language, "put_right_item"), share=0.4),
        Column(say(language, "put_right_state")),
        Column(say(language, "put_right_change"), share=0.6),
    ]
    return [
        Table(
            title=say(language, "put_right", wave=changes.since(put_right.wave, language)),
            unit="",
            columns=tuple(heads),
            rows=tuple(_row(one, units, language, areas=areas) for one in shown),
            notes=tuple(notes),
        )
    ]


def _row(one: PutRightItem, units: Mapping[str, Unit], language: str, *, areas: bool) -> Row:
    name = [Cell(one.area.in_language(language))] if areas else []
    return Row(
        (
            *name,
            Cell(one.item.in_language(language)),
            Cell(say(language, f"put_right_{one.state}")),
            Cell(_change(one, units, language)),
        )
    )


def _change(one: PutRightItem, units: Mapping[str, Unit], language: str) -> str:
    """Nothing of a matter without an indicator; of one whose change is not told, that it is not compared."""
    if not one.indicator:
        return say(language, "put_right_no_figure")
    unit = units.get(one.indicator)
    if one.change is None or unit is None:
        return say(language, "put_right_not_compared")
    by = changes.short(one.change, Figures(unit=unit), language)
    return say(language, _SAID[one.change.verdict], by=by)
