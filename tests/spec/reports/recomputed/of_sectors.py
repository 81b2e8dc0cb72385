"""What is said of sectors: who rated one, where it stands among the others, and how many reached their target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analysis.comparisons import PublishedItems
from analysis.results import ChangeVerdict, Verdict
from questionnaires.indicators import Indicator
from reports.content import SectorSummary
from reports.wording.phrases import VERDICT_WORDS
from tests.spec.reports.recomputed import figures
from tests.spec.reports.recomputed.of_changes import change, risen
from tests.spec.reports.recomputed.registry import True_, true_where
from tests.spec.reports.recomputed.sheet import Sheet, Where

Values = Mapping[str, object]
FIRST = 0


def own(sheet: Sheet) -> Indicator | None:
    return sheet.headlines[FIRST] if sheet.is_sector else None


@true_where("sector_figure")
def figure(sheet: Sheet, where: Where) -> Iterator[Values]:
    for one in sheet.headlines if sheet.is_sector and not sheet.targets else ():
        if sheet.cell(one).suppression is None:
            yield {"name": sheet.said(one.name), "value": sheet.with_unit(one), "interval": sheet.interval(one)}


@true_where("sector_of")
def of(sheet: Sheet, where: Where) -> Iterator[Values]:
    if sheet.is_sector:
        yield {"city": sheet.said(sheet.summary.city.name)}


# ------------------------------------------------------------------ who rated it


def _rated(*, hidden: bool, used: bool) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        one = own(sheet)
        if one is None:
            return
        [row] = [row for row in sheet.summary.table.rows if row.domain == sheet.place.domain]
        cell = sheet.cell(one)
        untold = cell.suppression is not None or cell.sample_size is None
        if untold is hidden and (hidden or bool(one.excluded) is used) and row.sample_size is not None:
            counted = {} if untold else {"n": figures.count(cell.sample_size or 0)}
            yield {"valid": figures.count(row.sample_size), "name": sheet.small(sheet.said(one.name)), **counted}

    return true


true_where("sector_hidden_n")(_rated(hidden=True, used=False))
true_where("sector_used")(_rated(hidden=False, used=True))
true_where("sector_rated")(_rated(hidden=False, used=False))


@true_where("sector_others")
def others(sheet: Sheet, where: Where) -> Iterator[Values]:
    if sheet.is_sector:
        yield {}


# ------------------------------------------------------------------ since the wave before


def moved(sheet: Sheet) -> list[ChangeVerdict]:
    return [risen(found) for one in sheet.headlines if (found := change(sheet, one)) is not None]


def _since(verdict: ChangeVerdict | None) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        told = moved(sheet)
        if not sheet.is_sector or sheet.summary.changes is None:
            return
        if {ChangeVerdict.RISEN, ChangeVerdict.FALLEN} & {*told}:
            return
        unchanged = ChangeVerdict.NO_DETECTABLE_CHANGE in told
        if unchanged is (verdict is ChangeVerdict.NO_DETECTABLE_CHANGE):
            yield {"wave": sheet.said(sheet.summary.changes.since)}

    return true


true_where("sector_unchanged")(_since(ChangeVerdict.NO_DETECTABLE_CHANGE))
true_where("sector_no_change")(_since(None))


@true_where("sector_no_wave")
def no_wave(sheet: Sheet, where: Where) -> Iterator[Values]:
    if sheet.is_sector and sheet.summary.changes is None:
        yield {}


# ------------------------------------------------------------------ among the sectors


def among(sheet: Sheet) -> PublishedItems | None:
    one, compared = own(sheet), sheet.summary.comparisons
    if one is None or compared is None:
        return None
    return next((each for each in compared.items if one.id in each.items), None)


def called(sheet: Sheet, key: str) -> str:
    summary = sheet.summary
    assert isinstance(summary, SectorSummary)
    return sheet.said(next(one.name for one in summary.among if one.id == key))


def names(sheet: Sheet, found: PublishedItems, one: Indicator) -> Values:
    ends = {"low": found.with_lowest[0], "high": found.with_highest[0]}
    return {
        "count": len(found.items),
        "name": sheet.small(sheet.said(one.name)),
        **{key: sheet.small(called(sheet, end)) for key, end in ends.items()},
    }


def _end(*, low: bool) -> True_:
    """Alone at an end."""

    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        one, found = own(sheet), among(sheet)
        if one is not None and found is not None and (found.with_lowest if low else found.with_highest) == (one.id,):
            yield names(sheet, found, one)

    return true


true_where("sector_lowest")(_end(low=True))
true_where("sector_highest")(_end(low=False))


@true_where("sector_anywhere")
def anywhere(sheet: Sheet, where: Where) -> Iterator[Values]:
    one, found = own(sheet), among(sheet)
    if one is not None and found is not None and one.id in found.with_lowest and one.id in found.with_highest:
        yield names(sheet, found, one)


@true_where("sector_between")
def between(sheet: Sheet, where: Where) -> Iterator[Values]:
    one, found = own(sheet), among(sheet)
    if one is not None and found is not None and one.id not in (*found.with_lowest, *found.with_highest):
        yield names(sheet, found, one)


def _some(*, low: bool) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        one, found = own(sheet), among(sheet)
        if one is None or found is None:
            return
        here, there = found.with_lowest, found.with_highest
        here, there = (here, there) if low else (there, here)
        if one.id in here and one.id not in there:
            told = names(sheet, found, one)
            yield {**told, "some": len(here), "end": told["high" if low else "low"]}

    return true


true_where("sector_with_lowest")(_some(low=True))
true_where("sector_with_highest")(_some(low=False))


@true_where("sector_left_out")
def left_out(sheet: Sheet, where: Where) -> Iterator[Values]:
    found = among(sheet)
    if found is not None:
        yield {"count": found.untold}


@true_where("sector_not_among")
def not_among(sheet: Sheet, where: Where) -> Iterator[Values]:
    """Where its own figure is no point, or no other sector's is; or a release kept no such comparisons."""
    one, summary = own(sheet), sheet.summary
    if one is None or among(sheet) is not None or not isinstance(summary, SectorSummary):
        return
    yield {"name": sheet.small(sheet.said(one.name))}


# ------------------------------------------------------------------ on the sheet of the city


@true_where("sectors_counted")
def counted(sheet: Sheet, where: Where) -> Iterator[Values]:
    given = [sheet.verdict(one) for one in judged(sheet)]
    parts = [
        f"{sheet.said(VERDICT_WORDS[verdict])} {given.count(verdict)}"
        for verdict in (
            Verdict.REACHED,
            Verdict.NOT_REACHED,
            Verdict.CANNOT_TELL,
            Verdict.CANNOT_REACH,
            Verdict.NOT_PUBLISHED,
        )
        if verdict in given
    ]
    if parts:
        yield {"count": len(given), "parts": ("，" if sheet.chinese else ", ").join(parts)}


@true_where("sectors_missed")
def missed(sheet: Sheet, where: Where) -> Iterator[Values]:
    found = [sheet.said(one.name) for one in judged(sheet) if sheet.verdict(one) is Verdict.NOT_REACHED]
    if found:
        yield {"names": sheet.listed([f"“{name}”" if sheet.chinese else name for name in found])}


def judged(sheet: Sheet) -> list[Indicator]:
    every = sheet.summary.indicators if sheet.is_city and not sheet.is_sector else ()
    return [one for one in every if one.group == "sectors" and one.target is not None]
