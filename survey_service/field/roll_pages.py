"""The adults of a household, written down at its door: a number by one tap, or one by one where a table chooses."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from survey_service.accounts.permissions import Person
from survey_service.accounts.staff_pages import Asking, go
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, Conflict, NotFound
from survey_service.field import door_queries as queries
from survey_service.field.call_shown import call_address, one_call
from survey_service.field.door_shown import Knocker, Typed, address, find, one_door, refuse_unless_open
from survey_service.fieldwork import rolls
from survey_service.fieldwork.rolls import Listed, NewRoll, Sex, WrongRoll
from survey_service.fieldwork.visits import Told
from survey_service.models import MOST_ADULTS, Case, Kin, SelectionWithin, VisitSource, Wave
from survey_service.surveys.opened_doors import OpensDoors
from survey_service.web import posted_forms
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/visits/{survey_key}/{wave_key}/{case_id}/roll")


@router.post("")
def write_roll(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Knocker,
    now: Now,
    opens: OpensDoors,
    posted: Posted,
    survey_key: str,
    wave_key: str,
    case_id: UUID,
) -> Response:
    """How many adults, and who they are where a Kish table chooses. ``more``, ``up``, ``drop``: the rows are
    changed and shown again first. ``instead``: what stands there is taken back in the same step. ``desk``: which page
    it came from.
    """
    people, desk = _people(posted), posted_forms.text(posted, "desk")
    typed = Typed(people=people, kept={"instead": posted_forms.text(posted, "instead")})
    changed = _changed(posted, people)
    try:
        if changed is None:
            with writing.begin() as session:
                _, wave = find(session, person, survey_key, wave_key)
                case = _case(session, wave, person, case_id)
                new = _new(posted, wave)
                in_force = rolls.in_force(session, case.survey_id, case_id)
                if in_force is not None and str(in_force.id) == posted_forms.text(posted, "instead"):
                    rolls.take_back(session, case, at=now, by=person.actor)
                rolls.write(session, wave, case, new, Told(VisitSource.DOOR, now, person.actor))
            return go(f"{_from(desk, survey_key, wave_key)}/{case_id}?roll=written")
        typed = replace(typed, people=changed)
    except (BadInput, Conflict) as fault:
        typed = replace(typed, fault=fault)
    asking = Asking(request, running, person)
    with reading.begin() as session:
        if desk == "calls":
            return one_call(asking, session, (survey_key, wave_key), case_id, now, typed)
        survey, wave = find(session, person, survey_key, wave_key)
        return one_door(asking, opens, session, survey, wave, case_id, now, typed)


@router.post("/take-back")
def take_roll_back(
    writing: Writing, person: Knocker, now: Now, posted: Posted, survey_key: str, wave_key: str, case_id: UUID
) -> Response:
    """It stays to be seen in the history of the case; the next one chooses anew."""
    with writing.begin() as session:
        _, wave = find(session, person, survey_key, wave_key)
        rolls.take_back(session, _case(session, wave, person, case_id), at=now, by=person.actor)
    return go(f"{_from(posted_forms.text(posted, 'desk'), survey_key, wave_key)}/{case_id}?roll=back")


def _from(desk: str, survey_key: str, wave_key: str) -> str:
    """The list that the page of the household belongs to: that of the door or that of the telephone."""
    return call_address(survey_key, wave_key) if desk == "calls" else address(survey_key, wave_key)


def _changed(posted: Posted, people: list[dict[str, str]]) -> list[dict[str, str]] | None:
    """The rows after one of their buttons; None where they are to be written down as they are."""
    if posted_forms.text(posted, "more") and len(people) < MOST_ADULTS:
        return [*people, {"sex": "", "kin": ""}]
    place = {name: posted_forms.text(posted, name) for name in ("up", "drop")}
    for name, row in place.items():
        at = int(row) - 1 if row.isascii() and row.isdigit() and len(row) < 3 else -1
        if name == "up" and 0 < at < len(people):
            return [*people[: at - 1], people[at], people[at - 1], *people[at + 1 :]]
        if name == "drop" and 0 <= at < len(people) > 1:
            return [*people[:at], *people[at + 1 :]]
    return None


def _case(session: Session, wave: Wave, person: Person, case_id: UUID) -> Case:
    case = queries.case(session, wave, person, case_id)
    if case is None:
        raise NotFound
    refuse_unless_open(wave)
    return case


def _people(posted: Posted) -> list[dict[str, str]]:
    """The rows of the form as they were filled in, from the oldest."""
    return [
        {"sex": posted_forms.text(posted, f"sex-{row}"), "kin": posted_forms.text(posted, f"kin-{row}")}
        for row in range(1, MOST_ADULTS + 1)
        if f"kin-{row}" in posted
    ]


def _new(posted: Posted, wave: Wave) -> NewRoll:
    """WrongRoll for what cannot be read."""
    try:
        roll_id = UUID(posted_forms.text(posted, "roll"))
        if rolls.rule_of(wave) is not SelectionWithin.KISH:
            return NewRoll(adults=int(posted_forms.text(posted, "adults")), id=roll_id)
        people = [Listed(sex=Sex(one["sex"]), kin=Kin(one["kin"])) for one in _people(posted)]
    except ValueError:
        raise WrongRoll from None
    return NewRoll(adults=len(people), people=people, id=roll_id)
