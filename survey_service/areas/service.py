"""Areas: adding them, and their adults by age group and sex. Every change is audited in the system's chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.areas.area_file import CODE, AreaChanges
from survey_service.areas.people_file import Declaration, PopulationCounts
from survey_service.areas.queries import children, communities_below, path
from survey_service.errors import BadInput
from survey_service.models import Area, AreaCount, AreaPopulation, RegisterKind
from survey_service.secrets import KeyRing

__all__ = [
    "NewArea",
    "add_area",
    "change_area",
    "children",
    "communities_below",
    "declare_register",
    "path",
    "record_population",
    "take_areas",
    "take_counts",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArea:
    """An area to be added. ``code``: the statistical code, a grid's with its own suffix (110101001002-03)."""

    code: str
    name_zh: str
    name_en: str = ""
    kind: str
    parent_id: UUID | None = None
    households: int | None = None


def add_area(session: Session, new: NewArea, *, at: datetime, by: audit.Actor) -> Area:
    """A new area; BadInput for a code that is none, IntegrityError where the code is taken."""
    if not CODE.fullmatch(new.code):
        raise BadInput(
            zh=f"区划代码是 6 到 12 位数字，网格在后面加短横和序号，例如 110101001002-03；这里是“{new.code}”。",
            en=f"An area code has 6 to 12 digits, a grid adds a dash and a number, as in 110101001002-03; "
            f"this is “{new.code}”.",
        )
    area = Area(
        code=new.code,
        name_zh=new.name_zh,
        name_en=new.name_en,
        kind=new.kind,
        parent_id=new.parent_id,
        households=new.households,
    )
    session.add(area)
    session.flush()
    audit.record(
        session,
        survey_id=None,
        at=at,
        by=by,
        action="area.added",
        record=audit.Rows(f"area {area.id}", None),
        detail={"code": new.code},
    )
    return area


def change_area(
    session: Session,
    area: Area,
    values: Mapping[str, str | int | None],
    *,
    keys: KeyRing,
    at: datetime,
    by: audit.Actor,
) -> None:
    """New values of fields of an area; each is audited by keyed hashes of old and new."""
    changed = audit.changes(keys, "area", {field: getattr(area, field) for field in values}, values)
    for field in changed:
        setattr(area, field, values[field])
    if changed:
        audit.record(
            session,
            survey_id=None,
            at=at,
            by=by,
            action="area.changed",
            record=audit.Rows(f"area {area.id}", None),
            detail={"code": area.code, "fields": changed},
        )


def record_population(
    session: Session,
    area_id: UUID,
    persons: Mapping[tuple[str, str], int],
    said: Declaration,
    *,
    at: datetime,
    by: audit.Actor,
) -> None:
    """Counts of an area by (sex, age group) on one day, with what is said of them as a whole; a new day is added, none
    is overwritten."""
    session.add(AreaCount(area_id=area_id, as_of=said.as_of, register=said.register, source=said.source))
    session.flush()
    session.add_all(
        AreaPopulation(area_id=area_id, sex=sex, age_group=age_group, as_of=said.as_of, persons=count)
        for (sex, age_group), count in persons.items()
    )
    session.flush()
    audit.record(
        session,
        survey_id=None,
        at=at,
        by=by,
        action="area.population_recorded",
        record=audit.Rows(f"area {area_id}", None),
        detail={"as_of": said.as_of.isoformat(), "register": said.register.value, "cells": len(persons)},
    )


def declare_register(
    session: Session,
    said: Declaration,
    register: RegisterKind,
    scope: Select[tuple[UUID]],
    *,
    at: datetime,
    by: audit.Actor,
) -> int:
    """Correct the kind of register of all counts in ``scope`` of which ``said`` is what is held; how many there were.

    What came in between is left alone: a count that somebody declared otherwise since is not of this ``said``.
    """
    corrected = session.scalars(
        update(AreaCount)
        .where(
            AreaCount.as_of == said.as_of,
            AreaCount.register == said.register,
            AreaCount.source == said.source,
            AreaCount.area_id.in_(scope),
        )
        .values(register=register)
        .returning(AreaCount.area_id)
    ).all()
    for area_id in sorted(corrected):
        audit.record(
            session,
            survey_id=None,
            at=at,
            by=by,
            action="area.register_declared",
            record=f"area {area_id}",
            detail={"as_of": said.as_of.isoformat(), "was": said.register.value, "register": register.value},
        )
    return len(corrected)


def take_areas(session: Session, stored: AreaChanges, *, keys: KeyRing, at: datetime, by: audit.Actor) -> None:
    """What a sound file says: new areas, parents first, and changed ones."""
    there = {area.code: area for area in session.scalars(select(Area))}
    waiting = list(stored.new)
    while waiting:
        ready = [row for row in waiting if row.parent in there]
        assert ready, "every parent is in the file or in the database: the file was judged"
        for row in ready:
            there[row.code] = add_area(
                session,
                NewArea(
                    code=row.code,
                    name_zh=row.name,
                    name_en=row.name_en,
                    kind=row.kind,
                    parent_id=there[row.parent].id,
                    households=row.households,
                ),
                at=at,
                by=by,
            )
        waiting = [row for row in waiting if row.code not in there]
    columns = {"name": "name_zh"}
    for row in stored.changed:
        values = {columns.get(name, name): getattr(row, name) for name in row.changes}
        change_area(session, there[row.code], values, keys=keys, at=at, by=by)


def take_counts(session: Session, stored: PopulationCounts, *, at: datetime, by: audit.Actor) -> None:
    """Store the counts of people of a file that was judged without problems."""
    ids = {
        code: id for id, code in session.execute(select(Area.id, Area.code).where(Area.code.in_(list(stored.counts))))
    }
    for code, cells in stored.counts.items():
        record_population(session, ids[code], cells, stored.said, at=at, by=by)
