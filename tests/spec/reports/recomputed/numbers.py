"""Every number that a sheet may print: of its own areas, and nothing finer than they are published."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR

from analysis.results import PublishableCell, PublishedChange
from questionnaires.indicators import Indicator
from reports.content import AreaSummary, CommunitySummary, Sample
from tests.spec.reports.recomputed import figures
from tests.spec.reports.recomputed.of_areas import judged_by_chance
from tests.spec.reports.recomputed.sheet import Sheet, Where

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
FINE = re.compile(
    r"(\d[\d,]*\.\d+|\d[\d,]*(?=\s?(?:%|百分点|个百分点|分(?![不开钟])|pp\b|percentage points|points\b)))"
)
"""A number with a decimal, or with a unit behind it: a figure, and no count."""


def allowed(sheet: Sheet) -> set[str]:
    """Figures without their signs."""
    found: set[str] = set()
    for place in dict.fromkeys(sheet.places.values()):
        for one in sheet.summary.indicators:
            found |= of_cell(one, sheet.cell(one, place))
    for one in sheet.summary.indicators:
        if one.target is not None:
            exact = figures.exact(one.target.value, figures.unit_of(one))
            found |= {f"{exact.normalize():f}", *(figures.number(exact, 1) for _ in (0,) if exact * 10 % 1 == 0)}
    for over in () if sheet.summary.trend is None else sheet.summary.trend.told:
        for point in over.points:
            found |= of_cell(sheet.by_id[over.variable], point.cell(over.variable))
    for change, unit in changes(sheet):
        known = (change.difference, change.low, change.high, change.detectable)
        found |= {figures.told(each, unit, change.digits) for each in known if each is not None}
    found |= set(compared(sheet)) | set(beside(sheet)) | set(map(str, rates(sheet)))
    correction = sheet.summary.imprint.correction
    if correction is not None:
        before = sheet.with_table(correction.earlier)
        found |= {
            text
            for place in dict.fromkeys(sheet.places.values())
            for one in sheet.summary.indicators
            for text in of_cell(one, before.cell(one, place))
        }
    return {number for text in found for number in NUMBER.findall(text)}


def of_cell(one: Indicator, cell: PublishableCell) -> set[str]:
    """The figure, its limits, its tipping point; as a drawing is told in words, with a decimal less."""
    if cell.suppression is not None:
        return set()
    unit = figures.unit_of(one)
    told = {figures.value(one, cell), *figures.limits(one, cell)}
    for end, rounding in ((cell.low, ROUND_FLOOR), (cell.high, ROUND_CEILING)):
        if end is not None:
            exact = figures.exact(end, unit)
            told |= {figures.number(exact, 1, rounding), figures.number(exact, 0, rounding)}
    if cell.tipping_point is not None:
        exact = figures.exact(cell.tipping_point, unit)
        digits = 1 if cell.digits is None else cell.digits
        told |= {figures.number(exact, digits, rounding) for rounding in (ROUND_FLOOR, ROUND_CEILING)}
    return told


def changes(sheet: Sheet) -> Iterator[tuple[PublishedChange, str]]:
    summary = sheet.summary
    told: list[PublishedChange] = []
    if summary.changes is not None:
        told += [one for one in summary.changes.told if one.domain == sheet.place.domain]
    if summary.trend is not None:
        told += [each.since_first for each in summary.trend.told if each.since_first is not None]
    for one in told:
        yield one, figures.unit_of(sheet.by_id[one.variable])


def compared(sheet: Sheet) -> Iterator[str]:
    summary = sheet.summary
    for one in () if summary.comparisons is None else summary.comparisons.differences:
        unit = figures.unit_of(sheet.by_id[one.variable])
        yield from (figures.told(each, unit, one.digits) for each in (one.difference, one.low, one.high))
    if isinstance(summary, AreaSummary) and summary.groups is not None:
        for group in summary.groups.told.contrasts:
            unit = figures.unit_of(sheet.by_id[group.variable])
            yield from (figures.told(each, unit, group.digits) for each in (group.difference, group.low, group.high))
        yield from (f"{one.p_value:.3f}" for one in summary.groups.told.equalities)


def beside(sheet: Sheet) -> Iterator[str]:
    found = sheet.summary.beside
    for effect in () if found is None else found.modes:
        unit = figures.unit_of(sheet.by_id[effect.variable])
        for one in effect.figures:
            told = (one.value, one.difference, one.low, one.high)
            yield from (figures.told(each, unit, effect.digits) for each in told if each is not None)
    if found is not None and found.drivers is not None:
        known = [found.drivers.explained, found.drivers.low, found.drivers.high]
        known += [each for one in found.drivers.items for each in (one.share, one.low, one.high)]
        yield from (figures.rate(each, "zh") for each in known)


def rates(sheet: Sheet) -> Iterator[object]:
    """Of the fieldwork, in every area that the sheet holds; and what the method says."""
    summary = sheet.summary
    samples: Iterable[Sample] = [summary.sample] if isinstance(summary, CommunitySummary) else summary.samples.values()
    for one in samples:
        known = one.rates
        shares = [known.rr1, known.rr3, known.coop1, known.ref2, known.con2]
        shares += [known.completed / known.sampled, known.valid / known.sampled]
        if one.asked_by is not None:
            shares.append(one.asked_by.own / one.asked_by.known)
        yield from (figures.rate(each, "zh") for each in shares)
        if known.e is not None:
            yield f"{known.e:.3f}"
        if one.kish_design_effect is not None:
            yield f"{one.kish_design_effect:.2f}"
        yield from (line.code for line in one.outcomes)
    # How many verdicts chance alone would get wrong: held with the sentence that says it.
    yield from (values["wrong"] for values in judged_by_chance(sheet, Where((), "")))
    yield figures.rate(summary.method.frame_coverage, "zh")
    for index in () if isinstance(summary, CommunitySummary) else summary.indices:
        yield from (index.value, *NUMBER.findall(index.interval))
        yield from (f"{part.weight * 100:g}" for part in index.parts)
    yield from (quote.text for one in summary.remarks for quote in one.quotes)  # what somebody wrote, as it is
    yield sheet.level
    yield f"{(1 - summary.table.level) * 100:g}"
    yield from ("100", "80", "30", "0.1")  # of sentences that never change
    yield summary.imprint.software_version
    yield summary.imprint.questionnaire_version


def unknown(texts: Iterable[str], sheet: Sheet) -> list[tuple[str, str]]:
    """Figures in these texts that none of the sheet's cells, rates or targets is."""
    known = allowed(sheet)
    return [(number, text) for text in texts for number in FINE.findall(text) if number not in known]
