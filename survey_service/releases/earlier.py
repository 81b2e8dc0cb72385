"""The wave that a wave is held against: the last one of its survey that was released before it began."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from analysis.case_columns import CaseColumns
from analysis.change import WaveConditions
from analysis.engine.run import weigh
from analysis.problems import DesignError
from questionnaires.text import Text
from survey_service.analyses.earlier_wave import EarlierWave, WaveChanges, changes_since, mode_shares
from survey_service.analyses.service import WaveEstimates
from survey_service.analyses.wave_analysis import columns_and_register
from survey_service.models import Wave
from survey_service.releases import queries
from survey_service.releases.canonical_estimates import published_table
from survey_service.releases.recomputing import plan_of


def changes_of_wave(
    session: Session, wave: Wave, estimates: WaveEstimates, folder: Path | None = None
) -> WaveChanges | None:
    """None where nothing was released before, or where the earlier wave cannot be weighed as its release was."""
    earlier = _earlier(session, wave, folder)
    if earlier is None:
        return None
    return changes_since(earlier, estimates, _conditions(wave.method, estimates.cases.columns))


def _earlier(session: Session, wave: Wave, folder: Path | None) -> EarlierWave | None:
    found = queries.released_before(session, wave.survey_id, wave.opens_on)
    if found is None:
        return None
    release, before = found
    given = columns_and_register(session, before.survey_id, before.id, folder)
    plan = plan_of(release)
    try:
        weighed = weigh(plan, given.wave.columns, given.population.register)
    except DesignError:  # its register was replaced since, or nobody's answer is left
        return None
    return EarlierWave(
        name=Text(before.name_zh, before.name_en),
        release_number=release.number,
        questionnaire=given.wave.questionnaire,
        columns=given.wave.columns,
        weighed=weighed,
        plan=plan,
        published=published_table(release.estimates),
        conditions=_conditions(before.method, given.wave.columns),
    )


def _conditions(method: Mapping[str, Any], columns: CaseColumns) -> WaveConditions:
    """Definitions are compared indicator by indicator; here stands what is one for the whole wave."""
    words = {name: str((method.get(name) or {}).get("zh", "")).strip() for name in ("selection", "frame")}
    return WaveConditions(
        definition="", selection=words["selection"], frame=words["frame"], mode_shares=mode_shares(columns)
    )
