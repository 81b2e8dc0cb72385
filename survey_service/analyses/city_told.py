"""What a wave tells of the whole city beside its figures, after the publication rule."""

from __future__ import annotations

from typing import Final

from analysis.city_results import CityResults
from analysis.published_beside import (
    published_drivers,
    published_modes,
    published_open_shares,
    published_sensitivities,
)
from questionnaires.indicators import SHARES, one_numerator
from survey_service.analyses.service import OWN_CAUSE, WaveEstimates
from survey_service.models import Wave

NOTHING_BESIDE: Final = CityResults()


def modes_by_lot(wave: Wave) -> bool:
    """Whether it is known that first modes were dealt by lot: so the page does that draws from a list, and only it
    keeps the seed of its draw."""
    drawn = wave.plan.get("draw") or {}
    return bool(drawn.get("modes_by_lot", "seed" in drawn))


def city_results(estimates: WaveEstimates, *, by_lot: bool) -> CityResults:
    """``by_lot``: of modes that were not dealt by lot nothing is told."""
    found, table, cases = estimates.analysis, estimates.table, estimates.cases
    headlines = [one.id for one in estimates.indicators if one.headline]
    shares = {one.id for one in estimates.indicators if one.kind in SHARES}
    once, guarded = found.sensitivities, guarded_variables(estimates)
    return CityResults(
        modes=() if found.modes is None or not by_lot else published_modes(found.modes, table, headlines, guarded),
        drivers=None if found.drivers is None else published_drivers(found.drivers, table),
        sensitivities=published_sensitivities(
            {one.value: rates for one, rates in once.rates.items()},
            {one.value: count for one, count in once.left_out.items()},
            table,
            headlines,
            guarded,
        ),
        open_answers=sum(cases.open_responses.values()),
        open_shares=published_open_shares(
            {name: sums for name, sums in cases.open_sums.items() if name in headlines and name in shares}, table.rule
        ),
    )


def guarded_variables(estimates: WaveEstimates) -> frozenset[str]:
    """Of which any cell is hidden or coded for somebody's sake; with an index that any of them is a part of, and with
    the other of two shares that count the same answers."""
    found = {
        cell.variable
        for row in estimates.table.rows
        for cell in row.cells
        if cell.coded is not None
        or (
            cell.suppression is not None
            and estimates.reasons.get((row.domain, (cell.variable, cell.category)), cell.suppression) not in OWN_CAUSE
        )
    }
    known = [one for one in estimates.indicators if one.id in found]
    found |= {other.id for other in estimates.indicators if any(one_numerator(one, other) for one in known)}
    of_parts = {one.id for one in estimates.indicators if any(part.indicator in found for part in one.parts)}
    return frozenset(found | of_parts)
