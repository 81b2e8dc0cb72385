"""The waves that a wave is held against: those of its survey that were released and had ended before it began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from analysis.change import WaveConditions
from analysis.engine.run import weigh
from analysis.problems import DesignError
from analysis.results import PublishedChange
from questionnaires.text import Text
from survey_service.analyses.earlier_wave import EarlierWave, WaveChanges, changes_since, mode_shares
from survey_service.analyses.service import WaveEstimates
from survey_service.analyses.summaries import NOTHING_BEFORE, Since
from survey_service.analyses.trends import MOST_WAVES, Figure, WaveInTrend, points_of, trend_of
from survey_service.analyses.wave_analysis import columns_and_register
from survey_service.models import Release, Wave
from survey_service.releases import queries
from survey_service.releases.canonical_estimates import published_points
from survey_service.releases.published_tables import published_table
from survey_service.releases.recomputing import plan_of
from survey_service.surveys import definitions


def earlier_waves(session: Session, wave: Wave, estimates: WaveEstimates, folder: Path | None = None) -> Since:
    """Change since the wave before, None where that one cannot be weighed as its release was; and the trend over all
    of them. Neither where nothing was released before."""
    found = queries.released_waves_before(session, wave.survey_id, wave.opens_on, MOST_WAVES - 1)
    if not found:
        return NOTHING_BEFORE
    now = _conditions(wave.method, mode_shares(estimates.cases.columns))
    trend = trend_of([*_released(session, found), _this(wave, estimates, now)])

    def since(place: int, only: Sequence[str] | None = None) -> WaveChanges | None:
        before = weighed_again(session, *found[place], trend.waves[place], folder)
        return None if before is None else changes_since(before, estimates, now, only)

    changes = since(len(found) - 1)
    told: dict[Figure, PublishedChange] = {}
    for place in sorted(set(trend.firsts.values())):
        # Of those that nothing broke since; what is comparable with the wave before alone has its change already.
        only = [one for one, first in trend.firsts.items() if first == place]
        if place >= len(found) - 1 or (of_first := since(place, only)) is None:
            continue
        told |= {(one.domain, one.variable): one for one in of_first.published if one.variable in only}
    return Since(changes=changes, trend=replace(trend, since_first=told))


def _released(session: Session, found: Sequence[tuple[Release, Wave]]) -> list[WaveInTrend]:
    survey_id = found[0][1].survey_id
    counts = queries.mode_counts(session, survey_id, [wave.id for _, wave in found])
    versions = {wave.questionnaire_version_id for _, wave in found}
    asked = {one: definitions.frozen(session, survey_id, one) for one in versions}
    return [
        WaveInTrend(
            name=Text(wave.name_zh, wave.name_en),
            release_number=release.number,
            questionnaire=asked[wave.questionnaire_version_id],
            conditions=_conditions(wave.method, _shares(counts[wave.id])),
            points=published_points(release.estimates),
        )
        for release, wave in found
    ]


def _this(wave: Wave, estimates: WaveEstimates, conditions: WaveConditions) -> WaveInTrend:
    return WaveInTrend(
        name=Text(wave.name_zh, wave.name_en),
        release_number="",
        questionnaire=estimates.cases.questionnaire,
        conditions=conditions,
        points=points_of(estimates.table),
    )


def weighed_again(
    session: Session, release: Release, wave: Wave, told: WaveInTrend, folder: Path | None
) -> EarlierWave | None:
    """As its release weighed it. None where its register was replaced since, or nobody's answer is left."""
    given = columns_and_register(session, wave.survey_id, wave.id, folder)
    plan = plan_of(release)
    try:
        weighed = weigh(plan, given.wave.columns, given.population.register)
    except DesignError:
        return None
    return EarlierWave(
        name=told.name,
        release_number=release.number,
        questionnaire=given.wave.questionnaire,
        columns=given.wave.columns,
        weighed=weighed,
        plan=plan,
        published=published_table(release.estimates),
        conditions=told.conditions,
    )


def _shares(counts: Mapping[str, int]) -> dict[str, float]:
    total = sum(counts.values())
    return {mode: count / total for mode, count in counts.items()}


def _conditions(method: Mapping[str, Any], modes: Mapping[str, float]) -> WaveConditions:
    """Definitions are compared indicator by indicator; here stands what is one for the whole wave."""
    words = {name: str((method.get(name) or {}).get("zh", "")).strip() for name in ("selection", "frame")}
    return WaveConditions(definition="", selection=words["selection"], frame=words["frame"], mode_shares=modes)
