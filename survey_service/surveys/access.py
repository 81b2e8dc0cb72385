"""Which surveys and waves a person may see, and where their role lets them change something."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from survey_service.accounts import rights
from survey_service.accounts.permissions import Person
from survey_service.accounts.queries import above
from survey_service.errors import NotAllowed, NotFound
from survey_service.models import Role, Survey, Wave
from survey_service.surveys import queries


def find_survey(
    session: Session, person: Person, survey_key: str, roles: Sequence[Role] = rights.SEE_SURVEYS
) -> Survey:
    """The survey, where it touches the person's areas of ``roles``; NotFound otherwise."""
    visible, upward = person.visible(*roles), above(person.areas(*roles))
    found = queries.visible_survey(session, survey_key, visible, upward)
    if found is None:
        raise NotFound
    return found


def find_wave(
    session: Session, person: Person, survey_key: str, wave_key: str, roles: Sequence[Role] = rights.SEE_SURVEYS
) -> tuple[Survey, Wave]:
    """The wave, where it touches the person's areas of ``roles``; NotFound otherwise, so that nobody learns what else
    there is."""
    visible, upward = person.visible(*roles), above(person.areas(*roles))
    found = queries.visible_wave(session, survey_key, wave_key, visible, upward)
    if found is None:
        raise NotFound
    return found


def may(session: Session, person: Person, survey: Survey, *roles: Role) -> bool:
    """What changes a survey or a wave concerns its whole area: a grant on one street of it is not enough."""
    return person.has(*roles) and queries.holds(session, survey.city_id, person.visible(*roles))


def refuse_unless(session: Session, person: Person, survey: Survey, *roles: Role) -> None:
    """NotAllowed where the person's role does not hold for the whole area of the survey."""
    if not may(session, person, survey, *roles):
        raise NotAllowed
