"""The statistician's table of what a model says of communities whose own figure is not published, or only coarsely."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Final

from analysis.case_columns import PopulationRegister
from analysis.engine.small_areas import LEAST_COMMUNITIES, CommunityModel, NoModel, community_model
from analysis.plan import Level
from analysis.results import PublishableTable, Tier
from questionnaires.indicators import Indicator
from questionnaires.text import Text
from reports.wording.figures import NOTHING, joined, written
from survey_service.analyses.beside_shown import ModelLine, ModelShown
from survey_service.analyses.service import WaveEstimates, community_domain

WHY_NONE: Final[Mapping[NoModel, Text]] = {
    NoModel.FEW_COMMUNITIES: Text(
        f"有答卷的社区不到 {LEAST_COMMUNITIES} 个，社区之间差多少估不准，不做模型。",
        f"Fewer than {LEAST_COMMUNITIES} communities answered: how far they differ is hardly known, so there is no "
        "model.",
    ),
    NoModel.NO_COVARIATE: Text(
        "没有各社区分年龄的人口数，模型没有依据，不做。",
        "The adults of the communities are not known by age: a model has nothing to stand on.",
    ),
    NoModel.NO_SHARE: Text(
        "这个指标不是一个比例，不做模型。", "This indicator is no share of its own, and there is no model of it."
    ),
}


def model_shown(
    estimates: WaveEstimates, indicator: Indicator, register: PopulationRegister | None
) -> ModelShown | None:
    """None where every community's own figure is shown, or the plan has no communities."""
    table = estimates.analysis.tables.get(Level.COMMUNITY.value)
    weak = _weak(estimates.table, indicator.id)
    areas = [one for one in estimates.cases.communities if community_domain(one.code) in weak]
    if table is None or not areas:
        return None
    found = community_model(table, indicator.id, [one.code for one in estimates.cases.communities], register)
    if isinstance(found, NoModel):
        return ModelShown(indicator=indicator.name, why_none=WHY_NONE[found])
    place = {code: number for number, code in enumerate(found.communities)}
    return ModelShown(
        indicator=indicator.name,
        lines=tuple(_line(found, place[one.code], Text(one.name_zh, one.name_en)) for one in areas),
        design_effect=written(found.design_effect, 2),
        explains_all=found.model_variance == 0,
    )


def _weak(table: PublishableTable, variable: str) -> set[object]:
    return {
        row.domain
        for row in table.rows
        for cell in row.cells
        if cell.variable == variable and (cell.suppression is not None or cell.tier is not Tier.SHOWN)
    }


def _line(found: CommunityModel, place: int, name: Text) -> ModelLine:
    size = int(found.sample_size[place])
    return ModelLine(
        name=name,
        sample_size=size,
        direct=written(float(found.direct[place]) * 100, 1) if size else NOTHING,
        value=written(float(found.value[place]) * 100, 1),
        error=written(float(found.error[place]) * 100, 1),
        interval=joined(
            written(float(found.low[place]) * 100, 1, ROUND_FLOOR),
            written(float(found.high[place]) * 100, 1, ROUND_CEILING),
        ),
        own=written(float(found.own[place]) * 100, 0),
    )
