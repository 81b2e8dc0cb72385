"""Files that a resident sends: one by one by the script, or with the whole form where none runs.

What is told to be taken in is stored: a reference that an answer may name. Nothing of it is counted before the answer.
"""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from questionnaires.kinds.attachment import MOST_FILES, Reference
from survey_service.attachments.errors import FilesWait
from survey_service.attachments.taking import question_of, take
from survey_service.collection.opened_by_code import OpenedByCode
from survey_service.collection.posted_answers import CONTENT_TYPE, FIELD_LIMIT
from survey_service.collection.reception import Reception
from survey_service.collection.resident_threads import aside
from survey_service.dependencies import Now
from survey_service.errors import BadInput, DomainError
from survey_service.services import Services
from survey_service.web.addresses import client_address, place_of

router = APIRouter()
WHOLE_FORM = "multipart/form-data"
NOT_TAKEN = "-"  # in place of a reference: the judge finds that it is none, and says what is expected
_MOST_AT_ONCE = 8 * MOST_FILES


@router.post("/a/{code}/files", include_in_schema=False)
async def send_file(code: str, request: Request) -> Response:
    """The bytes of one file, for the question named in the address."""
    running: Services = request.app.state.services
    now, language = running.clock(), "en" if request.query_params.get("lang") == "en" else "zh"
    try:
        opened = await aside(lambda: running.of(Reception).remembered.look_up(running.database.reading, code))
        content = await request.body()
        reference = await _taken(request, running, opened, request.query_params.get("question", ""), content, now)
    except DomainError as error:
        told = {"message": error.in_language(language), "code": error.code}
        return JSONResponse(told, error.status, {"Cache-Control": "no-store"})
    return JSONResponse({"file": str(reference), "size": reference.size}, 200, {"Cache-Control": "no-store"})


async def posted(request: Request, running: Services, code: str, now: Now) -> tuple[bytes, str]:
    """Body and type of a posted form as they would be without files: those of a whole form are taken in first."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith(WHOLE_FORM):
        return await request.body(), kind
    try:
        form = await request.form(max_files=_MOST_AT_ONCE, max_fields=FIELD_LIMIT)
    except HTTPException:
        raise BadInput from None
    pairs: list[tuple[str, str]] = []
    for name, value in form.multi_items():
        if not isinstance(value, UploadFile):
            pairs.append((name, value))
        elif content := await value.read():
            pairs.append((name, await _reference(request, running, code, name, content, now)))
    await form.close()
    return urlencode(pairs).encode(), CONTENT_TYPE


async def _reference(request: Request, running: Services, code: str, name: str, content: bytes, now: Now) -> str:
    try:
        opened = await aside(lambda: running.of(Reception).remembered.look_up(running.database.reading, code))
        return str(await _taken(request, running, opened, name, content, now))
    except DomainError:  # what is wrong with the code the form is told in a moment; what with the file, its question
        return NOT_TAKEN


async def _taken(
    request: Request, running: Services, opened: OpenedByCode, name: str, content: bytes, now: Now
) -> Reference:
    rate = running.of(Reception).files
    place = place_of(client_address(request.scope, running.settings))
    if rate.wait(place, now.timestamp()):
        raise FilesWait
    opened.refuse_if_over(now, running.settings.zone)
    question = question_of(opened.questionnaire, name)
    code = opened.code
    reference = await aside(lambda: take(running, code.survey_id, code.wave_id, question, content, at=now))
    rate.count(place, now.timestamp())
    return reference
