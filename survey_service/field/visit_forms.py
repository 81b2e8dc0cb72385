"""What forms of visits and calls send: the id that makes a double tap one, and a time that was agreed on."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from survey_service.clock import end_of
from survey_service.errors import BadInput
from survey_service.field.errors import WrongAppointment
from survey_service.fieldwork.visits import Met
from survey_service.models import Roll, Wave
from survey_service.web import posted_forms


def visit_id(posted: FormData) -> UUID:
    """Of the form, so that a double tap is one visit."""
    try:
        return UUID(posted_forms.text(posted, "visit"))
    except ValueError:
        raise BadInput from None


def met(session: Session, survey_id: UUID, case_id: UUID, posted: FormData) -> Met | None:
    """Which adult was spoken to, of a roll of this very household; None where nobody said. BadInput for another."""
    typed = posted_forms.text(posted, "met")
    if not typed:
        return None
    roll_id, _, place = typed.partition(":")
    try:
        found = Met(UUID(roll_id), int(place))
    except ValueError:
        raise BadInput from None
    roll = session.get(Roll, (survey_id, found.roll_id))
    if roll is None or roll.case_id != case_id or not 1 <= found.place <= len(roll.listed):
        raise BadInput
    return found


def appointment(posted: FormData, zone: ZoneInfo, wave: Wave, now: datetime) -> datetime | None:
    """None where nothing was agreed on."""
    return moment(posted, zone, wave, now) if posted_forms.text(posted, "agreed") else None


def moment(posted: FormData, zone: ZoneInfo, wave: Wave, now: datetime) -> datetime:
    """WrongAppointment for a time that cannot be read, is past, or lies after the wave."""
    day, clock = posted_forms.text(posted, "day"), posted_forms.text(posted, "clock")
    try:
        at = datetime.combine(datetime.fromisoformat(day).date(), time.fromisoformat(clock), tzinfo=zone)
    except ValueError:
        raise WrongAppointment from None
    if at <= now or at >= end_of(wave.closes_on, zone):
        raise WrongAppointment
    return at
