"""The map of a city on a page: brought as GeoJSON, looked at before it is stored, replaced, taken away."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from reports.outlines import path_of
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person
from survey_service.accounts.staff_pages import Asking, go
from survey_service.areas import map_file, maps, queries
from survey_service.areas.import_routes import AreaKeeper
from survey_service.areas.map_file import NewMap
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, DomainError, NotFound
from survey_service.models import Area, AreaMap
from survey_service.outside.maps import OutlinedMap
from survey_service.uploads.looked import Looked
from survey_service.uploads.pages import FileLook, Upload, look, sent
from survey_service.web import posted_forms
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/areas/{city_code}/map")


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """The person who brings the map, and the time."""

    person: Person
    now: datetime


class MapUpload(Upload[NewMap]):
    """``typed``: the property that was chosen and the review number, as they were posted."""

    def __init__(self, city_id: UUID, by: By, typed: dict[str, str]) -> None:
        self.city_id, self.by, self.typed = city_id, by, typed
        self.sha256 = ""

    def read(self, name: str, data: bytes) -> OutlinedMap:
        self.sha256 = hashlib.sha256(data).hexdigest()
        return map_file.read(data)

    def judge(self, session: Session, rows: OutlinedMap) -> Looked[NewMap]:
        known = maps.communities_of(session, self.city_id)
        return map_file.judge(rows, known, self.typed["property"], self.typed["review_number"], self.sha256)

    def store(self, session: Session, looked: Looked[NewMap], name: str) -> None:
        assert looked.stored is not None
        city = session.get_one(Area, self.city_id)
        maps.put(session, city, looked.stored, name, at=self.by.now, by=self.by.person.actor)


@router.get("")
def map_page(request: Request, running: Running, reading: Reading, person: AreaKeeper, city_code: str) -> Response:
    return _page(Asking(request, running, person), reading, city_code)


@router.post("")
def bring_map(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: AreaKeeper,
    now: Now,
    posted: Posted,
    city_code: str,
) -> Response:
    asking = Asking(request, running, person)
    with reading.begin() as session:
        city_id = _city(session, person, city_code).id
    typed = {name: posted_forms.text(posted, name)[:60] for name in ("property", "review_number")}
    try:
        upload = MapUpload(city_id, By(person=person, now=now), typed)
        found = look(upload, sent(posted), reading, writing)
    except BadInput as fault:
        return _page(asking, reading, city_code, typed=typed, fault=fault)
    if found is None:
        return go(f"/areas/{city_code}/map")
    return _page(asking, reading, city_code, typed=typed, found=found)


@router.post("/remove")
def remove_map(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: AreaKeeper,
    now: Now,
    posted: Posted,
    city_code: str,
) -> Response:
    with reading.begin() as session:
        city_id = _city(session, person, city_code).id
    if not posted_forms.text(posted, "sure"):
        fault = BadInput(zh="删掉地图之前，请先打勾。", en="Tick the box before the map is removed.")
        return _page(Asking(request, running, person), reading, city_code, fault=fault)
    with writing.begin() as session:
        maps.remove(session, session.get_one(Area, city_id), at=now, by=person.actor)
    return go(f"/areas/{city_code}/map")


def _city(session: Session, person: Person, city_code: str) -> Area:
    """404 for an area that is not the person's, and for one that is no city."""
    area = queries.by_code(session, city_code)
    mine = set(session.scalars(person.visible(*rights.CHANGE_AREAS)))
    if area is None or area.kind not in ("city", "district") or area.id not in mine:
        raise NotFound
    return area


def _page(
    asking: Asking,
    reading: Reading,
    city_code: str,
    *,
    typed: dict[str, str] | None = None,
    found: FileLook | None = None,
    fault: DomainError | None = None,
) -> Response:
    with reading.begin() as session:
        city = _city(session, asking.person, city_code)
        kept = session.get(AreaMap, city.id)
        shown = None if kept is None else maps.printed(kept)
        missing = [one for one in maps.communities_of(session, city.id) if shown and one.code not in shown.outlines]
        context = {
            "area": city,
            "kept": kept,
            "shown": shown,
            "missing": missing,
            "path": path_of,
            "look": found,
            "typed": typed or {},
            "fault": fault,
            "here": f"/areas/{city_code}/map",
        }
        status = found.status if found else 200
        return asking.page("staff/area-map.html", context, section="areas", fault=fault, status=status)
