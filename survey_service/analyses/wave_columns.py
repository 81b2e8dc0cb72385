"""A wave as columns: one row a case with its draw and outcome, and the pairs of every indicator for whoever answered.

A row belongs to the probability sample because it has a case with a recorded probability; the mode does not decide.
Open answers are counted by area beside the rows and never enter them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.case_columns import CaseColumns, Labels
from questionnaires.model import Questionnaire
from survey_service.analyses import queries, stored_columns
from survey_service.analyses.area_names import AreaName, CityTree
from survey_service.analyses.wave_rows import Watch, read_rows
from survey_service.audit.rows import rows_key
from survey_service.errors import NotFound
from survey_service.surveys import definitions


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WaveColumns:
    """Everything that the figures of one wave come from."""

    survey_id: UUID
    wave_id: UUID
    questionnaire: Questionnaire
    questionnaire_sha256: str
    columns: CaseColumns
    answers: Mapping[str, Labels]  # question -> answer of every respondent, of the questions that tell age and sex
    closed: Mapping[str, Labels]  # variable -> answer of every respondent (``closed_questions``)
    item_nonresponse: Mapping[str, tuple[int, int]]  # variable -> asked, left unanswered
    open_responses: Mapping[str, int]  # community code -> answers outside the probability sample
    open_in_bursts: Mapping[str, int]  # of these, by open codes in a minute that brought too many of one community
    open_sums: Mapping[str, tuple[float, float, int]]  # indicator -> y and x of these added up, and how many
    city: AreaName
    streets: tuple[tuple[AreaName, tuple[AreaName, ...]], ...]  # each with its communities, in code order
    snapshot_sha256: str
    """Of the canonical rows: what a release was computed from, without ids that chance gave them."""

    @property
    def communities(self) -> tuple[AreaName, ...]:
        return tuple(community for _, inside in self.streets for community in inside)


def columns_of_wave(
    session: Session, survey_id: UUID, wave_id: UUID, folder: Path | None = None, watch: Watch | None = None
) -> WaveColumns:
    """The columns of a wave, in a fixed number of statements; NotFound where there is no such wave.

    ``folder``: where they are kept as a file for as long as no row of the wave moves; None: read anew.
    """
    found = queries.survey_and_wave(session, survey_id, wave_id)
    if found is None:
        raise NotFound
    survey, wave = found
    key = rows_key(session, survey_id, wave_id)  # before the rows: a key that is older than its rows is found out
    questionnaire = definitions.frozen(session, survey_id, wave.questionnaire_version_id)
    tree = CityTree(session, survey.city_id)
    sha256 = tree.version_sha256(wave.questionnaire_version_id, survey_id)
    stored = None if folder is None else stored_columns.read(folder, wave_id, key)
    if stored is None:
        stored = read_rows(session, survey_id, wave_id, questionnaire, tree, sha256, watch)
        if folder is not None:
            stored_columns.write(folder, wave_id, key, stored)
    return WaveColumns(
        survey_id=survey_id,
        wave_id=wave_id,
        questionnaire=questionnaire,
        questionnaire_sha256=sha256,
        columns=stored.columns,
        answers=stored.answers,
        closed=stored.closed,
        item_nonresponse=stored.item_nonresponse,
        open_responses=stored.open_responses,
        open_in_bursts=stored.open_in_bursts,
        open_sums=stored.open_sums,
        city=tree.name(survey.city_id),
        streets=tree.streets(),
        snapshot_sha256=stored.snapshot_sha256,
    )
