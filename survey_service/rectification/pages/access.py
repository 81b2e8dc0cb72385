"""Who comes to the rectification list of a survey, what they see of it, and which right each step takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Depends, Path
from sqlalchemy import Select
from sqlalchemy.orm import Session
from starlette.requests import Request

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, require
from survey_service.accounts.staff_pages import Asking
from survey_service.dependencies import Now, Running
from survey_service.errors import NotFound
from survey_service.models import Survey
from survey_service.rectification import queries
from survey_service.rectification.queries import Found
from survey_service.rectification.rows import By
from survey_service.services import Services
from survey_service.surveys.access import find_survey

ListReader = Annotated[Person, Depends(require(*rights.READ_RECTIFICATION))]
Keeper = Annotated[Person, Depends(require(*rights.KEEP_RECTIFICATION))]
Worker = Annotated[Person, Depends(require(*rights.PUT_RIGHT))]
RowNumber = Annotated[int, Path(ge=1, le=10_000_000)]


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, and the day that it is in the city."""

    at: datetime
    today: date


def _moment(running: Running, now: Now) -> Moment:
    return Moment(now, now.astimezone(running.settings.zone).date())


ThisMoment = Annotated[Moment, Depends(_moment)]


def _asks(request: Request, running: Running, person: ListReader) -> Asking:
    return Asking(request, running, person)


Asks = Annotated[Asking, Depends(_asks)]


def survey_of(session: Session, person: Person, survey_key: str) -> Survey:
    return find_survey(session, person, survey_key, rights.READ_RECTIFICATION)


def seen_by(person: Person) -> Select[Any]:
    """Areas whose rows the person sees."""
    return person.visible(*rights.READ_RECTIFICATION)


def find_row(
    session: Session, person: Person, survey_key: str, number: int, roles: rights.Roles = rights.READ_RECTIFICATION
) -> tuple[Survey, Found]:
    """The row, where it is of an area of this right; NotFound otherwise."""
    survey = find_survey(session, person, survey_key, roles)
    found = queries.by_number(session, survey.id, number, person.visible(*roles))
    if found is None:
        raise NotFound
    return survey, found


def keeps(session: Session, person: Person, area_id: Any) -> bool:
    """Whether the person keeps the list of this area: the office, not whoever answers for it."""
    return person.has(*rights.KEEP_RECTIFICATION) and _within(session, person, area_id, rights.KEEP_RECTIFICATION)


def works(session: Session, person: Person, area_id: Any) -> bool:
    return person.has(*rights.PUT_RIGHT) and _within(session, person, area_id, rights.PUT_RIGHT)


def _within(session: Session, person: Person, area_id: Any, roles: rights.Roles) -> bool:
    inside = person.visible(*roles).subquery()
    return session.scalar(Select(inside.c[0]).where(inside.c[0] == area_id)) is not None


def by(person: Person, moment: Moment, *, office: bool) -> By:
    return By(actor=person.actor, at=moment.at, today=moment.today, office=office)


def frame(person: Person, survey: Survey, moment: Moment, running: Services) -> dict[str, Any]:
    """What every page of the list shows above it."""
    return {
        "survey": survey,
        "survey_title": Text(survey.title_zh, survey.title_en),
        "here": f"/surveys/{survey.key}/rectification",
        "today": moment.today,
        "keeper": person.has(*rights.KEEP_RECTIFICATION),
        "zone": running.settings.zone,
    }
