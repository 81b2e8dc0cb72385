"""The statistician's page of the whole city beside the figures: computed otherwise, what goes with a rate, answers by
open codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Final

from analysis.case_columns import PopulationRegister
from analysis.city_results import Priority, priority_of
from analysis.engine.drivers import DriverTable
from analysis.published_beside import SPOKEN_OF
from questionnaires.indicators import SHARES, Indicator
from questionnaires.text import Text
from reports.wording.figures import MINUS, Figures, joined, written
from reports.wording.verdicts import unit_of
from survey_service.analyses.beside_shown import (
    BesideShown,
    DriverLine,
    DriversShown,
    OpenLine,
    PooledShown,
    SensitivitiesShown,
    SensitivityLine,
)
from survey_service.analyses.plan_words import SENSITIVITY
from survey_service.analyses.review_model import model_shown
from survey_service.analyses.service import CITY_DOMAIN, WaveEstimates

PRIORITIES: Final[Mapping[Priority, Text]] = {
    Priority.MEND_FIRST: Text("优先改进", "mend first"),
    Priority.KEEP: Text("继续保持", "keep"),
    Priority.WATCH: Text("次要改进", "watch"),
    Priority.ENOUGH: Text("维持现状", "enough"),
}
WIDTH, HEIGHT, EDGE = 480.0, 300.0, 18.0
"""Of the drawing; marks keep away from its edges."""


def beside_shown(
    estimates: WaveEstimates,
    indicator: Indicator,
    *,
    by_lot: bool,
    register: PopulationRegister | None,
    pooled: PooledShown | None,
) -> BesideShown:
    """``indicator``: the one that is looked at, of which a model tells, and several waves together."""
    indicators = {one.id: one for one in estimates.indicators}
    headlines = [one for one in estimates.indicators if one.headline]
    by_plan = _of_city(estimates)
    found = estimates.analysis.drivers
    return BesideShown(
        by_lot=by_lot,
        sensitivities=_sensitivities(estimates, headlines, by_plan),
        drivers=None if found is None else _drivers(found, indicators),
        open_answers=sum(estimates.cases.open_responses.values()),
        open_lines=_open(estimates, headlines, by_plan),
        model=model_shown(estimates, indicator, register),
        pooled=pooled,
    )


def _of_city(estimates: WaveEstimates) -> dict[str, float]:
    return {
        one.variable: one.value
        for table in estimates.raw
        for one in table.estimates
        if one.domain == CITY_DOMAIN and one.value is not None
    }


# ------------------------------------------------------------------ computed otherwise


def _sensitivities(
    estimates: WaveEstimates, headlines: Sequence[Indicator], by_plan: Mapping[str, float]
) -> SensitivitiesShown | None:
    once, shown = estimates.analysis.sensitivities, [one for one in headlines if one.id in by_plan]
    if not once.rates or not shown:
        return None
    written_as = {one.id: Figures(unit=unit_of(one)) for one in shown}
    lines, apart = [], []
    for kind, rates in once.rates.items():
        cells = []
        for one in shown:
            rate, figures = rates.get(one.id), written_as[one.id]
            if rate is None:
                cells.append(("", ""))
                continue
            # Of what is printed: whoever subtracts finds the same.
            difference = round(rate * figures.unit.factor, 1) - round(by_plan[one.id] * figures.unit.factor, 1)
            cells.append((figures.number(rate), _signed(difference)))
            apart.append((abs(difference), one, SENSITIVITY[kind]))
        lines.append(SensitivityLine(name=SENSITIVITY[kind], left_out=once.left_out.get(kind, 0), cells=tuple(cells)))
    return SensitivitiesShown(
        heads=tuple(one.name for one in shown),
        by_plan=tuple(written_as[one.id].number(by_plan[one.id]) for one in shown),
        lines=tuple(lines),
        largest=_largest(apart),
    )


def _largest(apart: Sequence[tuple[float, Indicator, Text]]) -> Text:
    if not apart:
        return Text("")
    by, one, way = max(apart, key=lambda each: each[0])
    number = written(by, 1)
    return Text(
        f"差得最多的是{one.name.zh}：{way.zh}，差 {number}。",
        f"The largest difference is that of {one.name.in_language('en')}, {way.en}: {number}.",
    )


def _signed(difference: float) -> str:
    text = written(difference, 1)
    if text.lstrip(MINUS) == "0.0":
        return "0"
    return text if text.startswith(MINUS) else f"+{text}"


# ------------------------------------------------------------------ what goes with a rate


def _drivers(found: DriverTable, indicators: Mapping[str, Indicator]) -> DriversShown:
    shares, done = found.share.tolist(), found.performance.tolist()
    usual, spoken_of = sum(done) / len(done), found.explained[0] >= SPOKEN_OF
    middle = found.explained[0] / len(shares)
    right, low, high = max(*shares, 2 * middle), min(done), max(done)
    figures = Figures(unit=unit_of(indicators[found.aspects[0]]))
    order = sorted(range(len(shares)), key=lambda place: -shares[place])
    lines = []
    for number, place in enumerate(order, start=1):
        told = spoken_of and (found.beyond_low[place] > 0 or found.beyond_high[place] < 0)
        priority = priority_of(shares[place] >= middle, done[place] >= usual) if told else None
        lines.append(
            DriverLine(
                number=number,
                name=indicators[found.aspects[place]].name,
                share=_percent(shares[place]),
                error=_percent(float(found.standard_error[place])),
                interval=_interval(float(found.low[place]), float(found.high[place])),
                performance=figures.number(done[place]),
                priority=None if priority is None else PRIORITIES[priority],
                x=_across(shares[place], right),
                y=_up(done[place], low, high),
            )
        )
    return DriversShown(
        outcome=indicators[found.outcome].name,
        explained=_percent(found.explained[0]),
        interval=_interval(*found.explained[1:]),
        respondents=found.respondents,
        judged=found.judged,
        lines=tuple(lines),
        left_out=tuple(indicators[one].name for one in found.left_out if one in indicators),
        spoken_of=spoken_of,
        middle=(_across(middle, right), _up(usual, low, high)),
        ends=("0", _percent(right), figures.number(low), figures.number(high)),
    )


def _percent(value: float) -> str:
    return written(value * 100, 1)


def _interval(low: float, high: float) -> str:
    return joined(written(low * 100, 1, ROUND_FLOOR), written(high * 100, 1, ROUND_CEILING))


def _across(share: float, right: float) -> str:
    return f"{EDGE + max(share, 0.0) / right * (WIDTH - 2 * EDGE):.1f}"


def _up(value: float, low: float, high: float) -> str:
    part = 0.5 if high <= low else (value - low) / (high - low)
    return f"{HEIGHT - EDGE - part * (HEIGHT - 2 * EDGE):.1f}"


# ------------------------------------------------------------------ open answers


def _open(
    estimates: WaveEstimates, headlines: Sequence[Indicator], by_plan: Mapping[str, float]
) -> tuple[OpenLine, ...]:
    """Shares alone: what a mean or an index of them would say has no base to stand on."""
    lines = []
    for one in headlines:
        y, x, answers = estimates.cases.open_sums.get(one.id, (0.0, 0.0, 0))
        if one.kind not in SHARES or not x or one.id not in by_plan:
            continue
        lines.append(
            OpenLine(name=one.name, answers=answers, share=_percent(y / x), of_sample=_percent(by_plan[one.id]))
        )
    return tuple(lines)
