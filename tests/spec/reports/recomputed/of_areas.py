"""What is said of many areas: how many communities got which verdict, and who answered alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR

from analysis.results import PublishableCell, Tier, Verdict
from questionnaires.indicators import Indicator
from reports.content import CommunitySummary, IndexOfArea, Place
from reports.wording.phrases import VERDICT_WORDS
from tests.spec.reports.recomputed import figures
from tests.spec.reports.recomputed.of_verdicts import NAMED_MOST
from tests.spec.reports.recomputed.registry import True_, true_where
from tests.spec.reports.recomputed.sheet import Sheet, Where

Values = Mapping[str, object]


def by_community(sheet: Sheet) -> list[list[Verdict | None]]:
    return [[sheet.verdict(one, place) for one in sheet.targets] for place in sheet.communities]


def shares(sheet: Sheet) -> tuple[int, int, int, bool]:
    """Communities that reached everything, that missed something, the rest; and whether the rest were too few."""
    given = by_community(sheet)
    reached = [one for one in given if set(one) == {Verdict.REACHED}]
    missed = [one for one in given if Verdict.NOT_REACHED in one]
    rest = [one for one in given if one not in reached and one not in missed]
    return len(reached), len(missed), len(rest), any(Verdict.CANNOT_REACH in one for one in rest)


def _all(which: int, few: bool | None = None) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        found = shares(sheet)
        if found[which] == len(sheet.communities) and sheet.targets and few in (None, found[3]):
            yield {"count": found[which]}

    return true


def _some(which: int, few: bool | None = None) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        found = shares(sheet)
        if found[which] and sheet.targets and few in (None, found[3]):
            yield {"count": found[which]}

    return true


true_where("area_each_reached")(_all(0))
true_where("area_none_reached")(_all(1))
true_where("area_each_open")(_all(2, few=False))
true_where("area_each_few")(_all(2, few=True))
true_where("area_some_reached")(_some(0))
true_where("area_some_missed")(_some(1))
true_where("area_rest_open")(_some(2, few=False))
true_where("area_rest_few")(_some(2, few=True))


@true_where("area_missed")
def area_missed(sheet: Sheet, where: Where) -> Iterator[Values]:
    for one in sheet.targets if len(sheet.targets) <= NAMED_MOST else ():
        missed = sum(sheet.verdict(one, place) is Verdict.NOT_REACHED for place in sheet.communities)
        if missed:
            yield {"name": sheet.small(sheet.said(one.name)), "count": missed}


@true_where("judged_by_chance")
def judged_by_chance(sheet: Sheet, where: Where) -> Iterator[Values]:
    """Verdicts of the whole sheet: of every area on it, or of a community of its further indicators too."""
    summary = sheet.summary
    if isinstance(summary, CommunitySummary):
        given = [sheet.verdict(one) for one in summary.indicators if one.target is not None]
    else:
        places = dict.fromkeys(
            [sheet.place, *sheet.streets, *sheet.communities] if sheet.is_city else [sheet.place, *sheet.communities]
        )
        if sheet.is_sector:
            places = dict.fromkeys(sheet.with_rows)
        given = [sheet.verdict(one, place) for one in sheet.targets for place in places]
    one_way = given.count(Verdict.CANNOT_REACH)
    both = sum(given.count(one) for one in (Verdict.REACHED, Verdict.NOT_REACHED, Verdict.CANNOT_TELL))
    wrong = (both + one_way / 2) * (1 - summary.table.level)
    if both + one_way:
        told = figures.number(figures.exact(wrong, figures.POINTS), 0 if wrong >= 10 else 1)
        yield {"judged": figures.count(both + one_way), "wrong": told}


@true_where("counted")
def counted(sheet: Sheet, where: Where) -> Iterator[Values]:
    """In the row of an indicator: how many communities got which verdict."""
    one = where.indicator(sheet)
    given = [] if one is None else [sheet.verdict(one, place) for place in sheet.communities]
    for verdict, word in VERDICT_WORDS.items():
        if verdict in given:
            yield {"word": sheet.said(word), "count": given.count(verdict)}


def index(sheet: Sheet, where: Where) -> Iterator[Values]:
    summary = sheet.summary
    for one in () if isinstance(summary, CommunitySummary) else summary.indices:
        if one.widest:
            words = {"name": sheet.said(one.name), "value": one.value, "interval": one.interval}
            yield words | {"made": made_of(sheet, one)}


def made_of(sheet: Sheet, one: IndexOfArea) -> str:
    if len(one.parts) > 4:
        first, last = sheet.said(one.parts[0].wave), sheet.said(one.parts[-1].wave)
        if sheet.chinese:
            return f"{first}到{last}的 {len(one.parts)} 项，按权重合成"
        return f"by weight, of figures from {first} to {last}: {len(one.parts)}"
    words = "{wave}{indicator}占 {weight}%" if sheet.chinese else "{indicator}, {wave}, counts {weight}%"
    parts = [
        words.format(wave=sheet.said(each.wave), indicator=sheet.said(each.indicator), weight=f"{each.weight * 100:g}")
        for each in one.parts
    ]
    return ("，" if sheet.chinese else ", ").join(parts)


true_where("index_widest")(index)


# ------------------------------------------------------------------ answers that are all alike


def alike_here(sheet: Sheet, where: Where) -> Iterator[tuple[Indicator, PublishableCell]]:
    """On the card of an indicator its own; in a note that of the area and the indicator with which it begins."""
    one = where.indicator(sheet)
    if one is not None:
        yield one, sheet.cell(one)
        return
    for place in sheet.communities:
        for one in sheet.headlines:
            if where.text.startswith(begun(sheet, place, one)):
                yield one, sheet.cell(one, place)


def begun(sheet: Sheet, place: Place, one: Indicator) -> str:
    name, rate = sheet.said(place.name), sheet.said(one.name)
    return f"{name}{rate}：" if sheet.chinese else f"{name}, {rate}: "


def did(sheet: Sheet, one: Indicator) -> str:
    name = sheet.said(one.name)
    return name[:-1] if sheet.chinese and name.endswith("率") else f"“{name}”"


def _alike(value: float | None) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        for one, cell in alike_here(sheet, where):
            if not cell.all_alike or cell.suppression is not None or cell.low is None or cell.high is None:
                continue
            ends = {1.0: (cell.low, ROUND_FLOOR), 0.0: (cell.high, ROUND_CEILING)}
            limit = ""
            if value is not None and cell.value == value:
                end, rounding = ends[value]
                limit = figures.number(figures.exact(end, figures.PERCENT), 0, rounding) + "%"
            elif value is not None:
                continue
            yield {"n": figures.count(cell.sample_size or 0), "did": did(sheet, one), "limit": limit}

    return true


true_where("all_yes", "sample_is_not_all")(_alike(1.0))
true_where("none_yes")(_alike(0.0))
true_where("all_same")(_alike(None))


@true_where("all_yes_sign")
def all_yes_sign(sheet: Sheet, where: Where) -> Iterator[Values]:
    """Of a table in which these signs stand, and none of them for a coded end."""
    signs = sorted({text[0] for text in texts_in(where) if text[:1] in ("≥", "≤")}, reverse=True)
    if signs and not coded(sheet, where):
        yield {"signs": ("" if sheet.chinese else ", ").join(f"“{sign}”" for sign in signs)}


@true_where("ends_note")
def ends_note(sheet: Sheet, where: Where) -> Iterator[Values]:
    if coded(sheet, where) and any(cell.all_alike and cell.coded is None for _, cell in where.figures(sheet)):
        yield {}


@true_where("coded_note")
def coded_note(sheet: Sheet, where: Where) -> Iterator[Values]:
    """Where every such sign in the table is of a coded end."""
    ends = [cell for one, cell in where.figures(sheet) if figures.value(one, cell)[0] in ("≥", "≤")]
    if coded(sheet, where) and all(cell.coded is not None for cell in ends):
        yield {}


def coded(sheet: Sheet, where: Where) -> bool:
    return any(cell.coded is not None and cell.suppression is None for _, cell in where.figures(sheet))


def texts_in(where: Where) -> list[str]:
    table = where.table
    return [] if table is None else [cell.text for row in table.rows for cell in row.cells]


@true_where("coarse_note")
def coarse_note(sheet: Sheet, where: Where) -> Iterator[Values]:
    """Where a figure of the table bears the mark."""
    if any(cell.tier is Tier.COARSE and cell.suppression is None for _, cell in where.figures(sheet)):
        yield {"sign": "*"}
