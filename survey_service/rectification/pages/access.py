"""Who comes to the rectification list of a survey, what they see of it, and which right each step takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Depends, Path
from sqlalchemy import Select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, require
from survey_service.accounts.staff_pages import Asking
from survey_service.dependencies import Now, Running
from survey_service.errors import DomainError, NotFound
from survey_service.models import Survey
from survey_service.rectification import queries
from survey_service.rectification.queries import Found
from survey_service.rectification.rows import By
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


@dataclass(frozen=True, slots=True)
class AtList:
    """Who is at the list of which survey, and when: what every page of it begins and ends with."""

    asking: Asking
    moment: Moment
    survey_key: str

    @property
    def person(self) -> Person:
        return self.asking.person

    @property
    def today(self) -> date:
        return self.moment.today

    @property
    def address(self) -> str:
        return f"/surveys/{self.survey_key}/rectification"

    def survey(self, session: Session) -> Survey:
        """NotFound where it touches none of the person's areas."""
        return survey_of(session, self.person, self.survey_key)

    def by(self, *, office: bool) -> By:
        return by(self.person, self.moment, office=office)

    def page(
        self,
        survey: Survey,
        template: str,
        context: Mapping[str, Any],
        *,
        fault: DomainError | None = None,
        status: int = 200,
    ) -> Response:
        """``context`` within what every page of the list shows above it."""
        frame = {
            "survey": survey,
            "survey_title": Text(survey.title_zh, survey.title_en),
            "here": self.address,
            "today": self.today,
            "keeper": self.person.has(*rights.KEEP_RECTIFICATION),
            "zone": self.asking.running.settings.zone,
            "fault": fault,
        }
        named = f"staff/rectification/{template}.html"
        return self.asking.page(named, {**frame, **context}, section="surveys", fault=fault, status=status)


def _at_list(asking: Asks, moment: ThisMoment, survey_key: str) -> AtList:
    return AtList(asking, moment, survey_key)


AtThisList = Annotated[AtList, Depends(_at_list)]
