"""Published figures, exactly as they were signed and frozen."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from survey_service.api import published
from survey_service.api.description import BASE, READING, refusals
from survey_service.api.schemas import ReleaseOut
from survey_service.dependencies import Reading, Running
from survey_service.errors import BadInput, NotFound
from survey_service.exports.figure_files import MEDIA, FigureFormat
from survey_service.processes.beside import computed
from survey_service.releases.edition_changes import places_of
from survey_service.releases.routes import ReleaseReader, find_release

router = APIRouter(prefix=BASE, tags=["releases"])


@router.get(
    "/releases/{number}",
    summary="A release with its figures",
    response_model_exclude_unset=True,
    responses=refusals(*READING, NotFound, BadInput),
)
def release(reading: Reading, person: ReleaseReader, number: Annotated[str, Path(max_length=40)]) -> ReleaseOut:
    """Of your areas and those above them, as in their reports: every figure with its interval, how many answered, and
    the words that were asked. What the publication rule hides is not here."""
    with reading.begin() as session:
        found, survey, wave = find_release(session, person, number)
        return published.release(session, person, found, survey, wave)


@router.get(
    "/releases/{number}/figures.{kind}",
    summary="The figures of a release as a table",
    response_class=Response,
    responses={
        **refusals(*READING, NotFound, BadInput),
        200: {
            "description": "Excel, CSV or JSON.",
            "content": {media.partition(";")[0]: {} for media in MEDIA.values()},
        },
    },
)
def figures(
    reading: Reading,
    running: Running,
    person: ReleaseReader,
    number: Annotated[str, Path(max_length=40)],
    kind: FigureFormat,
) -> Response:
    """As they are printed, of your areas and those above them: a line for every area, group and indicator, with what is
    coded, coarse or hidden said in words of both languages."""
    with reading.begin() as session:
        found, survey, _ = find_release(session, person, number)
        of, places = (found.survey_id, found.id), places_of(session, person, survey)
    content: bytes = computed(running, "survey_service.exports.figure_files:figures_file", *of, places, kind)
    return Response(content, media_type=MEDIA[kind], headers={"Cache-Control": "private, no-store"})
