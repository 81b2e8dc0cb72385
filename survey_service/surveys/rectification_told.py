"""What of the rectification lists is told on the first page: to be done by the office and by whoever answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from survey_service.accounts import rights
from survey_service.accounts.permissions import Person
from survey_service.models import Survey, Wave, WaveState
from survey_service.rectification import queries
from survey_service.rectification.queries import Standing


def told(
    session: Session, person: Person, waves: Iterable[tuple[Survey, Wave]], today: date
) -> list[tuple[Survey, Standing]]:
    """Of every survey with a released wave, in their order; an empty list stands there as the way to begin it."""
    surveys = {survey.id: survey for survey, wave in waves if wave.state is WaveState.RELEASED}
    if not surveys or not person.has(*rights.READ_RECTIFICATION):
        return []
    found = queries.standings(session, surveys, person.visible(*rights.READ_RECTIFICATION), today)
    return [(survey, found.get(survey_id, Standing())) for survey_id, survey in surveys.items()]


def overdue_of(session: Session, person: Person, wave: Wave, today: date) -> int:
    """Matters of the person's areas that come from this wave and should have been done by now."""
    if wave.state is not WaveState.RELEASED or not person.has(*rights.READ_RECTIFICATION):
        return 0
    visible = person.visible(*rights.READ_RECTIFICATION)
    return queries.overdue_of_wave(session, wave.survey_id, wave.id, visible, today)
