"""What a statistician reads of a wave beside its release: every closed question, and the tests of its plan."""

from __future__ import annotations

from fastapi import APIRouter

from survey_service.accounts.permissions import Statistician
from survey_service.api.description import BASE, READING, refusals
from survey_service.api.question_schemas import QuestionsOut, questions
from survey_service.api.routes import SurveyKey, WaveKey
from survey_service.dependencies import Reading, Running
from survey_service.errors import BadInput, Conflict, NotFound
from survey_service.exports.question_pages import BESIDE, opened
from survey_service.processes.beside import computed

router = APIRouter(prefix=BASE, tags=["releases"])


@router.get(
    "/surveys/{survey_key}/waves/{wave_key}/questions",
    summary="Every closed question of a wave, and the tests of its plan",
    responses=refusals(*READING, NotFound, BadInput, Conflict),
)
def of_wave(
    running: Running, reading: Reading, person: Statistician, survey_key: SurveyKey, wave_key: WaveKey
) -> QuestionsOut:
    """As the statistician's page has them, computed by the plan in force, once the figures were opened. They are in no
    release."""
    survey_id, wave_id = opened(reading, person, survey_key, wave_key)
    return questions(computed(running, f"{BESIDE}:of_all_with_tests", survey_id, wave_id))
