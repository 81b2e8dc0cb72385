"""What an interviewer begins the day with: of every open wave their own cases, whom they agreed to see, where next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.outcome_codes import OutcomeMode
from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.field import door_queries as queries
from survey_service.field.door_order import Late, Next, late, next_door
from survey_service.field.door_shown import address, when
from survey_service.field.door_words import said
from survey_service.field.telephones import takes_calls
from survey_service.sampling.unit_words import UNITS, UnitWords
from survey_service.surveys.opened_doors import DoorsOpened

APPOINTMENTS: Final = 6  # of today on the first page; the list has all


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRound:
    """One wave. ``given``: the cases of this very person; ``answered`` and ``waiting`` of them, ``overdue`` of the
    waiting ones. ``agreed``: appointments of today and of days gone by, the earliest in front."""

    survey: Text
    wave: Text
    opens_on: date
    closes_on: date
    here: str
    unit: UnitWords
    by_telephone: bool
    given: int
    answered: int
    waiting: int
    overdue: int
    agreed: Sequence[queries.Door]
    next: Next | None
    lates: Mapping[UUID, Late]
    addresses: Mapping[str, str]
    said: Callable[[str, OutcomeMode], Text]  # words of a code

    def named(self, door: queries.Door) -> str:
        return self.addresses.get(door.number) or door.number


def of(session: Session, opens: DoorsOpened, now: datetime) -> list[OwnRound]:
    """Open waves in which this person has cases; ``now`` in the city's zone."""
    found = []
    for survey, wave in queries.waves(session, opens.person):
        doors = queries.doors(session, wave, opens.person)
        if not doors:
            continue
        lates = late(doors, now)
        promised = [one for one in doors if one.appointment and not one.done]
        agreed = sorted((one for one in promised if when(one).astimezone(now.tzinfo).date() <= now.date()), key=when)
        next_one = next_door(doors, lates, now)
        shown = {one.number for one in agreed[:APPOINTMENTS]} | ({next_one.door.number} if next_one else set())
        found.append(
            OwnRound(
                survey=Text(survey.title_zh, survey.title_en),
                wave=Text(wave.name_zh, wave.name_en),
                opens_on=wave.opens_on,
                closes_on=wave.closes_on,
                here=address(survey.key, wave.key),
                unit=UNITS[wave.listed_unit],
                by_telephone=takes_calls(wave),
                given=len(doors),
                answered=sum(one.disposition.is_answer for one in doors),
                waiting=sum(not one.done for one in doors),
                overdue=len(lates),
                agreed=agreed,
                next=next_one,
                lates=lates,
                said=said(wave),
                addresses=opens.of(session, wave, shown, to=rights.VISIT).texts if shown else {},
            )
        )
    return found
