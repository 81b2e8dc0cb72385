"""Sheets of a release taken along together: all as a ZIP by street, or chosen ones bound as one PDF for a meeting."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse

from survey_service.accounts import rights
from survey_service.dependencies import Reading, Running
from survey_service.errors import BadInput, NotFound
from survey_service.exports.sheet_files import contents, tree
from survey_service.exports.zipped import zipped
from survey_service.models import Taken
from survey_service.processes.beside import computed
from survey_service.releases import queries
from survey_service.releases.openings import NotesOpenings
from survey_service.releases.routes import MOST_BOUND, ReleaseReader, find_release, sheet_of
from survey_service.releases.sheets import as_asked, code_of, sectors_asked
from survey_service.stored_files import files_of
from survey_service.web.downloads import content_disposition

router = APIRouter()
_KEPT_BY_NOBODY = {"Cache-Control": "private, no-store"}


@router.get("/releases/{number}/sheets.zip")
def all_sheets(
    running: Running, reading: Reading, person: ReleaseReader, openings: NotesOpenings, number: str
) -> Response:
    """Every PDF of the person's areas, streamed; 404 where there is none yet."""
    with reading.begin() as session:
        release, _, _ = find_release(session, person, number)
        shown = queries.visible_documents(session, release.survey_id, release.id, person.visible(*rights.READ_RELEASES))
        paths, at = tree(session, shown), release.released_at
        sheets = [sheet_of(one) for one, _ in shown]
    if not paths:
        raise NotFound
    openings.note_all(sheets, Taken.PDF)
    store = files_of(running.settings, running.database)
    pieces = zipped(contents(store, paths), at.astimezone(running.settings.zone))
    headers = {"Content-Disposition": content_disposition("attachment", f"{number}.zip")}
    return StreamingResponse(pieces, media_type="application/zip", headers=headers | _KEPT_BY_NOBODY)


@router.get("/releases/{number}/set.pdf")
def bound_set(
    running: Running,
    reading: Reading,
    person: ReleaseReader,
    openings: NotesOpenings,
    number: str,
    area: Annotated[tuple[str, ...], Query(max_length=1000)] = (),
    language: Literal["zh", "en"] = "zh",
) -> Response:
    """The sheets of the areas that are named, in the order of their codes, then those of sectors, in the order of the
    questionnaire; 404 where one is not the person's."""
    with reading.begin() as session:
        release, _, wave = find_release(session, person, number)
        visible = person.visible(*rights.READ_RELEASES)
        shown = queries.visible_documents(session, release.survey_id, release.id, visible)
        spoken = [row for row in shown if row[0].language == language]
        ordered = [*(row for row in spoken if not row[0].sector), *as_asked(spoken, sectors_asked(session, wave))]
        chosen = [(one, code) for one, each in ordered if (code := code_of(one, each)) in set(area)]
        codes, sheets = [code for _, code in chosen], [sheet_of(one) for one, _ in chosen]
        of = release.survey_id, release.id
    if len(codes) != len(set(area)):
        raise NotFound
    if not 1 <= len(codes) <= MOST_BOUND:
        raise BadInput(
            zh=f"请勾选 1 到 {MOST_BOUND} 份报告，再合成一个文件。",
            en=f"Tick 1 to {MOST_BOUND} reports, then have them bound as one file.",
        )
    openings.note_all(sheets, Taken.PDF)
    content = computed(running, "survey_service.releases.bound:bound", *of, codes, language)
    headers = {"Content-Disposition": content_disposition("attachment", f"{number}-set.{language}.pdf")}
    return Response(content, media_type="application/pdf", headers=headers | _KEPT_BY_NOBODY)
