"""Files that devices send for the answers of an interview: first the file, then the answer that refers to it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from survey_service.accounts import rights
from survey_service.accounts.permissions import Interviewer, Person
from survey_service.api.description import BASE, SENDING, refusals
from survey_service.api.routes import SurveyKey, WaveKey
from survey_service.api.schemas import PRINTED, SentFile
from survey_service.attachments.errors import FilesWait, FileTooLarge, NotSuchAFile
from survey_service.attachments.taking import question_of, take
from survey_service.captures.errors import WaveClosed
from survey_service.dependencies import Now, Running
from survey_service.errors import NotFound
from survey_service.models import WaveState
from survey_service.services import Services
from survey_service.surveys import access, definitions

router = APIRouter(prefix=f"{BASE}/surveys/{{survey_key}}/waves/{{wave_key}}", tags=["field"])
QuestionId = Annotated[str, Query(max_length=40, pattern=PRINTED, description="The question that it answers.")]


@router.post(
    "/files",
    summary="Send a file of an interview",
    responses=refusals(*SENDING, NotFound, WaveClosed, NotSuchAFile, FileTooLarge, FilesWait),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def send_file(
    request: Request,
    running: Running,
    person: Interviewer,
    now: Now,
    survey_key: SurveyKey,
    wave_key: WaveKey,
    question: QuestionId = "",
) -> SentFile:
    """The bytes of one file. What comes back is its reference: hand it in as the answer to the question, several with
    blanks between them. What no answer refers to within eight days is deleted."""
    content = await request.body()
    return await run_in_threadpool(_taken, running, person, (survey_key, wave_key, question), content, now)


def _taken(running: Services, person: Person, place: tuple[str, str, str], content: bytes, now: Now) -> SentFile:
    survey_key, wave_key, question = place
    with running.database.reading.begin() as session:
        _, wave = access.find_wave(session, person, survey_key, wave_key, rights.VISIT)
        if wave.state is not WaveState.OPEN:
            raise WaveClosed
        asked = question_of(definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id), question)
        survey_id, wave_id = wave.survey_id, wave.id
    reference = take(running, survey_id, wave_id, asked, content, at=now)
    return SentFile(reference=str(reference), type=reference.type, bytes=reference.size, sha256=reference.sha256)
