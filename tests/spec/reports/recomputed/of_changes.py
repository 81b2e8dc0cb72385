"""What is said of changes, of areas held against their whole, of ranks, groups and modes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby, product

from analysis.city_results import ModeFigure
from analysis.comparisons import PublishedDifference, PublishedRanks
from analysis.results import ChangeVerdict, GroupVerdict, PublishedChange, PublishedContrast
from questionnaires.indicators import Indicator
from reports.content import AreaSummary, Place, PutRightItem
from reports.wording.phrases import PHRASES
from tests.spec.reports.recomputed import figures
from tests.spec.reports.recomputed.registry import True_, true_where
from tests.spec.reports.recomputed.sheet import Sheet, Where, fill

Values = Mapping[str, object]
CARDS_MOST = 8


def by(one: PublishedChange, unit: str) -> Values:
    """By how much, and from where to where; nothing where no figures are told."""
    if one.difference is None or one.low is None or one.high is None:
        return {"by": "", "interval": ""}
    return apart((one.difference, one.low, one.high), unit, one.digits)


def apart(told: tuple[float, float, float], unit: str, digits: int | None) -> Values:
    low, high = (figures.told(one, unit, digits) for one in told[1:])
    return {"by": figures.told(abs(told[0]), unit, digits), "interval": figures.interval(low, high)}


def change(sheet: Sheet, one: Indicator) -> PublishedChange | None:
    changes = sheet.summary.changes
    found = (
        []
        if changes is None
        else [each for each in changes.told if (each.domain, each.variable) == (sheet.speaks_of.domain, one.id)]
    )
    return found[0] if found else None


def risen(one: PublishedChange) -> ChangeVerdict:
    """By its limits; where one is 0 as printed, as the analysis says."""
    if one.low is None or one.high is None:
        return one.verdict
    if one.low > 0 or one.high < 0:
        return ChangeVerdict.RISEN if one.low > 0 else ChangeVerdict.FALLEN
    if one.low < 0 < one.high:
        return ChangeVerdict.NO_DETECTABLE_CHANGE
    return one.verdict


def _change(verdict: ChangeVerdict) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        one = where.indicator(sheet)
        told = [] if one is None else [change(sheet, one)]
        trend = sheet.summary.trend
        if one is not None and trend is not None:
            told += [each.since_first for each in trend.told if each.variable == one.id]
        for each in told:
            if one is not None and each is not None and risen(each) is verdict:
                yield by(each, figures.unit_of(one))
        item = put_right(sheet, where)
        if item is None or item.change is None or item.indicator not in sheet.by_id:
            return
        if risen(item.change) is verdict:
            yield by(item.change, figures.unit_of(sheet.by_id[item.indicator]))

    return true


true_where("rise")(_change(ChangeVerdict.RISEN))
true_where("fall")(_change(ChangeVerdict.FALLEN))
true_where("no_change_found")(_change(ChangeVerdict.NO_DETECTABLE_CHANGE))
true_where("not_comparable")(_change(ChangeVerdict.NOT_COMPARABLE))
true_where("change_not_estimable")(_change(ChangeVerdict.NOT_ESTIMABLE))


def _moved(verdict: ChangeVerdict) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        for one in sheet.headlines:
            found = change(sheet, one)
            if found is not None and found.difference is not None and risen(found) is verdict:
                unit = figures.unit_of(one)
                told = figures.told(abs(found.difference), unit, found.digits)
                words = figures.by_how_much(told, unit, sheet.language)
                yield {"name": sheet.small(sheet.said(one.name)), "by": words}

    return true


true_where("risen_by")(_moved(ChangeVerdict.RISEN))
true_where("fallen_by")(_moved(ChangeVerdict.FALLEN))


def _unchanged(*, rest: bool) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        told = [risen(found) for one in sheet.headlines if (found := change(sheet, one)) is not None]
        moved = sum(one in (ChangeVerdict.RISEN, ChangeVerdict.FALLEN) for one in told)
        if bool(moved) is rest:
            yield {"count": told.count(ChangeVerdict.NO_DETECTABLE_CHANGE)}

    return true


true_where("rest_unchanged")(_unchanged(rest=True))
true_where("all_unchanged")(_unchanged(rest=False))


@true_where("uncompared")
def uncompared(sheet: Sheet, where: Where) -> Iterator[Values]:
    told = [found for one in sheet.headlines if (found := change(sheet, one)) is not None and found.low is not None]
    yield {"count": len(sheet.headlines) - len(told)}


@true_where("none_found")
def none_found(sheet: Sheet, where: Where) -> Iterator[Values]:
    parts = []
    for one in sheet.headlines:
        found = change(sheet, one)
        if found is None or risen(found) is not ChangeVerdict.NO_DETECTABLE_CHANGE or found.detectable is None:
            continue
        unit = figures.unit_of(one)
        told = figures.by_how_much(figures.told(found.detectable, unit, found.digits), unit, sheet.language)
        parts.append(f"{sheet.small(sheet.said(one.name))} {told}")
    if parts:
        yield {"parts": ("，" if sheet.chinese else ", ").join(parts)}


# ------------------------------------------------------------------ what was put right


def put_right(sheet: Sheet, where: Where) -> PutRightItem | None:
    """The matter that a row of that table is of."""
    table, told = where.table, sheet.summary.put_right
    if table is None or told is None:
        return None
    texts = {cell.text for cell in where.row.cells} if where.row is not None else set()
    return next((one for one in told.items if sheet.said(one.item) in texts), None)


def _right(*verdicts: ChangeVerdict) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        item = put_right(sheet, where)
        if item is None or not item.indicator:
            return
        if item.change is None:
            if ChangeVerdict.NOT_COMPARABLE in verdicts:
                yield {"by": ""}
        elif risen(item.change) in verdicts:
            values = by(item.change, figures.unit_of(sheet.by_id[item.indicator]))
            key = {ChangeVerdict.RISEN: ("升", "up"), ChangeVerdict.FALLEN: ("降", "down")}.get(risen(item.change))
            words = "" if key is None else f"{key[0]} {values['by']}（{values['interval']}）"
            if not sheet.chinese and key is not None:
                words = f"{key[1]} {values['by']} ({values['interval']})"
            yield {"by": words}

    return true


true_where("put_right_told")(_right(ChangeVerdict.RISEN, ChangeVerdict.FALLEN))
true_where("put_right_none_found")(_right(ChangeVerdict.NO_DETECTABLE_CHANGE))
true_where("put_right_not_compared")(_right(ChangeVerdict.NOT_COMPARABLE, ChangeVerdict.NOT_ESTIMABLE))


@true_where("put_right_no_figure")
def no_figure(sheet: Sheet, where: Where) -> Iterator[Values]:
    item = put_right(sheet, where)
    if item is not None and not item.indicator:
        yield {}


@true_where("put_right_more")
def put_right_more(sheet: Sheet, where: Where) -> Iterator[Values]:
    told, table = sheet.summary.put_right, where.table
    if told is not None and table is not None and len(told.items) > len(table.rows):
        yield {"count": len(told.items) - len(table.rows)}


# ------------------------------------------------------------------ an area and what it is part of


SIDES = {1: "against_higher", -1: "against_lower", 0: "against_neither"}


def named(sheet: Sheet, where: Where, key: str, name: str, values: Values) -> bool:
    """Whether the words stand behind that name."""
    words = fill(PHRASES[key].in_language(sheet.language), values)
    return f"{name}{'' if sheet.chinese else ' '}{words}" in where.text


def _against(side: int) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        """The part of each rate, in the sentence that begins with the whole."""
        compared = sheet.summary.comparisons
        begins = "比{}，" if sheet.chinese else "Against {}: "
        for whole in sheet.above if compared is not None else ():
            if not where.text.startswith(begins.format(sheet.said(whole.name))):
                continue
            for one in compared.differences if compared is not None else ():
                if (one.domain, one.whole) != (sheet.place.domain, whole.domain):
                    continue
                shown = 1 if one.low > 0 else -1 if one.high < 0 else one.side if 0 in (one.low, one.high) else 0
                of = sheet.by_id[one.variable]
                values = apart((one.difference, one.low, one.high), figures.unit_of(of), one.digits)
                name = sheet.small(sheet.said(of.name))
                if shown == side and one.side == side and named(sheet, where, SIDES[side], name, values):
                    yield values

    return true


true_where("against_higher")(_against(1))
true_where("against_lower")(_against(-1))
true_where("against_neither")(_against(0))


def shown(sheet: Sheet) -> Iterator[tuple[Place, list[tuple[Indicator, PublishedDifference]]]]:
    """Of each area above the differences that are told, in the order of the headlines."""
    compared = sheet.summary.comparisons
    for whole in sheet.above if compared is not None else ():
        told = (
            []
            if compared is None
            else [
                (one, each)
                for one in sheet.headlines
                for each in compared.differences
                if (each.variable, each.domain, each.whole) == (one.id, sheet.place.domain, whole.domain)
            ]
        )
        yield whole, told


def _differs(*, some: bool, rest: bool) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        every = [each for _, told in shown(sheet) for each in told]
        found = [each for each in every if each[1].side]
        if not every or bool(found) is not some or (len(found) < len(every)) is not rest:
            return
        places = [(whole, [each for each in told if each[1].side]) for whole, told in shown(sheet)]
        places = [(whole, told) for whole, told in places if told]
        between = "；" if sheet.chinese else "; "
        for called in product(*(sheet.called(whole) for whole, _ in places)):
            parts = [differs_from(sheet, name, told) for name, (_, told) in zip(called, places, strict=True)]
            yield {"parts": between.join(parts), "rest": len(every) - len(found)}

    return true


def differs_from(sheet: Sheet, name: str, told: list[tuple[Indicator, PublishedDifference]]) -> str:
    parts = []
    for one, each in told:
        by_so_much = figures.told(abs(each.difference), figures.unit_of(one), each.digits)
        higher = each.low > 0 or (each.low == 0 and each.side > 0)
        words = ("高" if higher else "低") if sheet.chinese else f" {'higher' if higher else 'lower'} by"
        parts.append(f"{sheet.small(sheet.said(one.name))}{words} {by_so_much}")
    return f"比{name}{'、'.join(parts)}" if sheet.chinese else f"against {name} {', '.join(parts)}"


true_where("differs")(_differs(some=True, rest=False))
true_where("differs_rest")(_differs(some=True, rest=True))
true_where("differs_nowhere")(_differs(some=False, rest=True))


def _part_of_it(sheet: Sheet, where: Where) -> Iterator[Values]:
    """Held with the sentence that it is a part of."""
    yield from ()


true_where("differs_higher", "differs_lower")(_part_of_it)


@true_where("waves_break")
def waves_break(sheet: Sheet, where: Where) -> Iterator[Values]:
    """Where a figure in the table bears the mark."""
    table = where.table
    if table is not None and any("†" in cell.letter for row in table.rows for cell in row.cells):
        yield {}


# ------------------------------------------------------------------ ranks


KINDS = {
    "community": ("{} 个社区", "{} community", "{} communities"),
    "street": ("{} 个街道（镇）", "{} street", "{} streets"),
}


def ranked(sheet: Sheet) -> Iterator[tuple[Indicator, PublishedRanks, str]]:
    """What is told of the areas right below, with their number in words."""
    compared = sheet.summary.comparisons
    for one in compared.ranks if compared is not None else ():
        if one.within == sheet.place.domain and one.variable in sheet.by_id:
            zh, single, several = KINDS[one.kind]
            words = zh if sheet.chinese else single if len(one.areas) == 1 else several
            yield sheet.by_id[one.variable], one, words.format(len(one.areas))


@true_where("ranks_none")
def ranks_none(sheet: Sheet, where: Where) -> Iterator[Values]:
    for one, told, areas in ranked(sheet):
        if all((each.low, each.high) == (1, len(told.areas)) for each in told.areas):
            yield {"name": sheet.said(one.name), "areas": areas}


def _sets(*, every: bool) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        names = {place.domain: name for name, place in sheet.places.items()}
        for one, told, areas in ranked(sheet):
            last = len(told.areas)
            narrow = [each for each in told.areas if (each.low, each.high) != (1, last)]
            if not narrow or (len(narrow) == last) is not every:
                continue
            sets = [
                f"{names[each.domain]} {each.low}" + ("" if each.low == each.high else f"–{each.high}")
                for each in narrow
            ]
            told_of = ("、" if sheet.chinese else ", ").join(sets)
            yield {"name": sheet.said(one.name), "areas": areas, "sets": told_of, "last": last}

    return true


true_where("ranks_some")(_sets(every=False))
true_where("ranks_all")(_sets(every=True))


def _in_streets(*, some: bool) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        compared = sheet.summary.comparisons
        for one in sheet.headlines if compared is not None and sheet.is_city else ():
            told = {
                each.within: any((area.low, area.high) != (1, len(each.areas)) for area in each.areas)
                for each in (compared.ranks if compared is not None else ())
                if each.variable == one.id and each.within != sheet.place.domain
            }
            if told and any(told.values()) is some:
                names = [sheet.said(place.name) for place in sheet.streets if told.get(place.domain)]
                yield {"name": sheet.small(sheet.said(one.name)), "streets": sheet.listed(names)}

    return true


true_where("ranks_streets")(_in_streets(some=True))
true_where("ranks_nowhere")(_in_streets(some=False))


# ------------------------------------------------------------------ groups of the city


def contrasts(sheet: Sheet, where: Where) -> Iterator[tuple[str, str, list[tuple[str, PublishedContrast]], float]]:
    """Of each rate and kind of group whose sentence this is: names, what is told of each group, and p of all."""
    summary = sheet.summary
    if not isinstance(summary, AreaSummary) or summary.groups is None:
        return
    for _, several in groupby(summary.groups.groups, key=lambda one: one.domain[-1][0]):
        inside = list(several)
        for one in sheet.headlines:
            name, kind = sheet.said(one.name), sheet.small(sheet.said(inside[0].kind))
            begins = f"{name}，按{kind}：" if sheet.chinese else f"{name}, by {kind}: "
            p_values = [
                each.p_value
                for each in summary.groups.told.equalities
                if (each.by, each.variable) == (inside[0].domain[-1][0], one.id)
            ]
            if p_values and where.text.startswith(begins):
                told = [
                    (sheet.said(group.name), each)
                    for group in inside
                    for each in summary.groups.told.contrasts
                    if (each.domain, each.variable) == (group.domain, one.id)
                ]
                yield one.id, kind, told, p_values[0]


def stands(one: PublishedContrast) -> GroupVerdict:
    if one.low > 0 or one.high < 0:
        return GroupVerdict.HIGHER if one.low > 0 else GroupVerdict.LOWER
    return GroupVerdict.NO_DETECTABLE_DIFFERENCE


def _group(verdict: GroupVerdict) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        for variable, _, told, p_value in contrasts(sheet, where):
            for name, one in told:
                unit = figures.unit_of(sheet.by_id[variable])
                values = apart((one.difference, one.low, one.high), unit, one.digits)
                key = "group_higher" if verdict is GroupVerdict.HIGHER else "group_lower"
                apart_at_all = p_value < 1 - sheet.summary.table.level
                if apart_at_all and stands(one) is verdict and named(sheet, where, key, name, values):
                    yield values

    return true


true_where("group_higher")(_group(GroupVerdict.HIGHER))
true_where("group_lower")(_group(GroupVerdict.LOWER))


@true_where("groups_rest")
def groups_rest(sheet: Sheet, where: Where) -> Iterator[Values]:
    """Where some are named and some are not apart."""
    for _, _, told, _ in contrasts(sheet, where):
        verdicts = [stands(one) for _, one in told]
        named = [name for name, one in told if f"{name}" in where.text]
        if GroupVerdict.NO_DETECTABLE_DIFFERENCE in verdicts and all(
            (stands(one) is GroupVerdict.NO_DETECTABLE_DIFFERENCE) is (name not in named) for name, one in told
        ):
            yield {}


@true_where("groups_none")
def groups_none(sheet: Sheet, where: Where) -> Iterator[Values]:
    for variable, kind, told, p_value in contrasts(sheet, where):
        found = any(stands(one) is not GroupVerdict.NO_DETECTABLE_DIFFERENCE for _, one in told)
        if p_value >= 1 - sheet.summary.table.level or not found:
            yield {"name": sheet.said(sheet.by_id[variable].name), "kind": kind}


# ------------------------------------------------------------------ modes that were dealt by lot


MODES = {
    "face_to_face": ("当面访问", "face to face"),
    "telephone": ("电话访问", "by telephone"),
    "paper": ("纸质问卷", "on paper"),
    "web_invited": ("网上邀请", "by an invitation to the web"),
}


def differs(one: ModeFigure) -> bool:
    return one.low is not None and one.high is not None and (one.low > 0 or one.high < 0)


def _modes(higher: bool | None) -> True_:
    """Of each rate the modes that differ from the usual one; None: by how much, whichever is higher."""

    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        for effect in () if sheet.summary.beside is None else sheet.summary.beside.modes:
            one, usual = sheet.by_id[effect.variable], effect.figures[0]
            unit = figures.unit_of(one)
            for each in effect.figures[1:]:
                if not differs(each) or each.low is None or each.high is None or each.difference is None:
                    continue
                if higher is not None and (each.low > 0) is not higher:
                    continue
                low, high = (each.low, each.high) if each.low > 0 else (-each.high, -each.low)
                words = apart((each.difference, low, high), unit, effect.digits)
                yield {
                    "name": sheet.small(sheet.said(one.name)),
                    "mode": MODES[each.mode][not sheet.chinese],
                    "usual": MODES[usual.mode][not sheet.chinese],
                    "value": figures.with_unit(figures.told(each.value, unit, effect.digits), unit, sheet.language),
                    "base": figures.with_unit(figures.told(usual.value, unit, effect.digits), unit, sheet.language),
                    "by": figures.by_how_much(str(words["by"]), unit, sheet.language),
                    "interval": words["interval"],
                }

    return true


true_where("mode_differs")(_modes(None))
true_where("mode_higher")(_modes(True))
true_where("mode_lower")(_modes(False))


@true_where("mode_none")
def mode_none(sheet: Sheet, where: Where) -> Iterator[Values]:
    effects = () if sheet.summary.beside is None else sheet.summary.beside.modes
    if not any(differs(each) for one in effects for each in one.figures):
        yield {}


@true_where("mode_alike")
def mode_alike(sheet: Sheet, where: Where) -> Iterator[Values]:
    effects = () if sheet.summary.beside is None else sheet.summary.beside.modes
    told = [one for one in effects if not any(map(differs, one.figures))]
    alike = [sheet.small(sheet.said(sheet.by_id[one.variable].name)) for one in told]
    if alike:
        yield {"names": ("、" if sheet.chinese else ", ").join(alike)}
