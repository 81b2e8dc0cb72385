"""Word beside the PDFs of a release, for whoever may see the area."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.responses import Response

from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, require
from survey_service.dependencies import Reading, Running
from survey_service.errors import NotFound
from survey_service.models import Release, ReleaseDocument, Taken
from survey_service.processes.beside import computed
from survey_service.releases import queries
from survey_service.releases.openings import NotesOpenings
from survey_service.releases.routes import find_release, sheet_of
from survey_service.web.downloads import WORD, content_disposition

router = APIRouter()

ReleaseReader = Annotated[Person, Depends(require(*rights.READ_RELEASES))]
Drafter = Annotated[Person, Depends(require(*rights.DRAFT_CIRCULARS))]


@router.get("/releases/{number}/{area_code}.{language}.docx")
def word(
    running: Running,
    reading: Reading,
    person: ReleaseReader,
    openings: NotesOpenings,
    number: str,
    area_code: str,
    language: str,
) -> Response:
    """What the PDF of that area says, as a Word file; 404 for an area that is not the person's."""
    with reading.begin() as session:
        release, document = _document(session, person, number, area_code, language)
        of = release.survey_id, release.id
        name, sheet = PurePath(document.file_name).stem, sheet_of(document)
    openings.note(sheet, Taken.WORD)
    content = computed(running, "survey_service.releases.word:area_word", *of, area_code, language)
    return _handed_out(content, f"{name}.docx", f"{area_code}.{language}.docx")


@router.get("/releases/{number}/circulars/{area_code}.docx")
def circular(
    running: Running, reading: Reading, person: Drafter, openings: NotesOpenings, number: str, area_code: str
) -> Response:
    """The draft of a 通报 about a street or the city, in Chinese only, for the office to complete and send."""
    with reading.begin() as session:
        release, document = _document(session, person, number, area_code, "zh", within=rights.DRAFT_CIRCULARS)
        of = release.survey_id, release.id
        name, sheet = PurePath(document.file_name).stem, sheet_of(document)
    openings.note(sheet, Taken.CIRCULAR)
    content = computed(running, "survey_service.releases.word:circular_word", *of, area_code)
    return _handed_out(content, f"{name}通报稿.docx", f"{area_code}.circular.docx")


def _handed_out(content: bytes, name: str, plainly: str) -> Response:
    return Response(
        content,
        media_type=WORD,
        headers={
            "Content-Disposition": content_disposition("attachment", name, plainly=plainly),
            "Cache-Control": "private, no-store",
        },
    )


def _document(
    session: Session,
    person: Person,
    number: str,
    area_code: str,
    language: str,
    *,
    within: rights.Roles = rights.READ_RELEASES,
) -> tuple[Release, ReleaseDocument]:
    """The release, and the PDF of that area beside which the Word file stands."""
    release, _, _ = find_release(session, person, number)
    for document, _ in queries.visible_documents_of(session, release, area_code, person.visible(*within)):
        if document.language == language:
            return release, document
    raise NotFound
