"""A wave as columns: one row a case with its draw and outcome, and the pairs of every indicator for whoever answered.

A row belongs to the probability sample because it has a case with a recorded probability; the mode does not decide.
Open answers are counted by area beside the rows and never enter them.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from analysis.arrays import FloatArray
from analysis.case_columns import DISPOSITIONS, CaseColumns, Labels
from questionnaires.answers import Policy, Value, judge
from questionnaires.canonical_json import canonical_text
from questionnaires.evaluation import evaluator
from questionnaires.indicators import IndicatorKind
from questionnaires.model import Missing, Questionnaire
from survey_service.analyses import queries, stored_columns
from survey_service.analyses.area_names import AreaName, CityTree
from survey_service.analyses.population import asked_who
from survey_service.analyses.stored_columns import StoredWave
from survey_service.audit.rows import rows_key
from survey_service.collection import quality_mark_counts
from survey_service.errors import NotFound
from survey_service.fieldwork.outcomes import AAPOR
from survey_service.models import Mode
from survey_service.surveys import definitions

SNAPSHOT_FORMAT = 1
TOLD_EVERY = 1_000
_LOST = (Missing.NO_ANSWER, Missing.REFUSED, Missing.ILLEGIBLE)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WaveColumns:
    """Everything that the figures of one wave come from."""

    survey_id: UUID
    wave_id: UUID
    questionnaire: Questionnaire
    questionnaire_sha256: str
    columns: CaseColumns
    answers: Mapping[str, Labels]  # question -> answer of every respondent, of the questions that tell age and sex
    item_nonresponse: Mapping[str, tuple[int, int]]  # variable -> asked, left unanswered
    open_responses: Mapping[str, int]  # community code -> answers outside the probability sample
    open_in_bursts: Mapping[str, int]  # of these, by open codes in a minute that brought too many of one community
    city: AreaName
    streets: tuple[tuple[AreaName, tuple[AreaName, ...]], ...]  # each with its communities, in code order
    snapshot_sha256: str
    """Of the canonical rows: what a release was computed from, without ids that chance gave them."""

    @property
    def communities(self) -> tuple[AreaName, ...]:
        return tuple(community for _, inside in self.streets for community in inside)


class _Drawn(NamedTuple):
    """One case as the database has it."""

    id: UUID
    area_id: UUID
    number: str
    stratum: str
    psu: str
    stages: Sequence[Mapping[str, Any]]
    inclusion_probability: float
    disposition: Any
    first_mode: Mode


@dataclass(slots=True)
class _Answered:
    """What the judge made of the complete responses, by case."""

    mode: dict[UUID, Mode] = field(default_factory=dict)
    sha256: dict[UUID, str] = field(default_factory=dict)
    pairs: dict[UUID, list[tuple[float, float] | None]] = field(default_factory=dict)
    kept: dict[UUID, dict[str, str]] = field(default_factory=dict)  # answers that tell age and sex, as texts
    asked_who: tuple[str, ...] = ()  # the questions that do
    asked: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    open_responses: Counter[UUID] = field(default_factory=Counter)


Watch = Callable[[int, int], None]
"""Told how many answers were read, and of how many."""


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
        answered = _answers(session, survey_id, wave_id, questionnaire, watch)
        stored = _read(session, survey_id, wave_id, questionnaire, tree, sha256, answered)
        if folder is not None:
            stored_columns.write(folder, wave_id, key, stored)
    return WaveColumns(
        survey_id=survey_id,
        wave_id=wave_id,
        questionnaire=questionnaire,
        questionnaire_sha256=sha256,
        columns=stored.columns,
        answers=stored.answers,
        item_nonresponse=stored.item_nonresponse,
        open_responses=stored.open_responses,
        open_in_bursts=stored.open_in_bursts,
        city=tree.name(survey.city_id),
        streets=tree.streets(),
        snapshot_sha256=stored.snapshot_sha256,
    )


def _read(
    session: Session,
    survey_id: UUID,
    wave_id: UUID,
    questionnaire: Questionnaire,
    tree: CityTree,
    sha256: str,
    answered: _Answered,
) -> StoredWave:
    heaped = quality_mark_counts.open_in_bursts(session, survey_id, wave_id)
    rows = [_Drawn._make(row) for row in queries.cases(session, survey_id, wave_id)]
    open_responses = {tree.code(area): count for area, count in answered.open_responses.items()}
    return StoredWave(
        columns=_columns(rows, answered, tree, questionnaire),
        answers=_kept_answers(rows, answered),
        item_nonresponse={name: (count, answered.lost[name]) for name, count in answered.asked.items()},
        open_responses=open_responses,
        open_in_bursts={tree.code(area): count for area, count in heaped.items()},
        snapshot_sha256=_snapshot(rows, answered, tree, sha256, open_responses),
    )


def _kept_answers(rows: Sequence[_Drawn], answered: _Answered) -> dict[str, Labels]:
    given = [answered.kept[row.id] for row in rows if row.id in answered.kept]
    return {name: Labels.of([one.get(name) for one in given]) for name in answered.asked_who}


def _answers(
    session: Session, survey_id: UUID, wave_id: UUID, questionnaire: Questionnaire, watch: Watch | None
) -> _Answered:
    """What the judge makes of every complete response: a second for every few thousand."""
    found = _Answered(asked_who=tuple(one.id for one in asked_who(questionnaire)))
    judged = judge(questionnaire)
    pairs_of = evaluator(questionnaire)
    pooled = [one for one in questionnaire.indicators if one.kind is not IndicatorKind.INDEX]
    used = questionnaire.behind(variable for one in questionnaire.indicators for variable in one.variables)
    rows = queries.complete_answers(session, survey_id, wave_id)
    for number, (case_id, area_id, mode, text, sha256) in enumerate(rows):
        if watch is not None and number % TOLD_EVERY == 0:
            watch(number, len(rows))
        if case_id is None:
            found.open_responses[area_id] += 1
            continue
        # Canonical answers judge to themselves; off-path answers stay out of the values.
        values = judged.check(json.loads(text)["answers"], Policy.IMPORT).values
        pairs = pairs_of(values)
        found.mode[case_id], found.sha256[case_id] = mode, sha256
        found.pairs[case_id] = [pairs[one.id] for one in pooled]
        told = {name: _as_text(values.get(name)) for name in found.asked_who}
        found.kept[case_id] = {name: one for name, one in told.items() if one is not None}
        _count_left_out(found, values, used)
    return found


def _as_text(value: Value | None) -> str | None:
    """A number as its digits, a code as it is; None where nothing was answered."""
    if value is None or isinstance(value, (Missing, list)):
        return None
    return value if isinstance(value, str) else f"{value:g}"


def _count_left_out(found: _Answered, values: Mapping[str, Value], used: Sequence[str]) -> None:
    for variable in used:
        value = values.get(variable)
        if value is Missing.NOT_ASKED:
            continue
        found.asked[variable] += 1
        if value in _LOST:
            found.lost[variable] += 1


# ------------------------------------------------------------------ rows to columns


def _columns(rows: Sequence[_Drawn], answered: _Answered, tree: CityTree, questionnaire: Questionnaire) -> CaseColumns:
    communities = tree.community_codes
    staged = [tuple(stage for stage in row.stages if stage["variance"]) for row in rows]
    depth = max((len(stages) for stages in staged), default=1)
    place = {one: number for number, one in enumerate(DISPOSITIONS)}
    modes = [answered.mode.get(row.id) for row in rows]
    numerators, denominators = _pairs(rows, answered, questionnaire)
    return CaseColumns(
        community=Labels.of([tree.code(row.area_id) for row in rows], names=communities),
        street_of_community=np.array([tree.street_codes.index(tree.street_of(one)) for one in communities], np.int64),
        streets=tree.street_codes,
        stratum=Labels.of([row.stratum for row in rows]),
        units=tuple(Labels.of([_stage(stages, at)[0] for stages in staged]) for at in range(depth)),
        populations=tuple(
            np.array([_stage(stages, at)[1] for stages in staged], dtype=np.float64) for at in range(depth)
        ),
        adults=np.array([_adults(row.stages) for row in rows], dtype=np.float64),
        # The grid: the stratum where every grid is in the sample, the primary unit where grids were drawn.
        weighting_class=Labels.of(
            [row.psu if len(stages) > 1 else row.stratum for row, stages in zip(rows, staged, strict=True)]
        ),
        probability=np.array([row.inclusion_probability for row in rows], dtype=np.float64),
        disposition=np.array([place[AAPOR[row.disposition]] for row in rows], dtype=np.int64),
        first_mode=Labels.of([row.first_mode.value for row in rows]),
        mode=Labels.of([None if mode is None else mode.value for mode in modes]),
        responded=np.array([mode is not None for mode in modes], dtype=bool),
        indicators=tuple(one.id for one in questionnaire.indicators if one.kind is not IndicatorKind.INDEX),
        numerators=numerators,
        denominators=denominators,
        groups={},
    )


def _stage(stages: Sequence[Mapping[str, Any]], at: int) -> tuple[str, int]:
    """Unit and population of one stage; below a row's last stage the unit is drawn with certainty, 1 of 1."""
    if at < len(stages):
        return str(stages[at]["unit"]), int(stages[at]["population"])
    return str(stages[-1]["unit"]), 1


def _adults(stages: Sequence[Mapping[str, Any]]) -> float:
    """Adults of the household, where the draw counted them."""
    return next((float(stage["population"]) for stage in stages if not stage["variance"]), np.nan)


def _pairs(rows: Sequence[_Drawn], answered: _Answered, questionnaire: Questionnaire) -> tuple[FloatArray, FloatArray]:
    count = sum(one.kind is not IndicatorKind.INDEX for one in questionnaire.indicators)
    nothing = (np.nan, np.nan)
    found = [
        [nothing if pair is None else pair for pair in answered.pairs[row.id]]
        for row in rows
        if row.id in answered.pairs
    ]
    cube = np.array(found, dtype=np.float64).reshape(len(found), count, 2)
    return np.ascontiguousarray(cube[:, :, 0].T), np.ascontiguousarray(cube[:, :, 1].T)


def _snapshot(
    rows: Sequence[_Drawn],
    answered: _Answered,
    tree: CityTree,
    questionnaire_sha256: str,
    open_responses: Mapping[str, int],
) -> str:
    document = {
        "format": SNAPSHOT_FORMAT,
        "questionnaire": questionnaire_sha256,
        "open_responses": dict(sorted(open_responses.items())),
        "rows": [
            [
                row.number,
                tree.code(row.area_id),
                tree.street(row.area_id),
                row.stratum,
                row.psu,
                [dict(stage) for stage in row.stages],
                row.inclusion_probability,
                row.disposition.value,
                row.first_mode.value,
                answered.mode[row.id].value if row.id in answered.mode else None,
                answered.sha256.get(row.id),
            ]
            for row in rows
        ],
    }
    return hashlib.sha256(canonical_text(document).encode()).hexdigest()
