"""What forms of visits and calls send, noted: the id that makes a double tap one, and a time that was agreed on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from analysis.outcome_codes import OutcomeMode
from survey_service.accounts.permissions import Person
from survey_service.clock import end_of
from survey_service.errors import BadInput, NotFound
from survey_service.field import door_queries as queries
from survey_service.field.errors import NoSuchOutcome, WrongAppointment
from survey_service.fieldwork.visits import Met, NewVisit, Told, note_instead, note_visits
from survey_service.models import Roll, VisitSource, Wave
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


@dataclass(frozen=True, slots=True)
class Noting:
    """Who notes, at which desk and when. ``codes``: of the desk's buttons."""

    person: Person
    zone: ZoneInfo
    now: datetime
    mode: OutcomeMode
    codes: frozenset[str]


def note_posted(session: Session, wave: Wave, case_id: UUID, posted: FormData, by: Noting) -> str:
    """Note what a button says, of now, or in the place of an own visit and of its time; the query that shows it.

    NoSuchOutcome for what is no button; NotFound for ``instead`` of somebody else, another household or another desk.
    """
    code = posted_forms.text(posted, "code")
    if code not in by.codes:
        raise NoSuchOutcome
    old_id = instead(posted)
    old = queries.visit_of(session, wave, by.person, old_id) if old_id else None
    if old_id and (old is None or old.case_id != case_id or old.mode is not by.mode):
        raise NotFound
    visit = NewVisit(
        case_id=case_id,
        code=code,
        mode=by.mode,
        at=old.at if old else by.now,
        appointment_at=appointment(posted, by.zone, wave, by.now),
        met=met(session, wave.survey_id, case_id, posted),
        id=visit_id(posted),
    )
    told = Told(VisitSource.DOOR, by.now, by.person.actor)
    if old_id is None:
        note_visits(session, wave.survey_id, [visit], told)
        return f"noted={visit.id}"
    note_instead(session, wave.survey_id, old_id, visit, told)
    return f"noted={visit.id}&was={old_id}"


def instead(posted: FormData) -> UUID | None:
    """The visit that what is noted takes the place of. BadInput for what is no id."""
    typed = posted_forms.text(posted, "instead")
    try:
        return UUID(typed) if typed else None
    except ValueError:
        raise BadInput from None


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
