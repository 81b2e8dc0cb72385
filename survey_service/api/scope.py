"""Which surveys and waves a program sees: those that its person's roles let it see, each in its own areas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.orm import Session

from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, require
from survey_service.accounts.queries import above
from survey_service.api import queries
from survey_service.errors import NotFound
from survey_service.models import Survey, Wave, WaveState
from survey_service.releases import queries as release_queries
from survey_service.surveys import access
from survey_service.surveys import queries as survey_queries

# A leader sees what is signed. An interviewer sees what is asked, and what was, so that the last answers get through.
SEES: tuple[tuple[rights.Roles, frozenset[WaveState]], ...] = (
    (rights.FOLLOW_WAVES, frozenset(WaveState)),
    (rights.READ_SIGNED, frozenset({WaveState.RELEASED})),
    (rights.VISIT, frozenset(WaveState) - {WaveState.DRAFT}),
)

SurveyReader = Annotated[Person, Depends(require(*rights.READ_SURVEYS))]
CaseReader = Annotated[Person, Depends(require(*rights.READ_CASES))]


def held(person: Person) -> Iterator[tuple[rights.Roles, frozenset[WaveState]]]:
    return ((roles, states) for roles, states in SEES if person.has(*roles))


def find_wave(session: Session, person: Person, survey_key: str, wave_key: str) -> tuple[Survey, Wave]:
    """The wave, where one of the person's roles sees it in this state; NotFound otherwise."""
    for roles, states in held(person):
        try:
            survey, wave = access.find_wave(session, person, survey_key, wave_key, roles)
        except NotFound:
            continue
        if wave.state in states:
            return survey, wave
    raise NotFound


def surveys(session: Session, person: Person, survey_key: str | None = None) -> list[tuple[Survey, list[Wave]]]:
    """Surveys by key, each with the waves the person sees, newest first; one without any is its staff's alone."""
    found: dict[str, tuple[Survey, dict[str, Wave]]] = {}
    for roles, states in held(person):
        visible, upward = person.visible(*roles), above(person.areas(*roles))
        for survey, wave in queries.surveys_with_waves(session, visible, upward, survey_key):
            if wave is not None and wave.state in states:
                found.setdefault(survey.key, (survey, {}))[1][wave.key] = wave
            elif roles == rights.FOLLOW_WAVES:
                found.setdefault(survey.key, (survey, {}))
    return [
        (survey, sorted(waves.values(), key=lambda wave: (wave.opens_on, wave.key), reverse=True))
        for _, (survey, waves) in sorted(found.items())
    ]


def find_survey(session: Session, person: Person, survey_key: str) -> tuple[Survey, list[Wave]]:
    """The survey and those of its waves that the person sees; NotFound where there is nothing to see."""
    for found in surveys(session, person, survey_key):
        return found
    raise NotFound


def of_staff(session: Session, person: Person, survey_key: str) -> bool:
    """Whether the person plans or judges this survey, in any part of it."""
    if not person.has(*rights.FOLLOW_WAVES):
        return False
    try:
        access.find_survey(session, person, survey_key, rights.FOLLOW_WAVES)
    except NotFound:
        return False
    return True


def readable_releases(session: Session, person: Person, survey: Survey, wave: Wave) -> list[str]:
    """Numbers of a wave's releases that the person may read, newest edition first."""
    if not person.has(*rights.READ_RELEASES):
        return []
    visible = person.visible(*rights.READ_RELEASES)
    return [
        release.number
        for release in survey_queries.releases(session, wave)
        if release_queries.concerns(session, release, survey, visible)
    ]
