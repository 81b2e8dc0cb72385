"""Tables, cards and charts held against the cells: every figure, interval, drawing, sign and shade in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pytest

from analysis.results import PublishableCell, Verdict
from questionnaires.indicators import Indicator
from reports.blocks import Axis, Card, Cell, Column, ColumnKind, Comparison, Range, Row, Story, Table, Tiles
from reports.content import AreaSummary, CommunitySummary, Place
from tests.spec.reports.recomputed import figures
from tests.spec.reports.recomputed.sheet import Sheet, down
from tests.spec.reports.test_claims import blocks_of

FIGURE = re.compile(r"[><≥≤]?−?[\d,]+(\.\d+)?|—")
Faults = Iterator[tuple[object, ...]]


def faults(story: Story, sheet: Sheet) -> list[tuple[object, ...]]:
    """What a sheet shows otherwise than its cells have it."""
    found: list[tuple[object, ...]] = []
    for table in blocks_of(story.blocks, Table):
        found += of_table(table, sheet)
    for comparison in blocks_of(story.blocks, Comparison):
        found += of_comparison(comparison, sheet)
    for card in blocks_of(story.blocks, Card):
        found += of_card(card, sheet)
    for block in blocks_of(story.blocks, Tiles):
        found += of_tiles(block, sheet)
    return found


def place_of(cell: PublishableCell, one: Indicator) -> tuple[float | None, float | None, float | None]:
    """Low, high and dot of what may be drawn of a cell, in the unit of its axis; nothing of a hidden one."""
    factor = 100 if figures.unit_of(one) in figures.HUNDREDFOLD else 1
    if cell.suppression is not None or cell.low is None or cell.high is None:
        return None, None, None
    untold = cell.value is None or cell.coded is not None or figures.all_alike_limit(one, cell)
    dot = None if untold or cell.value is None else cell.value * factor
    return cell.low * factor, cell.high * factor, dot


def of_range(drawn: Range | None, one: Indicator, cell: PublishableCell) -> Faults:
    low, high, dot = place_of(cell, one)
    if drawn is None:
        return
    if low is None or (drawn.low, drawn.high) != pytest.approx((low, high)):
        yield "drawn", one.id, drawn, cell
    if (drawn.dot is None) is not (dot is None) or (dot is not None and drawn.dot != pytest.approx(dot)):
        yield "dot", one.id, drawn, cell


def of_axis(axis: Axis | None, drawn: Sequence[Range], one: Indicator | None) -> Faults:
    """Without drawings nothing is marked; a target is the indicator's own."""
    if axis is None:
        return
    if not drawn and (axis.ticks or axis.target is not None):
        yield "axis of nothing", axis
    for each in drawn:
        if not axis.low - 1e-9 <= each.low <= each.high <= axis.high + 1e-9:
            yield "outside the axis", axis, each
    if axis.target is not None and one is not None:
        factor = 100 if figures.unit_of(one) in figures.HUNDREDFOLD else 1
        if one.target is None or axis.target != pytest.approx(one.target.value * factor):
            yield "target of the axis", axis, one


# ------------------------------------------------------------------ tables


def of_table(table: Table, sheet: Sheet) -> Faults:
    heads = list(told_heads(table.columns, sheet))
    shades: list[tuple[float, int]] = []
    for row in table.rows:
        for number, cell in enumerate(row.cells):
            if number and row.cells[0].text in sheet.waves:
                yield from of_wave(row, number, heads[number][0], sheet)
            found = meant(row, heads[number], sheet)
            if found is None or not number or not of_figures(table, number):
                continue
            one, place = found
            yield from of_cell(cell, table.columns[number], one, (sheet, place))
            if table.columns[number].kind is ColumnKind.SHADED:
                yield from of_shade(cell, one, sheet.cell(one, place))
                if sheet.firm(one, place) and not figures.all_alike_limit(one, sheet.cell(one, place)):
                    shades.append((worse(one, sheet.cell(one, place)), cell.shade))
    if any(a[1] < b[1] for a, b in pairwise(sorted(shades, key=lambda each: (each[0], -each[1])))):
        yield "shades", table.title, sorted(shades)
    for number, column in enumerate(table.columns):
        drawn = [row.cells[number].range for row in table.rows]
        yield from of_axis(column.axis, [each for each in drawn if each is not None], heads[number][0])


def of_figures(table: Table, number: int) -> bool:
    """Whether a column is of the figures: not of their part in another, nor of the limits of that part."""
    shares = [place for place, column in enumerate(table.columns) if column.head in ("关联占比", "Share")]
    return not any(place <= number <= place + 1 for place in shares)


def of_wave(row: Row, number: int, one: Indicator | None, sheet: Sheet) -> Faults:
    known = None if one is None else sheet.then(one, row.cells[0].text)
    if one is None or known is None or row.cells[number].text != figures.value(one, known):
        yield "wave", row, one, known


def worse(one: Indicator, cell: PublishableCell) -> float:
    """As printed; the lower the worse."""
    shown = float(figures.value(one, cell).replace("−", "-").replace(",", "").lstrip("<>"))
    return -shown if down(one) else shown


def told_heads(columns: Sequence[Column], sheet: Sheet) -> Iterator[tuple[Indicator | None, Place | None]]:
    """The indicator or the area that each column is of: its own head, or the last before that names one; a drawing
    in front is of the first that is named."""
    named = (sheet.by_name[column.head] for column in columns if column.head in sheet.by_name)
    one = next(named, None) if [column.kind for column in columns[1:2]] == [ColumnKind.CHART] else None
    for column in columns:
        one = sheet.by_name.get(column.head, one)
        yield one, sheet.places.get(column.head)


def meant(row: Row, head: tuple[Indicator | None, Place | None], sheet: Sheet) -> tuple[Indicator, Place] | None:
    label = row.cells[0].text
    if label in sheet.by_name:
        return sheet.by_name[label], head[1] or sheet.place
    if label in sheet.places and head[0] is not None:
        return head[0], sheet.places[label]
    return None


def of_cell(cell: Cell, column: Column, one: Indicator, at: tuple[Sheet, Place]) -> Faults:
    sheet, place = at
    known = sheet.cell(one, place)
    yield from of_range(cell.range, one, known)
    if cell.interval is not None and (known.suppression is not None or cell.interval != figures.limits(one, known)):
        yield "interval", one.id, place.code, cell, known
    if cell.verdict is not None and cell.verdict not in (sheet.verdict(one, place), hidden(known)):
        yield "verdict", one.id, place.code, cell, known
    if not FIGURE.fullmatch(cell.text) or column.kind not in (ColumnKind.FIGURE, ColumnKind.SHADED):
        return
    if column.head.startswith(("比", "vs ")):  # a change, or that there is none to tell
        return
    if column.head == "n":
        if cell.text != figures.count(known.sample_size or 0):
            yield "n", one.id, place.code, cell, known
    elif cell.text != figures.value(one, known):
        yield "figure", one.id, place.code, cell.text, figures.value(one, known), known


def hidden(cell: PublishableCell) -> Verdict | None:
    return None if cell.suppression is None else Verdict.NOT_PUBLISHED


def of_shade(cell: Cell, one: Indicator, known: PublishableCell) -> Faults:
    firm = known.suppression is None and known.coded is None and known.tier.value == "shown"
    if cell.shade and (not firm or figures.all_alike_limit(one, known)):
        yield "shade of what stands in no order", one.id, cell, known


# ------------------------------------------------------------------ charts and cards


def of_comparison(block: Comparison, sheet: Sheet) -> Faults:
    drawn = [row.range for group in block.groups for row in group.rows if row.range is not None]
    yield from of_axis(block.axis, drawn, None)
    for group in block.groups:
        one = sheet.by_name[group.name]
        factor = 100 if figures.unit_of(one) in figures.HUNDREDFOLD else 1
        if group.target is not None and (
            one.target is None or group.target != pytest.approx(one.target.value * factor)
        ):
            yield "target", group
        if not drawn and group.target is not None:
            yield "target of nothing", group
        if group.verdict is not None and group.verdict is not sheet.verdict(one, sheet.places[group.rows[0].name]):
            yield "verdict", group
        for row in group.rows:
            cell = sheet.cell(one, sheet.places[row.name])
            yield from of_range(row.range, one, cell)
            limits = None if cell.suppression is not None else figures.limits(one, cell)
            n = "" if cell.sample_size is None else figures.count(cell.sample_size)
            if (row.value, row.interval, row.n) != (figures.value(one, cell), limits, n):
                yield "row", row, cell
            if (row.range is None) is not (place_of(cell, one)[0] is None):
                yield "not drawn", row, cell


def of_tiles(block: Tiles, sheet: Sheet) -> Faults:
    """Each community once, below its street, with the verdict of what most missed; the worse, the darker."""
    one, _ = sheet.tiled
    streets = [] if isinstance(sheet.summary, CommunitySummary) else sheet.summary.streets
    wanted = [(sheet.said(street.name), [sheet.said(each.name) for each in inside]) for street, inside in streets]
    if [(group.name, [tile.name for tile in group.tiles]) for group in block.groups] != wanted:
        yield "tiles", block, wanted
    dark = {Verdict.REACHED: 0, Verdict.NOT_PUBLISHED: 0, Verdict.NOT_REACHED: 3}
    drawn = [tile for group in block.groups for tile in group.tiles]
    for tile in drawn:
        found = sheet.verdict(one, sheet.places[tile.name])
        if found is not tile.verdict or tile.shade != dark.get(tile.verdict, 1):
            yield "tile", tile, found
    yield from of_map(block, sheet)
    if {tile.verdict for tile in drawn} != {tile.verdict for tile, _ in block.legend}:
        yield "legend of tiles", block.legend


def of_map(block: Tiles, sheet: Sheet) -> Faults:
    """A map where the city gave one that has every community, each with its own outline; no outlines elsewhere."""
    given = sheet.summary.city_map if isinstance(sheet.summary, AreaSummary) else None
    drawn = [tile for group in block.groups for tile in group.tiles]
    codes = [sheet.places[tile.name].code for tile in drawn]
    whole = given is not None and set(codes) <= given.outlines.keys()
    if (block.on_map is not None) is not whole:
        yield "map", block.on_map, given
    if [tile.rings for tile in drawn] != [given.outlines[code] if given and whole else () for code in codes]:
        yield "outlines", drawn


def of_card(card: Card, sheet: Sheet) -> Faults:
    one = sheet.by_name[card.name]
    cell = sheet.cell(one)
    if card.figure != figures.value(one, cell):
        yield "figure", card, figures.value(one, cell)
    if card.verdict is not None and card.verdict not in (sheet.verdict(one), hidden(cell)):
        yield "verdict", card
    told = {text for _, text in card.rows}
    own = (
        set()
        if cell.suppression is not None
        else {figures.with_unit(sheet.interval(one), figures.unit_of(one), sheet.language)}
    )
    instead = sheet.instead(one)
    own |= set() if instead is None else {sheet.with_unit(one, instead)}
    left = {text for text in told - own if not target_of(text, one, sheet)}
    if left or own - told:
        yield "rows", card, left, own
    if card.counts:
        given = [sheet.verdict(one, place) for place in sheet.communities]
        if dict(card.counts) != {each: given.count(each) for each in set(given)}:
            yield "counts", card


def target_of(text: str, one: Indicator, sheet: Sheet) -> bool:
    """≥ 90%, ≥ 90.0%: the target as it is set, in its unit."""
    if one.target is None:
        return False
    unit = figures.unit_of(one)
    sign = "≤" if down(one) else "≥"
    number = re.fullmatch(rf"{sign} (−?[\d,.]+)(.*)", text)
    if number is None or number[2] != figures.with_unit("", unit, sheet.language):
        return False
    return float(number[1].replace("−", "-").replace(",", "")) == float(figures.exact(one.target.value, unit))
