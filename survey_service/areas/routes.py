"""The tree of areas, as far as a person may see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy import Row
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, require
from survey_service.accounts.staff_pages import staff_page
from survey_service.areas import queries
from survey_service.areas.registers import by_age
from survey_service.areas.words import LEVELS, REGISTERS
from survey_service.dependencies import Reading, Running
from survey_service.errors import NotFound
from survey_service.models import Area, AreaCount, AreaPopulation, RegisterKind

router = APIRouter()

MOST_LINES = 400
AreaReader = Annotated[Person, Depends(require(*rights.SEE_AREAS))]


@dataclass(frozen=True, slots=True)
class Line:
    """One area in the list; ``depth`` counts from the person's own topmost areas."""

    code: str
    name: Text
    kind: str
    depth: int
    households: int | None
    adults: int | None
    summed: bool = False  # some of the two are sums over what lies below, since nobody counted the area itself


@router.get("/areas")
def list_areas(request: Request, running: Running, reading: Reading, person: AreaReader) -> Response:
    with reading.begin() as session:
        areas = queries.visible(session, person.visible(*rights.SEE_AREAS))
        lines = in_tree_order(areas, queries.adults(session, [area.id for area in areas]))
    shown = upper_part(lines, MOST_LINES)
    context = {
        "lines": shown,
        "levels": LEVELS,
        "left_out": len(lines) - len(shown),
        "summed": any(line.summed for line in shown),
        "may_import": person.has(*rights.CHANGE_AREAS),
        "done": request.query_params.get("done", ""),
    }
    return staff_page(request, running, person, "staff/areas.html", context, section="areas")


@router.get("/areas/{area_code}")
def show_area(request: Request, running: Running, reading: Reading, person: AreaReader, area_code: str) -> Response:
    """One area: what is below it, its households, its people by age and sex of every day they were counted."""
    with reading.begin() as session:
        scope = person.visible(*rights.SEE_AREAS)
        area = queries.by_code(session, area_code)
        if area is None or area.id not in set(session.scalars(scope)):
            raise NotFound
        below = queries.children(session, area.id)
        tree = queries.below(session, area.id)
        lines = in_tree_order(tree, queries.adults(session, [one.id for one in tree]))
        above = [one for one in queries.path(session, area.id)[:-1] if one.id in set(session.scalars(scope))]
        context = {
            "area": area,
            "levels": LEVELS,
            "above": above,
            "below": below,
            "lines": {line.code: line for line in lines},
            "counts": by_day(queries.counts(session, area.id)),
            "registers": REGISTERS,
            "may_import": person.has(*rights.CHANGE_AREAS),
        }
        return staff_page(request, running, person, "staff/area.html", context, section="areas")


@dataclass(frozen=True, slots=True)
class Count:
    """The people of an area on one day: rows of (age group, men, women), and their sums."""

    as_of: date
    register: RegisterKind
    source: str
    rows: list[tuple[str, int, int]]

    @property
    def men(self) -> int:
        return sum(men for _, men, _ in self.rows)

    @property
    def women(self) -> int:
        return sum(women for _, _, women in self.rows)


def by_day(cells: Sequence[Row[AreaCount, AreaPopulation]]) -> list[Count]:
    """The newest day first; age groups by their first year."""
    days: dict[date, tuple[AreaCount, dict[str, dict[str, int]]]] = {}
    for count, cell in cells:
        _, groups = days.setdefault(count.as_of, (count, {}))
        groups.setdefault(cell.age_group, {})[cell.sex] = cell.persons
    return [
        Count(
            as_of,
            count.register,
            count.source,
            [(group, groups[group].get("male", 0), groups[group].get("female", 0)) for group in by_age(groups)],
        )
        for as_of, (count, groups) in days.items()
    ]


def upper_part(lines: Sequence[Line], most: int) -> Sequence[Line]:
    """The levels from the top that fit into ``most`` lines: what is left out is found by opening the area above it."""
    for depth in sorted({line.depth for line in lines}, reverse=True):
        shown = [line for line in lines if line.depth <= depth]
        if len(shown) <= most:
            return shown
    return lines[:most]


def in_tree_order(areas: Sequence[Area], adults: Mapping[UUID, int]) -> list[Line]:
    """Each area under its parent, brothers in code order. An area whose parent is not among them stands at the top."""
    known = {area.id for area in areas}
    below: dict[UUID | None, list[Area]] = {}
    for area in sorted(areas, key=lambda one: one.code):
        below.setdefault(area.parent_id if area.parent_id in known else None, []).append(area)
    lines: list[Line] = []
    waiting = [(area, 1) for area in reversed(below.get(None, []))]
    while waiting:
        area, depth = waiting.pop()
        name = Text(area.name_zh, area.name_en)
        lines.append(Line(area.code, name, area.kind, depth, area.households, adults.get(area.id)))
        waiting += [(child, depth + 1) for child in reversed(below.get(area.id, []))]
    return summed_up(lines)


def summed_up(lines: Sequence[Line]) -> list[Line]:
    """Households and adults of streets, districts and the city: their own count, else the sum of the areas below.

    A sum is made only where every area below has its number, so that no total is too small in silence.
    """
    found: list[Line] = []
    waiting: dict[int, list[Line]] = {}  # depth -> areas whose parent is still to come: children stand behind it
    for own in reversed(lines):
        below = waiting.pop(own.depth + 1, [])
        households = own.households if own.households is not None else _sum(line.households for line in below)
        adults = own.adults if own.adults is not None else _sum(line.adults for line in below)
        if (households, adults) != (own.households, own.adults):
            own = replace(own, households=households, adults=adults, summed=True)
        waiting.setdefault(own.depth, []).append(own)
        found.append(own)
    return found[::-1]


def _sum(numbers: Iterable[int | None]) -> int | None:
    """None for nothing to add, and where one is not known."""
    known = list(numbers)
    if not known or any(number is None for number in known):
        return None
    return sum(number for number in known if number is not None)
