"""Data in parts: each part is collapsed by itself, in any order or place, and parts merge to what the whole would give.

Sums add up, so ``merge`` is associative and commutative, to the last bits that the order of addition allows. Memory
holds one part's rows and the sums per PSU; without clusters every row is a PSU and memory grows with the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray, IntArray, code_labels, combine_codes, first_rows, sum_by
from analysis.design import SurveyDesign
from analysis.estimation.domains import Domains, read_domains
from analysis.estimation.dominance import Largest, largest_of, merged
from analysis.estimation.estimate import Estimator
from analysis.estimation.options import Options
from analysis.estimation.requested_items import RequestedItems, items_of_requests
from analysis.estimation.requests import Quantity, Request
from analysis.estimation.table import EstimateTable
from analysis.psu_totals import PsuTotals, collapse
from analysis.results import DesignSummary, Domain


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignColumns:
    """The columns of a design, for frames that come one after the other; as in ``SurveyDesign.from_frame``."""

    weight: str | None = None
    strata: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    population_sizes: tuple[str, ...] = ()
    frequency: str | None = None
    nest: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """Columns that say which unit a row belongs to."""
        return tuple(dict.fromkeys((*self.strata, *self.clusters)))

    def design(self, frame: pd.DataFrame, *, weighted: bool = True) -> SurveyDesign:
        """The design of one frame; ``weighted`` False: of a frame of units, which have no weight of their own."""
        return SurveyDesign.from_frame(
            frame,
            weight=self.weight if weighted else None,
            strata=self.strata,
            clusters=self.clusters,
            population_sizes=self.population_sizes,
            frequency=self.frequency if weighted or not self.clusters else None,
            nest=self.nest,
        )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Part:
    """What is kept of some rows: the units they belong to, and the sums."""

    columns: DesignColumns
    units: pd.DataFrame  # one row per unit of the last stage
    counted: BoolArray  # (units,) with a respondent whose weight is above 0
    totals: PsuTotals  # cell_unit counts the rows of ``units``
    domains: tuple[Domain, ...]
    requested: RequestedItems
    largest: Largest
    respondents: int
    without_domain: int


def collapse_part(
    frame: pd.DataFrame, columns: DesignColumns, requests: Sequence[Request], *, by: Sequence[str] = ()
) -> Part:
    """Sums of one part. Raises DesignError as ``SurveyDesign.from_frame`` does, with rows of this part."""
    design = columns.design(frame)
    requested = items_of_requests(frame, requests, design.respondents)
    domains = read_domains(frame, by, design.respondents)
    totals = collapse(design, domains.code_of_row, domains.count, requested.items)
    last = design.stages[-1]
    kept = [*columns.labels, *columns.population_sizes]
    if columns.frequency and not columns.clusters:
        kept.append(columns.frequency)
    units = frame[list(dict.fromkeys(kept))].iloc[first_rows(last.unit_of_row, last.units)].reset_index(drop=True)
    light = tuple(replace(item, observed=None, denominator=None, numerators=(), codes=None) for item in requested.items)
    return Part(
        columns=columns,
        units=units,
        counted=np.ones(last.units, dtype=bool)
        if (design.row_weight > 0).all()
        else sum_by(last.unit_of_row, design.row_weight > 0, last.units) > 0,
        totals=totals,
        domains=domains.keys,
        requested=replace(requested, items=light),
        largest=largest_of(design, domains, requested),
        respondents=design.summary().sample_size,
        without_domain=domains.missing,
    )


def merge(one: Part, other: Part) -> Part:
    """The part that the rows of both would make."""
    if one.columns != other.columns or len(one.requested.items) != len(other.requested.items):
        raise ValueError("parts of different designs or requests do not merge")
    units, unit_of = _merged_units(one, other)
    domains = one.domains
    if set(one.domains) != set(other.domains):
        domains = tuple(sorted(set(one.domains) | set(other.domains), key=_natural))
    place = {domain: position for position, domain in enumerate(domains)}
    domain_of = [np.array([place[key] for key in part.domains], dtype=np.int64) for part in (one, other)]
    requested, rows = _merged_items(one.requested, other.requested)
    aligned = [
        _Aligned(part.totals, unit_of[number], domain_of[number], len(domains), rows[number], requested)
        for number, part in enumerate((one, other))
    ]
    return Part(
        columns=one.columns,
        units=units,
        counted=sum_by(np.concatenate(unit_of), np.concatenate([one.counted, other.counted]), len(units)) > 0,
        totals=_added(aligned, len(units), len(domains), requested),
        domains=domains,
        requested=requested,
        largest=_largest_of_both((one, other), domain_of, rows, len(domains)),
        respondents=one.respondents + other.respondents,
        without_domain=one.without_domain + other.without_domain,
    )


def estimate_parts(parts: Iterable[Part], *, options: Options | None = None) -> EstimateTable:
    """The figures of all parts together, as ``estimate_table`` gives them for the whole."""
    whole = reduce(merge, parts)
    design = whole.columns.design(whole.units, weighted=False)
    design = replace(design, weight=whole.counted.astype(np.float64))
    cell_unit = design.stages[-1].unit_of_row[whole.totals.cell_unit]
    totals = replace(whole.totals, cell_unit=cell_unit)
    domains = Domains(np.empty(0, dtype=np.int64), whole.domains, whole.without_domain)
    table = Estimator(design, whole.requested, domains, totals, options or Options(), whole.largest).table()
    summary = design.summary()
    return replace(
        table,
        design=DesignSummary(
            strata=summary.strata,
            psus=summary.psus,
            degrees_of_freedom=summary.degrees_of_freedom,
            sample_size=whole.respondents,
        ),
    )


def estimate_chunks(
    chunks: Iterable[pd.DataFrame],
    columns: DesignColumns,
    requests: Sequence[Request],
    *,
    by: Sequence[str] = (),
    options: Options | None = None,
) -> EstimateTable:
    """Estimates from frames that come one after the other; only one is held at a time."""
    return estimate_parts((collapse_part(chunk, columns, requests, by=by) for chunk in chunks), options=options)


def _largest_of_both(
    parts: tuple[Part, Part], domain_of: list[IntArray], rows: list[IntArray], domains: int
) -> Largest:
    found: dict[int, FloatArray] = {}
    for part, domain, row_of in zip(parts, domain_of, rows, strict=True):
        for row, totals in part.largest.items():
            wide = np.zeros((*totals.shape[:2], domains))
            wide[..., domain] = totals
            at = int(row_of[row])
            found[at] = merged(found[at], wide) if at in found else wide
    return found


def _natural(domain: Domain) -> tuple[tuple[int, float, str], ...]:
    """Labels that are numbers by size, then words."""
    return tuple(
        (0, float(label), label) if label.replace(".", "", 1).lstrip("-").isdigit() else (1, 0.0, label)
        for _, label in domain
    )


def _merged_units(one: Part, other: Part) -> tuple[pd.DataFrame, list[IntArray]]:
    """All units of both, and where each part's units went."""
    split = len(one.units)
    joined = pd.concat([one.units, other.units], ignore_index=True)
    if not one.columns.clusters:  # every row is a unit of its own
        everyone = np.arange(len(joined), dtype=np.int64)
        return joined, [everyone[:split], everyone[split:]]
    codes, count = np.zeros(len(joined), dtype=np.int64), 1
    for name in one.columns.labels:
        codes, count = combine_codes(codes, count, *code_labels(joined[name]))
    return joined.iloc[first_rows(codes, count)].reset_index(drop=True), [codes[:split], codes[split:]]


def _key(quantity: Quantity, item: int) -> tuple[Any, ...]:
    return item, quantity.statistic, quantity.variable, quantity.category


def _merged_items(one: RequestedItems, other: RequestedItems) -> tuple[RequestedItems, list[IntArray]]:
    """Quantities of both, item by item (a part may lack a category), and where each part's rows went."""
    keys: dict[tuple[Any, ...], Quantity] = {}
    owned = [_owned(requested) for requested in (one, other)]
    for item in range(len(one.items)):
        found = [{key: quantity for key, quantity in mine.items() if key[0] == item} for mine in owned]
        both = found[1] | found[0]
        if set(found[0]) == set(found[1]):
            keys.update(found[0])
        else:  # a part lacks a category: all of them in the order of their labels
            keys.update({key: both[key] for key in sorted(both, key=lambda key: _natural((("", key[3] or ""),)))})
    place = {key: row for row, key in enumerate(keys)}
    rows = [np.array([place[key] for key in mine], dtype=np.int64) for mine in owned]
    items = tuple(replace(a, zero_one=a.zero_one and b.zero_one) for a, b in zip(one.items, other.items, strict=True))
    simple = len(keys)
    asked: list[int] = []
    for requested, moved in zip((one, other), rows, strict=True):
        count = len(requested.quantities)
        asked += [int(moved[row]) if row < count else simple + row - count for row in requested.asked]
    indices = tuple((what, rows[0][parts], coefficients, base) for what, parts, coefficients, base in one.indices)
    merged = RequestedItems(
        items=items,
        quantities=tuple(keys.values()),
        item_of=tuple(key[0] for key in keys),
        answered_by_all=one.answered_by_all & other.answered_by_all,
        asked=tuple(_ordered(asked, simple, list(keys))),
        indices=indices,
        notes=tuple(dict.fromkeys((*one.notes, *other.notes))),
    )
    return merged, rows


def _ordered(asked: list[int], simple: int, keys: list[tuple[Any, ...]]) -> list[int]:
    """What was asked for, once, the categories of one request beside each other."""
    first: dict[int, int] = {}
    for position, row in enumerate(asked):
        item = keys[row][0] if row < simple else simple + row
        first.setdefault(item, position)
    once = list(dict.fromkeys(asked))
    return sorted(once, key=lambda row: (first[keys[row][0] if row < simple else simple + row], row))


def _owned(requested: RequestedItems) -> dict[tuple[Any, ...], Quantity]:
    return {
        _key(quantity, item): quantity for quantity, item in zip(requested.quantities, requested.item_of, strict=True)
    }


class _Aligned:
    """One part's totals in the numbering of the merged part."""

    def __init__(
        self,
        totals: PsuTotals,
        unit: IntArray,
        domain: IntArray,
        domains: int,
        rows: IntArray,
        requested: RequestedItems,
    ) -> None:
        self.unit, self.domain = unit[totals.cell_unit], domain[totals.cell_domain]
        width = len(requested.quantities)
        self.totals = totals
        self.numerators = np.zeros((width, len(self.unit)))
        self.numerators[rows] = totals.numerators
        self.weights, self.squared_weights, self.denominator_squares = (
            _spread(values, domain, domains)
            for values in (totals.weights, totals.squared_weights, totals.denominator_squares)
        )
        self.respondents = _spread(totals.respondents[None, :], domain, domains)[0]
        self.centres, self.items = np.zeros(width), np.array(requested.item_of, dtype=np.int64)
        self.centres[rows] = totals.centres
        self.squares, self.products = np.zeros((width, domains)), np.zeros((width, domains))
        self.squares[rows] = _spread(totals.squares, domain, domains)
        self.products[rows] = _spread(totals.products, domain, domains)

    def about(self, centres: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Squares and products of y - c x about other centres: u' = u - d x."""
        shift = (centres - self.centres)[:, None]
        below = self.denominator_squares[self.items]
        return self.squares - 2 * shift * self.products + shift**2 * below, self.products - shift * below


def _spread(values: FloatArray, domain: IntArray, domains: int) -> FloatArray:
    wide = np.zeros((len(values), domains))
    wide[:, domain] = values
    return wide


def _added(parts: list[_Aligned], units: int, domains: int, requested: RequestedItems) -> PsuTotals:
    unit = np.concatenate([part.unit for part in parts])
    domain = np.concatenate([part.domain for part in parts])
    cell, cells = combine_codes(unit, units, domain, domains)
    first = first_rows(cell, cells)

    def per_cell(blocks: list[FloatArray]) -> FloatArray:
        joined = np.concatenate(blocks, axis=1)
        found = np.empty((len(joined), cells))
        for number, row in enumerate(joined):
            # Items that everyone answered share their denominator.
            same = number > 0 and np.array_equal(row, joined[number - 1])
            found[number] = found[number - 1] if same else sum_by(cell, row, cells)
        return found

    centres = parts[0].centres
    moments = [part.about(centres) for part in parts]
    return PsuTotals(
        domains=domains,
        cell_unit=unit[first],
        cell_domain=domain[first],
        item_of=np.array(requested.item_of, dtype=np.int64),
        numerators=per_cell([part.numerators for part in parts]),
        denominators=per_cell([part.totals.denominators for part in parts]),
        counts=per_cell([part.totals.counts for part in parts]),
        weights=parts[0].weights + parts[1].weights,
        squared_weights=parts[0].squared_weights + parts[1].squared_weights,
        centres=centres,
        squares=moments[0][0] + moments[1][0],
        products=moments[0][1] + moments[1][1],
        denominator_squares=parts[0].denominator_squares + parts[1].denominator_squares,
        respondents=parts[0].respondents + parts[1].respondents,
    )
