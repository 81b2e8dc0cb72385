"""The statistician's table of an indicator over the released waves, as each of them printed it."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.results import Domain, PublishedTrend, TrendPoint
from questionnaires.text import Text
from reports.wording import changes as change_words
from reports.wording import figures as column
from reports.wording import tiers
from survey_service.analyses.area_names import AreaName
from survey_service.analyses.reviewed import TrendLine, TrendTable
from survey_service.analyses.trends import WaveTrend

Placed = tuple[AreaName, str, Domain]  # an area, its level, its key


def trend_table(
    trend: WaveTrend | None, variable: str, places: Iterable[Placed], written: column.Figures
) -> TrendTable | None:
    """None where no wave before asked for it."""
    if trend is None or variable not in trend.breaks:
        return None
    told = [(area, level, trend.of(domain, variable)) for area, level, domain in places]
    first = trend.firsts[variable]
    return TrendTable(
        waves=tuple(one.name for one in trend.waves),
        breaks=tuple(_why(reasons) for reasons in trend.breaks[variable]),
        first=trend.waves[first].name if first < len(trend.waves) - 2 else None,
        lines=tuple(_line(area, level, found, written) for area, level, found in told if found is not None),
    )


def _why(reasons: tuple[str, ...]) -> Text | None:
    if not reasons:
        return None
    return Text(change_words.why_not(reasons, "zh"), change_words.why_not(reasons, "en"))


def _line(area: AreaName, level: str, found: PublishedTrend, written: column.Figures) -> TrendLine:
    change = found.since_first
    return TrendLine(
        name=Text(area.name_zh, area.name_en),
        level=level,
        values=tuple(_value(point, found.variable, written) for point in found.points),
        since_first=None
        if change is None
        else Text(change_words.short(change, written, "zh"), change_words.short(change, written, "en")),
    )


def _value(point: TrendPoint, variable: str, written: column.Figures) -> str:
    if point.value is None:
        return ""
    cell = point.cell(variable)
    return (tiers.coded(cell, written) or written.value(cell)) + ("*" if tiers.coarse(cell) else "")
