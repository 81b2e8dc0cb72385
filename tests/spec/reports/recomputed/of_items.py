"""What is said of items: their order, which are lowest, and what to mend first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from analysis.city_results import DriverFigures, Priority
from analysis.comparisons import PublishedItems
from questionnaires.indicators import Indicator
from reports.content import Place
from reports.wording.phrases import PHRASES
from tests.spec.reports.recomputed import figures
from tests.spec.reports.recomputed.registry import True_, true_where
from tests.spec.reports.recomputed.sheet import Sheet, Where, down, fill

Values = Mapping[str, object]
COUNTED = {"zh": ("", "一", "两", "三"), "en": ("", "one", "two", "three")}


def number(sheet: Sheet, one: Indicator, place: Place | None = None) -> float:
    return sheet.cell(one, place).value or 0.0


def bad_first(sheet: Sheet, items: Sequence[Indicator]) -> list[float]:
    """Their figures, the lower the worse."""
    return [-number(sheet, one) if down(one) else number(sheet, one) for one in items]


def in_order(sheet: Sheet, items: Sequence[Indicator]) -> bool:
    """Firm ones first, from the worst on; the others as they were asked. Of one unit and one direction."""
    firm = [one for one in items if sheet.firm(one)]
    rest = [one for one in items if not sheet.firm(one)]
    asked = [one for one in sheet.summary.indicators if one in rest]
    worse = bad_first(sheet, firm)
    units = {(figures.unit_of(one), sheet.cell(one).scale) for one in firm}
    return (
        list(items) == firm + rest
        and rest == asked
        and worse == sorted(worse)
        and len(units) < 2
        and len(set(map(down, items))) < 2
    )


def uncertain(sheet: Sheet, items: Sequence[Indicator]) -> bool:
    return any(sheet.cell(one).suppression is None and not sheet.firm(one) for one in items)


def _title(*, coarse: bool, high: bool) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        items = where.items(sheet)
        if items and in_order(sheet, items) and uncertain(sheet, items) is coarse and down(items[0]) is high:
            yield {}

    return true


true_where("items_title")(_title(coarse=False, high=False))
true_where("items_title_down")(_title(coarse=False, high=True))
true_where("items_title_firm")(_title(coarse=True, high=False))
true_where("items_title_firm_down")(_title(coarse=True, high=True))


@true_where("items_title_plain")
def plain(sheet: Sheet, where: Where) -> Iterator[Values]:
    items = where.items(sheet)
    if items == [one for one in sheet.summary.indicators if one in items]:
        yield {}


def bold(sheet: Sheet, where: Where) -> list[Indicator]:
    table = where.table
    strong = [row.cells[0].text for row in table.rows if row.tone.value == "strong"] if table else []
    return [one for name in strong if (one := sheet.by_name.get(name)) is not None]


def lowest(sheet: Sheet, some: Sequence[Indicator], every: Sequence[Indicator]) -> bool:
    """Whether these are the worst of all that are firm, and no other is as bad as one of them."""
    others = [one for one in every if one not in some and sheet.firm(one)]
    worst, rest = bad_first(sheet, some), bad_first(sheet, others)
    return bool(some) and all(map(sheet.firm, some)) and (not rest or max(worst) < min(rest))


def _bold(shown: str) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        items, strong = where.items(sheet), bold(sheet, where)
        hidden = any(sheet.cell(one).suppression is not None for one in items)
        which = "firm" if uncertain(sheet, items) else "shown" if hidden else "all"
        if lowest(sheet, strong, items) and which == shown:
            yield {"count": COUNTED[sheet.language][len(strong)]}

    return true


true_where("items_note")(_bold("all"))
true_where("items_note_shown")(_bold("shown"))
true_where("items_note_firm")(_bold("firm"))


# ------------------------------------------------------------------ of the same people, in pairs


def pairs(sheet: Sheet, where: Where) -> Iterator[tuple[PublishedItems, list[Indicator]]]:
    """What is published of a group that the table holds, with the items of that group."""
    told = None if sheet.is_sector else sheet.summary.comparisons  # that of a sector tells of itself alone
    here = where.items(sheet)
    for found in told.items if told is not None else ():
        if found.domain == sheet.place.domain and (not here or any(one.id in found.items for one in here)):
            yield found, [sheet.by_id[key] for key in found.items]


def quoted(sheet: Sheet, one: Indicator) -> str:
    name = sheet.said(one.name)
    return f"“{name}”" if sheet.chinese else sheet.small(name)


def of_all(sheet: Sheet, where: Where, found: PublishedItems) -> bool:
    """Whether it is said of which items, where some of the group take no part."""
    of = fill(PHRASES["items_of_firm"].in_language(sheet.language), {"count": len(found.items)})
    table = where.items(sheet)
    first = sheet.by_id[found.items[0]]
    several = [one for one in sheet.items if one.group == found.group and alike(sheet, one, first)]
    beside = [one for one in several if table and one in table and one.id not in found.items]
    return (len(several) == len(found.items) and not beside) or of in where.text


@true_where("items_of_firm")
def of_firm(sheet: Sheet, where: Where) -> Iterator[Values]:
    for _, items in pairs(sheet, where):
        if all(map(sheet.firm, items)):
            yield {"count": len(items)}


def _ends(*, high: bool, alone: bool) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        for found, items in pairs(sheet, where):
            first, *rest = (sheet.by_id[key] for key in (found.with_highest if high else found.with_lowest))
            if down(items[0]) is not high or (not rest) is not alone:
                continue
            worst = bad_first(sheet, [first])[0]
            values = {
                "lowest": quoted(sheet, first),
                "others": sheet.listed([sheet.small(sheet.said(one.name)) for one in rest]),
            }
            if worst == min(bad_first(sheet, items)) and all(map(sheet.firm, items)) and of_all(sheet, where, found):
                yield values

    return true


true_where("lowest_alone")(_ends(high=False, alone=True))
true_where("highest_alone")(_ends(high=True, alone=True))
true_where("with_the_lowest")(_ends(high=False, alone=False))
true_where("with_the_highest")(_ends(high=True, alone=False))


def _untold(*, high: bool) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        for found, _ in pairs(sheet, where):
            if len(found.with_highest if high else found.with_lowest) == len(found.items):
                yield {}

    return true


true_where("no_lowest")(_untold(high=False))
true_where("no_highest")(_untold(high=True))


# ------------------------------------------------------------------ by area, in shaded fields


def of_group(sheet: Sheet, where: Where) -> list[Indicator]:
    """All items of the group and the unit that a table of shaded fields holds, maybe with others after it."""
    here = where.items(sheet)
    return [one for one in sheet.items if here and one.group == here[0].group and alike(sheet, one, here[0])]


def alike(sheet: Sheet, one: Indicator, other: Indicator) -> bool:
    """Of one unit, one scale and one direction: what a table of shaded fields may hold."""
    units = figures.unit_of(one) == figures.unit_of(other) and sheet.cell(one).scale == sheet.cell(other).scale
    return units and down(one) is down(other)


def _heat(*, part: bool, high: bool) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        group = of_group(sheet, where)
        firm = [one for one in group if sheet.firm(one)]
        if firm and (len(firm) < len(group)) is part and all(down(one) is high for one in group):
            yield {"count": len(group) - len(firm)}

    return true


true_where("heat_order")(_heat(part=False, high=False))
true_where("heat_order_down")(_heat(part=False, high=True))
true_where("heat_order_part")(_heat(part=True, high=False))
true_where("heat_order_part_down")(_heat(part=True, high=True))


@true_where("heat_nothing")
def heat_nothing(sheet: Sheet, where: Where) -> Iterator[Values]:
    places = [sheet.place, *(sheet.streets if sheet.is_city else sheet.communities)]
    groups = {one.group for one in sheet.items}
    for group in groups:
        items = [one for one in sheet.items if one.group == group]
        for one in items:
            kin = [each for each in items if alike(sheet, each, one)]
            if all(sheet.cell(each, place).suppression is not None for each in kin for place in places):
                yield {}
                return


@true_where("heat_plain")
def heat_plain(sheet: Sheet, where: Where) -> Iterator[Values]:
    table = where.table
    if table is not None and not any(cell.shade for row in table.rows for cell in row.cells):
        yield {}


@true_where("heat_unshaded")
def heat_unshaded(sheet: Sheet, where: Where) -> Iterator[Values]:
    """Held by the shades themselves: see ``shades_of``."""
    yield {}


# ------------------------------------------------------------------ what to mend first


def kin(sheet: Sheet, where: Where) -> list[Indicator]:
    """All items of the kind that the table chooses from."""
    here = where.items(sheet)
    return sheet.alike(here[0]) if here else []


def drivers_of(sheet: Sheet) -> DriverFigures | None:
    return None if sheet.summary.beside is None else sheet.summary.beside.drivers


def priorities(sheet: Sheet) -> dict[str, Priority | None]:
    drivers = drivers_of(sheet)
    return {} if drivers is None else {one.variable: one.priority for one in drivers.items}


@true_where("mend_title")
def mend_title(sheet: Sheet, where: Where) -> Iterator[Values]:
    here = where.items(sheet)
    if 0 < len(here) <= 3 and all(map(sheet.firm, here)):
        yield {"count": COUNTED[sheet.language][len(here)]}


@true_where("mend_street")
def of_street(sheet: Sheet, where: Where) -> Iterator[Values]:
    """The worst of the street's items, where the community has none and nothing goes by what matters in the city."""
    if not sheet.nothing_own or not sheet.items or any(priorities(sheet).values()):
        return
    street = sheet.speaks_of
    firm = [one for one in sheet.alike(sheet.items[0]) if sheet.firm(one, street)]
    worst = sorted(firm, key=lambda one: number(sheet, one, street) * (-1 if down(one) else 1))[:3]
    names = [sheet.small(sheet.said(one.name)) for one in worst[: len(firm) - 1]]
    if names:
        count = COUNTED[sheet.language][len(names)]
        yield {"place": sheet.said(street.name), "count": count, "names": sheet.listed(names)}


def _lowest(*, high: bool) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        here, every = where.items(sheet), kin(sheet, where)
        worst = bad_first(sheet, here)
        if not here or (same_as_last(sheet, here, every) and not said_same(sheet, where, here, every)):
            return
        if down(here[0]) is high and lowest_with_ties(sheet, here, every) and worst == sorted(worst):
            shown = sum(map(sheet.firm, every))
            yield {"shown": shown, "count": COUNTED[sheet.language][len(here)]}

    return true


def same_as_last(sheet: Sheet, some: Sequence[Indicator], every: Sequence[Indicator]) -> int:
    """How many have the figure of the last of some, and are not among them: as printed, or both all or none."""
    others = [one for one in every if one not in some and sheet.firm(one)]
    last = some[-1]
    return sum(sheet.value(one) == sheet.value(last) or number(sheet, one) == number(sheet, last) for one in others)


def said_same(sheet: Sheet, where: Where, some: Sequence[Indicator], every: Sequence[Indicator]) -> bool:
    count = same_as_last(sheet, some, every)
    return fill(PHRASES["mend_same"].in_language(sheet.language), {"count": count}) in where.text


@true_where("mend_same")
def mend_same(sheet: Sheet, where: Where) -> Iterator[Values]:
    here = where.items(sheet)
    if here:
        yield {"count": same_as_last(sheet, here, kin(sheet, where))}


def lowest_with_ties(sheet: Sheet, some: Sequence[Indicator], every: Sequence[Indicator]) -> bool:
    others = bad_first(sheet, [one for one in every if one not in some and sheet.firm(one)])
    return all(map(sheet.firm, some)) and (not others or not some or max(bad_first(sheet, some)) <= min(others))


true_where("mend_lowest")(_lowest(high=False))
true_where("mend_highest")(_lowest(high=True))


@true_where("mend_by_importance")
def by_importance(sheet: Sheet, where: Where) -> Iterator[Values]:
    """The city's priorities stand first, each with the worst of its group; after them the worst of the others."""
    here, told, drivers = where.items(sheet), priorities(sheet), drivers_of(sheet)
    if drivers is None or not here:
        return
    first = [one for one in here if told.get(one.id) is Priority.MEND_FIRST and with_worst(sheet, one)]
    rest = [one for one in here if one not in first]
    left = [one for one in kin(sheet, where) if one not in first]
    orders = [bad_first(sheet, one) for one in (first, rest)]
    sorted_ = all(one == sorted(one) for one in orders)
    if first and here == first + rest and sorted_ and lowest_with_ties(sheet, rest, left):
        yield {"outcome": sheet.small(sheet.said(sheet.by_id[drivers.outcome].name))}


def with_worst(sheet: Sheet, one: Indicator) -> bool:
    compared = sheet.summary.comparisons
    found = None if compared is None else compared.items_of(sheet.place.domain, one.id)
    if found is None or any(down(sheet.by_id[key]) is not down(one) for key in found.items):
        return False
    return one.id in (found.with_highest if down(one) else found.with_lowest)


@true_where("mend_weak")
def weak(sheet: Sheet, where: Where) -> Iterator[Values]:
    drivers = drivers_of(sheet)
    if drivers is not None and not any(priorities(sheet).values()):
        name = sheet.small(sheet.said(sheet.by_id[drivers.outcome].name))
        yield {"outcome": name, "explained": figures.rate(drivers.explained, sheet.language)}


@true_where("driven_explained")
def explained(sheet: Sheet, where: Where) -> Iterator[Values]:
    drivers = drivers_of(sheet)
    if drivers is not None:
        share, low, high = (
            figures.number(figures.exact(one, figures.PERCENT), 1)
            for one in (drivers.explained, drivers.low, drivers.high)
        )
        yield {
            "outcome": sheet.small(sheet.said(sheet.by_id[drivers.outcome].name)),
            "share": share,
            "interval": figures.interval(low, high),
            "n": figures.count(drivers.respondents),
        }


@true_where("driven_weak")
def explains_little(sheet: Sheet, where: Where) -> Iterator[Values]:
    if drivers_of(sheet) is not None and not any(priorities(sheet).values()):
        yield {}


@true_where("mend_left_out", "mend_left_out_more")
def left_out(sheet: Sheet, where: Where) -> Iterator[Values]:
    out = [one for one in kin(sheet, where) if not sheet.firm(one)]
    names = [sheet.said(one.name) for one in out]
    if out:
        told = sheet.listed(names) if len(out) <= 6 else ("、" if sheet.chinese else ", ").join(names[:6])
        yield {"count": len(out), "names": told}


@true_where("mend_none", "mend_nothing")
def none(sheet: Sheet, where: Where) -> Iterator[Values]:
    for one in sheet.items:
        every = sheet.alike(one)
        shown = sum(map(sheet.firm, every))
        if shown < len(every):
            yield {"count": len(every), "shown": shown}


def _remark(*which: Priority | None) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        one, told = where.indicator(sheet), priorities(sheet)
        if one is not None and told.get(one.id) in which:
            yield {}

    return true


true_where("mend_priority")(_remark(Priority.MEND_FIRST))
true_where("mend_large")(_remark(Priority.KEEP))
true_where("mend_small")(_remark(Priority.WATCH, Priority.ENOUGH))
true_where("mend_untold")(_remark(None))


@true_where("items_stand_for")
def stand_for(sheet: Sheet, where: Where) -> Iterator[Values]:
    """Under the table of items: the street's figures for those that are hidden, or the city's where those are too."""
    here = where.items(sheet)
    for place in sheet.above:
        told = []
        for one in here:
            if sheet.instead(one) == place:
                name, value = sheet.said(one.name), sheet.with_unit(one, place)
                limits = sheet.interval(one, place)
                told.append(f"{name} {value}（{limits}）" if sheet.chinese else f"{name} {value} ({limits})")
        if told:
            yield {"place": sheet.said(place.name), "items": ("；" if sheet.chinese else "; ").join(told)}
