"""Counts of people by day and kind of register: what they can be used for, and saying what kind they are of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person
from survey_service.accounts.staff_pages import Asking, go
from survey_service.areas import queries, service
from survey_service.areas.import_routes import AreaKeeper
from survey_service.areas.people_file import Declaration, register_of
from survey_service.areas.registers import WORDS, Register, by_age, usable
from survey_service.areas.words import DECLARED, REGISTERS
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, Conflict, DomainError
from survey_service.models import Area, RegisterKind

router = APIRouter()

MOST_NAMED = 20  # communities that are named as missing


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedDay:
    """Areas of the person that were counted on one day, by one kind of register, from one source."""

    said: Declaration
    areas: int
    persons: int
    age_groups: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CityRegister:
    """What figures of a city's surveys may be calibrated to today. ``reason``: why to nothing."""

    name: Text
    register: Register | None
    reason: Text | None
    missing: Sequence[Text]  # the first communities without such a count
    missing_in_all: int


@router.get("/areas/counts")
def show_counts(request: Request, running: Running, reading: Reading, person: AreaKeeper, now: Now) -> Response:
    return _page(Asking(request, running, person), reading, now.astimezone(running.settings.zone).date())


@router.post("/areas/counts")
def declare_counts(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: AreaKeeper,
    now: Now,
    as_of: Annotated[str, Form(max_length=10)] = "",
    source: Annotated[str, Form(max_length=120)] = "",
    was: Annotated[str, Form(max_length=30)] = "",
    kind: Annotated[str, Form(max_length=30)] = "",
) -> Response:
    """What was said of a day's counts is corrected in all areas of the person that have it."""
    try:
        register = register_of({"register": kind})
        said = _shown(as_of, was, source)
        with writing.begin() as session:
            scope = person.visible(*rights.CHANGE_AREAS)
            if not service.declare_register(session, said, register, scope, at=now, by=person.actor):
                raise Conflict
    except (BadInput, Conflict) as fault:
        return _page(
            Asking(request, running, person), reading, now.astimezone(running.settings.zone).date(), fault=fault
        )
    return go("/areas/counts?done=1")


def _shown(as_of: str, was: str, source: str) -> Declaration:
    """The row of the page whose button was pressed; BadInput for what no page of ours shows."""
    try:
        return Declaration(as_of=date.fromisoformat(as_of), register=RegisterKind(was), source=source)
    except ValueError:
        raise BadInput from None


def _page(asking: Asking, reading: Reading, today: date, *, fault: DomainError | None = None) -> Response:
    with reading.begin() as session:
        cities = [
            _of_city(session, city, today)
            for city in queries.cities(session, asking.person.visible(*rights.CHANGE_AREAS))
        ]
        context = {
            "days": _days(session, asking.person),
            "cities": cities,
            "registers": REGISTERS,
            "declared": DECLARED,
            "undeclared": RegisterKind.UNDECLARED,
            "most_named": MOST_NAMED,
            "fault": fault,
            "done": asking.request.query_params.get("done", ""),
        }
        return asking.page("staff/counts.html", context, section="areas", fault=fault)


def _days(session: Session, person: Person) -> list[CountedDay]:
    scope = person.visible(*rights.CHANGE_AREAS)
    groups: dict[Declaration, list[str]] = {}
    persons: dict[Declaration, int] = {}
    areas = {
        Declaration(as_of=as_of, register=register, source=source): number
        for as_of, register, source, number in queries.counted_days(session, scope)
    }
    for as_of, register, source, group, number in queries.counted_groups(session, scope):
        said = Declaration(as_of=as_of, register=register, source=source)
        groups.setdefault(said, []).append(group)
        persons[said] = persons.get(said, 0) + int(number)
    return [
        CountedDay(said=said, areas=number, persons=persons.get(said, 0), age_groups=by_age(groups.get(said, ())))
        for said, number in areas.items()
    ]


def _of_city(session: Session, city: Area, today: date) -> CityRegister:
    register = queries.register_of_city(session, city.id, today)
    reason = usable(register, today)
    missing = register.missing if register is not None else ()
    names = queries.names(session, missing[:MOST_NAMED])
    return CityRegister(
        name=Text(city.name_zh, city.name_en),
        register=register,
        reason=None if reason is None else WORDS[reason],
        missing=[names[code] for code in missing[:MOST_NAMED]],
        missing_in_all=len(missing),
    )
