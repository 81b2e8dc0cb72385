"""``/receipt``: whoever holds a receipt code sees its answers, corrects them until the wave closes, or deletes them.

The code travels in the body of a post, never in an address: it stands in no log, no history and no referrer. Wrong
codes are slowed by place; a right one always passes, so that neighbours behind one address do not stand in each other's
way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.answers import Policy
from questionnaires.piping import words_of
from survey_service.audit.chain import RESIDENT
from survey_service.captures.erasure import erase_response
from survey_service.captures.errors import ContentConflict, WaveClosed
from survey_service.captures.further import correct
from survey_service.captures.incoming import IncomingCapture
from survey_service.collection import replies, wrong_receipts
from survey_service.collection.blocks_shown import blocks_shown
from survey_service.collection.errors import NothingAnswered, TooManyLookups, UnknownReceipt
from survey_service.collection.page_formats import moment
from survey_service.collection.phone_permissions import asked_of_phone
from survey_service.collection.posted_answers import Display, PostedAnswers, PostedFields, posted_form, read_fields
from survey_service.collection.reception import Reception
from survey_service.collection.resident_pages import answered_questions, form_context, html, render
from survey_service.collection.resident_steps import screens, shuffles
from survey_service.collection.resident_threads import aside
from survey_service.collection.response_by_receipt import ResponseByReceipt, open_by_receipt
from survey_service.collection.routes import display_of
from survey_service.contacts.store import ContactStore
from survey_service.dependencies import Now, Running
from survey_service.errors import BadInput, DomainError, TooBusy
from survey_service.ids import new_id
from survey_service.models import Ground, ResponseState, Source, WaveState
from survey_service.services import Services

DONE = frozenset({"corrected", "deleted"})

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """What is to be written, the page that says it was, and the one that says it was not yet."""

    work: Callable[[Session], Any]
    done: str
    display: Display
    unsent: Callable[[TooBusy], Response]


@router.get("/receipt", include_in_schema=False)
def receipt_form(request: Request, running: Running) -> Response:
    done = request.query_params.get("done", "")
    return _lookup(display_of(request), running, done=done if done in DONE else "")


@router.post("/receipt", include_in_schema=False)
async def receipt_step(request: Request, running: Running, now: Now) -> Response:
    body = await request.body()
    display = Display()
    try:
        fields = read_fields(body, request.headers.get("content-type", ""))
        display = fields.display
        step = await aside(lambda: _step(fields, request, running, now))
        if isinstance(step, Response):
            return step
        try:
            outcome = await running.of(Reception).intake.hand_in(step.work)
        except TooBusy as busy:
            return step.unsent(busy)
        if isinstance(outcome, ContentConflict):
            raise outcome
        return replies.go_on(request, f"/receipt?done={step.done}", step.display)
    except UnknownReceipt as unknown:
        return _lookup(display, running, error=wrong_receipts.told(request, running, now, unknown))
    except DomainError as error:
        return replies.refused(request, error, display, city=running.settings.city_in(display.language))


def _lookup(display: Display, running: Services, *, done: str = "", error: DomainError | None = None) -> Response:
    context = {
        "city": running.settings.city_in(display.language),
        "done": done,
        "message": error.in_language(display.language) if error else "",
    }
    headers = {"Retry-After": str(error.seconds)} if isinstance(error, TooManyLookups) else {}
    page = render("lookup.html", replies.look_of(display), context)
    return html(page, status=error.status if error else 200, headers=headers)


def _step(fields: PostedFields, request: Request, running: Services, now: Now) -> _Change | Response:
    with running.database.reading.begin() as session:
        answered = open_by_receipt(session, fields.display.receipt)
    page = fields.own.get("_page")
    if fields.action == "look" or (fields.tool and page == "kept"):
        return _show(answered, fields.display, running, now)
    if fields.action == "delete" or (fields.tool and page == "erase"):
        return _ask_before_erasing(answered, fields.display, running)
    if fields.action == "erase":
        return _erase(answered, fields.display, request, running, now)
    answered.refuse_if_closed(now, running.settings.zone)
    if fields.action == "correct":
        return _form(answered, fields.display)
    return _correct(answered, posted_form(fields, answered.questionnaire), request, running, now)


def _context(answered: ResponseByReceipt, display: Display, running: Services) -> dict[str, Any]:
    look = replies.look_of(display, answered.questionnaire)
    checked = answered.judged(answered.answers, Policy.IMPORT)
    context = form_context(answered.occasion, answered.shown, look, answered.tickets)
    context["fills"] |= words_of(answered.questionnaire, checked, look.language)
    return context | {
        "lines": answered_questions(checked, screens(answered.shown, 0), look.language),
        "moment": moment(answered.submitted_at, running.settings.zone, look.language),
        "of_case": answered.case_id is not None,
        "released": answered.state is WaveState.RELEASED,
    }


def _show(answered: ResponseByReceipt, display: Display, running: Services, now: Now) -> Response:
    closed = ""
    try:
        answered.refuse_if_closed(now, running.settings.zone)
    except WaveClosed as over:
        closed = over.in_language(display.language)
    context = _context(answered, display, running) | {"closed": closed}
    return html(render("response.html", replies.look_of(display, answered.questionnaire), context))


def _ask_before_erasing(answered: ResponseByReceipt, display: Display, running: Services) -> Response:
    look = replies.look_of(display, answered.questionnaire)
    return html(render("erase.html", look, _context(answered, display, running)))


def _form(answered: ResponseByReceipt, display: Display) -> Response:
    """The questionnaire with the stored answers in it, and an id for what will be posted."""
    look = replies.look_of(replace(display, order=answered.order), answered.questionnaire)
    filled = {"given": answered.as_typed(), "client_id": new_id().hex}
    context = form_context(answered.occasion, answered.shown, look, answered.tickets)
    if context["filling"] or answered.tickets:
        checked = answered.judged(answered.answers, Policy.IMPORT)
        context["blocks"] = blocks_shown(answered.shown, checked)
        context["fills"] |= words_of(answered.questionnaire, checked, look.language)
    return html(render("form.html", look, context | filled), headers=asked_of_phone(answered.questionnaire))


def _erase(answered: ResponseByReceipt, display: Display, request: Request, running: Services, now: Now) -> _Change:
    def work(session: Session) -> None:
        # First what is worse to keep; a deletion that is then not committed is asked for again.
        ContactStore(running.settings).forget(answered.survey_id, display.receipt)
        erase_response(session, answered.survey_id, answered.response_id, ground=Ground.RECEIPT, at=now, by=RESIDENT)

    busy = TooBusy(
        zh="现在提交的人很多，还没有删除。请稍等片刻，返回上一页再删一次。",
        en="Many people are submitting now; nothing is deleted yet. Wait a moment, go back and delete again.",
    )
    city = running.settings.city_in(display.language)
    return _Change(
        work=work,
        done="deleted",
        display=display,
        unsent=lambda _: replies.refused(request, busy, display, city=city),
    )


def _paradata(answered: ResponseByReceipt, display: Display) -> dict[str, object]:
    shown: dict[str, object] = {"language": display.language, "large_text": display.large}
    return shown | ({"order": display.order} if shuffles(answered.questionnaire) else {})


def _correct(
    answered: ResponseByReceipt, posted: PostedAnswers, request: Request, running: Services, now: Now
) -> _Change | Response:
    if posted.action == "edit" or (posted.tool and posted.page == "form"):
        return replies.form_again(answered, posted)
    if posted.action == "find":
        return replies.found_page(answered, posted)
    if posted.version != answered.occasion.version_sha256[:16]:
        raise BadInput
    raw, today = posted.raw_answers(answered.questionnaire), now.astimezone(running.settings.zone).date()
    checked = answered.judged(raw, Policy.WEB, today=today)
    if again := replies.blocks_to_answer(request, answered, posted, checked):
        return again()
    if not checked.accepted:
        return replies.faults_page(request, answered, posted, checked)
    if not checked.answers:
        raise NothingAnswered
    posted = posted.only(checked.canonical)
    if posted.action == "check" or posted.client_id is None:
        return replies.check_page(answered, posted, checked)
    incoming = IncomingCapture(
        survey_id=answered.survey_id,
        wave_id=answered.wave_id,
        area_id=answered.area_id,
        case_id=answered.case_id,
        mode=answered.mode,
        source=Source.CORRECTION,
        client_id=posted.client_id,
        questionnaire_version_id=answered.version_id,
        checked=checked,
        state=ResponseState.COMPLETE,
        at=now,
        by=RESIDENT,
        paradata=_paradata(answered, posted.display),
    )
    return _Change(
        work=partial(
            correct,
            incoming=incoming,
            response_id=answered.response_id,
            keys=running.keys,
            zone=running.settings.zone,
        ),
        done="corrected",
        display=posted.display,
        unsent=lambda busy: replies.unsent_page(request, answered, posted, busy),
    )
