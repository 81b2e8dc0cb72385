"""The figures of a release to take along, for whoever may read it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from survey_service.dependencies import Reading, Running
from survey_service.exports.figure_files import MEDIA, FigureFormat
from survey_service.processes.beside import computed
from survey_service.releases.edition_changes import places_of
from survey_service.releases.routes import ReleaseReader, find_release
from survey_service.web.downloads import content_disposition

router = APIRouter()


@router.get("/releases/{number}/figures.{kind}")
def figures(running: Running, reading: Reading, person: ReleaseReader, number: str, kind: FigureFormat) -> Response:
    """Of the person's areas and those above them, as in their reports; written beside the server, for which a city of
    thousands of communities would take seconds."""
    with reading.begin() as session:
        release, survey, _ = find_release(session, person, number)
        of, places = (release.survey_id, release.id), places_of(session, person, survey)
    content: bytes = computed(running, "survey_service.exports.figure_files:figures_file", *of, places, kind)
    return Response(
        content,
        media_type=MEDIA[kind],
        headers={
            "Content-Disposition": content_disposition("attachment", f"{number}.{kind}"),
            "Cache-Control": "private, no-store",
        },
    )
