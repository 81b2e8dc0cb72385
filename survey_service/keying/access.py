"""Which waves a person may key, decide or look over, by the roles that each page asks for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from sqlalchemy.orm import Session

from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, require
from survey_service.accounts.queries import above
from survey_service.errors import NotFound
from survey_service.models import Role, Survey, Wave
from survey_service.surveys.queries import visible_wave

KeyingStaff = Annotated[Person, Depends(require(*rights.SEE_KEYING))]
Decider = Annotated[Person, Depends(require(*rights.DECIDE))]
Overseer = Annotated[Person, Depends(require(*rights.OVERSEE_KEYING))]
Assigner = Annotated[Person, Depends(require(*rights.ASSIGN_KEYING))]


def find_wave(session: Session, person: Person, survey_key: str, wave_key: str, *roles: Role) -> tuple[Survey, Wave]:
    """A wave that touches the areas of ``roles``; NotFound otherwise, so that nobody learns what else there is."""
    found = visible_wave(session, survey_key, wave_key, person.visible(*roles), above(person.areas(*roles)))
    if found is None:
        raise NotFound
    return found
