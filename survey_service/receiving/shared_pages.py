"""``/shared``: one sheet for whoever holds its link, without signing in; each time is written down before it is shown.

Of an address that was never given, a guess meets what everybody meets; who tries many waits. What is over says so, and
whom to ask. Nothing here is to be found by a search, kept by a browser or told to another site.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.sectors import sector_code
from questionnaires.text import Text
from survey_service.accounts.staff_pages import staff_page
from survey_service.collection.reception import Reception
from survey_service.dependencies import Now, Running
from survey_service.models import Release, ReleaseDocument, Taken
from survey_service.processes.beside import computed
from survey_service.receiving import links
from survey_service.receiving.errors import TooManyLinks
from survey_service.releases import openings, queries, sheet_page
from survey_service.releases.openings import HeldLink, OneSheet
from survey_service.releases.routes import sheet_of
from survey_service.releases.sheets import name_of, sectors_asked
from survey_service.services import Services
from survey_service.stored_files import files_of
from survey_service.web.addresses import client_address, place_of
from survey_service.web.downloads import content_disposition
from survey_service.web.languages import language_of

router = APIRouter()

LONGEST = 100  # characters of a token that is looked for
UNSEEN = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One PDF of the sheet, and the sheet in its language."""

    sheet: OneSheet
    name: str
    sha256: str
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What the link leads to now: the sheets of the edition in force. ``corrected``: it was made of one before that."""

    link: HeldLink
    standing: links.Standing
    area_code: str
    area: Text
    survey: Text
    wave: Text
    number: str
    made_of: str  # the number of the release that it was made of
    reason: str  # why the edition in force corrects the one before
    files: tuple[File, ...]

    @property
    def corrected(self) -> bool:
        return self.number != self.made_of


@router.get("/shared/{token}", include_in_schema=False)
async def landing(request: Request, running: Running, now: Now, token: str) -> Response:
    """The sheet as a page; of one that was corrected since, first that, and the way to the edition in force."""
    found, fault = await _found(request, running, now, token)
    if fault is not None or found is None or found.standing is not links.Standing.OPEN:
        return await run_in_threadpool(_over, request, running, found, fault)
    if found.corrected or not found.files:
        return await run_in_threadpool(_told, request, running, found, token)
    return await run_in_threadpool(_sheet, request, running, found, now, token)


@router.get("/shared/{token}/current", include_in_schema=False)
async def current(request: Request, running: Running, now: Now, token: str) -> Response:
    """The edition in force, for a link that was made of one before."""
    found, fault = await _found(request, running, now, token)
    if fault is not None or found is None or found.standing is not links.Standing.OPEN:
        return await run_in_threadpool(_over, request, running, found, fault)
    if not found.files:
        return await run_in_threadpool(_told, request, running, found, token)
    return await run_in_threadpool(_sheet, request, running, found, now, token)


@router.get("/shared/{token}/sheet.{language}.pdf", include_in_schema=False)
async def pdf(request: Request, running: Running, now: Now, token: str, language: str) -> Response:
    """The PDF of the edition in force."""
    found, fault = await _found(request, running, now, token)
    document = None
    if fault is None and found is not None and found.standing is links.Standing.OPEN:
        document = next((one for one in found.files if one.sheet.language == language), None)
    if found is None or document is None:
        return await run_in_threadpool(_over, request, running, found, fault)
    return await run_in_threadpool(_file, request, running, found, document, now)


async def _found(
    request: Request, running: Services, now: Now, token: str
) -> tuple[Opened | None, TooManyLinks | None]:
    """None for no link: with the fault where too many such came from there. The limiter is of the event loop alone."""
    found = await run_in_threadpool(_opened, running, token[:LONGEST], now)
    if found is not None:
        return found, None
    wrong = running.of(Reception).wrong_links
    place = place_of(client_address(request.scope, running.settings))
    if wait := wrong.wait(place, now.timestamp()):
        return None, TooManyLinks(seconds=wait)
    wrong.count(place, now.timestamp())
    return None, None


def _opened(running: Services, token: str, now: Now) -> Opened | None:
    with running.database.reading.begin() as session:
        found = links.followed(session, token, now)
        if found is None:
            return None
        in_force = _in_force(session, found.release)
        return Opened(
            link=HeldLink(id=found.link.id, purpose=found.link.purpose, expires_at=found.link.expires_at),
            standing=found.standing,
            area_code=sector_code(found.area.code, found.link.sector),
            area=_called(session, found),
            survey=Text(found.survey.title_zh, found.survey.title_en),
            wave=Text(found.wave.name_zh, found.wave.name_en),
            number=in_force.number,
            made_of=found.release.number,
            reason=in_force.correction_reason or "",
            files=tuple(
                _kept(one) for one in queries.documents_of(session, in_force, found.area.id, found.link.sector)
            ),
        )


def _called(session: Session, found: links.Followed) -> Text:
    if found.link.sector:
        return name_of(found.area, found.link.sector, sectors_asked(session, found.wave))
    return Text(found.area.name_zh, found.area.name_en or found.area.name_zh)


def _kept(document: ReleaseDocument) -> File:
    return File(
        sheet=sheet_of(document),
        name=document.file_name,
        sha256=document.blob_sha256,
        pages=document.pages,
    )


def _in_force(session: Session, release: Release) -> Release:
    found = queries.newest(session, release.survey_id, release.wave_id)
    assert found is not None
    return found


def _sheet(request: Request, running: Services, found: Opened, now: Now, token: str) -> Response:
    spoken = language_of(request)
    sheet = next((one.sheet for one in found.files if one.sheet.language == spoken), found.files[0].sheet)
    openings.note_by_link(running, found.link, sheet, Taken.PAGE, openings.opened_with(request), now)
    place = "survey_service.releases.sheet_page:sheet"
    made = computed(running, place, sheet.survey_id, sheet.release_id, found.area_code, sheet.language)
    context: dict[str, Any] = {
        "token": token,
        "found": found,
        "files": [(one.sheet.language, one.pages) for one in found.files],
        **sheet_page.drawn_with(made),
    }
    return _page(request, running, "staff/receiving/shared-sheet.html", context)


def _file(request: Request, running: Services, found: Opened, file: File, now: Now) -> Response:
    openings.note_by_link(running, found.link, file.sheet, Taken.PDF, openings.opened_with(request), now)
    content = files_of(running.settings, running.database).get(file.sha256)
    shown = content_disposition("inline", file.name, plainly=f"{found.area_code}.{file.sheet.language}.pdf")
    return Response(content, media_type="application/pdf", headers={"Content-Disposition": shown, **UNSEEN})


def _told(request: Request, running: Services, found: Opened, token: str) -> Response:
    """Of a link whose edition was corrected, or whose new edition has no sheets yet."""
    return _page(request, running, "staff/receiving/shared-told.html", {"token": token, "found": found})


def _over(request: Request, running: Services, found: Opened | None, fault: TooManyLinks | None) -> Response:
    standing = "" if found is None else found.standing.value
    context = {"standing": standing, "link": None if found is None else found.link, "fault": fault}
    status = fault.status if fault else 404 if found is None or standing == "open" else 410
    return _page(request, running, "staff/receiving/shared-over.html", context, status=status)


def _page(
    request: Request, running: Services, template: str, context: dict[str, Any], *, status: int = 200
) -> Response:
    answer = staff_page(request, running, None, template, context, status=status)
    answer.headers.update(UNSEEN)
    return answer
