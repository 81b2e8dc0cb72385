"""What to mend first in an area: up to three items, of those shown fully, and what that choice rests on.

Pure: a summary in, values out. Sheets, Word and pages take the same choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from analysis.city_results import DriverFigures, Priority
from reports.blocks import Block, Cell, Column, ColumnKind, Look, Notes, Row, Table, Tone
from reports.content import AreaSummary, CommunitySummary
from reports.story import common, compared
from reports.story.common import Measured
from reports.story.items import ascending_is_bad, item_groups, same_figure, unit_of, worst_first
from reports.wording import figures, tiers, verdicts
from reports.wording.phrases import say

MOST: Final = 3
NAMED_MOST: Final = 6  # of the items that take no part
COUNTED: Final = ("one_item", "two_items", "three_items")
REMARKS: Final = {
    Priority.MEND_FIRST: "mend_priority",
    Priority.KEEP: "mend_large",
    Priority.WATCH: "mend_small",
    Priority.ENOUGH: "mend_small",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MendFirst:
    """``first`` is empty where too few items are shown fully; ``remarks`` has a text for each of ``first``, or none."""

    language: str
    first: tuple[Measured, ...]  # what to mend first comes first
    shown: int  # items that could have been among them
    left_out: tuple[Measured, ...]  # the others, in the order of the questionnaire
    remarks: tuple[str, ...]  # how much each matters in the city, where that is told of any item
    pool: tuple[Measured, ...]  # all that were chosen among
    basis: tuple[str, ...]  # sentences: why these, what cannot be told from the worst, what takes no part

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.first)

    @property
    def title(self) -> str:
        """先改这三件; "" where none can be named."""
        return say(self.language, "mend_title", count=self._count) if self.first else ""

    @property
    def sentence(self) -> str:
        """先改这三件：甲、乙、丙。 Where none can be named: why."""
        if not self.first:
            return self.basis[0]
        names = verdicts.names_joined(list(self.names), self.language)
        return say(self.language, "mend_named", count=self._count, names=names)

    @property
    def _count(self) -> str:
        return say(self.language, COUNTED[len(self.first) - 1])


def mend_first(summary: CommunitySummary | AreaSummary, language: str) -> MendFirst | None:
    """None where the questionnaire has no items, or only one.

    Items of several groups stand together where they have one unit and one direction; those of another unit are not
    chosen among. Where fewer than half are shown fully none is named, for the others may be worse; nor where no more
    are shown than would be named, which is no choice.
    """
    groups = item_groups(summary, language)
    pool = alike(groups)
    if len(pool) < 2:
        return None
    told = sorted((each for each in pool if tiers.comparable(each.cell)), key=worst_first)
    left_out = tuple(each for each in in_order(summary, pool) if not tiers.comparable(each.cell))
    if not told or (left_out and (len(told) <= MOST or len(told) * 2 < len(pool))):
        none = say(language, "mend_none" if told else "mend_nothing", count=len(pool), shown=len(told))
        return MendFirst(
            language=language,
            first=(),
            shown=len(told),
            left_out=left_out,
            remarks=(),
            pool=tuple(pool),
            basis=(none,),
        )
    drivers = None if summary.beside is None else summary.beside.drivers
    priorities = priorities_of(drivers)
    urgent = [
        each
        for each in told
        if priorities.get(each.indicator.id) is Priority.MEND_FIRST and with_worst(summary, each, groups)
    ]
    first = tuple([*urgent, *(each for each in told if each not in urgent)][: min(MOST, len(told) - 1)])
    basis = [_why(summary, first, told, urgent, language), *_pairs(summary, first, groups, language)]
    if left_out:
        basis.append(_not_among(left_out, language))
    return MendFirst(
        language=language,
        first=first,
        shown=len(told),
        left_out=left_out,
        remarks=tuple(say(language, _remark(priorities, each)) for each in first) if priorities else (),
        pool=tuple(pool),
        basis=tuple(basis),
    )


def of_street(summary: CommunitySummary, language: str) -> tuple[str, ...]:
    """What the street of a community mends first, as its own sheet names it. Nothing where that goes by what matters
    in the city: this sheet does not know what cannot be told from the worst of the street."""
    if priorities_of(None if summary.beside is None else summary.beside.drivers):
        return ()
    found = mend_first(replace(summary, place=summary.street), language)
    if found is None or not found.first:
        return ()
    count = say(language, COUNTED[len(found.first) - 1])
    names = verdicts.names_joined([verdicts.in_sentence(one, language) for one in found.names], language)
    place = summary.street.name.in_language(language)
    return (say(language, "mend_street", place=place, count=count, names=names),)


def explained(summary: CommunitySummary | AreaSummary, language: str) -> tuple[Measured, ...]:
    """The items above whose table the sheet says what a figure is."""
    found = mend_first(summary, language)
    return () if found is None or not found.first else found.pool


def blocks(summary: CommunitySummary | AreaSummary, language: str) -> list[Block]:
    """The section of a sheet: the three with their intervals, or the sentence why there are none."""
    found = mend_first(summary, language)
    if found is None:
        return []
    if not found.first:
        return [Notes(found.basis)]
    return [table(found, summary.table.level)]


def table(found: MendFirst, at_level: float) -> Table:
    """A row for each, in the order of ``first``."""
    language, written = found.language, found.first[0].figures
    axis = common.axis_of([each.cell for each in found.first], written, ticks=5)
    rows = []
    for place, each in enumerate(found.first):
        remark = (Cell(found.remarks[place], grey=True),) if found.remarks else ()
        cells = (
            Cell(each.name),
            *remark,
            Cell(range=common.range_of(each.cell, each.figures, Look.OWN)),
            Cell(common.value_words(each.cell, each.figures)),
            Cell(interval=each.figures.interval(each.cell)),
            Cell("" if each.cell.sample_size is None else figures.count(each.cell.sample_size), grey=True),
        )
        rows.append(Row(cells, Tone.STRONG))
    columns = (
        Column(say(language, "item")),
        *((Column(""),) if found.remarks else ()),
        Column("", ColumnKind.CHART, axis=axis, share=1.0),
        Column(say(language, "estimate"), ColumnKind.FIGURE),
        Column(say(language, "interval_short", level=verdicts.level_words(at_level)), ColumnKind.INTERVAL),
        Column("n", ColumnKind.FIGURE),
    )
    return Table(
        title=found.title,
        unit=unit_of(found.pool, language),
        columns=columns,
        rows=tuple(rows),
        notes=common.one_note(found.basis, language),
        pitch=5 if language == "zh" else 4,
    )


def alike(groups: Sequence[Sequence[Measured]]) -> list[Measured]:
    """All items that share unit, scale and direction with the first one: of these one can be worse than another."""
    every = [each for group in groups for each in group]
    if not every:
        return []
    parts = common.split_by_unit([each for each in every if ascending_is_bad(each) == ascending_is_bad(every[0])])
    return next(part for part in parts.values() if every[0] in part)


def in_order(summary: CommunitySummary | AreaSummary, pool: Sequence[Measured]) -> list[Measured]:
    """As the questionnaire has them."""
    places = {indicator.id: place for place, indicator in enumerate(summary.indicators)}
    return sorted(pool, key=lambda each: places[each.indicator.id])


def priorities_of(drivers: DriverFigures | None) -> dict[str, Priority | None]:
    """By item, of the city; empty where no item is told from the mean of all, and nothing may be ordered by it."""
    if drivers is None or all(one.priority is None for one in drivers.items):
        return {}
    return {one.variable: one.priority for one in drivers.items}


def with_worst(summary: CommunitySummary | AreaSummary, each: Measured, groups: Sequence[Sequence[Measured]]) -> bool:
    """Whether the item is the worst of its group here, or cannot be told from it."""
    [group] = [group for group in groups if each in group]
    found = compared.items_of(summary.comparisons, group, summary.place)
    if found is None or not set(found.items) <= {one.indicator.id for one in group}:
        return False
    return each.indicator.id in (found.with_highest if ascending_is_bad(each) else found.with_lowest)


def _remark(priorities: dict[str, Priority | None], each: Measured) -> str:
    told = priorities.get(each.indicator.id)
    return "mend_untold" if told is None else REMARKS[told]


def _why(
    summary: CommunitySummary | AreaSummary,
    first: Sequence[Measured],
    told: Sequence[Measured],
    urgent: Sequence[Measured],
    language: str,
) -> str:
    """How the three were chosen, in a sentence or two."""
    drivers = None if summary.beside is None else summary.beside.drivers
    named = {each.id: each.name.in_language(language) for each in summary.indicators}
    if urgent and drivers is not None:
        outcome = verdicts.in_sentence(named.get(drivers.outcome, drivers.outcome), language)
        return say(language, "mend_by_importance", outcome=outcome)
    count = say(language, COUNTED[len(first) - 1])
    why = say(language, "mend_highest" if ascending_is_bad(first[0]) else "mend_lowest", shown=len(told), count=count)
    if same := _same_as_last(first, told):
        why += ("" if language == "zh" else " ") + say(language, "mend_same", count=same)
    if drivers is None or priorities_of(drivers) or drivers.outcome not in named:
        return why
    explained = f"{figures.written(drivers.explained * 100, 1)}%"
    outcome = verdicts.in_sentence(named[drivers.outcome], language)
    weak = say(language, "mend_weak", outcome=outcome, explained=explained)
    return f"{why}{'' if language == 'zh' else ' '}{weak}"


def _same_as_last(first: Sequence[Measured], told: Sequence[Measured]) -> int:
    """Of those that are not named, how many have the figure of the last that is."""
    return sum(each not in first and same_figure(each, first[-1]) for each in told)


def _pairs(
    summary: CommunitySummary | AreaSummary,
    first: Sequence[Measured],
    groups: Sequence[Sequence[Measured]],
    language: str,
) -> list[str]:
    """What cannot be told from the worst, of each group that one of the three is in."""
    notes: list[str] = []
    for group in groups:
        if any(each in group for each in first):
            found = compared.items_of(summary.comparisons, group, summary.place)
            notes += compared.items_note(found, group, language, down=ascending_is_bad(first[0]))
    return notes


def _not_among(left_out: Sequence[Measured], language: str) -> str:
    names = [each.name for each in left_out[:NAMED_MOST]]
    if len(left_out) <= NAMED_MOST:
        return say(language, "mend_left_out", count=len(left_out), names=verdicts.names_joined(names, language))
    return say(language, "mend_left_out_more", count=len(left_out), names=say(language, "enumeration").join(names))
