"""The figures of a release to take along, for whoever may read it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from survey_service.dependencies import Reading, Running
from survey_service.exports.figure_files import MEDIA, FigureFormat, written
from survey_service.exports.figures import release_figures
from survey_service.releases.routes import ReleaseReader, find_release
from survey_service.web.downloads import content_disposition

router = APIRouter()


@router.get("/releases/{number}/figures.{kind}")
def figures(running: Running, reading: Reading, person: ReleaseReader, number: str, kind: FigureFormat) -> Response:
    """Of the person's areas and those above them, as in their reports."""
    with reading.begin() as session:
        found = find_release(session, person, number)
        content = written(release_figures(session, person, found, running.settings), kind)
    return Response(
        content,
        media_type=MEDIA[kind],
        headers={
            "Content-Disposition": content_disposition("attachment", f"{number}.{kind}"),
            "Cache-Control": "private, no-store",
        },
    )
