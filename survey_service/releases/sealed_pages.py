"""The sealed report of an edition: brought by the office, had by whoever may read the sheet of the city."""

from __future__ import annotations

import hashlib
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from survey_service.accounts import rights
from survey_service.accounts.staff_pages import Asking, go
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import DomainError, NotFound
from survey_service.models import Release, SealedFile, Taken
from survey_service.releases import sealed_files
from survey_service.releases.errors import NotASealedFile, SealedAlready
from survey_service.releases.openings import NotesOpenings, OneSheet
from survey_service.releases.routes import Keeper, ReleaseReader, find_release, release_context
from survey_service.releases.sealed_files import Brought
from survey_service.stored_files import files_of
from survey_service.surveys.access import may, refuse_unless
from survey_service.web import posted_forms
from survey_service.web.downloads import content_disposition
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/releases/{number}/sealed")


@router.post("")
def bring(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Keeper,
    now: Now,
    posted: Posted,
    number: str,
) -> Response:
    """The file is stored before the row that names it: a row without its file would be a promise."""
    with reading.begin() as session:
        release, survey, _ = find_release(session, person, number)
        refuse_unless(session, person, survey, *rights.KEEP_RELEASES)
        of = release.survey_id, release.id
    try:
        _, content = posted_forms.upload(posted, "file") or ("", b"")
        kind = sealed_files.media_type(content)
        replaces = bool(posted_forms.text(posted, "replace"))
        with reading.begin() as session:
            _refuse_unasked(session, session.get_one(Release, of), content, replaces=replaces)
        sha256 = files_of(running.settings, running.database).put(content)
        brought = Brought(media_type=kind, size=len(content), sha256=sha256)
        with writing.begin() as session:
            found = session.get_one(Release, of)
            sealed_files.put(session, found, brought, replaces=replaces, at=now, by=person.actor)
    except (NotASealedFile, SealedAlready) as fault:
        return _again(Asking(request, running, person), reading, number, fault)
    return go(f"/releases/{number}#sealed")


@router.get("/{file_id}")
def sealed_file(
    running: Running, reading: Reading, person: ReleaseReader, openings: NotesOpenings, number: str, file_id: UUID
) -> Response:
    """As it was brought, to be saved: nothing that people bring is run here. 404 for whoever may not read the city's
    sheet: it holds that, and is noted as that."""
    with reading.begin() as session:
        release, survey, _ = find_release(session, person, number)
        found = session.get(SealedFile, (release.survey_id, file_id))
        if found is None or found.release_id != release.id or not may(session, person, survey, *rights.READ_RELEASES):
            raise NotFound
        sha256, kind = found.blob_sha256, found.media_type
        sheet = OneSheet(survey_id=release.survey_id, release_id=release.id, area_id=survey.city_id, language="zh")
    openings.note(sheet, Taken.PDF)
    content = files_of(running.settings, running.database).get(sha256)
    name = f"{number}-sealed.{sealed_files.ENDINGS[kind]}"
    headers = {"Content-Disposition": content_disposition("attachment", name), "Cache-Control": "private, no-store"}
    return Response(content, media_type=kind, headers=headers)


def _refuse_unasked(session: Session, release: Release, content: bytes, *, replaces: bool) -> None:
    """Before the file is stored: what nobody asked to replace leaves nothing behind."""
    before = sealed_files.files(session, release)
    if before and not replaces and before[0].blob_sha256 != hashlib.sha256(content).hexdigest():
        raise SealedAlready


def _again(asking: Asking, reading: Reading, number: str, fault: DomainError) -> Response:
    with reading.begin() as session:
        found = find_release(session, asking.person, number)
        context = {**release_context(session, asking.person, found), "fault": fault}
        return asking.page("staff/release.html", context, section="surveys", fault=fault)
