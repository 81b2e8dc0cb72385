"""A served city with an open wave of a questionnaire that ships with the service."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from questionnaires.model import Questionnaire
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.secrets import KeyRing
from survey_service.surveys import codes
from survey_service.surveys import service as surveys
from tests.programmes import filled_in, programme
from tests.service.world import NOW, World, draft

HEADER = {
    "form_number": "创城调 01 表",
    "issuing_body": "示范市精神文明建设办公室",
    "approval_number": "示统备〔2026〕18 号",
    "valid_until": "2027-06-30",
}


@dataclass(frozen=True)
class OpenWave:
    survey_id: UUID
    wave_id: UUID
    code: str


def open_wave(database: Database, keys: KeyRing, world: World, key: str) -> OpenWave:
    """An open wave of the shipped questionnaire ``key`` and the open code of its first community."""
    return open_wave_of(database, keys, world, filled_in(programme(key)))


def open_wave_of(database: Database, keys: KeyRing, world: World, questionnaire: Questionnaire) -> OpenWave:
    with database.writing.begin() as session:
        survey, _, wave = draft(
            session,
            questionnaire,
            city_id=world.city_id,
            key=questionnaire.key,
            title=questionnaire.title,
            header=HEADER,
        )
        surveys.open_wave(session, survey.id, wave.id, on=NOW.date(), at=NOW, by=SERVICE)
        code = codes.issue_open_code(session, survey.id, wave.id, world.community_ids[0], keys=keys)
        return OpenWave(survey.id, wave.id, code)
