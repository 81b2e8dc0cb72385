"""已提交: shown in reply to a post that holds the receipt code, and by no address.

An address goes where nobody means it to go: into the history of a shared phone, into chats, into screenshots. Whoever
opens ``/a/CODE/receipt`` is led to the field where a receipt code is typed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from survey_service.collection import replies, wrong_receipts
from survey_service.collection.errors import UnknownReceipt
from survey_service.collection.opened_by_code import open_by_code, submitted_at
from survey_service.collection.page_formats import moment
from survey_service.collection.posted_answers import Display, PostedFields, client_id_of, read_fields
from survey_service.collection.resident_pages import NEVER_KEPT, html, render
from survey_service.collection.resident_threads import aside
from survey_service.contacts import offer
from survey_service.dependencies import Now, Running
from survey_service.errors import DomainError
from survey_service.services import Services

router = APIRouter()


@router.get("/a/{code}/receipt", include_in_schema=False)
def receipt_address() -> Response:
    """Whatever a browser kept of the page that said 已提交: it shows nothing by itself."""
    return RedirectResponse("/receipt", 303, {"Cache-Control": NEVER_KEPT})


@router.post("/a/{code}/receipt", include_in_schema=False)
async def receipt_page(code: str, request: Request, running: Running, now: Now) -> Response:
    """Shown again as often as it is posted; nothing is written."""
    return await by_receipt(
        request, running, now, lambda fields: receipt_view(running, code, fields.display, client_id_of(fields))
    )


async def by_receipt(
    request: Request, running: Services, now: datetime, answer: Callable[[PostedFields], Response]
) -> Response:
    """What a posted receipt is answered with, on a thread of residents; a refusal in the language of the form."""
    body = await request.body()
    display = Display()
    try:
        fields = read_fields(body, request.headers.get("content-type", ""))
        display = fields.display
        return await aside(lambda: answer(fields))
    except UnknownReceipt as unknown:
        error: DomainError = wrong_receipts.told(request, running, now, unknown)
    except DomainError as found:
        error = found
    return replies.refused(request, error, display, city=running.settings.city_in(display.language))


def receipt_view(running: Services, code: str, display: Display, client_id: str | None) -> Response:
    """The page for ``display.receipt``; UnknownReceipt unless its answers came by this very code, Withdrawn where they
    were deleted since. ``client_id`` lets the phone remove the draft of these answers and no other."""
    with running.database.reading.begin() as session:
        opened = open_by_code(session, code)
        at = submitted_at(session, opened.code, display.receipt)
        contact = offer.offer(session, running, opened.code.survey_id, opened.code.wave_id, display.receipt)
    look, zone = replies.look_of(display, opened.questionnaire), running.settings.zone
    language = look.language
    context = {
        "city": opened.occasion.city.in_language(language),
        "occasion": opened.occasion,
        "questionnaire": opened.questionnaire,
        "receipt": display.receipt,
        "client_id": client_id or "",
        "moment": moment(at, zone, language),
        "code": code,
        "contact": contact,
        "contact_until": moment(contact.until, zone, language) if contact else "",
    }
    return html(render("receipt.html", look, context))
