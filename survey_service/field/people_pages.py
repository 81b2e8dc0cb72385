"""Who goes where: interviewers with what they have and what came of it; cases given by community, grid or number."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, require
from survey_service.accounts.staff_pages import Asking, go
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, Conflict, DomainError, NotFound
from survey_service.field import case_pages, door_queries, noting, pages, queries
from survey_service.field.case_query import Asked
from survey_service.field.errors import NoInterviewer, NoneChosen, NoSuchTie
from survey_service.fieldwork import assignments, own_staff
from survey_service.fieldwork.words import WORKS_FOR
from survey_service.models import Account, Area, Survey, Wave, WorksFor
from survey_service.surveys import queries as surveys
from survey_service.surveys.access import find_wave, may, refuse_unless
from survey_service.web import posted_forms
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/surveys/{survey_key}/waves/{wave_key}/field")
Assigner = Annotated[Person, Depends(require(*rights.ASSIGN_CASES))]


@router.get("/people")
def people_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Assigner,
    survey_key: str,
    wave_key: str,
    given: int | None = None,
    left: int | None = None,
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key, rights.ASSIGN_CASES)
        return _page(Asking(request, running, person), session, survey, wave, given=given, left=left)


@router.post("/people")
def give_out(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Assigner,
    now: Now,
    posted: Posted,
    survey_key: str,
    wave_key: str,
) -> Response:
    """Cases of the chosen communities that nobody has go to the chosen people, grid by grid, as evenly as can be."""
    try:
        with writing.begin() as session:
            survey, wave = find_wave(session, person, survey_key, wave_key, rights.ASSIGN_CASES)
            noting.refuse_unless_noted(wave)
            ticked = set(posted_forms.texts(posted, "who"))
            chosen = [one for one in queries.interviewers(session, survey) if str(one.id) in ticked]
            if not chosen:
                raise NoInterviewer
            codes = set(posted_forms.texts(posted, "area"))
            areas = surveys.communities(session, survey, wave, person.visible(*rights.ASSIGN_CASES))
            places = assignments.unassigned(
                session, survey.id, wave.id, [area.id for area in areas if area.code in codes]
            )
            if not places:
                raise NoneChosen
            loads = {account_id: load.cases for account_id, load in door_queries.loads(session, wave).items()}
            ids = [one.id for one in chosen]
            barred = own_staff.barred_places(session, survey.id, wave.id, ids)
            cases = assignments.balanced(places, ids, loads, barred)
            given = assignments.assign(session, survey.id, wave.id, cases, at=now, by=person.actor)
    except (BadInput, Conflict) as fault:
        with reading.begin() as session:
            survey, wave = find_wave(session, person, survey_key, wave_key, rights.ASSIGN_CASES)
            return _page(Asking(request, running, person), session, survey, wave, fault=fault)
    left = f"&left={len(places) - len(cases)}" if len(cases) < len(places) else ""
    return go(f"/surveys/{survey_key}/waves/{wave_key}/field/people?given={given}{left}")


@router.post("/people/own-staff")
def bar_own_staff(
    writing: Writing, person: Assigner, now: Now, posted: Posted, survey_key: str, wave_key: str
) -> Response:
    """Whether a community's own staff may be given its cases; for the manager of the whole survey."""
    with writing.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        noting.refuse_unless_noted(wave)
        own_staff.bar(session, wave, barred=posted_forms.text(posted, "bar") == "yes", at=now, by=person.actor)
    return go(f"/surveys/{survey_key}/waves/{wave_key}/field/people")


@router.get("/people/{account_id}")
def tie_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Assigner,
    survey_key: str,
    wave_key: str,
    account_id: UUID,
) -> Response:
    """Whose an interviewer is."""
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key, rights.ASSIGN_CASES)
        return _tie_page(Asking(request, running, person), session, survey, wave, account_id)


@router.post("/people/{account_id}")
def say_tie(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Assigner,
    now: Now,
    posted: Posted,
    survey_key: str,
    wave_key: str,
    account_id: UUID,
) -> Response:
    try:
        with writing.begin() as session:
            survey, wave = find_wave(session, person, survey_key, wave_key, rights.ASSIGN_CASES)
            _interviewer(session, survey, account_id)
            own_staff.say(session, survey.id, account_id, _tie(session, survey, posted), at=now, by=person.actor)
    except BadInput as fault:
        with reading.begin() as session:
            survey, wave = find_wave(session, person, survey_key, wave_key, rights.ASSIGN_CASES)
            asking = Asking(request, running, person)
            return _tie_page(asking, session, survey, wave, account_id, posted=posted, fault=fault)
    return go(f"/surveys/{survey_key}/waves/{wave_key}/field/people")


def _interviewer(session: Session, survey: Survey, account_id: UUID) -> Account:
    found = next((one for one in queries.interviewers(session, survey) if one.id == account_id), None)
    if found is None:
        raise NotFound
    return found


def _tie(session: Session, survey: Survey, posted: Posted) -> tuple[WorksFor | None, UUID | None]:
    """NoSuchTie where somebody works for a community or a street and it was not said for which."""
    said = posted_forms.text(posted, "works_for")
    works_for = next((one for one in WorksFor if one == said), None)
    if works_for not in queries.TIES:
        return works_for, None
    code = posted_forms.text(posted, "area")
    area = next((one for one in queries.tie_areas(session, survey)[works_for] if one.code == code), None)
    if area is None:
        raise NoSuchTie
    return works_for, area.id


def _tie_page(
    asking: Asking,
    session: Session,
    survey: Survey,
    wave: Wave,
    account_id: UUID,
    *,
    posted: Posted | None = None,
    fault: DomainError | None = None,
) -> Response:
    account = _interviewer(session, survey, account_id)
    areas = queries.tie_areas(session, survey)
    own = next((one.code for many in areas.values() for one in many if one.id == account.works_for_area_id), "")
    context: dict[str, Any] = {
        **pages.frame(asking.person, survey, wave),
        "account": account,
        "ties": WORKS_FOR,
        "areas": {tie: [(one.code, Text(one.name_zh, one.name_en)) for one in many] for tie, many in areas.items()},
        "works_for": posted_forms.text(posted, "works_for") if posted else account.works_for or "",
        "area": posted_forms.text(posted, "area") if posted else own,
        "fault": fault,
    }
    return asking.page("staff/field/tie.html", context, section="surveys", fault=fault)


@router.post("/assignments")
def give_ticked(
    reading: Reading,
    writing: Writing,
    person: Assigner,
    by: pages.Seen,
    posted: Posted,
    survey_key: str,
    wave_key: str,
    asked: Asked,
) -> Response:
    """The cases that were ticked in the list, or the one whose page this was sent from, go to one person or nobody."""
    ticked = pages.ids(posted)
    one = ticked[0] if posted_forms.text(posted, "from") == "case" and len(ticked) == 1 else None
    try:
        with writing.begin() as session:
            survey, wave = find_wave(session, person, survey_key, wave_key, rights.ASSIGN_CASES)
            noting.refuse_unless_noted(wave)
            mine = list(queries.cases_of(session, wave, person.visible(*rights.ASSIGN_CASES), ticked))
            if not mine:
                raise NoneChosen
            _give(session, survey, wave, mine, posted_forms.text(posted, "who"), by.now, person)
    except (BadInput, Conflict) as fault:
        refused = pages.Refused(fault, {"ticked": set(ticked)})
        with reading.begin() as session:
            survey, wave = find_wave(session, person, survey_key, wave_key, rights.FOLLOW_WAVES)
            if one is not None:
                return case_pages.one_case(by, session, survey, wave, one, refused=refused)
            return pages.list_of_cases(by, session, survey, wave, asked, refused=refused)
    return go(f"/surveys/{survey_key}/waves/{wave_key}/field/cases{f'/{one}' if one else f'?{asked.address()}'}")


def _give(
    session: Session, survey: Survey, wave: Wave, case_ids: list[UUID], who: str, now: Now, person: Person
) -> None:
    if who == "nobody":
        assignments.unassign(session, survey.id, wave.id, case_ids, at=now, by=person.actor)
        return
    account = next((one for one in queries.interviewers(session, survey) if str(one.id) == who), None)
    if account is None:
        raise NoInterviewer
    assignments.assign(session, survey.id, wave.id, dict.fromkeys(case_ids, account.id), at=now, by=person.actor)


def _page(
    asking: Asking,
    session: Session,
    survey: Survey,
    wave: Wave,
    *,
    given: int | None = None,
    left: int | None = None,
    fault: DomainError | None = None,
) -> Response:
    person = asking.person
    areas = surveys.communities(session, survey, wave, person.visible(*rights.ASSIGN_CASES))
    waiting = assignments.waiting(session, survey.id, wave.id)
    loads = door_queries.loads(session, wave)
    context: dict[str, Any] = {
        **pages.frame(person, survey, wave),
        "people": [(one, loads.get(one.id)) for one in queries.interviewers(session, survey)],
        "areas": [_area(area, waiting.get(area.id, 0)) for area in areas],
        "waiting": sum(waiting.get(area.id, 0) for area in areas),
        "given": given,
        "left": left,
        "ties": WORKS_FOR,
        "tie_areas": queries.tie_names(session, survey),
        "own_cases": own_staff.own_cases(session, survey.id, wave.id),
        "may_bar": may(session, person, survey, *rights.PLAN),
        "fault": fault,
    }
    return asking.page("staff/field/people.html", context, section="surveys", fault=fault)


def _area(area: Area, waiting: int) -> tuple[str, Text, int]:
    return area.code, Text(area.name_zh, area.name_en), waiting
