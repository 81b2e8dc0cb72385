"""The statistician's table of an indicator over several waves together, beside what this wave says alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Final

import numpy as np

from analysis.engine.joined_waves import WaveFigures
from analysis.engine.pooled_waves import PooledTable, pooled_tables
from analysis.estimation.table import EstimateTable
from analysis.plan import Level
from analysis.results import Domain, PublishableTable, Tier
from questionnaires.indicators import Indicator
from questionnaires.text import Text
from reports.wording.figures import EN_DASH, Figures, joined, written
from reports.wording.verdicts import unit_of, unit_sign
from survey_service.analyses.beside_shown import PooledLine, PooledShown
from survey_service.analyses.service import WaveEstimates, asked, community_domain, street_domain

ONLY_THIS: Final = Text(
    "还只有这一期：以前没有发布过的一期，等下一期发布了再合。",
    "There is only this wave: none was released before it. With the next one there is something to put together.",
)
NOT_ASKED: Final = Text(
    "以前发布的几期没有问这一项，没有可以合的。",
    "No wave released before asked for this, so nothing can be put together.",
)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Pool:
    """The waves that are put together, the earliest first and this one last; and what keeps another out."""

    names: tuple[Text, ...] = ()
    waves: tuple[WaveFigures, ...] = ()
    left_out: Text | None = None
    why_none: Text | None = None


def pooled_shown(estimates: WaveEstimates, indicator: Indicator, pool: Pool) -> PooledShown:
    if pool.why_none is not None:
        return PooledShown(indicator=indicator.name, why_none=pool.why_none)
    wanted = {indicator.id, *(part.indicator for part in indicator.parts)}
    chosen = asked([one for one in estimates.indicators if one.id in wanted], estimates.cases.questionnaire)
    found = pooled_tables(pool.waves, chosen)
    row = next(place for place, one in enumerate(chosen) if one.id == indicator.id)
    figures, weak = Figures(unit=unit_of(indicator)), _weak(estimates.table, indicator.id)
    lines = []
    for name, level, domain in _places(estimates):
        if level in found and (level is not Level.COMMUNITY or domain in weak):
            own = estimates.analysis.tables[level.value]
            lines.append(_line((name, level, domain), (found[level], row), (own, indicator.id), figures))
    shares = found[Level.CITY].shares[:, row, 0] if Level.CITY in found else np.array([np.nan])
    return PooledShown(
        indicator=indicator.name,
        unit=Text(unit_sign(figures.unit, "zh"), unit_sign(figures.unit, "en")),
        waves=pool.names,
        shares=() if np.isnan(shares).any() else tuple(written(float(one) * 100, 0) for one in shares),
        lines=tuple(lines),
        left_out=pool.left_out,
        communities=len(estimates.cases.communities) - len(weak) if Level.COMMUNITY in found else 0,
    )


def _places(estimates: WaveEstimates) -> list[tuple[Text, Level, Domain]]:
    """The city, and every street with its communities."""
    rows = estimates.cases
    found: list[tuple[Text, Level, Domain]] = [(Text(rows.city.name_zh, rows.city.name_en), Level.CITY, ())]
    for street, communities in rows.streets:
        found.append((Text(street.name_zh, street.name_en), Level.STREET, street_domain(street.code)))
        found += [(Text(one.name_zh, one.name_en), Level.COMMUNITY, community_domain(one.code)) for one in communities]
    return found


def _weak(table: PublishableTable, variable: str) -> set[Domain]:
    """Communities whose own figure is not published, or only coarsely."""
    return {
        row.domain
        for row in table.rows
        for cell in row.cells
        if len(row.domain) == 1 and row.domain[0][0] == Level.COMMUNITY.value
        if cell.variable == variable and (cell.suppression is not None or cell.tier is not Tier.SHOWN)
    }


def _line(
    place: tuple[Text, Level, Domain],
    pooled: tuple[PooledTable, int],
    alone: tuple[EstimateTable, str],
    figures: Figures,
) -> PooledLine:
    (name, level, domain), (found, row), (own, variable) = place, pooled, alone
    of_own = next((number for number, one in enumerate(own.quantities) if one.variable == variable), None)
    single = _figure(own, of_own, domain, figures)
    if domain not in found.domains:  # nobody answered in any wave
        silent = (0,) * len(found.answers)
        return _of(name, level, single, silent, None, (EN_DASH,) * 4)
    at = (row, found.domains.index(domain))
    answers = tuple(int(one) for one in found.answers[:, at[0], at[1]])
    distinct, together = int(found.persons[at]), sum(answers)
    figure = _figure(found.table, row, domain, figures)
    shown = found.table.figures
    freedom = EN_DASH if figure[0] == EN_DASH else f"{int(shown.degrees_of_freedom[at]):,}"
    error = float(shown.standard_error[at])
    error_text = EN_DASH if np.isnan(error) or shown.all_alike[at] else figures.number(error)
    return _of(
        name,
        level,
        single,
        answers,
        distinct if distinct < together else None,
        (figure[0], error_text, figure[1], freedom),
    )


def _of(
    name: Text,
    level: Level,
    single: tuple[str, str],
    answers: Sequence[int],
    distinct: int | None,
    said: tuple[str, str, str, str],
) -> PooledLine:
    return PooledLine(
        name=name,
        level=level.value,
        own=single[0] if single[1] == EN_DASH else f"{single[0]} ({single[1]})",
        answers=tuple(answers),
        together=sum(answers),
        distinct=distinct,
        value=said[0],
        error=said[1],
        interval=said[2],
        degrees_of_freedom=said[3],
    )


def _figure(table: EstimateTable, row: int | None, domain: Domain, figures: Figures) -> tuple[str, str]:
    """Value and interval as they are printed."""
    if row is None or domain not in table.domains:
        return EN_DASH, EN_DASH
    at = (row, table.domains.index(domain))
    value, low, high = (float(getattr(table.figures, name)[at]) for name in ("value", "low", "high"))
    return (
        EN_DASH if np.isnan(value) else figures.number(value),
        EN_DASH
        if np.isnan(low) or np.isnan(high)
        else joined(figures.number(low, ROUND_FLOOR), figures.number(high, ROUND_CEILING)),
    )
