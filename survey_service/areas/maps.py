"""The map of a city: put in its place, taken away, and given to what is released."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from reports.content import CityMap
from survey_service import audit
from survey_service.areas.map_file import Community, NewMap
from survey_service.areas.queries import communities_below
from survey_service.models import Area, AreaMap
from survey_service.outside.maps import rings_of


def communities_of(session: Session, city_id: UUID) -> Sequence[Community]:
    return [Community(one.code, one.name_zh, one.name_en) for one in communities_below(session, city_id)]


def map_of(session: Session, city_id: UUID) -> CityMap | None:
    """As sheets print it; None where the city gave none."""
    found = session.get(AreaMap, city_id)
    return None if found is None else printed(found)


def printed(found: AreaMap) -> CityMap:
    return CityMap(
        width=found.width,
        height=found.height,
        outlines={code: rings_of(rings) for code, rings in json.loads(found.outlines).items()},
        review_number=found.review_number,
        sha256=found.file_sha256,
    )


def put(session: Session, city: Area, new: NewMap, file_name: str, *, at: datetime, by: audit.Actor) -> None:
    """In place of the one before."""
    before = session.get(AreaMap, city.id)
    if before is not None:
        session.delete(before)
        session.flush()
    session.add(
        AreaMap(
            city_id=city.id,
            at=at,
            account_id=by.account_id,
            name=by.name,
            file_name=file_name,
            file_sha256=new.sha256,
            review_number=new.review_number,
            width=new.width,
            height=new.height,
            outlines=json.dumps(new.outlines, separators=(",", ":")),
        )
    )
    session.flush()
    detail = {"code": city.code, "sha256": new.sha256, "areas": len(new.outlines), "review_number": new.review_number}
    audit.record(
        session,
        survey_id=None,
        at=at,
        by=by,
        action="area.map_stored",
        record=audit.Rows(f"area {city.id}", None),
        detail={**detail, "replaces": before.file_sha256 if before else None},
    )


def remove(session: Session, city: Area, *, at: datetime, by: audit.Actor) -> None:
    """Nothing where there is none. What was released keeps its own."""
    found = session.get(AreaMap, city.id)
    if found is None:
        return
    session.delete(found)
    audit.record(
        session,
        survey_id=None,
        at=at,
        by=by,
        action="area.map_removed",
        record=audit.Rows(f"area {city.id}", None),
        detail={"code": city.code, "sha256": found.file_sha256},
    )
