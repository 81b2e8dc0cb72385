"""What the phone of whoever knocks is shown: the list, where to go next and why, and one household."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import Depends
from fastapi import Query as Length
from sqlalchemy.orm import Session
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, require
from survey_service.accounts.staff_pages import Asking
from survey_service.errors import DomainError, NotFound
from survey_service.field import door_queries as queries
from survey_service.field import door_words
from survey_service.field.door_order import late
from survey_service.field.errors import FieldOver
from survey_service.field.own_notes import earlier
from survey_service.field.queries import grid_names
from survey_service.field.walk import GridNames, code_of
from survey_service.fieldwork import roll_words, rolls
from survey_service.fieldwork.visits import take_back
from survey_service.ids import new_id
from survey_service.models import MOST_ADULTS, Case, Mode, SelectionWithin, Survey, Wave, WaveState
from survey_service.sampling.unit_words import UNITS
from survey_service.secrets import KeyRing
from survey_service.surveys import codes, who_answers
from survey_service.surveys.access import find_wave
from survey_service.surveys.opened_doors import DoorsOpened, plain

Knocker = Annotated[Person, Depends(require(*rights.VISIT))]
ONE_TAP: Final = 5  # adults that have a button of their own; more are typed
EVENING: Final = 19  # when people are at home: what the clock of an appointment begins with
HOURS: Final = (10, 15, EVENING)  # of the buttons beside the clock
NEAR_DAYS: Final = 3  # that have a button: today, tomorrow and the day after


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What stood in a form of the page: why it was refused, the adults as they were tapped so far; or what was done
    a moment ago: a roll ``written`` or taken ``back``, a visit ``taken`` back; or what is to be changed: a visit, or
    the ``adults``."""

    fault: DomainError | None = None
    people: Sequence[Mapping[str, str]] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    roll: str = ""
    taken: UUID | None = None
    change: UUID | None = None
    adults: bool = False


NOTHING_TYPED: Final = Typed()


def done(
    roll: Annotated[str, Length(max_length=10)] = "",
    taken: UUID | None = None,
    change: UUID | None = None,
    adults: Literal["", "change"] = "",
) -> Typed:
    """What the address of a page says was done a moment ago, or is to be changed."""
    return Typed(roll=roll, taken=taken, change=change, adults=bool(adults))


Done = Annotated[Typed, Depends(done)]


def find(session: Session, person: Person, survey_key: str, wave_key: str) -> tuple[Survey, Wave]:
    """The wave, unless it is a draft: nobody goes round in one."""
    survey, wave = find_wave(session, person, survey_key, wave_key, rights.VISIT)
    if wave.state is WaveState.DRAFT:
        raise NotFound
    return survey, wave


def refuse_unless_open(wave: Wave) -> None:
    if wave.state is not WaveState.OPEN:
        raise FieldOver


def takes(wave: Wave, mode: Mode) -> bool:
    """Whether answers come by this mode; a wave that says no modes takes every one."""
    return not wave.modes or mode.value in wave.modes


def begin_own_interview(
    session: Session, person: Person, wave: Wave, case: Case | None, *, keys: KeyRing, at: datetime, mode: Mode
) -> str:
    """The address of the questionnaire of this case by a pass of its own: the phone can be handed over, and shows
    nothing else. NotFound for somebody else's case, FieldOver where the wave takes no answers so."""
    if case is None:
        raise NotFound
    refuse_unless_open(wave)
    if not takes(wave, mode):
        raise FieldOver
    return f"/a/{codes.issue_interview_pass(session, case, person.account_id, keys=keys, at=at, mode=mode)}"


def frame(survey: Survey, wave: Wave) -> dict[str, Any]:
    return {
        "wave": wave,
        "wave_name": Text(wave.name_zh, wave.name_en),
        "unit": UNITS[wave.listed_unit],
        "survey_title": Text(survey.title_zh, survey.title_en),
        "here": address(survey.key, wave.key),
    }


def address(survey_key: str, wave_key: str) -> str:
    return f"/visits/{survey_key}/{wave_key}"


def take_own_back(
    session: Session, person: Person, survey_key: str, wave_key: str, visit_id: UUID, now: datetime
) -> UUID:
    """One's own visit or call that was noted by mistake; gives its case. NotFound for somebody else's."""
    survey, wave = find(session, person, survey_key, wave_key)
    visit = queries.visit_of(session, wave, person, visit_id)
    if visit is None:
        raise NotFound
    refuse_unless_open(wave)
    case_id = visit.case_id
    take_back(session, survey.id, visit_id, at=now, by=person.actor)
    return case_id


def one_door(
    asking: Asking,
    opens: DoorsOpened,
    session: Session,
    survey: Survey,
    wave: Wave,
    case_id: UUID,
    now: datetime,
    typed: Typed = NOTHING_TYPED,
) -> Response:
    person = asking.person
    door = queries.door(session, wave, person, case_id)
    case = queries.case(session, wave, person, case_id)
    if door is None or case is None:
        raise NotFound
    place = queries.place_of(session, wave, person, door)
    local = now.astimezone(asking.running.settings.zone)
    context = {
        **frame(survey, wave),
        **of_case(asking, session, (survey, wave), case, typed, now, door_words.BUTTONS),
        **of_visits(asking, session, wave, door, typed, local),
        "desk": "visits",
        "doors": opens.of(session, wave, [door.number], to=rights.VISIT),
        "place": place,
        "said": door_words.said(wave),
        "grid": GridNames(grid_names(session, person.visible(*rights.VISIT)))(door),
        "interviews": takes(wave, Mode.FACE_TO_FACE),
        "begun": queries.begun(session, survey.id, case_id, person),
        "late": late([door], local),
    }
    return asking.page("staff/visits/case.html", context, section="visits", fault=typed.fault)


def of_visits(
    asking: Asking, session: Session, wave: Wave, door: queries.Door, typed: Typed, now: datetime
) -> dict[str, Any]:
    """The visits of one household with what stood before in their place, which of them is to be changed, and what an
    appointment begins with; at the door and at the telephone alike. ``now`` in the city's zone."""
    change = next((one for one in door.visits if one.id == typed.change), None)
    mine = change if change and change.by_account_id == asking.person.account_id else None
    near = [now.date() + timedelta(days=days) for days in range(NEAR_DAYS)]
    return {
        "door": door,
        "change": mine,
        "earlier": earlier(door, queries.replaced(session, wave.survey_id, door.id)),
        "when": _proposed(door, now),
        "near_days": [day for day in near if day <= wave.closes_on],
        "hours": [time(hour) for hour in HOURS],
    }


def of_case(
    asking: Asking,
    session: Session,
    of: tuple[Survey, Wave],
    case: Case,
    typed: Typed,
    now: datetime,
    buttons: Sequence[door_words.Button],
) -> dict[str, Any]:
    """What the page of one household shows at the door and at the telephone alike."""
    survey, wave = of
    taken = queries.visit_of(session, wave, asking.person, typed.taken) if typed.taken else None
    every = rolls.every(session, wave.survey_id, case.id)
    roll = next((one for one in every if one.withdrawn_at is None), None)
    return {
        **_who(wave, roll, case.adults),
        "buttons": door_words.told_of(door_words.of_unit(buttons, wave.listed_unit), roll),
        "whom": roll_words.choices(roll) if roll else [],
        "rolls": {one.id: one for one in every},
        "at_place": roll_words.at_place,
        "roll_at": f"{address(survey.key, wave.key)}/{case.id}/roll",
        "roll_told": typed.roll,
        "taken": taken if taken and taken.withdrawn_at and taken.case_id == case.id else None,
        "people": typed.people,
        "change_adults": typed.adults,
        "kept": typed.kept,
        "visit_id": new_id(),
        "roll_id": new_id(),
        "open": wave.state is WaveState.OPEN,
        "today": now.astimezone(asking.running.settings.zone).date(),
        "me": asking.person.account_id,
        "fault": typed.fault,
    }


def _who(wave: Wave, roll: Any, listed: int | None) -> dict[str, Any]:
    """Whom to ask for. ``adults``: as told at the door, else as the list has them."""
    rule = rolls.rule_of(wave)
    return {
        "rule": rule.value,
        "roll": roll,
        "adults": roll.adults if roll else listed,
        "listed": listed,
        "chosen": roll_words.chosen(roll) if roll else None,
        "birthdays": who_answers.example(wave.opens_on),
        "person_words": roll_words.person,
        "asks_roll": rule is SelectionWithin.KISH or (rule is not SelectionWithin.ANY and listed is None),
        "sexes": roll_words.SEXES,
        "kin": roll_words.KIN,
        "one_tap": range(1, ONE_TAP + 1),
        "most_adults": MOST_ADULTS,
    }


def _proposed(door: queries.Door, now: datetime) -> datetime:
    """What day and clock of an appointment begin with: the one agreed on, else this evening, late in it tomorrow's."""
    if door.appointment and door.appointment > now:
        return door.appointment.astimezone(now.tzinfo)
    evening = now.replace(hour=EVENING, minute=0, second=0, microsecond=0)
    return evening if evening > now else evening + timedelta(days=1)


def when(door: queries.Door) -> datetime:
    assert door.appointment is not None
    return door.appointment


def grouped(doors: Sequence[queries.Door]) -> list[tuple[Text, str, list[queries.Door]]]:
    """By community and grid (its code), in the order of the list."""
    groups = groupby(doors, key=lambda one: (one.community_zh, one.community_en, code_of(one.grid)))
    return [(Text(zh, en), grid, list(many)) for (zh, en, grid), many in groups]


def sought(doors: Sequence[queries.Door], addresses: Mapping[str, str], search: str) -> list[queries.Door]:
    """Those whose door or number holds what is sought, in the order of walking."""
    part = plain(search)
    return [one for one in doors if part in plain(addresses.get(one.number, "")) or part in plain(one.number)]
