"""The wave before: what is needed of it to tell what changed since."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from analysis.case_columns import CaseColumns
from analysis.change import WaveConditions, differences_of
from analysis.engine.changes import ChangeTable, change_tables
from analysis.engine.joined_waves import WaveFigures
from analysis.engine.run import Weighed
from analysis.plan import AnalysisPlan
from analysis.published_changes import published_changes
from analysis.results import PublishableTable, PublishedChange
from questionnaires import comparable
from questionnaires.model import Questionnaire
from questionnaires.text import Text
from survey_service.analyses.service import WaveEstimates, asked


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EarlierWave:
    """A wave that was released, weighed by the plan of its release."""

    name: Text
    release_number: str
    questionnaire: Questionnaire
    columns: CaseColumns
    weighed: Weighed
    plan: AnalysisPlan
    published: PublishableTable
    conditions: WaveConditions

    @property
    def figures(self) -> WaveFigures:
        return wave_figures(self.columns, self.weighed, self.plan)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WaveChanges:
    """Change since an earlier wave: all of it for the statistician, and what may be published."""

    since: Text
    release_number: str
    tables: Mapping[str, ChangeTable]
    published: tuple[PublishedChange, ...]


def changes_since(
    earlier: EarlierWave, now: WaveEstimates, conditions: WaveConditions, only: Collection[str] | None = None
) -> WaveChanges:
    """Of every indicator that both waves have; where one is asked or made otherwise, that it cannot be compared.

    ``only``: of these indicators, with what they are made of."""
    there = {one.id for one in earlier.questionnaire.estimated()}
    indicators = [one for one in now.indicators if {one.id, *(part.indicator for part in one.parts)} <= there]
    if only is not None:
        wanted = {*only, *(part.indicator for one in indicators if one.id in only for part in one.parts)}
        indicators = [one for one in indicators if one.id in wanted]
    both = asked(indicators, now.cases.questionnaire)
    tables = change_tables(earlier.figures, wave_figures(now.cases.columns, now.weights, now.plan), both)
    waves = differences_of(earlier.conditions, conditions)
    reasons = {
        one.id: waves
        if comparable(earlier.questionnaire, now.cases.questionnaire, one.id)
        else ("the definition differs", *waves)
        for one in indicators
    }
    return WaveChanges(
        since=earlier.name,
        release_number=earlier.release_number,
        tables=tables,
        published=published_changes(list(tables.values()), earlier.published, now.table, reasons),
    )


def mode_shares(columns: CaseColumns) -> dict[str, float]:
    """By first mode assigned: what the design of two waves has to share."""
    counts = np.bincount(columns.first_mode.codes, minlength=len(columns.first_mode.names))
    return {name: float(count) / columns.cases for name, count in zip(columns.first_mode.names, counts, strict=True)}


def wave_figures(columns: CaseColumns, weighed: Weighed, plan: AnalysisPlan) -> WaveFigures:
    margins = weighed.calibrated
    return WaveFigures(
        columns=columns,
        weight=weighed.final,
        calibration=None if margins is None else margins.calibration,
        plan=plan,
    )
