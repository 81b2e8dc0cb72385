"""What may be published of the whole city beside its figures: by mode, of what goes with a rate, by other weights.

Only of figures that the city's own table shows as a point, and in no finer steps: a difference is that of two printed
figures, limits are rounded outwards. Parts of the respondents are told from as many as the ends of the scale need
(``PublicationRule.group_disclosure_below``), and never where a handful is left over that follows from the rest. Where
an area hides or codes an indicator for somebody's sake (``guarded``) nothing here is one more equation for it.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

import numpy as np

from analysis.city_results import (
    DriverFigure,
    DriverFigures,
    ModeEffect,
    ModeFigure,
    OpenShare,
    SensitivityFigures,
    SensitivityValue,
    priority_of,
)
from analysis.engine.drivers import DriverTable
from analysis.engine.modes import ModeTable
from analysis.printed_figures import FINE_FROM, PrintedStep, decimals
from analysis.results import PublicationRule, PublishableCell, PublishableTable

_WHOLE = PrintedStep(0.01, None)
_TENTH = PrintedStep(0.001, None)  # in which shares of a variance are told
SPOKEN_OF = 0.10
"""Share of a rate's variance from which items are put in an order of what to mend: below it they explain nothing."""


def published_modes(
    found: ModeTable,
    table: PublishableTable,
    headlines: Sequence[str],
    guarded: Container[str] = (),
) -> tuple[ModeEffect, ...]:
    """Of the headlines that enough people of every mode answered, and none but a few of no told mode. Only for modes
    dealt by lot."""
    cells = shown_cells(table)
    effects = (
        _mode_effect(found, found.indicators.index(variable), cells[variable], variable in guarded)
        for variable in headlines
        if variable in cells
        and variable in found.indicators
        and _tells_no_few(found, found.indicators.index(variable), cells[variable], table, variable in guarded)
    )
    return tuple(one for one in effects if one is not None)


def _tells_no_few(found: ModeTable, row: int, cell: PublishableCell, table: PublishableTable, guarded: bool) -> bool:
    """Whether as many answered as an end of the scale needs, and no handful is left over. Where an area is guarded each
    answer must be that of so many in every mode that those of any hidden area may be among them, or among the rest."""
    rule, answers = table.rule, found.answers[row]
    over = (cell.sample_size or 0) - int(answers.sum())
    if answers.min() < rule.group_disclosure_below or 0 < over < rule.minimum_respondents:
        return False
    least, most = cell.scale or (-np.inf, np.inf)
    to_an_end = np.minimum(found.value[row] - least, most - found.value[row]) / (most - least) if cell.scale else np.inf
    return not guarded or bool((to_an_end * answers >= rule.group_disclosure_below).all())


def _mode_effect(found: ModeTable, row: int, cell: PublishableCell, guarded: bool) -> ModeEffect | None:
    """Where an area is guarded figures are moved by what rounding took from the city's, or the mean of all modes would
    give it back."""
    numbers = (found.value[row], found.difference_low[row, 1:], found.difference_high[row, 1:])
    if cell.value is None or any(np.isnan(one).any() for one in numbers):
        return None
    answers = found.answers[row].astype(int).tolist()
    step = PrintedStep.of(
        cell if min(answers) >= FINE_FROM or cell.digits is None else replace(cell, digits=_coarsest(cell))
    )
    half = PrintedStep.of(cell).size / 2 if guarded else 0.0
    moved = float(np.clip(np.nan_to_num(cell.value - found.whole[row]), -half, half))
    value = [step.nearest(float(one) + moved) for one in found.value[row]]
    first = ModeFigure(mode=found.modes[0], sample_size=answers[0], value=value[0])
    others = (
        ModeFigure(
            mode=found.modes[place],
            sample_size=answers[place],
            value=value[place],
            difference=step.nearest(value[place] - value[0]),
            low=step.down(float(found.difference_low[row, place])),
            high=step.up(float(found.difference_high[row, place])),
        )
        for place in range(1, len(found.modes))
    )
    return ModeEffect(variable=cell.variable, digits=step.digits, figures=(first, *others))


def published_drivers(found: DriverTable, table: PublishableTable) -> DriverFigures | None:
    """None where the rate or one of its items is not shown as a point."""
    cells = shown_cells(table)
    if not all(one in cells for one in (found.outcome, *found.aspects)):
        return None
    done = [float(cells[one].value or 0.0) for one in found.aspects]
    items = [_item(found, place, done) for place in range(len(done))]
    explained, low, high = found.explained
    return DriverFigures(
        outcome=found.outcome,
        explained=_TENTH.nearest(explained),
        low=_TENTH.down(low),
        high=_TENTH.up(high),
        respondents=found.respondents,
        judged=found.judged,
        items=tuple(sorted(items, key=lambda one: (-one.share, one.variable))),
        left_out=found.left_out,
    )


def _item(found: DriverTable, place: int, done: Sequence[float]) -> DriverFigure:
    explained, share = found.explained[0], float(found.share[place])
    told = explained >= SPOKEN_OF and (found.beyond_low[place] > 0 or found.beyond_high[place] < 0)
    priority = priority_of(share >= explained / len(done), done[place] >= sum(done) / len(done))
    return DriverFigure(
        variable=found.aspects[place],
        share=_TENTH.nearest(share),
        low=_TENTH.down(float(found.low[place])),
        high=_TENTH.up(float(found.high[place])),
        performance=done[place],
        priority=priority if told else None,
    )


def published_sensitivities(
    found: Mapping[str, Mapping[str, float | None]],
    left_out: Mapping[str, int],
    table: PublishableTable,
    headlines: Sequence[str],
    guarded: Container[str] = (),
) -> tuple[SensitivityFigures, ...]:
    """By kind, in the order of ``found``; nothing of one that leaves out a handful, who would follow from the rest, and
    nothing of fewer than a hundred respondents, whose unweighted share is a count. Nor of what is guarded in any area:
    a sum with other weights is an equation that the sums of the plan do not hold."""
    cells, told = shown_cells(table), []
    for kind, rates in found.items():
        out = left_out.get(kind, 0)
        if 0 < out < table.rule.minimum_respondents:
            continue
        values = []
        for variable in headlines:
            rate, cell = rates.get(variable), cells.get(variable)
            if rate is None or cell is None or cell.value is None or (cell.sample_size or 0) < FINE_FROM:
                continue
            if variable in guarded:
                continue
            step = PrintedStep.of(cell)
            value = step.nearest(rate)
            values.append(SensitivityValue(variable=variable, value=value, difference=step.nearest(value - cell.value)))
        if values:
            told.append(SensitivityFigures(kind=kind, left_out=out, values=tuple(values)))
    return tuple(told)


def published_open_shares(sums: Mapping[str, tuple[float, float, int]], rule: PublicationRule) -> tuple[OpenShare, ...]:
    """``sums``: indicator -> y, x and answers in its base. From as many answers as the ends of a share need, in whole
    per cent below a hundred."""
    told = []
    for variable, (y, x, answers) in sums.items():
        if answers >= rule.group_disclosure_below and x > 0:
            step = _TENTH if answers >= FINE_FROM else _WHOLE
            told.append(OpenShare(variable=variable, answers=answers, value=step.nearest(y / x)))
    return tuple(told)


def shown_cells(table: PublishableTable) -> dict[str, PublishableCell]:
    """Of the city, by variable: what is shown as a point."""
    row = next((one for one in table.rows if one.domain == ()), None)
    return {
        cell.variable: cell
        for cell in (() if row is None else row.cells)
        if cell.category is None and cell.suppression is None and cell.coded is None and cell.value is not None
    }


def _coarsest(cell: PublishableCell) -> int:
    least, most = cell.scale or (0.0, abs(cell.value or 1.0))
    return decimals(least, most, bounded=cell.scale is not None)[0]
