"""SQL of the rectification list. Rows are cut by area here, never afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from survey_service.models import (
    Area,
    Rectification,
    RectificationAct,
    RectificationEntry,
    RectificationPhoto,
    RectificationState,
    Wave,
)
from survey_service.rectification import states

Found = Row[Rectification, Area, Wave]
COMMUNITY_KINDS = ("community", "village")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which rows are asked for. ``struck``: also those that were not taken in."""

    area: str = ""  # code of an area: its own rows and those of areas directly below
    body: str = ""
    state: RectificationState | None = None
    overdue: bool = False
    recheck: bool = False
    struck: bool = False
    wave: str = ""


def _conditions(survey_id: UUID, visible: Select[tuple[UUID]], asked: Asked, today: date) -> list[ColumnElement[bool]]:
    found = [Rectification.survey_id == survey_id, Rectification.area_id.in_(visible)]
    if asked.area:
        inside = select(Area.id).where(Area.code == asked.area)
        below = select(Area.id).where(Area.parent_id.in_(inside))
        found.append(or_(Rectification.area_id.in_(inside), Rectification.area_id.in_(below)))
    if asked.body:
        found.append(Rectification.body == asked.body)
    if asked.wave:
        found.append(Wave.key == asked.wave)
    if asked.state is not None:
        found.append(Rectification.state == asked.state)
    elif not asked.struck:
        found.append(Rectification.state != RectificationState.STRUCK)
    if asked.overdue:
        found.append(states.overdue(today))
    if asked.recheck:
        found.append(states.to_recheck(today))
    return found


def rows(
    session: Session,
    survey_id: UUID,
    visible: Select[tuple[UUID]],
    asked: Asked,
    today: date,
    *,
    after: int = 0,
    limit: int | None = None,
) -> Sequence[Found]:
    """In the order of their numbers, from beyond ``after``."""
    statement = (
        select(Rectification, Area, Wave)
        .join(Area, Area.id == Rectification.area_id)
        .join(Wave, and_(Wave.survey_id == Rectification.survey_id, Wave.id == Rectification.wave_id))
        .where(*_conditions(survey_id, visible, asked, today), Rectification.number > after)
        .order_by(Rectification.number)
    )
    return session.execute(statement if limit is None else statement.limit(limit)).all()


def count(session: Session, survey_id: UUID, visible: Select[tuple[UUID]], asked: Asked, today: date) -> int:
    statement = (
        select(func.count())
        .select_from(Rectification)
        .join(Wave, and_(Wave.survey_id == Rectification.survey_id, Wave.id == Rectification.wave_id))
        .where(*_conditions(survey_id, visible, asked, today))
    )
    return session.scalar(statement) or 0


def by_number(session: Session, survey_id: UUID, number: int, visible: Select[tuple[UUID]]) -> Found | None:
    """None where there is no such row, or none that the person may see."""
    return session.execute(
        select(Rectification, Area, Wave)
        .join(Area, Area.id == Rectification.area_id)
        .join(Wave, and_(Wave.survey_id == Rectification.survey_id, Wave.id == Rectification.wave_id))
        .where(Rectification.survey_id == survey_id, Rectification.number == number, Rectification.area_id.in_(visible))
    ).one_or_none()


def entries(session: Session, row: Rectification) -> Sequence[RectificationEntry]:
    """The history of a row, the first entry first."""
    return session.scalars(
        select(RectificationEntry)
        .where(RectificationEntry.survey_id == row.survey_id, RectificationEntry.rectification_id == row.id)
        .order_by(RectificationEntry.at, RectificationEntry.id)
    ).all()


def photos(session: Session, row: Rectification) -> Sequence[RectificationPhoto]:
    return session.scalars(
        select(RectificationPhoto)
        .where(RectificationPhoto.survey_id == row.survey_id, RectificationPhoto.rectification_id == row.id)
        .order_by(RectificationPhoto.at, RectificationPhoto.id)
    ).all()


def there(session: Session, survey_id: UUID, wave_id: UUID) -> set[tuple[UUID, str]]:
    """(area, indicator) of every row of a wave, those not taken in among them."""
    found = session.execute(
        select(Rectification.area_id, Rectification.indicator).where(
            Rectification.survey_id == survey_id, Rectification.wave_id == wave_id, Rectification.indicator != ""
        )
    )
    return {(area_id, indicator) for area_id, indicator in found}


def bodies(session: Session, survey_id: UUID, visible: Select[tuple[UUID]]) -> list[str]:
    """Who is responsible for anything, by name."""
    found = session.scalars(
        select(Rectification.body)
        .where(Rectification.survey_id == survey_id, Rectification.area_id.in_(visible), Rectification.body != "")
        .distinct()
        .order_by(Rectification.body)
    )
    return list(found)


def areas(session: Session, survey_id: UUID, visible: Select[tuple[UUID]]) -> Sequence[Area]:
    """Areas that have rows, and those above them that the person may see, by code."""
    own = select(Rectification.area_id).where(Rectification.survey_id == survey_id, Rectification.area_id.in_(visible))
    parents = select(Area.parent_id).where(Area.id.in_(own))
    found = select(Area).where(or_(Area.id.in_(own), Area.id.in_(parents)), Area.id.in_(visible))
    return session.scalars(found.order_by(Area.code)).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How rows stand: of ``total``, which are those taken in, how many were checked, are overdue and so on."""

    total: int = 0
    checked: int = 0
    overdue: int = 0
    recheck: int = 0
    reported: int = 0

    @property
    def calls(self) -> bool:
        """Whether somebody has something to do today."""
        return bool(self.overdue or self.recheck or self.reported)


def standings(
    session: Session, survey_ids: Iterable[UUID], visible: Select[tuple[UUID]], today: date
) -> dict[UUID, Standing]:
    """By survey, of those that have any row."""
    found = session.execute(
        select(Rectification.survey_id, *_counted(today))
        .where(
            Rectification.survey_id.in_(list(survey_ids)),
            Rectification.area_id.in_(visible),
            Rectification.state != RectificationState.STRUCK,
        )
        .group_by(Rectification.survey_id)
    )
    return {row[0]: _standing(row[1:]) for row in found}


def overdue_of_wave(session: Session, survey_id: UUID, wave_id: UUID, visible: Select[tuple[UUID]], today: date) -> int:
    """How many matters that come from a wave should have been done by now."""
    counted = select(func.count()).where(
        Rectification.survey_id == survey_id,
        Rectification.wave_id == wave_id,
        Rectification.area_id.in_(visible),
        states.overdue(today),
    )
    return session.scalar(counted) or 0


def by_body(session: Session, survey_id: UUID, visible: Select[tuple[UUID]], today: date) -> list[tuple[str, Standing]]:
    found = session.execute(
        select(Rectification.body, *_counted(today))
        .where(
            Rectification.survey_id == survey_id,
            Rectification.area_id.in_(visible),
            Rectification.state != RectificationState.STRUCK,
        )
        .group_by(Rectification.body)
        .order_by(Rectification.body)
    )
    return [(row[0], _standing(row[1:])) for row in found]


def by_street(
    session: Session, survey_id: UUID, visible: Select[tuple[UUID]], today: date
) -> list[tuple[Area, Standing]]:
    """Rows of a community count with its street; those of a street or the city with that area itself."""
    found = session.execute(
        select(Rectification.area_id, *_counted(today))
        .where(
            Rectification.survey_id == survey_id,
            Rectification.area_id.in_(visible),
            Rectification.state != RectificationState.STRUCK,
        )
        .group_by(Rectification.area_id)
    ).all()
    street = aliased(Area)
    own = select(Area, street).outerjoin(street, street.id == Area.parent_id)
    known: dict[UUID, Area] = {}
    for area, above_it in session.execute(own.where(Area.id.in_([row[0] for row in found]))):
        known[area.id] = above_it if area.kind in COMMUNITY_KINDS and area.parent_id else area
    summed: dict[UUID, list[int]] = {}
    above: dict[UUID, Area] = {}
    for row in found:
        of = known[row[0]]
        above[of.id] = of
        counts = summed.setdefault(of.id, [0] * len(row[1:]))
        summed[of.id] = [before + more for before, more in zip(counts, row[1:], strict=True)]
    return [(area, _standing(summed[area.id])) for area in sorted(above.values(), key=lambda one: one.code)]


def _counted(today: date) -> tuple[ColumnElement[int], ...]:
    def of(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    return (
        func.count(),
        of(Rectification.state.in_(states.CHECKED)),
        of(states.overdue(today)),
        of(states.to_recheck(today)),
        of(Rectification.state == RectificationState.REPORTED),
    )


def _standing(counts: Sequence[int]) -> Standing:
    total, checked, overdue, recheck, reported = counts
    return Standing(total=total, checked=checked, overdue=overdue, recheck=recheck, reported=reported)


def struck(session: Session, survey_id: UUID, visible: Select[tuple[UUID]]) -> int:
    """How many were not taken in: no part of any base."""
    counted = select(func.count()).where(
        Rectification.survey_id == survey_id,
        Rectification.area_id.in_(visible),
        Rectification.state == RectificationState.STRUCK,
    )
    return session.scalar(counted) or 0


def acts_since(
    session: Session, survey_id: UUID, visible: Select[tuple[UUID]], since: datetime
) -> dict[RectificationAct, int]:
    """What was done from then on, as often as it was, in the order of the acts."""
    found = session.execute(
        select(RectificationEntry.act, func.count())
        .join(
            Rectification,
            and_(
                Rectification.survey_id == RectificationEntry.survey_id,
                Rectification.id == RectificationEntry.rectification_id,
            ),
        )
        .where(
            RectificationEntry.survey_id == survey_id,
            RectificationEntry.at >= since,
            Rectification.area_id.in_(visible),
        )
        .group_by(RectificationEntry.act)
    )
    counts: dict[RectificationAct, int] = {row[0]: row[1] for row in found}
    return {act: counts[act] for act in RectificationAct if act in counts}
