"""What somebody noted, to be looked up, changed or taken back: visits and calls, and adults of households."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from sqlalchemy.orm import Session

from survey_service.accounts.permissions import Person
from survey_service.field import door_queries as queries
from survey_service.field.door_queries import Door, DoorVisit
from survey_service.models import Roll, Visit, Wave


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A visit or the adults of a household; ``instead``: what it was noted in the place of, where it was just now."""

    door: Door
    visit: DoorVisit | None = None
    roll: Roll | None = None
    instead: Visit | None = None

    @property
    def at(self) -> datetime:
        """When it was done; of a change, when it was changed."""
        if self.visit is not None:
            return self.visit.noted_at if self.instead else self.visit.said_at
        assert self.roll is not None
        return self.roll.at


def just_noted(
    session: Session, wave: Wave, person: Person, doors: Sequence[Door], visit_id: UUID | None, was: UUID | None
) -> Note | None:
    """The visit that was noted a moment ago, with its case; ``was``: the one that it replaced."""
    note = next((one for one in _visits(doors, person) if one.visit and one.visit.id == visit_id), None)
    if note is None or was is None:
        return note
    taken = queries.replaced(session, wave.survey_id, note.door.id)
    return Note(door=note.door, visit=note.visit, instead=next((one for one in taken if one.id == was), None))


def noted_today(session: Session, wave: Wave, person: Person, doors: Sequence[Door], now: datetime) -> list[Note]:
    """What this very person did and noted since midnight at ``doors``, newest first; ``now`` in the city's zone."""
    midnight = datetime.combine(now.date(), time(), tzinfo=now.tzinfo)
    there = {door.id: door for door in doors}
    rolls = queries.rolls_written(session, wave, person, midnight)
    notes = [Note(door=there[roll.case_id], roll=roll) for roll in rolls if roll.case_id in there]
    notes += [one for one in _visits(doors, person) if one.at >= midnight]
    return sorted(notes, key=lambda note: note.at, reverse=True)


def earlier(door: Door, taken: Sequence[Visit]) -> dict[UUID, list[Visit]]:
    """What stood before in the place of each visit of the household, the latest first: an appointment that was moved, a
    result that was corrected. ``taken``: of this household, the one taken back last in front."""
    found: dict[UUID, list[Visit]] = defaultdict(list)
    for visit in door.visits:
        stood = visit.noted_at
        for old in taken:
            if old.at == visit.at and old.withdrawn_at == stood:  # taken back as the next was noted
                found[visit.id].append(old)
                stood = old.noted_at
    return found


def _visits(doors: Sequence[Door], person: Person) -> list[Note]:
    return [
        Note(door=door, visit=one) for door in doors for one in door.visits if one.by_account_id == person.account_id
    ]
