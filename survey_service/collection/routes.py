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

from questionnaires.answers import Checked, Policy
from questionnaires.languages import USUAL, well_formed
from survey_service.audit.chain import RESIDENT
from survey_service.captures.errors import ContentConflict
from survey_service.captures.incoming import IncomingCapture, Outcome
from survey_service.collection import replies, sent_files
from survey_service.collection.arriving_capture import ArrivingCapture
from survey_service.collection.drawn_blocks import drawn_as_posted, drawn_for_page
from survey_service.collection.errors import NothingAnswered, TooManyFromHere
from survey_service.collection.limiter import RateLimiter
from survey_service.collection.opened_by_code import OpenedByCode
from survey_service.collection.posted_answers import Display, PostedAnswers, read_form
from survey_service.collection.quality_marks import marks_of
from survey_service.collection.receipt_page import receipt_view
from survey_service.collection.reception import Reception
from survey_service.collection.resident_pages import Look, empty_form, language_asked, languages_of, page_at_hand
from survey_service.collection.resident_steps import ORDERS, shuffles
from survey_service.collection.resident_threads import aside
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


def display_of(request: Request) -> Display:
    asked = request.query_params
    return Display(language=language_asked(asked.get("lang")), large=asked.get("text") == "large")


def _first_display(request: Request, opened: OpenedByCode) -> Display:
    """A phone that is set to a language beyond Chinese and English opens in it, where the questionnaire has it.

    Not in English: very many phones in China carry an English setting that nobody chose.
    """
    display, languages = display_of(request), languages_of(opened.questionnaire)
    if "lang" in request.query_params or languages == USUAL:
        return display
    first = request.headers.get("accept-language", "")[:64].partition(",")[0].partition(";")[0].strip()
    primary = first.partition("-")[0].lower()
    fitting = (tag for tag in languages if tag not in USUAL and tag in (well_formed(first), primary))
    return replace(display, language=next(fitting, display.language))


@router.get("/a/{code}", include_in_schema=False)
async def resident_page(code: str, request: Request, running: Running, reading: Reading, now: Now) -> Response:
    """Asynchronous: a page of an open code that was opened a moment ago needs no thread and no database."""
    remembered = running.of(Reception).remembered
    opened = remembered.get(code)
    if opened is not None and not opened.questionnaire.draws:
        look = _arranged(opened, request)
        if page_at_hand(opened.occasion, look):
            return _page(lambda: opened, look, request, running, now)
    return await aside(lambda: _page(lambda: remembered.look_up(reading, code), None, request, running, now))


def _arranged(opened: OpenedByCode, request: Request) -> Look:
    """One of the arrangements by chance, but for whoever has begun: a draft asks for its own, and a reload for the one
    that the browser has."""
    display = replace(_first_display(request, opened), draw=opened.sealed_draw)
    if not shuffles(opened.questionnaire):
        return replies.look_of(replace(display, order=0), opened.questionnaire)
    held = _KEPT_ORDER.search(request.headers.get("if-none-match", ""))
    asked = request.query_params.get("order") or (held.group(1) if held else "")
    known = asked in map(str, range(ORDERS))
    order = int(asked) if known else random.randrange(ORDERS)  # noqa: S311 -- an arrangement
    return replies.look_of(replace(display, order=order), opened.questionnaire)


def _page(
    opening: Callable[[], OpenedByCode], look: Look | None, request: Request, running: Services, now: Now
) -> Response:
    display, contact = display_of(request), None
    city = running.settings.city_in(display.language)
    try:
        opened = opening()
        contact = opened.questionnaire.notice.contact
        opened.refuse_if_over(now, running.settings.zone)
    except UnknownCode as error:
        return replies.wrong_code(running, error, display, request.path_params["code"])
    except DomainError as error:
        return replies.refused(request, error, display, city=city, contact=contact)
    opened = drawn_for_page(opened, request, running.keys)
    look = look or _arranged(opened, request)
    return empty_form(request, opened.occasion, opened.shown, look, opened.tickets)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """Answers that were found in order and want to be stored."""

    opened: OpenedByCode
    posted: PostedAnswers
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
    body, sent_as = await sent_files.posted(request, running, code, now)
    held = running.of(Reception)
    if replies.wants_json(request) and held.intake.refuses():
        return replies.turned_away()
    remembered = held.remembered
    opened = remembered.get(code)
    if opened is not None and len(body) <= SMALL_BODY:
        # Reading and judging take less than a thread's turn would.
        ready = _read(lambda: opened, body, sent_as, request, running, now)
    else:
        opening = partial(remembered.look_up, running.database.reading, code)
        ready = await aside(lambda: _read(opening, body, sent_as, request, running, now))
    if not isinstance(ready, _Ready):
        return await aside(ready)
    work = ArrivingCapture(incoming=ready.incoming, keys=running.keys, zone=running.settings.zone)
    contact = ready.opened.questionnaire.notice.contact
    try:
        crowd = _crowd(request, running, ready)
        if wait := crowd.wait(now.timestamp()):
            raise TooManyFromHere(seconds=wait)
        recorded = await held.intake.hand_in(work)
        if isinstance(recorded, ContentConflict):
            raise recorded
        if recorded.outcome is Outcome.STORED:
            crowd.count(now.timestamp())
    except (TooBusy, TooManyFromHere) as later:
        why = later  # the name of a handler ends with it
        return await aside(lambda: replies.unsent_page(request, ready.opened, ready.posted, why))
    except DomainError as error:
        city, refusal = running.settings.city_in(ready.posted.display.language), error
        mine = replies.Mine(ready.opened, ready.posted)
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

    rate: RateLimiter | None
    key: object

    def wait(self, at: float) -> int:
        return self.rate.wait(self.key, at) if self.rate else 0

    def count(self, at: float) -> None:
        if self.rate:
            self.rate.count(self.key, at)


def _crowd(request: Request, running: Services, ready: _Ready) -> _Crowd:
    rate = running.of(Reception).by_open_code
    if rate is None or ready.incoming.case_id is not None:
        return _Crowd(None, None)
    place = place_of(client_address(request.scope, running.settings))
    return _Crowd(rate, (ready.opened.code.code_id, place))


def _read(
    opening: Callable[[], OpenedByCode], body: bytes, sent_as: str, request: Request, running: Services, now: Now
) -> _Ready | Callable[[], Response]:
    """From bytes to answers that can be stored, or to what draws the page that says what is to be done first."""
    display, contact, mine = Display(), None, None
    try:
        opened = opening()
        contact = opened.questionnaire.notice.contact
        posted = read_form(body, sent_as, opened.questionnaire)
        opened = drawn_as_posted(opened, posted.display.draw, running.keys)
        display, mine = posted.display, replies.Mine(opened, posted)
        if posted.version and posted.version != opened.occasion.version_sha256[:16]:
            raise Conflict(
                zh="问卷换了新版，这一份没有提交。请重新扫码，再答一次。",
                en="The questionnaire was replaced and these answers were not submitted. Scan the code again.",
            )
        return _judge(opened, posted, request, running, now)
    except DomainError as error:
        city = running.settings.city_in(display.language)
        return partial(replies.refused, request, error, display, city=city, contact=contact, mine=mine)


def _judge(
    opened: OpenedByCode, posted: PostedAnswers, request: Request, running: Services, now: Now
) -> _Ready | Callable[[], Response]:
    zone = running.settings.zone
    if posted.action == "edit" or (posted.tool and posted.page == "form"):
        opened.refuse_if_over(now, zone)
        return partial(replies.form_again, opened, posted)
    if posted.action == "find":
        opened.refuse_if_over(now, zone)
        return partial(replies.found_page, opened, posted)
    raw, today = posted.raw_answers(opened.questionnaire), now.astimezone(zone).date()
    checked = opened.judged(raw, Policy.WEB, today=today)
    if again := replies.blocks_to_answer(request, opened, posted, checked):
        opened.refuse_if_over(now, zone)
        return again
    if not checked.accepted:
        opened.refuse_if_over(now, zone)
        return partial(replies.faults_page, request, opened, posted, checked)
    if not checked.answers:
        raise NothingAnswered
    posted = posted.only(checked.canonical)
    if posted.action == "check" or posted.client_id is None:
        opened.refuse_if_over(now, zone)
        return partial(replies.check_page, opened, posted, checked)
    # Not refused here, even when the wave is over: a repeated post whose receipt got lost is given it again.
    return _Ready(opened=opened, posted=posted, incoming=_incoming(opened, posted, checked, posted.client_id, now))


def _incoming(
    opened: OpenedByCode, posted: PostedAnswers, checked: Checked, client_id: str, now: Now
) -> IncomingCapture:
    display, interviewer = posted.display, opened.code.interviewer
    paradata: dict[str, object] = {"language": display.language, "large_text": display.large}
    if posted.seconds is not None:
        paradata["seconds"] = posted.seconds
    paradata |= marks_of(opened.questionnaire, checked, posted.seconds)
    if shuffles(opened.questionnaire):
        paradata["order"] = display.order
    return IncomingCapture(
        survey_id=opened.code.survey_id,
        wave_id=opened.code.wave_id,
        area_id=opened.code.area_id,
        case_id=opened.code.case_id,
        mode=opened.code.mode,
        source=Source.WEB if interviewer is None else Source.DEVICE,
        client_id=client_id,
        questionnaire_version_id=opened.version_id,
        checked=checked,
        state=ResponseState.COMPLETE,
        at=now,
        by=interviewer or RESIDENT,
        paradata=paradata,
        code_id=opened.code.code_id if interviewer is None else None,
    )
