"""The resident's pages. No cookie, no CSRF token: the code in the address is the authority."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.answers import Checked, Policy, check_answers
from survey_service.audit.chain import RESIDENT
from survey_service.collection import replies
from survey_service.collection.desk import AnswerDesk
from survey_service.collection.errors import ContentConflict, NothingAnswered, TooManyFromHere
from survey_service.collection.form import Display, Posted, read_form
from survey_service.collection.quality_marks import marks_of
from survey_service.collection.rates import Rate
from survey_service.collection.receipt_page import receipt_view
from survey_service.collection.resident_pages import Look, empty_form, page_at_hand
from survey_service.collection.resident_steps import ORDERS, shuffles
from survey_service.collection.resident_threads import aside
from survey_service.collection.service import IncomingCapture, Outcome
from survey_service.collection.submission import Submission
from survey_service.collection.visit import RememberedVisits, Visit
from survey_service.dependencies import Now, Reading, Running
from survey_service.errors import Conflict, DomainError, TooBusy
from survey_service.models import ResponseState, Source
from survey_service.services import Services
from survey_service.surveys.errors import UnknownCode
from survey_service.web.addresses import client_address, place_of

router = APIRouter()
SMALL_BODY = 16 * 1024  # bytes: a usual questionnaire with a wish; judged in well under a millisecond
# Of the page of an arrangement, as its tag ends: a phone that has it is shown the same one again.
_KEPT_ORDER = re.compile(r'"[0-9a-f]{20}-([0-9])\b')


def answer_desk(request: Request, running: Services) -> AnswerDesk:
    """One per application, made in its event loop."""
    state = request.app.state
    if getattr(state, "answer_desk", None) is None:
        state.answer_desk = AnswerDesk(running.writer)
    desk: AnswerDesk = state.answer_desk
    return desk


def display_of(request: Request) -> Display:
    asked = request.query_params
    return Display(language="en" if asked.get("lang") == "en" else "zh", large=asked.get("text") == "large")


def _remembered(request: Request) -> RememberedVisits:
    """One per application."""
    state = request.app.state
    if getattr(state, "visits", None) is None:
        state.visits = RememberedVisits()
    held: RememberedVisits = state.visits
    return held


@router.get("/a/{code}", include_in_schema=False)
async def resident_page(code: str, request: Request, running: Running, reading: Reading, now: Now) -> Response:
    """Asynchronous: a page of an open code that was opened a moment ago needs no thread and no database."""
    visits, display = _remembered(request), display_of(request)
    visit = visits.get(code)
    if visit is not None:
        look = _arranged(visit, display, request)
        if page_at_hand(visit.occasion, look):
            return _page(lambda: visit, look, request, running, now)
    return await aside(lambda: _page(lambda: visits.look_up(reading, code), None, request, running, now))


def _arranged(visit: Visit, display: Display, request: Request) -> Look:
    """One of the arrangements by chance, but for whoever has begun: a draft asks for its own, and a reload for the one
    that the browser has."""
    if not shuffles(visit.questionnaire):
        return replies.look_of(replace(display, order=0))
    held = _KEPT_ORDER.search(request.headers.get("if-none-match", ""))
    asked = request.query_params.get("order") or (held.group(1) if held else "")
    known = asked in map(str, range(ORDERS))
    order = int(asked) if known else random.randrange(ORDERS)  # noqa: S311 -- an arrangement
    return replies.look_of(replace(display, order=order))


def _page(opening: Callable[[], Visit], look: Look | None, request: Request, running: Services, now: Now) -> Response:
    display, contact = display_of(request), None
    city = running.settings.city_in(display.language)
    try:
        visit = opening()
        contact = visit.questionnaire.notice.contact
        visit.refuse_if_over(now, running.settings.zone)
    except UnknownCode as error:
        return replies.wrong_code(running, error, display, request.path_params["code"])
    except DomainError as error:
        return replies.refused(request, error, display, city=city, contact=contact)
    return empty_form(request, visit.occasion, visit.questionnaire, look or _arranged(visit, display, request))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """Answers that were found in order and want to be stored."""

    visit: Visit
    posted: Posted
    incoming: IncomingCapture


@router.post("/a/{code}", include_in_schema=False)
async def hand_in(request: Request) -> Response:
    """Asynchronous: however long the writer takes, no thread waits for it, and the person is answered in time.

    Of all routes this one takes what it needs by itself: working out what a signature asks for would cost an answer
    as much as judging it.
    """
    code: str = request.path_params["code"]
    running: Services = request.app.state.services
    now = running.clock()
    body = await request.body()
    if replies.wants_json(request) and answer_desk(request, running).refuses():
        return replies.turned_away()
    visits = _remembered(request)
    visit = visits.get(code)
    if visit is not None and len(body) <= SMALL_BODY:
        # Reading and judging take less than a thread's turn would.
        ready = _read(lambda: visit, body, request, running, now)
    else:
        opening = partial(visits.look_up, running.database.reading, code)
        ready = await aside(lambda: _read(opening, body, request, running, now))
    if not isinstance(ready, _Ready):
        return await aside(ready)
    work = Submission(incoming=ready.incoming, keys=running.keys, zone=running.settings.zone)
    contact = ready.visit.questionnaire.notice.contact
    try:
        crowd = _crowd(request, running, ready)
        if wait := crowd.wait(now.timestamp()):
            raise TooManyFromHere(seconds=wait)
        recorded = await answer_desk(request, running).hand_in(work)
        if isinstance(recorded, ContentConflict):
            raise recorded
        if recorded.outcome is Outcome.STORED:
            crowd.count(now.timestamp())
    except (TooBusy, TooManyFromHere) as later:
        why = later  # the name of a handler ends with it
        return await aside(lambda: replies.unsent_page(request, ready.visit, ready.posted, why))
    except DomainError as error:
        city, refusal = running.settings.city_in(ready.posted.display.language), error
        mine = replies.Mine(ready.visit, ready.posted)
        return await aside(
            lambda: replies.refused(request, refusal, ready.posted.display, city=city, contact=contact, mine=mine)
        )
    assert recorded.receipt is not None
    if replies.wants_json(request):
        return replies.stored(code, recorded.receipt)
    display = replace(ready.posted.display, receipt=recorded.receipt)
    return await aside(lambda: receipt_view(running, code, display, ready.posted.client_id))


@dataclass(frozen=True, slots=True)
class _Crowd:
    """How many answers one address has handed in by one open code; ``rate`` is None where nothing is limited.

    Only what was stored is counted: a page that is looked at, a fault, a retry cost no neighbour a place.
    """

    rate: Rate | None
    key: object

    def wait(self, at: float) -> int:
        return self.rate.wait(self.key, at) if self.rate else 0

    def count(self, at: float) -> None:
        if self.rate:
            self.rate.count(self.key, at)


def _crowd(request: Request, running: Services, ready: _Ready) -> _Crowd:
    most = running.settings.answers_per_minute
    if not most or ready.incoming.case_id is not None:
        return _Crowd(None, None)
    state = request.app.state
    if getattr(state, "answer_rate", None) is None:
        state.answer_rate = Rate(most, 60)
    place = place_of(client_address(request.scope, running.settings))
    return _Crowd(state.answer_rate, (ready.visit.code.code_id, place))


def _read(
    opening: Callable[[], Visit], body: bytes, request: Request, running: Services, now: Now
) -> _Ready | Callable[[], Response]:
    """From bytes to answers that can be stored, or to what draws the page that says what is to be done first."""
    display, contact, mine = Display(), None, None
    try:
        visit = opening()
        contact = visit.questionnaire.notice.contact
        posted = read_form(body, request.headers.get("content-type", ""), visit.questionnaire)
        display, mine = posted.display, replies.Mine(visit, posted)
        if posted.version and posted.version != visit.occasion.version_sha256[:16]:
            raise Conflict(
                zh="问卷换了新版，这一份没有提交。请重新扫码，再答一次。",
                en="The questionnaire was replaced and these answers were not submitted. Scan the code again.",
            )
        return _judge(visit, posted, request, running, now)
    except DomainError as error:
        city = running.settings.city_in(display.language)
        return partial(replies.refused, request, error, display, city=city, contact=contact, mine=mine)


def _judge(
    visit: Visit, posted: Posted, request: Request, running: Services, now: Now
) -> _Ready | Callable[[], Response]:
    zone = running.settings.zone
    if posted.action == "edit" or (posted.tool and posted.page == "form"):
        visit.refuse_if_over(now, zone)
        return partial(replies.form_again, visit, posted)
    checked = check_answers(visit.questionnaire, posted.raw_answers(visit.questionnaire), Policy.WEB)
    if not checked.accepted:
        visit.refuse_if_over(now, zone)
        return partial(replies.faults_page, request, visit, posted, checked)
    if not checked.canonical:
        raise NothingAnswered
    posted = posted.only(checked.canonical)
    if posted.action == "check" or posted.client_id is None:
        visit.refuse_if_over(now, zone)
        return partial(replies.check_page, visit, posted, checked)
    # Not refused here, even when the wave is over: a repeated post whose receipt got lost is given it again.
    return _Ready(visit=visit, posted=posted, incoming=_incoming(visit, posted, checked, posted.client_id, now))


def _incoming(visit: Visit, posted: Posted, checked: Checked, client_id: str, now: Now) -> IncomingCapture:
    display = posted.display
    paradata: dict[str, object] = {"language": display.language, "large_text": display.large}
    if posted.seconds is not None:
        paradata["seconds"] = posted.seconds
    paradata |= marks_of(visit.questionnaire, checked, posted.seconds)
    if shuffles(visit.questionnaire):
        paradata["order"] = display.order
    return IncomingCapture(
        survey_id=visit.code.survey_id,
        wave_id=visit.code.wave_id,
        area_id=visit.code.area_id,
        case_id=visit.code.case_id,
        mode=visit.code.mode,
        source=Source.WEB,
        client_id=client_id,
        questionnaire_version_id=visit.version_id,
        checked=checked,
        state=ResponseState.COMPLETE,
        at=now,
        by=RESIDENT,
        paradata=paradata,
        code_id=visit.code.code_id,
    )
