"""Signing a release, its page, and its PDFs for whoever may see the area."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import FormModel, Person, Statistician, require
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.dependencies import Now, Reading, Running
from survey_service.errors import DomainError, NotAllowed, NotFound, TooBusy
from survey_service.models import Release, Survey, Wave
from survey_service.processes.beside import computed
from survey_service.releases import queries
from survey_service.releases.review_pages import Refusal
from survey_service.releases.review_pages import find as find_wave
from survey_service.releases.review_pages import show as estimates_page
from survey_service.stored_files import files_of
from survey_service.web.downloads import content_disposition

router = APIRouter()

ReleaseReader = Annotated[Person, Depends(require(*rights.READ_RELEASES))]
LONGEST_NAME = 60


class SigningForm(FormModel):
    snapshot: Annotated[str, Field(max_length=64)]  # of the figures that were looked at
    prepared_by: Annotated[str, Field(max_length=LONGEST_NAME)] = ""
    signed_by: Annotated[str, Field(max_length=LONGEST_NAME)] = ""


@router.post("/surveys/{survey_key}/waves/{wave_key}/release")
def sign(
    request: Request,
    running: Running,
    reading: Reading,
    person: Statistician,
    now: Now,
    survey_key: str,
    wave_key: str,
    sent: Annotated[SigningForm, Form()],
) -> Response:
    """Release the very figures that were looked at; the PDFs are made by a job."""
    try:
        with reading.begin() as session:
            survey, wave = find_wave(session, person, survey_key, wave_key)
            survey_id, wave_id = survey.id, wave.id
        names = (sent.prepared_by, person.name, sent.signed_by)
        snapshot, by = sent.snapshot, person.actor
        computed(running, "survey_service.releases.review:sign", survey_id, wave_id, snapshot, names, now, by)
    except (NotFound, NotAllowed):
        raise
    except TooBusy as busy:  # the page with the figures would wait in the same line once more
        raise TooBusy(
            zh="这一次签发没有得到确认：前面的计算太久，或者中途断了。请用浏览器的“返回”回到签发的页面，填的姓名还在，"
            "过一两分钟再签；要是其实已经签上了，系统会告诉您，不会签两次。",
            en="This signature was not confirmed: other computing took too long, or it was cut off. Go back with your "
            "browser, where the names you typed still stand, and sign again in a minute or two; if it was signed after "
            "all you are told so, and it is never signed twice.",
        ) from busy
    except DomainError as fault:
        refusal = Refusal(fault, typed=(sent.prepared_by, sent.signed_by))
        return estimates_page(request, running, reading, person, survey_key, wave_key, indicator="", refusal=refusal)
    return go(f"/surveys/{survey_key}/waves/{wave_key}")


@router.get("/releases/{number}")
def release_page(request: Request, running: Running, reading: Reading, person: ReleaseReader, number: str) -> Response:
    with reading.begin() as session:
        release, survey, wave = find_release(session, person, number)
        shown = queries.visible_documents(session, release.survey_id, release.id, person.visible(*rights.READ_RELEASES))
        context = {
            "release": release,
            "survey": survey,
            "wave": wave,
            "survey_title": Text(survey.title_zh, survey.title_en),
            "wave_name": Text(wave.name_zh, wave.name_en),
            "documents": [
                {
                    "address": f"/releases/{release.number}/{area.code}.{document.language}.pdf",
                    "name": Text(area.name_zh, area.name_en).in_language(document.language),
                    "kind": area.kind,
                    "language": document.language,
                    "pages": document.pages,
                }
                for document, area in shown
            ],
        }
        return staff_page(request, running, person, "staff/release.html", context, section="surveys")


@router.get("/releases/{number}/{area_code}.{language}.pdf")
def document(
    running: Running, reading: Reading, person: ReleaseReader, number: str, area_code: str, language: str
) -> Response:
    """One PDF, to be read in the browser; 404 for an area that is not the person's."""
    with reading.begin() as session:
        release, _, _ = find_release(session, person, number)
        shown = queries.visible_documents(session, release.survey_id, release.id, person.visible(*rights.READ_RELEASES))
        found = next((one for one, area in shown if area.code == area_code and one.language == language), None)
        if found is None:
            raise NotFound
        sha256, name = found.blob_sha256, found.file_name
    content = files_of(running.settings, running.database).get(sha256)
    return Response(
        content,
        media_type="application/pdf",
        headers={
            "Content-Disposition": content_disposition("inline", name, plainly=f"{area_code}.{language}.pdf"),
            "Cache-Control": "private, no-store",
        },
    )


def find_release(session: Session, person: Person, number: str) -> tuple[Release, Survey, Wave]:
    """The release of that number with a document in the person's areas, or whose city is the person's."""
    visible = person.visible(*rights.READ_RELEASES)
    for release, survey, wave in queries.releases_by_number(session, number):
        if queries.concerns(session, release, survey, visible):
            return release, survey, wave
    raise NotFound
