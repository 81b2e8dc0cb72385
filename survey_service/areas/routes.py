"""The tree of areas, as far as a person may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts.permissions import Person, require
from survey_service.areas import queries
from survey_service.dependencies import Reading, Running
from survey_service.models import Area, Role
from survey_service.web.staff import staff_page

router = APIRouter()

READERS = (Role.MANAGER, Role.STATISTICIAN, Role.ADMINISTRATOR)
AreaReader = Annotated[Person, Depends(require(*READERS))]


@dataclass(frozen=True, slots=True)
class Line:
    """One area in the list; ``depth`` counts from the person's own topmost areas."""

    code: str
    name: Text
    kind: str
    depth: int
    households: int | None
    adults: int | None


@router.get("/areas")
def list_areas(request: Request, running: Running, reading: Reading, person: AreaReader) -> Response:
    with reading.begin() as session:
        areas = queries.visible(session, person.visible(*READERS))
        lines = in_tree_order(areas, queries.adults(session, [area.id for area in areas]))
    return staff_page(request, running, person, "staff/areas.html", {"lines": lines}, section="areas")


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
    return lines
