"""SQL of areas: the tree is walked in the database, one statement whatever its depth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from survey_service.areas.area_file import Known
from survey_service.models import Area, AreaPopulation

COMMUNITY_KINDS = ("community", "village")
ADULT_FROM = "18"
"""Age groups are named by their first year (18-29, 75+); whoever is younger is in the count but not in the survey."""


def by_code(session: Session, code: str) -> Area | None:
    return session.scalar(select(Area).where(Area.code == code))


def children(session: Session, area_id: UUID) -> Sequence[Area]:
    """Areas directly below, in code order."""
    return session.scalars(select(Area).where(Area.parent_id == area_id).order_by(Area.code)).all()


def below(session: Session, area_id: UUID) -> Sequence[Area]:
    """The area itself and everything below it, in code order."""
    tree = select(Area.id).where(Area.id == area_id).cte("tree", recursive=True)
    child = aliased(Area)
    tree = tree.union_all(select(child.id).join(tree, child.parent_id == tree.c.id))
    return session.scalars(select(Area).join(tree, tree.c.id == Area.id).order_by(Area.code)).all()


def communities_below(session: Session, area_id: UUID) -> list[Area]:
    """Communities and villages of an area (itself, if it is one), in code order."""
    return [area for area in below(session, area_id) if area.kind in COMMUNITY_KINDS]


def visible(session: Session, ids: Select[tuple[UUID]]) -> Sequence[Area]:
    """The areas of a selection of ids, in code order; grids are left out: nobody reads thousands of them in a list."""
    return session.scalars(select(Area).where(Area.id.in_(ids), Area.kind != "grid").order_by(Area.code)).all()


def path(session: Session, area_id: UUID) -> list[Area]:
    """From the root down to the area itself; empty where there is no such area."""
    start = select(Area.id, Area.parent_id).where(Area.id == area_id).cte("path", recursive=True)
    parent = aliased(Area)
    line = start.union_all(select(parent.id, parent.parent_id).join(start, parent.id == start.c.parent_id))
    areas = {area.id: area for area in session.scalars(select(Area).join(line, line.c.id == Area.id))}
    found: list[Area] = []
    current = areas.get(area_id)
    while current is not None:
        found.insert(0, current)
        current = areas.get(current.parent_id) if current.parent_id else None
    return found


def adults(session: Session, area_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Adults by area at the newest count of each; areas without a count are left out."""
    newest = (
        select(AreaPopulation.area_id, func.max(AreaPopulation.as_of).label("as_of"))
        .where(AreaPopulation.area_id.in_(list(area_ids)))
        .group_by(AreaPopulation.area_id)
        .subquery()
    )
    rows = session.execute(
        select(AreaPopulation.area_id, func.sum(AreaPopulation.persons))
        .join(newest, (newest.c.area_id == AreaPopulation.area_id) & (newest.c.as_of == AreaPopulation.as_of))
        .where(AreaPopulation.age_group >= ADULT_FROM)
        .group_by(AreaPopulation.area_id)
    )
    return {area_id: int(persons) for area_id, persons in rows}


def known(session: Session, scope: Select[tuple[UUID]]) -> dict[str, Known]:
    """Every area by its code, as an import compares it; ``mine`` are those of ``scope``."""
    parent = aliased(Area)
    mine = set(session.scalars(scope))
    rows = session.execute(select(Area, parent.code).outerjoin(parent, parent.id == Area.parent_id))
    return {
        area.code: Known(
            code=area.code,
            parent=above,
            kind=area.kind,
            name=area.name_zh,
            name_en=area.name_en,
            households=area.households,
            mine=area.id in mine,
        )
        for area, above in rows
    }


def counted_on(session: Session, as_of: date) -> set[str]:
    """Codes of areas that have counts of that day."""
    statement = select(Area.code).join(AreaPopulation, AreaPopulation.area_id == Area.id)
    return set(session.scalars(statement.where(AreaPopulation.as_of == as_of).distinct()))


def counts(session: Session, area_id: UUID) -> Sequence[AreaPopulation]:
    """All counts of an area, the newest day first, then by age group and sex."""
    statement = select(AreaPopulation).where(AreaPopulation.area_id == area_id)
    return session.scalars(
        statement.order_by(AreaPopulation.as_of.desc(), AreaPopulation.age_group, AreaPopulation.sex.desc())
    ).all()


def newest_counts(session: Session, scope: Select[tuple[UUID]]) -> Sequence[Row[str, str, str, str, int]]:
    """Code, name, sex, age group and persons of the newest day of every area of ``scope``."""
    newest = (
        select(AreaPopulation.area_id, func.max(AreaPopulation.as_of).label("as_of"))
        .group_by(AreaPopulation.area_id)
        .subquery()
    )
    return session.execute(
        select(Area.code, Area.name_zh, AreaPopulation.sex, AreaPopulation.age_group, AreaPopulation.persons)
        .join(AreaPopulation, AreaPopulation.area_id == Area.id)
        .join(newest, (newest.c.area_id == Area.id) & (newest.c.as_of == AreaPopulation.as_of))
        .where(Area.id.in_(scope))
        .order_by(Area.code, AreaPopulation.sex.desc(), AreaPopulation.age_group)
    ).all()
