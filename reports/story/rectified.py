"""What was put right since the wave before, and whether this wave tells a change of it: one table on a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from analysis.results import ChangeVerdict
from questionnaires.indicators import Indicator
from reports.blocks import Block, Cell, Column, Row, Table
from reports.content import PutRight, PutRightItem
from reports.wording import changes, verdicts
from reports.wording.figures import Figures
from reports.wording.phrases import say

MOST: Final = 8  # of one sheet; how many others there are is said
_SAID: Final[Mapping[ChangeVerdict, str]] = {
    ChangeVerdict.RISEN: "put_right_told",
    ChangeVerdict.FALLEN: "put_right_told",
    ChangeVerdict.NO_DETECTABLE_CHANGE: "put_right_none_found",
    ChangeVerdict.NOT_COMPARABLE: "put_right_not_compared",
    ChangeVerdict.NOT_ESTIMABLE: "put_right_not_compared",
}


def blocks(
    put_right: PutRight | None, indicators: Sequence[Indicator], language: str, *, areas: bool = False
) -> list[Block]:
    """``areas``: the sheet of a street, on which rows say whose they are. Nothing where nothing was on the list."""
    if put_right is None:
        return []
    known = {one.id: one for one in indicators}
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
            title=say(language, "put_right", wave=put_right.wave.in_language(language)),
            unit="",
            columns=tuple(heads),
            rows=tuple(_row(one, known, language, areas=areas) for one in shown),
            notes=tuple(notes),
        )
    ]


def _row(one: PutRightItem, known: Mapping[str, Indicator], language: str, *, areas: bool) -> Row:
    name = [Cell(one.area.in_language(language))] if areas else []
    return Row(
        (
            *name,
            Cell(one.item.in_language(language)),
            Cell(say(language, f"put_right_{one.state}")),
            Cell(_change(one, known, language)),
        )
    )


def _change(one: PutRightItem, known: Mapping[str, Indicator], language: str) -> str:
    """Nothing of a matter without an indicator; of one whose change is not told, that it is not compared."""
    if not one.indicator:
        return say(language, "put_right_no_figure")
    indicator = known.get(one.indicator)
    if one.change is None or indicator is None:
        return say(language, "put_right_not_compared")
    by = changes.short(one.change, Figures(unit=verdicts.unit_of(indicator)), language)
    return say(language, _SAID[one.change.verdict], by=by)
