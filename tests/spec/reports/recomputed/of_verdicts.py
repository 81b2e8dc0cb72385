"""Verdicts: of the area itself, of its cards, and how many areas got which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR

from analysis.results import Coding, PublishableCell, Suppression, Tier, Verdict
from questionnaires.indicators import Indicator, Sense
from reports.blocks import ComparisonGroup, Tile
from reports.content import Place
from tests.spec.reports.recomputed import figures
from tests.spec.reports.recomputed.registry import True_, hidden_key, true_where, verdict_key
from tests.spec.reports.recomputed.sheet import Sheet, Where

NAMED_MOST = 6
ORDER = (Verdict.REACHED, Verdict.NOT_REACHED, Verdict.CANNOT_TELL, Verdict.CANNOT_REACH, Verdict.NOT_PUBLISHED)
Values = Mapping[str, object]


def _listed(verdict: Verdict) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        names = [
            sheet.small(sheet.said(one.name)) for one in sheet.targets if sheet.verdict(one, sheet.speaks_of) is verdict
        ]
        if names and len(sheet.targets) <= NAMED_MOST:
            told = sheet.listed(names)
            yield {"names": told}
            yield {"names": told[0].upper() + told[1:]}  # where the sentence begins with them

    return true


def _counted(verdict: Verdict) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        yield {"count": sum(sheet.verdict(one, sheet.speaks_of) is verdict for one in sheet.targets)}

    return true


for _verdict in ORDER:
    true_where(f"{_verdict.value}_list")(_listed(_verdict))
    true_where(f"{_verdict.value}_count")(_counted(_verdict))


@true_where("no_targets")
def no_targets(sheet: Sheet, where: Where) -> Iterator[Values]:
    if not sheet.targets:
        yield {}


@true_where("nothing_own", "nothing_why")
def nothing_own(sheet: Sheet, where: Where) -> Iterator[Values]:
    if sheet.nothing_own:
        yield {"place": sheet.said(sheet.above[0].name)}


@true_where("many_title", "counted_title")
def many(sheet: Sheet, where: Where) -> Iterator[Values]:
    missed = [sheet.verdict(one) is Verdict.NOT_REACHED for one in where.items(sheet)]
    if missed == sorted(missed, reverse=True):
        yield {}


@true_where("headline_withheld", "headline_withheld_share")
def withheld(sheet: Sheet, where: Where) -> Iterator[Values]:
    if sheet.rate is not None and sheet.rate < sheet.summary.caution.no_headline_below:
        yield {"rate": figures.rate(sheet.rate, sheet.language)}


@true_where("caution_low", "caution_very_low")
def cautions(sheet: Sheet, where: Where) -> Iterator[Values]:
    if sheet.rate is not None and sheet.rate < sheet.summary.caution.caution_below:
        yield {}


# ------------------------------------------------------------------ one indicator, on its card or in its row


def here(sheet: Sheet, where: Where) -> tuple[Indicator, PublishableCell] | None:
    """The indicator of a card, a group or a row, in the sheet's own area; of a group, in the area it begins with."""
    one = where.indicator(sheet)
    return None if one is None else (one, sheet.cell(one, begins(sheet, where)))


def begins(sheet: Sheet, where: Where) -> Place | None:
    """The area of a group's first row."""
    group = where.nearest(ComparisonGroup)
    return sheet.places[group.rows[0].name] if isinstance(group, ComparisonGroup) else None


def _word(verdict: Verdict) -> True_:
    """Beside its sign in a legend, on a card, in a row; in a table of corrections of either edition."""

    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        found = here(sheet, where)
        tile = where.nearest(Tile)
        if isinstance(tile, Tile) and tile.name:
            known = verdict is sheet.verdict(sheet.tiled[0], sheet.places[tile.name])
        elif found is None:
            known = not where.label or verdict in of_editions(sheet, where)
        else:
            known = verdict in (sheet.verdict(found[0], begins(sheet, where)), hidden_word(found[1]))
        if known:
            yield {}

    return true


@true_where("tiles_hatched", "tiles_dashed")
def tiles_hidden(sheet: Sheet, where: Where) -> Iterator[Values]:
    """Of tiles one of which is not published."""
    given = {sheet.verdict(sheet.tiled[0], place) for place in sheet.communities}
    if Verdict.NOT_PUBLISHED in given:
        yield {}


@true_where("tiles_most")
def tiles_most(sheet: Sheet, where: Where) -> Iterator[Values]:
    if sheet.tiled[1]:
        yield {}


def hidden_word(cell: PublishableCell) -> Verdict | None:
    """What is hidden has a word even without a target."""
    return None if cell.suppression is None else Verdict.NOT_PUBLISHED


def of_editions(sheet: Sheet, where: Where) -> set[Verdict | None]:
    """The verdicts of a row that names an area and an indicator: before and now."""
    row, correction = where.row, sheet.summary.imprint.correction
    if row is None or correction is None or len(row.cells) < 2:
        return set()
    place, one = sheet.places.get(row.cells[0].text), sheet.by_name.get(row.cells[1].text)
    if place is None or one is None:
        return set()
    return {sheet.verdict(one, place), sheet.with_table(correction.earlier).verdict(one, place)}


for _verdict in ORDER:
    true_where(verdict_key(_verdict))(_word(_verdict))


def _side(sense: Sense, verdict: Verdict) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        found = here(sheet, where)
        if found and found[0].target and found[0].target.sense is sense and sheet.verdict(found[0]) is verdict:
            yield {}

    return true


true_where("above_reached")(_side(Sense.AT_LEAST, Verdict.REACHED))
true_where("above_missed")(_side(Sense.AT_LEAST, Verdict.NOT_REACHED))
true_where("below_reached")(_side(Sense.AT_MOST, Verdict.REACHED))
true_where("below_missed")(_side(Sense.AT_MOST, Verdict.NOT_REACHED))


@true_where("crosses", "census_only")
def crosses(sheet: Sheet, where: Where) -> Iterator[Values]:
    found = here(sheet, where)
    if found and found[0].target and sheet.verdict(found[0]) in (Verdict.CANNOT_TELL, Verdict.CANNOT_REACH):
        yield {}


@true_where("cannot_reach")
def cannot_reach(sheet: Sheet, where: Where) -> Iterator[Values]:
    found = here(sheet, where)
    if found and sheet.verdict(found[0]) is Verdict.CANNOT_REACH and found[1].needed_sample_size:
        size, needed = found[1].sample_size or 0, found[1].needed_sample_size
        assert needed > size, found
        yield {"n": figures.count(size), "needed": figures.count(needed)}


@true_where("no_target")
def no_target(sheet: Sheet, where: Where) -> Iterator[Values]:
    found = here(sheet, where)
    if found and found[0].target is None:
        yield {}


@true_where("settling_all")
def settling(sheet: Sheet, where: Where) -> Iterator[Values]:
    """Of every headline that is open, and that so many more answers would settle."""
    parts = []
    for one in sheet.targets:
        size = sheet.cell(one).settling_sample_size
        ends = figures.unit_of(one) == figures.PERCENT and one.target is not None and one.target.value in (0.0, 1.0)
        if sheet.verdict(one) is Verdict.CANNOT_TELL and size and not ends:
            n, name = figures.count(-(-size // 10) * 10), sheet.said(one.name)
            parts.append(f"{name}约 {n} 份" if sheet.chinese else f"{name}: about {n}")
    if parts:
        yield {"parts": ("，" if sheet.chinese else ", ").join(parts)}


def tip_of(sheet: Sheet, where: Where) -> tuple[str, str] | None:
    """Which side the whole would be on beyond the point, and the point, rounded so that the sentence stays true."""
    found = here(sheet, where)
    if found is None or found[0].target is None or found[1].tipping_point is None or found[1].value is None:
        return None
    one, cell = found
    least = one.target is not None and one.target.sense is Sense.AT_LEAST
    over = one.target is not None and cell.value is not None and cell.value >= one.target.value
    unit = figures.unit_of(one)
    digits = 1 if cell.digits is None else cell.digits
    assert cell.tipping_point is not None
    point = figures.number(figures.exact(cell.tipping_point, unit), digits, ROUND_CEILING if over else ROUND_FLOOR)
    key = {
        (True, True): "tip_below",
        (True, False): "tip_above",
        (False, True): "tip_falls",
        (False, False): "tip_rises",
    }
    return key[least, over], figures.with_unit(point, unit, sheet.language)


def _tip(key: str) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        found = tip_of(sheet, where)
        if found is not None and found[0] == key:
            yield {"q": found[1]}

    return true


for _key in ("tip_below", "tip_above", "tip_rises", "tip_falls"):
    true_where(_key)(_tip(_key))


@true_where("tip_never")
def tip_never(sheet: Sheet, where: Where) -> Iterator[Values]:
    found = here(sheet, where)
    if found is None or found[1].tipping_point is None or found[1].scale is None:
        return
    if not found[1].scale[0] <= found[1].tipping_point <= found[1].scale[1]:
        yield {}


# ------------------------------------------------------------------ how firmly a figure is told


@true_where("not_alone", "not_at_top")
def not_alone(sheet: Sheet, where: Where) -> Iterator[Values]:
    """On the card of a hidden figure, in the line that names it, or below a table that holds one."""
    found = here(sheet, where)
    if found is None or found[1].suppression is not None:
        yield {}


def _reason(cause: Suppression) -> True_:
    def true(sheet: Sheet, where: Where) -> Iterator[Values]:
        rule = sheet.summary.table.rule
        shown = [cell for _, cell in where.figures(sheet)]
        if where.indicator(sheet) is None:  # beside the tables, other indicators are told of in a line each
            shown += [sheet.cell(one) for one in sheet.summary.indicators if one.group is None]
        if any(one.suppression is cause for one in shown):
            yield {
                "minimum": rule.minimum_respondents,
                "effective": figures.count(rule.minimum_effective_sample),
                "width": figures.number(figures.exact(rule.widest_interval, figures.PERCENT), 0),
                "group": rule.group_disclosure_below,
            }

    return true


for _cause in Suppression:
    true_where(hidden_key(_cause))(_reason(_cause))


@true_where("coarse", "unreliable")
def coarse(sheet: Sheet, where: Where) -> Iterator[Values]:
    found = here(sheet, where)
    if found and found[1].suppression is None and (found[1].tier is Tier.COARSE or found[1].unreliable):
        yield {}


@true_where("unreliable_long")
def unreliable(sheet: Sheet, where: Where) -> Iterator[Values]:
    cells = [cell for _, cell in where.figures(sheet)]
    rule = sheet.summary.table.rule
    if any(one.unreliable and one.suppression is None and one.tier is not Tier.COARSE for one in cells):
        width = figures.number(figures.exact(rule.widest_interval, figures.PERCENT), 0)
        yield {"n": figures.count(rule.minimum_effective_sample), "width": width}


@true_where("coarse_everywhere")
def coarse_everywhere(sheet: Sheet, where: Where) -> Iterator[Values]:
    cells = [cell for one in sheet.headlines if (cell := sheet.cell(one)).suppression is None]
    if cells and all(one.tier is Tier.COARSE for one in cells):
        yield {"n": figures.count(max(one.sample_size or 0 for one in cells))}


@true_where("coded")
def coded(sheet: Sheet, where: Where) -> Iterator[Values]:
    found = here(sheet, where)
    if found and found[1].coded is not None and found[1].suppression is None:
        sign = "≥" if found[1].coded is Coding.AT_LEAST else "≤"
        end = figures.told(found[1].value or 0.0, figures.unit_of(found[0]), found[1].digits)
        yield {"end": figures.with_unit(sign + end, figures.unit_of(found[0]), sheet.language)}


@true_where("judged_by_own", "second_base_hidden")
def second_base(sheet: Sheet, where: Where) -> Iterator[Values]:
    found = here(sheet, where)
    if found and found[0].second_base is not None:
        yield {"name": sheet.said(found[0].second_base.name)}
