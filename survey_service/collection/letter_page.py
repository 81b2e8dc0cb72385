"""``/letter``: what people ask about a letter, for residents and for whoever answers the hotline; and whether a letter
is genuine, by what is printed on it."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.languages import USUAL
from survey_service.accounts import rights
from survey_service.accounts.permissions import Manager
from survey_service.collection import replies, resident_pages
from survey_service.collection.posted_answers import Display, read_fields
from survey_service.collection.reception import Reception
from survey_service.collection.resident_pages import Look
from survey_service.collection.resident_threads import aside
from survey_service.collection.routes import display_of
from survey_service.dependencies import Now, Reading, Running
from survey_service.errors import DomainError, NotFound, TooBusy
from survey_service.models import Area, TriedAs
from survey_service.services import Services
from survey_service.surveys import genuine, hotline, short_code, typed_tries
from survey_service.surveys.access import find_wave, refuse_unless
from survey_service.surveys.errors import NotLookedUp, TypingOver, TypingPaused

router = APIRouter()


@router.get("/letter", include_in_schema=False)
def about_letters(request: Request, running: Running, reading: Reading) -> Response:
    with reading.begin() as session:
        return _page(running, session, display_of(request))


@router.get("/letter/{survey_key}/{wave_key}", include_in_schema=False)
def about_a_wave(request: Request, running: Running, reading: Reading, survey_key: str, wave_key: str) -> Response:
    display = display_of(request)
    try:
        with reading.begin() as session:
            return _page(running, session, display, of=(survey_key, wave_key))
    except NotFound as error:
        return replies.refused(request, error, display, city=running.settings.city_in(display.language))


@router.post("/letter", include_in_schema=False)
async def is_it_genuine(request: Request, running: Running, now: Now) -> Response:
    body = await request.body()
    display, typed = Display(), ""
    error: DomainError | None = None
    found: bool | None = None
    try:
        fields = read_fields(body, request.headers.get("content-type", ""))
        display, typed = fields.display, dict(fields.pairs).get("number", "")
        if typed.strip():
            found = await _asked(running, typed, now)
    except (TypingPaused, TypingOver):
        error = NotLookedUp()
    except DomainError as refused:
        error = refused

    def made() -> Response:
        with running.database.reading.begin() as session:
            return _page(running, session, display, typed=typed, found=found, error=error)

    return await aside(made)


@router.get("/surveys/{survey_key}/waves/{wave_key}/invitations/hotline")
def for_the_hotline(
    request: Request, running: Running, reading: Reading, person: Manager, survey_key: str, wave_key: str
) -> Response:
    """The same page for its manager, in any state of the wave, with what is still to be filled in."""
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        city = session.get_one(Area, survey.city_id)
        shown = hotline.about(session, survey, wave, city, running.settings.public_url)
        return letter_page(running, look_of(display_of(request)), shown, waves=[shown], gaps=True)


async def _asked(running: Services, typed: str, now: Now) -> bool:
    """Whether a letter of an open wave bears it. A no is counted before anybody hears of it."""
    intake = running.of(Reception).intake
    if intake.refuses():
        raise TooBusy
    code, number = short_code.as_read(typed), genuine.number_as_read(typed)
    kinds = [TriedAs.CASE_NUMBER, *([TriedAs.SHORT_CODE] if short_code.fits(code) else [])]

    def look() -> bool:
        with running.database.reading.begin() as session:
            for kind in kinds:
                typed_tries.refuse_if_paused(session, kind, now)
            if TriedAs.SHORT_CODE in kinds:
                typed_tries.refuse_if_used_up(session)
            # Both are looked for, whichever is found: a yes takes as long as a no.
            asked = genuine.by_number(session, number), genuine.by_short_code(session, code, keys=running.keys)
            return any(asked)

    found = await aside(look)
    for kind in () if found else kinds:
        await intake.hand_in(typed_tries.wrong(kind, now))
    return found


def _page(
    running: Services,
    session: Session,
    display: Display,
    *,
    of: tuple[str, str] | None = None,
    typed: str = "",
    found: bool | None = None,
    error: DomainError | None = None,
) -> Response:
    """``of``: the wave whose answers are shown; NotFound where it is not open. Without it, the only one that is."""
    waves = hotline.open_waves(session, running.settings.public_url)
    shown = next((one for one in waves if of == (one.survey_key, one.wave_key)), None)
    if of and shown is None:
        raise NotFound
    if not of and len(waves) == 1:
        shown = waves[0]
    return letter_page(running, look_of(display), shown, waves=waves, typed=typed, found=found, error=error)


def look_of(display: Display) -> Look:
    """What is told here is there in two languages."""
    language = display.language if display.language in USUAL else "zh"
    return Look(language=language, large=display.large, languages=USUAL)


def letter_page(
    running: Services,
    look: Look,
    shown: hotline.AskedAbout | None,
    *,
    waves: list[hotline.AskedAbout],
    typed: str = "",
    found: bool | None = None,
    error: DomainError | None = None,
    gaps: bool = False,
) -> Response:
    """``gaps``: for staff, with what is still to be filled in."""
    context = {
        "city": running.settings.city_in(look.language),
        "hotline": running.settings.hotline,
        "waves": waves,
        "shown": shown,
        "answers": hotline.answers(shown) if shown else [],
        "place": hotline.place_of(running.settings.public_url),
        "typed": typed[: resident_pages.LONGEST_TYPED],
        "found": found,
        "fault": error.in_language(look.language) if error else "",
        "gaps": gaps,
    }
    status = error.status if error else 200
    return resident_pages.html(resident_pages.render("letter.html", look, context), status=status)
