"""The rows of a wave as the analysis needs them: one per case, with its draw, its outcome and its judged answers.

A row belongs to the probability sample because it has a case with a recorded probability; the mode does not decide.
Open answers are counted by area beside the rows and never enter them.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from questionnaires.answers import Policy, Value, judge
from questionnaires.canonical_json import canonical_text
from questionnaires.model import Questionnaire
from survey_service.analyses import queries
from survey_service.areas import queries as area_queries
from survey_service.collection import quality_mark_counts
from survey_service.errors import NotFound
from survey_service.models import Disposition, Mode
from survey_service.surveys import definitions
from survey_service.surveys import queries as survey_queries

SNAPSHOT_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One case. ``answers`` is None where there is no complete response."""

    number: str
    community: str  # code of its community
    street: str  # code of the area above
    stratum: str
    psu: str
    stages: tuple[Mapping[str, Any], ...]  # outermost first, as drawn
    inclusion_probability: float
    disposition: Disposition
    first_mode: Mode
    mode: Mode | None  # in which it was answered
    answers: Mapping[str, Value] | None
    content_sha256: str | None

    @property
    def responded(self) -> bool:
        return self.answers is not None

    @property
    def chose_adult(self) -> bool:
        """Whether the draw counted the adults of the household, so that the weight is a person's."""
        return any(not stage["variance"] for stage in self.stages)

    @property
    def variance_stages(self) -> tuple[Mapping[str, Any], ...]:
        """The stages that the variance counts; the adult within the household is in the weight alone."""
        return tuple(stage for stage in self.stages if stage["variance"])


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaName:
    code: str
    name_zh: str
    name_en: str
    adults: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveCases:
    """Everything that the figures of one wave come from."""

    survey_id: UUID
    wave_id: UUID
    questionnaire: Questionnaire
    questionnaire_sha256: str
    rows: tuple[CaseRow, ...]  # in the order of their numbers
    open_responses: Mapping[str, int]  # community code -> answers outside the probability sample
    open_in_bursts: Mapping[str, int]  # of these, by open codes in a minute that brought too many of one community
    city: AreaName
    streets: tuple[tuple[AreaName, tuple[AreaName, ...]], ...]  # each with its communities, in code order

    @property
    def communities(self) -> tuple[AreaName, ...]:
        return tuple(community for _, inside in self.streets for community in inside)

    def snapshot_sha256(self) -> str:
        """SHA-256 of the canonical rows: what a release was computed from, without ids that chance gave them."""
        document = {
            "format": SNAPSHOT_FORMAT,
            "questionnaire": self.questionnaire_sha256,
            "open_responses": dict(sorted(self.open_responses.items())),
            "rows": [
                [
                    row.number,
                    row.community,
                    row.street,
                    row.stratum,
                    row.psu,
                    [dict(stage) for stage in row.stages],
                    row.inclusion_probability,
                    row.disposition.value,
                    row.first_mode.value,
                    row.mode.value if row.mode else None,
                    row.content_sha256,
                ]
                for row in self.rows
            ],
        }
        return hashlib.sha256(canonical_text(document).encode()).hexdigest()


def cases_of_wave(session: Session, survey_id: UUID, wave_id: UUID) -> WaveCases:
    """The rows of a wave, in a fixed number of statements; NotFound where there is no such wave."""
    found = queries.survey_and_wave(session, survey_id, wave_id)
    if found is None:
        raise NotFound
    survey, wave = found
    questionnaire = definitions.frozen(session, survey_id, wave.questionnaire_version_id)
    tree = _Tree(session, survey.city_id)
    of_case: dict[UUID, tuple[Mode, Mapping[str, Value], str]] = {}
    open_responses: Counter[str] = Counter()
    judged = judge(questionnaire)
    for case_id, area_id, mode, text, sha256 in queries.complete_answers(session, survey_id, wave_id):
        if case_id is None:
            open_responses[tree.code(area_id)] += 1
            continue
        # Canonical answers judge to themselves; off-path answers stay out of the values.
        checked = judged.check(json.loads(text)["answers"], Policy.IMPORT)
        of_case[case_id] = (mode, checked.values, sha256)
    heaped = quality_mark_counts.open_in_bursts(session, survey_id, wave_id)
    rows = []
    for case in queries.cases(session, survey_id, wave_id):
        mode_of, answers, sha256_of = of_case.get(case.id, (None, None, None))
        rows.append(
            CaseRow(
                number=case.number,
                community=tree.code(case.area_id),
                street=tree.street(case.area_id),
                stratum=case.stratum,
                psu=case.psu,
                stages=tuple(case.stages),
                inclusion_probability=case.inclusion_probability,
                disposition=case.disposition,
                first_mode=case.first_mode,
                mode=mode_of,
                answers=answers,
                content_sha256=sha256_of,
            )
        )
    return WaveCases(
        survey_id=survey_id,
        wave_id=wave_id,
        questionnaire=questionnaire,
        questionnaire_sha256=tree.version_sha256(wave.questionnaire_version_id, survey_id),
        rows=tuple(rows),
        open_responses=dict(open_responses),
        open_in_bursts={tree.code(area): count for area, count in heaped.items()},
        city=tree.name(survey.city_id),
        streets=tree.streets(),
    )


class _Tree:
    """The areas of a city, read once."""

    def __init__(self, session: Session, city_id: UUID) -> None:
        self._session = session
        self._city_id = city_id
        inside = area_queries.below(session, city_id)
        self._areas = {area.id: area for area in inside}
        self._communities = [area for area in inside if area.kind in area_queries.COMMUNITY_KINDS]
        above = {area.parent_id for area in self._communities if area.parent_id is not None}
        self._adults = area_queries.adults(session, [area.id for area in self._communities])
        for street in above:
            counts = [self._adults.get(area.id) for area in self._communities if area.parent_id == street]
            if all(count is not None for count in counts):
                self._adults.setdefault(street, sum(count or 0 for count in counts))
        everywhere = [self._adults.get(area.id) for area in self._communities]
        if everywhere and all(count is not None for count in everywhere):
            self._adults.setdefault(city_id, sum(count or 0 for count in everywhere))

    def version_sha256(self, version_id: UUID, survey_id: UUID) -> str:
        sha256 = survey_queries.version_sha256(self._session, survey_id, version_id)
        assert sha256 is not None  # the wave's foreign key holds it
        return sha256

    def code(self, area_id: UUID) -> str:
        return self._areas[area_id].code

    def street(self, community_id: UUID) -> str:
        above = self._areas[community_id].parent_id
        return self._areas[above or self._city_id].code

    def name(self, area_id: UUID) -> AreaName:
        area = self._areas[area_id]
        return AreaName(
            code=area.code, name_zh=area.name_zh, name_en=area.name_en or area.name_zh, adults=self._adults.get(area_id)
        )

    def streets(self) -> tuple[tuple[AreaName, tuple[AreaName, ...]], ...]:
        grouped: dict[UUID, list[AreaName]] = {}
        for community in self._communities:
            grouped.setdefault(community.parent_id or self._city_id, []).append(self.name(community.id))
        ordered = sorted(grouped, key=lambda area_id: self._areas[area_id].code)
        return tuple((self.name(area_id), tuple(grouped[area_id])) for area_id in ordered)
