"""What may be published: the only maker of ``PublishableTable``.

Confidentiality first (it may only be made stricter), then reliability, then the digits that are printed. A table holds
nothing finer than what is printed, one mark for whatever is hidden, and no reason: why a figure is hidden is known to
``Protected`` alone, for the statistician.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.cells import Cells, Place, cells_of
from analysis.coding import coded_limits, end_for, side_of, usual_effects
from analysis.complementary_suppression import CannotProtect
from analysis.confidentiality import Before, confidential
from analysis.families import NOT_RELATED, Related, Wholes
from analysis.printed_cells import Context, Shown, printed_rows
from analysis.results import (
    PROTECTED,
    Domain,
    Estimate,
    Estimates,
    Goal,
    IntervalMethod,
    PublicationRule,
    PublishableRow,
    PublishableTable,
    Reliability,
    Suppression,
)
from analysis.tiers import firm, usable


@dataclass(frozen=True, slots=True, kw_only=True)
class Protected:
    """The table, and beside it what no reader may know."""

    table: PublishableTable
    reasons: Mapping[Place, Suppression] = field(repr=False)
    """Why a cell is hidden, or coded for the sake of others: for the statistician, in nothing that leaves."""
    left_out: tuple[Domain, ...] = ()  # groups whose rows could not be protected and are in no table


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    estimates: Sequence[Estimate]
    rule: PublicationRule
    goals: Mapping[str, Goal]
    hierarchy: Mapping[Domain, Domain]
    response_rates: Mapping[Domain, float]
    adults: Mapping[Domain, int]
    before: Before
    notes: tuple[str, ...]
    related: Related


def protect(
    *tables: Estimates,
    rule: PublicationRule | None = None,
    goals: Mapping[str, Goal] | None = None,
    hierarchy: Mapping[Domain, Domain] | None = None,
    response_rates: Mapping[Domain, float] | None = None,
    adults: Mapping[Domain, int] | None = None,
    earlier: Sequence[PublishableTable] = (),
    related: Related = NOT_RELATED,
) -> PublishableTable:
    """One table of all ``tables`` after the publication rule; give every level that is published in one call.

    ``hierarchy``: domain -> the domain it is part of, so that a hidden figure cannot be had by subtraction (children
    divided by the same columns make up their parent together). ``goals``: variable -> target. ``response_rates`` (RR3)
    give tipping points, ``adults`` bound the settling sample size. ``earlier``: what was released of the same wave
    before; what was hidden then stays hidden, what was shown is known. ``related``: figures that follow from each
    other, as the same sum over two bases, or an index from its parts. Groups that cannot be protected beside all the
    others are left out, the finest first, and a note says so. Raises ValueError when a confidentiality rule is laxer
    than the default, when a domain and variable come twice, or when levels or intervals differ.
    """
    return protected(
        *tables,
        rule=rule,
        goals=goals,
        hierarchy=hierarchy,
        response_rates=response_rates,
        adults=adults,
        earlier=earlier,
        related=related,
    ).table


def protected(
    *tables: Estimates,
    rule: PublicationRule | None = None,
    goals: Mapping[str, Goal] | None = None,
    hierarchy: Mapping[Domain, Domain] | None = None,
    response_rates: Mapping[Domain, float] | None = None,
    adults: Mapping[Domain, int] | None = None,
    earlier: Sequence[PublishableTable] = (),
    related: Related = NOT_RELATED,
) -> Protected:
    """``protect`` with the reasons beside the table. They are for the statistician and leave in nothing."""
    rule = rule or PublicationRule()
    _no_laxer(rule)
    asked = _Asked(
        estimates=[estimate for table in tables for estimate in table.estimates],
        rule=rule,
        goals=goals or {},
        hierarchy=hierarchy or {},
        response_rates=response_rates or {},
        adults=adults or {},
        before=Before.of(earlier),
        notes=tuple(dict.fromkeys(note for table in tables for note in table.notes)),
        related=related,
    )
    left_out: list[Domain] = []
    while True:
        try:
            return _protected(asked, tuple(left_out))
        except CannotProtect as error:
            present = {estimate.domain for estimate in asked.estimates} - set(left_out)
            finer = _finest_groups(error.place[0], asked.hierarchy, present)
            if not finer:
                raise
            left_out += finer


def _finest_groups(domain: Domain, hierarchy: Mapping[Domain, Domain], present: set[Domain]) -> list[Domain]:
    """All groups of that kind, of the most columns, that cross areas with ``domain``'s own: coarser comes first."""
    known = Wholes(hierarchy, present)
    crossing = {tuple(column for column, _ in one) for one in present if len(known.of(one)) > 1}
    own = tuple(column for column, _ in domain)
    if not crossing:
        return []
    chosen = own if own in crossing else max(crossing, key=lambda columns: (len(columns), columns))
    return sorted(one for one in present if tuple(column for column, _ in one) == chosen)


def _protected(asked: _Asked, left_out: tuple[Domain, ...]) -> Protected:
    without = set(left_out)
    cells = cells_of([one for one in asked.estimates if one.domain not in without] if without else asked.estimates)
    level, method = _level(cells.estimates), _method(cells.estimates)
    if not len(cells):
        return Protected(table=_table(asked, (), (level, method), left_out), reasons={}, left_out=left_out)
    rule = asked.rule
    effect = usual_effects(cells, rule)
    end = end_for(cells.size)
    candidates = (
        (cells.size < rule.group_disclosure_below) & (side_of(cells.part, end) != 0) & cells.bounded
    ) & ~np.isnan(cells.value)
    known = ~np.isnan(cells.value) & ~np.isnan(cells.low)
    shown = _limits(cells, candidates, side_of(cells.part, end), end, effect, (level, method.value))
    weak = ~known | np.isnan(shown.low) | _weak(cells, shown, rule)
    found = confidential(cells, weak, rule, asked.hierarchy, asked.before, asked.related)
    hiding = found.hiding
    shown = _limits(cells, hiding.coded, hiding.side, hiding.end, effect, (level, method.value))
    hidden = hiding.hidden | np.isnan(shown.low) | _weak(cells, shown, rule)
    reasons = {cells.place(number): reason for number, reason in found.reasons.items()}
    for number in np.flatnonzero(hidden).tolist():
        reason = Suppression.UNRELIABLE if known[number] else Suppression.NOT_ESTIMABLE
        reasons.setdefault(cells.place(number), reason)
    shown = shown.with_hidden(hidden, firm(cells, shown.low, shown.high, shown.effective, rule))
    context = Context(
        goals=asked.goals, response_rates=asked.response_rates, adults=asked.adults, level=level, rule=rule
    )
    rows = printed_rows(cells, shown, context)
    return Protected(table=_table(asked, rows, (level, method), left_out), reasons=reasons, left_out=left_out)


def _limits(
    cells: Cells, coded: BoolArray, side: IntArray, end: FloatArray, effect: FloatArray, drawn: tuple[float, str]
) -> Shown:
    """What would be shown of every cell: its own interval, or that of its band."""
    low, high, effective = cells.low.copy(), cells.high.copy(), cells.effective.copy()
    low[coded], high[coded] = coded_limits(cells, coded, side, end, effect, drawn)
    effective[coded] = cells.size[coded] / effect[coded]
    return Shown.of(low, high, effective, np.where(coded, side, 0), end)


def _weak(cells: Cells, shown: Shown, rule: PublicationRule) -> BoolArray:
    """Cells that their error keeps from being shown."""
    if rule.reliability is Reliability.FLAG:
        return np.zeros(len(cells), dtype=bool)
    good = firm(cells, shown.low, shown.high, shown.effective, rule)
    if rule.reliability is Reliability.TIERS:
        good |= usable(cells, shown.low, shown.high, rule)
    return ~good


def _table(
    asked: _Asked, rows: tuple[PublishableRow, ...], drawn: tuple[float, IntervalMethod], left_out: tuple[Domain, ...]
) -> PublishableTable:
    kinds = dict.fromkeys(" x ".join(column for column, _ in domain) for domain in left_out)
    coarser = tuple(f"left out so that nobody's answers follow from the rest: {kind}" for kind in kinds)
    return PublishableTable(
        rows=rows,
        rule=asked.rule,
        level=drawn[0],
        interval_method=drawn[1],
        notes=(*asked.notes, *coarser),
        seal=PROTECTED,
    )


def _no_laxer(rule: PublicationRule) -> None:
    least = PublicationRule()
    for name in ("minimum_respondents", "group_disclosure_below"):
        if getattr(rule, name) < getattr(least, name):
            raise ValueError(
                f"{name} may only be made stricter than {getattr(least, name)}, not {getattr(rule, name)}: "
                "confidentiality is not a choice of the report"
            )


def _level(estimates: Iterable[Estimate]) -> float:
    levels = {estimate.interval.level for estimate in estimates if estimate.interval is not None}
    if len(levels) > 1:
        raise ValueError(f"one table holds one confidence level, not {sorted(levels)}")
    return levels.pop() if levels else 0.95


def _method(estimates: Iterable[Estimate]) -> IntervalMethod:
    """The rule of the shares; scores have the t interval in every table."""
    drawn = [estimate.interval.method for estimate in estimates if estimate.interval is not None]
    methods = list(dict.fromkeys(drawn))
    shares = [method for method in methods if method is not IntervalMethod.WALD]
    return (shares or methods or [IntervalMethod.KORN_GRAUBARD])[0]
