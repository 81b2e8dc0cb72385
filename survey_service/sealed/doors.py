"""Doors of households in the store: put in sealed, taken out opened, by household number."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from sqlalchemy import Select, Table, exists, func, insert, select
from sqlalchemy.orm import Session

from survey_service.bulk import in_groups
from survey_service.models import Case, CaseDoor, Wave
from survey_service.sealed.keys import Seal


@dataclass(frozen=True, slots=True)
class Door:
    """Where a household lives. ``place``: in the list that it was drawn from, which is the order of walking."""

    place: int
    text: str

    def __repr__(self) -> str:
        return f"Door({self.place})"  # never logged


def keep_doors(session: Session, wave: Wave, seal: Seal, doors: Mapping[str, Door]) -> None:
    """``doors``: by household number. The caller holds the draft and commits."""
    rows = [
        {
            "survey_id": wave.survey_id,
            "wave_id": wave.id,
            "number": number,
            "place": door.place,
            "sealed": seal.seal(door.text, of=_of(number)),
        }
        for number, door in doors.items()
    ]
    if rows:
        session.execute(insert(cast("Table", CaseDoor.__table__)), rows)


def open_doors(
    session: Session,
    wave: Wave,
    seal: Seal,
    numbers: Collection[str] | None = None,
    *,
    areas: Select[tuple[UUID]] | None = None,
) -> dict[str, str]:
    """Number -> door, of these households or of all of the wave, where there is one. ``areas``: only of cases there."""
    found: dict[str, str] = {}
    these = select(CaseDoor.number, CaseDoor.sealed).where(
        CaseDoor.survey_id == wave.survey_id, CaseDoor.wave_id == wave.id, CaseDoor.sealed.is_not(None)
    )
    if areas is not None:
        cases = select(Case.number).where(
            Case.survey_id == wave.survey_id, Case.wave_id == wave.id, Case.area_id.in_(areas)
        )
        these = these.where(CaseDoor.number.in_(cases))
    several = [these] if numbers is None else [these.where(CaseDoor.number.in_(some)) for some in in_groups(numbers)]
    for statement in several:
        found |= {number: seal.open(sealed, of=_of(number)) for number, sealed in session.execute(statement) if sealed}
    return found


def places(session: Session, wave: Wave) -> dict[str, int]:
    """The order of walking: number -> place in the list. It outlives the doors."""
    rows = session.execute(
        select(CaseDoor.number, CaseDoor.place).where(CaseDoor.survey_id == wave.survey_id, CaseDoor.wave_id == wave.id)
    )
    return dict(rows.all())


def has_doors(session: Session, wave: Wave) -> bool:
    """Whether any door came in with the list, opened or not."""
    return bool(
        session.scalar(select(exists().where(CaseDoor.survey_id == wave.survey_id, CaseDoor.wave_id == wave.id)))
    )


def count_doors(session: Session, wave: Wave) -> int:
    """How many still open."""
    return (
        session.scalar(
            select(func.count()).where(
                CaseDoor.survey_id == wave.survey_id, CaseDoor.wave_id == wave.id, CaseDoor.sealed.is_not(None)
            )
        )
        or 0
    )


def _of(number: str) -> str:
    return f"door {number}"
