"""SQL of areas: the tree is walked in the database, one statement whatever its depth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from questionnaires.ages import ages
from questionnaires.text import Text
from survey_service.areas import registers
from survey_service.areas.area_file import Known
from survey_service.areas.registers import ADULT_FROM, Counted, Register
from survey_service.models import Area, AreaCount, AreaPopulation, RegisterKind

COMMUNITY_KINDS = ("community", "village")


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
        select(AreaPopulation.area_id, AreaPopulation.age_group, func.sum(AreaPopulation.persons))
        .join(newest, (newest.c.area_id == AreaPopulation.area_id) & (newest.c.as_of == AreaPopulation.as_of))
        .group_by(AreaPopulation.area_id, AreaPopulation.age_group)
    )
    found: dict[UUID, int] = {}
    for area_id, group, persons in rows:
        range_ = ages(group)
        if range_ is not None and range_.first >= ADULT_FROM:  # whoever is younger is counted but not in the survey
            found[area_id] = found.get(area_id, 0) + int(persons)
    return found


def register_of_city(session: Session, city_id: UUID, on: date) -> Register | None:
    """The counts that figures of a survey on the day ``on`` may be calibrated to, whichever way they fall short of it;
    None where no community was counted. Three statements, whatever the size of the city."""
    communities = _communities(city_id)
    codes = session.scalars(select(Area.code).where(Area.id.in_(communities))).all()
    counted = session.execute(
        select(Area.code, AreaCount.register, AreaCount.as_of, AreaCount.source)
        .join(Area, Area.id == AreaCount.area_id)
        .where(AreaCount.area_id.in_(communities))
    )
    chosen = registers.best(
        codes, (Counted(community=code, kind=kind, as_of=day, source=source) for code, kind, day, source in counted), on
    )
    if chosen is None:
        return None
    cells = session.execute(
        select(Area.code, AreaPopulation.age_group, AreaPopulation.sex, AreaPopulation.persons)
        .join(Area, Area.id == AreaPopulation.area_id)
        .join(AreaCount, (AreaCount.area_id == Area.id) & (AreaCount.as_of == AreaPopulation.as_of))
        .where(Area.id.in_(communities), AreaCount.as_of == chosen.as_of, AreaCount.register == chosen.kind)
    )
    return registers.made_of(chosen, ((code, group, sex, persons) for code, group, sex, persons in cells))


def _communities(area_id: UUID) -> Select[tuple[UUID]]:
    """Ids of the communities and villages of an area, as a part of another statement: thousands are no list of
    parameters."""
    tree = select(Area.id, Area.kind).where(Area.id == area_id).cte("communities", recursive=True)
    child = aliased(Area)
    tree = tree.union_all(select(child.id, child.kind).join(tree, child.parent_id == tree.c.id))
    return select(tree.c.id).where(tree.c.kind.in_(COMMUNITY_KINDS))


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
    statement = select(Area.code).join(AreaCount, AreaCount.area_id == Area.id)
    return set(session.scalars(statement.where(AreaCount.as_of == as_of)))


def counts(session: Session, area_id: UUID) -> Sequence[Row[AreaCount, AreaPopulation]]:
    """All counts of an area, the newest day first, then by age group and sex."""
    statement = (
        select(AreaCount, AreaPopulation)
        .join(AreaPopulation, (AreaPopulation.area_id == AreaCount.area_id) & (AreaPopulation.as_of == AreaCount.as_of))
        .where(AreaCount.area_id == area_id)
    )
    return session.execute(
        statement.order_by(AreaCount.as_of.desc(), AreaPopulation.age_group, AreaPopulation.sex.desc())
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


def cities(session: Session, scope: Select[tuple[UUID]]) -> Sequence[Area]:
    """Cities among the areas of ``scope``, in code order."""
    return session.scalars(select(Area).where(Area.id.in_(scope), Area.kind == "city").order_by(Area.code)).all()


def names(session: Session, codes: Sequence[str]) -> dict[str, Text]:
    """Names of areas by their code."""
    rows = session.execute(select(Area.code, Area.name_zh, Area.name_en).where(Area.code.in_(codes)))
    return {code: Text(zh, en) for code, zh, en in rows}


def counted_days(session: Session, scope: Select[tuple[UUID]]) -> Sequence[Row[date, RegisterKind, str, int]]:
    """Day, kind of register and source of the counts of ``scope``, with how many areas have it; newest first."""
    what = (AreaCount.as_of, AreaCount.register, AreaCount.source)
    statement = select(*what, func.count()).where(AreaCount.area_id.in_(scope)).group_by(*what)
    return session.execute(statement.order_by(AreaCount.as_of.desc(), AreaCount.register, AreaCount.source)).all()


def counted_groups(session: Session, scope: Select[tuple[UUID]]) -> Sequence[Row[date, RegisterKind, str, str, int]]:
    """The persons of every age group of those counts."""
    what = (AreaCount.as_of, AreaCount.register, AreaCount.source, AreaPopulation.age_group)
    return session.execute(
        select(*what, func.sum(AreaPopulation.persons))
        .join(AreaPopulation, (AreaPopulation.area_id == AreaCount.area_id) & (AreaPopulation.as_of == AreaCount.as_of))
        .where(AreaCount.area_id.in_(scope))
        .group_by(*what)
    ).all()
