"""Photographs beside a matter: looked at by a child, made anew without their data, sealed, for who sees the row."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from survey_service.accounts import rights
from survey_service.accounts.permissions import Person
from survey_service.accounts.staff_pages import go
from survey_service.dependencies import Reading, Running, Writing
from survey_service.errors import NotAllowed, NotFound
from survey_service.models import Rectification, RectificationPhoto
from survey_service.outside import attachments as outside
from survey_service.rectification import photos, rows
from survey_service.rectification.errors import NotAPhoto
from survey_service.rectification.pages import access, row_pages
from survey_service.rectification.pages.access import AtThisList, ListReader, RowNumber, ThisMoment, Worker
from survey_service.web import posted_forms
from survey_service.web.downloads import content_disposition
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/surveys/{survey_key}/rectification/rows/{number}/photos")


@router.post("")
def add_photo(
    at: AtThisList,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Worker,
    posted: Posted,
    number: RowNumber,
) -> Response:
    """The row is found before the file is looked at: nobody has a child look at files for a row that is not theirs."""
    with reading.begin() as session:
        access.find_row(session, person, at.survey_key, number, rights.PUT_RIGHT)
    try:
        content = _looked_at(posted)
        with writing.begin() as session:
            row = _held(session, person, at.survey_key, number)
            photos.add(session, running.keys, row, content, at.by(office=False))
        return go(_row(at.survey_key, number))
    except NotAPhoto as fault:
        with reading.begin() as session:
            return row_pages.page(at, session, number, fault=fault)


@router.get("/{photo_id}")
def photo(
    running: Running, reading: Reading, person: ListReader, survey_key: str, number: RowNumber, photo_id: UUID
) -> Response:
    with reading.begin() as session:
        _, (row, _, _) = access.find_row(session, person, survey_key, number)
        found = _photo(session, row, photo_id)
        headers = {
            "Content-Disposition": content_disposition("inline", f"rectification-{row.number}.{found.type}"),
            "Cache-Control": "private, no-store",
        }
        return Response(photos.opened(running.keys, found), media_type="image/jpeg", headers=headers)


@router.post("/{photo_id}/remove")
def remove_photo(
    writing: Writing,
    person: Worker,
    moment: ThisMoment,
    survey_key: str,
    number: RowNumber,
    photo_id: UUID,
) -> Response:
    """By who added it, and by the office."""
    with writing.begin() as session:
        row = _held(session, person, survey_key, number)
        found = _photo(session, row, photo_id)
        if found.account_id != person.account_id and not access.keeps(session, person, row.area_id):
            raise NotAllowed
        photos.remove(session, row, found, access.by(person, moment, office=False))
    return go(_row(survey_key, number))


def _looked_at(posted: Posted) -> bytes:
    """The picture as the child made it anew. NotAPhoto for everything else."""
    sent = posted_forms.upload(posted, "photo")
    if sent is None or not sent[1] or len(sent[1]) > photos.MOST_BYTES:
        raise NotAPhoto
    try:
        looked = outside.look(sent[1], ["jpg"])
    except outside.Busy:
        raise NotAPhoto(
            zh="现在传照片的人很多，这一张还没有收下。请过一会儿再传。",
            en="Many people are sending photographs; this one is not taken in yet. Send it again shortly.",
        ) from None
    if looked.type != "jpg" or not looked.content:
        raise NotAPhoto
    return looked.content


def _held(session: Session, person: Person, survey_key: str, number: int) -> Rectification:
    survey, found = access.find_row(session, person, survey_key, number, rights.PUT_RIGHT)
    return rows.locked(session, survey.id, found[0].id)


def _photo(session: Session, row: Rectification, photo_id: UUID) -> RectificationPhoto:
    found = session.get(RectificationPhoto, (row.survey_id, photo_id))
    if found is None or found.rectification_id != row.id:
        raise NotFound
    return found


def _row(survey_key: str, number: int) -> str:
    return f"/surveys/{survey_key}/rectification/rows/{number}"
