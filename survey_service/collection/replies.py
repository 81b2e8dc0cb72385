"""What a resident's browser is sent back, as a page or, where its script asks, as a line of JSON."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from fastapi.responses import JSONResponse, RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.answers import Checked
from questionnaires.text import Text
from survey_service.collection.errors import (
    AlreadyAnswered,
    ContentConflict,
    RevokedCode,
    TooManyFromHere,
    TooManyLookups,
    UnknownCode,
    WaveClosed,
    Withdrawn,
)
from survey_service.collection.form import Display, Posted
from survey_service.collection.visit import Asked
from survey_service.errors import BadInput, DomainError, TooBusy
from survey_service.ids import new_id
from survey_service.web.failures import error_body
from survey_service.web.resident_pages import (
    NEVER_KEPT,
    Look,
    answered_questions,
    contradictions,
    faulty_questions,
    form_context,
    html,
    render,
)
from survey_service.web.resident_steps import screens

HEADINGS: Mapping[type[DomainError], Text] = {
    UnknownCode: Text("打不开问卷", "No questionnaire here"),
    RevokedCode: Text("二维码换过了", "The QR code was replaced"),
    AlreadyAnswered: Text("已经提交过了", "Already submitted"),
    WaveClosed: Text("现在不收答卷", "Not taking answers now"),
    ContentConflict: Text("这一份没有计入", "These answers were not counted"),
    Withdrawn: Text("答卷已删除", "These answers were deleted"),
}
NOT_STORED = Text("没有提交", "Not submitted")
NOT_THESE = Text("您刚才答的这一份没有提交。", " The answers that you just gave were not submitted.")
# What was answered by this code is stored: nothing is left to be sent again.
SETTLED = (AlreadyAnswered, ContentConflict, Withdrawn)


def wants_json(request: Request) -> bool:
    return request.headers.get("accept", "").startswith("application/json")


def turned_away() -> Response:
    """To a script, before its answers are read: they stay on the phone, and it comes back by itself."""
    headers = {"Retry-After": str(_seconds_to_wait()), "Cache-Control": NEVER_KEPT}
    return JSONResponse(error_body(TooBusy()), TooBusy.status, headers)


def look_of(display: Display) -> Look:
    return Look(language=display.language, large=display.large, order=display.order, receipt=display.receipt)


def refused(
    request: Request, error: DomainError, display: Display, *, city: str, contact: Text | None = None
) -> Response:
    """A plain page that says what to do."""
    headers = {"Cache-Control": NEVER_KEPT}
    if isinstance(error, TooBusy):
        headers["Retry-After"] = str(_seconds_to_wait())
    elif isinstance(error, TooManyLookups):
        headers["Retry-After"] = str(error.seconds)
    if wants_json(request):
        return JSONResponse(error_body(error), error.status, headers)
    # Whoever answered while the wave closed is told of these answers, not only of the wave.
    too_late = isinstance(error, WaveClosed) and request.method == "POST" and request.url.path.startswith("/a/")
    heading = NOT_STORED if too_late else HEADINGS.get(type(error), NOT_STORED)
    context = {
        "city": city,
        "heading": heading.in_language(display.language),
        "message": error.in_language(display.language) + (NOT_THESE.in_language(display.language) if too_late else ""),
        "contact": contact,
        "settled": isinstance(error, SETTLED),
        "lookup": isinstance(error, (AlreadyAnswered, WaveClosed)),
        "closed": isinstance(error, WaveClosed),
        "receipt": error.receipt if isinstance(error, ContentConflict) else None,
    }
    return html(render("plain.html", look_of(display), context), status=error.status, headers=headers)


def form_again(visit: Asked, posted: Posted) -> Response:
    """The questionnaire with what was answered so far; nothing is written."""
    look = look_of(posted.display)
    context = _with_answers(visit, posted, look)
    return html(render("form.html", look, context))


def check_page(visit: Asked, posted: Posted, checked: Checked) -> Response:
    """请核对. Here a browser without a script gets the id that makes a repeated post the same one."""
    look = look_of(posted.display)
    context = _with_answers(visit, posted, look) | {
        "client_id": posted.client_id or new_id().hex,
        "lines": answered_questions(checked, screens(visit.questionnaire, 0), look.language),
        "doubts": contradictions(checked, visit.questionnaire, look.language),
    }
    return html(render("check.html", look, context))


def faults_page(request: Request, visit: Asked, posted: Posted, checked: Checked) -> Response:
    if wants_json(request):
        return JSONResponse(error_body(BadInput()), BadInput.status, {"Cache-Control": NEVER_KEPT})
    look = look_of(posted.display)
    faulty = faulty_questions(checked, visit.questionnaire, look.language)
    shown = {variable for one in faulty for variable in one.question.variables()}
    # Whoever came without a script sees the check page once more; a script's answers go straight on.
    action = "submit" if posted.client_id and posted.page != "check" else "check"
    context = _with_answers(visit, posted, look) | {"faulty": faulty, "shown": shown, "action": action}
    return html(render("faults.html", look, context), status=200 if posted.tool else 422)


def unsent_page(
    request: Request, visit: Asked, posted: Posted, why: TooBusy | TooManyFromHere | None = None
) -> Response:
    """未提交，请勿关闭: every answer is in the page, and the button sends the same id again."""
    why = why or TooBusy()
    seconds = _seconds_to_wait() + (why.seconds if isinstance(why, TooManyFromHere) else 0)
    headers = {"Retry-After": str(seconds), "Cache-Control": NEVER_KEPT}
    if wants_json(request):
        return JSONResponse(error_body(why), why.status, headers)
    look = look_of(posted.display)
    context = _with_answers(visit, posted, look) | {"seconds": seconds}
    return html(render("unsent.html", look, context), status=why.status, headers=headers)


def receipt_reply(request: Request, code: str, receipt: str, display: Display) -> Response:
    return go_on(request, f"/a/{code}/receipt/{receipt}", display)


def go_on(request: Request, address: str, display: Display) -> Response:
    """To a page that may be reloaded without doing anything again."""
    address += ("&" if "?" in address else "?") + display.query.removeprefix("?") if display.query else ""
    headers = {"Cache-Control": NEVER_KEPT}
    if wants_json(request):
        return JSONResponse({"address": address}, 200, headers)
    return RedirectResponse(address, 303, headers)


def _with_answers(visit: Asked, posted: Posted, look: Look) -> dict[str, Any]:
    return form_context(visit.occasion, visit.questionnaire, look) | {
        "given": posted.given,
        "client_id": posted.client_id or "",
    }


def _seconds_to_wait() -> int:
    # Spread out: those who were turned away together must not come back together.
    return random.randint(3, 12)  # noqa: S311 -- jitter
