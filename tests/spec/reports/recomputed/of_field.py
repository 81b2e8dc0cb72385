"""What is said of the fieldwork, of the signs that stand for verdicts, and of what an edition corrects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analysis.results import PublishableCell, Verdict
from questionnaires.indicators import Indicator
from reports.content import CommunitySummary, Place
from tests.spec.reports.recomputed import figures
from tests.spec.reports.recomputed.registry import True_, true_where
from tests.spec.reports.recomputed.sheet import SECOND, Sheet, Where

Values = Mapping[str, object]


@true_where("asked_by_own", "asked_by_own_partly")
def asked_by(sheet: Sheet, where: Where) -> Iterator[Values]:
    asked = None if sheet.sample is None else sheet.sample.asked_by
    if asked is not None:
        yield {
            "known": figures.count(asked.known),
            "own": figures.count(asked.own),
            "rate": figures.rate(asked.own / asked.known, sheet.language),
            "unknown": figures.count(asked.interviews - asked.known),
        }


@true_where("open_burst_note", "open_note")
def in_bursts(sheet: Sheet, where: Where) -> Iterator[Values]:
    if sheet.sample is not None:
        yield {"count": figures.count(sheet.sample.open_in_bursts)}
        yield {"count": figures.count(sheet.sample.open_responses)}


@true_where("outcomes_unrecorded")
def unrecorded(sheet: Sheet, where: Where) -> Iterator[Values]:
    if sheet.sample is not None and not sheet.sample.outcomes_recorded:
        yield {}


@true_where("outcomes_unrecorded_here")
def unrecorded_here(sheet: Sheet, where: Where) -> Iterator[Values]:
    summary = sheet.summary
    if not isinstance(summary, CommunitySummary) and not all(one.outcomes_recorded for one in summary.samples.values()):
        yield {}


@true_where("firmness_lead", "firmness_lead_share")
def firmness(sheet: Sheet, where: Where) -> Iterator[Values]:
    """Beside verdicts alone."""
    if sheet.targets:
        yield {"rate": figures.rate(sheet.rate, sheet.language)}


@true_where("firmness_missing")
def firmness_missing(sheet: Sheet, where: Where) -> Iterator[Values]:
    """Headlines with a target that stand in no row of the table."""
    table = where.table
    if table is not None:
        rows = {row.cells[0].text for row in table.rows}
        names = [sheet.small(name) for one in sheet.targets if (name := sheet.said(one.name)) not in rows]
        cells = [sheet.cell(one) for one in sheet.targets if sheet.said(one.name) not in rows]
        if names and all(one.suppression is not None or one.tipping_point is None for one in cells):
            yield {"names": sheet.listed(names)}


@true_where("legend_cannot_reach")
def legend(sheet: Sheet, where: Where) -> Iterator[Values]:
    """Explained where it stands somewhere on the sheet."""
    cells = [cell for row in sheet.summary.table.rows for cell in row.cells]
    if any(one.verdict is Verdict.CANNOT_REACH for one in cells):
        yield {}


# ------------------------------------------------------------------ what an edition corrects


def printed(sheet: Sheet, one: Indicator, cell: PublishableCell) -> tuple[str, ...]:
    if cell.suppression is not None:
        return (figures.NONE,)
    low, high = figures.limits(one, cell)
    return figures.value(one, cell), low, high, str(cell.verdict if one.target is not None else None)


def on_the_sheet(sheet: Sheet) -> list[tuple[Place, Indicator]]:
    """Every figure that it prints: of the own area all, of others the headlines, of those right below the items."""
    summary, second = sheet.summary, [one for one in sheet.summary.indicators if one.id.endswith(SECOND)]
    if isinstance(summary, CommunitySummary):
        own = [(sheet.place, one) for one in summary.indicators]
        return own + [(place, one) for place in sheet.above for one in sheet.headlines]
    if sheet.is_sector:
        return [(place, one) for place in sheet.with_rows for one in sheet.headlines]
    beside = [one for one in second if one.id.removesuffix(SECOND) in {each.id for each in sheet.headlines}]
    with_items = [sheet.place, *(sheet.streets if sheet.is_city else sheet.communities)]
    places = dict.fromkeys([sheet.place, *sheet.streets, *sheet.communities])
    return [
        (place, one)
        for place in places
        for one in [*sheet.headlines, *beside, *(sheet.items if place in with_items else ())]
    ]


def corrected(sheet: Sheet) -> tuple[int, int]:
    """Figures of the sheet, and how many of them were printed otherwise."""
    correction = sheet.summary.imprint.correction
    assert correction is not None
    every = on_the_sheet(sheet)
    before = sheet.with_table(correction.earlier)
    otherwise = [
        one
        for place, one in every
        if printed(sheet, one, sheet.cell(one, place)) != printed(sheet, one, before.cell(one, place))
    ]
    return len(every), len(otherwise)


def _corrected(*, some: bool) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        if sheet.summary.imprint.correction is not None:
            every, otherwise = corrected(sheet)
            if bool(otherwise) is some:
                yield {"count": figures.count(every), "changed": figures.count(otherwise)}

    return true


true_where("figures_changed")(_corrected(some=True))
true_where("nothing_printed_changed")(_corrected(some=False))


@true_where("and_more_changed")
def more_changed(sheet: Sheet, where: Where) -> Iterator[Values]:
    table = where.table
    if table is not None and sheet.summary.imprint.correction is not None:
        yield {"count": figures.count(corrected(sheet)[1] - len(table.rows))}


@true_where("remarks_counted")
def remarks_counted(sheet: Sheet, where: Where) -> Iterator[Values]:
    """On the sheet of the city alone: what is told adds up to what was counted, and none of it is small."""
    for one in sheet.summary.remarks if sheet.is_city else ():
        told = [each.count for each in one.themes]
        if told and sum(told) + one.rest == one.answers and min(*told, one.rest or 5) >= 5:
            yield {"n": f"{one.answers:,}"}
