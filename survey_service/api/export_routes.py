"""Data of a wave for programs: asked for, looked at, taken; by the rules of the page and with its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy.exc import IntegrityError
from starlette.responses import Response

from survey_service.accounts.permissions import Exporter, Person, may_export_texts
from survey_service.accounts.read_audit import AuditsReads
from survey_service.api.description import BASE, READING, SENDING, refusals
from survey_service.api.export_schemas import ExportIn, ExportOut, FileOut
from survey_service.api.routes import SurveyKey, WaveKey
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, Conflict, NotFound
from survey_service.exports import access, kept, kept_queries, shown
from survey_service.exports.errors import ExportRefused
from survey_service.exports.kept_errors import FilesGone, NothingChosen, NotOpenedYet, TextsNotAllowed, TooManyOnOffer
from survey_service.exports.pages import handed_out
from survey_service.services import Services

router = APIRouter(prefix=BASE, tags=["exports"])

PLACE = "/surveys/{survey_key}/waves/{wave_key}/exports"
ExportId = Annotated[UUID, Path(description="`id` of the export.")]
FileName = Annotated[str, Path(max_length=120, description="`name` of one of its files, or `all.zip`: all of them.")]


@router.get(PLACE, summary="Exports of a wave", responses=refusals(*READING, NotFound, BadInput))
def exports(
    running: Running, reading: Reading, person: Exporter, survey_key: SurveyKey, wave_key: WaveKey
) -> list[ExportOut]:
    """The newest first, also those whose files are gone."""
    with reading.begin() as session:
        _, wave = access.find(session, person, running.settings, survey_key, wave_key)
        found = kept_queries.listed(session, wave.survey_id, wave.id)
        return _out(running, person, found)


@router.post(
    PLACE,
    summary="Ask for an export",
    status_code=202,
    responses=refusals(
        *SENDING, NotFound, NotOpenedYet, NothingChosen, TextsNotAllowed, TooManyOnOffer, ExportRefused, Conflict
    ),
)
def ask(
    running: Running,
    writing: Writing,
    person: Exporter,
    now: Now,
    survey_key: SurveyKey,
    wave_key: WaveKey,
    order: ExportIn,
) -> ExportOut:
    """Made in the background: look at it by its `id` until it is `ready`. Asked for twice in the same words, while the
    first is being made, it is one export. Needs a token that is not read-only."""
    if order.texts and not may_export_texts(person, running.settings):
        raise TextsNotAllowed
    formats = tuple(one for one in shown.formats() if one in order.formats)
    wanted = kept.ExportChoice(formats=formats, language=order.language, texts=order.texts)
    try:
        with writing.begin() as session:
            _, wave = access.find(session, person, running.settings, survey_key, wave_key)
            export = kept.ask(session, wave, wanted, by=person.actor, at=now)
            session.flush()
            return _out(running, person, [access.find_export(session, wave, export.id)])[0]
    except IntegrityError:
        raise Conflict from None  # two at the very same moment; who asks again is told of the other


@router.get(f"{PLACE}/{{export_id}}", summary="An export", responses=refusals(*READING, NotFound, BadInput))
def export(
    running: Running,
    reading: Reading,
    person: Exporter,
    survey_key: SurveyKey,
    wave_key: WaveKey,
    export_id: ExportId,
) -> ExportOut:
    with reading.begin() as session:
        _, wave = access.find(session, person, running.settings, survey_key, wave_key)
        return _out(running, person, [access.find_export(session, wave, export_id)])[0]


@router.get(
    f"{PLACE}/{{export_id}}/files/{{name}}",
    summary="A file of an export",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        **refusals(*READING, NotFound, BadInput, NotOpenedYet, FilesGone, TextsNotAllowed),
    },
)
def file(
    running: Running,
    reading: Reading,
    person: Exporter,
    reads: AuditsReads,
    survey_key: SurveyKey,
    wave_key: WaveKey,
    export_id: ExportId,
    name: FileName,
) -> Response:
    """The bytes, whose SHA-256 stands beside the name. Every download is written down with your name."""
    with reading.begin() as session:
        _, wave = access.find(session, person, running.settings, survey_key, wave_key)
        found = access.find_export(session, wave, export_id)
        return handed_out(access.open_file(running, person, wave, found, name), reads)


def _out(running: Services, person: Person, found: Sequence[kept_queries.Found]) -> list[ExportOut]:
    return [_one(one) for one in shown.shown(running, person, found)]


def _one(one: shown.Shown) -> ExportOut:
    return ExportOut(
        id=UUID(one.id),
        standing=one.standing,
        asked_at=one.asked_at,
        by=one.by,
        formats=list(one.formats),
        language="en" if one.language == "en" else "zh",
        texts=one.texts,
        rows=one.rows,
        done=one.job.done,
        total=one.job.total,
        until=one.until,
        files=[FileOut(name=file.name, bytes=file.bytes, sha256=file.sha256) for file in one.files],
    )
